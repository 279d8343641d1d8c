package check

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

// A rule says what a place takes. The table of what counts as empty, as Genesys' engine
// answers it for every place and form:
//
//	left out       by the caller: each action has its own code
//	noValue        expression.noValueModeNotAllowed unless noValue
//	var            expression.variableModeNotAllowed; outputs have output
//	exp            expression.expressionModeNotAllowed if literal; "" is notSetWithContext
//	lit            by type; "" is invalidLiteralContext unless empty
type rule struct {
	typ     expr.Type
	label   string
	noValue bool
	literal bool // no expressions
	empty   bool // the empty literal passes
	audio   bool // a sequence of audio: tts and prompt too
	must    bool // of audio: it has to be there
	deflt   bool // the place has a default, so a value of no form counts as left out
	null    bool // the key without anything passes

	min, max       *int64   // of integers
	minF, maxF     *float64 // of decimals
	minLen, maxLen *int64
	minDur, maxDur time.Duration // of durations; both 0 for none
}

func ruleOf(f *architect.Field) rule {
	t, _ := expr.ParseType(f.Type)
	r := rule{typ: t, label: f.Label, noValue: f.NoValue, literal: f.Literal, empty: f.Empty && t == expr.String, audio: t == expr.Audio}
	if f.Min != 0 || f.Max != 0 {
		r.min, r.max = &f.Min, &f.Max
	}
	if f.MinLen > 0 {
		r.minLen = &f.MinLen
	}
	r.must = r.audio && f.Missing != ""
	r.deflt = f.Missing == "" && (f.Default || f.Literal)
	r.null = f.Key == "connectTimeout"
	r.minDur, r.maxDur = f.MinDur, f.MaxDur
	if r.label == "" {
		r.label = f.Key
	}
	return r
}

// value checks a value that is there; one that is left out is the caller's affair.
func (c *checker) value(s *scope, v architect.Value, r rule) {
	if !c.calls {
		c.syntax(v)
		return
	}
	if v.Form == architect.Other && v.IsNull() {
		if !r.null {
			c.failf(architect.CodeShape, v.Pos, v.Path, "nothing where %s has to be", r.label)
		}
		return
	}
	if r.audio {
		c.audio(s, v, r)
		return
	}
	switch v.Form {
	case architect.Absent:
	case architect.NoValue, architect.NoFallback:
		if !r.noValue {
			c.failf("expression.noValueModeNotAllowed", v.Pos, v.Path, "noValue is not allowed for %s", r.label)
		}
	case architect.Var:
		c.failf("expression.variableModeNotAllowed", v.Pos, v.Path, "a variable (var) is not allowed for %s; write it as an expression (exp)", r.label)
	case architect.Exp, architect.Prompt, architect.PromptExp:
		if r.literal {
			c.failf("expression.expressionModeNotAllowed", v.Pos, v.Path, "an expression is not allowed for %s, only a literal", r.label)
			return
		}
		c.expression(s, v, v.Text, r)
	case architect.TTS:
		c.other(v, r, "spoken text")
	case architect.Lit:
		c.literalValue(s, v, r)
	case architect.Plain:
		if v.Object {
			c.other(v, r, "a bare name")
			return
		}
		c.failf(architect.CodeShape, v.Pos, v.Path, "a bare %q where a value has to be: {lit: …}, {exp: …} or {noValue: true}", diag.Shorten(v.Text, 40))
	case architect.Other:
		c.other(v, r, "a mapping without lit, exp, var or noValue")
	}
}

// audio checks a sequence of audio. A literal is read as an expression there; prompts are
// not looked up by Genesys' validation.
func (c *checker) audio(s *scope, v architect.Value, r rule) {
	text := v.Text
	switch v.Form {
	case architect.Absent:
		return
	case architect.NoValue:
		if r.must {
			c.failf(architect.CodeNoValueSet, v.Pos, v.Path, "no value set for %s", r.label)
		}
		return
	case architect.TTS:
		switch {
		case strings.TrimSpace(text) == "" && r.must:
			c.failf(architect.CodeNoValueSet, v.Pos, v.Path, "no value set for %s: the text is empty", r.label)
		case strings.TrimSpace(text) == "":
			c.warn("audio.blankMainSeqWarningContext", v.Pos, v.Path, "the text of "+r.label+" is empty", "")
		}
		return
	case architect.Prompt:
		switch {
		case architect.HasPlaceholder(text):
		case s.declaredAs(text) == nil && promptRE().FindString(text) == text:
			c.warn(CodePromptUnknown, v.Pos, v.Path, fmt.Sprintf("prompt %q is not known", text), diag.DidYouMean(text, s.Names()))
		default:
			c.expression(s, v, "ToAudio("+text+")", r)
		}
		return
	case architect.PromptExp:
		c.expression(s, v, text, rule{typ: expr.Prompt, label: r.label})
		return
	case architect.Exp, architect.Lit:
		if v.Form == architect.Lit && (!v.IsScalar() || v.IsNull() || v.Object) {
			break
		}
		if architect.NotSetAudio(v) {
			// Genesys: the engine of 2018 refuses it, and it stands in flows that are deployed today.
			c.warn(CodeSilence, v.Pos, v.Path, r.label+" is NOT_SET: callers hear nothing, and an older Architect refuses it", silenceHint)
			return
		}
		if strings.TrimSpace(text) == "" {
			if r.must {
				c.failf(architect.CodeNoValueSet, v.Pos, v.Path, "no value set for %s: there is no expression", r.label)
			}
			return
		}
		c.expression(&scope{outer: s, vars: c.promptsIn(s, text)}, v, text, r)
		c.silence(v, text, r)
		return
	case architect.Plain:
		if !v.Object {
			c.failf(architect.CodeShape, v.Pos, v.Path, "a bare %q where audio has to be: {tts: …}, {prompt: …} or {exp: …}", diag.Shorten(text, 40))
			return
		}
	}
	c.failf("errors.invalidValue", v.Pos, v.Path, "%s takes tts, prompt, exp or noValue", r.label)
}

const silenceHint = "write {exp: ToAudioBlank(100)} for silence"

// silence warns of an audio expression that never says anything. A blank of some length is
// silence that is meant.
func (c *checker) silence(v architect.Value, text string, r rule) {
	n, err := expr.Parse(text)
	if err != nil {
		return
	}
	plain := true
	expr.Walk(n, func(n expr.Node) bool {
		switch x := n.(type) {
		case *expr.Variable, *expr.Property, *expr.Index:
			plain = false
		case *expr.Call:
			name := strings.ToLower(x.Name)
			blank := name == "toaudioblank" && len(x.Args) == 1
			if lit, ok := arg(x, 0).(*expr.Literal); blank && (!ok || lit.Value.Type() != expr.Integer || lit.Value.Int() > 0) {
				plain = false
			}
			plain = plain && (blank || slices.Contains([]string{"toaudio", "toaudiotts", "tostring", "append", "trim", "audioplaybackoptions"}, name))
		}
		return plain
	})
	if !plain {
		return
	}
	audio := expr.Audio
	p, err := expr.Compile(text, expr.NewTable(), &audio)
	if err != nil {
		return
	}
	if said, err := p.Eval(&expr.Static{}); err == nil && (!said.IsSet() || !said.Audible()) {
		c.warn(CodeSilence, v.Pos, v.Path, r.label+" says nothing: callers hear nothing", silenceHint)
	}
}

// arg is an argument of a call, nil when it is not there.
func arg(c *expr.Call, i int) expr.Node {
	if i >= len(c.Args) {
		return nil
	}
	return c.Args[i]
}

// promptsIn declares the prompts that an audio expression names and nothing is known of.
func (c *checker) promptsIn(s *scope, text string) map[string]*declared {
	vars := map[string]*declared{}
	for _, m := range promptRE().FindAllString(text, -1) {
		if s.declaredAs(m) == nil {
			vars[strings.ToLower(m)] = &declared{symbol: expr.Symbol{Name: m, Type: expr.Prompt}}
		}
	}
	return vars
}

// other reports a value of no form. Genesys leaves the place at its default then: the
// empty literal.
func (c *checker) other(v architect.Value, r rule, what string) {
	if r.empty || r.deflt || r.typ.IsList() {
		c.warn(architect.CodeShape, v.Pos, v.Path, what+" where a value has to be; it counts as left out", "")
		return
	}
	c.failf(architect.CodeInvalidLiteral, v.Pos, v.Path, "invalid input for %s: %s where a value has to be", r.label, what)
}

// syntax checks of an expression only that it can be read.
func (c *checker) syntax(v architect.Value) {
	if v.Form != architect.Exp && v.Form != architect.PromptExp || architect.HasPlaceholder(v.Text) {
		return
	}
	if n, err := expr.Parse(v.Text); err != nil {
		c.expressionError(v, v.Text, err)
	} else {
		c.foreign(v, n)
		c.caller(c.global, v, n) // a module of calls
		c.use(c.global, expr.Variables(n)...)
		for _, s := range c.tasks {
			c.use(s, expr.Variables(n)...)
		}
	}
}

// use notes that variables are named. An expression in which one of them does not exist
// counts for none.
func (c *checker) use(s *scope, names ...string) {
	for _, n := range names {
		if c.calls && s.declaredAs(n) == nil {
			return
		}
	}
	for _, n := range names {
		if d := s.declaredAs(n); d != nil && d.v != nil {
			c.used[d.v] = true
		}
	}
}

// expression checks an expression that stands in a place of a type.
func (c *checker) expression(s *scope, v architect.Value, text string, r rule) {
	if strings.TrimSpace(text) == "" {
		c.failf(architect.CodeNoValueSet, v.Pos, v.Path, "no value set for %s: there is no expression", r.label)
		return
	}
	if architect.HasPlaceholder(text) {
		return // reported when the file was read
	}
	n, err := expr.Parse(text)
	if err != nil {
		c.expressionError(v, text, err)
		return
	}
	c.use(s, expr.Variables(n)...)
	if !c.foreign(v, n) {
		return
	}
	c.caller(s, v, n)
	var target *expr.Type
	if r.typ != expr.Invalid && r.typ != expr.Any {
		target = &r.typ
	}
	if _, err := expr.Check(n, s, target); err != nil {
		if !untyped(s, n) {
			c.expressionError(v, text, err)
		}
		return
	}
	c.constant(v, n, r)
}

// untyped reports whether an expression names a variable whose type is not known: one that an
// output of an unknown contract made.
func untyped(s *scope, n expr.Node) bool {
	for _, name := range expr.Variables(n) {
		if d := s.declaredAs(name); d != nil && d.made != "" && d.symbol.Type == expr.Any {
			return true
		}
	}
	return false
}

// foreign reports whether flows of the type have every function of an expression.
func (c *checker) foreign(v architect.Value, n expr.Node) bool {
	err := expr.Foreign(n, c.flow.Type)
	switch {
	case err == nil:
		return true
	case c.calls:
		c.expressionError(v, v.Text, err)
	default:
		var e *expr.Error
		errors.As(err, &e)
		f := diag.Finding{Code: CodeForeign, Severity: diag.Warning, Message: e.Message, Hint: e.Hint, Path: v.Path}
		f.Position, f.Length = c.file.Place(v, e.Offset, e.Length)
		c.findings.Add(f)
	}
	return false
}

func (c *checker) expressionError(v architect.Value, text string, err error) {
	f := diag.Finding{Code: "errors.invalidValue", Severity: diag.Error, Position: v.Pos, Path: v.Path, Message: err.Error()}
	var e *expr.Error
	if errors.As(err, &e) {
		f.Message, f.Hint = e.Message, e.Hint
		if text == v.Text {
			f.Position, f.Length = c.file.Place(v, e.Offset, e.Length)
		}
	}
	c.findings.Add(f)
}

// constant checks an expression that is one literal against the bounds of its place, as
// Genesys does it; anything more than one literal is not computed.
func (c *checker) constant(v architect.Value, n expr.Node, r rule) {
	switch x := n.(type) {
	case *expr.Literal:
	case *expr.Unary:
		if _, ok := x.X.(*expr.Literal); !ok || x.Op != "-" {
			return
		}
	default:
		return
	}
	text, isText := literalText(v.Text)
	switch {
	case isText && r.typ == expr.String:
		if msg := r.length(text); msg != "" {
			c.fail("errors.invalidValue", v.Pos, v.Path, msg)
		}
	case !isText && r.typ == expr.Integer:
		if msg := r.bounds(strings.Join(strings.Fields(v.Text), "")); msg != "" {
			c.fail("errors.invalidValue", v.Pos, v.Path, msg)
		}
	}
}

// literalText gives the text of an expression that is one string literal.
func literalText(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return "", false
	}
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`, `\n`, "\n", `\r`, "\r", `\t`, "\t").Replace(s[1 : len(s)-1]), true
}

func (r *rule) length(s string) string {
	n := int64(len([]rune(s)))
	switch {
	case r.maxLen != nil && n > *r.maxLen:
		return fmt.Sprintf("the value cannot contain more than %d characters", *r.maxLen)
	case r.minLen != nil && n < *r.minLen:
		return fmt.Sprintf("the value must contain at least %d characters", *r.minLen)
	}
	return ""
}

// bounds compares a number's text with the bounds, exactly.
func (r *rule) bounds(text string) string {
	x, ok := new(big.Rat).SetString(text)
	if !ok {
		return ""
	}
	check := func(low bool, bound *big.Rat) string {
		if low && x.Cmp(bound) < 0 {
			return fmt.Sprintf("the value %s must be greater than or equal to %s", text, bound.RatString())
		}
		if !low && x.Cmp(bound) > 0 {
			return fmt.Sprintf("the value %s must be less than or equal to %s", text, bound.RatString())
		}
		return ""
	}
	for _, b := range []struct {
		low bool
		i   *int64
		f   *float64
	}{{true, r.min, r.minF}, {false, r.max, r.maxF}} {
		if b.i != nil {
			if msg := check(b.low, new(big.Rat).SetInt64(*b.i)); msg != "" {
				return msg
			}
		}
		if b.f != nil {
			if rat := new(big.Rat).SetFloat64(*b.f); rat != nil {
				if msg := check(b.low, rat); msg != "" {
					return msg
				}
			}
		}
	}
	return ""
}

var (
	integerRE = pattern.Of(`^-?\d{1,15}$`)
	decimalRE = pattern.Of(`^-?(\d+\.?\d*|\.\d+)$`)
)

// orgKinds are the lists of an organisation in which objects of a type are.
var orgKinds = map[expr.Type]string{
	expr.Queue: "queues", expr.Skill: "skills", expr.LanguageSkill: "languageSkills", expr.User: "users", expr.Group: "groups",
	expr.WrapupCode: "wrapupCodes", expr.Prompt: "userPrompts", expr.Schedule: "schedules", expr.ScheduleGroup: "scheduleGroups", expr.EmergencyGroup: "emergencyGroups",
}

// literalValue checks a literal.
func (c *checker) literalValue(s *scope, v architect.Value, r rule) {
	kind := orgKinds[r.typ.Elem()]
	if v.Object {
		c.named(v, r, kind)
		return
	}
	d, isDuration := v.Duration()
	text := v.Text
	empty := func() {
		c.failf(architect.CodeInvalidLiteral, v.Pos, v.Path, "invalid input for %s: you must specify a value", r.label)
	}
	invalid := func() {
		c.failf("errors.invalidValue", v.Pos, v.Path, "invalid value for %s: %q is no %s", r.label, diag.Shorten(text, 40), r.typ)
	}
	switch {
	case r.typ.IsList():
		c.failf(CodeLiteralType, v.Pos, v.Path, "%s takes a list; a literal cannot be one", r.label)
	case r.typ == expr.Duration:
		switch {
		case text == "" && v.IsScalar():
			empty()
		case r.maxDur != 0:
			if !isDuration || d < r.minDur || d > r.maxDur {
				c.failf("text", v.Pos, v.Path, "the literal for %s must be a duration such as {seconds: 4} between %v and %v", r.label, r.minDur, r.maxDur)
			}
		case !isDuration:
			c.warn(CodeLiteralType, v.Pos, v.Path, fmt.Sprintf("%s takes a literal such as {seconds: 4}", r.label), "")
		}
	case r.typ == expr.Boolean:
		if !v.IsScalar() {
			c.warn(CodeLiteralType, v.Pos, v.Path, "a literal boolean value must be true or false", "")
		} else if text != "true" && text != "false" && !v.Bool {
			c.fail("sdk", v.Pos, v.Path, "a literal boolean value must be true or false")
		}
	case text == "" && v.IsScalar():
		if !r.empty {
			empty()
		} else if r.minLen != nil && *r.minLen > 0 {
			empty()
		}
	case r.typ == expr.Integer:
		if !integerRE().MatchString(text) {
			invalid()
		}
		if msg := r.bounds(text); msg != "" && v.IsScalar() {
			c.fail("text", v.Pos, v.Path, msg)
		}
	case r.typ == expr.Decimal, r.typ == expr.Currency:
		if !decimalRE().MatchString(text) {
			invalid()
		}
	case r.typ == expr.PhoneNumber:
		if low := strings.ToLower(text); !strings.HasPrefix(low, "tel:") && !strings.HasPrefix(low, "sip:") && !strings.HasPrefix(low, "+") {
			c.failf("literal.phoneNumber.withExpressionLabel.errorNoSchemeType", v.Pos, v.Path, "%q is no phone number: it has no scheme", diag.Shorten(text, 40))
		}
	case r.typ == expr.String:
		if msg := r.length(text); msg != "" && v.IsScalar() {
			c.fail("text", v.Pos, v.Path, msg)
		}
	case kind != "" && r.typ != expr.Prompt:
		c.failf("expression.literalDropDownValueDoesNotExist", v.Pos, v.Path, "%s takes a literal of the form {name: X}", r.label)
	}
}

// named checks a literal that names an object of the organisation.
func (c *checker) named(v architect.Value, r rule, kind string) {
	switch {
	case kind == "":
		c.failf(CodeNotFound, v.Pos, v.Path, "%s takes no object with a name", r.label)
	case v.Text != "" && c.org.Has(kind, v.Text):
		return
	default:
		c.report(diag.Error, CodeNotFound, v.Pos, v.Path, fmt.Sprintf("%s %q not found", r.typ.Elem(), v.Text), diag.DidYouMean(v.Text, c.org.Names[kind]))
	}
	if !r.empty && !r.typ.IsList() {
		c.failf(architect.CodeInvalidLiteral, v.Pos, v.Path, "invalid input for %s: you must specify a value", r.label)
	}
}

// output checks a place that names the variable a result goes to: it has to be of exactly
// the type. A variable that is not declared is made, in the flow or the task.
func (c *checker) output(s *scope, v architect.Value, t expr.Type, label string, noValue bool) {
	if !c.calls {
		if d := s.declaredAs(v.Text); d != nil && d.v != nil {
			c.written[d.v] = true
		}
		c.use(s, v.Text)
		return
	}
	switch v.Form {
	case architect.Absent:
		return
	case architect.Var:
	case architect.NoValue, architect.NoFallback:
		if !noValue {
			c.failf("expression.noValueModeNotAllowed", v.Pos, v.Path, "noValue is not allowed for %s", label)
		}
		return
	case architect.Exp, architect.Prompt, architect.PromptExp:
		c.failf("expression.expressionModeNotAllowed", v.Pos, v.Path, "an expression is not allowed for %s; name a variable: {var: Flow.X}", label)
		return
	case architect.Plain:
		c.failf(architect.CodeShape, v.Pos, v.Path, "a bare %q where {var: …} has to be", diag.Shorten(v.Text, 40))
		return
	case architect.Lit, architect.TTS, architect.Other:
		c.failf("expression.literalModeNotAllowed", v.Pos, v.Path, "a literal is not allowed for %s; name a variable: {var: Flow.X}", label)
		return
	}
	d := s.declaredAs(v.Text)
	if d == nil {
		c.undeclared(s, v, t, label)
		return
	}
	if d.made == v.Path {
		c.warn(CodeUndeclared, v.Pos, v.Path, fmt.Sprintf("variable %q is not declared; writing to it makes it", v.Text), diag.DidYouMean(v.Text, without(s.Names(), v.Text)))
	}
	if t != expr.Invalid && t != expr.Any && d.symbol.Type != t && d.symbol.Type != expr.Any {
		c.failf("expression.variableTypeError", v.Pos, v.Path, "'%s' cannot be used here because it is %s and not a variable of type %s", v.Text, d.symbol.Type, t)
		return
	}
	if d.symbol.ReadOnly {
		c.failf("expression.variableIsReadOnly", v.Pos, v.Path, "%s is read only", v.Text)
		return
	}
	if d.v != nil {
		c.written[d.v] = true
	}
	c.use(s, v.Text)
}

func without(list []string, name string) []string {
	return slices.DeleteFunc(list, func(x string) bool { return strings.EqualFold(x, name) })
}

// undeclared makes the variable that a place writes to.
func (c *checker) undeclared(s *scope, v architect.Value, t expr.Type, label string) {
	prefix, bare, _ := strings.Cut(v.Text, ".")
	switch low := strings.ToLower(prefix); {
	case v.Text == "":
		c.failf(architect.CodeNoValueSet, v.Pos, v.Path, "no value set for %s", label)
	case low != "flow" && low != "task":
		c.report(diag.Error, "expression.noVariableSet", v.Pos, v.Path, fmt.Sprintf("there is no variable %q", v.Text), diag.DidYouMean(v.Text, s.Names()))
	case !variableNameRE().MatchString(bare):
		c.failf("sdk", v.Pos, v.Path, "%q is no name of a variable", v.Text)
	case low == "flow":
		c.made, c.global.add(v.Text, t, nil).made = true, v.Path
	default:
		c.made, s.add(v.Text, t, nil).made = true, v.Path
	}
}
