package view

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/prove"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/words"
)

// A Verification is what became of callers who were sent through what an org has.
type Verification struct {
	Calls []VerifiedCall `json:"calls"`
	Notes []string       `json:"notes"`

	lines []string
}

// A VerifiedCall is one of them.
type VerifiedCall struct {
	ANI      *string  `json:"ani"`     // masked; null when nobody is known whom the rule takes
	Live     bool     `json:"live"`    // HubSpot itself was asked
	For      *string  `json:"for"`     // rule whose caller it is; null: the fallback's
	Outcome  *string  `json:"outcome"` // of the lookup
	Rule     *string  `json:"rule"`    // that took it
	Queue    *string  `json:"queue"`
	Flow     *string  `json:"flow"`
	Skills   []string `json:"skills"`
	Priority int64    `json:"priority"`
	WaitedMs int64    `json:"waitedMs"`
	OK       bool     `json:"ok"`       // it ended as the policy says
	Problems []string `json:"problems"` // why not
}

// NewVerification is one to which calls are added.
func NewVerification() *Verification {
	return &Verification{Calls: []VerifiedCall{}, Notes: []string{}}
}

// Add takes in what became of a caller.
func (v *Verification) Add(t prove.Tried, m *privacy.Mask) { v.add(t, m, false) }

// AddLive takes in one for whom HubSpot was asked.
func (v *Verification) AddLive(t prove.Tried, m *privacy.Mask) { v.add(t, m, true) }

func (v *Verification) add(t prove.Tried, m *privacy.Mask, live bool) {
	out := VerifiedCall{For: text(t.Rule), Skills: []string{}, OK: len(t.Flaws) == 0, Problems: []string{}}
	for _, f := range t.Flaws {
		out.Problems = append(out.Problems, m.Text(f))
	}
	whose := "the fallback"
	if t.Rule != "" {
		whose = t.Rule
	}
	mark := map[bool]string{true: "✓", false: "✗"}[out.OK]
	switch {
	case t.None:
		mark = "·"
		v.lines = append(v.lines, diag.Sprintf("  %s %s: no caller is known whom it takes", mark, whose))
	case t.Call == nil:
		v.lines = append(v.lines, diag.Sprintf("  %s %s: the call cannot go on", mark, whose))
	default:
		c := NewCall(t.Call, m)
		out.ANI, out.Outcome, out.Rule, out.Queue, out.Flow = &c.ANI, c.Outcome, c.Rule, c.Queue, c.Flow
		out.Skills, out.Priority, out.WaitedMs = c.Skills, c.Priority, c.WaitedMs
		line := diag.Sprintf("  %s %s  %s, %s → %s", mark, c.ANI, cmp.Or(value(c.Outcome), "not looked up"), c.By(), c.To())
		if what := details(c, t.Call); what != "" {
			line += diag.Sprintf(", %s", what)
		}
		line += diag.Sprintf("; waited %s", words.Ms(c.WaitedMs))
		out.Live = live && slices.ContainsFunc(t.Call.Actions, func(a simulate.ActionRun) bool { return a.HubSpot })
		if out.Live {
			line += ", HubSpot asked"
		} else if live {
			why := unasked(t.Call)
			if t.Call.Reason == routing.ReasonSchedule || t.Call.Schedule != "" && t.Call.Outcome == "" {
				why = "the schedule ends the call before"
			}
			v.Notes = append(v.Notes, fmt.Sprintf("HubSpot was not asked for %s: %s", c.ANI, why))
		}
		v.lines = append(v.lines, line)
	}
	for _, p := range out.Problems {
		v.lines = append(v.lines, diag.Sprintf("    %s", p))
	}
	v.Calls = append(v.Calls, out)
}

// Bad says which calls did not end as the policy says; empty when all did.
func (v *Verification) Bad() string {
	var bad []string
	for _, c := range v.Calls {
		if c.OK {
			continue
		}
		whose := "a caller of the fallback"
		if c.For != nil {
			whose = fmt.Sprintf("a caller of rule %q", *c.For)
		}
		bad = append(bad, whose+": "+strings.Join(c.Problems, ", "))
	}
	return strings.Join(bad, "; ")
}

// PrintVerification writes a line for each call.
func PrintVerification(w io.Writer, v *Verification) error {
	n := 0
	for _, c := range v.Calls {
		if c.ANI != nil {
			n++
		}
	}
	_, err := diag.Fprintf(w, "verify: %s through the flow, the data actions and the rows that the org now has\n%s", words.Count(n, "caller", "callers"), diag.Block(strings.Join(v.lines, "\n")+"\n"))
	for _, note := range v.Notes {
		if err == nil {
			_, err = diag.Fprintf(w, "  note: %s\n", note)
		}
	}
	return err
}
