package view

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
)

// An Apply is what setup or destroy did.
type Apply struct {
	Verb          string
	Plan          plan.Plan
	Sandbox       bool
	Outcomes      []reconcile.Outcome
	Warnings      []string
	Reads, Writes int // calls to the org
	Took          time.Duration
	Failed        *diag.Finding // what stopped it; nil: nothing
}

// NewApplied converts what was done.
func NewApplied(a Apply) Applied {
	out := Applied{Plan: NewPlan(a.Plan, a.Sandbox), Calls: a.Reads + a.Writes, Ms: a.Took.Milliseconds(), Warnings: append([]string{}, a.Warnings...), Findings: []Finding{}}
	for i, o := range a.Outcomes {
		out.Changes[i] = NewChange(o.Change)
		out.Changes[i].Status = o.State
	}
	if a.Failed != nil {
		problem := NewFailure(*a.Failed, nil).Error
		out.Error = &problem
	}
	return out
}

// PrintApply writes the line that adds up, and to errs what a person must know beside it.
func PrintApply(out, errs io.Writer, a Apply) {
	for _, w := range a.Warnings {
		diag.Fprintf(errs, "warning: %s\n", w)
	}
	diag.Fprintf(out, "%s: %s; %d calls (%d reads, %d writes) in %s\n", a.Verb, ApplyTally(a.Outcomes), a.Reads+a.Writes, a.Reads, a.Writes, a.Took.Truncate(time.Millisecond))
	for _, o := range a.Outcomes {
		if o.State == reconcile.NotDone {
			diag.Fprintf(errs, "not done: %s %s\n", o.Change.Action, o.Change.Key)
		}
	}
}

// ApplyTally counts what became of the changes.
func ApplyTally(outcomes []reconcile.Outcome) string {
	done := map[plan.Action]int{}
	failed, notDone := 0, 0
	for _, o := range outcomes {
		switch o.State {
		case reconcile.Failed:
			failed++
		case reconcile.NotDone:
			notDone++
		default:
			done[o.Change.Action]++
		}
	}
	past := map[plan.Action]string{
		plan.Keep: "unchanged", plan.Create: "created", plan.Update: "updated", plan.Replace: "replaced", plan.Delete: "deleted", plan.Move: "moved", plan.Leave: "left alone",
	}
	var parts []string
	for _, a := range plan.Actions() {
		if done[a] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", done[a], past[a]))
		}
	}
	if failed > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", failed))
	}
	if notDone > 0 {
		parts = append(parts, fmt.Sprintf("%d not done", notDone))
	}
	if len(parts) == 0 {
		parts = []string{"nothing to do"}
	}
	return Count(len(outcomes), "entity", "entities") + ": " + strings.Join(parts, ", ")
}

// Progress shows each change as it goes, for a person who looks on.
func Progress(w io.Writer) func(reconcile.Event) {
	last := map[string]string{}
	return func(e reconcile.Event) {
		switch e.State {
		case reconcile.Waiting:
			// What is awaited is asked for again and again, and told once.
			if last[e.Change.Key.String()] != e.Detail {
				last[e.Change.Key.String()] = e.Detail
				diag.Fprintf(w, "  … %s %s: waiting for %s\n", e.Change.Key.Kind, e.Change.Key.Name, e.Detail)
			}
		case reconcile.Done:
			diag.Fprintf(w, "  ✓ %s %s %s\n", e.Change.Action, e.Change.Key.Kind, e.Change.Key.Name)
		case reconcile.Failed:
			diag.Fprintf(w, "  ✗ %s %s %s\n", e.Change.Action, e.Change.Key.Kind, e.Change.Key.Name)
		}
	}
}
