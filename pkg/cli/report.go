package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/report"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/dealroute/dealroute/pkg/words"
	"github.com/spf13/pflag"
)

// A reportFile is the page that --report asks for. What could not be written at the end of a command
// is refused before its work begins: a proof or a day of traffic takes minutes.
//
// A page is written when there is an answer, also when it is no, and after the answer is told. A
// command that fails or is interrupted writes none: half a page would look like a whole one.
type reportFile struct {
	name  string
	given bool
	typed []string // the other flags that were given, for the command that the page names
}

// reportMark is how a page is told from other files: it stands in its head.
const reportMark = `<meta name="generator" content="dealroute`

// headOf is how many bytes of a file are looked at for reportMark.
const headOf = 4 << 10

// flag adds --report to a command; what says what the page shows.
func (r *reportFile) flag(f *pflag.FlagSet, what string) {
	f.Var(r, "report", "also write "+what+" as one page of HTML to this file, which asks nothing of any network")
}

// Set takes what stands behind the flag; mayWrite judges it.
func (r *reportFile) Set(name string) error {
	r.name, r.given = name, true
	return nil
}

func (r *reportFile) String() string { return r.name }

// Type is what the help calls the value.
func (r *reportFile) Type() string { return "string" }

// mayWrite refuses a name under which no page can be written, and one under which there is something
// else than a page: a slip of the hand would cost the deployment file.
func (r *reportFile) mayWrite() error {
	if !r.given {
		return nil
	}
	if end := strings.ToLower(filepath.Ext(r.name)); end != ".html" && end != ".htm" {
		if r.name == "" {
			return fail(errors.New("--report names no file"), "name one that ends in .html")
		}
		return fail(fmt.Errorf("--report %q is no name of a page", r.name), "name a file that ends in .html")
	}
	if err := r.free(); err != nil {
		return err
	}
	if err := mayCreate(r.name); err != nil {
		return fail(fmt.Errorf("the report could not be written: %w", err), "name a file in a folder that can be written")
	}
	return nil
}

// free refuses a folder that is not there, and what may not be written over.
func (r *reportFile) free() error { return mayOverwrite(r.name, "--report", "report", reportMark) }

// mayOverwrite refuses a name in a folder that is not there, and a file that is not one of ours: what
// is known by a mark in its head may be written anew. Without a mark nothing may.
func mayOverwrite(name, flag, what, mark string) error {
	dir := filepath.Dir(name)
	switch info, err := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return fail(fmt.Errorf("%s %s: there is no folder %s", flag, name, dir), "make the folder, or name a file in one that is there")
	case err != nil:
		return fail(fmt.Errorf("%s %s: %w", flag, name, reason(err)), "name a file in a folder that can be written")
	case !info.IsDir():
		return fail(fmt.Errorf("%s %s: %s is no folder", flag, name, dir), "name a file in a folder")
	}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err == nil:
		err = regular(info)
	}
	if err != nil {
		return fail(fmt.Errorf("%s %s: %w", flag, name, reason(err)), "name another file")
	}
	if info.Mode().Perm()&0o200 == 0 {
		return fail(fmt.Errorf("%s is read-only, and is left alone", name), "name another file with "+flag)
	}
	f, err := openFile(name)
	if err != nil {
		return fail(fmt.Errorf("%s %s: %w", flag, name, err), "name another file")
	}
	defer f.Close() //nolint:errcheck // it was only read
	head, err := io.ReadAll(io.LimitReader(f, headOf))
	if err != nil {
		return fail(fmt.Errorf("%s %s: %w", flag, name, reason(err)), "name another file")
	}
	if len(head) > 0 && (mark == "" || !strings.Contains(string(head), mark)) {
		return fail(fmt.Errorf("%s holds something else than a %s, and is left alone", name, what), "name another file with "+flag)
	}
	return nil
}

// after writes the page of a command that has told its answer, which is nil or errNo, and says where it is.
// What goes wrong then takes nothing back of the answer, and is no second one under -o json.
func (r *reportFile) after(env session, answer error, page func() (report.Page, error)) error {
	return r.written(env, answer, func() ([]byte, error) {
		p, err := page()
		if err != nil {
			return nil, err
		}
		p.Discreet = func(text []byte) ([]byte, error) { return discreetText(env, text) }
		return p.Render()
	})
}

// written is after for the text of a page.
func (r *reportFile) written(env session, answer error, page func() ([]byte, error)) error {
	if !r.given || answer != nil && !errors.Is(answer, errNo) {
		return answer
	}
	data, err := page()
	if err == nil {
		data, err = discreetText(env, data)
	}
	if err == nil {
		if err = r.free(); err == nil { // what the command itself has written since is no page
			err = writeFile(r.name, data, 0o644)
		}
	}
	if err != nil {
		err = fail(fmt.Errorf("the answer stands, the report is not written: %w", err), "name a file in a folder that can be written")
		printFailure(env.IO, err)
		return &printedError{err}
	}
	diag.Fprintf(env.IO.Err, "report: %s (%s)\n", r.name, words.KB(len(data)))
	return answer
}

// discreetText is a text as every output would show it: the secrets of the run are not in it, nor what
// acts on whoever reads it.
func discreetText(env session, text []byte) ([]byte, error) {
	var b bytes.Buffer
	w := view.NewWriter(&b, env.known)
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	err := w.Flush()
	return b.Bytes(), err
}

// ended says of a command that failed that the page under this name is an older one. A deferred call
// gives it the error.
func (r *reportFile) ended(env session, err *error) {
	var printed *printedError
	if !r.given || *err == nil || errors.Is(*err, errNo) || errors.As(*err, &printed) {
		return
	}
	if info, there := os.Stat(r.name); there == nil && info.Mode().IsRegular() && r.free() == nil {
		diag.Fprintf(env.IO.Err, "note: no report is written; %s is of an earlier run\n", r.name)
	}
}
