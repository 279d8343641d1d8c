package cli_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/view"
)

// asked runs simulate and gives the answer of a suite.
func asked(t *testing.T, p *program, want int, args ...string) view.Suite {
	t.Helper()
	code, out, errs := p.run(append([]string{"simulate", "-o", "json"}, args...)...)
	if code != want {
		t.Fatalf("%v: exit code %d, want %d\n%s%s", args, code, want, out, errs)
	}
	var s view.Suite
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return s
}

func written(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The first suite of every example covers all its rules, is as expected, and is never written
// over; the example's own suite is as expected, too.
func TestFirstSuites(t *testing.T) {
	files, err := filepath.Glob("../../examples/*/dealroute.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, f := range files {
		t.Run(filepath.Base(filepath.Dir(f)), func(t *testing.T) {
			t.Parallel()
			p := newProgram(t)
			suite := filepath.Join(t.TempDir(), "calls.yaml")
			if code, _, errs := p.run("simulate", "-f", f, "--init-suite", suite); code != 0 {
				t.Fatalf("exit code %d: %s", code, errs)
			}
			text, err := os.ReadFile(suite)
			if err != nil {
				t.Fatal(err)
			}
			if code, out, errs := p.run("simulate", "-f", f, "--suite", suite, "--fail-under", "100", "-o", "junit"); code != 0 || !strings.Contains(out, "<testsuite ") {
				t.Errorf("exit code %d\n%s%s\n%s", code, out, errs, text)
			}
			for _, o := range []string{"active_deal", "inactive_deal", "contact_no_deal", "no_record", "lookup_failed"} {
				if !bytes.Contains(text, []byte("name: outcome "+o+"\n")) || !bytes.Contains(text, []byte("      outcome: "+o+"\n")) {
					t.Errorf("no call for outcome %s", o)
				}
			}
			if code, _, errs := p.run("simulate", "-f", f, "--init-suite", suite); code != 1 || !strings.Contains(errs, "is there already") {
				t.Errorf("a suite that is there: exit code %d: %s", code, errs)
			}
			if own := filepath.Join(filepath.Dir(f), "calls.yaml"); strings.Contains(f, "basic") {
				if code, out, errs := p.run("simulate", "-f", f, "--suite", own, "--fail-under", "100", "-o", "github"); code != 0 {
					t.Errorf("its own suite: exit code %d\n%s%s", code, out, errs)
				}
			}
		})
	}
}

// Calls know nothing of each other, and come in their order: the breaker that one opens is closed
// for the next, and so many callers do not meet HubSpot's limits.
func TestCallsOfASuiteAreIndependent(t *testing.T) {
	var b strings.Builder
	b.WriteString("ani,fault,outcome,requests\n")
	for i := range 300 {
		switch i % 3 {
		case 0:
			b.WriteString("+15135550142,timeout,lookup_failed,1\n")
		case 1:
			b.WriteString("+15135550142,,active_deal,2\n")
		default:
			b.WriteString("+15135550190,,active_deal,\n") // whom nobody knows
		}
	}
	s := asked(t, newProgram(t), 2, "-f", basicFile, "--suite", written(t, "calls.csv", b.String()))
	if s.Calls != 300 || s.Failed != 100 || len(s.Failures) != 100 {
		t.Fatalf("%d calls, %d failed, %d listed", s.Calls, s.Failed, len(s.Failures))
	}
	for i, f := range s.Failures {
		if f.Number != 3*i+3 || f.Line != f.Number+1 || len(f.Expected) != 1 || f.Expected[0].Came != "no_record" || f.Expected[0].Column != 15 {
			t.Fatalf("failure %d: %+v", i, f)
		}
	}
}

const minimalSuite = `calls:
  - name: Lucia, +15135550142
    ani: "+15135550142"
    expect: {queue: Slaes, skills: [X], priority: 3, outcome: no_record, rule: nobody, participantData: {hubspot_contact_id: "5"}, wait: "=1ms", requests: ">2", value: 1}
  - {ani: "+15135550143", expect: {rule: whales}}
  - {ani: sip:lucia.spencer@host, expect: {queue: Sales}}
  - {ani: "+15135550142", crm: {contacts: [{id: "1", properties: {phone: "+15135550142", firstname: Mathilda}}]}, expect: {participantData: {hubspot_contact_id: Mathilda}}}
`

// What is not as expected is said with its place and what came, and nobody's number or name.
func TestFailuresOfASuite(t *testing.T) {
	t.Parallel()
	file := written(t, "calls.yaml", minimalSuite)
	p := newProgram(t)
	s := asked(t, p, 2, "-f", basicFile, "--suite", file)
	var got []string
	for _, f := range s.Failures {
		for _, x := range f.Expected {
			hint := ""
			if x.Hint != nil {
				hint = " (" + *x.Hint + ")"
			}
			got = append(got, fmt.Sprintf("%d %d:%d %s %s %s%s", f.Number, x.Line, x.Column, x.What, x.Want, x.Came, hint))
		}
	}
	want := []string{
		`1 4:21 queue Slaes Sales (did you mean "Sales")`, `1 4:36 skills X Senior_Account_Managers`, `1 4:51 priority 3 11`, `1 4:63 outcome no_record active_deal`,
		`1 4:80 rule nobody negotiation (the deployment has no rule of that name)`, `1 4:126 participantData.hubspot_contact_id 5 "90000000001"`,
		`1 4:138 wait =1ms 211ms`, `1 4:156 requests >2 2`, `1 4:169 value 1 62000`, `3 6:51 queue Sales General Support`, `4 7:162 participantData.hubspot_contact_id Mathilda "1"`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if r := s.Failures[0].Rule; r == nil || r.Path != "routing.rules[0]" || r.Line != 38 || s.Failed != 3 || s.Calls != 4 {
		t.Errorf("%+v %d %d", r, s.Failed, s.Calls)
	}
	number := regexp.MustCompile(`\+?1?513.?555.?01\d\d|lucia`)
	for _, format := range []string{"text", "json", "junit", "github"} {
		code, out, errs := p.run("simulate", "-f", basicFile, "--suite", file, "-o", format)
		if code != 2 || !strings.Contains(out, "Slaes") {
			t.Errorf("%s: exit code %d\n%s", format, code, out)
		}
		if leak := number.FindAllString(strings.ReplaceAll(out+errs, "+15135550100", ""), -1); leak != nil {
			t.Errorf("%s tells %q\n%s", format, leak, out)
		}
		if format == "junit" && xml.Unmarshal([]byte(out), new(struct{})) != nil {
			t.Errorf("no XML: %s", out)
		}
	}
	for _, c := range []struct {
		share string
		code  int
	}{{"28.5", 0}, {"28.6", 2}, {"100", 2}, {"101", 1}} {
		code, out, errs := p.run("simulate", "-f", basicFile, "--suite", written(t, "c.csv", "ani\n+15135550142\n+15135550190\n"), "--fail-under", c.share, "-o", "github")
		if code != c.code {
			t.Errorf("--fail-under %s: exit code %d\n%s%s", c.share, code, out, errs)
		}
	}
}

const tinyFile = `version: 1
name: acme
genesys: {region: eu-central-1}
hubspot: {lookup: {homeCountries: [US]}}
routing:
  rules:
    - {name: won, when: {won: true}, to: {queue: Care}}
  fallback: {queue: General}
`

// A suite that is split and added up is the suite. Parts that do not fit are refused.
func TestPartsAddUp(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	dir := t.TempDir()
	suite := filepath.Join(dir, "calls.yaml")
	deployment := written(t, "dealroute.yaml", tinyFile)
	code, _, errs := p.run("simulate", "-f", deployment, "--init-suite", suite)
	if code != 0 {
		t.Fatal(errs)
	}
	text, err := os.ReadFile(suite)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte("priority: "), []byte("priority: 1"), 1) // one fails
	if err := os.WriteFile(suite, text, 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(name string, want int, args ...string) string {
		t.Helper()
		code, out, errs := p.run(append([]string{"simulate", "-f", deployment, "-o", "json", "--at", "2026-11-23T15:00:00Z", "--suite", suite}, args...)...)
		if code != want && want >= 0 {
			t.Fatalf("%v: exit code %d\n%s", args, code, errs)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(out), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	whole, err := os.ReadFile(run("whole.json", 2, "--mutate"))
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	for k := range 2 {
		parts = append(parts, run(fmt.Sprintf("%d.json", k), -1, "--mutate", "--shard", fmt.Sprintf("%d/2", k+1)))
	}
	code, out, errs := p.run("simulate", "merge", parts[1], parts[0], "-o", "json")
	if code != 2 || out != string(whole) {
		t.Errorf("exit code %d, %s\nmerged\n%s\nwhole\n%s", code, errs, out, whole)
	}
	other := run("other.json", -1, "--shard", "1/3")
	plain := run("plain.json", -1, "--shard", "2/2")
	edited := written(t, "calls.yaml", string(text)+"  - {ani: anonymous}\n")
	elsewhere := filepath.Join(dir, "elsewhere.json")
	_, out, _ = p.run("simulate", "-f", deployment, "-o", "json", "--suite", edited, "--shard", "2/2")
	if err := os.WriteFile(elsewhere, []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		files []string
		want  string
	}{
		{parts[:1], "part 2 of 2 is missing"},
		{[]string{parts[0], parts[1], parts[1]}, "part 2 is there twice"},
		{[]string{parts[0], other}, "one of 3 parts"},
		{[]string{parts[0], filepath.Join(dir, "whole.json")}, "of a whole suite"},
		{[]string{parts[0], plain}, "counts other things"},
		{[]string{parts[0], elsewhere}, "the calls are others"},
		{[]string{suite}, "is no answer of a suite"},
	} {
		code, _, errs := p.run(append([]string{"simulate", "merge"}, c.files...)...)
		if code != 1 || !strings.Contains(errs, c.want) {
			t.Errorf("%v: exit code %d, %s; want %q", c.files, code, errs, c.want)
		}
	}
}

// What a suite does not notice is told, with a caller who would tell; calls that look closer notice it.
func TestMutants(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	deployment := written(t, "dealroute.yaml", `version: 1
name: acme
genesys: {region: eu-central-1}
hubspot: {lookup: {homeCountries: [US]}}
routing:
  rules:
    - {name: whales, when: {minValue: 1000}, to: {queue: Sales, skills: [A], priority: 5}}
    - {name: won, when: {won: true}, to: {queue: Care}}
  fallback: {queue: General}
`)
	call := func(n int, deal, expect string) string {
		return fmt.Sprintf("  - {ani: \"+1201555012%d\", crm: {contacts: [{id: \"1\", properties: {phone: \"+1201555012%d\"}}], deals: [%s]}, expect: {%s}}\n", n, n, deal, expect)
	}
	open := func(amount string) string {
		return `{id: "2", contacts: ["1"], properties: {dealstage: appointmentscheduled, amount: "` + amount + `"}}`
	}
	const won = `{id: "2", contacts: ["1"], properties: {dealstage: closedwon, amount: "5000"}}`
	loose := "calls:\n" + call(1, open("5000"), "queue: Sales") + call(2, won, "queue: Care") + call(3, "", "queue: General")
	tight := "calls:\n" + call(1, open("1000"), "queue: Sales, skills: [A], priority: 5, rule: whales") + call(2, won, "queue: Care, skills: [], priority: 0") +
		call(3, "", "queue: General, skills: [], priority: 0") + call(4, open("999"), "queue: General")
	s := asked(t, p, 0, "-f", deployment, "--suite", written(t, "loose.yaml", loose), "--mutate")
	var survived []string
	for _, m := range s.Mutants.Survived {
		if m.Caller == nil || m.Line == 0 {
			t.Errorf("%+v", m)
		}
		survived = append(survived, fmt.Sprintf("%d %s: %s", m.Line, m.Path, m.Change))
	}
	want := []string{
		"7 routing.rules[0].when.minValue: minValue 1001 instead of 1000", "7 routing.rules[0].when.minValue: minValue 999 instead of 1000",
		"7 routing.rules[0].to.skills: without skill A", "7 routing.rules[0].to.priority: priority 6 instead of 5",
		"8 routing.rules[1].to.skills: with skill A", "8 routing.rules[1].to.priority: priority 1 instead of 0",
		"9 routing.fallback.skills: the fallback: with skill A", "9 routing.fallback.priority: the fallback: priority 1 instead of 0",
	}
	if !slices.Equal(survived, want) {
		t.Errorf("survived\n%s\nwant\n%s", strings.Join(survived, "\n"), strings.Join(want, "\n"))
	}
	var equivalent []string
	for _, m := range s.Mutants.Equivalent {
		equivalent = append(equivalent, m.Change)
	}
	if !slices.Equal(equivalent, []string{"rules whales and won have changed places"}) || s.Mutants.Killed+len(survived)+1 != s.Mutants.Made {
		t.Errorf("equivalent: %q, %+v", equivalent, s.Mutants)
	}
	if s := asked(t, p, 0, "-f", deployment, "--suite", written(t, "tight.yaml", tight), "--mutate"); len(s.Mutants.Survived) != 0 || s.Mutants.Score != 100 {
		t.Errorf("%+v", s.Mutants)
	}
}

// Flags that say nothing beside a suite, or two things, are refused by name.
func TestSuiteFlags(t *testing.T) {
	p := newProgram(t)
	file := written(t, "c.csv", "ani\n1\n")
	for _, c := range []struct{ args, want string }{
		{"--fail-under 90 --ani 1", "--fail-under goes with --suite"},
		{"--shard 1/2 --ani 1", "--shard goes with --suite"},
		{"--mutate", "--mutate goes with --suite"},
		{"--ani 1 -o junit", "-o junit says what of a suite"},
		{"--suite F --ani 1", "--suite and --ani exclude each other"},
		{"--suite F --every 1s", "--suite and --every exclude each other"},
		{"--suite F --trace", "--suite and --trace exclude each other"},
		{"--suite F --init-suite x", "--init-suite and --suite exclude each other"},
		{"--init-suite x --ani 1", "--init-suite and --ani exclude each other"},
		{"--init-suite x --crm live", "--init-suite and --crm live exclude each other"},
		{"--suite F --mutate --flow deployed", "--mutate and --flow deployed exclude each other"},
		{"--suite F --shard 3/2", `--shard "3/2" is no part of a suite`},
		{"--suite F --shard 0/2", `--shard "0/2" is no part of a suite`},
		{"--suite F --fail-under x", `--fail-under "x" is no share`},
		{"--suite /nowhere.csv", "read the suite /nowhere.csv: no such file"},
		{"--suite /dev/null", "it is no regular file"},
	} {
		code, _, errs := p.run(append([]string{"simulate", "-f", minimalFile}, strings.Fields(strings.ReplaceAll(c.args, "F", file))...)...)
		if code != 1 || !strings.Contains(errs, c.want) {
			t.Errorf("%s: exit code %d, %s; want %q", c.args, code, errs, c.want)
		}
	}
	for text, want := range map[string]string{
		"ani,fault\n1,418\n":        `c.csv:2:3: fault "418": unknown kind "418"`,
		"ani,fault\n1,nobody=500\n": `c.csv:2:3: fault "nobody=500" concerns no data action`,
		"ani,world\n,none.yaml\n":   "c.csv:2:2: world: read ",
		"ani,dnis\n1,+4930123456\n": "c.csv:2:3: the called number is none of the deployment's",
		"ani\nlucia\n":              "c.csv:2:1: ani has a word that is no number",
		"ani,schedule\n1,closed\n":  "c.csv:2:1: the deployment has no schedule",
		"ani,queue\n\"1\n":          "c.csv:2:",
		"ani,quue\n1,x\n":           `c.csv:1:5: unknown column "quue"; did you mean`,
	} {
		file := written(t, "c.csv", text)
		code, _, errs := p.run("simulate", "-f", basicFile, "--suite", file)
		if i := strings.Index(errs, "c.csv:"); code != 1 || i < 0 || !strings.HasPrefix(strings.ReplaceAll(errs[i:], "\nhint:", ";"), want) {
			t.Errorf("%q: exit code %d, %s; want %q", text, code, errs, want)
		}
	}
}

// A number that is wrong is shown at its own place, in each format.
func TestPlacesOfNumbers(t *testing.T) {
	p := newProgram(t)
	for _, x := range []struct{ name, text, want string }{
		{"calls.yaml", "calls:\n  - {name: x, dnis: \"+4930123\", ani: anonymous}\n", ":2:21: the called number is none"},
		{"calls.yaml", "calls:\n  - {name: x, ani: Zoe}\n", ":2:20: ani has a word"},
		{"calls.yaml", "calls:\n  - ani: anonymous\n    legs:\n      - {after: 1m, dnis: \"+4930123\"}\n", ":4:27: the called number is none"},
		{"calls.csv", "name,ani,dnis\nx,anonymous,+4930123\n", ":2:13: the called number is none"},
		{"calls.csv", "name,ani\nx,Zoe\n", ":2:3: ani has a word"},
	} {
		code, _, errs := p.run("simulate", "-f", "../../examples/basic/dealroute.yaml", "--suite", written(t, x.name, x.text))
		if code != 1 || !strings.Contains(errs, x.name+x.want) {
			t.Errorf("%s: exit code %d: %s, want %s", x.text, code, errs, x.want)
		}
	}
}
