package interp

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/diag"
)

func typeOf(name string) expr.Type {
	t, ok := expr.ParseType(name)
	if !ok || t == expr.Any || t == expr.NotSetType {
		return expr.Invalid
	}
	return t
}

// scope is what an expression of a unit or task may name.
type scope struct {
	u *unit
	t *task // nil outside tasks
	b int   // built-in variables
}

func (c *compiler) scope() scope { return scope{c.u, c.t, len(c.p.builtins)} }

// Lookup finds a variable; prompts are named like variables and always exist here.
func (sc scope) Lookup(name string) (expr.Symbol, bool) {
	key := strings.ToLower(name)
	if sc.t != nil {
		if i, ok := sc.t.names[key]; ok {
			v := &sc.t.vars[i]
			return expr.Symbol{Name: v.name, Type: v.typ, Slot: sc.b + len(sc.u.vars) + i}, true
		}
	}
	if sym, ok := sc.u.table.Lookup(name); ok {
		return sym, true
	}
	if strings.HasPrefix(key, "prompt.") || strings.HasPrefix(key, "promptsystem.") || strings.HasPrefix(key, "promptuser.") {
		i, ok := sc.u.byName[key]
		if !ok {
			i = len(sc.u.prompts)
			sc.u.byName[key] = i
			sc.u.prompts = append(sc.u.prompts, Object(expr.Prompt, name))
		}
		return expr.Symbol{Name: name, Type: expr.Prompt, Slot: promptSlots + i, ReadOnly: true}, true
	}
	return expr.Symbol{}, false
}

// Names lists the variables, the task's own first.
func (sc scope) Names() []string {
	var out []string
	if sc.t != nil {
		for _, v := range sc.t.vars {
			out = append(out, v.name)
		}
	}
	return append(out, sc.u.table.Names()...)
}

// value compiles a place that takes a value of the type; without a type (inputs of a
// contract that is not known here) the value keeps its own.
func (c *compiler) value(v architect.Value, typ expr.Type) value {
	out := value{lit: expr.NotSet(typ), pos: v.Pos, path: v.Path, set: v.IsSet()}
	switch v.Form {
	case architect.Absent, architect.NoValue, architect.NoFallback:
	case architect.Exp, architect.PromptExp, architect.Var:
		out.text = v.Text
		if strings.TrimSpace(v.Text) == "" {
			out.bad = c.fail(CodeExpression, v.Pos, v.Path, "", "the expression is empty")
			break
		}
		c.expression(&out, v, typ)
	case architect.TTS:
		out.lit = expr.OfAudio(v.Text)
		if typ == expr.String {
			out.lit = expr.OfString(v.Text)
		}
	case architect.Prompt:
		out.lit = Object(expr.Prompt, v.Text)
		if typ == expr.Audio {
			out.lit = expr.OfAudio("<" + v.Text + ">")
		}
	case architect.Lit, architect.Plain:
		lit, ok := literal(v, typ)
		if !ok {
			out.bad = c.fail(CodeValue, v.Pos, v.Path, "", "%q is no %s", v.Text, typ)
			break
		}
		out.lit = lit
	default:
		out.bad = c.fail(CodeValue, v.Pos, v.Path, "one of lit, exp, noValue, var, tts, prompt", "no value in a known form")
	}
	return out
}

func (c *compiler) expression(out *value, v architect.Value, typ expr.Type) {
	if typ == expr.Audio && architect.NotSetAudio(v) { // silence
		out.lit = expr.NotSet(expr.Audio)
		return
	}
	target := &typ
	if typ == expr.Invalid {
		target = nil
	}
	prog, err := expr.Compile(v.Text, c.scope(), target, expr.Options{ShortCircuit: c.p.opts.ShortCircuit})
	if err == nil {
		out.prog = prog
		return
	}
	c.learn(v.Text, target)
	if target == nil && strings.TrimSpace(v.Text) == "NOT_SET" { // no field to take a type from
		out.lit = expr.NotSet(expr.String)
		return
	}
	pos, msg, hint := v.Pos, err.Error(), ""
	var e *expr.Error
	if errors.As(err, &e) {
		msg, hint = e.Message, e.Hint
		pos, _ = c.u.file.Place(v, e.Offset, e.Length)
	}
	out.bad = c.fail(CodeExpression, pos, v.Path, hint, "expression %q: %s", shorten(v.Text), msg)
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}

// literal reads a literal as the field's type, never by guessing from how it is written;
// only a value without a field type is read by its YAML tag.
func literal(v architect.Value, typ expr.Type) (expr.Value, bool) {
	if v.Object && !typ.IsOrg() && typ == expr.Invalid {
		return expr.OfString(v.Text), true
	}
	if typ == expr.Invalid {
		typ = tagType(v)
	}
	if typ.IsList() {
		return listLiteral(v, typ)
	}
	text := v.Text
	switch typ {
	case expr.String:
		return expr.OfString(text), v.Node == nil || v.Node.Kind == yaml.ScalarNode
	case expr.Boolean:
		switch strings.ToLower(strings.TrimSpace(text)) {
		case "true", "yes", "on":
			return expr.OfBool(true), true
		case "false", "no", "off":
			return expr.OfBool(false), true
		}
		return expr.NotSet(typ), false
	case expr.Integer:
		n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		x := expr.OfInt(n)
		return x, err == nil && x.IsSet()
	case expr.Decimal:
		return expr.OfDecimal(strings.TrimSpace(text))
	case expr.Duration:
		if d, ok := v.Duration(); ok {
			return expr.OfDuration(d), true
		}
		return expr.NotSet(typ), false
	case expr.Audio:
		return expr.OfAudio(text), true
	case expr.JSON:
		x, err := expr.OfJSON([]byte(text))
		return x, err == nil
	case expr.PhoneNumber:
		return expr.OfPhone(text), true
	case expr.DateTime:
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05"} {
			if t, err := time.Parse(layout, text); err == nil {
				return expr.OfDateTime(t), true
			}
		}
		return expr.NotSet(typ), false
	case expr.Date:
		t, err := time.Parse("2006-01-02", text)
		return expr.OfDate(t), err == nil
	case expr.Currency:
		amount, code, _ := strings.Cut(text, "|")
		return expr.OfCurrency(amount, code)
	}
	if typ.IsOrg() {
		return Object(typ, text), text != ""
	}
	return expr.NotSet(typ), false
}

// Literal reads the text of a literal as a value of the type.
func Literal(text string, typ expr.Type) (expr.Value, bool) {
	if typ == expr.Duration {
		d, err := time.ParseDuration(text)
		return expr.OfDuration(d), err == nil
	}
	return literal(architect.Value{Form: architect.Lit, Text: text}, typ)
}

func tagType(v architect.Value) expr.Type {
	if v.Node != nil && v.Node.Kind == yaml.ScalarNode {
		switch v.Node.ShortTag() {
		case "!!bool":
			return expr.Boolean
		case "!!int":
			return expr.Integer
		case "!!float":
			return expr.Decimal
		}
	}
	if _, ok := v.Duration(); ok {
		return expr.Duration
	}
	return expr.String
}

func listLiteral(v architect.Value, typ expr.Type) (expr.Value, bool) {
	if v.Node == nil || v.Node.Kind != yaml.SequenceNode {
		return expr.NotSet(typ), false
	}
	var items []expr.Value
	for _, n := range v.Node.Content {
		item := architect.Value{Form: architect.Lit, Node: n, Text: n.Value}
		if n.Kind == yaml.MappingNode {
			for i := 0; i+1 < len(n.Content); i += 2 {
				switch n.Content[i].Value {
				case "lit":
					item.Node, item.Text = n.Content[i+1], n.Content[i+1].Value
				case "name":
					item.Object, item.Text = true, n.Content[i+1].Value
				}
			}
		}
		x, ok := literal(item, typ.Elem())
		if !ok {
			return expr.NotSet(typ), false
		}
		items = append(items, x)
	}
	return expr.OfList(typ.Elem(), items...), true
}

// target resolves a variable that is written; the writes of a unit are declared before.
func (c *compiler) target(v architect.Value) target {
	if v.Form != architect.Var {
		return target{slot: -1}
	}
	sym, ok := c.scope().Lookup(v.Text)
	if !ok {
		return target{slot: -1}
	}
	return target{name: sym.Name, typ: sym.Type, slot: sym.Slot}
}

// duration is a literal duration of the flow, or d when it is left out.
func duration(v architect.Value, d time.Duration) time.Duration {
	if x, ok := v.Duration(); ok {
		return x
	}
	return d
}

// position is where a problem of a value is: the value's own place, else the action's.
func (in *instr) position(err error) diag.Position {
	var ve *valueError
	if errors.As(err, &ve) && ve.v.pos.Line > 0 {
		return ve.v.pos
	}
	return in.pos
}
