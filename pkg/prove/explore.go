package prove

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/diag"
)

// The search goes over states of the step machine, the nearest ones to the start first, so
// that what is found first is reached in the fewest steps. A state stands for all calls whose
// answers nothing has told apart yet. One whose key was seen before is an edge to the state
// that was seen: longest waits and numbers of ways are computed on the graph afterwards.

// A setting is what a flow is explored in.
type setting struct {
	starts  []start
	hubspot func(*interp.Effect) bool                                   // whose time counts as HubSpot's
	bars    func(e *interp.Effect, o interp.Outcome) string             // of an answer: why HubSpot may not be asked from then on
	apart   func(e *interp.Effect, output string) func(expr.Value) bool // classes of an output that bars tells apart; nil: none
	extra   func(e *interp.Effect, output string) []string              // texts that an output may hold besides
	ending  func(*item, interp.Result) string                           // why a call may not end so; empty: it may
	more    []string                                                    // texts that may be held of the caller's number
	asks    int                                                         // how often HubSpot may be asked in a call; 0: nobody counts
	states  int                                                         // at most
	rounds  int                                                         // of one place for keys
	stop    bool                                                        // at the first thing that is wrong
	tables  time.Duration                                               // what a look-up in a table takes
	budget  time.Duration                                               // of the wait for HubSpot; 0: nobody counts

	apartWaits bool // states that waited differently stay apart
}

// A start is a way in which calls begin.
type start struct {
	call    interp.Call
	anis    []string            // what the caller may show; none: call.ANI
	dialled []string            // what the caller may have dialled, besides call.DNIS
	data    map[string][]string // what earlier legs may have left, besides nothing
	brings  map[string][]string // texts of built-in variables, besides those that any call may bring
	barred  string              // why HubSpot may not be asked
}

// texts are what a built-in variable may hold.
func (st *start) texts(name string) []string {
	if strings.HasPrefix(name, "Call.CalledAddress") {
		return append(append([]string{st.call.DNIS, "something else"}, st.dialled...), st.brings[name]...)
	}
	return append([]string{"", "7", "something else"}, st.brings[name]...)
}

// An event is an effect with its answer, the last one first.
type event struct {
	before *event
	effect interp.Effect
	answer interp.Outcome
	late   bool
}

// A fault is something that was found wrong.
type fault struct {
	property string
	message  string
	hint     string
	pos      diag.Position
	state    *interp.State
	last     *event
	start    *start
	origins  []named // of the start
	example  *Counterexample
}

// named is something the start leaves open.
type named struct {
	data    string // participant data, or
	builtin string // a built-in variable
	value   expr.Value
}

// shown are built-in texts that callers and trunks bring along, besides the caller's number.
var shown = []string{"Call.RemoteName", "Call.UUIData", "Call.ExternalTag", "Flow.InvocationData", "Call.CalledAddress", "Call.CalledAddressOriginal"}

type item struct {
	state    *interp.State
	last     *event
	start    *start
	begin    []named
	barred   string
	asked    int
	problems int
	waited   time.Duration   // for HubSpot, on this way
	keyed    map[string]int  // how often keys were asked for, by place
	hours    map[hour]string // what schedules were: they stay so during a call
	mixed    bool            // it may be a call that cannot be
}

// An hour is a schedule or a group of them.
type hour struct {
	kind interp.EffectKind
	name string
}

type edge struct {
	to        int32 // −1: the end
	wait, hub time.Duration
	keyed     bool // the caller keys something in: what was waited is over
}

type node struct {
	edges []edge
	what  string // the effect that waits, in words
}

type explorer struct {
	p        *interp.Program
	set      setting
	fold     *interp.Fold
	meetings map[interp.Source]*interp.Meeting
	origins  map[originKey]*interp.Origin
	made     map[*interp.Origin][][]expr.Value
	outs     map[*interp.Origin][]interp.Named // outputs, once for all states
	again    bool                              // a call may look at one schedule more than once
	next     int
	nodes    []node
	seen     map[string]int32
	queue    []queued
	places   map[place]int
	shapes   map[string]*shaped
	faults   map[string]*fault
	doubts   map[string]*fault // calls that break a property, if they can be
	tried    map[string]int
	open     *interp.Refusal // what could not be decided
	cut      []string
	ends     map[ending]bool        // in which calls end
	fails    map[diag.Position]bool // places where an action fails
	key      []byte
}

// An ending is how a call ends.
type ending struct {
	how           interp.Ending
	target        string
	handled, told bool
}

type queued struct {
	item
	node int32
}

type originKey struct {
	action *architect.Action
	what   string
	nth    int
}

// step is one that an explorer reaches from a node.
type step struct {
	wait, hub time.Duration
	keyed     bool
}

func explore(ctx context.Context, p *interp.Program, set setting) (*explorer, error) {
	x := &explorer{
		p: p, set: set, fold: p.Fold(), meetings: p.Meetings(), origins: map[originKey]*interp.Origin{}, made: map[*interp.Origin][][]expr.Value{}, outs: map[*interp.Origin][]interp.Named{},
		seen: map[string]int32{}, places: map[place]int{}, shapes: map[string]*shaped{}, faults: map[string]*fault{}, doubts: map[string]*fault{}, tried: map[string]int{}, ends: map[ending]bool{}, fails: map[diag.Position]bool{},
	}
	hours := 0
	for _, e := range p.Asks() {
		switch e.Kind {
		case interp.EffectSchedule, interp.EffectScheduleGroup:
			hours++
		case interp.EffectInput: // callers go round in a flow
			x.again = true
		}
	}
	x.again = x.again || hours > 1
	x.nodes = append(x.nodes, node{})
	for i := range set.starts {
		if err := x.reach(0, x.begin(&set.starts[i]), step{}); err != nil {
			return x, err
		}
	}
	for len(x.queue) > 0 {
		if err := ctx.Err(); err != nil {
			return x, err
		}
		if x.set.stop && len(x.faults) > 0 {
			break
		}
		if len(x.nodes) > cmp.Or(x.set.states, mostStates) {
			x.cut = append(x.cut, fmt.Sprintf("the search ended after %d states", len(x.nodes)))
			x.undecided(&interp.Refusal{Finding: diag.Finding{Message: fmt.Sprintf("more than %d states would have to be looked at", len(x.nodes)), Hint: "allow more states, or split the flow"}})
			break
		}
		q := x.queue[0]
		x.queue[0] = queued{} // what was looked at is let go
		x.queue = x.queue[1:]
		if err := x.expand(q); err != nil {
			return x, err
		}
	}
	return x, nil
}

const mostStates = 200_000

func (x *explorer) undecided(r *interp.Refusal) {
	if x.open == nil {
		x.open = r
	}
}

// origin gives what is left open at a place, the same one each time it is asked for.
func (x *explorer) origin(k originKey, classes int) *interp.Origin {
	o := x.origins[k]
	if o == nil {
		x.next++
		o = &interp.Origin{ID: x.next, Classes: classes}
		x.origins[k] = o
	}
	return o
}

func (x *explorer) begin(st *start) item {
	it := item{start: st, barred: st.barred, keyed: map[string]int{}}
	call := st.call
	var open *interp.Origin
	if len(st.anis) > 0 {
		values := make([]expr.Value, len(st.anis))
		for i, a := range st.anis {
			values[i] = expr.OfString(a)
		}
		open = x.origin(originKey{what: "ani " + st.barred}, len(values))
		v := interp.OneOf(open, expr.String, values)
		call.ANI = st.anis[0]
		call.Builtins = append(slices.Clone(call.Builtins), interp.Named{Name: "Call.Ani", Value: v})
		it.begin = append(it.begin, named{builtin: "Call.Ani", value: v})
	}
	admit := []*interp.Origin{}
	for _, name := range shown {
		if !x.fold.Reads(name) {
			continue
		}
		var values []expr.Value
		if st.brings == nil || !strings.HasPrefix(name, "Call.CalledAddress") { // there is no call to no number
			values = append(values, expr.NotSet(expr.String))
		}
		for _, s := range st.texts(name) {
			values = append(values, expr.OfString(s))
		}
		o := x.origin(originKey{what: name}, len(values))
		v := interp.OneOf(o, expr.String, values)
		admit = append(admit, o)
		call.Builtins = append(call.Builtins, interp.Named{Name: name, Value: v})
		it.begin = append(it.begin, named{builtin: name, value: v})
	}
	it.state = x.fold.Start(call)
	for _, o := range admit {
		it.state.Admit(o)
	}
	if open != nil {
		it.state.Admit(open)
	}
	var names []string
	for n := range st.data {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		values := []expr.Value{expr.NotSet(expr.String)}
		for _, s := range st.data[n] {
			values = append(values, expr.OfString(s))
		}
		o := x.origin(originKey{what: "data " + n}, len(values))
		v := interp.OneOf(o, expr.String, values)
		it.state.Admit(o)
		it.state.Write(n, v)
		it.begin = append(it.begin, named{data: n, value: v})
	}
	return it
}

// reach follows the calls of a state to the next nodes.
func (x *explorer) reach(from int32, it item, by step) error {
	stop, err := x.fold.Walk(it.state)
	if err != nil {
		var r *interp.Refusal
		if !errors.As(err, &r) {
			return err
		}
		x.undecided(r)
		return nil
	}
	if ps := it.state.Problems(); len(ps) > it.problems {
		it.problems = len(ps)
		p := ps[len(ps)-1]
		x.fails[p.Pos] = true
		x.wrong(&it, Expressions, p.Pos, fmt.Sprintf("action %q fails: %s", p.Action, p.Message), "test for NOT_SET before the value is used, in an If")
	}
	switch stop {
	case interp.StopEnd:
		x.nodes[from].edges = append(x.nodes[from].edges, edge{-1, by.wait, by.hub, by.keyed})
		r := it.state.Result()
		x.ends[ending{r.Ending, r.Target, r.Handled, it.state.Told()}] = true
		if why := x.set.ending(&it, r); why != "" {
			at := it.state.Place()
			x.wrong(&it, Ending, at.Pos, why, "lead this way to a queue")
		}
		return nil
	case interp.StopSplit:
		for i := range it.state.Split() {
			part := it
			part.state = it.state.Part(i)
			if err := x.reach(from, part, by); err != nil {
				return err
			}
		}
		return nil
	}
	if it.state.Round() > mostLoops {
		x.cutOff(fmt.Sprintf("rounds of loops beyond the %dth", mostLoops))
		x.nodes[from].edges = append(x.nodes[from].edges, edge{-1, by.wait, by.hub, by.keyed})
		return nil
	}
	x.key = it.mark(x.fold.AppendKey(x.key[:0], it.state), x.set.apartWaits)
	to, ok := x.seen[string(x.key)]
	if !ok {
		if to, ok = x.mixed(&it); ok {
			x.seen[string(x.key)] = to
		}
	}
	if !ok {
		to = int32(len(x.nodes))
		x.seen[string(x.key)] = to
		n := node{}
		if e := it.state.Pending(); e != nil {
			n.what = effectWords(e)
		}
		x.nodes = append(x.nodes, n)
		it.state.SetElapsed(0)
		it.state.SetActions(0)
		q := queued{it, to}
		if it.mixed { // its shape keeps the state, and widens it
			q.state = it.state.Clone()
		}
		x.queue = append(x.queue, q)
	}
	x.nodes[from].edges = append(x.nodes[from].edges, edge{to, by.wait, by.hub, by.keyed})
	return nil
}

// mark appends what the search itself remembers of a call.
func (it *item) mark(b []byte, wait bool) []byte {
	b = append(append(b, byte(it.asked)), it.barred...)
	if wait {
		b = fmt.Append(b, it.waited)
	}
	if len(it.keyed) > 0 {
		b = fmt.Append(b, it.keyed)
	}
	if len(it.hours) > 0 {
		b = fmt.Append(b, it.hours)
	}
	return b
}

// mostExact is how many states of one place are told apart exactly. Further ones of the same
// shape are taken together: what belongs together in them is forgotten, so that the search
// may see calls that cannot be, and misses none that can.
const mostExact = 300

type place struct {
	pos    diag.Position
	action string
	effect string
}

// mixed puts a state into one of its shape, when there are too many of its place.
func (x *explorer) mixed(it *item) (int32, bool) {
	at := it.state.Place()
	p := place{at.Pos, at.Action, ""}
	if e := it.state.Pending(); e != nil {
		p.effect = e.Name
	}
	if x.places[p]++; x.places[p] <= mostExact {
		return 0, false
	}
	it.mixed = true
	shape := string(it.mark(x.fold.AppendShape(nil, it.state), x.set.apartWaits))
	h := x.shapes[shape]
	if h == nil {
		x.shapes[shape] = &shaped{node: int32(len(x.nodes)), state: it.state}
		return 0, false
	}
	if !x.fold.Widen(h.state, it.state) {
		return h.node, true
	}
	wide := *it
	wide.state = h.state.Clone()
	x.nodes[h.node].edges = nil
	x.queue = append(x.queue, queued{wide, h.node})
	return h.node, true
}

// A shaped state is the widest one of its shape.
type shaped struct {
	node  int32
	state *interp.State
}

func (x *explorer) expand(q queued) error {
	e := q.state.Pending()
	if e == nil {
		return x.reach(q.node, q.item, step{})
	}
	for _, a := range x.alternatives(&q.item, e) {
		it := q.item
		it.state = q.state.Clone()
		for _, o := range a.admits {
			it.state.Admit(o)
		}
		for o, left := range a.narrows {
			it.state.Narrow(o, left)
		}
		snapshot := *e
		it.last = &event{before: q.last, effect: snapshot, answer: a.outcome, late: a.late}
		by := step{wait: a.wait}
		if e.Kind == interp.EffectDataAction && x.set.hubspot(e) {
			by.hub = a.wait
			if it.waited += a.wait; x.set.budget > 0 && it.waited > x.set.budget {
				x.wrong(&it, Wait, q.state.Place().Pos, fmt.Sprintf("a caller waits up to %s for HubSpot, and the budget is %s", it.waited.Round(time.Second), x.set.budget), "shorten the timeouts of the data actions")
			}
			if x.set.asks > 0 {
				if it.barred != "" {
					x.wrong(&it, Requests, q.state.Place().Pos, fmt.Sprintf("data action %q asks HubSpot although %s", e.Name, it.barred), "leave out the action on this way")
				}
				if it.asked++; it.asked > x.set.asks {
					x.wrong(&it, Requests, q.state.Place().Pos, fmt.Sprintf("HubSpot is asked more than %d times in a call", x.set.asks), "leave out one of the data actions")
				}
			}
		}
		if a.bars != "" {
			it.barred = a.bars
		}
		if x.again && (e.Kind == interp.EffectSchedule || e.Kind == interp.EffectScheduleGroup) {
			if it.hours = maps.Clone(it.hours); it.hours == nil {
				it.hours = map[hour]string{}
			}
			it.hours[hour{e.Kind, e.Name}] = a.outcome.Branch
		}
		if e.Kind == interp.EffectInput {
			by.keyed = a.outcome.Digits != ""
			place := e.Name
			n := it.keyed[place] + 1
			if n > cmp.Or(x.set.rounds, mostRounds) {
				x.cutOff(fmt.Sprintf("callers who are asked for keys at %q more than %d times", place, cmp.Or(x.set.rounds, mostRounds)))
				x.nodes[q.node].edges = append(x.nodes[q.node].edges, edge{-1, 0, 0, true})
				continue
			}
			keyed := map[string]int{place: n}
			for k, v := range it.keyed {
				if k != place {
					keyed[k] = v
				}
			}
			it.keyed = keyed
		}
		if err := x.p.Resume(it.state, a.outcome); err != nil {
			var r *interp.Refusal
			if !errors.As(err, &r) {
				return err
			}
			x.undecided(r)
			continue
		}
		if err := x.reach(q.node, it, by); err != nil {
			return err
		}
	}
	return nil
}

const mostRounds = 4

// mostLoops is how many rounds of a loop are followed; Genesys takes 99 as a literal.
const mostLoops = 99

func (x *explorer) cutOff(what string) {
	if !slices.Contains(x.cut, what) {
		x.cut = append(x.cut, what)
	}
}

// wrong keeps the first call that breaks a property. States that were taken together may show
// calls that cannot be: theirs count when they replay, and are a doubt otherwise.
func (x *explorer) wrong(it *item, property string, pos diag.Position, message, hint string) {
	if x.faults[property] != nil || it.mixed && x.doubts[property] != nil && x.tried[property] >= mostTries {
		return
	}
	f := &fault{property: property, message: message, hint: hint, pos: pos, state: it.state.Clone(), last: it.last, start: it.start, origins: it.begin}
	f.example = f.counterexample()
	if !f.replays(x.p, x.set, f.example) {
		if f.example = nil; it.mixed {
			x.tried[property]++
			if x.doubts[property] == nil {
				x.doubts[property] = f
			}
			return
		}
	}
	x.faults[property] = f
}

// mostTries is how many doubtful calls are replayed for one property.
const mostTries = 200

// An alternative is one way in which an effect can come out.
type alternative struct {
	outcome interp.Outcome
	admits  []*interp.Origin
	narrows map[*interp.Origin][]int32
	wait    time.Duration
	bars    string
	late    bool
}

func (x *explorer) alternatives(it *item, e *interp.Effect) []alternative {
	switch e.Kind {
	case interp.EffectDataAction:
		long := max(e.Timeout-time.Millisecond, 0)
		out := []alternative{
			{outcome: interp.Outcome{Branch: "failure", Elapsed: long}, wait: long},
			{outcome: interp.Outcome{Branch: "timeout"}, wait: e.Timeout, late: true},
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

// longest is the longest wait between two keys that a caller presses, and the nodes it leads
// over; endless when there is a circle that waits.
func (x *explorer) longest(of func(edge) time.Duration) (wait time.Duration, path []int32, endless bool) {
	circles := x.circles()
	best := make([]time.Duration, len(x.nodes))
	via := make([]int32, len(x.nodes))
	in := make([]int, len(x.nodes))
	for i, c := range circles {
		for _, n := range c {
			in[n] = i
		}
	}
	from := int32(0)
	for i, c := range circles { // what they lead to comes before them
		var most time.Duration
		next := int32(-1)
		for _, n := range c {
			for _, e := range x.nodes[n].edges {
				w := of(e)
				switch {
				case e.to < 0 || e.keyed:
				case in[e.to] == i:
					endless = endless || w > 0
					continue
				default:
					w += best[e.to]
				}
				if w > most || next < 0 && e.to >= 0 && !e.keyed && w >= most {
					if most = w; !e.keyed {
						next = e.to
					}
				}
			}
		}
		for _, n := range c {
			best[n], via[n] = most, next
			if most > wait || n == 0 && most == wait {
				wait, from = most, n
			}
		}
	}
	for n := from; n >= 0; n = via[n] {
		path = append(path, n)
	}
	return wait, path, endless
}

// circles are the nodes in groups that lead to each other without a key being pressed, each
// group after those that it leads to.
func (x *explorer) circles() [][]int32 {
	index := make([]int32, len(x.nodes)) // 1 and up in the order of visiting
	low := make([]int32, len(x.nodes))
	on := make([]bool, len(x.nodes))
	var stack []int32
	var out [][]int32
	n := int32(0)
	var visit func(v int32)
	visit = func(v int32) {
		n++
		index[v], low[v], on[v] = n, n, true
		stack = append(stack, v)
		for _, e := range x.nodes[v].edges {
			switch {
			case e.to < 0 || e.keyed:
			case index[e.to] == 0:
				visit(e.to)
				low[v] = min(low[v], low[e.to])
			case on[e.to]:
				low[v] = min(low[v], index[e.to])
			}
		}
		if low[v] == index[v] {
			at := slices.Index(stack, v)
			c := slices.Clone(stack[at:])
			for _, m := range c {
				on[m] = false
			}
			stack = stack[:at]
			out = append(out, c)
		}
	}
	for v := range x.nodes {
		if index[v] == 0 {
			visit(int32(v))
		}
	}
	return out
}

// ways counts the ways through the graph; circles count once.
func (x *explorer) ways() *big.Int {
	counts := make([]*big.Int, len(x.nodes))
	state := make([]uint8, len(x.nodes))
	var order []int32
	var visit func(n int32)
	visit = func(n int32) {
		state[n] = 1
		for _, e := range x.nodes[n].edges {
			if e.to >= 0 && state[e.to] == 0 {
				visit(e.to)
			}
		}
		state[n] = 2
		order = append(order, n)
	}
	visit(0)
	for _, n := range order {
		c := new(big.Int)
		for _, e := range x.nodes[n].edges {
			switch {
			case e.to < 0:
				c.Add(c, big.NewInt(1))
			case counts[e.to] != nil:
				c.Add(c, counts[e.to])
			}
		}
		counts[n] = c
	}
	return counts[0]
}

func effectWords(e *interp.Effect) string {
	switch e.Kind {
	case interp.EffectDataAction:
		return fmt.Sprintf("data action %q", e.Name)
	case interp.EffectTable:
		if key := e.Key.Text(); key != "" {
			return fmt.Sprintf("row %q of data table %q", key, e.Name)
		}
		return fmt.Sprintf("a row of data table %q", e.Name)
	case interp.EffectFind:
		return fmt.Sprintf("%s %q", strings.ToLower(e.Type.String()), e.Name)
	case interp.EffectTransfer:
		return fmt.Sprintf("transfer to %q", e.Name)
	case interp.EffectInput:
		return fmt.Sprintf("keys at %q", e.Name)
	}
	return fmt.Sprintf("%s %q", e.Kind, e.Name)
}
