package hubspotrest_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspotrest"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/secret"
)

func portal() hubspot.CRM {
	return hubspot.CRM{
		Portal: "24681357", Currency: "EUR", TimeZone: "Europe/Berlin",
		Pipelines: []hubspot.Pipeline{hubspot.DefaultPipeline(), {ID: "671", Label: "Renewals", Stages: []hubspot.Stage{
			{ID: "1", Label: "Open", Probability: "0.5"}, {ID: "2", Label: "Won", Closed: true, Won: true, Probability: "1.0"},
		}}},
		Contacts: []hubspot.Contact{{ID: "90000000001", Properties: hubspot.Properties{"phone": hubspot.Text("+15135550199")}}},
	}
}

func serve(t *testing.T, options ...hubspottest.Option) (*hubspottest.Server, hubspotrest.Options) {
	t.Helper()
	s := hubspottest.New(portal(), options...)
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return s, hubspotrest.Options{BaseURL: srv.URL, Token: secret.New(hubspottest.DefaultToken), Searches: rate.NewLimiter(rate.Inf, 1)}
}

func TestReads(t *testing.T) {
	for _, version := range hubspot.Versions() {
		_, o := serve(t)
		o.Version = version
		c := hubspotrest.New(o)
		ps, err := c.Pipelines(t.Context())
		if err != nil || len(ps) != 2 || !slices.Equal(ps[1].Stages, portal().Pipelines[1].Stages) || !slices.Equal(ps[0].Stages, hubspot.DefaultPipeline().Stages) {
			t.Errorf("%s: pipelines %+v, %v", version, ps, err)
		}
		a, err := c.Account(t.Context())
		if want := (hubspotrest.Account{Portal: "24681357", Type: "STANDARD", Currency: "EUR", TimeZone: "Europe/Berlin", DataLocation: "na1", AdditionalCurrencies: []string{}}); err != nil || !reflect.DeepEqual(a, want) {
			t.Errorf("%s: account %+v, %v", version, a, err)
		}
		u, err := c.DailyUsage(t.Context())
		if err != nil || len(u) != 1 || u[0].Limit != 250000 || u[0].Used == 0 || u[0].ResetsAt.IsZero() {
			t.Errorf("%s: usage %+v, %v", version, u, err)
		}
		p, err := c.Property(t.Context(), "contacts", hubspot.PropCalcPhone)
		if err != nil || p.Type != "string" || !p.Hidden || !p.Calculated {
			t.Errorf("%s: property %+v, %v", version, p, err)
		}
		if _, err := c.Property(t.Context(), "deals", "nonsense"); !hubspotrest.IsNotFound(err) || !strings.Contains(err.Error(), `"nonsense"`) {
			t.Errorf("%s: property %v", version, err)
		}
		f, err := c.Search(t.Context(), "contacts", hubspot.SearchRequest{Limit: 1, Properties: []string{"phone"}})
		if err != nil || f.Total != 1 || f.Took <= 0 {
			t.Errorf("%s: search %+v, %v", version, f, err)
		}
		if _, err := c.Search(t.Context(), "tickets", hubspot.SearchRequest{}); err == nil {
			t.Error("tickets were searched")
		}
	}
}

func TestCheckPortal(t *testing.T) {
	_, o := serve(t)
	_, keys := serve(t, hubspottest.Assume(func(a *hubspottest.Assumptions) { a.AccountForKeys = false }))
	for name, c := range map[string]*hubspotrest.Client{"account": hubspotrest.New(o), "token info": hubspotrest.New(keys)} {
		if err := c.CheckPortal(t.Context(), ""); err != nil {
			t.Errorf("%s: no pin: %v", name, err)
		}
		if err := c.CheckPortal(t.Context(), "24681357"); err != nil {
			t.Errorf("%s: right pin: %v", name, err)
		}
		var wrong *hubspotrest.WrongPortalError
		if err := c.CheckPortal(t.Context(), "1"); !errors.As(err, &wrong) || wrong.Got != "24681357" {
			t.Errorf("%s: wrong pin: %v", name, err)
		}
	}
	_, closed := serve(t, hubspottest.Assume(func(a *hubspottest.Assumptions) { a.AccountForKeys, a.TokenInfoForKeys = false, false }))
	if err := hubspotrest.New(closed).CheckPortal(t.Context(), "24681357"); err == nil {
		t.Error("a pin that cannot be checked counts as right")
	}
}

func TestScopes(t *testing.T) {
	for _, c := range []struct {
		name    string
		scopes  []string
		info    bool
		missing []string
	}{
		{"all", hubspottest.DefaultScopes(), true, nil},
		{"one", []string{hubspottest.ScopeContacts, hubspottest.ScopeCompanies}, true, []string{hubspottest.ScopeDeals}},
		{"all, by trying", hubspottest.DefaultScopes(), false, nil},
		{"one, by trying", []string{hubspottest.ScopeCompanies, hubspottest.ScopeDeals}, false, []string{hubspottest.ScopeContacts}},
		{"no companies", []string{hubspottest.ScopeContacts, hubspottest.ScopeDeals}, true, []string{hubspottest.ScopeCompanies}},
		{"no companies, by trying", []string{hubspottest.ScopeContacts, hubspottest.ScopeDeals}, false, []string{hubspottest.ScopeCompanies}},
	} {
		_, o := serve(t, hubspottest.Token(hubspottest.DefaultToken, c.scopes...),
			hubspottest.Assume(func(a *hubspottest.Assumptions) { a.TokenInfoForKeys = c.info }))
		s, err := hubspotrest.New(o).Scopes(t.Context(), hubspotrest.ScopeContacts, hubspotrest.ScopeCompanies, hubspotrest.ScopeDeals)
		if err != nil || s.Exact != c.info || !slices.Equal(s.Missing, c.missing) {
			t.Errorf("%s: %+v, %v", c.name, s, err)
		}
	}
	_, o := serve(t)
	o.Token = secret.New("wrong")
	if _, err := hubspotrest.New(o).Scopes(t.Context(), hubspotrest.ScopeContacts, hubspotrest.ScopeDeals); err == nil {
		t.Error("an unknown key has scopes")
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		fault                      hubspottest.Fault
		status                     int
		category, policy, in, hint string
	}{
		{hubspottest.FaultBadRequest, 400, hubspot.CategoryValidation, "", "problem with the request", ""},
		{hubspottest.FaultUnauthorized, 401, hubspot.CategoryInvalidAuth, "", "does not know the key", "rotated"},
		{hubspottest.FaultExpired, 401, hubspot.CategoryExpiredAuth, "", "has expired", "rotated"},
		{hubspottest.FaultScopes, 403, hubspot.CategoryScopes, "", "lacks a scope", hubspottest.ScopeContacts},
		{hubspottest.FaultForbidden, 403, "BANNED", "", "not allowed", "scopes are not the reason"},
		{hubspottest.FaultNotFound, 404, hubspot.CategoryNotFound, "", "resource not found", "apiVersion"},
		{hubspottest.FaultSecondly, 429, "", hubspot.PolicySecondly, "SECONDLY", "shared"},
		{hubspottest.FaultTenSecondly, 429, "", hubspot.PolicyTenSecondly, "TEN_SECONDLY_ROLLING", ""},
		{hubspottest.FaultDaily, 429, "", hubspot.PolicyDaily, "DAILY", "midnight"},
		{hubspottest.FaultMoving, 477, "MIGRATION_IN_PROGRESS", "", "moving this account", "1h0m0s"},
		{hubspottest.FaultServer, 500, "", "", "internal error", ""},
		{hubspottest.FaultBadGateway, 502, "", "", "HTML page", ""},
	} {
		s, o := serve(t, hubspottest.Faults(hubspottest.Always("", c.fault)))
		o.NoRetries = true
		_, err := hubspotrest.New(o).Search(t.Context(), "contacts", hubspot.SearchRequest{Limit: 1})
		var e *hubspotrest.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", c.fault, err)
			continue
		}
		if e.Status != c.status || e.Category != c.category || e.PolicyName != c.policy || e.CorrelationID == "" ||
			!strings.Contains(err.Error(), c.in) || !strings.Contains(err.Error(), e.CorrelationID) || !strings.Contains(e.Hint(), c.hint) {
			t.Errorf("%s: %+v\n%v\nhint: %s", c.fault, e, err, e.Hint())
		}
		if s.Count() != 1 {
			t.Errorf("%s: %d requests", c.fault, s.Count())
		}
	}
	for _, f := range []hubspottest.Fault{hubspottest.FaultTruncated, hubspottest.FaultHTML200, hubspottest.FaultEmpty, hubspottest.FaultReset} {
		_, o := serve(t, hubspottest.Faults(hubspottest.Always("", f)))
		o.NoRetries = true
		if _, err := hubspotrest.New(o).Pipelines(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "read the deal pipelines: ") {
			t.Errorf("%s: %v", f, err)
		}
	}
}

func TestGarbageIsNotExpired(t *testing.T) {
	_, o := serve(t, hubspottest.Assume(func(a *hubspottest.Assumptions) { a.GarbageLooksExpired = true }))
	o.Token = secret.New("not a key")
	_, err := hubspotrest.New(o).Pipelines(t.Context())
	var e *hubspotrest.Error
	if !errors.As(err, &e) || !e.Undecodable() || strings.Contains(err.Error(), "expired") {
		t.Errorf("%v", err)
	}
}

func TestReadsAreRepeated(t *testing.T) {
	s, o := serve(t, hubspottest.Faults(hubspottest.Nth(1, hubspottest.FaultSecondly)))
	if _, err := hubspotrest.New(o).Search(t.Context(), "contacts", hubspot.SearchRequest{}); err != nil || s.Count() != 2 {
		t.Errorf("%d requests, %v", s.Count(), err)
	}
}

func TestInterrupted(t *testing.T) {
	_, o := serve(t, hubspottest.Faults(hubspottest.Always("", hubspottest.FaultHang)))
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := hubspotrest.New(o).Pipelines(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func TestSecretsAndNumbersStayIn(t *testing.T) {
	var log bytes.Buffer
	_, o := serve(t, hubspottest.Faults(hubspottest.Always("", hubspottest.FaultServer)))
	c := hubspotrest.New(hubspotrest.Options{
		BaseURL: o.BaseURL, Token: secret.New("pat-na1-marked"), NoRetries: true,
		Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	_, err := c.Search(t.Context(), "contacts", hubspot.SearchRequest{Query: "+15135550199"})
	_, err2 := c.TokenInfo(t.Context())
	text := err.Error() + err2.Error() + log.String()
	if strings.Contains(text, "pat-na1-marked") || strings.Contains(text, "5135550199") || !strings.Contains(text, "/contacts/search") {
		t.Errorf("%s", text)
	}
}

func TestExchange(t *testing.T) {
	_, o := serve(t, hubspottest.OAuthApps(hubspottest.OAuthApp{ClientID: "app", ClientSecret: "shh", RefreshToken: "again", Scopes: hubspottest.DefaultScopes()}))
	g := hubspotrest.Grant{
		TokenURL: o.BaseURL + "/oauth/2026-03/token", Type: "refresh_token", ClientID: "app",
		ClientSecret: secret.New("shh"), RefreshToken: secret.New("again"),
	}
	a, err := hubspotrest.Exchange(t.Context(), g)
	if left := time.Until(a.Expires); err != nil || !a.Token.Set() || left < 29*time.Minute || left > 30*time.Minute {
		t.Fatalf("%v, %s left", err, time.Until(a.Expires))
	}
	o.Token = a.Token
	if _, err := hubspotrest.New(o).Pipelines(t.Context()); err != nil {
		t.Error(err)
	}
	g.RefreshToken = secret.New("marked-refresh")
	_, err = hubspotrest.Exchange(t.Context(), g)
	var e *hubspotrest.Error
	if !errors.As(err, &e) || e.Status != http.StatusBadRequest || !strings.Contains(err.Error(), "refresh token") || strings.Contains(err.Error(), "marked") {
		t.Errorf("%v", err)
	}
}
