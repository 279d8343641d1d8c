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
	"github.com/dealroute/dealroute/pkg/words"
)

// readsPerWindow is what HubSpot answers a key in ten seconds beside searches, in an account without a
// paid tier.
const readsPerWindow = 100

// comfortable is how many calls a minute two searches each carry, and busy from how many on
// that is no note any more but a warning.
const (
	comfortable = 20
	busy        = 30
)

// refused is the share of calls that HubSpot refuses where each takes two searches.
func refused(calls float64) float64 { return load.Lost(calls, 2) }

func rulePeak() Rule {
	return Rule{
		Code: "DR-CALL-001", Severity: diag.Warning,
		Title: "more calls than the vendors' limits carry",
		Text: "HubSpot answers five searches a second for the whole account, and a known caller takes two. Calls come in bursts, so that above 20 to 30 calls a minute more and more " +
			"lookups are refused and those callers go the way of `lookup_failed`: 1.6 % at 20 a minute, 3 % at 30, 10 % at 60, 22 % at 100, 50 % at 230, if nothing else searches the account. " +
			"Each refusal opens the breaker, and who calls within `afterFailure` is not looked up, either. " +
			"With `company: numbers` a stranger takes two as well, and a caller whom only a company's number finds three: the figures are then those of half as many calls again. " +
			"Under `strategy: unique-phone` a known caller takes one search and a stranger none: 0.1 % are refused at 60 a minute, 2.5 % at 150, 18 % at 300. Under `rollup` nobody takes any; what is left is the limit of 100 requests in ten seconds that one key of an account without a paid tier has, " +
			"190 with one: 0.9 % at 500 a minute, 7.6 % at 600. [lookups.md](lookups.md) compares them. " +
			"Genesys Cloud executes 2,500 data actions a minute in an org, unless that has been raised. Give `lookup_failed` a good rule, and keep `afterFailure` short: [high volume](../examples/high-volume/dealroute.yaml).",
		check: func(c *check) {
			n := c.d.Calls.PeakPerMinute
			l := c.d.HubSpot.Lookup
			u := load.UseOf(l)
			calls, of := float64(n), "a known caller"
			if u.Searches > 2 {
				calls *= float64(u.Searches) / 2
			}
			if calls <= comfortable {
				return
			}
			if l.Company == routing.CompanyNumbers && !l.Rolled() {
				of = "a caller whom only a company's number finds"
			}
			share, searches, reads := u.Refused(float64(n), readsPerWindow)
			limit := fmt.Sprintf("%d searches a second, and %s takes %d", hubspot.SearchesPerSecond, of, u.Searches)
			if reads > searches {
				limit = fmt.Sprintf("%d requests in 10 seconds to a key where no tier is paid, and each caller takes 1", readsPerWindow)
			}
			if n*u.Requests > genesys.ExecutionsPerMinute {
				c.at("calls.peakPerMinute", strconv.Itoa(n), "ask Genesys to raise the org's requests.volume.max",
					"%d calls a minute execute up to %d data actions each, %d a minute: Genesys Cloud takes %d", n, u.Requests, n*u.Requests, genesys.ExecutionsPerMinute)
			}
			if share <= refused(comfortable) {
				return
			}
			breaker, hint := "", "give lookup_failed a rule of its own"
			if slices.ContainsFunc(c.d.Routing.Rules, forFailed) {
				hint = "callers who are not looked up have rules: allow this, with the reason, if that is enough"
			}
			if b := c.d.Enrichment.Breaker; b.Enabled {
				breaker = fmt.Sprintf("; with the breaker open for %s after each, up to %s of callers are not looked up", words.Span(b.AfterFailure), words.About(load.WithBreaker(float64(n), share, b.AfterFailure.Seconds())))
				if b.AfterFailure > time.Second {
					hint += "; write afterFailure: 1s for the breaker"
				}
			}
			f := c.at("calls.peakPerMinute", strconv.Itoa(n), hint,
				"at %d calls a minute HubSpot refuses %s of lookups: it answers %s%s", n, words.About(share), limit, breaker)
			if share <= refused(busy) {
				f.Severity = diag.Info
			}
		},
	}
}

// forFailed reports whether a rule is for callers who were not looked up.
func forFailed(r deployment.Rule) bool {
	return len(r.When.Failure) > 0 || slices.Contains(r.When.Outcome, routing.LookupFailed)
}
