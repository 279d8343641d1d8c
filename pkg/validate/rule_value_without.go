package validate

import (
	"strconv"

	"github.com/dealroute/dealroute/pkg/diag"
)

func ruleValueWithout() Rule {
	return Rule{
		Code: "DR-ROUTE-013", Severity: diag.Info,
		Title: "a word on value where value adds nothing",
		Text:  "A rule says whether value adds to its priority, and `routing.valuePriority`, which says how much, is not there: value adds nothing to any call. Delete the key, or say how much.",
		check: func(c *check) {
			if c.d.Routing.ValuePriority != nil {
				return
			}
			for i, r := range c.d.Routing.Rules {
				if v := r.To.ValuePriority; v != nil {
					f := c.at(rulePath(i)+".to.valuePriority", strconv.FormatBool(*v), "delete it, or add routing.valuePriority", "rule %q says whether value counts, and there is no routing.valuePriority: it adds nothing anyway", r.Name)
					if *v {
						f.Severity = diag.Warning // somebody counts on it
					}
				}
			}
		},
	}
}
