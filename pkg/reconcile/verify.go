package reconcile

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

// What was made is verified once in a setup that changes something. Where a call route is made or
// changed that comes first, so that no call is led to what does not work; else it comes last, when
// what is no longer wanted is gone, too. Only moved numbers come after it in any case.

// verification stands in the graph of a setup for the verification itself.
var verification = genesys.Key{Kind: "callers", Name: "through what the org now has"}

// unread are the kinds that a verification does not read: it need not wait for them.
var unread = []genesys.Kind{genesys.Role, genesys.OAuthClient, genesys.Credential, genesys.Integration, genesys.CallRoute, verification.Kind}

// A VerifyError says that what the org now has does not do what it should.
type VerifyError struct{ Err error }

func (e *VerifyError) Error() string { return e.Err.Error() }
func (e *VerifyError) Unwrap() error { return e.Err }

// early reports whether a plan makes or changes a call route.
func (r *Reconciler) early() bool {
	return r.verifies() && slices.ContainsFunc(r.plan.Changes, func(c plan.Change) bool {
		return c.Key.Kind == genesys.CallRoute && (c.Action == plan.Create || c.Action == plan.Update || c.Action == plan.Replace)
	})
}

// verifies reports whether there is something to verify: a setup that changes something, or is
// asked to look all the same. A flow that somebody keeps from being changed is not what the file says,
// and no fault of what is made.
func (r *Reconciler) verifies() bool {
	return len(r.plan.Held()) == 0 && r.toVerify()
}

// toVerify reports whether the command wants to know.
func (r *Reconciler) toVerify() bool {
	return r.run.Verify != nil && r.run.Return.Route == "" && len(r.run.Desired) > 0 && (r.plan.Pending() || r.run.VerifyUnchanged)
}

func (r *Reconciler) verify(ctx context.Context) error {
	switch {
	case r.verifies():
		return r.run.verify(ctx)
	case r.toVerify():
		also := ""
		if r.plan.Counts()[plan.Move] > 0 {
			also = ", and no number of another call route is moved"
		}
		r.run.warn("no caller was tried%s: the org does not have what the file says as long as %s is kept from being changed", also, r.plan.Held()[0].Key)
	}
	return nil
}

func (r *run) verify(ctx context.Context) error {
	c := plan.Change{Key: verification, Action: "verify"}
	r.Observe(Event{Change: c, State: Started})
	if err := r.Verify(ctx, r.resolveRef); err != nil {
		r.Observe(Event{Change: c, State: Failed, Detail: err.Error()})
		return &VerifyError{fmt.Errorf("verify what the org now has: %w", err)}
	}
	r.Observe(Event{Change: c, State: Done})
	return nil
}

// verifying verifies as soon as all is there that is read for it; call routes wait for it.
func (w *work) verifying(ctx context.Context, wg *sync.WaitGroup) {
	var needs []genesys.Key
	for k := range w.done {
		if !slices.Contains(unread, k.Kind) {
			needs = append(needs, k)
		}
	}
	done := make(chan struct{})
	w.done[verification] = done
	wg.Add(1)
	go func() {
		defer wg.Done()
		defer close(done)
		if !w.await(ctx, needs) {
			return
		}
		if err := w.r.verify(ctx); err != nil {
			w.fail(err)
		}
	}()
}

// Numbers are those that lead calls here when the plan is applied, sorted.
func (r *Reconciler) Numbers() []string {
	var out, gone []string
	own := map[genesys.Key]bool{}
	for _, d := range r.run.desired {
		if d.Key.Kind == genesys.CallRoute {
			own[d.Key] = true
			for _, n := range sortedTexts(d.Content["dnis"]) {
				out = append(out, text(n))
			}
		}
	}
	for _, c := range r.plan.Changes {
		if c.Action == plan.Move && len(c.Fields) == 1 {
			for _, n := range sortedTexts(c.Fields[0].Old) {
				switch {
				case slices.Contains(sortedTexts(c.Fields[0].New), n):
				case own[c.Key]: // back to where they came from
					gone = append(gone, text(n))
				default:
					out = append(out, text(n))
				}
			}
		}
	}
	out = slices.DeleteFunc(out, func(n string) bool { return slices.Contains(gone, n) })
	slices.Sort(out)
	return slices.Compact(out)
}
