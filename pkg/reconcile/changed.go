package reconcile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

// A ChangedError says that an entity is not what it was when the plan was made. It was left
// alone; another plan sees it as it is.
type ChangedError struct {
	Key    genesys.Key
	Fields []string // that differ from what was found; none when it is gone
}

func (e *ChangedError) Error() string {
	if len(e.Fields) == 0 {
		return "it is gone since the plan was made"
	}
	return fmt.Sprintf("somebody changed it since the plan was made (%s); it was left alone", quoted(e.Fields))
}

// still looks whether an entity that is to be changed is what it was when the plan was made, or
// what it shall become.
func (r *run) still(ctx context.Context, c plan.Change, d genesys.Entity) error {
	then := r.foundAs(c)
	draft := c.Key.Kind == genesys.DataAction && c.Unfinished // has nothing yet that anybody uses
	if then == nil || draft || c.Key.Kind == genesys.DataTableRow {
		return nil
	}
	now, version, err := r.seen(ctx, *then)
	if err != nil {
		return fmt.Errorf("look whether it is what it was: %w", err)
	}
	if now == nil {
		return &ChangedError{Key: c.Key}
	}
	var differ []string
	for _, f := range slices.Sorted(maps.Keys(now.Content)) {
		if !reflect.DeepEqual(now.Content[f], then.Content[f]) {
			differ = append(differ, f)
		}
	}
	if c.Key.Kind == genesys.Flow && version != r.published[c.ID].version {
		differ = append(differ, "the published version")
	}
	if len(differ) == 0 {
		return nil
	}
	p := plan.Compute([]plan.Found{*now}, genesys.Set{d}, plan.Policy{
		Adopt: r.Adopt, IDs: r.resolveRef, Exact: func(k genesys.Kind) []string { return r.kinds[k].exact() },
	})
	if p.Changes[0].Action == plan.Keep && c.Key.Kind != genesys.Flow {
		return nil
	}
	return &ChangedError{Key: c.Key, Fields: differ}
}

// seen finds one entity once more, beside what the run knows; of a flow also its published
// version.
func (r *run) seen(ctx context.Context, then plan.Found) (*plan.Found, string, error) {
	if then.Key.Kind == genesys.DataAction {
		content, err := r.actions.content(ctx, r, then.ID)
		if errors.Is(err, genesys.ErrNotFound) {
			return nil, "", nil
		}
		then.Content = content
		return &then, "", err
	}
	r.mu.Lock()
	beside := &run{
		Config: r.Config, name: r.name, desired: r.desired, id: r.id, ids: maps.Clone(r.ids), published: map[string]published{},
		names: map[genesys.Kind][]string{}, adopted: map[string]string{}, own: map[string]bool{}, versions: map[string]string{}, touches: map[string]touch{},
	}
	r.mu.Unlock()
	beside.meet(r.org)
	all, err := beside.kinds[then.Key.Kind].find(ctx, beside)
	if err != nil {
		return nil, "", err
	}
	for _, f := range all {
		if f.Key == then.Key && f.ID == then.ID {
			return &f, beside.published[f.ID].version, nil
		}
	}
	return nil, "", nil
}

// whenStill repeats a change with a version after somebody else was faster only when what they
// changed is not what is about to be written over.
func (r *run) whenStill(ctx context.Context, err error, c plan.Change, d genesys.Entity) error {
	if errors.Is(err, genesys.ErrConflict) {
		return r.still(ctx, c, d)
	}
	return nil
}
