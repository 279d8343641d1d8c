package validate

import (
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
)

func ruleStageUnnamed() Rule {
	return Rule{
		Code: "DR-STAGE-013", Severity: diag.Warning,
		Title: "a stage by its number, without a name",
		Text: "The agent's screen and reports show a stage by its name in `hubspot.stages`; without one they show the number, which means nothing to people. " +
			"HubSpot's settings (Objects, Deals, Pipelines) show id and label of each stage; add them, and write the name in the rule.",
		check: func(c *check) {
			if !managedPop(c.d) && !keeps(c.d, "hubspot_deal_stage_label") {
				return
			}
			for i, r := range c.d.Routing.Rules {
				for j, s := range r.When.Stage {
					if _, named := c.d.HubSpot.Stages[s]; named || strings.Trim(s, "0123456789") != "" {
						continue
					}
					c.at(item(rulePath(i)+".when.stage", j), s, "add it to hubspot.stages: {\""+s+"\": Negotiation} under its label", "stage %q has no name: agents see the number", s)
				}
			}
		},
	}
}
