package picture

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/diag"
)

// Flow draws an Architect flow of any type: each task, state and menu is a lane, in the
// order in which a call comes to it; actions that leave no choice share a box, those that do
// have a way out for each branch. A file without a flow gives a Graph without nodes.
//
// What a branch that is missing or runs out does, where a task ends, and what an error at
// run time leads to is drawn as pkg/architect/interp runs it.
func Flow(f *architect.File) *Graph {
	if f == nil || f.Flow == nil {
		return &Graph{}
	}
	b := &builder{
		file: f, flow: f.Flow, begins: map[string]*vertex{}, menus: map[string]*vertex{}, menuOf: map[*architect.Menu]*vertex{},
		called: map[string]bool{}, entered: map[string]bool{}, chosen: map[*architect.Choice]*vertex{},
	}
	b.look()
	b.tasks()
	b.starts()
	b.resolve()
	b.fold()
	b.reach()
	return b.graph()
}

// A vertex is a box in the making: one action, or a place that a call passes without one.
type vertex struct {
	lane    *lane
	kind    Kind
	text    []string
	note    string
	more    []string
	acts    []Act
	pos     diag.Position
	ways    []*way
	in      int  // how many ways lead here
	choice  bool // it stays a box of its own
	jump    bool // it leads elsewhere and says nothing: it goes into what comes before it
	back    bool // it returns to whoever called the task
	name    string
	sets    []set
	names   []string // of a transfer: the queues that it can go to
	reached bool
	gone    bool // folded into another
	id      string
}

// A way leads from a vertex to another.
type way struct {
	to       *vertex
	label    string
	branches []string
	line     int
	call     bool // to a task that returns
}

type lane struct {
	name    string
	pos     diag.Position
	first   *vertex
	reached bool
}

type builder struct {
	file  *architect.File
	flow  *architect.Flow
	lanes []*lane
	all   []*vertex

	begins map[string]*vertex // of tasks, states and bots by reference
	menus  map[string]*vertex
	menuOf map[*architect.Menu]*vertex
	chosen map[*architect.Choice]*vertex // where the tasks of choices begin

	called  map[string]bool // tasks that a callTask names
	entered map[string]bool // tasks that are gone to for good
	later   []pending       // transfers that a variable sends somewhere
	open    []loop          // around what is being drawn
	lane    *lane
	start   *vertex
	errors  *vertex
}

type loop struct{ round, exit *vertex }

// look notes what has to be known before anything is drawn.
func (b *builder) look() {
	b.entered[b.flow.Start.ID] = true
	b.entered[b.flow.Errors.Ref.ID] = true
	architect.Walk(b.flow, func(a *architect.Action) { b.lookAt(a) })
	architect.EachChoice(b.flow, func(c *architect.Choice) {
		if c.Action != nil {
			b.lookAt(c.Action)
		}
	})
}

func (b *builder) lookAt(a *architect.Action) {
	switch a.Key {
	case "callTask":
		b.called[a.Ref.ID] = true
	case "jumpToTask", "changeState":
		b.entered[a.Ref.ID] = true
	}
}

func (b *builder) laneOf(name string, pos diag.Position) *lane {
	l := &lane{name: name, pos: pos}
	b.lanes = append(b.lanes, l)
	return l
}

func (b *builder) vertex(v *vertex) *vertex {
	v.lane = b.lane
	b.all = append(b.all, v)
	return v
}

// tasks draws the bodies. Where they begin is made first, for they refer to each other.
func (b *builder) tasks() {
	type body struct {
		lane  *lane
		entry *vertex
		task  *architect.Task
		menu  *architect.Menu
	}
	var bodies []body
	enter := func(name string, pos diag.Position) (*lane, *vertex) {
		b.lane = b.laneOf(name, pos)
		e := b.vertex(&vertex{kind: Join, pos: pos, jump: true})
		b.lane.first = e
		return b.lane, e
	}
	task := func(t *architect.Task, name string) *vertex {
		l, e := enter(cmp.Or(t.Name, name), t.Pos)
		bodies = append(bodies, body{l, e, t, nil})
		return e
	}
	if t := b.flow.StartUp; t != nil {
		b.begins[""] = task(t, startUpName(b.flow.Type))
	}
	for _, t := range b.flow.Tasks {
		e := task(t, "")
		if _, twice := b.begins[t.RefID]; !twice {
			b.begins[t.RefID] = e
		}
	}
	architect.EachMenu(b.flow, func(m *architect.Menu) {
		l, e := enter(cmp.Or(m.Name, "Menu"), m.Pos)
		b.menus[m.RefID], b.menuOf[m] = e, e
		bodies = append(bodies, body{l, e, nil, m})
		for _, c := range m.Choices {
			if c.Task != nil {
				b.chosen[c] = task(c.Task, c.Name)
			}
		}
	})
	for _, x := range bodies {
		b.lane, b.open = x.lane, nil
		to := x.entry
		if x.task != nil {
			end := b.end(x.task)
			b.lead(to, b.seq(x.task.Actions, end), "")
			continue
		}
		b.lead(to, b.menu(x.menu), "")
	}
}

func startUpName(flowType string) string {
	if flowType == "inqueueCall" {
		return "While the call waits"
	}
	return "Start-up"
}

// lead adds a way that nothing has to be chosen for.
func (b *builder) lead(from, to *vertex, label string) *way {
	w := &way{to: to, label: label, line: from.pos.Line}
	from.ways = append(from.ways, w)
	return w
}

// branch adds a way that is chosen.
func (b *builder) branch(from, to *vertex, label, branch string) {
	w := b.lead(from, to, label)
	w.branches = []string{branch}
}

// end is what comes when a task's last path runs out.
func (b *builder) end(t *architect.Task) *vertex {
	v := &vertex{kind: Hang, pos: t.Pos, choice: true, text: []string{"End of the task"}, name: "end"}
	switch {
	case t == b.flow.StartUp && b.flow.Type == "inqueueCall":
		return b.vertex(&vertex{kind: Join, pos: t.Pos, jump: true, name: "again", ways: []*way{{to: b.begins[""], label: "again"}}})
	case t == b.flow.StartUp, b.called[t.RefID] && !b.entered[t.RefID]:
		v.kind, v.back, v.text = Step, true, []string{"Back to the caller"}
		v.more = []string{"the end of the task is an endTask with the path default"}
	case b.flow.IsCall():
		v.note = "the call is disconnected"
		v.more = []string{"Genesys refuses to publish a task that can end so"}
		v.back = b.called[t.RefID]
	default:
		v.note = "the flow ends"
		v.back = b.called[t.RefID]
	}
	return b.vertex(v)
}

// starts draws where calls come in, and where errors go.
func (b *builder) starts() {
	to := b.begins[""]
	if b.flow.StartUp == nil {
		to = b.target(b.flow.Start)
	}
	if to == nil {
		b.lane = b.laneOf("Start", b.flow.Pos)
	} else {
		b.lane = to.lane
	}
	b.start = b.vertex(&vertex{kind: Start, choice: true, text: []string{beginning(b.flow.Type)}, name: "start", note: greeting(b.flow.InitialGreeting)})
	if to != nil {
		b.lead(b.start, to, "")
	}
	b.handling()
}

// handling draws what the flow does after a run-time error: from wherever that happens,
// so no way leads there.
func (b *builder) handling() {
	e := b.flow.Errors
	b.lane = b.laneOf("After an error", e.Pos)
	v := b.vertex(&vertex{kind: Fallback, choice: true, pos: e.Pos, name: "errors", text: []string{"On any error"}})
	b.errors = v
	v.more = []string{"where an action cannot be carried out at run time, the call leaves its path and goes here"}
	switch e.Kind {
	case "queue":
		v.note = "to " + queueWords(e.TargetQueue)
	case "menu", "task":
		v.note = "goes on there"
		if to := b.target(e.Ref); to != nil {
			b.branch(v, to, "", e.Kind)
		}
	case "", "disconnect":
		v.note = "the call is disconnected"
		if !b.flow.IsCall() {
			v.note = "the flow ends"
		}
	default:
		v.note = "the flow ends"
	}
}

// target finds what a reference leads to, nil when the flow has it not.
func (b *builder) target(r architect.Ref) *vertex {
	if r.Kind == "menu" || r.Kind == "menuSubMenu" {
		return b.menus[r.ID]
	}
	if r.ID == "" {
		return nil
	}
	return b.begins[r.ID]
}

// seq draws a list of actions whose last one leads to next.
func (b *builder) seq(as []*architect.Action, next *vertex) *vertex {
	for i := len(as) - 1; i >= 0; i-- {
		next = b.action(as[i], next)
	}
	return next
}

func (b *builder) action(a *architect.Action, next *vertex) *vertex {
	v := b.vertex(&vertex{kind: Step, pos: a.Pos, text: []string{actionName(a)}, acts: []Act{{Line: a.Pos.Line, Column: a.Pos.Column, Type: a.Key, Name: a.Name}}})
	v.sets = setsOf(a)
	if about := told(a); about != "" {
		v.more = append(v.more, about)
	}
	switch a.Key {
	case "loop", "loopUntil":
		b.loop(a, v, next)
	case "loopNext", "loopExit":
		b.leaveLoop(a, v)
	case "jumpToTask", "jumpToMenu", "changeState":
		b.goTo(a, v)
	case "callTask":
		b.call(a, v, next)
	case "endTask":
		v.choice = true
		if b.flow.Type == "inqueueCall" && b.begins[""] != nil && b.lane == b.begins[""].lane { // the actions repeat until an agent answers
			b.branch(v, b.begins[""], "again", cmp.Or(a.OutputPath, a.Plain["outputPath.name"], "default"))
			return v
		}
		v.back = true
		if p := cmp.Or(a.OutputPath, a.Plain["outputPath.name"]); p != "" && !strings.EqualFold(p, "default") {
			v.note = "returns " + p
		} else {
			v.note = "returns"
		}
	case "previousMenu":
		v.note, v.choice = "to the menu before", true
		for _, m := range b.flow.Menus {
			b.lead(v, b.menuOf[m], "")
		}
	default:
		b.choices(a, v, next)
	}
	return v
}

// choices draws an action with the branches that its kind has, a switch with its cases.
func (b *builder) choices(a *architect.Action, v, next *vertex) {
	ends := b.shape(a, v)
	for _, x := range outs(a) {
		to := next
		if at := a.Branch(x.branch); at != nil && x.at < 0 {
			to = b.seq(at.Actions, next)
		} else if x.at >= 0 {
			to = b.seq(a.Branches[x.at].Actions, next)
		}
		b.branch(v, to, x.label, x.branch)
	}
	if len(v.ways) == 0 && !ends {
		b.lead(v, next, "")
	}
}

// loop draws a loop: its body leads back to it.
func (b *builder) loop(a *architect.Action, v, next *vertex) {
	v.kind, v.choice, v.note = Loop, true, rounds(a)
	b.open = append(b.open, loop{v, next})
	var body []*architect.Action
	if x := a.Branch("loop"); x != nil {
		body = x.Actions
	}
	b.branch(v, b.seq(body, v), "each", "loop")
	b.open = b.open[:len(b.open)-1]
	b.lead(v, next, "done")
}

func (b *builder) leaveLoop(a *architect.Action, v *vertex) {
	v.jump = true
	if len(b.open) == 0 {
		v.more = append(v.more, "there is no loop around it")
		v.jump = false
		return
	}
	l := b.open[len(b.open)-1]
	if a.Key == "loopNext" {
		b.lead(v, l.round, "")
		return
	}
	b.lead(v, l.exit, "")
}

func (b *builder) goTo(a *architect.Action, v *vertex) {
	to := b.target(a.Ref)
	if to == nil {
		v.note = "leads nowhere: " + a.Ref.Text
		return
	}
	v.jump = true
	b.lead(v, to, "")
}

func (b *builder) call(a *architect.Action, v, next *vertex) {
	v.choice = true
	if to := b.target(a.Ref); to != nil {
		v.note = "calls " + to.lane.name
		b.lead(v, to, "calls").call = true
	} else {
		v.note = "leads nowhere: " + a.Ref.Text
	}
	byDefault := false
	for i := range a.Branches {
		x := &a.Branches[i]
		label := x.Name
		if strings.EqualFold(x.Name, "default") {
			label, byDefault = "back", true
		}
		b.branch(v, b.seq(x.Actions, next), label, x.Name)
	}
	if !byDefault {
		b.branch(v, next, "back", "default")
	}
}

// menu draws a menu with its choices.
func (b *builder) menu(m *architect.Menu) *vertex {
	v := b.vertex(&vertex{kind: Question, choice: true, pos: m.Pos, text: []string{cmp.Or(m.Name, "Menu")}, name: "menu"})
	v.acts = []Act{{Line: m.Pos.Line, Column: m.Pos.Column, Type: "menu", Name: m.Name}}
	if s := spoken(m.Audio); s != "" {
		v.more = append(v.more, "says: "+s)
	}
	var byDefault *vertex
	for _, c := range m.Choices {
		to := b.choice(c, m)
		b.branch(v, to, keyLabel(c), c.Name)
		if id := m.Default.ID; id != "" && (c.RefID == id || c.RefID == "" && c.Name == id) {
			byDefault = to
		}
	}
	b.globals(m, v)
	if byDefault != nil {
		b.branch(v, byDefault, "no entry", "default")
		return v
	}
	b.branch(v, b.vertex(&vertex{
		kind: Hang, choice: true, pos: m.Pos, name: "none", text: []string{"Disconnect"}, note: "after repeating",
		more: []string{"nobody chose, and the menu has no default; that the call then ends is inferred"},
	}), "no entry", "none")
	return v
}

// globals draws the keys of other menus that count everywhere.
func (b *builder) globals(m *architect.Menu, v *vertex) {
	architect.EachMenu(b.flow, func(o *architect.Menu) {
		if o == m {
			return
		}
		for _, c := range o.Choices {
			own := slices.ContainsFunc(m.Choices, func(x *architect.Choice) bool { return x.Digit == c.Digit })
			if !c.GlobalDigit || c.Digit == "" || own {
				continue
			}
			if to := b.known(c); to != nil {
				b.branch(v, to, keyLabel(c), c.Name)
			}
		}
	})
}

// known is where a choice leads when that is a task or a menu.
func (b *builder) known(c *architect.Choice) *vertex {
	switch {
	case c.Task != nil:
		return b.chosen[c]
	case c.Menu != nil:
		return b.menuOf[c.Menu]
	case c.Action != nil:
		return b.target(c.Action.Ref)
	}
	return nil
}

// choice draws what a choice does. A transfer that fails repeats the menu.
func (b *builder) choice(c *architect.Choice, m *architect.Menu) *vertex {
	switch {
	case c.Task != nil || c.Menu != nil:
		return b.known(c)
	case c.Key == "menuRepeatMenu":
		v := b.vertex(&vertex{kind: Join, pos: c.Pos, jump: true})
		v.acts = []Act{{Line: c.Pos.Line, Column: c.Pos.Column, Type: "repeatMenu", Name: c.Name}}
		b.lead(v, b.menuOf[m], "")
		return v
	case c.Action == nil:
		v := b.vertex(&vertex{kind: Step, pos: c.Pos, text: []string{cmp.Or(c.Name, c.Key)}, note: c.Key})
		v.acts = []Act{{Line: c.Pos.Line, Column: c.Pos.Column, Type: strings.TrimPrefix(c.Key, "menu"), Name: c.Name}}
		return v
	}
	return b.action(c.Action, b.menuOf[m])
}

// graph gives what is drawn its final form, in the order of the text.
func (b *builder) graph() *Graph {
	g := &Graph{Title: cmp.Or(b.flow.Name, b.file.Name, b.file.Type), at: map[place]string{}, file: b.flow.Pos.File}
	b.order()
	index := map[*lane]int{}
	for _, l := range b.lanes {
		index[l] = len(g.Lanes)
		name := l.name
		if !l.reached {
			name += " (never reached)"
		}
		g.Lanes = append(g.Lanes, Lane{Name: name, Line: l.pos.Line})
	}
	b.name()
	for _, v := range b.all {
		n := Node{ID: v.id, Lane: index[v.lane], Kind: v.kind, Text: v.text, Note: v.note, More: v.more, Acts: v.acts, names: v.names, back: v.back, flow: !b.flow.IsCall()}
		if len(v.acts) > 0 || v.pos.Line > 0 {
			n.Line = v.pos.Line
		}
		if !v.reached && v.lane.reached {
			n.More = append(n.More, "no way leads here")
			n.Note = cmp.Or(n.Note, "never reached")
		}
		g.Nodes = append(g.Nodes, n)
		g.remember(v)
		for i, w := range v.ways {
			e := Edge{ID: v.id + "-" + strconv.Itoa(i), From: v.id, To: w.to.id, Label: w.label, Line: w.line, call: w.call}
			if len(w.branches) > 0 {
				e.Branch, e.Also = w.branches[0], w.branches[1:]
			}
			g.Edges = append(g.Edges, e)
		}
	}
	g.About = about(g, b.flow)
	g.quiet()
	return g
}

// name gives each box an ID of where it begins in the text.
func (b *builder) name() {
	used := map[string]bool{}
	for _, v := range b.all {
		id := cmp.Or(v.name, "a")
		if v.pos.Line > 0 && v.name != "start" && v.name != "errors" {
			id += strconv.Itoa(v.pos.Line)
		}
		if used[id] {
			id += "-" + strconv.Itoa(v.pos.Column)
		}
		for base, i := id, 2; used[id]; i++ {
			id = base + "-" + strconv.Itoa(i)
		}
		used[id] = true
		v.id = id
	}
}
