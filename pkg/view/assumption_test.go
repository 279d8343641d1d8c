package view_test

import (
	"testing"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/validate"
	"github.com/dealroute/dealroute/pkg/view"
)

// TestAssumptionsAreNoFindings: whoever counts what was found counts nothing that was assumed, in
// every answer that can have both.
func TestAssumptionsAreNoFindings(t *testing.T) {
	fs := diag.Findings{
		{Code: "DA-RUN-001", Severity: diag.Assumption, Message: "read so", Path: "/config"},
		{Code: "DR-HUB-001", Severity: diag.Warning, Message: "no account"},
		{Code: "A-LISTS", Severity: diag.Assumption, Message: "lists"},
	}
	validation, checked := view.NewValidation(validate.Answer{Findings: fs}, nil), view.NewChecked(fs)
	run := view.NewActionRun("a", &dataaction.Result{Findings: fs})
	for what, x := range map[string]struct {
		found   []view.Finding
		assumed []view.Assumption
	}{
		"validate":     {validation.Findings, validation.Assumptions},
		"check":        {checked.Findings, checked.Assumptions},
		"action run":   {run.Findings, run.Assumptions},
		"flow, nobody": {view.NewChecked(fs[1:2]).Findings, append(view.NewChecked(fs[1:2]).Assumptions, validation.Assumptions...)},
	} {
		if len(x.found) != 1 || x.found[0].Severity != diag.Warning || len(x.assumed) != 2 {
			t.Fatalf("%s: %v and %v", what, x.found, x.assumed)
		}
		if a, b := x.assumed[0], x.assumed[1]; a.URL != "docs/assumptions.md#a-lists" || b.URL != "docs/checks.md#DA-RUN-001" || *b.Path != "/config" {
			t.Errorf("%s: %v", what, x.assumed)
		}
	}
	for what, n := range map[string]map[diag.Severity]int{"validate": validation.Counts, "check": checked.Counts} {
		if sum := n[diag.Error] + n[diag.Warning] + n[diag.Info]; sum != 1 || len(n) != 3 {
			t.Errorf("%s counts %v", what, n)
		}
	}
}
