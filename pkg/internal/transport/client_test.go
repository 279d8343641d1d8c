package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const search = "/crm/objects/2026-09/contacts/search"

func TestClientRepeatsReadsOnly(t *testing.T) {
	cases := []struct {
		name, method, path string
		status             int
		header             string // Retry-After
		throttled          bool
		attempts           int32
	}{
		{"search after 502", "POST", search, 502, "", false, 3},
		{"search after 429", "POST", search, 429, "", false, 3},
		{"search after 423", "POST", search, 423, "", false, 3},
		{"get after 503", "GET", "/x", 503, "", false, 3},
		{"get after 501", "GET", "/x", 501, "", false, 1},
		{"get after 404", "GET", "/x", 404, "", false, 1},
		{"get after 477", "GET", "/x", 477, "86400", false, 1},
		{"asked to wait too long", "GET", "/x", 429, "3600", false, 1},
		{"asked to come at once", "GET", "/x", 429, "0", false, 3},
		{"create after 500", "POST", "/api/v2/flows", 500, "", false, 1},
		{"create after 429", "POST", "/api/v2/flows", 429, "", false, 1},
		{"create after 429, allowed", "POST", "/api/v2/flows", 429, "", true, 3},
		{"create after 500, allowed after 429", "POST", "/api/v2/flows", 500, "", true, 1},
		{"put after 503", "PUT", "/api/v2/flows/1", 503, "", false, 1},
		{"delete after 503", "DELETE", "/api/v2/flows/1", 503, "", false, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var n atomic.Int32
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				n.Add(1)
				if b, _ := io.ReadAll(r.Body); r.Method == http.MethodPost && string(b) != "body" {
					t.Errorf("attempt %d has body %q", n.Load(), b)
				}
				if c.header != "" {
					w.Header().Set("Retry-After", c.header)
				}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, "the last reply")
			}))
			t.Cleanup(srv.Close)
			client := NewClient(ClientOptions{Retries: 2, WaitMin: time.Millisecond, Throttled: c.throttled})
			req, _ := http.NewRequestWithContext(t.Context(), c.method, srv.URL+c.path, strings.NewReader("body"))
			resp, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = resp.Body.Close() }()
			b, _ := io.ReadAll(resp.Body)
			if n.Load() != c.attempts || resp.StatusCode != c.status || string(b) != "the last reply" {
				t.Errorf("%d attempts, status %d, body %q; want %d attempts", n.Load(), resp.StatusCode, b, c.attempts)
			}
		})
	}
}

func TestClientAndLostConnections(t *testing.T) {
	for _, c := range []struct {
		method, path string
		attempts     int
	}{{"GET", "/x", 3}, {"POST", search, 3}, {"POST", "/api/v2/flows", 1}, {"DELETE", "/api/v2/flows/1", 1}} {
		n := 0
		client := NewClient(ClientOptions{Retries: 2, WaitMin: time.Millisecond, Transport: tripperFunc(func(*http.Request) (*http.Response, error) {
			n++
			return nil, ErrReset
		})})
		req, _ := http.NewRequestWithContext(t.Context(), c.method, "https://x.example"+c.path, nil)
		res, err := client.Do(req)
		if res != nil {
			res.Body.Close() //nolint:errcheck // nothing is read
		}
		if !errors.Is(err, ErrReset) || n != c.attempts {
			t.Errorf("%s %s: %d attempts, want %d (%v)", c.method, c.path, n, c.attempts, err)
		}
	}
}

func TestClientReadOnly(t *testing.T) {
	client := NewClient(ClientOptions{Retries: 3, ReadOnly: true, Transport: tripperFunc(func(r *http.Request) (*http.Response, error) {
		t.Errorf("sent %s %s", r.Method, r.URL)
		return nil, nil
	})})
	for _, m := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		req, _ := http.NewRequestWithContext(t.Context(), m, "https://x.example/api/v2/flows/1", nil)
		var refused *RefusedError
		res, err := client.Do(req)
		if res != nil {
			res.Body.Close() //nolint:errcheck // nothing is read
		}
		if !errors.As(err, &refused) || refused.Method != m {
			t.Errorf("%s: %v", m, err)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"7": 7 * time.Second, "0": 0, "": -1, "-1": -1, "soon": -1,
		now.Add(time.Minute).Format(http.TimeFormat):  time.Minute,
		now.Add(-time.Minute).Format(http.TimeFormat): 0,
	} {
		got, ok := RetryAfter(http.Header{"Retry-After": {text}}, now)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %s, %v", text, got, ok)
		}
	}
}

func TestLimiterIsShared(t *testing.T) {
	ok := tripperFunc(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
	})
	l := NewLimiter(2, time.Hour)
	a, b := Limit(ok, l), Limit(ok, l)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	r, _ := http.NewRequestWithContext(ctx, http.MethodGet, "https://x.example/", nil)
	for i, rt := range []http.RoundTripper{a, b, a} {
		res, err := rt.RoundTrip(r)
		if res != nil {
			res.Body.Close() //nolint:errcheck // nothing is read
		}
		if (err == nil) != (i < 2) {
			t.Errorf("request %d: %v", i, err)
		}
	}
}

func TestLogsHoldNoNumberAndNoSecret(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	const number = "+15135550199"
	path := "/crm/objects/2026-09/contacts/%2B15135550199?idProperty=e164&q=%2B15135550199&bad=5135550199"
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-HubSpot-Correlation-Id", "11111111-2222")
	}))
	defer srv.Close()
	client := NewClient(ClientOptions{Log: log})
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+path, nil)
	req.Header.Set("Authorization", "Bearer pat-na1-secret")
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	s := LogSender(NewHTTP(HTTPOptions{Transport: tripperFunc(func(r *http.Request) (*http.Response, error) {
		return nil, fmt.Errorf("no route to %s", r.URL.Path)
	})}), log)
	r := request("GET", path)
	_, err = s.Send(t.Context(), r)
	text := out.String() + err.Error()
	for _, secret := range []string{number, "5135550199", "%2B1513555", "pat-na1", "e164"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q stands in\n%s", secret, text)
		}
	}
	for _, want := range []string{"11111111-2222", "idProperty=", "status=200", "/contacts/"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}
