package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/examples"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/picture"
	"github.com/dealroute/dealroute/pkg/routing"
)

// TestCallersOfExamplesAreDrawn sends the callers of all examples through the rendered flows, with
// and without faults: each step has its place in the picture, ways lead from one to the next, and
// the picture of the rules says where the call goes.
func TestCallersOfExamplesAreDrawn(t *testing.T) {
	t.Parallel()
	calls, steps := 0, 0
	for _, e := range examples.All() {
		file := filepath.Join("../../examples", e.Name, "dealroute.yaml")
		crm, err := os.ReadFile(filepath.Join(filepath.Dir(file), "crm.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range []string{"", "timeout", "500"} {
			env := testEnv(t).session()
			env.settings.file = file
			l, b, err := load(env, false)
			if err != nil {
				t.Fatal(err)
			}
			o := simulateOptions{session: env, crm: "fixtures", flow: "rendered", anis: append(phone.Find(string(crm)), "anonymous"), every: "1m"}
			if fault != "" {
				o.faults = []string{fault}
			}
			s, err := newSimulation(t.Context(), env, l, b, o)
			if err != nil {
				t.Fatal(err)
			}
			outcomes, err := s.all(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			flow, rules := picture.Flow(s.flow), picture.Rules(l.deployment)
			for _, x := range outcomes {
				calls++
				for _, h := range flow.Walk(x.Result.Path) {
					steps++
					if h.Far {
						t.Errorf("%s: step %d of a call: nothing leads to node %s", e.Name, h.Step, h.Node)
					}
				}
				decided := rules.Decided(x)
				if x.Reason == "rule" && x.Result.Queue != "" && !slices.ContainsFunc(decided.Nodes, func(n picture.Node) bool {
					return n.Mark.On && n.Kind == picture.Queue && strings.HasSuffix(n.Text[0], x.Result.Queue)
				}) {
					t.Errorf("%s: a call by rule %s went to %s, and the picture of the rules does not say so", e.Name, x.Rule, x.Result.Queue)
				}
				if x.Outcome == string(routing.LookupFailed) && x.Reason == "fallback" && !marked(decided, "fallback") {
					t.Errorf("%s: a call that went to the fallback is not drawn there", e.Name)
				}
			}
		}
	}
	t.Logf("%d calls, %d steps", calls, steps)
	if calls < 100 {
		t.Errorf("only %d calls were drawn", calls)
	}
}

func marked(g *picture.Graph, id string) bool {
	return slices.ContainsFunc(g.Nodes, func(n picture.Node) bool { return n.ID == id && n.Mark.On })
}

// graphed runs graph and gives what it wrote.
func graphed(t *testing.T, terminal bool, args ...string) (code int, out, errs string) {
	t.Helper()
	env := testEnv(t)
	env.IO.OutTerminal = terminal
	code = Main(t.Context(), append([]string{"graph"}, args...), env)
	return code, env.IO.Out.(*bytes.Buffer).String(), env.IO.Err.(*bytes.Buffer).String()
}

func TestGraphFormats(t *testing.T) {
	file := "../../examples/basic/dealroute.yaml"
	dir := t.TempDir()
	begins := map[string]string{"svg": "<svg ", "dot": "digraph ", "mermaid": "flowchart", "json": "{", "text": "acme-inbound"}
	for format, want := range begins {
		if code, out, errs := graphed(t, true, "-f", file, "-o", format); code != 0 || !strings.HasPrefix(out, want) {
			t.Errorf("-o %s gives %d, %.40q, %s", format, code, out, errs)
		}
	}
	for terminal, want := range map[bool]string{true: "text", false: "svg"} {
		if _, out, _ := graphed(t, terminal, "-f", file); !strings.HasPrefix(out, begins[want]) {
			t.Errorf("on a terminal (%v) graph writes %.40q", terminal, out)
		}
	}
	for end, format := range pictureEnds {
		name := filepath.Join(dir, "p"+end)
		for range 2 { // a picture may be written anew
			if code, _, errs := graphed(t, false, "-f", file, "--out", name); format != "text" && code != 0 {
				t.Errorf("--out %s: %s", end, errs)
			}
		}
		data, err := os.ReadFile(name)
		if err != nil || !strings.HasPrefix(string(data), begins[format]) {
			t.Errorf("--out %s holds %.40q (%v)", end, data, err)
		}
	}
	other := filepath.Join(dir, "notes.svg")
	if err := os.WriteFile(other, []byte("my notes"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := graphed(t, false, "-f", file, "--out", other); code == 0 || !strings.Contains(errs, "something else than a picture") {
		t.Errorf("what is no picture: %d %s", code, errs)
	}
	if data, err := os.ReadFile(other); err != nil || string(data) != "my notes" {
		t.Errorf("it holds %q now", data)
	}
}

func TestGraphTellsWhichCall(t *testing.T) {
	file := "../../examples/basic/dealroute.yaml"
	_, out, errs := graphed(t, false, "-f", file, "--ani", "+15135550142", "-o", "svg")
	title := regexp.MustCompile(`<title id="title">([^<]*)</title>`).FindStringSubmatch(out)
	if title == nil || title[1] != "acme-inbound: call +1513•••••42" {
		t.Errorf("the title is %q, %s", title, errs)
	}
	if strings.Contains(out, "5135550142") {
		t.Error("the caller's number is in the picture")
	}
	if _, out, _ = graphed(t, false, "-f", file, "--ani", "+15135550142", "--ani", "anonymous", "-o", "text"); !strings.Contains(out, "[2 calls]") {
		t.Error("where both calls went is not said")
	}
	_, out, _ = graphed(t, false, "-f", file, "--rules", "--ani", "+15135550142", "-o", "text")
	if !strings.Contains(out, "rule 1: negotiation") || !strings.Contains(out, "waited ") {
		t.Errorf("the rules of a call: %s", out)
	}
	_, out, errs = graphed(t, false, "-f", file, "--coverage", "../../examples/basic/calls.yaml", "-o", "text")
	if !strings.Contains(out, "not reached") || !regexp.MustCompile(`they reach \d+ of \d+ boxes`).MatchString(out) {
		t.Errorf("a suite: %.300s %s", out, errs)
	}
}

func TestGraphRefuses(t *testing.T) {
	file := "../../examples/basic/dealroute.yaml"
	flow := filepath.Join(t.TempDir(), "flow.yaml")
	if err := os.WriteFile(flow, []byte("inboundCall:\n  name: x\n  startUpRef: /inboundCall/tasks/task[A]\n  tasks:\n    - task: {name: A, refId: A, actions: [{disconnect: {name: End}}]}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, want string }{
		{file, "holds a deployment, not a flow"},
		{flow + " --rules", "exclude each other"},
		{"--rules --counterexample any", "exclude each other"},
		{"--rules --flow deployed", "exclude each other"},
		{"--rules --overview", "one card each"},
		{"--coverage c --ani 1", "exclude each other"},
		{"--counterexample any --ani 1", "exclude each other"},
		{"--fault timeout", "there is none"},
		{"--at 2026-11-23T09:00:00Z", "there is none"},
		{flow + " --fault timeout", "about the deployment"},
		{flow + " --ani 1 --ani 2", "one call"},
		{"--module m", "goes with the file of a flow"},
		{"--out x.pdf", "does not say which format"},
		{"--out x.svg -o dot", "say two things"},
		{"--counterexample nothing", "is not known"},
		{"-o yaml", "is not known"},
		{flow + " --counterexample policy", "is not proved"},
		{flow + " --counterexample wait", "holds"},
	} {
		args := append([]string{"-f", file}, strings.Fields(c.args)...)
		if code, _, errs := graphed(t, false, args...); code == 0 || !strings.Contains(errs, c.want) || !strings.Contains(errs, "hint:") {
			t.Errorf("graph %s: %d %s", c.args, code, errs)
		}
	}
	code, out, errs := graphed(t, false, flow, "--counterexample", "any", "-o", "text")
	if code != 0 || !strings.Contains(out, "breaks ending") || !strings.Contains(out, ". The call: ") {
		t.Errorf("a flow that lets callers go: %d %s%s", code, out, errs)
	}
}
