package deployment

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/source"
)

// A union reads a type that has more than one form in the file.
type union func(d *decoder, path string, key, n *yaml.Node, v reflect.Value)

// unionOf is how a type of several forms is read, nil for all other types.
func unionOf(t reflect.Type) union {
	switch t {
	case reflect.TypeFor[Greeting]():
		return greeting
	case reflect.TypeFor[Breaker]():
		return breaker
	case reflect.TypeFor[ScreenPop]():
		return screenPop
	case reflect.TypeFor[Ending]():
		return ending
	case reflect.TypeFor[FactTest]():
		return factTest
	case reflect.TypeFor[values]():
		return factValues
	}
	return nil
}

// promptForm is the mapping form of a greeting, scriptForm that of a screen pop.
type (
	promptForm struct {
		Prompt string `yaml:"prompt" jsonschema:"minLength=1"`
	}
	scriptForm struct {
		Script string `yaml:"script" jsonschema:"minLength=1"`
	}
	testForm struct {
		Any    values           `yaml:"any,omitempty"`
		Not    values           `yaml:"not,omitempty"`
		Prefix string           `yaml:"prefix,omitempty" jsonschema:"minLength=1"`
		Case   string           `yaml:"case,omitempty" jsonschema:"enum=ignore"`
		Min    *routing.Decimal `yaml:"min,omitempty"`
		Max    *routing.Decimal `yaml:"max,omitempty"`
		Within string           `yaml:"within,omitempty" jsonschema:"oneof_type=string;integer"`
		Before string           `yaml:"before,omitempty" jsonschema:"oneof_type=string;integer"`
		After  string           `yaml:"after,omitempty" jsonschema:"oneof_type=string;integer"`
		Set    *bool            `yaml:"set,omitempty"`
	}
	// values are those of a fact: one, or a list.
	values []string
)

func greeting(d *decoder, path string, key, n *yaml.Node, v reflect.Value) {
	g := v.Addr().Interface().(*Greeting)
	if n.Kind == yaml.MappingNode {
		var f promptForm
		d.structure(path, key, n, reflect.ValueOf(&f).Elem())
		g.Prompt = f.Prompt
		return
	}
	g.Text, _ = d.text(path, n, field{prose: true})
}

func screenPop(d *decoder, path string, key, n *yaml.Node, v reflect.Value) {
	p := v.Addr().Interface().(*ScreenPop)
	if n.Kind == yaml.MappingNode {
		var f scriptForm
		d.structure(path, key, n, reflect.ValueOf(&f).Elem())
		*p = ScreenPop{Mode: PopScript, Script: f.Script}
		return
	}
	if n.Kind != yaml.ScalarNode || (n.Value != PopManaged && n.Value != PopNone) {
		hint := ""
		if n.Kind == yaml.ScalarNode {
			hint = fmt.Sprintf("for an existing script write {script: %s}", quoteBare(n.Value))
		}
		d.report(path, n, codeChoice, hint, "%s must be managed, none or {script: …}, not %s", path, what(n))
		return
	}
	p.Mode = n.Value
}

func breaker(d *decoder, path string, key, n *yaml.Node, v reflect.Value) {
	b := v.Addr().Interface().(*Breaker)
	if n.Kind == yaml.MappingNode {
		d.structure(path, key, n, v)
		b.Enabled = true
		return
	}
	if n.Kind != yaml.ScalarNode || n.Value != "none" {
		hint := ""
		if n.Kind == yaml.ScalarNode {
			hint = "to have no breaker write breaker: none"
		}
		d.report(path, n, codeChoice, hint, "%s must be none or {afterTimeout: 15s, afterFailure: 2s}, not %s", path, what(n))
		return
	}
	*b = Breaker{}
}

// MaxDays is how far from today a date condition reaches, a hundred years: further ones would
// leave the calendar that Architect's dates have.
const MaxDays = 36525

// daysForm counts days; other units would not be whole days of a date.
var daysForm = pattern.Of(`^-?[0-9]{1,9}d$`)

const factForms = "write a value, a list, or conditions such as {min: …, max: …}, {within: 30d}, {not: […]}, {set: true}"

func factTest(d *decoder, path string, key, n *yaml.Node, v reflect.Value) {
	t := v.Addr().Interface().(*FactTest)
	if n.Kind != yaml.MappingNode {
		t.Any = d.factValues(path, n)
		return
	}
	if len(n.Content) == 0 {
		d.report(path, n, codeEmpty, factForms, "%s is empty", path)
		return
	}
	var f testForm
	d.structure(path, key, n, reflect.ValueOf(&f).Elem())
	*t = FactTest{Any: f.Any, Not: f.Not, Prefix: f.Prefix, IgnoreCase: f.Case != "", Min: f.Min, Max: f.Max, Set: f.Set}
	t.Within, t.Before, t.After = d.days(path, "within", n, f.Within), d.days(path, "before", n, f.Before), d.days(path, "after", n, f.After)
	if f.Case != "" && len(f.Any)+len(f.Not) == 0 && f.Prefix == "" {
		d.report(join(path, "case"), d.child(n, "case"), codeFactTest, "write any, not or prefix beside it", "%s: case belongs to a text, and there is none", path)
	}
	if f.Set != nil && !*f.Set && len(n.Content) > 2 {
		set := join(path, "set")
		d.report(set, d.child(n, "set"), codeFactTest, "delete one of the two", "%s: set: false stands alone: no other condition holds on something not set", path)
	}
}

// days reads a number of days from today; nil when there is none.
func (d *decoder) days(path, key string, n *yaml.Node, text string) *int {
	if text == "" {
		return nil
	}
	at := join(path, key)
	days, err := strconv.Atoi(strings.TrimSuffix(text, "d"))
	switch {
	case !daysForm().MatchString(text) || err != nil:
		hint := "write days, such as 30d ahead or -30d back"
		if err == nil {
			hint = fmt.Sprintf("write %dd", days)
		}
		d.report(at, d.child(n, key), codeDuration, hint, "%s must be a number of days, not %s", at, quote(text))
	case days > MaxDays || days < -MaxDays:
		d.report(at, d.child(n, key), codeRange, "a hundred years at most", "%s must be -%dd to %dd, not %s", at, MaxDays, MaxDays, quote(text))
	}
	return &days
}

func factValues(d *decoder, path string, _, n *yaml.Node, v reflect.Value) {
	*v.Addr().Interface().(*values) = d.factValues(path, n)
}

// factValues reads the form with a value or a list of values.
func (d *decoder) factValues(path string, n *yaml.Node) []string {
	var out []string
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		if items = n.Content; len(items) == 0 {
			d.report(path, n, codeEmpty, "name at least one value", "%s is an empty list", path)
		}
	}
	seen := map[string]bool{}
	for i, c := range items {
		p := path
		if n.Kind == yaml.SequenceNode {
			p = fmt.Sprintf("%s[%d]", path, i)
		}
		c = source.Follow(c)
		d.positions[p] = d.at(c)
		if c.Kind == yaml.ScalarNode && c.ShortTag() == "!!bool" {
			out = append(out, c.Value)
			continue
		}
		s, ok := d.text(p, c, field{digits: true})
		if ok && seen[s] {
			d.report(p, c, codeRepeated, "delete one of the two", "%s occurs twice in %s", quote(s), path)
		}
		seen[s] = true
		out = append(out, s)
	}
	return out
}

// child is the value of a key of a mapping.
func (d *decoder) child(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return n
}
