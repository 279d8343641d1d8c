package reconcile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

// Routes is what a call route needs of an org.
type Routes interface {
	Entities
	Numbers(ctx context.Context, numbers []string) (map[string]genesys.Number, error)
}

// routeKind is the call route, where live traffic begins: it comes last. Numbers of other
// routes are left where they are unless the cutover is asked for.
type routeKind struct {
	lenient
	org Routes
}

func (k routeKind) find(ctx context.Context, r *run) ([]plan.Found, error) {
	return r.ours(ctx, k.org, genesys.CallRoute, func(o genesys.Object) map[string]any {
		c := pick(o.Body, "name", "description")
		c["division"] = pick(object(o.Body["division"]), "id")
		c["openHoursFlow"] = pick(object(o.Body["openHoursFlow"]), "id")
		c["dnis"] = sortedTexts(o.Body["dnis"])
		return c
	})
}

func sortedTexts(v any) []any {
	l, _ := v.([]any)
	l = slices.Clone(l)
	slices.SortFunc(l, func(a, b any) int { return strings.Compare(text(a), text(b)) })
	return l
}

// numbers decides, before anything is planned, which of the wanted numbers a route gets:
// those in a pool that are free or its own already. One that another owner has stays there,
// which is told; one in no pool stops everything. They are looked up only when the route
// does not have exactly what it should.
func (k routeKind) numbers(ctx context.Context, r *run, found []plan.Found) (map[genesys.Key]plan.Verdict, error) {
	out := map[genesys.Key]plan.Verdict{}
	r.desired = slices.Clone(r.desired)
	for i, d := range r.desired {
		if d.Key.Kind != genesys.CallRoute {
			continue
		}
		var self plan.Found
		for _, f := range found {
			if f.Key == d.Key && (f.Owned || r.Adopt && self.ID == "") {
				self = f
			}
		}
		wanted := sortedTexts(d.Content["dnis"])
		if have, ok := self.Content["dnis"].([]any); ok && slices.Equal(have, wanted) {
			continue
		}
		names := make([]string, 0, len(wanted))
		for _, n := range wanted {
			names = append(names, text(n))
		}
		known, err := k.org.Numbers(ctx, names)
		if errors.Is(err, genesys.ErrForbidden) {
			r.warn("the numbers were not checked: this client may not look them up (telephony:plugin:all)")
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("look up the numbers: %w", err)
		}
		free := []any{}
		var kept, missing []string
		for _, n := range names {
			switch o := known[n]; {
			case !o.InPool:
				missing = append(missing, n)
			case o.OwnerID != "" && o.OwnerID != self.ID:
				kept = append(kept, fmt.Sprintf("number %s stays on %s", n, ownerOf(o)))
			default:
				free = append(free, n)
			}
		}
		switch {
		case len(missing) > 0:
			out[d.Key] = plan.Verdict{Refused: true, Reason: isAre(missing) + " in no pool of this org; add it there first, or take it out of calls.numbers"}
		case len(kept) > 0 && r.Cutover:
			out[d.Key] = plan.Verdict{Refused: true, Reason: strings.Join(kept, ", ") + ", and moving a number between owners is not built yet: free it there first"}
		case len(kept) > 0:
			out[d.Key] = plan.Verdict{Reason: strings.Join(kept, ", ")}
			for _, what := range kept {
				r.warn("%s; calls to it do not reach this deployment", what)
			}
		}
		d.Content = maps.Clone(d.Content)
		d.Content["dnis"] = free
		r.desired[i] = d
	}
	return out, nil
}

func ownerOf(n genesys.Number) string {
	kind := map[string]string{"IVR_CONFIG": "call route", "USER": "user", "PHONE": "phone", "GROUP": "group"}[n.OwnerType]
	if kind == "" {
		kind = strings.ToLower(n.OwnerType)
	}
	return fmt.Sprintf("%s %q", kind, n.OwnerName)
}

func isAre(numbers []string) string {
	if len(numbers) == 1 {
		return "number " + numbers[0] + " is"
	}
	return "numbers " + strings.Join(numbers, ", ") + " are"
}

func (k routeKind) create(ctx context.Context, r *run, d genesys.Entity) (string, error) {
	body, err := r.body(d)
	if err != nil {
		return "", err
	}
	id, err := r.settled(ctx, func() (genesys.Object, error) {
		var o genesys.Object
		// Genesys: numbers of a fresh pool are refused for a while, with a text about the pool.
		err := genesys.NumbersKnown.Poll(ctx, r.Wait, func() (_ bool, err error) {
			o, err = k.org.Create(ctx, genesys.CallRoute, body)
			return platformCode(err) != "general.bad.request", err
		})
		return o, err
	}, lookup(ctx, k.org, genesys.CallRoute, d.Key.Name, r.hasMark))
	if err != nil {
		return "", err
	}
	return id, r.visible(ctx, k.org, genesys.CallRoute, id)
}

func (k routeKind) update(ctx context.Context, r *run, c plan.Change, d genesys.Entity) error {
	body, err := r.body(d)
	if err != nil {
		return err
	}
	before, err := k.org.Read(ctx, genesys.CallRoute, c.ID)
	if err != nil {
		return err
	}
	version := before.Body["version"]
	for try := 0; ; try++ {
		body["version"] = version
		_, err = k.org.Update(ctx, genesys.CallRoute, c.ID, body)
		if err == nil {
			return nil
		}
		now, readErr := k.org.Read(ctx, genesys.CallRoute, c.ID)
		if readErr != nil {
			return errors.Join(err, readErr)
		}
		version = now.Body["version"]
		if !again(err, try) {
			return errors.Join(err, k.restore(ctx, r, before, now))
		}
	}
}

// restore gives a route the numbers back that a failed change took from it. Genesys: a
// failed PUT can lose them.
func (k routeKind) restore(ctx context.Context, r *run, before, now genesys.Object) error {
	had, has := sortedTexts(before.Body["dnis"]), sortedTexts(now.Body["dnis"])
	if !slices.ContainsFunc(had, func(n any) bool { return !slices.Contains(has, n) }) {
		return nil
	}
	body := pick(before.Body, "name", "description", "division", "dnis", "openHoursFlow", "closedHoursFlow", "holidayHoursFlow", "scheduleGroup")
	body["version"] = now.Body["version"]
	if _, err := k.org.Update(ctx, genesys.CallRoute, now.ID, body); err != nil {
		return fmt.Errorf("it lost numbers, and giving them back failed: %w", err)
	}
	return nil
}

// holds tells of numbers that the deployment file does not name: somebody else put them there.
// A file without a route names none, and gives up those that it had.
func (k routeKind) holds(_ context.Context, r *run, id string) (string, error) {
	var named []any
	for _, d := range r.File {
		if d.Key.Kind == genesys.CallRoute {
			named = append(named, sortedTexts(d.Content["dnis"])...)
		}
	}
	i := slices.IndexFunc(r.found, func(f plan.Found) bool { return f.ID == id })
	if len(named) == 0 || i < 0 {
		return "", nil
	}
	var others []string
	for _, n := range sortedTexts(r.found[i].Content["dnis"]) {
		if !slices.Contains(named, n) {
			others = append(others, text(n))
		}
	}
	if len(others) == 0 {
		return "", nil
	}
	return fmt.Sprintf("%s on it, which the deployment file does not name; move what must stay, then run it again", isAre(others)), nil
}

func (k routeKind) remove(ctx context.Context, r *run, c plan.Change) error {
	return k.org.Delete(ctx, genesys.CallRoute, c.ID)
}
