// Package layers exists to hold the map of packages as a table that a test compares with
// the code: a package imports only packages of earlier lines.
package layers
