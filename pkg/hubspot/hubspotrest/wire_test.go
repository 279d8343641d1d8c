package hubspotrest_test

import (
	"context"
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
