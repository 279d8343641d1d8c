package prove

import (
	"math/big"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/diag"
)

// A Mode says how much is tried.
type Mode string

// The modes. Quick leaves out the readings of what vendors do not document, and families of
// calls that differ from others in size alone.
const (
	Full  Mode = "full"
	Quick Mode = "quick"
	Off   Mode = "off"
)

// A Verdict is the answer to one property.
type Verdict string

// The verdicts. What is not decided counts as an error and never as proved.
const (
	Holds      Verdict = "holds"
	Broken     Verdict = "broken"
	NotDecided Verdict = "notDecided"
)

// The properties of a deployment, in the order in which they are told. Of a flow without a
// deployment Ending, Wait and Expressions are asked.
const (
	Ending      = "ending"      // every path ends at a queue, a flow, or a configured ending, never in silence
	Wait        = "wait"        // no path waits longer for HubSpot than the budget
	Expressions = "expressions" // no expression can fail
	Policy      = "policy"      // rule, target, priority and what is written are those of the policy
	Requests    = "requests"    // HubSpot is not asked when it must not be, and not too often
	Privacy     = "privacy"     // nothing personal goes where it may not
	Rules       = "rules"       // every rule can fire
)

// A Property is one thing that was to be shown, and what was found.
type Property struct {
	ID             string
	Title          string // what it says, as a sentence without its end
	Verdict        Verdict
	Message        string        // of one that holds: what it rests on or how far; of others: what happens, and why
	Hint           string        // of one that does not hold: the next step
	Pos            diag.Position // of the expression, action or rule that is to blame; of a deployment in its file, or in the template that wrote it
	Length         int           // of what is underlined there; 0 for none
	Counterexample *Counterexample
	Never          []Never // of Rules: the rules that no caller reaches
}

// A Never is a rule that no caller reaches. Rules are named by their place in the policy, from 0.
type Never struct {
	Rule int
	By   []int // the rules that take its callers first; empty when nobody fits it
}

// A Counterexample is a call that breaks a property, or that is the worst of those that keep it.
type Counterexample struct {
	World *world.File // replays it: simulate --world, flow run --world
	Call  []string    // how it goes, step by step, as a person would tell it; no personal data
}

// A Report is what a proof found.
type Report struct {
	Mode         Mode
	Properties   []Property
	States       int      // of the flow that were told apart
	Paths        *big.Int // ways through them
	CRMClasses   int      // kinds of accounts that the whole call was tried on
	Calls        int      // whole calls
	WorstWait    time.Duration
	WorstPath    []string        // the steps of the call that waits longest
	WorstCall    *Counterexample // that waits so long; nil: none of the calls that replay
	WorstHubSpot time.Duration
	Assumptions  []string // ids of docs/assumptions.md, and sentences, that the answer rests on
	Cut          []string // what was left out, in words: loops and menus beyond their bounds
	Elapsed      time.Duration

	Witnesses map[string]Witness // a caller whom each rule takes, by the rule's name
}

// Broken gives the properties that do not hold or are not decided.
func (r *Report) Broken() []Property {
	var out []Property
	for _, p := range r.Properties {
		if p.Verdict != Holds {
			out = append(out, p)
		}
	}
	return out
}
