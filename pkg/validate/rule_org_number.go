package validate

import (
	"slices"

	"github.com/dealroute/dealroute/pkg/diag"
)

func ruleOrgNumber() Rule {
	return Rule{
		Code: "DR-ORG-006", Severity: diag.Warning, online: true,
		Title: "a number that the call route does not get",
		Text: "A number must lie in a pool of the org and be free. One that is on another call route stays there until `setup --cutover` moves it; one that a user, a phone or a group has cannot be moved by this tool. " +
			"Until then calls to it do not reach this deployment. A number in no pool is an error: the platform refuses the route.",
		check: func(c *check) {
			if c.in.Online.Org == nil {
				return
			}
			for _, n := range c.in.Online.Org.Numbers {
				path := "calls.numbers"
				if i := slices.Index(c.d.Calls.Numbers, n.Number); i >= 0 {
					path = item(path, i)
				}
				switch {
				case n.Owner == "":
					c.at(path, n.Number, "add it to a pool in Genesys Cloud, or take it out", "number %s is in no pool of the org", n.Number).Severity = diag.Error
				case n.Movable:
					c.at(path, n.Number, "setup --cutover moves it", "number %s is on %s, and stays there", n.Number, n.Owner)
				default:
					c.at(path, n.Number, "free it in Genesys Cloud; only numbers of call routes can be moved", "number %s belongs to %s, and stays there", n.Number, n.Owner)
				}
			}
		},
	}
}
