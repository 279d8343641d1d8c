package velocity

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
)

// Codes of what Check finds.
const (
	CodeUnescapedJSON   = "DA-TPL-010"
	CodeUnescapedURL    = "DA-TPL-011"
	CodeMissingQuiet    = "DA-TPL-012"
	CodeUnknownField    = "DA-TPL-013"
	CodeUnknownVariable = "DA-TPL-014"
	CodeUnknownMethod   = "DA-TPL-015"
	CodeDirective       = "DA-TPL-016"
	CodeDoubleQuotes    = "DA-TPL-017"
)

// A Place is what a template makes.
type Place uint8

// The templates of a data action.
const (
	InBody Place = iota
	InURL
	InHeader
	InSuccess
)

// A Field is one of an input contract.
type Field struct {
	Name     string
	Required bool
	Text     bool // of type string: it may hold anything
}

// A Scope is what a template may refer to.
type Scope struct {
	Place Place
	JSON  bool // the result is JSON, so text must be escaped
	Input []Field
	// Names are the other variables, such as credentials and rawResult.
	Names []string
	// Mapped are names that hold JSON text, quotes included.
	Mapped []string
	// Disabled maps a directive to why it cannot be relied on; nil means DisabledByDefault.
	Disabled map[string]string
}

// DisabledByDefault are directives of Velocity for which there is no evidence that Genesys
// runs them. One organisation was seen with #foreach switched off.
func DisabledByDefault() map[string]string {
	return map[string]string{
		"foreach": "it was seen switched off in an organisation",
		"literal": "nothing published shows that Genesys runs it",
		"break":   "nothing published shows that Genesys runs it",
		"stop":    "nothing published shows that Genesys runs it",
	}
}

// A directive is one use of a directive, for the checker.
type directive struct {
	name string
	pos  diag.Position
}

// Check reports what will or may go wrong when a template is rendered in a scope. Positions
// are in the template.
func (t *Template) Check(s Scope) diag.Findings {
	c := &checker{t: t, s: s}
	for _, r := range t.References() {
		c.reference(r)
	}
	disabled := s.Disabled
	if disabled == nil {
		disabled = DisabledByDefault()
	}
	for _, d := range t.directives {
		if why, ok := disabled[d.name]; ok {
			c.add(diag.Finding{
				Code: CodeDirective, Severity: diag.Warning, Position: d.pos, Length: len(d.name) + 1,
				Message: fmt.Sprintf("#%s may not work: %s", d.name, why), Hint: "do it in the translation map or in the flow",
			})
		}
	}
	if t.strict != nil {
		c.add(diag.Finding{Code: CodeDirective, Severity: diag.Error, Position: t.strict.Position(), Message: t.strict.Message})
	}
	return c.out.Sorted()
}

type checker struct {
	t   *Template
	s   Scope
	out diag.Findings
}

func (c *checker) add(f diag.Finding) { c.out = append(c.out, f) }

func (c *checker) reference(r Reference) {
	switch {
	case r.Root == "input":
		c.input(r)
	case builtins[r.Root] != nil:
		c.tool(r, builtins[r.Root])
	case slices.Contains(c.s.Mapped, r.Root):
		if r.InString && !r.Quoted && !r.Condition {
			c.finding(r, CodeDoubleQuotes, diag.Error, "$%s is JSON text with quotes of its own", r.Root)
			c.out[len(c.out)-1].Hint = "remove the quotes around it"
		}
	case !slices.Contains(c.s.Names, r.Root):
		c.unknown(r)
	}
}

func (c *checker) finding(r Reference, code string, severity diag.Severity, format string, args ...any) {
	c.add(diag.Finding{
		Code: code, Severity: severity, Message: fmt.Sprintf(format, args...),
		Position: r.Position, Length: len([]rune(r.Text)),
	})
}

func (c *checker) unknown(r Reference) {
	known := append([]string{"input"}, append(slices.Clone(c.s.Names), c.s.Mapped...)...)
	for name := range builtins {
		known = append(known, name)
	}
	slices.Sort(known)
	severity := diag.Error
	if r.Condition && r.Optional && len(r.Path) == 0 {
		severity = diag.Warning // a bare name in a condition may be unset
	}
	for _, k := range known {
		if strings.EqualFold(k, r.Root) {
			c.finding(r, CodeUnknownVariable, diag.Assumption, "$%s is written $%s here; whether Genesys ignores letter case is undocumented", k, r.Root)
			if k == "input" {
				r.Root = k
				c.input(r)
			}
			return
		}
	}
	c.finding(r, CodeUnknownVariable, severity, "variable $%s is not set when this template runs", r.Root)
	c.out[len(c.out)-1].Hint = diag.DidYouMean(r.Root, known)
}

func (c *checker) tool(r Reference, t *tool) {
	if r.args < 0 {
		if len(r.Path) == 0 {
			c.finding(r, CodeUnknownMethod, diag.Error, "$%s is a tool and has no text", t.name)
		} else if _, ok := t.property(r.Path[0]); !ok {
			c.finding(r, CodeUnknownMethod, diag.Error, "$%s has no property %q", t.name, r.Path[0])
			c.out[len(c.out)-1].Hint = diag.DidYouMean(r.Path[0], t.names())
		}
		return
	}
	if len(r.Path) > 0 {
		return
	}
	m := t.method(r.Tool)
	switch {
	case m == nil:
		c.finding(r, CodeUnknownMethod, diag.Error, "$%s has no method %q", t.name, r.Tool)
		c.out[len(c.out)-1].Hint = diag.DidYouMean(r.Tool, t.names())
	case m.args == "(undocumented)":
		c.finding(r, CodeUnknownMethod, diag.Assumption, "the arguments of $%s.%s are not documented, so this template is neither checked nor run here", t.name, m.name)
	}
}

func (c *checker) input(r Reference) {
	if c.s.Place == InSuccess {
		severity := diag.Error
		if r.Optional || r.Guarded {
			severity = diag.Warning
		}
		c.finding(r, CodeUnknownField, severity, "the inputs are not there in a success template, which sees the translation map's variables and $rawResult only")
		return
	}
	if len(r.Path) == 0 || r.Path[0] == "rawRequest" {
		return
	}
	name := r.Path[0]
	i := slices.IndexFunc(c.s.Input, func(f Field) bool { return f.Name == name })
	if i < 0 {
		if i = slices.IndexFunc(c.s.Input, func(f Field) bool { return strings.EqualFold(f.Name, name) }); i < 0 {
			c.noField(r, name)
			return
		}
		c.finding(r, CodeUnknownField, diag.Assumption, "the input contract has %q, not %q; whether Genesys ignores letter case is undocumented", c.s.Input[i].Name, name)
	}
	f := c.s.Input[i]
	if !f.Required && !r.Optional && !r.Guarded {
		c.finding(r, CodeMissingQuiet, diag.Warning, "%s fails when the optional input %q is missing", r.Text, name)
		c.out[len(c.out)-1].Hint = c.instead(r, name)
	}
	if f.Text && !r.Condition && len(r.Path) == 1 {
		c.escape(r, name)
	}
}

func (c *checker) noField(r Reference, name string) {
	known := make([]string, len(c.s.Input))
	for i, f := range c.s.Input {
		known[i] = f.Name
	}
	severity := diag.Error
	if r.Optional || r.Guarded {
		severity = diag.Warning
	}
	c.finding(r, CodeUnknownField, severity, "no field %q in the input contract", name)
	c.out[len(c.out)-1].Hint = diag.DidYouMean(name, known)
}

// escape reports text that may break what it is inserted into.
func (c *checker) escape(r Reference, name string) {
	switch c.s.Place {
	case InURL:
		if r.Start || r.Escape == EscapedURL || r.Escape == EscapedBase64 {
			return
		}
		c.finding(r, CodeUnescapedURL, diag.Warning, "input %q is inserted into the URL unescaped", name)
		method := "uriEncode"
		if r.Query {
			method = "url"
		}
		c.out[len(c.out)-1].Hint = "write $esc." + method + "(" + c.argument(r, name) + ")"
	case InBody:
		if !c.s.JSON || r.Escape == EscapedJSON || r.Escape == EscapedBase64 {
			return
		}
		if r.InString {
			c.finding(r, CodeUnescapedJSON, diag.Warning, "input %q is inserted into a JSON string unescaped", name)
			c.out[len(c.out)-1].Hint = "write $esc.jsonString(" + c.argument(r, name) + ")"
			return
		}
		c.finding(r, CodeUnescapedJSON, diag.Info, "text input %q is inserted as JSON, without quotes", name)
	}
}

// instead is what to write for a reference to an input that may be missing. It works with the
// input and without it.
func (c *checker) instead(r Reference, name string) string {
	asked := `#if("$!{input.` + name + `}" != "")`
	switch {
	case r.args >= 0: // a method of nothing fails
		return "put it between " + asked + " and #end"
	case c.s.Place == InBody && c.s.JSON && !r.InString && !r.Quoted && r.Escape == NotEscaped: // nothing at all would be no JSON
		return "write " + asked + r.Text + "#{else}null#end, or put the member and its comma into an #if"
	case c.s.Place == InURL && !r.Query:
		return "without it the address is another one: list it under required in the input contract, or put its part between " + asked + " and #end"
	case r.Escape != NotEscaped && !r.Quoted:
		return `write "$!{input.` + name + `}", with the quotes`
	}
	return "write $!{input." + name + "}, or ask for it with #if"
}

// argument is an input as the argument of a tool, which takes no null.
func (c *checker) argument(r Reference, name string) string {
	required := slices.ContainsFunc(c.s.Input, func(f Field) bool { return f.Name == name && f.Required })
	if required || r.Guarded {
		return "${input." + name + "}"
	}
	return `"$!{input.` + name + `}"`
}
