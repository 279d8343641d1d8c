package reconcile

import (
	"context"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

// skillKind is a skill that a rule names. Skills carry no mark and are shared: an existing
// one is used as it is, a missing one is made, none is ever deleted.
type skillKind struct {
	lenient
	org Entities
}

func (k skillKind) find(ctx context.Context, r *run) ([]plan.Found, error) {
	return r.named(ctx, k.org, genesys.Skill)
}

func (k skillKind) create(ctx context.Context, r *run, d genesys.Entity) (string, error) {
	return r.settled(ctx,
		func() (genesys.Object, error) {
			return k.org.Create(ctx, genesys.Skill, map[string]any{"name": d.Key.Name})
		},
		lookup(ctx, k.org, genesys.Skill, d.Key.Name, nil))
}

func (skillKind) update(context.Context, *run, plan.Change, genesys.Entity) error { return nil }
func (skillKind) remove(context.Context, *run, plan.Change) error                 { return nil }
