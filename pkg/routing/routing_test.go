package routing_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/routing"
)

var now = time.Date(2026, 11, 23, 22, 30, 0, 0, time.FixedZone("", -5*3600)) // the 24th in UTC

func contact(id, modified string, more ...string) hubspot.Contact {
	p := hubspot.Properties{hubspot.PropContactModified: &modified, hubspot.PropLifecycle: nil}
	for i := 0; i+1 < len(more); i += 2 {
		p[more[i]] = &more[i+1]
	}
	return hubspot.Contact{ID: id, Properties: p}
}

// deal is open unless its stage is won or lost. An amount of "-" is null.
func deal(id, of, stage, amount string, more ...string) hubspot.Deal {
	p := hubspot.Properties{
		hubspot.PropDealStage: &stage, hubspot.PropPipeline: hubspot.Text("default"), hubspot.PropHomeAmount: &amount,
		hubspot.PropIsClosed: hubspot.Text(fmt.Sprint(stage == "won" || stage == "lost")),
		hubspot.PropIsWon:    hubspot.Text(fmt.Sprint(stage == "won")),
	}
	if amount == "-" {
		p[hubspot.PropHomeAmount] = nil
	}
	for i := 0; i+1 < len(more); i += 2 {
		p[more[i]] = &more[i+1]
	}
	return hubspot.Deal{ID: id, Contacts: []string{of}, Properties: p}
}

// sixContacts are one more than can be asked for, each changed before the one in front of it.
func sixContacts() (out []hubspot.Contact) {
	for i := range 6 {
		out = append(out, contact(fmt.Sprint(1+i), fmt.Sprintf("2026-01-0%dT00:00:00.000Z", 9-i)))
	}
	return out
}

func many(n int, of, stage string) []hubspot.Deal {
	var out []hubspot.Deal
	for i := range n {
		out = append(out, deal(fmt.Sprint(1000+i), of, stage, "1"))
	}
	return out
}

// A condition on some open deal asks all its parts of one and the same deal.
func TestAnyOpen(t *testing.T) {
	p := routing.Policy{Stages: map[string]string{"985": "Negotiation"}}
	one := []hubspot.Contact{contact("1", "2026-01-01T00:00:00Z")}
	deals := []hubspot.Deal{
		deal("1", "1", "x", "900"), deal("2", "1", "985", "100", hubspot.PropPipeline, "other"),
		deal("3", "1", "y", "-"), deal("4", "1", "won", "5000"),
	}
	for _, c := range []struct {
		name string
		test routing.DealTest
		want bool
	}{
		{"stage by name", routing.DealTest{Stage: []string{"Negotiation"}}, true},
		{"stage of a closed deal", routing.DealTest{Stage: []string{"won"}}, false},
		{"pipeline", routing.DealTest{Pipeline: []string{"other"}}, true},
		{"stage and pipeline of two deals", routing.DealTest{Stage: []string{"x"}, Pipeline: []string{"other"}}, false},
		{"bounds, inclusive", routing.DealTest{MinValue: dec(t, "100"), MaxValue: dec(t, "100")}, true},
		{"stage with the amount of another", routing.DealTest{Stage: []string{"Negotiation"}, MinValue: dec(t, "101")}, false},
		{"no amount is 0", routing.DealTest{MaxValue: dec(t, "0")}, true},
		{"the sum of all", routing.DealTest{MinValue: dec(t, "1000")}, false},
	} {
		if got := p.Holds(routing.Condition{AnyOpen: &c.test}, routing.FactsOf(p, one, deals, now)); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
		for name, f := range map[string]routing.Facts{"not asked": routing.NotAsked(now, routing.FailureOff), "no deal": routing.FactsOf(p, one, nil, now)} {
			if p.Holds(routing.Condition{AnyOpen: &c.test}, f) {
				t.Errorf("%s holds: %s", c.name, name)
			}
		}
	}
}

// How many open deals there are, and why it is not known.
func TestOpenDealsAndFailure(t *testing.T) {
	p := routing.Policy{}
	one := []hubspot.Contact{contact("1", "2026-01-01T00:00:00Z")}
	none, some := routing.Condition{OpenDeals: &routing.Range{Max: ptr(0)}}, routing.Condition{OpenDeals: &routing.Range{Min: ptr(1), Max: ptr(2)}}
	failed := routing.Condition{Failure: []string{routing.FailureTimeout, routing.FailureError}}
	for _, c := range []struct {
		name               string
		facts              routing.Facts
		none, some, failed bool
	}{
		{"two", routing.FactsOf(p, one, many(2, "1", "x"), now), false, true, false},
		{"three", routing.FactsOf(p, one, many(3, "1", "x"), now), false, false, false},
		{"closed", routing.FactsOf(p, one, many(2, "1", "won"), now), true, false, false},
		{"no deal", routing.FactsOf(p, one, nil, now), true, false, false},
		{"nobody", routing.FactsOf(p, nil, nil, now), false, false, false},
		{"truncated", routing.FactsOf(p, one, many(201, "1", "lost"), now), false, false, true},
		{"deals timed out", routing.FactsWithoutDeals(p, one, now, routing.FailureTimeout), false, false, true},
		{"nobody, and deals not asked for", routing.FactsWithoutDeals(p, nil, now, routing.FailureTimeout), false, false, false},
		{"breaker", routing.NotAsked(now, routing.FailureBreaker), false, false, false},
	} {
		if got := [3]bool{p.Holds(none, c.facts), p.Holds(some, c.facts), p.Holds(failed, c.facts)}; got != [3]bool{c.none, c.some, c.failed} {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// The rows of the package's table of meanings.
func TestFactsOf(t *testing.T) {
	ada, bea := contact("1", "2026-01-02T00:00:00.000Z"), contact("2", "2026-01-01T00:00:00.000Z")
	elsewhere := deal("9", "1", "x", "5", hubspot.PropPipeline, "other")
	gone := deal("8", "1", "x", "5")
	gone.Archived = true
	for _, c := range []struct {
		name     string
		policy   routing.Policy
		contacts []hubspot.Contact
		deals    []hubspot.Deal
		want     string // outcome, contact, open/read, deal that counts, value
	}{
		{"nobody", routing.Policy{}, nil, many(1, "1", "x"), "no_record  0/0 - -"},
		{"archived contact", routing.Policy{}, []hubspot.Contact{{ID: "1", Archived: true}}, nil, "no_record  0/0 - -"},
		{"no deal", routing.Policy{}, []hubspot.Contact{ada}, nil, "contact_no_deal 1 0/0 - -"},
		{"somebody else's deal", routing.Policy{}, []hubspot.Contact{ada}, many(1, "2", "x"), "contact_no_deal 1 0/0 - -"},
		{"archived deal", routing.Policy{}, []hubspot.Contact{ada}, []hubspot.Deal{gone}, "contact_no_deal 1 0/0 - -"},
		{"deals elsewhere only", routing.Policy{Pipelines: []string{"default"}}, []hubspot.Contact{ada}, []hubspot.Deal{elsewhere}, "contact_no_deal 1 0/0 - -"},
		{"all pipelines", routing.Policy{}, []hubspot.Contact{ada}, []hubspot.Deal{elsewhere}, "active_deal 1 1/1 9 5"},
		{
			"open before won before lost",
			routing.Policy{},
			[]hubspot.Contact{ada},
			[]hubspot.Deal{deal("1", "1", "won", "900"), deal("2", "1", "x", "5.5"), deal("3", "1", "lost", "1000"), deal("4", "1", "x", "-")},
			"active_deal 1 2/4 2 5.5",
		},
		{"won before lost", routing.Policy{}, []hubspot.Contact{ada}, []hubspot.Deal{deal("1", "1", "lost", "9"), deal("2", "1", "won", "1")}, "inactive_deal 1 0/2 2 0"},
		{"only lost", routing.Policy{}, []hubspot.Contact{ada}, []hubspot.Deal{deal("1", "1", "lost", "9")}, "inactive_deal 1 0/1 1 0"},
		{"no amount counts 0", routing.Policy{}, []hubspot.Contact{ada}, []hubspot.Deal{deal("1", "1", "x", "-")}, "active_deal 1 1/1 1 0"},
		{"a textual amount counts 0", routing.Policy{}, []hubspot.Contact{ada}, []hubspot.Deal{deal("1", "1", "x", "a lot"), deal("2", "1", "x", "7")}, "active_deal 1 2/2 2 7"},
		{"ties by the smallest number", routing.Policy{}, []hubspot.Contact{ada}, []hubspot.Deal{deal("100", "1", "x", "7"), deal("99", "1", "y", "7.0")}, "active_deal 1 2/2 99 14"},
		{
			"most probable",
			routing.Policy{DealStage: routing.MostProbable},
			[]hubspot.Contact{ada},
			[]hubspot.Deal{
				deal("1", "1", "x", "9", hubspot.PropStageProbability, "0.2000000000000000111"),
				deal("2", "1", "x", "1", hubspot.PropStageProbability, "0.9"),
			},
			"active_deal 1 2/2 2 10",
		},
		{
			"most recent",
			routing.Policy{DealStage: routing.MostRecent},
			[]hubspot.Contact{ada},
			[]hubspot.Deal{
				deal("1", "1", "x", "9", hubspot.PropCreated, "2026-01-01T00:00:00.000Z"),
				deal("2", "1", "x", "1", hubspot.PropCreated, "2026-01-01T00:00:00.001Z"),
			},
			"active_deal 1 2/2 2 10",
		},
		{"best of two", routing.Policy{Duplicates: routing.DuplicatesBest}, []hubspot.Contact{bea, ada}, many(2, "2", "x"), "contact_no_deal 1 0/0 - -"},
		{"all of two", routing.Policy{Duplicates: routing.DuplicatesAll}, []hubspot.Contact{bea, ada}, many(2, "2", "x"), "active_deal 1 2/2 1000 2"},
		{"all of six, deals of the sixth only", routing.Policy{Duplicates: routing.DuplicatesAll}, sixContacts(), many(2, "6", "x"), "lookup_failed 1 0/0 - - truncated"},
		{"all of six, closed deals", routing.Policy{Duplicates: routing.DuplicatesAll}, sixContacts(), many(2, "5", "won"), "lookup_failed 1 0/2 - - truncated"},
		{"all of six, an open deal", routing.Policy{Duplicates: routing.DuplicatesAll}, sixContacts(), many(2, "5", "x"), "active_deal 1 2/2 1000 2 truncated"},
		{"all of five", routing.Policy{Duplicates: routing.DuplicatesAll}, sixContacts()[:5], many(2, "6", "x"), "contact_no_deal 1 0/0 - -"},
		{"ambiguous", routing.Policy{Duplicates: routing.DuplicatesAmbiguous}, []hubspot.Contact{bea, ada}, many(2, "2", "x"), "no_record  0/0 - -"},
		{"one is not ambiguous", routing.Policy{Duplicates: routing.DuplicatesAmbiguous}, []hubspot.Contact{bea}, many(2, "2", "x"), "active_deal 2 2/2 1000 2"},
		{"a full page", routing.Policy{}, []hubspot.Contact{ada}, many(200, "1", "lost"), "inactive_deal 1 0/200 1000 0"},
		{"more than a page, none open on it", routing.Policy{}, []hubspot.Contact{ada}, append([]hubspot.Deal{deal("5", "1", "x", "0")}, many(200, "1", "lost")...), "lookup_failed 1 0/200 - - truncated"},
		{"more than a page, one open on it", routing.Policy{}, []hubspot.Contact{ada}, append(many(200, "1", "x"), deal("5", "1", "x", "3")), "active_deal 1 200/200 5 202 truncated"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := routing.FactsOf(c.policy, c.contacts, c.deals, now)
			id, value, more := "-", "-", ""
			if f.Deal != nil {
				id = f.Deal.ID
			}
			if f.Value != nil {
				value = f.Value.String()
			}
			if f.Truncated {
				more = " truncated"
			}
			got := fmt.Sprintf("%s %s %d/%d %s %s%s", f.Outcome, f.ContactID, f.OpenDeals, f.Deals, id, value, more)
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func ptr[T any](v T) *T { return &v }

func dec(t testing.TB, s string) *routing.Decimal {
	d, err := routing.ParseDecimal(s)
	if err != nil {
		t.Fatal(err)
	}
	return &d
}

func TestHolds(t *testing.T) {
	p := routing.Policy{
		Stages: map[string]string{"985": "Negotiation", "986": "Negotiation", "won": "Won", "700": "986", "701": "Other"},
		Facts: map[string]routing.FactSource{
			"tier": {Contact: "tier", Type: routing.StringFact}, "score": {Contact: "score", Type: routing.NumberFact},
			"vip": {Contact: "vip", Type: routing.BooleanFact}, "renewal": {Deal: "renewal", Type: routing.DateFact},
			"odd": {Contact: "odd", Type: routing.NumberFact},
		},
	}
	f := routing.FactsOf(p,
		[]hubspot.Contact{contact("1", "2026-01-01T00:00:00Z", "tier", "gold;silver", "score", "80.0", "vip", "true", "odd", "many", hubspot.PropLifecycle, "customer")},
		[]hubspot.Deal{deal("7", "1", "986", "62000", "renewal", "2026-11-25T22:00:00.000Z")}, now)
	fact := func(name string, t routing.FactTest) routing.Condition {
		return routing.Condition{Facts: map[string]routing.FactTest{name: t}}
	}
	for _, c := range []struct {
		name string
		when routing.Condition
		want bool
	}{
		{"empty", routing.Condition{}, true},
		{"outcome", routing.Condition{Outcome: []routing.Outcome{routing.NoRecord, routing.ActiveDeal}}, true},
		{"other outcome", routing.Condition{Outcome: []routing.Outcome{routing.LookupFailed}}, false},
		{"stage by name", routing.Condition{Stage: []string{"Negotiation"}}, true},
		{"stage by id", routing.Condition{Stage: []string{"x", "986"}}, true},
		{"stage by other id", routing.Condition{Stage: []string{"985"}}, false},
		{"stage by the id that is the name of another", routing.Condition{Stage: []string{"986"}}, true},
		{"stage by the id of one of that name", routing.Condition{Stage: []string{"701"}}, false},
		{"stage of the wrong letter case", routing.Condition{Stage: []string{"negotiation"}}, false},
		{"pipeline", routing.Condition{Pipeline: []string{"default"}}, true},
		{"other pipeline", routing.Condition{Pipeline: []string{"other"}}, false},
		{"won", routing.Condition{Won: ptr(true)}, false},
		{"not won", routing.Condition{Won: ptr(false)}, true},
		{"least, inclusive", routing.Condition{MinValue: dec(t, "62000")}, true},
		{"least", routing.Condition{MinValue: dec(t, "62000.01")}, false},
		{"most, inclusive", routing.Condition{MaxValue: dec(t, "62000.00")}, true},
		{"most", routing.Condition{MaxValue: dec(t, "61999.99")}, false},
		{"lifecycle", routing.Condition{Lifecycle: []string{"customer"}}, true},
		{"other lifecycle", routing.Condition{Lifecycle: []string{"Customer"}}, false},
		{"a part of a multi-select", fact("tier", routing.FactTest{Any: []string{"silver"}}), true},
		{"the whole of a multi-select", fact("tier", routing.FactTest{Any: []string{"gold;silver"}}), true},
		{"the whole in another order", fact("tier", routing.FactTest{Any: []string{"silver;gold"}}), false},
		{"a day", fact("renewal", routing.FactTest{Any: []string{"2026-11-25"}}), true},
		{"another day", fact("renewal", routing.FactTest{Any: []string{"2026-11-26"}}), false},
		{"not a part", fact("tier", routing.FactTest{Any: []string{"Gold", "sil"}}), false},
		{"number as a number", fact("score", routing.FactTest{Any: []string{"80"}}), true},
		{"bounds", fact("score", routing.FactTest{Min: dec(t, "80"), Max: dec(t, "80")}), true},
		{"below", fact("score", routing.FactTest{Min: dec(t, "80.5")}), false},
		{"boolean", fact("vip", routing.FactTest{Any: []string{"true"}}), true},
		{"other boolean", fact("vip", routing.FactTest{Any: []string{"false"}}), false},
		{"set", fact("tier", routing.FactTest{Set: ptr(true)}), true},
		{"a number that is none is not set", fact("odd", routing.FactTest{Set: ptr(true)}), false},
		{"not the other", fact("tier", routing.FactTest{Not: []string{"bronze", "Gold"}}), true},
		{"not a part of it", fact("tier", routing.FactTest{Not: []string{"bronze", "silver"}}), false},
		{"not the whole of it", fact("tier", routing.FactTest{Not: []string{"gold;silver"}}), false},
		{"not of what is unset", fact("odd", routing.FactTest{Not: []string{"5"}}), false},
		{"another number", fact("score", routing.FactTest{Not: []string{"80"}}), false},
		{"not set", fact("odd", routing.FactTest{Set: ptr(false)}), true},
		{"not set of what is", fact("tier", routing.FactTest{Set: ptr(false)}), false},
		{"beginning", fact("tier", routing.FactTest{Prefix: "gol"}), true},
		{"beginning of a part", fact("tier", routing.FactTest{Prefix: "sil"}), true},
		{"beginning of the whole", fact("tier", routing.FactTest{Prefix: "gold;s"}), true},
		{"beginning of no part", fact("tier", routing.FactTest{Prefix: "ilver"}), false},
		{"beginning in other capitals", fact("tier", routing.FactTest{Prefix: "GOL"}), false},
		{"beginning, capitals ignored", fact("tier", routing.FactTest{Prefix: "GOL", IgnoreCase: true}), true},
		{"a part, capitals ignored", fact("tier", routing.FactTest{Any: []string{"SILVER"}, IgnoreCase: true}), true},
		{"not a part, capitals ignored", fact("tier", routing.FactTest{Not: []string{"SILVER"}, IgnoreCase: true}), false},
		{"tomorrow before 1d", fact("renewal", routing.FactTest{Before: ptr(1)}), false},
		{"tomorrow before 2d", fact("renewal", routing.FactTest{Before: ptr(2)}), true},
		{"tomorrow after 1d", fact("renewal", routing.FactTest{After: ptr(1)}), false},
		{"tomorrow after 0d", fact("renewal", routing.FactTest{After: ptr(0)}), true},
		{"a text before", fact("tier", routing.FactTest{Before: ptr(1)}), false},
		{"unknown fact, unset", fact("nope", routing.FactTest{Set: ptr(false)}), true},
		{"unknown fact", fact("nope", routing.FactTest{Set: ptr(true)}), false},
		{"tomorrow within 1d", fact("renewal", routing.FactTest{Within: ptr(1)}), true},
		{"tomorrow within 0d", fact("renewal", routing.FactTest{Within: ptr(0)}), false},
		{"tomorrow within -30d", fact("renewal", routing.FactTest{Within: ptr(-30)}), false},
		{"all must hold", routing.Condition{Won: ptr(false), Pipeline: []string{"other"}}, false},
	} {
		if got := p.Holds(c.when, f); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestNothingHoldsOfWhatIsNotSet(t *testing.T) {
	p := routing.Policy{Facts: map[string]routing.FactSource{"d": {Deal: "d", Type: routing.StringFact}, "c": {Contact: "c", Type: routing.StringFact}}}
	one := []hubspot.Contact{contact("1", "2026-01-01T00:00:00Z", "c", "x", hubspot.PropLifecycle, "lead")}
	bare := []routing.Condition{
		{Stage: []string{""}}, {Pipeline: []string{""}}, {Won: ptr(false)}, {Won: ptr(true)},
		{MinValue: dec(t, "-1e9")}, {MaxValue: dec(t, "1e9")},
		{Facts: map[string]routing.FactTest{"d": {Set: ptr(true)}}},
	}
	kept := []routing.Condition{{Lifecycle: []string{"lead"}}, {Facts: map[string]routing.FactTest{"c": {Set: ptr(true)}}}}
	for name, f := range map[string]routing.Facts{
		"not asked": routing.NotAsked(now, routing.FailureOff), "unknown": routing.Unknown(now),
		"deals failed": routing.FactsWithoutDeals(p, one, now, routing.FailureTimeout), "no deal": routing.FactsOf(p, one, nil, now),
	} {
		for i, c := range bare {
			if p.Holds(c, f) {
				t.Errorf("%s: condition %d holds", name, i)
			}
		}
		for i, c := range kept {
			if want := name == "deals failed" || name == "no deal"; p.Holds(c, f) != want {
				t.Errorf("%s: condition %d on the contact: want %v", name, i, want)
			}
		}
	}
	if f := routing.FactsWithoutDeals(p, one, now, routing.FailureTimeout); f.Outcome != routing.LookupFailed || f.ContactID != "1" {
		t.Errorf("deals failed: %+v", f)
	}
}

func TestDecide(t *testing.T) {
	p := routing.Policy{
		Rules: []routing.Rule{
			{Name: "big", When: routing.Condition{MinValue: dec(t, "100")}, To: routing.Target{Queue: "Sales", Skills: []string{"a", "b"}, Priority: 10}},
			{Name: "any", When: routing.Condition{Outcome: []routing.Outcome{routing.ActiveDeal}}, To: routing.Target{Queue: "Care", Priority: 5}},
		},
		Fallback:      routing.Target{Queue: "General", Skills: []string{"g"}, Priority: 1},
		ValuePriority: &routing.ValuePriority{Per: *dec(t, "50"), Add: 2, Max: 5},
	}
	one := []hubspot.Contact{contact("1", "2026-01-01T00:00:00Z")}
	decide := func(amounts ...string) routing.Decision {
		var deals []hubspot.Deal
		for i, a := range amounts {
			deals = append(deals, deal(fmt.Sprint(i+1), "1", "x", a))
		}
		return routing.Decide(p, routing.FactsOf(p, one, deals, now))
	}
	big := routing.Decision{Outcome: routing.ActiveDeal, Rule: "big", Index: 0, Reason: routing.ReasonRule, Queue: "Sales", Skills: []string{"a", "b"}, Priority: 14, ByValue: 4}
	if got := decide("60", "60"); !cmp.Equal(got, big) {
		t.Error(cmp.Diff(big, got))
	}
	if got := decide("99.99"); got.Rule != "any" || got.Priority != 7 {
		t.Errorf("%+v", got)
	}
	if got := decide("1000"); got.Priority != 15 {
		t.Errorf("the maximum is not kept: %+v", got)
	}
	if got := decide("-1000"); got.Priority != 5 || got.ByValue != 0 {
		t.Errorf("a negative sum adds nothing: %+v", got)
	}
	none := routing.Decision{Outcome: routing.ContactNoDeal, Index: -1, Reason: routing.ReasonFallback, Queue: "General", Skills: []string{"g"}, Priority: 1}
	if got := decide(); !cmp.Equal(got, none) {
		t.Error(cmp.Diff(none, got))
	}
	if got := p.WithoutTarget(big); got.Queue != "General" || got.Skills != nil || got.Priority != 5 || got.Rule != "big" {
		t.Errorf("vanished queue: %+v", got)
	}
	if got := big.WithoutSkills("b", "z"); !slices.Equal(got.Skills, []string{"a"}) || got.Queue != "Sales" || len(big.Skills) != 2 {
		t.Errorf("vanished skill: %+v", got)
	}
}
