package interp

import (
	"slices"
)

// A narrow leaves of one origin only some classes. A box is several of them, of different
// origins, in their order.
type narrow struct {
	at   int // of State.spans
	left []int32
}

type box []narrow

// with is a box with one origin narrowed further.
func (b box) with(n narrow) box {
	out := make(box, 0, len(b)+1)
	done := false
	for _, x := range b {
		switch {
		case x.at == n.at:
			out, done = append(out, n), true
		case x.at > n.at && !done:
			out, done = append(out, n, x), true
		default:
			out = append(out, x)
		}
	}
	if !done {
		out = append(out, n)
	}
	return out
}

func (b box) of(at int) *narrow {
	for i := range b {
		if b[i].at == at {
			return &b[i]
		}
	}
	return nil
}

// both is what two boxes share; false for nothing.
func (b box) both(o box) (box, bool) {
	if len(b) == 0 {
		return o, true
	}
	if len(o) == 0 {
		return b, true
	}
	out := make(box, 0, len(b)+len(o))
	i, j := 0, 0
	for i < len(b) || j < len(o) {
		switch {
		case j == len(o) || i < len(b) && b[i].at < o[j].at:
			out = append(out, b[i])
			i++
		case i == len(b) || o[j].at < b[i].at:
			out = append(out, o[j])
			j++
		default:
			left := common(b[i].left, o[j].left)
			if len(left) == 0 {
				return nil, false
			}
			out = append(out, narrow{b[i].at, left})
			i, j = i+1, j+1
		}
	}
	return out, true
}

func common(a, b []int32) []int32 {
	if len(a) == len(b) && slices.Equal(a, b) {
		return a
	}
	var out []int32
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			out = append(out, a[i])
			i, j = i+1, j+1
		}
	}
	return out
}

func merged(a, b []int32) []int32 {
	out := make([]int32, 0, len(a)+len(b))
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case j == len(b) || i < len(a) && a[i] < b[j]:
			out = append(out, a[i])
			i++
		case i == len(a) || b[j] < a[i]:
			out = append(out, b[j])
			j++
		default:
			out = append(out, a[i])
			i, j = i+1, j+1
		}
	}
	return out
}

// union is the box of two that differ in one origin only.
func (s *State) union(a, b box) (box, bool) {
	differs := -1
	i, j := 0, 0
	full := func(at int) []int32 { return s.spans[at].left }
	for i < len(a) || j < len(b) {
		var at int
		var x, y []int32
		switch {
		case j == len(b) || i < len(a) && a[i].at < b[j].at:
			at, x, y = a[i].at, a[i].left, full(a[i].at)
			i++
		case i == len(a) || b[j].at < a[i].at:
			at, x, y = b[j].at, full(b[j].at), b[j].left
			j++
		default:
			at, x, y = a[i].at, a[i].left, b[j].left
			i, j = i+1, j+1
		}
		if !slices.Equal(x, y) {
			if differs >= 0 {
				return nil, false
			}
			differs = at
		}
	}
	if differs < 0 {
		return a, true
	}
	x, y := full(differs), full(differs)
	if n := a.of(differs); n != nil {
		x = n.left
	}
	if n := b.of(differs); n != nil {
		y = n.left
	}
	left := merged(x, y)
	if len(left) == len(full(differs)) {
		out := slices.Clone(a)
		return slices.DeleteFunc(out, func(n narrow) bool { return n.at == differs }), true
	}
	return a.with(narrow{differs, left}), true
}
