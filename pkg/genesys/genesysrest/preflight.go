package genesysrest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	sdk "github.com/mypurecloud/platform-client-sdk-go/v150/platformclientv2"
	"golang.org/x/sync/errgroup"
)

// What an org allows, read before anything is written.

func (a apis) organization() sdk.OrganizationApi { return sdk.OrganizationApi{Configuration: a.sdk} }

// Limits reads the quotas of a namespace that are in force, by key. No permission is needed.
func (c *Client) Limits(ctx context.Context, namespace string) (map[string]int, error) {
	all, err := c.list(ctx, func(a apis, _ int) error {
		return sent(a.organization().GetOrganizationsLimitsNamespace(namespace))
	}, "key")
	if err != nil {
		return nil, err
	}
	out := map[string]int{}
	for _, o := range all {
		if n, ok := o.Body["value"].(float64); ok {
			out[o.Text("key")] = int(n)
		}
	}
	return out, nil
}

// Products lists the ids of what the org has bought. No permission is needed.
func (c *Client) Products(ctx context.Context) ([]string, error) {
	all, err := c.list(ctx, func(a apis, _ int) error { return sent(a.auth().GetAuthorizationProducts()) }, "id")
	var out []string
	for _, o := range all {
		out = append(out, o.ID)
	}
	return out, err
}

// KnownPermissions lists the permissions of these domains that the org's product knows; one that is
// missing cannot be granted there (inferred). No permission is needed.
func (c *Client) KnownPermissions(ctx context.Context, domains []string) ([]genesys.Permission, error) {
	all, err := c.list(ctx, func(a apis, page int) error {
		return sent(a.auth().GetAuthorizationPermissions(pageSize, page, "domain", strings.Join(domains, ",")))
	}, "domain")
	if err != nil {
		return nil, err
	}
	var out []genesys.Permission
	for _, o := range all {
		entities, _ := o.Body["permissionMap"].(map[string]any)
		for entity, v := range entities {
			actions, _ := v.([]any)
			for _, a := range actions {
				m, _ := a.(map[string]any)
				action, _ := m["action"].(string)
				out = append(out, genesys.Permission{Domain: o.Text("domain"), Entity: entity, Action: action})
			}
		}
	}
	return out, nil
}

// Permitted tells whether this client holds a permission somewhere, and, unless everywhere, in
// which divisions. No permission is needed.
func (c *Client) Permitted(ctx context.Context, permission string) (everywhere bool, divisions []string, err error) {
	var page struct {
		pageOf
		All bool `json:"allDivsPermitted"`
	}
	page.members, page.number = []string{"id"}, 1
	err = c.ask(ctx, func(a apis) error {
		return sent(a.auth().GetAuthorizationDivisionspermittedPagedMe(permission, 1, pageSize))
	}, &page)
	for _, e := range page.Entities {
		divisions = append(divisions, objectOf(e).ID)
	}
	return page.All, divisions, err
}

// IntegrationType reads what the org says of a type of integrations; one that it does not have is
// no error.
func (c *Client) IntegrationType(ctx context.Context, id string) (genesys.IntegrationType, error) {
	o, err := c.object(ctx, request{op: func(a apis, _ *body) error { return sent(a.integrations().GetIntegrationsType(id)) }})
	if missing(err) {
		return genesys.IntegrationType{Absent: true}, nil
	}
	t := genesys.IntegrationType{Barred: o.Body["nonInstallable"] == true}
	if n, ok := o.Body["maxInstances"].(float64); ok {
		t.Most = int(n)
	}
	return t, err
}

// Count tells how many entities of a kind the org has, as its quotas count them: flows of every type,
// roles and data actions that people made.
func (c *Client) Count(ctx context.Context, k genesys.Kind) (int, error) {
	switch k {
	case genesys.Role:
		all, err := c.Find(ctx, k, "")
		return len(slices.DeleteFunc(all, func(o genesys.Object) bool { return o.Body["default"] == true })), err
	case genesys.DataAction:
		all, err := c.Find(ctx, k, "")
		return len(slices.DeleteFunc(all, func(o genesys.Object) bool { return strings.HasPrefix(o.ID, "static_") })), err
	}
	list := kinds[k].list
	if list == nil {
		return 0, cannot("list", k)
	}
	if k == genesys.Flow {
		list = func(a apis, _ string, page int) error {
			return sent(a.architect().GetFlows(nil, page, pageSize, "", "", nil, "", "", "", "", "", "", "", "", false, false, "", "", nil))
		}
	}
	page := pageOf{members: []string{"id"}, number: 1}
	if err := c.ask(ctx, func(a apis) error { return list(a, "", 1) }, &page); err != nil {
		return 0, err
	}
	if page.Total == nil && !page.last() {
		return 0, fmt.Errorf("the platform does not count its %s entities", k)
	}
	if page.Total == nil {
		return len(page.Entities), nil
	}
	return *page.Total, nil
}

// Prompts lists the user prompts whose name is exactly this one; capitals count.
func (c *Client) Prompts(ctx context.Context, name string) ([]genesys.Object, error) {
	all, err := c.list(ctx, func(a apis, page int) error {
		return sent(a.architect().GetArchitectPrompts(page, pageSize, []string{name}, "", "", "", "", false, false, nil))
	}, "id", "name")
	return living(all, name), err
}

// policiesOf reads the permissions of roles whose grants came without: newer versions of the API leave
// them out (facts of the platform; undocumented). What cannot be read is not known.
func (c *Client) policiesOf(ctx context.Context, roles []string) (held, conditional []genesys.Permission) {
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	for _, id := range roles {
		g.Go(func() error {
			o, err := c.Read(ctx, genesys.Role, id)
			if err != nil {
				return nil //nolint:nilerr // nobody knows, then
			}
			policies, _ := o.Body["permissionPolicies"].([]any)
			mu.Lock()
			defer mu.Unlock()
			for _, p := range policies {
				m, _ := p.(map[string]any)
				actions, _ := m["actionSet"].([]any)
				domain, _ := m["domain"].(string)
				entity, _ := m["entityName"].(string)
				for _, a := range actions {
					action, _ := a.(string)
					p := genesys.Permission{Domain: domain, Entity: entity, Action: action}
					if m["resourceConditionNode"] != nil {
						conditional = append(conditional, p)
						continue
					}
					held = append(held, p)
				}
			}
			return nil
		})
	}
	_ = g.Wait() // it has no error
	return held, conditional
}

// Ping asks for the home division, once: to see how long an answer takes. No permission is needed.
func (c *Client) Ping(ctx context.Context) error {
	home := object{members: []string{"id", "name"}}
	return c.ask(transport.Once(ctx), func(a apis) error { return sent(a.auth().GetAuthorizationDivisionsHome()) }, &home)
}
