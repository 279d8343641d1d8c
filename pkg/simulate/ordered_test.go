package simulate_test

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"

	"github.com/dealroute/dealroute/pkg/simulate"
)

// counting gives the numbers up to n.
func counting(n int) func() (int, error) {
	at := 0
	return func() (int, error) {
		if at == n {
			return 0, io.EOF
		}
		at++
		return at, nil
	}
}

// Results come in the order of what was given, whoever is done first, and no more is under way
// than the window holds.
func TestOrderedKeepsTheOrder(t *testing.T) {
	const n, workers = 5000, 3
	var begun, handed atomic.Int64
	slow := make(chan struct{})
	want := 1
	err := simulate.Ordered(t.Context(), workers, counting(n), func(_ context.Context, w, item int) (int, error) {
		if w < 0 || w >= workers {
			t.Errorf("worker %d", w)
		}
		begun.Add(1)
		if item == 1 { // the others go on until the window is full
			<-slow
		} else if begun.Load() > workers*50 {
			select {
			case <-slow:
			default:
				close(slow)
			}
		}
		if ahead := begun.Load() - handed.Load(); ahead > workers*70 {
			t.Errorf("%d calls are under way at once", ahead)
		}
		return item, nil
	}, func(item int) error {
		handed.Add(1)
		if item != want {
			t.Fatalf("%d came where %d was to", item, want)
		}
		want++
		return nil
	})
	if err != nil || want != n+1 {
		t.Errorf("%d came, %v", want-1, err)
	}
}

// What ends a run ends it at once: also while next waits for input that does not come.
func TestOrderedStops(t *testing.T) {
	bad := errors.New("bad")
	same := func(_ context.Context, _, item int) (int, error) { return item, nil }
	none := func(int) error { return nil }
	stuck := make(chan struct{})
	defer close(stuck)
	thenStuck := func(n int) func() (int, error) {
		next := counting(n)
		return func() (int, error) {
			v, err := next()
			if err != nil {
				<-stuck
			}
			return v, err
		}
	}
	cancelled, cancel := context.WithCancel(t.Context())
	for _, c := range []struct {
		name string
		run  func() error
		want error
	}{
		{"work", func() error {
			last := 0
			err := simulate.Ordered(t.Context(), 2, thenStuck(20), func(_ context.Context, _, item int) (int, error) {
				if item >= 10 {
					return 0, bad
				}
				return item, nil
			}, func(item int) error { last = item; return nil })
			if last != 9 {
				t.Errorf("%d calls before the error", last)
			}
			return err
		}, bad},
		{"done", func() error {
			return simulate.Ordered(t.Context(), 2, thenStuck(20), same, func(int) error { return bad })
		}, bad},
		{"next", func() error {
			return simulate.Ordered(t.Context(), 2, func() (int, error) { return 0, bad }, same, none)
		}, bad},
		{"the context", func() error {
			return simulate.Ordered(cancelled, 2, thenStuck(20), same, func(item int) error {
				if item == 20 {
					cancel()
				}
				return nil
			})
		}, context.Canceled},
		{"nothing", func() error { return simulate.Ordered(t.Context(), 2, counting(0), same, none) }, nil},
	} {
		if err := c.run(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
