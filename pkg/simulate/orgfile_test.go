package simulate_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// orgExample is the file of docs/org.md.
func orgExample(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/org.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(page), "```yaml\n")
	text, _, ok := strings.Cut(after, "```")
	if !ok {
		t.Fatal("docs/org.md has no example")
	}
	return text
}

func TestOrgPage(t *testing.T) {
	f, found := simulate.DecodeOrg("org.yaml", []byte(orgExample(t)), time.LoadLocation)
	if found != nil {
		t.Fatal(found)
	}
	g, ok := f.Hours().Groups["Acme hours"]
	if !ok {
		t.Fatal("the group is not found")
	}
	for when, want := range map[string]genesys.ScheduleState{
		"2026-11-23T08:00:00Z": genesys.StateOpen, "2026-11-23T11:45:00Z": genesys.StateClosed, "2026-12-25T09:00:00Z": genesys.StateHoliday, "2026-11-22T09:00:00Z": genesys.StateClosed,
	} {
		at, err := time.Parse(time.RFC3339, when)
		if err != nil {
			t.Fatal(err)
		}
		if got := g.At(at); got != want {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
	}
}

// Each case is the example with one text in place of another.
func TestOrgFileIsReadStrictly(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"version: 1", "version: 2", "version of the org is 2"},
		{"version: 1\n", "\n", "the file has no version"},
		{"version: 1", "verson: 1", `unknown key "verson"`},
		{"enabled: false", "enabeld: false", `unknown key "enabeld"`},
		{"open: [Weekdays]", "open: [Weekday]", `schedule "Weekday" is not in this file`},
		{"closed: [Lunch]", "closed: [Lunch, Lunch]", `schedule "Lunch" stands twice`},
		{"open: [Weekdays]", "open: []", "never open"},
		{"timeZone: Europe/Berlin", "timeZone: Europe/Berln", `"Europe/Berln" is no time zone`},
		{"timeZone: Europe/Berlin", "timeZone: Local", `"Local" is no time zone`},
		{"timeZone: Europe/Berlin, ", "", "no time zone"},
		{"name: Lunch", "name: Weekdays", `another schedule "Weekdays"`},
		{"name: Lunch,", "", "the schedule has no name"},
		{"rrule: FREQ=YEARLY", "rrule: FREQ=YEARLY;INTERVAL=0", "INTERVAL=0"},
		{"start: 2026-01-05T12:30:00", "start: 2026-01-04T12:30:00", "the start, a Sunday, is no day of the rule"},
		{"end: 2026-12-27T00:00:00", "end: 2026-12-23T00:00:00", "the end is not after the start"},
		{"start: 2026-12-24T00:00:00", "start: 2026-12-24T00:00:00Z", "no time on a clock"},
		{"start: 2026-12-24T00:00:00", `start: "2026-12-24T00:00:00Z"`, "no time on a clock"},
		{"email: ben@example.com", "email: ADA@example.com", "another user has this e-mail"},
		{"email: ben@example.com", "email: ben", "that is no e-mail address"},
		{"members: [ada@example.com]", "members: [eve@example.com]", "no user has this e-mail"},
		{"members: [ada@example.com]", "members: [ada@example.com, ADA@example.com]", "this member stands twice"},
		{"operator: MEETS_THRESHOLD", "operator: MEETS", `"MEETS" is no operator`},
		{"threshold: 100", "threshold: 101", "a threshold of 101"},
		{"waitSeconds: 20", "waitSeconds: 1", "a wait of 1 seconds"},
		{"name: General Support", "name: Sales", `another queue "Sales"`},
		{"flows: [Renewal menu]", "flows: [Renewal menu, Renewal menu]", `flow "Renewal menu" stands twice`},
	} {
		text := orgExample(t)
		if !strings.Contains(text, c.old) {
			t.Fatalf("the example has no %q", c.old)
		}
		text = strings.Replace(text, c.old, c.new, 1)
		_, found := simulate.DecodeOrg("org.yaml", []byte(text), time.LoadLocation)
		if len(found) == 0 || !strings.Contains(found[0].Message, c.want) {
			t.Errorf("%s: %v, want %q", c.new, found, c.want)
			continue
		}
		for _, x := range found {
			if hint := privacy.Findings(diag.Findings{x})[0].Hint; hint != x.Hint {
				t.Errorf("%s: the hint is shown as %q", c.new, hint)
			}
			if strings.Contains(strings.ToLower(x.Message+x.Hint), "ada@") || strings.Contains(x.Message+x.Hint, "eve@") || x.Position.Line == 0 {
				t.Errorf("%s: %v", c.new, x)
			}
		}
	}
}

func TestOrgSchemaIsCurrent(t *testing.T) {
	out := filepath.Join(t.TempDir(), "schema.json")
	cmd := exec.Command("go", "run", "../deployment/internal/schemagen", "-of", "org", "-out", out)
	if msg, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, msg)
	}
	fresh, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(fresh, simulate.OrgSchema()) {
		t.Error("org.schema.json is not what the types give; run go generate ./pkg/simulate")
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(simulate.OrgSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("org.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("org.json")
	if err != nil {
		t.Fatal(err)
	}
	for text, good := range map[string]bool{orgExample(t): true, "version: 2": false, "version: 1\nhours: []": false, "schedules: []": false} {
		var v any
		if err := yaml.Load([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(plain(v)); (err == nil) != good {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}

// plain gives times of YAML the form that JSON has.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			v[k] = plain(x)
		}
	case []any:
		for i, x := range v {
			v[i] = plain(x)
		}
	case time.Time:
		return v.Format(genesys.WallForm)
	}
	return v
}
