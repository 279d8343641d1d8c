package validate

import (
	"slices"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
)

func ruleOwnerUser() Rule {
	return Rule{
		Code: "DR-OWNER-002", Severity: diag.Warning, account: true,
		Title: "owners who are no users of the org",
		Text: "HubSpot's owners are joined to the active users of the org by e-mail, capitals aside. Of an owner without e-mail, with another one than his user's, or with one that several users share, nobody can say who he is: " +
			"calls of his deals and contacts go as without. Give the user the owner's e-mail. Asked by `simulate` of the fixtures, crm.yaml and org.yaml; `plan` and `setup` say it of the real ones.",
		check: func(c *check) {
			if i := prefersOwner(c.d); i >= 0 && c.in.Account.Owners != "" {
				c.at(rulePath(i)+".to.owner", c.d.Routing.Rules[i].To.Owner, "give these users the e-mail that the owner has in HubSpot", "%s", c.in.Account.Owners)
			}
		},
	}
}

func ruleOwnerQueue() Rule {
	return Rule{
		Code: "DR-OWNER-003", Severity: diag.Warning, account: true,
		Title: "a queue that asks no owner first",
		Text: "Only a queue whose routing method is preferred agent routing asks preferred agents first; its `routingRules` say with which score, and for how long they are waited for. Other queues ignore the owner without an error. " +
			"Choose the method in Genesys Cloud (Admin, Queues, Routing), with a threshold of 100 or less. Asked by `simulate`, of org.yaml or with `--flow deployed` of the org; `plan` and `setup` say it too.",
		check: func(c *check) {
			told := map[string]bool{}
			for i, r := range c.d.Routing.Rules {
				if r.To.PrefersOwner() && slices.Contains(c.in.Account.Unpreferring, r.To.Queue) && !told[r.To.Queue] {
					told[r.To.Queue] = true
					c.at(rulePath(i)+".to.owner", r.To.Owner, "give the queue preferred agent routing", "queue %q does not route to preferred agents: no owner is asked first there", r.To.Queue)
				}
			}
		},
	}
}

// prefersOwner is the first rule that prefers the owner, -1 without one.
func prefersOwner(d *deployment.Deployment) int {
	return slices.IndexFunc(d.Routing.Rules, func(r deployment.Rule) bool { return r.To.PrefersOwner() })
}
