package jsonpath

import (
	"math"
	"strconv"
	"strings"
)

// A call is a function at work: the value it stands behind and its arguments.
type call struct {
	e    *evaluation
	v    Value
	args []Value // of paths and JSON in the order written
	path []bool  // whether the argument was a path
	raw  []argument
}

// A function can stand behind a value. Numbers written as arguments are ignored by all but
// concat and append: that is the dialect's way with its JSON tree.
type function struct {
	name string
	help string
	f    func(call) (Value, error)
}

// functions is the table that the parser, the evaluation and the grammar page use.
func functions() []function {
	return []function{
		{"length", "number of items or members; null for anything else", count},
		{"size", "the same as length", count},
		{"keys", "names of the members of an object; null for anything else", keys},
		{"first", "first item of an array; of an empty one nothing", at(0)},
		{"last", "last item of an array; an array of one item is an error", at(-1)},
		{"index", "item at the index that a path in the parentheses gives", atArgument},
		{"min", "least of the numbers in an array; other items are passed over, none is an error", fold(func(xs []float64) float64 {
			m := math.MaxFloat64
			for _, x := range xs {
				m = min(m, x)
			}
			return m
		})},
		{"max", "greatest of the numbers in an array", fold(func(xs []float64) float64 {
			m := math.SmallestNonzeroFloat64 // so the dialect begins: of numbers below zero it gives 4.9E-324
			for _, x := range xs {
				m = max(m, x)
			}
			return m
		})},
		{"sum", "sum of the numbers in an array", fold(sum)},
		{"avg", "mean of the numbers in an array", fold(func(xs []float64) float64 { return sum(xs) / float64(len(xs)) })},
		{"stddev", "standard deviation of the numbers in an array", fold(func(xs []float64) float64 {
			var squares float64
			for _, x := range xs {
				squares += x * x
			}
			n, s := float64(len(xs)), sum(xs)
			return math.Sqrt(squares/n - s*s/n/n)
		})},
		{"concat", "the texts of an array, then the arguments, as one text", concat},
		{"append", "the array with the arguments behind its items", appended},
	}
}

func functionNamed(name string) (function, bool) {
	for _, f := range functions() {
		if f.name == name {
			return f, true
		}
	}
	return function{}, false
}

func (e *evaluation) call(i int, v Value) error {
	s := &e.steps[i]
	if s.apply == nil {
		return faultf(invalid, "there is no function %q", s.function)
	}
	c := call{e: e, v: v, raw: s.args}
	for _, a := range s.args {
		if a.path == nil {
			if a.err != nil {
				return faultf(hard, "argument of %s: %v", s.function, a.err)
			}
			c.args, c.path = append(c.args, a.json), append(c.path, false)
			continue
		}
		got, err := e.path(a.path, e.root)
		if err != nil {
			return err
		}
		c.args, c.path = append(c.args, got), append(c.path, true)
	}
	got, err := s.apply(c)
	if err != nil {
		return err
	}
	e.results = append(e.results, got)
	if e.last(i) {
		return nil
	}
	return e.from(i+1, got)
}

func count(c call) (Value, error) {
	if len(c.raw) > 0 {
		inner := c.raw[0].path
		if inner == nil {
			return Value{}, faultf(hard, "length needs a path in its parentheses")
		}
		if !inner.isCall() && len(inner.steps) > 0 {
			all := &Path{text: inner.text, steps: append(append([]step(nil), inner.steps...), step{kind: stepWildcard}), fromRoot: inner.fromRoot}
			all.finish()
			all.definite = inner.definite // decided before the wildcard came: then only the last match counts
			inner = all
		}
		got, err := c.e.path(inner, c.v)
		if err != nil {
			return Value{}, err
		}
		if got.kind == Array {
			return Int(int64(got.Len())), nil
		}
	}
	if c.v.kind != Array && c.v.kind != Object {
		return Value{}, nil
	}
	return Int(int64(c.v.Len())), nil
}

func keys(c call) (Value, error) {
	if c.v.kind != Object {
		return Value{}, nil
	}
	out := make([]Value, c.v.Len())
	for i, n := range c.v.list.names {
		out[i] = Text(n)
	}
	return List(out...), nil
}

func at(i int) func(call) (Value, error) {
	return func(c call) (Value, error) { return c.item(i) }
}

func atArgument(c call) (Value, error) {
	ns := c.numbers()
	if len(ns) == 0 {
		return Value{}, faultf(outOfRange, "index needs a path to a number in its parentheses")
	}
	return c.item(int(ns[0]))
}

func (c call) item(i int) (Value, error) {
	switch n := c.v.Len(); {
	case c.v.kind != Array:
		return Value{}, faultf(hard, "expected an array, found %s", c.v.kind)
	case i >= 0 && i < n:
		return c.v.list.items[i], nil
	case i >= 0:
		return Value{}, faultf(outOfRange, "the array has no item %d", i)
	case n+i > 0:
		return c.v.list.items[n+i], nil
	}
	return Value{}, faultf(hard, "the array is too short")
}

// numbers are the numbers among the arguments that are paths.
func (c call) numbers() []float64 {
	var out []float64
	add := func(v Value) {
		if v.kind == Number {
			f, _ := strconv.ParseFloat(v.text, 64)
			out = append(out, f)
		}
	}
	for i, a := range c.args {
		if a.kind == Array {
			for _, v := range a.list.items {
				add(v)
			}
		} else if c.path[i] {
			add(a)
		}
	}
	return out
}

func sum(xs []float64) float64 {
	var s float64
	for _, x := range xs {
		s += x
	}
	return s
}

func fold(f func([]float64) float64) func(call) (Value, error) {
	return func(c call) (Value, error) {
		var xs []float64
		if c.v.kind == Array {
			xs = call{args: []Value{c.v}, path: []bool{true}}.numbers()
		}
		xs = append(xs, c.numbers()...)
		if len(xs) == 0 {
			return Value{}, faultf(hard, "there are no numbers to calculate with")
		}
		got := f(xs)
		if math.IsNaN(got) || math.IsInf(got, 0) {
			return Text(strconv.FormatFloat(got, 'g', -1, 64)), nil
		}
		return Digits(double(got)), nil
	}
}

func concat(c call) (Value, error) {
	var b strings.Builder
	if c.v.kind == Array {
		for _, v := range c.v.list.items {
			b.WriteString(v.Str())
		}
	}
	for i, a := range c.args {
		switch {
		case a.kind == Array:
			for _, v := range a.list.items {
				b.WriteString(v.plain())
			}
		case c.path[i]:
			b.WriteString(a.plain())
		default: // JSON stays JSON: a text keeps its quotes
			b.Write(a.AppendJSON(nil))
		}
	}
	return Text(b.String()), nil
}

// plain is a value as text: nothing for null.
func (v Value) plain() string {
	switch v.kind {
	case Null:
		return ""
	case String:
		return v.text
	}
	return v.String()
}

func appended(c call) (Value, error) {
	if c.v.kind != Array {
		return c.v, nil
	}
	items := append([]Value(nil), c.v.list.items...)
	return List(append(items, c.args...)...), nil
}
