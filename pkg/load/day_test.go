package load_test

import (
	"context"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/load"
)

func run(t testing.TB, d load.Day) *load.Result {
	t.Helper()
	r, err := load.Run(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// at is a day of calls at these times, all of one caller with deals.
func at(t testing.TB, times ...time.Duration) load.Day {
	d := basic(t)
	d.Traffic.Arrivals = &load.Arrivals{At: times, ANIs: slices.Repeat([]string{"+15135550142"}, len(times))}
	return d
}

// The same seed gives the same day, whether answers are known already or not; another seed
// another one.
func TestSameSeed(t *testing.T) {
	var days []*load.Result
	known := basic(t).HubSpot.Answers
	for _, seed := range []uint64{7, 7, 8} {
		d := basic(t)
		d.Seed, d.For, d.HubSpot.Answers = seed, 10*time.Minute, known
		d.Traffic.Legs, d.Traffic.Gap = 0.2, time.Minute
		d.HubSpot.OtherSearches = 1
		r := run(t, d)
		r.Seed = 0
		days = append(days, r)
	}
	if !reflect.DeepEqual(days[0], days[1]) {
		t.Errorf("the same seed gives\n%+v\nand\n%+v", days[0], days[1])
	}
	if reflect.DeepEqual(days[0], days[2]) {
		t.Error("another seed gives the same day")
	}
}

// All that is counted in several ways adds up, in a day in which everything happens.
func TestDayAddsUp(t *testing.T) {
	d := basic(t)
	d.For = 20 * time.Minute
	d.Traffic.Legs, d.Traffic.Gap = 0.2, time.Minute
	d.Traffic.PerMinute = 90
	d.HubSpot.OtherSearches = 1
	d.HubSpot.Limits.PerTenSeconds = 10
	d.Faults = []load.Fault{{Kind: "timeout", From: 5 * time.Minute, To: 7 * time.Minute}, {Kind: "500", From: 8 * time.Minute, To: 9 * time.Minute}}
	r := run(t, d)
	var outcomes, queues, priorities int64
	var sum load.Minute
	for _, n := range r.Outcomes {
		outcomes += n
	}
	for _, q := range r.Queues {
		queues += q.Calls
		for _, n := range q.ByPriority {
			priorities += n
		}
	}
	for _, m := range r.Minutes {
		sum.Calls += m.Calls
		sum.Failed += m.Failed
		sum.Skipped += m.Skipped
		sum.Kept += m.Kept
		sum.Requests += m.Requests
		sum.Search += m.Search
		sum.Refused += m.Refused
		sum.Opened += m.Opened
		if m.P95 > m.Max || m.Calls > 0 && m.Max == 0 {
			t.Errorf("a minute of %d calls has the waits %v and %v", m.Calls, m.P95, m.Max)
		}
	}
	w := r.Why
	for name, pair := range map[string][2]int64{
		"outcomes": {outcomes, r.Calls}, "queues": {queues + r.Elsewhere, r.Calls}, "priorities": {priorities, queues}, "calls of minutes": {sum.Calls, r.Calls},
		"failed": {sum.Failed, r.Failed()}, "reasons": {w.Limit + w.Timeout + w.Fault + w.Genesys + w.Breaker + w.Other, r.Failed()},
		"skipped": {sum.Skipped, r.Breaker.Skipped}, "kept": {sum.Kept, r.Kept}, "requests": {sum.Requests, r.HubSpot.All},
		"searches": {sum.Search, r.HubSpot.Search}, "refused": {sum.Refused, r.HubSpot.Refused}, "opened": {sum.Opened, r.Breaker.Opened},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %d, and %d", name, pair[0], pair[1])
		}
	}
	if w.Limit == 0 || w.Fault == 0 || w.Breaker == 0 || r.Kept == 0 || r.Breaker.Opened == 0 || len(r.Minutes) != 20 {
		t.Errorf("not everything happened: %+v %+v, %d kept, %d minutes", w, r.Breaker, r.Kept, len(r.Minutes))
	}
	if r.HubSpot.All != r.HubSpot.Search || r.Genesys.All < r.HubSpot.All+r.Breaker.Opened {
		t.Errorf("%+v %+v", r.HubSpot, r.Genesys)
	}
}

// Calls overlap: what one waits for does not keep the next, and what it writes the next one reads
// from then on.
func TestCallsOverlap(t *testing.T) {
	d := at(t, 0, 100*time.Millisecond, 2500*time.Millisecond, 17*time.Second)
	d.HubSpot.Median = 0
	d.Faults = []load.Fault{{Kind: "timeout", To: 50 * time.Millisecond}}
	r := run(t, d)
	if r.Outcomes["lookup_failed"] != 2 || r.Outcomes["active_deal"] != 2 || r.Why.Fault != 1 || r.Breaker != (load.Breaker{Opened: 1, Skipped: 1}) {
		t.Errorf("%v %+v %+v", r.Outcomes, r.Why, r.Breaker)
	}
	if at := r.Waits.Max(); at < 2*time.Second || at > 2100*time.Millisecond {
		t.Errorf("the longest wait is %v", at)
	}
}

// To keep the breaker open is not to open it.
func TestBreakerOpensOnce(t *testing.T) {
	d := at(t, 0, 900*time.Millisecond, 1800*time.Millisecond) // each writes another time
	d.Faults = []load.Fault{{Kind: "timeout", To: 2 * time.Second}}
	if r := run(t, d); r.Breaker != (load.Breaker{Opened: 1}) || r.Why.Fault != 3 || r.Minutes[0].Opened != 1 {
		t.Errorf("%+v %+v", r.Breaker, r.Why)
	}
}

// Each limit refuses what is over it, whoever else uses it.
func TestLimits(t *testing.T) {
	together := make([]time.Duration, 12)
	for _, c := range []struct {
		name   string
		change func(*load.Day)
		failed int64
	}{
		{"none", func(d *load.Day) { d.HubSpot.Limits = load.Limits{} }, 0},
		{"searches of the clock's second", func(d *load.Day) {}, 7}, // five get both or one of theirs, who gets one fails
		{"searches, and others search", func(d *load.Day) { d.HubSpot.OtherSearches = 1e5 }, 12},
		{"the day", func(d *load.Day) { d.HubSpot.Limits = load.Limits{PerDay: 12} }, 12},
		{"executions a minute", func(d *load.Day) { d.HubSpot.Limits, d.Genesys = load.Limits{}, load.Genesys{PerMinute: 16} }, 8},
		{"executions at a time", func(d *load.Day) { d.HubSpot.Limits, d.Genesys = load.Limits{}, load.Genesys{Concurrent: 9} }, 3},
	} {
		d := at(t, together...)
		d.HubSpot.Median, d.HubSpot.Slow = 999*time.Millisecond, 999*time.Millisecond // the second search in the next second
		c.change(&d)
		if r := run(t, d); r.Failed() != c.failed {
			t.Errorf("%s: %d of 12 calls failed, not %d: %+v %+v %+v", c.name, r.Failed(), c.failed, r.Why, r.HubSpot, r.Genesys)
		} else if most := d.Genesys.Concurrent; most > 0 && r.Genesys.PeakConcurrent > int64(most) {
			t.Errorf("%s: %d executions at once, of %d", c.name, r.Genesys.PeakConcurrent, most)
		} else if day := d.HubSpot.Limits.PerDay; day > 0 && (r.HubSpot.PeakPerDay > int64(day) || r.HubSpot.DayOver > 0 != (c.name == "the day")) {
			t.Errorf("%s: %d answered of %d, used up after %v", c.name, r.HubSpot.PeakPerDay, day, r.HubSpot.DayOver)
		}
	}
}

// Half a second before and after a full one are two seconds of the clock, and one that rolls.
func TestRollingSecond(t *testing.T) {
	for rolling, failed := range map[bool]int64{false: 0, true: 2} {
		d := at(t, 900*time.Millisecond, 900*time.Millisecond, 1100*time.Millisecond, 1100*time.Millisecond)
		d.HubSpot.Median, d.HubSpot.Rolling = 0, rolling
		d.Org.Rows["breaker"] = nil // nobody is kept from asking
		if r := run(t, d); r.Failed() != failed {
			t.Errorf("rolling %v: %d failed: %+v", rolling, r.Failed(), r.Why)
		}
	}
}

// One that comes back is taken as decided, and asks nothing.
func TestLegs(t *testing.T) {
	d := basic(t)
	d.For, d.Traffic.PerMinute = time.Hour, 20
	d.HubSpot.Limits = load.Limits{}
	alone := run(t, d)
	d = basic(t)
	d.For, d.Traffic.PerMinute = time.Hour, 20
	d.HubSpot.Limits = load.Limits{}
	d.Traffic.Legs, d.Traffic.Gap = 0.5, time.Minute
	r := run(t, d)
	if share := float64(r.Kept) / float64(r.Calls); share < 0.4 || share > 0.5 {
		t.Errorf("%d of %d calls are kept", r.Kept, r.Calls)
	}
	if n := float64(r.Calls); math.Abs(n-1200) > 200 || alone.Kept != 0 {
		t.Errorf("%v calls in an hour at 20 a minute; %d kept without legs", n, alone.Kept)
	}
	if r.HubSpot.All >= alone.HubSpot.All*3/4 {
		t.Errorf("%d requests with legs, and %d without", r.HubSpot.All, alone.HubSpot.All)
	}
}

// A day that is broken off leaves nobody waiting.
func TestBrokenOff(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	d := basic(t)
	d.Traffic.PerMinute = 2000
	d.Progress = func(_ time.Duration, calls int64) {
		if calls > 0 {
			stop()
		}
	}
	if r, err := load.Run(ctx, d); err == nil {
		t.Errorf("a day with %d calls", r.Calls)
	}
}

// A percentile is within a hundredth of what sorting gives.
func TestHistogram(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var h load.Histogram
	var all []time.Duration
	for range 5000 {
		d := time.Duration(math.Exp(r.NormFloat64()*3) * float64(100*time.Millisecond))
		h.Add(d)
		all = append(all, d)
	}
	slices.Sort(all)
	for _, share := range []float64{0.001, 0.5, 0.95, 0.99, 1} {
		want := all[max(0, int(math.Ceil(share*5000))-1)]
		if got := h.At(share); got < want-10*time.Microsecond || float64(got) > float64(want)*1.01+1e4 {
			t.Errorf("at %v: %v, not %v", share, got, want)
		}
	}
	if h.Max() != all[4999] || (&load.Histogram{}).At(0.5) != 0 {
		t.Error("the greatest, or none")
	}
}
