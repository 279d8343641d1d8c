package cli_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dealroute/dealroute/pkg/cli"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// What nobody may read again.
const (
	markedKey    = "pat-eu1-5ec2e7ff-0000-4000-8000-0123456789ab"
	markedSecret = "SeCrEt_MaRk_client_9f8e7d6c5b4a"
	markedToken  = "ToKeN_MaRk_access_1a2b3c4d5e6f7a8b"
	markedSaved  = "PrOfIlE_MaRk_2b4d6f8h"
)

func secrets() []string { return []string{markedKey, markedSecret, markedToken, markedSaved} }

// What a person may read only where he asked for it on a terminal.
func personal() []string {
	return []string{
		"Lucia", "Spencer-Mark", "lucia.mark@example.com", "Mark & Sons", "vertraulich: Mark", "quiet words", "gossip about Mark",
		"15135550142", "5135550142", "555-0142", "15135550166", "5135550166",
	}
}

const markedDeployment = `version: 1
name: acme-marked
genesys: {region: eu-central-1}
hubspot:
  portal: "24681357"
  lookup: {homeCountries: [US], match: %s}
  facts:
    note: {contact: inside_note}
    value_segment: {contact: segment}
    company: {contact: company}
    who: {contact: firstname}
    mail: {contact: email}
    other_number: {contact: mobilephone}
    remark: {deal: deal_remark}
calls: {numbers: ["+15135550100"]}
routing:
  rules:
    - {name: noted, when: {facts: {note: {set: true}, remark: "gossip about Mark"}}, to: {queue: Sales, skills: [English]}}
    - name: segment # a finding about it shows this line, as the file has it
      when: {facts: {value_segment: [quiet words]}}
      to: {queue: Care}
  fallback: {queue: General}
privacy: {participantData: [hubspot_contact_id, hubspot_deal_stage, hubspot_deal_stage_label, hubspot_customer_value]}
screenPop: managed
`

const markedAccount = `version: 1
now: 2026-11-23T15:00:00Z
portal: "24681357"
contacts:
  - id: "90000000001"
    updated: 2026-11-02T09:10:11Z
    properties: {firstname: Lucia, lastname: Spencer-Mark, email: lucia.mark@example.com, phone: "+1 (513) 555-0142", hs_calculated_phone_number: "+15135550142",
      company: Mark & Sons, inside_note: "vertraulich: Mark", segment: quiet words, mobilephone: "+15135550166"}
deals:
  - id: "90000000101"
    contacts: ["90000000001"]
    properties: {pipeline: default, dealstage: contractsent, amount: "50000", deal_remark: "gossip about Mark"}
`

// A marked program is the CLI with marked secrets in its environment and a marked account.
type marked struct {
	*program
	dir, file string
}

func newMarked(t *testing.T, match string) marked {
	t.Helper()
	m := marked{program: hurried(t), dir: t.TempDir()}
	m.file = filepath.Join(m.dir, "dealroute.yaml")
	write := func(path, text string) {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(m.file, fmt.Sprintf(markedDeployment, match))
	write(filepath.Join(m.dir, "crm.yaml"), markedAccount)
	write(filepath.Join(m.env["HOME"], ".gc", "config.toml"), fmt.Sprintf("[marked]\nenvironment = \"mypurecloud.de\"\nclient_credentials = \"sandbox-client\"\nclient_secret = %q\n[token]\naccess_token = %q\n", markedSaved, markedSaved))
	m.env["HUBSPOT_SERVICE_KEY"], m.env["GENESYSCLOUD_OAUTHCLIENT_ID"], m.env["GENESYSCLOUD_OAUTHCLIENT_SECRET"] = markedKey, genesystest.ClientID, markedSecret
	m.env["HUBSPOT_CLIENT_SECRET"] = markedSecret
	return m
}

// clean holds an output against the marks.
func clean(t *testing.T, what, text string) {
	t.Helper()
	for _, s := range secrets() {
		if strings.Contains(text, s) {
			t.Errorf("%s: a secret is in it: %s", what, around(text, s))
		}
	}
	for _, s := range personal() {
		if strings.Contains(text, s) {
			t.Errorf("%s: personal data is in it: %s", what, around(text, s))
		}
	}
}

func around(text, s string) string {
	i := strings.Index(text, s)
	return fmt.Sprintf("%q", text[max(0, i-60):min(len(text), i+len(s)+20)])
}

// cleanTree holds every file of a folder against the secrets alone: a fixture and what is
// seeded from it may hold people.
func cleanTree(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "config.toml") {
			return err
		}
		data, err := os.ReadFile(path)
		for _, s := range append(secrets(), genesystest.ClientSecret, hubspottest.DefaultToken) {
			if strings.Contains(string(data), s) {
				t.Errorf("%s holds a secret: %s", path, around(string(data), s))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// No secret and nothing personal is in any output of a command, whatever goes wrong.
func TestNothingMarkedIsShown(t *testing.T) {
	for _, match := range []string{"mixed", "national", "e164"} {
		m := newMarked(t, match)
		call := func(more ...string) []string {
			return append([]string{"simulate", "-f", m.file, "--ani", "+15135550142"}, more...)
		}
		build := filepath.Join(m.dir, "build")
		var runs [][]string
		for _, more := range [][]string{
			nil, {"--trace"}, {"--ani", "tel:+1-513-555-0142", "--trace"}, {"--ani", "(513) 555-0142", "--trace"}, {"--ani", "sip:+15135550142@203.0.113.7", "--trace"},
			{"--ani", "5135550142", "--trace"}, {"--ani", "0115135550142", "--trace"}, {"--flow", "deployed", "--sandbox", "--trace"},
		} {
			runs = append(runs, call(more...))
		}
		others := [][]string{
			{"render", "-f", m.file, "--out", build},
			{"plan", "-f", m.file, "--sandbox"}, {"setup", "-f", m.file, "--sandbox", "--yes"}, call("--flow", "deployed", "--sandbox", "--trace"),
			{"setup", "-f", m.file, "--sandbox", "--yes"}, {"destroy", "-f", m.file, "--sandbox", "--yes"}, {"sandbox", "reset", "-f", m.file},
			{"version"}, {"schema"}, {"demo"}, {"validate", "-f", m.file}, {"--explain-config"}, {"plan", "-f", m.file, "--explain-config"},
			{"plan", "-f", m.file, "--profile", "none"},
			{"eval", "1 +"}, {"nonsense"}, {"simulate", "-f", m.file, "--ani", "+15135550142", "--show-pii"},
			{"flow", "check", filepath.Join(build, "flow")}, {"simulate", "-f", m.file, "--ani", "+15135550142", "--at", "yesterday"},
		}
		for _, kind := range transport.FaultKinds() {
			for _, action := range []string{"find contact=", "find deals="} {
				others = append(others, call("--fault", action+string(kind), "--trace"))
			}
		}
		if match == "mixed" { // the rest does not depend on it
			runs = append(runs, others...)
		}
		for _, args := range runs {
			for _, format := range []string{"text", "json"} {
				what := strings.Join(args, " ") + " -o " + format
				_, out, errs := m.run(append(args, "-o", format, "--log-level", "debug")...)
				clean(t, what+" (standard output)", out)
				clean(t, what+" (standard error)", errs)
			}
		}
		cleanTree(t, m.dir)
		cleanTree(t, m.env["HOME"])
	}
}

// The same over real HTTP, where the marked secrets are the ones that work: signing in, a
// setup that writes them into the org, calls with live data, and refusals of all of them.
func TestNothingMarkedIsShownOverHTTP(t *testing.T) {
	t.Parallel() // it waits as a real org makes one wait
	m := newMarked(t, "mixed")
	f, found := simulate.DecodeFixtures("crm.yaml", []byte(markedAccount))
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	refuse := false
	crm := hubspottest.New(f.CRM, hubspottest.Tokens(func(bearer string) (hubspottest.Grant, bool) {
		// The emulated org keeps a hash of the key, and tests actions with it.
		return hubspottest.Grant{Scopes: hubspottest.DefaultScopes()}, !refuse && (bearer == markedKey || !strings.HasPrefix(bearer, "pat-"))
	}), hubspottest.Define("contacts", hubspottest.Property{Name: "segment"}), hubspottest.WithLimits(hubspottest.Limits{}))
	var mu sync.Mutex
	var state []byte
	org, err := genesystest.New(nil, genesystest.Remote(transport.Handler(crm)), genesystest.OnChange(func(st *genesystest.State) error {
		data, err := json.Marshal(st)
		mu.Lock()
		defer mu.Unlock()
		if state = data; err != nil {
			state = []byte(err.Error())
		}
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	org.Apply(genesystest.Seed{Org: "Marked", Numbers: []string{"+15135550100"}, Skills: []string{"English"}, Queues: []genesystest.SeedQueue{
		{Name: "Sales", Staff: []genesystest.SeedUser{{Name: "Agent", Skills: []string{"English"}}}}, {Name: "Care", Staff: []genesystest.SeedUser{{Name: "Agent B"}}}, {Name: "General", Staff: []genesystest.SeedUser{{Name: "Agent C"}}},
	}})
	known := map[string]string{markedSecret: genesystest.ClientSecret, markedSaved: genesystest.ClientSecret}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if id, secret, ok := r.BasicAuth(); ok && known[secret] != "" && !refuse {
			r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(id+":"+known[secret])))
		}
		org.ServeHTTP(w, r)
	}))
	defer front.Close()
	hub := httptest.NewServer(crm)
	defer hub.Close()
	run := func(code int, args ...string) (out string) {
		t.Helper()
		for _, format := range []string{"text", "json"} {
			what := strings.Join(args, " ") + " -o " + format
			var got int
			var errs string
			got, out, errs = m.run(append(slices.Clone(args), "-f", m.file, "-o", format, "--log-level", "debug", "--genesys-base-url", front.URL, "--hubspot-base-url", hub.URL)...)
			if got != code {
				t.Errorf("%s: exit code %d, want %d\n%s%s", what, got, code, out, errs)
			}
			clean(t, what+" (standard output)", out)
			clean(t, what+" (standard error)", errs)
			if strings.Contains(out, "50000") || strings.Contains(out, "50,000") {
				t.Errorf("%s: a live amount is shown: %s", what, around(out, "50"))
			}
		}
		return out
	}
	live := []string{"simulate", "--crm", "live", "--ani", "+15135550142", "--trace"}
	run(0, "plan")
	run(0, "plan", "--profile", "marked")
	run(1, "plan", "--profile", "token")
	run(0, "setup", "--yes")
	if out := run(0, live...); !strings.Contains(out, `"active_deal"`) {
		t.Errorf("the call did not come as far as the deals, whose amounts are marked: %s", out)
	}
	run(0, append(live, "--flow", "deployed")...)
	run(0, append(live, "--fault", "find deals=502")...)
	refuse = true
	run(1, "plan")
	run(1, "setup", "--yes")
	run(0, live...) // HubSpot refuses the key: the caller goes on
	m.env["GENESYSCLOUD_ACCESS_TOKEN"] = markedToken
	run(1, "plan")
	config := filepath.Join(m.env["HOME"], ".gc", "config.toml")
	if err := os.WriteFile(config, fmt.Appendf(nil, "[marked]\nclient_secret = %q\n[broken\n", markedSaved), 0o600); err != nil {
		t.Fatal(err)
	}
	run(1, "plan", "--profile", "marked")
	refuse = false
	delete(m.env, "GENESYSCLOUD_ACCESS_TOKEN")
	run(0, "destroy", "--yes", "--confirm", "acme-marked", "--queues")
	mu.Lock()
	defer mu.Unlock()
	if len(state) == 0 {
		t.Fatal("the org never changed")
	}
	for _, s := range secrets() { // the rules' own words are in the flow
		if strings.Contains(string(state), s) {
			t.Errorf("the state of the org holds a secret: %s", around(string(state), s))
		}
	}
	cleanTree(t, m.env["HOME"])
}

// On a terminal, and asked for, personal data is shown.
func TestPersonalDataOnATerminal(t *testing.T) {
	m := newMarked(t, "mixed")
	var out, errs strings.Builder
	env := m.in(&out, &errs)
	env.IO.OutTerminal = true
	if code := cli.Main(context.Background(), []string{"simulate", "-f", m.file, "--ani", "+15135550142", "--trace", "--show-pii"}, env); code != 0 {
		t.Fatal(errs.String())
	}
	for _, s := range []string{"call +15135550142", "vertraulich: Mark", "gossip about Mark", "Lucia"} {
		if !strings.Contains(out.String(), s) {
			t.Errorf("%q is not shown", s)
		}
	}
	for _, s := range secrets() {
		if strings.Contains(out.String()+errs.String(), s) {
			t.Error("a secret is shown")
		}
	}
}
