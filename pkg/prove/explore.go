package prove

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
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

	guide      *guide // nil: all calls are tried
	apartWaits bool   // states that waited differently stay apart
	exact      int    // states of one place that are told apart exactly; 0: mostExact
	shapes     int    // of one place; 0: mostShapes
	apartCalls bool   // states stay apart although one stands for all calls of the other
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
	total    time.Duration   // for all that it asked
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
	to int32 // −1: the end
	step
	covered bool // what leads here is among the calls that the node stands for, and not all of them
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
	seen     map[string]arrival
	queue    []queued
	places   map[place]int
	alike    map[string][]*stood // states that were seen, by where they stand
	stood    map[int32]*stood    // states that others were taken together with, by node
	covers   bool                // some state stands for all calls of another
	shapes   map[string]*shaped
	hulls    map[string][]*shaped // by where they stand
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
	as   *stood
}

type originKey struct {
	action *architect.Action
	what   string
	nth    int
}

// A step is what lies between a node and the next one.
type step struct {
	wait, hub time.Duration // in all, and for HubSpot
	keyed     bool          // the caller keys something in: what was waited is over
}

// explore tries all calls. A state all of whose calls another one stands for is an edge to that
// one, which may wait longer than they can: where that makes the longest wait, the search is
// made again without.
func explore(ctx context.Context, p *interp.Program, set setting) (*explorer, error) {
	x, err := exploring(ctx, p, set)
	if err != nil || !x.covers || set.apartCalls || x.waitsOwn() {
		return x, err
	}
	set.apartCalls = true
	return exploring(ctx, p, set)
}

func exploring(ctx context.Context, p *interp.Program, set setting) (*explorer, error) {
	x := (&explorer{p: p, fold: p.Fold(), meetings: p.Meetings()}).empty(set)
	return x, x.search(ctx)
}

// empty is a search of the same flow that has seen nothing.
func (x *explorer) empty(set setting) *explorer {
	return &explorer{
		p: x.p, set: set, fold: x.fold, meetings: x.meetings, origins: map[originKey]*interp.Origin{}, made: map[*interp.Origin][][]expr.Value{}, outs: map[*interp.Origin][]interp.Named{},
		seen: map[string]arrival{}, places: map[place]int{}, alike: map[string][]*stood{}, stood: map[int32]*stood{}, shapes: map[string]*shaped{}, hulls: map[string][]*shaped{}, faults: map[string]*fault{}, doubts: map[string]*fault{}, tried: map[string]int{}, ends: map[ending]bool{}, fails: map[diag.Position]bool{},
	}
}

func (x *explorer) search(ctx context.Context) error {
	hours := 0
	for _, e := range x.p.Asks() {
		switch e.Kind {
		case interp.EffectSchedule, interp.EffectScheduleGroup:
			hours++
		case interp.EffectInput: // callers go round in a flow
			x.again = true
		}
	}
	x.again = x.again || hours > 1
	x.nodes = append(x.nodes, node{})
	for i := range x.set.starts {
		if err := x.reach(0, x.begin(&x.set.starts[i]), step{}); err != nil {
			return err
		}
	}
	tally := tallyOf(ctx)
	for len(x.queue) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		tally.States.Store(int64(len(x.nodes)))
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
		if q.as.gone {
			continue
		}
		q.as.queued = false
		if q.as.wide != nil { // what came to it since
			q.state, q.as.wide = q.as.wide.Clone(), nil
		}
		if err := x.expand(q); err != nil {
			return err
		}
	}
	return nil
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
	call.Builtins = slices.Clone(call.Builtins)
	var open []*interp.Origin
	leave := func(what string, n named, notSet bool, texts []string) expr.Value {
		var values []expr.Value
		if notSet {
			values = append(values, expr.NotSet(expr.String))
		}
		for _, s := range texts {
			values = append(values, expr.OfString(s))
		}
		o := x.origin(originKey{what: what}, len(values))
		open = append(open, o)
		n.value = interp.OneOf(o, expr.String, values)
		it.begin = append(it.begin, n)
		return n.value
	}
	brought := func(name string, v expr.Value) {
		call.Builtins = append(call.Builtins, interp.Named{Name: name, Value: v})
	}
	if len(st.anis) > 0 {
		call.ANI = st.anis[0]
		brought("Call.Ani", leave("ani "+st.barred, named{builtin: "Call.Ani"}, false, st.anis))
	}
	for _, name := range shown {
		if x.fold.Reads(name) {
			none := st.brings == nil || !strings.HasPrefix(name, "Call.CalledAddress") // there is no call to no number
			brought(name, leave(name, named{builtin: name}, none, st.texts(name)))
		}
	}
	it.state = x.fold.Start(call)
	for _, n := range slices.Sorted(maps.Keys(st.data)) {
		it.state.Write(n, leave("data "+n, named{data: n}, true, st.data[n]))
	}
	for _, o := range open {
		it.state.Admit(o)
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
		x.nodes[from].edges = append(x.nodes[from].edges, edge{-1, by, false})
		r := it.state.Result()
		x.ends[ending{r.Ending, r.Target, r.Handled, it.state.Told()}] = true
		if g := x.set.guide; g != nil && it.total >= g.all {
			x.wrong(&it, longestWait, diag.Position{}, "", "")
		}
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
		x.nodes[from].edges = append(x.nodes[from].edges, edge{-1, by, false})
		return nil
	}
	view := x.fold.View(it.state)
	x.key = it.mark(view.AppendKey(x.key[:0]), x.set.apartWaits)
	if g := x.set.guide; g != nil && !g.leads(x.key, it.total) {
		return nil
	}
	m, ok := x.seen[string(x.key)]
	if !ok {
		stands := string(it.mark(view.Place(), x.set.apartWaits))
		if m, ok = x.met(&it, view, stands); !ok {
			m = x.stands(it, view, stands)
		}
		x.seen[string(x.key)] = m
	}
	x.nodes[from].edges = append(x.nodes[from].edges, edge{m.node, by, m.covered})
	return nil
}

// An arrival is the node that a state comes to.
type arrival struct {
	node    int32
	covered bool
}

// A stood state is one that a node was made for.
type stood struct {
	view   *interp.View
	node   int32
	place  place
	mixed  bool
	queued bool
	gone   bool          // another one stands for its calls, too
	wide   *interp.State // of a shape that was widened while it is queued
}

// met finds a node that stands for all calls of a state, among others. stands is where it stands.
func (x *explorer) met(it *item, view *interp.View, stands string) (arrival, bool) {
	for _, k := range x.alike[stands] { // none are kept when states stay apart
		if (it.mixed || !k.mixed) && k.view.Covers(view) {
			x.covers = true
			return arrival{k.node, true}, true
		}
	}
	return x.mixed(it, view, stands)
}

// stands makes a node for a state. States whose turn has not come, and all of whose calls it
// stands for, are let go.
func (x *explorer) stands(it item, view *interp.View, stands string) arrival {
	to := int32(len(x.nodes))
	n := node{}
	if e := it.state.Pending(); e != nil {
		n.what = effectWords(e)
	}
	x.nodes = append(x.nodes, n)
	it.state.SetElapsed(0)
	it.state.SetActions(0)
	as := &stood{view: view, node: to, place: x.placeOf(&it), mixed: it.mixed, queued: true}
	if !x.set.apartCalls {
		x.alike[stands] = append(slices.DeleteFunc(x.alike[stands], func(k *stood) bool {
			if k.mixed || as.mixed || !view.Covers(k.view) {
				return false
			}
			if k.queued {
				k.gone, x.covers = true, true
				x.places[k.place]--
				x.nodes[k.node].edges = []edge{{to: to, covered: true}}
			}
			return true
		}), as)
	}
	q := queued{it, to, as}
	if it.mixed { // its shape keeps the state, and widens it
		x.stood[to] = as
		q.state = it.state.Clone()
	}
	x.queue = append(x.queue, q)
	return arrival{node: to}
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

// mostExact is how many states of one place are told apart exactly. Further ones are taken
// together, those of one shape first: what belongs together in them is forgotten, so that the
// search may see calls that cannot be, and misses none that can.
const mostExact = 300

type place struct {
	pos    diag.Position
	action string
	effect string
}

func (x *explorer) placeOf(it *item) place {
	at := it.state.Place()
	p := place{at.Pos, at.Action, ""}
	if e := it.state.Pending(); e != nil {
		p.effect = e.Name
	}
	return p
}

// mixed puts a state into one of its shape, when there are too many of its place.
func (x *explorer) mixed(it *item, view *interp.View, stands string) (arrival, bool) {
	p := x.placeOf(it)
	if x.places[p]++; x.places[p] <= cmp.Or(x.set.exact, mostExact) {
		return arrival{}, false
	}
	it.mixed = true
	mark := string(it.mark(view.AppendShape(nil), x.set.apartWaits))
	if h := x.shapes[mark]; h != nil {
		if wider, ok := x.fold.Join(h.state, it.state); ok {
			return x.widened(it, h, wider), true
		}
	}
	if len(x.hulls[stands]) >= cmp.Or(x.set.shapes, mostShapes) {
		for _, h := range x.hulls[stands] {
			if wider, ok := x.fold.Join(h.state, it.state); ok {
				return x.widened(it, h, wider), true
			}
		}
	}
	h := &shaped{node: int32(len(x.nodes)), state: it.state}
	x.shapes[mark] = h
	x.hulls[stands] = append(x.hulls[stands], h)
	return arrival{}, false
}

// mostShapes is how many shapes one place has before what is settled in some and open in others
// is left open.
const mostShapes = 30

// widened is the node of a shape that a state was taken into.
func (x *explorer) widened(it *item, h *shaped, wider bool) arrival {
	if !wider {
		return arrival{node: h.node}
	}
	as := x.stood[h.node]
	as.view, as.wide = x.fold.View(h.state), h.state
	if !as.queued {
		as.queued = true
		x.nodes[h.node].edges = nil
		again := *it
		again.problems = len(h.state.Problems())
		x.queue = append(x.queue, queued{again, h.node, as})
	}
	return arrival{node: h.node}
}

// A shaped state stands for all of its shape, and for those of others that it was joined with.
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
		it.last = &event{before: q.last, effect: *e, answer: a.outcome}
		by := step{wait: a.wait}
		if it.total += a.wait; x.set.guide != nil && e.Kind == interp.EffectTable {
			it.last.answer.Elapsed = a.wait
		}
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
				x.nodes[q.node].edges = append(x.nodes[q.node].edges, edge{to: -1, step: step{keyed: true}})
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
	if x.set.guide != nil && property != longestWait { // which was found when all calls were tried
		return
	}
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
