package reconcile_test

import (
	"context"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesysrest"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/templates"
)

// An emulated org with a deployment for it.
type world struct {
	server    *genesystest.Server
	client    *genesysrest.Client
	blueprint *blueprint.Blueprint
	name      string
	waited    time.Duration
}

func newWorld(t *testing.T, file string, opts ...genesystest.Option) *world {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	d, fs := deployment.Parse(file, data)
	if err := fs.Err(); err != nil {
		t.Fatal(err)
	}
	b, fs := blueprint.Render(d, templates.FS)
	if err := fs.Err(); err != nil {
		t.Fatal(err)
	}
	w := &world{blueprint: b, name: d.Name}
	key := genesystest.HashSecret("sandbox", hubspottest.DefaultToken)
	crm := hubspottest.New(hubspot.CRM{}, hubspottest.Virtual(), hubspottest.Token(key), hubspottest.WithLimits(hubspottest.Limits{}))
	opts = append(opts, genesystest.Remote(transport.Handler(crm)))
	if w.server, err = genesystest.New(nil, opts...); err != nil {
		t.Fatal(err)
	}
	seed := genesystest.Seed{Org: "Acme", Numbers: d.Calls.Numbers}
	for _, e := range b.Entities {
		if e.Key.Kind == genesys.Queue {
			seed.Queues = append(seed.Queues, genesystest.SeedQueue{Name: e.Key.Name, Staff: []genesystest.SeedUser{{Name: "Ada"}}})
		}
	}
	w.server.Apply(seed)
	srv := httptest.NewServer(w.server)
	t.Cleanup(srv.Close)
	w.client, err = genesysrest.New(genesysrest.Config{
		API: srv.URL, Apps: srv.URL, Client: genesystest.ClientID, Secret: secret.New(genesystest.ClientSecret), PerMin: 1_000_000,
		Sleep: func(context.Context, time.Duration) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) config() reconcile.Config {
	return reconcile.Config{
		Org: w.client, Name: w.name, Desired: w.blueprint.Entities, Now: time.Now,
		Wait:           func(_ context.Context, d time.Duration) error { w.waited += d; return nil },
		Secret:         func(genesys.Key, string) (secret.Value, error) { return secret.New(hubspottest.DefaultToken), nil },
		AllowUnstaffed: true,
	}
}

func (w *world) read(t *testing.T, change func(*reconcile.Config)) *reconcile.Reconciler {
	t.Helper()
	cfg := w.config()
	if change != nil {
		change(&cfg)
	}
	r, err := reconcile.Read(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func apply(t *testing.T, r *reconcile.Reconciler) {
	t.Helper()
	if _, err := r.Apply(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// changes lists what a plan would do, without what stays.
func changes(p plan.Plan) string {
	var b strings.Builder
	for _, c := range p.Changes {
		if c.Action != plan.Keep {
			b.WriteString(string(c.Action) + " " + c.Key.String() + " " + c.Reason)
			for _, f := range c.Fields {
				b.WriteString(" " + f.Path)
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

const basic = "../../examples/basic/dealroute.yaml"

func TestSetupTwiceThenNothing(t *testing.T) {
	w := newWorld(t, basic)
	r := w.read(t, nil)
	if n := r.Plan().Counts()[plan.Create]; n < 15 {
		t.Errorf("the first plan creates %d", n)
	}
	apply(t, r)
	if got := changes(w.read(t, nil).Plan()); got != "" {
		t.Errorf("the second plan is not empty:\n%s", got)
	}
	w.server.ForgetCalls()
	apply(t, w.read(t, nil))
	for _, c := range w.server.Calls() {
		if c.Write {
			t.Errorf("the second setup wrote: %s %s", c.Method, c.Path)
		}
	}
}
