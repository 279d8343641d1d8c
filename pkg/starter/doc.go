// Package starter exists so that nobody begins with an empty file: from a few answers, and what could
// be read of both accounts, it writes a deployment file with comments, callers to try it with and a
// suite of calls.
//
// Answers are judged by the deployment file's own reader, so that nothing is written which it would
// refuse. Files of the same answers are the same byte for byte. What others named (queues, stages,
// properties) is written as a value in quotes or as a comment of one line; names of people are not
// asked for.
package starter
