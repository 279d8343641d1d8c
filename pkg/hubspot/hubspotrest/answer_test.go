package hubspotrest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspotrest"
	"github.com/dealroute/dealroute/pkg/secret"
)

// An answer of status 200 that says nothing is an error for every call, and no pin is wrong
// because of it. The token info alone may be without scopes: they are tried then.
func TestAnAnswerThatSaysNothingIsAnError(t *testing.T) {
	for _, body := range []string{"", "null", "[]", `"x"`, "5", "{}", `{"results":null}`, `{"results":{}}`, `{"portalId":""}`, `{"portalId":null}`, "<html>", `{"results":[`} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }))
		c := hubspotrest.New(hubspotrest.Options{BaseURL: srv.URL, Token: secret.New("pat-na1-marked"), NoRetries: true})
		for name, call := range map[string]func() error{
			"pipelines": func() error { _, err := c.Pipelines(t.Context()); return err },
			"account":   func() error { _, err := c.Account(t.Context()); return err },
			"usage":     func() error { _, err := c.DailyUsage(t.Context()); return err },
			"property":  func() error { _, err := c.Property(t.Context(), "contacts", "phone"); return err },
			"search":    func() error { _, err := c.Search(t.Context(), "contacts", hubspot.SearchRequest{Limit: 1}); return err },
			"portal":    func() error { return c.CheckPortal(t.Context(), "24681357") },
			"scopes": func() error {
				_, err := c.Scopes(t.Context(), hubspotrest.ScopeContacts)
				return err
			},
		} {
			err := call()
			if err == nil || strings.Contains(err.Error(), "belongs to portal") || strings.Contains(err.Error(), "marked") || strings.Contains(err.Error(), "invalid character") {
				t.Errorf("%s answered %q: %v", name, body, err)
			}
		}
		srv.Close()
	}
}
