package validate

import "github.com/dealroute/dealroute/pkg/diag"

func ruleOrg() Rule {
	return Rule{
		Code: "DR-ORG-001", Severity: diag.Info,
		Title: "no Genesys Cloud org is named",
		Text:  "With `genesys.org`, the name or the id, commands refuse any other org that the credentials of the moment belong to. Without it `setup` only shows the org's name before it asks.",
		check: func(c *check) {
			if c.d.Genesys.Org == "" {
				c.at("genesys", "genesys", "add genesys.org, the name or the id of the org", "no org is named: setup takes whichever org the credentials belong to")
			}
		},
	}
}
