package prove

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// A reading is one way to understand what the platform does where no document says it.
type reading struct {
	name string
	is   simulate.Readings
}

// readings are the strict one, each other one alone, and all of them.
func readings() []reading {
	out := []reading{{"", simulate.Readings{}}}
	all := simulate.Readings{}
	add := func(name string, set func(*simulate.Readings)) {
		r := simulate.Readings{}
		set(&r)
		set(&all)
		out = append(out, reading{name, r})
	}
	add("a queue that is NOT_SET fails the transfer", func(r *simulate.Readings) { r.Interp.NotSetQueue = interp.NotSetFailure })
	add("a skill that is NOT_SET is left out", func(r *simulate.Readings) { r.Interp.NotSetSkill = interp.NotSetAbsent })
	add("participant data that is NOT_SET is written as empty", func(r *simulate.Readings) { r.Interp.NotSetParticipantData = interp.NotSetEmpty })
	add("participant data that is NOT_SET is not written", func(r *simulate.Readings) { r.Interp.NotSetParticipantData = interp.NotSetAbsent })
	add("an input of a screen pop that is NOT_SET is empty", func(r *simulate.Readings) { r.Interp.NotSetScreenPop = interp.NotSetEmpty })
	add("an input of a screen pop that is NOT_SET is left out", func(r *simulate.Readings) { r.Interp.NotSetScreenPop = interp.NotSetAbsent })
	add("\"and\" and \"or\" skip the right side when the left decides", func(r *simulate.Readings) { r.Interp.ShortCircuit = true })
	for _, x := range dataaction.Readings() {
		add("in data actions "+x.Help, func(r *simulate.Readings) {
			if o, err := dataaction.OptionsOf([]string{x.Name}); err == nil {
				merge(&r.DataAction, o)
			}
		})
	}
	return append(out, reading{"all of these at once", all})
}

// merge adds switches.
func merge(to *dataaction.Options, o dataaction.Options) {
	for _, x := range []struct {
		to *bool
		on bool
	}{
		{&to.DropNullOutputs, o.DropNullOutputs}, {&to.LiteralReference, o.LiteralReference}, {&to.EmptyBodyFails, o.EmptyBodyFails}, {&to.QuoteBadDefaults, o.QuoteBadDefaults},
		{&to.DefaultOnFault, o.DefaultOnFault}, {&to.ExactNames, o.ExactNames}, {&to.RejectTrailing, o.RejectTrailing}, {&to.WholeNumbersOnly, o.WholeNumbersOnly},
		{&to.InputInSuccess, o.InputInSuccess}, {&to.ShiftGaps, o.ShiftGaps},
	} {
		*x.to = *x.to || x.on
	}
}

// undocumented makes the calls that a reading can touch under each other reading of the platform
// and of HubSpot, and names those under which a property would not hold.
func (w *whole) undocumented(ctx context.Context, r *Report) error {
	callers, actions, accounts := w.touched()
	try := func(sample []*situation, why string, change func(*situation)) error {
		var calls []*situation
		for _, s := range sample {
			c := *s
			c.account = nil
			change(&c)
			calls = append(calls, &c)
		}
		r.Calls += len(calls)
		bad, err := w.run(ctx, calls, &worstOf{})
		if err != nil {
			return err
		}
		seen := map[string]bool{}
		for _, b := range bad {
			if !seen[b.property] {
				seen[b.property] = true
				r.Assumptions = append(r.Assumptions, fmt.Sprintf("property %s would not hold if %s: %s", b.property, why, b.message))
			}
		}
		return nil
	}
	for _, x := range readings()[1:] {
		a, err := prepare(w.in.Blueprint, w.in.Key, x.is)
		if err != nil {
			r.Assumptions = append(r.Assumptions, fmt.Sprintf("nothing could be made ready if %s: %v", x.name, err))
			continue
		}
		sample := callers
		if x.is.DataAction != (dataaction.Options{}) {
			sample = actions
		}
		if err := try(sample, x.name, func(s *situation) { s.calls = a }); err != nil {
			return err
		}
	}
	for _, name := range w.in.Open {
		if err := try(accounts, "HubSpot is otherwise than assumed in "+name, func(s *situation) { s.otherwise = []string{name} }); err != nil {
			return err
		}
	}
	if len(w.in.Open) > 1 {
		return try(accounts, "HubSpot is otherwise than assumed in "+strings.Join(w.in.Open, ", "), func(s *situation) { s.otherwise = slices.Clone(w.in.Open) })
	}
	return nil
}

// touched are the calls that readings can touch: of the platform in the flow, in data actions,
// and of HubSpot.
func (w *whole) touched() (callers, actions, accounts []*situation) {
	some := func(all []*situation, n int) []*situation {
		n = min(n, len(all))
		out := make([]*situation, 0, n)
		for i := range n {
			out = append(out, all[i*len(all)/n])
		}
		return out
	}
	known := some(w.callersFamily(), 5)
	callers = append(slices.Clone(known), some(w.rulesFamily(), 8)...)
	callers = append(callers, some(w.orgFamily(), 10)...)
	g := w.gather()
	for _, k := range []FaultKind{FaultNoContent, FaultEmptyBody, FaultNull, FaultNoList, FaultBareRecord, FaultMalformed} {
		for _, n := range []int{1, 2} {
			g.add(w.found.open(), func(s *situation) { s.Faults = []Fault{{k, n}} })
		}
	}
	actions = append(slices.Clone(known), g.out...)
	actions = append(actions, some(w.propertiesFamily(), 8)...)
	accounts = append(some(w.contactsFamily(), 16), some(w.dealsFamily(), 12)...)
	return callers, actions, append(accounts, some(w.companiesFamily(), 8)...)
}
