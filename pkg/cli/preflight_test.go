package cli_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/view"
)

// fitting is a deployment file that newOrg's org is fit for.
const fitting = `version: 1
name: acme-org
genesys: {region: us-east-1, org: Acme}
hubspot:
  portal: "24681357"
  lookup: {homeCountries: [US]}
  stages: {appointmentscheduled: Appointment Scheduled}
  facts: {tier: {contact: customer_tier}, score: {contact: num_notes, type: number}}
enrichment: {breaker: none}
routing:
  rules:
    - name: gold
      when: {facts: {tier: [gold], score: {min: 5}}, stage: [appointmentscheduled]}
      to: {queue: Support}
  fallback: {queue: Support, priority: 1}
`

// online runs validate --online, and gives its findings by code.
func (o *orgProgram) online(t *testing.T, args ...string) (code int, found map[string][]view.Finding) {
	t.Helper()
	code, stdout, stderr := o.main(t.Context(), append([]string{"validate", "--online", "--proof=off", "-o", "json"}, args...)...)
	var answer view.Validation
	if err := json.Unmarshal([]byte(stdout), &answer); err != nil {
		t.Fatalf("%v: %s%s", err, stdout, stderr)
	}
	found = map[string][]view.Finding{}
	for _, f := range answer.Findings {
		if f.Code != nil && !strings.HasPrefix(*f.Code, "A-") {
			found[*f.Code] = append(found[*f.Code], f)
		}
	}
	return code, found
}

func (o *orgProgram) write(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(o.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Both accounts are asked by reads alone, and what they are short of has a code, a place and a severity;
// setup stops before the first write where it would fail, and goes on with a warning where it would not.
func TestOnline(t *testing.T) {
	const elsewhere = "another test runs such a setup"
	tier := hubspottest.Define("contacts", hubspottest.Property{Name: "customer_tier"})
	for name, c := range map[string]struct {
		edit  []string // of the file
		org   []genesystest.Option
		crm   []hubspottest.Option
		code  int
		want  string // codes with severity and line
		setup string // what keeps setup from beginning; empty: nothing
	}{
		"fit accounts":     {nil, nil, []hubspottest.Option{tier}, 0, "", ""},
		"a missing queue":  {[]string{"to: {queue: Support}", "to: {queue: Suport}", "routing:", "manage: {queues: false}\nrouting:"}, nil, []hubspottest.Option{tier}, 2, "DR-ORG-004 error 15, DR-ORG-005 error 15", elsewhere},
		"a queue to make":  {[]string{"to: {queue: Support}", "to: {queue: Suport}"}, nil, []hubspottest.Option{tier}, 2, "DR-ORG-005 error 14", elsewhere},
		"another org":      {[]string{"org: Acme", "org: Other"}, nil, []hubspottest.Option{tier}, 2, "DR-ORG-014 error 3", elsewhere},
		"a permission":     {nil, []genesystest.Option{genesystest.WithoutPermission("architect:flow:publish")}, []hubspottest.Option{tier}, 2, "DR-ORG-008 error 2", "architect:flow:publish to create flow \"acme-org\" (not granted)"},
		"a licence":        {nil, []genesystest.Option{genesystest.Unlicensed("integrations:action:execute")}, []hubspottest.Option{tier}, 2, "DR-ORG-009 error 2", elsewhere},
		"a read":           {nil, []genesystest.Option{genesystest.WithoutPermission("routing:queue:view")}, []hubspottest.Option{tier}, 2, "DR-ORG-008 error 3", elsewhere},
		"a limit":          {nil, []genesystest.Option{genesystest.Limit("datatables", "tables.max.allowed", 0)}, []hubspottest.Option{tier}, 2, "DR-ORG-010 error 2", "limit datatables/tables.max.allowed is 0"},
		"an allowed limit": {[]string{"version: 1", "# dealroute: allow DR-ORG-010 because they raise it today\nversion: 1"}, []genesystest.Option{genesystest.Limit("integrations", "actions.total.max", 0)}, []hubspottest.Option{tier}, 0, "", ""},
		"a type":           {nil, []genesystest.Option{genesystest.WithIntegrationType("custom-rest-actions", genesystest.IntegrationType{Absent: true})}, []hubspottest.Option{tier}, 2, "DR-ORG-011 error 2", elsewhere},
		"a prompt":         {[]string{"routing:", "calls: {greeting: {prompt: Hello}}\nrouting:"}, nil, []hubspottest.Option{tier}, 2, "DR-ORG-015 error 10", `there is no prompt "Hello"`},
		"an unseen thing":  {nil, []genesystest.Option{genesystest.Faults(genesystest.Fault{Nth: 1, PathPrefix: "/api/v2/authorization/products", Status: http.StatusForbidden})}, []hubspottest.Option{tier}, 0, "DR-ORG-013 info 3", ""},
		"a wrong account":  {[]string{"24681357", "11111111"}, nil, []hubspottest.Option{tier}, 2, "DR-HUB-006 error 5", elsewhere},
		"a scope":          {nil, nil, []hubspottest.Option{tier, hubspottest.Token(hubspottest.DefaultToken, hubspottest.ScopeContacts)}, 2, "DR-HUB-007 error 4", elsewhere},
		"an unknown key":   {nil, nil, []hubspottest.Option{tier, hubspottest.Token("another")}, 2, "DR-HUB-006 error 5", elsewhere},
		"a lost fact":      {nil, nil, nil, 2, "DR-ACCT-003 error 8", elsewhere},
		"a lost property":  {nil, nil, []hubspottest.Option{tier, hubspottest.Undefine("contacts", "hs_calculated_phone_number")}, 2, "DR-HUB-008 error 6", "every lookup is refused"},
		"a lost stage":     {[]string{"stage: [appointmentscheduled]", "stage: [apointmentscheduled]"}, nil, []hubspottest.Option{tier}, 2, "DR-ACCT-001 error 13", elsewhere},
		"a lost pipeline":  {[]string{"{homeCountries: [US]}", "{homeCountries: [US], pipelines: [sales]}"}, nil, []hubspottest.Option{tier}, 2, "DR-ACCT-002 error 6", ""},
		"another type":     {[]string{"num_notes, type: number", "num_notes, type: date", "score: {min: 5}", "score: {within: 5d}"}, nil, []hubspottest.Option{tier}, 2, "DR-ACCT-005 error 8", elsewhere},
		"another label":    {[]string{"appointmentscheduled: Appointment Scheduled", "appointmentscheduled: Booked"}, nil, []hubspottest.Option{tier}, 0, "DR-ACCT-006 info 7", elsewhere},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOrgWith(t, c.crm, c.org...)
			o.write(t, strings.NewReplacer(c.edit...).Replace(fitting))
			var wrote []string
			o.before = func(r *http.Request) {
				if r.Method != http.MethodGet && r.URL.Path != "/oauth/token" {
					wrote = append(wrote, r.Method+" "+r.URL.Path)
				}
			}
			code, found := o.online(t)
			var got []string
			for id, fs := range found {
				for _, f := range fs {
					if asks := regexp.MustCompile(`^DR-(ORG|HUB|ACCT)-`).MatchString(id) && f.Line != nil; asks {
						got = append(got, fmt.Sprintf("%s %s %d", id, f.Severity, *f.Line))
					}
				}
			}
			slices.Sort(got)
			if code != c.code || strings.Join(got, ", ") != c.want {
				t.Errorf("exit code %d, found %v, want %s", code, got, c.want)
			}
			if len(wrote) > 0 {
				t.Errorf("validate wrote: %v", wrote)
			}
			if c.setup == elsewhere {
				return
			}
			code, stdout, stderr := o.main(t.Context(), "setup", "--yes")
			if refused := code != 0; refused != (c.setup != "") || !strings.Contains(stdout+stderr, c.setup) || refused && len(wrote) > 0 {
				t.Errorf("setup: exit code %d, wrote %v: %s%s", code, wrote, stdout, stderr)
			}
		})
	}
}

// An account that nobody can ask is named, and the other one is asked all the same.
func TestOnlineWithoutCredentials(t *testing.T) {
	o := newOrgWith(t, []hubspottest.Option{hubspottest.Define("contacts", hubspottest.Property{Name: "customer_tier"})})
	o.write(t, fitting)
	key := o.env["HUBSPOT_SERVICE_KEY"]
	delete(o.env, "HUBSPOT_SERVICE_KEY")
	if code, found := o.online(t); code != 0 || len(found["DR-HUB-005"]) != 1 || found["DR-HUB-005"][0].Severity != "warning" || found["DR-ORG-003"] != nil {
		t.Errorf("no key: %d %v", code, found)
	}
	code, _, stderr := o.main(t.Context(), "plan")
	if code != 0 || !strings.Contains(stderr, "HubSpot was not asked") {
		t.Errorf("plan without a key: %d %s", code, stderr)
	}
	o.env["HUBSPOT_SERVICE_KEY"], o.env["GENESYSCLOUD_OAUTHCLIENT_SECRET"] = key, ""
	if code, found := o.online(t); code != 0 || len(found["DR-ORG-003"]) != 1 || found["DR-ORG-003"][0].Severity != "warning" || found["DR-HUB-005"] != nil {
		t.Errorf("no credentials: %d %v", code, found)
	}
	o.env["GENESYSCLOUD_OAUTHCLIENT_SECRET"] = "wrong"
	if code, found := o.online(t); code != 2 || len(found["DR-ORG-003"]) != 1 || found["DR-ORG-003"][0].Severity != "error" {
		t.Errorf("wrong credentials: %d %v", code, found)
	}
	for _, format := range []string{"sarif", "junit", "github", "text"} {
		if code, stdout, stderr := o.main(t.Context(), "validate", "--online", "--proof=off", "-o", format); code != 2 || !strings.Contains(stdout, "DR-ORG-003") {
			t.Errorf("%s: %d %s%s", format, code, stdout, stderr)
		}
	}
}

// What lacks stands in the JSON of plan and setup with the change that needs it.
func TestMissingPermissionsHaveTheirChange(t *testing.T) {
	o := newOrgWith(t, nil, genesystest.WithoutPermission("architect:job:create"), genesystest.Unlicensed("architect:datatable:add"))
	for _, args := range [][]string{{"plan", "-o", "json"}, {"setup", "--yes", "-o", "json"}} {
		_, stdout, _ := o.main(t.Context(), args...)
		var p view.Plan
		if err := json.Unmarshal([]byte(stdout), &p); err != nil {
			t.Fatal(err)
		}
		want := view.MissingPermission{Permission: "architect:job:create", Reason: "notGranted", Kind: "flow", Name: "acme-org", Needed: `create flow "acme-org"`}
		if !slices.Contains(p.PermissionsMissing, want.Permission) || !slices.Contains(p.PermissionsMissingFor, want) || len(p.PermissionsMissingFor) != len(p.PermissionsMissing) {
			t.Errorf("%v: %v %+v", args, p.PermissionsMissing, p.PermissionsMissingFor)
		}
		if !slices.ContainsFunc(p.PermissionsMissingFor, func(m view.MissingPermission) bool { return m.Reason == "notLicensed" }) {
			t.Errorf("%v: %+v", args, p.PermissionsMissingFor)
		}
	}
}
