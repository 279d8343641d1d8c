package simulate_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// TestRunsShareAProgram: runs at once, on a world file or on the emulator, give what each
// gives alone. The race detector watches.
func TestRunsShareAProgram(t *testing.T) {
	l, call := basic(t)
	file := l.scripted()
	one := func(run *simulate.Run) string {
		var out string
		for range 3 {
			o, err := run.Do(t.Context(), call)
			if err != nil {
				return err.Error()
			}
			out += fmt.Sprintf("%s %v %+v\n", said(o), o.Result.ParticipantData, o.Actions)
		}
		return out
	}
	onFile := func() *simulate.Run {
		return &simulate.Run{Program: l.p, Org: l.newOrg(), Script: world.New(file)}
	}
	want, wantEmulated := one(onFile()), one(l.emulated(t, call.At))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if got := one(onFile()); got != want {
				t.Errorf("on the world file\n%s\nwant\n%s", got, want)
			}
		})
		all.Go(func() {
			if got := one(l.emulated(t, call.At)); got != wantEmulated {
				t.Errorf("on the emulator\n%s\nwant\n%s", got, wantEmulated)
			}
		})
	}
	all.Wait()
}

// TestCallAllocatesLittle holds the call that BenchmarkRenderedCall measures to its aim of 40.
func TestCallAllocatesLittle(t *testing.T) {
	l, call := basic(t)
	run := &simulate.Run{Program: l.p, Org: l.newOrg(), Script: world.New(l.scripted())}
	n := testing.AllocsPerRun(200, func() {
		if _, err := run.Do(t.Context(), call); err != nil {
			t.Fatal(err)
		}
	})
	if n > 40 {
		t.Errorf("a call makes %v allocations, more than 40", n)
	}
}
