package validate

import "github.com/dealroute/dealroute/pkg/diag"

func ruleAccountProperty() Rule {
	return Rule{
		Code: "DR-ACCT-003", Severity: diag.Warning, account: true, preflight: true, live: diag.Error,
		Title: "a property that the account does not have",
		Text: "HubSpot drops the unknown name of a property from its answer without a word, so the fact is never set and no rule that asks for it fires. " +
			"The internal name stands in HubSpot's settings (Properties), in lower case; it is not the label. Asked by `simulate`, of the fixtures or with `--crm live` of the account, and by `plan`, `setup` and `validate --online`, where it is an error.",
		check: func(c *check) {
			for _, name := range sortedKeys(c.d.HubSpot.Facts) {
				f := c.d.HubSpot.Facts[name]
				for _, of := range []struct{ object, key, property string }{{"contacts", "contact", f.Contact}, {"deals", "deal", f.Deal}} {
					if known, ok := c.in.Account.Properties[of.object]; ok && of.property != "" {
						c.unknownName(join("hubspot.facts", name)+"."+of.key, of.key+" property", of.property, sortedKeys(known), nil, "the fact is never set")
					}
				}
			}
		},
	}
}
