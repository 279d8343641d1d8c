package velocity

import (
	"math/big"
	"strconv"
)

// print appends text to the output.
func (r *run) print(pos int, s string) error {
	r.out = append(r.out, s...)
	return r.spend(pos, len(s)+1)
}

// printValue appends a value in Java's form.
func (r *run) printValue(pos int, v any) error {
	from := len(r.out)
	if err := r.appendValue(pos, v, 0); err != nil {
		return err
	}
	return r.spend(pos, len(r.out)-from+1)
}

// text is toString().
func (r *run) text(pos int, v any) (string, error) {
	switch x := v.(type) {
	case string:
		return x, nil
	case nil:
		return "null", nil
	}
	from := len(r.out)
	err := r.printValue(pos, v)
	s := string(r.out[from:])
	r.out = r.out[:from]
	return s, err
}

func (r *run) appendValue(pos int, v any, depth int) error {
	if depth > maxDepth {
		return r.t.errorAt(pos, "a value contains itself")
	}
	switch x := v.(type) {
	case nil:
		r.out = append(r.out, "null"...)
	case string:
		r.out = append(r.out, x...)
	case bool:
		r.out = strconv.AppendBool(r.out, x)
	case int32:
		r.out = strconv.AppendInt(r.out, int64(x), 10)
	case int64:
		r.out = strconv.AppendInt(r.out, x, 10)
	case *big.Int:
		r.out = x.Append(r.out, 10)
	case float64:
		r.out = javaDouble(r.out, x)
	case char:
		r.out = append(r.out, fromUnits([]uint16{uint16(x)})...)
	case *Map:
		r.out = append(r.out, '{')
		for i, k := range x.keys {
			if i > 0 {
				r.out = append(r.out, ", "...)
			}
			v := x.vals[k]
			if v == any(x) {
				v = "(this Map)"
			}
			if err := r.appendEntry(pos, k, v, depth); err != nil {
				return err
			}
		}
		r.out = append(r.out, '}')
	case *entry:
		return r.appendEntry(pos, x.key, x.val, depth)
	case *List:
		if x.class == array {
			return r.t.errorAt(pos, "an array prints an address; use its elements")
		}
		r.out = append(r.out, '[')
		for i, v := range x.items {
			if i > 0 {
				r.out = append(r.out, ", "...)
			}
			if v == any(x) {
				v = "(this Collection)"
			}
			if err := r.appendElement(pos, v, depth); err != nil {
				return err
			}
		}
		r.out = append(r.out, ']')
	case *loop:
		if x.extra != nil {
			return r.appendValue(pos, x.extra, depth)
		}
		r.out = append(r.out, "{}"...)
	default:
		if n := norm(v); printable(n) {
			return r.appendValue(pos, n, depth)
		}
		return r.t.errorAt(pos, "a %s has no text", className(v))
	}
	return nil
}

func (r *run) appendEntry(pos int, k, v any, depth int) error {
	if err := r.appendElement(pos, k, depth); err != nil {
		return err
	}
	r.out = append(r.out, '=')
	return r.appendElement(pos, v, depth)
}

func (r *run) appendElement(pos int, v any, depth int) error {
	if err := r.spend(pos, 1); err != nil {
		return err
	}
	return r.appendValue(pos, v, depth+1)
}

// printable reports whether appendValue knows the type of v.
func printable(v any) bool {
	switch v.(type) {
	case nil, string, bool, int32, int64, *big.Int, float64, char, *Map, *List, *entry, *loop:
		return true
	}
	return false
}
