package interp

import (
	"encoding/binary"
	"slices"
	"sync/atomic"

	"github.com/dealroute/dealroute/pkg/architect/expr"
)

// A state may stand for many calls at once: what the world answered is then one of several
// classes, and a variable has a value for each of them. Next goes on for all of them
// together as long as they take the same way. Where they part it stops at a split: Split
// tells into how many parts, and Part makes the state of one of them, which is computed
// again from the instruction that parted them.

// An Origin is one answer of which only the classes are known. Which of them it is stays
// open until something depends on it.
type Origin struct {
	ID      int // small, and of its own within a search
	Classes int
}

// OneOf is a value that each class of an origin has one of; they are of the type. A state
// that gets it must have been told of the origin by Admit.
func OneOf(o *Origin, t expr.Type, values []expr.Value) expr.Value {
	return expr.OfOpen(t, newOpen(o, values))
}

type open struct {
	origin *Origin
	values []expr.Value // by class
	id     uint64
}

var opens atomic.Uint64

func newOpen(o *Origin, values []expr.Value) *open { return &open{o, values, opens.Add(1)} }

// Values are what a value may be in a state: itself, or one for each class of an origin that
// is left.
func (s *State) Values(v expr.Value) []expr.Value {
	o := openOf(v)
	if o == nil {
		if l := lateOf(v); l != nil { // in one class of each origin
			return []expr.Value{s.compute(l)}
		}
		return []expr.Value{v}
	}
	var out []expr.Value
	for _, c := range s.Left(o.origin) {
		out = append(out, o.values[c])
	}
	return out
}

func openOf(v expr.Value) *open {
	o, _ := v.Open().(*open)
	return o
}

// A late value is one of several origins that was not computed when it was assigned: what it
// is stays open until something depends on it. It cannot fail.
type late struct {
	part *expr.Part
	vars []expr.Value // by part.Slots, as they were then
	id   uint64
}

func lateOf(v expr.Value) *late {
	l, _ := v.Open().(*late)
	return l
}

func (s *State) later(p *expr.Part) *late {
	l := &late{part: p, vars: make([]expr.Value, len(p.Slots))}
	key := binary.AppendUvarint(nil, s.memory.of(p))
	for i, slot := range p.Slots {
		l.vars[i] = (*env)(s).raw(slot)
		key = appendRaw(key, l.vars[i])
	}
	if known, ok := s.memory.lates[string(key)]; ok {
		return known
	}
	l.id = opens.Add(1)
	s.memory.lates[string(key)] = l
	return l
}

// appendRaw appends a value, or the name of one that is open.
func appendRaw(b []byte, v expr.Value) []byte {
	if o := openOf(v); o != nil {
		return binary.AppendUvarint(append(b, '?'), o.id)
	}
	if l := lateOf(v); l != nil {
		return binary.AppendUvarint(append(b, '~'), l.id)
	}
	return v.AppendKey(append(b, '='))
}

// within lets f see the variables of a late value.
func (s *State) within(l *late, f func()) {
	was := s.inside
	s.inside = l
	f()
	s.inside = was
}

// compute gives a late value for the classes that are looked at.
func (s *State) compute(l *late) (v expr.Value) {
	s.within(l, func() { v, _ = l.part.Eval((*env)(s)) })
	return v
}

// A span is what is left of an origin.
type span struct {
	origin *Origin
	left   []int32 // replaced, never changed
}

// Admit lets a state have an origin, all classes of it.
func (s *State) Admit(o *Origin) {
	left := make([]int32, o.Classes)
	for i := range left {
		left[i] = int32(i)
	}
	spans := make([]span, max(len(s.spans), o.ID+1))
	copy(spans, s.spans)
	spans[o.ID] = span{o, left}
	s.spans = spans
}

// Narrow leaves of an origin only some of its classes.
func (s *State) Narrow(o *Origin, left []int32) {
	i := s.spanOf(o)
	s.spans = slices.Clone(s.spans)
	s.spans[i].left = left
}

// Left are the classes of an origin that a state still stands for; nil for one that it was
// not told of.
func (s *State) Left(o *Origin) []int32 {
	if i := s.spanOf(o); i >= 0 {
		return s.spans[i].left
	}
	return nil
}

func (s *State) spanOf(o *Origin) int {
	if o.ID < len(s.spans) && s.spans[o.ID].origin == o {
		return o.ID
	}
	return -1
}

// Split is into how many parts the calls of a state go, 0 when it does not wait for one to
// be chosen.
func (s *State) Split() int { return len(s.boxes) }

// Part makes the state of the calls that go one way at a split.
func (s *State) Part(i int) *State {
	c := s.Clone()
	c.spans = slices.Clone(c.spans)
	for _, n := range s.boxes[i] {
		c.spans[n.at].left = n.left
	}
	c.boxes, c.pending, c.retried, c.problem = nil, false, true, nil
	return c
}

// choose gives what an open value is in the class that is looked at.
func (s *State) choose(o *open) expr.Value {
	for _, c := range s.chosen {
		if c.origin == o.origin {
			return o.values[c.class]
		}
	}
	if left := s.Left(o.origin); len(left) > 0 { // nothing depends on which
		return o.values[left[0]]
	}
	return expr.Value{}
}

type chosen struct {
	origin *Origin
	class  int32
}

// A use says what a place does with a value: those of one kind are the same to it.
type use struct {
	open bool                   // the place takes a value that stays open
	kind func(expr.Value) uint8 // nil: each value is of its own kind
}

// asBool is a condition.
func asBool(v expr.Value) uint8 {
	if v.Bool() {
		return 1
	}
	return 0
}

// asSet is a place that asks whether something is set, and keeps it.
func asSet(v expr.Value) uint8 {
	if v.IsSet() {
		return 1
	}
	return 0
}

// asAny is a place that keeps whatever it is.
func asAny(expr.Value) uint8 { return 0 }

// evalSets computes a value for all calls that a state stands for. False means that they
// part here, or what it means for eval.
func (s *State) evalSets(v *value, u use) (expr.Value, bool) {
	p := v.prog.Part()
	var conds []piece
	for p.Lazy { // one of its branches is all that matters when the condition is the same for all
		ps, ok := s.pieces(v, p.Args[0], nil)
		if !ok {
			return expr.Value{}, false
		}
		if conds = s.joined(ps, nil, asBool); len(conds) > 1 || conds[0].err != nil {
			break
		}
		if conds[0].v.Bool() {
			p = p.Args[1]
		} else {
			p = p.Args[2]
		}
		conds = nil
	}
	at := s.spansOf(p)
	switch len(at) {
	case 0:
		return s.evalOne(v, p)
	case 1:
		return s.evalClasses(v, p, at[0], u)
	}
	if u.open && len(p.Args) == 0 { // a copy of what was put off
		if x := (*env)(s).raw(p.Slots[0]); u.kind == nil {
			return x, true
		}
	}
	pieces, ok := s.pieces(v, p, nil)
	if !ok {
		return expr.Value{}, false
	}
	if u.open && !p.Lazy && p.Type() != expr.Boolean && len(p.Args) > 0 && len(pieces) > 1 {
		kind := u.kind
		if kind == nil {
			kind = asAny
		}
		if kinds := s.joined(pieces, nil, kind); len(kinds) == 1 && kinds[0].err == nil {
			return expr.OfOpen(p.Type(), s.later(p)), true
		}
	}
	if u.kind != nil && !u.open {
		pieces = s.joined(pieces, nil, u.kind)
	}
	if len(pieces) == 1 {
		return s.only(v, pieces[0])
	}
	if u.open {
		boxes, most, anyway := s.groups(p, at)
		if len(boxes) == 1 { // it is the same in all classes of the other origins
			n := len(s.chosen)
			for _, a := range at {
				if a != most {
					s.chosen = append(s.chosen, chosen{s.spans[a].origin, s.spans[a].left[0]})
				}
			}
			x, ok := s.evalClasses(v, p, most, u)
			s.chosen = s.chosen[:n]
			return x, ok
		}
		if len(conds) > 1 && len(conds) < len(pieces) && !anyway && len(conds) < len(boxes) {
			for _, x := range conds {
				s.boxes = append(s.boxes, x.box)
			}
			return expr.Value{}, false
		}
		if len(boxes) > 1 && (anyway || len(boxes) < len(pieces)) {
			s.boxes = boxes
			return expr.Value{}, false
		}
	}
	for _, x := range pieces {
		s.boxes = append(s.boxes, x.box)
	}
	return expr.Value{}, false
}

func (s *State) evalOne(v *value, p *expr.Part) (expr.Value, bool) {
	x, err := p.Eval((*env)(s))
	return s.only(v, piece{v: x, err: err})
}

func (s *State) only(v *value, x piece) (expr.Value, bool) {
	if s.wanted.kind != expr.Invalid {
		return x.v, false
	}
	if x.err != nil {
		s.problem = &valueError{v, x.err}
		return x.v, false
	}
	return x.v, true
}

// evalClasses computes what depends on one origin.
func (s *State) evalClasses(v *value, p *expr.Part, at int, u use) (expr.Value, bool) {
	ps, ok := s.byClass(p, at, nil)
	if !ok {
		return expr.Value{}, false
	}
	if len(ps) == 1 {
		return s.only(v, ps[0])
	}
	if u.kind != nil {
		kinds := s.joined(ps, nil, u.kind)
		switch {
		case len(kinds) > 1:
			for _, x := range kinds {
				s.boxes = append(s.boxes, x.box)
			}
			return expr.Value{}, false
		case !u.open || kinds[0].err != nil:
			return s.only(v, kinds[0])
		}
	}
	if !u.open {
		for _, x := range ps {
			s.boxes = append(s.boxes, x.box)
		}
		return expr.Value{}, false
	}
	if slices.ContainsFunc(ps, func(x piece) bool { return x.err != nil }) { // those for whom it fails part from the others
		for _, x := range s.joined(ps, nil, asAny) {
			s.boxes = append(s.boxes, x.box)
		}
		return expr.Value{}, false
	}
	t, _ := s.tableOf(p, at)
	return expr.OfOpen(p.Type(), t.keep()), true
}
