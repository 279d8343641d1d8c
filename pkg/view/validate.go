package view

import (
	"fmt"
	"io"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/validate"
	"github.com/dealroute/dealroute/pkg/words"
)

// AssumptionsPage is where the docs explain the assumptions, by their ids.
const AssumptionsPage = "docs/assumptions.md"

// A Validation is the answer of validate as JSON.
type Validation struct {
	Schema      int                   `json:"schema"`
	Findings    []Finding             `json:"findings"`
	Assumptions []Assumption          `json:"assumptions"`
	Counts      map[diag.Severity]int `json:"counts"`
	Allowed     []Allowed             `json:"allowed"`
	Proof       *Proof                `json:"proof"` // null: nothing was proved
}

// Allowed is a finding that a comment of the file says is all right.
type Allowed struct {
	Finding
	Reason string `json:"reason"`
	Line   int    `json:"allowedInLine"`
}

// NewValidation converts what was found.
func NewValidation(a validate.Answer, proof *Proof) Validation {
	found, assumed := apart(a.Findings)
	v := Validation{Schema: Schema, Findings: NewFindings(found), Assumptions: assumed, Counts: found.Counts(), Allowed: []Allowed{}, Proof: proof}
	for _, x := range a.Allowed {
		v.Allowed = append(v.Allowed, Allowed{NewFindings(diag.Findings{x.Finding})[0], x.Reason, x.Line})
	}
	return v
}

// PrintValidation writes findings for a person, each with its line; assumptions are only
// counted. source gives the text of a file that a finding is in, nil when there is none.
func PrintValidation(w io.Writer, fs diag.Findings, source func(file string) []byte) error {
	var shown diag.Findings
	for _, f := range fs {
		if f.Severity != diag.Assumption {
			shown = append(shown, f)
		}
	}
	return diag.PrintAll(w, shown, func(f diag.Finding) []byte { return source(f.Position.File) })
}

// ValidationTally is the line that adds up: what was found, and what was looked at.
func ValidationTally(file string, a validate.Answer, looked []string) string {
	n := a.Findings.Counts()
	var parts []string
	for _, x := range []diag.Severity{diag.Error, diag.Warning, diag.Info, diag.Assumption} {
		if n[x] > 0 || x == diag.Error {
			parts = append(parts, words.None(n[x], words.Finding(x, 1), words.Finding(x, 2)))
		}
	}
	if n[diag.Assumption] > 0 {
		parts[len(parts)-1] += " (" + AssumptionsPage + ")"
	}
	if len(a.Allowed) > 0 {
		parts = append(parts, fmt.Sprintf("%d allowed", len(a.Allowed)))
	}
	line := file + ": " + strings.Join(parts, ", ")
	if len(looked) > 0 {
		line += "; " + strings.Join(looked, ", ")
	}
	return line
}
