package cli

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func served(t *testing.T, h http.Handler, log *slog.Logger, patience time.Duration) string {
	t.Helper()
	s := &sandbox{log: log}
	base, err := s.serve(t.Context(), h, "", patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() }) //nolint:errcheck // nothing is kept
	return base
}

// Who does not name the server by loopback is refused: a page in a browser could.
func TestOnlyLoopbackNames(t *testing.T) {
	base := served(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "served") }), slog.New(slog.DiscardHandler), 0)
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(base, "http://"))
	for host, want := range map[string]int{
		"127.0.0.1:" + port: 200, "127.0.0.1": 200, "localhost:" + port: 200, "LOCALHOST": 200, "[::1]:" + port: 200, "[::1]": 200, "127.9.9.9:1": 200,
		"evil.example": 421, "evil.example:" + port: 421, "localhost.evil.example": 421, "127.0.0.1.nip.io": 421, "localhost@evil.example": 421,
		"10.0.0.1": 421, "0.0.0.0": 421, "[::]": 421, "169.254.169.254": 421, "2130706433": 421,
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		a, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Errorf("%s: %v", host, err)
			continue
		}
		a.Body.Close() //nolint:errcheck // nothing is read
		if a.StatusCode != want {
			t.Errorf("host %s: %d, want %d", host, a.StatusCode, want)
		}
	}
	for origin, want := range map[string]int{"": 200, base: 200, "http://evil.example": 403, "null": 403} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base, strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		a, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close() //nolint:errcheck // nothing is read
		if a.StatusCode != want {
			t.Errorf("origin %q: %d, want %d", origin, a.StatusCode, want)
		}
	}
}

// A request whose head or body never ends is given up.
func TestSlowRequestsEnd(t *testing.T) {
	base := served(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) //nolint:errcheck // that is what is tried
	}), slog.New(slog.DiscardHandler), 200*time.Millisecond)
	for _, begin := range []string{"", "POST / HT", "POST / HTTP/1.1\r\nHost: localhost\r\n", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc"} {
		c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, begin); err != nil {
			t.Fatal(err)
		}
		if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, c); err != nil && strings.Contains(err.Error(), "timeout") {
			t.Errorf("after %q the server waits for ever", begin)
		}
		c.Close() //nolint:errcheck // done
	}
}

// A panic is an answer and a line of the log, also when every request panics.
func TestPanicIsAnswered(t *testing.T) {
	var log bytes.Buffer
	h := guarded(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cut" {
			panic(http.ErrAbortHandler)
		}
		panic("out of range")
	}), slog.New(slog.NewTextHandler(&log, nil)))
	for range 3 {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/contacts/+15135550142", nil))
		if w.Code != 500 || !strings.Contains(w.Body.String(), "internal.server.error") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
	if n := strings.Count(log.String(), "out of range"); n != 3 || strings.Contains(log.String(), "5550142") {
		t.Errorf("%d lines: %s", n, &log)
	}
	defer func() {
		if recover() != http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
			t.Error("a cut connection is no panic")
		}
	}()
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/cut", nil))
}
