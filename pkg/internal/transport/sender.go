package transport

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/secret"
)

// A SenderFunc is a function used as a dataaction.Sender.
type SenderFunc func(context.Context, dataaction.Request) (dataaction.Response, error)

// Send calls f.
func (f SenderFunc) Send(ctx context.Context, r dataaction.Request) (dataaction.Response, error) {
	return f(ctx, r)
}

type tripperFunc func(*http.Request) (*http.Response, error)

func (f tripperFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// To sends every request to another base address, such as an emulator's, keeping path and query.
// A path of the base is put in front.
func To(base string, s dataaction.Sender) dataaction.Sender {
	return SenderFunc(func(ctx context.Context, r dataaction.Request) (dataaction.Response, error) {
		b, err := url.Parse(base)
		if err != nil || b.Host == "" {
			return dataaction.Response{}, fmt.Errorf("base address %q: not an http address", secret.InURL(base))
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
