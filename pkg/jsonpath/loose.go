package jsonpath

import (
	"strings"

	"github.com/dealroute/dealroute/pkg/source"
)

// decodeLoosely reads a list or object of a filter as the dialect does: besides JSON it takes
// single quotes, words without quotes, and superfluous commas.
func decodeLoosely(text string) (Value, error) {
	d := looseDecoder{source.Scanner{Text: text}}
	v, err := d.value(0)
	if err != nil {
		return Value{}, err
	}
	return v, nil
}

type looseDecoder struct{ source.Scanner }

func (d *looseDecoder) value(depth int) (Value, error) {
	d.Blanks()
	if depth > MaxDepth {
		return Value{}, d.Fail("nested deeper than %d", MaxDepth)
	}
	if d.At >= len(d.Text) {
		return Value{}, d.Unexpected()
	}
	switch d.Text[d.At] {
	case '[':
		d.At++
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
		d.At++
		b := objectBuilder{l: &list{}}
		for {
			if d.skipTo('}') {
				return b.value(), nil
			}
			name, err := d.word(":")
			if err != nil {
				return Value{}, err
			}
			d.Blanks()
			if d.At >= len(d.Text) || d.Text[d.At] != ':' {
				return Value{}, d.Unexpected()
			}
			d.At++
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
	for d.At < len(d.Text) && strings.IndexByte(", \t\r\n", d.Text[d.At]) >= 0 {
		d.At++
	}
	if d.At < len(d.Text) && d.Text[d.At] == end {
		d.At++
		return true
	}
	return false
}

// word reads a quoted text, or all up to one of stops.
func (d *looseDecoder) word(stops string) (string, error) {
	if d.At >= len(d.Text) {
		return "", d.Unexpected()
	}
	if q := d.Text[d.At]; q == '"' || q == '\'' {
		c := newCursor(d.Text, 0, d.Text)
		end := c.closing(d.At, q)
		if end < 0 {
			return "", d.Unexpected()
		}
		s := unescape(d.Text[d.At+1 : end])
		d.At = end + 1
		return s, nil
	}
	start := d.At
	for d.At < len(d.Text) && strings.IndexByte(stops, d.Text[d.At]) < 0 {
		d.At++
	}
	w := strings.TrimSpace(d.Text[start:d.At])
	if w == "" {
		return "", d.Unexpected()
	}
	return w, nil
}
