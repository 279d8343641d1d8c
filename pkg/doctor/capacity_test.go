package doctor_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/doctor"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/load"
	"github.com/dealroute/dealroute/pkg/words"
)

func carried(c *doctor.Capacity, strategy string) doctor.Carried {
	return c.Strategies[slices.IndexFunc(c.Strategies, func(s doctor.Carried) bool { return s.Strategy == strategy })]
}

func number(n int) *int { return &n }

// What docs/lookups.md says each strategy carries.
func TestCapacityIsWhatThePagesSay(t *testing.T) {
	d := lookup(t, "homeCountries: [US]")
	c := doctor.CapacityOf(d, doctor.CapacityInput{})
	for strategy, want := range map[string]int{"search": 15, "unique-phone": 116, "rollup": 504} {
		if got := carried(c, strategy).PerMinute; math.Abs(got-float64(want)) > 1 {
			t.Errorf("%s carries %v, want %d", strategy, got, want)
		}
	}
	if got := carried(doctor.CapacityOf(d, doctor.CapacityInput{TenSeconds: number(190)}), "rollup").PerMinute; math.Abs(got-1020) > 2 {
		t.Errorf("with a paid tier rollup carries %v", got)
	}
	want := map[string]string{"search": "0.43 % 1.6 % 3.3 % 10 % 22 %", "unique-phone": "0 % 0 % 0 % 0.07 % 0.56 %", "rollup": "0 % 0 % 0 % 0 % 0 %"}
	for strategy, text := range want {
		var got []string
		for _, x := range carried(c, strategy).Rates {
			if x.WithBreaker < x.Refused { // there is none in this file
				t.Errorf("%s: %+v", strategy, x)
			}
			share := words.About(x.Refused)
			if x.Refused < 1e-4 {
				share = "0 %"
			}
			got = append(got, share)
		}
		if strings.Join(got, " ") != text {
			t.Errorf("%s: %v, want %s", strategy, got, text)
		}
	}
	if c.Given != "" || c.Enough != "" || len(c.Findings(d, nil)) > 0 || c.Breaker != 0 || c.TenSeconds.Read || c.PerDay != (doctor.Limit{Most: 250_000}) {
		t.Errorf("%+v", c)
	}
}

// The model of simulate --load says the same of the rendered flow and data actions, and with the
// breaker no more than is said.
func TestCapacityHoldsInTheModel(t *testing.T) {
	for _, c := range []struct {
		lookup string
		rate   float64
	}{{"homeCountries: [US]", 60}, {"homeCountries: [US]", 100}, {"homeCountries: [US], strategy: unique-phone, property: phone_e164", 200}} {
		d := lookup(t, c.lookup)
		program, org := render(t, d)
		crm := hubspot.CRM{Contacts: []hubspot.Contact{person(1, "+15135550142", "", "+15135550142")}, Deals: []hubspot.Deal{{ID: "1", Contacts: []string{"1001"}}}}
		server := transport.Handler(hubspottest.New(crm, hubspottest.WithLimits(hubspottest.Limits{}), hubspottest.Virtual(), hubspottest.Clock(func() time.Time { return now }),
			hubspottest.Define("contacts", hubspottest.Property{Name: "phone_e164", Type: "string", Unique: true})))
		r, err := load.Run(t.Context(), load.Day{
			Program: program, Org: org, DNIS: "+15135550100", Start: now, Seed: 1, For: time.Duration(6000 / c.rate * float64(time.Minute)),
			Traffic: load.Traffic{PerMinute: c.rate, Callers: []string{"+15135550142"}},
			HubSpot: load.HubSpot{Limits: load.Limits{SearchesPerSecond: 5, PerTenSeconds: 100}, Sender: func(kind string) dataaction.Sender {
				if kind == "" {
					return server
				}
				return transport.Inject(server, transport.Fault{Kind: transport.FaultKind(kind)})
			}},
		})
		if err != nil {
			t.Fatal(err)
		}
		said := doctor.CapacityOf(d, doctor.CapacityInput{PerMinute: c.rate}).InUse().Rates[0].Refused
		if got := r.Share(); math.Abs(got-said) > 0.15*said+0.01 {
			t.Errorf("%s at %v: the model loses %.3f, said are %.3f", c.lookup, c.rate, got, said)
		}
	}
}

// The account's own limits, the day, and the org's limits are reckoned with; what does not carry
// the rate is told with what would.
func TestCapacityFindings(t *testing.T) {
	const stages = `, stages: {"1": Open}`
	for name, c := range map[string]struct {
		lookup, rules, budget string
		in                    doctor.CapacityInput
		want, says, hint      string
	}{
		"it carries":   {"homeCountries: [US]", "[]", "3s", doctor.CapacityInput{PerMinute: 15}, "[]", "", ""},
		"a property":   {"homeCountries: [US]", "[]", "3s", doctor.CapacityInput{PerMinute: 60}, "[DR-DOC-301 warning]", "at 60 calls a minute HubSpot refuses 10 % of lookups under strategy: search, and with the breaker up to 26 % are not looked up", "strategy: unique-phone carries it; it needs a contact property"},
		"rollups":      {"homeCountries: [US]", "[]", "3s", doctor.CapacityInput{PerMinute: 150}, "[DR-DOC-301 warning]", "refuses 35 %", "strategy: rollup carries it"},
		"a rule":       {"homeCountries: [US]", "[{name: a, when: {won: true}, to: {queue: Sales}}]", "3s", doctor.CapacityInput{PerMinute: 150}, "[DR-DOC-301 warning]", "refuses 35 %", "strategy: rollup would carry it, and the file cannot have it: routing.rules[0].when.won does not go with strategy: rollup"},
		"none":         {"homeCountries: [US]", "[]", "3s", doctor.CapacityInput{PerMinute: 3000, Limits: map[string]int{"requests.volume.max": 9000, "actions.concurrent.executions.max": 500}}, "[DR-DOC-301 warning DR-DOC-302 warning]", "last 41 minutes", "no strategy carries it"},
		"executions":   {"homeCountries: [US]", "[]", "3s", doctor.CapacityInput{PerMinute: 10, Limits: map[string]int{"requests.volume.max": 15}}, "[DR-DOC-303 warning]", "10 calls a minute execute up to 2 data actions each: Genesys Cloud takes 15 a minute", "raise the org's requests.volume.max"},
		"at once":      {"homeCountries: [US]", "[]", "3s", doctor.CapacityInput{PerMinute: 15, Limits: map[string]int{"actions.concurrent.executions.max": 0}}, "[]", "", ""},
		"hanging":      {"homeCountries: [US]", "[]", "6s", doctor.CapacityInput{PerMinute: 12, Limits: map[string]int{"actions.concurrent.executions.max": 1}}, "[DR-DOC-303 warning]", "than the 1 that Genesys Cloud executes at the same time: 6s carries it for 10 calls a minute", "lower enrichment.budget"},
		"the day":      {"homeCountries: [US]", "[]", "3s", doctor.CapacityInput{PerMinute: 15, Remaining: number(2000)}, "[DR-DOC-302 warning]", "the 2,000 requests that are left today last 66 minutes", "which app"},
		"a short day":  {"homeCountries: [US]", "[]", "3s", doctor.CapacityInput{PerMinute: 15, PerDay: number(9000), Remaining: number(-3)}, "[DR-DOC-302 warning]", "the 9,000 requests of a day last 5 hours", "which app"},
		"of the table": {"homeCountries: [US]", "[]", "3s", doctor.CapacityInput{Remaining: number(2)}, "[]", "", ""},
	} {
		text := `version: 1
name: acme-doctor
genesys: {region: us-east-1}
hubspot: {lookup: {` + c.lookup + `}` + stages + `}
enrichment: {budget: ` + c.budget + `, breaker: {afterTimeout: 15s, afterFailure: 2s}}
routing: {rules: ` + c.rules + `, fallback: {queue: Support}}
`
		d, fs := deployment.Parse("dealroute.yaml", []byte(text))
		if err := fs.Err(); err != nil {
			t.Fatal(err)
		}
		c.in.Under = func(strategy string) []string { return doctor.Against("dealroute.yaml", []byte(text), strategy) }
		found := doctor.CapacityOf(d, c.in).Findings(d, nil)
		said, hint := "", ""
		for _, f := range found {
			said, hint = said+f.Message+"\n", hint+f.Hint+"\n"
		}
		if got := fmt.Sprint(codes(found)); got != c.want || !strings.Contains(said, c.says) || !strings.Contains(hint, c.hint) {
			t.Errorf("%s: %s, want %s: %s%s", name, got, c.want, said, hint)
		}
	}
}

// What a move to another strategy costs in callers who are found is told with it.
func TestCapacityTellsThePrice(t *testing.T) {
	_, s := account(t, []hubspot.Contact{person(1, "+15135550142", "+15135550143"), person(2, "+15135550144"), person(3, "+15135550144")})
	d := lookup(t, "homeCountries: [US]")
	m := doctor.MatchOf(d, s, now)
	fs := doctor.CapacityOf(d, doctor.CapacityInput{PerMinute: 60}).Findings(d, m)
	const want = "strategy: unique-phone carries it; it needs a contact property with unique values, filled with E.164; filled from the contacts' own numbers that finds 50 % of them, and match: mixed finds 100 %"
	if len(fs) != 1 || fs[0].Hint != want {
		t.Errorf("%v", fs)
	}
}

// A rate comes from the flag, else from the file; more calls lose no smaller share; a strategy that
// asks for less carries no less.
func TestCapacityHolds(t *testing.T) {
	d := lookup(t, "homeCountries: [US]")
	d.Calls.PeakPerMinute = 45
	if c := doctor.CapacityOf(d, doctor.CapacityInput{}); c.Given != "file" || c.Rates[0] != 45 {
		t.Errorf("%+v", c)
	}
	if c := doctor.CapacityOf(d, doctor.CapacityInput{PerMinute: 7}); c.Given != "flag" || c.Rates[0] != 7 {
		t.Errorf("%+v", c)
	}
	rapid.Check(t, func(t *rapid.T) {
		d.Enrichment.Breaker = deployment.Breaker{Enabled: rapid.Bool().Draw(t, "breaker"), AfterFailure: 2 * time.Second}
		d.HubSpot.Lookup.Company = rapid.SampledFrom([]string{"none", "deals", "numbers"}).Draw(t, "company")
		rate := rapid.Float64Range(0.01, 100_000).Draw(t, "rate")
		in := doctor.CapacityInput{PerMinute: rate, TenSeconds: number(rapid.IntRange(-5, 500).Draw(t, "ten seconds"))}
		c := doctor.CapacityOf(d, in)
		in.PerMinute *= 1.5
		more := doctor.CapacityOf(d, in)
		for i, s := range c.Strategies {
			x, y := s.Rates[0], more.Strategies[i].Rates[0]
			for _, v := range []float64{x.Refused, x.WithBreaker, x.Unexecuted, s.PerMinute} {
				if math.IsNaN(v) || v < 0 {
					t.Fatalf("%+v", s)
				}
			}
			if x.Refused > 1 || x.WithBreaker > 1+1e-9 || x.WithBreaker < x.Refused-1e-9 || y.Refused < x.Refused-1e-9 {
				t.Fatalf("%+v, with more calls %+v", x, y)
			}
			if carries := s.PerMinute >= rate; carries != (x.Refused <= 0.01) && math.Abs(s.PerMinute-rate) > 1e-3*rate {
				t.Fatalf("%s carries %v, and at %v %v are lost", s.Strategy, s.PerMinute, rate, x.Refused)
			}
		}
	})
}
