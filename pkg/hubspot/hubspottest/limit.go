package hubspottest

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/dealroute/dealroute/pkg/hubspot"
)

// windows counts requests on the server's clock.
type windows struct {
	searches rolling
	calls    map[int]*rolling // by app
	day      time.Time        // the midnight that ends the day
	today    int
}

func (w windows) copy() windows {
	calls := map[int]*rolling{}
	for app, r := range w.calls {
		c := slices.Clone(*r)
		calls[app] = &c
	}
	w.searches, w.calls = slices.Clone(w.searches), calls
	return w
}

// rolling is a window that moves with each request.
type rolling []time.Time

// count drops what lies a period back or more and tells how many are left.
func (w *rolling) count(now time.Time, period time.Duration) int {
	kept := (*w)[:0]
	for _, t := range *w {
		// A clock that was set back must not close the window for ever.
		if age := now.Sub(t); age < period && age > -period {
			kept = append(kept, t)
		}
	}
	*w = kept
	return len(kept)
}

const (
	second      = time.Second
	burstWindow = 10 * time.Second
)

// admit counts a request and refuses it when a window is full. The order is that of the widest
// scope last: an account out of its day is told so even for a search.
func (s *Server) admit(c *call) *failure {
	w, l := &s.windows, s.limits
	if end := s.midnight(c.now); !end.Equal(w.day) {
		w.day, w.today = end, 0
	}
	if w.calls[c.token.app()] == nil {
		w.calls[c.token.app()] = &rolling{}
	}
	mine := w.calls[c.token.app()]
	policy := ""
	switch {
	case l.PerDay > 0 && w.today >= l.PerDay:
		policy = hubspot.PolicyDaily
	case c.route.search && l.SearchesPerSecond > 0 && w.searches.count(c.now, second) >= l.SearchesPerSecond:
		policy = hubspot.PolicySecondly
	case !c.route.exempt && l.PerTenSeconds > 0 && mine.count(c.now, burstWindow) >= l.PerTenSeconds:
		policy = hubspot.PolicyTenSecondly
	}
	if policy == "" || s.assume.RefusedCount {
		w.today++
		if c.route.search {
			w.searches = append(w.searches, c.now)
		}
		if !c.route.exempt {
			*mine = append(*mine, c.now)
		}
	}
	if policy != "" {
		return s.throttled(policy, c)
	}
	return nil
}

// rateHeaders are those of every reply but a search's, which has at most the daily pair.
func (s *Server) rateHeaders(c *call, h http.Header) {
	set := func(name string, n int) { h.Set("X-HubSpot-RateLimit-"+name, strconv.Itoa(max(n, 0))) }
	w, l := &s.windows, s.limits
	if !c.route.search && l.PerTenSeconds > 0 {
		used := 0
		if mine := w.calls[c.token.app()]; mine != nil {
			used = mine.count(c.now, burstWindow)
		}
		set("Max", l.PerTenSeconds)
		set("Remaining", l.PerTenSeconds-used)
		set("Interval-Milliseconds", int(burstWindow/time.Millisecond))
	}
	if l.PerDay > 0 && !c.token.OAuth && (!c.route.search || s.assume.DailyHeadersOnSearch) {
		set("Daily", l.PerDay)
		set("Daily-Remaining", l.PerDay-w.today)
	}
}

// midnight is the end of the day in the account's time zone, when the daily count starts anew.
func (s *Server) midnight(now time.Time) time.Time {
	y, m, d := now.In(s.zone).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, s.zone)
}
