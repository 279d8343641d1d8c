package cli_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/cli"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
)

// twoOrgs gives a program and the addresses of two orgs with an account of HubSpot each.
func twoOrgs(t *testing.T) (p *program, file string, test, live []string) {
	t.Helper()
	serve := func(name, portal string) []string {
		crm := hubspottest.New(hubspot.CRM{Portal: portal}, hubspottest.WithLimits(hubspottest.Limits{}), hubspottest.Token(hubspottest.DefaultToken), hubspottest.Token(genesystest.HashSecret("sandbox", hubspottest.DefaultToken)))
		server, err := genesystest.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		state := server.State()
		state.Org.ID = "5ec2e7ff-0000-4000-8000-000000000" + portal
		if server, err = genesystest.New(state, genesystest.Remote(transport.Handler(crm))); err != nil {
			t.Fatal(err)
		}
		server.Apply(genesystest.Seed{Org: name, Queues: []genesystest.SeedQueue{{Name: "Support", Staff: []genesystest.SeedUser{{Name: "A"}}}}})
		org, hub := httptest.NewServer(server), httptest.NewServer(crm)
		t.Cleanup(org.Close)
		t.Cleanup(hub.Close)
		return []string{"--genesys-base-url", org.URL, "--hubspot-base-url", hub.URL}
	}
	p, file = hurried(t), filepath.Join(t.TempDir(), "dealroute.yaml")
	p.env["GENESYSCLOUD_OAUTHCLIENT_ID"], p.env["GENESYSCLOUD_OAUTHCLIENT_SECRET"] = genesystest.ClientID, genesystest.ClientSecret
	p.env["HUBSPOT_SERVICE_KEY"] = hubspottest.DefaultToken
	text := "version: 1\nname: acme-org\ngenesys: {region: us-east-1}\nhubspot: {lookup: {homeCountries: [US]}}\nrouting: {fallback: {queue: Support, priority: 1}}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return p, file, serve("Acme Test", "111"), serve("Acme Production", "222")
}

// TestAnotherTargetIsTold: whoever goes to another org than the last run of the same file is told before
// anything is changed, also in the question and in JSON; who only looks does not change what is usual.
func TestAnotherTargetIsTold(t *testing.T) {
	p, file, test, live := twoOrgs(t)
	const warning = `this goes to org "Acme Production" (127.0.0.1:`
	run := func(at []string, want int, args ...string) (out, errs string) {
		t.Helper()
		code, out, errs := p.run(append(append(args, "-f", file), at...)...)
		if code != want {
			t.Errorf("%v: exit code %d\n%s%s", args, code, out, errs)
		}
		return out, errs
	}
	quiet := func(at []string, args ...string) {
		t.Helper()
		if out, errs := run(at, 0, args...); strings.Contains(out+errs, "last run") {
			t.Errorf("%v: %s%s", args, out, errs)
		}
	}
	told := func(at []string, want int, args ...string) string {
		t.Helper()
		out, errs := run(at, want, args...)
		if strings.Count(errs, warning) != 1 || !strings.Contains(errs, `the last run here went to "Acme Test" (127.0.0.1:`) || !strings.HasPrefix(errs[strings.Index(errs, warning)-9:], "warning: ") {
			t.Errorf("%v: %s%s", args, out, errs)
		}
		return out
	}
	quiet(test, "plan") // the first run
	told(live, 0, "plan")
	told(live, 0, "plan") // only looked at
	quiet(test, "setup", "--yes")
	quiet(test, "status")
	quiet(nil, "plan", "--sandbox")
	quiet(nil, "setup", "--sandbox", "--yes")
	told(live, 2, "status")
	told(live, 0, "validate", "--online", "--proof=off")
	told(live, 1, "simulate", "--flow", "deployed", "--ani", "+12025550101") // it is not set up there
	if out, _ := run(live, 0, "auth", "check"); !strings.Contains(out, "warning: "+warning) {
		t.Errorf("auth check: %s", out)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pinned := strings.Replace(string(text), "hubspot: {", "hubspot: {portal: \"999\", ", 1)
	if err := os.WriteFile(file, []byte(pinned), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, _ := run(test, 2, "auth", "check"); strings.Contains(out, "last run") || strings.Contains(out, "does not begin with pat-") { // whose account the key asks, not the one that it should
		t.Errorf("auth check with another pin: %s", out)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	told(live, 0, "doctor", "--probes", "0", "--sample", "0", "-o", "json")
	if out := told(live, 0, "plan", "-o", "json"); !strings.Contains(out, `this goes to org \"Acme Production\"`) {
		t.Errorf("no warning in JSON: %s", out)
	}
	told(live, 1, "switch")           // it is not set up there
	told(live, 1, "setup")            // nobody can be asked
	told(live, 1, "switch", "on")     // it is not set up there
	told(live, 0, "setup", "--yes")   // goes on
	quiet(live, "setup", "--yes")     // and is usual now
	quiet(live, "switch", "off")      // likewise
	quiet(live, "breaker")            // likewise
	quiet(live, "plan", "-o", "json") // likewise
	if _, errs := run(test, 0, "switch", "on", "--yes"); !strings.Contains(errs, `this goes to org "Acme Test"`) || !strings.Contains(errs, `went to "Acme Production"`) {
		t.Errorf("the way back: %s", errs)
	}
	told(live, 0, "rotate", "client", "--yes")
	quiet(live, "destroy", "--yes", "--confirm", "acme-org")

	// Another file of the same folder is another deployment, the same file by another name of the folder is not.
	other := filepath.Join(filepath.Dir(file), "other.yaml")
	link := filepath.Join(t.TempDir(), "link")
	text, err = os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(other, text, 0o600)
	}
	if err == nil {
		err = os.Symlink(filepath.Dir(file), link)
	}
	if err != nil {
		t.Fatal(err)
	}
	here := file
	file = other
	quiet(test, "plan")
	file = filepath.Join(link, "dealroute.yaml")
	if _, errs := run(test, 0, "plan"); !strings.Contains(errs, "went to \"Acme Production\"") {
		t.Errorf("by a link: %s", errs)
	}
	file = here

	folder := filepath.Join(p.env["XDG_STATE_HOME"], "dealroute", "targets")
	kept := onlyMatch(t, filepath.Join(folder, "*.json"))
	info, err := os.Stat(kept)
	data, err2 := os.ReadFile(kept)
	if err != nil || err2 != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info, err, err2)
	}
	for _, s := range []string{genesystest.ClientID, genesystest.ClientSecret, hubspottest.DefaultToken} {
		if strings.Contains(string(data), s) {
			t.Errorf("%s is kept: %s", s, data)
		}
	}
	quiet(live, "setup", "--yes")
	quiet(live, "destroy", "--yes", "--confirm", "acme-org")
	if data, err = os.ReadFile(kept); err != nil || !strings.Contains(string(data), `"portal": "222"`) {
		t.Errorf("the account of HubSpot is not kept: %s", data)
	}
	mixed := append(live[:2:2], test[2:]...)
	if _, errs := run(mixed, 0, "plan"); !strings.Contains(errs, "warning: this asks the HubSpot account 111; the last run here asked 222") {
		t.Errorf("another account: %s", errs)
	}

	// What cannot be read or written is no matter.
	for _, text := range []string{"no JSON", `{"schema": 9}`, strings.Repeat("x", 100<<10)} {
		if err := os.WriteFile(kept, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		quiet(test, "plan")
	}
	p.env["XDG_STATE_HOME"] = file // no folder
	quiet(live, "plan")
	if _, errs := run(live, 0, "plan", "--log-level", "debug"); !strings.Contains(errs, "is not remembered") {
		t.Errorf("the log does not tell: %s", errs)
	}
	delete(p.env, "XDG_STATE_HOME")
	delete(p.env, "HOME")
	quiet(live, "plan")
}

// TestDeployedIsOfThePinnedOrg: what is deployed is read from no other org than the file pins.
func TestDeployedIsOfThePinnedOrg(t *testing.T) {
	p, file, test, _ := twoOrgs(t)
	if code, out, errs := p.run(append([]string{"setup", "--yes", "-f", file}, test...)...); code != 0 {
		t.Fatal(out, errs)
	}
	text, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, []byte(strings.Replace(string(text), "us-east-1}", "us-east-1, org: Acme Production}", 1)), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	suite := filepath.Join(filepath.Dir(file), "calls.csv")
	for name, text := range map[string]string{suite: "ani\n+12025550101\n", filepath.Join(filepath.Dir(file), "crm.yaml"): "version: 1\ncontacts: []\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, line := range []string{"simulate --flow deployed --ani +12025550101", "simulate --against deployed --suite " + suite} {
		if code, out, errs := p.run(append(append(strings.Fields(line), "-f", file), test...)...); code != 1 || !strings.Contains(errs, `this client belongs to org "Acme Test"`) {
			t.Errorf("%s: exit code %d\n%s%s", line, code, out, errs)
		}
	}
}

// TestTheQuestionNamesAnotherTarget: what a person confirms says where it goes.
func TestTheQuestionNamesAnotherTarget(t *testing.T) {
	p, file, test, live := twoOrgs(t)
	for _, at := range [][]string{test, live} {
		if code, out, errs := p.run(append([]string{"plan", "-f", file}, at...)...); code != 0 {
			t.Fatal(out, errs)
		}
	}
	for _, c := range []struct{ line, answer, question string }{
		{"setup", "n\n", "Apply 13 changes to org \"Acme Production\"? [y/N]"},
		{"setup", "y\n", ""},
		{"destroy", "no\n", ""},
	} {
		p.stdin = c.answer
		var out, errs strings.Builder
		env := p.in(&out, &errs)
		env.IO.InTerminal = true
		at := live
		if c.line == "destroy" {
			at = test
			p.run(append([]string{"setup", "--yes", "-f", file}, live...)...)
			if code, _, errs := p.run(append([]string{"setup", "--yes", "-f", file}, test...)...); code != 0 {
				t.Fatal(errs)
			}
			p.run(append([]string{"switch", "on", "--yes", "-f", file}, live...)...)
		}
		cli.Main(t.Context(), append([]string{c.line, "-f", file}, at...), env)
		attention := strings.Index(errs.String(), "Attention: this goes to org ")
		asked := strings.LastIndex(errs.String(), "?")
		if attention < 0 || asked < attention || strings.Count(errs.String(), "the last run here went to") != 2 {
			t.Errorf("%s: %s", c.line, errs.String())
		}
	}
}
