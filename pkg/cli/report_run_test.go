package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/cli"
	"github.com/dealroute/dealroute/pkg/internal/reports"
)

// compact is a JSON text without what stands between its tokens.
func compact(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(text)); err != nil {
		t.Fatalf("%v in %.200s", err, text)
	}
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(b.String())
}

// reported runs a command with --report and -o json, and holds the page against the answer: it is embedded as
// it is printed, every figure that can be seen is that of the answer, and nothing is asked of anybody.
func reported(t *testing.T, p *program, want int, args ...string) (page string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.html")
	code, out, errs := p.run(append(slices.Clone(args), "--report", file, "-o", "json")...)
	if code != want {
		t.Fatalf("%q: exit %d, want %d: %s%s", args, code, want, out, errs)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("DEALROUTE_REPORTS"); dir != "" { // for whoever wants to look at it
		if err := os.WriteFile(filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "-")+"-"+args[0]+".html"), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(errs, "report: "+file) {
		t.Errorf("%q: it is not said where the report is: %s", args, errs)
	}
	problems, figures := reports.Check(text)
	for _, problem := range problems {
		t.Errorf("%q: %s", args, problem)
	}
	data, err := reports.Data(text)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := compact(t, string(data)), compact(t, out); a != b {
		t.Errorf("%q: the page has another answer than -o json prints:\n%.2000s\n%.2000s", args, a, b)
	}
	t.Logf("%q: %d bytes, %d figures held against the answer", args, len(text), figures)
	return string(text)
}

func TestReportOfValidate(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	examples, err := filepath.Glob("../../examples/*/dealroute.yaml")
	if err != nil || len(examples) == 0 {
		t.Fatal(err)
	}
	for _, file := range examples {
		proof := "--proof=off" // a proof is most of the work, and what pages say of those that hold differs in figures
		if slices.Contains([]string{"basic", "companies", "hours", "oauth", "rollup"}, filepath.Base(filepath.Dir(file))) {
			proof = "--proof=quick"
		}
		page := reported(t, p, 0, "validate", "-f", file, proof)
		if drawn := strings.Contains(page, "the way of the call that waits longest"); drawn != (proof == "--proof=quick") {
			t.Errorf("%s, %s: the call that waits longest is drawn: %v", file, proof, drawn)
		}
	}
	bad := filepath.Join(t.TempDir(), "dealroute.yaml")
	if err := os.WriteFile(bad, []byte("version: 1\nname: acme\ngenesys: {regio: us-east-1}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	page := reported(t, p, 2, "validate", "-f", bad)
	for _, want := range []string{"<mark>regio</mark>", `href="#code-dr-file-005"`, `id="code-dr-file-005"`, "not in order", "did you mean"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s", want)
		}
	}
}

// A template of one's own that drops callers: the call against each property that is broken is drawn.
func TestReportOfACounterexample(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	dir := t.TempDir()
	mine := filepath.Join(dir, "mine")
	if code, _, errs := p.run("render", "-f", basicFile, "--copy-templates", mine); code != 0 {
		t.Fatal(errs)
	}
	edit := func(from, to, was, now string) {
		text, err := os.ReadFile(from)
		if err != nil || !bytes.Contains(text, []byte(was)) {
			t.Fatalf("%s has no %q: %v", from, was, err)
		}
		if err := os.WriteFile(to, bytes.Replace(text, []byte(was), []byte(now), 1), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	flow, file := filepath.Join(mine, "flow", "inbound-call.yaml.tmpl"), filepath.Join(dir, "dealroute.yaml")
	edit(basicFile, file, "name: acme-inbound\n", "name: acme-inbound\ntemplates: ./mine\n")
	edit(flow, flow, `{{- template "no answer" (args . "contact" "timeout")}}`, "                    - disconnect: {name: Gone}")
	page := reported(t, p, 2, "validate", "-f", file)
	for _, want := range []string{"The call against: ", "the way of this call through the flow", "breaks ending", "disconnect: {name: Gone}"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
}

// basicWithOtherPriority is a file with the basic example, of which one rule has another priority.
func basicWithOtherPriority(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(basicFile)
	if err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(t.TempDir(), "dealroute.yaml")
	if err := os.WriteFile(changed, bytes.Replace(text, []byte("priority: 10}"), []byte("priority: 12}"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	return changed
}

func TestReportOfPlan(t *testing.T) {
	p := hurried(t)
	page := reported(t, p, 0, "plan", "-f", basicFile, "--sandbox")
	for _, want := range []string{"changes are pending", "What it will have", "which is emulated"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if code, _, errs := p.run("setup", "-f", basicFile, "--sandbox", "--yes", "--verify=off"); code != 0 {
		t.Fatal(errs)
	}
	if page := reported(t, p, 0, "plan", "-f", basicFile, "--sandbox"); !strings.Contains(page, "nothing to do") {
		t.Error("a second plan has nothing to do, and does not say so")
	}
	changed := basicWithOtherPriority(t)
	page = reported(t, p, 2, "plan", "-f", changed, "--sandbox", "--detailed-exitcode", "--routing-diff", "../../examples/basic/calls.yaml", "--fixtures", "../../examples/basic/crm.yaml")
	for _, want := range []string{`<span class="new">&#43;`, `<span class="old">-`, "Calls that would end elsewhere", "plan --detailed-exitcode --fixtures "} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
}

func TestReportOfStatus(t *testing.T) {
	p := hurried(t)
	if page := reported(t, p, 2, "status", "-f", basicFile, "--sandbox"); strings.Contains(page, "left by an earlier run") || !strings.Contains(page, "not set up yet") || strings.Contains(page, "--since") {
		t.Error("the page of an org in which nothing was set up tells of an earlier run, or of a flag that nobody gave")
	}
	if code, _, errs := p.run("setup", "-f", basicFile, "--sandbox", "--yes", "--verify=off"); code != 0 {
		t.Fatal(errs)
	}
	if page := reported(t, p, 0, "status", "-f", basicFile, "--sandbox"); !strings.Contains(page, "in sync") {
		t.Error("the page does not say that org and file are in sync")
	}
	changed := basicWithOtherPriority(t)
	page := reported(t, p, 2, "status", "-f", changed, "--sandbox")
	for _, want := range []string{"org and file differ", "the file changed", `<span class="old">-`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
}

func TestReportOfDemo(t *testing.T) {
	page := reported(t, hurried(t), 0, "demo")
	if n := strings.Count(page, `<use href="#dr-flow"`); n != 7 || strings.Count(page, `id="dr-flow"`) != 1 {
		t.Errorf("%d of the eight ways lie over the flow that is drawn once", n)
	}
	for _, want := range []string{"all of it worked", "nobody waits twice", "setup again", "Step by step", "HubSpot could not be asked"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
}

// Who ends the demo is not told that the program is at fault.
func TestDemoEnded(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var out, errs bytes.Buffer
	if code := cli.Main(ctx, []string{"demo"}, hurried(t).in(&out, &errs)); code == 0 || strings.Contains(errs.String(), "fault of the program") {
		t.Errorf("exit code %d: %s", code, errs.String())
	}
}
