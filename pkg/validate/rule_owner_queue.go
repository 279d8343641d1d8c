package validate

import (
	"slices"

	"github.com/dealroute/dealroute/pkg/diag"
)

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
