package hubspotrest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspotrest"
	"github.com/dealroute/dealroute/pkg/secret"
)

// exchanges are a read by GET, a read by POST that carries a number, one that carries the key in
// its body, and the exchange of a grant, which carries two secrets.
var exchanges = map[string]func(ctx context.Context, base string) error{
	"get": func(ctx context.Context, base string) error {
		_, err := reader(base).Pipelines(ctx)
		return err
	},
	"search": func(ctx context.Context, base string) error {
		_, err := reader(base).Search(ctx, "contacts", hubspot.SearchRequest{Query: "+15135550199"})
		return err
	},
	"key": func(ctx context.Context, base string) error {
		_, err := reader(base).TokenInfo(ctx)
		return err
	},
	"grant": func(ctx context.Context, base string) error {
		_, err := hubspotrest.Exchange(ctx, hubspotrest.Grant{
			TokenURL: base + "/oauth/2026-03/token", Type: "refresh_token", ClientID: "app", ClientSecret: secret.New("marked-secret"), RefreshToken: secret.New("marked-refresh"),
		})
		return err
	},
}

func reader(base string) *hubspotrest.Client {
	return hubspotrest.New(hubspotrest.Options{BaseURL: base, Token: secret.New("marked-key"), Agent: "dealroute/test"})
}

func TestNoRedirectIsFollowed(t *testing.T) {
	for name, call := range exchanges {
		for _, status := range []int{301, 302, 303, 307, 308} {
			t.Run(fmt.Sprint(name, " ", status), func(t *testing.T) {
				other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					t.Errorf("the other server was sent %s %s with %v", r.Method, r.URL, r.Header)
				}))
				defer other.Close()
				requests := 0
				first := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					requests++
					w.Header().Set("Location", other.URL+"/crm/objects/2026-03/contacts/search?signature=marked-query")
					w.WriteHeader(status)
				}))
				defer first.Close()
				err := call(t.Context(), first.URL)
				if err == nil || !strings.Contains(err.Error(), strings.TrimPrefix(other.URL, "http://")) || strings.Contains(err.Error(), "marked") || requests != 1 {
					t.Errorf("%d requests, error %v", requests, err)
				}
			})
		}
	}
}

// A read that is sent on to a write on the same server must not become one.
func TestReadOnlyHoldsUnderARedirect(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		var sent []string
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			sent = append(sent, r.Method+" "+r.URL.Path)
			http.Redirect(w, r, "/crm/objects/2026-03/contacts/batch/create", status)
		}))
		_, err := reader(s.URL).Search(t.Context(), "contacts", hubspot.SearchRequest{Limit: 1})
		s.Close()
		if err == nil || len(sent) != 1 {
			t.Errorf("%d: sent %v, error %v", status, sent, err)
		}
	}
}

func TestAnAnswerIsBounded(t *testing.T) {
	blank := []byte(strings.Repeat(" ", 1<<20))
	for name, call := range exchanges {
		requests := 0
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			requests++
			if agent := r.Header.Get("User-Agent"); name != "grant" && agent != "dealroute/test" {
				t.Errorf("%s: the agent is %q", name, agent)
			}
			for range 40 {
				if _, err := w.Write(blank); err != nil {
					return
				}
			}
			_, _ = io.WriteString(w, `{"results":[]}`)
		}))
		err := call(t.Context(), s.URL)
		s.Close()
		if err == nil || !strings.Contains(err.Error(), "larger than") || requests != 1 {
			t.Errorf("%s: %d requests, error %v", name, requests, err)
		}
	}
}

// No error holds what its request did: secrets in every form of a header and of a form, numbers.
func TestNoErrorRepeatsTheRequest(t *testing.T) {
	for _, status := range []int{400, 401, 403, 404, 409, 413, 423, 429, 477, 500, 503, 530} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			said := fmt.Sprintf("\x1b[31m%s %s lucia@example.com +15135550199\nforged", r.Header.Get("Authorization"), body)
			w.Header().Set(hubspot.CorrelationHeader, r.Header.Get("Authorization"))
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(status)
			_ = json.NewEncoder(w).Encode(map[string]any{
				"status": said, "message": said, "category": said, "policyName": said, "correlationId": said, "errorType": said, "error": said, "error_description": said,
				"errors": []any{map[string]any{"message": said, "context": map[string]any{"requiredGranularScopes": []string{said}}}}, "context": map[string]any{"policyName": []string{said}},
			})
		}))
		for name, call := range exchanges {
			err := call(t.Context(), srv.URL)
			var e *hubspotrest.Error
			if !errors.As(err, &e) {
				t.Fatalf("%s %d: %v", name, status, err)
			}
			for _, s := range []string{"marked", "5135550199", "lucia"} {
				if text := fmt.Sprint(err, e.Hint(), *e); strings.Contains(text, s) {
					t.Errorf("%s %d: %q is in %q", name, status, s, text)
				}
			}
		}
		srv.Close()
	}
}
