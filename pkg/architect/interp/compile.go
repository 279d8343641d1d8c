package interp

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/diag"
)

// Codes of the findings of Compile and of refusals.
const (
	CodeType       = "DR-RUN-TYPE"       // a flow that is not run
	CodeStart      = "DR-RUN-START"      // a flow has nothing to start with
	CodeExpression = "DR-RUN-EXPRESSION" // an expression that does not compile
	CodeReference  = "DR-RUN-REFERENCE"  // a reference that leads nowhere
	CodeAction     = "DR-RUN-ACTION"     // an action that is not interpreted
	CodeValue      = "DR-RUN-VALUE"      // a value that cannot be read
	CodeWide       = "DR-RUN-WIDE"       // an expression that depends on too many answers at once
)

// Types are the flow types that are run.
var callTypes = []string{"inboundCall", "outboundCall", "secureCall", "inqueueCall", "commonModule"}

type compiler struct {
	p     *Program
	u     *unit
	t     *task // nil outside tasks
	where string
	loops []loopCtx
	made  []madeTask

	taskOf map[*architect.Task]int32 // refIds may stand twice
	menuOf map[*architect.Menu]int32

	types  map[string]expr.Type // of guessed variables, learnt in earlier rounds
	learnt bool
	guess  []guess // variables whose type is a guess
}

type guess struct {
	name string // lower case
	unit int32
	task *task // nil for a flow variable
}

// key names a guessed variable across rounds of compiling.
func (g guess) key() string {
	if g.task != nil {
		return fmt.Sprintf("%d/%d/%s", g.unit, g.task.index, g.name)
	}
	return fmt.Sprintf("%d//%s", g.unit, g.name)
}

type madeTask struct {
	index int32
	src   *architect.Task
}

type loopCtx struct {
	round, exit int32
	slot        int
}

// Compile makes a program of a flow. The error says why there is nothing to run; parts
// that cannot be run are Findings, and a run that reaches one is refused there.
func Compile(f *architect.File, o Options) (*Program, error) {
	if f == nil || f.Flow == nil {
		return nil, fmt.Errorf("there is no flow in the file")
	}
	at := f.Flow.Pos
	if !isCallType(f.Type) {
		return nil, diag.Finding{
			Code: CodeType, Position: at, Path: "/" + f.Type, Message: fmt.Sprintf("flows of type %q are not run", f.Type),
			Hint: "only call flows are: " + strings.Join(callTypes, ", "),
		}
	}
	o.Budget = cmp.Or(o.Budget, 10_000)
	o.HandlerBudget = cmp.Or(o.HandlerBudget, 1_000)
	o.ActionTimeout = cmp.Or(o.ActionTimeout, time.Minute)
	// Undeclared variables that take a data action's output have the type of a contract
	// that may not be known here. What their expressions need is learnt by compiling.
	var p *Program
	types := map[string]expr.Type{}
	for range 8 {
		c := &compiler{types: types, taskOf: map[*architect.Task]int32{}, menuOf: map[*architect.Menu]int32{}}
		p = c.program(f, o)
		if !c.learnt {
			break
		}
	}
	if p.units[0].start < 0 {
		return nil, diag.Finding{
			Code: CodeStart, Position: at, Path: "/" + f.Type, Message: "the flow has nothing to start with",
			Hint: "startUpRef has to name a task or menu of the flow",
		}
	}
	return p, nil
}

func (c *compiler) program(f *architect.File, o Options) *Program {
	p := &Program{opts: o, builtins: expr.BuiltIns(f.Type)}
	if f.Type == "outboundCall" { // its contact has the columns of a contact list, which nobody knows here
		for i := range p.builtins {
			if p.builtins[i].Name == "Call.Contact" {
				p.builtins[i].Type = expr.JSON
			}
		}
	}
	p.blank = expr.NewTable(p.builtins...).Blank()
	c.p = p
	c.unit(f)
	for _, m := range o.Modules {
		known := func(u *unit) bool { return m != nil && u.flow == m.Flow }
		if m != nil && m.Flow != nil && m.Type == "commonModule" && !slices.ContainsFunc(p.units, known) {
			c.unit(m)
		}
	}
	p.slots = slots{
		ani: p.slot("Call.Ani"), called: p.slot("Call.CalledAddress"), original: p.slot("Call.CalledAddressOriginal"),
		conversation: p.slot("Call.ConversationId"), interaction: p.slot("Interaction.Id"), remote: p.slot("Call.RemoteName"),
		language: p.slot("Call.Language"), invocation: p.slot("Flow.InvocationData"), started: p.slot("Flow.StartDateTimeUtc"),
		tag: p.slot("Call.ExternalTag"), uui: p.slot("Call.UUIData"),
	}
	p.constant("Flow.Version", expr.OfString("1.0"))
	p.constant("Flow.IsTest", expr.OfBool(false))
	// What a call has that is where such a flow runs: it waits in a queue, at a place; it was
	// dialled by a campaign.
	p.constant("Flow.HoldPrompt", Object(expr.Prompt, "PromptSystem.on_hold_music"))
	p.constant("Call.CurrentQueue", Object(expr.Queue, "the queue of the call"))
	p.constant("Call.PositionInQueue", expr.OfInt(1))
	p.constant("Call.Campaign", Object(expr.Campaign, "the campaign of the call"))
	p.constant("Call.ContactList", Object(expr.ContactList, "the contact list of the call"))
	p.constant("Call.ContactId", expr.OfString("the contact of the call"))
	for _, name := range o.Keep {
		i := -1
		if sym, ok := p.units[0].table.Lookup(name); ok {
			i = max(i, sym.Slot-len(p.builtins))
		}
		p.kept = append(p.kept, i)
	}
	for _, u := range p.units {
		c.body(u)
	}
	c.handling(p.units[0])
	p.live = sync.OnceValue(p.analyse)
	return p
}

// Builtins are the built-in variables of all call flows by lower-case name.
func Builtins() map[string]expr.Symbol {
	m := map[string]expr.Symbol{}
	for _, t := range callTypes {
		for _, sym := range expr.BuiltIns(t) {
			m[strings.ToLower(sym.Name)] = sym
		}
	}
	return m
}

func isCallType(t string) bool {
	for _, c := range callTypes {
		if c == t {
			return true
		}
	}
	return false
}

// constant gives a built-in variable the value that it has in every call.
func (p *Program) constant(name string, v expr.Value) {
	if i := p.slot(name); i >= 0 && p.blank[i].Type() == v.Type() {
		p.blank[i] = v
	}
}

func (p *Program) slot(name string) int {
	for i := range p.builtins {
		if strings.EqualFold(p.builtins[i].Name, name) {
			return i
		}
	}
	return -1
}

// unit declares a flow's variables, tasks and menus, before any expression is compiled.
func (c *compiler) unit(file *architect.File) {
	f := file.Flow
	u := &unit{
		file: file, flow: f, index: int32(len(c.p.units)), start: -1, task: -1, table: expr.NewTable(c.p.builtins...),
		byName: map[string]int{}, tasks: map[string]int32{}, menus: map[string]int32{},
	}
	c.p.units = append(c.p.units, u)
	c.u, c.t = u, nil
	for _, v := range f.Variables {
		c.declare(v.Name, typeOf(v.Type), v.IsOutput)
	}
	for _, t := range f.Tasks {
		u.tasks[t.RefID] = c.task(t, t.Name)
	}
	if f.StartUp != nil {
		u.task = c.task(f.StartUp, "")
	}
	for _, m := range f.Menus {
		c.menu(m)
	}
	// Slots are final only now: initial values may be expressions.
	for _, v := range f.Variables {
		c.initial(v)
	}
	for _, t := range c.made {
		c.t = c.p.tasks[t.index]
		for _, v := range t.src.Variables {
			if strings.HasPrefix(strings.ToLower(v.Name), "task.") {
				c.initial(v)
			}
		}
	}
	c.t, c.made = nil, nil
}

// declare makes a variable known; of a name that is known it changes nothing.
func (c *compiler) declare(name string, typ expr.Type, out bool) {
	key := strings.ToLower(name)
	if strings.HasPrefix(key, "task.") && c.t != nil {
		if _, ok := c.t.names[key]; !ok {
			c.t.names[key] = len(c.t.vars)
			c.t.vars = append(c.t.vars, variable{name: name, typ: typ, out: out})
			c.t.blank = append(c.t.blank, blank(typ))
		}
		return
	}
	if _, ok := c.u.table.Lookup(name); ok || name == "" {
		return
	}
	c.u.table.Declare(name, typ)
	c.u.vars = append(c.u.vars, variable{name: name, typ: typ, out: out})
	c.u.blank = append(c.u.blank, blank(typ))
}

// blank is the value of a variable with noValue: NOT_SET, of collections the empty one.
func blank(t expr.Type) expr.Value {
	if t.IsList() {
		return expr.OfList(t.Elem())
	}
	return expr.NotSet(t)
}

// initial sets the value a variable begins with.
func (c *compiler) initial(v *architect.Variable) {
	if !v.Initial.IsSet() {
		return
	}
	x := c.value(v.Initial, typeOf(v.Type))
	key := strings.ToLower(v.Name)
	if c.t != nil {
		if i, ok := c.t.names[key]; ok {
			c.t.set(i, x)
		}
		return
	}
	sym, ok := c.u.table.Lookup(v.Name)
	if i := sym.Slot - len(c.p.builtins); ok && i >= 0 {
		if x.prog == nil && x.bad == nil {
			c.u.blank[i] = x.lit
		} else {
			c.u.vars[i].init = &x
		}
	}
}

func (t *task) set(i int, x value) {
	if x.prog == nil && x.bad == nil {
		t.blank[i] = x.lit
	} else {
		t.vars[i].init = &x
	}
}

// task declares a task with its variables and those that its actions write undeclared.
func (c *compiler) task(src *architect.Task, name string) int32 {
	t := &task{index: int32(len(c.p.tasks)), unit: c.u.index, name: name, names: map[string]int{}, entry: -1}
	i := int32(len(c.p.tasks))
	c.p.tasks = append(c.p.tasks, t)
	c.t = t
	for _, v := range src.Variables {
		c.declare(v.Name, typeOf(v.Type), v.IsOutput)
	}
	c.writes(src.Actions)
	c.t = nil
	c.made = append(c.made, madeTask{i, src})
	c.taskOf[src] = i
	return i
}

// writes declares the variables that actions write: Genesys creates an undeclared one.
func (c *compiler) writes(as []*architect.Action) {
	for _, a := range as {
		for _, s := range a.Statements {
			c.declare(s.Variable.Text, typeOf(s.Type), false)
		}
		for _, b := range a.Outputs {
			if b.Form == architect.Var {
				c.output(a, b)
			}
		}
		for _, b := range a.FailureOutputs {
			if b.Form == architect.Var {
				c.declare(b.Text, expr.String, false)
			}
		}
		for _, x := range a.Attributes {
			if x.Variable.Form == architect.Var {
				c.declare(x.Variable.Text, expr.String, false)
			}
		}
		if a.Kind != nil {
			for _, f := range a.Kind.Fields {
				if v := a.Values[f.Key]; f.Use == architect.UseOutput && v.Form == architect.Var {
					c.declare(v.Text, cmp.Or(typeOf(f.Type), expr.String), false)
				}
			}
		}
		for _, b := range a.Branches {
			c.writes(b.Actions)
		}
	}
}

// output declares a variable that takes an output, of the contract's type where that is
// known, else of the type learnt, else a String.
func (c *compiler) output(a *architect.Action, b architect.Binding) {
	if _, ok := c.scope().Lookup(b.Text); ok {
		return
	}
	if c.p.opts.OutputType != nil && a.Target != nil {
		if t := c.p.opts.OutputType(a.Target, b.Name); t != expr.Invalid {
			c.declare(b.Text, t, false)
			return
		}
	}
	g := guess{name: strings.ToLower(b.Text), unit: c.u.index}
	if strings.HasPrefix(g.name, "task.") {
		g.task = c.t
	}
	t, ok := c.types[g.key()]
	if !ok {
		t = expr.String
	}
	c.guess = append(c.guess, g)
	c.declare(b.Text, t, false)
}

// guessTypes are what a variable may be that is no String.
var guessTypes = []expr.Type{expr.Integer, expr.Decimal, expr.Boolean, expr.String.List(), expr.Integer.List(), expr.Decimal.List(), expr.Boolean.List(), expr.JSON}

// learn looks for a type of a guessed variable with which an expression compiles.
func (c *compiler) learn(text string, target *expr.Type) {
	low := strings.ToLower(text)
	for _, g := range c.guess {
		if _, known := c.types[g.key()]; known || g.unit != c.u.index || g.task != nil && g.task != c.t || !strings.Contains(low, g.name) {
			continue
		}
		for _, t := range guessTypes {
			if _, err := expr.Compile(text, retyped{c.scope(), g.name, t}, target); err == nil {
				c.types[g.key()] = t
				c.learnt = true
				return
			}
		}
	}
}

// retyped is a scope in which one variable has another type.
type retyped struct {
	scope
	name string
	typ  expr.Type
}

// Lookup finds a variable.
func (r retyped) Lookup(name string) (expr.Symbol, bool) {
	s, ok := r.scope.Lookup(name)
	if ok && strings.EqualFold(name, r.name) {
		s.Type = r.typ
	}
	return s, ok
}

func (c *compiler) menu(m *architect.Menu) {
	i := int32(len(c.p.menus))
	c.u.menus[m.RefID], c.menuOf[m] = i, i
	c.p.menus = append(c.p.menus, &menu{index: i, unit: c.u.index, src: m, name: m.Name, def: -1, entry: -1})
	for _, ch := range m.Choices {
		if ch.Task != nil {
			c.task(ch.Task, ch.Name)
		}
		if ch.Menu != nil {
			c.menu(ch.Menu)
		}
		if ch.Action != nil {
			c.writes([]*architect.Action{ch.Action})
		}
	}
}

// body compiles a unit's code.
func (c *compiler) body(u *unit) {
	c.u, c.t = u, nil
	for _, t := range c.p.tasks {
		if t.unit == u.index {
			t.entry = c.emit(instr{}) // entries are known before bodies refer to them
		}
	}
	for _, m := range c.p.menus {
		if m.unit == u.index {
			m.entry = c.emit(instr{})
		}
	}
	for _, t := range u.flow.Tasks {
		c.taskBody(c.taskOf[t], t)
	}
	if u.flow.StartUp != nil {
		c.taskBody(u.task, u.flow.StartUp)
	}
	for _, m := range u.flow.Menus {
		c.menuBody(m)
	}
	c.begin(u)
}

// begin compiles what comes before the first task or menu: initial values, the greeting.
func (c *compiler) begin(u *unit) {
	f := u.flow
	c.t, c.where = nil, ""
	if f.StartUp == nil {
		entry, isTask, ok := c.entryOf(f.Start)
		if !ok {
			return
		}
		u.start, u.task = entry, -1
		if isTask {
			u.task = u.tasks[f.Start.ID]
		}
	} else {
		u.start = c.p.tasks[u.task].entry
	}
	if g := f.InitialGreeting; u.index == 0 && g.IsSet() && (g.Form != architect.Exp || strings.TrimSpace(g.Text) != "") {
		u.start = c.emit(instr{
			op: &playOp{c.value(f.InitialGreeting, expr.Audio), "initialGreeting"}, kind: "initialGreeting",
			pos: f.InitialGreeting.Pos, path: f.InitialGreeting.Path, next: u.start,
		})
	}
	for i := range u.vars {
		if u.vars[i].init != nil {
			u.start = c.emit(instr{op: &initOp{slot: len(c.p.builtins) + i, v: u.vars[i].init}, kind: "variable", name: u.vars[i].name, pos: u.vars[i].init.pos, path: u.vars[i].init.path, next: u.start})
		}
	}
}

// entryOf finds what a reference leads to.
func (c *compiler) entryOf(r architect.Ref) (pc int32, isTask, ok bool) {
	if r.Kind == "menu" || r.Kind == "menuSubMenu" {
		if i, ok := c.u.menus[r.ID]; ok {
			return c.p.menus[i].entry, false, true
		}
		return -1, false, false
	}
	if i, ok := c.u.tasks[r.ID]; ok && r.ID != "" {
		return c.p.tasks[i].entry, true, true
	}
	return -1, false, false
}

func (c *compiler) emit(in instr) int32 {
	in.unit, in.task = c.u.index, -1
	if c.t != nil {
		in.task = c.t.index
	}
	c.p.code = append(c.p.code, in)
	return int32(len(c.p.code) - 1)
}

// taskBody fills the entry of a task: it makes the task's variables and runs its actions.
func (c *compiler) taskBody(i int32, src *architect.Task) {
	t := c.p.tasks[i]
	c.t, c.where, c.loops = t, cmp.Or(src.Name, t.name, "startUpTaskActions"), nil
	end := c.emit(instr{op: endOp{}, kind: "task", name: c.where, where: c.where, pos: src.Pos, path: src.Path})
	first := c.seq(src.Actions, end)
	base := len(c.p.builtins) + len(c.u.vars)
	for v := range t.vars {
		if t.vars[v].init != nil {
			first = c.emit(instr{op: &initOp{slot: base + v, v: t.vars[v].init}, kind: "variable", name: t.vars[v].name, where: c.where, pos: t.vars[v].init.pos, path: t.vars[v].init.path, next: first})
		}
	}
	c.p.code[t.entry] = instr{unit: c.u.index, task: i, op: enterOp{i}, kind: "task", name: c.where, where: c.where, pos: src.Pos, path: src.Path, next: first}
	c.t = nil
}

// seq compiles a list of actions so that the last one leads to next.
func (c *compiler) seq(as []*architect.Action, next int32) int32 {
	for i := len(as) - 1; i >= 0; i-- {
		next = c.action(as[i], next)
	}
	return next
}

// branch compiles a branch of an action; one that is left out or empty leads to next, as
// does the end of one.
func (c *compiler) branch(a *architect.Action, name string, next int32) int32 {
	if b := a.Branch(name); b != nil {
		return c.seq(b.Actions, next)
	}
	return next
}

func (c *compiler) fail(code string, pos diag.Position, path, hint, format string, args ...any) *Refusal {
	f := diag.Finding{Code: code, Severity: diag.Error, Position: pos, Path: path, Hint: hint, Message: fmt.Sprintf(format, args...)}
	c.p.findings = append(c.p.findings, f)
	return &Refusal{Finding: f}
}
