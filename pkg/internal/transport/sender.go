package transport

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/dealroute/dealroute/pkg/dataaction"
)

// A SenderFunc is a function used as a dataaction.Sender.
type SenderFunc func(context.Context, dataaction.Request) (dataaction.Response, error)

// Send calls f.
func (f SenderFunc) Send(ctx context.Context, r dataaction.Request) (dataaction.Response, error) {
	return f(ctx, r)
}

type tripperFunc func(*http.Request) (*http.Response, error)

func (f tripperFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Hosts chooses the target by the host of a request: an exact name ("api.hubapi.com"), a name with
// its port, or "*.example.com" for every name below. The exact name wins, then the longest suffix.
// A request to any other host goes to otherwise; when that is nil it is refused, so that nothing
// leaves a simulation by mistake.
func Hosts(targets map[string]dataaction.Sender, otherwise dataaction.Sender) dataaction.Sender {
	return SenderFunc(func(ctx context.Context, r dataaction.Request) (dataaction.Response, error) {
		u, err := url.Parse(r.URL)
		if err != nil {
			return dataaction.Response{}, fmt.Errorf("%s: not an address", r.Method)
		}
		if s := pick(targets, u); s != nil {
			return s.Send(ctx, r)
		}
		if otherwise == nil {
			return dataaction.Response{}, fmt.Errorf("%s: host %q is not part of this run", r.Method, u.Host)
		}
		return otherwise.Send(ctx, r)
	})
}

func pick(targets map[string]dataaction.Sender, u *url.URL) dataaction.Sender {
	if s := targets[u.Host]; s != nil {
		return s
	}
	name := strings.ToLower(u.Hostname())
	if s := targets[name]; s != nil {
		return s
	}
	for i := strings.IndexByte(name, '.'); i >= 0; {
		name = name[i+1:]
		if s := targets["*."+name]; s != nil {
			return s
		}
		i = strings.IndexByte(name, '.')
	}
	return nil
}

// To sends every request to another base address, such as an emulator's, keeping path and query.
// A path of the base is put in front.
func To(base string, s dataaction.Sender) dataaction.Sender {
	return SenderFunc(func(ctx context.Context, r dataaction.Request) (dataaction.Response, error) {
		b, err := url.Parse(base)
		if err != nil || b.Host == "" {
			return dataaction.Response{}, fmt.Errorf("base address %q: not an http address", base)
		}
		u, err := url.Parse(r.URL)
		if err != nil {
			return dataaction.Response{}, fmt.Errorf("%s: not an address", r.Method)
		}
		// Cut, not rebuilt: the bytes of path and query stay what the template made of them.
		_, rest, _ := strings.Cut(r.URL, u.Host)
		r.URL = b.Scheme + "://" + b.Host + strings.TrimSuffix(b.EscapedPath(), "/") + rest
		return s.Send(ctx, r)
	})
}

// An Exchange is one request as a Recorder keeps it.
type Exchange struct {
	Action      string
	Request     string // method and masked address
	Status      int    // 0 when no answer came
	Latency     time.Duration
	Correlation string
	Err         error
}

// A Recorder counts and keeps the exchanges that pass through it.
type Recorder struct {
	next dataaction.Sender

	mu   sync.Mutex
	seen []Exchange
}

// Record wraps s in a Recorder.
func Record(s dataaction.Sender) *Recorder { return &Recorder{next: s} }

// Send passes r on and keeps what came of it, failures included.
func (c *Recorder) Send(ctx context.Context, r dataaction.Request) (dataaction.Response, error) {
	resp, err := c.next.Send(ctx, r)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen = append(c.seen, Exchange{
		Action: r.Action, Request: describe(r), Status: resp.Status,
		Latency: resp.Latency, Correlation: correlation(resp.Header), Err: err,
	})
	return resp, err
}

// Count is the number of requests so far.
func (c *Recorder) Count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.seen)
}

// Exchanges gives what was kept, oldest first.
func (c *Recorder) Exchanges() []Exchange {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Exchange(nil), c.seen...)
}

// Take gives what was kept and forgets it, for one call of several.
func (c *Recorder) Take() []Exchange {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := c.seen
	c.seen = nil
	return out
}
