// Package secret exists so that a credential cannot be printed by accident: a Value shows
// itself as dots in every format, log and encoding, and only Reveal gives the text. What comes
// back in the words of others is found by [Known] and, by its form alone, by [Said].
package secret
