package interp

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/diag"
)

// A Program is a compiled flow with its modules. It is not changed by running and may be
// run by many goroutines at once.
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
	room     room
	states   sync.Pool
	live     func() *liveness
	findings diag.Findings
}

// room is how much a run of the flow without modules and called tasks needs at most, so
// that a state is made in few allocations.
type room struct{ vals, loops, data, inputs, found int }

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

// slots of built-in variables that the machine writes; −1 when expr does not know them.
type slots struct{ language, tag, uui int }

// Findings are what Compile could not make sense of, with places: expressions that do not
// compile, references that lead nowhere. A run is refused where it reaches one of them.
func (p *Program) Findings() diag.Findings { return p.findings }

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
	s.vals = append(slices.Grow(old.vals[:0], p.room.vals), u.blank...)
	s.lbase = int32(len(s.vals))
	s.loops = slices.Grow(old.loops[:0], p.room.loops)
	s.found = slices.Grow(old.found[:0], p.room.found)
	s.inputs = slices.Grow(old.inputs[:0], p.room.inputs)
	s.data = slices.Grow(old.data[:0], len(c.ParticipantData)+p.room.data)
	if len(c.ParticipantData) > 0 {
		for _, k := range slices.Sorted(maps.Keys(c.ParticipantData)) {
			s.data = append(s.data, attribute{k, c.ParticipantData[k]})
		}
	}
	s.builtin = p.builtinsOf(c, old.builtin)
	s.owned = true
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
	if cap(s.vals) < 1<<12 && cap(s.frames) < 1<<8 { // what a runaway flow grew is not kept
		p.states.Put(s)
	}
}

// measure computes the room.
func (p *Program) measure() {
	for _, t := range p.tasks {
		if t.unit == 0 {
			p.room.vals, p.room.loops = max(p.room.vals, len(t.vars)), max(p.room.loops, t.loops)
		}
	}
	p.room.vals += len(p.units[0].blank)
	names := map[string]bool{}
	for i := range p.code {
		switch o := p.code[i].op.(type) {
		case *attributesOp:
			if !o.write {
				continue
			}
			for j := range o.attrs {
				if n := &o.attrs[j].name; n.prog == nil {
					names[n.lit.Text()] = true
				}
			}
		case *dataOp:
			p.room.inputs = max(p.room.inputs, len(o.inputs))
		case *worldOp:
			p.room.inputs = max(p.room.inputs, len(o.inputs))
		case *transferOp:
			p.room.found = 4
		}
	}
	p.room.data = min(len(names), 64)
}

func (p *Program) builtinsOf(c Call, out []expr.Value) []expr.Value {
	out = append(out[:0], p.blank...)
	for i := range p.builtins {
		switch p.builtins[i].Name {
		case "Call.Ani":
			out[i] = expr.OfString(c.ANI)
		case "Call.CalledAddress", "Call.CalledAddressOriginal":
			out[i] = expr.OfString(c.DNIS)
		case "Call.ConversationId", "Interaction.Id":
			out[i] = expr.OfString(c.ConversationID)
		case "Call.RemoteName":
			out[i] = expr.OfString(c.RemoteName)
		case "Call.Language":
			lang := c.Language
			if lang == "" {
				lang = p.units[0].flow.Language
			}
			out[i] = expr.OfString(lang)
		case "Flow.StartDateTimeUtc":
			out[i] = expr.OfDateTime(c.At)
		case "Flow.Version":
			out[i] = expr.OfString("1.0")
		case "Flow.IsTest":
			out[i] = expr.OfBool(false)
		case "Flow.InvocationData":
			out[i] = expr.OfString(c.InvocationData)
		case "Flow.HoldPrompt":
			out[i] = Object(expr.Prompt, "PromptSystem.on_hold_music")
		}
		if t := p.builtins[i].Type; out[i].Type() != t { // a newer table may type one differently
			out[i] = expr.NotSet(t)
		}
	}
	for _, b := range c.Builtins { // Call.Language and the like may be given here too
		if sym, ok := p.units[0].table.Lookup(b.Name); ok && sym.Slot < len(out) && sym.Type == b.Value.Type() {
			out[sym.Slot] = b.Value
		}
	}
	return out
}
