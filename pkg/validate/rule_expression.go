package validate

import (
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/diag"
)

// Genesys: an expression has at most 32,000 characters and nests 60 deep; calls and
// operators count, parentheses do not.
const (
	maxExpression = 32_000
	maxNesting    = 60
)

func ruleExpression() Rule {
	return Rule{
		Code: "DR-LIMIT-003", Severity: diag.Warning, artifacts: true,
		Title: "an expression near Architect's limits",
		Text: "Architect takes expressions of 32,000 characters that nest 60 deep, and refuses the whole flow beyond. This one has used up three quarters. " +
			"Long lists of own numbers, stages or values make them; shorten those, or split the rule.",
		check: func(c *check) {
			var walk func(n *yaml.Node)
			walk = func(n *yaml.Node) {
				for i, child := range n.Content {
					if n.Kind == yaml.MappingNode && i%2 == 1 && n.Content[i-1].Value == "exp" && child.Kind == yaml.ScalarNode {
						c.expression(child)
					}
					walk(child)
				}
			}
			walk(c.b.Flow.Tree.Root)
		},
	}
}

func (c *check) expression(n *yaml.Node) {
	at := c.b.Flow.At(n.Line)
	if chars := utf8.RuneCountInString(n.Value); chars > maxExpression*3/4 {
		c.place(at, 0, "shorten the lists in the deployment file that it is made of", "an expression of the flow has %d characters, Architect takes %d", chars, maxExpression)
		return
	}
	tree, err := expr.Parse(n.Value)
	if err != nil {
		return // reported by the check of the flow
	}
	if depth := nesting(tree); depth > maxNesting*3/4 {
		c.place(at, 0, "shorten the lists in the deployment file that it is made of", "an expression of the flow nests %d deep, Architect takes %d", depth, maxNesting)
	}
}

// nesting is how many calls and operators stand inside one another.
func nesting(n expr.Node) int {
	deepest, self := 0, 0
	switch n.(type) {
	case *expr.Call, *expr.Unary, *expr.Binary, *expr.Conditional:
		self = 1
	}
	expr.Walk(n, func(m expr.Node) bool {
		if m == n {
			return true
		}
		deepest = max(deepest, nesting(m))
		return false
	})
	return self + deepest
}
