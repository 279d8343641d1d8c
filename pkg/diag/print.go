package diag

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Print writes one finding for a person: place and message, the line of the source with a
// caret under the column, and the hint.
//
//	dealroute.yaml:41:20: stage "Negotation" is … [DR-STAGE-003]
//	   41 |       when: {stage: [Negotation]}
//	      |                      ^~~~~~~~~~
//	hint: did you mean "Negotiation"
//
// source is the text of the file the position is in; nil prints no line.
func Print(w io.Writer, f Finding, source []byte) error {
	var b strings.Builder
	b.WriteString(head(f) + "\n")
	if line, ok := lineOf(source, f.Position.Line); ok {
		f.Length = min(f.Written(source), shownAfter)
		line, column := near(line, f.Position.Column)
		before, under, after := around(line, column-1, f.Length)
		fmt.Fprintf(&b, "%5d | %s%s%s\n", f.Position.Line, before, under, after)
		if column > 0 {
			fmt.Fprintf(&b, "      | %s^%s\n", indentLike(before)+strings.Repeat(" ", min(max(column-1-utf8.RuneCountInString(line), 0), shownAfter)), strings.Repeat("~", max(max(f.Length, utf8.RuneCountInString(under))-1, 0)))
		}
	}
	if f.Hint != "" {
		b.WriteString("hint: " + Line(f.Hint) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// head is the first line: place, message and code.
func head(f Finding) string {
	var b strings.Builder
	sev := cmp.Or(f.Severity, Error)
	if p := f.Position.String(); p != "" {
		b.WriteString(Line(p) + ": ")
	}
	if sev != Error {
		b.WriteString(string(sev) + ": ")
	}
	b.WriteString(Line(f.Message))
	if f.Path != "" {
		b.WriteString(" at " + Line(f.Path))
	}
	if f.Code != "" {
		b.WriteString(" [" + Line(f.Code) + "]")
	}
	return b.String()
}

// Written is the length of what a finding is about as its file has it: of a text in quotes with
// them, and never beyond the end of the line.
func (f Finding) Written(source []byte) int {
	line, ok := lineOf(source, f.Position.Line)
	if !ok || f.Length == 0 || f.Position.Column < 1 {
		return f.Length
	}
	rest := []rune(line)
	rest = rest[min(f.Position.Column-1, len(rest)):]
	if len(rest) > 0 && (rest[0] == '"' || rest[0] == '\'') {
		for i := 1; i < len(rest); i++ {
			switch {
			case rest[i] == '\\' && rest[0] == '"', rest[i] == '\'' && rest[0] == '\'' && i+1 < len(rest) && rest[i+1] == '\'':
				i++
			case rest[i] == rest[0]:
				return max(min(f.Length, len(rest)), i+1)
			}
		}
	}
	return max(min(f.Length, len(rest)), 1)
}

// mostPrinted is how many findings of a file a person is shown: a file of another kind has one
// in every line.
const mostPrinted = 100

// PrintAll is Print for all findings, the first hundred of many. source gives the text of a
// the file that a finding is in, nil for none.
func PrintAll(w io.Writer, fs Findings, source func(Finding) []byte) error {
	for i, f := range fs {
		if i == mostPrinted {
			_, err := fmt.Fprintf(w, "and %d more\n", fs[i:].size())
			return err
		}
		if err := Print(w, f, source(f)); err != nil {
			return err
		}
	}
	return nil
}

func lineOf(source []byte, n int) (string, bool) {
	if source == nil || n < 1 {
		return "", false
	}
	for ; n > 1; n-- {
		i := bytes.IndexByte(source, '\n')
		if i < 0 {
			return "", false
		}
		source = source[i+1:]
	}
	line, _, _ := bytes.Cut(source, []byte("\n"))
	return strings.TrimRight(string(line), "\r"), true
}

// A line is shown up to so many characters on each side of the place, with a mark where it was
// cut.
const (
	shownBefore = 120
	shownAfter  = 200
	cutMark     = "…"
)

// near cuts a long line. column counts from 1 and is moved with the text.
func near(line string, column int) (string, int) {
	at := 0
	for n := 1; n < column && at < len(line); n++ {
		_, size := utf8.DecodeRuneInString(line[at:])
		at += size
	}
	from, back := at, 0
	for ; from > 0 && back < shownBefore; back++ {
		_, size := utf8.DecodeLastRuneInString(line[:from])
		from -= size
	}
	to := at
	for n := 0; to < len(line) && n < shownAfter; n++ {
		_, size := utf8.DecodeRuneInString(line[to:])
		to += size
	}
	if to < len(line) {
		line = line[:to] + cutMark
	}
	if from > 0 {
		line = cutMark + line[from:]
		column = back + 2
	}
	return line, column
}

// around takes a line apart: what stands before the place, the characters that are underlined,
// and the rest, each as it is shown.
func around(line string, at, length int) (before, under, after string) {
	cut := func(n int) string {
		i := 0
		for ; n > 0 && i < len(line); n-- {
			_, size := utf8.DecodeRuneInString(line[i:])
			i += size
		}
		head := line[:i]
		line = line[i:]
		return Plain(head)
	}
	return cut(at), cut(max(length, 1)), Plain(line)
}

// indentLike gives a blank that is as wide as a text: tabs stay.
func indentLike(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, s)
}

// Shorten keeps a text from making a message long: at most that many characters of it.
func Shorten(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
