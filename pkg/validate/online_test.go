package validate_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/validate"
)

// onlines are what reads of both accounts may find, by what is wrong; "well" is a fit one.
func onlines(t *testing.T, name string) *validate.Online {
	t.Helper()
	key := func(k genesys.Kind, n string) genesys.Key { return genesys.Key{Kind: k, Name: n} }
	seniors, others := []genesys.Member{{ID: "1", Skills: []string{"Seniors"}}}, []genesys.Member{{ID: "2"}}
	org := &reconcile.Preflight{Org: "Acme Production", Members: map[string][]genesys.Member{"Sales": seniors, "Care": others, "General": others}}
	out := &validate.Online{Org: org}
	leaves := func(k genesys.Key, id, why string) {
		org.Plan.Changes = append(org.Plan.Changes, plan.Change{Key: k, ID: id, Action: plan.Leave, Blocks: true, Reason: why})
	}
	switch name {
	case "well":
	case "no credentials":
		out = &validate.Online{Unasked: &validate.Unasked{Why: "no credentials for Genesys Cloud", Hint: "set them"}}
	case "references":
		leaves(key(genesys.Queue, "Care"), "", "it does not exist")
		leaves(key(genesys.Skill, "Seniors"), "", "it does not exist")
		leaves(key(genesys.Flow, "Night menu"), "", "it is not published")
		leaves(key(genesys.Script, "Our pop"), "", "it does not exist")
		leaves(key(genesys.ScheduleGroup, "Acme hours"), "", "it does not exist")
		leaves(key(genesys.EmergencyGroup, "Acme emergency"), "", "it does not exist")
	case "nobody":
		org.Members = map[string][]genesys.Member{"Sales": others, "Care": {}}
	case "numbers":
		org.Numbers = []reconcile.NumberTaken{
			{Number: "+15135550100", Owner: `call route "Old line"`, Movable: true}, {Number: "+15135550101"}, {Number: "+15135550102", Owner: "a user"},
		}
	case "names":
		leaves(key(genesys.CallRoute, "acme"), "r1", "has our name and not our mark; rename it, or take it over with --adopt")
	case "permissions":
		out.Refused = []reconcile.Lack{{Permission: "routing:queue:view", What: "read queue entities", Err: errors.New("403")}}
		fallthrough
	case "licences":
		org.Lacks = []reconcile.Lack{
			{Permission: "routing:queue:add", What: `create queue "Care"`, Change: key(genesys.Queue, "Care"), Sure: true},
			{Permission: "architect:job:create", What: `create flow "acme"`, Change: key(genesys.Flow, "acme")},
			{Permission: "routing:callRoute:add", What: `create callRoute "acme"`, Change: key(genesys.CallRoute, "acme"), Sure: true, Elsewhere: true},
			{Permission: "architect:datatable:add", What: `create dataTable "acme-control"`, Change: key(genesys.DataTable, "acme-control"), Sure: true, Unlicensed: true},
		}
		org.Lacks = slices.DeleteFunc(org.Lacks, func(l reconcile.Lack) bool { return l.Unlicensed != (name == "licences") })
	case "limits":
		org.Limits = []reconcile.LimitHit{{Kind: genesys.Queue, Name: "routing/queues.max", Most: 10, Have: 9, Adds: 2}}
	case "types":
		org.Types = []reconcile.TypeHit{
			{ID: "custom-rest-actions", Integration: "acme HubSpot", Most: 50, Have: 50},
			{ID: "purecloud-data-actions", Integration: "acme Genesys", Absent: true}, {ID: "purecloud-data-actions", Integration: "acme Genesys", Barred: true},
		}
		org.Products = []string{"communicate"}
	case "a lock":
		org.Plan.Changes = []plan.Change{{Key: key(genesys.Flow, "acme"), ID: "f", Action: plan.Leave, Held: true, Reason: "locked by somebody"}}
	case "unseen":
		org.Unseen = []reconcile.Unseen{{What: "the products of the org", Err: errors.New("refused")}}
	case "another org":
		out = &validate.Online{Wrong: &validate.Wrong{Path: "genesys.org", Value: "Acme Production", Why: `the credentials belong to org "Other"`, Hint: "correct one of them"}}
	case "prompts":
		org.Prompts = []string{"Welcome"}
	case "remarks":
		org.Remarks = []reconcile.Remark{{Key: key(genesys.ScheduleGroup, "Acme hours"), Text: "schedule group \"Acme hours\" has no open schedule: it is never open"}}
	case "no key":
		out.HubSpot.Unasked = &validate.Unasked{Why: "HUBSPOT_SERVICE_KEY is not set", Hint: "set it"}
	case "a bad key":
		out.HubSpot.Refused, out.HubSpot.Hint = "HubSpot does not know the key", "give another one"
	case "scopes":
		out.HubSpot.Unscoped = []string{"crm.objects.deals.read"}
	default:
		t.Fatalf("nothing is called %q", name)
	}
	return out
}

// live is the account as it is asked before a setup, without some properties.
func live(without ...string) *validate.Account {
	a := account
	a.Live, a.Owners, a.Unpreferring = true, "", nil
	a.Properties, a.Types = map[string]map[string][]string{}, map[string]map[string]validate.PropertyType{
		"contacts": {"customer_tier": {Type: "enumeration", Field: "select"}, "engagement_score": {Type: "number", Field: "number"}, "interests": {Type: "enumeration", Field: "checkbox"}},
		"deals":    {"renewal_date": {Type: "date", Field: "date"}},
	}
	for name, p := range map[string]validate.PropertyType{
		"phone_e164": {Type: "string", Field: "text", Unique: true}, "phone_plain": {Type: "string", Field: "text"}, "phone_formatted": {Type: "phone_number", Field: "phonenumber", Unique: true},
		"open_deals": {Type: "number", Field: "calculation_rollup"}, "open_deals_value": {Type: "number", Field: "calculation_rollup"},
		"deals_by_hand": {Type: "number", Field: "number"}, "deals_in_words": {Type: "string", Field: "text"},
	} {
		a.Types["contacts"][name] = p
	}
	server := hubspottest.New(hubspot.CRM{})
	for _, object := range []string{"contacts", "deals"} {
		a.Properties[object] = maps.Clone(account.Properties[object])
		for name, p := range server.Properties(object) {
			a.Properties[object][name] = p.Options
		}
		a.Properties[object]["interests"] = nil
		for name := range a.Types["contacts"] {
			if object == "contacts" && !strings.HasPrefix(name, "customer") {
				a.Properties[object][name] = nil
			}
		}
		for _, name := range without {
			delete(a.Properties[object], name)
		}
	}
	return &a
}

// What keeps a setup from beginning is an error of those rules, unless a comment of the file allows it.
func TestWhatStopsASetup(t *testing.T) {
	for code, want := range map[string]int{
		"DR-HUB-008": 2, "DR-HUB-009": 1, "DR-HUB-010": 1, "DR-ORG-010": 1, "DR-ORG-011": 3, "DR-ORG-015": 1,
		"DR-ORG-005": 0, "DR-ORG-008": 0, "DR-ACCT-006": 0, "DR-ACCT-003": 0, "DR-HUB-005": 0,
	} {
		c := readCase(t, "testdata/"+code+"/fail.yaml")
		if code == "DR-ACCT-003" {
			c.known = live("customer_tier")
		}
		in := c.input()
		in.AccountsOnly = true
		fs := validate.Run(in).Findings
		if got := len(validate.Stopping(fs)); got != want {
			t.Errorf("%s: %d stop, want %d: %v", code, got, want, fs)
		}
		_, below, _ := strings.Cut(c.text, "\n")
		c.text = "# dealroute: allow " + code + " because we know\n" + below
		in = c.input()
		in.AccountsOnly = true
		if got := validate.Stopping(validate.Run(in).Findings); len(got) > 0 {
			t.Errorf("%s is allowed, and stops: %v", code, got)
		}
	}
}

// A comment that allows what only the accounts can tell is no idle one where nobody asked them.
func TestAllowedWithoutAsking(t *testing.T) {
	c := readCase(t, "testdata/DR-ORG-005/fail.yaml")
	// The rule that goes where the fallback goes has a finding of its own, which is another matter.
	from, to := strings.Index(c.text, "    - name: hidden"), strings.Index(c.text, "  fallback:")
	c.text = c.text[:from] + c.text[to:]
	c.text, c.online, c.wants = "# dealroute: allow DR-ORG-005 because they come later\n# dealroute: allow DR-ACCT-001 because\n"+c.text, nil, nil
	c.text = strings.Replace(c.text, "DR-ACCT-001 because\n", "DR-ACCT-001 because it is made later\n", 1)
	if fs := c.answer(); len(fs) > 0 {
		t.Errorf("%v", fs)
	}
	c.online = onlines(t, "well")
	c.text = strings.Replace(c.text, "DR-ACCT-001 because it is made later", "DR-HUB-005 because there is none yet", 1)
	if fs := c.answer(); len(fs) != 2 || fs[0].Code != "DR-ALLOW-002" {
		t.Errorf("%v", fs)
	}
}
