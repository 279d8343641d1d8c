package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"github.com/dealroute/dealroute/pkg/dataaction"
)

// HTTPOptions adjusts NewHTTP; the zero value is what a live call wants.
type HTTPOptions struct {
	Transport http.RoundTripper // nil: the standard one, with keep-alive
	Virtual   bool              // believe LatencyHeader and HangHeader, for an emulator behind a socket
}

// NewHTTP sends requests over the network: once, within the request's timeout, without following
// a redirect. A reply of any status is a reply; a timeout is dataaction.ErrTimeout.
func NewHTTP(o HTTPOptions) dataaction.Sender {
	rt := o.Transport
	if rt == nil {
		rt = http.DefaultTransport.(*http.Transport).Clone()
	}
	// No http.Client stands above it: that one would follow redirects.
	return &httpSender{virtual: o.Virtual, wire: rt}
}

type httpSender struct {
	wire    http.RoundTripper
	virtual bool
}

func (s *httpSender) Send(parent context.Context, r dataaction.Request) (dataaction.Response, error) {
	timeout := timeoutOf(r)
	ctx, cancel := context.WithTimeout(parent, timeout)
	defer cancel()
	req, err := newRequest(ctx, r)
	if err != nil {
		return dataaction.Response{}, err
	}
	start := time.Now()
	resp, err := s.wire.RoundTrip(req)
	if err != nil {
		return dataaction.Response{Latency: min(time.Since(start), timeout)}, explain(parent, r, timeout, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := readWhole(resp)
	latency, hang := min(time.Since(start), timeout), false
	if s.virtual {
		latency, hang = stated(resp.Header, latency)
	}
	switch {
	case hang || s.virtual && latency >= timeout:
		return dataaction.Response{Latency: timeout}, timeoutError(r, timeout)
	case err != nil:
		return dataaction.Response{Latency: latency}, explain(parent, r, timeout, err)
	}
	return dataaction.Response{Status: resp.StatusCode, Header: resp.Header, Body: body, Latency: latency}, nil
}

// newRequest is the request as the platform would write it. Genesys: the header
// "Transfer-Encoding: buffered" only switches chunked bodies off and is not sent; GET has no body.
func newRequest(ctx context.Context, r dataaction.Request) (*http.Request, error) {
	var body io.Reader
	if len(r.Body) > 0 && r.Method != http.MethodGet && r.Method != http.MethodHead {
		body = bytes.NewReader(r.Body)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, r.URL, body)
	if err != nil {
		return nil, fmt.Errorf("%s: not a request that can be sent: %w", r.Method, Bare(err))
	}
	if req.URL.Host == "" || req.URL.Scheme != "https" && req.URL.Scheme != "http" {
		return nil, fmt.Errorf("%s: the address has no http or https host", describe(r))
	}
	for _, h := range r.Header {
		switch http.CanonicalHeaderKey(h.Name) {
		case "Transfer-Encoding", "Content-Length":
		case "Host":
			req.Host = h.Value
		default:
			if strings.ContainsAny(h.Value, "\r\n\x00") {
				return nil, fmt.Errorf("%s: header %q has a line break in its value", describe(r), h.Name)
			}
			req.Header.Add(h.Name, h.Value)
		}
	}
	return req, nil
}

func timeoutOf(r dataaction.Request) time.Duration {
	if r.Timeout > 0 {
		return r.Timeout
	}
	return DefaultTimeout
}

func timeoutError(r dataaction.Request, timeout time.Duration) error {
	return fmt.Errorf("%s: no answer within %s: %w", describe(r), timeout, dataaction.ErrTimeout)
}

// explain names the reason of a failed exchange without its address. The end of the caller's own
// context is passed on as it is: that is an interruption, not an answer about the server.
func explain(parent context.Context, r dataaction.Request, timeout time.Duration, err error) error {
	if parent.Err() != nil {
		return fmt.Errorf("%s: %w", describe(r), parent.Err())
	}
	if IsTimeout(err) {
		return timeoutError(r, timeout)
	}
	err = Bare(err)
	if errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF) {
		err = fmt.Errorf("%w (%w)", ErrReset, err)
	}
	return fmt.Errorf("%s: %w", describe(r), maskedError{err})
}

// IsTimeout reports whether err says that no answer came in time.
func IsTimeout(err error) bool {
	var n net.Error
	return errors.Is(err, dataaction.ErrTimeout) || errors.Is(err, context.DeadlineExceeded) ||
		errors.As(err, &n) && n.Timeout()
}
