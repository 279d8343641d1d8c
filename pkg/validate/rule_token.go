package validate

import "github.com/dealroute/dealroute/pkg/diag"

func ruleToken() Rule {
	return Rule{
		Code: "DR-AUTH-010", Severity: diag.Info,
		Title: "a token that somebody must renew",
		Text: "With `hubspot.auth.renew: outside` calls ask HubSpot only while `dealroute token renew` puts a new access token into the org, from a scheduler or with `--every 20m`. " +
			"Once it stops, every caller is `lookup_failed` half an hour later, with `failure: off`; watch it as you watch the calls.",
		check: func(c *check) {
			if c.d.HubSpot.Auth.Outside() {
				c.at("hubspot.auth.renew", c.d.HubSpot.Auth.Renew, `run "dealroute token renew --every 20m" as a service, or write renew: platform`, "calls ask HubSpot only while somebody renews the token")
			}
		},
	}
}
