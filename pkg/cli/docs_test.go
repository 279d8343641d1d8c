package cli_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPagesNameFlagsThatExist holds the pages of the project, with the texts of the checks
// among them, against the manual: none promises a flag that no command has.
func TestPagesNameFlagsThatExist(t *testing.T) {
	dir := t.TempDir()
	if code, _, errs := newProgram(t).run("man", "--out", dir); code != 0 {
		t.Fatal(errs)
	}
	flag := regexp.MustCompile(`--[a-z][a-z-]+`)
	known := map[string]bool{}
	pages, err := filepath.Glob(filepath.Join(dir, "*.1"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pages {
		data, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range flag.FindAllString(strings.ReplaceAll(string(data), `\-`, "-"), -1) {
			known[f] = true
		}
	}
	others := regexp.MustCompile("\\b(apk|cosign|sha256sum) [^`\n]*") // commands of others, with flags of theirs
	named := 0
	for _, top := range []string{"README.md", "docs", "templates"} {
		err := filepath.WalkDir(filepath.Join("../..", top), func(path string, d fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".md" {
				return err
			}
			data, err := os.ReadFile(path)
			for _, f := range flag.FindAllString(others.ReplaceAllString(string(data), ""), -1) {
				if named++; !known[f] {
					t.Errorf("%s names %s, which no command has", path, f)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(known) < 30 || named < 30 {
		t.Errorf("%d flags known, %d named: the test looks in the wrong place", len(known), named)
	}
}
