package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/dealroute/dealroute/pkg/dataaction"
)

// The headers in which an emulator in virtual time states what it would have done.
const (
	LatencyHeader = "X-Dealroute-Latency-Ms" // milliseconds, decimals allowed
	HangHeader    = "X-Dealroute-Hang"       // "1": no answer ever comes
)

// DefaultTimeout bounds a request that names no timeout. Genesys: 60 s when an action has none.
const DefaultTimeout = 60 * time.Second

// ErrReset is the reason of a connection that was cut before the answer was complete.
var ErrReset = errors.New("connection reset")

// Handler sends requests to h in this process. The answer's latency is the one that h states in
// LatencyHeader, else the time that it took. A handler that panics with http.ErrAbortHandler cuts
// the connection.
func Handler(h http.Handler) dataaction.Sender { return handlerSender{h} }

type handlerSender struct{ handler http.Handler }

func (s handlerSender) Send(ctx context.Context, r dataaction.Request) (dataaction.Response, error) {
	timeout := timeoutOf(r)
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := newRequest(ctx, r)
	if err != nil {
		return dataaction.Response{}, err
	}
	start := time.Now()
	w, err := serve(s.handler, asServer(req))
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return dataaction.Response{Latency: timeout}, timeoutError(r, timeout)
	case errors.Is(err, context.Canceled):
		return dataaction.Response{}, fmt.Errorf("%s: %w", describe(r), inWords(err))
	}
	latency, hang := stated(w.header, time.Since(start))
	if hang || latency >= timeout {
		return dataaction.Response{Latency: timeout}, timeoutError(r, timeout)
	}
	if err != nil {
		return dataaction.Response{Latency: latency}, fmt.Errorf("%s: %w", describe(r), err)
	}
	return dataaction.Response{Status: w.code(), Header: w.header, Body: w.body.Bytes(), Latency: latency}, nil
}

// asServer gives a client's request the fields that a server fills in.
func asServer(r *http.Request) *http.Request {
	c := r.Clone(r.Context())
	if c.Host == "" {
		c.Host = c.URL.Host
	}
	c.RequestURI = c.URL.RequestURI()
	c.RemoteAddr = "127.0.0.1:0"
	if c.Body == nil {
		c.Body = http.NoBody
	}
	return c
}

// serve runs h until it returns or the request's context ends. A handler that outlives its
// context keeps its own buffer, which nobody reads any more.
func serve(h http.Handler, r *http.Request) (*buffer, error) {
	done := make(chan error, 1)
	w := &buffer{header: http.Header{}}
	go func() {
		defer func() {
			switch p := recover(); p {
			case nil:
				done <- w.complete()
			case http.ErrAbortHandler:
				done <- ErrReset
			default:
				done <- fmt.Errorf("the handler failed: %v", p)
			}
		}()
		h.ServeHTTP(w, r)
	}()
	select {
	case err := <-done:
		return w, err
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// A buffer is the http.ResponseWriter of an answer in memory.
type buffer struct {
	header http.Header
	status int
	body   bytes.Buffer

	tooLarge bool
}

func (b *buffer) Header() http.Header { return b.header }

func (b *buffer) WriteHeader(status int) {
	if b.status == 0 {
		b.status = status
	}
}

func (b *buffer) Write(p []byte) (int, error) {
	b.WriteHeader(http.StatusOK)
	if b.tooLarge = b.tooLarge || b.body.Len()+len(p) > MaxBody; b.tooLarge {
		return 0, ErrTooLarge
	}
	return b.body.Write(p)
}

func (b *buffer) code() int {
	if b.status == 0 {
		return http.StatusOK
	}
	return b.status
}

// complete refuses a body that is shorter than announced, as a socket would.
func (b *buffer) complete() error {
	if b.tooLarge {
		return ErrTooLarge
	}
	if n, err := strconv.Atoi(b.header.Get("Content-Length")); err == nil && n > b.body.Len() {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// stated reads the headers of virtual time; without them the measured time counts.
func stated(h http.Header, measured time.Duration) (latency time.Duration, hang bool) {
	if ms, err := strconv.ParseFloat(h.Get(LatencyHeader), 64); err == nil && ms >= 0 {
		measured = time.Duration(ms * float64(time.Millisecond))
	}
	return measured, h.Get(HangHeader) == "1"
}
