package pages_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/internal/pages"
)

const root = "../../.."

// every reads all pages of the project.
func every(t *testing.T) map[string]*pages.Page {
	t.Helper()
	out := map[string]*pages.Page{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") && d.Name() != ".github" || d.Name() == "dist" || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".md" || strings.Contains(filepath.ToSlash(path), "/testdata/") && d.Name() != "README.md" {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		p, err := pages.Parse(path, string(data))
		if err != nil {
			t.Error(err)
			return nil
		}
		out[path] = p
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestLinksLead: what a page links to in the project is there, with the heading that is named.
func TestLinksLead(t *testing.T) {
	all := every(t)
	n := 0
	for path, p := range all {
		for _, l := range p.Links() {
			if strings.Contains(l.Target, "://") || strings.HasPrefix(l.Target, "mailto:") {
				continue
			}
			n++
			if why := leads(all, path, l.Target); why != "" {
				t.Errorf("%s:%d: %s: %s", path, l.Line, l.Target, why)
			}
		}
	}
	if n < 50 {
		t.Errorf("%d links: the test looks in the wrong place", n)
	}
	for target, want := range map[string]string{"docs/none.md": "no such file", "#none": "no such heading", "docs/meaning.md#none": "no such heading"} {
		if got := leads(all, filepath.Join(root, "README.md"), target); got != want {
			t.Errorf("%s: %q", target, got)
		}
	}
}

func leads(all map[string]*pages.Page, from, target string) string {
	file, anchor, _ := strings.Cut(target, "#")
	to := from
	if file != "" {
		to = filepath.Join(filepath.Dir(from), filepath.FromSlash(file))
	}
	if _, err := os.Stat(to); err != nil {
		return "no such file"
	}
	if p := all[to]; anchor != "" && (p == nil || !p.Anchors()[anchor]) {
		return "no such heading"
	}
	return ""
}

// TestEveryExampleIsLinked: who reads of the examples comes to each of them.
func TestEveryExampleIsLinked(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, "examples", "*", "dealroute.yaml"))
	if err != nil || len(files) < 5 {
		t.Fatalf("%d examples: the test looks in the wrong place: %v", len(files), err)
	}
	page := filepath.Join(root, "docs", "examples.md")
	linked := map[string]bool{}
	for _, l := range every(t)[page].Links() {
		linked[filepath.Join(filepath.Dir(page), filepath.FromSlash(l.Target))] = true
	}
	for _, f := range files {
		if !linked[f] {
			t.Errorf("%s does not link to %s", page, f)
		}
	}
}

// TestEveryPageIsReached: from the index a reader comes to every page of docs.
func TestEveryPageIsReached(t *testing.T) {
	all := every(t)
	index := filepath.Join(root, "docs", "README.md")
	if all[index] == nil {
		t.Fatal("there is no docs/README.md")
	}
	seen := map[string]bool{index: true}
	for queue := []string{index}; len(queue) > 0; queue = queue[1:] {
		for _, l := range all[queue[0]].Links() {
			file, _, _ := strings.Cut(l.Target, "#")
			to := filepath.Join(filepath.Dir(queue[0]), filepath.FromSlash(file))
			if info, err := os.Stat(to); err == nil && info.IsDir() { // a folder shows its pages
				if inside, err := filepath.Glob(filepath.Join(to, "*.md")); err == nil {
					for _, f := range inside {
						if !seen[f] {
							seen[f] = true
							queue = append(queue, f)
						}
					}
				}
			}
			if all[to] != nil && !seen[to] {
				seen[to] = true
				queue = append(queue, to)
			}
		}
	}
	n := 0
	for path := range all {
		if strings.HasPrefix(path, filepath.Join(root, "docs")+string(filepath.Separator)) {
			if n++; !seen[path] {
				t.Errorf("nothing leads from docs/README.md to %s", path)
			}
		}
	}
	if n < 20 {
		t.Errorf("%d pages: the test looks in the wrong place", n)
	}
}
