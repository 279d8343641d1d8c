// Package secret exists so that a credential cannot be printed by accident: a Value shows
// itself as dots in every format, log and encoding, and only Reveal gives the text.
package secret
