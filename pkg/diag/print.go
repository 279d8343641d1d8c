package diag

import (
	"bytes"
	"cmp"
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
	var b Page
	room := 0 // for the line, after its number
	if t, ok := w.(Terminal); ok && t.Columns() > 0 {
		room = t.Columns() - gutter
	}
	b.Add("%s\n", head(f))
	if line, ok := lineOf(source, f.Position.Line); ok {
		f.Length = min(f.Written(source), shownAfter)
		line, column := near(line, f.Position.Column, room)
		before, under, after := around(line, column-1, f.Length)
		b.Add("%5d | %s\n", f.Position.Line, Block(before+under+after))
		if column > 0 {
			at := gutter + Width(before, gutter)
			beyond := min(max(column-1-utf8.RuneCountInString(line), 0), shownAfter)
			caret := "^" + strings.Repeat("~", max(Width(under, at)-1, 0))
			b.Add("      | %s%s\n", Block(indentLike(before)+strings.Repeat(" ", beyond)), In(f.Severity.Tone(), Block(caret)))
		}
	}
	if f.Hint != "" {
		b.Add("%s %s\n", In(Accent, "hint:"), f.Hint)
	}
	_, err := Fprintf(w, "%s", &b)
	return err
}

// gutter is how many columns stand before a line of the source.
const gutter = 8

// Tone is how what has a severity stands out; the empty one counts as an error.
func (s Severity) Tone() Tone {
	switch s {
	case Error, "":
		return Bad
	case Warning:
		return Caution
	}
	return Accent
}

// head is the first line of a finding.
func head(f Finding) *Page {
	var b Page
	sev := cmp.Or(f.Severity, Error)
	if p := f.Position.String(); p != "" {
		b.Add("%s ", In(Strong, p+":"))
	}
	if sev != Error {
		b.Add("%s ", In(f.Severity.Tone(), string(sev)+":"))
	}
	b.Add("%s", f.Message)
	if f.Path != "" {
		b.Add(" at %s", f.Path)
	}
	if f.Code != "" {
		b.Add(" %s", In(f.Severity.Tone(), "["+f.Code+"]"))
	}
	return &b
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
			_, err := Fprintf(w, "and %d more\n", fs[i:].size())
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

// near cuts a long line, to so many columns if it has to fit. column counts from 1 and is moved
// with the text.
func near(line string, column, room int) (string, int) {
	at := 0
	for n := 1; n < column && at < len(line); n++ {
		_, size := utf8.DecodeRuneInString(line[at:])
		at += size
	}
	before, after, wide := shownBefore, shownAfter, func(string) int { return 1 }
	if room > 0 {
		wide = func(c string) int { return Width(Plain(c), 0) }
		all, head := 0, 0
		for i, r := range line {
			if i < at {
				head += wide(string(r))
			}
			all += wide(string(r))
		}
		if all <= room {
			return line, column
		}
		room -= 2 // the marks
		before = min(head, max(room/2, room-(all-head)))
		after = room - before
	}
	from, back := at, 0
	for from > 0 {
		_, size := utf8.DecodeLastRuneInString(line[:from])
		if before -= wide(line[from-size : from]); before < 0 {
			break
		}
		from, back = from-size, back+1
	}
	to := at
	for to < len(line) {
		_, size := utf8.DecodeRuneInString(line[to:])
		if after -= wide(line[to : to+size]); after < 0 {
			break
		}
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
	var b strings.Builder
	for _, r := range s {
		if r == '\t' {
			b.WriteRune(r)
			continue
		}
		b.WriteString(strings.Repeat(" ", Wide(r, 0)))
	}
	return b.String()
}

// Shorten keeps a text from making a message long: at most that many characters of it.
func Shorten(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
