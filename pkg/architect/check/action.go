package check

import (
	"fmt"
	"strings"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/diag"
)

// task checks the actions of a task, then where it ends.
func (c *checker) task(t *architect.Task) {
	s := c.tasks[t]
	c.now = t
	defer func() { c.now = nil }()
	for _, a := range t.Actions {
		c.action(s, a, false)
	}
	c.ending(t)
}

// action checks an action and those in its branches.
func (c *checker) action(s *scope, a *architect.Action, inLoop bool) {
	if a.HasName && a.Name == "" {
		c.fail("errors.noName", a.Pos, a.Path, "name can not be empty")
	}
	c.body(s, a, inLoop)
	for i := range a.Branches {
		for _, x := range a.Branches[i].Actions {
			c.action(s, x, inLoop || a.Key == "loop" || a.Key == "loopUntil")
		}
	}
}

// body checks an action without its branches.
func (c *checker) body(s *scope, a *architect.Action, inLoop bool) {
	switch {
	case a.Kind == nil && a.Key == "repeatMenu":
		return
	case a.Kind == nil:
		c.loose(s, a.Node, "name", "outputs")
		if c.calls {
			c.report(diag.Error, architect.CodeUnknownAction, a.Pos, a.Path, fmt.Sprintf("there is no action %q", a.Key), diag.DidYouMean(a.Key, architect.KindNames()))
		}
		return
	case !a.Kind.Allows(c.flow.Type):
		c.failf("sdk.flowType", a.Pos, a.Path, "%s cannot be used in flows of type %s", a.Key, c.flow.Type)
		return
	}
	if c.calls {
		c.branches(a)
	}
	if (a.Key == "loopNext" || a.Key == "loopExit") && !inLoop {
		c.fail("loop.notInLoop", a.Pos, a.Path, "this action must be within a loop path")
	}
	for i := range a.Kind.Fields {
		c.field(s, a, &a.Kind.Fields[i])
	}
	c.special(s, a)
	c.loose(s, a.Node, a.Typed()...)
}

// branches reports actions in a branch that the action has not.
func (c *checker) branches(a *architect.Action) {
	if a.Switch != nil || a.Kind.SDK || a.Key == "callTask" || a.Key == "callCommonModule" || a.Key == "callBotFlow" {
		return
	}
	for i := range a.Branches {
		b := &a.Branches[i]
		known := false
		for _, k := range a.Kind.Branches {
			known = known || strings.EqualFold(k, b.Name)
		}
		if a.Kind.Hidden && strings.EqualFold(b.Name, "success") {
			known = true
		}
		if !known && len(b.Actions) > 0 {
			c.failf(CodeNoBranch, b.Pos, a.Path, "%s has no branch %q", a.Key, b.Name)
		}
	}
}

// field checks one row of the table.
func (c *checker) field(s *scope, a *architect.Action, f *architect.Field) {
	switch f.Use {
	case architect.UseValue:
		if f.Key == "lookupValue" || f.Key == "timeout" && (a.Key == "callData" || a.Key == "callDataSecure") || f.Key == "processingPrompt" {
			return // special looks at these
		}
		v, ok := a.Values[f.Key]
		if !ok {
			c.missing(a, f)
			return
		}
		c.value(s, v, ruleOf(f))
	case architect.UseOutput:
		v, ok := a.Values[f.Key]
		if !ok {
			c.missing(a, f)
			return
		}
		t, _ := expr.ParseType(f.Type)
		if d := s.declaredAs(v.Text); a.Key == "collectInput" && v.Form == architect.Var && d != nil && d.symbol.ReadOnly && c.calls {
			c.warn(CodeReadOnly, v.Pos, v.Path, v.Text+" is read only; Genesys' validation lets it pass here", "collect into a variable of the flow")
			return
		}
		c.output(s, v, t, f.Label, f.NoValue)
	case architect.UsePlain, architect.UseTarget:
		if f.Missing != "" && a.Plain[f.Key] == "" && (f.Use != architect.UseTarget || a.Target == nil) {
			c.missing(a, f)
		}
	case architect.UseRef:
		c.jump(a)
	case architect.UseBindings:
		if a.Key != "dataTableLookup" { // looked at beside the table
			c.failureOutputs(s, a)
		}
	}
}

func (c *checker) failureOutputs(s *scope, a *architect.Action) {
	for _, b := range a.FailureOutputs {
		c.output(s, b.Value, expr.String, b.Name, true)
	}
}

func (c *checker) missing(a *architect.Action, f *architect.Field) {
	if f.Missing == "" || !c.calls || f.Or != "" && a.Values[f.Or].Form != architect.Absent {
		return
	}
	if a.Kind.SDK && len(a.Unknown) > 0 {
		return // one of them may be its name
	}
	if a.Key == "createCallback" && c.flow.Type == "inqueueCall" {
		return // the queue the call waits in
	}
	what := "invalid input for"
	switch {
	case f.Missing == architect.CodeNoValueSet:
		what = "no value set for"
	case strings.Contains(f.Missing, "mustSelect"):
		what = "nothing selected for"
	}
	c.failf(f.Missing, a.Pos, a.Path, "%s %s: %s is left out", what, f.Label, f.Key)
}

// jump checks the target of a jump or call.
func (c *checker) jump(a *architect.Action) {
	kind := map[string]string{"jumpToMenu": "menu", "changeState": "state"}[a.Key]
	if kind == "" {
		kind = "task"
	}
	if a.Ref.Text != "" && c.reference(a.Ref, kind) {
		return
	}
	c.failf(kind+".noReference", a.Pos, a.Path, "there is no %s reference set", kind)
}

// special holds the rules of single kinds.
func (c *checker) special(s *scope, a *architect.Action) {
	switch a.Key {
	case "decision":
		v := a.Value("condition")
		if n, err := expr.Parse(v.Text); v.Form == architect.Exp && err == nil && alwaysSame(n) {
			c.warn(CodeConstant, v.Pos, v.Path, "the condition is always the same", "")
		}
	case "callData", "callDataSecure", "callBridge":
		c.callData(s, a)
	case "dataTableLookup":
		c.lookup(s, a)
	case "setScreenPop":
		c.screenPop(s, a)
	case "callCommonModule", "callBotFlow", "callDigitalBotFlow":
		for _, b := range a.Inputs {
			c.value(s, b.Value, rule{label: b.Name, noValue: true, empty: true})
		}
		for _, b := range a.Outputs {
			c.output(s, b.Value, expr.Invalid, b.Name, true)
		}
	case "askForSlot":
		if name := a.Value("slot").Text; name != "" { // asking fills it, and whoever called the bot reads it
			c.note(s, name, true)
			c.note(s, "Slot."+name, true)
		}
	case "updateData", "extractSecureData":
		c.update(s, a)
	case "setParticipantData", "getParticipantData", "setConversationData", "getConversationData", "setSecuredData", "getSecuredData":
		c.attributes(s, a)
	case "switch":
		c.choose(s, a)
	case "loop":
		if v := a.Value("loopCount"); v.Form == architect.Lit && v.IsScalar() && integerRE().MatchString(v.Text) && (v.Text[0] == '-' || strings.Trim(v.Text, "0") == "") {
			c.warn("loop.lessThanOne", a.Pos, a.Path, "a Loop Count less than one will skip the loop action", "")
		}
	case "transferToAcd", "setSkills":
		c.acd(s, a)
	case "transferToFlow", "transferToFlowSecure":
		c.targetFlow(a)
	case "transferToVoicemail":
		c.voicemail(a)
	case "collectInput":
		c.collect(a)
	case "setLanguage":
		c.language(a)
	case "previousMenu":
		if len(c.flow.Menus) == 0 {
			c.fail("previousMenu.noMenus", a.Pos, a.Path, "there are no menus in this flow for Previous Menu to return to")
		} else if c.now != nil && c.now.Kind == "task" && c.now.RefID == c.flow.Start.ID && c.flow.Start.Kind == "task" {
			c.fail("previousMenu.inStartupError", a.Pos, a.Path, "this action is invalid in the starting task because there is no menu to return to")
		}
	case "setFlowOutcome", "initializeFlowOutcome":
		sure := c.calls && len(a.Unknown) == 0 // else one of the keys may be its name
		if f := a.Value("flowOutcome").Form; sure && (f == architect.Absent || f == architect.NoValue) {
			c.fail("flowOutcomes.mustSelectFlowOutcome", a.Pos, a.Path, "a flow outcome must be selected")
		}
		if a.Key == "setFlowOutcome" && sure && a.Values["flowOutcomeValue"].Form == architect.Absent {
			c.fail(architect.CodeInvalidLiteral, a.Pos, a.Path, "invalid input for Value: flowOutcomeValue is left out")
		}
	}
	c.blankAudio(a)
}

// language checks that setLanguage names a language the flow supports.
func (c *checker) language(a *architect.Action) {
	tag := a.Plain["language"]
	if tag == "" || !c.calls {
		return
	}
	for _, l := range append([]string{c.flow.Language}, c.flow.Languages...) {
		if strings.EqualFold(l, tag) {
			return
		}
	}
	c.failf("sdk", a.Pos, a.Path, "the language %q is not a supported language of the flow", tag)
}

// blankAudio warns of audio that is left out.
func (c *checker) blankAudio(a *architect.Action) {
	if !c.calls {
		return
	}
	for i := range a.Kind.Fields {
		f := &a.Kind.Fields[i]
		if f.Type != "Audio" || f.Missing != "" || a.Key == "setWhisperAudio" || a.Key == "playAudioOnSilence" || a.Key == "holdMusic" || f.Key == "verificationAudio" {
			continue
		}
		if a.Key == "dialByExtension" && f.Key != "retryAudio" {
			continue
		}
		if a.Value(f.Key).Form == architect.Absent && (f.Or == "" || a.Value(f.Or).Form == architect.Absent) {
			c.warn("audio.blankMainSeqWarningContext", a.Pos, a.Path, fmt.Sprintf("the main sequence for '%s' has no audio set", f.Label), "write "+f.Key+": {exp: ToAudioBlank(100)} for silence")
		}
	}
}

// inputs checks the bound inputs of a contract and reports required ones left out.
func (c *checker) inputs(s *scope, a *architect.Action, k *contract) {
	bound := map[string]bool{}
	for _, b := range a.Inputs {
		p := k.input(b.Name)
		bound[b.Name] = true
		if p == nil {
			c.noField(a, "inputs", b, k.Inputs)
			continue
		}
		t, ok := expr.ParseType(p.Type)
		if !ok || p.Type == "JSON" {
			t = expr.Invalid
		}
		c.value(s, b.Value, rule{
			typ: t, label: b.Name, noValue: !p.Required, empty: t == expr.String && (p.MinLength == nil || *p.MinLength == 0), deflt: true,
			minF: p.Minimum, maxF: p.Maximum, minLen: p.MinLength, maxLen: p.MaxLength,
		})
	}
	for _, p := range k.Inputs {
		if p.Required && !bound[p.Name] && !p.Default && !k.open {
			c.warn(CodeInputLeftOut, a.Target.Pos, a.Path, fmt.Sprintf("required input %q of %q is left out; it silently becomes NOT_SET", p.Name, k.Name), "")
		}
	}
}

func (c *checker) noField(a *architect.Action, group string, b architect.Binding, list []architect.Property) {
	c.report(diag.Error, CodeNoSuchField, b.Pos, a.Path+"/"+group, fmt.Sprintf("the contract has no %q", b.Name), diag.DidYouMean(b.Name, propertyNames(list)))
}

func (c *checker) outputs(s *scope, a *architect.Action, group string, k *contract) {
	for _, b := range a.Outputs {
		p := k.output(b.Name)
		if p == nil {
			c.noField(a, group, b, k.Outputs)
			continue
		}
		t, ok := expr.ParseType(p.Type)
		if !ok || p.Type == "JSON" && k.open {
			t = expr.Invalid
		}
		if d := s.declaredAs(b.Text); k.open && (d == nil || d.made == b.Path) {
			t = expr.Any // neither the contract nor a declaration says it
		}
		c.output(s, b.Value, t, b.Name, true)
	}
}

func (c *checker) contract(s *scope, a *architect.Action, list []architect.Contract) *contract {
	if c.org.Auto {
		return madeUp(a.Target, a.Inputs, a.Outputs, func(v string) string {
			if d := s.declaredAs(v); d != nil {
				return d.symbol.Type.String()
			}
			return "String"
		})
	}
	return contractIn(list, a.Target.Category, a.Target.Name)
}

func (c *checker) callData(s *scope, a *architect.Action) {
	code := map[string]string{"callData": "dataAction.mustSelectAction", "callDataSecure": "secureAction.mustSelectAction", "callBridge": "bridgeServer.mustSelectAction"}[a.Key]
	list := c.org.DataActions
	if a.Key == "callDataSecure" {
		list = c.org.SecureDataActions
	}
	if !c.calls {
		for _, b := range a.Inputs {
			c.syntax(b.Value)
		}
		for _, b := range append(a.Outputs, a.FailureOutputs...) {
			c.output(s, b.Value, expr.Invalid, b.Name, true)
		}
		return
	}
	var k *contract
	switch {
	case (a.Target == nil || a.Target.Name == "") && a.Kind.SDK && len(a.Unknown) > 0: // one of the keys may be its name
	case a.Target == nil || a.Target.Name == "":
		c.fail(code, a.Pos, a.Path, "a data action must be selected")
	default:
		if k = c.contract(s, a, list); k == nil {
			c.notFound(a, "data action", list)
			c.fail(code, a.Pos, a.Path, "a data action must be selected")
		}
	}
	if k != nil {
		c.inputs(s, a, k)
		c.outputs(s, a, "successOutputs", k)
		if len(a.FailureOutputs) > 0 {
			c.fail(CodeFailureOutputs, a.FailureOutputs[0].Pos, a.Path, "no failureOutputs in this flow type: a call flow cannot learn why a data action failed")
		}
	}
	if v, ok := a.Values["timeout"]; ok {
		c.value(s, v, rule{typ: expr.Duration, label: "Timeout", literal: true, minDur: 1e6, maxDur: 1 << 62, deflt: true, null: true})
		if d, isLit := v.Duration(); isLit && d == 0 {
			c.fail("bridgeServer.timeoutOfZero", a.Pos, a.Path, "timeout must be greater than zero")
		}
	}
}

func (c *checker) notFound(a *architect.Action, what string, list []architect.Contract) {
	names := make([]string, len(list))
	for i := range list {
		names[i] = list[i].Name
	}
	name := fmt.Sprintf("%q", a.Target.Name)
	if a.Target.Category != "" {
		name += fmt.Sprintf(" of %q", a.Target.Category)
	}
	c.report(diag.Error, CodeNotFound, a.Target.Pos, a.Path, what+" "+name+" not found", diag.DidYouMean(a.Target.Name, names))
}

func (c *checker) lookup(s *scope, a *architect.Action) {
	if !c.calls {
		c.syntax(a.Value("lookupValue"))
		c.callerKey(s, a.Value("lookupValue"))
		for _, b := range append(a.Outputs, a.FailureOutputs...) {
			c.output(s, b.Value, expr.Invalid, b.Name, true)
		}
		return
	}
	var k *contract
	if a.Target == nil {
		c.fail("dataTable.mustSelectTable", a.Pos, a.Path, "a data table must be selected")
	} else if k = c.contract(s, a, c.org.DataTables); k == nil {
		c.notFound(a, "data table", c.org.DataTables)
		c.fail("dataTable.mustSelectTable", a.Pos, a.Path, "a data table must be selected")
	}
	r := rule{typ: expr.String, label: "key"}
	if k != nil {
		if key := k.input("key"); key != nil {
			r.minLen, r.maxLen = key.MinLength, key.MaxLength
		}
		c.outputs(s, a, "foundOutputs", k)
		c.failureOutputs(s, a)
	}
	v, ok := a.Values["lookupValue"]
	c.callerKey(s, v)
	switch {
	case !ok && k != nil:
		c.fail(architect.CodeInvalidLiteral, a.Pos, a.Path, "invalid input for key: lookupValue is left out")
	case v.Form == architect.Exp && strings.TrimSpace(v.Text) == "NOT_SET":
		c.fail("errors.invalidValue", v.Pos, v.Path, "invalid value for key: NOT_SET")
	case k != nil || v.Form == architect.NoValue:
		c.value(s, v, r)
	}
}

func (c *checker) screenPop(s *scope, a *architect.Action) {
	if !c.calls {
		for _, b := range a.Inputs {
			c.syntax(b.Value)
		}
		return
	}
	if a.Target == nil {
		c.fail("screenPop.mustSelectScript", a.Pos, a.Path, "a screen pop script must be selected")
		return
	}
	k := c.contract(s, a, c.org.Scripts)
	if k == nil {
		c.notFound(a, "script", c.org.Scripts)
		c.fail("screenPop.mustSelectScript", a.Pos, a.Path, "a screen pop script must be selected")
		return
	}
	c.inputs(s, a, k)
}

func (c *checker) update(s *scope, a *architect.Action) {
	if len(a.Statements) == 0 {
		c.warn("updateVariables.noStatementError", a.Pos, a.Path, "there are no update statements", "")
	}
	for _, st := range a.Statements {
		t, ok := expr.ParseType(st.Type)
		if !ok {
			if c.calls {
				c.failf(CodeUnknownType, st.Pos, st.Path, "there is no type %q", st.Key)
			}
			continue
		}
		if st.Variable.Form == architect.Absent {
			c.failf(architect.CodeNoValueSet, st.Pos, st.Path+"/variable", "no value set: the statement names no variable")
		}
		d := s.declaredAs(st.Variable.Text)
		before := d != nil && c.written[d.v]
		c.output(s, st.Variable, t, "Variable", false)
		if d != nil && (nothing(st.Value) || st.Value.Form == architect.Exp && strings.EqualFold(strings.TrimSpace(st.Value.Text), st.Variable.Text)) { // what is given is no value, or its own
			c.written[d.v] = before
		}
		if st.Value.Form == architect.Absent {
			if t != expr.String && !t.IsList() {
				c.fail(architect.CodeInvalidLiteral, st.Pos, a.Path, "invalid input for Value To Assign: value is left out")
			}
			continue
		}
		// noValue: refused by the engine of 2018, written by exports of today.
		c.value(s, st.Value, rule{typ: t, label: "Value To Assign", noValue: true, empty: t == expr.String})
	}
}

func (c *checker) attributes(s *scope, a *architect.Action) {
	if len(a.Attributes) == 0 {
		c.warn("getAttributes.noAttributesError", a.Pos, a.Path, "there are no attributes defined", "")
	}
	reads := strings.HasPrefix(a.Key, "get")
	seen := map[string]bool{}
	for _, x := range a.Attributes {
		if x.Name.Form == architect.Absent {
			c.fail(architect.CodeInvalidLiteral, x.Pos, a.Path, "invalid input for Attribute Name: name is left out")
		}
		c.value(s, x.Name, rule{typ: expr.String, label: "Attribute Name"})
		if x.Name.Form == architect.Lit {
			if seen[x.Name.Text] {
				c.warn(CodeAttributeTwice, x.Name.Pos, x.Name.Path, fmt.Sprintf("attribute %q is given twice in one action; the last one wins", x.Name.Text), "")
			}
			seen[x.Name.Text] = true
		}
		if reads {
			if x.Variable.Form == architect.Absent {
				c.fail(architect.CodeNoValueSet, x.Pos, a.Path, "no value set for Variable: variable is left out")
			}
			c.output(s, x.Variable, expr.String, "Variable", false)
			continue
		}
		c.value(s, x.Value, rule{typ: expr.String, label: "Attribute Value", empty: true})
	}
}
