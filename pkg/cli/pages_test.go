package cli_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/pages"
	"github.com/dealroute/dealroute/pkg/simulate"
	"go.yaml.in/yaml/v4"
)

var updatePages = flag.Bool("update-pages", false, "write into the pages what their commands print")

// readerPages are the pages with something to run or to check: those of people who use the program.
func readerPages(t *testing.T) []*pages.Page {
	t.Helper()
	var out []*pages.Page
	add := func(path string) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		p, err := pages.Parse(path, string(data))
		if err != nil {
			t.Error(err)
			return
		}
		out = append(out, p)
	}
	add("../../README.md")
	err := filepath.WalkDir("../../docs", func(path string, _ fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".md" {
			add(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestPagesSayWhatHappens runs every console block of README.md and of docs in the order of its
// page, each page in a home of its own, and compares what is printed with what the page shows. Blocks of
// deployment files, parts of them and files beside them are read as the program reads them.
func TestPagesSayWhatHappens(t *testing.T) {
	needBash(t)
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	all, ran := readerPages(t), 0
	commands, compared, run, files := 0, 0, 0, 0
	not := map[string]int{}
	t.Run("page", func(t *testing.T) {
		for _, p := range all {
			t.Run(strings.TrimPrefix(filepath.ToSlash(p.Name), "../../"), func(t *testing.T) {
				t.Parallel()
				ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
				defer stop()
				r, err := pages.Run(ctx, p, pages.Place{Dir: t.TempDir(), Examples: examples, Now: time.Now()})
				if err != nil {
					t.Fatal(err)
				}
				if *updatePages && len(r.Now) > 0 {
					if err := os.WriteFile(p.Name, []byte(p.Replace(r.Now)), 0o644); err != nil { //nolint:gosec // a page of the project
						t.Error(err)
					}
				}
				for _, w := range r.Wrong {
					t.Error(w)
				}
				n := 0
				for _, part := range p.Parts {
					if b := part.Block; b != nil && (b.Lang == "yaml" || b.Lang == "yml") {
						if err := checkYAML(t, b); err != nil {
							t.Errorf("%s:%d: %v", p.Name, b.Line, err)
						}
						n++
					}
				}
				mu.Lock()
				defer mu.Unlock()
				ran++
				commands, compared, run, files = commands+r.Commands, compared+r.Compared, run+r.Run, files+n
				for why, n := range r.NotRun {
					not[why] += n
				}
			})
		}
	})
	var why strings.Builder
	for _, w := range slices.Sorted(maps.Keys(not)) {
		fmt.Fprintf(&why, "\n  %d not run because %s", not[w], w)
	}
	t.Logf("%d commands, %d compared, %d run without a look at what they print, %d YAML blocks%s", commands, compared, run, files, why.String())
	if ran == len(all) && compared < 60 { // and not some pages only, with -run
		t.Errorf("%d commands were compared: the test looks in the wrong place", compared)
	}
}

// needBash leaves a test out where there is no shell for what pages show.
func needBash(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("the pages are not run: ", err)
	}
}

// checkYAML reads a block of YAML as what its mark says that it is.
func checkYAML(t *testing.T, b *pages.Block) error {
	t.Helper()
	text := b.Text()
	kinds := map[string]func() error{
		"complete": func() error { return validates(t, text) },
		"fragment": func() error {
			whole, err := completed(text)
			if err != nil {
				return err
			}
			return validates(t, whole)
		},
		"crm": func() error { _, found := simulate.DecodeFixtures("crm.yaml", []byte(text)); return found.Err() },
		"org": func() error {
			_, found := simulate.DecodeOrg("org.yaml", []byte(text), time.LoadLocation)
			return graver(found)
		},
		"world": func() error { _, found := world.Decode("world.yaml", []byte(text)); return graver(found) },
		"flow": func() error {
			if code, out, errs := newProgram(t).run("flow", "check", written(t, "flow.yaml", text)); code != 0 {
				return fmt.Errorf("exit code %d\n%s%s", code, out, errs)
			}
			return nil
		},
		"file": func() error { return nil }, "insert": func() error { return nil }, // a command reads it
		"other": func() error { return nil },
	}
	said := ""
	for verb, check := range kinds {
		if _, ok := b.Marked(verb); !ok {
			continue
		}
		said = verb
		if err := check(); err != nil {
			return err
		}
	}
	if said == "" {
		return fmt.Errorf("a block of YAML without a mark that says what it is: %s", strings.Join(slices.Sorted(maps.Keys(kinds)), ", "))
	}
	return nil
}

func graver(found diag.Findings) error {
	for _, f := range found {
		if f.Severity == diag.Error {
			return found.Err()
		}
	}
	return nil
}

func validates(t *testing.T, text string) error {
	t.Helper()
	if code, out, errs := newProgram(t).run("validate", "--proof=off", "-f", written(t, "dealroute.yaml", text)); code != 0 {
		return fmt.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	return nil
}

// completed puts a part of a deployment file into the example: maps are merged, everything else is the part's. A
// part that is a list is one of rules.
func completed(text string) (string, error) {
	base, err := os.ReadFile("../../examples/basic/dealroute.yaml")
	if err != nil {
		return "", err
	}
	var whole, part yaml.Node
	if err := yaml.Unmarshal(base, &whole); err != nil {
		return "", err
	}
	if err := yaml.Unmarshal([]byte(text), &part); err != nil {
		return "", err
	}
	over := part.Content[0]
	if over.Kind == yaml.SequenceNode {
		over = mapped("routing", mapped("rules", over))
	}
	overlay(whole.Content[0], over)
	var out bytes.Buffer
	err = yaml.NewEncoder(&out).Encode(&whole)
	return out.String(), err
}

func mapped(key string, value *yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, value}}
}

func overlay(whole, part *yaml.Node) {
	for i := 0; i < len(part.Content); i += 2 {
		key, value := part.Content[i], part.Content[i+1]
		at := -1
		for j := 0; j < len(whole.Content); j += 2 {
			if whole.Content[j].Value == key.Value {
				at = j + 1
			}
		}
		switch {
		case at < 0:
			whole.Content = append(whole.Content, key, value)
		case whole.Content[at].Kind == yaml.MappingNode && value.Kind == yaml.MappingNode:
			overlay(whole.Content[at], value)
		default:
			whole.Content[at] = value
		}
	}
}

// TestBlocksOfPagesAreLookedAt: a page that shows another output, a flag that no command has, a block of commands
// that nothing says anything of, or YAML of no kind is told.
func TestBlocksOfPagesAreLookedAt(t *testing.T) {
	needBash(t)
	for name, c := range map[string]struct{ text, want string }{
		"another output":    {"```console\n$ echo one\ntwo\n```\n", "shows\n    two\nand prints\n    one"},
		"an unknown flag":   {"```console\n$ dealroute plan --no-such-flag\n…\n```\n", "exit code 1, and not 0:\nerror: unknown flag: --no-such-flag"},
		"an unmarked block": {"```\ndealroute plan\n```\n", `p.md:1: a block of ""`},
		"an indented block": {"a\n\n    dealroute plan\n", "p.md:3: an indented command"},
		"a shell block":     {"```sh\ndealroute plan\n```\n", `p.md:1: a block of "sh"`},
		"nothing shown":     {"```console\n$ echo one\n…\n```\n", "p.md:2: echo one\nall of its output is left out"},
		"an exit code":      {"<!-- exit: 2 -->\n```console\n$ true\n```\n", "exit code 0, and not 2"},
		"a hidden failure":  {"<!-- run: false -->\n", "p.md:1: false\nexit code 1"},
		"a stray mark":      {"<!-- complete -->\n\ntext\n", `mark "complete" stands above no block`},
		"no such line":      {"<!-- file: a -->\n```csv\nx\n```\n\n<!-- insert: a after: y -->\n```csv\nz\n```\n", "exit code 1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := pages.Parse("p.md", c.text)
			if err != nil {
				t.Fatal(err)
			}
			r, err := pages.Run(t.Context(), p, pages.Place{Dir: t.TempDir(), Now: time.Now()})
			if err != nil {
				t.Fatal(err)
			}
			if all := strings.Join(r.Wrong, "\n"); !strings.Contains(all, c.want) {
				t.Errorf("%q", all)
			}
		})
	}
	for kind, text := range map[string]string{
		"fragment": "routing: {fallback: {queeu: A}}\n", "complete": "version: 1\nname: a\n", "crm": "version: 1\nnobody: []\n",
		"org": "nobody: []\n", "world": "nobody: []\n", "flow": "inboundCall: {}\n", "nothing": "a: 1\n",
	} {
		if err := checkYAML(t, &pages.Block{Lang: "yaml", Lines: strings.Split(strings.TrimSuffix(text, "\n"), "\n"), Marks: []pages.Mark{{Verb: kind}}}); err == nil {
			t.Errorf("%s: %q passes", kind, text)
		}
	}
}
