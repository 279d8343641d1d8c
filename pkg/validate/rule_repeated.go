package validate

import (
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/prove"
)

func ruleRepeated() Rule {
	return Rule{
		Code: "DR-ROUTE-004", Severity: diag.Error, says: prove.Rules,
		Title: "two rules with the same conditions",
		Text:  "The second one can never fire. Delete one of the two, or change what the other asks for.",
		check: func(c *check) {
			for i, r := range c.d.Routing.Rules {
				if c.ended() {
					return
				}
				for j, s := range c.d.Routing.Rules[:i] {
					if !equivalent(c.d, s.When, r.When) {
						continue
					}
					c.at(rulePath(i)+".name", r.Name, "delete one of the two", "rule %q asks the same as rule %q (%s) and can never fire", r.Name, s.Name, c.line(rulePath(j)+".name"))
					break
				}
			}
		},
	}
}
