package cli_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/view"
)

// A place is a folder with a deployment, its fixtures and what it is compared with.
type place struct {
	t   *testing.T
	dir string
	p   *program
}

func newPlace(t *testing.T) *place {
	t.Helper()
	l := &place{t, t.TempDir(), newProgram(t)}
	l.p.pause = brief
	crm, err := os.ReadFile(filepath.Join(filepath.Dir(basicFile), "crm.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	l.write("crm.yaml", string(crm))
	l.write("before.yaml", basicText(t))
	l.write("dealroute.yaml", strings.Replace(basicText(t), "queue: Sales, skills: [Senior_Account_Managers], priority: 10", "queue: Customer Care, priority: 10", 1))
	l.write("calls.csv", "ani\n+15135550142\n+15135550144\nanonymous\n")
	return l
}

func (l *place) write(name, text string) string {
	l.t.Helper()
	path := filepath.Join(l.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		l.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		l.t.Fatal(err)
	}
	return path
}

// run runs a command in the folder: arguments that are files of it stand for their paths.
func (l *place) run(args ...string) (code int, stdout, stderr string) {
	l.t.Helper()
	for i, a := range args {
		if _, err := os.Stat(filepath.Join(l.dir, a)); err == nil && a != "" {
			args[i] = filepath.Join(l.dir, a)
		}
	}
	code, stdout, stderr = l.p.run(append([]string{args[0], "-f", filepath.Join(l.dir, "dealroute.yaml")}, args[1:]...)...)
	clean := func(s string) string { return strings.ReplaceAll(s, l.dir+string(filepath.Separator), "") }
	return code, clean(stdout), clean(stderr)
}

func (l *place) against(args ...string) view.Moves {
	l.t.Helper()
	code, out, errs := l.run(append([]string{"simulate", "-o", "json"}, args...)...)
	var a view.Against
	if err := json.Unmarshal([]byte(out), &a); code != 0 || err != nil {
		l.t.Fatalf("%v: exit code %d, %v\n%s%s", args, code, err, out, errs)
	}
	return a.Against
}

// Of three calls the one in negotiation moves, in all forms.
func TestAgainst(t *testing.T) {
	l := newPlace(t)
	code, out, errs := l.run("simulate", "--suite", "calls.csv", "--against", "before.yaml")
	want := `1 of 3 calls moves  (calls.csv; fixtures: crm.yaml)
  before       before.yaml
  after        dealroute.yaml

  1 call
    from       Sales, skills Senior_Account_Managers, priority 11
    to         Customer Care, priority 11
    by         rule negotiation, before and after
    such as    row 2 +1513•••••42

  stay         2 calls: 1 at Customer Care, skills Retention_Specialists, priority 5; 1 at General Support, skills General_Support, priority 1
  no number    1 caller withholds it
`
	if code != 0 || out != want || errs != "" {
		t.Errorf("exit code %d\n%s%s\nwant\n%s", code, out, errs, want)
	}
	if code, out, errs = l.run("simulate", "--suite", "calls.csv", "--against", "before.yaml", "-o", "markdown"); code != 0 || !strings.HasPrefix(out, "### 1 of 3 calls moves\n\n`before.yaml` → `dealroute.yaml` · `calls.csv` · `fixtures: crm.yaml`\n\n| calls | from | to | by |\n|---:|---|---|---|\n| 1 | `Sales, skills") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	if code, out, errs = l.run("simulate", "--ani", "anonymous", "--ani", "+15135550142", "--against", "before.yaml"); code != 0 || !strings.HasPrefix(out, "1 of 2 calls moves  (fixtures: crm.yaml)\n") || !strings.Contains(out, "call 2 +1513•••••42") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	if code, out, errs = l.run("simulate", "--suite", "calls.csv", "--against", "dealroute.yaml"); code != 0 || !strings.HasPrefix(out, "none of 3 calls moves") || strings.Contains(out, "from") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
}

// Calls of one list know nothing of each other, and what a call meets it meets on both sides.
func TestAgainstInOneWorld(t *testing.T) {
	l := newPlace(t)
	for _, c := range []struct {
		name, list string
		calls      int
		moved      int
	}{
		// The first call opens a breaker, and the others would find it open.
		{"faults.yaml", "calls: [{ani: \"+15135550142\", fault: timeout}, {ani: \"+15135550142\"}, {ani: \"+15135550142\", fault: [find deals=429]}, {ani: \"+15135550142\"}]", 4, 2},
		{"states.yaml", "calls: [{ani: switch-off}, {ani: vanished-queue}, {ani: \"+15135550142\"}]", 3, 2},
		{"records.yaml", "calls: [{ani: \"+15135550001\", crm: {contacts: [{id: \"1\", properties: {phone: \"+15135550001\"}}], deals: [{id: \"2\", contacts: [\"1\"], properties: {dealstage: \"985123456\", pipeline: default, amount: \"1\"}}]}}, {ani: \"+15135550142\", crm: {}}]", 2, 1},
		{"worlds.yaml", "calls: [{world: {call: {ani: \"+15135550142\"}}}]", 1, 0},
		{"legs.yaml", "calls: [{ani: \"+15135550142\", legs: [{after: 10s}]}, {ani: \"+15135550144\", legs: [{}]}]", 2, 1},
	} {
		l.write(c.name, c.list)
		if m := l.against("--suite", c.name, "--against", "before.yaml"); m.Calls != c.calls || m.Moved != c.moved {
			t.Errorf("%s: %d of %d calls move, want %d of %d: %+v", c.name, m.Moved, m.Calls, c.moved, c.calls, m)
		}
	}
}

// The other file may be of another name, other countries, other templates, another portal and
// strategy; it sees the same account all the same.
func TestAgainstAnyFile(t *testing.T) {
	l := newPlace(t)
	text := basicText(t)
	for name, c := range map[string]struct {
		text  string
		moved int
	}{
		"another name":    {strings.NewReplacer("name: acme-inbound", "name: former", `portal: "24681357"`, `portal: "1"`).Replace(text), 1},
		"other countries": {strings.Replace(text, "homeCountries: [US, CA]", "homeCountries: [DE]", 1), 1},
		"another fact":    {strings.NewReplacer("score: {contact: engagement_score, type: number}", "score: {contact: engagement_score, type: number}\n    plan: {contact: support_plan}", "facts: {interests: [support]}", "facts: {plan: [gold]}").Replace(text), 2},
		"other numbers":   {strings.Replace(text, `numbers: ["+15135550100"]`, `numbers: ["+15135550111"]`, 1), 1},
		"fewer rules":     {regexp.MustCompile(`(?s)  rules:.*?  valuePriority[^\n]*\n`).ReplaceAllString(text, ""), 4},
	} {
		if c.text == text {
			t.Fatal(name)
		}
		l.write("before.yaml", c.text)
		l.write("some.csv", "ani\n+15135550142\n+15135550144\n+15135550149\n+15135550153\n+15135550190\n")
		if m := l.against("--suite", "some.csv", "--against", "before.yaml"); m.Calls != 5 || m.Moved != c.moved {
			t.Errorf("%s: %d of %d calls move, want %d\n%+v", name, m.Moved, m.Calls, c.moved, m.Moves)
		}
	}
	l.write("before.yaml", strings.Replace(text, "homeCountries:", "strategy: unique-phone\n    property: phone_of_one\n    homeCountries:", 1))
	if m := l.against("--suite", "calls.csv", "--against", "before.yaml"); m.Moved != 2 || *m.Moves[0].Reasons[0].From.Outcome != "no_record" {
		t.Errorf("a property that only the other file knows: %+v", m)
	}
	if code, _, errs := l.run("render", "--copy-templates", filepath.Join(l.dir, "old", "templates")); code != 0 {
		t.Fatal(errs)
	}
	l.write("old/dealroute.yaml", strings.Replace(text, "name: acme-inbound", "name: acme-inbound\ntemplates: ./templates", 1))
	if m := l.against("--suite", "some.csv", "--against", "old/dealroute.yaml"); m.Moved != 1 {
		t.Errorf("own templates beside the other file: %+v", m)
	}
}

// What cannot be compared says why and what to do.
func TestAgainstRefused(t *testing.T) {
	l := newPlace(t)
	l.write("broken.yaml", "version: 1\nnmae: x\n")
	l.write("other.csv", "ANI,DNIS,Media Type,Direction\n+15135550142,+15135550999,voice,Inbound\n,,voice,Outbound\n,,email,Inbound\n")
	l.write("strange.csv", "ANI,Direction\n+15135550142,Herein\n")
	l.write("german.csv", "Anrufer;Datum\n+15135550142;1.1.26 10:00\n")
	l.write("wrong.csv", "ani,fualt,fault\n+15135550142,,\n")
	l.write("dnis.csv", "ani,dnis\n+15135550142,+15135550999\n")
	l.write("fault.csv", "ani,fault\n+15135550142,418\n")
	for _, c := range []struct{ args, want string }{
		{"--ani 1 --against broken.yaml", "broken.yaml:1:1: name is missing"},
		{"--ani 1 --against none.yaml", "error: read the deployment file none.yaml: no such file or directory"},
		{"--ani 1 --against deployed --sandbox", "error: the org has no flow \"acme-inbound\"\nhint: run \"dealroute setup\" first"},
		{"--ani 1 --against deployed --flow deployed --sandbox", "error: --flow deployed and --against deployed are the same flow"},
		{"--suite other.csv --against before.yaml", "error: other.csv has no call to compare (3 rows: 1 did not come in, 1 no voice, 1 to numbers of others)\nhint: calls.numbers has other numbers than the calls; to compare them all the same do not read the called number: --columns dnis="},
		{"--suite strange.csv --against before.yaml", "error: strange.csv has no call to compare (1 row: 1 with a direction that is not known here (say the word with --columns inbound=…))\nhint: say the word for an inbound call with --columns inbound=WORD"},
		{"--suite german.csv --against before.yaml", "german.csv:1:1: no column has the calling number (ANI)\nhint: write --columns ani=NAME with the name of the right one; there are Anrufer, Datum\n"},
		{"--suite wrong.csv --against before.yaml", "wrong.csv:1:5: unknown column \"fualt\""},
		{"--suite fault.csv --against before.yaml", "fault.csv:2:14: fault \"418\": unknown kind"},
		{"--suite none.csv --against before.yaml", "error: read the calls none.csv: no such file or directory"},
		{"--suite dnis.csv --against before.yaml", "dnis.csv:2:14: the called number is none of the deployment's\n"},
		{"--suite . --against before.yaml", "error: read the calls "},
		{"--suite calls.csv --ani 1 --against before.yaml", "error: --suite and --ani exclude each other"},
		{"--suite calls.csv --trace --against before.yaml", "error: --trace and --every say nothing"},
		{"--ani 1 -o markdown", "error: -o markdown says which calls move"},
		{"--ani 1 --time-zone UTC", "error: --columns, --time-zone and --date-order say how"},
		{"--suite calls.csv --against before.yaml --columns x=y", "error: --columns: \"x\" is no part of a call"},
		{"--suite calls.csv --against before.yaml --time-zone Mars", "error: --time-zone \"Mars\" is not known"},
		{"--suite calls.csv --against before.yaml --date-order ydm", "error: --date-order \"ydm\" is not known"},
	} {
		code, out, errs := l.run(append([]string{"simulate"}, strings.Fields(c.args)...)...)
		if code != 1 || out != "" || !strings.HasPrefix(errs, c.want) {
			t.Errorf("%s: exit code %d\n%s%s\nwant %s", c.args, code, out, errs, c.want)
		}
	}
	if code, _, errs := l.run("plan", "--crm", "live", "--sandbox"); code != 1 || !strings.HasPrefix(errs, "error: --fixtures, --crm, --columns, --time-zone and --date-order belong to --routing-diff") {
		t.Errorf("exit code %d\n%s", code, errs)
	}
}

// A plan says who moves by it, and is otherwise as it was. What the org is switched to says nothing
// of rules.
func TestRoutingDiff(t *testing.T) {
	t.Parallel()
	l := newPlace(t)
	planned := func(args ...string) view.PlanAnswer {
		t.Helper()
		code, out, errs := l.run(append([]string{"plan", "--sandbox", "-o", "json"}, args...)...)
		var p view.PlanAnswer
		if err := json.Unmarshal([]byte(out), &p); code != 0 || err != nil {
			t.Fatalf("%v: exit code %d, %v\n%s%s", args, code, err, out, errs)
		}
		return p
	}
	if p := planned("--routing-diff", "calls.csv"); p.RoutingDiff != nil || !strings.Contains(strings.Join(p.Warnings, "\n"), `no call was compared: the org has no flow "acme-inbound"`) {
		t.Errorf("nothing is deployed: %+v", p)
	}
	if code, out, _ := l.run("plan", "--sandbox", "--routing-diff", "calls.csv", "-o", "markdown"); code != 0 || !strings.Contains(out, "\n`no call was compared: ") {
		t.Errorf("nothing is deployed: %s", out)
	}
	now := l.write("dealroute.yaml", basicText(t))
	for _, args := range [][]string{{"setup", "--sandbox", "--yes", "--verify=off"}, {"switch", "off", "--sandbox"}, {"breaker", "open", "--sandbox", "--for", "60m"}} {
		if code, _, errs := l.run(args...); code != 0 {
			t.Fatal(errs)
		}
	}
	if p := planned("--routing-diff", "calls.csv"); p.RoutingDiff.Moved != 0 || p.RoutingDiff.Calls != 3 || len(p.Findings) == 0 || !strings.Contains(p.Findings[len(p.Findings)-1].Message, "switched off") {
		t.Errorf("nothing changes: %+v", p.RoutingDiff)
	}
	text := basicText(t)
	l.write("dealroute.yaml", strings.Replace(text, "queue: Sales, skills: [Senior_Account_Managers], priority: 10", "queue: Customer Care, priority: 10", 1))
	p, plain := planned("--routing-diff", "calls.csv"), planned()
	if p.RoutingDiff.Moved != 1 || p.RoutingDiff.Before != "deployed" || plain.RoutingDiff != nil || plain.Counts["update"] != 1 || p.Counts["update"] != 1 || len(p.Changes) != len(plain.Changes) {
		t.Errorf("a rule changes: %+v, %+v", p.RoutingDiff, p.Counts)
	}
	if m := l.against("--sandbox", "--suite", "calls.csv", "--against", "deployed"); m.Moved != 1 || m.After != now && m.After != "dealroute.yaml" {
		t.Errorf("%+v", m)
	}
	if code, out, errs := l.run("plan", "--sandbox", "--routing-diff", "calls.csv", "--detailed-exitcode"); code != 2 || !strings.Contains(out, "1 to update\n\n1 of 3 calls moves  (calls.csv; fixtures: crm.yaml)\n  before       deployed\n") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	// The deployment under another name is what is deployed under the former one.
	l.write("dealroute.yaml", strings.NewReplacer("name: acme-inbound", "name: acme-new", "priority: 10", "priority: 12").Replace(text))
	if p := planned("--routing-diff", "calls.csv", "--renamed-from", "acme-inbound"); p.RoutingDiff == nil || p.RoutingDiff.Moved != 1 {
		t.Errorf("renamed: %+v %v", p.RoutingDiff, p.Warnings)
	}
	os.Remove(filepath.Join(l.dir, "crm.yaml")) //nolint:errcheck // the next line tells
	if code, _, errs := l.run("plan", "--sandbox", "--routing-diff", "calls.csv"); code != 1 || !strings.Contains(errs, "crm.yaml") || !strings.Contains(errs, "--crm live") {
		t.Errorf("without fixtures: exit code %d\n%s", code, errs)
	}
}

// A schedule that is new is held against the hours of the org, and a file beside says nothing of them.
func TestRoutingDiffOfHours(t *testing.T) {
	l := newPlace(t)
	l.p.env["XDG_STATE_HOME"] = t.TempDir()
	dir := filepath.Join(filepath.Dir(filepath.Dir(basicFile)), "hours")
	for _, name := range []string{"crm.yaml", "org.yaml", "dealroute.yaml"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		l.write(name, string(data))
	}
	data, err := os.ReadFile(filepath.Join(l.dir, "dealroute.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	whole := string(data)
	plain := regexp.MustCompile(`(?s)  schedule:\n.*?\n\n`).ReplaceAllString(whole, "\n")
	plain = regexp.MustCompile(`    - name: [^\n]*\n      when: \{at: closed[^\n]*\n      to: [^\n]*\n`).ReplaceAllString(plain, "")
	l.write("dealroute.yaml", plain)
	if code, _, errs := l.run("setup", "--sandbox", "--yes", "--verify=off"); code != 0 {
		t.Fatal(errs)
	}
	l.write("dealroute.yaml", whole)
	l.write("org.yaml", "version: 1\n")
	l.write("calls.csv", "ani,at\nanonymous,2026-11-22T03:00:00Z\nanonymous,2026-11-23T15:00:00Z\nanonymous,2026-12-25T12:00:00Z\n")
	code, out, errs := l.run("plan", "--sandbox", "--routing-diff", "calls.csv")
	for _, want := range []string{"2 of 3 calls move", "to         flow Anrufbeantworter", "to         disconnect", "by         the fallback (no_record) → the schedule (no lookup)"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Fatalf("no %q: exit code %d\n%s%s", want, code, out, errs)
		}
	}
}

// The live account is asked with patience: that it refuses some requests moves nobody, and that it
// answers nothing is no answer.
func TestAgainstLive(t *testing.T) {
	l := newPlace(t)
	data, err := os.ReadFile(filepath.Join(l.dir, "crm.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	f, found := simulate.DecodeFixtures("crm.yaml", data)
	if found != nil {
		t.Fatal(found)
	}
	account := hubspottest.New(f.CRM)
	var mu sync.Mutex
	searches, refused := 0, 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if strings.HasSuffix(r.URL.Path, "/search") {
			if searches++; searches%3 != 0 {
				refused++
				w.Header().Set("Retry-After", "1")
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
		}
		account.ServeHTTP(w, r)
	}))
	defer server.Close()
	l.p.env["HUBSPOT_SERVICE_KEY"] = hubspottest.DefaultToken
	if m := l.against("--suite", "calls.csv", "--against", "before.yaml", "--crm", "live", "--hubspot-base-url", server.URL); m.Moved != 1 || m.Calls != 3 || refused < 4 {
		t.Errorf("%d refused: %+v", refused, m)
	}
	l.p.env["HUBSPOT_SERVICE_KEY"] = "pat-na1-00000000-0000-0000-0000-000000000000"
	code, out, errs := l.run("simulate", "--suite", "calls.csv", "--against", "before.yaml", "--crm", "live", "--hubspot-base-url", server.URL)
	if code != 1 || out != "" || !strings.Contains(errs, "error: calls cannot be compared without HubSpot's answers: HubSpot answers 401\nhint: ") {
		t.Errorf("a wrong key: exit code %d\n%s%s", code, out, errs)
	}
}
