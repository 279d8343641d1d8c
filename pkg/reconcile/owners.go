package reconcile

import (
	"context"

	"github.com/dealroute/dealroute/pkg/genesys"
)

// ownersTable is the name of the table of owners, all of whose rows are setup's: ids of HubSpot's
// owners with those of their users, as they are when it runs.
func (r *run) ownersTable() string { return r.name + genesys.OwnersEnding }

func (r *run) isOwnersTable(id string) bool {
	own, ok := r.resolveRef(genesys.Ref{Key: genesys.Key{Kind: genesys.DataTable, Name: r.ownersTable()}, Field: "id"})
	return ok && own == id
}

// preferring warns of queues to which a rule sends calls with the owner first, and which do not
// route to preferred agents. Genesys: they do when they have routing rules; others ignore the owner
// (inferred).
func (r *run) preferring(ctx context.Context) error {
	asked := map[string]bool{}
	for _, t := range r.Targets {
		if !t.PrefersOwner || asked[t.Queue] || len(r.desired) == 0 {
			continue
		}
		asked[t.Queue] = true
		k := genesys.Key{Kind: genesys.Queue, Name: t.Queue}
		id, exists := r.resolveRef(genesys.Ref{Key: k, Field: "id"})
		if exists {
			o, err := r.queues.org.Read(ctx, genesys.Queue, id)
			if err != nil {
				return err
			}
			if rules, _ := o.Body["routingRules"].([]any); len(rules) > 0 {
				continue
			}
		}
		r.told.unpreferring = append(r.told.unpreferring, t.Queue)
		r.warn("queue %q does not route to preferred agents, so no owner is asked first there: choose that routing method for it in Genesys Cloud (Admin, Queues, Routing)", t.Queue)
	}
	return nil
}
