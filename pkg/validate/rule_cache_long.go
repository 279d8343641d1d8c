package validate

import (
	"time"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/words"
)

const longTTL = time.Hour

func ruleCacheLong() Rule {
	return Rule{
		Code: "DR-KEEP-001", Severity: diag.Warning,
		Title: "a decision kept longer than calls last",
		Text:  "The decision is kept with the conversation and read when the call comes back to the flow. Hardly any call lasts longer than this, so it is never made afresh: a deal closed during the call, or a corrected record, does not count. Minutes are enough.",
		check: func(c *check) {
			if k := c.d.Enrichment.Cache; k.Store == deployment.CacheConversation && k.TTL > longTTL {
				c.at("enrichment.cache.ttl", words.Span(k.TTL), "5m is the default", "a decision is kept for %s: a transferred call is hardly ever looked up again", words.Span(k.TTL))
			}
		},
	}
}
