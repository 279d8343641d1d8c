package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

// A role that was just granted takes ten seconds to be seen, and only then the run-time client can be
// made whose secret a credential takes. On a fresh setup, where there is no flow yet and so nothing
// that leads calls to it, all else goes on meanwhile, with a credential that holds nobody's secret:
//
//	credential   made, with values that were drawn
//	integration  configured with it, and enabled
//	its actions  drafted, validated and published, but not tried
//	flow         published
//	             … ten seconds …
//	client
//	credential   takes its secret; then the actions are tried
//	call route
//
// A run that ends in between leaves a credential whose generation in the record is 0: the next one
// writes it again, and tries the actions before a number leads to them.

// An ahead is a credential that is there before its value.
type ahead struct {
	made    chan struct{} // it has an id, or has failed
	filled  chan struct{} // it has its value, or has failed
	actions []genesys.Key
}

// aheads finds the credentials of a fresh setup that wait for a client.
func (w *work) aheads() map[genesys.Key]*ahead {
	out := map[genesys.Key]*ahead{}
	does := map[genesys.Key]plan.Action{}
	for _, c := range w.changes {
		if does[c.Key] == "" {
			does[c.Key] = c.Action
		}
	}
	if _, ok := w.r.recordKey(); !ok {
		return nil // nothing would say that the value is nobody's
	}
	for _, d := range w.r.desired {
		if d.Key.Kind == genesys.Flow && d.Holding == genesys.Owned && does[d.Key] != plan.Create {
			return nil
		}
	}
	for _, d := range w.r.desired {
		waits := slices.ContainsFunc(d.Needs, func(client genesys.Key) bool { return feeds(client, d) && does[client] == plan.Create })
		if !waits || does[d.Key] != plan.Create {
			continue
		}
		a := &ahead{made: make(chan struct{}), filled: make(chan struct{})}
		for _, x := range w.r.desired {
			if behind, ok := w.r.behind(x); ok && x.Key.Kind == genesys.DataAction && does[x.Key] == plan.Create && behind.Key == d.Key {
				a.actions = append(a.actions, x.Key)
			}
		}
		out[d.Key] = a
	}
	return out
}

// aheadOf gives the credential behind a data action whose value comes later; nil without one.
func (w *work) aheadOf(d genesys.Entity) *ahead {
	if d.Key.Kind != genesys.DataAction {
		return nil
	}
	credential, _ := w.r.behind(d)
	return w.ahead[credential.Key]
}

// integrate makes an integration whose credential has no value yet. Whether the platform looks at the
// value is not documented: where it does, the integration is enabled when there is one.
func (w *work) integrate(ctx context.Context, k kind, d genesys.Entity, a *ahead) (string, error) {
	id, err := k.create(ctx, w.r, d)
	if err == nil || id == "" {
		return id, err
	}
	select {
	case <-a.filled:
	case <-ctx.Done():
		return id, err
	}
	if w.failed() != nil {
		return id, errAbandoned
	}
	return id, k.update(ctx, w.r, plan.Change{Key: d.Key, ID: id, Action: plan.Update}, d)
}

// aheadUnder gives the credential of an integration when its value comes later; nil when it does not.
func (w *work) aheadUnder(d genesys.Entity) *ahead {
	if d.Key.Kind == genesys.Integration {
		for _, need := range d.Needs {
			if a := w.ahead[need]; a != nil {
				return a
			}
		}
	}
	return nil
}

// errAbandoned ends a change that waits for one that failed: it was not done, and did not fail.
var errAbandoned = errors.New("what it needs was not done")

// fill makes a credential before its value and gives it that later. It is done when the actions that
// use it are tried.
func (w *work) fill(ctx context.Context, i int, c plan.Change, d genesys.Entity, a *ahead) {
	made := false
	have := func() {
		if !made {
			made = true
			close(a.made)
		}
	}
	defer have()
	filled := false
	defer func() {
		if !filled {
			close(a.filled)
		}
	}()
	record, _ := w.r.recordKey()
	if !w.await(ctx, []genesys.Key{record}) {
		return
	}
	w.one(ctx, i, func(k kind) error {
		known := func(id string) {
			w.out[index(w.changes, c)].Change.ID = id
			w.r.know(d.Key, "id", id)
			have()
		}
		var id string
		if early, ok := k.(credentialKind); ok {
			w.within(func() (err error) { //nolint:errcheck // a platform that does not take it so gets it with its value
				id, err = early.empty(ctx, w.r, d)
				return err
			})
		}
		if id != "" {
			known(id)
		}
		if !w.ready(ctx, d) {
			return errAbandoned
		}
		if err := w.within(func() (err error) {
			if id != "" {
				return k.update(ctx, w.r, plan.Change{Key: d.Key, ID: id, Action: plan.Update}, d)
			}
			if id, err = k.create(ctx, w.r, d); err == nil {
				known(id)
			}
			return err
		}); err != nil {
			return err
		}
		filled = true
		close(a.filled)
		if !w.await(ctx, a.actions) {
			return errAbandoned
		}
		return w.within(func() error { return w.tryLate(ctx, a.actions) })
	})
}

// within does something in one of the slots.
func (w *work) within(do func() error) error {
	w.slots <- struct{}{}
	defer func() { <-w.slots }()
	return do()
}

// tryLate tries actions that were published without.
func (w *work) tryLate(ctx context.Context, actions []genesys.Key) error {
	for _, key := range actions {
		w.r.mu.Lock()
		done := w.r.tried[key]
		w.r.mu.Unlock()
		d, _ := w.r.desired.Get(key)
		id, ok := w.r.resolveRef(genesys.Ref{Key: key, Field: "id"})
		if done || !ok {
			continue
		}
		if err := w.r.actions.try(ctx, w.r, d, id, false); err != nil {
			return fmt.Errorf("data action %q: %w", key.Name, err)
		}
	}
	return nil
}

// empty makes a credential with values that were drawn.
func (k credentialKind) empty(ctx context.Context, r *run, d genesys.Entity) (string, error) {
	body, err := r.body(d)
	if err != nil {
		return "", err
	}
	fields := map[string]any{}
	for _, f := range d.Secrets {
		fields[f] = r.Salt()
	}
	body["credentialFields"] = fields
	return r.settled(ctx,
		func() (genesys.Object, error) { return k.org.Create(ctx, genesys.Credential, body) },
		lookup(ctx, k.org, genesys.Credential, d.Key.Name, nil))
}
