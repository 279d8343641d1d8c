package cli_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/cli"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
)

// The key is looked at before anything is written, and what is wrong with it is named by setup
// and by plan.
func TestTheKeyIsCheckedFirst(t *testing.T) {
	const dealsOnly, contactsOnly, right = "pat-na1-deals", "pat-na1-contacts", markedKey
	scopes := map[string][]string{
		dealsOnly: {hubspottest.ScopeDeals}, contactsOnly: {hubspottest.ScopeContacts}, right: hubspottest.DefaultScopes(),
	}
	for _, told := range []bool{true, false} { // whether HubSpot tells the scopes of a key
		crm := hubspottest.New(hubspot.CRM{Portal: "24681357"}, hubspottest.WithLimits(hubspottest.Limits{}), hubspottest.Tokens(func(bearer string) (hubspottest.Grant, bool) {
			s, ok := scopes[bearer]
			if !strings.HasPrefix(bearer, "pat-") { // the hash by which the emulated org knows a key
				s, ok = hubspottest.DefaultScopes(), true
			}
			return hubspottest.Grant{Scopes: s}, ok
		}), hubspottest.Assume(func(a *hubspottest.Assumptions) { a.TokenInfoForKeys = told }), hubspottest.Define("contacts", hubspottest.Property{Name: "segment"}))
		hub := httptest.NewServer(crm)
		defer hub.Close()
		server, err := genesystest.New(nil, described(t), genesystest.Remote(transport.Handler(crm)))
		if err != nil {
			t.Fatal(err)
		}
		server.Apply(genesystest.Seed{Org: "Acme", Numbers: []string{"+15135550100"}, Skills: []string{"English"}, Queues: []genesystest.SeedQueue{
			{Name: "Sales", Staff: []genesystest.SeedUser{{Name: "A", Skills: []string{"English"}}}}, {Name: "Care", Staff: []genesystest.SeedUser{{Name: "B"}}}, {Name: "General", Staff: []genesystest.SeedUser{{Name: "C"}}},
		}})
		m := newMarked(t, "mixed")
		m.env["GENESYSCLOUD_OAUTHCLIENT_SECRET"] = genesystest.ClientSecret
		var errs bytes.Buffer
		before := "" // what was said before the first call
		org := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if before == "" {
				before = errs.String() + "."
			}
			server.ServeHTTP(w, r)
		}))
		defer org.Close()
		run := func(args ...string) (int, string) {
			var out bytes.Buffer
			errs.Reset()
			before = ""
			server.ForgetCalls()
			code := cli.Main(context.Background(), append(args, "-f", m.file, "--genesys-base-url", org.URL, "--hubspot-base-url", hub.URL), m.in(&out, &errs))
			return code, out.String() + errs.String()
		}
		writes := func() (n int) {
			for _, c := range server.Calls() {
				if c.Write {
					n++
				}
			}
			return n
		}
		for _, c := range []struct {
			key  string
			want []string
		}{
			{"pat-na1-wrong", []string{"HUBSPOT_SERVICE_KEY", "HubSpot does not know the key"}},
			{dealsOnly, []string{"HUBSPOT_SERVICE_KEY", "lacks the scopes crm.objects.contacts.read;"}},
			{contactsOnly, []string{"HUBSPOT_SERVICE_KEY", "lacks the scopes crm.objects.deals.read;"}},
			{"", []string{"HUBSPOT_SERVICE_KEY is not set"}},
		} {
			m.env["HUBSPOT_SERVICE_KEY"] = c.key
			for _, command := range [][]string{{"plan"}, {"setup", "--yes"}, {"setup", "--yes", "-o", "json"}, {"plan", "-o", "json"}} {
				code, text := run(command...)
				if want := map[string]int{"plan": 0, "setup": 1}[command[0]]; code != want {
					t.Errorf("%v with key %q: exit code %d", command, c.key, code)
				}
				for _, s := range c.want {
					if !strings.Contains(text, s) {
						t.Errorf("%v with key %q does not say %q:\n%s", command, c.key, s, text)
					}
				}
				if n := writes(); n > 0 {
					t.Errorf("%v with key %q wrote %d times", command, c.key, n)
				}
				if c.key == "" && command[0] == "setup" && !strings.Contains(before, "HUBSPOT_SERVICE_KEY") {
					t.Errorf("%v without a key says nothing before the first call: %q", command, before)
				}
				if c.key != "" && strings.Contains(text, c.key) {
					t.Errorf("%v shows the key", command)
				}
			}
		}
		m.env["HUBSPOT_SERVICE_KEY"] = right
		if code, text := run("setup", "--yes"); code != 0 || writes() == 0 {
			t.Fatalf("with the right key: %d\n%s", code, text)
		}
		m.env["HUBSPOT_SERVICE_KEY"] = ""
		if code, text := run("setup", "--yes"); code != 0 || writes() > 0 {
			t.Errorf("a second setup without a key: %d, %d writes\n%s", code, writes(), text)
		}
	}
}
