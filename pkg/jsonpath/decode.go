package jsonpath

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// MaxDepth is how deep arrays and objects may be nested. Genesys refuses documents of more
// than 50 levels; this bound only protects the process.
const MaxDepth = 1000

// A SyntaxError is a text that is no JSON. Offset counts bytes from 0.
type SyntaxError struct {
	Offset  int
	Message string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("no JSON: %s at offset %d", e.Message, e.Offset)
}

// Decode reads one JSON value, and nothing but blanks after it.
func Decode(data []byte) (Value, error) {
	v, n, err := DecodePrefix(data)
	if err != nil {
		return Value{}, err
	}
	if rest := skipBlanks(data, n); rest < len(data) {
		return Value{}, &SyntaxError{Offset: rest, Message: "text after the value"}
	}
	return v, nil
}

// DecodePrefix reads one JSON value and tells where it ended, whatever follows.
func DecodePrefix(data []byte) (Value, int, error) {
	d := decoder{src: string(data)}
	d.blanks()
	v, err := d.value(0)
	return v, d.pos, err
}

func skipBlanks(data []byte, i int) int {
	return len(data) - len(bytes.TrimLeft(data[i:], " \t\r\n"))
}

// decoder reads from a string so that names and texts without escapes are parts of it:
// one allocation for a whole document's texts.
type decoder struct {
	src string
	pos int
}

func (d *decoder) fail(format string, args ...any) error {
	return &SyntaxError{Offset: d.pos, Message: fmt.Sprintf(format, args...)}
}

func (d *decoder) blanks() {
	for d.pos < len(d.src) {
		switch d.src[d.pos] {
		case ' ', '\t', '\r', '\n':
			d.pos++
		default:
			return
		}
	}
}

func (d *decoder) unexpected() error {
	if d.pos >= len(d.src) {
		return d.fail("the text ends too early")
	}
	r, _ := utf8.DecodeRuneInString(d.src[d.pos:])
	return d.fail("unexpected %q", r)
}

func (d *decoder) value(depth int) (Value, error) {
	if d.pos >= len(d.src) {
		return Value{}, d.unexpected()
	}
	switch c := d.src[d.pos]; c {
	case '{':
		return d.object(depth + 1)
	case '[':
		return d.array(depth + 1)
	case '"':
		s, err := d.string()
		return Value{kind: String, text: s}, err
	case 't':
		return d.word("true", Value{kind: True})
	case 'f':
		return d.word("false", Value{kind: False})
	case 'n':
		return d.word("null", Value{})
	default:
		if c == '-' || c >= '0' && c <= '9' {
			return d.number()
		}
		return Value{}, d.unexpected()
	}
}

func (d *decoder) word(w string, v Value) (Value, error) {
	if len(d.src)-d.pos < len(w) || d.src[d.pos:d.pos+len(w)] != w {
		return Value{}, d.unexpected()
	}
	d.pos += len(w)
	return v, nil
}

func (d *decoder) number() (Value, error) {
	start := d.pos
	if d.src[d.pos] == '-' {
		d.pos++
	}
	switch {
	case d.pos < len(d.src) && d.src[d.pos] == '0':
		d.pos++
	case !d.digits():
		return Value{}, d.unexpected()
	}
	if d.pos < len(d.src) && d.src[d.pos] == '.' {
		d.pos++
		if !d.digits() {
			return Value{}, d.unexpected()
		}
	}
	if d.pos < len(d.src) && d.src[d.pos]|0x20 == 'e' {
		d.pos++
		if d.pos < len(d.src) && (d.src[d.pos] == '+' || d.src[d.pos] == '-') {
			d.pos++
		}
		if !d.digits() {
			return Value{}, d.unexpected()
		}
	}
	return Value{kind: Number, text: d.src[start:d.pos]}, nil
}

// digits reads one digit or more.
func (d *decoder) digits() bool {
	start := d.pos
	for d.pos < len(d.src) && d.src[d.pos] >= '0' && d.src[d.pos] <= '9' {
		d.pos++
	}
	return d.pos > start
}

func (d *decoder) array(depth int) (Value, error) {
	if depth > MaxDepth {
		return Value{}, d.fail("nested deeper than %d", MaxDepth)
	}
	d.pos++
	l := &list{}
	d.blanks()
	if d.pos < len(d.src) && d.src[d.pos] == ']' {
		d.pos++
		return Value{kind: Array, list: l}, nil
	}
	for {
		d.blanks()
		v, err := d.value(depth)
		if err != nil {
			return Value{}, err
		}
		l.items = append(l.items, v)
		d.blanks()
		if d.pos >= len(d.src) {
			return Value{}, d.unexpected()
		}
		switch d.src[d.pos] {
		case ',':
			d.pos++
		case ']':
			d.pos++
			return Value{kind: Array, list: l}, nil
		default:
			return Value{}, d.unexpected()
		}
	}
}

func (d *decoder) object(depth int) (Value, error) {
	if depth > MaxDepth {
		return Value{}, d.fail("nested deeper than %d", MaxDepth)
	}
	d.pos++
	b := objectBuilder{l: &list{}}
	d.blanks()
	if d.pos < len(d.src) && d.src[d.pos] == '}' {
		d.pos++
		return b.value(), nil
	}
	b.l.items, b.l.names = make([]Value, 0, 4), make([]string, 0, 4)
	for {
		d.blanks()
		if d.pos >= len(d.src) || d.src[d.pos] != '"' {
			return Value{}, d.unexpected()
		}
		name, err := d.string()
		if err != nil {
			return Value{}, err
		}
		d.blanks()
		if d.pos >= len(d.src) || d.src[d.pos] != ':' {
			return Value{}, d.unexpected()
		}
		d.pos++
		d.blanks()
		v, err := d.value(depth)
		if err != nil {
			return Value{}, err
		}
		b.set(name, v)
		d.blanks()
		if d.pos >= len(d.src) {
			return Value{}, d.unexpected()
		}
		switch d.src[d.pos] {
		case ',':
			d.pos++
		case '}':
			d.pos++
			return b.value(), nil
		default:
			return Value{}, d.unexpected()
		}
	}
}

// string reads a JSON string. Text that is no UTF-8 becomes U+FFFD, as in encoding/json.
func (d *decoder) string() (string, error) {
	d.pos++
	start, ascii := d.pos, true
	for d.pos < len(d.src) {
		switch c := d.src[d.pos]; {
		case c == '"':
			s := d.src[start:d.pos]
			d.pos++
			if !ascii && !utf8.ValidString(s) {
				s = string([]rune(s))
			}
			return s, nil
		case c == '\\':
			return d.escaped(start)
		case c < ' ':
			return "", d.fail("control character %q in a string", rune(c))
		case c >= utf8.RuneSelf:
			ascii = false
		}
		d.pos++
	}
	return "", d.unexpected()
}

// escaped reads on from the first backslash of a string that began at start.
func (d *decoder) escaped(start int) (string, error) {
	b := append(make([]byte, 0, d.pos-start+32), d.src[start:d.pos]...)
	for d.pos < len(d.src) {
		c := d.src[d.pos]
		d.pos++
		switch {
		case c == '"':
			if !utf8.Valid(b) {
				return string([]rune(string(b))), nil
			}
			return string(b), nil
		case c < ' ':
			d.pos--
			return "", d.fail("control character %q in a string", rune(c))
		case c != '\\':
			b = append(b, c)
			continue
		}
		if d.pos >= len(d.src) {
			break
		}
		c = d.src[d.pos]
		d.pos++
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
			r, err := d.unit()
			if err != nil {
				return "", err
			}
			if utf16.IsSurrogate(r) && d.pos+1 < len(d.src) && d.src[d.pos] == '\\' && d.src[d.pos+1] == 'u' {
				back := d.pos
				d.pos += 2
				low, err := d.unit()
				if err != nil {
					return "", err
				}
				if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
					d.pos = back
				}
			}
			b = utf8.AppendRune(b, r)
		default:
			d.pos--
			return "", d.fail("unknown escape \\%c", c)
		}
	}
	return "", d.unexpected()
}

// unit reads the four hexadecimal digits of \uXXXX.
func (d *decoder) unit() (rune, error) {
	if len(d.src)-d.pos < 4 {
		d.pos = len(d.src)
		return 0, d.unexpected()
	}
	n, err := strconv.ParseUint(d.src[d.pos:d.pos+4], 16, 16)
	if err != nil || d.src[d.pos] == '+' {
		return 0, d.fail("\\u must have four hexadecimal digits")
	}
	d.pos += 4
	return rune(n), nil
}
