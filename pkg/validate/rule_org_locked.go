package validate

import "github.com/dealroute/dealroute/pkg/diag"

func ruleOrgLocked() Rule {
	return Rule{
		Code: "DR-ORG-012", Severity: diag.Warning, online: true,
		Title: "something that somebody keeps from being changed",
		Text:  "Somebody has the flow open in Architect and has locked it. Setup leaves it alone and does everything else. Wait until they are done, or give `--force-unlock`: then what they have not saved is lost.",
		check: func(c *check) {
			if c.in.Online.Org == nil {
				return
			}
			for _, ch := range c.in.Online.Org.Plan.Held() {
				c.at("name", c.d.Name, "wait until they are done", "%s %q: %s", ch.Key.Kind, ch.Key.Name, ch.Reason)
			}
		},
	}
}
