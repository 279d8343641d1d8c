package reconcile

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

// A Return gives numbers back to a call route of others: the way back of a cutover.
type Return struct {
	Route   string   // by its name; empty: nothing is given back
	Numbers []string // of the deployment; none: all
}

// giveBack is the plan that moves numbers to the route that is to have them, and does nothing else:
// who goes back wants no other change. Numbers that a killed run left on no route are given, too.
func (r *run) giveBack(ctx context.Context, found []plan.Found) (plan.Plan, error) {
	theirs, err := r.theirs(ctx)
	if err != nil {
		return plan.Plan{}, err
	}
	i := slices.IndexFunc(found, func(f plan.Found) bool {
		_, wanted := r.desired.Get(f.Key)
		return f.Key.Kind == genesys.CallRoute && f.Owned && wanted
	})
	if i < 0 {
		return plan.Plan{}, fmt.Errorf("deployment %q has no call route in this org, so it has no number to give back", r.name)
	}
	ours := found[i]
	has, _ := ours.Content["dnis"].([]any)
	d, _ := r.desired.Get(ours.Key)
	numbers := r.Return.Numbers
	if len(numbers) == 0 {
		for _, n := range sortedTexts(d.Content["dnis"]) {
			numbers = append(numbers, text(n))
		}
	}
	known, err := r.routes.org.Numbers(ctx, numbers)
	if err != nil {
		return plan.Plan{}, fmt.Errorf("look up the numbers: %w", err)
	}
	var moved []string
	for _, n := range numbers {
		switch o := known[n]; {
		case !o.InPool:
			return plan.Plan{}, fmt.Errorf("%s in no pool of this org", isAre([]string{n}))
		case o.OwnerID == theirs.ID:
		case o.OwnerID == "", o.OwnerID == ours.ID:
			moved = append(moved, n)
		case len(r.Return.Numbers) > 0:
			return plan.Plan{}, fmt.Errorf("number %s is on %s, and not on the call route of this deployment", n, ownerOf(o))
		}
	}
	if len(moved) == 0 {
		return plan.Plan{}, nil
	}
	covered, err := r.emergencies(ctx, ours.ID)
	if err != nil {
		return plan.Plan{}, err
	}
	to := genesys.Key{Kind: genesys.CallRoute, Name: theirs.Text("name")}
	r.know(to, "id", theirs.ID)
	return plan.Plan{Changes: []plan.Change{{
		Key: ours.Key, ID: ours.ID, Action: plan.Move, To: to, Numbers: moved,
		Fields: []plan.Field{{Path: "dnis", Old: has, New: without(has, moved)}},
		Reason: fmt.Sprintf("--cutover-back: %s to go to %q, and nothing else changes; setup leaves them there until --cutover%s", isAre(moved), to.Name, covered.lost(r, moved, to.Name)),
	}}}, nil
}

// theirs is the call route that gets numbers back.
func (r *run) theirs(ctx context.Context) (genesys.Object, error) {
	all, err := r.routes.org.Find(ctx, genesys.CallRoute, "")
	if err != nil {
		return genesys.Object{}, fmt.Errorf("read callRoute entities: %w", err)
	}
	var named []genesys.Object
	var others []string
	for _, o := range all {
		switch {
		case r.hasMark(o):
		case o.Text("name") == r.Return.Route:
			named = append(named, o)
		default:
			others = append(others, o.Text("name"))
		}
	}
	switch len(named) {
	case 0:
		slices.Sort(others)
		return genesys.Object{}, fmt.Errorf("%s", strings.TrimSuffix(fmt.Sprintf("there is no call route %q of others in this org; %s", r.Return.Route, diag.DidYouMean(r.Return.Route, others)), "; "))
	case 1:
		return named[0], nil
	}
	return genesys.Object{}, fmt.Errorf("there are %d call routes %q, and nobody can tell which is meant; rename one", len(named), r.Return.Route)
}
