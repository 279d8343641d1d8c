package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

// A kind knows one kind of entity, and the part of an org that it needs. The functions get
// the run, which holds the deployment's name and the ids that are known so far.
type kind interface {
	// find lists what is there: each desired entity that exists, and every other one of
	// ours.
	find(ctx context.Context, r *run) ([]plan.Found, error)
	// create makes a missing entity and gives its id.
	create(ctx context.Context, r *run, d genesys.Entity) (string, error)
	// update changes one in place.
	update(ctx context.Context, r *run, c plan.Change, d genesys.Entity) error
	// remove deletes one of ours.
	remove(ctx context.Context, r *run, c plan.Change) error
	// immutable lists the fields whose change needs a new entity: one is created, and the
	// old one removed when nothing uses it any more.
	immutable() []string
	// exact lists the maps whose keys are all ours: one that somebody added is a difference.
	exact() []string
}

// lenient is a kind whose fields can all be changed, and which has no map of ours alone.
type lenient struct{}

func (lenient) immutable() []string { return nil }
func (lenient) exact() []string     { return nil }

// meet gives each kind what it needs of an org.
func (r *run) meet(org Org) {
	r.org = org
	client, integrations := &clientKind{org: org, bodies: map[string]map[string]any{}}, &integrationKind{org: org}
	r.actions, r.rows, r.queues, r.routes = &actionKind{org: org, drafts: org, trials: org}, rowKind{org: org}, queueKind{org: org}, routeKind{org: org}
	r.flowKind, r.scripts, r.tables = flowKind{org: org}, scriptKind{org: org}, tableKind{org: org, rows: r.rows}
	r.kinds = map[genesys.Kind]kind{
		genesys.Role:         roleKind{org: org},
		genesys.OAuthClient:  client,
		genesys.Credential:   credentialKind{org: org, client: client, integrations: integrations},
		genesys.Integration:  integrations,
		genesys.DataTable:    r.tables,
		genesys.DataTableRow: r.rows,
		genesys.AuthAction:   authKind{actions: r.actions},
		genesys.DataAction:   r.actions,
		genesys.Skill:        skillKind{org: org},
		genesys.Queue:        r.queues,
		genesys.Script:       r.scripts,
		genesys.Flow:         r.flowKind,

		genesys.ScheduleGroup:  hoursKind{org: org, kind: genesys.ScheduleGroup},
		genesys.EmergencyGroup: hoursKind{org: org, kind: genesys.EmergencyGroup},
		genesys.CallRoute:      r.routes,
	}
}

// marked turns an object whose description carries marks into what the plan compares. An
// unmarked one, or one of another deployment, is not ours.
func (r *run) marked(k genesys.Kind, o genesys.Object, description string, content map[string]any) plan.Found {
	r.touched(o)
	f := plan.Found{Key: genesys.Key{Kind: k, Name: o.Text("name")}, ID: o.ID, Content: content, Adopted: genesys.Taken}
	switch m, ok := genesys.FindMark(description); {
	case !ok:
		f.Note = "has our name and not our mark"
	case m.Deployment != r.name:
		f.Note = fmt.Sprintf("belongs to deployment %s", m.Deployment)
	default:
		f.Owned, f.Adopted = true, m.Adopted
	}
	return f
}

// ours lists the living entities of a kind that a description marks as this deployment's,
// and those that have the name of a desired one.
func (r *run) ours(ctx context.Context, org Reader, k genesys.Kind, content func(genesys.Object) map[string]any) ([]plan.Found, error) {
	all, err := org.Find(ctx, k, r.name+"*")
	if err != nil {
		return nil, err
	}
	var out []plan.Found
	for _, o := range all {
		f := r.marked(k, o, o.Text("description"), content(o))
		if _, wanted := r.desired.Get(f.Key); wanted || f.Owned {
			out = append(out, f)
		}
	}
	return out, nil
}

// named finds the desired entities of a kind by their exact names in the list of all, whose
// names are kept for the nearest one.
func (r *run) named(ctx context.Context, org Reader, k genesys.Kind) ([]plan.Found, error) {
	want := map[string]bool{}
	for _, d := range r.desired {
		if d.Key.Kind == k {
			want[d.Key.Name] = true
		}
	}
	if len(want) == 0 {
		return nil, nil
	}
	all, err := org.Find(ctx, k, "")
	if err != nil {
		return nil, err
	}
	var out []plan.Found
	for _, o := range all {
		r.see(k, o.Text("name"))
		if want[o.Text("name")] {
			f := r.marked(k, o, o.Text("description"), map[string]any{"division": pick(object(o.Body["division"]), "id")})
			out = append(out, f)
		}
	}
	return out, nil
}

// pick copies the fields that are compared.
func pick(body map[string]any, fields ...string) map[string]any {
	out := map[string]any{}
	for _, f := range fields {
		if v, ok := body[f]; ok {
			out[f] = v
		}
	}
	return out
}

func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func integer(v any) int {
	switch n := v.(type) {
	case float64:
		return int(n)
	case int:
		return n
	}
	return 0
}

// settled repeats a create whose answer was lost only after a look: when it exists, that
// one is taken. look gives "" while there is none. A conflict says that it exists, so it is
// looked for and not sent again.
func (r *run) settled(ctx context.Context, create func() (genesys.Object, error), look func() (string, error)) (string, error) {
	for try := 1; ; try++ {
		o, err := create()
		if err == nil {
			return o.ID, nil
		}
		conflict := errors.Is(err, genesys.ErrConflict)
		if !conflict && !errors.Is(err, genesys.ErrUnsettled) {
			return "", err
		}
		var id string
		var lookErr error
		late := genesys.Listed.Poll(ctx, r.Wait, func() (bool, error) {
			if id, lookErr = look(); id != "" || lookErr != nil {
				return true, lookErr
			}
			return false, err
		})
		if late == nil || lookErr != nil || conflict || try == 3 || ctx.Err() != nil {
			return id, late
		}
	}
}

// lookup finds one living entity of ours by its exact name, and "" when there is none.
func lookup(ctx context.Context, org Reader, k genesys.Kind, name string, mine func(genesys.Object) bool) func() (string, error) {
	return func() (string, error) {
		all, err := org.Find(ctx, k, name)
		if err != nil {
			return "", err
		}
		i := slices.IndexFunc(all, func(o genesys.Object) bool { return mine == nil || mine(o) })
		if i < 0 {
			return "", nil
		}
		return all[i].ID, nil
	}
}

// hasMark reports whether an object's description carries this deployment's mark.
func (r *run) hasMark(o genesys.Object) bool {
	m, ok := genesys.FindMark(o.Text("description"))
	return ok && m.Deployment == r.name
}

// lagging repeats a call on what was just made while the platform does not see it: it
// answers 404 for a while.
func (r *run) lagging(ctx context.Context, call func() error) error {
	return genesys.Visible.Poll(ctx, r.Wait, func() (bool, error) {
		err := call()
		var waited *genesys.LateError // nobody waits twice for one thing
		return !errors.Is(err, genesys.ErrNotFound) || errors.As(err, &waited), err
	})
}

// visible waits until a new entity can be read.
func (r *run) visible(ctx context.Context, org Reader, k genesys.Kind, id string) error {
	return r.lagging(ctx, func() error {
		_, err := org.Read(ctx, k, id)
		return err
	})
}

// again reports whether a change with a version should be tried anew after reading the
// version: somebody else was faster, or the answer was lost.
func again(err error, try int) bool {
	return try < 4 && (errors.Is(err, genesys.ErrConflict) || errors.Is(err, genesys.ErrUnsettled))
}

// platformCode gives the platform's own code of an error.
func platformCode(err error) string {
	var e interface{ ErrorCode() string }
	if errors.As(err, &e) {
		return e.ErrorCode()
	}
	return ""
}

func quoted(names []string) string { return `"` + strings.Join(names, `", "`) + `"` }
