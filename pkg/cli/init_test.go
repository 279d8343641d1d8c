package cli_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
)

// initFiles are those that init writes.
var initFiles = []string{"calls.yaml", "crm.yaml", "dealroute.yaml"}

// What init writes is right at once: no warning, all of the suite as expected and every rule in it, the
// printed commands run as they stand, setup in the sandbox works and has nothing to do the second time.
func TestInitIsRightAtOnce(t *testing.T) {
	t.Parallel()
	for i, c := range []struct {
		name string
		args []string
		full bool // proved wholly
	}{
		{"least", []string{"--name", "north-inbound", "--region", "eu-west-1", "--countries", "GB", "--fallback-queue", "Support"}, true},
		{"all", []string{"--name", "a2", "--region", "mypurecloud.de", "--countries", "DE,AT", "--countries", "CH", "--fallback-queue", `Kunden: "Süd" # 1`, "--fallback-skills", "Deutsch,O'Neill's", "--number", "+493023125000", "--number", "+493023125001, +43 1 5340", "--deals-queue", "Vertrieb", "--stages", "contractsent"}, true},
		{"longest", []string{"--name", strings.Repeat("n", 40), "--region", "us-east-1", "--countries", "US,CA", "--fallback-queue", strings.Repeat("q", 256), "--number", "+15135550100"}, false},
		{"every stage", []string{"--name", "all-stages", "--region", "ap-southeast-2", "--countries", "AU", "--fallback-queue", "yes", "--stages", "appointmentscheduled,qualifiedtobuy,presentationscheduled,decisionmakerboughtin,contractsent"}, false},
		{"no example numbers", []string{"--name", "br-inbound", "--region", "sa-east-1", "--countries", "BR,MX,AR,IT", "--fallback-queue", "1"}, false},
		{"sandbox", []string{"--name", "emulated", "--region", "us-east-1", "--countries", "US", "--fallback-queue", "Not There", "--sandbox", "--deals-queue", "Sales"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, dir := newProgram(t), filepath.Join(t.TempDir(), "it's new")
			args := append([]string{"init", "--out", dir}, c.args...)
			if c.name == "all" {
				if code, out, errs := p.run(args...); code != 1 || out != "" || !strings.Contains(errs, `did you mean "+4315340"`) {
					t.Fatalf("a number with blanks: exit code %d\n%s%s", code, out, errs)
				}
				args[slices.Index(args, "+493023125001, +43 1 5340")] = "+493023125001,+4315340"
			}
			code, out, errs := p.run(args...)
			if code != 0 || errs != "" {
				t.Fatalf("exit code %d\n%s%s", code, out, errs)
			}
			file := filepath.Join(dir, "dealroute.yaml")
			proof := "--proof=off"
			if c.full {
				proof = "--proof=full"
			}
			if code, out, errs := p.run("validate", "-f", file, "--fail-severity", "warning", proof); code != 0 {
				t.Errorf("validate: exit code %d\n%s%s", code, out, errs)
			}
			if code, out, errs := p.run("simulate", "-f", file, "--suite", filepath.Join(dir, "calls.yaml"), "--fail-under", "100"); code != 0 {
				t.Errorf("suite: exit code %d\n%s%s", code, out, errs)
			}
			_, next, _ := strings.Cut(out, "\nnext:\n")
			ran := 0
			for _, line := range strings.Split(next, "\n") {
				line = strings.TrimSpace(line)
				if !strings.HasPrefix(line, "dealroute ") || strings.Contains(line, " --online") || strings.HasPrefix(line, "dealroute doctor") || strings.HasPrefix(line, "dealroute plan") {
					continue
				}
				w := words(line)[1:]
				if w[0] == "validate" {
					w = append(w, "--proof=off")
				}
				if code, out, errs := p.run(w...); code != 0 {
					t.Errorf("%s: exit code %d\n%s%s", line, code, out, errs)
				}
				ran++
			}
			if ran != 4 {
				t.Errorf("%d commands ran\n%s", ran, out)
			}
			if !strings.Contains(next, "\n  export GENESYSCLOUD_OAUTHCLIENT_ID=… GENESYSCLOUD_OAUTHCLIENT_SECRET=… HUBSPOT_SERVICE_KEY=…\n") || strings.Contains(out, "note ") {
				t.Errorf("what real accounts need is not asked for, or the sandbox is said to lack something\n%s", out)
			}
			if i > 2 && c.name != "sandbox" {
				return
			}
			code, out, errs = p.run("setup", "--sandbox", "--yes", "-f", file, "-o", "json")
			if code != 0 || strings.Contains(out, `"created"`) || strings.Contains(out, `"action": "create"`) {
				t.Errorf("setup again: exit code %d\n%s%s", code, out, errs)
			}
		})
	}
}

// Nothing is overwritten, and what is there is named with the way on; with one of the three there none of
// the others is written.
func TestInitOverwritesNothing(t *testing.T) {
	least := []string{"init", "--name", "acme", "--region", "us-east-1", "--countries", "US", "--fallback-queue", "Support"}
	for _, there := range initFiles {
		p, dir := newProgram(t), t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, there), []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
		code, out, errs := p.run(append(least, "--out", dir)...)
		all, err := os.ReadDir(dir)
		kept, _ := os.ReadFile(filepath.Join(dir, there))
		if code != 1 || out != "" || !strings.Contains(errs, there+" is there already") || err != nil || len(all) != 1 || string(kept) != "mine" {
			t.Errorf("%s: exit code %d, %q, %v\n%s%s", there, code, kept, all, out, errs)
		}
		if on := strings.Contains(errs, "go on from it with"); on != (there == "dealroute.yaml") {
			t.Errorf("%s: %s", there, errs)
		}
	}
}

// Without a terminal all flags that are missing are named at once; a wrong one is refused with the
// nearest right answer; nothing is written.
func TestInitRefuses(t *testing.T) {
	p, dir := newProgram(t), t.TempDir()
	for args, want := range map[string]string{
		"":            "--name, --region, --countries and --fallback-queue are missing",
		"--name acme": "--region, --countries and --fallback-queue are missing",
		"--name acme --region us-east-1 --countries US":                                                  "--fallback-queue is missing",
		"--name Acme --region us-east-1 --countries US --fallback-queue A":                               `did you mean "acme"`,
		"--name acme --region Frankfurt --countries US --fallback-queue A":                               `did you mean "eu-central-1"`,
		"--name acme --region us-east-1 --countries Germany --fallback-queue A":                          `did you mean "DE"`,
		"--name acme --region us-east-1 --countries US --fallback-queue A --number +442079460000":        "add GB to the countries",
		"--name acme --region us-east-1 --countries US --fallback-queue A --stages contractsnet":         `did you mean "contractsent"`,
		"--name acme --region us-east-1 --countries US --fallback-queue A --deals-queue \x01":            "--deals-queue: the queue holds a control character",
		"--name acme --region us-east-1 --countries US --fallback-queue A --contries GB":                 `did you mean "--countries"`,
		"--name acme --region us-east-1 --countries US --fallback-queue A extra":                         "takes flags only",
		"--name acme --region us-east-1 --countries US --fallback-queue A -f acme/dealroute.yaml":        "name the folder to write to with --out DIR",
		"--name acme --region us-east-1 --countries US --fallback-queue A --out acme/dealroute.yaml":     "--out names a folder",
		"--name acme --region us-east-1 --countries US --fallback-queue A --out /dev/null/new":           "name a folder that can be written to",
		"--name acme --region us-east-1 --countries , --fallback-queue A":                                "--countries is missing",
		"--name acme --countries US --fallback-queue A --profile none":                                   `profile "none"`,
		"--name acme --region us-east-1 --countries US --fallback-queue pat-na1-0123abcd-4567-89ab-cdef": "looks like",
	} {
		code, out, errs := p.run(append([]string{"init", "--out", filepath.Join(dir, "new")}, strings.Fields(args)...)...)
		if code != 1 || out != "" || !strings.Contains(errs, want) {
			t.Errorf("init %s: exit code %d\n%s%s", args, code, out, errs)
		}
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) > 0 {
		t.Errorf("%v, %v", all, err)
	}
	t.Setenv("GENESYSCLOUD_REGION", "eu-central-1") // the environment says it, too
	if code, out, errs := p.run("init", "--name", "acme", "--countries", "DE", "--fallback-queue", "A", "--out", filepath.Join(dir, "new")); code != 0 {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "new", "dealroute.yaml")); err != nil || !strings.Contains(string(text), "region: eu-central-1\n") {
		t.Errorf("%v\n%s", err, text)
	}
}

// initAccount is a HubSpot account whose people nobody shall find in a file.
func initAccount() hubspot.CRM {
	return hubspot.CRM{
		Portal: "24681357", Currency: "EUR",
		Pipelines: []hubspot.Pipeline{{ID: "default", Label: "Vertrieb", Stages: []hubspot.Stage{
			{ID: "111", Label: "Erstgespräch", Probability: "0.2"}, {ID: "222", Label: "Angebot: liegt vor", Probability: "0.8"},
			{ID: "333", Label: "Gewonnen", Closed: true, Won: true, Probability: "1.0"}, {ID: "444", Label: "Verloren", Closed: true, Probability: "0.0"},
		}}},
		Contacts:   []hubspot.Contact{{ID: "1", Properties: hubspot.Properties{"phone": hubspot.Text("+4915112345678"), "firstname": hubspot.Text("Lucia")}}},
		Owners:     []hubspot.Owner{{ID: "77", Type: hubspot.OwnerPerson, Email: "lucia@example.com", FirstName: "Lucia", LastName: "Marked"}},
		Properties: map[string][]hubspot.Definition{"contacts": {{Name: "customer_tier", Type: "enumeration"}}},
	}
}

// newInitOrg serves an org and an account to read; all calls to the org that may write are kept.
func newInitOrg(t *testing.T, account ...hubspottest.Option) (o *orgProgram, wrote *[]string) {
	t.Helper()
	o = newOrgWith(t, nil)
	wrote = &[]string{}
	var mu sync.Mutex
	o.before = func(r *http.Request) {
		if r.Method != http.MethodGet && !strings.HasSuffix(r.URL.Path, "/oauth/token") {
			mu.Lock()
			defer mu.Unlock()
			*wrote = append(*wrote, r.Method+" "+r.URL.Path)
		}
	}
	hub := serveAccount(t, initAccount(), account...)
	o.args = append(o.args[2:4:4], "--hubspot-base-url", hub)
	return o, wrote
}

// With credentials the files have the account's own stages and pins, the org's queues, and no person.
func TestInitReadsBothAccounts(t *testing.T) {
	o, wrote := newInitOrg(t, hubspottest.Token(hubspottest.DefaultToken, append(hubspottest.DefaultScopes(), hubspottest.ScopeOwners)...))
	dir := filepath.Join(t.TempDir(), "new")
	args := []string{"init", "--name", "acme", "--region", "eu-central-1", "--countries", "DE", "--fallback-queue", "Suport", "--number", "+493023125000", "--out", dir}
	code, out, errs := o.main(t.Context(), append(args, "-o", "json")...)
	var told struct {
		Read, Notes []string
		Next        []struct{ Command string }
	}
	if err := json.Unmarshal([]byte(out), &told); err != nil || code != 0 || errs != "" {
		t.Fatalf("exit code %d: %v\n%s%s", code, err, out, errs)
	}
	if len(told.Read) != 2 || !strings.Contains(told.Read[0], "HubSpot account 24681357: 1 pipeline with 4 stages") || !strings.HasSuffix(told.Read[0], ", 1 owner, in EUR") || !strings.Contains(told.Read[1], `org "Acme": 1 queue`) {
		t.Errorf("read %q", told.Read)
	}
	if all := strings.Join(told.Notes, "\n"); !strings.Contains(all, `no queue "Suport"; did you mean "Support"`) || !strings.Contains(all, "no pool of the org holds the number +493023125000") {
		t.Errorf("notes %q", told.Notes)
	}
	for _, n := range told.Next {
		if strings.HasPrefix(n.Command, "export") {
			t.Errorf("what is given is asked for: %s", n.Command)
		}
	}
	text := map[string]string{}
	for _, name := range initFiles {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		text[name] = string(data)
		for _, of := range []string{"Lucia", "Marked", "lucia@", "+4915112345678", hubspottest.DefaultToken, genesystest.ClientSecret, genesystest.ClientID} {
			if strings.Contains(text[name], of) {
				t.Errorf("%s has %q", name, of)
			}
		}
	}
	for _, want := range []string{"\n  org: Acme\n", "\n  portal: \"24681357\"\n", "\n    \"222\": \"Angebot: liegt vor\"\n", `stage: ["Angebot: liegt vor"]`, "\n    #   - Support\n", "in EUR.\n", "customer_tier: {contact: customer_tier}", "priority: 15, owner: prefer}\n"} {
		if !strings.Contains(text["dealroute.yaml"], want) {
			t.Errorf("dealroute.yaml has no %q\n%s", want, text["dealroute.yaml"])
		}
	}
	if len(*wrote) > 0 {
		t.Errorf("the org was asked to write: %v", *wrote)
	}
	file := filepath.Join(dir, "dealroute.yaml")
	if code, out, errs := o.run("validate", "--proof=off", "--fail-severity", "warning", "-f", file); code != 0 {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	if code, out, errs := o.run("simulate", "-f", file, "--suite", filepath.Join(dir, "calls.yaml"), "--fail-under", "100"); code != 0 {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
}

// What an account refuses is said, in a line for each reason, and the files are written without it.
func TestInitGoesOnWithoutAnAccount(t *testing.T) {
	for _, c := range []struct {
		name    string
		env     map[string]string
		account []hubspottest.Option
		notes   []string
	}{
		{"a wrong key", map[string]string{"HUBSPOT_SERVICE_KEY": "pat-na1-00000000-0000-0000-0000-000000000000"}, nil, []string{"HubSpot could not be read: read the account: HubSpot does not know the key"}},
		{"a wrong client", map[string]string{"GENESYSCLOUD_OAUTHCLIENT_SECRET": "wrong"}, nil, []string{"the org could not be read: sign in to Genesys Cloud"}},
		{"half a client", map[string]string{"GENESYSCLOUD_OAUTHCLIENT_SECRET": ""}, nil, []string{"the org was not read: not set is GENESYSCLOUD_OAUTHCLIENT_SECRET"}},
		{"a key with a blank", map[string]string{"HUBSPOT_SERVICE_KEY": " x"}, nil, []string{"HubSpot could not be read"}},
		{"fewer scopes", nil, []hubspottest.Option{hubspottest.Token(hubspottest.DefaultToken, hubspottest.DefaultScopes()...)}, nil},
		{"half an app", map[string]string{"HUBSPOT_SERVICE_KEY": "", "HUBSPOT_CLIENT_ID": "x"}, nil, []string{"HubSpot was not read: not set is HUBSPOT_CLIENT_SECRET, HUBSPOT_REFRESH_TOKEN"}},
		{"another org", nil, nil, []string{`the org could not be read: this client belongs to org "Acme"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o, _ := newInitOrg(t, c.account...)
			for k, v := range c.env {
				o.env[k] = v
			}
			dir := filepath.Join(t.TempDir(), "new")
			args := []string{"init", "--name", "acme", "--region", "eu-central-1", "--countries", "DE", "--fallback-queue", "Support", "--out", dir}
			if c.name == "another org" {
				args = append(args, "--org", "Other")
			}
			code, out, errs := o.main(t.Context(), args...)
			if code != 0 || strings.Count(out, "note ") != len(c.notes) {
				t.Fatalf("exit code %d\n%s%s", code, out, errs)
			}
			for _, n := range c.notes {
				if strings.Count(out, n) != 1 {
					t.Errorf("%q stands %d times\n%s", n, strings.Count(out, n), out)
				}
			}
			if code, out, errs := o.run("validate", "--proof=off", "--fail-severity", "warning", "-f", dir); code != 0 {
				t.Errorf("exit code %d\n%s%s", code, out, errs)
			}
		})
	}
}

// An account with an app and no key is read with its token, and the file says so.
func TestInitWithAnApp(t *testing.T) {
	o, _ := newInitOrg(t, hubspottest.OAuthApps(hubspottest.OAuthApp{ClientID: hubspottest.ClientID, ClientSecret: hubspottest.ClientSecret, RefreshToken: hubspottest.RefreshToken, Scopes: hubspottest.DefaultScopes()}))
	o.env["HUBSPOT_SERVICE_KEY"] = ""
	o.env["HUBSPOT_CLIENT_ID"], o.env["HUBSPOT_CLIENT_SECRET"], o.env["HUBSPOT_REFRESH_TOKEN"] = hubspottest.ClientID, hubspottest.ClientSecret, hubspottest.RefreshToken
	dir := filepath.Join(t.TempDir(), "new")
	code, out, errs := o.main(t.Context(), "init", "--name", "acme", "--region", "eu-central-1", "--countries", "DE", "--fallback-queue", "Support", "--out", dir)
	text, err := os.ReadFile(filepath.Join(dir, "dealroute.yaml"))
	if err != nil || code != 0 || !strings.Contains(out, "HubSpot account 24681357") || !strings.Contains(string(text), "\n  auth: {method: oauth}\n") {
		t.Errorf("exit code %d: %v\n%s%s%s", code, err, out, errs, text)
	}
	for _, s := range []string{hubspottest.ClientSecret, hubspottest.RefreshToken} {
		if strings.Contains(string(text)+out+errs, s) {
			t.Errorf("%s is shown", s)
		}
	}
	if code, out, errs := o.run("validate", "--proof=off", "--fail-severity", "warning", "-f", dir); code != 0 {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
}

// Who has no deployment file is told how to make one.
func TestNoFileNamesInit(t *testing.T) {
	t.Chdir(t.TempDir())
	p := newProgram(t)
	for _, command := range []string{"validate", "plan", "status"} {
		if code, _, errs := p.run(command); code != 1 || !strings.Contains(errs, "write a first one with: dealroute init") {
			t.Errorf("%s: exit code %d\n%s", command, code, errs)
		}
	}
	if code, out, errs := p.run("init", "--name", "acme", "--region", "us-east-1", "--countries", "US", "--fallback-queue", "Support"); code != 0 || strings.Contains(out, " -f ") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	if code, _, errs := p.run("simulate", "--suite", "calls.yaml"); code != 0 {
		t.Errorf("exit code %d\n%s", code, errs)
	}
}

// serveAccount serves a HubSpot account without limits.
func serveAccount(t *testing.T, crm hubspot.CRM, options ...hubspottest.Option) string {
	t.Helper()
	hub := httptest.NewServer(hubspottest.New(crm, append([]hubspottest.Option{hubspottest.WithLimits(hubspottest.Limits{})}, options...)...))
	t.Cleanup(hub.Close)
	return hub.URL
}

// offered is a setting that stands as a comment: a # without a blank behind it.
var offered = regexp.MustCompile(`^( *)#([^ \n].*)$`)

// Each setting that stands as a comment passes validate by itself when the # is taken away, and so do all
// of them together; what they name, the org and the account must have, is not asked here.
func TestInitsCommentsPassValidate(t *testing.T) {
	p, dir := newProgram(t), t.TempDir()
	file := filepath.Join(dir, "dealroute.yaml")
	if code, _, errs := p.run("init", "--name", "acme", "--region", "us-east-1", "--countries", "US", "--fallback-queue", "Support", "--number", "+15135550100", "--out", dir); code != 0 {
		t.Fatal(errs)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(data), "\n")
	var blocks [][]int
	for i, l := range lines {
		m := offered.FindStringSubmatch(l)
		if m == nil {
			continue
		}
		if n := len(blocks); n > 0 && blocks[n-1][len(blocks[n-1])-1] == i-1 {
			if first := offered.FindStringSubmatch(lines[blocks[n-1][0]]); len(m[1]) > len(first[1]) {
				blocks[n-1] = append(blocks[n-1], i)
				continue
			}
		}
		blocks = append(blocks, []int{i})
	}
	if len(blocks) < 15 {
		t.Fatalf("%d settings\n%s", len(blocks), data)
	}
	var all []int
	for _, b := range blocks {
		all = append(all, b...)
	}
	for _, b := range append(blocks, all) {
		text := slices.Clone(lines)
		for _, i := range b {
			text[i] = offered.ReplaceAllString(text[i], "$1$2")
		}
		if err := os.WriteFile(file, []byte(strings.Join(text, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"validate", "--proof=off", "-f", file}, {"simulate", "-f", file, "--ani", "+12025550102"}} {
			if code, out, errs := p.run(args...); code != 0 {
				t.Errorf("%s: %q: exit code %d\n%s%s", args[0], text[b[0]], code, out, errs)
			}
		}
	}
}

// Lists are read with blanks behind their commas, as they are where they are asked; commands name the file when
// the environment names another one.
func TestInitReadsLists(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DEALROUTE_FILE", "elsewhere/dealroute.yaml")
	p := newProgram(t)
	code, out, errs := p.run("init", "--name", "acme", "--region", "us-east-1", "--countries", "US, CA GB", "--countries", "IE;", "--fallback-queue", "A", "--fallback-skills", "Deutsch, Öl und Gas", "--stages", "contractsent, qualifiedtobuy")
	text, err := os.ReadFile("dealroute.yaml")
	if code != 0 || err != nil || !strings.Contains(out, "dealroute validate -f dealroute.yaml\n") {
		t.Fatalf("exit code %d, %v\n%s%s", code, err, out, errs)
	}
	for _, want := range []string{"homeCountries: [US, CA, GB, IE]\n", `skills: ["Deutsch", "Öl und Gas"]`, "stage: [qualifiedtobuy, contractsent]"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the file has no %q\n%s", want, text)
		}
	}
}
