package interp

import (
	"encoding/binary"
	"slices"

	"github.com/dealroute/dealroute/pkg/architect/expr"
)

// A search over states that stand for many calls merges two of them when nothing that may
// come tells their calls apart. What may come looks at a variable through pieces of
// expressions that read this variable alone: Flow.V > 3 sees two numbers on one side of 3
// as one. These eyes are collected for every instruction, backwards over the program, as
// variables are in live.go. A piece that reads several variables is seen through its parts,
// in the end through the variables themselves.

// A watch is what looks at which variable from where on.
type watch struct {
	p      *Program
	words  int // of a set of variables
	eyes   []eye
	index0 map[string]int32
	of     [][]int32 // eyes by variable
	reads  []int     // how many expressions read a variable
	names  []string  // of participant data that the flow reads or writes, each a variable

	before, after []bitset // by instruction, of eyes
	rest          map[[2]int32]bitset
	flows         []flow
	joins         []bool // instructions that ways of several instructions lead to
}

// An eye sees of a variable what a piece of an expression makes of it.
type eye struct {
	at   int // the variable
	part *expr.Part
	kind func(expr.Value) uint8 // nil: every value
}

// kinds have names so that equal eyes are found.
func kindName(kind func(expr.Value) uint8) string {
	if kind == nil {
		return "v"
	}
	var out []byte // by what they tell apart
	for _, v := range []expr.Value{expr.NotSet(expr.Boolean), expr.OfBool(false), expr.OfBool(true), expr.OfInt(0), expr.OfInt(1 << 40), expr.OfAudio("x")} {
		out = append(out, '0'+kind(v))
	}
	return string(out)
}

// index numbers variables over builtin ones, units, tasks; −1 for prompts.
func (w *watch) index(in *instr, slot int) int {
	if slot >= 0 && slot < len(w.p.builtins) {
		return slot
	}
	if i := w.p.index(in, slot); i >= 0 {
		return len(w.p.builtins) + i
	}
	return -1
}

// raw is the eye that sees the whole of a variable.
func (w *watch) raw(at int) int32 { return w.eye(eye{at: at}, "") }

func (w *watch) eye(e eye, text string) int32 {
	key := string(binary.AppendVarint(nil, int64(e.at))) + kindName(e.kind) + text
	i, ok := w.index0[key]
	if !ok {
		i = int32(len(w.eyes))
		w.index0[key] = i
		w.eyes = append(w.eyes, e)
		w.of[e.at] = append(w.of[e.at], i)
	}
	return i
}

// look collects through which eyes an expression sees.
func (w *watch) look(f *flow, p *expr.Part, kind func(expr.Value) uint8) {
	at, one := -1, true
	for _, slot := range p.Slots {
		if i := w.index(f.in, slot); i >= 0 {
			one = one && (at < 0 || at == i)
			at = i
		}
	}
	if at < 0 {
		return
	}
	if one && (p.Pure || len(p.Args) == 0) {
		e := eye{at: at, part: p, kind: kind}
		text := p.Text
		if len(p.Args) == 0 {
			e.part, text = nil, ""
		}
		if i := w.eye(e, text); !f.blind.has(at) { // seen from the middle of the instruction, if not from its beginning
			f.eyes = append(f.eyes, i)
		}
		return
	}
	for i, a := range p.Args {
		if p.Lazy && i > 0 {
			w.look(f, a, kind)
		} else {
			w.look(f, a, nil)
		}
	}
}

// attribute is a look at participant data, or that it is written.
func (w *watch) attribute(f *flow, name *value, write bool) {
	first := len(w.of) - len(w.names)
	n := name.constant()
	for i, known := range w.names {
		switch {
		case write && n.Text() == known:
			f.blind.add(first + i)
		case !write && (n.Text() == known || n.Text() == "") && !f.blind.has(first+i):
			f.eyes = append(f.eyes, w.raw(first+i))
		}
	}
}

func (p *Program) watching() *watch {
	w := &watch{p: p, index0: map[string]int32{}, rest: map[[2]int32]bitset{}}
	for i := range p.code {
		if o, ok := p.code[i].op.(*attributesOp); ok {
			for k := range o.attrs {
				if n := o.attrs[k].name.constant().Text(); n != "" && !slices.Contains(w.names, n) {
					w.names = append(w.names, n)
				}
			}
		}
	}
	size := len(p.builtins) + p.number()
	w.of = make([][]int32, size+len(w.names))
	w.reads = make([]int, len(w.of))
	w.words = (len(w.of) + 63) / 64
	w.flows = p.watched(len(p.live().all), w)
	words := (len(w.eyes) + 63) / 64
	w.before, w.after = make([]bitset, len(p.code)), make([]bitset, len(p.code))
	gens, kills := make([]bitset, len(p.code)), make([]bitset, len(p.code))
	w.joins = make([]bool, len(p.code))
	led := make([]int, len(p.code))
	for i := range w.flows {
		w.before[i], w.after[i] = make(bitset, words), make(bitset, words)
		gens[i], kills[i] = w.sets(&w.flows[i], words)
		for _, to := range w.flows[i].to {
			led[to]++
		}
	}
	for i := range led {
		w.joins[i] = led[i] > 1
	}
	for changed := true; changed; {
		changed = false
		for i := len(w.flows) - 1; i >= 0; i-- {
			for _, n := range w.flows[i].to {
				w.after[i].or(w.before[n])
			}
			handler := w.before[p.handler]
			for k := range w.before[i] {
				x := w.before[i][k] | gens[i][k] | w.after[i][k]&^kills[i][k] | handler[k]
				changed = changed || x != w.before[i][k]
				w.before[i][k] = x
			}
		}
	}
	for i := range p.code {
		w.after[i].or(w.before[p.handler])
	}
	return w
}

// sets are the eyes that an instruction opens and those that it closes.
func (w *watch) sets(f *flow, words int) (gen, kill bitset) {
	gen, kill = make(bitset, words), make(bitset, words)
	for _, e := range f.eyes {
		gen.add(int(e))
	}
	for at := range w.of {
		if f.blind.has(at) {
			for _, e := range w.of[at] {
				kill.add(int(e))
			}
		}
	}
	return gen, kill
}

// from are the eyes that look from an instruction on, when it got so far.
func (w *watch) from(pc, sub int32) bitset {
	o, ok := w.p.code[pc].op.(interface{ rest(f *flow, sub int) })
	if sub == 0 || !ok {
		return w.before[pc]
	}
	if b, ok := w.rest[[2]int32{pc, sub}]; ok {
		return b
	}
	words := len(w.before[pc])
	f := flow{p: w.p, in: &w.p.code[pc], at: pc, watch: w, blind: make(bitset, w.words), gen: make(bitset, len(w.p.live().all)), kill: make(bitset, len(w.p.live().all))}
	o.rest(&f, int(sub))
	gen, kill := w.sets(&f, words)
	out := make(bitset, words)
	for k := range out {
		out[k] = gen[k] | w.after[pc][k]&^kill[k] | w.before[w.p.handler][k]
	}
	w.rest[[2]int32{pc, sub}] = out
	return out
}

// one is an Env in which every variable is the same.
type one struct {
	expr.Static
	v expr.Value
}

func (o *one) Var(int) expr.Value { return o.v }

// see is what an eye makes of a value.
func (e *eye) see(b []byte, v expr.Value) []byte {
	if e.part != nil {
		x, err := e.part.Eval(&one{v: v})
		if err != nil {
			return append(b, '!')
		}
		v = x
	}
	if e.kind != nil {
		return append(b, 'k', e.kind(v))
	}
	return v.AppendKey(append(b, '='))
}

// A Fold makes keys of states that stand for many calls, for one search over one program.
type Fold struct {
	w       *watch
	mem     *memory
	looks   map[*uint64][]looked // by a set of eyes, as watch has it
	lists   map[string]int32     // of eyes, by their numbers
	columns map[column][]uint32  // what is seen of an open value, by class
	numbers map[string]uint32    // of what is seen, by list of eyes and value
	room    [3]int               // that the view before took: the next one takes about the same
}

// A looked variable is one that something may still look at.
type looked struct {
	at   int
	list int32 // names the eyes; 0 for one that sees all
	eyes []int32
}

type column struct {
	of   *open
	list int32
}

// Fold begins a search.
func (p *Program) Fold() *Fold {
	w := p.watching()
	return &Fold{w: w, mem: newMemory(w), looks: map[*uint64][]looked{}, lists: map[string]int32{}, columns: map[column][]uint32{}, numbers: map[string]uint32{}}
}

// Reads tells whether an expression of the flow reads a built-in variable.
func (f *Fold) Reads(builtin string) bool {
	i := f.w.p.slot(builtin)
	return i >= 0 && f.w.reads[i] > 0
}

// Start makes the state of a call for this search.
func (f *Fold) Start(c Call) *State {
	s := f.w.p.Start(c)
	s.memory = f.mem
	return s
}

// A Stop is why Walk came back.
type Stop uint8

// The reasons: a call ended, an effect waits, the calls of the state part, or several ways
// meet at the instruction that comes next.
const (
	StopEnd Stop = iota
	StopEffect
	StopSplit
	StopJoin
)

// Walk runs to the next place where a search has to decide something, or may meet a state
// that it has seen. The error is a *Refusal.
func (f *Fold) Walk(s *State) (Stop, error) {
	for {
		switch {
		case s.refused != nil:
			return StopEnd, s.refused
		case s.ended:
			return StopEnd, nil
		case s.boxes != nil:
			return StopSplit, nil
		case s.pending:
			return StopEffect, nil
		}
		again := s.retried
		s.p.advance(s)
		switch {
		case s.refused != nil || s.ended || s.pending:
		case s.retried && (!again || s.sub > 0), !s.retried && f.w.joins[s.pc]:
			return StopJoin, nil
		}
	}
}

// A View is what may still be seen of a state. Two states are one when their views are equal:
// nothing that may come tells their calls apart then, not where they go, whether an expression
// fails, or what is asked. What calls keep and nobody looks at (participant data, screen pops,
// inputs of effects) is not in it, nor are time, the count of actions, or what happened before.
type View struct {
	f     *Fold
	s     *State // while it is made
	base  []byte // where the state stands
	vars  []sight
	open  []opened
	spans []seenSpan
}

// A sight is what is seen of a variable: of a value, or of what a late value is computed from.
type sight struct {
	id    uint32 // of a value
	late  uint64
	first int // its first one of View.open
	open  bool
	is    *expr.Value // where it stands; nil for what cannot be left open again
}

// opened is an open value that is looked at.
type opened struct {
	sight int // of View.vars
	nth   int // of those that a late value is computed from
	span  int
	left  []int32
	of    *open
	ids   []uint32 // by class
}

// A seenSpan is what is seen of the classes that are left of an origin.
type seenSpan struct {
	at   int
	cols []int    // of View.open
	rows []uint32 // sorted; a number for each that is seen
}

// View looks at a state.
func (f *Fold) View(s *State) *View {
	v := f.view(s)
	v.seen()
	v.s = nil
	for i := range v.vars {
		v.vars[i].is = nil // lets the values of the state go
	}
	return v
}

// AppendKey appends bytes that are equal for equal views only.
func (v *View) AppendKey(b []byte) []byte {
	b = v.appendVars(b)
	for _, x := range v.spans {
		b = binary.AppendUvarint(append(b, '#'), uint64(len(x.cols)))
		for _, k := range x.cols { // which of the variables belong to it
			b = binary.AppendUvarint(b, uint64(k))
		}
		b = binary.AppendUvarint(b, uint64(len(x.rows)))
		for _, r := range x.rows {
			b = binary.AppendUvarint(b, uint64(r))
		}
	}
	return b
}

// AppendShape is AppendKey without the classes that are left of each origin: two states of one
// shape differ in these alone.
func (v *View) AppendShape(b []byte) []byte {
	b = v.appendVars(b)
	for _, o := range v.open {
		b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(o.span)), o.of.id)
	}
	return b
}

func (v *View) appendVars(b []byte) []byte {
	b = append(b, v.base...)
	for _, x := range v.vars {
		switch {
		case x.late != 0:
			b = binary.AppendUvarint(append(b, '~'), x.late)
		case x.open:
			b = append(b, '?')
		default:
			b = binary.AppendUvarint(append(b, '='), uint64(x.id))
		}
	}
	return b
}

// Place are bytes that are equal for views of states that stand at one place, whatever is seen
// of their variables.
func (v *View) Place() []byte { return v.base }

// Covers tells whether each call of another state of the same place goes on as some call of
// this one does: as far as anybody looks, its answers are among those that are left here.
func (v *View) Covers(o *View) bool {
	if len(v.vars) != len(o.vars) {
		return false
	}
	for i, x := range v.vars {
		y := o.vars[i]
		if x.late != y.late || !x.open && (y.open || x.id != y.id) {
			return false
		}
	}
	for i := range v.spans {
		if !v.spans[i].covers(v, o) {
			return false
		}
	}
	return true
}

func (x *seenSpan) covers(v, o *View) bool {
	var tuple []uint32
	fixed := false
	theirs := make([]*opened, len(x.cols))
	for i, k := range x.cols {
		of := &v.open[k]
		y := o.vars[of.sight]
		if !y.open && y.late == 0 {
			fixed = true
			tuple = append(tuple, y.id)
			continue
		}
		t := &o.open[y.first+of.nth]
		if t.span != of.span {
			return false
		}
		theirs[i], tuple = t, append(tuple, 0)
	}
	if !fixed { // both see the same variables of the origin
		for i := range o.spans {
			if y := &o.spans[i]; y.at == x.at {
				return len(y.cols) == len(x.cols) && within(y.rows, x.rows)
			}
		}
		return false
	}
	left := []int32{0}
	for _, t := range theirs {
		if t != nil {
			left = t.left
		}
	}
	for _, c := range left {
		for i, t := range theirs {
			if t != nil {
				tuple[i] = t.ids[c]
			}
		}
		if _, ok := slices.BinarySearch(x.rows, v.f.row(tuple)); !ok {
			return false
		}
	}
	return true
}

// within tells whether a sorted list has all that another one has.
func within(few, all []uint32) bool {
	i := 0
	for _, x := range few {
		for i < len(all) && all[i] < x {
			i++
		}
		if i == len(all) || all[i] != x {
			return false
		}
	}
	return true
}

// Join lets a state stand for the calls of another one of its place too, and for such as mix both:
// what is settled in one of them and open in the other is open afterwards. It is not wider when it
// stood for them before. Not ok are states that keep different things; these stay as they were.
func (f *Fold) Join(s, by *State) (wider, ok bool) {
	to, from := f.view(s), f.view(by)
	if len(to.vars) != len(from.vars) || string(to.base) != string(from.base) {
		return false, false
	}
	spans := map[int][]joined{}
	for i, x := range to.vars {
		y := from.vars[i]
		switch {
		case x.late != y.late:
			return false, false
		case x.late != 0:
			for k := x.first; k < len(to.open) && to.open[k].sight == i; k++ {
				o := &to.open[k]
				spans[o.span] = append(spans[o.span], joined{o: o, theirs: true})
			}
		case x.open:
			o := &to.open[x.first]
			if y.open && from.open[y.first].of != o.of {
				return false, false
			}
			spans[o.span] = append(spans[o.span], joined{o: o, theirs: y.open, id: y.id})
		case y.open:
			o := &from.open[y.first]
			if x.is == nil || s.spanOf(o.of.origin) < 0 || !all(o.ids, s.Left(o.of.origin), x.id) {
				return false, false
			}
			spans[o.span] = append(spans[o.span], joined{o: o, theirs: true, opens: x.is})
		case x.id != y.id:
			return false, false
		}
	}
	left := map[int][]int32{}
	for at, cols := range spans {
		o := cols[0].o.of.origin
		if by.spanOf(o) < 0 && slices.ContainsFunc(cols, func(c joined) bool { return c.theirs }) {
			return false, false
		}
		more, ok := classes(o, cols, by.Left(o))
		if !ok {
			return false, false
		}
		left[at] = merged(s.Left(o), more)
	}
	for at, cols := range spans {
		for _, c := range cols {
			if c.opens != nil {
				*c.opens, wider = expr.OfOpen(c.opens.Type(), c.o.of), true
			}
		}
		if o := cols[0].o.of.origin; len(left[at]) > len(s.Left(o)) {
			s.Narrow(o, left[at])
			wider = true
		}
	}
	return wider, true
}

// A joined column is a variable that is open after a join.
type joined struct {
	o      *opened
	theirs bool        // it is open in the state that joins; else
	id     uint32      // this is what is seen of it there
	opens  *expr.Value // it was settled in the state that is joined
}

func all(ids []uint32, left []int32, id uint32) bool {
	return !slices.ContainsFunc(left, func(c int32) bool { return ids[c] != id })
}

// classes are those of an origin that look like what a state keeps, whose classes of it are left.
func classes(o *Origin, cols []joined, left []int32) (out []int32, ok bool) {
	if !slices.ContainsFunc(cols, func(c joined) bool { return !c.theirs }) {
		return left, true
	}
	if !slices.ContainsFunc(cols, func(c joined) bool { return c.theirs }) {
		left = []int32{0} // any of them
	}
	for _, theirs := range left {
		found := false
		for c := int32(0); c < int32(o.Classes) && !found; c++ {
			found = !slices.ContainsFunc(cols, func(x joined) bool {
				return x.theirs && x.o.ids[c] != x.o.ids[theirs] || !x.theirs && x.o.ids[c] != x.id
			})
			if found && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
		if !found {
			return nil, false
		}
	}
	slices.Sort(out)
	return out, true
}

func (f *Fold) view(s *State) *View {
	var b []byte
	flags := byte(s.handling)
	for i, x := range [...]bool{s.pending, s.lookup, s.ended, s.retried, s.told} {
		if x {
			flags |= 4 << i
		}
	}
	b = append(b, flags)
	if s.pending || s.retried {
		b = appendInts(b, s.sub)
	}
	b = appendInts(b, s.pc, s.unit, s.task, s.gbase, s.lbase, s.kbase, s.fbase, int32(len(s.frames)))
	for _, x := range s.frames {
		b = appendInts(b, x.pc, x.unit, x.task, x.gbase, x.lbase, x.kbase, x.fbase)
	}
	for _, r := range s.loops {
		b = binary.AppendVarint(binary.AppendVarint(b, r.i), r.n)
	}
	b = append(b, byte(len(s.found)))
	for _, i := range s.sortedFound() {
		x := s.found[i]
		b = appendText(binary.AppendUvarint(b, uint64(x.kind)), x.name)
		b = x.value.AppendKey(b)
	}
	b = appendInts(b, int32(len(s.trail)))
	b = appendInts(b, s.trail...)
	b = binary.AppendVarint(appendText(b, s.langSkill), s.priority)
	for _, k := range s.skills {
		b = appendText(b, k)
	}
	if s.lookup {
		b = appendText(binary.AppendUvarint(b, uint64(s.wanted.kind)), s.wanted.name)
	}
	if s.pending && !s.lookup && s.eff.Kind == EffectTransfer {
		b = appendText(b, s.eff.Name)
	}
	got := s.sub
	if !s.pending && !s.retried { // that of the instruction before
		got = 0
	}
	looks := f.w.from(s.pc, got)
	if s.pending && !s.lookup {
		looks = f.w.after[s.pc]
	}
	v := &View{f: f, s: s, base: slices.Grow(b, f.room[0]), vars: make([]sight, 0, f.room[1]), open: make([]opened, 0, f.room[2])}
	defer func() { f.room = [3]int{len(v.base) - len(b), len(v.vars), len(v.open)} }()
	v.frame(looks, s.unit, s.task, s.gbase, s.lbase, s.builtin)
	for i := len(s.frames) - 1; i >= 0; i-- {
		x := &s.frames[i]
		v.frame(f.w.after[x.pc], x.unit, x.task, x.gbase, x.lbase, nil)
	}
	first := len(f.w.of) - len(f.w.names)
	for _, l := range f.lookedAt(looks) {
		if l.at < first {
			continue
		}
		if x, ok := s.attribute(f.w.names[l.at-first]); ok {
			was := x
			if v.value(l, &x); x.Open() == nil && was.Open() != nil {
				s.write(f.w.names[l.at-first], x) // it stays so when more classes are left
			}
		}
	}
	return v
}

// lookedAt are the variables that some of the eyes look at, in their order.
func (f *Fold) lookedAt(looks bitset) []looked {
	if len(looks) == 0 {
		return nil
	}
	if known, ok := f.looks[&looks[0]]; ok {
		return known
	}
	var out []looked
	for at, of := range f.w.of {
		l := looked{at: at}
		var name []byte
		for _, e := range of {
			if looks.has(int(e)) {
				l.eyes = append(l.eyes, e)
				name = binary.AppendUvarint(name, uint64(e))
			}
		}
		if len(l.eyes) == 0 {
			continue
		}
		if l.list = f.lists[string(name)]; l.list == 0 {
			l.list = int32(len(f.lists) + 1)
			f.lists[string(name)] = l.list
		}
		out = append(out, l)
	}
	f.looks[&looks[0]] = out
	return out
}

// number is the same for values that a list of eyes does not tell apart.
func (f *Fold) number(l *looked, x expr.Value) uint32 {
	b := x.AppendKey(binary.AppendUvarint(f.mem.key[:0], uint64(l.list)))
	f.mem.key = b
	if n, ok := f.numbers[string(b)]; ok {
		return n
	}
	key := string(b)
	if l.list == 0 {
		b = x.AppendKey(append(b[:0], '='))
	} else {
		b = append(b[:0], '(')
		for _, e := range l.eyes {
			b = f.w.eyes[e].see(b, x)
		}
	}
	n := f.mem.id(b)
	f.mem.key, f.numbers[key] = b, n
	return n
}

// column is what is seen of each class of an open value.
func (f *Fold) column(o *open, l *looked) []uint32 {
	k := column{o, l.list}
	if ids, ok := f.columns[k]; ok {
		return ids
	}
	ids := make([]uint32, len(o.values))
	for i, x := range o.values {
		ids[i] = f.number(l, x)
	}
	f.columns[k] = ids
	return ids
}

// row is the number of what is seen of several variables in one class.
func (f *Fold) row(ids []uint32) uint32 {
	if len(ids) == 1 {
		return ids[0]
	}
	b := append(f.mem.key[:0], ')')
	for _, n := range ids {
		b = binary.AppendUvarint(b, uint64(n))
	}
	f.mem.key = b
	return f.mem.id(b)
}

func (v *View) frame(looks bitset, unit, task, gbase, lbase int32, builtin []expr.Value) {
	p := v.s.p
	u := p.units[unit]
	first := len(p.builtins)
	for _, l := range v.f.lookedAt(looks) {
		switch i := l.at - first; {
		case l.at < len(builtin):
			x := builtin[l.at]
			if v.value(l, &x); x.Open() == nil && builtin[l.at].Open() != nil {
				v.s.setBuiltin(l.at, x)
			}
		case i >= u.first && i < u.first+len(u.vars):
			v.value(l, &v.s.vals[int(gbase)+i-u.first])
			v.vars[len(v.vars)-1].is = &v.s.vals[int(gbase)+i-u.first]
		case task >= 0:
			t := p.tasks[task]
			if end := int(lbase) + len(t.vars); i >= t.first && i < t.first+len(t.vars) && end <= len(v.s.vals) {
				v.value(l, &v.s.vals[int(lbase)+i-t.first])
				v.vars[len(v.vars)-1].is = &v.s.vals[int(lbase)+i-t.first]
			}
		}
	}
}

func (v *View) value(l looked, x *expr.Value) {
	v.base = binary.AppendUvarint(v.base, uint64(l.at))
	i := sight{first: len(v.open)}
	if o := openOf(*x); o != nil {
		ids := v.f.column(o, &l)
		if left := v.s.Left(o.origin); !alike(ids, left) {
			i.open = true
			v.opens(o, ids)
			v.vars = append(v.vars, i)
			return
		}
		*x = o.values[v.s.Left(o.origin)[0]] // which of them it is makes no difference any more
	} else if late := lateOf(*x); late != nil {
		one, ok := v.one(late, &l)
		if !ok {
			i.late = late.id
			v.late(late)
			v.vars = append(v.vars, i)
			return
		}
		*x = one
	}
	i.id = v.f.number(&l, *x)
	v.vars = append(v.vars, i)
}

// alike tells whether all classes that are left look the same.
func alike(ids []uint32, left []int32) bool {
	for _, c := range left {
		if ids[c] != ids[left[0]] {
			return false
		}
	}
	return true
}

func (v *View) opens(o *open, ids []uint32) {
	nth := 0
	if n := len(v.open); n > 0 && v.open[n-1].sight == len(v.vars) {
		nth = v.open[n-1].nth + 1
	}
	v.open = append(v.open, opened{len(v.vars), nth, v.s.spanOf(o.origin), v.s.Left(o.origin), o, ids})
}

// one gives what a late value is when all that it may be looks the same.
func (v *View) one(of *late, l *looked) (out expr.Value, ok bool) {
	wanted := v.s.wanted // the state may wait for it
	v.s.wanted = object{}
	defer func() { v.s.wanted = wanted }()
	v.s.within(of, func() {
		var ps []piece
		if ps, ok = v.s.pieces(&value{}, of.part, nil); !ok {
			return
		}
		out = ps[0].v
		first := v.f.number(l, out)
		for _, x := range ps[1:] {
			ok = ok && v.f.number(l, x.v) == first
		}
	})
	v.s.refused = nil
	return out, ok
}

// whole sees all of any variable.
var whole looked

// late looks at all that a late value is computed from.
func (v *View) late(l *late) {
	for _, x := range l.vars {
		if inner := lateOf(x); inner != nil {
			v.late(inner)
		} else if o := openOf(x); o != nil {
			v.opens(o, v.f.column(o, &whole))
		}
	}
}

// seen collects, for each origin that somebody looks at, what is seen of its classes.
func (v *View) seen() {
	for i := range v.open {
		at := v.open[i].span
		if slices.ContainsFunc(v.spans, func(x seenSpan) bool { return x.at == at }) {
			continue
		}
		x := seenSpan{at: at}
		for k := i; k < len(v.open); k++ {
			if v.open[k].span == at {
				x.cols = append(x.cols, k)
			}
		}
		left := v.open[i].left
		x.rows = make([]uint32, 0, len(left))
		tuple := make([]uint32, len(x.cols))
		for _, c := range left {
			for j, k := range x.cols {
				tuple[j] = v.open[k].ids[c]
			}
			x.rows = append(x.rows, v.f.row(tuple))
		}
		slices.Sort(x.rows)
		x.rows = slices.Compact(x.rows)
		v.spans = append(v.spans, x)
	}
}
