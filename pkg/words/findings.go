package words

import (
	"github.com/dealroute/dealroute/pkg/diag"
)

// Finding is what a finding of a weight is called, of one or of several.
func Finding(s diag.Severity, n int) string {
	switch s {
	case diag.Error:
		return Noun(n, "error", "errors")
	case diag.Warning:
		return Noun(n, "warning", "warnings")
	case diag.Assumption:
		return Noun(n, "assumption", "assumptions")
	}
	return Noun(n, "note", "notes")
}

// Findings is how many there are of each weight.
func Findings(n map[diag.Severity]int) string {
	notes := n[diag.Info] + n[diag.Assumption]
	return Count(n[diag.Error], "error", "errors") + ", " + Count(n[diag.Warning], "warning", "warnings") + ", " + Count(notes, "note", "notes")
}
