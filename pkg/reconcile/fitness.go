package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"golang.org/x/sync/errgroup"
)

// A Fitness is what an org allows, whatever the plan of today is: a setup from the start and every
// later one, the end of it, and how much room there is.
type Fitness struct {
	Lacks       []Lack   // permissions that a setup from the start needs; nil also when nobody knows
	Ends        []Lack   // those that only a change of contract or destroy needs
	Known       bool     // the platform told of what the client holds
	Conditional []string // of those that are needed: held under a condition only, which counts as not held

	Rooms    []Room
	Limits   map[string]int // of the namespace of integrations, by key: what data actions may do
	Products []string
	Types    []TypeRoom
	Unseen   []Unseen
}

// A Room is a quota of the org and what there is of it.
type Room struct {
	Kind       genesys.Kind
	Name       string // as the platform calls the quota
	Most, Have int
}

// A TypeRoom is a type of integrations that the deployment needs.
type TypeRoom struct {
	ID             string
	Absent, Barred bool
	Most, Have     int // Most 0: not told
}

// Fitness asks the org, by reads alone. A question that is refused or fails is told and stops nothing.
func (r *Reconciler) Fitness(ctx context.Context, c Catalogue) Fitness {
	run := r.run
	out := Fitness{Known: len(run.id.Permissions)+len(run.id.Conditional) > 0}
	var mu sync.Mutex
	g := errgroup.Group{}
	g.SetLimit(run.Parallel)
	ask := func(what string, question func() error) {
		g.Go(func() error {
			if err := question(); err != nil {
				mu.Lock()
				defer mu.Unlock()
				out.Unseen = append(out.Unseen, Unseen{what, err})
			}
			return nil
		})
	}
	for _, q := range quotas {
		ask(fmt.Sprintf("the room for %s entities", q.kind), func() error {
			most, have, err := run.room(ctx, c, q)
			switch {
			case err != nil:
				return err
			case most < 0:
				return fmt.Errorf("the org states no limit %s/%s", q.namespace, q.key)
			}
			mu.Lock()
			defer mu.Unlock()
			out.Rooms = append(out.Rooms, Room{q.kind, q.namespace + "/" + q.key, most, have})
			return nil
		})
	}
	ask("the limits of data actions", func() error {
		all, err := c.Limits(ctx, "integrations")
		mu.Lock()
		defer mu.Unlock()
		out.Limits = all
		return err
	})
	ask("the products of the org", func() (err error) {
		out.Products, err = c.Products(ctx)
		return err
	})
	types := map[string]bool{}
	for _, e := range run.File {
		if id := text(object(e.Content["integrationType"])["id"]); e.Key.Kind == genesys.Integration && !types[id] {
			types[id] = true
			ask("the integration type "+id, func() error {
				t, err := c.IntegrationType(ctx, id)
				if err == nil {
					mu.Lock()
					defer mu.Unlock()
					out.Types = append(out.Types, TypeRoom{id, t.Absent, t.Barred, t.Most, run.integrations(id)})
				}
				return err
			})
		}
	}
	add, end := r.neededAtAll()
	for _, l := range add {
		if l.Change.Kind == genesys.Role {
			continue
		}
		for _, p := range strings.Split(l.Permission, " or ") {
			if genesys.Permit(run.id.Conditional, p) {
				out.Conditional = append(out.Conditional, p)
			}
		}
	}
	if out.Known && len(add)+len(end) > 0 {
		ask("which permissions the org's product has", func() error {
			lacks, err := settle(ctx, c, append(slices.Clone(add), end...), nil, run.targetDivision())
			mu.Lock()
			defer mu.Unlock()
			for _, l := range lacks {
				if slices.ContainsFunc(add, func(a Lack) bool { return a.Permission == l.Permission }) {
					out.Lacks = append(out.Lacks, l)
				} else {
					out.Ends = append(out.Ends, l)
				}
			}
			return err
		})
	}
	_ = g.Wait() // every failure is told by its question
	slices.SortFunc(out.Rooms, func(a, b Room) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(out.Types, func(a, b TypeRoom) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(out.Unseen, func(a, b Unseen) int { return cmp.Compare(a.What, b.What) })
	slices.Sort(out.Conditional)
	out.Conditional = slices.Compact(out.Conditional)
	return out
}

// fresh is the plan of an org that has nothing of it.
func fresh(file genesys.Set) plan.Plan {
	var p plan.Plan
	for _, e := range file {
		if e.Holding != genesys.Reference || e.Create {
			p.Changes = append(p.Changes, plan.Change{Key: e.Key, Action: plan.Create})
		}
	}
	return p
}

// neededAtAll lists, each once, the permissions that are not held and that are needed to set up from
// the start and to change what is there, and those that only its end needs.
func (r *Reconciler) neededAtAll() (add, end []Lack) {
	seen := map[string]bool{}
	lacking := func(c plan.Change, verb string) (out []Lack) {
		for _, p := range needed(c) {
			if !seen[p] && !slices.ContainsFunc(strings.Split(p, " or "), r.run.id.May) {
				seen[p] = true
				out = append(out, Lack{Permission: p, What: fmt.Sprintf("%s %s %q", verb, c.Key.Kind, c.Key.Name), Change: c.Key})
			}
		}
		return out
	}
	all := fresh(r.run.File).Changes
	for _, c := range all {
		add = append(add, lacking(c, "create")...)
		c.Action = plan.Update
		add = append(add, lacking(c, "update")...)
	}
	for _, c := range all {
		c.Action = plan.Delete
		end = append(end, lacking(c, "delete")...)
	}
	return sorted(add), sorted(end)
}
