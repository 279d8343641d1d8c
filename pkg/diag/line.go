package diag

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Plain is a text that nobody acts on: what a terminal would obey (C0, DEL, C1), what turns
// the order of letters around (bidirectional controls), further ends of lines (U+2028, U+2029),
// what marks a tone here
// and bytes that are no UTF-8 stand in it as \u001b, the last as \ufffd. Newlines and tabs
// stay, and so does what is escaped already. An escape is also one of JSON, so that a JSON
// text stays one and says the same.
func Plain(s string) string { return escape(s, "\n\t") }

// Line is Plain for a text that others wrote and that stands within a line of ours: its
// newlines and tabs are \n and \t, so that it cannot end the line and write another.
func Line(s string) string { return escape(s, "") }

func escape(s, keep string) string {
	from := next(s, keep)
	if from == len(s) {
		return s
	}
	var b strings.Builder
	for s != "" {
		b.WriteString(s[:from])
		if s = s[from:]; s == "" {
			break
		}
		r, size := utf8.DecodeRuneInString(s)
		switch r {
		case '\n':
			b.WriteString(`\n`)
		case '\t':
			b.WriteString(`\t`)
		case '\r':
			b.WriteString(`\r`)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		s = s[size:]
		from = next(s, keep)
	}
	return b.String()
}

// next is where the first character stands that is escaped, or the length.
func next(s, keep string) int {
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c >= ' ' && c < 0x7f:
			i++
			continue
		case c < utf8.RuneSelf:
			if strings.IndexByte(keep, c) < 0 {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 || acts(r) {
			return i
		}
		i += size
	}
	return len(s)
}

// acts tells characters beyond ASCII that are not shown but obeyed.
func acts(r rune) bool {
	return r <= 0x9f || isMark(r) || r == 0x61c || r == 0x200e || r == 0x200f ||
		r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// A Block is a text of several lines that stands by itself, below a line of ours: its lines
// stay lines.
type Block string

// Sprintf is fmt.Sprintf for a line of ours with values of others in it: what a value prints
// goes through Line, unless it is a Block.
func Sprintf(format string, args ...any) string {
	foreign(args)
	return string(unmarked(fmt.Appendf(nil, format, args...)))
}

// Fprintf is fmt.Fprintf, as Sprintf is. It is how text is written for a person.
func Fprintf(w io.Writer, format string, args ...any) (int, error) {
	foreign(args)
	return write(w, fmt.Appendf(nil, format, args...))
}

func foreign(args []any) {
	for i, a := range args {
		args[i] = value{a}
	}
}

// A value prints like what it holds, as a Line.
type value struct{ any }

func (v value) Format(s fmt.State, verb rune) {
	switch x := v.any.(type) {
	case ink:
		x.Format(s, verb)
	case *Page:
		fmt.Fprint(s, string(x.text))
	case Block:
		fmt.Fprintf(s, "%c"+fmt.FormatString(s, verb)+"%c", verbatim, escapeMarks(string(x)), folding)
	case string:
		if verb == 'q' { // quoting escapes, and would do so with what is escaped already
			fmt.Fprint(s, Line(fmt.Sprintf(fmt.FormatString(s, verb), x)))
			return
		}
		fmt.Fprintf(s, fmt.FormatString(s, verb), Line(x))
	case int, int64, bool: // hold no text
		fmt.Fprintf(s, fmt.FormatString(s, verb), x)
	default:
		fmt.Fprint(s, Line(fmt.Sprintf(fmt.FormatString(s, verb), x)))
	}
}
