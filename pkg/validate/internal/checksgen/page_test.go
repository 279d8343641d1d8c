package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const (
	packages = "../../.."
	checks   = "../../../../docs/checks.md"
)

func TestThePageIsCurrent(t *testing.T) {
	want, err := page(packages)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(checks)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/checks.md is out of date: run go generate ./pkg/validate")
	}
}

// TestNoCodeIsForgotten takes the codes from the sources, not from the registries.
func TestNoCodeIsForgotten(t *testing.T) {
	text, err := page(packages)
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile(`"((?:DR|DA)-[A-Z]+-(?:[0-9]+|[A-Z]+))"`)
	n := 0
	err = filepath.WalkDir(packages, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "checksgen") {
			return err
		}
		data, err := os.ReadFile(path)
		for _, m := range code.FindAllStringSubmatch(string(data), -1) {
			n++
			if !strings.Contains(text, `<a id="`+m[1]+`"></a>`) {
				t.Errorf("%s: %s is not on the page", path, m[1])
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if n == 0 {
		t.Fatal("no codes found: the test looks in the wrong place")
	}
}

// TestOneSectionOneCode: no code stands twice, and no explanation is of no code.
func TestOneSectionOneCode(t *testing.T) {
	cs, err := chapters(packages)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, c := range cs {
		for _, e := range c.entries {
			if seen[e.code] {
				t.Errorf("%s stands twice", e.code)
			}
			seen[e.code] = true
		}
	}
	for _, table := range []map[string]string{repairs, vendor} {
		for code := range table {
			if !seen[code] {
				t.Errorf("texts.go explains %s, which nothing reports", code)
			}
		}
	}
}
