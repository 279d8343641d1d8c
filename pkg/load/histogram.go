package load

import (
	"math"
	"math/bits"
	"time"
)

// A Histogram counts durations in classes whose width is under a hundredth of them, in memory
// that does not grow. The greatest one is kept as it is.
type Histogram struct {
	counts []int64
	n      int64
	max    time.Duration
}

const (
	unit    = 10 * time.Microsecond
	halving = 7 // 2^halving classes for each doubling
)

func class(d time.Duration) int {
	v := uint64(max(d, 0) / unit)
	if v < 1<<halving {
		return int(v)
	}
	shift := bits.Len64(v) - halving - 1
	return shift<<halving + int(v>>shift)
}

// upper is the greatest duration of a class.
func upper(c int) time.Duration {
	if c < 2<<halving {
		return time.Duration(c) * unit
	}
	shift := c>>halving - 1
	return time.Duration((uint64(c-shift<<halving)+1)<<shift-1) * unit
}

// Add counts one.
func (h *Histogram) Add(d time.Duration) {
	c := class(d)
	if c >= len(h.counts) {
		more := make([]int64, c+1+1<<halving)
		copy(more, h.counts)
		h.counts = more
	}
	h.counts[c]++
	h.n++
	h.max = max(h.max, d)
}

func (h *Histogram) reset() {
	clear(h.counts)
	h.n, h.max = 0, 0
}

// At is the duration that a share of them does not exceed; 0 without any.
func (h *Histogram) At(share float64) time.Duration {
	need := max(1, int64(math.Ceil(share*float64(h.n))))
	var sum int64
	for c, k := range h.counts {
		if sum += k; sum >= need {
			return min(upper(c), h.max)
		}
	}
	return h.max
}

// Max is the greatest one.
func (h *Histogram) Max() time.Duration { return h.max }
