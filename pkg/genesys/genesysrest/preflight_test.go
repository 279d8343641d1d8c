package genesysrest_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesysrest"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
)

// What an org allows is told as it is, whatever the org is short of.
func TestWhatAnOrgAllows(t *testing.T) {
	ctx := t.Context()
	_, c := org(t,
		genesystest.Limit("routing", "queues.max", 2), genesystest.WithoutPermission("routing:callRoute:add"), genesystest.Unlicensed("architect:datatable:add"),
		genesystest.Products("collaboratePro"), genesystest.WithIntegrationType("custom-rest-actions", genesystest.IntegrationType{MaxInstances: 3}),
		genesystest.WithIntegrationType("purecloud-data-actions", genesystest.IntegrationType{Absent: true}))
	if l, err := c.Limits(ctx, "routing"); err != nil || l["queues.max"] != 2 {
		t.Errorf("limits %v, %v", l, err)
	}
	if _, err := c.Limits(ctx, "no.such"); !errors.Is(err, genesys.ErrNotFound) {
		t.Errorf("an unknown namespace: %v", err)
	}
	if p, err := c.Products(ctx); err != nil || !slices.Equal(p, []string{"collaboratePro"}) {
		t.Errorf("products %v, %v", p, err)
	}
	if got, err := c.IntegrationType(ctx, "custom-rest-actions"); err != nil || got != (genesys.IntegrationType{Most: 3}) {
		t.Errorf("type %+v, %v", got, err)
	}
	if got, err := c.IntegrationType(ctx, "purecloud-data-actions"); err != nil || !got.Absent {
		t.Errorf("a type that is absent: %+v, %v", got, err)
	}
	known, err := c.KnownPermissions(ctx, []string{"architect", "routing"})
	if err != nil || !genesys.Permit(known, "routing:callRoute:add") || genesys.Permit(known, "architect:datatable:add") || genesys.Permit(known, "oauth:client:add") {
		t.Errorf("%d permissions, %v", len(known), err)
	}
	id, err := c.Who(ctx)
	if err != nil || id.May("routing:callRoute:add") || id.May("architect:datatable:add") || !id.May("routing:queue:add") || !id.May("architect:flow:publish") {
		t.Errorf("held: %d, %v", len(id.Permissions), err)
	}
	for p, want := range map[string]bool{"routing:queue:add": true, "routing:callRoute:add": false, "architect:datatable:add": false} {
		if all, where, err := c.Permitted(ctx, p); err != nil || all != want || (len(where) > 0) != want {
			t.Errorf("%s: %v %v %v", p, all, where, err)
		}
	}
	for i, name := range []string{"One", "Two", "Three"} {
		_, err := c.Create(ctx, genesys.Queue, map[string]any{"name": name})
		var refused *genesysrest.Error
		switch n, countErr := c.Count(ctx, genesys.Queue); {
		case i < 2 && (err != nil || countErr != nil || n != i+1):
			t.Errorf("%s: %v, then %d queues, %v", name, err, n, countErr)
		case i == 2 && (!errors.As(err, &refused) || refused.Limit != "routing/queues.max 2" || n != 2):
			t.Errorf("beyond the limit: %v, %d queues", err, n)
		}
	}
	if _, err := c.Create(ctx, genesys.CallRoute, map[string]any{"name": "r"}); !errors.Is(err, genesys.ErrForbidden) {
		t.Errorf("a withheld permission: %v", err)
	}
	for kind, want := range map[string]string{"purecloud-data-actions": "does not exist", "custom-rest-actions": "has 3"} {
		for range 4 {
			_, err = c.Create(ctx, genesys.Integration, map[string]any{"name": "i", "integrationType": map[string]any{"id": kind}})
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// Grants without policies are completed from the roles themselves.
func TestRolesAreReadWhereGrantsSayNothing(t *testing.T) {
	s, c := org(t, genesystest.Silent())
	id, err := c.Who(t.Context())
	if err != nil || !id.May("routing:queue:add") {
		t.Errorf("%+v, %v", id, err)
	}
	if n := len(slices.DeleteFunc(s.Calls(), func(c genesystest.Call) bool { return c.Method != http.MethodGet })); n != 4 {
		t.Errorf("%d reads", n)
	}
	_, c = org(t, genesystest.Silent(), genesystest.Permissions("routing:queue:view"))
	if id, err := c.Who(t.Context()); err != nil || len(id.Permissions) > 0 {
		t.Errorf("a role that may not be read: %+v, %v", id, err)
	}
}
