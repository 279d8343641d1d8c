package reconcile

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

// The platform has no lock that two setups could share, and lets two integrations, clients,
// credentials or actions have one name. So each setup reads once more at its end. It removes
// nothing then: the other one may still be at work with what it made. The next one does.

// A TwinsError says what another setup did that ran at the same time.
type TwinsError struct {
	Twins   []genesys.Key // of what there must be one there are two
	Crossed []genesys.Key // credentials that both have written: nobody knows whose secret is in them
}

func (e *TwinsError) Error() string {
	names := func(keys []genesys.Key) string {
		out := make([]string, len(keys))
		for i, k := range keys {
			out[i] = k.String()
		}
		return strings.Join(out, ", ")
	}
	s := "another setup ran at the same time"
	if len(e.Twins) > 0 {
		s += ": there are two of " + names(e.Twins)
	}
	if len(e.Crossed) > 0 {
		s += "; both have written " + names(e.Crossed)
	}
	return s + "; nothing was removed"
}

func (r *run) cross(k genesys.Key) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.crossed = append(r.crossed, k)
}

// twins lists, in order and once, of what there are several of ours.
func twins(found []plan.Found) []genesys.Key {
	var out []genesys.Key
	number := map[genesys.Key]int{}
	for _, f := range found {
		if f.Owned && f.Key.Kind != genesys.DataTableRow {
			if number[f.Key]++; number[f.Key] == 2 {
				out = append(out, f.Key)
			}
		}
	}
	return out
}

// used counts what depends on each of several, from the top down: a route has numbers, a flow a
// route, an integration data actions, a credential an integration, a role a client. What is
// used stays.
func used(found []plan.Found) []plan.Found {
	top := map[genesys.Key]plan.Found{} // of each key the one that stays
	users := func(k genesys.Kind, uses func(plan.Found) bool) (n int) {
		for key, f := range top {
			if key.Kind == k && uses(f) {
				n++
			}
		}
		return n
	}
	actions := map[string]int{} // published ones, by integration
	for _, f := range found {
		if f.Key.Kind == genesys.DataAction && f.Owned && f.Unfinished == "" {
			actions[integrationOf(f)]++
		}
	}
	ref := func(v any, id string) bool { return text(object(v)["id"]) == id }
	for _, k := range []genesys.Kind{genesys.CallRoute, genesys.Flow, genesys.Integration, genesys.Credential, genesys.OAuthClient, genesys.Role} {
		for i := range found {
			f := &found[i]
			if f.Key.Kind != k || !f.Owned {
				continue
			}
			switch k {
			case genesys.CallRoute:
				numbers, _ := f.Content["dnis"].([]any)
				f.Used = len(numbers)
			case genesys.Flow:
				f.Used = users(genesys.CallRoute, func(o plan.Found) bool { return ref(o.Content["openHoursFlow"], f.ID) })
			case genesys.Integration:
				f.Used = actions[f.ID]
			case genesys.Credential:
				f.Used = users(genesys.Integration, func(o plan.Found) bool {
					for _, c := range object(object(o.Content["config"])["credentials"]) {
						if ref(c, f.ID) {
							return true
						}
					}
					return false
				})
			case genesys.Role:
				f.Used = users(genesys.OAuthClient, func(o plan.Found) bool {
					rds, _ := o.Content["roleDivisions"].([]any)
					return slices.ContainsFunc(rds, func(rd any) bool { return text(object(rd)["roleId"]) == f.ID })
				})
			}
			if t, ok := top[f.Key]; !ok || f.Used > t.Used || f.Used == t.Used && f.ID < t.ID {
				top[f.Key] = *f
			}
		}
	}
	for i := range found {
		if f := &found[i]; f.Key.Kind == genesys.Integration && f.ID == top[f.Key].ID {
			f.Used++ // decided: which data actions count depends on it
		}
	}
	// The data actions of an integration that goes go with it.
	return slices.DeleteFunc(found, func(f plan.Found) bool {
		at := integrationOf(f)
		return f.Key.Kind == genesys.DataAction && f.Owned && at != "" && !slices.ContainsFunc(slices.Collect(maps.Values(top)), func(t plan.Found) bool { return t.ID == at })
	})
}

// integrationOf gives the id of the integration of a data action.
func integrationOf(f plan.Found) string { return text(f.Content["integrationId"]) }

// A flow names data actions and its script, and the platform makes ids of the names when it is
// published: of which of two nobody knows. So when one of two goes, the flow is published again
// after that.
func (r *Reconciler) flows() []genesys.Entity {
	named := []genesys.Kind{genesys.Integration, genesys.DataAction, genesys.Script}
	if !slices.ContainsFunc(r.plan.Changes, func(c plan.Change) bool {
		return c.Action == plan.Delete && c.Reason == plan.Twin && slices.Contains(named, c.Key.Kind)
	}) {
		return nil
	}
	var out []genesys.Entity
	for _, c := range r.plan.Changes {
		d, wanted := r.run.desired.Get(c.Key)
		if wanted && d.Holding == genesys.Owned && c.Key.Kind == genesys.Flow && (c.Action == plan.Keep || c.Action == plan.Update) {
			out = append(out, d)
		}
	}
	return out
}

// inDoubt stands in the record for the version of a flow that must be published again.
const inDoubt = "?"

// doubt notes that the published version does not ask for what is there: a run that ends before it
// is published again leaves nothing else that tells.
func (r *run) doubt(ctx context.Context, is bool) error {
	if !is {
		return nil
	}
	return r.note(ctx, genesys.RecordFlow, inDoubt)
}

func (r *run) publishAgain(ctx context.Context, flows []genesys.Entity) error {
	for _, d := range flows {
		if _, err := r.kinds[genesys.Flow].create(ctx, r, d); err != nil {
			return fmt.Errorf("publish flow %q again, after the second one of what it uses is gone: %w", d.Key.Name, err)
		}
	}
	return nil
}

// glance is all that is needed where nothing was made and only a flow changed: of what it did not
// make this setup has no second one, and whoever makes one looks back himself.
func (r *Reconciler) glance(ctx context.Context) (done bool, err error) {
	for _, c := range r.plan.Changes {
		if c.Action != plan.Keep && c.Action != plan.Leave && (c.Key.Kind != genesys.Flow || c.Action != plan.Update) {
			return false, nil
		}
	}
	if len(r.twins)+len(r.run.crossed) > 0 {
		return false, nil
	}
	for _, c := range r.plan.Changes {
		d, _ := r.run.desired.Get(c.Key)
		was := r.run.foundAs(c)
		if c.Action != plan.Update || was == nil {
			continue
		}
		now, version, err := r.run.seen(ctx, *was)
		published, _ := r.run.recorded(genesys.RecordFlow)
		switch {
		case err != nil:
			return false, nil //nolint:nilerr // the whole look says why
		case now == nil:
			continue
		case published != nil && version != text(published),
			plan.Compute([]plan.Found{*now}, genesys.Set{d.TakenOver(c.Adopted)}, plan.Policy{IDs: r.run.resolveRef}).Changes[0].Action != plan.Keep:
			r.run.warn("%s differs already from what was just written; another setup or a person is at work, so run it again", c.Key)
		}
	}
	return true, nil
}

// onceMore names the last look of a setup.
var onceMore = genesys.Key{Kind: "org", Name: "once more"}

// lookBack reads the org after the plan was applied. Two of one are an error. What differs
// already is told: somebody changed it meanwhile, or a change did not take. What is missing is
// not, since lists show late what was just made.
func (r *Reconciler) lookBack(ctx context.Context) error {
	if quick, err := r.glance(ctx); quick || err != nil {
		return err
	}
	cfg := r.run.Config
	cfg.Prove, cfg.Rotate, cfg.Return = nil, nil, Return{}
	after, err := Read(ctx, r.run.org, cfg)
	if err != nil {
		r.run.warn("all is done; whether another setup ran at the same time is not known, since the org could not be read once more: %v", err)
		return nil //nolint:nilerr // what was asked for is done
	}
	if len(after.twins)+len(r.run.crossed) > 0 {
		// The other one may still write the secret of its own client: the next setup makes a new one.
		if err := r.run.noteBy(ctx, genesys.RecordGeneration, func(now, _ any) any {
			return float64(min(integer(now), -integer(now)))
		}); err != nil {
			r.run.warn("whose secret the run-time client's credential holds is not known, and could not be noted: %v", err)
		}
		return &TwinsError{after.twins, r.run.crossed}
	}
	for _, c := range after.plan.Changes {
		mine := slices.ContainsFunc(r.plan.Changes, func(p plan.Change) bool { return p.Key == c.Key })
		if mine && (c.Action == plan.Update || c.Action == plan.Replace) {
			r.run.warn("%s differs already from what was just written; another setup or a person is at work, so run it again", c.Key)
		}
	}
	return nil
}
