package reconcile_test

import (
	"context"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/templates"
)

// handing is a world whose first rule hands its calls to a flow of that name.
func handing(t *testing.T, flow string, change func(*genesystest.Seed)) *world {
	t.Helper()
	w := newWorldSeeded(t, change)
	text := string(must(os.ReadFile(basic)))
	before := "to: {queue: Sales, skills: [Senior_Account_Managers], priority: 10}"
	if !strings.Contains(text, before) {
		t.Fatal("the example's first rule is another")
	}
	d, fs := deployment.Parse(basic, []byte(strings.Replace(text, before, "to: {flow: "+flow+"}", 1)))
	if err := fs.Err(); err != nil {
		t.Fatal(err)
	}
	w.deployment = d
	if w.blueprint, fs = blueprint.Render(d, templates.FS); fs.Err() != nil {
		t.Fatal(fs.Err())
	}
	return w
}

// A flow that could take no call stops setup before anything is written, and the plan says why.
func TestAFlowThatCannotTakeCalls(t *testing.T) {
	secureFlow := strings.NewReplacer("acme-inbound", "Renewal menu", "inboundCall", "secureCall", "%s", "theirs").Replace(foreignFlow)
	for _, c := range []struct {
		name, why string
		seed      genesystest.Seed
		yaml      string
	}{
		{name: "missing", why: "there is no such flow; make it in Architect and publish it, or name another one"},
		{name: "nearly", why: `did you mean "Renewal menus"`, seed: genesystest.Seed{Flows: []string{"Renewal menus"}}},
		{name: "of other capitals", why: `did you mean "renewal menu"`, seed: genesystest.Seed{Flows: []string{"renewal menu"}}},
		{name: "not published", why: "it is not published", seed: genesystest.Seed{Drafts: []string{"Renewal menu"}}},
		{name: "of another type", why: "it is a flow of type securecall, and only an inbound call flow can take a call over", yaml: secureFlow},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := handing(t, "Renewal menu", func(s *genesystest.Seed) { s.Flows, s.Drafts = c.seed.Flows, c.seed.Drafts })
			if c.yaml != "" {
				w.publish(t, c.yaml)
			}
			var writes []string
			w.gate.instead = func(r *http.Request) string {
				if r.Method != http.MethodGet && r.URL.Path != "/oauth/token" {
					writes = append(writes, r.Method+" "+r.URL.Path)
				}
				return ""
			}
			r, err := reconcile.Read(t.Context(), w.client, w.config())
			if err != nil {
				t.Fatal(err)
			}
			said := false
			for _, ch := range r.Plan().Changes {
				if ch.Key == (genesys.Key{Kind: genesys.Flow, Name: "Renewal menu"}) {
					said = ch.Action == plan.Leave && ch.Blocks && strings.Contains(ch.Reason, c.why)
					if !said {
						t.Errorf("%+v", ch)
					}
				}
			}
			if _, err := r.Apply(context.Background()); err == nil || !said {
				t.Errorf("applied: %v", err)
			}
			if len(writes) > 0 {
				t.Errorf("written before: %v", writes)
			}
		})
	}
}

// The flow that takes calls over is used as it is, also when it is a copy of ours that bears our
// mark: setup and destroy write nothing of it.
func TestTheFlowThatTakesCallsIsLeftAlone(t *testing.T) {
	for _, description := range []string{"theirs", genesys.Mark{Deployment: "acme-inbound", Schema: genesys.MarkSchema, Hash: "0011223344556677"}.String()} {
		w := handing(t, "acme-inbound menu", func(*genesystest.Seed) {})
		w.publish(t, strings.NewReplacer("name: acme-inbound", "name: acme-inbound menu", "%s", description).Replace(foreignFlow))
		theirs := func() genesys.Object {
			t.Helper()
			all, err := w.client.Find(t.Context(), genesys.Flow, "acme-inbound menu")
			if err != nil || len(all) != 1 {
				t.Fatalf("%v %v", all, err)
			}
			return all[0]
		}
		before := theirs()
		for range 2 {
			if err := w.run(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.run(t.Context(), func(c *reconcile.Config) { c.Desired = nil }); err != nil {
			t.Fatal(err)
		}
		if after := theirs(); !reflect.DeepEqual(after, before) {
			t.Errorf("%s: %+v, before %+v", description, after, before)
		}
		if all, err := w.client.Find(t.Context(), genesys.Flow, "acme-inbound"); err != nil || len(all) > 0 {
			t.Errorf("ours is left: %v %v", all, err)
		}
	}
}
