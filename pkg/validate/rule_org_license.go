package validate

import (
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/reconcile"
)

func ruleOrgLicense() Rule {
	return Rule{
		Code: "DR-ORG-009", online: true,
		Title: "a permission that the org's product does not have",
		Text: "The org's own list of permissions does not have one that the plan needs, so nobody can be granted it: the edition of Genesys Cloud, or an add-on, is missing. " +
			"That a missing entry means this is inferred; no document says it. Of a permission that only the run-time role would hold it is a warning.",
		check: func(c *check) {
			c.lacks(true, func(l reconcile.Lack, at named) {
				f := c.at(at.path, at.text, "ask who buys Genesys Cloud for an edition that has it", "not licensed: %s, needed to %s; the org's product does not know it", l.Permission, l.What)
				if !l.Sure {
					f.Severity = diag.Warning
				}
			})
		},
	}
}
