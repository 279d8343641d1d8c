package view

import (
	"encoding/json"

	"github.com/dealroute/dealroute/pkg/diag"
)

// Checked is the answer of flow check and action check.
type Checked struct {
	Schema      int                   `json:"schema"`
	Findings    []Finding             `json:"findings"`
	Assumptions []Assumption          `json:"assumptions"`
	Counts      map[diag.Severity]int `json:"counts"`
}

// NewChecked converts what was found.
func NewChecked(fs diag.Findings) Checked {
	fs, assumed := apart(fs)
	return Checked{Schema: Schema, Findings: NewFindings(fs), Assumptions: assumed, Counts: fs.Counts()}
}

// A FlowAnswer is a line of the answer of flow check to questions.
type FlowAnswer struct {
	ID       json.RawMessage `json:"id"`
	Errors   []FlowRemark    `json:"errors"`
	Warnings []FlowRemark    `json:"warnings"`
}

// A FlowRemark is one thing that Genesys would say of a flow.
type FlowRemark struct {
	Path    string `json:"path"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// NewFlowAnswer converts what was found for the question with an id, null for none.
func NewFlowAnswer(id json.RawMessage, fs diag.Findings) FlowAnswer {
	a := FlowAnswer{ID: id, Errors: []FlowRemark{}, Warnings: []FlowRemark{}}
	if len(id) == 0 {
		a.ID = json.RawMessage("null")
	}
	for _, x := range fs {
		r := FlowRemark{Path: x.Path, Code: x.Code, Message: x.Message}
		switch x.Severity {
		case diag.Error, "":
			a.Errors = append(a.Errors, r)
		case diag.Warning:
			a.Warnings = append(a.Warnings, r)
		}
	}
	return a
}
