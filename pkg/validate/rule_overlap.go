package validate

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/routing"
)

func ruleOverlap() Rule {
	return Rule{
		Code: "DR-ROUTE-012", Severity: diag.Info,
		Title: "two rules for one caller, of which only the order tells which is taken",
		Text: "Rules are asked in order and the first that holds wins. Some callers meet both rules, neither is a special case of the other, and they go elsewhere: the note names one of these callers. " +
			"Nothing is to be done when the first is meant for them; else move the other in front of it, or say in a condition who is meant. " +
			"A rule that takes callers who would get more priority by later ones has a note of its own; all others share one. " +
			"A rule that asks for more than a later one, a later one that asks for an outcome alone, and a first one with more priority in the same queue are in order.",
		check: func(c *check) {
			rules := c.d.Routing.Rules
			f := newFinder(c.d, c.in.Now)
			groups := map[int][]overlap{} // by the first rule where it gives less, else -1
			idle := make([]bool, len(rules))
			for j, r := range rules {
				if c.ended() {
					return
				}
				idle[j] = len(f.can[j]) == 0 || len(shadows(c.d, j)) > 0 // other checks say so
				if idle[j] || outcomeOnly(r.When) {
					continue
				}
				var plain *overlap
				for i, first := range rules[:j] {
					less := first.To.Flow == "" && r.To.Flow == "" && first.To.Priority < r.To.Priority
					if idle[i] || plain != nil && !less || !c.orderMatters(i, j) {
						continue
					}
					caller, ok := f.inBoth(i, j)
					if ok && less { // the plainest sign that it is not meant
						groups[i] = append(groups[i], overlap{i, j, caller})
						plain = nil
						break
					}
					if ok {
						plain = &overlap{i, j, caller}
					}
				}
				if plain != nil {
					groups[-1] = append(groups[-1], *plain)
				}
			}
			for _, all := range groups {
				c.overlap(all)
			}
		},
	}
}

// An overlap is a caller for whom two rules hold.
type overlap struct {
	first, other int
	caller       string
}

// overlap tells of the first of several overlaps, and names some others.
func (c *check) overlap(all []overlap) {
	o := all[0]
	first, r := c.d.Routing.Rules[o.first], c.d.Routing.Rules[o.other]
	more := ""
	if first.To.Flow == "" && r.To.Flow == "" && first.To.Priority < r.To.Priority {
		more = fmt.Sprintf(", with priority %d and not %d", first.To.Priority, r.To.Priority)
	}
	for i, x := range all[1:] {
		if more += word(i == 0, "; likewise ", ", "); i == few {
			more += fmt.Sprintf("and %d more", len(all)-1-i)
			break
		}
		more += fmt.Sprintf("%q before %q", c.d.Routing.Rules[x.first].Name, c.d.Routing.Rules[x.other].Name)
	}
	c.at(rulePath(o.other)+".name", r.Name, "nothing is wrong if that is meant; else move one of the two, or say more in its when",
		"%s meets both rule %q (%s) and rule %q: the first is taken%s", o.caller, first.Name, c.line(rulePath(o.first)+".name"), r.Name, more)
}

// inBoth describes a caller for whom two rules hold and whom the first one takes; false when
// there is none, or the first is a special case of the second, as far as can be seen. A failed
// lookup whose contact is known counts for none: few think of it, and it is no matter of order.
func (f *finder) inBoth(i, j int) (string, bool) {
	both, ok := f.find([]int{i, j}, -1, func(x routing.Facts) bool {
		return routing.Decide(f.p, x).Index == i && (x.Outcome != routing.LookupFailed || len(x.Values) == 0 && x.Lifecycle == "")
	})
	if !ok {
		return "", false
	}
	_, ok = f.find([]int{i}, j, func(routing.Facts) bool { return true })
	return f.words(both, i, j), ok
}

// orderMatters reports whether it is a difference which of two rules takes a call, and not
// plainly one that was meant: in one queue the first is answered first.
func (c *check) orderMatters(i, j int) bool {
	a, b := c.d.Routing.Rules[i].To, c.d.Routing.Rules[j].To
	if a.Queue != b.Queue || a.Flow != b.Flow {
		return true
	}
	if a.Flow == "" && a.Priority != b.Priority {
		return a.Priority < b.Priority
	}
	return !slices.Equal(a.Skills, b.Skills) || a.PrefersOwner() != b.PrefersOwner() || a.Flat() != b.Flat() || c.d.PopOf(i) != c.d.PopOf(j)
}

// outcomeOnly reports whether a condition asks for the outcome and nothing else.
func outcomeOnly(w deployment.When) bool {
	return reflect.DeepEqual(w, deployment.When{Outcome: w.Outcome})
}
