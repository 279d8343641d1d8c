package validate

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/routing"
)

// What is known under each outcome, by the meaning of the outcomes:
//
// (a contact, or with company: numbers a company instead, of which no fact is)
//
//	outcome          contact  deal  won          value
//	active_deal      yes      yes   false        any (amounts may be negative)
//	inactive_deal    yes      yes   either       0
//	contact_no_deal  yes      no    not set      not set
//	no_record        no       no    not set      not set
//	lookup_failed    maybe    no    not set      not set

// obstacles says why a condition cannot hold under an outcome; nothing when it can. What the
// condition itself says of the outcome is not asked.
func obstacles(d *deployment.Deployment, w deployment.When, o routing.Outcome) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	deal := o == routing.ActiveDeal || o == routing.InactiveDeal
	asksDeal, asksContact := len(w.Stage)+len(w.Pipeline) > 0 || w.Won != nil, len(w.Lifecycle) > 0
	for name, test := range w.Facts {
		if unset(test) {
			continue
		}
		if d.HubSpot.Facts[name].Deal != "" {
			asksDeal = true
		} else {
			asksContact = true
		}
	}
	if o == routing.NoRecord && asksContact {
		add("no contact is known")
	}
	unasked := len(w.Failure) > 0 && within(w.Failure, []string{routing.FailureBreaker, routing.FailureOff})
	switch failed := o == routing.LookupFailed && asksContact; {
	case failed && unasked:
		add("HubSpot is not asked, and no contact is known")
	case failed && d.HubSpot.Lookup.Rolled():
		add("the one request failed, and no contact is known")
	}
	if why := contradiction(d, w); why != "" {
		add("%s", why)
	}
	if !deal && asksDeal {
		add("no deal counts")
	}
	if !deal && (w.MinValue != nil || w.MaxValue != nil) {
		add("there is no value")
	}
	if o == routing.ActiveDeal && w.Won != nil && *w.Won {
		add("the deal that counts is open, not won")
	}
	if o != routing.NoRecord && unusable(w) {
		add("%s", notLookedUp(w))
	}
	if len(w.Failure) > 0 && o != routing.LookupFailed {
		add("the lookup did not fail")
	}
	if w.AnyOpen != nil && o != routing.ActiveDeal {
		add("no deal is open")
	}
	if r := w.OpenDeals; r != nil {
		switch {
		case o == routing.ActiveDeal && r.Max != nil && *r.Max < 1:
			add("a deal is open")
		case (o == routing.InactiveDeal || o == routing.ContactNoDeal) && !(*routing.Range)(r).Has(0):
			add("no deal is open")
		case o == routing.NoRecord || o == routing.LookupFailed:
			add("it is not known which deals are open")
		}
	}
	if o == routing.InactiveDeal && (w.MinValue != nil && w.MinValue.Sign() > 0 || w.MaxValue != nil && w.MaxValue.Sign() < 0) {
		add("the value is 0")
	}
	return out
}

// asked are the outcomes that a condition names, or all of them.
func asked(w deployment.When) []routing.Outcome {
	if len(w.Outcome) > 0 {
		return w.Outcome
	}
	return routing.Outcomes()
}

// possible are the outcomes under which a condition can hold.
func possible(d *deployment.Deployment, w deployment.When) []routing.Outcome {
	var out []routing.Outcome
	for _, o := range asked(w) {
		if len(obstacles(d, w, o)) == 0 {
			out = append(out, o)
		}
	}
	return out
}

// An atom is one way in which a condition can hold: an outcome, whether the deal that counts
// is won where there is one, what the caller's number is, and where stages are asked for, one
// of them.
type atom struct {
	outcome routing.Outcome
	won     bool // false without a deal, too
	number  string
	stage   string
}

func (x atom) deal() bool {
	return x.outcome == routing.ActiveDeal || x.outcome == routing.InactiveDeal
}

func atoms(d *deployment.Deployment, w deployment.When) []atom {
	stages := []string{""}
	if len(w.Stage) > 0 {
		stages = stages[:0]
		for _, s := range w.Stage {
			stages = append(stages, stageIDs(d, s)...)
		}
	}
	var out []atom
	for _, o := range possible(d, w) {
		for _, won := range []bool{false, true} {
			if won && o != routing.InactiveDeal || w.Won != nil && *w.Won != won {
				continue
			}
			for _, n := range numbers(w, o) {
				for _, s := range stages {
					out = append(out, atom{o, won, n, s})
				}
			}
		}
	}
	return out
}

// stageIDs are the ids that a text of a stage condition is there for. A name is an id as
// well, but nobody who gave one to a stage has that in mind unless there is such a stage.
func stageIDs(d *deployment.Deployment, text string) []string {
	ids := d.StageIDs(text)
	if _, known := d.HubSpot.Stages[text]; known || len(ids) == 1 || slices.Contains(defaultStages, text) {
		return ids
	}
	return slices.DeleteFunc(ids, func(id string) bool { return id == text })
}

// covers reports whether b holds whenever a does in the way of an atom.
func covers(d *deployment.Deployment, b, a deployment.When, x atom) bool {
	if len(b.Outcome) > 0 && !slices.Contains(b.Outcome, x.outcome) {
		return false
	}
	if len(b.Stage) > 0 && (x.stage == "" || !slices.ContainsFunc(b.Stage, func(s string) bool { return slices.Contains(stageIDs(d, s), x.stage) })) {
		return false
	}
	pipelines := []string(a.Pipeline)
	if len(pipelines) == 0 && x.deal() { // every deal that counts is in one of these
		pipelines = d.HubSpot.Lookup.Pipelines
	}
	if len(b.Pipeline) > 0 && !within(pipelines, b.Pipeline) {
		return false
	}
	if b.Won != nil && (!x.deal() || x.won != *b.Won) {
		return false
	}
	least, most := a.MinValue, a.MaxValue
	if zero := routing.Int(0); x.outcome == routing.InactiveDeal {
		least, most = &zero, &zero
	}
	if !above(least, b.MinValue) || !below(most, b.MaxValue) || len(b.Lifecycle) > 0 && !within(a.Lifecycle, b.Lifecycle) {
		return false
	}
	if len(b.Failure) > 0 && !within(a.Failure, b.Failure) || !callerCovered(b, a, x) {
		return false
	}
	if len(b.At) > 0 && !within(states(d, a), b.At) {
		return false
	}
	if b.AnyOpen != nil && !reflect.DeepEqual(a.AnyOpen, b.AnyOpen) {
		return false
	}
	if b.OpenDeals != nil && !openCovered(b.OpenDeals, a.OpenDeals, x.outcome) {
		return false
	}
	for name, test := range b.Facts {
		mine, ok := a.Facts[name]
		if !ok || !factCovers(test, mine) {
			return false
		}
	}
	return true
}

// contradiction says why a condition holds under no outcome at all; empty when it may.
func contradiction(d *deployment.Deployment, w deployment.When) string {
	for _, name := range sortedKeys(w.Facts) {
		if why := nothing(w.Facts[name], d.HubSpot.Facts[name].Type); why != "" {
			return fmt.Sprintf("no value of %s %s", name, why)
		}
	}
	for _, name := range sortedKeys(w.Facts) {
		f := d.HubSpot.Facts[name]
		if want := propertyType(f); want != "" && want != f.Type && f.Type != routing.StringFact && !unset(w.Facts[name]) {
			return fmt.Sprintf("%s is read as a %s, and every value of %q is a %s", name, f.Type, f.Contact+f.Deal, want)
		}
	}
	counting := func(ids []string) bool {
		all := d.HubSpot.Lookup.Pipelines
		return len(all) == 0 || len(ids) == 0 || slices.ContainsFunc(ids, func(id string) bool { return slices.Contains(all, id) })
	}
	if !counting(w.Pipeline) || w.AnyOpen != nil && !counting(w.AnyOpen.Pipeline) {
		return "no deal of its pipelines counts by hubspot.lookup.pipelines"
	}
	if len(w.Failure) > 0 && within(w.Failure, []string{routing.FailureBreaker}) && !d.Enrichment.Breaker.Enabled {
		return "there is no breaker by enrichment.breaker"
	}
	if why := nobody(d, w); why != "" {
		return why
	}
	if s := d.Calls.Schedule; s != nil && s.EmergencyGroup == "" && len(w.At) > 0 && within(w.At, []string{string(genesys.StateEmergency)}) {
		return "there is never an emergency without calls.schedule.emergencyGroup"
	}
	if len(w.At) > 0 && len(states(d, w)) == 0 {
		return "no rule is asked while it is " + strings.Join(w.At, " or ") + ", by calls.schedule"
	}
	if r := w.OpenDeals; r != nil && r.Min != nil && !d.HubSpot.Lookup.Rolled() && *r.Min > routing.PageSize {
		return fmt.Sprintf("%d deals are read at most", routing.PageSize)
	}
	return ""
}

// states are those of the schedule in which a condition can hold: rules are asked in no other.
func states(d *deployment.Deployment, w deployment.When) []string {
	return slices.DeleteFunc(d.ScheduleStates(), func(s string) bool {
		return d.Calls.Schedule.Ends(s) || len(w.At) > 0 && !slices.Contains(w.At, s)
	})
}

// nothing says why no value meets a test, where that is plain; empty where one can.
func nothing(t deployment.FactTest, kind string) string {
	if unset(t) {
		return ""
	}
	fold := func(s string) string {
		if t.IgnoreCase {
			s = strings.ToLower(s)
		}
		return s
	}
	// what it may be, as far as values are named
	var left []string
	for _, v := range t.Any {
		if !slices.ContainsFunc(t.Not, func(n string) bool { return fold(n) == fold(v) }) {
			left = append(left, v)
		}
	}
	if len(t.Any) > 0 && len(left) == 0 && (kind != routing.StringFact || !slices.ContainsFunc(t.Any, func(v string) bool { return strings.Contains(v, ";") })) {
		return "is among any and not among not"
	}
	switch kind {
	case routing.NumberFact:
		in := func(s string) bool {
			n, err := routing.ParseDecimal(s)
			return err != nil || above(&n, t.Min) && below(&n, t.Max)
		}
		if len(left) > 0 && !slices.ContainsFunc(left, in) {
			return "is among any and within min and max"
		}
		if t.Min != nil && t.Max != nil && t.Min.Cmp(*t.Max) == 0 && slices.Contains(t.Not, t.Min.String()) {
			return "is within min and max and not among not"
		}
	case routing.BooleanFact:
		if slices.Contains(t.Not, "true") && slices.Contains(t.Not, "false") {
			return "is left by not"
		}
	case routing.DateFact:
		first, last := -deployment.MaxDays-1, deployment.MaxDays+1
		if t.Within != nil {
			first, last = min(*t.Within, 0), max(*t.Within, 0)
		}
		if t.After != nil {
			first = max(first, *t.After+1)
		}
		if t.Before != nil {
			last = min(last, *t.Before-1)
		}
		if first > last {
			return "is within, after and before these days"
		}
	}
	return ""
}

// openCovered reports whether every number of open deals that a allows with an outcome is in b.
func openCovered(b, a *deployment.Range, o routing.Outcome) bool {
	least, most := routing.Int(1), (*routing.Decimal)(nil)
	switch zero := routing.Int(0); {
	case o == routing.InactiveDeal || o == routing.ContactNoDeal:
		least, most = zero, &zero
	case o != routing.ActiveDeal:
		return false
	case a != nil:
		if a.Min != nil && *a.Min > 1 {
			least = routing.Int(int64(*a.Min))
		}
		most = number(a.Max)
	}
	return above(&least, number(b.Min)) && below(most, number(b.Max))
}

func number(n *int) *routing.Decimal {
	if n == nil {
		return nil
	}
	d := routing.Int(int64(*n))
	return &d
}

// within reports whether a is not empty and all of it is in b.
func within(a, b []string) bool {
	return len(a) > 0 && !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
}

// above reports whether what is at least a is at least b; nil is no bound.
func above(a, b *routing.Decimal) bool { return b == nil || a != nil && a.Cmp(*b) >= 0 }

func below(a, b *routing.Decimal) bool { return b == nil || a != nil && a.Cmp(*b) <= 0 }

// unset reports whether a test holds of what is not set, and of nothing else.
func unset(t deployment.FactTest) bool { return t.Set != nil && !*t.Set }

// factCovers reports whether test b holds for every value for which a does. It says so only
// where that is plain.
func factCovers(b, a deployment.FactTest) bool {
	if unset(a) || unset(b) || len(b.Not) > 0 || b.Prefix != "" || b.IgnoreCase || a.IgnoreCase || b.Before != nil || b.After != nil {
		return reflect.DeepEqual(a, b)
	}
	if len(b.Any) > 0 && (len(a.Any) == 0 || slices.ContainsFunc(a.Any, func(v string) bool { return !valueCovered(b.Any, v) })) {
		return false
	}
	least, most := a.Min, a.Max
	for i, v := range a.Any {
		n, err := routing.ParseDecimal(v)
		if err != nil {
			break
		}
		if i == 0 || n.Cmp(*least) < 0 {
			least = &n
		}
		if i == 0 || n.Cmp(*most) > 0 {
			most = &n
		}
	}
	if !above(least, b.Min) || !below(most, b.Max) {
		return false
	}
	if b.Within != nil {
		if a.Within == nil {
			return false
		}
		m, n := *b.Within, *a.Within
		return m >= 0 && n >= 0 && n <= m || m <= 0 && n <= 0 && n >= m
	}
	return true
}

// valueCovered: of a multi-select value a;b any part will do.
func valueCovered(values []string, v string) bool {
	if slices.Contains(values, v) {
		return true
	}
	return strings.Contains(v, ";") && slices.ContainsFunc(strings.Split(v, ";"), func(part string) bool { return slices.Contains(values, part) })
}

// shadows finds the earlier rules that together take everything that rule i could take; nil
// when something is left for it.
func shadows(d *deployment.Deployment, i int) []int {
	rules := d.Routing.Rules
	var out []int
	all := atoms(d, rules[i].When)
	if len(all) > 4096 { // too many to look at one by one
		return nil
	}
	for j := range i { // one rule says it better than several
		if len(all) > 0 && !slices.ContainsFunc(all, func(x atom) bool { return !covers(d, rules[j].When, rules[i].When, x) }) {
			return []int{j}
		}
	}
	for _, x := range all {
		j := slices.IndexFunc(rules[:i], func(r deployment.Rule) bool { return covers(d, r.When, rules[i].When, x) })
		if j < 0 {
			return nil
		}
		if !slices.Contains(out, j) {
			out = append(out, j)
		}
	}
	slices.Sort(out)
	return out
}

// Shadows are the rules, by their index, that together take whatever a rule would take; none
// when something is left to it, or when nobody can say.
func Shadows(d *deployment.Deployment, rule int) []int { return shadows(d, rule) }

// Impossible reports whether no caller can meet the condition of a rule.
func Impossible(d *deployment.Deployment, rule int) bool {
	return len(possible(d, d.Routing.Rules[rule].When)) == 0
}

// equivalent reports whether two rules ask the same.
func equivalent(d *deployment.Deployment, a, b deployment.When) bool {
	all := func(x, y deployment.When) bool {
		as := atoms(d, x)
		return len(as) > 0 && !slices.ContainsFunc(as, func(at atom) bool { return !covers(d, y, x, at) })
	}
	return all(a, b) && all(b, a)
}
