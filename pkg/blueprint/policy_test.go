package blueprint_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/templates"
)

// campaign is how many accounts are made for each deployment; see doc.go.
var campaign = flag.Int("campaign", 30, "accounts for each deployment in TestTheCallAndThePolicyAgree")

// variants are deployments that the examples do not cover, made from the example with every
// setting by replacing lines.
func variants(t *testing.T) map[string]*deployment.Deployment {
	t.Helper()
	out := map[string]*deployment.Deployment{}
	for _, file := range examples(t) {
		out[file] = load(t, file)
	}
	matches := []string{"mixed", "e164", "national"} // each meets each of the others once
	for i, stage := range []string{routing.HighestValue, routing.MostProbable, routing.MostRecent} {
		for j, dup := range []string{routing.DuplicatesBest, routing.DuplicatesAll, routing.DuplicatesAmbiguous} {
			d := load(t, "../../examples/every-setting/dealroute.yaml")
			match := matches[(i+j)%len(matches)]
			d.Enrichment.DealStage, d.HubSpot.Lookup.Duplicates, d.HubSpot.Lookup.Match = stage, dup, match
			out[stage+" "+dup+" "+match] = d
		}
	}
	return out
}

// A maker makes accounts at random out of few values, so that ties and borders are common.
type maker struct{ *rand.Rand }

func (m maker) pick(values ...string) *string {
	switch s := values[m.IntN(len(values))]; s {
	case "null":
		return nil
	default:
		return &s
	}
}

func (m maker) account(d *deployment.Deployment, number string) (hubspot.CRM, []hubspot.Contact) {
	crm := hubspot.CRM{Portal: d.HubSpot.Portal, Currency: "USD", Pipelines: []hubspot.Pipeline{hubspot.DefaultPipeline(), {ID: "671008549", Stages: []hubspot.Stage{
		{ID: "1214320997", Probability: "0.3"}, {ID: "1214320998", Closed: true, Won: true, Probability: "1.0"},
	}}}}
	crm.Pipelines[0].Stages = append(crm.Pipelines[0].Stages, hubspot.Stage{ID: "985123456", Probability: "0.7"})
	var same []hubspot.Contact
	n := m.IntN(4)
	k := d.Policy().Keyed
	if k != nil {
		crm.Properties = map[string][]hubspot.Definition{"contacts": {{Name: k.Property, Unique: true}}}
	}
	for i := range n + 1 {
		c := hubspot.Contact{ID: fmt.Sprint(900 + i*7), UpdatedAt: noon.Add(-time.Duration(m.IntN(9000)*10+i) * time.Minute), Properties: hubspot.Properties{}}
		phone := number
		if i == n { // somebody else
			phone = "+442079460177"
		}
		c.Properties[hubspot.PropPhone] = &phone
		if m.IntN(3) == 0 {
			c.Properties[hubspot.PropPhone], c.Properties[hubspot.PropMobile] = nil, &phone
		}
		c.Properties[hubspot.PropLifecycle] = m.pick("customer", "lead", "null", "")
		for _, f := range d.HubSpot.Facts {
			if f.Contact != "" {
				c.Properties[f.Contact] = m.value(f.Type)
			}
		}
		if k != nil && i == 0 && n > 0 { // of them all one has it where it counts
			c.Properties[k.Property] = &number
		}
		if k != nil && k.Rollup != nil {
			for _, p := range []string{k.Rollup.Open, k.Rollup.All, k.Rollup.Value} {
				c.Properties[p] = m.pick("null", "", "0", "0", "1", "2", "3.0", "0.5", "-1", "62000", "abc", "1e3")
			}
		}
		crm.Contacts = append(crm.Contacts, c)
		if i < n && (k == nil || i == 0) {
			same = append(same, c)
		}
	}
	if k != nil && k.Rollup != nil { // what HubSpot would count of them stands in the contacts
		return crm, same
	}
	for i := range m.IntN(7) {
		pipeline := crm.Pipelines[m.IntN(2)]
		st := pipeline.Stages[m.IntN(len(pipeline.Stages))]
		deal := hubspot.Deal{ID: fmt.Sprint(95 + i*3), CreatedAt: noon.Add(-time.Duration(m.IntN(3)) * 24 * time.Hour), Properties: hubspot.Properties{}}
		for _, c := range crm.Contacts {
			if m.IntN(2) == 0 {
				deal.Contacts = append(deal.Contacts, c.ID)
			}
		}
		text := func(s string) *string { return &s }
		amount := m.pick("null", "", "0", "100", "100.00", "2500.5", "5001", "49999.999", "250000", "900000", "-20", "abc", "1e3", "7500.5")
		maps.Copy(deal.Properties, hubspot.Properties{
			hubspot.PropPipeline: text(pipeline.ID), hubspot.PropDealStage: text(st.ID),
			hubspot.PropIsClosed: text(strconv.FormatBool(st.Closed)), hubspot.PropIsWon: text(strconv.FormatBool(st.Won)),
			hubspot.PropAmount: amount, hubspot.PropHomeAmount: amount,
			hubspot.PropStageProbability: text(st.Probability),
			hubspot.PropCreated:          text(deal.CreatedAt.Format("2006-01-02T15:04:05.000Z")),
		})
		for _, f := range d.HubSpot.Facts {
			if f.Deal != "" {
				deal.Properties[f.Deal] = m.value(f.Type)
			}
		}
		crm.Deals = append(crm.Deals, deal)
	}
	return crm, same
}

func (m maker) value(kind string) *string {
	switch kind {
	case routing.NumberFact:
		return m.pick("null", "", "0", "0.25", "0.9", "10", "20.5", "80", "79.999", "95", "n/a", "-1", "1e1")
	case routing.BooleanFact:
		return m.pick("null", "", "true", "false", "yes")
	case routing.DateFact:
		return m.pick("null", "", "2020-02-29", "2026-11-23", "2026-11-22", "2026-11-24T10:00:00Z", "2026-12-07", "2026-12-08", "2026-11-16", "2026-11-15T23:59:59.999Z", "soon", "2026-13-01")
	}
	return m.pick("null", "", "gold", "platinum", "support;gold", "hardware", "spare parts", "Bayern", "a;b", "\"quoted\" \\ é", "$x #y")
}

// The whole call and the policy agree: whatever is in HubSpot, the rendered flow and data
// actions send the caller where routing.Decide sends him, under every reading of what
// HubSpot and the platform leave open that touches them.
func TestTheCallAndThePolicyAgree(t *testing.T) {
	for name, d := range variants(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, fs := blueprint.Render(d, templates.FS)
			if err := fs.Err(); err != nil {
				t.Fatal(err)
			}
			var lines []line
			for _, r := range []simulate.Readings{
				{},
				{
					Interp:     interp.Options{ShortCircuit: true, NotSetParticipantData: interp.NotSetEmpty, NotSetScreenPop: interp.NotSetAbsent, NotSetQueue: interp.NotSetFailure, NotSetSkill: interp.NotSetAbsent},
					DataAction: dataaction.Options{DropNullOutputs: true, LiteralReference: true, EmptyBodyFails: true, QuoteBadDefaults: true, WholeNumbersOnly: true, ShiftGaps: true},
				},
			} {
				lines = append(lines, prepare(t, b, r))
			}
			m := maker{rand.New(rand.NewPCG(1, uint64(len(name))))}
			numbers := map[string]string{"GB": "+442079460142", "US": "+15135550142", "DE": "+493023125142"}
			p := d.Policy()
			outcomes := map[routing.Outcome]int{}
			rules := map[string]int{}
			for i := range *campaign {
				number := numbers[d.HubSpot.Lookup.HomeCountries[0]]
				crm, same := m.account(d, number)
				bits := m.Uint32()
				assume := func(a *hubspottest.Assumptions) {
					a.EmptySortsFirst, a.NoDealsIsZero = bits&1 > 0, bits&2 > 0
					a.PlainProbability, a.NegativesMatchEmpty = bits&4 > 0, bits&8 > 0
					a.NumericAssociations, a.DailyHeadersOnSearch = bits&16 > 0, bits&32 > 0
				}
				kind := []string{"429", "500", "502", "reset", "malformed", "timeout"}[m.IntN(6)]
				c := caller{ani: number, crm: crm, assume: assume}
				facts := routing.FactsOf(p, same, crm.Deals, noon)
				why := routing.FailureError
				if kind == "timeout" {
					why = routing.FailureTimeout
				}
				switch i % 8 {
				case 5:
					c.faults = []transport.Fault{fault(t, "findContact="+kind)}
					facts = routing.NotAsked(noon, why)
				case 6:
					c.faults = []transport.Fault{fault(t, "findDeals="+kind)}
				}
				o := lines[i%2].call(c)
				if i%8 == 6 {
					facts = routing.FactsWithoutDeals(p, same, noon, why)
					if o.Requests < 2 { // nobody known, or HubSpot's count of deals was "0"
						facts = routing.FactsOf(p, same, nil, noon)
					}
				}
				want := routing.Decide(p, facts)
				outcomes[want.Outcome]++
				rules[want.Rule]++
				got := routing.Decision{
					Outcome: routing.Outcome(o.Outcome), Rule: o.Rule, Index: want.Index, Reason: o.Reason,
					Queue: o.Result.Queue, Skills: o.Result.Skills, Priority: int(o.Result.Priority), ByValue: int(o.Bonus),
				}
				if o.Result.Ending == interp.EndFlow {
					got.Flow = o.Result.Target
				}
				if got.Skills == nil {
					got.Skills = want.Skills[:0]
				}
				if fmt.Sprint(got) != fmt.Sprint(want) || o.ContactID != facts.ContactID || o.Result.Handled {
					t.Fatalf("account %d\ngot  %v contact %s value %s %v\nwant %v contact %s value %v deal %v\ndeals %s", i, got, o.ContactID, o.Value, o.Result.Problems, want, facts.ContactID, facts.Value, facts.Deal, dump(crm))
				}
				if o.Requests > 2 {
					t.Fatalf("account %d: %d requests", i, o.Requests)
				}
			}
			if len(outcomes) < 3 && d.HubSpot.Lookup.Duplicates != routing.DuplicatesAmbiguous {
				t.Errorf("only %v occurred", outcomes)
			}
			t.Logf("%v %v", outcomes, rules)
		})
	}
}

func fault(t *testing.T, text string) transport.Fault {
	t.Helper()
	f, err := transport.ParseFault(text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func dump(crm hubspot.CRM) string {
	out := ""
	show := func(id string, ps hubspot.Properties) {
		out += "\n  " + id
		for _, k := range slices.Sorted(maps.Keys(ps)) {
			if v := ps[k]; v != nil {
				out += fmt.Sprintf(" %s=%q", k, *v)
			}
		}
	}
	for _, c := range crm.Contacts {
		show("contact "+c.ID+" "+c.UpdatedAt.String(), c.Properties)
	}
	for _, d := range crm.Deals {
		show(fmt.Sprint("deal ", d.ID, d.Contacts), d.Properties)
	}
	return out
}
