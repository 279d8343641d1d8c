package load_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/load"
)

// TestPeak holds the shares against calls that arrive at random, of which each searches twice.
func TestPeak(t *testing.T) {
	for _, calls := range []float64{20, 30, 60, 100, 230, 1000} {
		free, paused := arrive(calls, 0), arrive(calls, 2*time.Second)
		if l := load.Lost(calls, 2); math.Abs(l-free) > 0.005 {
			t.Errorf("%v calls a minute lose %.3f, said are %.3f", calls, free, l)
		}
		if most := load.WithBreaker(calls, load.Lost(calls, 2), 2); paused > most || most > 2*paused {
			t.Errorf("with the breaker %v calls a minute lose %.3f, said are at most %.3f", calls, paused, most)
		}
	}
}

// arrive is the share of many calls that were not looked up.
func arrive(perMinute float64, pause time.Duration) float64 {
	const n = 200_000
	r := rand.New(rand.NewPCG(1, 2))
	second, used, failed := -1, 0, 0
	at, open := 0.0, 0.0
	for range n {
		at += r.ExpFloat64() * 60 / perMinute
		if int(at) != second {
			second, used = int(at), 0
		}
		if at < open || used+2 > hubspot.SearchesPerSecond {
			failed++
			if at >= open {
				open = at + pause.Seconds()
			}
			continue
		}
		used += 2
	}
	return float64(failed) / n
}

// What validate says of calls.peakPerMinute holds in the model, too: with the breaker no more
// callers are not looked up than it says, and no fewer than half as many.
func TestPeakInTheModel(t *testing.T) {
	for _, calls := range []float64{30, 60, 100} {
		d := basic(t)
		d.Traffic.Callers, d.Traffic.Unknown, d.Traffic.PerMinute = []string{"+15135550142"}, 0, calls
		d.HubSpot.Median, d.For = 0, time.Duration(3000/calls*float64(time.Minute))
		r := run(t, d)
		if most := load.WithBreaker(calls, load.Lost(calls, 2), 2); r.Share() > most || most > 2*r.Share() {
			t.Errorf("%v calls a minute: %.3f are not looked up, said are at most %.3f", calls, r.Share(), most)
		}
	}
}
