package load

import (
	"math"

	"github.com/dealroute/dealroute/pkg/hubspot"
)

// Lost is the share of calls that lose a search, in closed form: calls arrive at random, each asks
// all its searches in the second of the clock in which it arrives, what is refused takes none, and
// nobody else searches. So many calls a second get all theirs: two with two searches each, five with
// one; of k calls in a second the others lose one. It is the calculation of the table that planning
// starts from, and what calls.peakPerMinute is checked against.
func Lost(perMinute float64, searches int) float64 {
	x := perMinute / 60
	if x <= 0 || searches <= 0 {
		return 0
	}
	return beyond(x, hubspot.SearchesPerSecond/searches)
}

// beyond is the share of arrivals at random that a window does not take: of k in one, those beyond
// the most that it takes. mean is how many come in a window.
func beyond(mean float64, most int) float64 {
	// the mean of k - most over those windows that have more: mean - most, and what is missing in the others
	over, p := mean-float64(most), math.Exp(-mean)
	for k := range most {
		over += float64(most-k) * p
		p *= mean / float64(k+1)
	}
	return max(0, over) / mean
}

// Rolling is the share of arrivals at random that a window which ends now does not take, where what
// is refused does not count in it: Erlang's formula for calls that find no line free, each holding
// one for as long as the window is. mean is how many come in a window.
func Rolling(mean float64, most int) float64 {
	lost := 1.0
	for k := 1; k <= most; k++ {
		lost = mean * lost / (float64(k) + mean*lost)
	}
	return lost
}

// WithBreaker is the share of calls that are not looked up, at most, where each that loses a search
// opens the breaker for a pause of so many seconds: who calls meanwhile is not looked up, and takes
// no search, either.
func WithBreaker(perMinute, lost, pause float64) float64 {
	each := perMinute / 60 * pause // calls in a pause
	return lost * (1 + each) / (1 + lost*each)
}
