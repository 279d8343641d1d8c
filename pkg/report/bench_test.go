package report_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/load"
	"github.com/dealroute/dealroute/pkg/report"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/view"
)

// million is a day of a million calls that come at a rate.
func million(perMinute int64) view.Load {
	const calls = 1_000_000
	r := &load.Result{Calls: calls, Outcomes: map[string]int64{string(routing.ActiveDeal): calls * 9 / 10, string(routing.LookupFailed): calls / 10}}
	r.HubSpot = load.Requests{All: calls * 3 / 2, Search: calls * 3 / 2, Refused: calls / 20, SearchPeak: 9}
	r.Queues = []*load.Queue{{Name: "Sales", Calls: calls}}
	for i := range calls / perMinute {
		n := perMinute - i%7
		r.Minutes = append(r.Minutes, load.Minute{
			Calls: n, Failed: n / 10, Skipped: n / 20, Kept: n / 12, P50: time.Duration(200+i%97) * time.Millisecond, P95: time.Duration(600+i%211) * time.Millisecond,
			Max: time.Duration(900+i%977) * time.Millisecond, Requests: n + i%31, Search: n + i%31, Refused: n / 20, Opened: i % 5,
		})
	}
	x := view.Load{Day: load.Day{Start: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), For: time.Duration(len(r.Minutes)) * time.Minute}, Result: r}
	x.Day.Traffic.PerMinute = float64(perMinute)
	return x
}

// BenchmarkLoad makes the page of a million calls, without the calls.
func BenchmarkLoad(b *testing.B) {
	for _, perMinute := range []int64{60, 2000} {
		x := million(perMinute)
		b.Run(fmt.Sprintf("%d a minute", perMinute), func(b *testing.B) {
			for b.Loop() {
				page, err := report.Load(x, view.NewLoadAnswer(x), "", report.Run{}).Render()
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(page))/1000, "kB")
			}
		})
	}
}

// TestPageOfAMillionCalls holds what the documentation says of its size.
func TestPageOfAMillionCalls(t *testing.T) {
	for _, perMinute := range []int64{60, 2000} {
		x := million(perMinute)
		page := render(t, report.Load(x, view.NewLoadAnswer(x), "", report.Run{At: time.Unix(0, 0)}))
		checked(t, page)
		if len(page) > 1_000_000 {
			t.Errorf("%d calls a minute: %d bytes", perMinute, len(page))
		}
	}
}
