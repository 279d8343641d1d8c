package validate

import (
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
)

func ruleOrgType() Rule {
	return Rule{
		Code: "DR-ORG-011", online: true, preflight: true, stops: true,
		Title: "an integration or a product that the org cannot have",
		Text: "Data actions need the integration types `custom-rest-actions` and, for the breaker, `purecloud-data-actions`. The org does not have the type, may not install it, or has as many integrations of it as it may. " +
			"`breaker: none` does without the second. That none of the org's products is for a contact center is a warning: which ids the editions have is not documented.",
		check: func(c *check) {
			if c.in.Online.Org == nil {
				return
			}
			for _, t := range c.in.Online.Org.Types {
				path, value, hint := "name", c.d.Name, "ask an admin of the org"
				if strings.HasPrefix(t.ID, "purecloud") {
					path, value, hint = "enrichment.breaker", "", "breaker: none does without it"
				}
				switch {
				case t.Absent:
					c.at(path, value, hint, "the org does not have the integration type %s, which %q needs", t.ID, t.Integration)
				case t.Barred:
					c.at(path, value, hint, "integration type %s, which %q needs, may not be installed in the org", t.ID, t.Integration)
				default:
					c.at(path, value, hint, "the org has %d integrations of type %s and may have no more than %d, and %q is one more", t.Have, t.ID, t.Most, t.Integration)
				}
			}
			if p := c.in.Online.Org.Products; len(p) > 0 {
				c.at("genesys", "genesys", "", "the org's products (%s) have no contact center: flows, queues and data actions may be missing", strings.Join(p, ", ")).Severity = diag.Warning
			}
		},
	}
}
