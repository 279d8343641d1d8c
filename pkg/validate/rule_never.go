package validate

import (
	"fmt"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/prove"
	"github.com/dealroute/dealroute/pkg/routing"
)

func ruleNever() Rule {
	return Rule{
		Code: "DR-ROUTE-001", Severity: diag.Error, says: prove.Rules,
		Title: "a rule whose conditions contradict each other",
		Text: "All conditions of a rule must hold at once, and under no outcome of the lookup can these. For example the value counts open deals only, so " +
			"`minValue` never holds together with `won: true`; and without a contact there are no facts. Remove one of the conditions, or split the rule in two.",
		check: func(c *check) {
			for i, r := range c.d.Routing.Rules {
				if len(possible(c.d, r.When)) > 0 {
					continue
				}
				var why []string
				if s := contradiction(c.d, r.When); s != "" {
					c.at(rulePath(i)+".name", r.Name, "remove one of its conditions, or the rule", "rule %q can never fire: %s", r.Name, s)
					continue
				}
				for _, o := range asked(r.When) {
					reasons := obstacles(c.d, r.When, o)
					// every condition on deals rules these out; only what was named needs a word
					if unusable(r.When) && len(r.When.Outcome) == 0 {
						if o == routing.NoRecord { // they have no other one
							why = append(why, notLookedUp(r.When)+", so "+strings.Join(reasons, " and "))
						}
						continue
					}
					if failed := len(r.When.Failure) > 0; len(r.When.Outcome) == 0 && (failed != (o == routing.LookupFailed) || o == routing.NoRecord || o == routing.ContactNoDeal) {
						continue
					}
					why = append(why, fmt.Sprintf("with %s %s", o, strings.Join(reasons, " and ")))
				}
				c.at(rulePath(i)+".name", r.Name, "remove one of its conditions, or the rule", "rule %q can never fire: %s", r.Name, strings.Join(why, "; "))
			}
		},
	}
}
