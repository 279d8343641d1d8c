package lab_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The page's security policy allows no script and no style but those of files, and what comes from
// the server is text: a name in a CRM that looks like an element must not become one.
func TestPageMakesNothingOfText(t *testing.T) {
	forbidden := map[string]*regexp.Regexp{
		"a script or a style inside of the page": regexp.MustCompile(`<style|<script(?: type="module")?>|\sstyle="|\son[a-z]+="`),
		"text that becomes elements or script":   regexp.MustCompile(`\.(?:inner|outer)HTML\s*=|insertAdjacentHTML|document\.write|\beval\(|new Function|setAttribute\("style"`),
		"something of another server":            regexp.MustCompile(`(?:src|href)="(?:https?:)?//|@import|url\((?:https?:)?//|import\("?https?:`),
	}
	for name, text := range pageFiles(t) {
		for what, pattern := range forbidden {
			if found := pattern.FindString(text); found != "" {
				t.Errorf("%s has %s: %q", name, what, found)
			}
		}
	}
}

// Each module is asked for before it is needed, and none that nobody imports: else the browser finds
// them one after the other, a round trip each.
func TestPageLoadsWhatItImports(t *testing.T) {
	files := pageFiles(t)
	imported := map[string]bool{}
	for name, text := range files {
		for _, m := range regexp.MustCompile(`from "\./([\w-]+\.js)"`).FindAllStringSubmatch(text, -1) {
			if files[m[1]] == "" {
				t.Errorf("%s imports %s, which is not there", name, m[1])
			}
			imported[m[1]] = true
		}
	}
	var want, got []string
	for name := range imported {
		want = append(want, name)
	}
	for _, m := range regexp.MustCompile(`(?:rel="modulepreload" href|async src)="([^"]+)"`).FindAllStringSubmatch(files["index.html"], -1) {
		got = append(got, m[1])
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("index.html preloads %v, the modules import %v", got, want)
	}
}

// A name that a script looks up stands in the page, or is given to an element by a script.
func TestPageHasTheElementsItLooksUp(t *testing.T) {
	files := pageFiles(t)
	given := map[string]bool{}
	for _, text := range files {
		for _, m := range regexp.MustCompile(`\bid(?:=|: )"([\w-]+)"`).FindAllStringSubmatch(text, -1) {
			given[m[1]] = true
		}
	}
	for name, text := range files {
		for _, m := range regexp.MustCompile(`\$\("([\w-]+)"\)`).FindAllStringSubmatch(text, -1) {
			if !given[m[1]] {
				t.Errorf("%s looks for #%s, which nothing has", name, m[1])
			}
		}
	}
	for _, m := range regexp.MustCompile(`(?:aria-controls|aria-labelledby|aria-describedby|for)="([\w-]+)"`).FindAllStringSubmatch(files["index.html"], -1) {
		if !given[m[1]] {
			t.Errorf("index.html refers to #%s, which nothing has", m[1])
		}
	}
}

// The page is loaded at each start of the lab; what it weighs is a number that somebody decides.
func TestPageIsSmall(t *testing.T) {
	const most = 176 << 10
	sum := 0
	for _, text := range pageFiles(t) {
		sum += len(text)
	}
	if sum > most {
		t.Errorf("the page has %d bytes, at most %d were meant", sum, most)
	}
}

// The modules without a document are run by Node, and the others are read by it.
func TestPageScripts(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node here: the page's scripts are not tried")
	}
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("package.json", `{"type": "module"}`)
	for name, text := range pageFiles(t) {
		if !strings.HasSuffix(name, ".js") {
			continue
		}
		write(name, text)
		if out, err := exec.Command(node, "--check", filepath.Join(dir, name)).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	tests, err := filepath.Glob(filepath.Join("testdata", "page", "*.test.js"))
	if err != nil || len(tests) == 0 {
		t.Fatalf("no tests of the scripts are found: %v", err)
	}
	args := []string{"--test"}
	for _, name := range tests {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		write(filepath.Base(name), string(text))
		args = append(args, filepath.Join(dir, filepath.Base(name)))
	}
	if out, err := exec.Command(node, args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// pageFiles are the texts of the page by name.
func pageFiles(t *testing.T) map[string]string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("page", "*.*"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no files of the page are found: %v", err)
	}
	files := map[string]string{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(name)] = string(text)
	}
	return files
}
