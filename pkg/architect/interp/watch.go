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
	w    *watch
	seen map[sight][]uint32 // by class
	mem  *memory
}

type sight struct {
	of  *open
	eye int32
}

// Fold begins a search.
func (p *Program) Fold() *Fold {
	w := p.watching()
	return &Fold{w: w, seen: map[sight][]uint32{}, mem: newMemory(w)}
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

// AppendKey appends bytes that are the same for two states only if nothing that may come
// tells their calls apart: not where they go, whether an expression fails, or what is asked.
// What calls keep and nobody looks at (participant data, screen pops, inputs of effects) is
// not in it, nor are time, the count of actions, or what happened before.
func (f *Fold) AppendKey(b []byte, s *State) []byte { return f.view(b, s).origins() }

// AppendShape is AppendKey without the classes that are left of each origin: two states of one
// shape differ in these alone.
func (f *Fold) AppendShape(b []byte, s *State) []byte {
	v := f.view(b, s)
	for _, o := range v.open {
		v.b = binary.AppendUvarint(binary.AppendUvarint(v.b, uint64(o.span)), o.of.id)
	}
	return v.b
}

// Widen lets a state stand for the calls of another one of its shape too, and for such as mix
// the classes of both; false when it did so before.
func (f *Fold) Widen(s, by *State) bool {
	wider := false
	for _, o := range f.view(nil, s).open {
		left := by.spans[o.span].left
		if both := merged(s.spans[o.span].left, left); len(both) > len(s.spans[o.span].left) {
			s.Narrow(o.of.origin, both)
			wider = true
		}
	}
	return wider
}

func (f *Fold) view(b []byte, s *State) *view {
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
	v := &view{f: f, s: s, b: b}
	v.frame(looks, s.unit, s.task, s.gbase, s.lbase, s.builtin)
	for i := len(s.frames) - 1; i >= 0; i-- {
		x := &s.frames[i]
		v.frame(f.w.after[x.pc], x.unit, x.task, x.gbase, x.lbase, nil)
	}
	first := len(f.w.of) - len(f.w.names)
	for i, n := range f.w.names {
		if x, ok := s.attribute(n); ok {
			v.value(looks, first+i, &x)
		}
	}
	return v
}

// A view collects what is seen of the variables of a state.
type view struct {
	f    *Fold
	s    *State
	b    []byte
	open []seenOpen
}

type seenOpen struct {
	span int
	of   *open
	eyes []int32
}

func (v *view) frame(looks bitset, unit, task, gbase, lbase int32, builtin []expr.Value) {
	p := v.s.p
	for i, x := range builtin {
		if v.value(looks, i, &x); x.Open() == nil && builtin[i].Open() != nil {
			v.s.setBuiltin(i, x)
		}
	}
	u := p.units[unit]
	for i := range u.vars {
		v.value(looks, len(p.builtins)+u.first+i, &v.s.vals[int(gbase)+i])
	}
	if task >= 0 {
		t := p.tasks[task]
		if end := int(lbase) + len(t.vars); end <= len(v.s.vals) {
			for i := range t.vars {
				v.value(looks, len(p.builtins)+t.first+i, &v.s.vals[int(lbase)+i])
			}
		}
	}
}

func (v *view) value(looks bitset, at int, x *expr.Value) {
	var few [8]int32
	eyes := few[:0]
	for _, e := range v.f.w.of[at] {
		if looks.has(int(e)) {
			eyes = append(eyes, e)
		}
	}
	if len(eyes) == 0 {
		return
	}
	v.b = binary.AppendUvarint(v.b, uint64(at))
	if o := openOf(*x); o != nil {
		if !v.same(o, eyes) {
			v.b = append(v.b, '?')
			v.open = append(v.open, seenOpen{o.origin.ID, o, slices.Clone(eyes)})
			return
		}
		*x = o.values[v.s.Left(o.origin)[0]] // which of them it is makes no difference any more
	} else if l := lateOf(*x); l != nil {
		one, ok := v.one(l, eyes)
		if !ok {
			v.b = binary.AppendUvarint(append(v.b, '~'), l.id)
			v.late(l)
			return
		}
		*x = one
	}
	for _, e := range eyes {
		v.b = v.f.w.eyes[e].see(v.b, *x)
	}
}

// same tells whether all classes that are left look the same.
func (v *view) same(o *open, eyes []int32) bool {
	left := v.s.Left(o.origin)
	if len(left) < 2 {
		return true
	}
	for _, e := range eyes {
		sees := v.f.sees(o, e)
		for _, c := range left[1:] {
			if sees[c] != sees[left[0]] {
				return false
			}
		}
	}
	return true
}

// one gives what a late value is when all that it may be looks the same.
func (v *view) one(l *late, eyes []int32) (out expr.Value, ok bool) {
	wanted := v.s.wanted // the state may wait for it
	v.s.wanted = object{}
	defer func() { v.s.wanted = wanted }()
	v.s.within(l, func() {
		var ps []piece
		if ps, ok = v.s.pieces(&value{}, l.part, nil); !ok {
			return
		}
		out = ps[0].v
		for _, e := range eyes {
			first := v.f.w.eyes[e].see(nil, out)
			for _, x := range ps[1:] {
				ok = ok && string(v.f.w.eyes[e].see(nil, x.v)) == string(first)
			}
		}
	})
	v.s.refused = nil
	return out, ok
}

// late looks at all that a late value is computed from.
func (v *view) late(l *late) {
	for _, x := range l.vars {
		if inner := lateOf(x); inner != nil {
			v.late(inner)
		} else if o := openOf(x); o != nil {
			v.open = append(v.open, seenOpen{v.s.spanOf(o.origin), o, []int32{whole}})
		}
	}
}

// whole is the eye that sees all of any variable.
const whole = -1

// origins appends, for each origin that somebody looks at, what is seen of its classes.
func (v *view) origins() []byte {
	var done []int
	for i := range v.open {
		at := v.open[i].span
		if slices.Contains(done, at) {
			continue
		}
		done = append(done, at)
		v.b = append(v.b, '#')
		left := v.s.spans[at].left
		var seen [][]uint32
		for k := i; k < len(v.open); k++ {
			if o := &v.open[k]; o.span == at {
				for _, e := range o.eyes {
					seen = append(seen, v.f.sees(o.of, e))
				}
			}
		}
		rows := make([]string, 0, len(left))
		var row []byte
		for _, c := range left {
			row = row[:0]
			for _, by := range seen {
				row = binary.AppendUvarint(row, uint64(by[c]))
			}
			rows = append(rows, string(row))
		}
		slices.Sort(rows)
		rows = slices.Compact(rows)
		v.b = binary.AppendUvarint(v.b, uint64(len(rows)))
		for k := i; k < len(v.open); k++ { // which of the variables belong to it
			if v.open[k].span == at {
				v.b = binary.AppendUvarint(v.b, uint64(k))
			}
		}
		for _, r := range rows {
			v.b = appendText(v.b, r)
		}
	}
	return v.b
}

// sees is what an eye makes of each class, as numbers.
func (f *Fold) sees(o *open, e int32) []uint32 {
	if out, ok := f.seen[sight{o, e}]; ok {
		return out
	}
	out := make([]uint32, len(o.values))
	var b []byte
	for i, v := range o.values {
		if b = b[:0]; e == whole {
			b = v.AppendKey(append(b, '='))
		} else {
			b = f.w.eyes[e].see(b, v)
		}
		out[i] = f.mem.id(b)
	}
	f.seen[sight{o, e}] = out
	return out
}
