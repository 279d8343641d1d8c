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

// Roles is what a role needs of an org.
type Roles interface {
	Entities
	RevokeRole(ctx context.Context, clientID, divisionID, roleID string) error
	RoleHolders(ctx context.Context, roleID string) ([]string, error)
}

// roleKind is the role of the run-time client. Marked in its description.
type roleKind struct {
	lenient
	org Roles
}

func (k roleKind) find(ctx context.Context, r *run) ([]plan.Found, error) {
	return r.ours(ctx, k.org, genesys.Role, func(o genesys.Object) map[string]any {
		c := pick(o.Body, "name", "description")
		c["permissionPolicies"] = policies(o.Body["permissionPolicies"])
		return c
	})
}

// policies writes permission policies in one order: the platform keeps none.
func policies(v any) []any {
	l, _ := v.([]any)
	var out []any
	for _, p := range l {
		m := pick(object(p), "domain", "entityName", "actionSet", "allowConditions")
		actions, _ := m["actionSet"].([]any)
		actions = slices.Clone(actions)
		slices.SortFunc(actions, func(a, b any) int { return strings.Compare(text(a), text(b)) })
		m["actionSet"] = actions
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b any) int {
		x, y := object(a), object(b)
		return strings.Compare(text(x["domain"])+":"+text(x["entityName"]), text(y["domain"])+":"+text(y["entityName"]))
	})
	return out
}

func (k roleKind) create(ctx context.Context, r *run, d genesys.Entity) (string, error) {
	body, err := r.body(d)
	if err != nil {
		return "", err
	}
	return r.settled(ctx,
		func() (genesys.Object, error) { return k.org.Create(ctx, genesys.Role, body) },
		lookup(ctx, k.org, genesys.Role, d.Key.Name, r.hasMark))
}

func (k roleKind) update(ctx context.Context, r *run, c plan.Change, d genesys.Entity) error {
	body, err := r.body(d)
	if err != nil {
		return err
	}
	_, err = k.org.Update(ctx, genesys.Role, c.ID, body)
	return err
}

// holds tells of people, groups and clients that somebody else gave the role to.
func (k roleKind) holds(ctx context.Context, r *run, id string) (string, error) {
	holders, err := k.org.RoleHolders(ctx, id)
	if err != nil {
		return "", err
	}
	n := 0
	for _, h := range holders {
		if h != r.id.ClientID && !r.owns(genesys.OAuthClient, h) {
			n++
		}
	}
	if n == 0 {
		return "", nil
	}
	return fmt.Sprintf("it is held by others (%d)", n), nil
}

// remove takes the role back from the client that runs this before it goes.
func (k roleKind) remove(ctx context.Context, r *run, c plan.Change) error {
	for _, g := range r.id.Grants {
		if g.RoleID != c.ID {
			continue
		}
		if err := k.org.RevokeRole(ctx, r.id.ClientID, g.DivisionID, c.ID); err != nil && !errors.Is(err, genesys.ErrNotFound) {
			return fmt.Errorf("take the run-time role back from this client: %w", err)
		}
	}
	if err := k.org.Delete(ctx, genesys.Role, c.ID); err != nil {
		return fmt.Errorf("a role goes only after the client that holds it: %w", err)
	}
	return nil
}
