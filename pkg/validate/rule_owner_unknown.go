package validate

import (
	"slices"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/routing"
)

func ruleOwnerUnknown() Rule {
	return Rule{
		Code: "DR-OWNER-001", Severity: diag.Warning,
		Title: "an owner whom nobody can know",
		Text: "`owner: prefer` asks the owner of the deal that counts first, else that of the contact. This rule takes only callers of whom neither is known: " +
			"HubSpot knows nobody, or was not asked. Delete the key there.",
		check: func(c *check) {
			for i, r := range c.d.Routing.Rules {
				when := possible(c.d, r.When)
				if r.To.PrefersOwner() && len(when) > 0 && !slices.ContainsFunc(when, func(o routing.Outcome) bool { return knowsSomebody(c.d, r.When, o) }) {
					c.at(rulePath(i)+".to.owner", r.To.Owner, "delete it", "rule %q prefers an owner, and of none of its callers one is known", r.Name)
				}
			}
		},
	}
}

// knowsSomebody reports whether a contact may be known under an outcome.
func knowsSomebody(d *deployment.Deployment, w deployment.When, o routing.Outcome) bool {
	unasked := len(w.Failure) > 0 && within(w.Failure, []string{routing.FailureBreaker, routing.FailureOff})
	return o != routing.NoRecord && (o != routing.LookupFailed || !unasked && !d.HubSpot.Lookup.Rolled())
}
