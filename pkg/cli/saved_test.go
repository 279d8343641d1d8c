package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A saved plan is applied exactly, once, and refused when anything that it stands on has changed.
func TestASavedPlan(t *testing.T) {
	p := newProgram(t)
	dir := t.TempDir()
	file, saved := filepath.Join(dir, "dealroute.yaml"), filepath.Join(dir, "change.plan")
	data, err := os.ReadFile("../../examples/minimal/dealroute.yaml")
	if err != nil {
		t.Fatal(err)
	}
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	is := func(code int, want string, args ...string) {
		t.Helper()
		got, out, errs := p.run(append(args, "-f", file, "--sandbox")...)
		if got != code || !strings.Contains(out+errs, want) {
			t.Errorf("%v: exit code %d, want %d and %q\n%s%s", args, got, code, want, out, errs)
		}
	}
	write(file, string(data))
	is(0, "is saved", "plan", "--out", saved)
	text, err := os.ReadFile(saved)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(saved); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}

	// a slip of the hand costs nothing
	is(1, "holds something else than a saved plan", "plan", "--out", file)
	if now, err := os.ReadFile(file); err != nil || string(now) != string(data) {
		t.Fatalf("the deployment file is overwritten: %v", err)
	}

	// what is known without the org
	other := filepath.Join(dir, "other.plan")
	for _, c := range []struct {
		name, old, now, want string
		code                 int
	}{
		{"cut", string(text[len(text)/2:]), "", "it is damaged", 1},
		{"changed by hand", `"create"`, `"delete"`, "it is damaged, or was changed by hand", 1},
		{"later", `"dealroutePlan": 1`, `"dealroutePlan": 2`, "is of a later format", 1},
		{"something else", string(text), string(data), "it is no plan of dealroute", 1},
	} {
		write(other, strings.Replace(string(text), c.old, c.now, 1))
		is(c.code, c.want, "setup", other, "--yes")
	}
	is(1, "--adopt=true contradicts the saved plan, which was made without it", "setup", saved, "--yes", "--adopt")
	is(1, "no such file", "setup", filepath.Join(dir, "none"), "--yes")
	code, out, errs := p.run("setup", saved, "--yes", "-f", file)
	if code != 2 || !strings.Contains(errs, "it is of the sandbox, and this is a real org") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	write(file, strings.Replace(string(data), "name: ", "name: other-", 1))
	is(2, "it is of deployment", "setup", saved, "--yes")

	// the file says other than when it was made: which entity, which field
	write(file, strings.Replace(string(data), "version: 1\n", "version: 1\nenrichment: {budget: 4s}\n", 1))
	is(2, "config.timeoutSeconds", "setup", saved, "--yes")
	is(2, "flow ", "setup", saved, "--yes")
	write(file, string(data)+"# a remark is no change\n")
	is(0, " created", "setup", saved, "--yes")
	is(2, "it is applied already", "setup", saved, "--yes", "-o", "json")

	// flags are part of the plan
	is(0, "is saved", "plan", "--out", saved, "--adopt", "--allow-unstaffed", "-o", "json")
	is(1, "--allow-unstaffed=false contradicts the saved plan, which was made with it", "setup", saved, "--yes", "--allow-unstaffed=false")
	is(0, "0 writes", "setup", saved, "--yes")
	is(0, "0 writes", "setup", saved, "--yes", "--adopt") // nothing was to be done, and nothing is

	// the org has changed since
	write(file, strings.Replace(string(data), "version: 1\n", "version: 1\nenrichment: {budget: 4s}\n", 1))
	is(2, "is saved", "plan", "--out", saved, "--detailed-exitcode")
	is(0, "", "destroy", "--yes")
	is(2, "the org has changed since: ", "setup", saved, "--yes")
	is(2, "it is gone", "setup", saved, "--yes")
}
