// Package pattern exists so that a regular expression costs nothing in a run that never
// asks it: there are some fifty in the tool, and a command needs few of them.
package pattern
