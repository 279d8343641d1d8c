package cli_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/view"
)

// A guarded program is the CLI before an org and an account of which a test says what they allow.
type guarded struct {
	*program
	file   string
	org    *genesystest.Server
	args   []string
	grants map[string]hubspottest.Grant // by key

	schemas map[string]*jsonschema.Schema
}

const (
	clientUUID  = "5ec2e7ff-0000-4000-8000-00000000c11e"
	guardedFile = `version: 1
name: acme-guarded
genesys: {region: us-east-1}
hubspot: {portal: "1002", lookup: {homeCountries: [US]}}
calls: {numbers: ["+15135550100"], greeting: {prompt: Welcome}, schedule: {group: Acme hours, emergencyGroup: Acme emergency, closed: {message: We are closed., then: disconnect}}}
routing:
  rules: [{name: a, when: {outcome: active_deal}, to: {queue: Sales, skills: [English], owner: prefer}}]
  fallback: {queue: Support, priority: 1}
screenPop: managed
`
)

func newGuarded(t *testing.T, opts ...genesystest.Option) *guarded {
	t.Helper()
	g := &guarded{program: hurried(t), file: filepath.Join(t.TempDir(), "dealroute.yaml"), grants: map[string]hubspottest.Grant{}, schemas: schemas(t)}
	g.grants[markedKey] = hubspottest.Grant{Scopes: append(hubspottest.DefaultScopes(), hubspottest.ScopeOwners)}
	crm := hubspottest.New(hubspot.CRM{Portal: "1002"}, hubspottest.WithLimits(hubspottest.Limits{}),
		hubspottest.OAuthApps(hubspottest.OAuthApp{ClientID: "app", ClientSecret: markedSecret, RefreshToken: markedRefresh, Scopes: hubspottest.DefaultScopes()}),
		hubspottest.Tokens(func(bearer string) (hubspottest.Grant, bool) {
			if !strings.HasPrefix(bearer, "pat-") { // the emulated org keeps a hash of the key, and tests actions with it
				return g.grants[markedKey], true
			}
			grant, ok := g.grants[bearer]
			return grant, ok
		}))
	var err error
	if g.org, err = genesystest.New(nil, append([]genesystest.Option{described(t), genesystest.Remote(transport.Handler(crm))}, opts...)...); err != nil {
		t.Fatal(err)
	}
	g.org.Apply(genesystest.Seed{
		Org: "Acme", Numbers: []string{"+15135550100"}, Divisions: []string{"Sales Division"}, Prompts: []string{"Welcome"},
		ScheduleGroups: []genesystest.SeedScheduleGroup{{Name: "Acme hours"}}, EmergencyGroups: []genesystest.SeedEmergencyGroup{{Name: "Acme emergency"}},
		Queues: []genesystest.SeedQueue{{Name: "Support", Staff: []genesystest.SeedUser{{Name: "A"}}}},
	})
	org, hub := httptest.NewServer(g.org), httptest.NewServer(crm)
	t.Cleanup(org.Close)
	t.Cleanup(hub.Close)
	g.args = []string{"--genesys-base-url", org.URL, "--hubspot-base-url", hub.URL}
	g.env["GENESYSCLOUD_OAUTHCLIENT_ID"], g.env["GENESYSCLOUD_OAUTHCLIENT_SECRET"] = genesystest.ClientID, genesystest.ClientSecret
	g.env["HUBSPOT_SERVICE_KEY"] = markedKey
	g.write(t, guardedFile)
	return g
}

func (g *guarded) write(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(g.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// check runs auth check in both formats, holds the answer against its schema and the marks, and sees
// that nobody writes.
func (g *guarded) check(t *testing.T, args ...string) (code int, said string, a view.AuthCheck) {
	t.Helper()
	l := &leaks{t: t}
	g.org.ForgetCalls()
	all := append(append([]string{"auth", "check"}, args...), g.args...)
	code, said, errs := g.run(append(all, "--log-level", "debug")...)
	said += errs
	l.hold(strings.Join(all, " "), said, true)
	again, out, errs := g.run(append(all, "-o", "json")...)
	l.hold(strings.Join(all, " "), out+errs, true)
	if again != code {
		t.Errorf("%v: exit code %d, with JSON %d", args, code, again)
	}
	if code != 1 {
		valid(t, g.schemas, "auth-check", out)
		if err := json.Unmarshal([]byte(out), &a); err != nil || a.OK != (code == 0) {
			t.Errorf("%v: %v, ok %t, exit code %d", args, err, a.OK, code)
		}
	}
	for _, c := range g.org.Calls() {
		if c.Write && c.Path != "/oauth/token" {
			t.Errorf("%v: wrote %s %s", args, c.Method, c.Path)
		}
	}
	return code, said, a
}

// TestCommandsNeedWhatIsTold: what a command calls needs, by the published description, nothing but what
// NeedsOf tells of it, and with exactly that it does its work.
func TestCommandsNeedWhatIsTold(t *testing.T) {
	t.Parallel()
	served, err := genesystest.Endpoints()
	if err != nil {
		t.Fatal(err)
	}
	part := regexp.MustCompile(`\\\{[^}]*\}`)
	endpoint := func(c genesystest.Call) (best genesystest.Endpoint) {
		for _, e := range served {
			form := regexp.MustCompile("^" + part.ReplaceAllString(regexp.QuoteMeta(e.Path), "[^/]+") + "$")
			if e.Method == c.Method && form.MatchString(c.Path) && (best.Path == "" || strings.Count(e.Path, "{") < strings.Count(best.Path, "{")) {
				best = e
			}
		}
		return best
	}
	g := newGuarded(t)
	kinds := append(reconcile.Kinds(nil), reconcile.Prompt)
	for _, c := range []struct{ command, line string }{
		{"plan", "plan"}, {"setup", "setup --yes --allow-unstaffed"}, {"plan", "plan"}, {"status", "status"}, {"switch", "switch off --yes"}, {"switch", "breaker open --yes"},
		{"simulate --flow deployed", "simulate --flow deployed --crm live --ani +15135550142"}, {"destroy", "destroy --yes --confirm acme-guarded --queues"},
	} {
		g.org.ForgetCalls()
		if code, out, errs := g.run(append(append(strings.Fields(c.line), "-f", g.file), g.args...)...); code != 0 {
			t.Fatalf("%s: exit code %d\n%s%s", c.line, code, out, errs)
		}
		var told []string
		for _, n := range reconcile.NeedsOf(c.command, kinds) {
			told = append(told, strings.Split(n.Permission, " or ")...)
		}
		for _, call := range g.org.Calls() {
			e := endpoint(call)
			without := slices.DeleteFunc(slices.Clone(e.Permissions), func(p string) bool { return slices.Contains(told, p) })
			if len(without) > 0 && (!e.Any || len(without) == len(e.Permissions)) {
				t.Errorf("%s: %s %s needs %v, and NeedsOf tells only of %v", c.line, call.Method, call.Path, e.Permissions, told)
			}
		}
	}
	if len(reconcile.Commands()) != 7 {
		t.Error("a command is not tried here")
	}
}

// TestEachMissingPermissionIsToldOfItsCommands: with one of the permissions that docs/howto/keys.md lists withheld,
// auth check names it with the commands that need it, and lets the others pass.
func TestEachMissingPermissionIsToldOfItsCommands(t *testing.T) {
	of := func(permission string) (need []string) {
		for _, c := range reconcile.Commands() {
			for _, n := range reconcile.NeedsOf(c, append(reconcile.Kinds(nil), reconcile.Prompt)) {
				if n.Permission == permission && n.When == "" && c != reconcile.CommandRenew {
					need = append(need, c)
				}
			}
		}
		return need
	}
	for _, c := range []struct {
		permission string
		commands   string
	}{
		{"routing:callRoute:edit", "setup"}, {"architect:flow:view", "plan, setup, status, destroy, simulate --flow deployed"}, {"architect:flow:delete", "destroy"},
		{"oauth:client:add", "setup"}, {"architect:userPrompt:view", "plan, setup"}, {"integrations:action:execute", "setup"}, {"routing:schedule:view", "setup, simulate --flow deployed"},
	} {
		g := newGuarded(t, genesystest.WithoutPermission(c.permission))
		code, said, a := g.check(t, "-f", g.file)
		if want := fmt.Sprintf("this client lacks %s (not granted), which ", c.permission); code != 2 || !strings.Contains(said, want) || !strings.Contains(said, " "+c.commands+"\n") || strings.Join(of(c.permission), ", ") != c.commands {
			t.Errorf("%s: exit code %d, needed for %v\n%s", c.permission, code, of(c.permission), said)
		}
		for _, x := range a.Genesys.Commands {
			if x.Allowed == slices.Contains(of(c.permission), x.Command) {
				t.Errorf("%s: %v", c.permission, x)
			}
		}
		others := "switch"
		if !strings.Contains(c.commands, "plan") {
			others = "plan,switch"
		}
		if code, said, _ := g.check(t, "-f", g.file, "--for", others); code != 0 {
			t.Errorf("%s for %s: exit code %d\n%s", c.permission, others, code, said)
		}
	}
	for what, c := range map[string]struct {
		opt  genesystest.Option
		want string
		code int
	}{
		"perhaps":      {genesystest.WithoutPermission("routing:queue:add"), "warning: this client lacks routing:queue:add (not granted), which is needed for setup where a queue is missing", 0},
		"not licensed": {genesystest.Unlicensed("architect:flow:publish"), "this client lacks architect:flow:publish (not licensed: the org's product does not know it)", 2},
		"nothing":      {genesystest.Permissions("none:of:these"), "may not run plan, setup, status, switch, destroy, simulate --flow deployed", 2},
	} {
		g := newGuarded(t, c.opt)
		if code, said, _ := g.check(t, "-f", g.file); code != c.code || !strings.Contains(strings.Join(strings.Fields(said), " "), c.want) {
			t.Errorf("%s: exit code %d\n%s", what, code, said)
		}
	}
}

// TestAuthCheckTellsWhatIsWrong: each mistake that people make with secrets, with the next step, and never
// a secret.
func TestAuthCheckTellsWhatIsWrong(t *testing.T) {
	g := newGuarded(t)
	grant := func(scopes ...string) hubspottest.Grant { return hubspottest.Grant{Scopes: scopes} }
	wide := append(hubspottest.DefaultScopes(), hubspottest.ScopeOwners)
	g.grants["pat-na1-writes"] = grant(append(wide, "crm.objects.contacts.write")...)
	g.grants["pat-na1-few"] = grant("crm.objects.contacts.read", "oauth")
	config := filepath.Join(g.env["HOME"], ".gc", "config.toml")
	if err := os.MkdirAll(filepath.Dir(config), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, fmt.Appendf(nil, "[good]\nclient_credentials = %q\nclient_secret = %q\n[half]\nclient_credentials = %q\n", genesystest.ClientID, genesystest.ClientSecret, genesystest.ClientID), 0o600); err != nil {
		t.Fatal(err)
	}
	const oauth = "portal: \"1002\", auth: {method: oauth%s}, lookup"
	app := func(more string) string {
		return strings.Replace(guardedFile, "portal: \"1002\", lookup", fmt.Sprintf(oauth, more), 1)
	}
	set := func(kv ...string) map[string]string {
		out := map[string]string{}
		for i := 0; i < len(kv); i += 2 {
			out[kv[i]] = kv[i+1]
		}
		return out
	}
	ofApp := func(kv ...string) map[string]string {
		out := set("HUBSPOT_SERVICE_KEY", "", "HUBSPOT_CLIENT_ID", "app", "HUBSPOT_CLIENT_SECRET", markedSecret, "HUBSPOT_REFRESH_TOKEN", markedRefresh)
		for k, v := range set(kv...) {
			out[k] = v
		}
		return out
	}
	for name, c := range map[string]struct {
		env  map[string]string
		file string // empty: the guarded one; -: none
		args string
		code int
		want string // parts, with |
	}{
		"all right":                {nil, "", "", 0, `org "Acme"|may run plan, setup, status, switch, destroy, simulate --flow deployed|key of the data center eu1 account 1002|All that is needed is set and works.`},
		"no file":                  {nil, "-", "", 0, `org "Acme"|crm.objects.contacts.read`},
		"no key":                   {set("HUBSPOT_SERVICE_KEY", ""), "", "", 2, "HUBSPOT_SERVICE_KEY not set|error: HUBSPOT_SERVICE_KEY is not set|hint: set it, or HUBSPOT_SERVICE_KEY_FILE,|crm.objects.owners.read"},
		"no key, for none":         {set("HUBSPOT_SERVICE_KEY", ""), "", "--for switch,destroy", 0, "may run switch, destroy"},
		"no client":                {set("GENESYSCLOUD_OAUTHCLIENT_ID", "", "GENESYSCLOUD_OAUTHCLIENT_SECRET", ""), "", "", 2, "error: no credentials for Genesys Cloud|account 1002"},
		"half a client":            {set("GENESYSCLOUD_OAUTHCLIENT_SECRET", ""), "", "", 2, "error: GENESYSCLOUD_OAUTHCLIENT_SECRET is not set, and GENESYSCLOUD_OAUTHCLIENT_ID is|hint: set it, or GENESYSCLOUD_OAUTHCLIENT_SECRET_FILE"},
		"nothing, offline":         {set("GENESYSCLOUD_OAUTHCLIENT_ID", "", "HUBSPOT_SERVICE_KEY", ""), "", "--offline", 2, "HUBSPOT_SERVICE_KEY is not set"},
		"wrong secret":             {set("GENESYSCLOUD_OAUTHCLIENT_SECRET", markedToken), "", "", 2, "error: sign in to Genesys Cloud as client sandbox-client|hint: the region or the client's id and secret are wrong"},
		"another region":           {set("GENESYSCLOUD_OAUTHCLIENT_SECRET", markedToken, "GENESYSCLOUD_REGION", "eu-central-1"), "", "", 2, "the regions disagree: GENESYSCLOUD_REGION says eu-central-1"},
		"regions":                  {set("GENESYSCLOUD_REGION", "eu-central-1"), "", "", 0, "warning: the regions disagree: GENESYSCLOUD_REGION says eu-central-1"},
		"regions, offline":         {set("GENESYSCLOUD_REGION", "eu-central-1"), "", "--offline", 0, "warning: the regions disagree: GENESYSCLOUD_REGION says eu-central-1"},
		"a profile":                {nil, "", "--profile good", 0, `GENESYSCLOUD_OAUTHCLIENT_SECRET profile "good"|not set and not needed: HUBSPOT_CLIENT_ID, HUBSPOT_CLIENT_SECRET, HUBSPOT_REFRESH_TOKEN, GENESYSCLOUD_ACCESS_TOKEN|info: the profile "good" counts; GENESYSCLOUD_OAUTHCLIENT_ID, GENESYSCLOUD_OAUTHCLIENT_SECRET of elsewhere are not looked at|may run plan`},
		"no such profile":          {nil, "", "--profile none --offline", 2, `has no profile "none"`},
		"half a profile":           {nil, "", "--profile half --offline", 2, "error: no credentials for Genesys Cloud"},
		"token that ended":         {set("GENESYSCLOUD_ACCESS_TOKEN", markedToken), "", "", 2, "GENESYSCLOUD_ACCESS_TOKEN counts, and GENESYSCLOUD_OAUTHCLIENT_ID, GENESYSCLOUD_OAUTHCLIENT_SECRET are not looked at|the access token is not known: it has ended"},
		"another org":              {nil, strings.Replace(guardedFile, "us-east-1}", "us-east-1, org: Other}", 1), "", 2, `this client belongs to org "Acme"|hint: sign in with a client of that org`},
		"no such division":         {nil, strings.Replace(guardedFile, "us-east-1}", "us-east-1, division: None}", 1), "", 2, `has no division "None"`},
		"a division":               {nil, strings.Replace(guardedFile, "us-east-1}", "us-east-1, division: Sales Division}", 1), "", 0, "may run plan"},
		"key that writes":          {set("HUBSPOT_SERVICE_KEY", "pat-na1-writes"), "", "", 0, "warning: HUBSPOT_SERVICE_KEY has scopes that write: crm.objects.contacts.write|hint: take them out"},
		"few scopes":               {set("HUBSPOT_SERVICE_KEY", "pat-na1-few"), "", "", 2, "error: HUBSPOT_SERVICE_KEY lacks the scopes crm.objects.deals.read, crm.objects.owners.read"},
		"unknown key":              {set("HUBSPOT_SERVICE_KEY", "pat-na1-"+markedToken), "", "", 2, "the key in HUBSPOT_SERVICE_KEY will not do|hint: check that the service key was not revoked"},
		"another account":          {nil, strings.Replace(guardedFile, "1002", "7", 1), "", 2, "error: HUBSPOT_SERVICE_KEY: "},
		"secret of Genesys":        {set("HUBSPOT_SERVICE_KEY", markedSecret), "", "--offline", 0, "warning: HUBSPOT_SERVICE_KEY does not begin with pat-"},
		"key as secret":            {set("GENESYSCLOUD_OAUTHCLIENT_SECRET", markedKey), "", "--offline", 2, "error: GENESYSCLOUD_OAUTHCLIENT_SECRET looks like a HubSpot key|hint: it belongs in HUBSPOT_SERVICE_KEY"},
		"changed places":           {set("GENESYSCLOUD_OAUTHCLIENT_ID", "x", "GENESYSCLOUD_OAUTHCLIENT_SECRET", clientUUID), "", "--offline", 0, "warning: GENESYSCLOUD_OAUTHCLIENT_SECRET looks like an id|hint: see that id and secret did not change places"},
		"the same twice":           {set("HUBSPOT_SERVICE_KEY", genesystest.ClientSecret), "", "--offline", 2, "error: HUBSPOT_SERVICE_KEY and GENESYSCLOUD_OAUTHCLIENT_SECRET hold the same value"},
		"quotes":                   {set("HUBSPOT_SERVICE_KEY", `"`+markedKey+`"`), "", "--offline", 2, "error: HUBSPOT_SERVICE_KEY holds quotes"},
		"a line end":               {set("HUBSPOT_SERVICE_KEY", markedKey+"\n"), "", "", 2, "error: HUBSPOT_SERVICE_KEY holds a blank, a line end"},
		"with Bearer":              {set("HUBSPOT_SERVICE_KEY", "Bearer "+markedKey), "", "--offline", 2, "error: HUBSPOT_SERVICE_KEY holds a blank within"},
		"with its name":            {set("HUBSPOT_SERVICE_KEY", "HUBSPOT_SERVICE_KEY="+markedKey), "", "--offline", 2, "error: HUBSPOT_SERVICE_KEY holds its own name"},
		"a file that is not there": {set("HUBSPOT_SERVICE_KEY", "", "HUBSPOT_SERVICE_KEY_FILE", "/none/of/these"), "", "", 2, "HUBSPOT_SERVICE_KEY_FILE: the file /none/of/these cannot be used|file named by HUBSPOT_SERVICE_KEY_FILE, which cannot be used|org \"Acme\""},
		"both":                     {set("HUBSPOT_SERVICE_KEY_FILE", "/none/of/these"), "", "", 2, "HUBSPOT_SERVICE_KEY and HUBSPOT_SERVICE_KEY_FILE are both set"},
		"an app":                   {ofApp(), app(""), "", 2, "the scopes crm.objects.owners.read|account 1002"},
		"an app of another secret": {ofApp("HUBSPOT_CLIENT_SECRET", markedToken), app(""), "", 2, "error: the app in HUBSPOT_CLIENT_ID, HUBSPOT_CLIENT_SECRET, HUBSPOT_REFRESH_TOKEN|hint: check client id and client secret"},
		"an app without a token":   {ofApp("HUBSPOT_REFRESH_TOKEN", ""), app(""), "", 2, "error: HUBSPOT_REFRESH_TOKEN is not set"},
		"an app and a key":         {ofApp("HUBSPOT_SERVICE_KEY", markedKey), app(""), "--offline", 0, "info: HUBSPOT_SERVICE_KEY is set and not looked at: hubspot.auth.method is oauth"},
		"an app of somebody else":  {ofApp(), app(", tokenURL: https://login.example/token"), "", 0, "was not tried: hubspot.auth.tokenURL is no endpoint of HubSpot"},
		"an app without a file":    {ofApp(), "-", "", 0, "HUBSPOT_REFRESH_TOKEN environment|account 1002"},
		"no runtime client":        {nil, guardedFile + "manage: {runtimeClient: false}\n", "", 2, "error: DEALROUTE_RUNTIME_CLIENT_ID is not set"},
		"a word":                   {nil, "", "--for nonsense", 1, `--for "nonsense" is not known`},
	} {
		t.Run(name, func(t *testing.T) {
			was := g.env
			g.env = map[string]string{}
			for k, v := range was {
				g.env[k] = v
			}
			for k, v := range c.env {
				g.env[k] = v
			}
			defer func() { g.env = was }()
			args := strings.Fields(c.args)
			switch c.file {
			case "-":
				t.Chdir(t.TempDir())
			case "":
				g.write(t, guardedFile)
				args = append(args, "-f", g.file)
			default:
				g.write(t, c.file)
				args = append(args, "-f", g.file)
			}
			code, said, _ := g.check(t, args...)
			plain := strings.Join(strings.Fields(said), " ")
			for _, want := range strings.Split(c.want, "|") {
				if !strings.Contains(plain, want) {
					t.Errorf("it does not say %q", want)
				}
			}
			if code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			if c.code == 0 && strings.Contains(plain, "All that is needed is set and works.") && strings.Contains(plain, "does not look like the id") {
				t.Error("the form of what works is doubted")
			}
			if strings.Contains(c.args, "--offline") && len(g.org.Calls()) > 0 {
				t.Error("it asks")
			}
			if t.Failed() {
				t.Log(said)
			}
		})
	}
}

// TestReadableFilesAreTold: a file of a secret that others may read is told, but for mounts of containers.
func TestReadableFilesAreTold(t *testing.T) {
	for _, c := range []struct {
		mode  os.FileMode
		mount bool
		told  bool
	}{{0o600, false, false}, {0o400, false, false}, {0o644, false, true}, {0o640, false, true}, {0o644, true, false}} {
		p := newProgram(t)
		dir := t.TempDir()
		path := filepath.Join(dir, "my key")
		if err := os.WriteFile(path, []byte(markedKey), c.mode); err != nil {
			t.Fatal(err)
		}
		if c.mount {
			if err := os.Symlink(dir, filepath.Join(dir, "..data")); err != nil {
				t.Fatal(err)
			}
		}
		p.env["HUBSPOT_SERVICE_KEY_FILE"] = path
		_, out, _ := p.run("auth", "check", "--offline", "-f", basicFile)
		if told := strings.Contains(out, fmt.Sprintf("can be read by other users of this machine (mode %04o)", c.mode)); told != c.told || told && !strings.Contains(out, "hint: chmod 600 '"+path+"'") {
			t.Errorf("%o, mount %t:\n%s", c.mode, c.mount, out)
		}
	}
}
