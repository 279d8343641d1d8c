package interp

import (
	"math/bits"

	"github.com/dealroute/dealroute/pkg/architect/expr"
)

// Which variables can still matter is computed once for each instruction, backwards over
// the program: live before = read here, or live after and not written here. States that
// differ only in other variables have one key, which is what lets a search over states end
// early. Sets may be too large, never too small:
//
//	an instruction        its successors, and error handling, which may follow anything
//	a task's end          every place a call of a task or module returns to
//	outcomes of effects   write nothing for sure: a failure leaves variables as they were
//
// Variables are numbered over all units and tasks.

type bitset []uint64

func (b bitset) add(i int) { b[i>>6] |= 1 << (i & 63) }
func (b bitset) del(i int) { b[i>>6] &^= 1 << (i & 63) }

// or adds o and reports whether that changed anything.
func (b bitset) or(o bitset) bool {
	changed := false
	for i, w := range o {
		if w&^b[i] != 0 {
			b[i] |= w
			changed = true
		}
	}
	return changed
}

type liveness struct {
	p      *Program
	size   int
	before []bitset // by instruction
	after  []bitset // what its successors need
	all    bitset
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

func (p *Program) analyse() {
	l := &liveness{p: p, size: p.number()}
	words := (l.size + 63) / 64
	backing := make([]uint64, 2*len(p.code)*words)
	next := func() bitset {
		b := bitset(backing[:words:words])
		backing = backing[words:]
		return b
	}
	l.before, l.after = make([]bitset, len(p.code)), make([]bitset, len(p.code))
	for i := range p.code {
		l.before[i], l.after[i] = next(), next()
	}
	l.all = make(bitset, words)
	for i := range l.size {
		l.all.add(i)
	}
	returns := l.returns()
	to := make([][]int32, len(p.code))
	for i := range p.code {
		to[i] = l.successors(int32(i), returns)
	}
	scratch := make(bitset, words)
	for changed := true; changed; {
		changed = false
		for i := len(p.code) - 1; i >= 0; i-- {
			for _, n := range to[i] {
				if n >= 0 {
					l.after[i].or(l.before[n])
				}
			}
			copy(scratch, l.after[i])
			l.transfer(&p.code[i], scratch)
			scratch.or(l.before[p.handler]) // an action may fail before it has written anything
			if l.before[i].or(scratch) {
				changed = true
			}
		}
	}
	p.live = l
	p.keep = make(bitset, words)
	for _, name := range p.opts.Keep {
		sym, ok := p.units[0].table.Lookup(name)
		if i := sym.Slot - len(p.builtins); ok && i >= 0 {
			p.keep.add(p.units[0].first + i)
		}
	}
	for i := range p.code {
		l.before[i].or(p.keep)
		l.after[i].or(p.keep)
		l.after[i].or(l.before[p.handler])
	}
}

// returns are the places that ends of tasks and modules may lead to.
func (l *liveness) returns() []int32 {
	var out []int32
	for i := range l.p.code {
		in := &l.p.code[i]
		switch o := in.op.(type) {
		case *callOp:
			out = append(pathsTo(out, o.paths), in.next)
		case *moduleOp:
			out = append(pathsTo(out, o.paths), in.next)
		}
	}
	return out
}

func pathsTo(out []int32, ps []path) []int32 {
	for _, p := range ps {
		out = append(out, p.to)
	}
	return out
}

// successors are where an instruction may lead, but for error handling.
func (l *liveness) successors(at int32, returns []int32) []int32 {
	p := l.p
	in := &p.code[at]
	switch o := in.op.(type) {
	case endOp, endTaskOp:
		out := returns
		if u := p.units[0]; u.task >= 0 { // an in-queue flow begins again
			out = append(out[:len(out):len(out)], p.tasks[u.task].entry)
		}
		return out
	case *callOp:
		return append(pathsTo([]int32{o.entry, in.next}, o.paths), at)
	case *moduleOp:
		return pathsTo([]int32{p.units[o.unit].start, in.next}, o.paths)
	case jumpOp:
		return []int32{o.entry}
	case gotoOp:
		return []int32{o.to}
	case exitOp:
		return []int32{o.to}
	case *decisionOp:
		return []int32{o.yes, o.no}
	case *switchOp:
		out := []int32{o.def}
		for i := range o.cases {
			out = append(out, o.cases[i].to)
		}
		return out
	case *loopOp:
		return []int32{o.body, o.again, in.next}
	case roundOp:
		return []int32{o.loop.body, in.next}
	case *dataOp:
		return []int32{o.success, o.failure, o.late}
	case *tableOp:
		return []int32{o.found, o.notFound, o.failure}
	case *findOp:
		return []int32{o.found, o.notFound}
	case *attributesOp:
		return []int32{o.found}
	case *scheduleOp:
		return pathsTo([]int32{in.next}, o.paths)
	case *worldOp:
		return pathsTo([]int32{in.next}, o.paths)
	case *transferOp:
		return []int32{o.failure}
	case *skillsOp:
		return []int32{o.success, o.failure}
	case *collectOp:
		return []int32{o.success, o.failure}
	case *extensionOp:
		return []int32{o.failure}
	case *handlerOp:
		return []int32{o.entry}
	case *menuOp:
		out := []int32{at, o.m.def}
		for _, m := range p.menus { // global keys lead into other menus
			for _, c := range m.choices {
				out = append(out, c.entry)
			}
		}
		return out
	case previousOp:
		var out []int32
		for _, m := range p.menus {
			out = append(out, m.entry)
		}
		return out
	case disconnectOp, refusal:
		return nil
	}
	return []int32{in.next}
}

// transfer turns what is live after an instruction into what is live before it.
func (l *liveness) transfer(in *instr, b bitset) {
	reads := func(vs ...*value) {
		for _, v := range vs {
			if v.prog == nil {
				continue
			}
			for _, s := range v.prog.Typed().Symbols {
				if i := l.index(in, s.Slot); i >= 0 {
					b.add(i)
				}
			}
		}
	}
	lists := func(vs []value) {
		for i := range vs {
			reads(&vs[i])
		}
	}
	inputs := func(ins []input) {
		for i := range ins {
			reads(&ins[i].value)
		}
	}
	kill := func(slot int) {
		if i := l.index(in, slot); i >= 0 {
			b.del(i)
		}
	}
	switch o := in.op.(type) {
	case enterOp:
		t := l.p.tasks[o.task]
		for i := range t.vars {
			b.del(t.first + i)
		}
	case *initOp:
		kill(o.slot)
		reads(o.v)
	case *updateOp:
		for i := len(o.statements) - 1; i >= 0; i-- {
			kill(o.statements[i].to.slot)
			reads(&o.statements[i].v)
		}
	case endOp, endTaskOp:
		for _, u := range l.p.units[1:] { // a module's outputs are read when it ends
			for i := range u.vars {
				b.add(u.first + i)
			}
		}
	case *playOp:
		reads(&o.audio)
	case *decisionOp:
		reads(&o.cond)
	case *switchOp:
		reads(&o.value)
		for i := range o.cases {
			reads(&o.cases[i].value)
		}
	case *loopOp:
		reads(&o.count)
	case *moduleOp:
		inputs(o.inputs)
	case *dataOp:
		inputs(o.inputs)
	case *tableOp:
		reads(&o.key)
	case *findOp:
		reads(&o.name)
	case *attributesOp:
		for i := range o.attrs {
			reads(&o.attrs[i].name, &o.attrs[i].value)
		}
	case *popOp:
		inputs(o.inputs)
	case *scheduleOp:
		reads(&o.object, &o.emergency, &o.when, &o.service)
	case *worldOp:
		inputs(o.inputs)
	case *transferOp:
		reads(&o.dest, &o.pre, &o.all, &o.lang, &o.prio)
		lists(o.skills)
		inputs(o.inputs)
	case *skillsOp:
		reads(&o.all, &o.lang)
		lists(o.items)
	case *collectOp:
		reads(&o.audio, &o.star, &o.pound)
	case *menuOp:
		reads(&o.m.audio)
	case *extensionOp:
		reads(&o.audio)
	case *handlerOp:
		reads(&o.audio, &o.queue)
	}
}

// index is the number of the variable that a slot means at an instruction; −1 for built-in
// variables and prompts.
func (l *liveness) index(in *instr, slot int) int {
	u := l.p.units[in.unit]
	i := slot - len(l.p.builtins)
	switch {
	case slot < 0 || i < 0 || slot >= promptSlots:
		return -1
	case i < len(u.vars):
		return u.first + i
	case in.task >= 0:
		return l.p.tasks[in.task].first + i - len(u.vars)
	}
	return -1
}

// appendVars appends the variables that can still matter.
func (s *State) appendVars(b []byte) []byte {
	l := s.p.live
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
