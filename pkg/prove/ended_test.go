package prove

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/deployment"
)

// numbered is a deployment of so many rules, each of which somebody meets.
func numbered(t *testing.T, rules int) *deployment.Deployment {
	t.Helper()
	var b strings.Builder
	b.WriteString("version: 1\nname: many\ngenesys: {region: eu-central-1}\nhubspot:\n  lookup: {homeCountries: [US]}\n  facts:\n    a: {contact: a, type: number}\n    b: {deal: b, type: string}\nrouting:\n  rules:\n")
	for i := range rules {
		fmt.Fprintf(&b, "    - {name: rule %d, when: {facts: {a: {min: %d}, b: [v%d, w]}}, to: {queue: Q}}\n", i, 10*(rules-i), i)
	}
	b.WriteString("  fallback: {queue: General}\n")
	d, found := deployment.Parse("dealroute.yaml", []byte(b.String()))
	if d == nil {
		t.Fatal(found)
	}
	return d
}

// Once nobody waits, hardly a caller is thought of any more, and nobody is found.
func TestSearchesEndWhenNobodyWaits(t *testing.T) {
	const rules = 60
	d := numbered(t, rules)
	for _, patience := range []int{0, 1, 10, 100, 300} {
		f := newFinder(newReference(d), time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
		asked, thought := 0, 0 // how many callers were thought of when nobody waited any more
		f.ended = func() bool {
			if asked++; asked == patience+1 {
				thought = f.thought
			}
			return asked > patience
		}
		pairs, near := f.overlaps()
		if near > 1 || len(pairs) > patience {
			t.Errorf("with a patience of %d, %d pairs are found of rules that are at most %d apart", patience, len(pairs), near)
		}
		for i := range rules {
			f.rule(i)
			f.shadows(i)
		}
		if asked <= patience || f.thought > thought+20 {
			t.Errorf("with a patience of %d, %d callers are thought of until then and %d after it", patience, thought, f.thought-thought)
		}
	}
}

// What is said of callers of two rules is what was looked for.
func TestPairsThatWereNotLookedForAreTold(t *testing.T) {
	for _, c := range []struct {
		rules, thought int
		want           string
	}{
		{1, sketchesForPairs + 1, ""},
		{3, 0, ""},
		{3, sketchesForPairs + 1, "callers of two rules at once were not looked for: there are too many rules"},
		{60, sketchesForPairs - 1000, "callers of two rules at once were looked for where the rules are at most 12 apart"},
	} {
		r := newReference(numbered(t, c.rules))
		w := &whole{reference: r, found: newFinder(r, time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))}
		w.found.thought = c.thought
		if w.overlapsFamily(); strings.Join(w.cut, "") != c.want {
			t.Errorf("of %d rules it says %q, not %q", c.rules, w.cut, c.want)
		}
	}
}
