package validate

import "github.com/dealroute/dealroute/pkg/diag"

func ruleHubUnasked() Rule {
	return Rule{
		Code: "DR-HUB-005", Severity: diag.Warning, online: true, preflight: true,
		Title: "HubSpot could not be asked",
		Text: "Whether pipelines, stages and properties that the file names exist in HubSpot is not known: there is no key, or HubSpot did not answer. " +
			"Without a key this is a warning; under `validate` an account that was asked in vain is an error, for nothing was checked.",
		check: func(c *check) {
			u := c.in.Online.HubSpot.Unasked
			if u == nil || c.in.AccountsOnly && !u.Failed { // plan and setup say it of a missing key
				return
			}
			f := c.at("hubspot", "hubspot", u.Hint, "HubSpot could not be asked: %s", u.Why)
			if u.Failed && !c.in.AccountsOnly {
				f.Severity = diag.Error
			}
		},
	}
}
