// Package docs exists so that the pages on findings and assumptions are in the program too,
// which prints the part on a code.
package docs

import _ "embed"

// Checks and Assumptions are the pages whose sections are the codes of findings.
var (
	//go:embed checks.md
	Checks string
	//go:embed assumptions.md
	Assumptions string
)
