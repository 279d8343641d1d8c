package validate

import "github.com/dealroute/dealroute/pkg/diag"

func ruleNone() Rule {
	return Rule{
		Code: "DR-ROUTE-009", Severity: diag.Warning,
		Title: "no rules",
		Text:  "Every call goes to the fallback, and HubSpot is asked for nothing but the agent's screen and the value's share of priority. Add the rules for the callers that should go elsewhere.",
		check: func(c *check) {
			if len(c.d.Routing.Rules) == 0 {
				c.at("routing", "routing", "add routing.rules, such as - {name: won, when: {won: true}, to: {queue: …}}", "there are no rules: every caller goes to queue %q", c.d.Routing.Fallback.Queue)
			}
		},
	}
}
