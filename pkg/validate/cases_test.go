package validate_test

import (
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/prove"
	"github.com/dealroute/dealroute/pkg/validate"
	"github.com/dealroute/dealroute/templates"
)

// A case is a deployment file. Comments in it say what is special:
//
//	## want: CODE message | CODE message    these findings are on this line; * is any text
//	## now: 2027-06-01                      the date; 2026-11-23 without
//	## account                              what the account has is known, see account below
//	## live [without PROPERTY …]            the account was asked before a setup; see online_test.go
//	## online: NAME                         what reads of both accounts found; see online_test.go
//	## proof                                everything was proved
//	## proof: VERDICT PROPERTY message      the proof blames this line; never I [J] as the message: rule I is never reached, by J
//	## template flow/inbound-call.yaml.tmpl the template in which the lines ##- become the lines ##+;
//	                                        there may be several
//
// A line ##+ may carry a want, which then is about the template.
type testCase struct {
	name  string
	text  string
	now   time.Time
	files fs.FS
	wants map[place][]string
	known *validate.Account
	proof *prove.Report

	online *validate.Online
}

// account is an account with a second pipeline and two properties of its own.
var account = validate.Account{
	Name: "the account", Owners: "1 of 2 owners in HubSpot are no user here", Unpreferring: []string{"Care", "General"},
	Pipelines: []hubspot.Pipeline{hubspot.DefaultPipeline(), {ID: "671008549", Label: "Partners", Stages: []hubspot.Stage{
		{ID: "985123456", Label: "Negotiation"}, {ID: "FinalTalks", Label: "Talks"}, {ID: "Signed Up", Label: "Signed"}, {ID: "lost-lead", Label: "Lost"},
	}}},
	Properties: map[string]map[string][]string{
		"contacts": {"customer_tier": {"gold", "silver", "Not rated"}, "engagement_score": nil, "lifecyclestage": {"lead", "customer"}},
		"deals":    {"renewal_date": nil, "dealtype": {"newbusiness", "existingbusiness"}},
	},
}

type place struct {
	file string
	line int
}

const deploymentFile = "dealroute.yaml"

func readCase(t *testing.T, path string) testCase {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c := testCase{name: path, text: string(data), now: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), wants: map[place][]string{}, files: templates.FS}
	var patches []*patch
	for i, line := range strings.Split(c.text, "\n") {
		last := &patch{}
		if n := len(patches); n > 0 {
			last = patches[n-1]
		}
		switch {
		case strings.HasPrefix(line, "## now: "):
			if c.now, err = time.Parse(time.DateOnly, strings.TrimPrefix(line, "## now: ")); err != nil {
				t.Fatal(err)
			}
		case line == "## account":
			c.known = &account
		case line == "## live" || strings.HasPrefix(line, "## live without "):
			c.known = live(strings.Fields(strings.TrimPrefix(line, "## live"))...)
		case strings.HasPrefix(line, "## online: "):
			c.online = onlines(t, strings.TrimPrefix(line, "## online: "))
		case line == "## proof":
			c.proof = &prove.Report{Mode: prove.Full}
		case strings.HasPrefix(line, "## template "):
			patches = append(patches, &patch{name: strings.TrimPrefix(line, "## template ")})
		case strings.HasPrefix(line, "##-") && len(last.changed) > 0:
			patches = append(patches, &patch{name: last.name, old: []string{line[3:]}})
		case strings.HasPrefix(line, "##-"):
			last.old = append(last.old, line[3:])
		case strings.HasPrefix(line, "##+"):
			last.changed = append(last.changed, line[3:])
		default:
			c.want(deploymentFile, i+1, line)
		}
		if _, said, ok := strings.Cut(line, "## proof: "); ok {
			c.blame(t, diag.Position{File: deploymentFile, Line: i + 1, Column: 1}, said)
		}
	}
	if len(patches) > 0 {
		c.files = c.patched(t, patches)
	}
	return c
}

// A patch replaces lines of a template.
type patch struct {
	name         string
	old, changed []string
}

// blame makes a property of the proof one that does not hold.
func (c *testCase) blame(t *testing.T, at diag.Position, said string) {
	t.Helper()
	said, _, _ = strings.Cut(said, " ## want: ")
	words := strings.SplitN(said, " ", 3)
	if len(words) < 3 || c.proof == nil {
		t.Fatalf("%s: no proof: %q", at, said)
	}
	p := prove.Property{ID: words[1], Verdict: prove.Verdict(words[0]), Message: words[2], Pos: at}
	if rules, ok := strings.CutPrefix(p.Message, "never "); ok {
		var n []int
		for _, w := range strings.Fields(rules) {
			i, err := strconv.Atoi(w)
			if err != nil {
				t.Fatal(err)
			}
			n = append(n, i)
		}
		p.Never = []prove.Never{{Rule: n[0], By: n[1:]}}
	}
	c.proof.Properties = append(c.proof.Properties, p)
}

func (c testCase) want(file string, line int, text string) {
	if _, w, ok := strings.Cut(text, "## want: "); ok {
		c.wants[place{file, line}] = strings.Split(w, " | ")
	}
}

// patched is the built-in templates with changes.
func (c testCase) patched(t *testing.T, patches []*patch) fs.FS {
	t.Helper()
	set := fstest.MapFS{}
	err := fs.WalkDir(templates.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(templates.FS, path)
		set[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range patches {
		old := strings.Join(p.old, "\n") + "\n"
		if set[p.name] == nil || strings.Count(string(set[p.name].Data), old) != 1 {
			t.Fatalf("%s: template %s does not have these lines exactly once:\n%s", c.name, p.name, old)
		}
		changed := strings.Join(append(slices.Clone(p.changed), ""), "\n")
		set[p.name].Data = []byte(strings.Replace(string(set[p.name].Data), old, changed, 1))
	}
	for _, p := range patches {
		for i, line := range strings.Split(string(set[p.name].Data), "\n") {
			c.want("templates/"+p.name, i+1, line)
		}
	}
	return set
}

// answer is what validate says, but for the assumptions.
func (c testCase) answer() diag.Findings {
	all := validate.Run(c.input()).Findings
	return slices.DeleteFunc(all, func(f diag.Finding) bool { return f.Severity == diag.Assumption })
}

// rendered are the blueprints of cases that differ only in what their comments want.
var rendered sync.Map

type rendering func() (*blueprint.Blueprint, diag.Findings)

var comments = regexp.MustCompile(`(?m)(^|\s)#.*$`)

func (c testCase) render(d *deployment.Deployment) (*blueprint.Blueprint, diag.Findings) {
	if c.files != fs.FS(templates.FS) {
		return blueprint.Render(d, c.files)
	}
	made, _ := rendered.LoadOrStore(comments.ReplaceAllString(c.text, ""), rendering(sync.OnceValues(func() (*blueprint.Blueprint, diag.Findings) {
		return blueprint.Render(d, c.files)
	})))
	return made.(rendering)()
}

func (c testCase) input() validate.Input {
	d, found := deployment.Parse(deploymentFile, []byte(c.text))
	var b *blueprint.Blueprint
	if d != nil {
		var more diag.Findings
		b, more = c.render(d)
		found = append(found, more...)
	}
	return validate.Input{Deployment: d, Blueprint: b, Earlier: found, Now: c.now, Account: c.known, Online: c.online, Source: []byte(c.text), Proof: c.proof}
}

// mismatches says what is missing, extra, or on a wrong line.
func (c testCase) mismatches(found diag.Findings) []string {
	left := map[place][]string{}
	for p, ws := range c.wants {
		left[p] = slices.Clone(ws)
	}
	var out []string
	for _, f := range found {
		p := place{f.Position.File, f.Position.Line}
		i := slices.IndexFunc(left[p], func(w string) bool { return matches(w, f.Code+" "+f.Message) })
		if i < 0 {
			out = append(out, "not wanted: "+cmp.Or(f.Position.String(), "nowhere")+": "+f.Code+" "+f.Message)
			continue
		}
		left[p] = slices.Delete(left[p], i, i+1)
	}
	for p, ws := range left {
		for _, w := range ws {
			out = append(out, "missing: "+diag.Position{File: p.file, Line: p.line}.String()+": "+w)
		}
	}
	slices.Sort(out)
	return out
}

func matches(want, got string) bool {
	parts := strings.Split(want, "*")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile("^" + strings.Join(parts, ".*") + "$").MatchString(got)
}

// codes lists the folders of cases.
func codes(t *testing.T) []string {
	t.Helper()
	es, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range es {
		if e.IsDir() {
			out = append(out, e.Name())
		}
	}
	if len(out) == 0 {
		t.Fatal("no cases under testdata")
	}
	return out
}

func TestEveryRuleHasItsCases(t *testing.T) {
	have := codes(t)
	for _, r := range validate.Rules() {
		if !slices.Contains(have, r.Code) {
			t.Errorf("%s has no cases", r.Code)
		}
		if r.Title == "" || r.Text == "" {
			t.Errorf("%s is not explained", r.Code)
		}
	}
	for _, code := range have {
		if !slices.ContainsFunc(validate.Rules(), func(r validate.Rule) bool { return r.Code == code }) {
			t.Errorf("testdata/%s is of no rule", code)
		}
	}
}

// TestOneRuleOneFile takes both lists from the disk and the registry.
func TestOneRuleOneFile(t *testing.T) {
	files, err := filepath.Glob("rule_*.go")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(validate.Rules()) {
		t.Errorf("%d files rule_*.go, %d rules", len(files), len(validate.Rules()))
	}
}

func TestCases(t *testing.T) {
	for _, code := range codes(t) {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			pass := readCase(t, filepath.Join("testdata", code, "pass.yaml"))
			if len(pass.wants) > 0 {
				t.Errorf("%s wants findings", pass.name)
			}
			for _, m := range pass.mismatches(pass.answer()) {
				t.Errorf("%s: %s", pass.name, m)
			}
			fail := readCase(t, filepath.Join("testdata", code, "fail.yaml"))
			found := fail.answer()
			if !slices.ContainsFunc(found, func(f diag.Finding) bool { return f.Code == code }) {
				t.Errorf("%s is not found by %s", fail.name, code)
			}
			for _, m := range fail.mismatches(found) {
				t.Errorf("%s: %s", fail.name, m)
			}
		})
	}
}

// TestTheCasesCanFail: a missing, an extra and a wrong line are each told.
func TestTheCasesCanFail(t *testing.T) {
	at := func(line int, message string) diag.Finding {
		return diag.Finding{Code: "DR-X-001", Message: message, Position: diag.Position{File: deploymentFile, Line: line}}
	}
	c := testCase{wants: map[place][]string{{deploymentFile, 3}: {"DR-X-001 a thing of * here"}}}
	for _, x := range []struct {
		name  string
		found diag.Findings
		want  int
	}{
		{"as wanted", diag.Findings{at(3, "a thing of 12 here")}, 0},
		{"missing", nil, 1},
		{"extra", diag.Findings{at(3, "a thing of 12 here"), at(3, "a thing of 12 here")}, 1},
		{"wrong line", diag.Findings{at(4, "a thing of 12 here")}, 2},
		{"wrong words", diag.Findings{at(3, "a thing")}, 2},
	} {
		if got := c.mismatches(x.found); len(got) != x.want {
			t.Errorf("%s: %q", x.name, got)
		}
	}
}
