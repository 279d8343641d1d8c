package reconcile

import (
	"context"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

// skillKind is a skill that a rule names. Skills carry no mark and are shared: an existing
// one is used as it is, a missing one is made, none is ever deleted.
type skillKind struct{}

func (skillKind) immutable() []string { return nil }

// named finds the desired entities of a kind by their exact names, in one list when there
// are many.
func (r *run) named(ctx context.Context, k genesys.Kind) ([]plan.Found, error) {
	want := map[string]bool{}
	for _, d := range r.desired {
		if d.Key.Kind == k {
			want[d.Key.Name] = true
		}
	}
	if len(want) == 0 {
		return nil, nil
	}
	all, err := r.org.Find(ctx, k, "")
	if err != nil {
		return nil, err
	}
	var out []plan.Found
	for _, o := range all {
		if want[o.Text("name")] {
			f := r.marked(k, o, o.Text("description"), nil)
			out = append(out, f)
		}
	}
	return out, nil
}

func (skillKind) find(ctx context.Context, r *run) ([]plan.Found, error) {
	return r.named(ctx, genesys.Skill)
}

func (skillKind) create(ctx context.Context, r *run, d genesys.Entity) (string, error) {
	return r.settled(ctx,
		func() (genesys.Object, error) {
			return r.org.Create(ctx, genesys.Skill, map[string]any{"name": d.Key.Name})
		},
		r.lookup(ctx, genesys.Skill, d.Key.Name, nil))
}

func (skillKind) update(context.Context, *run, plan.Change, genesys.Entity) error { return nil }
func (skillKind) remove(context.Context, *run, plan.Change) error                 { return nil }

// queueKind is a queue that a rule names. An existing one is used as it is; one that setup
// made carries our mark and is deleted only when that is asked for.
type queueKind struct{}

func (queueKind) immutable() []string { return nil }

func (queueKind) find(ctx context.Context, r *run) ([]plan.Found, error) {
	if len(r.desired) > 0 {
		return r.named(ctx, genesys.Queue)
	}
	all, err := r.org.Find(ctx, genesys.Queue, "")
	if err != nil {
		return nil, err
	}
	var out []plan.Found
	for _, o := range all {
		if f := r.marked(genesys.Queue, o, o.Text("description"), nil); f.Owned {
			out = append(out, f)
		}
	}
	return out, nil
}

func (queueKind) create(ctx context.Context, r *run, d genesys.Entity) (string, error) {
	body, err := r.body(d)
	if err != nil {
		return "", err
	}
	id, err := r.settled(ctx,
		func() (genesys.Object, error) { return r.org.Create(ctx, genesys.Queue, body) },
		r.lookup(ctx, genesys.Queue, d.Key.Name, nil))
	if err != nil {
		return "", err
	}
	return id, r.visible(ctx, genesys.Queue, id)
}

func (queueKind) update(context.Context, *run, plan.Change, genesys.Entity) error { return nil }

func (queueKind) remove(ctx context.Context, r *run, c plan.Change) error {
	return r.org.Delete(ctx, genesys.Queue, c.ID)
}
