package validate

import (
	"strconv"

	"github.com/dealroute/dealroute/pkg/diag"
)

func ruleValueStep() Rule {
	return Rule{
		Code: "DR-ROUTE-006", Severity: diag.Warning,
		Title: "a value factor of a single step",
		Text: "Value adds min(max, ⌊value / per⌋ · add) to the priority. With `add` at or above `max` the first step gives all there is, so that greater values count no more than " +
			"`per` itself. Raise `max`, or write a rule with `minValue` if one threshold is what you mean.",
		check: func(c *check) {
			v := c.d.Routing.ValuePriority
			if v != nil && v.Add >= v.Max {
				c.at("routing.valuePriority.max", strconv.Itoa(v.Max), "raise max, or use a rule with minValue",
					"a value of %s gives the whole maximum of %d already; greater values change nothing", v.Per, v.Max)
			}
		},
	}
}
