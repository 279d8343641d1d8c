package reconcile_test

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/aymanbagabas/go-udiff"
	"github.com/dealroute/dealroute/pkg/reconcile"
)

// everyFault runs the whole matrix: each call, each way to go wrong. Without it each call
// has one way, in turn.
var everyFault = flag.Bool("every-fault", false, "try every fault at every call of setup and destroy (minutes)")

// disturb runs setup, or what change makes of it, from the state that prepare leaves:
// undisturbed, for the state it ends in and the number of its calls. Then, for each call, in
// an org of its own each: a run in which that call goes wrong, and one without faults. The
// end must be the same, and a further plan empty. Without -every-fault only each call of the
// stride is tried.
func disturb(t *testing.T, stride int, prepare func(*testing.T, *world), change func(*reconcile.Config)) {
	calm := newWorld(t)
	prepare(t, calm)
	start := calm.server.State()
	calm.arm(t, 0, fault{}, nil)
	if err := calm.run(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	want, calls := dump(t, calm.server.State()), calm.gate.calls()
	if calls < 20 {
		t.Fatalf("only %d calls", calls)
	}
	var mu sync.Mutex
	survived, tried, odd, refused := 0, 0, 0, 0
	untold := map[string]int{} // runs that claim to have done what is not done, by fault
	t.Run("calls", func(t *testing.T) {
		for n := 1; n <= calls; n++ {
			if !*everyFault && n%stride != 0 {
				continue
			}
			for i, f := range faults {
				if !*everyFault && i != n%len(faults) {
					continue
				}
				t.Run(fmt.Sprintf("%d %s", n, f.name), func(t *testing.T) {
					t.Parallel()
					w := newWorldOf(t, start)
					ctx, kill := context.WithCancel(t.Context())
					defer kill()
					w.arm(t, n, f, kill)
					told, err := w.told(ctx, change)
					if f.odd {
						w.arm(t, 0, fault{}, nil)
						left := changes(w.read(t, change).Plan())
						mu.Lock()
						odd++
						switch {
						case err != nil:
							refused++
						case left != "" && told == "":
							untold[f.name]++
							t.Logf("nobody said that this was not done: %s", left)
						}
						mu.Unlock()
						for _, bad := range []string{"json:", "unmarshal", "unexpected end", "invalid character", "context "} {
							if err != nil && strings.Contains(err.Error(), bad) {
								t.Errorf("the error says %q: %v", bad, err)
							}
						}
					}
					if !f.kill && !f.odd {
						mu.Lock()
						tried++
						if err == nil {
							survived++
						} else {
							t.Logf("the run with the fault: %v", err)
						}
						mu.Unlock()
					}
					w.arm(t, 0, fault{}, nil)
					if err := w.run(t.Context(), change); err != nil {
						t.Fatalf("the run after it: %v (before: %v)", err, err)
					}
					if got := dump(t, w.server.State()); got != want {
						t.Errorf("another end than undisturbed:\n%s", udiff.Unified("undisturbed", "disturbed", want, got))
					}
					if got := changes(w.read(t, change).Plan()); strings.TrimSpace(got) != "" {
						t.Errorf("a further plan is not empty:\n%s", got)
					}
				})
			}
		}
	})
	t.Logf("%d calls; %d of %d runs with one fault came to their end; of %d with an odd answer %d refused it; claimed what was not so: %v", calls, survived, tried, odd, refused, untold)
	if survived < tried {
		t.Errorf("%d of %d runs with one passing fault failed", tried-survived, tried)
	}
}

// told is run, with its warnings.
func (w *world) told(ctx context.Context, change func(*reconcile.Config)) (string, error) {
	cfg := w.config()
	if change != nil {
		change(&cfg)
	}
	r, err := reconcile.Read(ctx, w.client, cfg)
	if err != nil {
		return "", err
	}
	_, err = r.Apply(ctx)
	return strings.Join(r.Warnings(), "\n"), err
}

func TestSetupDisturbedAtEachCall(t *testing.T) {
	disturb(t, 1, func(*testing.T, *world) {}, nil)
}

func TestDestroyDisturbedAtEachCall(t *testing.T) {
	disturb(t, 1, func(t *testing.T, w *world) { apply(t, w.read(t, nil)) }, destroying)
}
