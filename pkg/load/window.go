package load

import "time"

// A window counts what a limit lets through in a period. Either the periods are those of the
// clock, or the period is the one that ends now. What is refused does not count.
type window struct {
	limit   int // 0: none
	period  int64
	rolling bool

	cell, taken int64   // of the clock's periods: which one, and what it let through
	times       []int64 // of the last ones let through, rolling, the next to be overwritten at next
	next        int

	most    int64 // let through in one period of the clock
	peak    int64 // most in one period of the clock, refused ones included
	asked   int64 // in the period of the clock that began last
	counted int64 // which period that is
}

func newWindow(limit int, period time.Duration, rolling bool) window {
	w := window{limit: limit, period: int64(period), rolling: rolling, cell: -1, counted: -1}
	if rolling && limit > 0 {
		w.times = make([]int64, limit)
		for i := range w.times {
			w.times[i] = -int64(period)
		}
	}
	return w
}

// open reports whether one more is let through at a time; times do not go back.
func (w *window) open(at int64) bool {
	switch {
	case w.limit == 0:
		return true
	case w.rolling:
		return w.times[w.next] <= at-w.period
	}
	return at/w.period != w.cell || w.taken < int64(w.limit)
}

// take lets one through.
func (w *window) take(at int64) {
	switch {
	case w.limit == 0:
	case w.rolling:
		w.times[w.next] = at
		w.next = (w.next + 1) % w.limit
	default:
		if c := at / w.period; c != w.cell {
			w.cell, w.taken = c, 0
		}
		w.taken++
		w.most = max(w.most, w.taken)
	}
}

// ask counts a request of ours, let through or not.
func (w *window) ask(at int64) {
	if c := at / w.period; c != w.counted {
		w.counted, w.asked = c, 0
	}
	w.asked++
	w.peak = max(w.peak, w.asked)
}

// A busy counts executions that go on at the same time.
type busy struct {
	limit int // 0: none
	ends  []int64
	peak  int
}

// open reports whether one more may begin.
func (b *busy) open(at int64) bool {
	for len(b.ends) > 0 && b.ends[0] <= at {
		n := len(b.ends) - 1
		b.ends[0] = b.ends[n]
		b.ends = b.ends[:n]
		for i := 0; ; {
			least := i
			for _, c := range [2]int{2*i + 1, 2*i + 2} {
				if c < n && b.ends[c] < b.ends[least] {
					least = c
				}
			}
			if least == i {
				break
			}
			b.ends[i], b.ends[least] = b.ends[least], b.ends[i]
			i = least
		}
	}
	return b.limit == 0 || len(b.ends) < b.limit
}

// until says when one that began ends.
func (b *busy) until(end int64) {
	b.ends = append(b.ends, end)
	for i := len(b.ends) - 1; i > 0; {
		up := (i - 1) / 2
		if b.ends[up] <= b.ends[i] {
			break
		}
		b.ends[up], b.ends[i] = b.ends[i], b.ends[up]
		i = up
	}
	b.peak = max(b.peak, len(b.ends))
}
