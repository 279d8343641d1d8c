package validate

import (
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/words"
)

func ruleGreeting() Rule {
	return Rule{
		Code: "DR-CALL-006", Severity: diag.Info,
		Title: "silence before the queue",
		Text:  "Nothing is played while HubSpot is asked, which takes `enrichment.budget` at most. A greeting tells callers at once that they are connected. Leave it out when a flow before this one greets.",
		check: func(c *check) {
			if c.d.Calls.Greeting == (deployment.Greeting{}) {
				c.at("calls", "calls", "add calls.greeting, a text or {prompt: Name}", "there is no greeting: callers hear nothing for up to %s", words.Span(c.d.Enrichment.Budget))
			}
		},
	}
}
