package jsonpath

import (
	"encoding/json"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
)

// A Kind is the JSON type of a Value.
type Kind uint8

// The kinds. The zero Value is null.
const (
	Null Kind = iota
	False
	True
	Number
	String
	Array
	Object
)

// String names the kind as JSON Schema does, both booleans as "boolean".
func (k Kind) String() string {
	return [...]string{"null", "boolean", "boolean", "number", "string", "array", "object"}[k]
}

// A Value is a JSON value that nobody changes: members keep their order, numbers their
// digits. Copying one is cheap.
type Value struct {
	kind Kind
	text string // of a string its content, of a number its digits
	list *list  // of an array or object
}

type list struct {
	items []Value
	names []string       // of an object, as long as items
	index map[string]int // of a large object
}

// indexFrom is the number of members from which an object is looked up by a map.
const indexFrom = 24

// Bool gives true or false.
func Bool(b bool) Value {
	if b {
		return Value{kind: True}
	}
	return Value{kind: False}
}

// Text gives a string.
func Text(s string) Value { return Value{kind: String, text: s} }

// Int gives a whole number.
func Int(n int64) Value { return Value{kind: Number, text: strconv.FormatInt(n, 10)} }

// Digits gives a number by its JSON text, which the caller knows to be valid.
func Digits(text string) Value { return Value{kind: Number, text: text} }

// List gives an array of items, which it keeps.
func List(items ...Value) Value { return Value{kind: Array, list: &list{items: items}} }

// A Member is a name and a value of an object.
type Member struct {
	Name  string
	Value Value
}

// Map gives an object with the members in this order; of several with one name the last
// value stands, at the place of the first.
func Map(members ...Member) Value {
	b := objectBuilder{l: &list{}}
	for _, m := range members {
		b.set(m.Name, m.Value)
	}
	return b.value()
}

type objectBuilder struct{ l *list }

func (b *objectBuilder) set(name string, v Value) {
	l := b.l
	if i := l.find(name); i >= 0 {
		l.items[i] = v
		return
	}
	if l.index != nil {
		l.index[name] = len(l.items)
	}
	l.items, l.names = append(l.items, v), append(l.names, name)
	if l.index == nil && len(l.items) == indexFrom {
		l.index = make(map[string]int, 2*indexFrom)
		for i, n := range l.names {
			l.index[n] = i
		}
	}
}

func (b *objectBuilder) value() Value { return Value{kind: Object, list: b.l} }

func (l *list) find(name string) int {
	if l.index != nil {
		if i, ok := l.index[name]; ok {
			return i
		}
		return -1
	}
	for i, n := range l.names {
		if n == name {
			return i
		}
	}
	return -1
}

// Kind tells what v is.
func (v Value) Kind() Kind { return v.kind }

// IsNull reports whether v is null.
func (v Value) IsNull() bool { return v.kind == Null }

// Str is the content of a string, "" for anything else.
func (v Value) Str() string {
	if v.kind == String {
		return v.text
	}
	return ""
}

// Number is the text of a number as it is printed, "" for anything else.
func (v Value) Number() string {
	if v.kind == Number {
		return canonical(v.text)
	}
	return ""
}

// Bool reports whether v is true.
func (v Value) Bool() bool { return v.kind == True }

// Len is the number of items or members.
func (v Value) Len() int {
	if v.list == nil {
		return 0
	}
	return len(v.list.items)
}

// Index is the item or the value of the member at i.
func (v Value) Index(i int) Value { return v.list.items[i] }

// Name is the name of the member at i.
func (v Value) Name(i int) string { return v.list.names[i] }

// Members lists the members of an object in order.
func (v Value) Members() []Member {
	if v.kind != Object {
		return nil
	}
	out := make([]Member, v.Len())
	for i := range out {
		out[i] = Member{Name: v.list.names[i], Value: v.list.items[i]}
	}
	return out
}

// Get gives a member of an object by its exact name.
func (v Value) Get(name string) (Value, bool) {
	if v.kind == Object {
		if i := v.list.find(name); i >= 0 {
			return v.list.items[i], true
		}
	}
	return Value{}, false
}

// Depth is how many arrays and objects stand around the innermost value.
func (v Value) Depth() int {
	if v.list == nil {
		return 0
	}
	deepest := 0
	for i := range v.list.items {
		if v.list.items[i].list != nil {
			deepest = max(deepest, v.list.items[i].Depth())
		}
	}
	return deepest + 1
}

// String is the JSON text of v.
func (v Value) String() string { return string(v.AppendJSON(nil)) }

// MarshalJSON makes a Value part of what encoding/json writes.
func (v Value) MarshalJSON() ([]byte, error) { return v.AppendJSON(nil), nil }

// UnmarshalJSON reads a Value as part of what encoding/json reads.
func (v *Value) UnmarshalJSON(data []byte) error {
	got, err := Decode(data)
	if err == nil {
		*v = got
	}
	return err
}

// AppendJSON appends the JSON text of v: no blanks, members in order, numbers as Jackson
// prints what it read (trailing zeros of a fraction are gone, except the first).
func (v Value) AppendJSON(b []byte) []byte {
	switch v.kind {
	case Null:
		return append(b, "null"...)
	case True:
		return append(b, "true"...)
	case False:
		return append(b, "false"...)
	case Number:
		return append(b, canonical(v.text)...)
	case String:
		return AppendString(b, v.text)
	case Array:
		b = append(b, '[')
		for i, e := range v.list.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = e.AppendJSON(b)
		}
		return append(b, ']')
	default:
		b = append(b, '{')
		for i, e := range v.list.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(AppendString(b, v.list.names[i]), ':')
			b = e.AppendJSON(b)
		}
		return append(b, '}')
	}
}

// AppendString appends s as a JSON string. Only what JSON demands is escaped, as Jackson
// does; encoding/json would also escape <, > and &.
func AppendString(b []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		case '\b':
			b = append(b, '\\', 'b')
		case '\f':
			b = append(b, '\\', 'f')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	b = append(b, s[from:]...)
	return append(b, '"')
}

// canonical drops trailing zeros of a fraction: 1.50 is 1.5, 2.00 is 2.0, 1.0e3 stays.
func canonical(text string) string {
	dot := strings.IndexByte(text, '.')
	if dot < 0 || text[len(text)-1] != '0' || strings.ContainsAny(text, "eE") {
		return text
	}
	end := len(text)
	for end > dot+2 && text[end-1] == '0' {
		end--
	}
	return text[:end]
}

// Equal reports whether two values are the same JSON: numbers by their value, objects
// without regard to order.
func Equal(a, b Value) bool {
	if a.kind != b.kind || a.Len() != b.Len() {
		return false
	}
	switch a.kind {
	case Number:
		return compareNumbers(a.text, b.text) == 0
	case String:
		return a.text == b.text
	case Array:
		for i, e := range a.list.items {
			if !Equal(e, b.list.items[i]) {
				return false
			}
		}
	case Object:
		for i, e := range a.list.items {
			other, ok := b.Get(a.list.names[i])
			if !ok || !Equal(e, other) {
				return false
			}
		}
	}
	return true
}

// FromAny turns what encoding/json decodes into (and Go's own numbers) into a Value. The
// members of a map are sorted by name.
func FromAny(x any) (Value, error) {
	switch x := x.(type) {
	case nil:
		return Value{}, nil
	case Value:
		return x, nil
	case bool:
		return Bool(x), nil
	case string:
		return Text(x), nil
	case json.Number:
		return Decode([]byte(x))
	case int:
		return Int(int64(x)), nil
	case int64:
		return Int(x), nil
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return Value{}, fmt.Errorf("%v is no JSON number", x)
		}
		return Digits(strconv.FormatFloat(x, 'g', -1, 64)), nil
	case []any:
		items := make([]Value, len(x))
		for i, e := range x {
			v, err := FromAny(e)
			if err != nil {
				return Value{}, err
			}
			items[i] = v
		}
		return List(items...), nil
	case map[string]any:
		names := make([]string, 0, len(x))
		for n := range x {
			names = append(names, n)
		}
		sort.Strings(names)
		b := objectBuilder{l: &list{}}
		for _, n := range names {
			v, err := FromAny(x[n])
			if err != nil {
				return Value{}, err
			}
			b.set(n, v)
		}
		return b.value(), nil
	}
	return Value{}, fmt.Errorf("a %T is no JSON value", x)
}

// ToAny gives nil, bool, string, json.Number, []any or map[string]any.
func (v Value) ToAny() any {
	switch v.kind {
	case Null:
		return nil
	case True, False:
		return v.kind == True
	case Number:
		return json.Number(canonical(v.text))
	case String:
		return v.text
	case Array:
		out := make([]any, v.Len())
		for i, e := range v.list.items {
			out[i] = e.ToAny()
		}
		return out
	}
	out := make(map[string]any, v.Len())
	for i, e := range v.list.items {
		out[v.list.names[i]] = e.ToAny()
	}
	return out
}
