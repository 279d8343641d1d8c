package doctor_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/doctor"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/validate"
	"github.com/dealroute/dealroute/templates"
)

const smallest = "version: 1\nname: acme\ngenesys: {region: us-east-1}\nhubspot: {lookup: {homeCountries: [US]}}\nrouting: {fallback: {queue: Support}}\n"

// asked is what both accounts say of the smallest deployment when there is nothing to say.
func asked(t *testing.T) validate.Input {
	t.Helper()
	d, found := deployment.Parse("dealroute.yaml", []byte(smallest))
	if found.Has(diag.Error) {
		t.Fatal(found)
	}
	b, found := blueprint.Render(d, templates.FS)
	if found.Has(diag.Error) {
		t.Fatal(found)
	}
	return validate.Input{Deployment: d, Blueprint: b, Source: []byte(smallest), Now: time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC), Online: &validate.Online{}}
}

func fit(t *testing.T) doctor.Input {
	t.Helper()
	return doctor.Input{
		Asked: asked(t), HubSpot: &doctor.HubSpot{Portal: "1", Type: "STANDARD", Exact: true}, Org: &doctor.Org{Fitness: reconcile.Fitness{Known: true}},
	}
}

// coded are findings as code and severity.
func coded(r doctor.Report) string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, f.Code+" "+string(f.Severity))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func TestExamine(t *testing.T) {
	lack := func(p string) reconcile.Lack { return reconcile.Lack{Permission: p, What: "x", Sure: true} }
	for name, c := range map[string]struct {
		change func(*doctor.Input)
		want   string
		says   string
	}{
		"fit":           {func(*doctor.Input) {}, "", ""},
		"nothing asked": {func(in *doctor.Input) { in.HubSpot, in.Org = nil, nil }, "DR-DOC-017 error", ""},
		"one asked":     {func(in *doctor.Input) { in.HubSpot = nil }, "", ""},
		"no file":       {func(in *doctor.Input) { in.NoFile = true }, "DR-DOC-014 info", ""},
		"write scopes": {func(in *doctor.Input) {
			in.HubSpot.Scopes = []string{"crm.objects.contacts.read", "crm.objects.contacts.write", "tickets"}
		}, "DR-DOC-001 warning", "may write: crm.objects.contacts.write"},
		"no write scope": {func(in *doctor.Input) { in.HubSpot.Scopes = []string{"crm.objects.rewrites.read", "writers"} }, "", ""},
		"many":           {func(in *doctor.Input) { in.HubSpot.Scopes = slices.Repeat([]string{"a.write"}, 11) }, "DR-DOC-001 warning", "and 3 more"},
		"untold": {func(in *doctor.Input) {
			in.HubSpot.Exact, in.HubSpot.Scopes = false, []string{"crm.objects.deals.read"}
		}, "DR-DOC-002 info", ""},
		"unanswered":   {func(in *doctor.Input) { in.HubSpot.Exact, in.HubSpot.Scopes = false, nil }, "", ""},
		"ended":        {func(in *doctor.Input) { in.HubSpot.Ended = true }, "DR-DOC-016 error", ""},
		"a fifth left": {func(in *doctor.Input) { in.HubSpot.Day = &doctor.Day{Limit: 100, Remaining: 20} }, "", ""},
		"less":         {func(in *doctor.Input) { in.HubSpot.Day = &doctor.Day{Limit: 100, Remaining: 19} }, "DR-DOC-005 warning", "19 of 100"},
		"none left":    {func(in *doctor.Input) { in.HubSpot.Day = &doctor.Day{Limit: 100} }, "DR-DOC-005 error", "none of"},
		"unknown":      {func(in *doctor.Input) { in.HubSpot.Unknown = []doctor.Unknown{{What: "this", Err: errors.New("that")}} }, "DR-DOC-013 info", "not known: this (that)"},
		"lacks":        {func(in *doctor.Input) { in.Org.Fitness.Lacks = []reconcile.Lack{lack("a:b:c")} }, "DR-DOC-008 warning", "a:b:c (not granted)"},
		"lacks of the plan": {func(in *doctor.Input) {
			in.Org.Fitness.Lacks = []reconcile.Lack{lack("a:b:c")}
			in.Asked.Online.Org = &reconcile.Preflight{Lacks: in.Org.Fitness.Lacks}
		}, "DR-ORG-008 error", ""},
		"ends":                {func(in *doctor.Input) { in.Org.Fitness.Ends = []reconcile.Lack{lack("a:b:c")} }, "DR-DOC-009 info", ""},
		"conditional":         {func(in *doctor.Input) { in.Org.Fitness.Conditional = []string{"a:b:c"} }, "DR-DOC-010 warning", ""},
		"unknown permissions": {func(in *doctor.Input) { in.Org.Fitness.Known = false }, "DR-DOC-013 info", "what this client may do"},
		"another role": {func(in *doctor.Input) {
			in.Org.Plan.Changes = []plan.Change{{Key: genesys.Key{Kind: genesys.Role, Name: "acme-runtime"}, Action: plan.Update}}
		}, "DR-DOC-011 error", "acme-runtime"},
		"nine tenths": {func(in *doctor.Input) {
			in.Org.Fitness.Rooms = []reconcile.Room{{Name: "a", Most: 10, Have: 9}, {Name: "b", Most: 10, Have: 8}, {Name: "c"}}
		}, "DR-DOC-012 info", "limit a is 10"},
		"a supplied client that may": {func(in *doctor.Input) {
			in.Org.Supplied = &doctor.Supplied{Who: genesys.Identity{Permissions: []genesys.Permission{{Domain: "architect", Entity: "datatableRow", Action: "*"}}}}
		}, "", ""},
		"one that may not": {func(in *doctor.Input) {
			in.Org.Supplied = &doctor.Supplied{Who: genesys.Identity{Permissions: []genesys.Permission{{Domain: "architect", Entity: "datatableRow", Action: "view"}}}}
		}, "DR-DOC-015 error", "lacks architect:datatableRow:edit"},
		"one under a condition": {func(in *doctor.Input) {
			in.Org.Supplied = &doctor.Supplied{Who: genesys.Identity{Conditional: []genesys.Permission{{Domain: "architect", Entity: "datatableRow", Action: "edit"}}}}
		}, "DR-DOC-015 error", ""},
		"one of another org": {func(in *doctor.Input) {
			in.Org.Supplied = &doctor.Supplied{Who: genesys.Identity{OrgID: "2", OrgName: "Other"}}
		}, "DR-DOC-015 error", "Other"},
		"one unasked":         {func(in *doctor.Input) { in.Org.Supplied = &doctor.Supplied{Err: errors.New("no secret")} }, "DR-DOC-015 info", "no secret"},
		"who works is hidden": {func(in *doctor.Input) { in.Asked.Online.Org = &reconcile.Preflight{Unmanned: errors.New("no")} }, "DR-ORG-013 info", ""},
	} {
		in := fit(t)
		c.change(&in)
		r := doctor.Examine(in)
		if got := coded(r); got != c.want || !strings.Contains(fmt.Sprint(r.Findings), c.says) {
			t.Errorf("%s: %s, want %s\n%v", name, got, c.want, r.Findings)
		}
	}
}

// What comes back to the request of a call is judged whatever it is.
func TestProbes(t *testing.T) {
	const refused = `{"status":"error","category":"VALIDATION_ERROR","message":"bad","errors":[{"message":"Property \"x\" is not searchable"}]}`
	for name, c := range map[string]struct {
		probe doctor.Probe
		want  string
		says  string
	}{
		"nobody":          {doctor.Probe{Answer: doctor.Answer{Status: 200, Body: []byte(`{"total":0,"results":[]}`)}}, "", ""},
		"nobody in batch": {doctor.Probe{Answer: doctor.Answer{Status: 207, Body: []byte(`{"status":"COMPLETE","results":[],"numErrors":1}`)}}, "", ""},
		"somebody":        {doctor.Probe{Object: "contacts", Answer: doctor.Answer{Status: 200, Body: []byte(`{"total":7,"results":[{"id":"1","properties":{"firstname":"Lucia"}}]}`)}}, "DR-DOC-004 error", "finds 7 contacts"},
		"a count alone":   {doctor.Probe{Answer: doctor.Answer{Status: 200, Body: []byte(`{"total":7,"results":[]}`)}}, "DR-DOC-004 error", ""},
		"no list":         {doctor.Probe{Answer: doctor.Answer{Status: 200, Body: []byte(`{"total":0}`)}}, "DR-DOC-003 error", "none that HubSpot gives"},
		"a page":          {doctor.Probe{Answer: doctor.Answer{Status: 200, Body: []byte(`<html>`), Err: "no JSON"}}, "DR-DOC-003 error", "no JSON"},
		"unusable":        {doctor.Probe{Answer: doctor.Answer{Status: 200, Body: []byte(`{"total":0,"results":[]}`), Err: "contract"}}, "DR-DOC-003 error", "contract"},
		"refused":         {doctor.Probe{Object: "contacts", Tried: true, Refused: []string{"hs_calculated_phone_number"}, Answer: doctor.Answer{Status: 400, Body: []byte(refused)}}, "DR-DOC-003 error", "lookup.match: national"},
		"refused at all":  {doctor.Probe{Tried: true, Answer: doctor.Answer{Status: 400, Body: []byte(refused)}}, "DR-DOC-003 error", "each of its properties by itself is taken"},
		"a limit":         {doctor.Probe{Answer: doctor.Answer{Status: 429, Body: []byte(`{"policyName":"SECONDLY"}`)}}, "DR-DOC-003 warning", "429 SECONDLY"},
		"a scope":         {doctor.Probe{Answer: doctor.Answer{Status: 403, Body: []byte(`{"category":"MISSING_SCOPES","errors":[{"context":{"requiredGranularScopes":["crm.objects.deals.read"]}}]}`)}}, "DR-DOC-003 error", "crm.objects.deals.read"},
		"no key":          {doctor.Probe{Answer: doctor.Answer{Status: 530, Body: []byte(`<html>`)}}, "DR-DOC-003 error", "does not look like a HubSpot key"},
		"moving":          {doctor.Probe{Answer: doctor.Answer{Status: 477}}, "DR-DOC-003 warning", "moving this account"},
		"a failure":       {doctor.Probe{Answer: doctor.Answer{Status: 502, Body: []byte(`<html>`)}}, "DR-DOC-003 warning", "HTTP 502"},
		"no answer":       {doctor.Probe{Answer: doctor.Answer{Err: "cut"}}, "DR-DOC-003 warning", "cut"},
		"somebody's":      {doctor.Probe{Answer: doctor.Answer{Status: 400, Body: []byte(`{"message":"no +15135550142 lucia@example.com"}`)}}, "DR-DOC-003 error", ""},
	} {
		in := fit(t)
		in.Probes = []doctor.Probe{c.probe}
		r := doctor.Examine(in)
		text := ""
		for _, f := range r.Findings {
			text += f.Message + "\n" + f.Hint + "\n"
		}
		if got := coded(r); got != c.want || !strings.Contains(text, c.says) || strings.Contains(text, "5135550142") || strings.Contains(text, "ucia") {
			t.Errorf("%s: %s, want %s\n%s", name, got, c.want, text)
		}
	}
	in := fit(t)
	in.Asked.Online.HubSpot.Unscoped = []string{"crm.objects.deals.read"}
	in.Probes = []doctor.Probe{{Answer: doctor.Answer{Status: 403}}}
	if got := coded(doctor.Examine(in)); got != "DR-HUB-007 error" {
		t.Errorf("a scope that is named already: %s", got)
	}
}

func TestPercentiles(t *testing.T) {
	ms := func(n ...int) (out []time.Duration) {
		for _, x := range n {
			out = append(out, time.Duration(x)*time.Millisecond)
		}
		return out
	}
	upTo := func(n int) (out []int) {
		for i := range n {
			out = append(out, n-i)
		}
		return out
	}
	for _, c := range []struct {
		took []time.Duration
		want [4]int
	}{
		{nil, [4]int{}}, {ms(7), [4]int{7, 7, 7, 7}}, {ms(2, 1), [4]int{1, 2, 2, 2}}, {ms(upTo(10)...), [4]int{5, 10, 10, 10}},
		{ms(upTo(20)...), [4]int{10, 19, 20, 20}}, {ms(upTo(100)...), [4]int{50, 95, 99, 100}}, {ms(upTo(1000)...), [4]int{500, 950, 990, 1000}},
	} {
		l := doctor.Series{Took: c.took}.Percentiles()
		got := [4]int{int(l.P50.Milliseconds()), int(l.P95.Milliseconds()), int(l.P99.Milliseconds()), int(l.Max.Milliseconds())}
		if got != c.want || l.Answers != len(c.took) {
			t.Errorf("%d answers: %v, want %v", len(c.took), got, c.want)
		}
	}
	const wait = time.Second
	for name, c := range map[string]struct {
		s    doctor.Series
		want string
	}{
		"fast":           {doctor.Series{Wait: wait, Took: ms(10, 20, 1000)}, ""},
		"p95 is late":    {doctor.Series{Wait: wait, Took: ms(10, 20, 1001)}, "DR-DOC-101 warning"},
		"half are late":  {doctor.Series{Wait: wait, Took: ms(1001, 1002, 900)}, "DR-DOC-101 error"},
		"nobody waits":   {doctor.Series{Took: ms(9000)}, ""},
		"some fail":      {doctor.Series{Wait: wait, Took: ms(1), Failed: []string{"x"}}, "DR-DOC-102 warning"},
		"all fail":       {doctor.Series{Wait: wait, Failed: []string{"x"}}, "DR-DOC-102 warning"},
		"stopped":        {doctor.Series{Wait: wait, Asked: 10, Took: ms(1), Stop: "no time"}, "DR-DOC-103 info"},
		"one of 21 late": {doctor.Series{Wait: wait, Took: append(ms(upTo(20)...), 2*time.Second)}, ""},
		"two of 21 late": {doctor.Series{Wait: wait, Took: append(ms(upTo(19)...), 2*time.Second, 3*time.Second)}, "DR-DOC-101 warning"},
	} {
		in := fit(t)
		in.Series = []doctor.Series{c.s}
		r := doctor.Examine(in)
		if got := coded(r); got != c.want || len(r.Assumptions) != 1 {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
