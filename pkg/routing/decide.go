package routing

import (
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/genesys"
)

// A Decision is where a call goes, and why.
type Decision struct {
	Outcome  Outcome
	Rule     string // name of the rule; empty for the fallback
	Index    int    // of the rule; -1 for the fallback
	Reason   string // ReasonRule, ReasonFallback or ReasonSchedule
	Queue    string
	Flow     string // that takes the call over; then there is no queue, and the priority is 0
	Skills   []string
	Priority int // the sum, kept within what Genesys takes
	ByValue  int // the share of it that value gives; of a flow, the share at the fallback where it cannot be reached

	Owner string // id in HubSpot of the owner who is asked first, if he works here; empty: nobody
}

// Why a decision is what it is.
const (
	ReasonRule     = "rule"
	ReasonFallback = "fallback"
	ReasonSchedule = "schedule" // no rule was asked, and nobody looked up

	// A flow besides knows
	ReasonKept       = "kept"       // the decision of an earlier leg of the conversation
	ReasonError      = "error"      // its error handling took the call
	ReasonLastResort = "lastResort" // no queue could be reached
)

// Reasons are all of them.
func Reasons() []string {
	return []string{ReasonRule, ReasonFallback, ReasonKept, ReasonError, ReasonLastResort, ReasonSchedule}
}

// Decide asks the rules in order; the first that holds wins, else the fallback. A call that the
// schedule ends has no outcome; without queue and flow it is disconnected.
func Decide(p Policy, f Facts) Decision {
	if e, ends := p.ends(f.At); ends {
		return Decision{Index: -1, Reason: ReasonSchedule, Queue: e.Queue, Flow: e.Flow}
	}
	d := Decision{Outcome: f.Outcome, Index: -1, Reason: ReasonFallback, ByValue: p.ByValue(f)}
	to := p.Fallback
	for i, r := range p.Rules {
		if p.Holds(r.When, f) {
			d.Rule, d.Index, d.Reason, to = r.Name, i, ReasonRule, r.To
			break
		}
	}
	if to.Flat {
		d.ByValue = 0
	}
	if to.Flow != "" {
		d.Flow = to.Flow
		return d
	}
	d.Queue, d.Skills, d.Priority = to.Queue, slices.Clone(to.Skills), sum(to.Priority, d.ByValue)
	if to.PreferOwner {
		d.Owner = f.Owner
	}
	return d
}

// ends reports whether the schedule ends a call that comes in a state, and where.
func (p Policy) ends(at string) (Ending, bool) {
	if p.Schedule == nil {
		return Ending{}, false
	}
	e, ok := p.Schedule.Ends[at]
	return e, ok
}

func sum(base, byValue int) int {
	return max(genesys.MinPriority, min(base+byValue, genesys.MaxPriority))
}

// ByValue is what value adds to any priority: min(max, ⌊value / per⌋ · add) while there is
// an open deal. A negative sum of amounts adds nothing.
func (p Policy) ByValue(f Facts) int {
	v := p.ValuePriority
	if v == nil || f.OpenDeals == 0 || f.Value == nil || v.Per.Sign() <= 0 {
		return 0
	}
	const beyond = 1 << 31 // more steps than any maximum needs; keeps the product in range
	return int(max(0, min(int64(v.Max), f.Value.FloorDiv(v.Per, beyond)*int64(v.Add))))
}

// Holds reports whether all parts of a condition hold.
func (p Policy) Holds(c Condition, f Facts) bool {
	if len(c.Outcome) > 0 && !slices.Contains(c.Outcome, f.Outcome) {
		return false
	}
	if len(c.Stage) > 0 && (f.Deal == nil || !slices.ContainsFunc(c.Stage, func(s string) bool {
		return slices.Contains(p.StageIDs(s), f.Deal.Stage)
	})) {
		return false
	}
	if len(c.Pipeline) > 0 && (f.Deal == nil || !slices.Contains(c.Pipeline, f.Deal.Pipeline)) {
		return false
	}
	if c.Won != nil && (f.Deal == nil || f.Deal.Won != *c.Won) {
		return false
	}
	if c.MinValue != nil && (f.Value == nil || f.Value.Cmp(*c.MinValue) < 0) {
		return false
	}
	if c.MaxValue != nil && (f.Value == nil || f.Value.Cmp(*c.MaxValue) > 0) {
		return false
	}
	if c.AnyOpen != nil && !slices.ContainsFunc(f.Open, func(d OpenDeal) bool { return p.meets(d, *c.AnyOpen) }) {
		return false
	}
	if c.OpenDeals != nil && (!f.answered() || !c.OpenDeals.Has(f.OpenDeals)) {
		return false
	}
	if len(c.Failure) > 0 && !slices.Contains(c.Failure, f.Failure) {
		return false
	}
	if len(c.Lifecycle) > 0 && (f.Lifecycle == "" || !slices.Contains(c.Lifecycle, f.Lifecycle)) {
		return false
	}
	if t := c.Caller; t != nil && (len(t.Number) > 0 && !slices.Contains(t.Number, f.Caller.Number) || len(t.Country) > 0 && !slices.Contains(t.Country, f.Caller.Country)) {
		return false
	}
	if len(c.Called) > 0 && !slices.Contains(c.Called, f.Called) {
		return false
	}
	if len(c.At) > 0 && !slices.Contains(c.At, f.At) {
		return false
	}
	for name, t := range c.Facts {
		v, set := f.Values[name]
		if t.Set != nil && !*t.Set {
			if set {
				return false
			}
			continue
		}
		if !set || !t.holds(v, f.Today) {
			return false
		}
	}
	return true
}

// meets reports whether one open deal meets a condition.
func (p Policy) meets(d OpenDeal, t DealTest) bool {
	return (len(t.Stage) == 0 || slices.ContainsFunc(t.Stage, func(s string) bool { return slices.Contains(p.StageIDs(s), d.Stage) })) &&
		(len(t.Pipeline) == 0 || slices.Contains(t.Pipeline, d.Pipeline)) &&
		(t.MinValue == nil || d.Amount.Cmp(*t.MinValue) >= 0) && (t.MaxValue == nil || d.Amount.Cmp(*t.MaxValue) <= 0)
}

// answered reports whether it is known which deals a contact has.
func (f Facts) answered() bool {
	return f.Outcome == ActiveDeal || f.Outcome == InactiveDeal || f.Outcome == ContactNoDeal
}

func (t FactTest) holds(v Value, today time.Time) bool {
	is := func(text string) bool { return v.is(text, t.IgnoreCase) }
	if len(t.Any) > 0 && !slices.ContainsFunc(t.Any, is) || slices.ContainsFunc(t.Not, is) {
		return false
	}
	if t.Prefix != "" && !v.begins(t.Prefix, t.IgnoreCase) {
		return false
	}
	if t.Min != nil && (v.Type != NumberFact || v.Number.Cmp(*t.Min) < 0) {
		return false
	}
	if t.Max != nil && (v.Type != NumberFact || v.Number.Cmp(*t.Max) > 0) {
		return false
	}
	if t.Within != nil {
		if v.Type != DateFact {
			return false
		}
		first, last := today, today.AddDate(0, 0, *t.Within)
		if *t.Within < 0 {
			first, last = last, first
		}
		if v.Day.Before(first) || v.Day.After(last) {
			return false
		}
	}
	if t.Before != nil && (v.Type != DateFact || !v.Day.Before(today.AddDate(0, 0, *t.Before))) {
		return false
	}
	return t.After == nil || v.Type == DateFact && v.Day.After(today.AddDate(0, 0, *t.After))
}

// is reports whether a fact has a value as a rule writes it. Of a multi-select value a;b any
// part will do, and so will the whole.
func (v Value) is(text string, ignoreCase bool) bool {
	if ignoreCase {
		text, v.Text = strings.ToLower(text), strings.ToLower(v.Text)
	}
	switch v.Type {
	case NumberFact:
		n, err := ParseDecimal(text)
		return err == nil && n == v.Number
	case DateFact:
		d, err := parseDay(text)
		return err == nil && d.Equal(v.Day)
	case StringFact:
		if strings.Contains(text, ";") {
			return v.Text == text
		}
		return slices.Contains(strings.Split(v.Text, ";"), text)
	}
	return v.Text == text
}

// begins reports whether a text begins with another, or any part of a multi-select value does.
func (v Value) begins(prefix string, ignoreCase bool) bool {
	if ignoreCase {
		prefix, v.Text = strings.ToLower(prefix), strings.ToLower(v.Text)
	}
	return v.Type == StringFact && slices.ContainsFunc(append(strings.Split(v.Text, ";"), v.Text), func(s string) bool { return strings.HasPrefix(s, prefix) })
}

// WithoutTarget is what becomes of a decision whose queue or flow has vanished or cannot be reached:
// the fallback queue without skills, with the fallback's priority and the share of value.
// The rule is still the one that matched; no owner is asked first.
func (p Policy) WithoutTarget(d Decision) Decision {
	d.Queue, d.Flow, d.Skills, d.Priority, d.Owner = p.Fallback.Queue, "", nil, sum(p.Fallback.Priority, d.ByValue), ""
	return d
}

// WithoutSkills is what becomes of a decision some of whose skills have vanished: the same
// queue without them.
func (d Decision) WithoutSkills(gone ...string) Decision {
	d.Skills = slices.DeleteFunc(slices.Clone(d.Skills), func(s string) bool { return slices.Contains(gone, s) })
	return d
}
