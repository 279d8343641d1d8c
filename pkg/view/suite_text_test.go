package view_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/view"
)

// The text of a suite is short where nothing is wrong: few branches, and of callers only what is
// theirs.
func TestSuiteTextIsShort(t *testing.T) {
	who := `a call from +1201•••••23; HubSpot knows contact 9; deal 1 amount=null dealstage="won" hs_is_closed="false" hs_is_closed_won="false" pipeline="default"; request 1 fails`
	s := view.Suite{Calls: 1, Expected: 1}
	s.Coverage.Branches.All = 20
	for i := range 20 {
		s.Coverage.Branches.Missing = append(s.Coverage.Branches.Missing, view.BranchPlace{Task: "Task", Action: "Action", Branch: fmt.Sprint(i), Caller: &who})
	}
	for _, x := range []struct{ failed, shown int }{{0, 3}, {1, 12}} {
		var out bytes.Buffer
		s.Failed = x.failed
		if err := view.PrintSuite(&out, s); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(out.String(), "not taken: "); n != x.shown {
			t.Errorf("%d failed: %d branches are listed, want %d", x.failed, n, x.shown)
		}
		if want := `would be: a call from +1201•••••23; HubSpot knows contact 9; deal 1 dealstage="won"; request 1 fails` + "\n"; !strings.Contains(out.String(), want) {
			t.Errorf("%s\nwant %s", out.String(), want)
		}
	}
}

// A bound between the rounded share and the share is met.
func TestSuiteCovers(t *testing.T) {
	var s view.Suite
	s.Coverage.Rules = make([]view.CoveredRule, 7)
	s.Coverage.Rules[0].Calls, s.Coverage.Rules[3].Calls = 1, 5
	s.Rate()
	for _, x := range []struct {
		percent float64
		want    bool
	}{{-1, true}, {0, true}, {28.5, true}, {28.57, true}, {28.58, false}, {100, false}} {
		if got := s.Covers(x.percent); got != x.want {
			t.Errorf("2 of 7 (%g %%) cover %g %%: %v", s.Coverage.Percent, x.percent, got)
		}
	}
}
