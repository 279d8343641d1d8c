package genesysrest_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesysrest"
	"github.com/dealroute/dealroute/pkg/secret"
)

// calls are one of each way in which a request leaves: through an operation of the SDK as a
// read and as a write with each method, the upload of a script, and the upload and the
// download of a flow at addresses that the platform names.
var calls = map[string]func(context.Context, *genesysrest.Client) error{
	"read": func(ctx context.Context, c *genesysrest.Client) error {
		_, err := c.Find(ctx, genesys.Queue, "")
		return err
	},
	"create": func(ctx context.Context, c *genesysrest.Client) error {
		_, err := c.Create(ctx, genesys.Queue, map[string]any{"name": "q"})
		return err
	},
	"replace": func(ctx context.Context, c *genesysrest.Client) error {
		_, err := c.Update(ctx, genesys.Queue, "q", map[string]any{"name": "q"})
		return err
	},
	"change": func(ctx context.Context, c *genesysrest.Client) error {
		_, err := c.Update(ctx, genesys.Integration, "i", map[string]any{"intendedState": "ENABLED"})
		return err
	},
	"delete": func(ctx context.Context, c *genesysrest.Client) error { return c.Delete(ctx, genesys.Queue, "q") },
	"grant":  func(ctx context.Context, c *genesysrest.Client) error { return c.GrantRole(ctx, "c", "d", "r") },
	"move": func(ctx context.Context, c *genesysrest.Client) error {
		return c.MoveToDivision(ctx, genesys.Queue, "q", "d")
	},
	"script": func(ctx context.Context, c *genesysrest.Client) error {
		_, err := c.UploadScript(ctx, "s", "", "{}")
		return err
	},
	"flow": func(ctx context.Context, c *genesysrest.Client) error {
		_, err := c.StartFlowJob(ctx, "inboundCall: {}")
		return err
	},
	"export": func(ctx context.Context, c *genesysrest.Client) error {
		_, err := c.StartFlowExport(ctx, "f")
		return err
	},
	"download": func(ctx context.Context, c *genesysrest.Client) error {
		_, _, err := c.FlowExport(ctx, "done")
		return err
	},
}

// A platform answers what a call needs before its last request, and hands that one to last.
func platform(t *testing.T, last http.HandlerFunc) string {
	t.Helper()
	var base string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/oauth/token":
			_, _ = io.WriteString(w, `{"access_token":"marked-token"}`)
		case r.Method == http.MethodPost && r.URL.Path == "/api/v2/flows/jobs":
			_ = json.NewEncoder(w).Encode(map[string]any{"id": "j", "presignedUrl": base + "/put", "headers": map[string]string{"x-amz-key": "marked-key"}})
		case r.URL.Path == "/api/v2/flows/jobs/j":
			_, _ = io.WriteString(w, `{"id":"j","status":"Registered"}`)
		case r.URL.Path == "/api/v2/flows/export/jobs/done":
			_ = json.NewEncoder(w).Encode(map[string]any{"id": "done", "status": "Success", "downloadUrl": base + "/get"})
		default:
			last(w, r)
		}
	}))
	t.Cleanup(s.Close)
	base = s.URL
	return base
}

func client(t *testing.T, base string, change func(*genesysrest.Config)) *genesysrest.Client {
	t.Helper()
	cfg := genesysrest.Config{
		API: base, Apps: base, Client: "client", Secret: secret.New("marked-secret"), PerMin: 100_000,
		Sleep: func(context.Context, time.Duration) error { return nil },
	}
	if change != nil {
		change(&cfg)
	}
	c, err := genesysrest.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNoRedirectIsFollowed(t *testing.T) {
	for name, call := range calls {
		for _, status := range []int{301, 302, 303, 307, 308} {
			t.Run(fmt.Sprint(name, " ", status), func(t *testing.T) {
				other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					t.Errorf("the other server was sent %s %s with %v", r.Method, r.URL, r.Header)
				}))
				defer other.Close()
				base := platform(t, func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Location", other.URL+r.URL.Path+"?signature=marked-query")
					w.WriteHeader(status)
				})
				err := call(t.Context(), client(t, base, nil))
				if err == nil || !strings.Contains(err.Error(), strings.TrimPrefix(other.URL, "http://")) || strings.Contains(err.Error(), "marked") {
					t.Errorf("error %v", err)
				}
			})
		}
	}
}

func TestTheSignInFollowsNoRedirect(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("sent %s with %v", r.Method, r.Header) }))
	defer other.Close()
	first := httptest.NewServer(http.RedirectHandler(other.URL+"/oauth/token?x=marked", http.StatusSeeOther))
	defer first.Close()
	_, err := client(t, first.URL, nil).Find(t.Context(), genesys.Queue, "")
	if err == nil || strings.Contains(err.Error(), "marked") {
		t.Errorf("error %v", err)
	}
}

// A read that is sent on to a write must not become one, on the same server either.
func TestReadOnlyHoldsUnderARedirect(t *testing.T) {
	for _, name := range []string{"read", "export", "download"} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			var sent atomic.Int32
			base := platform(t, func(w http.ResponseWriter, r *http.Request) {
				if sent.Add(1) > 1 {
					t.Errorf("%s %d: %s %s followed", name, status, r.Method, r.URL.Path)
				}
				http.Redirect(w, r, "/api/v2/oauth/clients/x/secret", status)
			})
			if err := calls[name](t.Context(), client(t, base, func(c *genesysrest.Config) { c.ReadOnly = true })); err == nil || sent.Load() != 1 {
				t.Errorf("%s %d: %d requests, error %v", name, status, sent.Load(), err)
			}
		}
	}
}

func TestRetryAfterAsADate(t *testing.T) {
	for _, c := range []struct {
		call       string
		status     int
		after      string
		least      time.Duration
		requests   int32
		shouldPass bool
	}{
		{"read", 429, "40", 40 * time.Second, 2, true},
		{"read", 429, "date", 35 * time.Second, 2, true},
		{"create", 429, "date", 35 * time.Second, 2, true},
		{"script", 429, "date", 35 * time.Second, 2, true},
		{"flow", 429, "date", 35 * time.Second, 2, true},
		{"read", 503, "date", 35 * time.Second, 2, true},
		{"create", 503, "date", 0, 1, false},
	} {
		var requests atomic.Int32
		var waited time.Duration
		base := platform(t, func(w http.ResponseWriter, _ *http.Request) {
			if requests.Add(1) > 1 {
				_, _ = io.WriteString(w, `{"id":"x","correlationId":"x","entities":[]}`)
				return
			}
			after := c.after
			if after == "date" {
				after = time.Now().Add(40 * time.Second).UTC().Format(http.TimeFormat)
			}
			w.Header().Set("Retry-After", after)
			w.WriteHeader(c.status)
		})
		err := calls[c.call](t.Context(), client(t, base, func(cfg *genesysrest.Config) {
			cfg.Sleep = func(_ context.Context, d time.Duration) error { waited += d; return nil }
		}))
		if (err == nil) != c.shouldPass || requests.Load() != c.requests || waited < c.least {
			t.Errorf("%s after %d, Retry-After %s: %d requests, waited %s, error %v", c.call, c.status, c.after, requests.Load(), waited, err)
		}
	}
}

func TestAnAnswerIsBounded(t *testing.T) {
	blank := []byte(strings.Repeat(" ", 1<<20))
	for name, call := range calls {
		var requests atomic.Int32
		base := platform(t, func(w http.ResponseWriter, _ *http.Request) {
			requests.Add(1)
			for range 40 {
				if _, err := w.Write(blank); err != nil {
					return
				}
			}
			_, _ = io.WriteString(w, `{"id":"x","correlationId":"x","entities":[]}`)
		})
		if err := call(t.Context(), client(t, base, nil)); err == nil || !strings.Contains(err.Error(), "larger than") {
			t.Errorf("%s: %v", name, err)
		}
		want := int32(1)
		if name == "flow" { // an upload that is in doubt goes again while its job has not begun
			want = 5
		}
		if n := requests.Load(); n != want {
			t.Errorf("%s: %d requests", name, n)
		}
	}
}

func TestATokenThatEndedIsRenewedOnce(t *testing.T) {
	for name, call := range calls {
		for _, ends := range []int32{1, 1000} { // how many tokens are refused
			var tokens, refused atomic.Int32
			var base string
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.URL.Path == "/oauth/token":
					_, _ = fmt.Fprintf(w, `{"access_token":"token-%d"}`, tokens.Add(1))
				case r.URL.Path == "/put" || r.URL.Path == "/get":
					if r.Header.Get("Authorization") != "" {
						t.Errorf("%s: the token went to an address outside the platform", name)
					}
				case r.Header.Get("Authorization") != fmt.Sprintf("Bearer token-%d", ends+1):
					refused.Add(1)
					w.WriteHeader(http.StatusUnauthorized)
					_, _ = io.WriteString(w, `{"message":"ended","code":"bad.credentials"}`)
				default:
					_ = json.NewEncoder(w).Encode(map[string]any{
						"id": "x", "correlationId": "x", "entities": []any{}, "status": "Success", "presignedUrl": base + "/put", "downloadUrl": base + "/get",
					})
				}
			}))
			base = s.URL
			err := call(t.Context(), client(t, base, nil))
			s.Close()
			if (err == nil) != (ends == 1) || tokens.Load() != 2 || refused.Load() != min(ends, 2) {
				t.Errorf("%s: %d tokens, %d refused, error %v", name, tokens.Load(), refused.Load(), err)
			}
		}
	}
}

// The token endpoint tells its limit with 400 and a text.
func TestABusySignInIsRepeated(t *testing.T) {
	for text, want := range map[string]int32{"rate limit exceeded, try later": 3, "client not found": 1} {
		var asked atomic.Int32
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/oauth/token" {
				_, _ = io.WriteString(w, `{"entities":[]}`)
				return
			}
			if asked.Add(1) < 3 {
				w.WriteHeader(http.StatusBadRequest)
				_ = json.NewEncoder(w).Encode(map[string]string{"error": "invalid_request", "description": text, "error_description": text, "message": text})
				return
			}
			_, _ = io.WriteString(w, `{"access_token":"marked-token"}`)
		}))
		err := calls["read"](t.Context(), client(t, s.URL, nil))
		s.Close()
		if asked.Load() != want || (err == nil) != (want == 3) {
			t.Errorf("%q: asked %d times, error %v", text, asked.Load(), err)
		}
	}
}

// echo is a refusal that repeats what was in the request, as it came and in base64.
func echo(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, secret, _ := r.BasicAuth()
		said := fmt.Sprintf("\x1b[31m%s %s %s +15135550142 lucia@example.com\nforged", r.Header.Get("Authorization"), secret, body)
		w.Header().Set("ININ-Correlation-Id", r.Header.Get("Authorization"))
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{
			"message": said, "code": said, "contextId": said, "details": []any{map[string]any{"errorCode": said, "fieldName": said}}, "errors": []any{map[string]any{"message": said}},
			"limit": map[string]any{"key": said, "namespace": said}, "error": said, "error_description": said,
		})
	}
}

// No error holds what its request did, whoever has the client made.
func TestNoErrorRepeatsTheRequest(t *testing.T) {
	hidden := []string{"marked-secret", "marked-token", base64.StdEncoding.EncodeToString([]byte("client:marked-secret")), "5135550142", "lucia"}
	for _, status := range []int{400, 401, 403, 404, 409, 413, 423, 429, 500, 503} {
		base := platform(t, echo(status))
		signIn := httptest.NewServer(echo(status))
		for name, call := range calls {
			for where, at := range map[string]string{"call": base, "sign-in": signIn.URL} {
				err := call(t.Context(), client(t, at, nil))
				if name == "delete" && status == 404 && where == "call" {
					continue // what is gone is deleted
				}
				if err == nil {
					t.Fatalf("%s %d: no error", name, status)
				}
				for _, s := range hidden {
					if strings.Contains(err.Error(), s) {
						t.Errorf("%s, %s, %d: %q is in %q", name, where, status, s, err)
					}
				}
			}
		}
		signIn.Close()
	}
}
