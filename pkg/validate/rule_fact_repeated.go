package validate

import (
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
)

func ruleFactRepeated() Rule {
	return Rule{
		Code: "DR-FACT-012", Severity: diag.Warning,
		Title: "two facts of one property",
		Text:  "Both read the same property in the same way, so one of the names is enough. If different properties are meant, one of the two is written wrongly.",
		check: func(c *check) {
			seen := map[deployment.Fact]string{}
			for _, name := range sortedKeys(c.d.HubSpot.Facts) {
				f := c.d.HubSpot.Facts[name]
				if first, ok := seen[f]; ok {
					c.at(keyOf("hubspot.facts", name), name, "use one of the two names everywhere", "fact %q reads the very property that fact %q reads", name, first)
				} else {
					seen[f] = name
				}
			}
		},
	}
}
