package validate

import "github.com/dealroute/dealroute/pkg/diag"

func rulePortal() Rule {
	return Rule{
		Code: "DR-HUB-001", Severity: diag.Warning,
		Title: "no HubSpot account is named",
		Text: "Without `hubspot.portal` the agent gets no link to the record, and a key of another account, a sandbox say, is not noticed. " +
			"The account's number stands in the address of every HubSpot page, after `/contacts/`.",
		check: func(c *check) {
			if c.d.HubSpot.Portal == "" {
				c.at("hubspot", "hubspot", "add hubspot.portal, the number in the address of HubSpot's pages", "no HubSpot account is named: agents get no link to the record, and any account's key is taken")
			}
		},
	}
}
