package cli_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesysrest"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/secret"
)

// Somebody changes the role by hand, and again each time before setup changes it back: setup
// plans again, and gives up after a few times.
func TestSetupPlansAgain(t *testing.T) {
	crm := hubspottest.New(hubspot.CRM{Portal: "24681357"}, hubspottest.WithLimits(hubspottest.Limits{}), hubspottest.Tokens(func(string) (hubspottest.Grant, bool) {
		return hubspottest.Grant{Scopes: hubspottest.DefaultScopes()}, true
	}), hubspottest.Define("contacts", hubspottest.Property{Name: "segment"}))
	hub := httptest.NewServer(crm)
	defer hub.Close()
	server, err := genesystest.New(nil, described(t), genesystest.Remote(transport.Handler(crm)))
	if err != nil {
		t.Fatal(err)
	}
	server.Apply(genesystest.Seed{Org: "Acme", Numbers: []string{"+15135550100"}, Skills: []string{"English"}, Queues: []genesystest.SeedQueue{
		{Name: "Sales", Staff: []genesystest.SeedUser{{Name: "A", Skills: []string{"English"}}}}, {Name: "Care", Staff: []genesystest.SeedUser{{Name: "B"}}}, {Name: "General", Staff: []genesystest.SeedUser{{Name: "C"}}},
	}})
	looks, edits := 0, 0
	more := 0 // edits still to come, before a look at the roles
	var edit func()
	org := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/authorization/roles") && edit != nil {
			if looks++; looks%2 == 0 && more > 0 { // the first one is the plan's
				more--
				edit()
			}
		}
		server.ServeHTTP(w, r)
	}))
	defer org.Close()
	direct := httptest.NewServer(server)
	defer direct.Close()
	hand, err := genesysrest.New(genesysrest.Config{API: direct.URL, Apps: direct.URL, Client: genesystest.ClientID, Secret: secret.New(genesystest.ClientSecret), PerMin: 1_000_000})
	if err != nil {
		t.Fatal(err)
	}
	m := newMarked(t, "mixed")
	m.env["GENESYSCLOUD_OAUTHCLIENT_SECRET"] = genesystest.ClientSecret
	run := func() (int, string) {
		code, out, errs := m.run("setup", "--yes", "-f", m.file, "--genesys-base-url", org.URL, "--hubspot-base-url", hub.URL)
		return code, out + errs
	}
	if code, text := run(); code != 0 {
		t.Fatal(text)
	}
	edit = func() {
		edits++
		all, err := hand.Find(context.Background(), genesys.Role, "acme-marked runtime")
		if err != nil || len(all) != 1 {
			t.Error(len(all), err)
			return
		}
		body := map[string]any{
			"name": all[0].Body["name"], "description": all[0].Body["description"], "permissions": []any{},
			"permissionPolicies": []any{map[string]any{"domain": "routing", "entityName": "queue", "actionSet": []any{[]string{"view", "edit", "add", "delete"}[edits%4]}, "allowConditions": false}},
		}
		if _, err := hand.Update(context.Background(), genesys.Role, all[0].ID, body); err != nil {
			t.Error(err)
		}
	}
	for _, c := range []struct{ edits, code, again int }{{0, 0, 0}, {1, 0, 1}, {2, 0, 2}, {100, 1, 2}} {
		looks, more = 0, c.edits
		edit()
		code, text := run()
		if n := strings.Count(text, "planned again"); code != c.code || n != c.again {
			t.Errorf("%d further edits: exit code %d, planned again %d times\n%s", c.edits, code, n, text)
		}
		if c.code == 1 && !strings.Contains(text, "somebody changed it since the plan was made") {
			t.Errorf("%d further edits: %s", c.edits, text)
		}
		more = 0
	}
	if code, text := run(); code != 0 {
		t.Error(fmt.Sprint(code), text)
	}
}
