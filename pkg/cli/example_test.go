package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/examples"
)

// TestExamplesFromTheProgram: every example that the project has comes out of the program as its
// files stand, is found to be right there, and the commands that are printed with it run.
func TestExamplesFromTheProgram(t *testing.T) {
	t.Parallel()
	folders, err := filepath.Glob("../../examples/*/dealroute.yaml")
	if all := examples.All(); err != nil || len(folders) != len(all) {
		t.Fatalf("%d folders, %d names: %v", len(folders), len(all), err)
	}
	for _, e := range examples.All() {
		p, dir := newProgram(t), filepath.Join(t.TempDir(), "it's new")
		code, out, errs := p.run("render", "--example", e.Name, "--out", dir)
		if code != 0 {
			t.Fatalf("%s: %s", e.Name, errs)
		}
		n := 0
		err := filepath.WalkDir(filepath.Join("../../examples", e.Name), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			rel, _ := filepath.Rel(filepath.Join("../../examples", e.Name), path)
			want, err := os.ReadFile(path)
			if got, _ := os.ReadFile(filepath.Join(dir, rel)); string(got) != string(want) {
				t.Errorf("%s: %s is another one", e.Name, rel)
			}
			n++
			return err
		})
		if err != nil || n < 2 {
			t.Errorf("%s: %d files, %v", e.Name, n, err)
		}
		_, next, _ := strings.Cut(out, "\nnext:\n")
		lines := strings.Split(strings.TrimSpace(next), "\n")
		if len(lines) < 3 {
			t.Errorf("%s: %q", e.Name, out)
		}
		for _, line := range lines {
			args := words(strings.TrimSpace(line))[1:]
			switch args[0] {
			case "validate":
				args = append(args, "--proof=off")
			case "setup":
				continue // TestEveryExampleIsDeployed does
			}
			if code, _, errs := p.run(args...); code != 0 {
				t.Errorf("%s: exit code %d\n%s", line, code, errs)
			}
		}
	}
}

// words splits a line as a shell does, as far as names in quotes go.
func words(line string) []string {
	var out []string
	for i, part := range strings.Split(strings.ReplaceAll(line, `'\''`, "\x00"), "'") {
		if i%2 == 0 {
			out = append(out, strings.Fields(part)...)
		} else {
			out = append(out, strings.ReplaceAll(part, "\x00", "'"))
		}
	}
	return out
}

// TestExampleOverwritesNothing: where one of its files is, or a folder of its, nothing is written;
// and what could not be written whole is not there.
func TestExampleOverwritesNothing(t *testing.T) {
	p, dir := newProgram(t), t.TempDir()
	for _, there := range []string{"crm.yaml", "dealroute.yaml", "templates/mine"} {
		at := filepath.Join(dir, filepath.Dir(there))
		if err := os.MkdirAll(at, 0o755); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, there)
		if err := os.WriteFile(file, []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
		code, out, errs := p.run("render", "--example", "custom-templates", "--out", dir)
		kept, err := os.ReadFile(file)
		if code != 1 || out != "" || !strings.Contains(errs, "is there already") || err != nil || string(kept) != "mine" {
			t.Errorf("%s: exit code %d, %q, %v\n%s%s", there, code, kept, err, out, errs)
		}
		if err := os.RemoveAll(filepath.Join(dir, strings.Split(there, "/")[0])); err != nil {
			t.Fatal(err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%s: there is also %v, %v", there, left, err)
		}
	}
	if code, _, errs := p.run("render", "--example", "minimal", "--out", dir); code != 0 {
		t.Errorf("an empty folder: %s", errs)
	}
	for args, want := range map[string]string{
		"--example":                               "there are minimal, basic",
		"--example garmany --out x":               `did you mean "germany"`,
		"--example basic":                         "nowhere to write to",
		"--example basic --out x --annotate":      "leave out --annotate",
		"--example basic --copy-templates x":      "leave out --annotate",
		"--exmaple basic":                         "unknown flag",
		"--out " + filepath.Join(dir, "crm.yaml"): "no dealroute.yaml",
		"--example basic --out " + filepath.Join(dir, "crm.yaml") + "/x": "crm.yaml",
	} {
		if code, out, errs := p.run(append([]string{"render"}, strings.Fields(args)...)...); code != 1 || out != "" || !strings.Contains(errs, want) {
			t.Errorf("render %s: exit code %d\n%s%s", args, code, out, errs)
		}
	}
}
