// Package examples exists so that the examples of the project are in the program too: the
// demo runs one of them from an installed binary, and tests run all of them.
package examples

import "embed"

// FS holds the examples, each in a folder of its own with its fixtures beside it.
//
//go:embed */*.yaml
var FS embed.FS
