package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aymanbagabas/go-udiff"
	"github.com/dealroute/dealroute/pkg/genesys/genesysrest"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/secret"
)

// another is a second process on the same org. Before its call at it does what meanwhile says.
func (w *world) another(t *testing.T, at int, meanwhile func()) *genesysrest.Client {
	t.Helper()
	var n atomic.Int32
	return w.watched(t, func(*http.Request) {
		if int(n.Add(1)) == at {
			meanwhile()
		}
	})
}

// watched is a second process whose calls are seen before the org sees them.
func (w *world) watched(t *testing.T, see func(*http.Request)) *genesysrest.Client {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		see(r)
		w.server.ServeHTTP(rw, r)
	}))
	t.Cleanup(srv.Close)
	c, err := genesysrest.New(genesysrest.Config{
		API: srv.URL, Apps: srv.URL, Client: genesystest.ClientID, Secret: secret.New(genesystest.ClientSecret), PerMin: 1_000_000, Sleep: w.wait,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// by is a setup of another process.
func (w *world) by(ctx context.Context, c *genesysrest.Client) error {
	r, err := reconcile.Read(ctx, c, w.config())
	if err != nil {
		return err
	}
	_, err = r.Apply(ctx)
	return err
}

// generation counts how often a credential was made, which two setups do more often.
var generation = regexp.MustCompile(`(?:"credentialGeneration":)\d+`)

// repaired holds an org that two setups have worked on against an undisturbed one: whoever
// ended without an error left no two of anything, and one further setup puts it all right.
func repaired(t *testing.T, w *world, want string, errs ...error) (twins bool) {
	t.Helper()
	told := false
	for _, err := range errs {
		var e *reconcile.TwinsError
		told = told || errors.As(err, &e)
	}
	before := w.read(t, nil)
	for _, c := range before.Plan().Changes {
		twins = twins || c.Action == plan.Delete
	}
	// When both ended with an error, each says to run it again.
	done := slices.ContainsFunc(errs, func(err error) bool { return err == nil })
	if ok := !errors.Is(errors.Join(errs...), context.Canceled); twins && !told && done && ok {
		t.Errorf("nobody says that there are two:\n%s%v", changes(before.Plan()), errs)
	}
	if err := w.run(t.Context(), nil); err != nil {
		t.Errorf("the setup after: %v (before: %v)\n%s", err, errs, changes(before.Plan()))
		return twins
	}
	if got := changes(w.read(t, nil).Plan()); strings.TrimSpace(got) != "" {
		t.Errorf("a further plan is not empty:\n%s", got)
	}
	got := dump(t, w.server.State())
	if got = generation.ReplaceAllString(got, "0"); got != generation.ReplaceAllString(want, "0") {
		t.Errorf("another end than of one setup:\n%s", udiff.Unified("one", "two", want, got))
	}
	return twins
}

// A setup that stands still at each of its calls while another one runs from start to end.
func TestASetupWithinAnother(t *testing.T) {
	calm := newWorld(t)
	calm.arm(t, 0, fault{}, nil)
	apply(t, calm.read(t, nil))
	want, calls := dump(t, calm.server.State()), calm.gate.calls()
	stride := 3
	if *everyFault {
		stride = 1
	}
	var mu sync.Mutex
	tried, twice, failed := 0, 0, map[string]int{}
	t.Run("calls", func(t *testing.T) {
		for n := 1; n <= calls; n += stride {
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				var inner error
				outer := w.by(t.Context(), w.another(t, n, func() { inner = w.by(context.Background(), w.another(t, 0, nil)) }))
				two := repaired(t, w, want, outer, inner)
				mu.Lock()
				defer mu.Unlock()
				tried++
				if two {
					twice++
				}
				for _, err := range []error{outer, inner} {
					if err != nil {
						failed[strings.SplitN(err.Error(), ":", 2)[0]]++
					}
				}
			})
		}
	})
	t.Logf("%d interleavings, %d with two of something; errors %v", tried, twice, failed)
}

// Two setups that run at the same time, as they will.
func TestTwoSetupsAtOnce(t *testing.T) {
	calm := newWorld(t)
	apply(t, calm.read(t, nil))
	want := dump(t, calm.server.State())
	times := 5
	if *everyFault {
		times = 100
	}
	twice, failed := 0, 0
	for range times {
		w := newWorld(t)
		errs := make([]error, 2)
		var wg sync.WaitGroup
		for i := range errs {
			c := w.another(t, 0, nil)
			wg.Go(func() { errs[i] = w.by(context.Background(), c) })
		}
		wg.Wait()
		if repaired(t, w, want, errs...) {
			twice++
		}
		for _, err := range errs {
			if err != nil {
				t.Log(err)
				failed++
			}
		}
	}
	t.Logf("%d times, %d with two of something, %d setups said so or failed", times, twice, failed)
}
