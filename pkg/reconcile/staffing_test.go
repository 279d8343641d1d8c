package reconcile_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
)

// A refused setup makes no call that writes, on a fresh org and on a live one, with and
// without a route of ours.
func TestUnstaffedChangesNothing(t *testing.T) {
	const wrong = "Genral Support"
	empty := func(s *genesystest.Seed) {
		for i := range s.Queues {
			if s.Queues[i].Name == "General Support" {
				s.Queues[i].Staff = nil
			}
		}
	}
	noRoute := func(c *reconcile.Config) {
		c.Desired = slices.DeleteFunc(slices.Clone(c.Desired), func(e genesys.Entity) bool { return e.Key.Kind == genesys.CallRoute })
	}
	slip := func(w *world, t *testing.T) {
		w.with(t, "fallback: {queue: General Support", "fallback: {queue: "+wrong)
	}
	for _, c := range []struct {
		name   string
		seed   func(*genesystest.Seed)
		before func(*world, *testing.T)
		change func(*reconcile.Config)
		reason string // empty: it goes through
	}{
		{"fresh, a queue is missing", nil, slip, nil, wrong},
		{"fresh, a queue is empty", empty, nil, nil, "has no members"},
		{"fresh, no route, a queue is missing", nil, slip, noRoute, wrong},
		{"fresh, no route, a queue is empty", empty, nil, noRoute, ""},
		{"live, a queue is missing", nil, func(w *world, t *testing.T) { apply(t, w.read(t, nil)); slip(w, t) }, nil, wrong},
		{"live without a route of ours, a queue is empty", empty, func(w *world, t *testing.T) {
			apply(t, w.read(t, noRoute))
			w.with(t, "priority: 10", "priority: 12")
		}, noRoute, "has no members"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorldSeeded(t, func(s *genesystest.Seed) {
				if c.seed != nil {
					c.seed(s)
				}
			})
			if c.before != nil {
				c.before(w, t)
			}
			before := dump(t, w.server.State())
			w.server.ForgetCalls()
			r := w.read(t, c.change)
			outcomes, err := r.Apply(t.Context())
			if c.reason == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			var unstaffed *reconcile.UnstaffedError
			if !errors.As(err, &unstaffed) || !strings.Contains(err.Error(), c.reason) {
				t.Errorf("error %v", err)
			}
			if n := w.writes(); len(n) > 0 || dump(t, w.server.State()) != before {
				t.Errorf("writes: %v", n)
			}
			for _, o := range outcomes {
				if o.State == reconcile.Failed || o.State == reconcile.Done && o.Change.Action != plan.Keep {
					t.Errorf("%s: %s", o.Change.Key, o.State)
				}
				if o.Change.Unstaffed && c.reason == wrong && o.Change.Nearest != "General Support" {
					t.Errorf("%s: nearest %q", o.Change.Key, o.Change.Nearest)
				}
			}
			allow := func(cfg *reconcile.Config) {
				if c.change != nil {
					c.change(cfg)
				}
				cfg.AllowUnstaffed = true
			}
			r = w.read(t, allow)
			apply(t, r)
			if ws := strings.Join(r.Warnings(), "\n"); !strings.Contains(ws, c.reason) {
				t.Errorf("warnings: %s", ws)
			}
			if got := changes(w.read(t, c.change).Plan()); got != "" {
				t.Errorf("a further plan is not empty:\n%s", got)
			}
		})
	}
}
