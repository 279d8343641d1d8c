package validate

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/routing"
)

var today = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

// policies makes deployments whose conditions come from few values, so that rules meet.
func policies() *rapid.Generator[*deployment.Deployment] {
	return rapid.Custom(func(t *rapid.T) *deployment.Deployment {
		d := &deployment.Deployment{}
		d.Calls.Numbers = []string{"+15135550100", "+15135550101"}
		d.HubSpot.Stages = map[string]string{"11": "Open", "12": "Open", "13": "Late"}
		d.HubSpot.Facts = map[string]deployment.Fact{
			"tier": {Contact: "tier", Type: routing.StringFact}, "score": {Contact: "score", Type: routing.NumberFact},
			"renewal": {Deal: "renewal", Type: routing.DateFact},
		}
		if rapid.Bool().Draw(t, "pipelines") {
			d.HubSpot.Lookup.Pipelines = []string{"default"}
		}
		if rapid.Bool().Draw(t, "schedule") {
			end := &deployment.OffHours{Then: &deployment.Ending{}}
			s := &deployment.Schedule{Group: "Hours", EmergencyGroup: rapid.SampledFrom([]string{"", "Evac"}).Draw(t, "emergencies")}
			s.Closed = rapid.SampledFrom([]*deployment.OffHours{nil, end}).Draw(t, "closed")
			s.Holiday = rapid.SampledFrom([]*deployment.OffHours{nil, end}).Draw(t, "holiday")
			d.Calls.Schedule = s
		}
		for range rapid.IntRange(1, 5).Draw(t, "rules") {
			d.Routing.Rules = append(d.Routing.Rules, deployment.Rule{When: whens().Draw(t, "when")})
		}
		return d
	})
}

func some(t *rapid.T, name string, from ...string) []string {
	if rapid.IntRange(0, 3).Draw(t, name+"?") > 0 {
		return nil
	}
	return rapid.SliceOfNDistinct(rapid.SampledFrom(from), 1, 2, rapid.ID[string]).Draw(t, name)
}

func decimal(t *rapid.T, name string) *routing.Decimal {
	if rapid.IntRange(0, 3).Draw(t, name+"?") > 0 {
		return nil
	}
	n := routing.Int(rapid.Int64Range(-1, 2).Draw(t, name))
	return &n
}

func whens() *rapid.Generator[deployment.When] {
	return rapid.Custom(func(t *rapid.T) deployment.When {
		w := deployment.When{
			Stage: some(t, "stage", "Open", "Late", "closedwon"), Pipeline: some(t, "pipeline", "default", "other"),
			Lifecycle: some(t, "lifecycle", "lead", "customer"), MinValue: decimal(t, "min"), MaxValue: decimal(t, "max"), Facts: map[string]deployment.FactTest{},
		}
		for _, o := range some(t, "outcome", "active_deal", "inactive_deal", "contact_no_deal", "no_record", "lookup_failed") {
			w.Outcome = append(w.Outcome, routing.Outcome(o))
		}
		if rapid.IntRange(0, 3).Draw(t, "won?") == 0 {
			won := rapid.Bool().Draw(t, "won")
			w.Won = &won
		}
		if rapid.IntRange(0, 2).Draw(t, "caller?") == 0 {
			w.Caller = &deployment.CallerTest{Number: some(t, "number", routing.CallerNumbers()...), Country: some(t, "country", "DE", "AT")}
		}
		w.At = some(t, "at", "open", "closed", "holiday", "emergency")
		w.Called = some(t, "called", "+15135550100", "+15135550101")
		if tiers := some(t, "tier", "gold", "silver", "gold;silver"); tiers != nil {
			w.Facts["tier"] = deployment.FactTest{Any: tiers}
		}
		switch rapid.IntRange(0, 7).Draw(t, "score") {
		case 0:
			w.Facts["score"] = deployment.FactTest{Min: decimal(t, "least"), Max: decimal(t, "most")}
		case 1:
			w.Facts["score"] = deployment.FactTest{Set: &isSet}
		case 2:
			w.Facts["score"] = deployment.FactTest{Any: []string{"0", "2"}}
		}
		if rapid.IntRange(0, 3).Draw(t, "renewal") == 0 {
			n := rapid.IntRange(-2, 2).Draw(t, "within")
			w.Facts["renewal"] = deployment.FactTest{Within: &n}
		}
		return w
	})
}

// callers makes what a lookup can say, by the meaning of the outcomes.
func callers(d *deployment.Deployment) *rapid.Generator[routing.Facts] {
	return rapid.Custom(func(t *rapid.T) routing.Facts {
		f := routing.Facts{Outcome: rapid.SampledFrom(routing.Outcomes()).Draw(t, "is"), Today: today, Caller: routing.Caller{Number: routing.NumberUsable}}
		if states := d.ScheduleStates(); states != nil {
			f.At = rapid.SampledFrom(states).Draw(t, "state")
		}
		f.Called = rapid.SampledFrom([]string{"", "+15135550100", "+15135550101"}).Draw(t, "dialled")
		if f.Outcome == routing.NoRecord {
			f.Caller.Number = rapid.SampledFrom(routing.CallerNumbers()).Draw(t, "number is")
		}
		if f.Caller.Number == routing.NumberUsable {
			f.Caller.Country = rapid.SampledFrom([]string{"", "DE", "AT", "CH"}).Draw(t, "from")
		}
		if f.Outcome == routing.NoRecord {
			return f
		}
		f.Lifecycle = rapid.SampledFrom([]string{"", "lead", "customer"}).Draw(t, "life")
		f.Values = map[string]routing.Value{}
		if v := rapid.SampledFrom([]string{"", "gold", "silver", "gold;silver", "tin"}).Draw(t, "metal"); v != "" {
			f.Values["tier"] = routing.Value{Type: routing.StringFact, Text: v}
		}
		if rapid.Bool().Draw(t, "scored") {
			f.Values["score"] = routing.Value{Type: routing.NumberFact, Number: routing.Int(rapid.Int64Range(-2, 3).Draw(t, "points"))}
		}
		if f.Outcome != routing.ActiveDeal && f.Outcome != routing.InactiveDeal {
			return f
		}
		value := routing.Int(0)
		f.Deal = &routing.Deal{Open: f.Outcome == routing.ActiveDeal, Stage: rapid.SampledFrom([]string{"11", "12", "13", "closedwon", "x"}).Draw(t, "at")}
		f.Deal.Pipeline = "default"
		if len(d.HubSpot.Lookup.Pipelines) == 0 {
			f.Deal.Pipeline = rapid.SampledFrom([]string{"default", "other", "third"}).Draw(t, "in")
		}
		if f.Deal.Open {
			value = routing.Int(rapid.Int64Range(-2, 3).Draw(t, "worth"))
		} else {
			f.Deal.Won = rapid.Bool().Draw(t, "was won")
		}
		f.Value = &value
		if rapid.Bool().Draw(t, "renews") {
			f.Values["renewal"] = routing.Value{Type: routing.DateFact, Day: today.AddDate(0, 0, rapid.IntRange(-3, 3).Draw(t, "in days"))}
		}
		return f
	})
}

// TestRulesThatNeverFireNeverFire holds what is said of rules against the policy itself: a
// rule that is called contradictory, shadowed or repeated takes no caller.
func TestRulesThatNeverFireNeverFire(t *testing.T) {
	reported := 0
	rapid.Check(t, func(t *rapid.T) {
		d := policies().Draw(t, "policy")
		f := callers(d).Draw(t, "caller")
		i := routing.Decide(d.Policy(), f).Index
		for j, r := range d.Routing.Rules {
			outcomes, by := possible(d, r.When), shadows(d, j)
			if len(outcomes) == 0 || len(by) > 0 {
				reported++
			}
			if i != j {
				continue
			}
			if !slices.Contains(outcomes, f.Outcome) {
				t.Fatalf("rule %d fires with %s, which is called impossible: %v", j, f.Outcome, obstacles(d, r.When, f.Outcome))
			}
			if len(by) > 0 {
				t.Fatalf("rule %d fires, and is said to be shadowed by %v", j, by)
			}
			for k := range j {
				if equivalent(d, d.Routing.Rules[k].When, r.When) {
					t.Fatalf("rule %d fires, and is said to ask the same as %d", j, k)
				}
			}
		}
	})
	if reported == 0 {
		t.Error("no rule was ever reported: the test shows nothing")
	}
}

// TestCallersAreFound: whoever is said to meet two rules meets them, and the first takes him;
// and where there is such a caller one is nearly always found.
func TestCallersAreFound(t *testing.T) {
	there, missed := 0, 0
	for range 20 { // a share of few pairs says nothing
		rapid.Check(t, func(t *rapid.T) {
			d := policies().Draw(t, "policy")
			f := newFinder(d, today)
			for _, c := range rapid.SliceOfN(callers(d), 40, 40).Draw(t, "callers") {
				i := routing.Decide(f.p, c).Index
				for j := max(i, 0) + 1; j < len(f.p.Rules) && i >= 0; j++ {
					if !f.p.Holds(f.p.Rules[j].When, c) {
						continue
					}
					there++
					found, ok := f.find([]int{i, j}, -1, func(x routing.Facts) bool { return routing.Decide(f.p, x).Index == i })
					if !ok {
						missed++
						continue
					}
					if known := f.known(found); known.Outcome != found.outcome || routing.Decide(f.p, known).Index != i || !f.p.Holds(f.p.Rules[j].When, known) {
						t.Fatalf("%s does not meet rules %d and %d", f.words(found, i, j), i, j)
					}
				}
			}
		})
	}
	t.Logf("%d of %d pairs missed", missed, there)
	if there == 0 || missed*10 > there {
		t.Errorf("%d of %d pairs missed", missed, there)
	}
}

var isSet, isNot = true, false

// TestFactCovers: where one test of a fact is said to cover another, it holds whenever the
// other does.
func TestFactCovers(t *testing.T) {
	texts := []string{"gold", "silver", "gold;silver", "tin"}
	test := func(t *rapid.T, name, kind string) deployment.FactTest {
		switch {
		case rapid.IntRange(0, 4).Draw(t, name) == 0:
			return deployment.FactTest{Set: &isSet}
		case rapid.IntRange(0, 7).Draw(t, name+" unset") == 0:
			return deployment.FactTest{Set: &isNot}
		case rapid.IntRange(0, 7).Draw(t, name+" not") == 0 && kind == routing.StringFact:
			return deployment.FactTest{Not: rapid.SliceOfNDistinct(rapid.SampledFrom(texts), 1, 2, rapid.ID[string]).Draw(t, name+" not")}
		case rapid.IntRange(0, 7).Draw(t, name+" prefix") == 0 && kind == routing.StringFact:
			return deployment.FactTest{Prefix: rapid.SampledFrom([]string{"g", "gold", "GOLD", "gold;"}).Draw(t, name+" prefix"), IgnoreCase: rapid.Bool().Draw(t, name+" case")}
		case rapid.IntRange(0, 7).Draw(t, name+" before") == 0 && kind == routing.DateFact:
			n := rapid.IntRange(-3, 3).Draw(t, name+" before")
			if rapid.Bool().Draw(t, name+" side") {
				return deployment.FactTest{Before: &n}
			}
			return deployment.FactTest{After: &n}
		case kind == routing.StringFact:
			return deployment.FactTest{Any: rapid.SliceOfNDistinct(rapid.SampledFrom(texts), 1, 2, rapid.ID[string]).Draw(t, name+" any")}
		case kind == routing.DateFact:
			n := rapid.IntRange(-3, 3).Draw(t, name+" within")
			return deployment.FactTest{Within: &n}
		case rapid.Bool().Draw(t, name+" list"):
			return deployment.FactTest{Any: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"-1", "0", "1", "2"}), 1, 2, rapid.ID[string]).Draw(t, name+" any")}
		}
		least, most := routing.Int(rapid.Int64Range(-2, 1).Draw(t, name+" min")), routing.Int(rapid.Int64Range(0, 3).Draw(t, name+" max"))
		return deployment.FactTest{Min: &least, Max: &most}
	}
	covered := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]string{routing.StringFact, routing.NumberFact, routing.DateFact}).Draw(t, "kind")
		a, b := test(t, "a", kind), test(t, "b", kind)
		if !factCovers(b, a) {
			return
		}
		covered[kind]++
		p := routing.Policy{Facts: map[string]routing.FactSource{"x": {Contact: "x", Type: kind}}}
		holds := func(x deployment.FactTest, v routing.Value) bool {
			return p.Holds(routing.Condition{Facts: map[string]routing.FactTest{"x": routing.FactTest(x)}}, routing.Facts{Today: today, Values: map[string]routing.Value{"x": v}})
		}
		for i := range 9 {
			v := routing.Value{Type: kind, Text: texts[i%len(texts)], Number: routing.Int(int64(i - 4)), Day: today.AddDate(0, 0, i-4)}
			if holds(a, v) && !holds(b, v) {
				t.Fatalf("%+v is said to cover %+v, and not for %+v", b, a, v)
			}
		}
	})
	if len(covered) != 3 {
		t.Errorf("covered %v: the test shows too little", covered)
	}
}
