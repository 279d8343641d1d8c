package validate

import "github.com/dealroute/dealroute/pkg/diag"

func ruleOrgRemark() Rule {
	return Rule{
		Code: "DR-ORG-016", Severity: diag.Warning, online: true,
		Title: "hours of the org that say nothing",
		Text:  "A schedule group that the file names has no time zone, or no open schedule: what it says of the moment of a call is chance, or always no. Give it both in Genesys Cloud (Admin, Routing, Scheduling).",
		check: func(c *check) {
			if c.in.Online.Org == nil {
				return
			}
			for _, r := range c.in.Online.Org.Remarks {
				at := c.places(r.Key)[0]
				c.at(at.path, at.text, "", "%s", r.Text)
			}
		},
	}
}
