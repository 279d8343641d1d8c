package validate

import (
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/routing"
)

func ruleDuplicatesAll() Rule {
	return Rule{
		Code: "DR-HUB-004", Severity: diag.Info,
		Title: "the deals of five contacts at most, or of four and a company",
		Text: "With `duplicates: all` the deals of every contact with the caller's number are read, and one search of HubSpot takes five contacts; a switchboard number may have more. Where companies count (`company`), it takes four and the company of the one modified last. " +
			"The facts and the link are still those of the contact modified last.",
		check: func(c *check) {
			if n := c.d.Policy().MaxContacts(); c.d.HubSpot.Lookup.Duplicates == routing.DuplicatesAll {
				c.at("hubspot.lookup.duplicates", "all", "", "of a number with more than %d contacts only the deals of %d are read", n, n)
			}
		},
	}
}
