package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/secret"
)

// A data action's redirect is an answer of its own, as Genesys Cloud takes it, and goes nowhere.
func TestASenderGoesNowhereElse(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the other server was sent %s %s with %v", r.Method, r.URL, r.Header)
	}))
	defer other.Close()
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			first := httptest.NewServer(http.RedirectHandler(other.URL, status))
			r := request(method, "/x")
			r.Header = []dataaction.Header{{Name: "Authorization", Value: "Bearer marked"}}
			resp, err := To(first.URL, NewHTTP(HTTPOptions{})).Send(t.Context(), r)
			first.Close()
			if err != nil || resp.Status != status {
				t.Errorf("%s %d: status %d, error %v", method, status, resp.Status, err)
			}
		}
	}
}

func TestASendersAnswerIsBounded(t *testing.T) {
	n := 0
	srv := httptest.NewServer(endless(&n))
	defer srv.Close()
	if _, err := To(srv.URL, NewHTTP(HTTPOptions{})).Send(t.Context(), request("POST", "/x")); !errors.Is(err, ErrTooLarge) || n != 1 {
		t.Errorf("%d requests, error %v", n, err)
	}
}

// So is that of an emulator in this process.
func TestAHandlersAnswerIsBounded(t *testing.T) {
	n := 0
	if _, err := Handler(endless(&n)).Send(t.Context(), request("POST", "http://x.example/x")); !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "16 MB") || n != 1 {
		t.Errorf("%d requests, error %v", n, err)
	}
}

// A refusal that repeats what was in the request is told without the run's secrets.
func TestARefusalRepeatsNoSecret(t *testing.T) {
	var known secret.Known
	known.Add(secret.New("token-1"))
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Said", r.Header.Get("Authorization"))
		status, _ := strconv.Atoi(r.URL.Query().Get("status"))
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"message":"%s"}`, r.Header.Get("Authorization"))
	}))
	defer srv.Close()
	for _, status := range []int{200, 400, 401, 403, 404, 409, 413, 422, 423, 429, 477, 500, 501, 502, 503, 504, 530} {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			r, _ := http.NewRequestWithContext(t.Context(), method, fmt.Sprintf("%s/?status=%d", srv.URL, status), nil)
			resp, err := NewClient(ClientOptions{Tokens: &tokensOf{only: true}, Secrets: &known}).Do(r)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			resp.Body.Close() //nolint:errcheck // it is in memory
			if shown := strings.Contains(string(body)+resp.Header.Get("X-Said"), "token-1"); err != nil || shown != (status < 400) {
				t.Errorf("%s %d: %s %v %v", method, status, body, resp.Header["X-Said"], err)
			}
		}
	}
}

// What net/http says of an answer that it cannot read quotes the answer.
func TestALostAnswerIsToldWithoutPeople(t *testing.T) {
	reason := errors.New("malformed header: X-Said: caller +15135550177, mail lucia@example.com, Bearer abc123def456")
	lost := tripperFunc(func(*http.Request) (*http.Response, error) { return nil, reason })
	r := request("GET", "http://x.example/x")
	_, second := NewHTTP(HTTPOptions{Transport: lost}).Send(t.Context(), r)
	for _, err := range []error{ask(t.Context(), t, NewClient(ClientOptions{Transport: lost}), "POST", "http://x.example/x"), second} {
		if said := fmt.Sprint(err); !errors.Is(err, reason) || strings.Contains(said, "5135550") || strings.Contains(said, "lucia") || strings.Contains(said, "abc123") {
			t.Error(said)
		}
	}
}

func endless(n *int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		*n++
		for blank := []byte(strings.Repeat(" ", 1<<20)); ; {
			if _, err := w.Write(blank); err != nil {
				return
			}
		}
	}
}

func ask(ctx context.Context, t *testing.T, c *http.Client, method, address string) error {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(r)
	if resp != nil {
		resp.Body.Close() //nolint:errcheck // it is in memory
	}
	return err
}

func TestTheCallerSaysWhatMayBeRepeated(t *testing.T) {
	for _, c := range []struct {
		method string
		again  bool
		sent   int
	}{{"PUT", true, 3}, {"PUT", false, 1}, {"GET", false, 1}} {
		n := 0
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { n++; w.WriteHeader(http.StatusServiceUnavailable) }))
		client := NewClient(ClientOptions{Retries: 2, WaitMin: time.Millisecond})
		if err := ask(Repeatable(t.Context(), c.again), t, client, c.method, srv.URL); err != nil || n != c.sent {
			t.Errorf("%s, repeatable %v: %d requests, %v", c.method, c.again, n, err)
		}
		srv.Close()
	}
}

// A server that begins to answer and stops is a failed attempt, and so is one that hangs.
func TestAnAttemptHasItsTime(t *testing.T) {
	for _, path := range []string{"/hangs", "/stops"} {
		var tally Tally
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // before it a server does not see that its client left
			if r.URL.Path == "/stops" {
				w.Header().Set("Content-Length", "100")
				_, _ = w.Write([]byte("a"))
				w.(http.Flusher).Flush()
			}
			<-r.Context().Done()
		}))
		client := NewClient(ClientOptions{Retries: 2, WaitMin: time.Millisecond, Timeout: 50 * time.Millisecond, Sent: &tally})
		err := ask(t.Context(), t, client, "GET", srv.URL+path)
		srv.Close()
		// Counted on this side: on a busy machine an attempt may end before it arrives.
		if sent, _ := tally.Counts(); !errors.Is(err, dataaction.ErrTimeout) || errors.Is(err, context.DeadlineExceeded) || sent != 3 {
			t.Errorf("%s: %d requests, error %v", path, sent, err)
		}
	}
}

type tokensOf struct {
	given, ended int
	only         bool
}

func (k *tokensOf) Token(context.Context) (secret.Value, error) {
	k.given++
	return secret.New(fmt.Sprint("token-", k.given)), nil
}

func (k *tokensOf) Ended(secret.Value) bool { k.ended++; return !k.only }

func TestATokenIsRenewedOnce(t *testing.T) {
	for _, c := range []struct {
		refused, sent, given int
		only                 bool
	}{{0, 1, 1, false}, {1, 2, 2, false}, {5, 2, 2, false}, {1, 1, 1, true}} {
		n := 0
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n++
			if r.Header.Get("Authorization") != fmt.Sprint("Bearer token-", n) {
				t.Errorf("request %d carries %q", n, r.Header.Get("Authorization"))
			}
			if n <= c.refused {
				w.WriteHeader(http.StatusUnauthorized)
			}
		}))
		k := &tokensOf{only: c.only}
		err := ask(t.Context(), t, NewClient(ClientOptions{Tokens: k}), "POST", srv.URL)
		srv.Close()
		if err != nil || n != c.sent || k.given != c.given {
			t.Errorf("%+v: %d requests, %d tokens, error %v", c, n, k.given, err)
		}
	}
}

func TestWhatLeavesIsCounted(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	defer srv.Close()
	var tally Tally
	client := NewClient(ClientOptions{Retries: 1, WaitMin: time.Millisecond, Sent: &tally})
	_ = ask(t.Context(), t, client, "GET", srv.URL)
	_ = ask(t.Context(), t, client, "PUT", srv.URL)
	only := NewClient(ClientOptions{Sent: &tally, ReadOnly: true})
	if err := ask(t.Context(), t, only, "PUT", srv.URL); !Unsent(err) {
		t.Errorf("a write of a client that only reads: %v", err)
	}
	late := NewClient(ClientOptions{Sent: &tally, Limiter: rate.NewLimiter(rate.Every(time.Hour), 0)})
	if err := ask(t.Context(), t, late, "GET", srv.URL); !Unsent(err) {
		t.Errorf("no room within the rate: %v", err)
	}
	if reads, writes := tally.Counts(); reads != 2 || writes != 1 {
		t.Errorf("%d reads, %d writes", reads, writes)
	}
}

func TestRequestsAtTheSameTime(t *testing.T) {
	var now, most atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		most.Store(max(most.Load(), now.Add(1)))
		time.Sleep(5 * time.Millisecond)
		now.Add(-1)
	}))
	defer srv.Close()
	client := NewClient(ClientOptions{Parallel: 2})
	done := make(chan error)
	for range 8 {
		go func() {
			err := ask(t.Context(), t, client, "GET", srv.URL)
			done <- err
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if most.Load() > 2 {
		t.Errorf("%d at the same time", most.Load())
	}
}
