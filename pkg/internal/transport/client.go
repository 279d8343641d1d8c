package transport

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"golang.org/x/time/rate"

	"github.com/dealroute/dealroute/pkg/secret"
)

// ClientOptions adjusts NewClient. A zero duration takes the default that stands beside it; zero
// retries means none.
type ClientOptions struct {
	Transport     http.RoundTripper // nil: the network, with keep-alive
	Agent         string            // the User-Agent; empty: Go's
	Timeout       time.Duration     // of one attempt, its answer included; 30 s
	Retries       int               // after the first attempt, of a call that may be repeated
	Limited       int               // after the first attempt, when it is a limit that refuses; 0: as Retries
	WaitMin       time.Duration     // before the first retry, doubled each time; 500 ms
	WaitMax       time.Duration     // the longest pause of ours; 10 s
	MaxRetryAfter time.Duration     // a Retry-After above it is an answer, not a pause; 30 s
	Throttled     bool              // repeat a write that a limit refused: the server did nothing
	ReadOnly      bool              // refuse everything but reads
	Parallel      int               // requests at the same time; 0: any number
	Limiter       *rate.Limiter     // shared by all clients of one token; nil: none
	Tokens        Tokens            // the bearer of each request; nil: requests go as they are
	Secrets       *secret.Known     // that no refusal may repeat; nil: none are known
	Sent          *Tally            // counts what leaves; nil: nobody counts
	Log           *slog.Logger      // nil: none

	Busy  func(*http.Response) bool                        // tells a limit that is no 429; nil: there is none
	Pause func(ctx context.Context, d time.Duration) error // waits between attempts; nil: Pause
}

// Tokens gives the access token of a service. Its methods may be called at the same time.
type Tokens interface {
	Token(context.Context) (secret.Value, error)
	// Ended says that the service refused a token. It reports whether Token can give another.
	Ended(secret.Value) bool
}

// NewClient is an http.Client for what the tool asks for itself. It repeats what may be repeated
// (see Repeatable) after a lost connection, 408, 423, 429 and 5xx, and nothing else; renews a
// token that ended, once; keeps the last answer, whatever its status; takes a redirect for an
// error and an answer above MaxBody too. Bodies of answers are in memory when it returns.
func NewClient(o ClientOptions) *http.Client {
	if o.Pause == nil {
		o.Pause = Pause
	}
	p := policy{
		ClientOptions: o, waitMin: orDefault(o.WaitMin, 500*time.Millisecond), waitMax: orDefault(o.WaitMax, 10*time.Second),
		maxRetryAfter: orDefault(o.MaxRetryAfter, 30*time.Second), limited: max(o.Limited, o.Retries),
	}
	c := &retryablehttp.Client{
		HTTPClient: &http.Client{Transport: attempt(o), CheckRedirect: stay},
		// Its own logger writes whole addresses, which may hold a phone number.
		Logger:     nil,
		RetryMax:   p.limited + 1, // the policy counts; the one more is for a token that ended
		CheckRetry: p.check,
		// The pause is made in prepare, which is given the context.
		Backoff:      func(time.Duration, time.Duration, int, *http.Response) time.Duration { return 0 },
		PrepareRetry: p.prepare,
		// Without it the last answer is lost and the error says only "giving up".
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	return &http.Client{CheckRedirect: stay, Transport: tripperFunc(func(r *http.Request) (*http.Response, error) {
		t := &try{repeat: IsRead(r.Method, r.URL)}
		if again, said := r.Context().Value(repeatKey{}).(bool); said {
			t.repeat = again
		}
		r = r.Clone(context.WithValue(r.Context(), tryKey{}, t))
		if o.Agent != "" {
			r.Header.Set("User-Agent", o.Agent)
		}
		if err := p.authorize(r, t); err != nil {
			return nil, err
		}
		req, err := retryablehttp.FromRequest(r)
		if err != nil {
			return nil, err
		}
		resp, err := c.Do(req)
		if err != nil {
			err = Bare(err)
			var ended endedError
			if errors.As(err, &ended) && t.last != "" {
				err = endedError{ended.cause, t.last}
			}
			return nil, maskedError{err} // net/http quotes what it cannot read
		}
		if resp.StatusCode >= http.StatusBadRequest {
			err = hide(resp, o.Secrets)
		}
		return resp, err
	})}
}

// hide takes known secrets out of a refusal: it may repeat what was in the request.
func hide(r *http.Response, known *secret.Known) error {
	body, err := io.ReadAll(r.Body) // in memory
	r.Body = io.NopCloser(strings.NewReader(known.Hide(string(body))))
	for _, vs := range r.Header {
		for i, v := range vs {
			vs[i] = known.Hide(v)
		}
	}
	return err
}

// attempt is the way of one request from the policy of repeating down to the network. What
// stands further down sees what really leaves: nothing below the guard changes a request.
func attempt(o ClientOptions) http.RoundTripper {
	rt := o.Transport
	if rt == nil {
		rt = http.DefaultTransport.(*http.Transport).Clone()
	}
	rt = count(rt, o.Sent)
	if o.ReadOnly {
		rt = ReadOnly(rt)
	}
	rt = whole(noRedirect(rt), orDefault(o.Timeout, 30*time.Second))
	if o.Log != nil {
		rt = LogRequests(rt, o.Log)
	}
	if o.Limiter != nil {
		rt = Limit(rt, o.Limiter)
	}
	return atOnce(rt, o.Parallel)
}

// stay keeps an http.Client from following a redirect, were one to get past noRedirect.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func orDefault(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}

type (
	repeatKey struct{}
	tryKey    struct{}
	onceKey   struct{}
)

// Once keeps a request from being repeated whatever comes of it, so that its time is that of one
// answer. A token that ended is renewed all the same.
func Once(ctx context.Context) context.Context { return context.WithValue(ctx, onceKey{}, true) }

// Repeatable says of a request what its method and path do not: whether sending it twice has
// the effect of sending it once. Without it reads are, and nothing else is.
func Repeatable(ctx context.Context, again bool) context.Context {
	return context.WithValue(ctx, repeatKey{}, again)
}

// A try is what the attempts of one request share. It travels in the request's context, because
// the library shows its policy no request when there is no answer.
type try struct {
	repeat  bool
	sent    int           // attempts so far
	wait    time.Duration // before the next one
	token   secret.Value  // that the last one carried
	renewed bool
	last    string // what came of the last one that ended by itself
}

type policy struct {
	ClientOptions
	waitMin, waitMax, maxRetryAfter time.Duration
	limited                         int
}

// check decides whether another attempt follows, and after which pause.
func (p policy) check(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	t := ctx.Value(tryKey{}).(*try)
	t.sent++
	t.wait = min(p.waitMin<<min(t.sent-1, 16), p.waitMax)
	if err != nil {
		t.last = Bare(err).Error()
		return t.repeat && t.sent <= p.Retries && transient(err) && ctx.Value(onceKey{}) == nil, nil
	}
	t.last = strings.TrimSpace(strconv.Itoa(resp.StatusCode) + " " + http.StatusText(resp.StatusCode))
	if resp.StatusCode == http.StatusUnauthorized && p.Tokens != nil && !t.renewed && p.Tokens.Ended(t.token) {
		t.renewed, t.wait, t.token = true, 0, secret.Value{}
		return true, nil
	}
	if ctx.Value(onceKey{}) != nil {
		return false, nil
	}
	switch busy := resp.StatusCode == http.StatusTooManyRequests || p.Busy != nil && p.Busy(resp); {
	case busy && (t.repeat || p.Throttled) && t.sent <= p.limited:
	case !busy && (Passing(resp.StatusCode) || resp.StatusCode == http.StatusLocked) && t.repeat && t.sent <= p.Retries:
	default:
		return false, nil
	}
	// Never sooner than our own pause: many may be told the same moment.
	asked, _ := RetryAfter(resp.Header, time.Now())
	t.wait = max(t.wait, asked)
	return asked <= p.maxRetryAfter, nil
}

// Passing reports whether a status speaks of a failure that passes and leaves open whether the
// request took effect. A limit or a lock does not: the server did nothing.
func Passing(status int) bool {
	return status == http.StatusRequestTimeout || status >= 500 && status != http.StatusNotImplemented
}

// prepare waits before another attempt and gives it a new token when the last one was refused.
func (p policy) prepare(r *http.Request) error {
	t := r.Context().Value(tryKey{}).(*try)
	if err := p.Pause(r.Context(), t.wait); err != nil {
		return err
	}
	if t.token.Set() {
		return nil
	}
	r.Header = r.Header.Clone() // the last attempt may still be reading its own
	return p.authorize(r, t)
}

// authorize gives a request its bearer.
func (p policy) authorize(r *http.Request, t *try) (err error) {
	if p.Tokens == nil {
		return nil
	}
	if t.token, err = p.Tokens.Token(r.Context()); err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+t.token.Reveal())
	return nil
}

// transient asks the library's own list: certificates and schemes do not heal. Neither does what
// was decided on this side.
func transient(err error) bool {
	var redirect *RedirectError
	if Unsent(err) || errors.As(err, &redirect) || errors.Is(err, ErrTooLarge) {
		return false
	}
	again, _ := retryablehttp.DefaultRetryPolicy(context.Background(), nil, err)
	return again
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
