package diag

import (
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
	b.WriteByte('\n')
	if line, ok := lineOf(source, f.Position.Line); ok {
		before, under, after := around(line, f.Position.Column-1, f.Length)
		fmt.Fprintf(&b, "%5d | %s%s%s\n", f.Position.Line, before, under, after)
		if f.Position.Column > 0 {
			fmt.Fprintf(&b, "      | %s^%s\n", indentLike(before)+strings.Repeat(" ", max(f.Position.Column-1-utf8.RuneCountInString(line), 0)), strings.Repeat("~", max(max(f.Length, utf8.RuneCountInString(under))-1, 0)))
		}
	}
	if f.Hint != "" {
		b.WriteString("hint: " + Line(f.Hint) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func lineOf(source []byte, n int) (string, bool) {
	if source == nil || n < 1 {
		return "", false
	}
	lines := strings.SplitAfterN(string(source), "\n", n+1)
	if len(lines) < n {
		return "", false
	}
	return strings.TrimRight(lines[n-1], "\r\n"), true
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
