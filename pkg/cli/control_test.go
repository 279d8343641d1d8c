package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A day of an operator: what is shown is what the flow does, the reason stays in the row, and
// nothing of it is asked for or needs a key.
func TestSwitchAndBreaker(t *testing.T) {
	p := hurried(t)
	on := func(want int, args ...string) (stdout, stderr string) {
		t.Helper()
		code, out, errs := p.run(append(args, "--sandbox", "-f", minimalFile)...)
		if code != want {
			t.Errorf("%v: exit %d\n%s%s", args, code, out, errs)
		}
		return out, errs
	}
	if _, errs := on(1, "switch"); !strings.Contains(errs, `run "dealroute setup" first`) {
		t.Error(errs)
	}
	on(0, "setup", "--yes")
	outcome := func() string {
		out, _ := on(0, "simulate", "--flow", "deployed", "--ani", "+15135550142", "-o", "json")
		var v struct {
			Calls []struct{ Outcome string }
		}
		if err := json.Unmarshal([]byte(out), &v); err != nil || len(v.Calls) != 1 {
			t.Fatal(err, out)
		}
		return v.Calls[0].Outcome
	}
	for _, c := range []struct {
		args    []string
		shown   []string
		outcome string
	}{
		{[]string{"switch", "off", "--reason", "HubSpot is down, call +15135550142 or ada@example.com"}, []string{"OFF: HubSpot is down", "+1513•••••42"}, "lookup_failed"},
		{[]string{"switch", "on"}, []string{"on, by client"}, "active_deal"},
		{[]string{"breaker", "open", "--for", "2m"}, []string{"OPEN until ", "by client"}, "lookup_failed"},
		{[]string{"breaker", "close", "--reason", "test"}, []string{"closed", "test"}, "active_deal"},
	} {
		out, _ := on(0, c.args...)
		again, _ := on(0, c.args[0])
		for _, w := range c.shown {
			if !strings.Contains(out, w) || !strings.Contains(again, w) {
				t.Errorf("%v: %s%s, want %q", c.args, out, again, w)
			}
		}
		if strings.Contains(out+again, "0142") || strings.Contains(out+again, "ada@") {
			t.Errorf("a person is shown: %s%s", out, again)
		}
		if got := outcome(); got != c.outcome {
			t.Errorf("%v: the call is %s, want %s", c.args, got, c.outcome)
		}
	}
	if out, _ := on(0, "plan", "--detailed-exitcode"); !strings.Contains(out, "to keep") {
		t.Error(out)
	}
	for _, bad := range [][]string{{"switch", "off", "--reason", "two\nlines"}, {"switch", "on", "--reason", strings.Repeat("x", 201)}, {"breaker", "open", "--for", "0s"}, {"breaker", "open", "--for", "8760h"}} {
		on(1, bad...)
	}
}

const minimalFile = "../../examples/minimal/dealroute.yaml"

// A deployment without a breaker says so, and has its switch all the same.
func TestNoBreaker(t *testing.T) {
	p := hurried(t)
	data, err := os.ReadFile(minimalFile)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "dealroute.yaml")
	if err := os.WriteFile(file, append(data, "\nenrichment: {breaker: none}\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		code int
		want string
		args []string
	}{
		{0, "", []string{"setup", "--yes"}},
		{0, "breaker none", []string{"breaker"}}, {1, "no breaker (enrichment.breaker: none)", []string{"breaker", "open"}},
		{1, "no breaker", []string{"breaker", "close"}}, {0, "switch OFF", []string{"switch", "off"}},
	} {
		if code, out, errs := p.run(append(c.args, "--sandbox", "-f", file)...); code != c.code || !strings.Contains(out+errs, c.want) {
			t.Errorf("%v: exit %d\n%s%s", c.args, code, out, errs)
		}
	}
}
