package load_test

import (
	"os"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/load"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/templates"
)

var start = time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)

// made is what was rendered of a deployment's text, once for all tests.
var made = map[string]struct {
	program *simulate.Program
	org     *simulate.Org
	of      *deployment.Deployment
}{}

// day is a quiet day of a deployment and its fixtures: no breaker is open, nothing fails.
func day(t testing.TB, text string) load.Day {
	t.Helper()
	if _, ok := made[text]; !ok {
		program, org, of := render(t, text)
		made[text] = struct {
			program *simulate.Program
			org     *simulate.Org
			of      *deployment.Deployment
		}{program, org, of}
	}
	p, org, d := made[text].program, made[text].org.Clone(), made[text].of
	return dayOf(t, p, org, d)
}

func render(t testing.TB, text string) (*simulate.Program, *simulate.Org, *deployment.Deployment) {
	t.Helper()
	d, fs := deployment.Parse("dealroute.yaml", []byte(text))
	if err := fs.Err(); err != nil {
		t.Fatal(err)
	}
	b, fs := blueprint.Render(d, templates.FS)
	if err := fs.Err(); err != nil {
		t.Fatal(err)
	}
	a, err := simulate.Rendered(b, secret.New(hubspottest.DefaultToken))
	if err != nil {
		t.Fatal(err)
	}
	p, err := simulate.Prepare(a, simulate.Readings{})
	if err != nil {
		t.Fatal(err)
	}
	return p, &simulate.Org{Rows: b.Rows()}, d
}

func dayOf(t testing.TB, p *simulate.Program, org *simulate.Org, d *deployment.Deployment) load.Day {
	t.Helper()
	data, err := os.ReadFile("../../examples/basic/crm.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f, fs := simulate.DecodeFixtures("crm.yaml", data)
	if err := fs.Err(); err != nil {
		t.Fatal(err)
	}
	var facts [2][]hubspottest.Property
	for _, x := range d.HubSpot.Facts {
		if x.Contact != "" {
			facts[0] = append(facts[0], hubspottest.Property{Name: x.Contact, Type: "string"})
		} else {
			facts[1] = append(facts[1], hubspottest.Property{Name: x.Deal, Type: "string"})
		}
	}
	if p := d.HubSpot.Lookup.Property; p != "" {
		facts[0] = append(facts[0], hubspottest.Property{Name: p, Type: "string", Unique: true})
	}
	server := transport.Handler(hubspottest.New(f.CRM, hubspottest.Clock(func() time.Time { return start }), hubspottest.Virtual(),
		hubspottest.WithLimits(hubspottest.Limits{}), hubspottest.Define("contacts", facts[0]...), hubspottest.Define("deals", facts[1]...)))
	return load.Day{
		Program: p, Org: org, DNIS: "+15135550100", Start: start, For: time.Hour, Seed: 1,
		Traffic: load.Traffic{PerMinute: 60, Callers: load.Callers(f.CRM, "US", ""), Strangers: load.Strangers(f.CRM, "", 200), Unknown: 0.3},
		HubSpot: load.HubSpot{
			Sender: func(kind string) dataaction.Sender {
				if kind == "" {
					return server
				}
				return transport.Inject(server, transport.Fault{Kind: transport.FaultKind(kind)})
			},
			Answers: simulate.NewAnswers(10_000), Median: 200 * time.Millisecond, Slow: time.Second,
			Limits: load.Limits{SearchesPerSecond: 5, PerTenSeconds: 100, PerDay: 250_000},
		},
		Genesys: load.Genesys{PerMinute: 2500, Concurrent: 50},
	}
}

func basic(t testing.TB) load.Day {
	t.Helper()
	data, err := os.ReadFile("../../examples/basic/dealroute.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return day(t, string(data))
}
