package interp

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/genesys"
)

// transferOp hands the call over. When that works the run is over; when it fails the
// failure audio plays and the failure branch runs.
type transferOp struct {
	to        Ending
	dest      value  // queue, number, user, group
	flow      string // transferToFlow
	inputs    []input
	pre       value
	skills    []value
	all       value // one expression for the whole list of skills
	lang      value
	prio      value
	preferred value // pairs of an agent and a score
	ownSkills bool
	fails     []binding
	failWants []Want
	failure   int32 // plays the failure audio, then the branch
}

func (o *transferOp) run(s *State, in *instr) int32 {
	s.ask(EffectTransfer, in)
	e := &s.eff
	e.Name, e.Transfer = o.flow, Transfer{To: o.to}
	if o.flow == "" {
		d, ok := s.eval(&o.dest)
		if !ok {
			return pcFault
		}
		s.note("target", d)
		if !d.IsSet() {
			if s.p.opts.NotSetQueue == NotSetFailure {
				s.took("failure")
				return o.failure
			}
			return s.fault("the target of the transfer is NOT_SET, and what Genesys does then is undocumented")
		}
		e.Name = d.Text()
	}
	if o.to == EndQueue && !o.route(s) {
		return pcFault
	}
	if n := len(e.Transfer.Preferred); n > maxPreferred {
		s.took("failure")
		if !s.deliver(o.fails, []Named{{"errorType", expr.OfString("TooManyPreferredAgents")}}) {
			return pcFault
		}
		return o.failure
	}
	if !s.inputsOf(o.inputs) {
		return pcFault
	}
	a, ok := s.evalFor(&o.pre, use{open: true, kind: asAny})
	if !ok {
		return pcFault
	}
	if o.pre.set {
		s.note("preTransferAudio", a)
	}
	e.Failures = o.failWants
	return pcEffect
}

func (o *transferOp) flows(f *flow) {
	f.reads(&o.dest, &o.all, &o.lang, &o.preferred)
	f.keeps(asAny, &o.pre)
	f.keeps(asPriority, &o.prio)
	f.list(o.skills)
	f.inputs(o.inputs, asAny)
	f.leads(o.failure)
}

// route computes skills and priority. Without own ones those set before by setSkills and
// setPriority count (inferred).
func (o *transferOp) route(s *State) bool {
	t := &s.eff.Transfer
	t.Skills, t.LanguageSkill, t.Priority = s.skills, s.langSkill, s.priority
	if o.ownSkills {
		skills, ok := s.skillNames(o.skills, &o.all)
		if !ok {
			return false
		}
		t.Skills = skills
	}
	if o.lang.set {
		v, ok := s.eval(&o.lang)
		if !ok {
			return false
		}
		t.LanguageSkill = v.Text()
		s.note("languageSkill", v)
	}
	if o.prio.set {
		v, ok := s.evalFor(&o.prio, use{kind: asPriority})
		if !ok {
			return false
		}
		if !v.IsSet() {
			s.fault("the priority is NOT_SET")
			return false
		}
		if t.Priority = v.Int(); t.Priority < genesys.MinPriority || t.Priority > genesys.MaxPriority {
			s.fault("priority %d is beyond ±%d", t.Priority, genesys.MaxPriority)
			return false
		}
		s.note("priority", v)
	}
	return o.prefer(s)
}

// asPriority is a priority, which is within bounds or not.
func asPriority(v expr.Value) uint8 {
	switch {
	case !v.IsSet():
		return 0
	case v.Int() < genesys.MinPriority || v.Int() > genesys.MaxPriority:
		return 1
	}
	return 2
}

// maxPreferred is how many agents a transfer may prefer. Genesys: with more of them its failure
// branch is taken.
const maxPreferred = 20

// prefer computes whom the transfer asks first.
func (o *transferOp) prefer(s *State) bool {
	if !o.preferred.set {
		return true
	}
	v, ok := s.eval(&o.preferred)
	if !ok {
		return false
	}
	for i := range v.Len() {
		user, score := v.At(i).Prop("user"), v.At(i).Prop("score")
		if !user.IsSet() {
			s.fault("a preferred agent is NOT_SET, and what Genesys does then is undocumented")
			return false
		}
		s.eff.Transfer.Preferred = append(s.eff.Transfer.Preferred, Preferred{User: user.Text(), Score: score.String()})
		s.note("preferredAgent", expr.OfString(user.Text()+" "+score.String()))
	}
	return true
}

// skillNames computes a list of skills, from its items or from one expression.
func (s *State) skillNames(items []value, all *value) ([]string, bool) {
	var out []string
	one := func(v expr.Value) bool {
		if v.IsSet() {
			out = append(out, v.Text())
			s.note("skill", v)
			return true
		}
		if s.p.opts.NotSetSkill == NotSetAbsent {
			return true
		}
		s.fault("a skill is NOT_SET, and what Genesys does then is undocumented")
		return false
	}
	if len(items) > 0 {
		out = make([]string, 0, len(items))
	}
	for i := range items {
		v, ok := s.eval(&items[i])
		if !ok || !one(v) {
			return nil, false
		}
	}
	if all.set {
		v, ok := s.eval(all)
		if !ok {
			return nil, false
		}
		for i := range v.Len() {
			if !one(v.At(i)) {
				return nil, false
			}
		}
	}
	return out, true
}

func (o *transferOp) resume(s *State, in *instr, out *Outcome) int32 {
	s.told = false
	s.pass(out.Elapsed)
	s.took(out.Branch)
	if out.Branch == "success" {
		t := &s.eff.Transfer
		s.skills, s.langSkill, s.priority, s.preferred = t.Skills, t.LanguageSkill, t.Priority, t.Preferred
		return s.end(o.to, s.eff.Name)
	}
	if !s.deliver(o.fails, out.Outputs) {
		return pcFault
	}
	return o.failure
}

// skillsOp is setSkills.
type skillsOp struct {
	items            []value
	all, lang        value
	branches         []string
	success, failure int32
}

func (o *skillsOp) run(s *State, in *instr) int32 {
	s.ask(EffectBranch, in)
	skills, ok := s.skillNames(o.items, &o.all)
	if !ok {
		return pcFault
	}
	l, ok := s.eval(&o.lang)
	if !ok {
		return pcFault
	}
	s.eff.Branches = o.branches
	s.eff.Transfer = Transfer{Skills: skills, LanguageSkill: l.Text()}
	return pcEffect
}

func (o *skillsOp) flows(f *flow) {
	f.reads(&o.all, &o.lang)
	f.list(o.items)
	f.leads(o.success, o.failure)
}

func (o *skillsOp) resume(s *State, in *instr, out *Outcome) int32 {
	s.pass(out.Elapsed)
	s.took(out.Branch)
	if out.Branch == "failure" {
		return o.failure
	}
	s.skills, s.langSkill = s.eff.Transfer.Skills, s.eff.Transfer.LanguageSkill
	return o.success
}

// collectOp takes digits. Genesys: the result is a string; failure covers no entry and
// (inferred) too few digits, and leaves the variable as it was.
type collectOp struct {
	audio             value
	star, pound       value
	to                target
	min, max          int
	end               string // terminating key
	keep              bool   // the terminating key is part of the result
	noEntry, interval time.Duration
	success, failure  int32
}

func (o *collectOp) run(s *State, in *instr) int32 {
	a, ok := s.evalFor(&o.audio, use{kind: asHeard})
	if !ok {
		return pcFault
	}
	s.told = s.told || a.Audible()
	s.note("inputAudio", a)
	s.ask(EffectInput, in)
	s.eff.Name = in.name
	s.eff.Timeout = o.noEntry
	s.eff.Input = Input{Min: o.min, Max: o.max, Terminator: o.end}
	star, ok := s.eval(&o.star)
	if !ok {
		return pcFault
	}
	pound, ok := s.eval(&o.pound)
	if !ok {
		return pcFault
	}
	s.inputs = append(s.inputs, Named{"acceptJustStar", star}, Named{"acceptJustPound", pound})
	s.eff.Inputs = s.inputs
	return pcEffect
}

func (o *collectOp) flows(f *flow) {
	f.keeps(asHeard, &o.audio)
	f.reads(&o.star, &o.pound)
	f.leads(o.success, o.failure)
}

func (o *collectOp) resume(s *State, in *instr, out *Outcome) int32 {
	s.told = s.told && out.Digits == ""
	s.pass(out.Elapsed)
	digits, ended := out.Digits, false
	if digits == "" {
		s.pass(o.noEntry)
	}
	if o.end != "" { // what is keyed in after the end belongs to nothing
		digits, _, ended = strings.Cut(digits, o.end)
	}
	if len(digits) > o.max {
		digits = digits[:o.max]
	}
	switch {
	case out.Digits == "*" && s.inputs[0].Value.Bool(), out.Digits == "#" && s.inputs[1].Value.Bool():
		digits = out.Digits
	case len(digits) < o.min:
		if digits != "" && !ended {
			s.pass(o.interval)
		}
		s.took("failure")
		return o.failure
	case ended && o.keep:
		digits += o.end
	}
	v, ok := fit(expr.OfString(digits), o.to.typ)
	if !ok {
		return s.fault("digits are a String, variable %s of type %s", o.to.name, o.to.typ)
	}
	s.assign(&o.to, v)
	s.took("success")
	return o.success
}

// menuOp plays a menu and takes one key. Without input it repeats, then takes the default
// choice; without one it disconnects (inferred). A key without a choice counts as a repeat
// (inferred).
type menuOp struct{ m *menu }

func (o *menuOp) run(s *State, in *instr) int32 {
	if s.sub == 0 {
		s.leave()
		i := o.m.index
		if at := slices.Index(s.trail, i); at >= 0 {
			s.trail = slices.Delete(s.trail, at, at+1)
		}
		s.trail = append(s.trail, i)
	}
	a, ok := s.evalFor(&o.m.audio, use{kind: asHeard})
	if !ok {
		return pcFault
	}
	s.told = s.told || a.Audible()
	s.note("audio", a)
	s.ask(EffectInput, in)
	s.eff.Name = o.m.name
	s.eff.Timeout = o.m.timeout
	s.eff.Input = Input{Menu: o.m.name, Min: 1, Max: 1, Attempt: int(s.sub)}
	return pcEffect
}

func (o *menuOp) flows(f *flow) {
	f.keeps(asHeard, &o.m.audio)
	f.leads(f.at, o.m.def)
	for _, m := range f.p.menus { // global keys lead into other menus
		for _, c := range m.choices {
			f.leads(c.entry)
		}
	}
}

func (o *menuOp) resume(s *State, in *instr, out *Outcome) int32 {
	s.told = s.told && out.Digits == ""
	s.pass(out.Elapsed)
	if out.Digits == "" {
		s.pass(o.m.timeout)
	} else if c, ok := s.choiceOf(o.m, out.Digits[:1]); ok {
		s.took(c.name)
		return c.entry
	}
	if int(s.sub) < o.m.repeats {
		s.sub++
		return pcAgain
	}
	if o.m.def >= 0 {
		s.took("default")
		return o.m.def
	}
	s.took("none")
	s.warn(in, fmt.Sprintf("menu %q got no choice and has no default; the call is disconnected", o.m.name))
	return s.end(EndDisconnect, "")
}

// choiceOf finds the choice of a key: the menu's own, or one of any menu that is global.
func (s *State) choiceOf(m *menu, key string) (choice, bool) {
	for _, c := range m.choices {
		if c.digit == key {
			return c, true
		}
	}
	for _, other := range s.p.menus {
		if other.unit != m.unit {
			continue
		}
		for _, c := range other.choices {
			if c.digit == key && c.global {
				return c, true
			}
		}
	}
	return choice{}, false
}

// previousOp goes back to the menu before.
type previousOp struct{}

func (previousOp) run(s *State, in *instr) int32 {
	n := len(s.trail)
	inMenu := s.task < 0 && n > 0
	switch {
	case inMenu && n > 1:
		s.trail = s.trail[:n-1]
		return s.p.menus[s.trail[n-2]].entry
	case n > 0: // from a task: the menu it was reached from
		return s.p.menus[s.trail[n-1]].entry
	}
	return s.fault("there is no previous menu")
}

func (previousOp) flows(f *flow) {
	for _, m := range f.p.menus {
		f.leads(m.entry)
	}
}

// extensionOp takes an extension and connects to it.
type extensionOp struct {
	audio   value
	failure int32
}

func (o *extensionOp) run(s *State, in *instr) int32 {
	if _, ok := s.evalFor(&o.audio, use{kind: asAny}); !ok {
		return pcFault
	}
	s.ask(EffectInput, in)
	s.eff.Name = in.name
	s.eff.Input = Input{Min: 1, Max: 40}
	return pcEffect
}

func (o *extensionOp) flows(f *flow) {
	f.keeps(asAny, &o.audio)
	f.leads(o.failure)
}

func (o *extensionOp) resume(s *State, in *instr, out *Outcome) int32 {
	s.told = s.told && out.Digits == ""
	s.pass(out.Elapsed)
	if out.Digits == "" {
		s.took("failure")
		return o.failure
	}
	s.took("success")
	return s.end(EndExtension, out.Digits)
}
