package cli_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/cli"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
)

// An orgProgram is the CLI in this process before an org that is no sandbox.
type orgProgram struct {
	*program
	file   string
	args   []string
	before func(*http.Request) // of each call to the org
}

// described holds every answer of an emulated org against the published description.
func described(t *testing.T) genesystest.Option {
	t.Helper()
	return genesystest.Described(func(err error) { t.Error(err) })
}

// newOrg serves an org and a HubSpot account on loopback.
func newOrg(t *testing.T, opts ...genesystest.Option) *orgProgram {
	t.Helper()
	return newOrgWith(t, nil, opts...)
}

// newOrgWith is one whose HubSpot account is another, too.
func newOrgWith(t *testing.T, account []hubspottest.Option, opts ...genesystest.Option) *orgProgram {
	t.Helper()
	crm := hubspottest.New(hubspot.CRM{}, hubspottest.Token(genesystest.HashSecret("sandbox", hubspottest.DefaultToken)), hubspottest.WithLimits(hubspottest.Limits{}))
	server, err := genesystest.New(nil, append([]genesystest.Option{described(t), genesystest.Remote(transport.Handler(crm))}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	server.Apply(genesystest.Seed{Org: "Acme", Queues: []genesystest.SeedQueue{{Name: "Support", Staff: []genesystest.SeedUser{{Name: "A"}}}}})
	o := &orgProgram{program: hurried(t), file: filepath.Join(t.TempDir(), "dealroute.yaml")}
	org := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if o.before != nil {
			o.before(r)
		}
		server.ServeHTTP(w, r)
	}))
	t.Cleanup(org.Close)
	hub := httptest.NewServer(hubspottest.New(hubspot.CRM{}, append([]hubspottest.Option{hubspottest.WithLimits(hubspottest.Limits{})}, account...)...))
	t.Cleanup(hub.Close)
	o.args = []string{"-f", o.file, "--genesys-base-url", org.URL, "--hubspot-base-url", hub.URL}
	o.env["GENESYSCLOUD_OAUTHCLIENT_ID"], o.env["GENESYSCLOUD_OAUTHCLIENT_SECRET"] = genesystest.ClientID, genesystest.ClientSecret
	o.env["HUBSPOT_SERVICE_KEY"] = hubspottest.DefaultToken
	if err := os.WriteFile(o.file, []byte(`version: 1
name: acme-org
genesys: {region: us-east-1}
hubspot: {lookup: {homeCountries: [US]}}
enrichment: {breaker: none}
routing: {fallback: {queue: Support, priority: 1}}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *orgProgram) main(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = cli.Main(ctx, append(args, o.args...), o.in(&out, &errs))
	return code, out.String(), errs.String()
}

// Where flag, environment, profile and file name different regions, a client that is not known
// there is told which said what, and which was used.
func TestRegionsThatDisagreeAreNamed(t *testing.T) {
	for _, c := range []struct {
		name, flag, env, profile string
		want                     string // empty: nothing is said of regions
	}{
		{"all the same", "us-east-1", "mypurecloud.com", "us-east-1", ""},
		{"only the file", "", "", "", ""},
		{"profile", "", "", "mypurecloud.de", `the regions disagree: profile "p" of ~/.gc/config.toml says mypurecloud.de, and the address of --genesys-base-url was used; genesys.region of the deployment file says us-east-1; a client`},
		{"environment", "", "eu-central-1", "", "GENESYSCLOUD_REGION says eu-central-1, and the address of --genesys-base-url was used; genesys.region of the deployment file says us-east-1; a client"},
		{"environment over a profile", "", "us-east-1", "mypurecloud.de", `GENESYSCLOUD_REGION says us-east-1, and the address of --genesys-base-url was used; profile "p" of ~/.gc/config.toml says mypurecloud.de; a client`},
		{"flag over all", "us-west-2", "eu-central-1", "mypurecloud.de", `--region says us-west-2, and the address of --genesys-base-url was used; GENESYSCLOUD_REGION says eu-central-1; profile "p" of ~/.gc/config.toml says mypurecloud.de; genesys.region of the deployment file says us-east-1`},
	} {
		for _, token := range []bool{false, true} {
			o := newOrg(t)
			o.env["GENESYSCLOUD_OAUTHCLIENT_SECRET"], o.env["GENESYSCLOUD_REGION"] = "wrong", c.env
			if token {
				o.env["GENESYSCLOUD_ACCESS_TOKEN"] = "wrong-token"
			}
			args := []string{"plan"}
			if c.flag != "" {
				args = append(args, "--region", c.flag)
			}
			if c.profile != "" {
				args = append(args, "--profile", "p")
				text := "[p]\nenvironment = \"" + c.profile + "\"\nclient_credentials = \"id\"\nclient_secret = \"wrong\"\n"
				if token {
					text += "access_token = \"wrong-token\"\n"
				}
				if err := os.MkdirAll(filepath.Join(o.env["HOME"], ".gc"), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(o.env["HOME"], ".gc", "config.toml"), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			code, _, stderr := o.main(t.Context(), args...)
			if code != 1 || !strings.Contains(stderr, "(401") || !strings.Contains(stderr, c.want) || c.want == "" && strings.Contains(stderr, "regions disagree") {
				t.Errorf("%s, token %v: %d %s", c.name, token, code, stderr)
			}
		}
	}
}

// A client without permissions is told of all of them by plan and by setup, in text and JSON.
func TestAllMissingPermissionsAreTold(t *testing.T) {
	o := newOrg(t, genesystest.Permissions("routing:queue:view"))
	for _, args := range [][]string{{"plan"}, {"plan", "-o", "json"}, {"setup", "--yes"}, {"destroy", "--yes", "--confirm", "acme-org"}} {
		code, stdout, stderr := o.main(t.Context(), args...)
		for _, p := range []string{"architect:datatable:view to read dataTable", "architect:flow:view to read flow", "scripter:script:view to read script", "routing:callRoute:view to read callRoute"} {
			if code != 1 || !strings.Contains(stdout+stderr, p) {
				t.Errorf("%v: %d, not told: %s\n%s%s", args, code, p, stdout, stderr)
			}
		}
	}
	o = newOrg(t, genesystest.Permissions("routing:queue:view", "architect:datatable:view", "architect:flow:view", "scripter:script:view", "routing:callRoute:view",
		"integrations:integration:view", "integrations:action:view", "oauth:client:view", "authorization:role:view"))
	code, _, stderr := o.main(t.Context(), "plan")
	if code != 0 || !strings.Contains(stderr, `warning: this client seems to lack architect:datatable:add, which is needed to create dataTable "acme-org-control"`) {
		t.Errorf("plan: %d %s", code, stderr)
	}
	code, stdout, _ := o.main(t.Context(), "plan", "-o", "json")
	if code != 0 || !regexp.MustCompile(`"permissionsMissing": \[\s+"architect:datatable:add",`).MatchString(stdout) {
		t.Errorf("plan in JSON: %d %s", code, stdout)
	}
	code, _, stderr = o.main(t.Context(), "setup", "--yes")
	if code != 1 || !strings.Contains(stderr, "architect:job:create to create flow") || !strings.Contains(stderr, "integrations:integration:add to create credential") {
		t.Errorf("setup: %d %s", code, stderr)
	}
}

// After a failure at any write, and after an interruption, the last line adds up.
func TestTheLastLineAddsUpAfterAnything(t *testing.T) {
	count := func(line, form string) int {
		m := regexp.MustCompile(form).FindStringSubmatch(line)
		if m == nil {
			return 0
		}
		n, err := strconv.Atoi(m[1])
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	look := func(name string, want int, code int, stdout string) {
		t.Helper()
		line := regexp.MustCompile(`(?m)^(setup|destroy): .*$`).FindString(stdout)
		all, unchanged, planned := count(line, `(\d+) entit`), count(line, `(\d+) unchanged`), count(line, `(\d+) planned`)
		done, failed, not := count(line, `(\d+) done`), count(line, `(\d+) failed`), count(line, `(\d+) not done`)
		if code != want || planned == 0 || all != unchanged+planned || planned != done+failed+not || failed+not == 0 {
			t.Errorf("%s: exit code %d: %q", name, code, line)
		}
	}
	for _, nth := range []int{1, 4, 8} {
		fault := genesystest.Fault{Nth: nth, Method: http.MethodPost, PathPrefix: "/api/", Status: http.StatusForbidden}
		o := newOrg(t, genesystest.Faults(fault))
		code, stdout, _ := o.main(t.Context(), "setup", "--yes")
		look("setup, a refusal", 1, code, stdout)

		o = newOrg(t)
		ctx, interrupt := context.WithCancelCause(t.Context())
		n := 0
		o.before = func(r *http.Request) {
			if n++; r.Method == http.MethodPost && n > 20+nth {
				interrupt(context.Canceled)
			}
		}
		code, stdout, _ = o.main(ctx, "setup", "--yes")
		look("setup, an interruption", 130, code, stdout)
	}
	o := newOrg(t, genesystest.Faults(genesystest.Fault{Nth: 2, Method: http.MethodDelete, Status: http.StatusForbidden}))
	if code, _, stderr := o.main(t.Context(), "setup", "--yes"); code != 0 {
		t.Fatal(stderr)
	}
	code, stdout, _ := o.main(t.Context(), "destroy", "--yes", "--confirm", "acme-org")
	look("destroy, a refusal", 1, code, stdout)
}
