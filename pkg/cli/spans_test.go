package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/internal/pages"
	"github.com/spf13/cobra"
)

// misnamed says what is wrong with a command that a page names; empty: nothing. A command is told by its first
// word, with or without the name of the program before it.
func misnamed(root *cobra.Command, command string) (why string, is bool) {
	command, _, _ = strings.Cut(command, " #")
	command, _, _ = strings.Cut(command, " | ")
	args := strings.Fields(command)
	program := len(args) > 0 && args[0] == "dealroute"
	if program {
		args = args[1:]
	}
	if len(args) == 0 {
		return "", false
	}
	at, rest := root, args
	for len(rest) > 0 {
		next, _, err := at.Find(rest[:1])
		if err != nil || next == at {
			break
		}
		at, rest = next, rest[1:]
	}
	if at == root {
		name := args[0]
		if !program || strings.HasPrefix(name, "-") || strings.ToUpper(name) == name || name == "…" {
			return "", false
		}
		return "there is no command " + name, true
	}
	if at.HasSubCommands() && len(rest) > 0 && !strings.HasPrefix(rest[0], "-") && strings.ToUpper(rest[0]) != rest[0] && rest[0] != "…" {
		return "there is no command " + at.Name() + " " + rest[0], true
	}
	for _, a := range rest {
		if a == "--" || a == ">" {
			break
		}
		name, _, _ := strings.Cut(strings.Trim(a, `[],;"'()`), "=")
		long, ok := strings.CutPrefix(name, "--")
		if !ok || long == "help" {
			continue
		}
		if at.Flags().Lookup(long) == nil && at.InheritedFlags().Lookup(long) == nil && at.PersistentFlags().Lookup(long) == nil {
			return at.CommandPath() + " has no flag --" + long, true
		}
	}
	return "", true
}

// TestPagesNameCommandsThatExist: every command that the text of a page names, and every one of a block that is not
// run, is one of the program, with its flags.
func TestPagesNameCommandsThatExist(t *testing.T) {
	env := testEnv(t)
	root := newRoot(env, commands(env))
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, later, _ := strings.Cut(string(readme), "**Not built yet.**")
	later, _, _ = strings.Cut(later, "\n\n") // a page may speak of what README says is not built
	n := 0
	for _, top := range []string{"README.md", "docs"} {
		err := filepath.WalkDir(filepath.Join("../..", top), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".md" {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			p, err := pages.Parse(path, string(data))
			if err != nil {
				return err
			}
			look := func(line int, command string) {
				why, is := misnamed(root, command)
				if is {
					n++
				}
				if _, name, ok := strings.Cut(why, "there is no command "); ok && strings.Contains(later, "`"+name) {
					return
				}
				if why != "" {
					t.Errorf("%s:%d: %s: %s", path, line, command, why)
				}
			}
			for _, s := range p.Spans() {
				look(s.Line, s.Target)
			}
			for _, part := range p.Parts {
				if b := part.Block; b != nil && b.Lang == "console" {
					all, err := b.Commands()
					if err != nil {
						return err
					}
					for _, c := range all {
						if strings.HasPrefix(c.Text, "dealroute ") {
							look(c.Line, c.Text)
						}
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n < 100 {
		t.Errorf("%d commands: the test looks in the wrong place", n)
	}
	for command, want := range map[string]string{
		"dealroute plan --no-such": "dealroute plan has no flag --no-such", "dealroute pan": "there is no command pan", "plan --out FILE": "",
		"dealroute sandbox --out x": "dealroute sandbox has no flag --out", "breaker shut": "there is no command breaker shut", "--sandbox": "", "dealroute flow chek": "there is no command flow chek",
	} {
		if got, _ := misnamed(root, command); got != want {
			t.Errorf("%s: %q, want %q", command, got, want)
		}
	}
}
