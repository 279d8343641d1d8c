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
	case reflect.TypeFor[FactTest]():
		return factTest
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
		Min    *routing.Decimal `yaml:"min,omitempty"`
		Max    *routing.Decimal `yaml:"max,omitempty"`
		Within string           `yaml:"within,omitempty" jsonschema:"oneof_type=string;integer"`
		Set    *bool            `yaml:"set,omitempty"`
	}
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

// withinForm counts days; other units would not be whole days of a date.
var withinForm = pattern.Of(`^-?[0-9]{1,9}d$`)

func factTest(d *decoder, path string, key, n *yaml.Node, v reflect.Value) {
	t := v.Addr().Interface().(*FactTest)
	if n.Kind != yaml.MappingNode {
		d.factValues(path, n, t)
		return
	}
	if len(n.Content) == 0 {
		d.report(path, n, codeEmpty, "write a value, a list, {min: …, max: …}, {within: 30d} or {set: true}", "%s is empty", path)
		return
	}
	var f testForm
	d.structure(path, key, n, reflect.ValueOf(&f).Elem())
	t.Min, t.Max = f.Min, f.Max
	within := join(path, "within")
	if f.Within != "" {
		days, err := strconv.Atoi(strings.TrimSuffix(f.Within, "d"))
		switch {
		case !withinForm().MatchString(f.Within) || err != nil:
			hint := "write days, such as 30d ahead or -30d back"
			if err == nil {
				hint = fmt.Sprintf("write %dd", days)
			}
			d.report(within, d.child(n, "within"), codeDuration, hint, "%s must be a number of days, not %s", within, quote(f.Within))
		case days > MaxDays || days < -MaxDays:
			d.report(within, d.child(n, "within"), codeRange, "a hundred years at most", "%s must be -%dd to %dd, not %s", within, MaxDays, MaxDays, quote(f.Within))
		}
		t.Within = &days
	}
	if f.Set != nil {
		set := join(path, "set")
		if !*f.Set {
			d.report(set, d.child(n, "set"), codeChoice, "order the rules so that one with {set: true} comes first", "%s can only be true: a condition on something not set does not hold", set)
		}
		t.Set = true
	}
}

// factValues reads the form with a value or a list of values.
func (d *decoder) factValues(path string, n *yaml.Node, t *FactTest) {
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
			t.Any = append(t.Any, c.Value)
			continue
		}
		s, ok := d.text(p, c, field{digits: true})
		if ok && seen[s] {
			d.report(p, c, codeRepeated, "delete one of the two", "%s occurs twice in %s", quote(s), path)
		}
		seen[s] = true
		t.Any = append(t.Any, s)
	}
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
