package prove_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/prove"
)

// policies is a deployment with these rules.
func policies(rules ...string) string {
	return `
version: 1
name: acme
genesys: {region: eu-central-1}
hubspot:
  portal: "24681357"
  lookup: {homeCountries: [US]}
  stages: {"985123456": Negotiation}
  facts:
    tier: {contact: customer_tier}
    score: {contact: engagement_score, type: number}
    renewal: {deal: renewal_date, type: date}
calls: {numbers: ["+15135550100", "+15135550101"]}
routing:
  rules:
    - ` + strings.Join(rules, "\n    - ") + `
  valuePriority: {per: 100, add: 1, max: 5}
  fallback: {queue: General}
`
}

// A rule that cannot fire is told with the rules that take its callers; for others there is one.
func TestWitnesses(t *testing.T) {
	for _, c := range []struct {
		rules []string
		never string // the rules without a caller, and who takes it
	}{
		{[]string{`{name: a, when: {outcome: active_deal}, to: {queue: Sales}}`, `{name: b, when: {minValue: 10}, to: {queue: Care}}`}, "1 by [0]"},
		{[]string{`{name: a, when: {outcome: active_deal}, to: {queue: Sales}}`, `{name: b, when: {maxValue: 10}, to: {queue: Care}}`}, ""},
		{[]string{`{name: a, when: {won: true, minValue: 10}, to: {queue: Sales}}`}, "0 by []"},
		{[]string{`{name: a, when: {outcome: no_record}, to: {queue: Sales}}`, `{name: b, when: {caller: {number: withheld}}, to: {queue: Care}}`}, "1 by [0]"},
		{[]string{`{name: a, when: {facts: {score: {min: 5}}}, to: {queue: Sales}}`, `{name: b, when: {facts: {score: {max: 4.99}}}, to: {queue: Care}}`, `{name: c, when: {facts: {score: {set: true}}}, to: {queue: Care}}`}, ""}, // 4.995
		{[]string{`{name: a, when: {facts: {score: {min: 5}}}, to: {queue: Sales}}`, `{name: b, when: {facts: {score: {max: 5}}}, to: {queue: Care}}`, `{name: c, when: {facts: {score: {set: true}}}, to: {queue: Care}}`}, "2 by [0 1]"},
		{[]string{`{name: a, when: {facts: {tier: {not: [gold]}}}, to: {queue: Sales}}`, `{name: b, when: {facts: {tier: [gold, silver]}}, to: {queue: Care}}`, `{name: c, when: {facts: {tier: silver}}, to: {queue: Care}}`}, "2 by [1]"},
		{[]string{`{name: a, when: {failure: timeout}, to: {queue: Sales}}`, `{name: b, when: {outcome: lookup_failed, facts: {tier: gold}}, to: {queue: Care}}`, `{name: c, when: {failure: [breaker, off]}, to: {queue: Care}}`}, ""},
		{[]string{`{name: a, when: {anyOpen: {stage: Negotiation, minValue: 500}}, to: {queue: Sales}}`, `{name: b, when: {openDeals: {min: 3}, maxValue: 100}, to: {queue: Care}}`, `{name: c, when: {anyOpen: {stage: Negotiation}, stage: contractsent}, to: {queue: Care}}`}, ""},
		{[]string{`{name: a, when: {facts: {renewal: {within: 30d}}}, to: {queue: Sales}}`, `{name: b, when: {facts: {renewal: {after: -1d, before: 31d}}}, to: {queue: Care}}`, `{name: c, when: {facts: {renewal: {before: 0d}}, won: true}, to: {queue: Care}}`}, "1 by [0]"},
		{[]string{`{name: a, when: {caller: {country: [DE, AT]}, called: "+15135550101"}, to: {queue: Sales}}`, `{name: b, when: {caller: {number: own}}, to: {queue: Care}}`, `{name: c, when: {called: "+15135550101", caller: {country: DE}, outcome: active_deal}, to: {queue: Care}}`}, "2 by [0]"},
	} {
		d, b := parsed(t, policies(c.rules...))
		cast := prove.Witnesses(d, noon)
		var never []string
		for _, n := range cast.Never {
			never = append(never, fmt.Sprintf("%d by %v", n.Rule, n.By))
		}
		if got := strings.Join(never, ", "); got != c.never {
			t.Errorf("%s\ngot  %s\nwant %s", strings.Join(c.rules, "\n"), got, c.never)
		}
		if len(cast.Rules)+len(cast.Never) != len(c.rules) {
			t.Errorf("%d witnesses and %d without", len(cast.Rules), len(cast.Never))
		}
		r, err := prove.Deployment(context.Background(), input(d, b, prove.Quick))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range r.Broken() {
			if p.ID != prove.Rules || c.never == "" {
				t.Errorf("%s: %s", p.ID, p.Message)
				if p.Counterexample != nil {
					t.Log(strings.Join(p.Counterexample.Call, "\n"))
				}
			}
		}
		if len(r.Witnesses) != len(cast.Rules) {
			t.Errorf("the report has %d witnesses, and there are %d", len(r.Witnesses), len(cast.Rules))
		}
	}
}

// Two rules overlap when somebody meets both.
func TestOverlaps(t *testing.T) {
	d, _ := parsed(t, policies(
		`{name: a, when: {outcome: active_deal}, to: {queue: Sales}}`,
		`{name: b, when: {facts: {tier: gold}}, to: {queue: Care}}`,
		`{name: c, when: {outcome: no_record}, to: {queue: Care}}`,
		`{name: d, when: {minValue: 500, facts: {score: {min: 5}}}, to: {queue: Care}}`,
	))
	var got []string
	for _, o := range prove.Witnesses(d, noon).Overlaps {
		got = append(got, fmt.Sprint(o.First, o.Second))
	}
	if slices.Sort(got); !slices.Equal(got, []string{"0 1", "0 3"}) {
		t.Errorf("%q", got)
	}
}
