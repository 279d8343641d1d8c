package velocity

import (
	"errors"
	"slices"
)

var errUnsupported = errors.New("this list cannot be changed")

// onList makes a method of lists that is not there on sets and collections when indexed.
func onList(kinds string, indexed bool, f func(l *List, a []any) (any, error)) func(*call, []any) (any, error) {
	return func(c *call, a []any) (any, error) {
		l := c.recv.(*List)
		if !fits(a, kinds) || indexed && (l.class == setView || l.class == collection) {
			return nil, ErrNoMethod
		}
		return f(l, a)
	}
}

// change makes a method that changes a list.
func change(kinds string, indexed bool, f func(l *List, a []any) (any, error)) func(*call, []any) (any, error) {
	return onList(kinds, indexed, func(l *List, a []any) (any, error) {
		if l.class != arrayList {
			return nil, errUnsupported
		}
		return f(l, a)
	})
}

func (l *List) indexOf(v any) int {
	return slices.IndexFunc(l.items, func(x any) bool { return equal(x, v, 0) })
}

func (l *List) at(i any, n int) (int, error) {
	at := int(i.(int32))
	if at < 0 || at >= n {
		return 0, outOfBounds(at, n)
	}
	return at, nil
}

func listMethods() []method {
	return []method{
		{"add", "(object), (int, object)", "boolean", either(
			change("o", false, func(l *List, a []any) (any, error) {
				l.items = append(l.items, a[0])
				return true, nil
			}),
			change("io", true, func(l *List, a []any) (any, error) {
				i, err := l.at(a[0], len(l.items)+1)
				if err != nil {
					return nil, err
				}
				l.items = slices.Insert(l.items, i, a[1])
				return "", nil
			}),
		)},
		{"addAll", "(list)", "boolean", func(c *call, a []any) (any, error) {
			return change("l", false, func(l *List, a []any) (any, error) {
				if err := nonNull(a); err != nil {
					return nil, err
				}
				more := a[0].(*List).items
				if err := c.spend(16 * len(more)); err != nil {
					return nil, err
				}
				l.items = append(l.items, slices.Clone(more)...)
				return len(more) > 0, nil
			})(c, a)
		}},
		{"clear", "()", "nothing", change("", false, func(l *List, _ []any) (any, error) {
			l.items = nil
			return "", nil
		})},
		{"contains", "(object)", "boolean", onList("o", false, func(l *List, a []any) (any, error) {
			return l.indexOf(a[0]) >= 0, nil
		})},
		{"containsAll", "(list)", "boolean", onList("l", false, func(l *List, a []any) (any, error) {
			if err := nonNull(a); err != nil {
				return nil, err
			}
			return !slices.ContainsFunc(a[0].(*List).items, func(v any) bool { return l.indexOf(v) < 0 }), nil
		})},
		{"equals", "(object)", "boolean", equals},
		{"get", "(int)", "object", onList("i", true, func(l *List, a []any) (any, error) {
			i, err := l.at(a[0], len(l.items))
			if err != nil {
				return nil, err
			}
			return l.items[i], nil
		})},
		{"hashCode", "()", "int", hashCode},
		{"indexOf", "(object)", "int", onList("o", true, func(l *List, a []any) (any, error) {
			return int32(l.indexOf(a[0])), nil
		})},
		{"isEmpty", "()", "boolean", onList("", false, func(l *List, _ []any) (any, error) {
			return len(l.items) == 0, nil
		})},
		{"iterator", "()", "iterator", onList("", false, func(l *List, _ []any) (any, error) {
			return &iterator{items: l.items}, nil
		})},
		{"lastIndexOf", "(object)", "int", onList("o", true, func(l *List, a []any) (any, error) {
			for i := len(l.items) - 1; i >= 0; i-- {
				if equal(l.items[i], a[0], 0) {
					return int32(i), nil
				}
			}
			return int32(-1), nil
		})},
		{"remove", "(int), (object)", "object", either(
			change("i", true, func(l *List, a []any) (any, error) {
				i, err := l.at(a[0], len(l.items))
				if err != nil {
					return nil, err
				}
				v := l.items[i]
				l.items = slices.Delete(l.items, i, i+1)
				return v, nil
			}),
			change("o", false, func(l *List, a []any) (any, error) {
				i := l.indexOf(a[0])
				if i >= 0 {
					l.items = slices.Delete(l.items, i, i+1)
				}
				return i >= 0, nil
			}),
		)},
		{"removeAll", "(list)", "boolean", keep(false)},
		{"retainAll", "(list)", "boolean", keep(true)},
		{"set", "(int, object)", "object", func(c *call, a []any) (any, error) {
			l := c.recv.(*List)
			if !fits(a, "io") || l.class == setView || l.class == collection {
				return nil, ErrNoMethod
			}
			i, err := l.at(a[0], len(l.items))
			if err != nil {
				return nil, err
			}
			old := l.items[i]
			l.items[i] = a[1]
			return old, nil
		}},
		{"size", "()", "int", onList("", false, func(l *List, _ []any) (any, error) {
			return int32(len(l.items)), nil
		})},
		{"subList", "(int, int)", "list", onList("ii", true, func(l *List, a []any) (any, error) {
			from, to := int(a[0].(int32)), int(a[1].(int32))
			if from < 0 || to > len(l.items) || from > to {
				return nil, outOfBounds(to, len(l.items))
			}
			return &List{items: slices.Clone(l.items[from:to])}, nil
		})},
		{"toString", "()", "text", toText},
	}
}

// keep is retainAll, or removeAll.
func keep(those bool) func(*call, []any) (any, error) {
	return change("l", false, func(l *List, a []any) (any, error) {
		if err := nonNull(a); err != nil {
			return nil, err
		}
		other := a[0].(*List)
		n := len(l.items)
		l.items = slices.DeleteFunc(slices.Clone(l.items), func(v any) bool { return (other.indexOf(v) >= 0) != those })
		return len(l.items) != n, nil
	})
}

// onMap makes a method of maps; a key that is a list or a map is not supported.
func onMap(kinds string, f func(m *Map, a []any) (any, error)) func(*call, []any) (any, error) {
	return func(c *call, a []any) (any, error) {
		if !fits(a, kinds) {
			return nil, ErrNoMethod
		}
		return f(c.recv.(*Map), a)
	}
}

var errKey = errors.New("this value cannot be a key")

func mapMethods() []method {
	return []method{
		{"clear", "()", "nothing", onMap("", func(m *Map, _ []any) (any, error) {
			*m = *NewMap()
			return "", nil
		})},
		{"containsKey", "(object)", "boolean", onMap("o", func(m *Map, a []any) (any, error) {
			if !isKey(a[0]) {
				return false, nil
			}
			_, ok := m.vals[a[0]]
			return ok, nil
		})},
		{"containsValue", "(object)", "boolean", onMap("o", func(m *Map, a []any) (any, error) {
			return slices.ContainsFunc(m.values(), func(v any) bool { return equal(v, a[0], 0) }), nil
		})},
		{"entrySet", "()", "set", onMap("", func(m *Map, _ []any) (any, error) {
			l := &List{class: setView}
			for _, k := range m.keys {
				l.items = append(l.items, &entry{k, norm(m.vals[k])})
			}
			return l, nil
		})},
		{"equals", "(object)", "boolean", equals},
		{"get", "(object)", "object", onMap("o", func(m *Map, a []any) (any, error) {
			if !isKey(a[0]) {
				return nil, nil
			}
			return m.vals[a[0]], nil
		})},
		{"getOrDefault", "(object, object)", "object", onMap("oo", func(m *Map, a []any) (any, error) {
			if isKey(a[0]) {
				if v, ok := m.vals[a[0]]; ok {
					return v, nil
				}
			}
			return a[1], nil
		})},
		{"hashCode", "()", "int", hashCode},
		{"isEmpty", "()", "boolean", onMap("", func(m *Map, _ []any) (any, error) { return m.Len() == 0, nil })},
		{"keySet", "()", "set", onMap("", func(m *Map, _ []any) (any, error) {
			return &List{class: setView, items: slices.Clone(m.keys)}, nil
		})},
		{"put", "(object, object)", "object", onMap("oo", func(m *Map, a []any) (any, error) {
			if !isKey(a[0]) {
				return nil, errKey
			}
			return m.put(a[0], a[1]), nil
		})},
		{"putAll", "(map)", "nothing", onMap("m", func(m *Map, a []any) (any, error) {
			if err := nonNull(a); err != nil {
				return nil, err
			}
			from := a[0].(*Map)
			for _, k := range slices.Clone(from.keys) {
				m.put(k, from.vals[k])
			}
			return "", nil
		})},
		{"putIfAbsent", "(object, object)", "object", onMap("oo", func(m *Map, a []any) (any, error) {
			if !isKey(a[0]) {
				return nil, errKey
			}
			if v := m.vals[a[0]]; v != nil {
				return v, nil
			}
			m.put(a[0], a[1])
			return nil, nil
		})},
		{"remove", "(object)", "object", onMap("o", func(m *Map, a []any) (any, error) {
			if !isKey(a[0]) {
				return nil, nil
			}
			return m.remove(a[0]), nil
		})},
		{"replace", "(object, object), of an absent key", "object", onMap("oo", func(m *Map, a []any) (any, error) {
			if isKey(a[0]) {
				if _, ok := m.vals[a[0]]; ok {
					return nil, errors.New("refused for a key that is there; use put")
				}
			}
			return nil, nil
		})},
		{"size", "()", "int", onMap("", func(m *Map, _ []any) (any, error) { return int32(m.Len()), nil })},
		{"toString", "()", "text", toText},
		{"values", "()", "collection", onMap("", func(m *Map, _ []any) (any, error) {
			return &List{class: collection, items: m.values()}, nil
		})},
	}
}
