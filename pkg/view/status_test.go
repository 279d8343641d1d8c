package view_test

import (
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/view"
)

func TestFiguresOfActionsAreInWords(t *testing.T) {
	for since, want := range map[string]string{"1h0m0s": "in 1h  ", "15m0s": "in 15m  ", "1h30m0s": "in 1h30m  ", "1m30s": "in 1m30s  ", "24h0m0s": "in 24h  "} {
		var b strings.Builder
		s := view.Status{Since: since, Actions: []view.ActionRuns{{Name: "a", Calls: 1}, {Name: "b", Calls: 2, Failures: 1}, {Name: "c"}}}
		if err := view.PrintStatus(&b, s, time.Time{}); err != nil {
			t.Fatal(err)
		}
		got := b.String()
		if strings.Count(got, "\n"+want) != 3 || !strings.Contains(got, " 1 call, 0 failed (0.0 %)") || !strings.Contains(got, " 2 calls, 1 failed (50.0 %)") || !strings.HasSuffix(got, " 0 calls\n") {
			t.Errorf("%s:\n%s", since, got)
		}
	}
}
