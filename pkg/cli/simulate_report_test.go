package cli_test

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestReportOfALoad(t *testing.T) {
	p := newProgram(t)
	basic := filepath.Join("..", "..", "examples", "basic", "dealroute.yaml")
	page := reported(t, p, 0, "simulate", "-f", basic, "--load", "60/min", "--for", "3h", "--fault", "timeout@16:00-16:05")
	for _, want := range []string{
		"60 calls a minute for 3h from 2026-11-23 15:00 UTC", "dealroute simulate --fault timeout@16:00-16:05 --for 3h0m0s --load 60/min -f ",
		"not every caller is looked up", "no answer in time", "General Support", "What became of the calls over time", "searches in a second",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page says nothing of %q", want)
		}
	}
	reported(t, p, 0, "simulate", "-f", basic, "--load", "1/h", "--for", "1m", "--seed", "3") // nobody calls
	reported(t, p, 0, "simulate", "-f", basic, "--load", "2/min", "--for", "49h", "--strangers", "100%")
	rollup := filepath.Join("..", "..", "examples", "rollup", "dealroute.yaml")
	page = reported(t, p, 0, "simulate", "-f", rollup, "--load", "60/min", "--for", "10m", "--compare", "search,unique-phone,rollup", "--max-failed", "5%")
	for _, want := range []string{"is the cheapest strategy", "Requests of HubSpot for a call"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of a comparison says nothing of %q", want)
		}
	}
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
