package jsonpath

import (
	"strings"
)

type test func(left, right node) (bool, error)

// An operator compares two values in a filter. Its name is found in any letter case.
type operator struct {
	name string
	help string
	test test
}

// operators is the table that the parser, the evaluation and the grammar page use.
func operators() []operator {
	return []operator{
		{"==", "equal; a number equals a text of the same value, null only null, nothing equals a missing value", equals},
		{"!=", "not equal; true when the path leads nowhere", negate(equals)},
		{"===", "equal and of one type", strictly},
		{"!==", "not equal or not of one type", negate(strictly)},
		{"<", "less; numbers with numbers, texts with texts, else false", ordered(func(c int) bool { return c < 0 })},
		{"<=", "less or equal", ordered(func(c int) bool { return c <= 0 })},
		{">", "greater", ordered(func(c int) bool { return c > 0 })},
		{">=", "greater or equal", ordered(func(c int) bool { return c >= 0 })},
		{"=~", "matches the whole text: `@.name =~ /ab.*/i`; flags i, m, s; null and missing count as an empty text", matches},
		{"in", "is an item of the list on the right", in},
		{"nin", "is no item of the list on the right", negate(in)},
		{"contains", "the list or text on the left contains the value on the right", contains},
		{"exists", "compares two truth values; whether a path leads somewhere is asked by the path alone: `[?(@.a)]`", truth},
		{"all", "never true for lists in a filter; use subsetof the other way round", never},
		{"type", "never true in a filter", never},
		{"matches", "never true in a filter", never},
		{"size", "the list or text on the left has this length", size},
		{"empty", "the list or text on the left is empty (true) or not (false); an object ends the evaluation", empty},
		{"subsetof", "all items of the left list are in the right one", lists(func(l, r []node) bool {
			for _, n := range l {
				if !holds(r, n) {
					return false
				}
			}
			return true
		})},
		{"anyof", "the lists have an item in common", lists(common)},
		{"noneof", "the lists have no item in common", lists(func(l, r []node) bool { return !common(l, r) })},
	}
}

func operatorNamed(name string) (operator, bool) {
	for _, o := range operators() {
		if strings.EqualFold(o.name, name) {
			return o, true
		}
	}
	return operator{}, false
}

func operatorNames() string {
	var names []string
	for _, o := range operators() {
		names = append(names, o.name)
	}
	return strings.Join(names, " ")
}

func negate(t test) test {
	return func(l, r node) (bool, error) {
		ok, err := t(l, r)
		return !ok && err == nil, err
	}
}

func strictly(l, r node) (bool, error) {
	if l.kind != r.kind {
		return false, nil
	}
	return equals(l, r)
}

func ordered(want func(int) bool) test {
	return func(l, r node) (bool, error) {
		switch {
		case l.kind == nodeNumber && r.kind == nodeNumber:
			return want(compareNumbers(l.text, r.text)), nil
		case l.kind == nodeString && r.kind == nodeString:
			return want(strings.Compare(l.text, r.text)), nil
		}
		return false, nil
	}
}

func matches(l, r node) (bool, error) {
	if (l.kind == nodePattern) == (r.kind == nodePattern) {
		return false, nil
	}
	if l.kind == nodePattern {
		l, r = r, l
	}
	if l.kind == nodeJSON {
		items, ok, err := l.items()
		if err != nil {
			return false, err
		}
		if ok {
			for _, n := range items {
				if r.pattern.MatchString(n.input()) {
					return true, nil
				}
			}
			return false, nil
		}
	}
	return r.pattern.MatchString(l.input()), nil
}

func in(l, r node) (bool, error) {
	items, ok, err := r.items()
	return ok && holds(items, l), err
}

func contains(l, r node) (bool, error) {
	switch {
	case l.kind == nodeString && r.kind == nodeString:
		return strings.Contains(l.text, r.text), nil
	case l.kind == nodeJSON:
		items, ok, err := l.items()
		return ok && holds(items, r), err
	}
	return false, nil
}

// truth is the operator exists, which only compares truth values written beside it.
func truth(l, r node) (bool, error) {
	if l.kind != nodeBool && r.kind != nodeBool {
		return false, faultf(hard, "exists needs true or false")
	}
	if l.kind != r.kind {
		return false, faultf(invalid, "exists needs true or false on both sides")
	}
	return l.truth == r.truth, nil
}

// never is an operator that the dialect knows but that no value fits: the filter says no.
func never(node, node) (bool, error) { return false, faultf(invalid, "cannot be applied") }

func size(l, r node) (bool, error) {
	if r.kind != nodeNumber {
		return false, nil
	}
	n := -1
	switch {
	case l.kind == nodeString:
		n = length(l.text)
	case l.kind != nodeJSON:
		return false, nil
	case l.err != nil:
		return false, faultf(hard, "%v", l.err)
	case l.json.kind == Array:
		n = l.json.Len()
	}
	want, _, _ := strings.Cut(r.text, ".")
	return compareNumbers(Int(int64(n)).text, want) == 0, nil
}

func empty(l, r node) (bool, error) {
	is := false
	switch l.kind {
	case nodeString:
		is = l.text == ""
	case nodeJSON:
		if l.err != nil || l.json.kind == Object {
			return false, faultf(hard, "empty cannot be applied to an object")
		}
		is = l.json.Len() == 0
	default:
		return false, nil
	}
	if r.kind != nodeBool {
		return false, faultf(invalid, "expected true or false")
	}
	return is == r.truth, nil
}

func common(l, r []node) bool {
	for _, n := range l {
		if holds(r, n) {
			return true
		}
	}
	return false
}

func lists(f func(l, r []node) bool) test {
	return func(l, r node) (bool, error) {
		right, ok, err := r.items()
		if err != nil || !ok {
			return false, err
		}
		left, ok, err := l.items()
		if err != nil || !ok {
			return false, err
		}
		return f(left, right), nil
	}
}
