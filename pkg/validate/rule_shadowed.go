package validate

import (
	"fmt"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/prove"
)

func ruleShadowed() Rule {
	return Rule{
		Code: "DR-ROUTE-003", Severity: diag.Error, says: prove.Rules,
		Title: "a rule that earlier rules leave nothing to",
		Text: "Rules are asked in order and the first that holds wins. Whatever this rule would take, the named rules before it take first. " +
			"Move it in front of them, or narrow them.",
		check: func(c *check) {
			for i, r := range c.d.Routing.Rules {
				if c.ended() {
					return
				}
				by := shadows(c.d, i)
				if len(by) == 0 || len(by) == 1 && equivalent(c.d, c.d.Routing.Rules[by[0]].When, r.When) {
					continue
				}
				var names []string
				for _, j := range by {
					names = append(names, fmt.Sprintf("%q (%s)", c.d.Routing.Rules[j].Name, c.line(rulePath(j)+".name")))
				}
				c.at(rulePath(i)+".name", r.Name, fmt.Sprintf("move it in front of %q", c.d.Routing.Rules[by[0]].Name),
					"rule %q can never fire: whatever it takes is taken first by %s", r.Name, listed(names))
			}
		},
	}
}
