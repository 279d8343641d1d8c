package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/privacy"
)

// MaxBody is the largest answer that is read. The largest page that either service gives is far
// below; the bound keeps a wrong host from filling the memory.
const MaxBody = 16 << 20

// ErrTooLarge is the reason of an answer above MaxBody. Whether the request took effect is open.
var ErrTooLarge = fmt.Errorf("the answer is larger than %d MB", MaxBody>>20)

// readWhole reads the body of an answer.
func readWhole(r *http.Response) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxBody+1))
	if err == nil && len(body) > MaxBody {
		return nil, ErrTooLarge
	}
	return body, err
}

// whole reads the answer while the attempt's time runs, so that a server that stops in the middle
// is a failed attempt and no failure of whoever reads.
func whole(rt http.RoundTripper, timeout time.Duration) http.RoundTripper {
	return tripperFunc(func(r *http.Request) (*http.Response, error) {
		ctx, cancel := context.WithTimeout(r.Context(), timeout)
		defer cancel()
		resp, err := rt.RoundTrip(r.WithContext(ctx))
		if err == nil {
			var body []byte
			body, err = readWhole(resp)
			_ = resp.Body.Close() // read to its end, or given up
			resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		}
		switch {
		case err == nil:
			return resp, nil
		case ctx.Err() != nil && r.Context().Err() == nil:
			return nil, fmt.Errorf("no answer within %s: %w", timeout, dataaction.ErrTimeout)
		}
		return nil, err
	})
}

// A RedirectError says that a server sent a request elsewhere, where it did not go.
type RedirectError struct {
	Status int
	Host   string // that was pointed to; empty: the server names none
}

// Error names the host. Path and query of the address are left out: they may hold a signature.
func (e *RedirectError) Error() string {
	to := "elsewhere"
	if e.Host != "" {
		to = "to " + e.Host
	}
	return fmt.Sprintf("redirected %s (%d), which is not followed: check the address and a proxy on the way", privacy.Said(to), e.Status)
}

// noRedirect takes a redirect for an error: to follow one could carry the credential or the body
// to another host, or make a write of a read.
func noRedirect(rt http.RoundTripper) http.RoundTripper {
	return tripperFunc(func(r *http.Request) (*http.Response, error) {
		resp, err := rt.RoundTrip(r)
		if err != nil || resp.StatusCode < 300 || resp.StatusCode > 399 {
			return resp, err
		}
		_ = resp.Body.Close() // of no interest
		e := &RedirectError{Status: resp.StatusCode}
		if to, err := url.Parse(resp.Header.Get("Location")); err == nil {
			e.Host = r.URL.ResolveReference(to).Host
		}
		return nil, e
	})
}

// Unsent reports whether err says that a request did not leave: it was refused here, or found
// no room within the rate.
func Unsent(err error) bool {
	var refused *RefusedError
	return errors.As(err, &refused) || errors.Is(err, errLimited)
}

// A Tally counts the requests that left.
type Tally struct{ reads, writes atomic.Int64 }

// Counts gives the reads and the writes so far.
func (t *Tally) Counts() (reads, writes int) { return int(t.reads.Load()), int(t.writes.Load()) }

func count(rt http.RoundTripper, t *Tally) http.RoundTripper {
	if t == nil {
		return rt
	}
	return tripperFunc(func(r *http.Request) (*http.Response, error) {
		if IsRead(r.Method, r.URL) {
			t.reads.Add(1)
		} else {
			t.writes.Add(1)
		}
		return rt.RoundTrip(r)
	})
}

// atOnce lets n requests out at the same time.
func atOnce(rt http.RoundTripper, n int) http.RoundTripper {
	if n == 0 {
		return rt
	}
	slots := make(chan struct{}, n)
	return tripperFunc(func(r *http.Request) (*http.Response, error) {
		select {
		case slots <- struct{}{}:
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
		defer func() { <-slots }()
		return rt.RoundTrip(r)
	})
}

// A limitedError is a way in which the time of a command runs out.
type limitedError struct{}

func (limitedError) Error() string { return "the shared rate leaves no room before the deadline" }

func (limitedError) Is(target error) bool { return target == context.DeadlineExceeded }

var errLimited error = limitedError{}

// Limit waits for the limiter before each attempt. A deadline that would pass while waiting is
// reported at once, as the limiter does.
func Limit(rt http.RoundTripper, l *rate.Limiter) http.RoundTripper {
	return tripperFunc(func(r *http.Request) (*http.Response, error) {
		if err := Room(r.Context(), l); err != nil {
			if r.Body != nil {
				_ = r.Body.Close()
			}
			if r.Context().Err() != nil {
				return nil, err
			}
			return nil, fmt.Errorf("%s %s: %w", r.Method, MaskURL(r.URL), err)
		}
		return rt.RoundTrip(r)
	})
}

// Room waits for a limiter.
func Room(ctx context.Context, l *rate.Limiter) error {
	switch err := l.Wait(ctx); {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return inWords(ctx.Err())
	}
	return errLimited
}

// NewLimiter allows n requests in each period, all of them at once if need be.
func NewLimiter(n int, period time.Duration) *rate.Limiter {
	return rate.NewLimiter(rate.Every(period/time.Duration(max(n, 1))), max(n, 1))
}
