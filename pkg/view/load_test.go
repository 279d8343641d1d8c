package view_test

import (
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/load"
	"github.com/dealroute/dealroute/pkg/view"
)

// The last sentence of a load is true of what stands above it.
func TestLoadMeans(t *testing.T) {
	result := func(calls int64, why load.Why) *load.Result {
		failed := why.Limit + why.Timeout + why.Fault + why.Genesys + why.Breaker + why.Other
		return &load.Result{Calls: calls, Outcomes: map[string]int64{"lookup_failed": failed}, Why: why}
	}
	over := result(100, load.Why{Limit: 60, Breaker: 1})
	over.HubSpot.PeakPerDay, over.HubSpot.DayOver = 250_000, 90*time.Minute
	few := result(300, load.Why{})
	few.HubSpot.All, few.Genesys.All, few.Breaker.Skipped = 1, 1, 81_949
	for name, c := range map[string]struct {
		load view.Load
		want []string
		not  string
	}{
		"nobody calls":     {view.Load{Result: result(0, load.Why{})}, []string{"No call came in."}, "Every caller"},
		"nobody is looked": {view.Load{Result: result(10, load.Why{Fault: 9, Breaker: 1})}, []string{"100 % of the callers are not looked up and go the way", "most of them because"}, "1 of"},
		"few":              {view.Load{Result: result(100, load.Why{Limit: 2, Timeout: 1, Fault: 1, Genesys: 1})}, []string{"1 of 20 callers is not looked up and goes", "above all because"}, "most of them"},
		"one reason":       {view.Load{Result: result(100, load.Why{Timeout: 1})}, []string{"lookup_failed because HubSpot's answer"}, "most of them"},
		"a day used up":    {view.Load{Result: over, Tier: "free"}, []string{"at most 250,000 answered, of 250,000 (free); used up at 16:30", "used up at 16:30 UTC."}, ""},
		"one, and many":    {view.Load{Result: few}, []string{"1 request ", "1 execution ", "81,949 calls"}, "1 requests"},
		"below":            {view.Load{MaxFailed: 0.01, Limit: &load.Limit{PerMinute: 1, Share: 1, Bound: load.Below}}, []string{"under 1 call a minute", "Not even 1 call a minute is carried: more than 1 %"}, "are carried"},
		"above":            {view.Load{MaxFailed: 0.01, Limit: &load.Limit{PerMinute: 8192, Bound: load.Above}}, []string{"over 8,192 calls a minute", "More was not tried."}, "until"},
		"none can be used": {view.Load{Result: result(10, load.Why{}), Compared: []view.Compared{{Strategy: "rollup", Why: []string{"a", "b", "c", "d", "e"}}}}, []string{"a; b; c; and for 2 more reasons", "None of these strategies can be used"}, "leaves only"},
	} {
		c.load.Day.Start, c.load.Day.For = time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC), 8*time.Hour
		c.load.Day.HubSpot.Limits.PerDay = 250_000
		var b strings.Builder
		if err := view.PrintLoad(&b, c.load); err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s: no %q in\n%s", name, want, b.String())
			}
		}
		if c.not != "" && strings.Contains(b.String(), c.not) {
			t.Errorf("%s: %q in\n%s", name, c.not, b.String())
		}
	}
}
