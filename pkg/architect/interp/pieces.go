package interp

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/diag"
)

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
	if left := s.Left(o); len(left) == 1 {
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
