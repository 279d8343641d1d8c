package validate

import (
	"github.com/dealroute/dealroute/pkg/diag"
)

func ruleKept() Rule {
	return Rule{
		Code: "DR-HUB-011", Severity: diag.Info,
		Title: "what the lookup strategy needs in HubSpot",
		Text: "`unique-phone` and `rollup` find a contact only by `lookup.property`: whoever has the number in `phone` and not there is a stranger, and a contact with two numbers is known by one of them. `rollup` believes what HubSpot has calculated last, of the deals of all pipelines; how long that takes after a deal has moved HubSpot does not say. " +
			"[lookups.md](lookups.md) says how both are made and what they cost. Nothing is to be done when they are there; `validate --online` looks.",
		check: func(c *check) {
			l := c.d.HubSpot.Lookup
			if l.Searches() {
				return
			}
			c.at("hubspot.lookup.property", l.Property, "fill it by a workflow, and see with validate --online whether it is there",
				"a contact is known by %q alone, which must have unique values and hold numbers in E.164: whose number stands elsewhere is a stranger", l.Property)
			if l.Rolled() {
				c.at("hubspot.lookup.rollup", "rollup", "",
					"HubSpot calculates %q, %q and %q after a deal has moved, of all pipelines: who calls before that goes as before", l.Rollup.Open, l.Rollup.All, l.Rollup.Value)
			}
		},
	}
}
