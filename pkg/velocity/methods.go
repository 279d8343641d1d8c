package velocity

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// call is one method call: what it is called on, and where.
type call struct {
	r    *run
	step *step
	recv any
}

func (c *call) spend(n int) error { return c.r.spend(c.step.pos, n) }

// A method is an entry of the tables below, which Check and GRAMMAR.md use as well.
type method struct {
	name  string
	args  string // the overloads, as they are written
	gives string
	call  func(c *call, a []any) (any, error)
}

// changes names the methods that change what they are called on.
var changes = map[string]bool{
	"add": true, "addAll": true, "clear": true, "put": true, "putAll": true, "putIfAbsent": true,
	"remove": true, "removeAll": true, "retainAll": true, "set": true,
}

// refusedMethods are refused by name on every value, with what else there is to say.
var refusedMethods = map[string]string{
	"getClass": "", "forName": "", "newInstance": "", "getDeclaringClass": "",
	"wait": "", "notify": "", "notifyAll": "",
	"getBytes": ", whose result prints an address,", "toCharArray": ", whose result prints an address,",
	"toArray": ", whose result prints an address,",
	"chars":   ", a stream,", "codePoints": ", a stream,", "lines": ", a stream,",
	"stream": ", a stream,", "parallelStream": ", a stream,", "spliterator": ", a stream,",
	"getChars": "", "describeConstable": "", "resolveConstantDesc": "", "transform": "",
}

// methodsOf are the tables by class of value.
var methodsOf = map[string]map[string]*method{
	"string":   index(stringMethods()),
	"number":   index(numberMethods()),
	"boolean":  index(booleanMethods()),
	"list":     index(listMethods()),
	"map":      index(mapMethods()),
	"entry":    index(entryMethods()),
	"iterator": index(iteratorMethods()),
	"foreach":  index(loopMethods()),
}

func index(ms []method) map[string]*method {
	out := make(map[string]*method, len(ms))
	for i := range ms {
		out[ms[i].name] = &ms[i]
	}
	return out
}

// classOf names the table of a value.
func classOf(v any) string {
	switch v.(type) {
	case string, char:
		return "string"
	case int32, int64, float64, *big.Int:
		return "number"
	case bool:
		return "boolean"
	case *List:
		return "list"
	case *Map:
		return "map"
	case *entry:
		return "entry"
	case *iterator:
		return "iterator"
	case *loop:
		return "foreach"
	}
	return ""
}

func methodOf(v any, name string) *method {
	if _, ok := v.(char); ok && name != "toString" && name != "equals" && name != "compareTo" && name != "hashCode" {
		return nil
	}
	return methodsOf[classOf(v)][name]
}

func methodNames(v any) []string {
	var out []string
	for name := range methodsOf[classOf(v)] {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// propertyOf is `.name` of anything but a map: a getter without its get or is.
func propertyOf(v any, name string) (any, bool, error) {
	low := strings.ToLower(name[:1]) + name[1:]
	switch x := v.(type) {
	case string:
		switch low {
		case "empty":
			return x == "", true, nil
		case "blank":
			return blank(x), true, nil
		case "bytes":
			return nil, false, errors.New("bytes is refused: it prints an address")
		}
	case float64:
		switch {
		case low == "naN":
			return x != x, true, nil
		case low == "infinite":
			return math.IsInf(x, 0), true, nil
		}
	case *List:
		if low == "empty" && x.class != array {
			return len(x.items) == 0, true, nil
		}
	case *entry:
		switch low {
		case "key":
			return x.key, true, nil
		case "value":
			return x.val, true, nil
		}
	case *loop:
		v, ok := x.property(low)
		if !ok {
			v = x.extra.orNil(name)
		}
		return v, true, nil
	case *tool:
		v, ok := x.property(name)
		return v, ok, nil
	case Tool:
		v, err := x.Call("get"+strings.ToUpper(name[:1])+name[1:], nil)
		if errors.Is(err, ErrNoMethod) {
			return nil, false, nil
		}
		return v, err == nil, err
	}
	return nil, false, nil
}

func (m *Map) orNil(name string) any {
	if m == nil {
		return nil
	}
	return m.vals[name]
}

func (l *loop) put(name string, v any) {
	if l.extra == nil {
		l.extra = NewMap()
	}
	l.extra.put(name, v)
}

func (l *loop) property(name string) (any, bool) {
	switch name {
	case "index":
		return int32(l.index), true
	case "count":
		return int32(l.index + 1), true
	case "hasNext":
		return l.hasNext, true
	case "first":
		return l.index < 1, true
	case "last":
		return !l.hasNext, true
	case "parent":
		if l.outer == nil {
			return nil, true
		}
		return l.outer, true
	case "topmost":
		for l.outer != nil {
			l = l.outer
		}
		return l, true
	case "replaced":
		return nil, true
	}
	return nil, false
}

func loopMethods() []method {
	var out []method
	for _, p := range [...]struct{ property, method, gives string }{
		{"index", "getIndex", "int"}, {"count", "getCount", "int"}, {"hasNext", "getHasNext", "boolean"},
		{"hasNext", "hasNext", "boolean"}, {"first", "isFirst", "boolean"}, {"first", "getFirst", "boolean"},
		{"last", "isLast", "boolean"}, {"last", "getLast", "boolean"}, {"parent", "getParent", "scope"},
		{"topmost", "getTopmost", "scope"},
	} {
		out = append(out, method{p.method, "()", p.gives, func(c *call, a []any) (any, error) {
			if len(a) > 0 {
				return nil, ErrNoMethod
			}
			v, _ := c.recv.(*loop).property(p.property)
			return v, nil
		}})
	}
	return out
}

// fits reports whether the arguments are of the kinds of a signature: s text, i int, b
// boolean, l list, m map, o anything. Text and objects may be null.
func fits(a []any, kinds string) bool {
	if len(a) != len(kinds) {
		return false
	}
	for i, k := range kinds {
		ok := true
		switch v := a[i]; k {
		case 's':
			_, ok = v.(string)
			ok = ok || v == nil
		case 'i':
			_, ok = v.(int32)
		case 'b':
			_, ok = v.(bool)
		case 'l':
			l, is := v.(*List)
			ok = is && l.class != array || v == nil
		case 'm':
			_, ok = v.(*Map)
			ok = ok || v == nil
		}
		if !ok {
			return false
		}
	}
	return true
}

var errNull = errors.New("an argument is null")

// nonNull fails as Java does when a needed argument is null.
func nonNull(a []any) error {
	if slices.Contains(a, nil) {
		return errNull
	}
	return nil
}

func outOfBounds(i, n int) error {
	return fmt.Errorf("index %d is out of bounds for length %d", i, n)
}

func booleanMethods() []method {
	return []method{
		{"booleanValue", "()", "boolean", plain(func(v any) any { return v })},
		{"toString", "()", "text", toText},
		{"equals", "(object)", "boolean", equals},
		{"hashCode", "()", "int", hashCode},
		{"compareTo", "(boolean)", "int", compareTo(func(a, b any) int32 {
			x, y := a.(bool), b.(bool)
			switch {
			case x == y:
				return 0
			case x:
				return 1
			}
			return -1
		})},
		{"valueOf", "(boolean), (text)", "boolean", func(_ *call, a []any) (any, error) {
			if fits(a, "b") {
				return a[0], nil
			}
			if !fits(a, "s") {
				return nil, ErrNoMethod
			}
			s, _ := a[0].(string)
			return strings.EqualFold(s, "true"), nil
		}},
		{"parseBoolean", "(text)", "boolean", func(_ *call, a []any) (any, error) {
			if !fits(a, "s") {
				return nil, ErrNoMethod
			}
			s, _ := a[0].(string)
			return strings.EqualFold(s, "true"), nil
		}},
	}
}

// plain makes a method without arguments.
func plain(f func(v any) any) func(*call, []any) (any, error) {
	return func(c *call, a []any) (any, error) {
		if len(a) > 0 {
			return nil, ErrNoMethod
		}
		return f(c.recv), nil
	}
}

func toText(c *call, a []any) (any, error) {
	if len(a) > 0 {
		return nil, ErrNoMethod
	}
	return c.r.text(c.step.pos, c.recv)
}

func equals(c *call, a []any) (any, error) {
	if len(a) != 1 {
		return nil, ErrNoMethod
	}
	return equal(c.recv, a[0], 0), nil
}

func hashCode(c *call, a []any) (any, error) {
	if len(a) > 0 {
		return nil, ErrNoMethod
	}
	h, ok := hash(c.recv, 0)
	if !ok {
		return nil, errors.New("hashCode of this value is refused")
	}
	return h, nil
}

// hash is Java's hashCode of the values that have one of their own.
func hash(v any, depth int) (int32, bool) {
	if depth > maxDepth {
		return 0, false
	}
	switch x := norm(v).(type) {
	case nil:
		return 0, true
	case string:
		var h int32
		for _, u := range toUnits(x) {
			h = 31*h + int32(u)
		}
		return h, true
	case bool:
		if x {
			return 1231, true
		}
		return 1237, true
	case char:
		return int32(x), true
	case int32:
		return x, true
	case int64:
		return int32(x ^ int64(uint64(x)>>32)), true
	case float64:
		b := math.Float64bits(x)
		return int32(b ^ b>>32), true
	case *List:
		h := int32(1)
		if x.class == setView {
			h = 0
		}
		for _, e := range x.items {
			eh, ok := hash(e, depth+1)
			if !ok || x.class >= collection {
				return 0, false
			}
			if x.class == setView {
				h += eh
			} else {
				h = 31*h + eh
			}
		}
		return h, true
	case *entry:
		k, ok1 := hash(x.key, depth+1)
		e, ok2 := hash(x.val, depth+1)
		return k ^ e, ok1 && ok2
	case *Map:
		var h int32
		for _, k := range x.keys {
			eh, ok := hash(&entry{k, x.vals[k]}, depth+1)
			if !ok {
				return 0, false
			}
			h += eh
		}
		return h, true
	}
	return 0, false
}

func numberMethods() []method {
	return []method{
		{"intValue", "()", "int", plain(func(v any) any { return toInt32(v) })},
		{"longValue", "()", "long", plain(func(v any) any { return toInt64(v) })},
		{"doubleValue", "()", "double", plain(func(v any) any {
			if b, ok := v.(*big.Int); ok {
				f, _ := new(big.Float).SetInt(b).Float64()
				return f
			}
			return toFloat(v)
		})},
		{"toString", "()", "text", toText},
		{"equals", "(object)", "boolean", equals},
		{"hashCode", "()", "int", hashCode},
		{"compareTo", "(number of the same type)", "int", compareTo(func(a, b any) int32 { return int32(compare(a, b)) })},
		{"valueOf", "(number), (text)", "number", func(c *call, a []any) (any, error) {
			if len(a) != 1 {
				return nil, ErrNoMethod
			}
			if a[0] == nil {
				return nil, errNull
			}
			_, isText := a[0].(string)
			if v, ok := widen(c.recv, a[0]); ok {
				return v, nil
			}
			if !isText {
				return nil, ErrNoMethod
			}
			switch c.recv.(type) {
			case int32:
				return parseInt(32)(c, a)
			case int64:
				return parseInt(64)(c, a)
			}
			return parseDouble(c, a)
		}},
		{"parseInt", "(text), of an int", "int", parseInt(32)},
		{"parseLong", "(text), of a long", "long", parseInt(64)},
		{"parseDouble", "(text), of a double", "double", parseDouble},
		{"isNaN", "(), of a double", "boolean", func(c *call, a []any) (any, error) {
			f, ok := c.recv.(float64)
			if !ok || len(a) > 0 {
				return nil, ErrNoMethod
			}
			return f != f, nil
		}},
		{"isInfinite", "(), of a double", "boolean", func(c *call, a []any) (any, error) {
			f, ok := c.recv.(float64)
			if !ok || len(a) > 0 {
				return nil, ErrNoMethod
			}
			return math.IsInf(f, 0), nil
		}},
		{"max", "(number, number)", "number", extreme(1)},
		{"min", "(number, number)", "number", extreme(-1)},
		{"toHexString", "(int), of an int", "text", radix(16)},
		{"toBinaryString", "(int), of an int", "text", radix(2)},
		{"toOctalString", "(int), of an int", "text", radix(8)},
	}
}

// compareTo fails, as Java does, for a value of another class.
func compareTo(f func(a, b any) int32) func(*call, []any) (any, error) {
	return func(c *call, a []any) (any, error) {
		if len(a) != 1 {
			return nil, ErrNoMethod
		}
		if className(a[0]) != className(c.recv) {
			return nil, fmt.Errorf("a %s cannot be compared with a %s", className(c.recv), className(a[0]))
		}
		return f(c.recv, a[0]), nil
	}
}

func parseDouble(c *call, a []any) (any, error) {
	if _, ok := c.recv.(float64); !ok || !fits(a, "s") {
		return nil, ErrNoMethod
	}
	if err := nonNull(a); err != nil {
		return nil, err
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(a[0].(string)), 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return nil, fmt.Errorf("%q is not a number", a[0])
	}
	return f, nil
}

func parseInt(bits int) func(*call, []any) (any, error) {
	return func(c *call, a []any) (any, error) {
		_, small := c.recv.(int32)
		_, large := c.recv.(int64)
		if bits == 32 && !small || bits == 64 && !large || !fits(a, "s") {
			return nil, ErrNoMethod
		}
		s, ok := a[0].(string)
		n, err := strconv.ParseInt(s, 10, bits)
		if !ok || err != nil {
			return nil, fmt.Errorf("%q is not an integer of %d bits", s, bits)
		}
		if bits == 32 {
			return int32(n), nil
		}
		return n, nil
	}
}

func extreme(sign int) func(*call, []any) (any, error) {
	return func(c *call, a []any) (any, error) {
		if len(a) != 2 {
			return nil, ErrNoMethod
		}
		x, okx := widen(c.recv, a[0])
		y, oky := widen(c.recv, a[1])
		if !okx || !oky {
			return nil, ErrNoMethod
		}
		if compare(x, y)*sign >= 0 {
			return x, nil
		}
		return y, nil
	}
}

// widen turns an argument into the class of the receiver, where Java does so by itself.
func widen(recv, v any) (any, bool) {
	switch recv.(type) {
	case int32:
		_, ok := v.(int32)
		return v, ok
	case int64:
		switch v.(type) {
		case int32, int64:
			return toInt(v), true
		}
	case float64:
		switch v.(type) {
		case int32, int64, float64:
			return toFloat(v), true
		}
	}
	return nil, false
}

func radix(base int) func(*call, []any) (any, error) {
	return func(c *call, a []any) (any, error) {
		if _, ok := c.recv.(int32); !ok || !fits(a, "i") {
			return nil, ErrNoMethod
		}
		return strconv.FormatUint(uint64(uint32(a[0].(int32))), base), nil
	}
}

func entryMethods() []method {
	return []method{
		{"getKey", "()", "object", plain(func(v any) any { return v.(*entry).key })},
		{"getValue", "()", "object", plain(func(v any) any { return v.(*entry).val })},
		{"toString", "()", "text", toText},
		{"equals", "(object)", "boolean", equals},
		{"hashCode", "()", "int", hashCode},
	}
}

func iteratorMethods() []method {
	return []method{
		{"hasNext", "()", "boolean", plain(func(v any) any {
			it := v.(*iterator)
			return it.next < len(it.items)
		})},
		{"next", "()", "object", func(c *call, a []any) (any, error) {
			it := c.recv.(*iterator)
			if len(a) > 0 {
				return nil, ErrNoMethod
			}
			if it.next >= len(it.items) {
				return nil, errors.New("there is no next element")
			}
			it.next++
			return it.items[it.next-1], nil
		}},
	}
}
