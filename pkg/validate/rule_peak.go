package validate

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/load"
	"github.com/dealroute/dealroute/pkg/routing"
)

// searchesPerCall is how many a known caller takes: for the contact, and for its deals.
const searchesPerCall = 2

// comfortable is how many calls a minute two searches each carry, and busy from how many on
// that is no note any more but a warning.
const (
	comfortable = 20
	busy        = 30
)

func rulePeak() Rule {
	return Rule{
		Code: "DR-CALL-001", Severity: diag.Warning,
		Title: "more calls than the vendors' limits carry",
		Text: "HubSpot answers five searches a second for the whole account, and a known caller takes two. Calls come in bursts, so that above 20 to 30 calls a minute more and more " +
			"lookups are refused and those callers go the way of `lookup_failed`: 1.6 % at 20 a minute, 3 % at 30, 10 % at 60, 22 % at 100, 50 % at 230, if nothing else searches the account. " +
			"Each refusal opens the breaker, and who calls within `afterFailure` is not looked up, either. " +
			"With `company: numbers` a stranger takes two as well, and a caller whom only a company's number finds three: the figures are then those of half as many calls again. " +
			"Genesys Cloud executes 2,500 data actions a minute in an org, unless that has been raised. Give `lookup_failed` a good rule, and keep `afterFailure` short: [high volume](../examples/high-volume/dealroute.yaml).",
		check: func(c *check) {
			n := c.d.Calls.PeakPerMinute
			actions, calls, of := 2, float64(n), "a known caller takes 2"
			if c.d.HubSpot.Lookup.Company == routing.CompanyNumbers {
				actions, calls, of = 3, 1.5*float64(n), "a caller whom only a company's number finds takes 3"
			}
			if calls <= comfortable {
				return
			}
			share := load.Lost(calls, searchesPerCall)
			breaker, hint := "", "give lookup_failed a rule of its own"
			if slices.ContainsFunc(c.d.Routing.Rules, forFailed) {
				hint = "callers who are not looked up have rules: allow this, with the reason, if that is enough"
			}
			if b := c.d.Enrichment.Breaker; b.Enabled {
				breaker = fmt.Sprintf("; with the breaker open for %s after each, up to %s %% of callers are not looked up", short(b.AfterFailure), percent(load.WithBreaker(calls, share, b.AfterFailure.Seconds())))
				if b.AfterFailure > time.Second {
					hint += "; write afterFailure: 1s for the breaker"
				}
			}
			f := c.at("calls.peakPerMinute", strconv.Itoa(n), hint,
				"at %d calls a minute HubSpot refuses %s %% of lookups: it answers %d searches a second, and %s%s", n, percent(share), hubspot.SearchesPerSecond, of, breaker)
			if calls <= busy {
				f.Severity = diag.Info
			}
			if n*actions > genesys.ExecutionsPerMinute {
				c.at("calls.peakPerMinute", strconv.Itoa(n), "ask Genesys to raise the org's requests.volume.max",
					"%d calls a minute execute up to %d data actions each, %d a minute: Genesys Cloud takes %d", n, actions, n*actions, genesys.ExecutionsPerMinute)
			}
		},
	}
}

// forFailed reports whether a rule is for callers who were not looked up.
func forFailed(r deployment.Rule) bool {
	return len(r.When.Failure) > 0 || slices.Contains(r.When.Outcome, routing.LookupFailed)
}

// percent is a share, more exactly where it is small.
func percent(share float64) string {
	if share < 0.0995 {
		return strconv.FormatFloat(100*share, 'f', 1, 64)
	}
	return strconv.FormatFloat(100*share, 'f', 0, 64)
}
