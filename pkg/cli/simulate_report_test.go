package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReportOfALoad(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	basic := filepath.Join("..", "..", "examples", "basic", "dealroute.yaml")
	page := reported(t, p, 0, "simulate", "-f", basic, "--load", "60/min", "--for", "3h", "--fault", "timeout@16:00-16:05")
	for _, want := range []string{
		"60 calls a minute for 3h from 2026-11-23 15:00 UTC", "dealroute simulate --fault timeout@16:00-16:05 --for 3h --load 60/min -f ",
		"not every caller is looked up", "routed without what HubSpot knows of them", "HubSpot does not know the caller", "no answer in time", "General Support", "What became of the calls over time", "searches in a second",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page says nothing of %q", want)
		}
	}
	reported(t, p, 0, "simulate", "-f", basic, "--load", "1/h", "--for", "1m", "--seed", "3") // nobody calls
	reported(t, p, 0, "simulate", "-f", basic, "--load", "2/min", "--for", "49h", "--strangers", "100%")
	rollup := filepath.Join("..", "..", "examples", "rollup", "dealroute.yaml")
	page = reported(t, p, 0, "simulate", "-f", rollup, "--load", "60/min", "--for", "10m", "--compare", "search,unique-phone,rollup", "--max-failed", "5%")
	for _, want := range []string{"is the cheapest strategy", "Requests to HubSpot for a call"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of a comparison says nothing of %q", want)
		}
	}
}

func TestReportOfCalls(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	examples, err := filepath.Glob("../../examples/*/dealroute.yaml")
	if err != nil || len(examples) == 0 {
		t.Fatal(err)
	}
	for _, file := range examples {
		page := reported(t, p, 0, "simulate", "-f", file, "--ani", "+15135550142")
		for _, want := range []string{"Call of &#43;1513•••••42</h1>", `<svg class="picture"`, "Where the time went", "Participant data"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the page says nothing of %q", file, want)
			}
		}
		if strings.Contains(page, "5550142") {
			t.Errorf("%s: the page has the caller's number", file)
		}
	}
	basic := filepath.Join("..", "..", "examples", "basic", "dealroute.yaml")
	page := reported(t, p, 0, "simulate", "-f", basic, "--ani", "+15135550142", "--ani", "anonymous", "--fault", "timeout", "--ani", "+15135550199")
	for _, want := range []string{"3 calls, one after the other", "HubSpot could not be asked about ", "lookup_failed", "Call 3 of ", "--ani &#39;&#43;1513•••••42&#39;"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of three calls says nothing of %q", want)
		}
	}
}

func TestReportOfASuite(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	examples, err := filepath.Glob("../../examples/*/calls.yaml")
	if err != nil || len(examples) == 0 {
		t.Fatal(err)
	}
	for _, calls := range examples {
		reported(t, p, 0, "simulate", "-f", filepath.Join(filepath.Dir(calls), "dealroute.yaml"), "--suite", calls)
	}
	basic := filepath.Join("..", "..", "examples", "basic", "dealroute.yaml")
	few := filepath.Join(t.TempDir(), "calls.yaml") // of a deployment whose rules can be changed in few ways
	if err := os.WriteFile(few, []byte("calls:\n  - {ani: anonymous, expect: {outcome: no_record}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	page := reported(t, p, 0, "simulate", "-f", filepath.Join("..", "..", "examples", "minimal", "dealroute.yaml"), "--suite", few, "--mutate")
	if !strings.Contains(page, "Not noticed") {
		t.Error("the page says nothing of changes that were not noticed")
	}
	wrong := filepath.Join(t.TempDir(), "calls.yaml")
	if err := os.WriteFile(wrong, []byte("calls:\n  - {name: Ada from +15135550142, ani: \"+15135550142\", expect: {queue: Billing, priority: 99}}\n  - {ani: anonymous, expect: {outcome: no_record}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	page = reported(t, p, 2, "simulate", "-f", basic, "--suite", wrong)
	for _, want := range []string{"Not as expected", "not covered", "calls.yaml:2", "Billing", "what came instead", `<g id="dr-failed"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of a suite that fails says nothing of %q", want)
		}
	}
	if strings.Contains(page, "5550142") {
		t.Error("the page has a caller's number")
	}
	reported(t, p, 2, "simulate", "-f", basic, "--suite", filepath.Join(filepath.Dir(basic), "calls.yaml"), "--shard", "1/3", "--fail-under", "100")
	var parts []string
	for _, shard := range []string{"1/2", "2/2"} {
		code, out, errs := p.run("simulate", "-f", basic, "--suite", filepath.Join(filepath.Dir(basic), "calls.yaml"), "--shard", shard, "-o", "json")
		if code != 0 {
			t.Fatal(code, errs)
		}
		part := filepath.Join(t.TempDir(), "part.json")
		if err := os.WriteFile(part, []byte(out), 0o600); err != nil {
			t.Fatal(err)
		}
		parts = append(parts, part)
	}
	reported(t, p, 0, append([]string{"simulate", "merge"}, parts...)...)
}

func TestReportIsRefused(t *testing.T) {
	p := newProgram(t)
	basic := filepath.Join("..", "..", "examples", "basic", "dealroute.yaml")
	for _, c := range []struct{ args, want string }{
		{"--ani +15135550142 --show-pii --report r.html", "--report and --show-pii exclude each other"},
		{"--ani +15135550142 --against x.yaml --report r.html", "--report and --against exclude each other"},
		{"--init-suite x.yaml --report r.html", "--report and --init-suite exclude each other"},
		{"--ani +15135550142 --report -", "is no name of a page"},
	} {
		code, out, errs := p.run(append([]string{"simulate", "-f", basic}, strings.Fields(c.args)...)...)
		if code != 1 || !strings.Contains(errs, c.want) || out != "" {
			t.Errorf("%s: exit %d, %q, %q; want %q", c.args, code, out, errs, c.want)
		}
	}
}
