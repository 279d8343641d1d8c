package check

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

// Flow says what Genesys' validation says of a flow in that organisation: what it refuses
// is an error and what it warns of a warning, at the same path and under its code. What it
// accepts and should not is a warning or information under a code of ours. It rests on the
// answers of Genesys' own engine; only call flows are known to it, so of other flow types
// only references, names and the syntax of expressions are checked.
func Flow(f *architect.File, org architect.Org) diag.Findings {
	if f == nil || f.Flow == nil {
		return nil
	}
	c := &checker{file: f, flow: f.Flow, org: org, calls: f.Flow.IsCall(), used: map[*architect.Variable]bool{}, written: map[*architect.Variable]bool{}, tasks: map[*architect.Task]*scope{}, refs: map[string]bool{}, dead: map[*architect.Action]bool{}}
	c.run()
	return c.findings
}

type checker struct {
	file     *architect.File
	flow     *architect.Flow
	org      architect.Org
	calls    bool // a call flow, of which all rules are known
	findings diag.Findings
	used     map[*architect.Variable]bool
	written  map[*architect.Variable]bool
	global   *scope
	tasks    map[*architect.Task]*scope
	now      *architect.Task            // the task being checked
	dead     map[*architect.Action]bool // reported as unreachable
	refs     map[string]bool            // "task/Entry": containers that can be referred to
	made     bool                       // a variable was made by use
	numbers  map[string]bool            // variables that hold a number of the call as the trunk writes it, by lower-case name
}

// A scope is the variables that a place sees.
type scope struct {
	outer *scope
	vars  map[string]*declared // by lower-case name
}

type declared struct {
	symbol expr.Symbol
	v      *architect.Variable // nil when built in or made by use
	made   string              // path of the place that made it by writing to it
}

// Lookup finds a variable; letter case does not count.
func (s *scope) Lookup(name string) (expr.Symbol, bool) {
	low := strings.ToLower(name)
	for ; s != nil; s = s.outer {
		if d, ok := s.vars[low]; ok {
			return d.symbol, true
		}
	}
	return expr.Symbol{}, false
}

// Names lists the names for suggestions.
func (s *scope) Names() []string {
	var out []string
	for ; s != nil; s = s.outer {
		for _, d := range s.vars {
			out = append(out, d.symbol.Name)
		}
	}
	sort.Strings(out)
	return out
}

func (s *scope) declaredAs(name string) *declared {
	low := strings.ToLower(name)
	for ; s != nil; s = s.outer {
		if d, ok := s.vars[low]; ok {
			return d
		}
	}
	return nil
}

func (s *scope) add(name string, t expr.Type, v *architect.Variable) *declared {
	d := &declared{symbol: expr.Symbol{Name: name, Type: t}, v: v}
	s.vars[strings.ToLower(name)] = d
	return d
}

func (c *checker) report(sev diag.Severity, code string, pos diag.Position, path, msg, hint string) {
	c.findings.Add(diag.Finding{Code: code, Severity: sev, Message: msg, Hint: hint, Position: pos, Path: path})
}

func (c *checker) fail(code string, pos diag.Position, path, msg string) {
	c.report(diag.Error, code, pos, path, msg, "")
}

func (c *checker) failf(code string, pos diag.Position, path, format string, args ...any) {
	c.fail(code, pos, path, fmt.Sprintf(format, args...))
}

func (c *checker) warn(code string, pos diag.Position, path, msg, hint string) {
	c.report(diag.Warning, code, pos, path, msg, hint)
}

// run checks the flow. Variables that nothing declares and something writes to exist in the
// whole scope, also before the writing: where there are any all is looked at once more, with
// them known.
func (c *checker) run() {
	c.declare()
	c.copies()
	found, used := len(c.findings), maps.Clone(c.used)
	c.parts()
	if c.made && c.calls {
		c.findings, c.used, c.dead = c.findings[:found], used, map[*architect.Action]bool{}
		c.parts()
	}
}

func (c *checker) parts() {
	c.names()
	c.containers()
	if f := c.flow; f.Type == "inqueueCall" && (f.StartUp == nil || len(f.StartUp.Actions) == 0) {
		c.fail("task.containsNoActions", f.Pos, f.Path+" (In-Queue Task)", "the in-queue task contains no actions")
	}
	c.start()
	if c.calls {
		c.greeting()
	}
	architect.EachTask(c.flow, c.task)
	architect.EachMenu(c.flow, c.menu)
	c.digits()
	c.errorHandling()
	c.menuSettings(c.flow.MenuSettings)
	c.outbound()
	c.loose(c.global, c.flow.Node, typedKeys...)
	c.slots()
	c.unused()
	c.circles()
}

// declare fills the scopes and checks declarations.
func (c *checker) declare() {
	c.global = &scope{vars: map[string]*declared{}}
	for _, s := range expr.BuiltIns(c.flow.Type) {
		c.global.vars[strings.ToLower(s.Name)] = &declared{symbol: s}
	}
	c.builtins()
	c.prompts()
	c.variables(c.global, c.flow.Variables, "flow")
	architect.EachTask(c.flow, func(t *architect.Task) {
		s := &scope{outer: c.global, vars: map[string]*declared{}}
		c.tasks[t] = s
		c.variables(s, t.Variables, "task")
		if t.Kind == "bot" || t.Kind == "state" || t.Kind == "task" {
			c.refs[t.Kind+"/"+t.RefID] = true
		}
	})
	for _, m := range c.flow.Menus {
		c.refs["menu/"+m.RefID] = true
	}
	architect.EachChoice(c.flow, func(x *architect.Choice) {
		if x.RefID != "" {
			c.refs[x.Key+"/"+x.RefID] = true
		}
	})
}

// builtins declares the variables that only one flow type has. The columns of an outbound
// flow's contact are those of its contact list, which is not known here.
func (c *checker) builtins() {
	readOnly := func(name string, t expr.Type) {
		c.global.add(name, t, nil).symbol.ReadOnly = true
	}
	switch c.flow.Type {
	case "inqueueCall":
		readOnly("Call.EstimatedWaitTime", expr.Duration)
		readOnly("Call.PositionInQueue", expr.Integer)
		readOnly("Call.CurrentQueue", expr.Queue)
		readOnly("Flow.HoldPrompt", expr.Prompt)
	case "outboundCall":
		readOnly("Call.Contact", expr.JSON)
	}
}

var promptRE = pattern.Of(`\bPrompt(System)?\.[A-Za-z_]\w*`)

// prompts declares Prompt.X for the prompts of the organisation, and PromptSystem.X as
// the flow uses them: the list of system prompts is Genesys' own and grows.
func (c *checker) prompts() {
	for _, n := range c.org.Names["userPrompts"] {
		c.global.add("Prompt."+n, expr.Prompt, nil)
	}
	for _, n := range systemPrompts {
		c.global.add("PromptSystem."+n, expr.Prompt, nil)
	}
	if !c.org.Auto || c.file.Root == nil {
		return
	}
	architect.EachNode(c.file.Root, func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode && strings.Contains(n.Value, "Prompt") {
			for _, m := range promptRE().FindAllString(n.Value, -1) {
				c.global.add(m, expr.Prompt, nil)
			}
		}
	})
}

var variableNameRE = pattern.Of(`^[\pL][\pL\pN_]*$`)

func (c *checker) variables(s *scope, list []*architect.Variable, prefix string) {
	seen := map[string]bool{}
	for _, v := range list {
		t, known := expr.ParseType(v.Type)
		if !known {
			if c.calls {
				c.report(diag.Error, CodeUnknownType, v.Pos, v.Path, fmt.Sprintf("there is no variable of type %q", v.Key), "")
			}
			t = expr.Any
		}
		given, bare, _ := strings.Cut(v.Name, ".")
		switch {
		case c.calls && !strings.EqualFold(given, prefix):
			c.failf("sdk", v.Pos, v.Path, "%q is no variable of a %s: its name has to begin with %s%s.", v.Name, prefix, strings.ToUpper(prefix[:1]), prefix[1:])
			continue
		case !variableNameRE().MatchString(bare):
			c.failf("sdk.variableName", v.Pos, v.Path, "%q must start with a letter, then letters, digits or underscores", bare)
		}
		low := strings.ToLower(v.Name)
		if seen[low] {
			c.warn(CodeVariableTwice, v.Pos, v.Path, fmt.Sprintf("variable %q is declared twice; the first one counts", v.Name), "")
		} else {
			seen[low] = true
			s.add(v.Name, t, v)
		}
		if c.calls && v.IsSecure && c.flow.Type != "secureCall" {
			c.fail("properties.variable.secure.support.notSupportedNoSecureVariables", v.Pos, c.variablePath(v), "secure variables are not supported in flows of this type")
		}
		if v.Initial.Form != architect.Absent {
			c.value(s, v.Initial, rule{typ: t, label: "Initial Value", literal: c.calls, empty: t == expr.String, noValue: true, deflt: true, null: true})
		}
	}
}

func (c *checker) variablePath(v *architect.Variable) string { return v.Path + "(" + v.Name + ")" }

// strangers are the containers that flows of a type do not have, and what they have instead.
// Genesys: its SDK adds states to workflows, messages, e-mails and the like, bots to bots,
// tasks and menus to no in-queue flow; published common modules have neither states nor bots.
var strangers = map[string]struct{ none, instead string }{
	"inboundCall": {"state bot", "it has tasks and menus"}, "outboundCall": {"state bot", "it has tasks and menus"}, "secureCall": {"state bot", "it has tasks and menus"},
	"inqueueCall": {"state bot task menu", "its actions stand in startUpTaskActions"}, "commonModule": {"state bot", "its actions stand in startUpTaskActions"},
	"botFlow": {"state menu", "it has bots and tasks"}, "digitalBot": {"state menu", "it has bots and tasks"},
	"workflow": {"bot menu", "it has states and tasks"}, "workitem": {"bot menu", "it has states and tasks"}, "surveyInvite": {"bot menu", "it has states and tasks"},
	"inboundShortMessage": {"bot menu", "it has states and tasks"}, "inboundEmail": {"bot menu", "it has states and tasks"}, "inboundChat": {"bot menu", "it has states and tasks"},
}

// containers refuses those that flows of the type do not have, once for each kind.
func (c *checker) containers() {
	s := strangers[c.flow.Type]
	seen := map[string]bool{}
	one := func(kind string, pos diag.Position, path string) {
		if !slices.Contains(strings.Fields(s.none), kind) || seen[kind] {
			return
		}
		seen[kind] = true
		code := "sdk"
		if kind == "state" || kind == "bot" {
			code = "flow.noStartUpObject"
		}
		c.failf(code, pos, path, "a flow of type %s has no %ss, %s", c.flow.Type, kind, s.instead)
	}
	for _, t := range c.flow.Tasks {
		one(t.Kind, t.Pos, t.Path)
	}
	for _, m := range c.flow.Menus {
		one("menu", m.Pos, m.Path)
	}
}

// unused warns of declared variables that nothing names.
func (c *checker) unused() {
	one := func(v *architect.Variable) {
		switch {
		case !c.used[v] && (v.IsInput || v.IsOutput): // whoever starts the flow uses it
		case !c.used[v]:
			c.warn("errors.unusedVariable", v.Pos, c.variablePath(v), fmt.Sprintf("the variable '%s' is not used", v.Name), "")
		case !c.written[v] && !v.IsInput && (v.Initial.Form == architect.Absent || v.Initial.Form == architect.NoValue):
			c.warn(CodeNeverSet, v.Pos, c.variablePath(v), fmt.Sprintf("the variable '%s' is never given a value: it is NOT_SET wherever it is read", v.Name), "write to it, or give it an initial value")
		}
	}
	for _, v := range c.flow.Variables {
		one(v)
	}
	architect.EachTask(c.flow, func(t *architect.Task) {
		for _, v := range t.Variables {
			one(v)
		}
	})
}

// names checks the names of flow, tasks and menus.
func (c *checker) names() {
	f := c.flow
	switch {
	case !f.HasName:
		c.warn(CodeNoName, f.Pos, f.Path, "the flow has no name", "give it one: flow type and name are its identity")
	case f.Name == "":
		c.fail("sdk", f.Pos, f.Path, "flow name cannot be empty")
	case strings.Contains(f.Name, "/"):
		c.fail("sdk", f.Pos, f.Path, "flow name cannot contain the '/' character")
	case strings.HasSuffix(strings.ToLower(f.Name), "-debug"):
		c.fail("sdk", f.Pos, f.Path, "flow name cannot end with -debug")
	}
	tasks, menus, ids := map[string][]holder{}, map[string][]holder{}, map[string]bool{}
	for _, t := range f.Tasks {
		if t.HasName && t.Name == "" {
			c.fail("errors.noName", t.Pos, t.Path, "name can not be empty")
		}
		tasks[t.Kind+"/"+t.Name] = append(tasks[t.Kind+"/"+t.Name], holder{t.Name, t.Path, t.Pos})
		if id := t.Kind + "/" + t.RefID; ids[id] {
			c.warn(CodeRefTwice, t.Pos, t.Path, fmt.Sprintf("a second %s with the refId %q; references reach the last one", t.Kind, t.RefID), "")
		} else {
			ids[id] = true
		}
	}
	for _, m := range f.Menus {
		menus[m.Name] = append(menus[m.Name], holder{m.Name, m.Path, m.Pos})
	}
	// The task or menu of a choice goes by the name of the choice.
	architect.EachChoice(f, func(x *architect.Choice) {
		if x.Task != nil {
			tasks["task/"+x.Name] = append(tasks["task/"+x.Name], holder{x.Name, x.Task.Path, x.Pos})
		}
		if x.Menu != nil {
			menus[x.Name] = append(menus[x.Name], holder{x.Name, x.Menu.Path, x.Pos})
		}
	})
	c.same(tasks, "task")
	c.same(menus, "menu")
}

type holder struct {
	name, path string
	pos        diag.Position
}

// same reports names that two tasks or two menus have; letter case counts.
func (c *checker) same(byName map[string][]holder, what string) {
	for _, list := range byName {
		if len(list) < 2 || list[0].name == "" {
			continue
		}
		for _, x := range list {
			c.failf(what+".multipleNames", x.pos, x.path, "another %s has the same name %q", what, x.name)
		}
	}
}

// start checks the start object.
func (c *checker) start() {
	f := c.flow
	if f.Type == "inqueueCall" || f.Type == "commonModule" || !c.calls && f.Start.Text == "" {
		return
	}
	if f.Start.Text == "" {
		c.fail("flow.noStartUpObject", f.Pos, f.Path, "there is no startup object configured in the current flow")
		return
	}
	if !c.reference(f.Start, "task", "menu", "state", "bot") {
		c.fail("flow.noStartUpObject", f.Start.Pos, f.Path, "there is no startup object configured in the current flow")
	}
}

// reference reports whether a reference points at something of these kinds, and says so
// when it does not.
func (c *checker) reference(r architect.Ref, kinds ...string) bool {
	for _, k := range kinds {
		if r.Kind == "" || !c.refs[k+"/"+r.ID] {
			continue
		}
		if !slices.Contains(kinds, r.Kind) || !c.refs[r.Kind+"/"+r.ID] {
			c.warn(CodeWrongKind, r.Pos, r.Path, fmt.Sprintf("the reference %q points at a %s", r.Text, k), "")
		}
		return true
	}
	var known []string
	for k := range c.refs {
		known = append(known, k[strings.IndexByte(k, '/')+1:])
	}
	sort.Strings(known)
	c.report(diag.Error, CodeReference, r.Pos, r.Path, fmt.Sprintf("no %s for the reference %q", strings.Join(kinds, " or "), r.Text), diag.DidYouMean(r.ID, known))
	return false
}

// greeting warns of a missing greeting at the place Genesys does: the start object.
func (c *checker) greeting() {
	f := c.flow
	if f.Type == "inqueueCall" {
		return
	}
	if f.InitialGreeting.Form == architect.Absent {
		at, pos := f.Path, f.Pos
		for _, m := range f.Menus {
			if m.RefID == f.Start.ID {
				at, pos = m.Path, m.Pos
			}
		}
		for _, t := range f.Tasks {
			if t.RefID == f.Start.ID {
				at, pos = t.Path, t.Pos
			}
		}
		c.warn("audio.blankMainSeqWarningContext", pos, at, "the main sequence for 'Initial Greeting' has no audio set", "write initialGreeting: {exp: ToAudioBlank(100)} for silence")
		return
	}
	if v := f.InitialGreeting; strings.TrimSpace(v.Text) == "" && (v.Form == architect.Exp || v.Form == architect.Lit && v.IsScalar() && !v.Object) {
		c.warn(CodeSilence, v.Pos, v.Path, "the greeting says nothing: there is no text", silenceHint)
		return
	}
	c.value(c.global, f.InitialGreeting, rule{typ: expr.Audio, label: "Initial Greeting", noValue: true, audio: true, null: true})
}

func (c *checker) errorHandling() {
	e := c.flow.Errors
	if !c.calls {
		return
	}
	if e.Audio.Form != architect.Absent {
		c.value(c.global, e.Audio, rule{typ: expr.Audio, label: "Pre-Handling Audio", noValue: true, audio: true})
	}
	at := c.flow.Path + " (Event Handling)"
	switch e.Kind {
	case "queue":
		if e.TargetQueue.Form == architect.Absent {
			c.fail(architect.CodeInvalidLiteral, e.Pos, at, "invalid input for Queue: the error handling names no queue")
			return
		}
		c.value(c.global, e.TargetQueue, rule{typ: expr.Queue, label: "Queue"})
	case "task", "menu":
		if e.Ref.Text == "" {
			c.failf(e.Kind+".noReference", e.Pos, at, "there is no %s reference set for the error handling", e.Kind)
			return
		}
		if !c.reference(e.Ref, e.Kind) {
			c.failf(e.Kind+".noReference", e.Pos, at, "there is no %s reference set for the error handling", e.Kind)
		}
	case "", "disconnect":
	default:
		c.warn(architect.CodeUnknownKey, e.Pos, e.Path, fmt.Sprintf("unknown error handling %q", e.Kind), diag.DidYouMean(e.Kind, []string{"disconnect", "queue", "task", "menu"}))
	}
}

// outbound checks what outbound flows need beside.
func (c *checker) outbound() {
	if c.flow.Type != "outboundCall" || c.flow.Outbound {
		return
	}
	for _, what := range []string{"Contact List", "Default Wrapup Code"} {
		c.fail(architect.CodeInvalidLiteral, c.flow.Pos, c.flow.Path+" (Outbound)", "invalid input for "+what+": settingsOutboundCall is left out")
	}
}
