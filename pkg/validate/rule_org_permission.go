package validate

import (
	"cmp"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/reconcile"
)

func ruleOrgPermission() Rule {
	return Rule{
		Code: "DR-ORG-008", online: true,
		Title: "a permission that is not granted",
		Text: "What the plan would change needs a permission that this client does not hold, or does not hold in the division of the deployment. Each is named once, with the first change that needs it. " +
			"Add it to a role of the client, in that division; changes of permissions take up to five minutes. It is a warning where only the client's list of grants says so, and the platform could not be asked for the very permission.",
		check: func(c *check) {
			for _, l := range c.in.Online.Refused {
				c.at("genesys", "genesys", "add it to a role of this client", "not granted: %s, needed to %s", cmp.Or(l.Permission, "a permission that the platform does not name"), l.What)
			}
			c.lacks(false, func(l reconcile.Lack, at named) {
				where := ""
				if l.Elsewhere {
					where = ", in the division of the deployment"
				}
				f := c.at(at.path, at.text, "add it to a role of this client", "not granted: %s, needed to %s%s", l.Permission, l.What, where)
				if !l.Sure {
					f.Severity = diag.Warning
				}
			})
		},
	}
}

// lacks yields the permissions that lack, of those that the org's product knows or of the others.
func (c *check) lacks(unlicensed bool, yield func(reconcile.Lack, named)) {
	if c.in.Online.Org == nil {
		return
	}
	for _, l := range c.in.Online.Org.Lacks {
		if l.Unlicensed == unlicensed {
			at := named{"name", c.d.Name}
			if l.Change != (genesys.Key{}) {
				at = c.places(l.Change)[0]
			}
			yield(l, at)
		}
	}
}
