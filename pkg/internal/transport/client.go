package transport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"golang.org/x/time/rate"
)

// ClientOptions adjusts NewClient. A zero duration takes the default that stands beside it; zero
// retries means none.
type ClientOptions struct {
	Transport     http.RoundTripper // nil: the standard one, with keep-alive
	Timeout       time.Duration     // of one attempt; 30 s
	Retries       int               // after the first attempt
	WaitMin       time.Duration     // before the first retry, doubled each time; 500 ms
	WaitMax       time.Duration     // the longest pause of ours; 10 s
	MaxRetryAfter time.Duration     // a Retry-After above it is an answer, not a pause; 30 s
	Throttled     bool              // repeat a write that was answered 429: the server did nothing
	ReadOnly      bool              // refuse everything but reads
	Limiter       *rate.Limiter     // shared by all clients of one token; nil: none
	Log           *slog.Logger      // nil: none
}

// NewClient is an http.Client for what the tool asks for itself. It repeats reads (see IsRead)
// after a lost connection, 423, 429 and 5xx, and nothing else; keeps the last reply, whatever its
// status; follows no redirect.
func NewClient(o ClientOptions) *http.Client {
	rt := o.Transport
	if rt == nil {
		rt = http.DefaultTransport.(*http.Transport).Clone()
	}
	if o.ReadOnly {
		rt = ReadOnly(rt)
	}
	if o.Log != nil {
		rt = LogRequests(rt, o.Log)
	}
	if o.Limiter != nil {
		rt = Limit(rt, o.Limiter)
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	p := policy{maxRetryAfter: orDefault(o.MaxRetryAfter, 30*time.Second), throttled: o.Throttled}
	c := &retryablehttp.Client{
		HTTPClient: &http.Client{Transport: rt, Timeout: orDefault(o.Timeout, 30*time.Second), CheckRedirect: stay},
		// Its own logger writes whole addresses, which may hold a phone number.
		Logger:       nil,
		RetryWaitMin: orDefault(o.WaitMin, 500*time.Millisecond),
		RetryWaitMax: orDefault(o.WaitMax, 10*time.Second),
		RetryMax:     o.Retries,
		CheckRetry:   p.check,
		Backoff:      backoff,
		// Without it the last reply is lost and the error says only "giving up".
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	return &http.Client{CheckRedirect: stay, Transport: tripperFunc(func(r *http.Request) (*http.Response, error) {
		ctx := context.WithValue(r.Context(), repeatable{}, IsRead(r.Method, r.URL))
		req, err := retryablehttp.FromRequest(r.WithContext(ctx))
		if err != nil {
			return nil, err
		}
		resp, err := c.Do(req)
		if err != nil {
			return nil, Bare(err)
		}
		return resp, nil
	})}
}

func orDefault(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}

// repeatable is the context key under which an attempt knows whether it may be repeated: the
// library's policy is not shown the request when there is no reply.
type repeatable struct{}

type policy struct {
	maxRetryAfter time.Duration
	throttled     bool
}

func (p policy) check(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	again, _ := ctx.Value(repeatable{}).(bool)
	switch {
	case err != nil:
		var refused *RefusedError
		again = again && !errors.As(err, &refused) && !errors.Is(err, errLimited) && transient(err)
		return again, nil //nolint:nilerr // the library keeps the error itself
	case resp.StatusCode == http.StatusTooManyRequests:
		again = again || p.throttled
	case resp.StatusCode == http.StatusLocked:
	case resp.StatusCode >= 500 && resp.StatusCode != http.StatusNotImplemented:
	default:
		return false, nil
	}
	if wait, ok := RetryAfter(resp.Header, time.Now()); ok && wait > p.maxRetryAfter {
		return false, nil
	}
	return again, nil
}

// transient asks the library's own list: certificates, redirects and schemes do not heal.
func transient(err error) bool {
	again, _ := retryablehttp.DefaultRetryPolicy(context.Background(), nil, err)
	return again
}

// backoff is the server's own wish, else a pause that doubles.
func backoff(low, high time.Duration, attempt int, resp *http.Response) time.Duration {
	if resp != nil {
		if wait, ok := RetryAfter(resp.Header, time.Now()); ok {
			return wait
		}
	}
	return min(low<<min(attempt, 16), high)
}

// RetryAfter reads the header of that name, seconds or a date.
func RetryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.Atoi(text); err == nil && n >= 0 {
		return time.Duration(n) * time.Second, true
	}
	if t, err := http.ParseTime(text); err == nil {
		return max(t.Sub(now), 0), true
	}
	return 0, false
}

var errLimited = errors.New("the shared rate leaves no room before the deadline")

// Limit waits for the limiter before each attempt. A deadline that would pass while waiting is
// reported at once, as the limiter does.
func Limit(rt http.RoundTripper, l *rate.Limiter) http.RoundTripper {
	return tripperFunc(func(r *http.Request) (*http.Response, error) {
		if err := l.Wait(r.Context()); err != nil {
			if r.Body != nil {
				_ = r.Body.Close()
			}
			return nil, fmt.Errorf("%s %s: %w: %w", r.Method, MaskURL(r.URL), errLimited, err)
		}
		return rt.RoundTrip(r)
	})
}

// NewLimiter allows n requests in each period, all of them at once if need be.
func NewLimiter(n int, period time.Duration) *rate.Limiter {
	return rate.NewLimiter(rate.Every(period/time.Duration(max(n, 1))), max(n, 1))
}
