// Package diag exists so that every check of the project reports in one way: a finding
// has a code, a severity, a place in the user's file and a hint, and is printed with the
// line it is about. What others wrote is printed so that it cannot act ([Line], [Fprintf]).
// It also offers the nearest known name for a misspelt one.
package diag
