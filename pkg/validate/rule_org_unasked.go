package validate

import "github.com/dealroute/dealroute/pkg/diag"

func ruleOrgUnasked() Rule {
	return Rule{
		Code: "DR-ORG-003", Severity: diag.Warning, online: true,
		Title: "the org could not be asked",
		Text: "Of what `validate --online` asks an org, nothing is known: there are no credentials, or the org refused them or did not answer. " +
			"Without credentials this is a warning; an org that was asked in vain is an error, for nothing was checked.",
		check: func(c *check) {
			if u := c.in.Online.Unasked; u != nil {
				f := c.at("genesys", "genesys", u.Hint, "the org could not be asked: %s", u.Why)
				if u.Failed {
					f.Severity = diag.Error
				}
			}
		},
	}
}
