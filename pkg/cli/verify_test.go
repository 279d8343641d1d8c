package cli_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
)

// A meddler stands before an org and gives other answers to reads than it does.
type meddler struct {
	next   http.Handler
	change func(r *http.Request, body string) string
	routes int
}

func (m *meddler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/architect/ivrs") {
		m.routes++
	}
	if r.Method != http.MethodGet || m.change == nil {
		m.next.ServeHTTP(w, r)
		return
	}
	rec := httptest.NewRecorder()
	m.next.ServeHTTP(rec, r)
	for k, v := range rec.Header() {
		if k != "Content-Length" {
			w.Header()[k] = v
		}
	}
	w.WriteHeader(rec.Code)
	w.Write([]byte(m.change(r, rec.Body.String()))) //nolint:errcheck // the client notices
}

// A setup sends callers through what the org has, before a number leads there, and ends when one
// does not go where the policy sends him: somebody else published another flow, changed an action,
// deleted a row.
func TestSetupVerifies(t *testing.T) {
	t.Parallel()
	swap := func(path, old, now string) func(*http.Request, string) string {
		return func(r *http.Request, body string) string {
			if !strings.Contains(r.URL.Path, path) {
				return body
			}
			return strings.ReplaceAll(body, old, now)
		}
	}
	for _, c := range []struct {
		name   string
		change func(*http.Request, string) string
		args   []string
		code   int
		want   []string
	}{
		{"as it is", nil, nil, 0, []string{"verify: ", "✓ ", "rule noted → Sales, skills English", "setup: ", "next: dial +15135550100", "dealroute status"}},
		{"another flow", swap("/presigned/export/", `{lit: "Sales"}`, `{lit: "Care"}`), nil, 2, []string{"✗ ", "rule noted → Care", "a caller of rule \"noted\"", "hint: look at it with", "not done: create callRoute acme-marked"}},
		{"another template", swap("/templates/", `"ids":`, `"nobody":`), nil, 2, []string{"✗ ", "not done: create callRoute acme-marked"}},
		{"no row", swap("/rows", `"key":"breaker"`, `"key":"braker"`), nil, 2, []string{`the control table has no row "breaker"`}},
		{"what no flow is", swap("/presigned/export/", "inboundCall:", "inboundCall: ["), nil, 2, []string{"not done: create callRoute acme-marked"}},
		{"not asked for", swap("/presigned/export/", `{lit: "Sales"}`, `{lit: "Care"}`), []string{"--verify=off"}, 0, []string{"setup: ", "next: "}},
		{"a number that HubSpot knows", nil, []string{"--verify-ani", "+15135550142"}, 0, []string{"+1513•••••42", "HubSpot asked"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := newMarked(t, "mixed")
			m.env["GENESYSCLOUD_OAUTHCLIENT_SECRET"] = genesystest.ClientSecret
			front, _, crm := newOrgFront(t)
			between := &meddler{next: front.org, change: c.change}
			api := httptest.NewServer(between)
			defer api.Close()
			args := append([]string{"setup", "--yes", "-f", m.file, "--genesys-base-url", api.URL, "--hubspot-base-url", crm}, c.args...)
			code, out, errs := m.run(args...)
			if code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			for _, w := range c.want {
				if !strings.Contains(out+errs, w) {
					t.Errorf("%q is not said", w)
				}
			}
			if made := between.routes > 0; made != (c.code == 0) {
				t.Errorf("a call route is made: %t", made)
			}
			if strings.Contains(out+errs, "15135550142") {
				t.Error("a number is shown")
			}
			if t.Failed() {
				t.Logf("%s%s", out[max(0, len(out)-3000):], errs)
			}
		})
	}
}

// A number that was asked for is looked up also when there is nothing to do; what is said of it is
// true: HubSpot was asked, or why not.
func TestVerifyANumberOfAnUnchangedDeployment(t *testing.T) {
	p := newProgram(t)
	is := func(code int, want string, args ...string) {
		t.Helper()
		got, out, errs := p.run(append(args, "-f", "../../examples/minimal/dealroute.yaml", "--sandbox")...)
		if got != code || !strings.Contains(out+errs, want) {
			t.Errorf("%v: exit code %d, want %d and %q\n%s%s", args, got, code, want, out[max(0, len(out)-1500):], errs)
		}
	}
	is(0, "\n      dealroute status --sandbox -f ../../examples/minimal/dealroute.yaml\n", "setup", "--yes", "--verify=off") // a line that can be copied whole
	is(0, "waited", "setup", "--yes", "--verify-ani", "+15135550142")
	is(0, "HubSpot asked", "setup", "--yes", "--verify-ani", "+15135550142")
	is(0, "HubSpot was not asked for anonymous: the number is withheld", "setup", "--yes", "--verify-ani", "anonymous")
	is(1, "--verify-ani has a word that is no number", "setup", "--yes", "--verify-ani", "somebody")
	is(1, "--cutover-back tests nothing", "setup", "--yes", "--verify-ani", "+15135550142", "--cutover-back", "Old main line")
	is(0, "enrichment", "switch", "off", "--yes", "--reason", "enrichment")
	is(0, `"HubSpot was not asked for +1513•••••42: enrichment is switched off"`, "setup", "--yes", "--verify-ani", "+15135550142", "-o", "json")
}
