package reconcile_test

import (
	"cmp"
	"context"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesysrest"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/templates"
)

// An emulated org with a deployment for it.
type world struct {
	server     *genesystest.Server
	gate       *gate
	address    string
	client     *genesysrest.Client
	deployment *deployment.Deployment
	blueprint  *blueprint.Blueprint
	waited     atomic.Int64 // nanoseconds of pauses that were asked for
	clock      atomic.Int64 // virtual time, which pauses move

	crm    *hubspottest.Server
	knows  []hubspottest.Option               // keys of the account
	ledger atomic.Pointer[hubspottest.Ledger] // what the account knows of access tokens
	life   atomic.Int64                       // nanoseconds that a token is said to live
}

// rendered gives the blueprint of a deployment file, changed as change says.
func rendered(t testing.TB, file string, change func(string) string) (*deployment.Deployment, *blueprint.Blueprint) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	if change != nil {
		if text = change(text); text == string(data) {
			t.Fatal("the change of the deployment file changes nothing")
		}
	}
	d, fs := deployment.Parse(file, []byte(text))
	if err := fs.Err(); err != nil {
		t.Fatal(err)
	}
	b, fs := blueprint.Render(d, templates.FS)
	if err := fs.Err(); err != nil {
		t.Fatal(err)
	}
	return d, b
}

var basicBlueprint = sync.OnceValues(func() (*deployment.Deployment, *blueprint.Blueprint) {
	d, fs := deployment.Parse(basic, must(os.ReadFile(basic)))
	if err := fs.Err(); err != nil {
		panic(err)
	}
	b, fs := blueprint.Render(d, templates.FS)
	if err := fs.Err(); err != nil {
		panic(err)
	}
	return d, b
})

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// otherKey is a second key that HubSpot knows.
const otherKey = "pat-na1-another-key"

// newWorld is a fresh org with staffed queues for the basic example. No time passes in it
// but that of virtual pauses.
func newWorld(t testing.TB, opts ...genesystest.Option) *world {
	t.Helper()
	return buildWorld(t, nil, nil, opts...)
}

// newWorldSeeded is one whose org had something else before.
func newWorldSeeded(t testing.TB, change func(*genesystest.Seed)) *world {
	t.Helper()
	return buildWorld(t, nil, change)
}

// newWorldOf is an org in a given state.
func newWorldOf(t testing.TB, st *genesystest.State) *world {
	t.Helper()
	return buildWorld(t, st.Clone(), nil)
}

func buildWorld(t testing.TB, st *genesystest.State, change func(*genesystest.Seed), opts ...genesystest.Option) *world {
	t.Helper()
	w := &world{}
	w.deployment, w.blueprint = basicBlueprint()
	w.clock.Store(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC).UnixNano())
	w.life.Store(int64(30 * time.Minute))
	w.knows = []hubspottest.Option{hubspottest.Token(genesystest.HashSecret("sandbox", hubspottest.DefaultToken)), hubspottest.Token(genesystest.HashSecret("sandbox", otherKey))}
	w.account(hubspottest.Ledger{}, 0)
	opts = append([]genesystest.Option{genesystest.Remote(transport.SenderFunc(func(ctx context.Context, r dataaction.Request) (dataaction.Response, error) {
		return transport.Handler(w.crm).Send(ctx, r)
	})), genesystest.Clock(w.now), genesystest.Described(func(err error) { t.Error(err) })}, opts...)
	var err error
	if w.server, err = genesystest.New(st, opts...); err != nil {
		t.Fatal(err)
	}
	if st == nil {
		seed := seedFor(w.deployment)
		if change != nil {
			change(&seed)
		}
		w.server.Apply(seed)
	}
	w.gate = &gate{next: w.server}
	srv := httptest.NewServer(w.gate)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(srv.Close)
	w.address = srv.URL
	w.arm(t, 0, fault{}, nil)
	return w
}

// arm starts a new process: what an earlier one has sent and is still on its way is lost.
func (w *world) arm(t testing.TB, at int, f fault, kill context.CancelFunc) {
	t.Helper()
	var err error
	w.client, err = genesysrest.New(genesysrest.Config{
		API: w.address, Apps: w.address, Client: genesystest.ClientID, Secret: secret.New(genesystest.ClientSecret), PerMin: 1_000_000, Sleep: w.wait,
		Agent: w.gate.arm(at, f, kill),
	})
	if err != nil {
		t.Fatal(err)
	}
}

// seedFor is an org as an admin finds it.
func seedFor(d *deployment.Deployment) genesystest.Seed {
	seed := genesystest.Seed{Org: "Acme", Numbers: d.Calls.Numbers}
	staff := map[string][]string{}
	var order []string
	for _, t := range targets(d) {
		seed.Skills = append(seed.Skills, t.Skills...)
		if _, seen := staff[t.Queue]; !seen {
			order = append(order, t.Queue)
		}
		staff[t.Queue] = append(staff[t.Queue], t.Skills...)
	}
	for _, q := range order {
		seed.Queues = append(seed.Queues, genesystest.SeedQueue{Name: q, Staff: []genesystest.SeedUser{{Name: "Ada", Skills: staff[q]}}})
	}
	return seed
}

func targets(d *deployment.Deployment) []reconcile.Target {
	var out []reconcile.Target
	for _, r := range d.Routing.Rules {
		if r.To.Flow != "" {
			continue
		}
		out = append(out, reconcile.Target{Rule: r.Name, Queue: r.To.Queue, Skills: r.To.Skills})
	}
	return append(out, reconcile.Target{Rule: "the fallback", Queue: d.Routing.Fallback.Queue, Skills: d.Routing.Fallback.Skills})
}

func (w *world) now() time.Time { return time.Unix(0, w.clock.Load()).UTC() }

// wait is a pause that passes at once.
func (w *world) wait(ctx context.Context, d time.Duration) error {
	w.waited.Add(int64(d))
	w.clock.Add(int64(d))
	return ctx.Err()
}

func (w *world) config() reconcile.Config {
	smoke := map[genesys.Key]map[string]any{}
	for _, a := range w.blueprint.Actions {
		smoke[a.Key] = a.Smoke
	}
	return reconcile.Config{
		Name: w.deployment.Name, Desired: w.blueprint.Entities, File: w.blueprint.Entities, Wait: w.wait,
		Secret: func(_ genesys.Key, field string) (secret.Value, error) {
			return secret.New(cmp.Or(map[string]string{"clientId": genesystest.ClientID, "clientSecret": genesystest.ClientSecret}[field], hubspottest.DefaultToken)), nil
		},
		Salt:  func() string { return "salt" },
		Smoke: smoke, Targets: targets(w.deployment),
	}
}

// run reads and applies under a context of its own.
func (w *world) run(ctx context.Context, change func(*reconcile.Config)) error {
	cfg := w.config()
	if change != nil {
		change(&cfg)
	}
	r, err := reconcile.Read(ctx, w.client, cfg)
	if err != nil {
		return err
	}
	_, err = r.Apply(ctx)
	return err
}

func destroying(cfg *reconcile.Config) { cfg.Desired = nil }

func (w *world) read(t testing.TB, change func(*reconcile.Config)) *reconcile.Reconciler {
	t.Helper()
	cfg := w.config()
	if change != nil {
		change(&cfg)
	}
	r, err := reconcile.Read(t.Context(), w.client, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func apply(t testing.TB, r *reconcile.Reconciler) {
	t.Helper()
	if _, err := r.Apply(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// changes lists what a plan would do, without what stays and what a new entity will have.
func changes(p plan.Plan) string {
	var b strings.Builder
	for _, c := range p.Changes {
		if c.Action != plan.Keep {
			b.WriteString(string(c.Action) + " " + c.Key.String() + " " + c.Reason)
			for _, f := range c.Fields {
				if c.Action != plan.Create {
					b.WriteString(" " + f.Path)
				}
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

const basic = "../../examples/basic/dealroute.yaml"

func TestSetupTwiceThenNothing(t *testing.T) {
	w := newWorld(t)
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
