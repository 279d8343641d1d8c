package interp_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
)

// TestProgramsAreShared runs calls of all cases at once, some of them for their keys, and
// expects of each what it gives alone. The race detector watches.
func TestProgramsAreShared(t *testing.T) {
	levels := []interp.Trace{interp.TraceOff, interp.TracePath, interp.TraceFull}
	for _, c := range cases(t) {
		one := func(level interp.Trace) string {
			w := world.New(c.script)
			r, err := interp.Run(t.Context(), c.program, c.call(), w, interp.RunOptions{Trace: level})
			return format(r, err, w.Notes())
		}
		var want []string
		for _, l := range levels {
			want = append(want, one(l))
		}
		var all sync.WaitGroup
		for i := range 6 {
			all.Go(func() {
				c.program.Start(c.call()).AppendKey(nil)
				for j := range 3 {
					if k := (i + j) % len(levels); one(levels[k]) != want[k] {
						t.Errorf("%s: a run among others ended otherwise", c.path)
					}
				}
			})
		}
		all.Wait()
	}
}

// TestResultsStay: a result belongs to the caller, whatever runs afterwards.
func TestResultsStay(t *testing.T) {
	for _, level := range []interp.Trace{interp.TracePath, interp.TraceFull} {
		var results []interp.Result
		var before []string
		p, f := rendered(t)
		for i := range 4 {
			call := f.Start()
			call.ANI = fmt.Sprintf("+1513555010%d", i)
			r, err := interp.Run(t.Context(), p, call, world.New(f), interp.RunOptions{Trace: level})
			if err != nil {
				t.Fatal(err)
			}
			if i%2 == 0 { // between them one of another length
				if _, err := interp.Run(t.Context(), p, interp.Call{ANI: "anonymous"}, world.New(nil), interp.RunOptions{Trace: level}); err != nil {
					t.Fatal(err)
				}
			}
			results, before = append(results, r), append(before, format(r, nil, nil))
		}
		for i, r := range results {
			if d := cmp.Diff(before[i], format(r, nil, nil)); d != "" {
				t.Errorf("the result of call %d changed afterwards: %s", i, d)
			}
		}
	}
}

// TestKeptVariablesAreInTheResult: in the order in which they were asked for.
func TestKeptVariablesAreInTheResult(t *testing.T) {
	f, _ := parseQuiet(`inboundCall:
  name: keep
  startUpRef: "/inboundCall/tasks/task[T]"
  variables:
    - integerVariable: {name: Flow.V, initialValue: {lit: 7}}
    - stringVariable: {name: Flow.W, initialValue: {lit: w}}
  tasks:
    - task: {name: T, refId: T, actions: [{updateData: {statements: [{string: {variable: Flow.W, value: {lit: x}}}]}}, {disconnect: {}}]}
`)
	p, err := interp.Compile(f, interp.Options{Keep: []string{"flow.w", "Flow.Unknown", "Flow.V", "Call.Ani"}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := interp.Run(t.Context(), p, interp.Call{ANI: "x"}, world.New(nil), interp.RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(r.Kept[0], r.Kept[2]); got != `"x" 7` || r.Kept[1].Type() != expr.Invalid || r.Kept[3].Type() != expr.Invalid {
		t.Errorf("kept %v", r.Kept)
	}
}

// A stopper interrupts the run while it answers.
type stopper struct {
	interp.World
	stop context.CancelFunc
}

func (s stopper) Do(ctx context.Context, e *interp.Effect) (interp.Outcome, error) {
	s.stop()
	return s.World.Do(ctx, e)
}

// TestInterruptedAnswer: an answer that comes while the run is interrupted is none, also the
// last one.
func TestInterruptedAnswer(t *testing.T) {
	f, _ := parseQuiet(`inboundCall:
  name: stop
  startUpRef: "/inboundCall/tasks/task[T]"
  tasks:
    - task: {name: T, refId: T, actions: [{transferToAcd: {targetQueue: {lit: {name: Q}}}}]}
`)
	p, err := interp.Compile(f, interp.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	r, err := interp.Run(ctx, p, interp.Call{ANI: "x"}, stopper{world.New(nil), stop}, interp.RunOptions{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%+v, %v", r, err)
	}
}
