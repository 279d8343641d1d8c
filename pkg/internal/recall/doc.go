// Package recall exists so that what was read of a text is not read again: rendering, judging,
// preparing and proving a deployment each come to the same expressions, templates and paths,
// and after an edit nearly all of them are what they were.
package recall
