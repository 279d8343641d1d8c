package view

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/words"
)

// An Apply is what setup or destroy did.
type Apply struct {
	Verb          string
	Plan          plan.Plan
	Sandbox       bool
	Texts         map[genesys.Key][2]string // see NewPlan; as they were before
	Lacking       []string                  // permissions; nil: nobody knows
	Outcomes      []reconcile.Outcome
	Warnings      []string
	Reads, Writes int // calls to the org
	Took          time.Duration
	Failed        *diag.Finding // what stopped it; nil: nothing

	Timings      *Timings      // nil: not asked for
	Verification *Verification // nil: nobody was sent through it
	Next         []string      // what to do next, a line each
	Preflight    Preflight
}

// NewApplied converts what was done.
func NewApplied(a Apply) Applied {
	out := Applied{Verification: a.Verification, Plan: NewPlan(a.Plan, a.Sandbox, a.Texts, a.Lacking, a.Warnings), Totals: totals(a.Outcomes), Calls: a.Reads + a.Writes, Reads: a.Reads, Writes: a.Writes, Ms: a.Took.Milliseconds()}
	if a.Preflight.Findings != nil {
		out.Preflight = a.Preflight
	}
	out.Timings = a.Timings
	for i, o := range a.Outcomes {
		out.Changes[i] = NewChange(o.Change, a.Texts)
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
		diag.Fprintf(errs, "%s %s\n", diag.In(diag.Caution, "warning:"), w)
	}
	if a.Verification != nil {
		PrintVerification(out, a.Verification) //nolint:errcheck // an output that takes nothing is said at the end
	}
	diag.Fprintf(out, "%s: %s; %d calls (%d reads, %d writes) in %s\n", a.Verb, ApplyTally(a.Outcomes), a.Reads+a.Writes, a.Reads, a.Writes, a.Took.Truncate(time.Millisecond))
	for _, o := range a.Outcomes {
		if o.State == reconcile.NotDone {
			diag.Fprintf(errs, "not done: %s %s\n", o.Change.Action, o.Change.Key)
		}
	}
	if a.Timings != nil {
		PrintTimings(errs, a.Timings)
	}
	for _, line := range a.Next {
		diag.Fprintf(out, "%s\n", line)
	}
}

// Totals add up: what was planned is done, failed or not done; the rest is unchanged.
type Totals struct {
	Planned   int `json:"planned"`
	Done      int `json:"done"`
	Failed    int `json:"failed"`
	NotDone   int `json:"notDone"`
	Unchanged int `json:"unchanged"` // as it must be, or left alone

	each map[plan.Action]int // of those that are done or unchanged
}

func totals(outcomes []reconcile.Outcome) Totals {
	t := Totals{each: map[plan.Action]int{}}
	for _, o := range outcomes {
		stays := o.Change.Action == plan.Keep || o.Change.Action == plan.Leave
		switch {
		case stays:
			t.Unchanged++
		case o.State == reconcile.Done:
			t.Done++
		case o.State == reconcile.Failed:
			t.Failed++
		default:
			t.NotDone++
		}
		if stays || o.State == reconcile.Done {
			t.each[o.Change.Action]++
		}
	}
	t.Planned = t.Done + t.Failed + t.NotDone
	return t
}

// words lists what became of those with some actions.
func (t Totals) words(actions ...plan.Action) []string {
	past := map[plan.Action]string{
		plan.Keep: "unchanged", plan.Create: "created", plan.Update: "updated", plan.Replace: "replaced", plan.Delete: "deleted", plan.Move: "moved", plan.Leave: "left alone",
	}
	var out []string
	for _, a := range actions {
		if t.each[a] > 0 {
			out = append(out, fmt.Sprintf("%d %s", t.each[a], past[a]))
		}
	}
	return out
}

// ApplyTally says in words what became of the changes, so that the numbers add up.
func ApplyTally(outcomes []reconcile.Outcome) string {
	t := totals(outcomes)
	all := words.Count(len(outcomes), "entity", "entities") + ": "
	if t.Failed == 0 && t.NotDone == 0 {
		return all + cmp.Or(strings.Join(t.words(plan.Actions()...), ", "), "nothing to do")
	}
	if stay := t.words(plan.Keep, plan.Leave); len(stay) > 0 {
		all += strings.Join(stay, ", ") + ", "
	}
	done := fmt.Sprintf("%d done", t.Done)
	if did := t.words(plan.Create, plan.Update, plan.Replace, plan.Delete, plan.Move); len(did) > 0 {
		done += " (" + strings.Join(did, ", ") + ")"
	}
	return all + fmt.Sprintf("%d planned: %s, %d failed, %d not done", t.Planned, done, t.Failed, t.NotDone)
}

// Progress shows each change as it goes, for a person who looks on.
func Progress(w io.Writer) func(reconcile.Event) {
	var mu sync.Mutex
	last := map[string]string{}
	return func(e reconcile.Event) {
		mu.Lock()
		defer mu.Unlock()
		switch e.State {
		case reconcile.Waiting:
			// What is awaited is asked for again and again, and told once.
			if last[e.Change.Key.String()] != e.Detail {
				last[e.Change.Key.String()] = e.Detail
				diag.Fprintf(w, "  … %s %s: waiting for %s (%s)\n", e.Change.Key.Kind, e.Change.Key.Name, e.Detail, e.For)
			}
		case reconcile.Done:
			diag.Fprintf(w, "  %s %s %s %s\n", diag.In(diag.Good, "✓"), e.Change.Action, e.Change.Key.Kind, e.Change.Key.Name)
		case reconcile.Failed:
			diag.Fprintf(w, "  %s %s %s %s\n", diag.In(diag.Bad, "✗"), e.Change.Action, e.Change.Key.Kind, e.Change.Key.Name)
		}
	}
}

// Steps writes a line for each step that has ended, and what is awaited for long, where nobody looks
// on: the log of a pipeline.
func Steps(w io.Writer) func(reconcile.Event) {
	var mu sync.Mutex
	told := map[string]bool{}
	return func(e reconcile.Event) {
		mu.Lock()
		defer mu.Unlock()
		switch e.State {
		case reconcile.Waiting:
			if what := e.Change.Key.String() + e.Detail; e.For >= time.Second && !told[what] {
				told[what] = true
				diag.Fprintf(w, "waiting: %s: %s\n", e.Change.Key, e.Detail)
			}
		case reconcile.Done:
			diag.Fprintf(w, "done: %s %s\n", e.Change.Action, e.Change.Key)
		case reconcile.Failed:
			diag.Fprintf(w, "failed: %s %s\n", e.Change.Action, e.Change.Key)
		}
	}
}
