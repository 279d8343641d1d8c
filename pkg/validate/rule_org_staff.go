package validate

import (
	"github.com/dealroute/dealroute/pkg/reconcile"
)

func ruleOrgStaff() Rule {
	return Rule{
		Code: "DR-ORG-005", online: true,
		Title: "a queue where a caller waits for nobody",
		Text: "The queue has no members, or none of them holds all skills that the rule asks for, so calls that go there are never answered. A queue that setup would create has nobody either. " +
			"Put agents with these skills into the queue, or correct the names. `setup` refuses to lead calls there unless `--allow-unstaffed` is given.",
		check: func(c *check) {
			if c.in.Online.Org == nil || c.in.Online.Org.Members == nil {
				return
			}
			c.staffed(func(path, text string, t reconcile.Target) {
				if why := reconcile.Vacancy(t, c.in.Online.Org.Members); why != "" {
					c.at(path, text, "put agents with these skills into the queue", "%s", why)
				}
			})
		},
	}
}
