package simulate_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/simulate"
)

const caller1 = "+15135550142"

// edges is a deployment in which each kind of knowledge leads elsewhere.
const edges = `
version: 1
name: acme
genesys: {region: eu-central-1}
hubspot:
  lookup: {homeCountries: [US], duplicates: %s}
  facts:
    tier: {contact: customer_tier}
    renewal: {deal: renewal_date, type: date}
enrichment: {dealStage: %s, budget: 3s}
routing:
  rules:
    - {name: soon, when: {facts: {renewal: {within: 30d}}}, to: {queue: Renewals, priority: 7}}
    - {name: since, when: {facts: {renewal: {within: -30d}}}, to: {queue: Late, priority: 7}}
    - {name: big, when: {minValue: 1000}, to: {queue: Sales, skills: [Big], priority: 24999995}}
    - {name: gold, when: {facts: {tier: gold}}, to: {queue: Care, priority: 8}}
    - {name: low, when: {maxValue: -1000}, to: {queue: Care, priority: -24999995}}
    - {name: won, when: {won: true}, to: {queue: Care, priority: 2}}
  valuePriority: {per: 100, add: 3, max: 40}
  fallback: {queue: General, skills: [Any], priority: 1}
screenPop: managed
privacy: {participantData: [hubspot_contact_id]}
`

func edge(t *testing.T, duplicates, dealStage string, replace ...string) line {
	t.Helper()
	return rendered(t, strings.NewReplacer(replace...).Replace(fmt.Sprintf(edges, duplicates, dealStage))).under(t, simulate.Readings{})
}

func lucia(properties ...string) hubspot.Contact {
	c := hubspot.Contact{ID: "901", UpdatedAt: noon, Properties: hubspot.Properties{hubspot.PropPhone: hubspot.Text(caller1)}}
	for i := 0; i < len(properties); i += 2 {
		c.Properties[properties[i]] = &properties[i+1]
	}
	return c
}

func sale(id int, stage string, properties ...string) hubspot.Deal {
	d := hubspot.Deal{ID: fmt.Sprint(id), Contacts: []string{"901"}, CreatedAt: noon.Add(-time.Duration(id) * time.Hour), Properties: hubspot.Properties{
		hubspot.PropPipeline: hubspot.Text("default"), hubspot.PropDealStage: &stage,
		hubspot.PropIsClosed: hubspot.Text(fmt.Sprint(strings.HasPrefix(stage, "closed"))), hubspot.PropIsWon: hubspot.Text(fmt.Sprint(stage == "closedwon")),
	}}
	d.Properties[hubspot.PropCreated] = hubspot.Text(d.CreatedAt.Format("2006-01-02T15:04:05.000Z"))
	for i := 0; i < len(properties); i += 2 {
		d.Properties[properties[i]] = &properties[i+1]
	}
	if v, ok := d.Properties[hubspot.PropAmount]; ok {
		d.Properties[hubspot.PropHomeAmount] = v
	}
	return d
}

func (l line) situation(contacts []hubspot.Contact, deals []hubspot.Deal) situation {
	s := situation{same: contacts}
	s.ani, s.at, s.org, s.assume = caller1, noon, l.newOrg(), hubspottest.Assumed()
	s.crm = hubspot.CRM{Portal: "1", Currency: "USD", Contacts: contacts, Deals: deals}
	return s
}

// HubSpot gives one page of 200 deals, those with the greatest measure. A sum over it is
// marked; no open deal on it is no answer.
func TestMoreDealsThanAPage(t *testing.T) {
	many := func(n int, stage func(int) string) []hubspot.Deal {
		var out []hubspot.Deal
		for i := range n {
			out = append(out, sale(1000+i, stage(i), hubspot.PropAmount, fmt.Sprint(5000-i), hubspot.PropStageProbability, fmt.Sprintf("0.%04d", 9000-i)))
		}
		return out
	}
	for name, stage := range map[string]func(int) string{
		"all open":         func(int) string { return "contractsent" },
		"all won":          func(int) string { return "closedwon" },
		"all lost":         func(int) string { return "closedlost" },
		"open at the end":  func(i int) string { return map[bool]string{true: "contractsent", false: "closedwon"}[i >= 200] },
		"open at the edge": func(i int) string { return map[bool]string{true: "contractsent", false: "closedwon"}[i >= 199] },
		"won at the end":   func(i int) string { return map[bool]string{true: "closedwon", false: "closedlost"}[i >= 200] },
	} {
		for _, measure := range []string{"highest-value", "most-probable", "most-recent"} {
			l := edge(t, "best", measure)
			for _, n := range []int{199, 200, 201, 401} {
				t.Run(fmt.Sprint(name, " ", measure, " ", n), func(t *testing.T) {
					s := l.situation([]hubspot.Contact{lucia("customer_tier", "gold")}, many(n, stage))
					o := l.call(t, s.caller)
					s.crm.Deals = s.crm.Deals[:n] // for the message
					compare(t, l, s, o, expect(l, s))
				})
			}
		}
	}
}

// Deals that are all alike, or all without amount, are walked one by one, in parts that
// Architect's loops take; the smallest id is among them wherever it stands.
func TestManyDealsAlike(t *testing.T) {
	l := edge(t, "best", "highest-value", "    - {name: won, when: {won: true}", "    - {name: any, when: {anyOpen: {minValue: 77, maxValue: 77}}, to: {queue: Sales, priority: 3}}\n    - {name: won, when: {won: true}")
	for _, n := range []int{1, 98, 99, 100, 198, 199, 200} {
		for _, amount := range []string{"50", ""} {
			for _, odd := range []int{0, n / 2, n - 1} {
				var deals []hubspot.Deal
				for i := range n {
					a := amount
					if i == odd && amount != "" {
						a = "77"
					}
					d := sale(2000-i, "contractsent", hubspot.PropAmount, a)
					if a == "" {
						d = sale(2000-i, "contractsent")
					}
					deals = append(deals, d)
				}
				s := l.situation([]hubspot.Contact{lucia()}, deals)
				o := l.call(t, s.caller)
				compare(t, l, s, o, expect(l, s))
			}
		}
	}
}

// The days that within counts: today included, in UTC, to the last one.
func TestDaysAtTheEdges(t *testing.T) {
	l := edge(t, "best", "highest-value")
	for _, at := range []time.Time{noon, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), time.Date(2026, 12, 31, 23, 59, 59, 0, time.UTC), time.Date(2028, 2, 29, 12, 0, 0, 0, time.UTC)} {
		rules := map[string]int{}
		for days := -32; days <= 32; days++ {
			for _, tail := range []string{"", "T00:00:00Z", "T23:59:59.999Z"} {
				s := l.situation([]hubspot.Contact{lucia()}, []hubspot.Deal{sale(1, "contractsent", "renewal_date", at.AddDate(0, 0, days).Format(time.DateOnly)+tail)})
				s.at = at
				w := expect(l, s)
				rules[w.Rule]++
				compare(t, l, s, l.call(t, s.caller), w)
			}
		}
		if rules["soon"] != 3*31 || rules["since"] != 3*30 {
			t.Errorf("%s: %v", at, rules)
		}
	}
}

// A priority stays within what Genesys takes, whatever the amounts.
func TestPriorityStaysWithinBounds(t *testing.T) {
	l := edge(t, "best", "highest-value")
	for amount, want := range map[string]int{
		"0": 1, "99.99": 1, "100": 4, "999": 28, "1000": 25_000_000, "-1": 1, "-100": 1, "-999.5": 1,
		"-999999999999999": -24_999_995, "999999999999999": 25_000_000, "0.30000000000000004": 1,
	} {
		s := l.situation([]hubspot.Contact{lucia()}, []hubspot.Deal{sale(1, "contractsent", hubspot.PropAmount, amount)})
		w := expect(l, s)
		if w.Priority != want {
			t.Errorf("%s: the policy gives %d, want %d", amount, w.Priority, want)
		}
		compare(t, l, s, l.call(t, s.caller), w)
	}
}

// Each action fails in each way: what the contact said survives when its deals fail, the wait
// stays within the budget, and the breaker spares the next caller.
func TestEachActionFailsInEachWay(t *testing.T) {
	for _, duplicates := range []string{"best", "all", "ambiguous-is-unknown"} {
		l := edge(t, duplicates, "highest-value")
		for _, kind := range transport.FaultKinds() {
			for _, tier := range []string{"gold", "silver"} {
				for _, action := range []string{"find contact", "find deals", ""} {
					t.Run(fmt.Sprint(duplicates, " ", action, " ", kind, " ", tier), func(t *testing.T) {
						s := l.situation([]hubspot.Contact{lucia("customer_tier", tier)}, []hubspot.Deal{sale(1, "contractsent", hubspot.PropAmount, "5000")})
						s.faults = []transport.Fault{{Action: action, Kind: kind}}
						s.deals = kind
						if action != "find deals" {
							s.contact = kind
						}
						w := expect(l, s)
						if survives := w.Rule == "gold"; survives != (tier == "gold" && action == "find deals") {
							t.Errorf("rule %q", w.Rule)
						}
						o := l.call(t, s.caller)
						compare(t, l, s, o, w)
						l.callAgain(t, s, o, w)
					})
				}
			}
		}
	}
}

// An answer that comes at the flow's timeout or after it is none.
func TestAnswersAtTheTimeout(t *testing.T) {
	l := edge(t, "best", "highest-value")
	for _, c := range []struct {
		contact, deals time.Duration
		want           string
		requests       int
	}{
		{1999 * time.Millisecond, 999 * time.Millisecond, "active_deal", 2},
		{2 * time.Second, 0, "lookup_failed", 1},
		{time.Hour, 0, "lookup_failed", 1},
		{0, time.Second, "lookup_failed", 2},
		{1999 * time.Millisecond, time.Hour, "lookup_failed", 2},
	} {
		s := l.situation([]hubspot.Contact{lucia()}, []hubspot.Deal{sale(1, "contractsent")})
		s.latency = func(k hubspottest.Kind) time.Duration {
			if k == hubspottest.ContactSearch {
				return c.contact
			}
			return c.deals
		}
		o := l.call(t, s.caller)
		always(t, l, o)
		if o.Outcome != c.want || o.Requests != c.requests {
			t.Errorf("%s and %s: %s", c.contact, c.deals, said(o))
		}
		if failed, until := c.want != "active_deal", fmt.Sprint(s.org.Rows["breaker"]["openUntil"]); failed != (until > "2026-11-23T12:00:1") {
			t.Errorf("%s and %s: the breaker is open until %q", c.contact, c.deals, until)
		}
	}
}

// A decision of an earlier leg is taken only while it is fresh, of this policy and whole.
func TestWhatIsTakenOfAnEarlierLeg(t *testing.T) {
	l := edge(t, "best", "highest-value")
	crm := hubspot.CRM{Contacts: []hubspot.Contact{lucia("customer_tier", "gold")}, Deals: []hubspot.Deal{sale(1, "contractsent", hubspot.PropAmount, "250")}}
	first := l.call(t, caller{ani: caller1, crm: crm, assume: hubspottest.Assumed()})
	decided := first.Result.ParticipantData
	if decided["dealroute_rule"] != "gold" || decided["dealroute_until"] != "2026-11-23T12:05:00Z" {
		t.Fatalf("the first leg: %v", decided)
	}
	again := func(at time.Time, change ...string) *simulate.Outcome {
		data := maps.Clone(decided)
		for i := 0; i < len(change); i += 2 {
			data[change[i]] = change[i+1]
			if change[i+1] == "absent" {
				delete(data, change[i])
			}
		}
		o := l.call(t, caller{ani: caller1, crm: hubspot.CRM{}, assume: hubspottest.Assumed(), at: at, conversation: data})
		always(t, l, o)
		return o
	}
	soon := noon.Add(time.Minute)
	for _, c := range []struct {
		what   string
		at     time.Time
		change []string
		kept   string
	}{
		{"fresh", soon, nil, `active_deal rule="gold" kept queue "Care" [] priority=14 contact=901 open=- value=- requests=0`},
		{"to the last second", noon.Add(5*time.Minute - time.Second), nil, `active_deal rule="gold" kept queue "Care" [] priority=14 contact=901 open=- value=- requests=0`},
		{"of the fallback", soon, []string{"dealroute_rule", "", "dealroute_outcome", "no_record", "dealroute_priority", "1"}, `no_record rule="" kept queue "General" ["Any"] priority=1 contact=901 open=- value=- requests=0`},
		{"negative", soon, []string{"dealroute_priority", "-7"}, `active_deal rule="gold" kept queue "Care" [] priority=-7 contact=901 open=- value=- requests=0`},
		{"without contact", soon, []string{"hubspot_contact_id", "absent"}, `active_deal rule="gold" kept queue "Care" [] priority=14 contact= open=- value=- requests=0`},
		{"stale", noon.Add(5 * time.Minute), nil, ""},
		{"of another policy", soon, []string{"dealroute_policy", "0000000000000000"}, ""},
		{"of no policy", soon, []string{"dealroute_policy", "absent"}, ""},
		{"of a rule that is gone", soon, []string{"dealroute_rule", "platinum"}, ""},
		{"of a failed lookup", soon, []string{"dealroute_outcome", "lookup_failed"}, ""},
		{"of no outcome", soon, []string{"dealroute_outcome", "absent"}, ""},
		{"without time", soon, []string{"dealroute_until", "absent"}, ""},
		{"empty time", soon, []string{"dealroute_until", ""}, ""},
		{"another form of time", soon, []string{"dealroute_until", "2026-11-23T13:05:00+01:00"}, ""},
		{"no time", soon, []string{"dealroute_until", "a long time yet, Z"}, ""},
		{"time of letters", soon, []string{"dealroute_until", "2O26-11-23T12:05:00Z"}, ""},
		{"no priority", soon, []string{"dealroute_priority", "absent"}, ""},
		{"priority of letters", soon, []string{"dealroute_priority", "high"}, ""},
		{"fraction", soon, []string{"dealroute_priority", "1.5"}, ""},
		{"two signs", soon, []string{"dealroute_priority", "--1"}, ""},
		{"sign alone", soon, []string{"dealroute_priority", "-"}, ""},
		{"beyond Genesys' bound", soon, []string{"dealroute_priority", "25000001"}, ""},
		{"far beyond it", soon, []string{"dealroute_priority", "99999999999999999999"}, ""},
		{"Arabic digits", soon, []string{"dealroute_priority", "١٤"}, ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			o := again(c.at, c.change...)
			want := c.kept
			if want == "" { // HubSpot is asked, and now knows nobody
				want = `no_record rule="" fallback queue "General" ["Any"] priority=1 contact= open=- value=- requests=1`
			}
			if got := said(o); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if shows := o.Result.ScreenPop != nil; shows != strings.Contains(want, "contact=901") {
				t.Errorf("screen pop %+v", o.Result.ScreenPop)
			}
		})
	}
}
