package view

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
)

// Schema is the version of every JSON output. A field may be added within a version; none
// changes its meaning or disappears.
const Schema = 1

// JSON writes a value as indented JSON with a final newline; <, > and & stay as they are.
func JSON(w io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

// JSONLine writes a value as one line.
func JSONLine(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// A Finding is a diag.Finding as JSON. Keys are always there, null when there is nothing.
type Finding struct {
	Code     *string       `json:"code"`
	Severity diag.Severity `json:"severity"`
	Message  string        `json:"message"`
	Hint     *string       `json:"hint"`
	File     *string       `json:"file"`
	Line     *int          `json:"line"`
	Column   *int          `json:"column"`
	URL      *string       `json:"url"`
	Path     *string       `json:"path"`
}

// ChecksPage is where the docs explain a code.
const ChecksPage = "docs/checks.md"

// NewFinding converts one finding.
func NewFinding(f diag.Finding) Finding {
	out := Finding{
		Code: text(f.Code), Severity: cmp.Or(f.Severity, diag.Error), Message: f.Message, Hint: text(f.Hint),
		File: text(f.Position.File), Line: number(f.Position.Line), Column: number(f.Position.Column), Path: text(f.Path),
	}
	if f.Code != "" {
		out.URL = text(ChecksPage + "#" + f.Code)
	}
	return out
}

// NewFindings converts findings in the order of reading; never nil.
func NewFindings(fs diag.Findings) []Finding {
	out := make([]Finding, 0, len(fs))
	for _, f := range fs.Sorted() {
		out = append(out, NewFinding(f))
	}
	return out
}

// An Assumption is something that an answer rests on and no document settles, as JSON. It is no
// finding: whoever counts those counts none of these.
type Assumption struct {
	Code   string  `json:"code"`
	Text   string  `json:"text"`
	File   *string `json:"file"`
	Line   *int    `json:"line"`
	Column *int    `json:"column"`
	Path   *string `json:"path"`
	URL    string  `json:"url"`
}

// apart takes the assumptions out of what was found.
func apart(fs diag.Findings) (found diag.Findings, assumed []Assumption) {
	assumed = []Assumption{}
	for _, f := range fs.Sorted() {
		if f.Severity != diag.Assumption {
			found = append(found, f)
			continue
		}
		url := ChecksPage + "#" + f.Code
		if strings.HasPrefix(f.Code, "A-") { // the ids of the page on assumptions
			url = AssumptionsPage + "#" + strings.ToLower(f.Code)
		}
		assumed = append(assumed, Assumption{
			Code: f.Code, Text: f.Message, File: text(f.Position.File), Line: number(f.Position.Line), Column: number(f.Position.Column),
			Path: text(f.Path), URL: url,
		})
	}
	return found, assumed
}

// A Failure is what every command prints under -o json when it could not do its work.
type Failure struct {
	Schema   int       `json:"schema"`
	Error    Problem   `json:"error"`
	Findings []Finding `json:"findings"`
}

// A Problem is the error itself.
type Problem struct {
	Code    *string `json:"code"`
	Message string  `json:"message"`
	Hint    *string `json:"hint"`
	File    *string `json:"file"`
	Line    *int    `json:"line"`
	Column  *int    `json:"column"`
}

// NewFailure makes a Failure of the error and of all that was found.
func NewFailure(f diag.Finding, all diag.Findings) Failure {
	return Failure{
		Schema: Schema,
		Error: Problem{
			Code: text(f.Code), Message: f.Message, Hint: text(f.Hint),
			File: text(f.Position.File), Line: number(f.Position.Line), Column: number(f.Position.Column),
		},
		Findings: NewFindings(all),
	}
}

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func number(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}
