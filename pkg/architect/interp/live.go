package interp

import (
	"math/bits"

	"github.com/dealroute/dealroute/pkg/architect/expr"
)

// Which variables can still matter is computed once for each instruction, backwards over
// the program, when the first key is asked for: live before = read here, or live after and
// not written here. States that differ only in other variables have one key, which is what
// lets a search over states end early. Sets may be too large, never too small:
//
//	an instruction        its successors, and error handling, which may follow anything
//	a task's end          every place a call of a task or module returns to
//	outcomes of effects   write nothing for sure: a failure leaves variables as they were
//
// Variables are numbered over all units and tasks.

type bitset []uint64

func (b bitset) add(i int)      { b[i>>6] |= 1 << (i & 63) }
func (b bitset) has(i int) bool { return b[i>>6]>>(i&63)&1 != 0 }

func (b bitset) or(o bitset) {
	for i, w := range o {
		b[i] |= w
	}
}

// flow adds what is live before an instruction and reports whether that changed anything:
// what it reads, what is live after it and not written, and what error handling needs, as
// an action may fail before it has written anything.
func (b bitset) flow(f *flow, after, handler bitset) bool {
	changed := false
	for i := range b {
		w := b[i] | f.gen[i] | after[i]&^f.kill[i] | handler[i]
		changed = changed || w != b[i]
		b[i] = w
	}
	return changed
}

// A liveness is what of a program's variables matters where, once somebody asks for keys.
type liveness struct {
	before []bitset // by instruction
	after  []bitset // what its successors need
	all    bitset
	keep   bitset // Options.Keep
}

// A flow is one instruction as its op describes it, in the order in which it runs.
type flow struct {
	p       *Program
	in      *instr
	at      int32
	to      []int32 // where it may lead, error handling aside
	told    []*value
	gen     bitset  // read before it is written here
	kill    bitset  // written for sure, unless the instruction fails
	returns []int32 // of a call: where the end of what it calls may lead
	end     bool    // leads to wherever a call returns
	watch   *watch  // nil when only variables count
	eyes    []int32 // of watch: what is looked at here
	blind   bitset  // of watch: variables that are written here
}

func (f *flow) leads(to ...int32) {
	for _, pc := range to {
		if pc >= 0 {
			f.to = append(f.to, pc)
		}
	}
}

// along is an instruction that goes on by a named path, or past all of them.
func (f *flow) along(ps []path) {
	f.leads(f.in.next)
	for i := range ps {
		f.leads(ps[i].to)
	}
}

// calls is an instruction that goes on so when what it calls has ended.
func (f *flow) calls(ps []path) {
	n := len(f.to)
	f.along(ps)
	f.returns = f.to[n:len(f.to):len(f.to)]
}

// ends is the end of a task or module: a module's outputs are read then, and an in-queue
// flow begins again.
func (f *flow) ends() {
	f.end = true
	for _, u := range f.p.units[1:] {
		for i := range u.vars {
			f.gen.add(u.first + i)
			if f.watch != nil {
				f.eyes = append(f.eyes, f.watch.raw(len(f.p.builtins)+u.first+i))
			}
		}
	}
	if u := f.p.units[0]; u.task >= 0 {
		f.leads(f.p.tasks[u.task].entry)
	}
}

func (f *flow) reads(vs ...*value) {
	for _, v := range vs {
		f.keeps(nil, v)
	}
}

// keeps is what an instruction reads to keep it: a kind tells of values what it tells apart.
func (f *flow) keeps(kind func(expr.Value) uint8, vs ...*value) {
	f.told = append(f.told, vs...) // a test holds them against the values that the op has
	for _, v := range vs {
		if v.prog == nil {
			continue
		}
		if f.watch != nil {
			f.watch.look(f, v.prog.Part(), kind)
			for _, slot := range v.prog.Part().Slots {
				if i := f.watch.index(f.in, slot); i >= 0 {
					f.watch.reads[i]++
				}
			}
		}
		for _, s := range v.prog.Typed().Symbols {
			if i := f.p.index(f.in, s.Slot); i >= 0 && !f.kill.has(i) {
				f.gen.add(i)
			}
		}
	}
}

func (f *flow) list(vs []value) {
	for i := range vs {
		f.reads(&vs[i])
	}
}

func (f *flow) inputs(ins []input, kind func(expr.Value) uint8) {
	for i := range ins {
		f.keeps(kind, &ins[i].value)
	}
}

func (f *flow) writes(slot int) {
	if i := f.p.index(f.in, slot); i >= 0 {
		f.kill.add(i)
	}
	if f.watch != nil {
		if i := f.watch.index(f.in, slot); i >= 0 {
			f.blind.add(i)
		}
	}
}

// number gives every variable its place.
func (p *Program) number() int {
	n := 0
	for _, u := range p.units {
		u.first = n
		n += len(u.vars)
	}
	for _, t := range p.tasks {
		t.first = n
		n += len(t.vars)
	}
	return n
}

// flows has every instruction describe itself.
func (p *Program) flows(words int) []flow { return p.watched(words, nil) }

func (p *Program) watched(words int, w *watch) []flow {
	backing := make([]uint64, 2*len(p.code)*words)
	fs := make([]flow, len(p.code))
	var returns []int32
	for i := range fs {
		fs[i] = flow{p: p, in: &p.code[i], at: int32(i), watch: w}
		if w != nil {
			fs[i].blind = make(bitset, w.words)
		}
		fs[i].gen, backing = backing[:words:words], backing[words:]
		fs[i].kill, backing = backing[:words:words], backing[words:]
		p.code[i].op.flows(&fs[i])
		returns = append(returns, fs[i].returns...)
	}
	for i := range fs {
		if fs[i].end {
			fs[i].leads(returns...)
		}
	}
	return fs
}

func (p *Program) analyse() *liveness {
	l, size := &liveness{}, p.number()
	words := (size + 63) / 64
	fs := p.flows(words)
	backing := make([]uint64, 2*len(p.code)*words)
	l.before, l.after = make([]bitset, len(p.code)), make([]bitset, len(p.code))
	for i := range p.code {
		l.before[i], backing = backing[:words:words], backing[words:]
		l.after[i], backing = backing[:words:words], backing[words:]
	}
	l.all, l.keep = make(bitset, words), make(bitset, words)
	for i := range size {
		l.all.add(i)
	}
	for changed := true; changed; {
		changed = false
		for i := len(fs) - 1; i >= 0; i-- {
			for _, n := range fs[i].to {
				l.after[i].or(l.before[n])
			}
			if l.before[i].flow(&fs[i], l.after[i], l.before[p.handler]) {
				changed = true
			}
		}
	}
	for _, i := range p.kept {
		if i >= 0 {
			l.keep.add(p.units[0].first + i)
		}
	}
	for i := range p.code {
		l.before[i].or(l.keep)
		l.after[i].or(l.keep)
		l.after[i].or(l.before[p.handler])
	}
	return l
}

// index is the number of the variable that a slot means at an instruction; −1 for built-in
// variables and prompts.
func (p *Program) index(in *instr, slot int) int {
	u := p.units[in.unit]
	i := slot - len(p.builtins)
	switch {
	case slot < 0 || i < 0 || slot >= promptSlots:
		return -1
	case i < len(u.vars):
		return u.first + i
	case in.task >= 0:
		return p.tasks[in.task].first + i - len(u.vars)
	}
	return -1
}

// appendVars appends the variables that can still matter.
func (s *State) appendVars(b []byte) []byte {
	l := s.p.live()
	live := l.before[s.pc]
	switch {
	case s.sub > 0 && (s.lookup || s.retried): // in the middle of an action that has written already
		live = l.all
	case s.pending && !s.lookup:
		live = l.after[s.pc]
	}
	b = s.appendFrame(b, live, s.unit, s.task, s.gbase, s.lbase)
	for i := len(s.frames) - 1; i >= 0; i-- {
		f := &s.frames[i]
		b = s.appendFrame(b, l.after[f.pc], f.unit, f.task, f.gbase, f.lbase)
	}
	return b
}

func (s *State) appendFrame(b []byte, live bitset, unit, task, gbase, lbase int32) []byte {
	u := s.p.units[unit]
	b = appendLive(b, live, u.first, s.vals[gbase:int(gbase)+len(u.vars)])
	if task >= 0 {
		t := s.p.tasks[task]
		if end := int(lbase) + len(t.vars); end <= len(s.vals) { // a task that was entered
			b = appendLive(b, live, t.first, s.vals[lbase:end])
		}
	}
	return b
}

func appendLive(b []byte, live bitset, first int, vals []expr.Value) []byte {
	for i := 0; i < len(vals); {
		at := first + i
		if w := live[at>>6] >> (at & 63); w == 0 {
			i += 64 - at&63
			continue
		} else if n := bits.TrailingZeros64(w); n > 0 {
			i += n
			continue
		}
		b = vals[i].AppendKey(b)
		i++
	}
	return b
}
