package interp

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/diag"
)

// action compiles one action and gives its instruction; next is where the call goes on
// when no branch leads elsewhere.
func (c *compiler) action(a *architect.Action, next int32) int32 {
	in := instr{act: a, kind: a.Key, name: a.Name, where: c.where, pos: a.Pos, path: a.Path, next: next, counted: true}
	if a.Key == "loop" || a.Key == "loopUntil" {
		return c.loop(a, in)
	}
	in.op = c.op(a, next)
	return c.emit(in)
}

// finds are the look-ups of objects by their keys.
var finds = map[string]expr.Type{
	"findQueue": expr.Queue, "findQueueById": expr.Queue, "findSkill": expr.Skill, "findLanguageSkill": expr.LanguageSkill,
	"findUser": expr.User, "findUserById": expr.User, "findGroup": expr.Group, "findSchedule": expr.Schedule,
	"findScheduleGroup": expr.ScheduleGroup, "findEmergencyGroup": expr.EmergencyGroup, "findUserPrompt": expr.Prompt,
	"findSystemPrompt": expr.Prompt,
}

// transfers are the ways to hand a call over, with where they lead and what they name.
var transfers = map[string]struct {
	to    Ending
	field string
	typ   expr.Type
}{
	"transferToAcd":    {EndQueue, "targetQueue", expr.Queue},
	"transferToNumber": {EndNumber, "targetNumber", expr.String},
	"transferToUser":   {EndUser, "targetUser", expr.User},
	"transferToGroup":  {EndGroup, "targetGroup", expr.Group},
}

func (c *compiler) op(a *architect.Action, next int32) op {
	to := func(branch string) int32 { return c.branch(a, branch, next) }
	switch a.Key {
	case "playAudio":
		return &playOp{c.field(a, "audio", expr.Audio), "audio"}
	case "updateData", "extractSecureData":
		return c.update(a)
	case "decision":
		return &decisionOp{c.field(a, "condition", expr.Boolean), to("yes"), to("no")}
	case "switch":
		return c.choose(a, next)
	case "loopNext", "loopExit":
		return c.leaveLoop(a)
	case "callTask":
		return c.callTask(a, next)
	case "endTask":
		return endTaskOp{cmp.Or(a.OutputPath, a.Plain["outputPath.name"], "default")}
	case "jumpToTask", "jumpToMenu":
		entry, _, ok := c.entryOf(a.Ref)
		if !ok {
			return refusal{c.fail(CodeReference, a.Pos, a.Path, "", "%s leads to %q, which is not in the flow", a.Key, a.Ref.Text)}
		}
		return jumpOp{entry}
	case "previousMenu":
		return previousOp{}
	case "disconnect":
		return disconnectOp{}
	case "callData", "callDataSecure", "callBridge":
		return c.dataAction(a, next)
	case "dataTableLookup":
		return c.table(a, next)
	case "setParticipantData", "getParticipantData":
		return c.attributes(a, next)
	case "setConversationData", "getConversationData":
		return c.conversation(a, next)
	case "setScreenPop":
		if a.Target == nil {
			return refusal{c.fail(CodeValue, a.Pos, a.Path, "", "no script is chosen")}
		}
		return &popOp{a.Target.Name, c.inputs(a.Inputs)}
	case "evaluateSchedule":
		const at = "evaluationType.schedule."
		return &scheduleOp{kind: EffectSchedule, object: c.field(a, at+"selectedSchedule", expr.Schedule), when: c.field(a, at+"evaluate.dateTime", expr.DateTime), paths: c.paths(a, next)}
	case "evaluateScheduleGroup":
		return &scheduleOp{
			kind: EffectScheduleGroup, object: c.field(a, "scheduleGroup", expr.ScheduleGroup), emergency: c.field(a, "emergencyGroup", expr.EmergencyGroup),
			service: c.field(a, "inServiceSchedules", expr.Schedule.List()), when: c.field(a, "evaluate.dateTime", expr.DateTime), paths: c.paths(a, next),
		}
	case "transferToAcd", "transferToNumber", "transferToUser", "transferToGroup", "transferToFlow", "transferToFlowSecure", "transferToVoicemail":
		return c.transfer(a, next)
	case "dialByExtension":
		again := "retryAudio"
		if a.Value(again).Form == architect.Absent {
			again = "repromptAudio"
		}
		return &extensionOp{c.field(a, again, expr.Audio), to("failure")}
	case "setSkills":
		return &skillsOp{items: c.skills(a), all: c.field(a, "acdSkills", expr.Skill.List()), lang: c.field(a, "languageSkill", expr.LanguageSkill), branches: a.Kind.Branches, success: to("success"), failure: to("failure")}
	case "collectInput":
		return c.collect(a, next)
	case "callCommonModule":
		return c.module(a, next)
	case "holdMusic":
		return waitOp{playTime(a.Node)}
	}
	if k, ok := finds[a.Key]; ok {
		return &findOp{kind: k, name: c.field(a, a.Kind.Fields[0].Key, expr.String), result: c.target(a.Value("findResult")), found: to("found"), notFound: to("notFound")}
	}
	return c.other(a, next)
}

func (c *compiler) field(a *architect.Action, key string, typ expr.Type) value {
	return c.value(a.Value(key), typ)
}

func (c *compiler) inputs(bs []architect.Binding) []input {
	out := make([]input, len(bs))
	for i, b := range bs {
		out[i] = input{name: b.Name, value: c.value(b.Value, expr.Invalid)}
	}
	return out
}

func (c *compiler) skills(a *architect.Action) []value {
	var out []value
	for _, v := range a.Skills {
		out = append(out, c.value(v, expr.Skill))
	}
	return out
}

// paths are all branches of an action by name.
func (c *compiler) paths(a *architect.Action, next int32) []path {
	var out []path
	for _, b := range a.Branches {
		out = append(out, path{b.Name, c.seq(b.Actions, next)})
	}
	return out
}

func (c *compiler) update(a *architect.Action) op {
	o := &updateOp{}
	for _, s := range a.Statements {
		st := statement{to: c.target(s.Variable)}
		typ := typeOf(s.Type)
		if st.to.slot >= 0 && st.to.typ != typ { // the statement converts to the variable's type
			typ = st.to.typ
		}
		if st.to.slot < 0 {
			st.v = value{bad: c.fail(CodeValue, s.Pos, s.Path, "", "the statement names no variable")}
		} else if st.to.slot < len(c.p.builtins) && c.p.builtins[st.to.slot].ReadOnly {
			st.v = value{bad: c.fail(CodeValue, s.Pos, s.Path, "", "%s is read only", st.to.name)}
		} else {
			st.v = c.value(s.Value, typ)
			if !s.Value.IsSet() {
				st.v.lit = blank(typ)
			}
		}
		o.statements = append(o.statements, st)
	}
	return o
}

func (c *compiler) choose(a *architect.Action, next int32) op {
	o := &switchOp{def: next}
	if a.Switch == nil {
		return refusal{c.fail(CodeValue, a.Pos, a.Path, "", "the switch says neither firstTrue nor firstMatch")}
	}
	typ := typeOf(a.Switch.Type)
	if o.match = a.Switch.FirstMatch; o.match {
		o.value = c.value(a.Switch.Value, typ)
	} else {
		typ = expr.Boolean
	}
	for i, cs := range a.Switch.Cases {
		sc := switchCase{value: c.value(cs.Value, typ), name: fmt.Sprintf("case%d", i), to: next}
		if cs.Branch >= 0 && cs.Branch < len(a.Branches) {
			sc.name = a.Branches[cs.Branch].Name
			sc.to = c.seq(a.Branches[cs.Branch].Actions, next)
		}
		o.cases = append(o.cases, sc)
	}
	if d := a.Switch.Default; d >= 0 && d < len(a.Branches) {
		o.def = c.seq(a.Branches[d].Actions, next)
	}
	return o
}

// loop compiles a loop: its body leads to the end of the round, which leads back or on.
func (c *compiler) loop(a *architect.Action, in instr) int32 {
	if c.t == nil {
		in.op = refusal{c.fail(CodeAction, a.Pos, a.Path, "", "a loop outside a task")}
		return c.emit(in)
	}
	o := &loopOp{slot: c.t.loops, index: c.target(a.Value("currentIndex"))}
	c.t.loops++
	if o.until = a.Key == "loopUntil"; o.until {
		// The form of its until cases was never seen: only rounds and loopExit end it, and
		// a loop with anything else is refused, not guessed.
		if key := otherKey(a.Node, "name", "currentIndex", "maxLoopCount", "outputs"); key != "" {
			in.op = refusal{c.fail(CodeAction, a.Pos, a.Path, "use a loop with a decision and loopExit", "%q of loopUntil is not interpreted: no published flow shows its form", key)}
			return c.emit(in)
		}
		o.count = c.field(a, "maxLoopCount", expr.Integer)
	} else {
		o.count = c.field(a, "loopCount", expr.Integer)
		if !a.Value("loopCount").IsSet() {
			o.count.lit = expr.OfInt(1) // Genesys: the default
		}
	}
	again := in
	again.counted, again.op = false, roundOp{o}
	o.again = c.emit(again)
	c.loops = append(c.loops, loopCtx{round: o.again, exit: in.next, slot: o.slot})
	o.body = c.branch(a, "loop", o.again)
	c.loops = c.loops[:len(c.loops)-1]
	in.op = o
	return c.emit(in)
}

func (c *compiler) leaveLoop(a *architect.Action) op {
	if len(c.loops) == 0 {
		return refusal{c.fail(CodeAction, a.Pos, a.Path, "", "%s outside a loop", a.Key)}
	}
	l := c.loops[len(c.loops)-1]
	if a.Key == "loopNext" {
		return gotoOp{l.round}
	}
	return exitOp{l.slot, l.exit}
}

func (c *compiler) callTask(a *architect.Action, next int32) op {
	entry, isTask, ok := c.entryOf(a.Ref)
	if !ok || !isTask {
		return refusal{c.fail(CodeReference, a.Pos, a.Path, "", "callTask leads to %q, which is no task of the flow", a.Ref.Text)}
	}
	return &callOp{entry, c.paths(a, next)}
}

func (c *compiler) dataAction(a *architect.Action, next int32) op {
	if a.Target == nil || a.Target.Name == "" {
		return refusal{c.fail(CodeValue, a.Pos, a.Path, "", "no data action is chosen")}
	}
	o := &dataOp{
		category: a.Target.Category, action: a.Target.Name, inputs: c.inputs(a.Inputs), outputs: c.bindings(a.Outputs), fails: c.bindings(a.FailureOutputs),
		timeout: duration(a.Value("timeout"), c.p.opts.ActionTimeout),
		success: c.branch(a, "success", next), failure: c.branch(a, "failure", next), late: c.branch(a, "timeout", next),
	}
	o.wants, o.failWants = wants(o.outputs), wants(o.fails)
	if v := a.Value("timeout"); v.Form == architect.Exp || o.timeout <= 0 {
		return refusal{c.fail(CodeValue, v.Pos, v.Path, "Genesys takes only a literal greater than zero", "the timeout is no literal duration above zero")}
	}
	return o
}

func (c *compiler) table(a *architect.Action, next int32) op {
	if a.Target == nil || a.Target.Name == "" {
		return refusal{c.fail(CodeValue, a.Pos, a.Path, "", "no data table is chosen")}
	}
	o := &tableOp{
		table: a.Target.Name, key: c.field(a, "lookupValue", expr.String), outputs: c.bindings(a.Outputs), fails: c.bindings(a.FailureOutputs),
		found: c.branch(a, "found", next), notFound: c.branch(a, "notFound", next), failure: c.branch(a, "failure", next),
	}
	o.wants, o.failWants = wants(o.outputs), wants(o.fails)
	return o
}

func (c *compiler) attributes(a *architect.Action, next int32) *attributesOp {
	o := &attributesOp{write: strings.HasPrefix(a.Key, "set"), found: next}
	for _, x := range a.Attributes {
		o.attrs = append(o.attrs, attr{c.value(x.Name, expr.String), c.value(x.Value, expr.String), c.target(x.Variable)})
	}
	return o
}

// conversation is set/getConversationData: the world's, since it is about any conversation.
func (c *compiler) conversation(a *architect.Action, next int32) op {
	o := c.other(a, next)
	w, ok := o.(*worldOp)
	if !ok {
		return o
	}
	for _, x := range a.Attributes {
		if t := c.target(x.Variable); t.slot >= 0 {
			w.outputs = append(w.outputs, binding{x.Name.Text, t})
		} else {
			w.inputs = append(w.inputs, input{name: x.Name.Text, value: c.value(x.Value, expr.String)})
		}
	}
	w.wants = wants(w.outputs)
	return w
}

func (c *compiler) transfer(a *architect.Action, next int32) op {
	o := &transferOp{
		pre: c.field(a, "preTransferAudio", expr.Audio), lang: c.field(a, "languageSkill", expr.LanguageSkill),
		prio: c.field(a, "priority", expr.Integer), preferred: c.field(a, "preferredAgents", expr.AgentScorePair.List()), skills: c.skills(a), all: c.field(a, "acdSkills", expr.Skill.List()), fails: c.bindings(a.FailureOutputs),
	}
	o.ownSkills = len(o.skills) > 0 || o.all.set
	o.failWants = wants(o.fails)
	if t, ok := transfers[a.Key]; ok {
		o.to, o.dest = t.to, c.field(a, t.field, t.typ)
	}
	switch a.Key {
	case "transferToFlow", "transferToFlowSecure":
		if a.Target == nil || a.Target.Name == "" {
			return refusal{c.fail(CodeValue, a.Pos, a.Path, "", "no flow is chosen")}
		}
		o.to, o.flow = EndFlow, a.Target.Name
		if a.Key == "transferToFlowSecure" {
			o.to = EndSecureFlow
		}
		if v := a.Value("invocationData"); v.IsSet() {
			o.inputs = append(o.inputs, input{name: "invocationData", value: c.value(v, expr.String)})
		}
	case "transferToVoicemail":
		o.to, o.dest = EndVoicemail, c.field(a, "destination.queue.targetQueue", expr.Queue)
		if v := a.Value("destination.user.targetUser"); v.IsSet() {
			o.dest = c.value(v, expr.User)
		} else if v := a.Value("destination.group.targetGroup"); v.IsSet() {
			o.dest = c.value(v, expr.Group)
		}
	}
	o.failure = c.branch(a, "failure", next)
	if v := a.Value("failureTransferAudio"); v.IsSet() {
		o.failure = c.emit(instr{
			op: &playOp{c.value(v, expr.Audio), "failureTransferAudio"}, act: a, kind: a.Key, name: a.Name, where: c.where, pos: v.Pos, path: v.Path, next: o.failure,
		})
	}
	return o
}

func (c *compiler) collect(a *architect.Action, next int32) op {
	f := c.u.flow.Defaults
	o := &collectOp{
		audio: c.field(a, "inputAudio", expr.Audio), star: c.field(a, "acceptJustStar", expr.Boolean), pound: c.field(a, "acceptJustPound", expr.Boolean),
		to: c.target(a.Value("inputData")), min: 1, max: 20, // Genesys: the defaults
		keep:     a.Plain["includeTerminatingDtmfInResultData"] == "true",
		noEntry:  duration(a.Value("noEntryTimeout"), duration(f["collectInput.noEntryTimeout"], 5*time.Second)),
		interval: duration(a.Value("interDigitTimeout"), 3*time.Second),
		success:  c.branch(a, "success", next), failure: c.branch(a, "failure", next),
	}
	if d := a.Digits; d != nil && d.Max > 0 {
		o.min, o.max = d.Min, d.Max
		o.end = strings.TrimPrefix(d.Terminator, "digit_")
	}
	return o
}

func (c *compiler) module(a *architect.Action, next int32) op {
	if a.Target == nil {
		return refusal{c.fail(CodeValue, a.Pos, a.Path, "", "no common module is chosen")}
	}
	if c.u.index != 0 {
		return refusal{c.fail(CodeAction, a.Pos, a.Path, "", "a common module cannot call a common module")}
	}
	var u *unit
	var names []string
	for _, x := range c.p.units[1:] {
		names = append(names, x.flow.Name)
		if strings.EqualFold(x.flow.Name, a.Target.Name) {
			u = x
		}
	}
	if u == nil {
		hint := diag.DidYouMean(a.Target.Name, names)
		return refusal{c.fail(CodeReference, a.Pos, a.Path, cmp.Or(hint, "give the module's file"), "common module %q is not given", a.Target.Name)}
	}
	o := &moduleOp{unit: u.index, paths: c.paths(a, next)}
	at := func(name string) (int, expr.Type) {
		sym, ok := u.table.Lookup(name)
		if i := sym.Slot - len(c.p.builtins); ok && i >= 0 {
			return i, sym.Type
		}
		c.fail(CodeReference, a.Pos, a.Path, diag.DidYouMean(name, u.table.Names()[len(c.p.builtins):]), "module %q has no variable %q", u.flow.Name, name)
		return -1, expr.Invalid
	}
	for _, b := range a.Inputs {
		if i, typ := at(b.Name); i >= 0 {
			o.inputs = append(o.inputs, input{name: b.Name, slot: i, value: c.value(b.Value, typ)})
		}
	}
	for _, b := range a.Outputs {
		if t := c.target(b.Value); t.slot >= 0 {
			if i, _ := at(b.Name); i >= 0 {
				o.outputs = append(o.outputs, moduleOutput{i, t})
			}
		}
	}
	return o
}

// done is what an action leaves behind that the result tells of.
var done = map[string]func(s *State, in []Named){
	"setExternalTag": func(s *State, in []Named) {
		s.tag = in[0].Value.Text()
		s.setBuiltin(s.p.slots.tag, in[0].Value)
	},
	"setUUIData": func(s *State, in []Named) {
		s.uui = in[0].Value.Text()
		s.setBuiltin(s.p.slots.uui, in[0].Value)
	},
	"setPriority":   func(s *State, in []Named) { s.priority = in[0].Value.Int() },
	"setWrapupCode": func(s *State, in []Named) { s.wrapup = in[0].Value.Text() },
	"setLanguage": func(s *State, in []Named) {
		s.setBuiltin(s.p.slots.language, in[0].Value)
	},
	"initializeFlowOutcome": func(s *State, in []Named) { s.outcome(in[0].Value.Text(), expr.NotSet(expr.String)) },
	"setFlowOutcome":        func(s *State, in []Named) { s.outcome(in[0].Value.Text(), in[1].Value) },
	"addFlowMilestone":      func(s *State, in []Named) { s.milestones = append(s.milestones, in[0].Value.Text()) },
}

func (s *State) outcome(name string, v expr.Value) {
	for i := range s.outcomes {
		if s.outcomes[i].Name == name {
			s.outcomes[i].Value = v
			return
		}
	}
	s.outcomes = append(s.outcomes, Named{name, v})
}

// other compiles an action without rules of its own: inputs are computed, the world
// chooses the branch, outputs are bound.
func (c *compiler) other(a *architect.Action, next int32) op {
	k := a.Kind
	if k == nil {
		return refusal{c.fail(CodeAction, a.Pos, a.Path, diag.DidYouMean(a.Key, slices.Sorted(maps.Keys(architect.Kinds()))), "unknown action %q", a.Key)}
	}
	if k.Calls == nil {
		return refusal{c.fail(CodeAction, a.Pos, a.Path, "", "action %q does not exist in call flows", a.Key)}
	}
	o := &worldOp{name: cmp.Or(a.Name, a.Key), branches: k.Branches, paths: c.paths(a, next), fails: c.bindings(a.FailureOutputs), done: done[a.Key]}
	if a.Target != nil {
		o.name = a.Target.Name
	}
	if len(k.Branches) == 1 && k.Branches[0] == "failure" { // success goes on without a branch
		o.branches = []string{"success", "failure"}
	}
	for i, f := range k.Fields {
		v := a.Value(f.Key)
		if _, plain := a.Plain[f.Key]; !plain && v.Form == architect.Absent && !firstOf(k, i, a) {
			continue
		}
		switch f.Use {
		case architect.UseValue:
			o.inputs = append(o.inputs, input{name: f.Key, value: c.value(v, typeOf(f.Type))})
		case architect.UseName:
			o.inputs = append(o.inputs, input{name: f.Key, value: value{lit: expr.OfString(v.Text), set: v.IsSet()}})
		case architect.UsePlain:
			o.inputs = append(o.inputs, input{name: f.Key, value: value{lit: expr.OfString(a.Plain[f.Key])}})
		case architect.UseOutput:
			if t := c.target(v); t.slot >= 0 {
				o.outputs = append(o.outputs, binding{f.Key, t})
			}
		}
	}
	o.inputs = append(o.inputs, c.inputs(a.Inputs)...)
	o.outputs = append(o.outputs, c.bindings(a.Outputs)...)
	for _, s := range a.Statements {
		o.inputs = append(o.inputs, input{name: s.Variable.Text, value: c.value(s.Value, typeOf(s.Type))})
	}
	o.wants, o.failWants = wants(o.outputs), wants(o.fails)
	return o
}

// firstOf reports whether a field that is left out is an input all the same: not what goes by
// another name, and of plain settings only the first.
func firstOf(k *architect.ActionKind, i int, a *architect.Action) bool {
	f := &k.Fields[i]
	if f.Or != "" && a.Value(f.Or).Form != architect.Absent || i > 0 && (f.Use == architect.UseName || f.Use == architect.UsePlain) {
		return false
	}
	return !slices.ContainsFunc(k.Fields, func(x architect.Field) bool { return x.Or == f.Key })
}

// playTime is how long hold music plays in one action: its playStyle's duration, else half
// a minute, as no prompt's length is known here.
func playTime(n *yaml.Node) time.Duration {
	const usual = 30 * time.Second
	style := child(n, "playStyle")
	if d := child(style, "duration"); d != nil {
		if lit := child(d, "lit"); lit != nil {
			d = lit
		}
		v := architect.Value{Form: architect.Lit, Node: d}
		if x, ok := v.Duration(); ok && x > 0 {
			return x
		}
	}
	return usual
}

// otherKey is the first key of a mapping that is none of those given.
func otherKey(n *yaml.Node, known ...string) string {
	if n == nil || n.Kind != yaml.MappingNode {
		return ""
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if !slices.Contains(known, n.Content[i].Value) {
			return n.Content[i].Value
		}
	}
	return ""
}

func child(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}
