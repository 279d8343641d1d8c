package validate

import (
	"slices"

	"github.com/dealroute/dealroute/pkg/diag"
)

func ruleStageUnused() Rule {
	return Rule{
		Code: "DR-STAGE-014", Severity: diag.Info,
		Title: "a stage name that nothing uses",
		Text:  "No rule asks for the stage, and no agent's screen or participant data shows its label. Delete the name, or use it in a rule.",
		check: func(c *check) {
			if managedPop(c.d) || keeps(c.d, "hubspot_deal_stage_label") {
				return
			}
			for _, id := range sortedKeys(c.d.HubSpot.Stages) {
				name := c.d.HubSpot.Stages[id]
				used := false
				for _, r := range c.d.Routing.Rules {
					used = used || slices.Contains(r.When.Stage, name) || slices.Contains(r.When.Stage, id)
				}
				if !used {
					c.at(join("hubspot.stages", id), name, "delete it, or use it in a rule", "stage name %q is used by no rule and shown to nobody", name)
				}
			}
		},
	}
}
