package source

import (
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// A SyntaxError is a text that is no JSON. Offset counts bytes from 0.
type SyntaxError struct {
	Offset  int
	Message string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("no JSON: %s at offset %d", e.Message, e.Offset)
}

// A Scanner reads the tokens of a JSON text one by one, for readers that make different
// things of them. It reads from a string so that names and texts without escapes are parts
// of it: one allocation for a whole document's texts.
type Scanner struct {
	Text string
	At   int // offset of what is read next
}

// Fail is an error at the place that is read next.
func (d *Scanner) Fail(format string, args ...any) error {
	return &SyntaxError{Offset: d.At, Message: fmt.Sprintf(format, args...)}
}

// Peek is the first byte of what is read next, 0 at the end.
func (d *Scanner) Peek() byte {
	if d.At < len(d.Text) {
		return d.Text[d.At]
	}
	return 0
}

// Next goes on to the next item of an array or object, or behind its end. The first item
// has no comma before it.
func (d *Scanner) Next(end byte, first bool) (more bool, err error) {
	d.Blanks()
	c := d.Peek()
	switch {
	case c == end:
		d.At++
		return false, nil
	case first && c != 0:
		return true, nil
	case c == ',':
		d.At++
		d.Blanks()
		return true, nil
	}
	return false, d.Unexpected()
}

// Name reads the name of a member and the colon behind it.
func (d *Scanner) Name() (string, error) {
	if d.Peek() != '"' {
		return "", d.Unexpected()
	}
	name, err := d.Quoted()
	if err != nil {
		return "", err
	}
	d.Blanks()
	if d.Peek() != ':' {
		return "", d.Unexpected()
	}
	d.At++
	d.Blanks()
	return name, nil
}

// Word reads true, false or null.
func (d *Scanner) Word(w string) error {
	if len(d.Text)-d.At < len(w) || d.Text[d.At:d.At+len(w)] != w {
		return d.Unexpected()
	}
	d.At += len(w)
	return nil
}

// End is an error when something but blanks is left.
func (d *Scanner) End() error {
	if d.Blanks(); d.At < len(d.Text) {
		return d.Fail("text after the value")
	}
	return nil
}

// Blanks passes blanks and ends of lines.
func (d *Scanner) Blanks() {
	for d.At < len(d.Text) {
		switch d.Text[d.At] {
		case ' ', '\t', '\r', '\n':
			d.At++
		default:
			return
		}
	}
}

// Unexpected is the error of a token that cannot stand where it does.
func (d *Scanner) Unexpected() error {
	if d.At >= len(d.Text) {
		return d.Fail("the text ends too early")
	}
	r, _ := utf8.DecodeRuneInString(d.Text[d.At:])
	return d.Fail("unexpected %q", r)
}

// Number reads a number and gives its digits; without any it is an error.
func (d *Scanner) Number() (string, error) {
	start := d.At
	if d.Peek() == '-' {
		d.At++
	}
	switch {
	case d.At < len(d.Text) && d.Text[d.At] == '0':
		d.At++
	case !d.digits():
		return "", d.Unexpected()
	}
	if d.At < len(d.Text) && d.Text[d.At] == '.' {
		d.At++
		if !d.digits() {
			return "", d.Unexpected()
		}
	}
	if d.At < len(d.Text) && d.Text[d.At]|0x20 == 'e' {
		d.At++
		if d.At < len(d.Text) && (d.Text[d.At] == '+' || d.Text[d.At] == '-') {
			d.At++
		}
		if !d.digits() {
			return "", d.Unexpected()
		}
	}
	return d.Text[start:d.At], nil
}

// digits reads one digit or more.
func (d *Scanner) digits() bool {
	start := d.At
	for d.At < len(d.Text) && d.Text[d.At] >= '0' && d.Text[d.At] <= '9' {
		d.At++
	}
	return d.At > start
}

// Quoted reads a JSON string. Text that is no UTF-8 becomes U+FFFD, as in encoding/json.
func (d *Scanner) Quoted() (string, error) {
	d.At++
	start, ascii := d.At, true
	for d.At < len(d.Text) {
		switch c := d.Text[d.At]; {
		case c == '"':
			s := d.Text[start:d.At]
			d.At++
			if !ascii && !utf8.ValidString(s) {
				s = string([]rune(s))
			}
			return s, nil
		case c == '\\':
			return d.escaped(start)
		case c < ' ':
			return "", d.Fail("control character %q in a string", rune(c))
		case c >= utf8.RuneSelf:
			ascii = false
		}
		d.At++
	}
	return "", d.Unexpected()
}

// escaped reads on from the first backslash of a string that began at start.
func (d *Scanner) escaped(start int) (string, error) {
	b := append(make([]byte, 0, d.At-start+32), d.Text[start:d.At]...)
	for d.At < len(d.Text) {
		c := d.Text[d.At]
		d.At++
		switch {
		case c == '"':
			if !utf8.Valid(b) {
				return string([]rune(string(b))), nil
			}
			return string(b), nil
		case c < ' ':
			d.At--
			return "", d.Fail("control character %q in a string", rune(c))
		case c != '\\':
			b = append(b, c)
			continue
		}
		if d.At >= len(d.Text) {
			break
		}
		c = d.Text[d.At]
		d.At++
		switch c {
		case '"', '\\', '/':
			b = append(b, c)
		case 'b':
			b = append(b, '\b')
		case 'f':
			b = append(b, '\f')
		case 'n':
			b = append(b, '\n')
		case 'r':
			b = append(b, '\r')
		case 't':
			b = append(b, '\t')
		case 'u':
			r, err := d.Unit()
			if err != nil {
				return "", err
			}
			if utf16.IsSurrogate(r) && d.At+1 < len(d.Text) && d.Text[d.At] == '\\' && d.Text[d.At+1] == 'u' {
				back := d.At
				d.At += 2
				low, err := d.Unit()
				if err != nil {
					return "", err
				}
				if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
					d.At = back
				}
			}
			b = utf8.AppendRune(b, r)
		default:
			d.At--
			return "", d.Fail("unknown escape \\%c", c)
		}
	}
	return "", d.Unexpected()
}

// Unit reads the four hexadecimal digits of \uXXXX.
func (d *Scanner) Unit() (rune, error) {
	if len(d.Text)-d.At < 4 {
		d.At = len(d.Text)
		return 0, d.Unexpected()
	}
	n, err := strconv.ParseUint(d.Text[d.At:d.At+4], 16, 16)
	if err != nil || d.Text[d.At] == '+' {
		return 0, d.Fail("\\u must have four hexadecimal digits")
	}
	d.At += 4
	return rune(n), nil
}
