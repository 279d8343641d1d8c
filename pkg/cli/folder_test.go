package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tree writes files below a folder and makes it the working one.
func tree(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// tell runs a command and gives its exit code, its output and what it says beside it.
func tell(t *testing.T, in string, args ...string) (int, string, string) {
	t.Helper()
	env := testEnv(t)
	env.IO.In = strings.NewReader(in)
	code := Main(t.Context(), args, env)
	return code, env.IO.Out.(*bytes.Buffer).String(), env.IO.Err.(*bytes.Buffer).String()
}

// Of a folder the files of the kind are taken, by name, and what is hidden or of another kind is not.
func TestFilesOfAFolder(t *testing.T) {
	const action, flow = `{"contract": {}, "config": {}}`, "# a comment\n---\ninboundCall:\n  name: x\n"
	tree(t, map[string]string{
		"d/b.json": action, "d/a.CUSTOM.JSON": "{", "d/below/c.json": action, "d/package.json": "{}", "d/.git/x.json": action, "d/.y.json": action,
		"d/f.yaml": flow, "d/below/g.yml": "\ufeff\"workflow\": {}\n", "d/crm.yaml": "version: 1\n", "d/h.yaml": "x:\n  inboundCall: 1\n", "none/readme.md": "",
	})
	if err := os.Symlink("d", "link"); err != nil {
		t.Skip(err)
	}
	if err := os.Symlink("../d/b.json", "d/below/z.json"); err != nil {
		t.Fatal(err)
	}
	slash := func(names []string) string {
		for i := range names {
			names[i] = filepath.ToSlash(names[i])
		}
		return strings.Join(names, " ")
	}
	for _, c := range []struct {
		args string
		kind fileKind
		want string
	}{
		{"d", actionFiles(), "d/a.CUSTOM.JSON d/b.json d/below/c.json"},
		{"d/below d", actionFiles(), "d/below/c.json d/a.CUSTOM.JSON d/b.json"},
		{"d/package.json -", actionFiles(), "d/package.json -"}, // a file that was named is taken as it is
		{"d", flowFiles(), "d/below/g.yml d/f.yaml"},
		{"nix d/below", flowFiles(), "nix d/below/g.yml"},
	} {
		got, err := filesOf(t.Context(), strings.Fields(c.args), c.kind)
		if err != nil || slash(got) != c.want {
			t.Errorf("%s: %v (%v), want %s", c.args, got, err, c.want)
		}
	}
	for _, k := range []fileKind{actionFiles(), flowFiles()} {
		if got, err := filesOf(t.Context(), []string{"none"}, k); err == nil || !strings.Contains(err.Error(), "there is no "+k.one+" in the folder none") {
			t.Errorf("%v, %v", got, err)
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := filesOf(ended, []string{"d"}, flowFiles()); err == nil {
		t.Error("a command that was ended goes on looking")
	}
}

// Standard input is a file for commands that take one, and is asked for once.
func TestStandardInputAsAFile(t *testing.T) {
	const flow = "inboundCall:\n  name: x\n"
	for _, c := range []struct {
		args, in string
		code     int
		want     string
	}{
		{"action check -", "{", 2, "<stdin>:1:"},
		{"action run -", "{", 1, "<stdin>:1:"},
		{"action check - x -", "{", 1, "data action x"},
		{"action run - --auth -", `{}`, 1, "both ask for standard input"},
		{"flow check -", flow + "  nonsense: 1\n", 2, "<stdin>:"},
		{"flow check -", `{"id": 1}` + "\n", 0, `{"id":1,`},
		{"flow check -", "nonsense\n", 0, `"no question`},
		{"flow run - --ani 1", "x: 1\n", 2, "<stdin>:1:"},
		{"flow prove -", "x: 1\n", 2, "<stdin>:1:"},
	} {
		args := strings.Fields(c.args)
		if slices.Contains(args, "x") {
			t.Chdir(t.TempDir())
		}
		code, out, errs := tell(t, c.in, args...)
		if code != c.code || !strings.Contains(out+errs, c.want) {
			t.Errorf("%s: exit %d\n%s%s", c.args, code, out, errs)
		}
	}
}
