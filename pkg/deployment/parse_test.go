package deployment_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/routing"
)

const minimal = `version: 1
name: acme
genesys: {region: eu-central-1}
hubspot: {lookup: {homeCountries: [US]}}
routing: {fallback: {queue: General}}
`

func read(t testing.TB, name string) []byte {
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func parse(t testing.TB, text string) *deployment.Deployment {
	d, findings := deployment.Parse("dealroute.yaml", []byte(text))
	if d == nil {
		t.Fatalf("refused: %v", findings)
	}
	return d
}

func TestDefaults(t *testing.T) {
	d := parse(t, minimal)
	want := deployment.Deployment{
		Version: 1, Name: "acme",
		Genesys: deployment.Genesys{Region: "eu-central-1", Division: "Home"},
		HubSpot: deployment.HubSpot{
			APIVersion: "2026-09", Auth: deployment.Auth{Method: "service-key"},
			Lookup: deployment.Lookup{Strategy: "search", Match: "mixed", HomeCountries: []string{"US"}, Duplicates: "best", Company: "none"},
		},
		Calls: deployment.Calls{Language: "en-us"},
		Enrichment: deployment.Enrichment{
			Budget: 3 * time.Second, DealStage: "highest-value",
			Breaker: deployment.Breaker{Enabled: true, AfterTimeout: 15 * time.Second, AfterFailure: 2 * time.Second},
			Cache:   deployment.Cache{Store: "conversation", TTL: 5 * time.Minute},
		},
		Routing: deployment.Routing{
			Fallback:   deployment.Fallback{Queue: "General"},
			LastResort: deployment.LastResort{Message: "We cannot take your call right now."},
		},
		ScreenPop: deployment.ScreenPop{Mode: deployment.PopNone},
		Manage:    deployment.Manage{Queues: true, Skills: true, RuntimeClient: true},
	}
	hidden := cmp.FilterPath(func(p cmp.Path) bool {
		f, ok := p.Last().(cmp.StructField)
		return ok && (f.Name() == "file" || f.Name() == "positions")
	}, cmp.Ignore())
	if diff := cmp.Diff(want, *d, hidden, cmp.AllowUnexported(deployment.Deployment{}, routing.Decimal{})); diff != "" {
		t.Error(diff)
	}
}

func TestFullFile(t *testing.T) {
	d, findings := deployment.Parse("full.yaml", read(t, "full.yaml"))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	for path, want := range map[string]string{
		"routing.rules[0]":                         "full.yaml:45:7",
		"routing.rules[1].to.queue":                "full.yaml:50:19",
		"routing.rules[2].when.facts.score.min":    "full.yaml:52:59",
		"routing.rules[2].when.facts.score.max":    "full.yaml:52:46",
		"routing.valuePriority":                    "full.yaml:60:3",
		"hubspot.stages.985123456":                 "full.yaml:24:18",
		"calls.language":                           "full.yaml:33:13",
		"enrichment.nothing.of.this[3].sort":       "full.yaml:37:1",
		"nothing":                                  "full.yaml:1:1",
		"hubspot.lookup.homeCountries[1]":          "full.yaml:19:25",
		`routing.rules[0].when.facts["odd name"]x`: "full.yaml:46:7",
	} {
		if got := d.Pos(path).String(); got != want {
			t.Errorf("Pos(%s) = %s, want %s", path, got, want)
		}
	}
	if got := d.PopOf(2).Mode + " " + d.PopOf(0).Mode + " " + d.PopOf(-1).Mode; got != "none managed managed" {
		t.Errorf("screen pops: %s", got)
	}
	if got := d.Own(); !slices.Equal(got, []string{"+15135550100"}) {
		t.Errorf("own numbers: %v", got)
	}
	p := d.Policy()
	if len(p.Rules) != 5 || p.Rules[4].To.Flow != "Renewal menu" || p.Rules[4].To.Queue != "" || p.Rules[2].When.Facts["score"].Min.String() != "80" || !slices.Equal(p.StageIDs("Negotiation"), []string{"985123456", "Negotiation"}) {
		t.Errorf("policy: %+v", p)
	}
}

// Every expected finding stands on the line it is about: ## want: CODE part of the message
// or hint | CODE …. A missing one, another one and a wrong line all fail.
func TestRefused(t *testing.T) {
	files, err := filepath.Glob("testdata/refused/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	codes := map[string]bool{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, findings := deployment.Parse(file, data)
		want := map[int][]string{}
		for i, line := range strings.Split(string(data), "\n") {
			if _, w, ok := strings.Cut(line, "## want: "); ok {
				want[i+1] = strings.Split(w, " | ")
			}
		}
		for _, f := range findings {
			codes[f.Code] = true
			i := slices.IndexFunc(want[f.Position.Line], func(w string) bool {
				code, part, _ := strings.Cut(w, " ")
				return f.Code == code && strings.Contains(f.Message+"\n"+f.Hint, part)
			})
			if i < 0 {
				t.Errorf("unexpected: %s\nhint: %s", f.Error(), f.Hint)
				continue
			}
			want[f.Position.Line] = slices.Delete(want[f.Position.Line], i, i+1)
		}
		for line, ws := range want {
			for _, w := range ws {
				t.Errorf("%s:%d: missing %s", file, line, w)
			}
		}
	}
	for _, c := range deployment.Codes() {
		if !codes[c.ID] && !slices.Contains([]string{"DR-FILE-001", "DR-FILE-002", "DR-FILE-003", "DR-FILE-004"}, c.ID) {
			t.Errorf("no case gives %s (%s)", c.ID, c.Title)
		}
	}
}

func TestNotAFile(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'h'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", c-1), 10), ","))
	}
	for _, c := range []struct{ text, want string }{
		{"", "d.yaml:1:1: the file is empty [DR-FILE-002]"},
		{"# only a comment\n", "d.yaml:1:1: the file is empty [DR-FILE-002]"},
		{"- a\n", "d.yaml:1:1: the file must be a mapping of keys to values, not a list [DR-FILE-002]"},
		{"version 1\n", `d.yaml:1:1: the file must be a mapping of keys to values, not "version 1" [DR-FILE-002]`},
		{"version: 1\nname: a: b\n", "d.yaml:2:8: not YAML: mapping values are not allowed in this context [DR-FILE-001]"},
		{"version: 1\nname: [a\n", "d.yaml:3:1: not YAML: did not find expected ',' or ']' [DR-FILE-001]"},
		{"version: 1\n\tname: x\n", "d.yaml:2:1: not YAML: found a tab character that violates indentation [DR-FILE-001]"},
		{"version: 1\nname: \"\xff\"\n", "d.yaml:2:8: a byte that is not UTF-8 (0xff) [DR-FILE-001]"},
		{minimal + "---\nversion: 1\n", "d.yaml:7:1: a second document begins here [DR-FILE-003]"},
		{minimal + "templates: &x [*x]\n", "d.yaml:6:12: templates must be a text, not a list [DR-FILE-008]"},
		{strings.Replace(minimal, "[US]", "&x [*x]", 1), "d.yaml:4:35: hubspot.lookup.homeCountries[0] must be a text, not a list [DR-FILE-008]"},
		{minimal + "calls: &x {greeting: *x}\n", "d.yaml:6:12: unknown key \"greeting\" in calls.greeting [DR-FILE-005]"},
		{minimal + bomb, ""},
		{minimal + "name: *nobody\n", "d.yaml:6:7: not YAML: unknown anchor 'nobody' referenced [DR-FILE-001]"},
	} {
		d, findings := deployment.Parse("d.yaml", []byte(c.text))
		if d != nil || len(findings) == 0 {
			t.Errorf("%q passed", c.text)
			continue
		}
		if got := findings[0].Error(); c.want != "" && got != c.want {
			t.Errorf("%q\ngot  %s\nwant %s", c.text, got, c.want)
		}
	}
}

func TestAliasesAreRead(t *testing.T) {
	d := parse(t, strings.Replace(minimal, "{queue: General}}", "{queue: &q General}, rules: [{name: a, when: {won: true}, to: {queue: *q}}]}", 1))
	if d.Routing.Rules[0].To.Queue != "General" {
		t.Errorf("%+v", d.Routing)
	}
}

// Without an alias a file of a megabyte holds more values than any deployment.
func TestExpansionIsBounded(t *testing.T) {
	var stages strings.Builder
	for i := range 20001 {
		fmt.Fprintf(&stages, "    s%d: N%d\n", i, i)
	}
	text := strings.Replace(minimal, "hubspot: {lookup: {homeCountries: [US]}}", "hubspot:\n  lookup: {homeCountries: [US]}\n  stages:\n"+stages.String(), 1)
	_, findings := deployment.Parse("d.yaml", []byte(text))
	if !slices.ContainsFunc(findings, func(f diag.Finding) bool { return f.Code == "DR-FILE-004" }) {
		t.Error("nothing bounds the number of values")
	}
}

// However much else is wrong before it: of findings no more than a thousand are kept.
func TestExpansionBehindManyFindings(t *testing.T) {
	rules := "routing:\n  fallback: {queue: General}\n  rules:\n" + strings.Repeat("    - {when: {unknown: 1}}\n", 10000)
	d, findings := deployment.Parse("d.yaml", []byte(strings.Replace(minimal, "routing: {fallback: {queue: General}}\n", rules, 1)))
	if d != nil || len(findings) != 1 || findings[0].Code != "DR-FILE-004" {
		t.Errorf("read: %t, %d findings", d != nil, len(findings))
	}
}

func TestSecretsAreSeenAndNamesPass(t *testing.T) {
	with := func(s string) string {
		return minimal + "calls: {greeting: " + fmt.Sprintf("%q", s) + "}\n"
	}
	for _, s := range []string{
		"pat-na1-1a2b3c4d-1111-2222-3333-1a2b3c4d5e6f", "pat-eu1-marked", "Bearer CJSP5qf1KhICAQEYs-gDIIGOBii1hQIyGQAf",
		"CLjz4Y6CLBIOAAEBQAAAAAAAAAAAAAAAGOj", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0", "0123456789abcdef0123456789abcdef",
		"3f2504e0-4f89-11d3-9a0c-0305e82c3301", "https://me:pass@api.hubapi.com/", "zQ8xN2vLw7KpR4tYb9MdH3sJf6GcA1eUo5",
		"-----BEGIN RSA PRIVATE KEY-----", "Basic dXNlcjpwYXNzd29yZDEyMzQ1",
	} {
		d, findings := deployment.Parse("d.yaml", []byte(with(s)))
		if d != nil || findings[0].Code != "DR-FILE-015" {
			t.Errorf("%s passed (%v)", s, findings)
			continue
		}
		var b strings.Builder
		for _, f := range findings {
			if err := diag.Print(&b, f, deployment.Redact([]byte(with(s)))); err != nil {
				t.Fatal(err)
			}
		}
		for _, part := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" -.:/@", r) }) {
			if len(part) > 5 && part != "Bearer" && part != "PRIVATE" && part != "hubapi" && strings.Contains(b.String(), part) {
				t.Errorf("%s shows in\n%s", part, b.String())
			}
		}
		if d, _ := deployment.Parse("d.yaml", []byte(minimal+"# "+s+"\n")); d != nil && !regexp.MustCompile(`^[0-9a-f-]{36}$`).MatchString(s) {
			t.Errorf("%s passed in a comment", s)
		}
	}
	for _, s := range []string{
		"Thank you for calling Acme, the world's leading maker of anvils.", "Senior_Account_Managers_Level2_EMEA_DACH",
		"CustomerSuccessManagersNorthAmerica2026Team", "+15135550100", "00493012345678901234567890",
		"appointmentscheduled", "671008549", "Retention-Specialists-For-Closed-Won-2026", "DealRouteProductionFallbackQueueEMEA",
		"1234567890123456789012345678901234567890", "marketingqualifiedlead", "We are open 9-17, call +49 30 1234567.",
	} {
		if d, findings := deployment.Parse("d.yaml", []byte(with(s))); d == nil {
			t.Errorf("%q: %v", s, findings)
		}
	}
	ids := strings.Replace(minimal, "US]}", "US], pipelines: [3f2504e0-4f89-11d3-9a0c-0305e82c3301]}, stages: {3f2504e0-4f89-11d3-9a0c-0305e82c3302: Negotiation}", 1)
	parse(t, strings.Replace(ids, "region: eu-central-1", "region: eu-central-1, org: 3f2504e0-4f89-11d3-9a0c-0305e82c3303", 1))
}

func TestFormsOfValues(t *testing.T) {
	add := func(s string) string { return minimal + s + "\n" }
	d := parse(t, add(`screenPop: {script: Mine}
enrichment: {breaker: none, budget: 2000ms, cache: {store: none}}
calls: {greeting: {prompt: Hello}, numbers: [+15135550100]}
manage: {queues: false}`))
	if d.ScreenPop != (deployment.ScreenPop{Mode: deployment.PopScript, Script: "Mine"}) || d.Enrichment.Breaker.Enabled ||
		d.Enrichment.Budget != 2*time.Second || d.Calls.Greeting.Prompt != "Hello" || d.Manage.Queues || !d.Manage.Skills || d.Calls.Numbers[0] != "+15135550100" {
		t.Errorf("%+v", d)
	}
	d = parse(t, add("enrichment: {breaker: {afterTimeout: 1m}}"))
	if b := d.Enrichment.Breaker; b != (deployment.Breaker{Enabled: true, AfterTimeout: time.Minute, AfterFailure: 2 * time.Second}) {
		t.Errorf("%+v", b)
	}
	d = parse(t, strings.Replace(strings.Replace(minimal, "US]}", "NO]}, portal: 24681357, facts: {n: {contact: n, type: number}, b: {deal: b, type: boolean}, s: {deal: s}}", 1), "{fallback:",
		"{rules: [{name: a, when: {stage: 985123456, outcome: active_deal, facts: {n: [80.50, 7], b: TRUE, s: 7}}, to: {queue: Q}}], fallback:", 1))
	w := d.Routing.Rules[0].When
	if d.HubSpot.Portal != "24681357" || !reflect.DeepEqual(w.Stage, deployment.OneOrMore{"985123456"}) || w.Outcome[0] != routing.ActiveDeal ||
		!slices.Equal(w.Facts["n"].Any, []string{"80.5", "7"}) || !slices.Equal(w.Facts["b"].Any, []string{"true"}) ||
		!slices.Equal(w.Facts["s"].Any, []string{"7"}) || d.HubSpot.Lookup.HomeCountries[0] != "NO" {
		t.Errorf("%+v %+v", d.HubSpot, w)
	}
}

func TestCodesAreSortedAndOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range deployment.Codes() {
		if seen[c.ID] || c.Title == "" || c.Text == "" {
			t.Errorf("%s twice or without words", c.ID)
		}
		seen[c.ID] = true
	}
	if !slices.IsSortedFunc(deployment.Codes(), func(a, b deployment.Code) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("codes are not sorted")
	}
}

// The law: any bytes give a deployment or findings with a place; a deployment read says the
// same when read again; and no finding shows a secret.
func FuzzParse(f *testing.F) {
	f.Add([]byte(minimal))
	f.Add(read(f, "full.yaml"))
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte("name: \"\\u2028\"\nhubspot: {facts: {\"a b\": {contact: x}}}\nx: pat-na1-abcdef\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, findings := deployment.Parse("d.yaml", data)
		if (d == nil) != findings.Has(diag.Error) {
			t.Fatalf("deployment %v with %v", d != nil, findings)
		}
		for _, x := range findings {
			if x.Code == "" || x.Message == "" || x.Position.Line < 1 || x.Position.Column < 1 {
				t.Errorf("finding without code, words or place: %+v", x)
			}
			if strings.Contains(x.Message+x.Hint, "pat-na1-abcdef") {
				t.Errorf("a secret shows: %v", x)
			}
		}
		if d == nil {
			return
		}
		again, _ := deployment.Parse("d.yaml", data)
		if !reflect.DeepEqual(d.Leaves(), again.Leaves()) {
			t.Error("read twice, not the same")
		}
		for _, l := range d.Leaves() {
			if p := d.Pos(l.Path); p.Line < 1 {
				t.Errorf("no place for %s", l.Path)
			}
		}
	})
}
