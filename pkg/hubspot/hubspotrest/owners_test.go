package hubspotrest_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspotrest"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/secret"
)

// TestOwners: all pages, people who are not deactivated, in every version of the API.
func TestOwners(t *testing.T) {
	crm := portal()
	for i := range 250 {
		crm.Owners = append(crm.Owners, hubspot.Owner{ID: fmt.Sprint(1000 + i), Email: fmt.Sprintf("o%d@example.com", i)})
	}
	crm.Owners = append(crm.Owners, hubspot.Owner{ID: "7", Type: "QUEUE", Email: "q@example.com"}, hubspot.Owner{ID: "8", Email: "left@example.com", Archived: true}, hubspot.Owner{ID: "9"})
	for _, version := range hubspot.Versions() {
		server := hubspottest.New(crm, hubspottest.Token(hubspottest.DefaultToken, hubspottest.ScopeOwners))
		srv := httptest.NewServer(server)
		t.Cleanup(srv.Close)
		got, err := hubspotrest.New(hubspotrest.Options{BaseURL: srv.URL, Token: secret.New(hubspottest.DefaultToken), Version: version}).Owners(t.Context())
		if err != nil || len(got) != 251 || got[0].Email != "o0@example.com" || got[250].ID != "9" || got[250].Email != "" {
			t.Errorf("%s: %d owners, %v", version, len(got), err)
		}
		if n := server.Count(hubspottest.OwnerRead); n != 3 {
			t.Errorf("%s: %d requests for 252 owners", version, n)
		}
	}
	_, o := serve(t)
	var refused *hubspotrest.Error
	if _, err := hubspotrest.New(o).Owners(t.Context()); !errors.As(err, &refused) || !strings.Contains(refused.Hint(), hubspottest.ScopeOwners) {
		t.Errorf("without the scope: %v", err)
	}
}

// TestOddListsOfOwners: an answer without what is relied on, and a list that does not end, are
// errors and no owners.
func TestOddListsOfOwners(t *testing.T) {
	for name, body := range map[string]string{
		"nothing": `{}`, "null": `{"results":null}`, "no id": `{"results":[{"type":"PERSON"}]}`,
		"itself next": `{"results":[{"id":"1","type":"PERSON"}],"paging":{"next":{"after":"x"}}}`,
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }))
		got, err := hubspotrest.New(hubspotrest.Options{BaseURL: srv.URL, Token: secret.New("k")}).Owners(t.Context())
		srv.Close()
		if err == nil || got != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// TestScopeOfOwners: the scope of its own, or an older one that lets a key read owners, too.
func TestScopeOfOwners(t *testing.T) {
	for _, c := range []struct {
		granted []string
		exact   bool
		missing []string
	}{
		{[]string{hubspottest.ScopeOwners}, true, nil}, {[]string{"contacts"}, true, nil}, {[]string{"automation"}, true, nil},
		{[]string{"oauth"}, true, []string{hubspottest.ScopeOwners}},
		{[]string{hubspottest.ScopeOwners}, false, nil}, {[]string{"oauth"}, false, []string{hubspottest.ScopeOwners}},
	} {
		_, o := serve(t, hubspottest.Token(hubspottest.DefaultToken, c.granted...), hubspottest.Assume(func(a *hubspottest.Assumptions) { a.TokenInfoForKeys = c.exact }))
		s, err := hubspotrest.New(o).Scopes(t.Context(), hubspotrest.ScopeOwners)
		if err != nil || !slices.Equal(s.Missing, c.missing) {
			t.Errorf("%v, told %v: missing %v, %v", c.granted, c.exact, s.Missing, err)
		}
	}
}
