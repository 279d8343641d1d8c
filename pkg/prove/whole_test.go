package prove_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/prove"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/templates"
)

// noon is when the calls of the tests come in.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// parsed reads and renders a deployment file.
func parsed(t testing.TB, text string) (*deployment.Deployment, *blueprint.Blueprint) {
	t.Helper()
	d, fs := deployment.Parse("dealroute.yaml", []byte(text))
	if err := fs.Err(); err != nil {
		t.Fatal(err)
	}
	b, fs := blueprint.Render(d, templates.FS)
	if err := fs.Err(); err != nil {
		t.Fatal(err)
	}
	return d, b
}

func example(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../../examples", name, "dealroute.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// emulated gives accounts of the emulator, which know the properties of a deployment's facts.
func emulated(d *deployment.Deployment) func(prove.Account) dataaction.Sender {
	defined := map[string][]hubspottest.Property{}
	for _, f := range d.HubSpot.Facts {
		for object, name := range map[string]string{"contacts": f.Contact, "deals": f.Deal} {
			if name != "" {
				defined[object] = append(defined[object], hubspottest.Property{Name: name, Type: "string"})
			}
		}
	}
	return func(a prove.Account) dataaction.Sender {
		return transport.Handler(hubspottest.New(a.CRM,
			hubspottest.Virtual(), hubspottest.Clock(a.Clock), hubspottest.WithLimits(hubspottest.Limits{}), hubspottest.Otherwise(a.Otherwise...),
			hubspottest.Define("contacts", defined["contacts"]...), hubspottest.Define("deals", defined["deals"]...)))
	}
}

func input(d *deployment.Deployment, b *blueprint.Blueprint, mode prove.Mode) prove.Input {
	return prove.Input{
		Deployment: d, Blueprint: b, Mode: mode, Now: noon, HubSpot: emulated(d), Key: secret.New(hubspottest.DefaultToken), Open: hubspottest.Readings(),
	}
}

// waits is how long a caller waits in a world.
func waits(t *testing.T, b *blueprint.Blueprint, c *prove.Counterexample) time.Duration {
	t.Helper()
	p, err := interp.Compile(b.Flow.Tree, interp.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := interp.Run(t.Context(), p, c.World.Start(), world.New(c.World), interp.RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return r.Elapsed
}

// All examples hold, in every property.
func TestExamplesHold(t *testing.T) {
	names, err := filepath.Glob("../../examples/*/dealroute.yaml")
	if err != nil || len(names) == 0 {
		t.Fatal("there are no examples")
	}
	for _, path := range names {
		name := filepath.Base(filepath.Dir(path))
		t.Run(name, func(t *testing.T) {
			d, b := parsed(t, example(t, name))
			start := time.Now()
			r, err := prove.Deployment(context.Background(), input(d, b, prove.Full))
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range r.Broken() {
				t.Errorf("%s is %s: %s", p.ID, p.Verdict, p.Message)
				if p.Counterexample != nil {
					for _, l := range p.Counterexample.Call {
						t.Log("  ", l)
					}
				}
			}
			rests := r.Assumptions // that a stranger's 207 is an answer is all that a contact read by a property rests on (A-STATUS-207)
			if !d.HubSpot.Lookup.Searches() {
				if rests = slices.DeleteFunc(slices.Clone(rests), func(a string) bool { return strings.Contains(a, "a reply with status 207 is an error") }); len(rests) != len(r.Assumptions)-1 {
					t.Errorf("strangers do not rest on status 207: %q", r.Assumptions)
				}
			}
			for _, a := range rests {
				t.Errorf("%s", a)
			}
			t.Logf("%d calls, %d classes, %s, waits %s, %s of it for HubSpot", r.Calls, r.CRMClasses, time.Since(start), r.WorstWait, r.WorstHubSpot)
			if c := r.WorstCall; c == nil {
				t.Error("no call shows the longest wait")
			} else if waited := waits(t, b, c); waited < r.WorstWait {
				t.Errorf("the call that waits longest waits %s, and the longest wait is %s: %q", waited, r.WorstWait, c.Call)
			}
			if len(r.Properties) != 7 {
				t.Errorf("%d properties", len(r.Properties))
			}
			if len(r.Witnesses) != len(d.Routing.Rules) {
				t.Errorf("%d witnesses of %d rules", len(r.Witnesses), len(d.Routing.Rules))
			}
			if r.CRMClasses <= 30 {
				t.Errorf("%d classes of accounts", r.CRMClasses)
			}
		})
	}
}
