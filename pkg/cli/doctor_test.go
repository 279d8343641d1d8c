package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/cli"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/view"
)

// examined is a deployment that has all that an examination looks at.
const examined = `version: 1
name: acme-org
genesys: {region: us-east-1, org: Acme}
hubspot:
  portal: "24681357"
  lookup: {homeCountries: [US]}
  facts: {tier: {contact: customer_tier}}
calls: {greeting: {prompt: Hello}}
routing:
  rules:
    - {name: gold, when: {facts: {tier: [gold]}, minValue: 5}, to: {queue: Support}}
  fallback: {queue: Support, priority: 1}
`

// accounts are both vendors on loopback, whose requests are seen and can be made to fail.
type accounts struct {
	*program
	file string
	args []string

	mu   sync.Mutex
	sent []string    // method and path of each request, by vendor
	when []time.Time // of searches
	fail func(vendor, request string, w http.ResponseWriter) bool
}

var anID = regexp.MustCompile(`/[0-9a-f]{8}-[0-9a-f-]{27}`)

// requested is a request without what differs from run to run.
func requested(r *http.Request) string {
	return r.Method + " " + anID.ReplaceAllString(r.URL.Path, "/*")
}

func newAccounts(t *testing.T, deployment string, crm []hubspottest.Option, org ...genesystest.Option) *accounts {
	t.Helper()
	a := &accounts{program: hurried(t), file: filepath.Join(t.TempDir(), "dealroute.yaml")}
	server, err := genesystest.New(nil, append([]genesystest.Option{described(t)}, org...)...)
	if err != nil {
		t.Fatal(err)
	}
	server.Apply(genesystest.Seed{Org: "Acme", Prompts: []string{"Hello"}, Queues: []genesystest.SeedQueue{{Name: "Support", Staff: []genesystest.SeedUser{{Name: "A"}}}}})
	content := hubspot.CRM{Portal: "24681357"}
	for i := range 20 {
		content.Contacts = append(content.Contacts, hubspot.Contact{ID: fmt.Sprint(100 + i), Properties: hubspot.Properties{
			"phone": hubspot.Text(fmt.Sprintf("+151355501%02d", i)), "customer_tier": hubspot.Text("gold"), "firstname": hubspot.Text("Lucia"), "email": hubspot.Text(fmt.Sprintf("lucia%d@example.com", i)),
		}})
	}
	hub := hubspottest.New(content, append([]hubspottest.Option{hubspottest.WithLimits(hubspottest.Limits{PerTenSeconds: 10_000, PerDay: 1_000_000})}, crm...)...)
	serve := func(vendor string, h http.Handler) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			a.mu.Lock()
			a.sent = append(a.sent, vendor+" "+requested(r))
			if strings.HasSuffix(r.URL.Path, "/search") && vendor == "hubspot" {
				a.when = append(a.when, time.Now())
			}
			fail := a.fail
			a.mu.Unlock()
			if !transport.IsRead(r.Method, r.URL) {
				t.Errorf("doctor writes: %s %s", r.Method, r.URL.Path)
			}
			if fail != nil && fail(vendor, requested(r), w) {
				return
			}
			h.ServeHTTP(w, r)
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	a.args = []string{"-f", a.file, "--genesys-base-url", serve("genesys", server), "--hubspot-base-url", serve("hubspot", hub)}
	a.env["GENESYSCLOUD_OAUTHCLIENT_ID"], a.env["GENESYSCLOUD_OAUTHCLIENT_SECRET"] = genesystest.ClientID, genesystest.ClientSecret
	a.env["HUBSPOT_SERVICE_KEY"] = hubspottest.DefaultToken
	if err := os.WriteFile(a.file, []byte(deployment), 0o600); err != nil {
		t.Fatal(err)
	}
	return a
}

// doctor runs the command, without pauses between searches.
func (a *accounts) doctor(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = cli.Main(context.Background(), slices.Concat([]string{"doctor"}, a.args, args), cli.Unpaced(a.in(&out, &errs)))
	return code, out.String(), errs.String()
}

func (a *accounts) json(t *testing.T, args ...string) (int, view.Doctor) {
	t.Helper()
	code, out, errs := a.doctor(append([]string{"-o", "json", "--probes", "1", "--sample", "20"}, args...)...)
	var d view.Doctor
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		t.Fatalf("exit code %d: %v\n%s%s", code, err, out, errs)
	}
	return code, d
}

// said are the findings, without what differs from run to run.
func said(d view.Doctor) []string {
	var out []string
	for _, f := range d.Findings {
		out = append(out, string(f.Severity)+" "+*f.Code+" "+f.Message)
	}
	return out
}

func codesOf(d view.Doctor) (out []string) {
	for _, f := range d.Findings {
		out = append(out, *f.Code+" "+string(f.Severity))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Each request of an examination fails in turn, for good, in every way; the report always comes, in the
// form of its schema, and says of each that something is not as it was: none of them is taken for all right.
func TestDoctorWhateverFails(t *testing.T) {
	ways := map[string]func(w http.ResponseWriter){
		"401": func(w http.ResponseWriter) { http.Error(w, `{"status":401,"message":"no"}`, http.StatusUnauthorized) },
		"403": func(w http.ResponseWriter) { http.Error(w, `{"status":403,"message":"no"}`, http.StatusForbidden) },
		"404": func(w http.ResponseWriter) { http.Error(w, `{"status":404,"message":"no"}`, http.StatusNotFound) },
		"429": func(w http.ResponseWriter) {
			http.Error(w, `{"status":429,"message":"You have reached your secondly limit."}`, http.StatusTooManyRequests)
		},
		"500":     func(w http.ResponseWriter) { http.Error(w, "<html>no</html>", http.StatusInternalServerError) },
		"garbage": func(w http.ResponseWriter) { w.Write([]byte("<html>sign in here</html>")) }, //nolint:errcheck // a test's answer
		"nothing": func(w http.ResponseWriter) { w.Write([]byte("{}")) },                        //nolint:errcheck // likewise
		"cut":     func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
	}
	all := schemas(t)
	healthy := newAccounts(t, examined, nil)
	code, before := healthy.json(t)
	if code != 0 || before.Genesys == nil || before.HubSpot == nil || before.LatencyMs.FindDeals == nil || before.LatencyMs.GenesysAPI == nil {
		t.Fatalf("exit code %d, %+v", code, before)
	}
	requests := slices.Compact(slices.Sorted(slices.Values(healthy.sent)))
	if len(requests) < 25 {
		t.Fatalf("only %v", requests)
	}
	t.Logf("%d requests, %d different ones", len(healthy.sent), len(requests))
	for _, request := range requests {
		vendor, path, _ := strings.Cut(request, " ")
		for way, fail := range ways {
			if way == "nothing" && path == "POST /oauth/token" {
				continue // it is garbage, too
			}
			t.Run(way+" "+request, func(t *testing.T) {
				t.Parallel()
				a := newAccounts(t, examined, nil)
				a.fail = func(v, r string, w http.ResponseWriter) bool {
					if v == vendor && r == path {
						fail(w)
						return true
					}
					return false
				}
				code, out, errs := a.doctor("-o", "json", "--probes", "1", "--sample", "20")
				if code != 0 && code != 2 {
					t.Fatalf("exit code %d\n%s%s", code, out, errs)
				}
				valid(t, all, "doctor", out)
				var d view.Doctor
				if err := json.Unmarshal([]byte(out), &d); err != nil {
					t.Fatal(err)
				}
				was := said(before)
				if !slices.ContainsFunc(said(d), func(s string) bool { return !slices.Contains(was, s) }) {
					t.Errorf("nothing is said of it: %v", said(d))
				}
			})
		}
	}
}

// What an examination finds, by what the accounts are.
func TestDoctorFinds(t *testing.T) {
	scoped := func(scopes ...string) hubspottest.Option {
		return hubspottest.Token(hubspottest.DefaultToken, append(hubspottest.DefaultScopes(), scopes...)...)
	}
	assume := func(change func(*hubspottest.Assumptions)) hubspottest.Option { return hubspottest.Assume(change) }
	days := func(n int) hubspottest.Option {
		return hubspottest.WithLimits(hubspottest.Limits{PerTenSeconds: 1000, PerDay: n})
	}
	for name, c := range map[string]struct {
		crm  []hubspottest.Option
		org  []genesystest.Option
		edit []string
		args []string
		code int
		want string // codes with severity, without those of callers and capacity
		says string
	}{
		"fit accounts":       {},
		"a key that writes":  {crm: []hubspottest.Option{scoped("crm.objects.contacts.write", "crm.objects.deals.sensitive.write.v2")}, want: "DR-DOC-001 warning", says: "crm.objects.contacts.write, crm.objects.deals.sensitive.write.v2"},
		"a warning as error": {crm: []hubspottest.Option{scoped("crm.objects.contacts.write")}, args: []string{"--fail-severity", "warning"}, code: 2, want: "DR-DOC-001 warning"},
		"allowed":            {crm: []hubspottest.Option{scoped("crm.objects.contacts.write")}, edit: []string{"version: 1", "# dealroute: allow DR-DOC-001 because it is shared\nversion: 1"}, args: []string{"--fail-severity", "warning"}},
		"untold scopes":      {crm: []hubspottest.Option{assume(func(a *hubspottest.Assumptions) { a.TokenInfoForKeys = false })}, want: "DR-DOC-002 info"},
		"an unknown key":     {crm: []hubspottest.Option{hubspottest.Token("another")}, code: 2, want: "DR-HUB-006 error"},
		"no key at all":      {crm: []hubspottest.Option{hubspottest.Token("another"), assume(func(a *hubspottest.Assumptions) { a.GarbageLooksExpired = true })}, code: 2, want: "DR-HUB-006 error", says: "HubSpot cannot read the key at all"},
		"a move":             {crm: []hubspottest.Option{hubspottest.Faults(hubspottest.Rule{Fault: hubspottest.FaultMoving})}, code: 2, want: "DR-HUB-005 error", says: "moving this account to another data center"},
		"an OAuth app":       {crm: []hubspottest.Option{hubspottest.OAuthApps(hubspottest.OAuthApp{ClientID: "app", ClientSecret: "s", RefreshToken: "r", Scopes: append(hubspottest.DefaultScopes(), "crm.objects.contacts.write")})}, edit: []string{"  lookup:", "  auth: {method: oauth, renew: platform}\n  lookup:"}, want: "DR-DOC-001 warning", says: "the HubSpot app may write: crm.objects.contacts.write"},
		"a lost scope":       {crm: []hubspottest.Option{hubspottest.Token(hubspottest.DefaultToken, hubspottest.ScopeContacts)}, code: 2, want: "DR-HUB-007 error", says: "lacks the scope crm.objects.deals.read"},
		"no such filter":     {crm: []hubspottest.Option{assume(func(a *hubspottest.Assumptions) { a.CalculatedFilterable = false })}, code: 2, want: "DR-DOC-003 error", says: "refuses to search contacts by hs_calculated_mobile_number, hs_calculated_phone_number"},
		"little left":        {crm: []hubspottest.Option{days(26)}, want: "DR-DOC-005 warning"},
		"a test account":     {crm: []hubspottest.Option{hubspottest.AccountDetails(hubspottest.Details{Type: "DEVELOPER_TEST"})}, want: "DR-DOC-006 info"},
		"currencies":         {crm: []hubspottest.Option{hubspottest.AccountDetails(hubspottest.Details{Currencies: []string{"EUR"}})}, want: "DR-DOC-007 info", says: "deals may be in EUR"},
		"no matter":          {crm: []hubspottest.Option{hubspottest.AccountDetails(hubspottest.Details{Currencies: []string{"EUR"}})}, edit: []string{", minValue: 5", ""}},
		"a permission":       {org: []genesystest.Option{genesystest.WithoutPermission("architect:flow:edit")}, want: "DR-DOC-008 warning", says: "a setup from the start would lack architect:flow:edit (not granted)"},
		"one that plan says": {org: []genesystest.Option{genesystest.WithoutPermission("architect:flow:publish")}, code: 2, want: "DR-ORG-008 error"},
		"one for the end":    {org: []genesystest.Option{genesystest.WithoutPermission("architect:flow:delete")}, want: "DR-DOC-009 info"},
		"a full org":         {org: []genesystest.Option{genesystest.Limit("routing", "queues.max", 1)}, want: "DR-DOC-012 info", says: "routing/queues.max is 1, and the org has 1"},
		"a supplied client":  {edit: []string{"routing:", "manage: {runtimeClient: false}\nrouting:"}, want: "DR-DOC-015 info", says: "whether the supplied run-time client holds architect:datatableRow:edit (DEALROUTE_RUNTIME_CLIENT_ID is not set)"},
		"an old version":     {edit: []string{`  portal:`, "  apiVersion: v3\n  portal:"}, want: "DR-HUB-002 info"},
		"a lost stage":       {edit: []string{"minValue: 5", "stage: [closedwonn]"}, code: 2, want: "DR-ACCT-001 error"},
		"nobody works there": {edit: []string{"{queue: Support}}", "{queue: Sales}}"}, code: 2, want: "DR-ORG-005 error"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAccounts(t, strings.NewReplacer(c.edit...).Replace(examined), c.crm, c.org...)
			a.env["HUBSPOT_CLIENT_ID"], a.env["HUBSPOT_CLIENT_SECRET"], a.env["HUBSPOT_REFRESH_TOKEN"] = "app", "s", "r"
			code, d := a.json(t, c.args...)
			got := slices.DeleteFunc(codesOf(d), func(s string) bool { return strings.HasPrefix(s, "DR-DOC-2") || strings.HasPrefix(s, "DR-DOC-3") })
			if text := strings.Join(said(d), "\n"); code != c.code || strings.Join(got, ", ") != c.want || !strings.Contains(text, c.says) {
				t.Errorf("exit code %d, %v, want %q\n%s", code, got, c.want, text)
			}
		})
	}
}

// An account without credentials is left out, and both are an answer no: nothing was looked at.
func TestDoctorOfOneAccount(t *testing.T) {
	for name, c := range map[string]struct {
		without []string
		code    int
		want    string
	}{
		"no key":     {[]string{"HUBSPOT_SERVICE_KEY"}, 0, "DR-HUB-005 warning"},
		"no client":  {[]string{"GENESYSCLOUD_OAUTHCLIENT_ID"}, 0, "DR-ORG-003 warning"},
		"neither":    {[]string{"HUBSPOT_SERVICE_KEY", "GENESYSCLOUD_OAUTHCLIENT_ID"}, 2, "DR-DOC-017 error, DR-HUB-005 warning, DR-ORG-003 warning"},
		"half a key": {nil, 2, "DR-ORG-003 error"}, // a blank at its end
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAccounts(t, examined, nil)
			for _, v := range c.without {
				delete(a.env, v)
			}
			if name == "half a key" {
				a.env["GENESYSCLOUD_OAUTHCLIENT_SECRET"] += " "
			}
			code, d := a.json(t, "--sample", "0")
			got := slices.DeleteFunc(codesOf(d), func(s string) bool { return strings.HasPrefix(s, "DR-DOC-3") })
			if code != c.code || strings.Join(got, ", ") != c.want {
				t.Errorf("exit code %d, %v, want %q", code, got, c.want)
			}
			if _, out, _ := a.doctor("--probes", "1", "--sample", "0"); !strings.Contains(out, "not looked at") {
				t.Error(out)
			}
		})
	}
}

// What is wrong with one account's credentials keeps nobody from looking at the other, and is said once.
func TestDoctorOfABrokenKey(t *testing.T) {
	p, file, at, _ := twoOrgs(t)
	run := func(args ...string) (int, string) {
		code, out, errs := p.run(append(append(args, "-f", file), at...)...)
		return code, out + errs
	}
	if code, said := run("setup", "--yes"); code != 0 {
		t.Fatal(said)
	}
	code := regexp.MustCompile(`\[DR-(ORG|HUB)-0(03|05|06|07)\]`)
	for name, c := range map[string]struct{ key, file, want string }{
		"no such file": {"", "/none/of/these", "[DR-HUB-005]"},
		"two sources":  {hubspottest.DefaultToken, "/none/of/these", "[DR-HUB-005]"},
		"a blank":      {hubspottest.DefaultToken + " ", "", "[DR-HUB-005]"},
		"unknown":      {"pat-na1-of-nobody", "", "[DR-HUB-006]"},
	} {
		t.Run(name, func(t *testing.T) {
			p.env["HUBSPOT_SERVICE_KEY"], p.env["HUBSPOT_SERVICE_KEY_FILE"] = c.key, c.file
			for _, args := range [][]string{{"doctor", "--probes", "0", "--sample", "0"}, {"validate", "--online", "--proof=off"}} {
				no, said := run(args...)
				if got := strings.Join(code.FindAllString(said, -1), " "); no != 2 || got != c.want || !strings.Contains(said, "rg \"Acme Test\"") {
					t.Errorf("%v: exit code %d, %s, want %s\n%s", args, no, got, c.want, said)
				}
			}
		})
	}
}

// Where HubSpot answers nothing, no scope was tried, and what to do next is said.
func TestDoctorOfABrokenHubSpot(t *testing.T) {
	a := newAccounts(t, examined, nil)
	a.fail = func(vendor, _ string, w http.ResponseWriter) bool {
		if vendor == "hubspot" {
			w.WriteHeader(http.StatusInternalServerError)
		}
		return vendor == "hubspot"
	}
	code, out, errs := a.doctor("--probes", "1", "--sample", "5")
	if code != 2 || !strings.Contains(out, "[DR-HUB-005]") || !strings.Contains(out, "hint: see status.hubspot.com") || strings.Contains(out, "DR-DOC-002") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
}

// An account that does not answer in time keeps nobody from hearing of the other, nor of the secrets.
func TestAuthCheckWithoutTime(t *testing.T) {
	for _, vendor := range []string{"genesys", "hubspot"} {
		t.Run(vendor, func(t *testing.T) {
			t.Parallel()
			a := newAccounts(t, examined, nil)
			ended := make(chan struct{})
			t.Cleanup(func() { close(ended) })
			a.fail = func(v, _ string, _ http.ResponseWriter) bool {
				if v == vendor {
					<-ended
				}
				return v == vendor
			}
			code, out, errs := a.run(append([]string{"auth", "check", "--timeout", "2s"}, a.args...)...)
			other := map[string]string{"genesys": "account     24681357", "hubspot": `org         "Acme"`}[vendor]
			if code != 2 || !strings.Contains(out, other) || !strings.Contains(out, "HUBSPOT_SERVICE_KEY  ") || !strings.Contains(out, "the time ran out") || !strings.Contains(out, "hint: give it more time with --timeout") || strings.Contains(out, "All that is needed") {
				t.Errorf("exit code %d\n%s%s", code, out, errs)
			}
		})
	}
}

// What is wrong with the fixtures of a sandbox is said of them, and not of an org.
func TestOfASandboxThatCannotBe(t *testing.T) {
	p := newProgram(t)
	dir := t.TempDir()
	for name, text := range map[string]string{"dealroute.yaml": examined, "crm.yaml": "contacts: [\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, line := range []string{"doctor --sandbox", "validate --online --proof=off --sandbox"} {
		if code, out, errs := p.run(append(strings.Fields(line), "-f", dir)...); code != 1 || !strings.Contains(errs, "crm.yaml:") || out != "" {
			t.Errorf("%s: exit code %d\n%s%s", line, code, out, errs)
		}
	}
}

// Without a file the accounts are judged by what the smallest deployment needs, and credentials go to no
// region that nobody named.
func TestDoctorWithoutAFile(t *testing.T) {
	t.Chdir(t.TempDir())
	a := newAccounts(t, examined, nil, genesystest.WithoutPermission("architect:flow:publish"))
	a.args = a.args[2:]
	code, d := a.json(t, "--sample", "0")
	if got := codesOf(d); code != 2 || d.Deployment != nil || !slices.Contains(got, "DR-DOC-014 info") || !slices.Contains(got, "DR-ORG-008 error") {
		t.Errorf("exit code %d, %v", code, got)
	}
	for _, f := range d.Findings {
		if f.File != nil || f.Line != nil || strings.Contains(f.Message, "First look") {
			t.Errorf("a place in no file: %+v", f)
		}
	}
	a.args = a.args[2:] // no address for Genesys, no region
	if code, d = a.json(t, "--sample", "0"); code != 2 || !strings.Contains(strings.Join(said(d), "\n"), "no region of Genesys Cloud is named") {
		t.Errorf("exit code %d, %v", code, said(d))
	}
}

// Five searches a second are all that an account answers, and calls need theirs: never more than two are
// made in a second, by all parts together.
func TestDoctorLeavesRoomForCalls(t *testing.T) {
	t.Parallel()
	a := newAccounts(t, examined, []hubspottest.Option{hubspottest.Assume(func(a *hubspottest.Assumptions) { a.TokenInfoForKeys = false })})
	var out, errs bytes.Buffer
	begun := time.Now()
	if code := cli.Main(t.Context(), slices.Concat([]string{"doctor", "--probes", "2", "--sample", "5"}, a.args), a.in(&out, &errs)); code != 0 {
		t.Fatalf("exit code %d\n%s%s", code, out.String(), errs.String())
	}
	if len(a.when) < 8 {
		t.Fatalf("only %d searches", len(a.when))
	}
	// From the beginning, not from one to the next: a busy machine brings them late, and so near to each other, but never early.
	for i, when := range a.when {
		if far := when.Sub(begun); far < time.Duration(i/2)*900*time.Millisecond {
			t.Errorf("%d searches within %s", i+1, far)
		}
	}
}

// The time of the command bounds all of it: what there was no time for is said.
func TestDoctorWithoutTime(t *testing.T) {
	t.Parallel()
	a := newAccounts(t, examined, nil)
	ended := make(chan struct{})
	t.Cleanup(func() { close(ended) })
	a.fail = func(vendor, request string, _ http.ResponseWriter) bool {
		if vendor == "hubspot" && strings.HasSuffix(request, "deals/search") {
			<-ended
			return true
		}
		return false
	}
	begun := time.Now()
	code, out, errs := a.doctor("-o", "json", "--timeout", "3s")
	var d view.Doctor
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		t.Fatalf("exit code %d: %v\n%s%s", code, err, out, errs)
	}
	if took := time.Since(begun); took > 6*time.Second || d.LatencyMs.FindContact == nil || !slices.Contains(codesOf(d), "DR-DOC-103 info") {
		t.Errorf("%s, exit code %d, %v", took, code, said(d))
	}
}

// Whatever a vendor says of a person, of the key, or to a terminal does not come out of a report.
func TestDoctorRepeatsNothing(t *testing.T) {
	for _, status := range []int{200, 400, 401, 403, 500, 530} {
		for _, vendor := range []string{"hubspot", "genesys"} {
			t.Run(fmt.Sprint(status, " ", vendor), func(t *testing.T) {
				t.Parallel()
				a := newAccounts(t, examined, nil)
				say := "\x1b[31mLucia\nFORGED lucia@example.com +15135550142 Bearer " + hubspottest.DefaultToken
				body, err := json.Marshal(map[string]any{
					"message": say, "category": say, "policyName": say, "correlationId": say, "code": say, "errorType": say, "contextId": say,
					"errors": []any{map[string]any{"message": say, "context": map[string]any{"requiredGranularScopes": []string{say}}}},
				})
				if err != nil {
					t.Fatal(err)
				}
				for _, deep := range []bool{false, true} { // all that a vendor answers, and what it answers to who is let in
					a.fail = func(v, r string, w http.ResponseWriter) bool {
						first := strings.HasSuffix(r, "/oauth/token") || strings.HasSuffix(r, "access-token-info") || strings.HasSuffix(r, "/me") || strings.HasSuffix(r, "/home")
						if v != vendor || deep && first {
							return false
						}
						w.WriteHeader(status)
						w.Write(body) //nolint:errcheck // a test's answer
						return true
					}
					for _, form := range []string{"text", "json"} {
						code, out, errs := a.doctor("-o", form, "--probes", "1", "--sample", "20")
						if code != 2 && code != 0 {
							t.Fatalf("exit code %d\n%s%s", code, out, errs)
						}
						for _, s := range []string{"example.com", "5135550142", hubspottest.DefaultToken, "\x1b", "\nFORGED"} {
							if strings.Contains(out+errs, s) {
								t.Errorf("%s: %q is shown:\n%s", form, s, out+errs)
							}
						}
					}
				}
			})
		}
	}
}

// Nothing of a person is in a report.
func TestDoctorShowsNobody(t *testing.T) {
	a := newAccounts(t, examined, nil)
	for _, form := range []string{"text", "json"} {
		_, out, errs := a.doctor("-o", form, "--probes", "1", "--sample", "20")
		for _, s := range []string{"Lucia", "lucia", "5135550", "example.com", hubspottest.DefaultToken, genesystest.ClientSecret} {
			if strings.Contains(out+errs, s) {
				t.Errorf("%s: %q is shown:\n%s", form, s, out+errs)
			}
		}
	}
}
