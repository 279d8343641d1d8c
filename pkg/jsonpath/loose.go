package jsonpath

import "strings"

// decodeLoosely reads a list or object of a filter as the dialect does: besides JSON it takes
// single quotes, words without quotes, and superfluous commas.
func decodeLoosely(text string) (Value, error) {
	d := looseDecoder{decoder{src: text}}
	v, err := d.value(0)
	if err != nil {
		return Value{}, err
	}
	return v, nil
}

type looseDecoder struct{ decoder }

func (d *looseDecoder) value(depth int) (Value, error) {
	d.blanks()
	if depth > MaxDepth {
		return Value{}, d.fail("nested deeper than %d", MaxDepth)
	}
	if d.pos >= len(d.src) {
		return Value{}, d.unexpected()
	}
	switch d.src[d.pos] {
	case '[':
		d.pos++
		l := &list{}
		for {
			if d.skipTo(']') {
				return Value{kind: Array, list: l}, nil
			}
			v, err := d.value(depth + 1)
			if err != nil {
				return Value{}, err
			}
			l.items = append(l.items, v)
		}
	case '{':
		d.pos++
		b := objectBuilder{l: &list{}}
		for {
			if d.skipTo('}') {
				return b.value(), nil
			}
			name, err := d.word(":")
			if err != nil {
				return Value{}, err
			}
			d.blanks()
			if d.pos >= len(d.src) || d.src[d.pos] != ':' {
				return Value{}, d.unexpected()
			}
			d.pos++
			v, err := d.value(depth + 1)
			if err != nil {
				return Value{}, err
			}
			b.set(name, v)
		}
	case '"', '\'':
		s, err := d.word("")
		return Text(s), err
	}
	w, err := d.word(",]}:")
	if err != nil {
		return Value{}, err
	}
	switch w {
	case "true":
		return Bool(true), nil
	case "false":
		return Bool(false), nil
	case "null":
		return Value{}, nil
	}
	if v, err := Decode([]byte(w)); err == nil {
		return v, nil
	}
	return Text(w), nil
}

// skipTo skips commas and blanks and reports whether end came, going behind it.
func (d *looseDecoder) skipTo(end byte) bool {
	for d.pos < len(d.src) && strings.IndexByte(", \t\r\n", d.src[d.pos]) >= 0 {
		d.pos++
	}
	if d.pos < len(d.src) && d.src[d.pos] == end {
		d.pos++
		return true
	}
	return false
}

// word reads a quoted text, or all up to one of stops.
func (d *looseDecoder) word(stops string) (string, error) {
	if d.pos >= len(d.src) {
		return "", d.unexpected()
	}
	if q := d.src[d.pos]; q == '"' || q == '\'' {
		c := newCursor(d.src, 0, d.src)
		end := c.closing(d.pos, q)
		if end < 0 {
			return "", d.unexpected()
		}
		s := unescape(d.src[d.pos+1 : end])
		d.pos = end + 1
		return s, nil
	}
	start := d.pos
	for d.pos < len(d.src) && strings.IndexByte(stops, d.src[d.pos]) < 0 {
		d.pos++
	}
	w := strings.TrimSpace(d.src[start:d.pos])
	if w == "" {
		return "", d.unexpected()
	}
	return w, nil
}
