package cli_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
)

// firms are fixtures with companies of one number, the first modified last, and an open deal of
// one of them.
func firms(n, deal int) string {
	var b strings.Builder
	b.WriteString("version: 1\nnow: 2026-11-23T15:00:00Z\nportal: \"1\"\ncurrency: EUR\ncompanies:\n  - {id: \"699\", properties: {phone: 030 1}}\n")
	for i := range n {
		fmt.Fprintf(&b, "  - {id: \"%d\", updated: 2026-11-%02dT10:00:00Z, properties: {phone: %q}}\n", 700+i, 20-i, []string{"030 23125143", "+493023125143", "030/23125143"}[i%3])
	}
	fmt.Fprintf(&b, "deals:\n  - {id: \"9000\", companies: [\"%d\"], properties: {pipeline: default, dealstage: contractsent, amount: \"10\"}}\n", deal)
	return b.String()
}

// Why a company was taken or not, and which caller takes how many requests.
func TestACompanyIsExplained(t *testing.T) {
	const (
		nobody  = "no contact has this number, and no company has it in a way of writing that is looked for"
		several = "no contact has this number; it is that of %d companies, of which this one was modified last"
		fifth   = "find deals: 5 companies have this number, and one request asks for the deals of 4"
	)
	p := newProgram(t)
	for _, c := range []struct {
		name, lookup, crm, want string
		requests                int
	}{
		{"none", "company: numbers", firms(0, 699), "no_record <nil> " + nobody, 2},
		{"one", "company: numbers", firms(1, 700), "active_deal 700 no contact has this number; it is a company's own", 3},
		{"best of two", "company: numbers", firms(2, 701), "contact_no_deal 700 " + fmt.Sprintf(several, 2), 3},
		{"all of two", "company: numbers, duplicates: all", firms(2, 701), "active_deal 700 " + fmt.Sprintf(several, 2), 3},
		{"two are nobody", "company: numbers, duplicates: ambiguous-is-unknown", firms(2, 701), "no_record <nil> 2 companies have this number, and hubspot.lookup.duplicates is ambiguous-is-unknown", 2},
		{"one too many", "company: numbers, duplicates: all", firms(5, 704), "lookup_failed 700 " + fmt.Sprintf(several, 5) + "\n" + fifth + ", and none of those read is open; whether another one is, is not known", 3},
		{"one too many, one open", "company: numbers, duplicates: all", firms(5, 700), "active_deal 700 " + fmt.Sprintf(several, 5) + "\n" + fifth + "; the value is that of those read", 3},
		{"not looked for", "company: deals", firms(1, 700), "no_record <nil> ", 1},
		{"contacts that are nobody", "company: numbers, duplicates: ambiguous-is-unknown", sharers(2, "", 0), "no_record <nil> 2 contacts have this number, and hubspot.lookup.duplicates is ambiguous-is-unknown", 1},
		{"a fifth contact", "company: deals, duplicates: all", sharers(5, "", 0), "lookup_failed <nil> find deals: 5 contacts have this number, and one request asks for the deals of 4, and none of those read is open; whether another one is, is not known", 2},
	} {
		calls, text := tell(t, p, dach(c.lookup, toCentre), "--fixtures", c.crm, "--ani", "+493023125143")
		id := "<nil>"
		if calls[0].CompanyID != nil {
			id = *calls[0].CompanyID
		}
		notes := regexp.MustCompile(`(?m)^acme-why (.*) [0-9a-f]{8}:`).ReplaceAllString(strings.Join(calls[0].Notes, "\n"), "$1:")
		if got := calls[0].Outcome + " " + id + " " + notes; got != c.want || calls[0].HubSpotRequests != c.requests {
			t.Errorf("%s: %q after %d requests, want %q after %d", c.name, got, calls[0].HubSpotRequests, c.want, c.requests)
		}
		if strings.Contains(text, "company "+id) != (id != "<nil>") {
			t.Errorf("%s: %s", c.name, text)
		}
	}
}

// A key without the scope for companies is refused before anything is written, where a company's
// number is looked up, and only there.
func TestTheKeyNeedsTheScopeForCompanies(t *testing.T) {
	for _, told := range []bool{true, false} { // whether HubSpot tells the scopes of a key
		crm := hubspottest.New(hubspot.CRM{Portal: "24681357"}, hubspottest.WithLimits(hubspottest.Limits{}), hubspottest.Tokens(func(string) (hubspottest.Grant, bool) {
			return hubspottest.Grant{Scopes: []string{hubspottest.ScopeContacts, hubspottest.ScopeDeals}}, true
		}), hubspottest.Assume(func(a *hubspottest.Assumptions) { a.TokenInfoForKeys = told }))
		hub := httptest.NewServer(crm)
		defer hub.Close()
		server, err := genesystest.New(nil, described(t), genesystest.Remote(transport.Handler(crm)))
		if err != nil {
			t.Fatal(err)
		}
		server.Apply(genesystest.Seed{Org: "Acme", Numbers: []string{"+15135550100"}, Queues: []genesystest.SeedQueue{{Name: "General", Staff: []genesystest.SeedUser{{Name: "A"}}}}})
		org := httptest.NewServer(server)
		defer org.Close()
		for _, company := range []string{"numbers", "deals", "none"} {
			m := newMarked(t, "mixed")
			m.env["GENESYSCLOUD_OAUTHCLIENT_SECRET"], m.env["HUBSPOT_SERVICE_KEY"] = genesystest.ClientSecret, markedKey
			text := "version: 1\nname: acme-marked\ngenesys: {region: eu-central-1}\nhubspot: {portal: \"24681357\", lookup: {homeCountries: [US], company: " + company + "}}\n" +
				"calls: {numbers: [\"+15135550100\"]}\nrouting: {fallback: {queue: General}}\n"
			if err := os.WriteFile(m.file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			server.ForgetCalls()
			code, stdout, stderr := m.run("setup", "--yes", "-f", m.file, "--genesys-base-url", org.URL, "--hubspot-base-url", hub.URL)
			said := stdout + stderr
			refused := strings.Contains(said, "lacks the scopes crm.objects.companies.read;")
			if refused != (company == "numbers") || (code == 0) == refused {
				t.Errorf("company: %s: exit code %d\n%s", company, code, said)
			}
			for _, c := range server.Calls() {
				if c.Write && refused {
					t.Errorf("%s %s was written", c.Method, c.Path)
				}
			}
			if company == "deals" { // so that the next one is set up anew
				m.run("destroy", "--yes", "--confirm", "acme-marked", "-f", m.file, "--genesys-base-url", org.URL, "--hubspot-base-url", hub.URL)
			}
		}
	}
}
