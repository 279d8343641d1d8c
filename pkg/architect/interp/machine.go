package interp

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/diag"
)

// Next runs to the next external effect, or to the end: then the effect is nil and Result
// is final. The error is a *Refusal. While an effect waits, Next gives it again.
func (p *Program) Next(s *State) (*Effect, error) {
	if s.refused != nil {
		return nil, s.refused
	}
	for !s.ended && !s.pending {
		if p.advance(s); s.refused != nil {
			return nil, s.refused
		}
	}
	if s.pending {
		return &s.eff, nil
	}
	return nil, nil
}

// advance runs one instruction.
func (p *Program) advance(s *State) {
	in := &p.code[s.pc]
	if s.retried {
		s.retried = false
	} else {
		s.sub = 0
		if in.counted {
			if int(s.actions) >= s.limit() {
				s.handle(in, fmt.Errorf("%d actions were run, the most that one run may take", s.actions))
				return
			}
			s.actions++
			s.step(in)
		}
	}
	s.settle(in, in.op.run(s, in))
	if s.refused != nil {
		s.refused = &Refusal{Finding: s.refused.Finding, Action: in.name}
	}
}

// settle follows what an op answered.
func (s *State) settle(in *instr, pc int32) {
	switch pc {
	case pcEffect:
		s.pending = true
	case pcAgain:
		s.retried = true
	case pcEnd:
		s.ended = true
	case pcFault:
		switch {
		case s.refused != nil:
		case s.boxes != nil:
			s.eff = Effect{Kind: EffectSplit, Action: in.act}
			s.pending = true
			s.problem = nil
		case s.wanted.kind != expr.Invalid:
			s.ask(EffectFind, in)
			s.eff.Name, s.eff.Type = s.wanted.name, s.wanted.kind
			s.pending, s.lookup = true, true
			s.problem = nil
			if s.sub == 0 && in.counted && s.level == TraceFull && len(s.steps) > 0 {
				s.steps[len(s.steps)-1].Inputs = nil // evaluated and noted again afterwards
			}
		default:
			err := s.problem
			s.problem = nil
			s.handle(in, err)
		}
	default:
		s.pc = pc
	}
}

// ErrOutcome is wrapped by errors of Resume: the world answered what the effect does not
// allow.
var ErrOutcome = errors.New("the world's answer does not fit")

// Resume takes the outcome of the effect that waits.
func (p *Program) Resume(s *State, o Outcome) error {
	if !s.pending || s.boxes != nil {
		return fmt.Errorf("%w: no effect waits", ErrOutcome)
	}
	if o.Elapsed < 0 {
		return fmt.Errorf("%w: %s %q took less than no time", ErrOutcome, s.eff.Kind, s.eff.Name)
	}
	in := &p.code[s.pc]
	if s.lookup {
		if o.Value.IsSet() && o.Value.Type() != s.wanted.kind {
			return fmt.Errorf("%w: %s %q is a %s", ErrOutcome, s.wanted.kind, s.wanted.name, o.Value.Type())
		}
		s.remember(s.wanted, o.Value)
		s.pending, s.lookup, s.retried, s.wanted = false, false, true, object{}
		s.pass(o.Elapsed)
		return nil
	}
	if !slices.Contains(branchesOf(s.eff.Kind, &s.eff), o.Branch) {
		return fmt.Errorf("%w: %s %q has no branch %q", ErrOutcome, s.eff.Kind, s.eff.Name, o.Branch)
	}
	s.pending = false
	before := s.elapsed
	step := len(s.steps) - 1
	s.out = o // kept in the state so that it needs no memory of its own
	s.settle(in, in.op.(resumer).resume(s, in, &s.out))
	s.out = Outcome{}
	if s.level != TraceOff && in.counted && step >= 0 && step < len(s.steps) {
		s.steps[step].Elapsed += s.elapsed - before
	}
	if s.refused != nil {
		return s.refused
	}
	return nil
}

var noBranch = []string{""}

func branchesOf(k EffectKind, e *Effect) []string {
	switch k {
	case EffectDataAction:
		return []string{"success", "failure", "timeout"}
	case EffectTable:
		return []string{"found", "notFound", "failure"}
	case EffectSchedule:
		return []string{"active", "inactive"}
	case EffectScheduleGroup:
		return []string{"open", "closed", "holiday", "emergency"}
	case EffectTransfer:
		return []string{"success", "failure"}
	case EffectBranch:
		return e.Branches
	}
	return noBranch
}

func (s *State) remember(o object, v expr.Value) {
	if !v.IsSet() {
		v = expr.NotSet(o.kind)
	}
	s.found = append(s.found, finding{o, v})
}

// pass lets virtual time go by.
func (s *State) pass(d time.Duration) {
	s.elapsed += d
	if s.level != TraceOff && s.lookup && len(s.steps) > 0 {
		s.steps[len(s.steps)-1].Elapsed += d
	}
}

// ask begins an effect.
func (s *State) ask(k EffectKind, in *instr) {
	s.inputs = s.inputs[:0]
	s.eff = Effect{Kind: k, Action: in.act, At: s.start.Add(s.elapsed)}
}

func (s *State) step(in *instr) {
	if s.level != TraceOff {
		s.steps = append(s.steps, Step{Task: in.where, Action: in.name, Type: in.kind, Pos: in.pos, At: s.elapsed})
	}
}

func (s *State) issue(in *instr, pos diag.Position, msg string) Problem {
	return Problem{Task: in.where, Action: in.name, Type: in.kind, Pos: pos, Path: in.path, Message: msg}
}

func (s *State) warn(in *instr, msg string) {
	s.warnings = append(s.warnings, s.issue(in, in.pos, msg))
}

// fault makes an action fail at run time: its path is abandoned for error handling.
func (s *State) fault(format string, args ...any) int32 {
	s.problem = fmt.Errorf(format, args...)
	return pcFault
}

// end is how a run comes to its end.
func (s *State) end(how Ending, target string) int32 {
	s.ending, s.target = how, target
	s.ended = true
	return pcEnd
}

// handle goes to the flow's error handling. An error within it ends the call silently
// (inferred: Genesys documents it for the action budget).
func (s *State) handle(in *instr, err error) {
	s.problems = append(s.problems, s.issue(in, in.position(err), err.Error()))
	if in.counted {
		s.took("error")
	}
	if s.handling != notHandling {
		s.end(EndDisconnect, "")
		return
	}
	s.unwind()
	s.handling = handlingEnds
	s.pc, s.sub, s.retried = s.p.handler, 0, false
}

// limit is the action budget. Genesys: error handling by a menu or task gets 1,000 more;
// when they are used up, a silent disconnect.
func (s *State) limit() int {
	if s.handling == handlingRuns {
		return s.p.opts.Budget + s.p.opts.HandlerBudget
	}
	return s.p.opts.Budget
}

// leave drops the called tasks of a unit: a jump never returns, and in the task it leads to
// nothing of the one before is in view.
func (s *State) leave() {
	if int(s.fbase) < len(s.frames) {
		s.kbase = s.frames[s.fbase].kbase
		s.frames = s.frames[:s.fbase]
	}
	s.loops = s.loops[:s.kbase]
	s.lbase = s.gbase + int32(len(s.p.units[s.unit].vars))
	s.vals = s.vals[:s.lbase]
	s.task = -1
}

// unwind leaves everything but the flow's own variables.
func (s *State) unwind() {
	s.frames = s.frames[:0]
	s.unit, s.gbase, s.fbase, s.kbase = 0, 0, 0, 0
	s.leave()
}

// handlerOp is what the flow does after a run-time error.
type handlerOp struct {
	kind  string
	audio value
	queue value
	entry int32
}

func (c *compiler) handling(u *unit) {
	c.u, c.t, c.where = u, nil, ""
	e := u.flow.Errors
	h := &handlerOp{kind: e.Kind, audio: c.value(e.Audio, expr.Audio), entry: -1}
	if h.kind == "" {
		h.kind = "disconnect" // Genesys: the default
	}
	switch h.kind {
	case "queue":
		h.queue = c.value(e.TargetQueue, expr.Queue)
	case "menu", "task":
		entry, _, ok := c.entryOf(e.Ref)
		if !ok {
			c.fail(CodeReference, e.Pos, e.Path, "", "error handling goes to %q, which is not in the flow", e.Ref.Text)
		}
		h.entry = entry
	}
	c.p.handler = c.emit(instr{op: h, kind: "errorHandling", name: h.kind, pos: e.Pos, path: e.Path})
}

func (h *handlerOp) run(s *State, in *instr) int32 {
	if s.sub == 0 {
		s.step(in)
		s.sub = 1
	}
	audio, ok := s.eval(&h.audio)
	if !ok {
		return pcFault
	}
	s.told = s.told || audio.Audible()
	s.note("preHandlingAudio", audio)
	switch h.kind {
	case "queue":
		q, ok := s.eval(&h.queue)
		if !ok {
			return pcFault
		}
		if !q.IsSet() {
			return s.fault("the queue of error handling is NOT_SET")
		}
		s.ask(EffectTransfer, in)
		s.eff.Name = q.Text()
		s.eff.Transfer = Transfer{To: EndQueue, Handling: true}
		return pcEffect
	case "menu", "task":
		if h.entry >= 0 {
			s.handling = handlingRuns
			s.took(h.kind)
			return h.entry
		}
	}
	s.took("disconnect")
	return s.end(EndDisconnect, "")
}

func (h *handlerOp) flows(f *flow) {
	f.reads(&h.audio, &h.queue)
	f.leads(h.entry)
}

func (h *handlerOp) resume(s *State, in *instr, o *Outcome) int32 {
	s.told = false
	s.pass(o.Elapsed)
	s.took(o.Branch)
	if o.Branch == "success" {
		s.skills, s.langSkill, s.priority, s.preferred = nil, "", 0, nil
		return s.end(EndQueue, s.eff.Name)
	}
	s.problems = append(s.problems, s.issue(in, in.pos, fmt.Sprintf("the transfer to queue %q failed", s.eff.Name)))
	return s.end(EndDisconnect, "")
}

// refusal is the op of an action that is not interpreted.
type refusal struct{ r *Refusal }

func (r refusal) run(s *State, in *instr) int32 {
	s.refused = r.r
	return pcFault
}

func (refusal) flows(*flow) {}

// bindings

type binding struct {
	name string
	to   target
}

func (c *compiler) bindings(bs []architect.Binding) []binding {
	var out []binding
	for _, b := range bs {
		if t := c.target(b.Value); t.slot >= 0 {
			out = append(out, binding{b.Name, t})
		}
	}
	return out
}

func wants(bs []binding) []Want {
	out := make([]Want, len(bs))
	for i, b := range bs {
		out[i] = Want{b.name, b.to.typ}
	}
	return out
}

// deliver assigns outputs to their variables: a missing one is NOT_SET, one of another
// type is a run-time error, since Genesys does not convert outputs.
func (s *State) deliver(bs []binding, outputs []Named) bool {
	for i := range bs {
		b := &bs[i]
		v := expr.NotSet(b.to.typ)
		for j := range outputs {
			if outputs[j].Name == b.name {
				v = outputs[j].Value
				break
			}
		}
		v, ok := fit(v, b.to.typ)
		if !ok {
			s.problem = fmt.Errorf("output %q is of type %s, variable %s of type %s", b.name, v.Type(), b.to.name, b.to.typ)
			return false
		}
		s.assign(&b.to, v)
	}
	return true
}

// fit makes a value one of the type where that loses nothing: NOT_SET, an Integer as a
// Decimal.
func fit(v expr.Value, t expr.Type) (expr.Value, bool) {
	o := openOf(v)
	switch {
	case v.Type() == t:
		return v, true
	case o != nil && t == expr.Decimal && v.Type() == expr.Integer:
		values := make([]expr.Value, len(o.values))
		for i, x := range o.values {
			values[i], _ = fit(x, t)
		}
		return OneOf(o.origin, t, values), true
	case !v.IsSet():
		return expr.NotSet(t), true
	case t == expr.Decimal && v.Type() == expr.Integer:
		return expr.OfDecimal(v.String())
	}
	return v, false
}
