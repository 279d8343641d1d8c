package transport

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/dataaction"
)

// writes are paths whose POST changes something, or looks like a read and is none.
var writes = []string{
	"/", "/api/v2/flows", "/api/v2/routing/queues", "/api/v2/integrations/actions/x/test",
	"/api/v2/integrations/actions/x/execute", "/api/v2/flows/datatables/x/rows",
	"/api/v2/scripts/published", "/uploads/v2/scripter", "/api/v2/oauth/clients",
	"/api/v2/flows/export/jobs/x", "/api/v2/flows/jobs", "/oauth/token/x", "/oauth",
	"/crm/objects/2026-09/contacts", "/crm/objects/2026-09/contacts/batch/create",
	"/crm/objects/2026-09/contacts/batch/upsert", "/crm/objects/2026-09/contacts/1/search",
	"/crm/objects/2026-09/contacts/../../merge/search", "/crm/objects/2026-09/../search",
	"/crm/objects//contacts/search", "/crm/objects/2026-09/con%2Ftacts/search",
	"/crm/v3/objects/contacts/merge", "/crm/v3/objects/contacts/search/", "/crm/v3/objects/contacts/Search",
	"//crm/v3/objects/contacts/search", "/x/crm/v3/objects/contacts/search", "/crm/v3/objects/./search",
}

func TestReadOnlyRefusesEveryWrite(t *testing.T) {
	methods := []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get", "head", "post", "LINK", "MERGE", "COPY"}
	paths := slices.Concat(reads, writes)
	sent := 0
	rt := ReadOnly(tripperFunc(func(*http.Request) (*http.Response, error) {
		sent++
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
	}))
	sender := ReadOnlySender(SenderFunc(func(context.Context, dataaction.Request) (dataaction.Response, error) {
		sent++
		return dataaction.Response{}, nil
	}))
	if len(reads) == 0 {
		t.Fatal("no read is known")
	}
	for i, pattern := range paths {
		isRead := i < len(reads)
		path := strings.ReplaceAll(pattern, "*", "segment")
		u, err := url.Parse("https://api.example.com" + path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range methods {
			want := isRead && m == "POST"
			sent = 0
			err1 := trip(rt, &http.Request{Method: m, URL: u, Header: http.Header{}})
			_, err2 := sender.Send(t.Context(), dataaction.Request{Method: m, URL: u.String()})
			if got := sent == 2; got != want || !want && sent != 0 {
				t.Errorf("%s %s: sent %d times, want it sent: %v", m, path, sent, want)
			}
			for _, err := range []error{err1, err2} {
				var refused *RefusedError
				if !want && (!errors.As(err, &refused) || !strings.Contains(err.Error(), m) || !strings.Contains(err.Error(), refused.Path)) {
					t.Errorf("%s %s: error %v", m, path, err)
				}
			}
		}
		for _, m := range []string{"GET", "HEAD"} {
			sent = 0
			if err := trip(rt, &http.Request{Method: m, URL: u, Header: http.Header{}}); err != nil || sent != 1 {
				t.Errorf("%s %s was refused", m, path)
			}
		}
	}
}

func TestReadOnlyRefusesAnOverriddenMethod(t *testing.T) {
	rt := ReadOnly(tripperFunc(func(*http.Request) (*http.Response, error) { t.Error("sent"); return nil, nil }))
	for _, h := range []string{"X-HTTP-Method-Override", "x-http-method", "X-Method-Override"} {
		r, _ := http.NewRequest(http.MethodGet, "https://api.example.com/x", nil)
		r.Header.Set(h, "DELETE")
		if err := trip(rt, r); err == nil {
			t.Errorf("%s was let through", h)
		}
	}
}

// trip sends a request whose answer nobody reads.
func trip(rt http.RoundTripper, r *http.Request) error {
	res, err := rt.RoundTrip(r)
	if res != nil && res.Body != nil {
		res.Body.Close() //nolint:errcheck // nothing is read
	}
	return err
}
