package cli

import (
	"runtime/debug"
	"testing"
)

// TestProofsLeaveTheCollectorAsItWas: also those that overlap and end in any order. What is set is
// the whole process's, so this test runs alone.
func TestProofsLeaveTheCollectorAsItWas(t *testing.T) {
	look := func() (percent int, limit int64) {
		percent = debug.SetGCPercent(100)
		debug.SetGCPercent(percent)
		return percent, debug.SetMemoryLimit(-1)
	}
	env := session{Env: &Env{Getenv: func(string) string { return "" }}}
	percent, limit := look()
	for _, order := range [][]int{{0, 1}, {1, 0}} {
		ends := []func(){roomy(env), roomy(env)}
		if _, l := look(); l != proofRoom {
			t.Errorf("a proof has %d bytes of room", l)
		}
		for _, i := range order {
			ends[i]()
		}
		if p, l := look(); p != percent || l != limit {
			t.Errorf("proofs that ended in the order %v leave %d percent and %d bytes, not %d and %d", order, p, l, percent, limit)
		}
	}
}
