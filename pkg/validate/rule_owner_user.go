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

// prefersOwner is the first rule that prefers the owner, -1 without one.
func prefersOwner(d *deployment.Deployment) int {
	return slices.IndexFunc(d.Routing.Rules, func(r deployment.Rule) bool { return r.To.PrefersOwner() })
}
