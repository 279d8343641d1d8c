package reconcile

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

// A deployment that gets another name is made anew beside what has the former name, with the rows
// that hold data; its call route is renamed in place, so that no number ever leaves it and calls go to
// the new flow with that one write; then what has the former name goes. Why, and what it costs,
// says docs/decisions/renaming-a-deployment.md.

// formerName reads what is there of the former name, and what becomes of it.
func (r *run) formerName(ctx context.Context, org Org) (*run, plan.Plan, error) {
	cfg := r.Config
	cfg.Name, cfg.Desired, cfg.File, cfg.Former, cfg.OwnerRows, cfg.Targets = r.Former, nil, nil, "", false, nil
	f := newRun(cfg)
	f.id = r.id
	f.meet(org)
	found, err := f.findAll(ctx)
	if err != nil {
		return nil, plan.Plan{}, err
	}
	taken := func(x plan.Found) bool { // by this run
		return slices.ContainsFunc(r.found, func(o plan.Found) bool { return o.Key.Kind == x.Key.Kind && o.ID == x.ID })
	}
	found = slices.DeleteFunc(found, func(x plan.Found) bool {
		return x.Key.Kind == genesys.Queue || !x.Owned || x.Key.Kind != genesys.CallRoute && taken(x)
	})
	f.found = found
	compute := func() plan.Plan {
		going := slices.DeleteFunc(slices.Clone(found), taken)
		return plan.Compute(going, nil, plan.Policy{
			Destroy: true, Immutable: func(k genesys.Kind) []string { return f.kinds[k].immutable() }, Exact: func(k genesys.Kind) []string { return f.kinds[k].exact() },
		})
	}
	p := compute()
	if err := f.keep(ctx, p); err != nil {
		return nil, plan.Plan{}, err
	}
	for range found {
		if !f.carry(p) {
			break
		}
		p = compute()
	}
	for i, c := range p.Changes {
		if c.Action == plan.Delete {
			p.Changes[i].Reason = fmt.Sprintf("of the former name %q", r.Former)
		}
	}
	return f, p, nil
}

// renamedFrom adds to a sentence about a route that another deployment has it.
func (r *run) renamedFrom(ctx context.Context, n genesys.Number) string {
	o, err := r.routes.org.Read(ctx, genesys.CallRoute, n.OwnerID)
	if err != nil {
		return "" // it is only a hint
	}
	m, ok := genesys.FindMark(o.Text("description"))
	if !ok || m.Deployment == r.name {
		return ""
	}
	return fmt.Sprintf(" of deployment %q (if that is the former name of this one: setup --renamed-from %s)", m.Deployment, m.Deployment)
}

// rowsBefore reads the rows of the former name's tables, which those of this one begin with.
func (k rowKind) rowsBefore(ctx context.Context, r *run) error {
	for _, d := range r.desired {
		if d.Key.Kind != genesys.DataTable || r.Former == "" || r.before[d.Key.Name] != nil {
			continue
		}
		all, err := r.tables.org.Find(ctx, genesys.DataTable, r.Former+strings.TrimPrefix(d.Key.Name, r.name))
		if err != nil {
			return err
		}
		for _, o := range all {
			if m, ok := genesys.FindMark(o.Text("description")); !ok || m.Deployment != r.Former {
				continue
			}
			rows, err := k.org.Rows(ctx, o.ID)
			if err != nil {
				return fmt.Errorf("rows of the former table %q: %w", o.Text("name"), err)
			}
			r.before[d.Key.Name] = map[string]map[string]any{}
			for _, row := range rows {
				if text(row["key"]) != genesys.RecordRow { // of the former flow and credential
					r.before[d.Key.Name][text(row["key"])] = row
				}
			}
		}
	}
	return nil
}
