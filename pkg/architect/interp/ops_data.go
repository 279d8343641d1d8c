package interp

import (
	"slices"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/expr"
)

// input is a named value of an action.
type input struct {
	name string
	slot int // of a module's variable
	value
}

// inputsOf evaluates inputs into the effect's list.
func (s *State) inputsOf(ins []input) bool {
	for i := range ins {
		v, ok := s.evalFor(&ins[i].value, use{open: true, kind: asAny})
		if !ok {
			return false
		}
		s.note(ins[i].name, v)
		s.inputs = append(s.inputs, Named{ins[i].name, v})
	}
	s.eff.Inputs = s.inputs
	return true
}

// playOp plays audio: nothing comes back, and it takes no virtual time.
type playOp struct {
	audio value
	name  string
}

func (o *playOp) run(s *State, in *instr) int32 {
	v, ok := s.evalFor(&o.audio, use{kind: asHeard})
	if !ok {
		return pcFault
	}
	s.told = s.told || v.Audible()
	s.note(o.name, v)
	return in.next
}

// asHeard is audio, which is heard or is silence.
func asHeard(v expr.Value) uint8 {
	if v.Audible() {
		return 1
	}
	return 0
}

func (o *playOp) flows(f *flow) {
	f.keeps(asHeard, &o.audio)
	f.leads(f.in.next)
}

// updateOp assigns variables, one statement after the other; each sees the one before.
type updateOp struct{ statements []statement }

type statement struct {
	to target
	v  value
}

func (o *updateOp) run(s *State, in *instr) int32 {
	for int(s.sub) < len(o.statements) {
		st := &o.statements[s.sub]
		v, ok := s.evalFor(&st.v, use{open: true})
		if !ok {
			return pcFault
		}
		s.assign(&st.to, v)
		if s.another(len(o.statements)) {
			return pcAgain
		}
	}
	return in.next
}

// another counts one of an action's parts as done. Where parts are instructions of their own
// the next one is another.
func (s *State) another(of int) bool {
	s.sub++
	return s.single && int(s.sub) < of
}

func (o *updateOp) flows(f *flow) { o.rest(f, 0) }

func (o *updateOp) rest(f *flow, sub int) {
	for i := sub; i < len(o.statements); i++ {
		f.reads(&o.statements[i].v)
		f.writes(o.statements[i].to.slot)
	}
	f.leads(f.in.next)
}

// dataOp runs a data action. Genesys: the flow's timeout is its own and leads to the
// branch timeout; outputs are assigned on success only.
type dataOp struct {
	category, action string
	inputs           []input
	outputs, fails   []binding
	wants, failWants []Want
	timeout          time.Duration
	success, failure int32
	late             int32
}

func (o *dataOp) run(s *State, in *instr) int32 {
	s.ask(EffectDataAction, in)
	if !s.inputsOf(o.inputs) {
		return pcFault
	}
	e := &s.eff
	e.Category, e.Name, e.Timeout = o.category, o.action, o.timeout
	e.Outputs, e.Failures = o.wants, o.failWants
	return pcEffect
}

func (o *dataOp) flows(f *flow) {
	f.inputs(o.inputs, asAny)
	f.leads(o.success, o.failure, o.late)
}

func (o *dataOp) resume(s *State, in *instr, out *Outcome) int32 {
	if out.Branch == "timeout" || out.Elapsed >= o.timeout {
		s.pass(o.timeout)
		s.took("timeout")
		return o.late
	}
	s.pass(out.Elapsed)
	s.took(out.Branch)
	if out.Branch == "success" {
		if !s.deliver(o.outputs, out.Outputs) {
			return pcFault
		}
		return o.success
	}
	if !s.deliver(o.fails, out.Outputs) {
		return pcFault
	}
	return o.failure
}

// tableOp reads a row of a data table. Genesys: NOT_SET as key is a run-time error and
// does not lead to the branch failure.
type tableOp struct {
	table                    string
	key                      value
	outputs, fails           []binding
	wants, failWants         []Want
	found, notFound, failure int32
}

func (o *tableOp) run(s *State, in *instr) int32 {
	s.ask(EffectTable, in)
	k, ok := s.evalFor(&o.key, use{open: true, kind: asSet})
	if !ok {
		return pcFault
	}
	s.note("lookupValue", k)
	if !k.IsSet() {
		return s.fault("the key looked up in table %q is NOT_SET", o.table)
	}
	s.eff.Name, s.eff.Key = o.table, k
	s.eff.Outputs, s.eff.Failures = o.wants, o.failWants
	return pcEffect
}

func (o *tableOp) flows(f *flow) {
	f.keeps(asSet, &o.key)
	f.leads(o.found, o.notFound, o.failure)
}

func (o *tableOp) resume(s *State, in *instr, out *Outcome) int32 {
	s.pass(out.Elapsed)
	s.took(out.Branch)
	switch out.Branch {
	case "found":
		if !s.deliver(o.outputs, out.Outputs) {
			return pcFault
		}
		return o.found
	case "notFound":
		return o.notFound
	}
	if !s.deliver(o.fails, out.Outputs) {
		return pcFault
	}
	return o.failure
}

// findOp finds an object of the organisation; the result is set only when it is found.
type findOp struct {
	kind            expr.Type
	name            value
	result          target
	found, notFound int32
}

func (o *findOp) run(s *State, in *instr) int32 {
	n, ok := s.eval(&o.name)
	if !ok {
		return pcFault
	}
	s.note("findName", n)
	v := expr.NotSet(o.kind)
	if n.IsSet() { // NOT_SET finds nothing, as with the functions of that name
		if v, ok = (*env)(s).Find(o.kind, n.Text()); !ok && s.wanted.kind != expr.Invalid {
			return pcFault
		}
	}
	if !v.IsSet() {
		s.took("notFound")
		return o.notFound
	}
	s.took("found")
	s.assign(&o.result, v)
	return o.found
}

func (o *findOp) flows(f *flow) {
	f.reads(&o.name)
	f.leads(o.found, o.notFound)
}

// attributesOp reads and writes participant data of this conversation. Names are
// case-sensitive; a value is overwritten, never removed.
type attributesOp struct {
	write bool
	attrs []attr
	found int32
}

type attr struct {
	name  value
	value value
	to    target
}

func (o *attributesOp) run(s *State, in *instr) int32 {
	for int(s.sub) < len(o.attrs) {
		a := &o.attrs[s.sub]
		n, ok := s.eval(&a.name)
		if !ok {
			return pcFault
		}
		if !n.IsSet() {
			return s.fault("the name of an attribute is NOT_SET")
		}
		if !o.write {
			v := expr.NotSet(a.to.typ)
			if x, ok := s.attribute(n.Text()); ok {
				v = x
			}
			if v, ok = fit(v, a.to.typ); !ok {
				return s.fault("attribute %q is a String, variable %s of type %s", n.Text(), a.to.name, a.to.typ)
			}
			s.note("name", n)
			s.assign(&a.to, v)
			if s.another(len(o.attrs)) {
				return pcAgain
			}
			continue
		}
		v, ok := s.evalFor(&a.value, use{open: true, kind: asSet})
		if !ok {
			return pcFault
		}
		if !v.IsSet() {
			switch s.p.opts.NotSetParticipantData {
			case NotSetAbsent:
				if s.another(len(o.attrs)) {
					return pcAgain
				}
				continue
			case NotSetEmpty:
			default:
				return s.fault("the value of attribute %q is NOT_SET, and what Genesys does then is undocumented", n.Text())
			}
		}
		s.note(n.Text(), v)
		s.write(n.Text(), v)
		if s.another(len(o.attrs)) {
			return pcAgain
		}
	}
	return o.found
}

func (o *attributesOp) flows(f *flow) { o.rest(f, 0) }

func (o *attributesOp) rest(f *flow, sub int) {
	for i := sub; i < len(o.attrs); i++ {
		a := &o.attrs[i]
		f.reads(&a.name)
		f.keeps(asSet, &a.value)
		if f.watch != nil {
			f.watch.attribute(f, &a.name, o.write)
		}
	}
	f.leads(o.found)
}

func (s *State) attribute(name string) (expr.Value, bool) {
	for i := range s.data {
		if a := &s.data[i]; a.name == name && a.open.Open() != nil {
			return a.open, true
		} else if a.name == name {
			return expr.OfString(a.value), true
		}
	}
	return expr.Value{}, false
}

func (s *State) write(name string, v expr.Value) {
	a := attribute{name: name, value: v.Text()}
	if v.Open() != nil {
		a.open = v
	}
	i := slices.IndexFunc(s.data, func(x attribute) bool { return x.name == name })
	if i < 0 {
		i = len(s.data)
		s.data = append(s.data, a)
	} else {
		s.data[i] = a
	}
	if s.rec != nil {
		s.rec.data = append(s.rec.data, i)
	}
}

// Write gives a call an attribute before it begins.
func (s *State) Write(name string, v expr.Value) { s.write(name, v) }

// Data gives the attributes that a call has, in the order of first writing.
func (s *State) Data() []Named {
	out := make([]Named, len(s.data))
	for i, a := range s.data {
		if out[i] = (Named{a.name, expr.OfString(a.value)}); a.open.Open() != nil {
			out[i].Value = a.open
		}
	}
	return out
}

// popOp chooses the script an agent sees; the last one set wins (inferred).
type popOp struct {
	script string
	inputs []input
}

func (o *popOp) run(s *State, in *instr) int32 {
	pop := &ScreenPop{Script: o.script, Inputs: make([]Named, 0, len(o.inputs))}
	for i := range o.inputs {
		x := &o.inputs[i]
		if !x.set {
			continue // noValue: not sent
		}
		v, ok := s.evalFor(&x.value, use{open: true, kind: asSet})
		if !ok {
			return pcFault
		}
		if !v.IsSet() {
			switch s.p.opts.NotSetScreenPop {
			case NotSetAbsent:
				continue
			case NotSetEmpty:
				v = expr.OfString("")
			default:
				return s.fault("input %q of the screen pop is NOT_SET, and what Genesys does then is undocumented", x.name)
			}
		}
		s.note(x.name, v)
		pop.Inputs = append(pop.Inputs, Named{x.name, v})
	}
	s.pop = pop
	return in.next
}

func (o *popOp) flows(f *flow) {
	f.inputs(o.inputs, asSet)
	f.leads(f.in.next)
}

// scheduleOp asks whether a schedule is active, or in which state a schedule group is.
type scheduleOp struct {
	kind      EffectKind
	object    value
	emergency value
	when      value
	service   value
	paths     []path
}

func (o *scheduleOp) run(s *State, in *instr) int32 {
	s.ask(o.kind, in)
	v, ok := s.eval(&o.object)
	if !ok {
		return pcFault
	}
	s.note("schedule", v)
	if !v.IsSet() && o.kind == EffectSchedule {
		return s.fault("the schedule is NOT_SET")
	}
	s.eff.Name = v.Text()
	if o.kind == EffectScheduleGroup {
		e, ok := s.eval(&o.emergency)
		if !ok {
			return pcFault
		}
		in, ok := s.eval(&o.service)
		if !ok {
			return pcFault
		}
		s.inputs = append(s.inputs, Named{"emergencyGroup", e}, Named{"inServiceSchedules", in})
		s.eff.Inputs = s.inputs
		s.note("emergencyGroup", e)
	}
	at, ok := s.eval(&o.when)
	if !ok {
		return pcFault
	}
	if at.IsSet() {
		s.eff.At = at.Time()
	} else if o.when.set {
		return s.fault("the time to evaluate the schedule at is NOT_SET")
	}
	return pcEffect
}

func (o *scheduleOp) flows(f *flow) {
	f.reads(&o.object, &o.emergency, &o.when, &o.service)
	f.along(o.paths)
}

func (o *scheduleOp) resume(s *State, in *instr, out *Outcome) int32 {
	s.pass(out.Elapsed)
	s.took(out.Branch)
	return outPath(s, o.paths, out.Branch, in.next)
}

// worldOp is any other action: its inputs are computed, the world chooses the branch, and
// done keeps what the result tells of it.
type worldOp struct {
	inputs           []input
	outputs, fails   []binding
	wants, failWants []Want
	branches         []string
	paths            []path
	name             string
	done             func(s *State, in []Named)
}

func (o *worldOp) run(s *State, in *instr) int32 {
	s.ask(EffectBranch, in)
	if !s.inputsOf(o.inputs) {
		return pcFault
	}
	if len(o.branches) == 0 {
		if o.done != nil {
			o.done(s, s.inputs)
		}
		return in.next
	}
	s.eff.Name, s.eff.Branches = o.name, o.branches
	s.eff.Outputs, s.eff.Failures = o.wants, o.failWants
	return pcEffect
}

func (o *worldOp) flows(f *flow) {
	f.inputs(o.inputs, asAny)
	f.along(o.paths)
}

func (o *worldOp) resume(s *State, in *instr, out *Outcome) int32 {
	s.pass(out.Elapsed)
	s.took(out.Branch)
	ok := true
	switch out.Branch {
	case "success", "found":
		if o.done != nil {
			o.done(s, s.inputs)
		}
		ok = s.deliver(o.outputs, out.Outputs)
	case "failure":
		ok = s.deliver(o.fails, out.Outputs)
	}
	if !ok {
		return pcFault
	}
	return outPath(s, o.paths, out.Branch, in.next)
}

// waitOp lets virtual time pass: hold music.
type waitOp struct{ d time.Duration }

func (o waitOp) run(s *State, in *instr) int32 {
	s.pass(o.d)
	if s.level != TraceOff && len(s.steps) > 0 {
		s.steps[len(s.steps)-1].Elapsed += o.d
	}
	return in.next
}

func (waitOp) flows(f *flow) { f.leads(f.in.next) }
