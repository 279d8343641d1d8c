// Package made exists so that tests of several packages can run flows that nobody wrote: made
// of a number, the same for the same number.
package made
