package validate

import (
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/words"
)

const longBudget = 5 * time.Second

func ruleBudget() Rule {
	return Rule{
		Code: "DR-WAIT-001", Severity: diag.Warning,
		Title: "callers wait long for HubSpot",
		Text:  "Up to `enrichment.budget` callers hear nothing, on top of about 2 s for the control table and 1 s for the breaker at worst, 1 s more for the row of the token where it is renewed outside, and 1 s for the table of owners where the rule prefers the owner. A search usually takes a fifth of a second; whoever has not answered after 3 s hardly answers after 6. 3 s is the default.",
		check: func(c *check) {
			if b := c.d.Enrichment.Budget; b > longBudget {
				c.at("enrichment.budget", words.Span(b), "3s is the default", "callers may wait %s for HubSpot in silence", words.Span(b))
			}
		},
	}
}
