package validate

import (
	"slices"

	"github.com/dealroute/dealroute/pkg/diag"
)

// personal are HubSpot's own properties that name, locate or reach a person.
var personal = []string{
	"firstname", "lastname", "salutation", "email", "work_email", "hs_additional_emails", "phone", "mobilephone", "fax", "address", "city", "zip",
	"date_of_birth", "gender", "marital_status", "jobtitle", "hs_whatsapp_phone_number", "hs_calculated_phone_number", "hs_calculated_mobile_number",
	"hs_searchable_calculated_phone_number", "hs_searchable_calculated_mobile_number", "ip_city", "twitterhandle", "hs_linkedin_url", "message", "dealname", "description",
}

func ruleFactPersonal() Rule {
	return Rule{
		Code: "DR-FACT-015", Severity: diag.Warning,
		Title: "a fact that is personal data",
		Text: "The property names, locates or reaches a person, or is free text. As a fact it travels through the flow, whose variables can be logged, and to the agent's screen, " +
			"where it stays with the conversation. The link to the HubSpot record shows the agent the same without a copy. Prefer a property that only sorts people into kinds.",
		check: func(c *check) {
			for _, name := range sortedKeys(c.d.HubSpot.Facts) {
				f := c.d.HubSpot.Facts[name]
				if prop := f.Contact + f.Deal; slices.Contains(personal, prop) || f.Contact != "" && f.Contact == c.d.HubSpot.Lookup.Property {
					c.at(keyOf("hubspot.facts", name), name, "leave it in HubSpot: the link on the agent's screen leads to the record", "fact %q copies personal data (%s) out of HubSpot", name, prop)
				}
			}
		},
	}
}
