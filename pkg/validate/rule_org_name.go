package validate

import (
	"github.com/dealroute/dealroute/pkg/plan"
)

func ruleOrgName() Rule {
	return Rule{
		Code: "DR-ORG-007", online: true,
		Title: "a name that somebody else's entity has",
		Text: "The org has an entity with a name that this deployment would use, and without its mark. Setup never touches what is not its own. " +
			"Rename it, choose another `name`, or take it over with `--adopt`, which the plan lists.",
		check: func(c *check) {
			org := c.in.Online.Org
			if org == nil {
				return
			}
			for _, ch := range org.Plan.Changes {
				if org.Keys != nil && ch.Reason == org.Keys.Error() { // it is ours, and HubSpot's answer says what is wrong
					continue
				}
				if ch.Action == plan.Leave && ch.Blocks && ch.ID != "" {
					c.at("name", c.d.Name, "", "%s %q of the org: %s", ch.Key.Kind, ch.Key.Name, ch.Reason)
				}
			}
		},
	}
}
