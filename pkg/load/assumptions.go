package load

import (
	"fmt"
	"time"

	"github.com/dealroute/dealroute/pkg/words"
)

// Assumptions says what the model takes for granted of this day, beside what docs/load.md says of
// all: no vendor has published it, or it is a default of ours.
func (of *Day) Assumptions() []string {
	h, t := &of.HubSpot, &of.Traffic
	out := []string{}
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	second := "of a second of the clock"
	if h.Rolling {
		second = "of the last second, whenever it begins"
	}
	if h.Limits.SearchesPerSecond > 0 {
		say("HubSpot's %d searches a second are those %s; which of the two it counts is not documented", h.Limits.SearchesPerSecond, second)
	}
	say("HubSpot answers in %s as often as not, and later than %s once in a thousand times, whatever the load; it publishes no latency", words.Ms(h.Median.Milliseconds()), words.Ms(h.Slow.Milliseconds()))
	if h.OtherSearches == 0 && h.OtherRequests == 0 {
		say("nobody else uses the HubSpot account")
	}
	if t.Arrivals == nil {
		say("calls come at random, in every minute as many as in the next")
	}
	if t.Arrivals != nil && t.Arrivals.Spread {
		say("the calls in an interval come at random")
	}
	switch strangers := words.Percent(t.Unknown); {
	case t.Arrivals != nil && t.Arrivals.ANIs != nil:
	case t.Unknown == 0:
		say("each caller is one of %d numbers of the CRM, each as often", len(t.Callers))
	case t.Unknown == 1 || len(t.Callers) == 0:
		say("each caller is a stranger, from one of %d numbers", len(t.Strangers))
	default:
		say("%s of the callers are strangers, %d numbers; the others are one of %d numbers of the CRM, each as often", strangers, len(t.Strangers), len(t.Callers))
	}
	if t.Legs > 0 {
		say("%s of the calls that reached a queue come back once more, %s later on average", words.Percent(t.Legs), words.Span(t.Gap))
	}
	say("Genesys Cloud executes %s data actions a minute of the clock and %s at the same time, of all that the org executes only these are known", words.Thousands(of.Genesys.PerMinute), words.Thousands(of.Genesys.Concurrent))
	say("a row of the control table is read in a millisecond and written in 40, and the next call reads what was written")
	if of.Renewed {
		say("the platform holds a token for HubSpot at any time; that it asks for another every half an hour is left out")
	}
	return out
}

// Ends is when the last call may begin.
func (of *Day) Ends() time.Time { return of.Start.Add(of.For) }
