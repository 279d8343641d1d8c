// Package cli exists to turn a command line into calls of the engines: commands and their
// flags, settings and where they come from, exit codes, and the way errors are shown. Each
// command is one file: an options struct, a constructor that knows flags, and a run
// function that does not.
package cli
