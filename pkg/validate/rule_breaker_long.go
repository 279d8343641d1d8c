package validate

import (
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/words"
)

// HubSpot: the limit on searches is for one second, and errors of its edge pass in seconds.
const (
	longFailure = 30 * time.Second
	longTimeout = 2 * time.Minute
)

func ruleBreakerLong() Rule {
	return Rule{
		Code: "DR-WAIT-002", Severity: diag.Warning,
		Title: "one failure makes callers unknown for long",
		Text: "While the breaker is open every caller is `lookup_failed`. A refused search means that five others came in the same second, which is over after that second; " +
			"a timeout is worth a longer pause because the next callers would have to wait too. Defaults: 2 s and 15 s.",
		check: func(c *check) {
			b := c.d.Enrichment.Breaker
			if !b.Enabled {
				return
			}
			if b.AfterFailure > longFailure {
				c.at("enrichment.breaker.afterFailure", words.Span(b.AfterFailure), "2s is the default", "one failed lookup makes all callers unknown for %s", words.Span(b.AfterFailure))
			}
			if b.AfterTimeout > longTimeout {
				c.at("enrichment.breaker.afterTimeout", words.Span(b.AfterTimeout), "15s is the default", "one slow answer makes all callers unknown for %s", words.Span(b.AfterTimeout))
			}
		},
	}
}
