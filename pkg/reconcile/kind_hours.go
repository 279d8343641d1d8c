package reconcile

import (
	"context"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

// hoursKind is the schedule groups or the emergency groups that the deployment names. They are
// people's: used as they are, and neither made nor changed nor deleted.
type hoursKind struct {
	lenient
	org  Reader
	kind genesys.Kind
}

// find looks the groups up by their exact names, and tells what is wrong with one. Genesys
// looks their names up when our flow is published, so a missing one is told before anything is
// written.
func (k hoursKind) find(ctx context.Context, r *run) ([]plan.Found, error) {
	missing := map[genesys.Key]bool{}
	for _, d := range r.desired {
		if d.Key.Kind == k.kind {
			missing[d.Key] = true
		}
	}
	if len(missing) == 0 {
		return nil, nil
	}
	all, err := k.org.Find(ctx, k.kind, "")
	if err != nil {
		return nil, err
	}
	var out []plan.Found
	for _, o := range all {
		key := genesys.Key{Kind: k.kind, Name: o.Text("name")}
		r.see(k.kind, key.Name)
		if !missing[key] {
			continue
		}
		delete(missing, key)
		out = append(out, plan.Found{Key: key, ID: o.ID})
		if k.kind != genesys.ScheduleGroup {
			continue
		}
		if o.Text("timeZone") == "" {
			r.remark(key, "schedule group %q has no time zone, so when it is open is anybody's guess; give it one in Genesys Cloud", key.Name)
		}
		if open, _ := o.Body["openSchedules"].([]any); len(open) == 0 {
			r.remark(key, "schedule group %q has no open schedule: it is never open", key.Name)
		}
	}
	for key := range missing {
		r.cannot(key, "it does not exist, and setup makes no hours; make it in Genesys Cloud, or name another one")
	}
	return out, nil
}

func (hoursKind) create(context.Context, *run, genesys.Entity) (string, error)    { return "", nil }
func (hoursKind) update(context.Context, *run, plan.Change, genesys.Entity) error { return nil }
func (hoursKind) remove(context.Context, *run, plan.Change) error                 { return nil }
