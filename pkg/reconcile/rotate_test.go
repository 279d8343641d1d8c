package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/secret"
)

// rotating gives a run that replaces the value behind one integration's credential, and nothing else.
func rotating(w *world, ending string) func(*reconcile.Config) {
	return func(c *reconcile.Config) {
		c.Rotate = []genesys.Key{{Kind: genesys.Credential, Name: w.deployment.Name + ending}}
	}
}

func rotatingClient(w *world) func(*reconcile.Config) { return rotating(w, " runtime client") }

// watchBreaker has the action that trips the breaker run after every call that reaches the org. It
// gives how often it ran, and fails the test when it ever fails: a key is missing then.
func (w *world) watchBreaker(t *testing.T) *atomic.Int32 {
	t.Helper()
	var ran atomic.Int32
	beside := w.another(t, 0, nil)
	ids := w.read(t, nil).IDs()
	id, input := "", map[string]any{}
	for _, a := range w.blueprint.Actions {
		if a.Definition.IntegrationType == dataaction.GenesysCloud {
			id, _ = ids(genesys.Ref{Key: a.Key, Field: "id"})
			input, _ = genesys.Resolve(a.Smoke, ids)
		}
	}
	if id == "" {
		t.Fatal("no action runs with the run-time client")
	}
	next := w.gate.next
	var one sync.Mutex
	w.gate.next = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(rw, r)
		if r.Method == http.MethodGet {
			return
		}
		one.Lock()
		defer one.Unlock()
		run, err := beside.TestAction(context.Background(), id, false, input)
		ran.Add(1)
		if err != nil || !run.Success {
			t.Errorf("after %s %s the breaker cannot be tripped: %v %s", r.Method, r.URL.Path, err, run.Failed)
		}
	})
	return &ran
}

func clientIDs(w *world) []string {
	var out []string
	for id, c := range w.server.State().Entities["clients"] {
		if name, _ := c.Body["name"].(string); strings.HasPrefix(name, w.deployment.Name) && !c.Deleted {
			out = append(out, id)
		}
	}
	return out
}

// The run-time client is replaced, the first one is gone, and nothing else has changed.
func TestTheClientIsRotated(t *testing.T) {
	for name, opts := range map[string][]genesystest.Option{
		"at once":                     nil,
		"seen late":                   {genesystest.Lag(2), genesystest.ListLag(2)},
		"a granted role is seen late": {genesystest.GrantLag(2)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, opts...)
			apply(t, w.read(t, nil))
			for range 3 { // what was made last may not be in lists yet
				w.read(t, nil)
			}
			before, first := dump(t, w.server.State()), clientIDs(w)
			w.arm(t, 0, fault{}, nil)
			ran := w.watchBreaker(t)
			r := w.read(t, rotatingClient(w))
			if got := changes(r.Plan()); strings.Count(got, "\n") != 2 || !strings.Contains(got, "replace oauthClient") {
				t.Errorf("plan:\n%s", got)
			}
			apply(t, r)
			if ran.Load() < 5 {
				t.Errorf("the breaker was tripped %d times", ran.Load())
			}
			if now := clientIDs(w); len(now) != 1 || slices.Equal(now, first) {
				t.Errorf("clients %v, before %v", now, first)
			}
			without := func(s string) string { return generation.ReplaceAllString(s, "0") }
			if got := dump(t, w.server.State()); without(got) != without(before) {
				t.Errorf("got:\n%s\nwant:\n%s", got, before)
			}
			for range 3 {
				w.read(t, nil)
			}
			if got := changes(w.read(t, nil).Plan()); got != "" {
				t.Errorf("a plan is not empty:\n%s", got)
			}
		})
	}
}

// Whatever call of a rotation goes wrong, or is the last of its process: the breaker can be tripped
// all the time, and another rotation, or a setup, ends with one client that is used.
func TestTheClientIsRotatedThroughFaults(t *testing.T) {
	calm := newWorld(t)
	apply(t, calm.read(t, nil))
	start := calm.server.State()
	calm.arm(t, 0, fault{}, nil)
	if err := calm.run(t.Context(), rotatingClient(calm)); err != nil {
		t.Fatal(err)
	}
	calls := calm.gate.calls()
	all := calm.server.Calls()
	all = all[len(all)-calls:]
	wrote := func(c genesystest.Call) bool { return c.Write }
	first, last := slices.IndexFunc(all, wrote)+1, calls
	for !wrote(all[last-1]) {
		last--
	}
	if *everyFault {
		first, last = 1, calls
	}
	var tried, runs atomic.Int32
	t.Run("calls", func(t *testing.T) {
		for n := first; n <= last; n++ {
			for i, f := range faults {
				if f.odd || !*everyFault && i != 0 && i != 1+n%8 {
					continue
				}
				for _, then := range []string{"rotate", "setup"} {
					if !*everyFault && i != 0 && n%2 == 0 != (then == "rotate") {
						continue
					}
					t.Run(fmt.Sprintf("%d %s then %s", n, f.name, then), func(t *testing.T) {
						t.Parallel()
						w := newWorldOf(t, start)
						w.arm(t, 0, fault{}, nil)
						ran := w.watchBreaker(t)
						ctx, kill := context.WithCancel(t.Context())
						defer kill()
						w.arm(t, n, f, kill)
						err := w.run(ctx, rotatingClient(w))
						if err != nil && !f.kill {
							t.Errorf("the rotation with one passing fault: %v", err)
						}
						w.arm(t, 0, fault{}, nil)
						var change func(*reconcile.Config)
						if then == "rotate" {
							change = rotatingClient(w)
						}
						if err := w.run(t.Context(), change); err != nil {
							t.Fatalf("the run after it: %v (before: %v)", err, err)
						}
						if now := clientIDs(w); len(now) != 1 {
							t.Errorf("clients %v", now)
						}
						dump(t, w.server.State())
						if got := changes(w.read(t, nil).Plan()); got != "" {
							t.Errorf("a plan is not empty:\n%s", got)
						}
						tried.Add(1)
						runs.Add(ran.Load())
					})
				}
			}
		}
	})
	t.Logf("%d calls, %d to %d tried; %d disturbed rotations, the breaker tripped %d times meanwhile", calls, first, last, tried.Load(), runs.Load())
}

// Only the key's credential is written, with the new value, and what is pending besides stays pending.
func TestTheKeyIsRotated(t *testing.T) {
	w := newWorld(t)
	apply(t, w.read(t, nil))
	w.with(t, "Thank you for calling Acme.", "Hello.")
	key := func(value string) func(*reconcile.Config) {
		return func(c *reconcile.Config) {
			rotating(w, " HubSpot key")(c)
			c.Secret = func(genesys.Key, string) (secret.Value, error) { return secret.New(value), nil }
		}
	}
	if got := changes(w.read(t, key(hubspottest.DefaultToken)).Plan()); got != "" {
		t.Errorf("the key that is there already is written again:\n%s", got)
	}
	w.server.ForgetCalls()
	r := w.read(t, key(otherKey))
	if got := changes(r.Plan()); strings.Count(got, "\n") != 1 || !strings.Contains(got, "its value has changed") {
		t.Errorf("plan:\n%s", got)
	}
	apply(t, r)
	for _, call := range w.writes() {
		if !strings.Contains(call, "/credentials/") && !strings.Contains(call, "/rows/deployment") && !strings.HasSuffix(call, "/test") {
			t.Errorf("it wrote %s", call)
		}
	}
	if got := changes(w.read(t, key(otherKey)).Plan()); got != "" {
		t.Errorf("a second rotation is not empty:\n%s", got)
	}
	if got := changes(w.read(t, func(c *reconcile.Config) { key(otherKey)(c); c.Rotate = nil }).Plan()); strings.Count(got, "\n") != 1 || !strings.Contains(got, "flow") {
		t.Errorf("the pending change: %s", got)
	}
}

func TestNothingIsRotatedBeforeSetup(t *testing.T) {
	w := newWorld(t)
	for _, ending := range []string{" runtime client", " HubSpot key"} {
		cfg := w.config()
		rotating(w, ending)(&cfg)
		_, err := reconcile.Read(t.Context(), w.client, cfg)
		var e *reconcile.NotThereError
		if !errors.As(err, &e) || !strings.HasSuffix(e.Credential.Name, ending) {
			t.Errorf("%s: %v", ending, err)
		}
	}
}

// Two clients of which the record says which is used: the other one goes, and nothing else.
func TestTheUsedOneOfTwoClientsStays(t *testing.T) {
	w := newWorld(t)
	apply(t, w.read(t, nil))
	first := clientIDs(w)
	d, _ := w.blueprint.Entities.Get(genesys.Key{Kind: genesys.OAuthClient, Name: w.deployment.Name + " runtime"})
	body, err := genesys.Resolve(d.Content, w.read(t, nil).IDs())
	if err != nil || len(body) == 0 {
		t.Fatal(err, len(body))
	}
	for range 4 { // ids sort before and after that of the first
		if _, err := w.client.Create(t.Context(), genesys.OAuthClient, body); err != nil {
			t.Fatal(err)
		}
	}
	r := w.read(t, nil)
	p := r.Plan()
	if n := p.Counts(); n[plan.Delete] != 4 || n[plan.Update]+n[plan.Replace]+n[plan.Create] != 0 {
		t.Errorf("plan:\n%s", changes(p))
	}
	apply(t, r)
	if now := clientIDs(w); !slices.Equal(now, first) {
		t.Errorf("clients %v, want %v", now, first)
	}
}
