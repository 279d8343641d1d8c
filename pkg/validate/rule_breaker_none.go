package validate

import (
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/words"
)

func ruleBreakerNone() Rule {
	return Rule{
		Code: "DR-WAIT-004", Severity: diag.Info,
		Title: "no breaker",
		Text:  "When HubSpot does not answer, every caller waits the whole budget, not only the first. In return no OAuth client of Genesys Cloud is needed.",
		check: func(c *check) {
			if b := c.d.Enrichment; !b.Breaker.Enabled {
				c.at("enrichment.breaker", "none", "breaker: {afterTimeout: 15s, afterFailure: 2s} is the default", "while HubSpot does not answer, every caller waits %s", words.Span(b.Budget))
			}
		},
	}
}
