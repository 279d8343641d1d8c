package jsonpath

import (
	"strings"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/source"
)

// A cursor moves over a path or over the filter inside one. Its end can be narrowed without
// copying: characters behind end may be looked at, but are not part of the text. That is how
// Jayway scans, and malformed paths are accepted or refused by it as there.
type cursor struct {
	text string
	pos  int
	end  int // index of the last character that belongs to the text
	base int // offset of text in what the user wrote
	path string
}

// parseFault carries an Error up to Parse.
type parseFault struct{ err *Error }

func (c *cursor) fail(at int, message string) {
	at = min(max(at+c.base, 0), len(c.path))
	panic(parseFault{&Error{Path: c.path, Offset: at, Message: message}})
}

func newCursor(text string, base int, path string) *cursor {
	return &cursor{text: text, end: len(text) - 1, base: base, path: path}
}

// at gives a character; looking behind the text is what an unfinished path leads to.
func (c *cursor) at(i int) byte {
	if i < 0 || i >= len(c.text) {
		c.fail(i, "the path ends too early")
	}
	return c.text[i]
}

func (c *cursor) current() byte     { return c.at(c.pos) }
func (c *cursor) is(b byte) bool    { return c.current() == b }
func (c *cursor) inside(i int) bool { return i >= 0 && i <= c.end }
func (c *cursor) more() bool        { return c.inside(c.pos) }
func (c *cursor) atTail() bool      { return !c.inside(c.pos + 1) }
func (c *cursor) slice(i, j int) string {
	if i > j || j > len(c.text) {
		c.fail(i, "the path ends too early")
	}
	return c.text[i:j]
}

// blanks skips spaces, but never the last character.
func (c *cursor) blanks() *cursor {
	for c.more() && c.pos < c.end && c.current() == ' ' {
		c.pos++
	}
	return c
}

func (c *cursor) trim() {
	c.blanks()
	for c.inside(c.end) && c.pos < c.end && c.at(c.end) == ' ' {
		c.end--
	}
}

// significant gives the index of the next character that is no space, from i on.
func (c *cursor) significant(i int) int {
	for c.inside(i) && c.at(i) == ' ' {
		i++
	}
	return i
}

// nextIs reports whether the next character behind i that is no space is b.
func (c *cursor) nextIs(i int, b byte) bool {
	i = c.significant(i + 1)
	return c.inside(i) && c.at(i) == b
}

// previous is the last character before the position that is no space; a space when none.
func (c *cursor) previous(at int) (byte, int) {
	for i := at - 1; i >= 0; i-- {
		if c.text[i] != ' ' {
			return c.text[i], i
		}
	}
	return ' ', -1
}

// closing finds b behind the opening quote or slash at from; -1 when there is none.
func (c *cursor) closing(from int, b byte) int {
	for i := from + 1; c.inside(i); i++ {
		switch c.at(i) {
		case '\\':
			i++
		case b:
			return i
		}
	}
	return -1
}

// matching finds the bracket that closes the one at from, skipping quoted texts and, when
// asked, regular expressions.
func (c *cursor) matching(from int, open, shut byte, regex bool) int {
	depth := 1
	for i := from + 1; c.inside(i); i++ {
		if b := c.at(i); b == '\'' || b == '"' {
			if i = c.closing(i, b); i < 0 {
				c.fail(from, "a quote is not closed")
			}
			i++
		}
		if regex && c.at(i) == '/' {
			if i = c.closing(i, '/'); i < 0 {
				c.fail(from, "a regular expression is not closed")
			}
			i++
		}
		switch c.at(i) {
		case open:
			depth++
		case shut:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// unescape resolves backslashes as in Java source; an unknown one stands for its character.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'b':
			b.WriteByte('\b')
		case 'f':
			b.WriteByte('\f')
		case 'u':
			d := source.Scanner{Text: s, At: i + 1}
			r, err := d.Unit()
			if err != nil {
				b.WriteByte('u')
				continue
			}
			b.WriteString(string(utf8.AppendRune(nil, r)))
			i += 4
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
