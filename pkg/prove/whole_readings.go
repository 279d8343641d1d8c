package prove

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// A reading is one way to understand what the platform does where no document says it.
type reading struct {
	name    string
	is      simulate.Readings
	touches touch
}

// A touch is what a reading can make a difference to.
type touch uint8

const (
	touchesAll   touch = iota
	touchesNames       // queues and skills that are gone
	touchesKnown       // what is known of the caller, or is not
	touchesText        // what stands in the data actions, whatever HubSpot answers
	touchesReply       // what HubSpot answers
)

// readings are the strict one, each other one alone, and all of them.
func readings() []reading {
	out := []reading{{}}
	all := simulate.Readings{}
	add := func(name string, touches touch, set func(*simulate.Readings)) {
		r := simulate.Readings{}
		set(&r)
		set(&all)
		out = append(out, reading{name, r, touches})
	}
	add("a queue that is NOT_SET fails the transfer", touchesNames, func(r *simulate.Readings) { r.Interp.NotSetQueue = interp.NotSetFailure })
	add("a skill that is NOT_SET is left out", touchesNames, func(r *simulate.Readings) { r.Interp.NotSetSkill = interp.NotSetAbsent })
	add("participant data that is NOT_SET is written as empty", touchesKnown, func(r *simulate.Readings) { r.Interp.NotSetParticipantData = interp.NotSetEmpty })
	add("participant data that is NOT_SET is not written", touchesKnown, func(r *simulate.Readings) { r.Interp.NotSetParticipantData = interp.NotSetAbsent })
	add("an input of a screen pop that is NOT_SET is empty", touchesKnown, func(r *simulate.Readings) { r.Interp.NotSetScreenPop = interp.NotSetEmpty })
	add("an input of a screen pop that is NOT_SET is left out", touchesKnown, func(r *simulate.Readings) { r.Interp.NotSetScreenPop = interp.NotSetAbsent })
	add("\"and\" and \"or\" skip the right side when the left decides", touchesAll, func(r *simulate.Readings) { r.Interp.ShortCircuit = true })
	for _, x := range dataaction.Readings() {
		o, err := dataaction.OptionsOf([]string{x.Name})
		if err != nil {
			panic(fmt.Sprintf("prove: %v", err)) // a name from the list itself
		}
		touches := touchesText
		if o.DropNullOutputs || o.EmptyBodyFails || o.DefaultOnFault || o.WholeNumbersOnly || o.ShiftGaps || o.PartialFails {
			touches = touchesReply
		}
		add("in data actions "+x.Help, touches, func(r *simulate.Readings) { merge(&r.DataAction, o) })
	}
	all.DataAction.PartialFails = false // a read of a stranger is nothing but a failure then, and what else is read otherwise would not be seen
	return append(out, reading{"all of these hold at once", all, touchesAll})
}

// merge adds switches.
func merge(to *dataaction.Options, o dataaction.Options) {
	for _, x := range []struct {
		to *bool
		on bool
	}{
		{&to.DropNullOutputs, o.DropNullOutputs}, {&to.LiteralReference, o.LiteralReference}, {&to.EmptyBodyFails, o.EmptyBodyFails}, {&to.QuoteBadDefaults, o.QuoteBadDefaults},
		{&to.DefaultOnFault, o.DefaultOnFault}, {&to.ExactNames, o.ExactNames}, {&to.RejectTrailing, o.RejectTrailing}, {&to.WholeNumbersOnly, o.WholeNumbersOnly},
		{&to.InputInSuccess, o.InputInSuccess}, {&to.ShiftGaps, o.ShiftGaps}, {&to.PartialFails, o.PartialFails},
	} {
		*x.to = *x.to || x.on
	}
}

// undocumented makes the calls that a reading can touch under each other reading of the platform
// and of HubSpot, and names those under which a property would not hold.
func (w *whole) undocumented(ctx context.Context, r *Report) error {
	samples, accounts := w.touched()
	try := func(sample []*situation, why string, change func(*situation)) error {
		var calls []*situation
		for _, s := range sample {
			c := *s
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
		a := *w.strict
		var err error
		if a.program, err = w.strict.program.Under(x.is); err != nil {
			r.Assumptions = append(r.Assumptions, fmt.Sprintf("nothing could be made ready if %s: %v", x.name, err))
			continue
		}
		if err := try(samples[x.touches], x.name, func(s *situation) { s.calls = &a }); err != nil {
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

// touched are the calls that readings of the platform can touch, and those that HubSpot can.
func (w *whole) touched() (samples map[touch][]*situation, accounts []*situation) {
	some := func(all []*situation, n int) []*situation {
		n = min(n, len(all))
		out := make([]*situation, 0, n)
		for i := range n {
			out = append(out, all[i*len(all)/n])
		}
		return out
	}
	known := w.found.open().with(func(x *sketch) { x.deal.amount = "1234.56" })
	g := w.gather()
	one := func(change ...func(*situation)) *situation { return g.add(known, change...) }
	nobody, bare, whole := g.add(w.found.base()), g.add(w.found.known()), one()
	missing := one(func(s *situation) {
		s.Org.MissingQueues, s.Org.MissingSkills = []string{w.p.Fallback.Queue}, w.p.Fallback.Skills
	})
	samples = map[touch][]*situation{
		touchesNames: append([]*situation{missing}, some(w.orgFamily(), 6)...),
		touchesKnown: append([]*situation{nobody, bare, whole}, some(w.rulesFamily(), 3)...),
		touchesText:  {nobody, bare, whole},
		touchesReply: append([]*situation{nobody, bare}, some(w.propertiesFamily(), 4)...),
	}
	if w.d.HubSpot.Lookup.Company != routing.CompanyNone {
		samples[touchesText] = append(samples[touchesText], some(w.companiesFamily(), 3)...)
	}
	for _, k := range []FaultKind{FaultNoContent, FaultEmptyBody, FaultNull, FaultBareRecord} {
		for _, n := range []int{1, 2} {
			samples[touchesReply] = append(samples[touchesReply], one(func(s *situation) { s.Faults = []Fault{{k, n}} }))
		}
	}
	samples[touchesAll] = slices.Concat(samples[touchesNames], samples[touchesKnown], samples[touchesReply])
	accounts = append([]*situation{nobody, bare, whole}, some(w.contactsFamily(), 6)...)
	accounts = append(accounts, some(w.dealsFamily(), 4)...)
	return samples, append(accounts, some(w.companiesFamily(), 4)...)
}
