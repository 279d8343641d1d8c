package validate

import "github.com/dealroute/dealroute/pkg/diag"

func ruleFactUnused() Rule {
	return Rule{
		Code: "DR-FACT-011", Severity: diag.Warning,
		Title: "a fact that nothing uses",
		Text:  "No rule asks for it and no agent sees it, but every lookup reads it: it makes the request to HubSpot larger, which is limited to 3,000 characters. Delete it, or use it.",
		check: func(c *check) {
			if managedPop(c.d) { // the managed script shows every fact
				return
			}
			for _, name := range sortedKeys(c.d.HubSpot.Facts) {
				used := false
				for _, r := range c.d.Routing.Rules {
					_, ok := r.When.Facts[name]
					used = used || ok
				}
				if !used {
					c.at(keyOf("hubspot.facts", name), name, "delete it, or use it in a rule", "fact %q is used by no rule and shown to nobody", name)
				}
			}
		},
	}
}
