package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const aReport = "<!doctype html>\n<html><head>\n" + reportMark + " 1.0\">\n</head></html>\n"

// write makes a file of a folder for a test.
func write(t *testing.T, dir, name, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

// Before a command begins it is told what of --report cannot be.
func TestReportNames(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "folder.html")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(write(t, dir, "linked.html", aReport, 0o600), filepath.Join(dir, "link.html")); err != nil {
		t.Fatal(err)
	}
	in := func(name string) string { return filepath.Join(dir, name) }
	for name, want := range map[string]string{
		in("new.html"): "", in("new.HTM"): "", in("link.html"): "",
		write(t, dir, "empty.html", "", 0o600):    "",
		write(t, dir, "old.html", aReport, 0o600): "",
		"":                                       "names no file",
		"-":                                      "no name of a page",
		in("dealroute.yaml"):                     "no name of a page",
		in("page"):                               "no name of a page",
		in("none/r.html"):                        "there is no folder",
		in("old.html/r.html"):                    "is no folder",
		folder:                                   "it is a folder",
		write(t, dir, "mine.html", "<p>", 0o600): "something else than a report",
		write(t, dir, "kept.html", aReport, 0o400): "read-only",
		in(strings.Repeat("x", 300) + ".html"):     "too long",
	} {
		r := reportFile{name: name, given: true}
		if err := r.mayWrite(); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", name, err, want)
		} else if f := new(failure); err != nil && (!errors.As(err, &f) || f.finding.Hint == "") {
			t.Errorf("%q: %v has no next step", name, err)
		}
	}
	if left, err := filepath.Glob(in(unfinished + "*")); err != nil || len(left) > 0 {
		t.Errorf("left: %v %v", left, err)
	}
	if err := (&reportFile{}).mayWrite(); err != nil {
		t.Errorf("no report is asked for: %v", err)
	}
}

func TestReportIsWrittenWhole(t *testing.T) {
	page := func(text string) func() ([]byte, error) { return func() ([]byte, error) { return []byte(text), nil } }
	broken := errors.New("the template is wrong")
	for name, c := range map[string]struct {
		was    string // what stands there; empty: nothing
		answer error
		page   func() ([]byte, error)
		want   string // that stands there then
		err    error
		says   string
	}{
		"new":             {"", nil, page(aReport), aReport, nil, "report: "},
		"an answer no":    {"", errNo, page(aReport), aReport, errNo, "(1 kB)"},
		"an older one":    {aReport, nil, page(aReport + "2"), aReport + "2", nil, "report: "},
		"one of others":   {"mine", nil, page(aReport), "mine", &printedError{}, "error: the answer stands, the report is not written: "},
		"no page":         {aReport, errNo, func() ([]byte, error) { return nil, broken }, aReport, broken, "the template is wrong"},
		"a failure":       {aReport, context.Canceled, page("new"), aReport, context.Canceled, ""},
		"what acts on it": {"", nil, page(aReport + "\x1b[31m\u202e"), aReport + `\u001b[31m\u202e`, nil, "report: "},
	} {
		t.Run(name, func(t *testing.T) {
			env := testEnv(t)
			r := reportFile{name: filepath.Join(t.TempDir(), "r.html"), given: true}
			if c.was != "" {
				write(t, filepath.Dir(r.name), "r.html", c.was, 0o600)
			}
			err := r.written(session{Env: env}, c.answer, c.page)
			var printed *printedError
			if _, told := c.err.(*printedError); !errors.Is(err, c.err) && !(told && errors.As(err, &printed)) { //nolint:errorlint // of the table
				t.Errorf("%v, want %v", err, c.err)
			}
			if got, _ := os.ReadFile(r.name); string(got) != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
			if said := fmt.Sprint(env.IO.Err); !strings.Contains(said, c.says) || c.says == "" && said != "" {
				t.Errorf("says %q, want %q", said, c.says)
			}
			if files, err := os.ReadDir(filepath.Dir(r.name)); err != nil || len(files) > 1 {
				t.Errorf("left: %v %v", files, err)
			}
		})
	}
}

// A page that stands there after a failure is not of this run, and that is said.
func TestReportOfAnEarlierRun(t *testing.T) {
	for was, says := range map[string]bool{"": false, aReport: true, "mine": false} {
		for _, err := range []error{nil, errNo, &printedError{errNo}, context.Canceled, errors.New("no")} {
			env := testEnv(t)
			r := reportFile{name: filepath.Join(t.TempDir(), "r.html"), given: true}
			if was != "" {
				write(t, filepath.Dir(r.name), "r.html", was, 0o600)
			}
			r.ended(session{Env: env}, &err)
			failed := err != nil && !errors.Is(err, errNo)
			if said := fmt.Sprint(env.IO.Err); strings.Contains(said, "is of an earlier run") != (says && failed) {
				t.Errorf("%q, %v: says %q", was, err, said)
			}
		}
	}
}
