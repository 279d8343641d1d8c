package hubspottest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
)

// ask calls the handler without a socket, where thousands of requests are made.
func ask(s http.Handler, path, body string) (int, []byte) {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+hubspottest.DefaultToken)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, w.Body.Bytes()
}

func TestReads(t *testing.T) {
	_, c := serve(t, account(), free(), hubspottest.Define("contacts", hubspottest.Property{Name: "e164", Unique: true}))
	type result struct {
		ID           string
		Status       string
		NumErrors    int
		Associations map[string]struct{ Results []map[string]string }
		Results      []struct {
			ID         string
			ToObjectID any
			From       struct{ ID string }
			To         []map[string]any
		}
		Errors []struct {
			Category string
			Context  map[string][]string
		}
	}
	get := func(method, path, body string, status int) result {
		t.Helper()
		var r result
		if a := c.into(&r, method, path, body); a.status != status {
			t.Fatalf("%s %s: %d %s", method, path, a.status, a.text)
		}
		return r
	}
	const objects = "/crm/objects/2026-09/"
	if r := get("GET", objects+"contacts/90000000001?associations=deals", "", 200); len(r.Associations["deals"].Results) != 3 || r.Associations["deals"].Results[0]["type"] != "contact_to_deal" {
		t.Errorf("associations %+v", r.Associations)
	}
	if r := get("GET", objects+"contacts/lucia%40acme.example?idProperty=email", "", 200); r.ID != "90000000001" {
		t.Errorf("by email: %s", r.ID)
	}
	get("GET", objects+"contacts/Acme?idProperty=company", "", 400)
	get("GET", objects+"contacts/%2B15135550199?idProperty=e164", "", 404)
	get("GET", objects+"contacts/1", "", 404)
	get("GET", objects+"contacts/90000000003", "", 404)
	get("GET", objects+"contacts/90000000003?archived=true", "", 200)
	get("GET", objects+"contacts/90000000001?associations=tickets", "", 400)
	get("GET", objects+"contacts?limit=101", "", 400)

	if r := get("GET", objects+"contacts/90000000001/associations/deals?limit=500", "", 200); len(r.Results) != 3 || r.Results[0].ToObjectID != "90000000101" {
		t.Errorf("associations %+v", r)
	}
	if r := get("GET", objects+"deals/90000000103/associations/contacts", "", 200); len(r.Results) != 2 {
		t.Errorf("contacts of a deal %+v", r)
	}
	get("GET", objects+"contacts/1/associations/deals", "", 404)
	if r := get("POST", "/crm/associations/2026-09/contacts/deals/batch/read", `{"inputs":[{"id":"90000000001"}]}`, 200); len(r.Results[0].To) != 3 || r.Results[0].From.ID != "90000000001" || r.Status != "COMPLETE" {
		t.Errorf("batch of associations %+v", r)
	}
	if r := get("POST", "/crm/associations/2026-09/contacts/deals/batch/read", `{"inputs":[{"id":"90000000001"},{"id":"90000000009"}]}`, 207); len(r.Errors) != 1 {
		t.Errorf("batch of associations %+v", r)
	}
	if r := get("POST", objects+"deals/batch/read", `{"inputs":[{"id":"90000000101"},{"id":"5"}],"properties":["amount"],"propertiesWithHistory":[]}`, 207); len(r.Results) != 1 || r.Errors[0].Category != hubspot.CategoryNotFound || r.Errors[0].Context["ids"][0] != "5" {
		t.Errorf("batch %+v", r)
	}
	get("POST", objects+"deals/batch/read", `{"inputs":[`+repeat(`{"id":"1"}`, 101)+`]}`, 400)
	_, old := serve(t, account(), hubspottest.Assume(func(a *hubspottest.Assumptions) { a.NumericAssociations = true }))
	if a := old.do("GET", objects+"contacts/90000000001/associations/deals", ""); !strings.Contains(a.text, `"toObjectId":90000000101`) {
		t.Errorf("older form %s", a.text)
	}
}

func TestAccount(t *testing.T) {
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	_, c := serve(t, account(), hubspottest.Clock(func() time.Time { return noon }))
	for path, wants := range map[string][]string{
		"/account-info/2026-09/details":                                     {`"portalId":24681357`, `"companyCurrency":"USD"`, `"timeZone":"US/Eastern"`, `"utcOffset":"-05:00"`, `"utcOffsetMilliseconds":-18000000`},
		"/account-info/2026-09/api-usage/daily/private-apps":                {`"usageLimit":250000`, `"resetsAt":"2026-11-24T05:00:00.000Z"`},
		"/crm/pipelines/2026-09/deals":                                      {`"id":"default"`, `"metadata":{"isClosed":"true","probability":"1.0"}`, `"label":"Stayed"`},
		"/crm/pipelines/2026-09/deals/671008549":                            {`"label":"Renewals"`},
		"/crm/properties/2026-09/contacts/hs_calculated_phone_number":       {`"hidden":true`, `"calculated":true`},
		"/crm/properties/2026-09/contacts/score":                            {`"type":"number"`, `"hubspotDefined":false`},
		"/crm/properties/2026-09/contacts/customer_tier":                    {`"type":"string"`},
		"/crm/properties/2026-09/deals":                                     {`"name":"amount_in_home_currency"`, `"name":"hs_is_closed_won"`},
		"/crm/objects/2026-09/contacts/90000000001?properties=hs_object_id": {`"hs_object_id":"90000000001"`},
	} {
		a := c.do("GET", path, "")
		for _, want := range wants {
			if a.status != 200 || !strings.Contains(a.text, want) {
				t.Errorf("%s: %d, no %s in %s", path, a.status, want, a.text)
			}
		}
	}
	for _, path := range []string{"/crm/properties/2026-09/contacts/nonsense", "/crm/pipelines/2026-09/deals/1"} {
		if a := c.do("GET", path, ""); a.status != 404 || a.err.Category != hubspot.CategoryNotFound {
			t.Errorf("%s: %d %s", path, a.status, a.text)
		}
	}
	if a := c.do("GET", "/crm/owners/2026-09/1", ""); a.status != 403 {
		t.Errorf("owners without their scope: %d", a.status)
	}
	info := c.do("POST", hubspot.TokenInfo, `{"tokenKey":"`+hubspottest.DefaultToken+`"}`)
	if info.status != 200 || !strings.Contains(info.text, `"hubId":24681357`) || !strings.Contains(info.text, hubspottest.ScopeDeals) {
		t.Errorf("token info %d %s", info.status, info.text)
	}
	_, c = serve(t, account(), hubspottest.Assume(func(a *hubspottest.Assumptions) { a.TokenInfoForKeys, a.AccountForKeys = false, false }))
	if a := c.do("POST", hubspot.TokenInfo, `{"tokenKey":"`+hubspottest.DefaultToken+`"}`); a.status != 404 {
		t.Errorf("token info %d", a.status)
	}
	if a := c.do("GET", "/account-info/2026-09/details", ""); a.status != 403 {
		t.Errorf("account %d", a.status)
	}
}

func TestSearchesShareFivePerRollingSecond(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	_, c := serve(t, account(), hubspottest.Clock(func() time.Time { return now }), hubspottest.Token("a"), hubspottest.Token("b"))
	ask := func(token, path string) answer { c.token = token; return c.do("POST", path, "{}") }
	for i := range 5 {
		if a := ask([]string{"a", "b"}[i%2], []string{contactSearch, dealSearch}[i%2]); a.status != 200 {
			t.Fatalf("search %d: %d", i+1, a.status)
		}
		now = now.Add(100 * time.Millisecond)
	}
	a := ask("a", contactSearch)
	if a.status != 429 || a.err.Policy() != hubspot.PolicySecondly || a.err.Category != "" || a.err.ErrorType != "RATE_LIMIT" ||
		!strings.HasPrefix(a.err.GroupName, "publicapi:crm:search:oauth:") || a.header.Get("Retry-After") != "" {
		t.Errorf("%d %s %v", a.status, a.text, a.header)
	}
	now = now.Add(499 * time.Millisecond)
	if a := ask("a", contactSearch); a.status != 429 {
		t.Errorf("just inside the second: %d", a.status)
	}
	now = now.Add(time.Millisecond) // the first of the five is a second old
	if a := ask("a", contactSearch); a.status != 200 {
		t.Errorf("a second after the first: %d", a.status)
	}
	if a := ask("a", contactSearch); a.status != 429 {
		t.Errorf("the window does not roll: %d", a.status)
	}
}

func TestTenSecondAndDailyLimits(t *testing.T) {
	now := time.Date(2026, 11, 24, 4, 59, 0, 0, time.UTC) // a minute before midnight in US/Eastern
	s, c := serve(t, account(), hubspottest.Clock(func() time.Time { return now }),
		hubspottest.WithLimits(hubspottest.Limits{SearchesPerSecond: 5, PerTenSeconds: 3, PerDay: 6}))
	const path = "/crm/pipelines/2026-09/deals"
	for i := range 3 {
		a := c.do("GET", path, "")
		want := fmt.Sprint(2 - i)
		if a.status != 200 || a.header.Get("X-HubSpot-RateLimit-Remaining") != want || a.header.Get("X-HubSpot-RateLimit-Max") != "3" || a.header.Get("X-HubSpot-RateLimit-Interval-Milliseconds") != "10000" {
			t.Errorf("request %d: %d %v", i+1, a.status, a.header)
		}
	}
	if a := c.do("GET", path, ""); a.status != 429 || a.err.Policy() != hubspot.PolicyTenSecondly {
		t.Errorf("%d %s", a.status, a.text)
	}
	// Searches are outside that window but count to the day.
	a := c.do("POST", contactSearch, "{}")
	if a.status != 200 || a.header.Get("X-HubSpot-RateLimit-Max") != "" || a.header.Get("X-HubSpot-RateLimit-Remaining") != "" || a.header.Get("X-HubSpot-RateLimit-Daily-Remaining") != "2" {
		t.Errorf("search: %d %v", a.status, a.header)
	}
	c.do("POST", contactSearch, "{}")
	c.do("POST", contactSearch, "{}")
	if a := c.do("POST", contactSearch, "{}"); a.status != 429 || a.err.Policy() != hubspot.PolicyDaily {
		t.Errorf("over the day: %d %s", a.status, a.text)
	}
	now = now.Add(time.Minute)
	if a := c.do("POST", contactSearch, "{}"); a.status != 200 {
		t.Errorf("after midnight of the account: %d %s", a.status, a.text)
	}
	s.Forget()
	if s.Count() != 0 || len(s.Requests()) != 0 {
		t.Error("Forget forgets nothing")
	}
}

func TestFaults(t *testing.T) {
	statuses := map[hubspottest.Fault]int{
		hubspottest.FaultSlow: 200, hubspottest.FaultTruncated: 200, hubspottest.FaultEmpty: 200, hubspottest.FaultHTML200: 200,
		hubspottest.FaultBadRequest: 400, hubspottest.FaultUnauthorized: 401, hubspottest.FaultExpired: 401,
		hubspottest.FaultScopes: 403, hubspottest.FaultForbidden: 403, hubspottest.FaultNotFound: 404,
		hubspottest.FaultURITooLong: 414, hubspottest.FaultLocked: 423, hubspottest.FaultSecondly: 429,
		hubspottest.FaultTenSecondly: 429, hubspottest.FaultDaily: 429, hubspottest.FaultMoving: 477,
		hubspottest.FaultServer: 500, hubspottest.FaultBadGateway: 502, hubspottest.FaultUnavailable: 503,
		hubspottest.FaultGatewayTime: 504, hubspottest.FaultEdgeTimeout: 524, hubspottest.FaultOriginUnknown: 520,
	}
	s, c := serve(t, account(), free())
	for _, f := range hubspottest.AllFaults() {
		if f == hubspottest.FaultHang || f == hubspottest.FaultReset {
			continue // no answer; see the tests of time
		}
		s.Heal()
		s.Fail(hubspottest.Nth(2, f))
		for i := 1; i <= 3; i++ {
			a := c.do("POST", contactSearch, mixed)
			good := a.status == 200 && a.Total == 2
			switch {
			case i != 2 && !good:
				t.Errorf("%s: request %d is %d %s", f, i, a.status, a.text)
			case i == 2 && (a.status != statuses[f] || good != (f == hubspottest.FaultSlow) || a.header.Get(hubspot.CorrelationHeader) == ""):
				t.Errorf("%s: %d %s", f, a.status, a.text)
			case i == 2 && (f == hubspottest.FaultMoving || f == hubspottest.FaultLocked) != (a.header.Get("Retry-After") != ""):
				t.Errorf("%s: Retry-After %q", f, a.header.Get("Retry-After"))
			case i == 2 && a.status >= 501 && !strings.HasPrefix(a.text, "<"):
				t.Errorf("%s is not HTML: %s", f, a.text)
			}
		}
	}
}

func TestFaultsByKind(t *testing.T) {
	s, c := serve(t, account(), free(), hubspottest.Faults(
		hubspottest.Always(hubspottest.DealSearch, hubspottest.FaultServer),
		hubspottest.Rule{Fault: hubspottest.FaultBadGateway, Kind: hubspottest.ContactSearch, First: 2}))
	for i, want := range []int{200, 502, 502} {
		if a := c.do("POST", contactSearch, "{}"); a.status != want {
			t.Errorf("contact search %d: %d, want %d", i+1, a.status, want)
		}
		if a := c.do("POST", dealSearch, "{}"); a.status != 500 {
			t.Errorf("deal search: %d", a.status)
		}
	}
	s.Heal()
	if a := c.do("POST", dealSearch, "{}"); a.status != 200 {
		t.Errorf("healed: %d", a.status)
	}
}

func TestOAuth(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	_, c := serve(t, account(), hubspottest.Clock(func() time.Time { return now }), hubspottest.OAuthApps(hubspottest.OAuthApp{
		ClientID: "app", ClientSecret: "shh", RefreshToken: "again", Scopes: append(hubspottest.DefaultScopes(), "developer.webhooks_journal.read"),
	}))
	form := func(pairs ...string) (int, string) {
		v := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		resp, err := new(http.Client).PostForm(c.base+"/oauth/2026-03/token", v)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		b, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(b)
	}
	token := func(text string) string {
		_, rest, _ := strings.Cut(text, `"access_token":"`)
		out, _, _ := strings.Cut(rest, `"`)
		return out
	}
	status, text := form("grant_type", "refresh_token", "client_id", "app", "client_secret", "shh", "refresh_token", "again")
	if status != 200 || !strings.Contains(text, `"expires_in":1800`) {
		t.Fatalf("%d %s", status, text)
	}
	c.token = token(text)
	if a := c.do("POST", contactSearch, "{}"); a.status != 200 || a.header.Get("X-HubSpot-RateLimit-Daily") != "" {
		t.Errorf("%d %v", a.status, a.header)
	}
	now = now.Add(30 * time.Minute)
	if a := c.do("POST", contactSearch, "{}"); a.status != 401 || a.err.Category != hubspot.CategoryExpiredAuth {
		t.Errorf("after half an hour: %d %s", a.status, a.text)
	}
	// The grant that the guide asks for exists and opens nothing of the CRM.
	status, text = form("grant_type", "client_credentials", "client_id", "app", "client_secret", "shh")
	if c.token = token(text); status != 200 {
		t.Fatalf("%d %s", status, text)
	}
	if a := c.do("POST", contactSearch, "{}"); a.status != 403 || a.err.Category != hubspot.CategoryScopes {
		t.Errorf("client credentials: %d %s", a.status, a.text)
	}
	for want, pairs := range map[string][]string{
		"BAD_REFRESH_TOKEN": {"grant_type", "refresh_token", "client_id", "app", "client_secret", "shh", "refresh_token", "x"},
		"BAD_CLIENT_ID":     {"grant_type", "refresh_token", "client_id", "app", "client_secret", "x"},
		"BAD_GRANT_TYPE":    {"grant_type", "password", "client_id", "app", "client_secret", "shh"},
	} {
		if status, text := form(pairs...); status != 400 || !strings.Contains(text, want) {
			t.Errorf("%s: %d %s", want, status, text)
		}
	}
}

// Each of the readings is a fact that an account can have the other way.
func TestReadingsAreFacts(t *testing.T) {
	crm := hubspot.CRM{Contacts: []hubspot.Contact{{ID: "1"}}}
	deals := func(o ...hubspottest.Option) string {
		_, body := ask(hubspottest.New(crm, o...), "/crm/objects/2026-09/contacts/search", `{"properties":["num_associated_deals"]}`)
		return string(body)
	}
	if got := deals(hubspottest.Otherwise("NoDealsIsZero", "no such fact")); !strings.Contains(got, `"num_associated_deals":"0"`) || got == deals() {
		t.Error(got)
	}
	for _, name := range hubspottest.Readings() {
		was := hubspottest.Assumed()
		hubspottest.New(crm, hubspottest.Otherwise(name), hubspottest.Assume(func(a *hubspottest.Assumptions) {
			if *a == was {
				t.Errorf("%s changes nothing", name)
			}
		}))
	}
}
