package reconcile_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
)

// What was made is verified once, before a route leads calls to it, when anything was changed; an
// error ends the run there, and the next run comes to it again.
func TestVerifyComesBeforeTheRoute(t *testing.T) {
	w := newWorld(t)
	var asked int
	var fails error
	verifying := func(cfg *reconcile.Config) {
		cfg.Verify = func(ctx context.Context, ids genesys.IDs) error {
			asked++
			all, err := w.client.Find(ctx, genesys.CallRoute, "acme-inbound")
			if err != nil || len(all) > 0 {
				t.Errorf("%d routes are there, %v", len(all), err)
			}
			for _, e := range w.blueprint.Entities { // all that calls run on can be read
				_, known := ids(genesys.Ref{Key: e.Key, Field: "id"})
				if slices.Contains([]genesys.Kind{genesys.Flow, genesys.DataAction, genesys.DataTable, genesys.Queue}, e.Key.Kind) && !known {
					t.Errorf("the id of %s is not known", e.Key)
				}
			}
			return fails
		}
	}
	fails = errors.New("no")
	err := w.run(t.Context(), verifying)
	var verify *reconcile.VerifyError
	if !errors.As(err, &verify) || asked != 1 {
		t.Fatalf("asked %d times: %v", asked, err)
	}
	r := w.read(t, verifying)
	if got := changes(r.Plan()); !strings.HasPrefix(got, "create callRoute acme-inbound") {
		t.Errorf("what is left to do is not the route alone:\n%s", got)
	}
	fails = nil
	apply(t, r)
	apply(t, w.read(t, verifying))
	apply(t, w.read(t, func(cfg *reconcile.Config) { verifying(cfg); cfg.Desired = nil }))
	if asked != 2 {
		t.Errorf("asked %d times: a setup without a change and a destroy ask nobody", asked)
	}
}

// Where no route changes it comes last, when what is no longer wanted is gone, and before a
// cut-over.
func TestVerifyComesLast(t *testing.T) {
	w := newWorld(t)
	apply(t, w.read(t, nil))
	w.with(t, "    score: {contact: engagement_score, type: number}\n", "    score: {contact: engagement_score, type: number}\n    region: {contact: sales_region}\n")
	asked := 0
	r := w.read(t, func(cfg *reconcile.Config) {
		cfg.Verify = func(ctx context.Context, _ genesys.IDs) error {
			asked++
			left := changes(w.read(t, nil).Plan())
			if left != "" {
				t.Errorf("something is still to be done:\n%s", left)
			}
			return nil
		}
	})
	if n := r.Plan().Counts(); n[plan.Delete] == 0 {
		t.Fatal("nothing goes")
	}
	apply(t, r)
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

// A flow that somebody has locked is not what the file says, and that is no reason to leave the rest
// undone: nobody is tried then, also where that was asked for.
func TestVerifyLeavesAHeldFlow(t *testing.T) {
	w := newWorld(t)
	apply(t, w.read(t, nil))
	w = edit(t, w, "flows", func(_ string, body map[string]any) { body["lockedUser"] = map[string]any{"id": "b", "name": "Bob"} })
	w.with(t, "  numbers: [\"+15135550100\"]\n", "")
	asked := 0
	r := w.read(t, func(cfg *reconcile.Config) {
		cfg.VerifyUnchanged = true
		cfg.Verify = func(context.Context, genesys.IDs) error {
			asked++
			return errors.New("what is published is not what the policy says")
		}
	})
	_, err := r.Apply(t.Context())
	var held *reconcile.HeldError
	if !errors.As(err, &held) || asked != 0 {
		t.Errorf("asked %d times: %v", asked, err)
	}
	if len(r.Warnings()) == 0 || !strings.Contains(r.Warnings()[0], "no caller was tried") {
		t.Errorf("it is not told: %q", r.Warnings())
	}
	if got := changes(w.read(t, nil).Plan()); strings.Contains(got, "callRoute") {
		t.Errorf("the rest is not done:\n%s", got)
	}
}
