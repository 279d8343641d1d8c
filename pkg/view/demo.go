package view

import (
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/words"
)

// A Demo is the answer of demo.
type Demo struct {
	Schema   int          `json:"schema"`
	Steps    []DemoStep   `json:"steps"`
	Calls    []Call       `json:"calls"`
	Entities []DemoEntity `json:"entities"`
}

// A DemoStep is a chapter of the story.
type DemoStep struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Ms     int64  `json:"ms"`
	Detail string `json:"detail"`
}

// A DemoEntity is what setup made in the story.
type DemoEntity struct {
	Kind   string      `json:"kind"`
	Name   string      `json:"name"`
	ID     *string     `json:"id"`
	Action plan.Action `json:"action"`
}

// NewDemo gathers the story.
func NewDemo(steps []DemoStep, calls []*simulate.Outcome, entities []reconcile.Outcome, m *privacy.Mask) Demo {
	out := Demo{Schema: Schema, Steps: append([]DemoStep{}, steps...), Calls: []Call{}, Entities: []DemoEntity{}}
	for _, c := range calls {
		out.Calls = append(out.Calls, NewCall(c, m))
	}
	for _, e := range entities {
		c := NewChange(e.Change, nil)
		out.Entities = append(out.Entities, DemoEntity{c.Kind, c.Name, c.ID, c.Action})
	}
	return out
}

// Longest is how long the caller waited who waited longest, in milliseconds.
func Longest(calls []*simulate.Outcome) int64 {
	var most time.Duration
	for _, c := range calls {
		most = max(most, c.Waited)
	}
	return most.Milliseconds()
}

// DemoCall tells of the nth caller, who is described by who.
func DemoCall(n int, who string, o *simulate.Outcome, m *privacy.Mask) string {
	notes := ""
	for _, n := range append(elsewhere(o), asked(o)...) {
		notes += diag.Sprintf("     %s\n", m.Text(n))
	}
	skills := ""
	if len(o.Result.Skills) > 0 {
		skills = ", skill " + strings.Join(o.Result.Skills, ", ")
	}
	return diag.Sprintf("  %d. %s %s\n     %s → %s%s, priority %d (%s); waited %s, %s to HubSpot\n%s",
		n, m.Number(o.Call.ANI), who, o.Outcome, o.Result.Queue, skills, o.Result.Priority, words.Decided(o.Reason, o.Rule), words.Ms(o.Waited.Milliseconds()), words.Count(o.Requests, "request", "requests"), diag.Block(notes))
}
