package velocity

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// The values of a rendering are Java's, as Go types:
//
//	null       nil
//	String     string
//	Boolean    bool
//	Integer    int32
//	Long       int64
//	BigInteger *big.Int
//	Double     float64
//	Character  char
//	Map        *Map, or map[string]any of the caller (sorted by key)
//	List, Set  *List, or []any of the caller
//
// Every other integer type of Go and json.Number are taken from a caller and become the
// smallest of these that holds the number. A float64 is a Double and prints as one: 5 gives
// "5.0". Decode JSON with FromJSON, or with json.Decoder.UseNumber, to keep whole numbers.

// char is one UTF-16 unit, as charAt returns it.
type char uint16

// A Map is an object that keeps the order of its keys, as the JSON it comes from has it.
type Map struct {
	keys []any
	vals map[any]any
}

// NewMap returns an empty map.
func NewMap() *Map { return &Map{vals: map[any]any{}} }

// Len is the number of entries.
func (m *Map) Len() int { return len(m.keys) }

func (m *Map) put(key, v any) any {
	old, ok := m.vals[key]
	if !ok {
		m.keys = append(m.keys, key)
	}
	m.vals[key] = v
	return old
}

func (m *Map) remove(key any) any {
	old, ok := m.vals[key]
	if ok {
		delete(m.vals, key)
		m.keys = slices.DeleteFunc(m.keys, func(k any) bool { return k == key })
	}
	return old
}

// isKey reports whether a value may be a key; lists, maps and the like are not supported.
func isKey(v any) bool {
	switch v.(type) {
	case nil, string, bool, int32, int64, float64, char:
		return true
	}
	return false
}

// listClass is which of Java's sequences a List stands for.
type listClass uint8

const (
	arrayList listClass = iota
	setView
	collection
	array
)

// A List is a sequence that templates can change.
type List struct {
	items []any
	class listClass
}

// entry is an element of entrySet().
type entry struct{ key, val any }

// iterator is what iterator() returns.
type iterator struct {
	items []any
	next  int
}

// loop is $foreach.
type loop struct {
	index   int
	hasNext bool
	outer   *loop
	extra   *Map
}

// removed marks a variable that a loop has taken away again.
type removed struct{}

// norm turns a caller's value into one of ours.
func norm(v any) any {
	switch x := v.(type) {
	case nil, string, bool, int32, float64, *Map, *List:
		return x
	case int:
		return smallest(int64(x))
	case int64:
		return smallest(x)
	case int8:
		return int32(x)
	case int16:
		return int32(x)
	case uint8:
		return int32(x)
	case uint16:
		return int32(x)
	case uint32:
		return smallest(int64(x))
	case uint64:
		return integer(strconv.FormatUint(x, 10))
	case uint:
		return integer(strconv.FormatUint(uint64(x), 10))
	case float32:
		return float64(x)
	case json.Number:
		return number(string(x))
	case map[string]any:
		return fromGoMap(x)
	case map[string]string:
		m := make(map[string]any, len(x))
		for k, s := range x {
			m[k] = s
		}
		return fromGoMap(m)
	case []any:
		return &List{items: x}
	case []string:
		l := &List{items: make([]any, len(x))}
		for i, s := range x {
			l.items[i] = s
		}
		return l
	}
	return v
}

// number reads JSON's form of a number as Java's JSON readers do.
func number(text string) any {
	if strings.ContainsAny(text, ".eE") {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return text
		}
		return f
	}
	if _, ok := new(big.Int).SetString(text, 10); !ok {
		return text
	}
	return integer(text)
}

func smallest(i int64) any {
	if int64(int32(i)) == i {
		return int32(i)
	}
	return i
}

func fromGoMap(m map[string]any) *Map {
	out := &Map{vals: make(map[any]any, len(m))}
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		out.put(k, m[k])
	}
	return out
}

// deepCopy takes the caller's values over, so that a template may change them.
func deepCopy(v any) any {
	switch x := norm(v).(type) {
	case *Map:
		m := NewMap()
		for _, k := range x.keys {
			m.put(k, deepCopy(x.vals[k]))
		}
		return m
	case *List:
		l := &List{class: x.class, items: make([]any, len(x.items))}
		for i, v := range x.items {
			l.items[i] = deepCopy(v)
		}
		return l
	default:
		return x
	}
}

// FromJSON decodes an object for Render: order of keys and exact numbers are kept.
func FromJSON(data []byte) (map[string]any, error) {
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.UseNumber()
	v, err := decode(d, 0)
	switch {
	case err == nil:
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errors.New("context: no JSON: the text ends too early")
	case errors.Is(err, errDeep):
		return nil, fmt.Errorf("context: %w", err)
	default:
		return nil, fmt.Errorf("context: no JSON: a character that cannot stand there, at byte %d", d.InputOffset()+1)
	}
	m, ok := v.(*Map)
	if !ok {
		return nil, errors.New("context: not a JSON object")
	}
	out := make(map[string]any, m.Len())
	for _, k := range m.keys {
		out[k.(string)] = m.vals[k]
	}
	return out, nil
}

const maxJSONDepth = 500

var errDeep = errors.New("nested too deeply")

// decode reads one JSON value in order.
func decode(d *json.Decoder, depth int) (any, error) {
	if depth > maxJSONDepth {
		return nil, errDeep
	}
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch x := t.(type) {
	case json.Delim:
		if x == '{' {
			m := NewMap()
			for d.More() {
				k, err := d.Token()
				if err != nil {
					return nil, err
				}
				v, err := decode(d, depth+1)
				if err != nil {
					return nil, err
				}
				m.put(k, v)
			}
			_, err = d.Token()
			return m, err
		}
		l := &List{}
		for d.More() {
			v, err := decode(d, depth+1)
			if err != nil {
				return nil, err
			}
			l.items = append(l.items, v)
		}
		_, err = d.Token()
		return l, err
	case json.Number:
		return number(string(x)), nil
	}
	return t, nil
}

// toUnits and fromUnits are Java's view of a string. Bytes that are no UTF-8 become U+FFFD.
func toUnits(s string) []uint16 { return utf16.Encode([]rune(s)) }

func fromUnits(u []uint16) string { return string(utf16.Decode(u)) }

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// javaDouble prints a Double as Java does.
func javaDouble(dst []byte, f float64) []byte {
	switch {
	case f != f:
		return append(dst, "NaN"...)
	case f > 1.7976931348623157e308:
		return append(dst, "Infinity"...)
	case f < -1.7976931348623157e308:
		return append(dst, "-Infinity"...)
	case f == math.SmallestNonzeroFloat64:
		return append(dst, "4.9E-324"...)
	case f == -math.SmallestNonzeroFloat64:
		return append(dst, "-4.9E-324"...)
	case f == 0:
		if 1/f < 0 {
			return append(dst, "-0.0"...)
		}
		return append(dst, "0.0"...)
	}
	from := len(dst)
	if a := max(f, -f); a >= 1e-3 && a < 1e7 {
		dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
		if !strings.Contains(string(dst[from:]), ".") {
			dst = append(dst, ".0"...)
		}
		return dst
	}
	text := strconv.FormatFloat(f, 'e', -1, 64)
	mantissa, exp, _ := strings.Cut(text, "e")
	dst = append(dst, mantissa...)
	if !strings.Contains(mantissa, ".") {
		dst = append(dst, ".0"...)
	}
	n, _ := strconv.Atoi(exp)
	dst = append(dst, 'E')
	return strconv.AppendInt(dst, int64(n), 10)
}

// className is Java's name of a value's class, for messages.
func className(v any) string {
	switch x := v.(type) {
	case string:
		return "java.lang.String"
	case bool:
		return "java.lang.Boolean"
	case int32:
		return "java.lang.Integer"
	case int64:
		return "java.lang.Long"
	case *big.Int:
		return "java.math.BigInteger"
	case float64:
		return "java.lang.Double"
	case char:
		return "java.lang.Character"
	case *Map:
		return "java.util.LinkedHashMap"
	case *List:
		return [...]string{"java.util.ArrayList", "java.util.Set", "java.util.Collection", "array"}[x.class]
	case *loop:
		return "foreach scope"
	case *entry:
		return "java.util.Map.Entry"
	case *iterator:
		return "java.util.Iterator"
	}
	return fmt.Sprintf("%T", v)
}

// equal is Java's equals.
func equal(a, b any, depth int) bool {
	a, b = norm(a), norm(b)
	if depth > maxDepth {
		return false
	}
	switch x := a.(type) {
	case *big.Int:
		y, ok := b.(*big.Int)
		return ok && x.Cmp(y) == 0
	case *List:
		y, ok := b.(*List)
		if !ok || x.class != y.class || x.class >= collection {
			return ok && x == y
		}
		return slices.EqualFunc(x.items, y.items, func(a, b any) bool { return equal(a, b, depth+1) })
	case *Map:
		y, ok := b.(*Map)
		if !ok || x.Len() != y.Len() {
			return false
		}
		for _, k := range x.keys {
			v, ok := y.vals[k]
			if !ok || !equal(x.vals[k], v, depth+1) {
				return false
			}
		}
		return true
	case *entry:
		y, ok := b.(*entry)
		return ok && equal(x.key, y.key, depth+1) && equal(x.val, y.val, depth+1)
	case nil, string, bool, int32, int64, float64, char, *loop, *iterator:
		return a == b
	}
	return false
}
