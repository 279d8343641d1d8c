// Package reports exists so that what a report says can be held against the answer that
// stands in it, and against what a report must not do: ask anybody for anything.
package reports
