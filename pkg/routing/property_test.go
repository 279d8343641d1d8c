package routing_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/routing"
)

var compare = cmp.AllowUnexported(routing.Decimal{})

func drawPolicy(t *rapid.T) routing.Policy {
	p := routing.Policy{
		DealStage:     rapid.SampledFrom([]string{routing.HighestValue, routing.MostProbable, routing.MostRecent}).Draw(t, "by"),
		Duplicates:    rapid.SampledFrom([]string{routing.DuplicatesBest, routing.DuplicatesAll, routing.DuplicatesAmbiguous}).Draw(t, "duplicates"),
		Fallback:      routing.Target{Queue: "General", Priority: rapid.IntRange(-5, 5).Draw(t, "base")},
		ValuePriority: &routing.ValuePriority{Per: routing.Int(int64(rapid.IntRange(1, 40).Draw(t, "per"))), Add: rapid.IntRange(1, 3).Draw(t, "add"), Max: rapid.IntRange(1, 9).Draw(t, "max")},
	}
	if rapid.Bool().Draw(t, "restrict") {
		p.Pipelines = []string{"default"}
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "rules") {
		var c routing.Condition
		if rapid.Bool().Draw(t, "stage") {
			c.Stage = []string{rapid.SampledFrom([]string{"x", "y", "won"}).Draw(t, "s")}
		}
		if rapid.Bool().Draw(t, "least") {
			c.MinValue = ptr(routing.Int(int64(rapid.IntRange(-50, 200).Draw(t, "m"))))
		}
		p.Rules = append(p.Rules, routing.Rule{Name: fmt.Sprint(i), When: c, To: routing.Target{Queue: fmt.Sprint("q", i), Priority: i}})
	}
	return p
}

func drawCRM(t *rapid.T) ([]hubspot.Contact, []hubspot.Deal) {
	var cs []hubspot.Contact
	for i := range rapid.IntRange(0, 3).Draw(t, "contacts") {
		cs = append(cs, contact(fmt.Sprint(i+1), fmt.Sprintf("2026-01-0%dT00:00:00.000Z", rapid.IntRange(1, 3).Draw(t, "modified"))))
	}
	var ds []hubspot.Deal
	for i := range rapid.IntRange(0, 8).Draw(t, "deals") {
		ds = append(ds, deal(fmt.Sprint(i+1), fmt.Sprint(rapid.IntRange(1, 3).Draw(t, "of")),
			rapid.SampledFrom([]string{"x", "y", "won", "lost"}).Draw(t, "stage"),
			rapid.SampledFrom([]string{"-", "0", "10", "10.5", "99", "-7", "text"}).Draw(t, "amount"),
			hubspot.PropPipeline, rapid.SampledFrom([]string{"default", "other"}).Draw(t, "pipeline"),
			hubspot.PropStageProbability, rapid.SampledFrom([]string{"0.2", "0.9"}).Draw(t, "probability"),
			hubspot.PropCreated, fmt.Sprintf("2026-02-0%dT00:00:00Z", rapid.IntRange(1, 3).Draw(t, "created"))))
	}
	return cs, ds
}

func TestOrderOfHubSpotsAnswersDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPolicy(t)
		cs, ds := drawCRM(t)
		want := routing.FactsOf(p, cs, ds, now)
		got := routing.FactsOf(p, rapid.Permutation(cs).Draw(t, "cs"), rapid.Permutation(ds).Draw(t, "ds"), now)
		if !cmp.Equal(want, got, compare) {
			t.Fatal(cmp.Diff(want, got, compare))
		}
	})
}

func TestTheFirstRuleThatHoldsWins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPolicy(t)
		cs, ds := drawCRM(t)
		f := routing.FactsOf(p, cs, ds, now)
		d := routing.Decide(p, f)
		first := slices.IndexFunc(p.Rules, func(r routing.Rule) bool { return p.Holds(r.When, f) })
		if d.Index != first || (d.Rule == "") != (first < 0) {
			t.Fatalf("rule %d, want %d", d.Index, first)
		}
		if first >= 0 { // what stands behind the rule does not matter
			q := p
			q.Rules = p.Rules[:first+1]
			if e := routing.Decide(q, f); !cmp.Equal(d, e) {
				t.Fatal(cmp.Diff(d, e))
			}
		}
		if base := p.Fallback.Priority; first < 0 && d.Priority != base+d.ByValue {
			t.Fatalf("priority %d is not %d + %d", d.Priority, base, d.ByValue)
		}
	})
}

func TestMoreValueIsNeverLessPriority(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPolicy(t)
		p.Rules = nil
		_, ds := drawCRM(t)
		cs := []hubspot.Contact{contact("1", "2026-01-01T00:00:00Z")}
		for i := range ds {
			ds[i].Contacts = []string{"1"}
		}
		ds = append(ds, deal("50", "1", "x", "1"))
		less := routing.Decide(p, routing.FactsOf(p, cs, ds, now))
		more := routing.Decide(p, routing.FactsOf(p, cs, append(ds, deal("51", "1", "x", fmt.Sprint(rapid.IntRange(0, 500).Draw(t, "amount")))), now))
		if more.Priority < less.Priority || more.ByValue > p.ValuePriority.Max {
			t.Fatalf("%d then %d, at most %d", less.ByValue, more.ByValue, p.ValuePriority.Max)
		}
	})
}
