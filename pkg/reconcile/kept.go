package reconcile

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"golang.org/x/sync/errgroup"
)

// Three things of ours are never deleted: what was taken over by --adopt, which its mark says;
// what holds something of other people, which each kind tells; and what one that stays uses.

// A holder is a kind whose entities can hold what other people put there.
type holder interface {
	// holds says what of others one of ours holds, in words; empty when there is nothing.
	holds(ctx context.Context, r *run, id string) (string, error)
}

// held tells of everything that is to be deleted what of others it holds.
func (r *run) held(ctx context.Context, changes []plan.Change) (map[*plan.Found]string, error) {
	var mu sync.Mutex
	held := map[*plan.Found]string{}
	r.actions.forget()
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(r.Parallel)
	for _, c := range changes {
		h, can := r.kinds[c.Key.Kind].(holder)
		if !can || !goes(c) {
			continue
		}
		g.Go(func() error {
			why, err := h.holds(ctx, r, c.ID)
			if err != nil {
				return fmt.Errorf("what %s holds, which is asked before it is deleted: %w", c.Key, err)
			}
			if why != "" {
				mu.Lock()
				defer mu.Unlock()
				held[r.foundAs(c)] = why
			}
			return nil
		})
	}
	return held, g.Wait()
}

// keep notes what a plan must not delete.
func (r *run) keep(ctx context.Context, p plan.Plan) error {
	held, err := r.held(ctx, p.Changes)
	for f, why := range held {
		f.Kept = why
	}
	return err
}

// stillEmpty asks once more before anything is deleted: somebody may have put something there
// since the plan was made, and most of it would silently go with what holds it.
func (r *run) stillEmpty(ctx context.Context, changes []plan.Change) error {
	held, err := r.held(ctx, changes)
	if err != nil {
		return err
	}
	var all []string
	for f, why := range held {
		all = append(all, fmt.Sprintf("%s: %s", f.Key, why))
	}
	if all == nil {
		return nil
	}
	slices.Sort(all)
	return fmt.Errorf("nothing was deleted, for since the plan was made others have come in: %s", strings.Join(all, "; "))
}

func goes(c plan.Change) bool { return c.Action == plan.Delete || c.Action == plan.Replace }

// foundAs is the entity that a change is about.
func (r *run) foundAs(c plan.Change) *plan.Found {
	i := slices.IndexFunc(r.found, func(f plan.Found) bool { return f.Key == c.Key && f.ID == c.ID })
	if i < 0 {
		return &plan.Found{}
	}
	return &r.found[i]
}

// carry keeps what is used by one that is left alone. It reports whether a plan deletes
// anything that is to be kept.
func (r *run) carry(p plan.Plan) bool {
	stale := false
	for _, c := range p.Changes {
		if !goes(c) {
			continue
		}
		f := r.foundAs(c)
		for _, s := range p.Changes {
			by := r.foundAs(s)
			if s.Action == plan.Leave && by.Owned && f.Kept == "" && uses(*by, *f) {
				f.Kept = fmt.Sprintf("%s uses it, which stays", s.Key)
			}
		}
		stale = stale || f.Kept != ""
	}
	return stale
}

// uses reports whether one entity of ours needs another: its content names the id, or nothing
// tells and it may.
func uses(by, what plan.Found) bool {
	switch by.Key.Kind {
	case genesys.Flow: // also what an earlier deployment file wanted
		return slices.Contains([]genesys.Kind{genesys.DataTable, genesys.DataAction, genesys.Script, genesys.Queue}, what.Key.Kind) && what.Unfinished == ""
	case genesys.DataAction:
		return what.Key.Kind == genesys.DataTable || what.Key.Kind == genesys.Integration && by.Content["integrationId"] == what.ID
	case genesys.Credential: // the platform shows none of its fields
		return what.Key.Kind == genesys.OAuthClient && strings.HasSuffix(by.Key.Name, clientCredential)
	case genesys.Integration, genesys.OAuthClient, genesys.CallRoute:
		return names(by.Content, what.ID)
	}
	return false
}

// names reports whether a tree holds a text.
func names(v any, id string) bool {
	switch x := v.(type) {
	case string:
		return x == id
	case map[string]any:
		for _, e := range x {
			if names(e, id) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(x, func(e any) bool { return names(e, id) })
	}
	return false
}

// owns reports whether an entity that was found is ours.
func (r *run) owns(k genesys.Kind, id string) bool {
	return slices.ContainsFunc(r.found, func(f plan.Found) bool { return f.Key.Kind == k && f.ID == id && f.Owned })
}

// wasFound reports whether an entity was there when the run began.
func (r *run) wasFound(k genesys.Key, id string) bool {
	return slices.ContainsFunc(r.found, func(f plan.Found) bool { return f.Key == k && f.ID == id })
}
