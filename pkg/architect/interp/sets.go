package interp

import (
	"fmt"
	"slices"

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
	ID      int // later ones are greater
	Classes int
}

// OneOf is a value that each class of an origin has one of; they are of the type. A state
// that gets it must have been told of the origin by Admit.
func OneOf(o *Origin, t expr.Type, values []expr.Value) expr.Value {
	return expr.OfOpen(t, &open{o, values})
}

type open struct {
	origin *Origin
	values []expr.Value // by class
}

// Values are what a value may be in a state: itself, or one for each class of an origin that
// is left.
func (s *State) Values(v expr.Value) []expr.Value {
	o := openOf(v)
	if o == nil {
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
	s.spans = append(s.spans[:len(s.spans):len(s.spans)], span{o, left})
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
	for i := range s.spans {
		if s.spans[i].origin == o {
			return i
		}
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
	at := s.spansOf(p)
	switch len(at) {
	case 0:
		return s.evalOne(v, p)
	case 1:
		return s.evalClasses(v, p, at[0], u)
	}
	pieces, ok := s.pieces(v, p, nil)
	if !ok {
		return expr.Value{}, false
	}
	if u.kind != nil && !u.open {
		pieces = s.joined(pieces, nil, u.kind)
	}
	if len(pieces) == 1 {
		return s.only(v, pieces[0])
	}
	if u.open {
		if boxes, n := s.groups(p, at); n > 0 && n < len(pieces) {
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
	o := &open{s.spans[at].origin, make([]expr.Value, s.spans[at].origin.Classes)}
	for _, x := range ps {
		for _, c := range x.box[0].left {
			o.values[c] = x.v
		}
	}
	return expr.OfOpen(p.Type(), o), true
}

// A piece is what a part of an expression gives in a box; an error is a result too.
type piece struct {
	box box
	v   expr.Value
	err error
	key string
}

func (x *piece) keyed() {
	if x.key == "" {
		if x.err != nil {
			x.key = "!"
		} else {
			x.key = string(x.v.AppendKey([]byte{'='}))
		}
	}
}

// mostPieces bounds what one expression may tell apart.
const mostPieces = 4096

// CodeWide is an expression that depends on so much at once that nobody tells its results
// apart.
const CodeWide = "DR-RUN-WIDE"

// spansOf are the places of the origins that a part depends on.
func (s *State) spansOf(p *expr.Part) []int {
	var few [4]int
	out := few[:0]
	for _, slot := range p.Slots {
		if o := openOf((*env)(s).raw(slot)); o != nil {
			if at := s.spanOf(o.origin); at >= 0 && !slices.Contains(out, at) {
				out = append(out, at)
			}
		}
	}
	return out
}

// byClass computes a part that depends on one origin, the classes with one result together.
func (s *State) byClass(p *expr.Part, at int, b box) ([]piece, bool) {
	left := s.spans[at].left
	for _, n := range b {
		if n.at == at {
			left = n.left
		}
	}
	origin := s.spans[at].origin
	s.chosen = append(s.chosen, chosen{origin, 0})
	defer func() { s.chosen = s.chosen[:len(s.chosen)-1] }()
	var out []piece
	index := map[string]int{}
	for _, c := range left {
		s.chosen[len(s.chosen)-1].class = c
		x := piece{}
		x.v, x.err = p.Eval((*env)(s))
		if s.wanted.kind != expr.Invalid {
			return nil, false
		}
		x.keyed()
		i, ok := index[x.key]
		if !ok {
			i = len(out)
			index[x.key] = i
			x.box = b.with(narrow{at, nil})
			out = append(out, x)
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
			s.refused = &Refusal{Finding: diag.Finding{
				Code: CodeWide, Severity: diag.Error, Position: v.pos, Path: v.path,
				Message: fmt.Sprintf("expression %q depends on too many answers at once: more than %d results would have to be told apart", shorten(v.text), mostPieces),
				Hint:    "split it: assign parts of it to variables of their own",
			}}
			return nil, false
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
		if ps[i].keyed(); kind != nil && ps[i].err == nil {
			ps[i].key = string([]byte{kind(ps[i].v)})
		}
	}
	first := ps[0].key
	if !slices.ContainsFunc(ps, func(x piece) bool { return x.key != first }) {
		return []piece{{box: whole, v: ps[0].v, err: ps[0].err}}
	}
	for again := len(ps) <= 256; again; {
		again = false
		for i := 0; i < len(ps); i++ {
			for j := i + 1; j < len(ps); j++ {
				if ps[i].key != ps[j].key {
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
	for i := range ps {
		ps[i].key = ""
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

// groups are the boxes in which a part depends on one origin only, the one of which it tells
// most classes apart.
func (s *State) groups(p *expr.Part, at []int) ([]box, int) {
	parts := make([][][]int32, len(at))
	most := 0
	for i, a := range at {
		g, ok := s.apart(p, a)
		if !ok {
			return nil, 0
		}
		parts[i] = g
		if len(g) > len(parts[most]) {
			most = i
		}
	}
	boxes := []box{nil}
	for i, g := range parts {
		if i == most || len(g) < 2 {
			continue
		}
		var next []box
		for _, b := range boxes {
			for _, left := range g {
				next = append(next, b.with(narrow{at[i], left}))
			}
		}
		if boxes = next; len(boxes) > mostPieces {
			return nil, 0
		}
	}
	if len(boxes) < 2 {
		return nil, 0
	}
	return boxes, len(boxes)
}

// apart are the classes of an origin as far as a part tells them apart.
func (s *State) apart(p *expr.Part, at int) ([][]int32, bool) {
	keys := map[int32][]byte{}
	if !s.tell(p, at, keys) {
		return nil, false
	}
	var out [][]int32
	index := map[string]int{}
	for _, c := range s.spans[at].left {
		k := string(keys[c])
		i, ok := index[k]
		if !ok {
			i = len(out)
			index[k] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], c)
	}
	return out, true
}

func (s *State) tell(p *expr.Part, at int, keys map[int32][]byte) bool {
	on := s.spansOf(p)
	if !slices.Contains(on, at) {
		return true
	}
	if len(on) > 1 {
		for _, a := range p.Args {
			if !s.tell(a, at, keys) {
				return false
			}
		}
		return true
	}
	ps, ok := s.byClass(p, at, nil)
	if !ok {
		return false
	}
	for _, x := range ps {
		x.keyed()
		left := s.spans[at].left
		if n := x.box.of(at); n != nil {
			left = n.left
		}
		for _, c := range left {
			keys[c] = appendText(keys[c], x.key)
		}
	}
	return true
}
