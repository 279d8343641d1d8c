package validate

import (
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
)

func ruleOutcomeNever() Rule {
	return Rule{
		Code: "DR-ROUTE-002", Severity: diag.Warning,
		Title: "an outcome under which the rule cannot hold",
		Text: "The rule names several outcomes, and its other conditions cannot hold under one of them: a deal's stage after a failed lookup, say. " +
			"Callers with that outcome are not taken by this rule. Delete the outcome here, and give those callers a rule of their own if they should have one.",
		check: func(c *check) {
			for i, r := range c.d.Routing.Rules {
				if len(possible(c.d, r.When)) == 0 {
					continue // the rule as a whole is reported
				}
				for j, o := range r.When.Outcome {
					if why := obstacles(c.d, r.When, o); len(why) > 0 {
						c.at(item(rulePath(i)+".when.outcome", j), string(o), "delete it here, or make a rule of its own for it",
							"rule %q never holds with %s: %s then", r.Name, o, strings.Join(why, " and "))
					}
				}
			}
		},
	}
}
