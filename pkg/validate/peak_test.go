package validate

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// TestPeak holds the shares against calls that arrive at random, of which each searches twice.
func TestPeak(t *testing.T) {
	for _, calls := range []float64{20, 30, 60, 100, 230, 1000} {
		free, paused := arrive(calls, 0), arrive(calls, 2*time.Second)
		if l := lost(calls); math.Abs(l-free) > 0.005 {
			t.Errorf("%v calls a minute lose %.3f, said are %.3f", calls, free, l)
		}
		if most := withBreaker(calls, lost(calls), 2*time.Second); paused > most || most > 2*paused {
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
		if at < open || used+searchesPerCall > searchesPerSecond {
			failed++
			if at >= open {
				open = at + pause.Seconds()
			}
			continue
		}
		used += searchesPerCall
	}
	return float64(failed) / n
}
