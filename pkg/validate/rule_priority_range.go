package validate

import (
	"strconv"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
)

func rulePriorityRange() Rule {
	return Rule{
		Code: "DR-ROUTE-005", Severity: diag.Error,
		Title: "a priority that value lifts out of range",
		Text:  "Genesys Cloud takes priorities from -25,000,000 to 25,000,000. With `routing.valuePriority.max` added, this one is beyond. Lower the base or the maximum; one point is worth a minute of waiting, so tens are usually enough.",
		check: func(c *check) {
			v := c.d.Routing.ValuePriority
			if v == nil {
				return
			}
			one := func(path string, base int) {
				if base+v.Max > genesys.MaxPriority {
					c.at(path, strconv.Itoa(base), "lower it, or routing.valuePriority.max", "priority %d and %d by value are more than Genesys Cloud takes (%d)", base, v.Max, genesys.MaxPriority)
				}
			}
			for i, r := range c.d.Routing.Rules {
				one(rulePath(i)+".to.priority", r.To.Priority)
			}
			one("routing.fallback.priority", c.d.Routing.Fallback.Priority)
		},
	}
}
