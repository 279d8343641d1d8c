package load

// A heap gives what is due first, and of what is due at the same time what was put in first.
type heap[T any] []item[T]

type item[T any] struct {
	at    int64
	seq   uint64
	value T
}

func (a *item[T]) before(b *item[T]) bool { return a.at < b.at || a.at == b.at && a.seq < b.seq }

// first is when the first is due.
func (h heap[T]) first() int64 {
	if len(h) == 0 {
		return never
	}
	return h[0].at
}

func (h *heap[T]) push(at int64, seq uint64, v T) {
	s := append(*h, item[T]{at, seq, v})
	for i := len(s) - 1; i > 0; {
		up := (i - 1) / 2
		if s[up].before(&s[i]) {
			break
		}
		s[up], s[i] = s[i], s[up]
		i = up
	}
	*h = s
}

func (h *heap[T]) pop() T {
	s := *h
	v, n := s[0].value, len(s)-1
	s[0], s[n] = s[n], item[T]{}
	s = s[:n]
	for i := 0; ; {
		least := i
		for _, c := range [2]int{2*i + 1, 2*i + 2} {
			if c < n && s[c].before(&s[least]) {
				least = c
			}
		}
		if least == i {
			break
		}
		s[i], s[least] = s[least], s[i]
		i = least
	}
	*h = s
	return v
}
