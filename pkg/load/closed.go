package load

import (
	"math"
	"time"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/routing"
)

// A Use is what a call asks the vendors for at most: that of a known caller, or of whoever takes more.
type Use struct {
	Requests int // to HubSpot; each is one execution of a data action, too
	Searches int // of these
}

// Reads are the requests that count in HubSpot's window of ten seconds.
func (u Use) Reads() int { return u.Requests - u.Searches }

// UseOf is what a call asks for under a lookup. With company: numbers it is a caller whom only a
// company's number finds.
func UseOf(l deployment.Lookup) Use {
	u := Use{Requests: 2, Searches: 2}
	switch {
	case l.Rolled():
		return Use{Requests: 1}
	case !l.Searches():
		u.Searches = 1
	}
	if l.Company == routing.CompanyNumbers {
		u.Requests++
		u.Searches++
	}
	return u
}

// readsWindow is the window in which HubSpot counts what is no search, for each key.
const readsWindow = 10 * time.Second

// Refused are the shares of calls that HubSpot refuses a search or a read: as Lost and Rolling say, when
// calls come at random. most is how many reads it answers in ten seconds. Three searches count as those
// of half as many calls again, with two each.
func (u Use) Refused(perMinute float64, most int) (all, searches, reads float64) {
	if perMinute <= 0 {
		return 0, 0, 0
	}
	calls, each := perMinute, u.Searches
	if each > 2 {
		calls, each = calls*float64(each)/2, 2
	}
	searches = Lost(calls, each)
	if u.Reads() > 0 {
		reads = Rolling(perMinute/60*readsWindow.Seconds()*float64(u.Reads()), most)
	}
	return 1 - (1-searches)*(1-reads), searches, reads
}

// Carries is how many calls a minute there may be so that HubSpot refuses no more than a share of them.
func (u Use) Carries(share float64, most int) float64 {
	low, high := 0.0, 1.0
	refused := func(n float64) float64 { all, _, _ := u.Refused(n, most); return all }
	for refused(high) < share && high < 1<<20 {
		low, high = high, 2*high
	}
	for range 50 {
		if middle := (low + high) / 2; refused(middle) < share {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

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
