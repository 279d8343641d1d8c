package validate

import (
	"strconv"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/routing"
)

// lost is the share of calls, in tenths of a percent, that lose a search when two searches
// a call arrive at random and nobody else searches. HubSpot: five searches a second for the
// whole account, all apps together.
var lost = []struct{ calls, share int }{{0, 0}, {10, 4}, {20, 16}, {30, 30}, {45, 70}, {60, 100}, {75, 150}, {100, 220}}

// lostAt reads between the rows of the table; beyond its end, the last one.
func lostAt(calls int) float64 {
	for i := 1; i < len(lost); i++ {
		if a, b := lost[i-1], lost[i]; calls <= b.calls {
			return (float64(a.share) + float64(b.share-a.share)*float64(calls-a.calls)/float64(b.calls-a.calls)) / 10
		}
	}
	return float64(lost[len(lost)-1].share) / 10
}

// comfortable is how many calls a minute two searches each carry.
const comfortable = 20

func rulePeak() Rule {
	return Rule{
		Code: "DR-CALL-001", Severity: diag.Warning,
		Title: "more calls than HubSpot's searches carry",
		Text: "HubSpot answers five searches a second for the whole account, and a known caller takes two. Calls come in bursts, so that above 20 to 30 calls a minute more and more " +
			"lookups are refused and those callers go the way of `lookup_failed`: 1.6 % at 20 a minute, 3 % at 30, 10 % at 60, 22 % at 100, if nothing else searches the account. " +
			"With `company: numbers` a stranger takes two as well, and a caller whom only a company's number finds three: the figures are then those of half as many calls again. " +
			"Give `lookup_failed` a good rule, and ask HubSpot less.",
		check: func(c *check) {
			n := c.d.Calls.PeakPerMinute
			searches, of := n, "a known caller takes 2"
			if c.d.HubSpot.Lookup.Company == routing.CompanyNumbers {
				searches, of = (3*n+1)/2, "a caller whom only a company's number finds takes 3"
			}
			if searches <= comfortable {
				return
			}
			more := ""
			if searches > lost[len(lost)-1].calls {
				more = "more than "
			}
			f := c.at("calls.peakPerMinute", strconv.Itoa(n), "give lookup_failed a rule of its own",
				"at %d calls a minute %s%.1f %% of lookups are refused: HubSpot answers 5 searches a second, %s", n, more, lostAt(searches), of)
			if searches <= 30 {
				f.Severity = diag.Info
			}
		},
	}
}
