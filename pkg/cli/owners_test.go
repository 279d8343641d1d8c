package cli_test

import (
	"bytes"
	"context"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/cli"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
)

// Where HubSpot's owners cannot be read the rows stay as they are, and that is told; a key without
// their scope is refused as one without any other.
func TestOwnersThatCannotBeRead(t *testing.T) {
	const deployment = `version: 1
name: acme
genesys: {region: eu-central-1}
hubspot: {lookup: {homeCountries: [US]}}
calls: {numbers: ["+15135550100"], greeting: Hello}
routing:
  rules: [{name: known, when: {outcome: active_deal}, to: {queue: Sales, owner: prefer}}]
  fallback: {queue: General}
`
	scopes := append(hubspottest.DefaultScopes(), hubspottest.ScopeOwners)
	crm := hubspottest.New(hubspot.CRM{Owners: []hubspot.Owner{{ID: "41", Email: "ada@example.com"}}}, hubspottest.WithLimits(hubspottest.Limits{}),
		hubspottest.Tokens(func(bearer string) (hubspottest.Grant, bool) {
			if bearer == "pat-na1-no-owners" {
				return hubspottest.Grant{Scopes: hubspottest.DefaultScopes()}, true
			}
			return hubspottest.Grant{Scopes: scopes}, true
		}))
	hub := httptest.NewServer(crm)
	defer hub.Close()
	server, err := genesystest.New(nil, described(t), genesystest.Remote(transport.Handler(crm)))
	if err != nil {
		t.Fatal(err)
	}
	ada := genesystest.SeedUser{Name: "Ada", Email: "Ada@example.com"}
	server.Apply(genesystest.Seed{Org: "Acme", Numbers: []string{"+15135550100"}, Users: []genesystest.SeedUser{ada}, Queues: []genesystest.SeedQueue{
		{Name: "Sales", Staff: []genesystest.SeedUser{ada}}, {Name: "General", Staff: []genesystest.SeedUser{ada}},
	}})
	org := httptest.NewServer(server)
	defer org.Close()
	m := newMarked(t, "mixed")
	if err := os.WriteFile(m.file, []byte(deployment), 0o600); err != nil {
		t.Fatal(err)
	}
	m.env["GENESYSCLOUD_OAUTHCLIENT_SECRET"] = genesystest.ClientSecret
	run := func(key string, args ...string) (code int, text string, writes int) {
		t.Helper()
		m.env["HUBSPOT_SERVICE_KEY"] = key
		var out bytes.Buffer
		server.ForgetCalls()
		code = cli.Main(context.Background(), append(args, "-f", m.file, "--genesys-base-url", org.URL, "--hubspot-base-url", hub.URL), m.in(&out, &out))
		for _, c := range server.Calls() {
			if c.Write {
				writes++
			}
		}
		if text = out.String(); strings.Contains(text, "@") {
			t.Errorf("%v shows an address of mail:\n%s", args, text)
		}
		return code, text, writes
	}
	if code, text, _ := run(markedKey, "setup", "--yes"); code != 0 || !strings.Contains(text, "acme-owners/41") {
		t.Fatalf("setup: %d\n%s", code, text)
	}
	const stay = `owners were not compared, the rows of table "acme-owners" stay as they are: `
	for _, c := range []struct {
		name, key string
		fault     hubspottest.Fault
		want      string
	}{
		{"no key", "", "", stay + "HUBSPOT_SERVICE_KEY is not set"},
		{"HubSpot fails", markedKey, hubspottest.FaultServer, stay + "read the owners: "},
	} {
		if c.fault != "" {
			crm.Fail(hubspottest.Rule{Fault: c.fault, Kind: hubspottest.OwnerRead})
		}
		for _, command := range [][]string{{"plan"}, {"setup", "--yes"}} {
			code, text, writes := run(c.key, command...)
			if code != 0 || writes > 0 || !strings.Contains(text, c.want) || strings.Contains(text, "delete") {
				t.Errorf("%s: %v: exit code %d, %d writes, want %q:\n%s", c.name, command, code, writes, c.want, text)
			}
		}
		crm.Heal()
	}
	if code, text, writes := run("pat-na1-no-owners", "setup", "--yes"); code != 1 || writes > 0 || !strings.Contains(text, "lacks the scopes "+hubspottest.ScopeOwners) {
		t.Errorf("a key without the scope: exit code %d, %d writes\n%s", code, writes, text)
	}
}
