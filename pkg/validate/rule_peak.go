package validate

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/routing"
)

// HubSpot: five searches a second for the whole account, all apps together, and none is kept
// waiting. So two callers a second can be looked up who take two searches each.
const (
	searchesPerSecond = 5
	searchesPerCall   = 2 // of a known caller: the contact, and its deals
	perSecond         = searchesPerSecond / searchesPerCall
)

// Genesys: executions of data actions a minute in an org, unless it has been raised.
const executionsPerMinute = 2500

// comfortable is how many calls a minute two searches each carry, and busy from how many on
// that is no note any more but a warning.
const (
	comfortable = 20
	busy        = 30
)

// lost is the share of calls that lose a search when calls arrive at random, both searches of a
// call fall into the same second, and nobody else searches: of k calls in one second k-2 do.
func lost(calls float64) float64 {
	x := calls / 60 // in a second
	// the mean of k-2 over those seconds that have more than two
	return (x - perSecond + math.Exp(-x)*(perSecond+x)) / x
}

// withBreaker is the share of calls that are not looked up, at most, where each refusal opens the
// breaker for a pause: who calls meanwhile is not looked up, and does not take a search, either.
func withBreaker(calls, lost float64, pause time.Duration) float64 {
	each := calls / 60 * pause.Seconds() // calls in a pause
	return lost * (1 + each) / (1 + lost*each)
}

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
			share := lost(calls)
			breaker, hint := "", "give lookup_failed a rule of its own"
			if slices.ContainsFunc(c.d.Routing.Rules, forFailed) {
				hint = "callers who are not looked up have rules: allow this, with the reason, if that is enough"
			}
			if b := c.d.Enrichment.Breaker; b.Enabled {
				breaker = fmt.Sprintf("; with the breaker open for %s after each, up to %s %% of callers are not looked up", short(b.AfterFailure), percent(withBreaker(calls, share, b.AfterFailure)))
				if b.AfterFailure > time.Second {
					hint += "; write afterFailure: 1s for the breaker"
				}
			}
			f := c.at("calls.peakPerMinute", strconv.Itoa(n), hint,
				"at %d calls a minute HubSpot refuses %s %% of lookups: it answers %d searches a second, and %s%s", n, percent(share), searchesPerSecond, of, breaker)
			if calls <= busy {
				f.Severity = diag.Info
			}
			if n*actions > executionsPerMinute {
				c.at("calls.peakPerMinute", strconv.Itoa(n), "ask Genesys to raise the org's requests.volume.max",
					"%d calls a minute execute up to %d data actions each, %d a minute: Genesys Cloud takes %d", n, actions, n*actions, executionsPerMinute)
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
