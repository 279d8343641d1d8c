package genesys_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/genesys"
)

// paused records pauses and lets none of them take time.
func paused(into *[]time.Duration) genesys.Pause {
	return func(_ context.Context, d time.Duration) error {
		*into = append(*into, d)
		return nil
	}
}

func sum(ds []time.Duration) time.Duration {
	var out time.Duration
	for _, d := range ds {
		out += d
	}
	return out
}

// Every lag says what it waits for and who says so, and none waits without end.
func TestEveryLagHasASourceAndABound(t *testing.T) {
	for _, l := range genesys.Lags() {
		m := l.Terms()
		if m.What == "" || m.Source == "" || m.Bound <= 0 || m.Bound > 20*time.Minute {
			t.Errorf("lag %d lacks something: %+v", l, m)
			continue
		}
		if asked := m.First > 0; asked != (m.Longest > 0) || m.Longest < m.First || !asked && m.Ahead != m.Bound || m.Ahead > m.Bound {
			t.Errorf("%s: the terms do not fit together: %+v", l, m)
			continue
		}
		if m.First == 0 {
			continue
		}
		var pauses []time.Duration
		err := l.Poll(t.Context(), paused(&pauses), func() (bool, error) { return false, nil })
		var late *genesys.LateError
		if !errors.As(err, &late) || late.Waited != m.Bound || sum(pauses) != m.Bound {
			t.Errorf("%s: %v after pauses of %s, the bound is %s", l, err, sum(pauses), m.Bound)
		}
		if slices.Max(pauses) > m.Longest {
			t.Errorf("%s: a pause of %s", l, slices.Max(pauses))
		}
	}
}

func TestPoll(t *testing.T) {
	cause := errors.New("job 7 is still Started")
	var pauses []time.Duration
	err := genesys.FlowPublished.Poll(t.Context(), paused(&pauses), func() (bool, error) { return false, cause })
	if want := "waited 16m0s for the platform to validate and publish the flow: job 7 is still Started"; fmt.Sprint(err) != want || !errors.Is(err, cause) {
		t.Errorf("when time runs out: %v, want %s", err, want)
	}

	pauses = nil
	if err := genesys.FlowPublished.Poll(t.Context(), paused(&pauses), func() (bool, error) { return sum(pauses) > 40*time.Second, nil }); err != nil {
		t.Error(err)
	}
	steady := append([]time.Duration{time.Second}, slices.Repeat([]time.Duration{500 * time.Millisecond}, 38)...)
	if want := append(steady, 750*time.Millisecond, 1125*time.Millisecond, 1687500*time.Microsecond, 2531250*time.Microsecond, 3796875*time.Microsecond, 5695312500*time.Nanosecond, 8542968750*time.Nanosecond); !slices.Equal(pauses, want) {
		t.Errorf("pauses %v, want %v", pauses, want)
	}

	pauses = nil
	if err := genesys.Visible.Poll(t.Context(), paused(&pauses), func() (bool, error) { return true, cause }); !errors.Is(err, cause) || len(pauses) > 0 {
		t.Errorf("an error that ends the wait: %v after %v", err, pauses)
	}
	if err := genesys.RoleSettled.Pass(t.Context(), paused(&pauses)); err != nil || sum(pauses) != 10*time.Second {
		t.Errorf("Pass: %v after %v", err, pauses)
	}
}

// The end of the context ends a wait, and is told with what was awaited, also when the
// pauses do not look at the context.
func TestPollEndsWithTheContext(t *testing.T) {
	for name, obeys := range map[string]bool{"in a pause": true, "after a pause": false} {
		ctx, stop := context.WithCancel(t.Context())
		n := 0
		err := genesys.IntegrationActive.Poll(ctx, func(ctx context.Context, _ time.Duration) error {
			if n++; n == 3 {
				stop()
			}
			if obeys {
				return ctx.Err()
			}
			return nil
		}, func() (bool, error) { return false, nil })
		want := map[bool]string{true: "waited 6s", false: "waited 9s"}[obeys] + " for the integration to become active, and was interrupted"
		if fmt.Sprint(err) != want || !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}
