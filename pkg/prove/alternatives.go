package prove

import (
	"fmt"
	"slices"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
)

// An alternative is one way in which an effect can come out.
type alternative struct {
	outcome interp.Outcome
	admits  []*interp.Origin
	narrows map[*interp.Origin][]int32
	wait    time.Duration
	bars    string
}

func (x *explorer) alternatives(it *item, e *interp.Effect) []alternative {
	switch e.Kind {
	case interp.EffectDataAction:
		long := max(e.Timeout-time.Millisecond, 0)
		out := []alternative{
			{outcome: interp.Outcome{Branch: "failure", Elapsed: long}, wait: long},
			{outcome: interp.Outcome{Branch: "timeout"}, wait: e.Timeout},
			{outcome: interp.Outcome{Branch: "success", Elapsed: long}, wait: long},
		}
		x.bind(it, e, &out[0], e.Failures)
		x.bind(it, e, &out[2], e.Outputs)
		return out
	case interp.EffectTable:
		out := []alternative{{outcome: interp.Outcome{Branch: "notFound"}}, {outcome: interp.Outcome{Branch: "failure"}}, {outcome: interp.Outcome{Branch: "found"}}}
		for i := range out {
			out[i].wait = x.set.tables
		}
		x.bind(it, e, &out[1], e.Failures)
		x.bind(it, e, &out[2], e.Outputs)
		if x.set.bars != nil {
			out[1].bars = x.set.bars(e, out[1].outcome)
			out = append(out[:2], x.barring(e, out[2])...)
		}
		return out
	case interp.EffectFind:
		if e.Name == "" { // nothing has no name
			return []alternative{{outcome: interp.Outcome{Value: expr.NotSet(e.Type)}}}
		}
		return []alternative{{outcome: interp.Outcome{Value: interp.Object(e.Type, e.Name)}}, {outcome: interp.Outcome{Value: expr.NotSet(e.Type)}}}
	case interp.EffectSchedule, interp.EffectScheduleGroup:
		if b, ok := it.hours[hour{e.Kind, e.Name}]; ok {
			return []alternative{{outcome: interp.Outcome{Branch: b}}}
		}
	}
	switch e.Kind {
	case interp.EffectSchedule:
		return []alternative{{outcome: interp.Outcome{Branch: "active"}}, {outcome: interp.Outcome{Branch: "inactive"}}}
	case interp.EffectScheduleGroup:
		var out []alternative
		for _, b := range []string{"open", "closed", "holiday", "emergency"} {
			out = append(out, alternative{outcome: interp.Outcome{Branch: b}})
		}
		return out
	case interp.EffectTransfer:
		out := []alternative{{outcome: interp.Outcome{Branch: "success"}}, {outcome: interp.Outcome{Branch: "failure"}}}
		x.bind(it, e, &out[1], e.Failures)
		return out
	case interp.EffectInput:
		keyed := answer{}
		if m := x.meetings[interp.Source{Action: e.Action, Output: "inputData"}]; m != nil {
			keyed = answer{literals: m.Literals, lengths: m.Lengths, number: m.Number}
		}
		var out []alternative
		for _, d := range digits(e.Input, &keyed) {
			out = append(out, alternative{outcome: interp.Outcome{Digits: d}})
		}
		return out
	}
	var out []alternative
	for _, b := range e.Branches {
		a := alternative{outcome: interp.Outcome{Branch: b}}
		switch b {
		case "success", "found":
			x.bind(it, e, &a, e.Outputs)
		case "failure":
			x.bind(it, e, &a, e.Failures)
		}
		out = append(out, a)
	}
	return out
}

// bind leaves the outputs of an outcome open: those whose lengths are compared together.
func (x *explorer) bind(it *item, e *interp.Effect, a *alternative, wants []interp.Want) {
	group := make([]int, len(wants))
	for i := range group {
		group[i] = i
	}
	source := func(i int) interp.Source { return interp.Source{Action: e.Action, Output: wants[i].Name} }
	for i := range wants {
		for k := range i {
			m := x.meetings[source(i)]
			o := x.meetings[source(k)]
			if m != nil && slices.Contains(m.Counted, source(k)) || o != nil && slices.Contains(o.Counted, source(i)) {
				from, to := group[i], group[k]
				for g := range group {
					if group[g] == from {
						group[g] = to
					}
				}
			}
		}
	}
	for g := range wants {
		var as []answer
		for i := range wants {
			if group[i] == g {
				w := answer{name: wants[i].Name, typ: wants[i].Type}
				if w.typ == expr.JSON || w.typ.Elem() == expr.JSON {
					x.cutOff(fmt.Sprintf("what is in the JSON of output %q of %s: only {} is tried", w.name, effectWords(e)))
				}
				if m := x.meetings[source(i)]; m != nil {
					if w.literals, w.lengths, w.read, w.number = m.Literals, m.Lengths, m.Read, m.Number; m.Caller {
						w.more = x.set.more
					}
				}
				if x.set.extra != nil {
					w.more = append(w.more[:len(w.more):len(w.more)], x.set.extra(e, w.name)...)
				}
				as = append(as, w)
			}
		}
		if len(as) == 0 {
			continue
		}
		k := originKey{action: e.Action, what: a.outcome.Branch + " " + as[0].name}
		for x.origins[k] != nil && it.state.Left(x.origins[k]) != nil {
			k.nth++
		}
		o := x.origins[k]
		if o == nil {
			classes := jointly(as)
			o = x.origin(k, len(classes))
			x.made[o] = classes
			for i, w := range as {
				values := make([]expr.Value, o.Classes)
				for c, row := range classes {
					values[c] = row[i]
				}
				x.outs[o] = append(x.outs[o], interp.Named{Name: w.name, Value: interp.OneOf(o, w.typ, values)})
			}
		}
		a.admits = append(a.admits, o)
		a.outcome.Outputs = append(a.outcome.Outputs, x.outs[o]...)
	}
}

// barring are the parts of an answer that bar asking HubSpot, and the rest.
func (x *explorer) barring(e *interp.Effect, a alternative) []alternative {
	for i, out := range a.outcome.Outputs {
		apart := x.set.apart(e, out.Name)
		if apart == nil {
			continue
		}
		o := a.admits[i] // no output of a table is a list
		var yes, no []int32
		for c, row := range x.made[o] {
			if apart(row[0]) {
				yes = append(yes, int32(c))
			} else {
				no = append(no, int32(c))
			}
		}
		if len(yes) == 0 || len(no) == 0 {
			continue
		}
		barred, rest := a, a
		barred.narrows, rest.narrows = map[*interp.Origin][]int32{o: yes}, map[*interp.Origin][]int32{o: no}
		barred.bars = x.set.bars(e, interp.Outcome{Branch: "found", Outputs: []interp.Named{{Name: out.Name, Value: x.made[o][yes[0]][0]}}})
		return []alternative{barred, rest}
	}
	return []alternative{a}
}
