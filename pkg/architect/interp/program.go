package interp

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/diag"
)

// A Program is a compiled flow with its modules. It is not changed by running: any number of
// goroutines may run calls through it at once, each with its own State.
type Program struct {
	opts     Options
	code     []instr
	units    []*unit // 0 is the flow
	tasks    []*task
	menus    []*menu
	builtins []expr.Symbol
	blank    []expr.Value
	slots    slots
	handler  int32 // where error handling begins
	states   sync.Pool
	live     func() *liveness
	kept     []int // Options.Keep: their places among the flow's variables, −1 for an unknown one
	findings diag.Findings
	met      sync.Once
	meetings map[Source]*Meeting
}

// An instr is one step of the machine. Control flow is resolved: next is where it goes
// on when no branch leads elsewhere.
type instr struct {
	op      op
	act     *architect.Action // nil for what is no action
	kind    string
	name    string
	where   string // task or menu
	path    string
	pos     diag.Position
	next    int32
	unit    int32
	task    int32 // whose variables are in view; -1 for none
	counted bool
}

// An op is what an instruction does. run gives the next instruction, or one of the codes
// below; flows says of the same instruction where it may lead and what it reads and writes.
type op interface {
	run(s *State, in *instr) int32
	flows(f *flow)
}

// A resumer is an op that waits for an outcome.
type resumer interface {
	resume(s *State, in *instr, o *Outcome) int32
}

const (
	pcEffect int32 = -1 - iota // State.eff waits for an outcome
	pcFault                    // State.problem, wanted or refused says why
	pcEnd                      // the run is over
	pcAgain                    // the same instruction once more, State.sub further
)

// A unit is the flow or a common module: what has variables and tasks of its own.
type unit struct {
	file    *architect.File
	flow    *architect.Flow
	index   int32
	first   int // number of its first variable
	vars    []variable
	blank   []expr.Value
	table   *expr.Table
	prompts []expr.Value
	byName  map[string]int // prompts
	start   int32          // first instruction
	task    int32          // index of the task it starts with, -1 for a menu
	tasks   map[string]int32
	menus   map[string]int32
}

// A task is compiled once; its variables are made anew at each entry.
type task struct {
	index int32
	first int // number of its first variable
	unit  int32
	name  string
	entry int32
	vars  []variable
	names map[string]int
	blank []expr.Value
	loops int
}

type menu struct {
	index   int32
	unit    int32
	src     *architect.Menu
	name    string
	entry   int32
	audio   value
	timeout time.Duration
	repeats int
	choices []choice
	def     int32 // entry of the default choice, -1 for none
}

type choice struct {
	digit  string
	name   string
	entry  int32
	global bool // also from other menus
}

type variable struct {
	name string
	typ  expr.Type
	init *value // an expression; nil for constants
	out  bool
}

// A value is a place of the flow, compiled: a constant or an expression.
type value struct {
	lit  expr.Value
	prog *expr.Program
	bad  *Refusal
	text string // the expression
	set  bool   // something is configured
	pos  diag.Position
	path string
}

// A target is a variable that an action writes.
type target struct {
	name string
	typ  expr.Type
	slot int // −1 when nothing is bound
}

// slots of built-in variables that a call brings or the machine writes; −1 when expr does
// not know them.
type slots struct {
	ani, called, original, conversation, interaction, remote, language, invocation, started int
	tag, uui                                                                                int
}

// Findings are what Compile could not make sense of, with places: expressions that do not
// compile, references that lead nowhere. A run is refused where it reaches one of them.
func (p *Program) Findings() diag.Findings { return p.findings }

// Under is the program under other readings of what NOT_SET does; all other options are those
// that it was compiled with.
func (p *Program) Under(o Options) *Program {
	out := &Program{
		opts: p.opts, code: p.code, units: p.units, tasks: p.tasks, menus: p.menus, builtins: p.builtins, blank: p.blank,
		slots: p.slots, handler: p.handler, live: p.live, kept: p.kept, findings: p.findings,
	}
	out.opts.NotSetQueue, out.opts.NotSetSkill = o.NotSetQueue, o.NotSetSkill
	out.opts.NotSetParticipantData, out.opts.NotSetScreenPop = o.NotSetParticipantData, o.NotSetScreenPop
	return out
}

// valueError is a run-time error in an expression.
type valueError struct {
	v   *value
	err error
}

func (e *valueError) Error() string {
	t := e.v.text
	if r := []rune(t); len(r) > 80 {
		t = string(r[:79]) + "…"
	}
	return fmt.Sprintf("expression %s: %v", t, e.err)
}

// Start makes the state of a call at the beginning of the flow.
func (p *Program) Start(c Call) *State {
	s := &State{}
	p.begin(s, c)
	return s
}

// begin makes a state new, in the room of the old one.
func (p *Program) begin(s *State, c Call) {
	u := p.units[0]
	old := *s
	*s = State{p: p, workroom: old.workroom, task: -1, start: c.At.UTC(), answer: c.AnswerAfter, pc: u.start}
	if s.answer == 0 {
		s.answer = time.Minute
	}
	s.frames, s.trail = old.frames[:0], old.trail[:0]
	s.vals = append(old.vals[:0], u.blank...)
	s.lbase = int32(len(s.vals))
	s.loops, s.found, s.inputs, s.data, s.steps = old.loops[:0], old.found[:0], old.inputs[:0], old.data[:0], old.steps[:0]
	if len(c.ParticipantData) > 0 {
		for _, k := range slices.Sorted(maps.Keys(c.ParticipantData)) {
			s.data = append(s.data, attribute{name: k, value: c.ParticipantData[k]})
		}
	}
	s.builtin = old.builtin
	s.given(&c)
}

// borrow and giveBack let runs share the room of states.
func (p *Program) borrow(c Call) *State {
	s, ok := p.states.Get().(*State)
	if !ok {
		s = &State{workroom: new(expr.Room)}
	}
	p.begin(s, c)
	return s
}

func (p *Program) giveBack(s *State) {
	if s.level == TraceFull {
		s.steps = nil // its inputs and outputs belong to the result
	}
	if cap(s.vals) < 1<<12 && cap(s.frames) < 1<<8 { // what a runaway flow grew is not kept
		p.states.Put(s)
	}
}

// given puts what a call brings into the built-in variables; a newer table may lack one of
// them, or type it differently.
func (s *State) given(c *Call) {
	at := &s.p.slots
	s.builtin = append(s.builtin[:0], s.p.blank...)
	s.owned = true
	text := func(slot int, text string) { s.give(slot, expr.OfString(text)) }
	text(at.ani, c.ANI)
	text(at.called, c.DNIS)
	text(at.original, c.DNIS)
	text(at.conversation, c.ConversationID)
	text(at.interaction, c.ConversationID)
	text(at.remote, c.RemoteName)
	text(at.language, cmp.Or(c.Language, s.p.units[0].flow.Language))
	text(at.invocation, c.InvocationData)
	s.give(at.started, expr.OfDateTime(c.At))
	for _, b := range c.Builtins { // Call.Language and the like may be given here too
		if sym, ok := s.p.units[0].table.Lookup(b.Name); ok && sym.Slot < len(s.builtin) {
			s.give(sym.Slot, b.Value)
		}
	}
}

func (s *State) give(slot int, v expr.Value) {
	if slot >= 0 && s.builtin[slot].Type() == v.Type() {
		s.builtin[slot] = v
	}
}
