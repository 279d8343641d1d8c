package jsonpath

import "github.com/dealroute/dealroute/pkg/source"

// MaxDepth is how deep arrays and objects may be nested. Genesys refuses documents of more
// than 50 levels; this bound only protects the process.
const MaxDepth = 1000

// Decode reads one JSON value, and nothing but blanks after it.
func Decode(data []byte) (Value, error) {
	d := decoder{source.Scanner{Text: string(data)}}
	d.Blanks()
	v, err := d.value(0)
	if err == nil {
		err = d.End()
	}
	if err != nil {
		return Value{}, err
	}
	return v, nil
}

// DecodePrefix reads one JSON value and tells where it ended, whatever follows.
func DecodePrefix(data []byte) (Value, int, error) {
	d := decoder{source.Scanner{Text: string(data)}}
	d.Blanks()
	v, err := d.value(0)
	return v, d.At, err
}

type decoder struct{ source.Scanner }

func (d *decoder) value(depth int) (Value, error) {
	switch d.Peek() {
	case '{':
		return d.object(depth + 1)
	case '[':
		return d.array(depth + 1)
	case '"':
		s, err := d.Quoted()
		return Value{kind: String, text: s}, err
	case 't':
		return Value{kind: True}, d.Word("true")
	case 'f':
		return Value{kind: False}, d.Word("false")
	case 'n':
		return Value{}, d.Word("null")
	}
	s, err := d.Number()
	return Value{kind: Number, text: s}, err
}

func (d *decoder) array(depth int) (Value, error) {
	if depth > MaxDepth {
		return Value{}, d.Fail("nested deeper than %d", MaxDepth)
	}
	d.At++
	l := &list{}
	for {
		more, err := d.Next(']', len(l.items) == 0)
		if err != nil || !more {
			return Value{kind: Array, list: l}, err
		}
		v, err := d.value(depth)
		if err != nil {
			return Value{}, err
		}
		l.items = append(l.items, v)
	}
}

func (d *decoder) object(depth int) (Value, error) {
	if depth > MaxDepth {
		return Value{}, d.Fail("nested deeper than %d", MaxDepth)
	}
	d.At++
	b := objectBuilder{l: &list{}}
	for {
		more, err := d.Next('}', b.l.items == nil)
		if err != nil || !more {
			return b.value(), err
		}
		if b.l.items == nil {
			b.l.items, b.l.names = make([]Value, 0, 4), make([]string, 0, 4)
		}
		name, err := d.Name()
		if err != nil {
			return Value{}, err
		}
		v, err := d.value(depth)
		if err != nil {
			return Value{}, err
		}
		b.set(name, v)
	}
}
