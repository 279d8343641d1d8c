package report_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/load"
	"github.com/dealroute/dealroute/pkg/report"
	"github.com/dealroute/dealroute/pkg/view"
)

// TestTicks holds the axes: round values from nothing on, few, the last of which is not below the greatest value.
func TestTicks(t *testing.T) {
	for _, most := range []float64{0, 0.0004, 0.7, 1, 3, 4.99, 5, 7, 9, 10, 11, 99, 100, 101, 1986, 12345, 1e6, 1e9} {
		top, ticks := report.Ticks(most, 5)
		if top < most || len(ticks) < 2 || len(ticks) > 5 || ticks[0] != 0 || ticks[len(ticks)-1] != top {
			t.Errorf("%v: the axis ends at %v with %v", most, top, ticks)
		}
		if most > 0 && top > 2.5*most {
			t.Errorf("%v: the axis ends at %v, far above it", most, top)
		}
		step := ticks[1]
		if lead := step / math.Pow(10, math.Floor(math.Log10(step))); math.Abs(lead-1) > 1e-6 && math.Abs(lead-2) > 1e-6 && math.Abs(lead-5) > 1e-6 && math.Abs(lead-10) > 1e-6 {
			t.Errorf("%v: ticks %v apart are not round", most, step)
		}
	}
}

// TestPageOfALimit has what only a search for the limit says: found, below, above, of one file and of strategies.
func TestPageOfALimit(t *testing.T) {
	limit := func(b load.Bound) *load.Limit {
		return &load.Limit{PerMinute: 485.4, Low: 474.2, High: 496, Share: 0.0099, Calls: 123456, Bound: b}
	}
	for _, b := range []load.Bound{"", load.Below, load.Above} {
		x := view.Load{Limit: limit(b), MaxFailed: 0.01}
		checked(t, render(t, report.Load(x, view.NewLoadAnswer(x), "dealroute simulate --find-limit", report.Run{At: time.Unix(0, 0)})))
		x = view.Load{MaxFailed: 0.01, Derived: []string{"3 of the properties"}, Compared: []view.Compared{{Strategy: "search", Limit: limit(b)}, {Strategy: "rollup", Why: []string{"it has no 2nd key"}}}}
		checked(t, render(t, report.Load(x, view.NewLoadAnswer(x), "dealroute simulate --find-limit --compare search,rollup", report.Run{At: time.Unix(0, 0)})))
	}
}

// TestWaitsOfFewCalls: of few calls no wait is told that so and so many of a hundred do not exceed.
func TestWaitsOfFewCalls(t *testing.T) {
	for _, c := range []struct {
		calls    int64
		p95, p99 bool
	}{{0, false, false}, {1, false, false}, {19, false, false}, {20, true, false}, {99, true, false}, {100, true, true}} {
		each := c.calls / 4
		r := &load.Result{Calls: c.calls, Outcomes: map[string]int64{"no_record": c.calls}}
		for i := range int64(4) {
			n := each
			if i == 3 {
				n = c.calls - 3*each
			}
			r.Minutes = append(r.Minutes, load.Minute{Calls: n, P50: 90 * time.Millisecond, P95: 120 * time.Millisecond, Max: 130 * time.Millisecond})
		}
		x := view.Load{Day: load.Day{Start: time.Unix(0, 0), For: 4 * time.Minute}, Result: r}
		page := render(t, report.Load(x, view.NewLoadAnswer(x), "", report.Run{At: time.Unix(0, 0)}))
		checked(t, page)
		seen := string(page)
		if at := strings.Index(seen, `id="data"`); at > 0 {
			seen = seen[:at]
		}
		if got := strings.Contains(seen, "of 100 (p95)"); got != c.p95 {
			t.Errorf("%d calls: p95 is told: %v", c.calls, got)
		}
		if got := strings.Contains(seen, "p99"); got != c.p99 {
			t.Errorf("%d calls: p99 is told: %v", c.calls, got)
		}
		if got := strings.Contains(seen, "the one that 19 of 20 do not exceed"); got != (r.Minutes[3].Calls >= 20) {
			t.Errorf("%d calls in the busiest minute: the line of p95 is drawn: %v", r.Minutes[3].Calls, got)
		}
	}
}
