package interp

import (
	"encoding/binary"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/diag"
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
	for _, c := range s.left(o.origin) {
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

// A narrow leaves of one origin only some classes. A box is several of them, of different
// origins, in their order.
type narrow struct {
	at   int // of State.spans
	left []int32
}

type box []narrow

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

// Left are the classes of an origin that a state still stands for; nil for one that it was
// not told of.
func (s *State) Left(o *Origin) []int32 { return s.left(o) }

// Narrow leaves of an origin only some of its classes.
func (s *State) Narrow(o *Origin, left []int32) {
	i := s.spanOf(o)
	s.spans = slices.Clone(s.spans)
	s.spans[i].left = left
}

func (s *State) left(o *Origin) []int32 {
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
	if left := s.left(o.origin); len(left) > 0 { // nothing depends on which
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

// A piece is what a part of an expression gives in a box; an error is a result too.
type piece struct {
	box box
	v   expr.Value
	err error
	id  uint32
}

func (s *State) number(x *piece) {
	b := append(s.memory.key[:0], '!')
	if x.err == nil {
		b = x.v.AppendKey(append(b[:0], '='))
	}
	s.memory.key = b
	x.id = s.memory.id(b)
}

// mostPieces bounds what one expression may tell apart.
const mostPieces = 4096

// CodeWide is an expression that depends on so much at once that nobody tells its results
// apart.
const CodeWide = "DR-RUN-WIDE"

func (s *State) wide(v *value) bool {
	s.refused = &Refusal{Finding: diag.Finding{
		Code: CodeWide, Severity: diag.Error, Position: v.pos, Path: v.path,
		Message: fmt.Sprintf("expression %q depends on too many answers at once: more than %d results would have to be told apart", shorten(v.text), mostPieces),
		Hint:    "split it: assign parts of it to variables of their own",
	}}
	return false
}

// shared is the place of an origin that more than one argument of a part depends on; −1 for
// none.
func (s *State) shared(p *expr.Part, at []int) int {
	for _, o := range at {
		n := 0
		for _, a := range p.Args {
			if slices.Contains(s.spansOf(a), o) {
				n++
			}
		}
		if n > 1 {
			return o
		}
	}
	return -1
}

// spansOf are the places of the origins that a part depends on.
func (s *State) spansOf(p *expr.Part) []int { return s.addSpans(nil, p) }

func (s *State) addSpans(out []int, p *expr.Part) []int {
	for _, slot := range p.Slots {
		v := (*env)(s).raw(slot)
		if l := lateOf(v); l != nil {
			s.within(l, func() { out = s.addSpans(out, l.part) })
			continue
		}
		if o := openOf(v); o != nil {
			if _, fixed := s.fixed(o.origin); fixed {
				continue
			}
			if at := s.spanOf(o.origin); at >= 0 && !slices.Contains(out, at) {
				out = append(out, at)
			}
		}
	}
	return out
}

// A table is what a part of an expression gives for each class of the one origin that it
// depends on.
type table struct {
	origin  *Origin
	results []result
	open    *open // of its values; made when somebody keeps it
}

type result struct {
	v   expr.Value
	err error
	id  uint32 // the same for results that nothing tells apart
}

// A memory keeps tables, and numbers for values, of one search: what was computed for some
// calls is not computed again for others.
type memory struct {
	tables map[string]*table
	ids    map[string]uint32
	parts  map[*expr.Part]uint64
	lates  map[string]*late
	pieces map[string][]piece
	watch  *watch
	key    []byte
}

func newMemory(w *watch) *memory {
	return &memory{watch: w, tables: map[string]*table{}, ids: map[string]uint32{}, parts: map[*expr.Part]uint64{}, lates: map[string]*late{}, pieces: map[string][]piece{}}
}

func (m *memory) id(b []byte) uint32 {
	n, ok := m.ids[string(b)]
	if !ok {
		n = uint32(len(m.ids))
		m.ids[string(b)] = n
	}
	return n
}

// naming names a part with what its variables are, as far as they are the same for all calls.
func (s *State) naming(p *expr.Part) []byte {
	m := s.memory
	return s.appendName(binary.AppendUvarint(nil, m.of(p)), p)
}

func (m *memory) of(p *expr.Part) uint64 {
	n, ok := m.parts[p]
	if !ok {
		n = uint64(len(m.parts))
		m.parts[p] = n
	}
	return n
}

func (s *State) appendName(b []byte, p *expr.Part) []byte {
	for _, slot := range p.Slots {
		v := (*env)(s).raw(slot)
		if l := lateOf(v); l != nil {
			b = binary.AppendUvarint(append(b, '~'), l.id)
			s.within(l, func() { b = s.appendName(b, l.part) })
			continue
		}
		o := openOf(v)
		if o != nil {
			if c, ok := s.fixed(o.origin); ok {
				v, o = o.values[c], nil
			}
		}
		if o != nil {
			b = binary.AppendUvarint(append(b, '?'), o.id)
			continue
		}
		b = v.AppendKey(append(b, '='))
	}
	return b
}

// fixed is the class that an origin is looked at in for the moment, or the only one left.
func (s *State) fixed(o *Origin) (int32, bool) {
	for _, c := range s.chosen {
		if c.origin == o {
			return c.class, true
		}
	}
	if left := s.left(o); len(left) == 1 {
		return left[0], true
	}
	return 0, false
}

// tableOf computes a part that depends on one origin for each of its classes, those that are
// not left too; false means that an object has to be looked up first.
func (s *State) tableOf(p *expr.Part, at int) (*table, bool) {
	origin := s.spans[at].origin
	if p.Pure {
		if t, ok := s.memory.tables[string(s.naming(p))]; ok {
			return t, true
		}
	}
	t := &table{origin: origin, results: make([]result, origin.Classes)}
	left := s.spans[at].left
	s.chosen = append(s.chosen, chosen{origin, 0})
	defer func() { s.chosen = s.chosen[:len(s.chosen)-1] }()
	var b []byte
	for c := range t.results {
		s.chosen[len(s.chosen)-1].class = int32(c)
		r := &t.results[c]
		r.v, r.err = p.Eval((*env)(s))
		if s.wanted.kind != expr.Invalid {
			if slices.Contains(left, int32(c)) {
				return nil, false
			}
			s.wanted = object{} // no call that is left asks for it
		}
		if r.err != nil {
			b = append(b[:0], '!')
		} else {
			b = r.v.AppendKey(append(b[:0], '='))
		}
		r.id = s.memory.id(b)
	}
	if p.Pure {
		s.chosen = s.chosen[:len(s.chosen)-1]
		s.memory.tables[string(s.naming(p))] = t
		s.chosen = append(s.chosen, chosen{origin, 0})
	}
	return t, true
}

// keep is the table as the value of a variable.
func (t *table) keep() *open {
	if t.open == nil {
		t.open = newOpen(t.origin, make([]expr.Value, len(t.results)))
		for c, r := range t.results {
			t.open.values[c] = r.v
		}
	}
	return t.open
}

// byClass computes a part that depends on one origin, the classes with one result together.
func (s *State) byClass(p *expr.Part, at int, b box) ([]piece, bool) {
	t, ok := s.tableOf(p, at)
	if !ok {
		return nil, false
	}
	left := s.spans[at].left
	if n := b.of(at); n != nil {
		left = n.left
	}
	var out []piece
	for _, c := range left {
		r := &t.results[c]
		i := slices.IndexFunc(out, func(x piece) bool { return x.id == r.id })
		if i < 0 {
			i = len(out)
			out = append(out, piece{v: r.v, err: r.err, id: r.id, box: b.with(narrow{at, nil})})
		}
		n := out[i].box.of(at)
		n.left = append(n.left, c)
	}
	if len(out) == 1 {
		out[0].box = b
	}
	return out, true
}

// with is a box with one origin narrowed further.
func (b box) with(n narrow) box {
	out := make(box, 0, len(b)+1)
	done := false
	for _, x := range b {
		switch {
		case x.at == n.at:
			out, done = append(out, n), true
		case x.at > n.at && !done:
			out, done = append(out, n, x), true
		default:
			out = append(out, x)
		}
	}
	if !done {
		out = append(out, n)
	}
	return out
}

func (b box) of(at int) *narrow {
	for i := range b {
		if b[i].at == at {
			return &b[i]
		}
	}
	return nil
}

// both is what two boxes share; false for nothing.
func (b box) both(o box) (box, bool) {
	if len(b) == 0 {
		return o, true
	}
	if len(o) == 0 {
		return b, true
	}
	out := make(box, 0, len(b)+len(o))
	i, j := 0, 0
	for i < len(b) || j < len(o) {
		switch {
		case j == len(o) || i < len(b) && b[i].at < o[j].at:
			out = append(out, b[i])
			i++
		case i == len(b) || o[j].at < b[i].at:
			out = append(out, o[j])
			j++
		default:
			left := common(b[i].left, o[j].left)
			if len(left) == 0 {
				return nil, false
			}
			out = append(out, narrow{b[i].at, left})
			i, j = i+1, j+1
		}
	}
	return out, true
}

func common(a, b []int32) []int32 {
	if len(a) == len(b) && slices.Equal(a, b) {
		return a
	}
	var out []int32
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			out = append(out, a[i])
			i, j = i+1, j+1
		}
	}
	return out
}

// pieces computes a part for all calls in a box, those with one result together as far as
// boxes allow it.
func (s *State) pieces(v *value, p *expr.Part, b box) ([]piece, bool) {
	at := s.spansOf(p)
	switch len(at) {
	case 0:
		x := piece{box: b}
		x.v, x.err = p.Eval((*env)(s))
		if s.wanted.kind != expr.Invalid {
			return nil, false
		}
		return []piece{x}, true
	case 1:
		return s.byClass(p, at[0], b)
	}
	var mine box // what of the box matters here
	for _, n := range b {
		if slices.Contains(at, n.at) {
			mine = append(mine, n)
		}
	}
	var key string
	if p.Pure {
		k := s.naming(p)
		for _, a := range at {
			left := s.spans[a].left
			if n := mine.of(a); n != nil {
				left = n.left
			}
			k = binary.AppendUvarint(binary.AppendUvarint(k, uint64(a)), uint64(len(left)))
			for _, c := range left {
				k = binary.AppendUvarint(k, uint64(c))
			}
		}
		key = string(k)
	}
	ps, known := s.memory.pieces[key]
	if !known || key == "" {
		var ok bool
		if ps, ok = s.tellApart(v, p, mine, at); !ok {
			return nil, false
		}
		if key != "" {
			s.memory.pieces[key] = ps
		}
	}
	out := make([]piece, 0, len(ps))
	for _, x := range ps {
		x.box, _ = b.both(x.box)
		out = append(out, x)
	}
	return out, true
}

// tellApart is pieces for a part that depends on several origins.
func (s *State) tellApart(v *value, p *expr.Part, b box, at []int) ([]piece, bool) {
	if len(p.Args) == 0 {
		l := lateOf((*env)(s).raw(p.Slots[0]))
		var ps []piece
		var ok bool
		s.within(l, func() { ps, ok = s.pieces(v, l.part, b) })
		return ps, ok
	}
	if o := s.shared(p, at); o >= 0 { // what several arguments depend on is told apart first
		groups, ok := s.apart(p, o, b)
		if !ok {
			return nil, false
		}
		var out []piece
		s.chosen = append(s.chosen, chosen{s.spans[o].origin, 0})
		defer func() { s.chosen = s.chosen[:len(s.chosen)-1] }()
		for _, left := range groups {
			s.chosen[len(s.chosen)-1].class = left[0]
			ps, ok := s.pieces(v, p, b.with(narrow{o, left}))
			if !ok {
				return nil, false
			}
			if out = append(out, ps...); len(out) > mostPieces {
				return nil, s.wide(v)
			}
		}
		return s.joined(out, b, nil), true
	}
	if p.Lazy {
		conds, ok := s.pieces(v, p.Args[0], b)
		if !ok {
			return nil, false
		}
		var out []piece
		for _, c := range s.joined(conds, b, asBool) {
			if c.err != nil {
				out = append(out, c)
				continue
			}
			branch := p.Args[2]
			if c.v.Bool() {
				branch = p.Args[1]
			}
			ps, ok := s.pieces(v, branch, c.box)
			if !ok {
				return nil, false
			}
			out = append(out, ps...)
		}
		return s.joined(out, b, nil), true
	}
	type combination struct {
		box  box
		args []expr.Value
	}
	combs := []combination{{b, nil}}
	var out []piece
	for i, a := range p.Args {
		ps, ok := s.pieces(v, a, b)
		if !ok {
			return nil, false
		}
		var next []combination
		for _, c := range combs {
			for _, x := range ps {
				both, ok := c.box.both(x.box)
				switch {
				case !ok:
				case x.err != nil:
					out = append(out, piece{box: both, err: x.err})
				case i == 0 && p.Skips != nil && x.v.IsSet() && x.v.Bool() == p.Skips[0]:
					out = append(out, piece{box: both, v: x.v})
				default:
					next = append(next, combination{both, append(c.args[:len(c.args):len(c.args)], x.v)})
				}
			}
		}
		if combs = next; len(combs)+len(out) > mostPieces {
			return nil, s.wide(v)
		}
	}
	for _, c := range combs {
		x := piece{box: c.box}
		x.v, x.err = p.Apply((*env)(s), c.args)
		if s.wanted.kind != expr.Invalid {
			return nil, false
		}
		out = append(out, x)
	}
	return s.joined(out, b, nil), true
}

// joined puts the pieces of a box that are of one kind together, as far as they make boxes.
func (s *State) joined(ps []piece, whole box, kind func(expr.Value) uint8) []piece {
	if len(ps) < 2 {
		return ps
	}
	ps = slices.Clone(ps)
	for i := range ps {
		if kind != nil && ps[i].err == nil {
			ps[i].id = 1<<31 | uint32(kind(ps[i].v))
		} else {
			s.number(&ps[i])
		}
	}
	if first := ps[0].id; !slices.ContainsFunc(ps, func(x piece) bool { return x.id != first }) {
		return []piece{{box: whole, v: ps[0].v, err: ps[0].err}}
	}
	for again := len(ps) <= 256; again; {
		again = false
		for i := 0; i < len(ps); i++ {
			for j := i + 1; j < len(ps); j++ {
				if ps[i].id != ps[j].id {
					continue
				}
				if b, ok := s.union(ps[i].box, ps[j].box); ok {
					ps[i].box = b
					ps = slices.Delete(ps, j, j+1)
					j--
					again = true
				}
			}
		}
	}
	return ps
}

func merged(a, b []int32) []int32 {
	out := make([]int32, 0, len(a)+len(b))
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case j == len(b) || i < len(a) && a[i] < b[j]:
			out = append(out, a[i])
			i++
		case i == len(a) || b[j] < a[i]:
			out = append(out, b[j])
			j++
		default:
			out = append(out, a[i])
			i, j = i+1, j+1
		}
	}
	return out
}

// union is the box of two that differ in one origin only.
func (s *State) union(a, b box) (box, bool) {
	differs := -1
	i, j := 0, 0
	full := func(at int) []int32 { return s.spans[at].left }
	for i < len(a) || j < len(b) {
		var at int
		var x, y []int32
		switch {
		case j == len(b) || i < len(a) && a[i].at < b[j].at:
			at, x, y = a[i].at, a[i].left, full(a[i].at)
			i++
		case i == len(a) || b[j].at < a[i].at:
			at, x, y = b[j].at, full(b[j].at), b[j].left
			j++
		default:
			at, x, y = a[i].at, a[i].left, b[j].left
			i, j = i+1, j+1
		}
		if !slices.Equal(x, y) {
			if differs >= 0 {
				return nil, false
			}
			differs = at
		}
	}
	if differs < 0 {
		return a, true
	}
	x, y := full(differs), full(differs)
	if n := a.of(differs); n != nil {
		x = n.left
	}
	if n := b.of(differs); n != nil {
		y = n.left
	}
	left := merged(x, y)
	if len(left) == len(full(differs)) {
		out := slices.Clone(a)
		return slices.DeleteFunc(out, func(n narrow) bool { return n.at == differs }), true
	}
	return a.with(narrow{differs, left}), true
}

// groups are the boxes in which a part depends on one origin only, that of which fewest
// expressions look at. When many more look at the others, these are told apart anyway.
func (s *State) groups(p *expr.Part, at []int) (boxes []box, kept int, anyway bool) {
	parts := make([][][]int32, len(at))
	looks := make([]int, len(at))
	most := 0
	s.looks(p, at, looks)
	for i, a := range at {
		g, ok := s.apart(p, a, nil)
		if !ok {
			return nil, 0, false
		}
		parts[i] = g
		if looks[i] < looks[most] || looks[i] == looks[most] && len(g) > len(parts[most]) {
			most = i
		}
	}
	boxes, anyway = []box{nil}, true
	for i, g := range parts {
		if i == most || len(g) < 2 {
			continue
		}
		anyway = anyway && looks[i] >= 2*looks[most]
		var next []box
		for _, b := range boxes {
			for _, left := range g {
				next = append(next, b.with(narrow{at[i], left}))
			}
		}
		if boxes = next; len(boxes) > mostPieces {
			return nil, 0, false
		}
	}
	return boxes, at[most], anyway
}

// looks counts, for each origin, how many expressions read the variable through which a part
// depends on it.
func (s *State) looks(p *expr.Part, at []int, out []int) {
	in := &s.p.code[s.pc]
	for _, slot := range p.Slots {
		v := (*env)(s).raw(slot)
		for i, a := range at {
			if o := openOf(v); o != nil && o.origin.ID == a || lateOf(v) != nil {
				if k := s.memory.watch.index(in, slot); k >= 0 {
					out[i] = max(out[i], s.memory.watch.reads[k])
				}
			}
		}
	}
}

// apart are the classes of an origin that are left in a box, as far as a part tells them
// apart.
func (s *State) apart(p *expr.Part, at int, b box) ([][]int32, bool) {
	left := s.spans[at].left
	if n := b.of(at); n != nil {
		left = n.left
	}
	var tables []*table
	if !s.tell(p, at, &tables) {
		return nil, false
	}
	var out [][]int32
next:
	for _, c := range left {
		for i, g := range out {
			if !slices.ContainsFunc(tables, func(t *table) bool { return t.results[c].id != t.results[g[0]].id }) {
				out[i] = append(g, c)
				continue next
			}
		}
		out = append(out, []int32{c})
	}
	return out, true
}

// tell collects the tables of the parts that depend on one origin alone.
func (s *State) tell(p *expr.Part, at int, tables *[]*table) bool {
	on := s.spansOf(p)
	if !slices.Contains(on, at) {
		return true
	}
	if len(on) > 1 {
		ok := true
		if len(p.Args) == 0 {
			l := lateOf((*env)(s).raw(p.Slots[0]))
			s.within(l, func() { ok = s.tell(l.part, at, tables) })
			return ok
		}
		for _, a := range p.Args {
			ok = ok && s.tell(a, at, tables)
		}
		return ok
	}
	t, ok := s.tableOf(p, at)
	if ok && !slices.Contains(*tables, t) {
		*tables = append(*tables, t)
	}
	return ok
}
