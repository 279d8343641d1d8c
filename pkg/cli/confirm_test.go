package cli

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

// A question says what Enter means, and only what it names goes on.
func TestConfirm(t *testing.T) {
	for _, c := range []struct {
		name, typed string
		want        string // of the error; empty: it goes on
		asked       int
	}{
		{"", "y\n", "", 1},
		{"", "YES\r\n", "", 1},
		{"", " Yes \n", "", 1},
		{"", "y", "", 1}, // the input ends behind it
		{"", "\n", "not confirmed", 1},
		{"", "n\n", "not confirmed", 1},
		{"", "No\ny\n", "not confirmed", 1},
		{"", "what\ny\n", "", 2},
		{"", "yess\nja\nsetup\ny\n", "not confirmed", 3},
		{"", "", "no answer", 1},
		{"", "what\n", "no answer", 2},
		{"acme", "acme\n", "", 1},
		{"acme", "Acme\nacme\n", "not confirmed", 1},
		{"acme", "y\n", "not confirmed", 1},
		{"acme", "\n", "not confirmed", 1},
		{"acme", "", "no answer", 1},
	} {
		env := testEnv(t)
		env.IO.In, env.IO.InTerminal = strings.NewReader(c.typed), true
		question := "Apply 3 changes?"
		err := confirm(env.session(), question, c.name)
		said := env.IO.Err.(*bytes.Buffer).String()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) || strings.Count(said, question) != c.asked {
			t.Errorf("%q for %q: %v\n%s", c.typed, c.name, err, said)
		}
		if strings.Contains(said, "[y/N] ") != (c.name == "") || env.IO.Out.(*bytes.Buffer).Len() > 0 {
			t.Errorf("%q: %s", c.name, said)
		}
	}
	env := testEnv(t)
	if err := confirm(env.session(), "Sure?", ""); err == nil || !strings.Contains(findingOf(err).Hint, "--yes") || env.IO.Err.(*bytes.Buffer).Len() > 0 {
		t.Errorf("without a terminal: %v", err)
	}
	env.claimed, env.IO.InTerminal = "-f -", true
	if err := confirm(env.session(), "Sure?", ""); err == nil || !strings.Contains(err.Error(), "-f -") {
		t.Errorf("standard input is taken: %v", err)
	}
}

// Ctrl-C at a question is an interruption, and nothing stands behind the question.
func TestConfirmInterrupted(t *testing.T) {
	env := testEnv(t)
	ctx, stop := context.WithCancel(t.Context())
	env.IO.In, env.IO.InTerminal = &input{ctx: ctx, r: never{}}, true
	stop()
	err := confirm(env.session(), "Sure?", "")
	if code := exitCode(ctx, err); code != exitInterrupted || !strings.HasPrefix(err.Error(), "interrupted: ") || env.IO.Err.(*bytes.Buffer).String() != "Sure? [y/N] \n" {
		t.Errorf("exit %d: %v\n%s", code, err, env.IO.Err)
	}
}

// The deployment file comes from standard input, a folder or a file; what else would read there is
// refused before anything is done.
func TestWhereTheDeploymentFileIs(t *testing.T) {
	const file = "version: 1\nname: acme\ngenesys: {region: us-east-1}\nhubspot: {lookup: {homeCountries: [US]}}\nrouting: {rules: [], fallback: {queue: Support}}\n"
	tree(t, map[string]string{"d/dealroute.yaml": file, "none/x.yaml": file, "d/crm.yaml": "version: 1\ncontacts: []\n", "crm.yaml": "version: 1\ncontacts: []\n", "calls.yaml": "calls: [{ani: \"+15135550142\"}]\n"})
	t.Setenv("DEALROUTE_FILE", "")
	for _, c := range []struct {
		args, in string
		code     int
		want     string
	}{
		{"validate --proof=off -f d", "", 0, "d/dealroute.yaml: no errors"},
		{"validate --proof=off -f none", "", 1, "error: the folder none has no dealroute.yaml"},
		{"validate --proof=off -f nix", "", 1, "read the deployment file nix: no such file"},
		{"validate --proof=off -f -", file, 0, "<stdin>: no errors"},
		{"validate --proof=off -f -", file + "nope: 1\n", 2, "<stdin>:6:1: unknown key"},
		{"validate --proof=off -f -", "", 2, "<stdin>:1:1: the file is empty"},
		{"validate --proof=off -f -", strings.Repeat("#", maxDeployment+1), 1, "read the deployment file from standard input: it is larger than 2048 kB"},
		{"simulate -f - --ani +15135550142", file, 0, "fixtures: crm.yaml"},
		{"simulate -f d --ani +15135550142", "", 0, "fixtures: d/crm.yaml"},
		{"simulate -f - --suite -", file, 1, "-f - and --suite - both ask for standard input"},
		{"simulate -f d --suite - --against -", "calls: [{ani: \"+15135550142\"}]\n", 1, "--suite - and --against - both ask for standard input"},
		{"simulate -f d --suite calls.yaml --against -", file, 0, "before       <stdin>"},
		{"rotate key -f - --stdin --yes --sandbox", file, 1, "--stdin and -f - both ask for standard input"},
		{"setup -f - --sandbox", file, 1, "-f - has taken standard input\nhint: look at the plan, then repeat with --yes"},
		{"--explain-config -f -", file, 0, "us-east-1"},
	} {
		code, out, errs := tell(t, c.in, strings.Fields(c.args)...)
		if code != c.code || !strings.Contains(strings.ReplaceAll(out+errs, "\\", "/"), c.want) {
			t.Errorf("%s: exit %d\n%s%s", c.args, code, out, errs)
		}
	}
}
