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

// routeKind is the call route, where live traffic begins: it comes last, after the
// staffing check. Numbers of other routes are left where they are unless the cutover is
// asked for.
type routeKind struct{}

func (routeKind) immutable() []string { return nil }

func (routeKind) find(ctx context.Context, r *run) ([]plan.Found, error) {
	return r.ours(ctx, genesys.CallRoute, func(o genesys.Object) map[string]any {
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

// numbers takes out those that another owner has, and says so.
func (routeKind) numbers(ctx context.Context, r *run, self string, body map[string]any) error {
	wanted, _ := body["dnis"].([]any)
	names := make([]string, 0, len(wanted))
	for _, n := range wanted {
		names = append(names, text(n))
	}
	known, err := r.org.Numbers(ctx, names)
	if errors.Is(err, genesys.ErrForbidden) {
		r.warn("the numbers were not checked: this client may not look them up (telephony:plugin:all)")
		return nil
	}
	if err != nil {
		return fmt.Errorf("look up the numbers: %w", err)
	}
	var free []any
	for _, n := range names {
		switch o, ok := known[n]; {
		case !ok || !o.InPool:
			return fmt.Errorf("number %s is in no pool of this org; add it there first, or take it out of calls.numbers", n)
		case o.OwnerID != "" && o.OwnerID != self:
			if r.Cutover {
				return fmt.Errorf("number %s belongs to %s %q; moving a number between routes is not built yet", n, o.OwnerType, o.OwnerName)
			}
			r.warn("number %s stays on %q: move it with --cutover", n, o.OwnerName)
		default:
			free = append(free, n)
		}
	}
	body["dnis"] = append([]any{}, free...)
	return nil
}

// staffed refuses to send calls where nobody answers.
func (r *run) staffed(ctx context.Context) error {
	var bad []string
	members := map[string][]genesys.Member{}
	for _, t := range r.Targets {
		id, ok := r.resolveRef(genesys.Ref{Key: genesys.Key{Kind: genesys.Queue, Name: t.Queue}, Field: "id"})
		if !ok {
			return fmt.Errorf("queue %q has no id", t.Queue)
		}
		ms, asked := members[id]
		if !asked {
			var err error
			if ms, err = r.org.QueueMembers(ctx, id); err != nil {
				return fmt.Errorf("members of queue %q: %w", t.Queue, err)
			}
			members[id] = ms
		}
		switch {
		case len(ms) == 0:
			bad = append(bad, fmt.Sprintf("queue %q has no members", t.Queue))
		case !slices.ContainsFunc(ms, func(m genesys.Member) bool {
			return !slices.ContainsFunc(t.Skills, func(s string) bool { return !slices.Contains(m.Skills, s) })
		}):
			bad = append(bad, fmt.Sprintf("nobody in queue %q holds %s, which %s asks for", t.Queue, quoted(t.Skills), t.Rule))
		}
	}
	slices.Sort(bad)
	bad = slices.Compact(bad)
	if len(bad) == 0 {
		return nil
	}
	if r.AllowUnstaffed {
		for _, b := range bad {
			r.warn("%s", b)
		}
		return nil
	}
	return &UnstaffedError{Reasons: bad}
}

// An UnstaffedError says which targets of the rules have nobody to answer.
type UnstaffedError struct{ Reasons []string }

func (e *UnstaffedError) Error() string {
	return "calls would wait for nobody: " + strings.Join(e.Reasons, "; ")
}

func (k routeKind) create(ctx context.Context, r *run, d genesys.Entity) (string, error) {
	if err := r.staffed(ctx); err != nil {
		return "", err
	}
	body, err := r.body(d)
	if err != nil {
		return "", err
	}
	if err := k.numbers(ctx, r, "", body); err != nil {
		return "", err
	}
	id, err := r.settled(ctx,
		func() (genesys.Object, error) { return r.org.Create(ctx, genesys.CallRoute, body) },
		r.lookup(ctx, genesys.CallRoute, d.Key.Name, r.hasMark))
	if err != nil {
		return "", err
	}
	return id, r.visible(ctx, genesys.CallRoute, id)
}

func (k routeKind) update(ctx context.Context, r *run, c plan.Change, d genesys.Entity) error {
	if err := r.staffed(ctx); err != nil {
		return err
	}
	body, err := r.body(d)
	if err != nil {
		return err
	}
	if err := k.numbers(ctx, r, c.ID, body); err != nil {
		return err
	}
	for try := 0; ; try++ {
		now, err := r.org.Read(ctx, genesys.CallRoute, c.ID)
		if err != nil {
			return err
		}
		body["version"] = now.Body["version"]
		_, err = r.org.Update(ctx, genesys.CallRoute, c.ID, body)
		if err == nil || !errors.Is(err, genesys.ErrConflict) || try == 3 {
			return err
		}
	}
}

func (routeKind) remove(ctx context.Context, r *run, c plan.Change) error {
	return r.org.Delete(ctx, genesys.CallRoute, c.ID)
}
