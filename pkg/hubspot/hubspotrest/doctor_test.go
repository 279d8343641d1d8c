package hubspotrest_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspotrest"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/secret"
)

// What an examination reads beside the calls' own reads, in every version of the API.
func TestExaminations(t *testing.T) {
	for _, version := range hubspot.Versions() {
		_, o := serve(t, hubspottest.Validated(hubspot.PropMobile), hubspottest.AccountDetails(hubspottest.Details{Type: "SANDBOX", DataLocation: "eu1", Currencies: []string{"USD", "GBP"}}))
		o.Version = version
		c := hubspotrest.New(o)
		if d, ok := c.Daily(); ok {
			t.Errorf("%s: %+v left before anything was asked", version, d)
		}
		a, err := c.Account(t.Context())
		if err != nil || a.Type != "SANDBOX" || a.DataLocation != "eu1" || !slices.Equal(a.AdditionalCurrencies, []string{"USD", "GBP"}) {
			t.Errorf("%s: %+v, %v", version, a, err)
		}
		if d, ok := c.Daily(); !ok || d != (hubspotrest.Daily{Limit: 250_000, Remaining: 249_999}) {
			t.Errorf("%s: %+v %v left after one request", version, d, ok)
		}
		if n := c.TenSeconds(); n != 100 {
			t.Errorf("%s: %d requests in ten seconds", version, n)
		}
		for property, want := range map[string]bool{hubspot.PropPhone: false, hubspot.PropMobile: true} {
			if got, err := c.Validated(t.Context(), property); err != nil || got != want {
				t.Errorf("%s: %s is validated: %v, %v", version, property, got, err)
			}
		}
		if _, err := c.Validated(t.Context(), "nothing"); !hubspotrest.IsNotFound(err) {
			t.Errorf("%s: a property that is not there: %v", version, err)
		}
	}
}

// A token is told of to the app that it was given to, and to nobody else.
func TestIntrospect(t *testing.T) {
	server := hubspottest.New(portal(), hubspottest.OAuthApps(hubspottest.OAuthApp{ClientID: "app", ClientSecret: "s", RefreshToken: "r", Scopes: []string{"oauth", hubspotrest.ScopeContacts}}))
	srv := httptest.NewServer(server)
	t.Cleanup(srv.Close)
	got, err := hubspotrest.Exchange(t.Context(), hubspotrest.Grant{TokenURL: srv.URL + "/oauth/2026-03/token", Type: "refresh_token", ClientID: "app", ClientSecret: secret.New("s"), RefreshToken: secret.New("r")})
	if err != nil {
		t.Fatal(err)
	}
	c := hubspotrest.New(hubspotrest.Options{BaseURL: srv.URL, Token: got.Token, Version: "2026-03"})
	in, err := c.Introspect(t.Context(), "app", secret.New("s"))
	if err != nil || !in.Active || in.Portal != "24681357" || !slices.Equal(in.Scopes, []string{"oauth", hubspotrest.ScopeContacts}) {
		t.Errorf("%+v, %v", in, err)
	}
	if in, err := c.Introspect(t.Context(), "app", secret.New("other")); err == nil {
		t.Errorf("another secret: %+v", in)
	}
}

// An answer without what is relied on is an error and no "no".
func TestOddExaminations(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-HubSpot-RateLimit-Daily", "many")
		w.Header().Set("X-HubSpot-RateLimit-Daily-Remaining", "5")
		w.Header().Set("X-HubSpot-RateLimit-Max", "10")
		w.Write([]byte("{}")) //nolint:errcheck // a test's answer
	}))
	t.Cleanup(srv.Close)
	c := hubspotrest.New(hubspotrest.Options{BaseURL: srv.URL, Token: secret.New("k")})
	if ok, err := c.Validated(t.Context(), "phone"); err == nil {
		t.Errorf("validated: %v", ok)
	}
	if in, err := c.Introspect(t.Context(), "app", secret.New("s")); err == nil {
		t.Errorf("%+v", in)
	}
	if d, ok := c.Daily(); ok || c.TenSeconds() != 0 {
		t.Errorf("left: %+v, %d", d, c.TenSeconds())
	}
}
