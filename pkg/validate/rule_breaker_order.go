package validate

import (
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/words"
)

func ruleBreakerOrder() Rule {
	return Rule{
		Code: "DR-WAIT-003", Severity: diag.Info,
		Title: "a longer pause after a failure than after a timeout",
		Text:  "A failure costs the next caller nothing, a timeout costs the whole budget. The other way round is usual: `afterTimeout: 15s`, `afterFailure: 2s`. Perhaps the two are swapped.",
		check: func(c *check) {
			b := c.d.Enrichment.Breaker
			if b.Enabled && b.AfterFailure > b.AfterTimeout {
				c.at("enrichment.breaker.afterFailure", words.Span(b.AfterFailure), "are the two swapped?", "the pause after a failure (%s) is longer than after a timeout (%s), which is what callers wait for", words.Span(b.AfterFailure), words.Span(b.AfterTimeout))
			}
		},
	}
}
