package interp

import (
	"slices"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/expr"
)

// env is a State as expressions see it.
type env State

// promptSlots and above are prompts, which are named like variables: Prompt.Welcome.
const promptSlots = 1 << 20

// Var finds a slot: built-in variables come first, then the flow's, then the task's.
func (e *env) Var(slot int) expr.Value {
	v := e.raw(slot)
	if v.Open() == nil {
		return v
	}
	if o := openOf(v); o != nil {
		return (*State)(e).choose(o)
	}
	return (*State)(e).compute(lateOf(v))
}

func (e *env) raw(slot int) expr.Value {
	if l := e.inside; l != nil {
		if i, ok := slices.BinarySearch(l.part.Slots, slot); ok {
			return l.vars[i]
		}
	}
	if slot < len(e.builtin) {
		return e.builtin[slot]
	}
	u, i := e.p.units[e.unit], slot-len(e.builtin)
	if n := len(u.vars); i < n {
		return e.vals[int(e.gbase)+i]
	} else if at := int(e.lbase) + i - n; at < len(e.vals) {
		return e.vals[at]
	}
	if slot >= promptSlots {
		return u.prompts[slot-promptSlots]
	}
	return expr.Value{}
}

// Now is virtual time; for many calls at once, which waited differently, when they began.
func (e *env) Now() time.Time {
	e.clocked = true
	if len(e.spans) > 0 {
		return e.start
	}
	return e.start.Add(e.elapsed)
}

// Language is the language of the call, a flow's default unless it was changed.
func (e *env) Language() string { return (*State)(e).language() }

// Languages are those the flow supports.
func (e *env) Languages() []string { return e.p.units[e.unit].flow.Languages }

// Find answers from what was looked up in this run. For anything else it notes what is
// wanted: the machine then asks the world and evaluates the expression again.
func (e *env) Find(kind expr.Type, name string) (expr.Value, bool) {
	for i := range e.found {
		if f := &e.found[i]; f.kind == kind && f.name == name {
			return f.value, f.value.IsSet()
		}
	}
	if e.wanted.kind == expr.Invalid {
		e.wanted = object{kind, name}
	}
	return expr.NotSet(kind), false
}

func (s *State) language() string {
	if i := s.p.slots.language; i >= 0 && s.builtin[i].IsSet() {
		return s.builtin[i].Text()
	}
	return s.p.units[s.unit].flow.Language
}

// setBuiltin writes a built-in variable; the slice is shared until then.
func (s *State) setBuiltin(slot int, v expr.Value) {
	if slot < 0 {
		return
	}
	if !s.owned {
		s.builtin = append([]expr.Value(nil), s.builtin...)
		s.owned = true
	}
	s.builtin[slot] = v
}

// eval computes a value; false means that the action cannot go on: see State.fault.
func (s *State) eval(v *value) (expr.Value, bool) { return s.evalFor(v, use{}) }

// evalFor is eval for a place that does not tell all values apart.
func (s *State) evalFor(v *value, u use) (expr.Value, bool) {
	if v.prog == nil {
		if v.bad != nil {
			s.refused = v.bad
			return expr.Value{}, false
		}
		return v.lit, true
	}
	if len(s.spans) > 0 {
		return s.evalSets(v, u)
	}
	var x expr.Value
	var err error
	if s.workroom != nil {
		x, err = v.prog.EvalIn(s.workroom, (*env)(s))
	} else {
		x, err = v.prog.Eval((*env)(s))
	}
	if s.wanted.kind != expr.Invalid {
		return x, false
	}
	if err != nil {
		s.problem = &valueError{v, err}
		return x, false
	}
	return x, true
}

// assign writes a variable of the flow or task, or a writable built-in one.
func (s *State) assign(t *target, v expr.Value) {
	switch {
	case t.slot < 0:
		return
	case t.slot < len(s.builtin):
		s.setBuiltin(t.slot, v)
	default:
		s.setVar(t.slot-len(s.builtin), v)
	}
	if s.level == TraceFull && len(s.steps) > 0 {
		st := &s.steps[len(s.steps)-1]
		st.Outputs = append(st.Outputs, Named{t.name, v})
	}
}

// setVar writes the variable behind the built-in ones.
func (s *State) setVar(i int, v expr.Value) {
	at := int(s.gbase) + i
	if n := len(s.p.units[s.unit].vars); i >= n {
		at = int(s.lbase) + i - n
	}
	s.vals[at] = v
	if s.rec != nil {
		s.rec.wrote(int32(at), int32(at+1))
	}
}

// note records an input of the current step.
func (s *State) note(name string, v expr.Value) {
	if s.level == TraceFull && len(s.steps) > 0 {
		st := &s.steps[len(s.steps)-1]
		st.Inputs = append(st.Inputs, Named{name, v})
	}
}

// took records the branch of the current step.
func (s *State) took(branch string) {
	if s.level != TraceOff && len(s.steps) > 0 {
		s.steps[len(s.steps)-1].Branch = branch
	}
}
