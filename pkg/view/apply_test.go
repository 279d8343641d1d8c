package view

import (
	"fmt"
	"regexp"
	"strconv"
	"testing"

	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
)

// Whatever became of whatever changes, the words add up: all are unchanged or planned, and what
// was planned is done, failed or not done.
func TestTheLastLineAddsUp(t *testing.T) {
	states := []reconcile.State{reconcile.Done, reconcile.Failed, reconcile.NotDone}
	number := func(text, form string) int {
		sum := 0
		for _, m := range regexp.MustCompile(form).FindAllStringSubmatch(text, -1) {
			n, err := strconv.Atoi(m[1])
			if err != nil {
				t.Fatal(err)
			}
			sum += n
		}
		return sum
	}
	const each = `(\d+) (?:created|updated|replaced|deleted|moved)`
	for mix := range 1 << 8 {
		var out []reconcile.Outcome
		for i, a := range plan.Actions() {
			for j := range 1 + (mix>>i)&1 {
				state := states[(mix>>(i%4)+i+j)%len(states)]
				if a == plan.Keep || a == plan.Leave {
					state = reconcile.Done
				}
				out = append(out, reconcile.Outcome{Change: plan.Change{Action: a}, State: state})
			}
		}
		out = out[:len(out)-mix%3]
		s := ApplyTally(out)
		all, stay, did := number(s, `^(\d+) entit`), number(s, `(\d+) (?:unchanged|left alone)`), number(s, each)
		planned, done, failed, not := number(s, `(\d+) planned`), number(s, `(\d+) done`), number(s, `(\d+) failed`), number(s, `(\d+) not done`)
		if planned == 0 { // all went well
			planned, done = did, did
		}
		if all != len(out) || all != stay+planned || planned != done+failed+not || done != did {
			t.Fatalf("%s: %d entities, %d stay, %d planned, %d done (%d), %d failed, %d not done", s, all, stay, planned, done, did, failed, not)
		}
		tot := totals(out)
		if got, want := fmt.Sprint(tot.Planned, tot.Done, tot.Failed, tot.NotDone, tot.Unchanged), fmt.Sprint(planned, done, failed, not, stay); got != want {
			t.Fatalf("%s: JSON says %s, want %s", s, got, want)
		}
	}
}
