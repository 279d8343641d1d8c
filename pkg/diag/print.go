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
		b.WriteString(p + ": ")
	}
	if sev != Error {
		b.WriteString(string(sev) + ": ")
	}
	b.WriteString(f.Message)
	if f.Path != "" {
		b.WriteString(" at " + f.Path)
	}
	if f.Code != "" {
		b.WriteString(" [" + f.Code + "]")
	}
	b.WriteByte('\n')
	if line, ok := lineOf(source, f.Position.Line); ok {
		fmt.Fprintf(&b, "%5d | %s\n", f.Position.Line, line)
		if f.Position.Column > 0 {
			fmt.Fprintf(&b, "      | %s^%s\n", indentLike(line, f.Position.Column-1), strings.Repeat("~", max(f.Length-1, 0)))
		}
	}
	if f.Hint != "" {
		b.WriteString("hint: " + f.Hint + "\n")
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

// indentLike gives n characters of blank that are as wide as the first n of line: tabs stay.
func indentLike(line string, n int) string {
	var b strings.Builder
	for i := 0; i < n; i++ {
		r, size := utf8.DecodeRuneInString(line)
		line = line[size:]
		if r == '\t' {
			b.WriteByte('\t')
		} else {
			b.WriteByte(' ')
		}
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
