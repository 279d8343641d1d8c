package check

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

// typedKeys are the keys of a flow whose expressions are looked at by type.
var typedKeys = []string{"tasks", "states", "bots", "menus", "variables", "startUpTaskActions", "startUpTaskVariables", "initialGreeting", "settingsErrorHandling", "settingsMenu"}

// loose notes the variables that stand where nothing is known of the place: a key that is
// kept without a view, or that is unknown. Keys in typed were looked at.
func (c *checker) loose(s *scope, n *yaml.Node, typed ...string) {
	if n == nil || n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if slices.Contains(typed, n.Content[i].Value) {
			continue
		}
		architect.EachNode(n.Content[i+1], func(n *yaml.Node) {
			if n.Kind != yaml.MappingNode {
				return
			}
			for i := 0; i+1 < len(n.Content); i += 2 {
				if v := n.Content[i+1]; v.Kind == yaml.ScalarNode {
					switch n.Content[i].Value {
					case "var", "variable":
						c.note(s, v.Value, true)
					case "exp":
						if x, err := expr.Parse(v.Value); err == nil {
							for _, name := range expr.Variables(x) {
								c.note(s, name, false)
							}
						}
					}
				}
			}
		})
	}
}

// note marks a declared variable as named, and as written where it is.
func (c *checker) note(s *scope, name string, written bool) {
	if d := s.declaredAs(name); d != nil && d.v != nil {
		c.used[d.v] = true
		c.written[d.v] = c.written[d.v] || written
	}
}

// slots notes that what a bot understands fills the slots of its entities; whoever called
// the bot reads them.
func (c *checker) slots() {
	if c.flow.Node == nil {
		return
	}
	for i := 0; i+1 < len(c.flow.Node.Content); i += 2 {
		if c.flow.Node.Content[i].Value != "settingsNaturalLanguageUnderstanding" {
			continue
		}
		architect.EachNode(c.flow.Node.Content[i+1], func(n *yaml.Node) {
			for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
				if n.Content[i].Value == "name" && n.Content[i+1].Kind == yaml.ScalarNode {
					c.note(c.global, "Slot."+n.Content[i+1].Value, true)
				}
			}
		})
	}
	for _, d := range c.global.vars { // a slot that no entity and no question fills may be filled by what calls the bot
		if d.v != nil && strings.HasPrefix(strings.ToLower(d.v.Name), "slot.") {
			c.written[d.v] = true
		}
	}
}

var notSetRE = pattern.Of(`(?i)^\s*(To[a-z]+\(\s*)?NOT_SET\s*\)?\s*$`)

// nothing reports whether a value is none: noValue or NOT_SET.
func nothing(v architect.Value) bool {
	return v.Form == architect.NoValue || v.Form == architect.NoFallback || v.Form == architect.Exp && notSetRE().MatchString(v.Text)
}
