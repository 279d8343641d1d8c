package transport

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/dataaction"
)

// service answers by path: the same handler is tried in the process and over a socket.
func service(seen *http.Request) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch r.URL.Path {
		case "/echo":
			*seen = *r.Clone(context.Background())
			w.Header().Set("X-Seen", r.Method)
			w.WriteHeader(http.StatusTeapot)
			_, _ = w.Write(body)
		case "/redirect":
			http.Redirect(w, r, "/echo", http.StatusFound)
		case "/slow":
			select {
			case <-time.After(5 * time.Second):
			case <-r.Context().Done():
			}
		case "/stated":
			w.Header().Set(LatencyHeader, "118.5")
		case "/late":
			w.Header().Set(LatencyHeader, "60001")
		case "/hang":
			w.Header().Set(HangHeader, "1")
		case "/short":
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "half")
		case "/reset":
			if h, ok := w.(http.Hijacker); ok {
				c, _, _ := h.Hijack()
				_ = c.(*net.TCPConn).SetLinger(0)
				_ = c.Close()
				return
			}
			panic(http.ErrAbortHandler)
		}
	})
}

// each runs the test on both senders.
func each(t *testing.T, run func(t *testing.T, s dataaction.Sender, seen *http.Request)) {
	seen := new(http.Request)
	t.Run("handler", func(t *testing.T) { run(t, Handler(service(seen)), seen) })
	t.Run("socket", func(t *testing.T) {
		srv := httptest.NewServer(service(seen))
		t.Cleanup(srv.Close)
		run(t, To(srv.URL, NewHTTP(HTTPOptions{Virtual: true})), seen)
	})
}

func request(method, path string) dataaction.Request {
	return dataaction.Request{Method: method, URL: "https://api.example.com" + path, Timeout: 2 * time.Second}
}

func TestSendKeepsTheAnswer(t *testing.T) {
	each(t, func(t *testing.T, s dataaction.Sender, seen *http.Request) {
		r := request("POST", "/echo?a=b%20c")
		r.Body = []byte(`{"x":1}`)
		r.Header = []dataaction.Header{
			{Name: "Transfer-Encoding", Value: "buffered"},
			{Name: "Content-Length", Value: "3"},
			{Name: "X-Two", Value: "a"}, {Name: "x-two", Value: "b"},
		}
		resp, err := s.Send(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if resp.Status != http.StatusTeapot || string(resp.Body) != `{"x":1}` || resp.Header["X-Seen"][0] != "POST" || resp.Latency <= 0 {
			t.Errorf("got %+v", resp)
		}
		if got := seen.Header["X-Two"]; len(got) != 2 || seen.URL.RawQuery != "a=b%20c" {
			t.Errorf("server saw %v and query %q", got, seen.URL.RawQuery)
		}
		if seen.Header.Get("Transfer-Encoding") != "" || len(seen.TransferEncoding) != 0 || seen.ContentLength != 7 {
			t.Errorf("transfer encoding %q %v, length %d", seen.Header.Get("Transfer-Encoding"), seen.TransferEncoding, seen.ContentLength)
		}
	})
}

func TestGetHasNoBody(t *testing.T) {
	each(t, func(t *testing.T, s dataaction.Sender, seen *http.Request) {
		r := request("GET", "/echo")
		r.Body = []byte("ignored")
		resp, err := s.Send(t.Context(), r)
		if err != nil || len(resp.Body) != 0 {
			t.Errorf("body %q, error %v", resp.Body, err)
		}
	})
}

func TestRedirectIsAnAnswer(t *testing.T) {
	each(t, func(t *testing.T, s dataaction.Sender, _ *http.Request) {
		resp, err := s.Send(t.Context(), request("POST", "/redirect"))
		if err != nil || resp.Status != http.StatusFound {
			t.Errorf("status %d, error %v", resp.Status, err)
		}
	})
}

func TestFailures(t *testing.T) {
	cases := []struct {
		path    string
		timeout time.Duration
		latency time.Duration // exact, when stated
		is      error         // nil: an answer
	}{
		{"/slow", 50 * time.Millisecond, 50 * time.Millisecond, dataaction.ErrTimeout},
		{"/hang", 2 * time.Second, 2 * time.Second, dataaction.ErrTimeout},
		{"/hang", 0, DefaultTimeout, dataaction.ErrTimeout},
		{"/late", 3 * time.Second, 3 * time.Second, dataaction.ErrTimeout},
		{"/late", time.Minute, time.Minute, dataaction.ErrTimeout},
		{"/stated", time.Second, 118500 * time.Microsecond, nil},
		{"/stated", 118500 * time.Microsecond, 118500 * time.Microsecond, dataaction.ErrTimeout},
		{"/reset", time.Second, 0, ErrReset},
		{"/short", time.Second, 0, io.ErrUnexpectedEOF},
	}
	each(t, func(t *testing.T, s dataaction.Sender, _ *http.Request) {
		for _, c := range cases {
			r := request("POST", c.path)
			r.Timeout = c.timeout
			resp, err := s.Send(t.Context(), r)
			if !errors.Is(err, c.is) || (c.is == nil) != (err == nil) {
				t.Errorf("%s within %s: %v", c.path, c.timeout, err)
			}
			if !errors.Is(c.is, dataaction.ErrTimeout) && errors.Is(err, dataaction.ErrTimeout) {
				t.Errorf("%s counts as a timeout: %v", c.path, err)
			}
			if c.latency != 0 && resp.Latency != c.latency {
				t.Errorf("%s within %s: latency %s, want %s", c.path, c.timeout, resp.Latency, c.latency)
			}
		}
	})
}

func TestInterruptionIsNoTimeout(t *testing.T) {
	each(t, func(t *testing.T, s dataaction.Sender, _ *http.Request) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(20*time.Millisecond, cancel)
		_, err := s.Send(ctx, request("POST", "/slow"))
		if !errors.Is(err, context.Canceled) || errors.Is(err, dataaction.ErrTimeout) {
			t.Errorf("got %v", err)
		}
	})
}

func TestNothingListens(t *testing.T) {
	r := request("POST", "/")
	r.URL = "http://127.0.0.1:1/x"
	_, err := NewHTTP(HTTPOptions{}).Send(t.Context(), r)
	if err == nil || errors.Is(err, dataaction.ErrTimeout) {
		t.Errorf("got %v", err)
	}
}

func TestStatedTimeIsNotBelievedByDefault(t *testing.T) {
	srv := httptest.NewServer(service(new(http.Request)))
	t.Cleanup(srv.Close)
	resp, err := To(srv.URL, NewHTTP(HTTPOptions{})).Send(t.Context(), request("POST", "/late"))
	if err != nil || resp.Latency >= time.Second {
		t.Errorf("latency %s, error %v", resp.Latency, err)
	}
}

func TestBadRequests(t *testing.T) {
	for _, c := range []struct{ method, url string }{
		{"POST", "://"}, {"PO ST", "https://x.example/"}, {"POST", "ftp://x.example/"}, {"POST", "/relative"},
	} {
		if _, err := Handler(http.NotFoundHandler()).Send(t.Context(), dataaction.Request{Method: c.method, URL: c.url}); err == nil {
			t.Errorf("%s %s was sent", c.method, c.url)
		}
	}
	r := request("POST", "/echo")
	r.Header = []dataaction.Header{{Name: "A", Value: "b\r\nC: d"}}
	if _, err := Handler(http.NotFoundHandler()).Send(t.Context(), r); err == nil || strings.Contains(err.Error(), "C: d") {
		t.Errorf("header with a line break: %v", err)
	}
}

func TestToKeepsPathAndQuery(t *testing.T) {
	var got string
	s := To("http://127.0.0.1:99/base/", SenderFunc(func(_ context.Context, r dataaction.Request) (dataaction.Response, error) {
		got = r.URL
		return dataaction.Response{}, nil
	}))
	if _, err := s.Send(t.Context(), dataaction.Request{Method: "GET", URL: "https://api.hubapi.com/a%2Fb?c=%2B1&d"}); err != nil {
		t.Fatal(err)
	}
	if want := "http://127.0.0.1:99/base/a%2Fb?c=%2B1&d"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestFaults(t *testing.T) {
	reached := 0
	next := SenderFunc(func(context.Context, dataaction.Request) (dataaction.Response, error) {
		reached++
		return dataaction.Response{Status: 200}, nil
	})
	for _, c := range []struct {
		fault, action string
		status        int // 0: an error
	}{
		{"429", "any", 429},
		{"500", "any", 500},
		{"502", "any", 502},
		{"malformed", "any", 200},
		{"reset", "any", 0},
		{"timeout", "any", 0},
		{"find-contact=500", "acme-inbound find contact 1a2b3c4d", 500},
	} {
		f, err := ParseFault(c.fault)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := Inject(next, f).Send(t.Context(), dataaction.Request{Method: "POST", URL: "https://x.example/", Action: c.action, Timeout: time.Second})
		if resp.Status != c.status || (err != nil) != (c.status == 0) {
			t.Errorf("%s: status %d, error %v", c.fault, resp.Status, err)
		}
		if timeout := errors.Is(err, dataaction.ErrTimeout); timeout != (c.fault == "timeout") || timeout && resp.Latency != time.Second {
			t.Errorf("%s: error %v after %s", c.fault, err, resp.Latency)
		}
	}
	if reached != 0 {
		t.Errorf("%d requests were sent", reached)
	}
	f := Fault{Action: "deals", Kind: FaultServer}
	if resp, _ := Inject(next, f).Send(t.Context(), dataaction.Request{Action: "find contact"}); resp.Status != 200 || reached != 1 {
		t.Error("a fault of another action was used")
	}
	for _, bad := range []string{"", "x", "=500", "deals=", "deals=timeot", "Timeout"} {
		if _, err := ParseFault(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
	if _, err := ParseFault("timeot"); !strings.Contains(err.Error(), `did you mean "timeout"`) {
		t.Errorf("no help in %v", err)
	}
}
