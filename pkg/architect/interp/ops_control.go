package interp

import (
	"fmt"
	"strings"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/diag"
)

// enterOp makes a task's variables and loops anew (inferred: at each entry) and begins it.
type enterOp struct{ task int32 }

func (o enterOp) run(s *State, in *instr) int32 {
	t := s.p.tasks[o.task]
	s.task = o.task
	s.vals = append(s.vals[:s.lbase], t.blank...)
	s.loops = s.loops[:s.kbase]
	for range t.loops {
		s.loops = append(s.loops, round{})
	}
	if r := s.rec; r != nil {
		r.wrote(s.lbase, int32(len(s.vals)))
		if r.zero < 0 || s.kbase < r.zero {
			r.zero = s.kbase
		}
	}
	return in.next
}

func (o enterOp) flows(f *flow) {
	base := len(f.p.builtins) + len(f.p.units[f.in.unit].vars)
	for i := range f.p.tasks[o.task].vars {
		f.writes(base + i)
	}
	f.leads(f.in.next)
}

// initOp computes a variable's initial value that is an expression.
type initOp struct {
	slot int
	v    *value
}

func (o *initOp) run(s *State, in *instr) int32 {
	v, ok := s.evalFor(o.v, use{open: true})
	if !ok {
		return pcFault
	}
	s.setVar(o.slot-len(s.builtin), v)
	return in.next
}

func (o *initOp) flows(f *flow) {
	f.reads(o.v)
	f.writes(o.slot)
	f.leads(f.in.next)
}

// endOp is the end of a task's last path: Genesys refuses a flow that can get there.
type endOp struct{}

func (endOp) run(s *State, in *instr) int32 {
	if int(s.fbase) < len(s.frames) {
		s.warn(in, fmt.Sprintf("task %q ends without a terminating action; it returns to its caller", in.name))
	}
	return s.back(in, "default")
}

func (endOp) flows(f *flow) { f.ends() }

// back leaves a task by an output path: to its caller, out of a module, or, when nothing
// called it, to the end of the call.
func (s *State) back(in *instr, path string) int32 {
	if len(s.frames) == 0 {
		return s.startEnds(in)
	}
	if int(s.fbase) == len(s.frames) {
		return s.backToFlow(path)
	}
	call := s.pop1()
	at := &s.p.code[call]
	return at.op.(*callOp).out(s, at, path)
}

// pop1 restores the newest frame and gives the calling instruction.
func (s *State) pop1() int32 {
	f := s.frames[len(s.frames)-1]
	s.frames = s.frames[:len(s.frames)-1]
	s.vals, s.loops = s.vals[:s.lbase], s.loops[:s.kbase]
	s.unit, s.task = f.unit, f.task
	s.gbase, s.lbase, s.kbase, s.fbase = f.gbase, f.lbase, f.kbase, f.fbase
	return f.pc
}

// push keeps where a call comes from and puts the callee's variables above all others.
func (s *State) push() {
	s.frames = append(s.frames, frame{s.pc, s.unit, s.task, s.gbase, s.lbase, s.kbase, s.fbase})
	s.lbase, s.kbase = int32(len(s.vals)), int32(len(s.loops))
}

// startEnds is the end of the task that the flow began with.
func (s *State) startEnds(in *instr) int32 {
	u := s.p.units[0]
	switch u.flow.Type {
	case "commonModule":
		return s.end(EndReturned, "")
	case "inqueueCall": // its actions repeat until an agent answers
		switch {
		case s.elapsed >= s.answer:
			return s.end(EndAnswered, "")
		case s.elapsed == s.roundAt:
			s.warn(in, "the actions of the in-queue flow take no time; the call was taken as answered after one round")
			return s.end(EndAnswered, "")
		}
		s.roundAt = s.elapsed
		s.leave()
		return s.p.tasks[u.task].entry
	}
	s.warn(in, fmt.Sprintf("%q ends without a terminating action; Genesys would not publish the flow, here the call is disconnected", in.where))
	return s.end(EndDisconnect, "")
}

// path is a branch chosen by name.
type path struct {
	name string
	to   int32
}

// callOp runs a task and returns: to the branch of the output path it ended by.
type callOp struct {
	entry int32
	paths []path
}

func (o *callOp) run(s *State, in *instr) int32 {
	s.push()
	return o.entry
}

func (o *callOp) flows(f *flow) {
	f.leads(o.entry)
	f.calls(o.paths)
}

func (o *callOp) out(s *State, in *instr, name string) int32 {
	return outPath(s, o.paths, name, in.next)
}

// outPath finds a path; exports hold both default and Default, so letter case does not count.
func outPath(s *State, paths []path, name string, next int32) int32 {
	for i := range paths {
		if strings.EqualFold(paths[i].name, name) {
			return paths[i].to
		}
	}
	return next
}

// endTaskOp returns to the caller by an output path.
type endTaskOp struct{ path string }

func (o endTaskOp) run(s *State, in *instr) int32 {
	s.took(o.path)
	return s.back(in, o.path)
}

func (endTaskOp) flows(f *flow) { f.ends() }

// jumpOp goes to a task or menu for good.
type jumpOp struct{ entry int32 }

func (o jumpOp) run(s *State, in *instr) int32 {
	s.leave()
	return o.entry
}

func (o jumpOp) flows(f *flow) { f.leads(o.entry) }

// moduleOp calls a common module.
type moduleOp struct {
	unit    int32
	inputs  []input
	outputs []moduleOutput
	paths   []path
}

type moduleOutput struct {
	index int // of the module's variable
	to    target
}

func (o *moduleOp) run(s *State, in *instr) int32 {
	u := s.p.units[o.unit]
	if u.start < 0 {
		s.refused = &Refusal{Finding: diag.Finding{
			Code: CodeStart, Severity: diag.Error, Position: u.flow.Pos, Path: u.flow.Path, Message: fmt.Sprintf("common module %q has nothing to start with", u.flow.Name),
		}}
		return pcFault
	}
	at := len(s.vals)
	vals := append(s.vals, u.blank...)
	for i := range o.inputs {
		v, ok := s.evalFor(&o.inputs[i].value, use{open: true})
		if !ok {
			s.vals = vals[:at]
			return pcFault
		}
		s.note(o.inputs[i].name, v)
		if o.inputs[i].set {
			vals[at+o.inputs[i].slot] = v
		}
	}
	s.push()
	s.vals = vals
	s.unit, s.task = o.unit, -1
	s.gbase, s.lbase = int32(at), int32(len(vals))
	s.fbase = int32(len(s.frames))
	return u.start
}

func (o *moduleOp) flows(f *flow) {
	f.inputs(o.inputs, nil)
	f.leads(f.p.units[o.unit].start)
	f.calls(o.paths)
}

// backToFlow ends a module: its outputs are handed over and the flow goes on.
func (s *State) backToFlow(name string) int32 {
	f := s.frames[len(s.frames)-1]
	in := &s.p.code[f.pc]
	o := in.op.(*moduleOp)
	var few [8]expr.Value
	outs := few[:0]
	for _, x := range o.outputs {
		outs = append(outs, s.vals[int(s.gbase)+x.index])
	}
	s.lbase = s.gbase // drop the module's variables with those of its task
	s.pop1()
	for i := range o.outputs {
		v, ok := fit(outs[i], o.outputs[i].to.typ)
		if !ok {
			s.pc = f.pc
			return s.fault("output of module has type %s, variable %s type %s", v.Type(), o.outputs[i].to.name, o.outputs[i].to.typ)
		}
		s.assign(&o.outputs[i].to, v)
	}
	return outPath(s, o.paths, name, in.next)
}

// decisionOp: true is yes, false and NOT_SET are no.
type decisionOp struct {
	cond    value
	yes, no int32
}

func (o *decisionOp) run(s *State, in *instr) int32 {
	v, ok := s.evalFor(&o.cond, use{kind: asBool})
	if !ok {
		return pcFault
	}
	s.note("condition", v)
	if v.Bool() {
		s.took("yes")
		return o.yes
	}
	s.took("no")
	return o.no
}

func (o *decisionOp) flows(f *flow) {
	f.keeps(asBool, &o.cond)
	f.leads(o.yes, o.no)
}

// switchOp takes the first case that is true, or that equals the value.
type switchOp struct {
	match bool
	value value
	cases []switchCase
	def   int32
}

type switchCase struct {
	value value
	name  string
	to    int32
}

func (o *switchOp) run(s *State, in *instr) int32 {
	var v expr.Value
	if o.match {
		var ok bool
		if v, ok = s.eval(&o.value); !ok {
			return pcFault
		}
		s.note("value", v)
	}
	for i := int(s.sub); i < len(o.cases); i++ {
		c := &o.cases[i]
		u := use{kind: asBool}
		if o.match {
			u.kind = nil
		}
		x, ok := s.evalFor(&c.value, u)
		if !ok {
			return pcFault
		}
		if o.match && v.Equal(x) || !o.match && x.Bool() {
			s.took(c.name)
			return c.to
		}
		if len(s.spans) > 0 && i+1 < len(o.cases) { // a search may meet itself before the next case
			s.sub = int32(i + 1)
			return pcAgain
		}
	}
	s.took("default")
	return o.def
}

func (o *switchOp) flows(f *flow) { o.rest(f, 0) }

func (o *switchOp) rest(f *flow, sub int) {
	f.reads(&o.value)
	for i := sub; i < len(o.cases); i++ {
		if o.match {
			f.reads(&o.cases[i].value)
		} else {
			f.keeps(asBool, &o.cases[i].value)
		}
		f.leads(o.cases[i].to)
	}
	f.leads(o.def)
}

// loopOp begins a loop. Its index starts at 0; a count below 1 skips it.
type loopOp struct {
	slot  int
	count value
	until bool // a loopUntil, which runs at most 99 rounds
	index target
	body  int32
	again int32 // the instruction with roundOp
}

func (o *loopOp) run(s *State, in *instr) int32 {
	v, ok := s.eval(&o.count)
	if !ok {
		return pcFault
	}
	n := v.Int()
	switch {
	case o.until && (!v.IsSet() || n > 99):
		n = 99
	case !v.IsSet():
		return s.fault("the loop count is NOT_SET")
	}
	if most := s.p.opts.Rounds; most > 0 && n > int64(most) && !o.until {
		return s.fault("a loop of %d rounds, and %d are taken", n, most)
	}
	s.note("loopCount", v)
	if n < 1 {
		return in.next
	}
	if o.body == o.again { // nothing to run: only the index is left to be set
		s.assign(&o.index, expr.OfInt(n-1))
		return in.next
	}
	s.loops[int(s.kbase)+o.slot] = round{0, n}
	s.assign(&o.index, expr.OfInt(0))
	return o.body
}

func (o *loopOp) flows(f *flow) {
	f.reads(&o.count)
	f.leads(o.body, f.in.next)
}

// roundOp is the end of a loop's round.
type roundOp struct{ loop *loopOp }

func (o roundOp) run(s *State, in *instr) int32 {
	r := &s.loops[int(s.kbase)+o.loop.slot]
	r.i++
	if r.i >= r.n {
		*r = round{}
		return in.next
	}
	s.assign(&o.loop.index, expr.OfInt(r.i))
	return o.loop.body
}

func (o roundOp) flows(f *flow) { f.leads(o.loop.body, f.in.next) }

// exitOp leaves the innermost loop.
type exitOp struct {
	slot int
	to   int32
}

func (o exitOp) run(s *State, in *instr) int32 {
	s.loops[int(s.kbase)+o.slot] = round{}
	return o.to
}

func (o exitOp) flows(f *flow) { f.leads(o.to) }

// gotoOp goes to an instruction: loopNext, repeatMenu.
type gotoOp struct{ to int32 }

func (o gotoOp) run(s *State, in *instr) int32 { return o.to }

func (o gotoOp) flows(f *flow) { f.leads(o.to) }

// disconnectOp ends the call.
type disconnectOp struct{}

func (disconnectOp) run(s *State, in *instr) int32 { return s.end(EndDisconnect, "") }

func (disconnectOp) flows(*flow) {}
