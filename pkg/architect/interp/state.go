package interp

import (
	"encoding/binary"
	"slices"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/expr"
)

// A State is where a call stands in a flow: a value that can be cloned and hashed. Its
// Program moves it with Next and Resume.
type State struct {
	p *Program

	// Where it stands.
	pc     int32 // instruction to run next, or the one that waits for an outcome
	sub    int32 // how far that instruction got, for those that do several things
	unit   int32 // flow or module
	task   int32 // whose variables are in view; -1 for none
	gbase  int32 // the unit's variables in vals
	lbase  int32 // the task's variables in vals
	kbase  int32 // the task's loops in loops
	fbase  int32 // frames of the unit begin here
	frames []frame

	// What it knows.
	vals    []expr.Value // of all units and tasks on the stack
	loops   []round
	builtin []expr.Value // shared between clones until written
	owned   bool         // builtin is this state's own
	found   []finding
	data    []attribute // participant data in the order of first writing
	trail   []int32     // menus visited, the latest last, each once

	// What it has done.
	pop        *ScreenPop // replaced, never changed
	tag, uui   string
	wrapup     string
	skills     []string // replaced, never changed
	langSkill  string
	priority   int64
	preferred  []Preferred // replaced, never changed
	outcomes   []Named
	milestones []string

	// Budget, time and end. They are no part of the key.
	actions int32
	start   time.Time
	elapsed time.Duration
	answer  time.Duration // in-queue flows: when an agent answers
	roundAt time.Duration // in-queue flows: when this round began

	handling handlingMode
	told     bool // the caller heard something since keys were asked for or a transfer failed
	pending  bool // eff waits for an outcome
	lookup   bool // eff asks for wanted, and pc is run again afterwards
	ended    bool
	ending   Ending
	target   string
	eff      Effect
	out      Outcome    // while it is being taken in
	inputs   []Named    // backing of eff.Inputs
	workroom *expr.Room // of runs that nobody clones, else nil
	rec      *recorder  // of a memo, while it makes a node
	single   bool       // statements are instructions of their own
	clocked  bool       // the clock was read

	// What it stands for, when that is more than one call: see sets.go.
	spans  []span
	chosen []chosen // while an expression is computed class by class
	boxes  []box    // of a split
	memory *memory
	inside *late // whose variables are in view

	wanted  object // what an expression asked for and nobody has looked up yet
	problem error  // why the current action failed
	refused *Refusal
	retried bool // the instruction runs again after a look-up and is not counted again

	problems []Problem
	warnings []Problem
	level    Trace
	steps    []Step
}

type handlingMode uint8

const (
	notHandling  handlingMode = iota
	handlingEnds              // the handler is disconnect or queue
	handlingRuns              // a task or menu of the handler runs
)

// A frame is what a called task or module returns to.
type frame struct {
	pc                         int32 // the calling instruction
	unit, task                 int32
	gbase, lbase, kbase, fbase int32
}

type round struct{ i, n int64 }

type object struct {
	kind expr.Type
	name string
}

type finding struct {
	object
	value expr.Value // NOT_SET when there is none
}

type attribute struct {
	name, value string
	open        expr.Value // when it is one of several
}

// Clone makes a state that goes its own way.
func (s *State) Clone() *State {
	c := *s
	c.workroom, c.chosen = nil, nil
	c.frames = slices.Clone(s.frames)
	c.vals = slices.Clone(s.vals)
	c.loops = slices.Clone(s.loops)
	c.found = slices.Clone(s.found)
	c.data = slices.Clone(s.data)
	c.trail = slices.Clone(s.trail)
	c.outcomes = slices.Clone(s.outcomes)
	c.milestones = slices.Clone(s.milestones)
	c.problems = slices.Clone(s.problems)
	c.warnings = slices.Clone(s.warnings)
	c.inputs = slices.Clone(s.inputs)
	c.eff.Inputs = c.inputs[:len(s.eff.Inputs):len(s.eff.Inputs)]
	c.steps = slices.Clone(s.steps)
	for i := range c.steps {
		c.steps[i].Inputs, c.steps[i].Outputs = slices.Clone(c.steps[i].Inputs), slices.Clone(c.steps[i].Outputs)
	}
	c.owned = false
	s.owned = false
	return &c
}

// AppendKey appends bytes that are the same for two states of one program only if they
// have the same future: the same effects, the same ending, the same result. Variables that
// can no longer matter are left out, but for those of Options.Keep. Three things stand
// apart and are not in it, so that a search may merge states that differ in them: the time
// passed (Elapsed), the actions counted (Actions), and the history (steps, problems and
// warnings). They matter to the future only where a flow reads the clock or runs out of
// its budget.
func (s *State) AppendKey(b []byte) []byte {
	b = append(b, s.flags())
	if s.ended {
		keep := s.p.live().keep
		b = appendLive(b, keep, s.p.units[0].first, s.vals[:len(s.p.units[0].vars)])
		return s.appendDone(s.appendData(b))
	}
	if s.pending || s.retried {
		b = appendInts(b, s.sub)
	}
	b = s.appendFrames(b)
	b = s.appendVars(b)
	b = binary.AppendUvarint(b, uint64(len(s.loops)))
	for _, r := range s.loops {
		b = binary.AppendVarint(binary.AppendVarint(b, r.i), r.n)
	}
	for _, v := range s.builtin {
		b = v.AppendKey(b)
	}
	b = s.appendFound(b)
	b = s.appendData(b)
	b = appendInts(b, int32(len(s.trail)))
	b = appendInts(b, s.trail...)
	b = s.appendDone(b)
	if s.pending {
		b = s.appendEffect(b)
	}
	if s.lookup {
		b = appendText(binary.AppendUvarint(b, uint64(s.wanted.kind)), s.wanted.name)
	}
	return b
}

// flags is how it stands, in a byte.
func (s *State) flags() byte {
	flags := byte(s.handling)
	for i, f := range [...]bool{s.pending, s.lookup, s.ended, s.retried} {
		if f {
			flags |= 4 << i
		}
	}
	return flags
}

// appendFrames appends the instruction and what it returns to.
func (s *State) appendFrames(b []byte) []byte {
	b = appendInts(b, s.pc, s.unit, s.task, s.gbase, s.lbase, s.kbase, s.fbase, int32(len(s.frames)))
	for _, f := range s.frames {
		b = appendInts(b, f.pc, f.unit, f.task, f.gbase, f.lbase, f.kbase, f.fbase)
	}
	return b
}

func (s *State) appendFound(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(s.found)))
	for _, i := range s.sortedFound() {
		f := s.found[i]
		b = appendText(binary.AppendUvarint(b, uint64(f.kind)), f.name)
		b = f.value.AppendKey(b)
	}
	return b
}

// appendEffect appends what the waiting effect asks: its inputs were computed before.
func (s *State) appendEffect(b []byte) []byte {
	e := &s.eff
	b = appendText(appendText(b, e.Name), e.Category)
	b = e.Key.AppendKey(appendNamed(b, e.Inputs))
	t := &e.Transfer
	b = binary.AppendVarint(appendText(appendText(b, string(t.To)), t.LanguageSkill), t.Priority)
	b = binary.AppendUvarint(b, uint64(len(t.Skills)))
	for _, k := range t.Skills {
		b = appendText(b, k)
	}
	return b
}

func (s *State) appendData(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(s.data)))
	for _, i := range s.sortedData() {
		b = appendText(appendText(b, s.data[i].name), s.data[i].value)
	}
	return b
}

// appendDone appends what the result will tell.
func (s *State) appendDone(b []byte) []byte {
	if s.pop != nil {
		b = appendText(append(b, 1), s.pop.Script)
		b = appendNamed(b, s.pop.Inputs)
	} else {
		b = append(b, 0)
	}
	b = appendText(appendText(appendText(b, s.tag), s.uui), s.wrapup)
	b = binary.AppendVarint(appendText(b, s.langSkill), s.priority)
	b = binary.AppendUvarint(b, uint64(len(s.skills)))
	for _, k := range s.skills {
		b = appendText(b, k)
	}
	b = binary.AppendUvarint(b, uint64(len(s.preferred)))
	for _, p := range s.preferred {
		b = appendText(appendText(b, p.User), p.Score)
	}
	b = appendNamed(b, s.outcomes)
	b = binary.AppendUvarint(b, uint64(len(s.milestones)))
	for _, m := range s.milestones {
		b = appendText(b, m)
	}
	return appendText(appendText(b, string(s.ending)), s.target)
}

// sortedData gives the order of attributes by name: the order of writing has no future.
func (s *State) sortedData() []int {
	return order(len(s.data), func(i, j int) bool { return s.data[i].name < s.data[j].name })
}

func (s *State) sortedFound() []int {
	return order(len(s.found), func(i, j int) bool {
		if a, b := s.found[i].kind, s.found[j].kind; a != b {
			return a < b
		}
		return s.found[i].name < s.found[j].name
	})
}

// order sorts indices by insertion: the lists are short.
func order(n int, less func(i, j int) bool) []int {
	out := make([]int, n)
	for i := range out {
		j := i
		for ; j > 0 && less(i, out[j-1]); j-- {
			out[j] = out[j-1]
		}
		out[j] = i
	}
	return out
}

func appendInts(b []byte, ns ...int32) []byte {
	for _, n := range ns {
		b = binary.AppendVarint(b, int64(n))
	}
	return b
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendNamed(b []byte, ns []Named) []byte {
	b = binary.AppendUvarint(b, uint64(len(ns)))
	for _, n := range ns {
		b = n.Value.AppendKey(appendText(b, n.Name))
	}
	return b
}

// Elapsed is the virtual time since the start of the call.
func (s *State) Elapsed() time.Duration { return s.elapsed }

// SetElapsed puts the state at another time, for a search that merges waits.
func (s *State) SetElapsed(d time.Duration) { s.elapsed = d }

// Actions is how many actions were counted against the budget.
func (s *State) Actions() int { return int(s.actions) }

// SetActions changes that, for a search that merges states.
func (s *State) SetActions(n int) { s.actions = int32(n) }

// Place is the action that the state stands at, without what ran before.
func (s *State) Place() Step {
	in := &s.p.code[s.pc]
	return Step{Task: in.where, Action: in.name, Type: in.kind, Pos: in.pos}
}

// Round is the greatest round that a loop of the state is in, from 0.
func (s *State) Round() int64 {
	var most int64
	for _, r := range s.loops {
		most = max(most, r.i)
	}
	return most
}

// Told reports whether the caller heard anything since the last time keys were asked for or a
// transfer failed.
func (s *State) Told() bool { return s.told }

// Problems are the run-time errors so far, each of which went to error handling.
func (s *State) Problems() []Problem { return s.problems }

// Ended reports whether the run is over.
func (s *State) Ended() bool { return s.ended }

// Pending is the effect that waits for an outcome, nil when none does.
func (s *State) Pending() *Effect {
	if !s.pending {
		return nil
	}
	return &s.eff
}

// Steps are the actions recorded so far. Tracing is chosen by Record.
func (s *State) Steps() []Step { return s.steps }

// Record switches tracing and forgets the steps recorded before.
func (s *State) Record(level Trace) {
	s.level = level
	s.steps = nil
}

// Result is what became of the call so far; final once Ended.
func (s *State) Result() Result { return s.result(nil) }

// result is Result in the memory of an older one.
func (s *State) result(room *Result) Result {
	if room == nil {
		room = &Result{}
	}
	clear(room.ParticipantData)
	r := Result{
		Ending: s.ending, Target: s.target, Skills: s.skills, LanguageSkill: s.langSkill, Priority: s.priority, Preferred: s.preferred,
		ParticipantData: room.ParticipantData, ScreenPop: s.pop, ExternalTag: s.tag, UUIData: s.uui,
		WrapupCode: s.wrapup, Language: s.language(), Outcomes: s.outcomes, Milestones: s.milestones, Path: s.steps,
		Elapsed: s.elapsed, Actions: int(s.actions), Problems: s.problems, Warnings: s.warnings, Handled: s.handling != notHandling,
	}
	if s.ending == EndQueue {
		r.Queue = s.target
	}
	if r.ParticipantData == nil {
		r.ParticipantData = make(map[string]string, len(s.data))
	}
	for _, a := range s.data {
		r.ParticipantData[a.name] = a.value
	}
	if kept := s.p.kept; len(kept) > 0 {
		r.Kept = slices.Grow(room.Kept[:0], len(kept))
		for _, at := range kept {
			var v expr.Value
			if at >= 0 {
				v = s.vals[at]
			}
			r.Kept = append(r.Kept, v)
		}
	}
	return r
}
