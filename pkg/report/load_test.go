package report_test

import (
	"math"
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
