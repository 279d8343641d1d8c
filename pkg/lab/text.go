package lab

import (
	"bytes"
	"cmp"
	"path/filepath"
	"strings"
	"unicode/utf16"

	"github.com/aymanbagabas/go-udiff"

	"github.com/dealroute/dealroute/pkg/diag"
)

// A Range is a part of the text, in lines and UTF-16 code units from 1; the end is not in it.
type Range struct {
	Line      int `json:"line"`
	Column    int `json:"column"`
	EndLine   int `json:"endLine"`
	EndColumn int `json:"endColumn"`
}

// A Finding is one of validate's with its range in the text.
type Finding struct {
	Code     *string       `json:"code"`
	Severity diag.Severity `json:"severity"`
	Message  string        `json:"message"`
	Hint     *string       `json:"hint"`
	File     *string       `json:"file"`
	Range
	InText  bool    `json:"inText"` // its range is one of the text that is edited
	Explain *string `json:"explain"`
}

// findings are those of a text, in the order of reading.
func findings(w *Work, text []byte) []Finding {
	lines := split(text)
	out := []Finding{}
	for _, f := range w.Findings.Sorted() {
		x := Finding{
			Code: some(f.Code), Severity: cmp.Or(f.Severity, diag.Error), Message: f.Message, Hint: some(f.Hint), File: some(f.Position.File),
			Range: Range{Line: f.Position.Line, Column: f.Position.Column, EndLine: f.Position.Line, EndColumn: f.Position.Column},
		}
		x.InText = f.Position.File != "" && f.Position.File == w.File && f.Position.Line > 0
		if x.File != nil {
			*x.File = filepath.ToSlash(*x.File)
		}
		if x.InText {
			x.Range = place(lines, f, f.Written(text))
		}
		if w.Explain != nil && f.Code != "" {
			x.Explain = some(w.Explain(f.Code))
		}
		out = append(out, x)
	}
	return out
}

// split gives the lines of a text without their ends.
func split(text []byte) []string {
	return strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
}

// place is the range of a finding: what is underlined, or one character, or the whole line.
func place(lines []string, f diag.Finding, length int) Range {
	at := min(f.Position.Line, len(lines))
	line := []rune(lines[at-1])
	from := min(max(f.Position.Column, 1), len(line)+1)
	to := min(from+max(length, 1), len(line)+1)
	if f.Position.Column < 1 {
		to = len(line) + 1
	}
	return Range{at, units(line[:from-1]) + 1, at, units(line[:to-1]) + 1}
}

// units is how many UTF-16 code units characters take.
func units(rs []rune) int { return len(utf16.Encode(rs)) }

// changedLines are the lines of a text, from 1, that are not as in another one; of lines that are
// gone the one behind them, the last line when they were at the end.
func changedLines(was, is []byte) []int {
	out := []int{}
	add := func(n int) {
		if len(out) == 0 || out[len(out)-1] < n {
			out = append(out, n)
		}
	}
	last := bytes.Count(is, []byte("\n")) + 1
	shift := 0 // lines that are added before, less those that are gone
	for _, e := range udiff.Lines(string(was), string(is)) {
		first := bytes.Count(was[:e.Start], []byte("\n")) + 1 + shift
		added := strings.Count(e.New, "\n")
		if e.New != "" && !strings.HasSuffix(e.New, "\n") {
			added++
		}
		for i := range max(added, 1) {
			add(min(first+i, last))
		}
		shift += strings.Count(e.New, "\n") - bytes.Count(was[e.Start:e.End], []byte("\n"))
	}
	return out
}
