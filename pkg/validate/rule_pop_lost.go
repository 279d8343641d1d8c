package validate

import (
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/routing"
)

func rulePopLost() Rule {
	return Rule{
		Code: "DR-KEEP-002", Severity: diag.Warning,
		Title: "no screen pop after a transfer",
		Text: "A call that comes back to the flow while its decision is fresh is not looked up again, and the screen pops only if the contact's id was kept with the conversation. " +
			"The same holds of a company that was found by its own number and `hubspot_company_id`. " +
			"Add `hubspot_contact_id` to `privacy.participantData`: it is a number that means nothing outside HubSpot. `cache: {store: none}` looks up again instead.",
		check: func(c *check) {
			if c.d.Enrichment.Cache.Store != deployment.CacheConversation || !managedPop(c.d) {
				return
			}
			if !keeps(c.d, "hubspot_contact_id") {
				c.at("privacy.participantData", "", "add hubspot_contact_id to privacy.participantData", "the second agent of a transferred call gets no screen pop: the contact's id is not kept")
			}
			if c.d.HubSpot.Lookup.Company == routing.CompanyNumbers && !keeps(c.d, "hubspot_company_id") {
				c.at("privacy.participantData", "", "add hubspot_company_id to privacy.participantData", "the second agent of a transferred call from a company's number gets no screen pop: the company's id is not kept")
			}
		},
	}
}
