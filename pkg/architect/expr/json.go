package expr

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// A jsonNode is a JSON value: members in the order of the text, numbers as written.
type jsonNode struct {
	kind  byte // n null, t true, f false, 0 number, s string, a array, o object
	text  string
	keys  []string
	items []*jsonNode
	size  int // about the bytes of its text, shared parts counted each time
}

// weigh sets the size of a node whose parts have theirs.
func (n *jsonNode) weigh() *jsonNode {
	n.size = 2 + len(n.text) + len(n.items)
	for i, x := range n.items {
		n.size += x.size
		if n.kind == 'o' {
			n.size += 3 + len(n.keys[i])
		}
	}
	return n
}

var (
	jsonNull  = &jsonNode{kind: 'n', size: 4}
	jsonTrue  = &jsonNode{kind: 't', size: 4}
	jsonFalse = &jsonNode{kind: 'f', size: 5}
)

// maxJSONDepth keeps a nested text from growing the stack.
const maxJSONDepth = 200

// OfJSON makes a JSON value from a text of one JSON document.
func OfJSON(text []byte) (Value, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	n, err := decodeJSON(d, 0)
	if err != nil {
		return NotSet(JSON), fmt.Errorf("not a JSON text: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return NotSet(JSON), errors.New("not a JSON text: more follows its end")
	}
	return ofJSON(n), nil
}

func ofJSON(n *jsonNode) Value {
	if n == nil {
		return NotSet(JSON)
	}
	return Value{h: head(JSON), p: &box{json: n}}
}

func decodeJSON(d *json.Decoder, depth int) (*jsonNode, error) {
	if depth > maxJSONDepth {
		return nil, errors.New("nested too deeply")
	}
	t, err := d.Token()
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	switch t := t.(type) {
	case nil:
		return jsonNull, nil
	case bool:
		if t {
			return jsonTrue, nil
		}
		return jsonFalse, nil
	case json.Number:
		return (&jsonNode{kind: '0', text: string(t)}).weigh(), nil
	case string:
		return (&jsonNode{kind: 's', text: t}).weigh(), nil
	case json.Delim:
		if t == '{' {
			return decodeObject(d, depth)
		}
		n := &jsonNode{kind: 'a'}
		for d.More() {
			x, err := decodeJSON(d, depth+1)
			if err != nil {
				return nil, err
			}
			n.items = append(n.items, x)
		}
		_, err := d.Token()
		return n.weigh(), err
	}
	return nil, fmt.Errorf("unexpected %v", t)
}

// decodeObject keeps the last of members with one name, in the place of the first.
func decodeObject(d *json.Decoder, depth int) (*jsonNode, error) {
	n, at := &jsonNode{kind: 'o'}, map[string]int{}
	for d.More() {
		k, err := d.Token()
		if err != nil {
			return nil, err
		}
		key, _ := k.(string) // the decoder refuses any other key
		x, err := decodeJSON(d, depth+1)
		if err != nil {
			return nil, err
		}
		if i, ok := at[key]; ok {
			n.items[i] = x
			continue
		}
		at[key] = len(n.keys)
		n.keys, n.items = append(n.keys, key), append(n.items, x)
	}
	_, err := d.Token()
	return n.weigh(), err
}

// key appends bytes that are the same for equal values: members sorted, numbers by value.
func (n *jsonNode) key(b []byte) []byte {
	switch n.kind {
	case '0':
		if d, ok := parseDec(n.text); ok {
			return appendText(append(b, '0'), d.text(0))
		}
		return appendText(append(b, '0'), n.text)
	case 'o':
		order := make([]int, len(n.keys))
		for i := range order {
			order[i] = i
		}
		slices.SortFunc(order, func(i, j int) int { return strings.Compare(n.keys[i], n.keys[j]) })
		b = binary.AppendUvarint(append(b, 'o'), uint64(len(order)))
		for _, i := range order {
			b = n.items[i].key(appendText(b, n.keys[i]))
		}
		return b
	}
	b = appendText(append(b, n.kind), n.text)
	b = binary.AppendUvarint(b, uint64(len(n.items)))
	for _, x := range n.items {
		b = x.key(b)
	}
	return b
}

func (n *jsonNode) append(b []byte) []byte {
	switch n.kind {
	case 'n':
		return append(b, "null"...)
	case 't':
		return append(b, "true"...)
	case 'f':
		return append(b, "false"...)
	case '0':
		return append(b, n.text...)
	case 's':
		return appendJSONString(b, n.text)
	case 'a':
		b = append(b, '[')
		for i, x := range n.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = x.append(b)
		}
		return append(b, ']')
	}
	b = append(b, '{')
	for i, x := range n.items {
		if i > 0 {
			b = append(b, ',')
		}
		b = x.append(append(appendJSONString(b, n.keys[i]), ':'))
	}
	return append(b, '}')
}

func appendJSONString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r < 0x20:
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			b = append(b, string(r)...)
		}
	}
	return append(b, '"')
}

// get is an object's member.
func (n *jsonNode) get(key string) *jsonNode {
	if n == nil || n.kind != 'o' {
		return nil
	}
	for i, k := range n.keys {
		if k == key {
			return n.items[i]
		}
	}
	return nil
}

// with is a copy of an object with a member set; it keeps its place, a new one goes last.
func (n *jsonNode) with(key string, x *jsonNode) *jsonNode {
	c := &jsonNode{kind: 'o', keys: append([]string(nil), n.keys...), items: append([]*jsonNode(nil), n.items...)}
	for i, k := range c.keys {
		if k == key {
			c.items[i] = x
			return c.weigh()
		}
	}
	c.keys, c.items = append(c.keys, key), append(c.items, x)
	return c.weigh()
}

// equal compares by meaning: numbers by value, members in any order.
func (n *jsonNode) equal(o *jsonNode) bool {
	if n == o {
		return true
	}
	if n == nil || o == nil || n.kind != o.kind || len(n.items) != len(o.items) {
		return false
	}
	switch n.kind {
	case '0':
		a, aok := parseDec(n.text)
		b, bok := parseDec(o.text)
		if aok && bok {
			return a.cmp(b) == 0
		}
		return n.text == o.text
	case 'o':
		for i, k := range n.keys {
			if y := o.get(k); y == nil || !n.items[i].equal(y) {
				return false
			}
		}
		return true
	case 'a':
		for i := range n.items {
			if !n.items[i].equal(o.items[i]) {
				return false
			}
		}
		return true
	}
	return n.text == o.text
}

// toJSON is what ToJson makes of a value of any other type.
func toJSON(v Value) *jsonNode {
	if !v.IsSet() {
		return jsonNull
	}
	switch t := v.Type(); {
	case t == JSON:
		return v.p.json
	case t.IsList():
		n := &jsonNode{kind: 'a'}
		for _, x := range v.items() {
			n.items = append(n.items, toJSON(x))
		}
		return n.weigh()
	case t == Boolean:
		if v.n != 0 {
			return jsonTrue
		}
		return jsonFalse
	case t == Integer:
		return (&jsonNode{kind: '0', text: strconv.FormatInt(v.n, 10)}).weigh()
	case t == Decimal:
		return (&jsonNode{kind: '0', text: v.dec().text(1)}).weigh()
	case t.IsOrg():
		id, name := &jsonNode{kind: 's', text: v.ID()}, &jsonNode{kind: 's', text: v.s}
		return (&jsonNode{kind: 'o', keys: []string{"id", "name"}, items: []*jsonNode{id.weigh(), name.weigh()}}).weigh()
	}
	s, _ := v.text()
	return (&jsonNode{kind: 's', text: s}).weigh()
}
