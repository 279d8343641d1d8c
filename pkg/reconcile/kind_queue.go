package reconcile

import (
	"context"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/words"
)

// Queues is what queues need of an org.
type Queues interface {
	Entities
	Mover
	QueueMembers(ctx context.Context, queueID string) ([]genesys.Member, error)
}

// queueKind is a queue that a rule names. An existing one is used as it is; one that setup
// made carries our mark and is deleted only when that is asked for.
type queueKind struct {
	lenient
	org Queues
}

func (k queueKind) find(ctx context.Context, r *run) ([]plan.Found, error) {
	if len(r.desired) > 0 {
		return r.named(ctx, k.org, genesys.Queue)
	}
	all, err := k.org.Find(ctx, genesys.Queue, "")
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

func (k queueKind) create(ctx context.Context, r *run, d genesys.Entity) (string, error) {
	body, err := r.body(d)
	if err != nil {
		return "", err
	}
	id, err := r.settled(ctx,
		func() (genesys.Object, error) { return k.org.Create(ctx, genesys.Queue, body) },
		lookup(ctx, k.org, genesys.Queue, d.Key.Name, nil))
	if err != nil {
		return "", err
	}
	return id, r.visible(ctx, k.org, genesys.Queue, id)
}

// update moves one that setup made; nothing else of a queue is ever changed.
func (k queueKind) update(ctx context.Context, r *run, c plan.Change, d genesys.Entity) error {
	return r.move(ctx, k.org, c.ID, d, c.Fields[0].Old)
}

// holds tells of the people who work in it.
func (k queueKind) holds(ctx context.Context, _ *run, id string) (string, error) {
	members, err := k.org.QueueMembers(ctx, id)
	if len(members) == 0 || err != nil {
		return "", err
	}
	return "it has " + words.Count(len(members), "member", "members"), nil
}

func (k queueKind) remove(ctx context.Context, r *run, c plan.Change) error {
	return k.org.Delete(ctx, genesys.Queue, c.ID)
}
