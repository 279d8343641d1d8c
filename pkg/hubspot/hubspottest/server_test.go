package hubspottest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
)

func props(pairs ...string) hubspot.Properties {
	out := hubspot.Properties{}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = hubspot.Text(pairs[i+1])
	}
	return out
}

func day(n int) time.Time { return time.Date(2026, 1, n, 8, 0, 0, 0, time.UTC) }

// account has the caller of the fact sheet's example in the middle of others.
func account() hubspot.CRM {
	return hubspot.CRM{
		Portal: "24681357", Currency: "USD", TimeZone: "US/Eastern",
		Pipelines: []hubspot.Pipeline{hubspot.DefaultPipeline(), {ID: "671008549", Label: "Renewals", Stages: []hubspot.Stage{
			{ID: "1214320997", Label: "Talking", Probability: "0.5"},
			{ID: "1214320998", Label: "Gone", Closed: true, Probability: "0.0"},
			{ID: "1214320999", Label: "Stayed", Closed: true, Won: true, Probability: "1.0"},
		}}},
		Contacts: []hubspot.Contact{
			{ID: "90000000009", CreatedAt: day(1), Properties: props("firstname", "First", "lastname", "Ofall", "phone", "+1 212 555 0123", "customer_tier", "gold", "score", "9.5")},
			{ID: "90000000001", CreatedAt: day(2), UpdatedAt: day(20), Properties: props("firstname", "Lucia", "lastname", "Spencer", "company", "Acme", "phone", "(513) 555-0199", "email", "Lucia@Acme.example", "lifecyclestage", "opportunity", "score", "80")},
			{ID: "90000000002", CreatedAt: day(3), UpdatedAt: day(10), Properties: props("firstname", "Paul", "mobilephone", "+15135550199", "company", "", "score", "9")},
			{ID: "90000000003", CreatedAt: day(4), Archived: true, Properties: props("firstname", "Gone", "phone", "+15135550199")},
		},
		Deals: []hubspot.Deal{
			{ID: "90000000101", Contacts: []string{"90000000001"}, CreatedAt: day(5), Properties: props("dealname", "Acme renewal", "dealstage", "contractsent", "amount", "12000")},
			{ID: "90000000102", Contacts: []string{"90000000001"}, CreatedAt: day(6), Properties: props("dealname", "Acme add-on", "dealstage", "1214320997", "pipeline", "671008549")},
			{ID: "90000000103", Contacts: []string{"90000000001", "90000000002"}, CreatedAt: day(7), Properties: props("dealname", "Acme first", "dealstage", "1214320999", "pipeline", "671008549", "amount", "9000", "deal_currency_code", "EUR")},
		},
	}
}

// A client speaks to one server as any HTTP client would.
type client struct {
	t     *testing.T
	base  string
	token string
}

func serve(t *testing.T, crm hubspot.CRM, options ...hubspottest.Option) (*hubspottest.Server, client) {
	t.Helper()
	s := hubspottest.New(crm, options...)
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return s, client{t, srv.URL, hubspottest.DefaultToken}
}

type answer struct {
	status int
	header http.Header
	text   string
	err    hubspot.ErrorBody
	hubspot.SearchReply
}

func (c client) do(method, path, body string) answer {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if method == "POST" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := new(http.Client).Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	a := answer{status: resp.StatusCode, header: resp.Header, text: string(b)}
	_ = json.Unmarshal(b, &a.err)
	_ = json.Unmarshal(b, &a.SearchReply)
	return a
}

func (c client) into(v any, method, path, body string) answer {
	c.t.Helper()
	a := c.do(method, path, body)
	if err := json.Unmarshal([]byte(a.text), v); err != nil {
		c.t.Fatalf("%s %s: %v in %s", method, path, err, a.text)
	}
	return a
}

func (a answer) ids() string {
	var out []string
	for _, r := range a.Results {
		out = append(out, strings.TrimLeft(strings.TrimPrefix(r.ID, "90000000"), "0"))
	}
	return strings.Join(out, " ")
}

const (
	contactSearch = "/crm/objects/2026-09/contacts/search"
	dealSearch    = "/crm/objects/2026-09/deals/search"
)

// mixed is the search that this project generates.
const mixed = `{"filterGroups":[
  {"filters":[{"propertyName":"hs_calculated_phone_number","operator":"EQ","value":"+15135550199"}]},
  {"filters":[{"propertyName":"hs_calculated_mobile_number","operator":"EQ","value":"+15135550199"}]},
  {"filters":[{"propertyName":"hs_searchable_calculated_phone_number","operator":"EQ","value":"5135550199"},
              {"propertyName":"hs_calculated_phone_number","operator":"NOT_HAS_PROPERTY"}]},
  {"filters":[{"propertyName":"phone","operator":"EQ","value":"+15135550199"}]}],
 "properties":["firstname","lastname","company","num_associated_deals","phone","nonsense"],
 "sorts":[{"propertyName":"lastmodifieddate","direction":"DESCENDING"}],"limit":5}`

func TestTheTwoSearches(t *testing.T) {
	_, c := serve(t, account())
	found := c.do("POST", contactSearch, mixed)
	if found.status != 200 || found.Total != 2 || found.ids() != "1 2" || found.Paging != nil {
		t.Fatalf("%d %s", found.status, found.text)
	}
	p := found.Results[0].Properties
	want := map[string]string{"firstname": "Lucia", "num_associated_deals": "3", "hs_object_id": "90000000001", "createdate": "2026-01-02T08:00:00.000Z", "lastmodifieddate": "2026-01-20T08:00:00.000Z"}
	for name, v := range want {
		if got, _ := p.Get(name); got != v {
			t.Errorf("%s is %q, want %q", name, got, v)
		}
	}
	if _, there := p["nonsense"]; there {
		t.Error("an unknown property came back")
	}
	if v, there := found.Results[1].Properties["company"]; !there || v != nil {
		t.Error("an empty property is not null")
	}
	if !strings.Contains(found.text, `"createdAt":"2026-01-02T08:00:00.000Z"`) {
		t.Errorf("dates without milliseconds: %s", found.text)
	}

	open := c.do("POST", dealSearch, `{"filterGroups":[{"filters":[
		{"propertyName":"associations.contact","operator":"EQ","value":"90000000001"},
		{"propertyName":"hs_is_closed","operator":"EQ","value":"false"}]}],
		"properties":["dealstage","pipeline","amount","amount_in_home_currency","hs_is_closed","hs_deal_stage_probability"],
		"sorts":["-amount_in_home_currency"],"limit":100}`)
	if open.ids() != "101 102" {
		t.Fatalf("open deals: %s", open.text)
	}
	if v := open.Results[1].Properties["amount"]; v != nil {
		t.Error("no amount is not null")
	}
	if v, _ := open.Results[0].Properties.Get("hs_deal_stage_probability"); !strings.HasPrefix(v, "0.9000000000000000222") {
		t.Errorf("probability %q", v)
	}
	if v, _ := open.Results[0].Properties.Get("pipeline"); v != "default" {
		t.Errorf("pipeline %q", v)
	}
}

func TestNoMatchIs200(t *testing.T) {
	_, c := serve(t, account())
	a := c.do("POST", contactSearch, strings.ReplaceAll(mixed, "5135550199", "5135559876"))
	if a.status != 200 || a.Total != 0 || !strings.Contains(a.text, `"results":[]`) {
		t.Errorf("%d %s", a.status, a.text)
	}
}

// The guide that this project corrects looks a caller up by a list request with a filter of its
// own invention. HubSpot answers it with whoever comes first.
func TestTheGuidesListRequestFindsTheWrongContact(t *testing.T) {
	s, c := serve(t, account())
	guide := "/crm/v3/objects/contacts?limit=1&properties=phone,firstname,deal_stage&propertyFilter=phone%3D%2B15135550199"
	a := c.do("GET", guide, "")
	if a.status != 200 || len(a.Results) != 1 || a.Results[0].ID != "90000000009" {
		t.Fatalf("%d %s", a.status, a.text)
	}
	if phone, _ := a.Results[0].Properties.Get("phone"); phone != "+1 212 555 0123" {
		t.Errorf("phone %q", phone)
	}
	if deals := c.do("GET", "/crm/v3/objects/deals?objectIds=90000000002&q=status%3Dactive", ""); deals.ids() != "101 102 103" {
		t.Errorf("deals %s", deals.text)
	}
	if log := s.Requests(); strings.Contains(log[0].Path, "5135550199") || !strings.Contains(log[0].Path, "propertyFilter") {
		t.Errorf("log has %q", log[0].Path)
	}
	_, strict := serve(t, account(), hubspottest.Assume(func(a *hubspottest.Assumptions) { a.ListsRefuseUnknown = true }))
	if a := strict.do("GET", guide, ""); a.status != 400 {
		t.Errorf("the switch has no effect: %d", a.status)
	}
}

func TestBearer(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	_, c := serve(t, account(),
		hubspottest.Clock(func() time.Time { return now }),
		hubspottest.Token("good"),
		hubspottest.Token("half", hubspottest.ScopeContacts),
		hubspottest.Granted("old", hubspottest.Grant{Scopes: hubspottest.DefaultScopes(), Expires: now.Add(-75 * time.Second), OAuth: true}))
	for _, x := range []struct {
		token, path string
		status      int
		category    string
	}{
		{"", contactSearch, 401, hubspot.CategoryInvalidAuth},
		{"wrong", contactSearch, 401, hubspot.CategoryInvalidAuth},
		{hubspottest.DefaultToken, contactSearch, 401, hubspot.CategoryInvalidAuth},
		{"old", contactSearch, 401, hubspot.CategoryExpiredAuth},
		{"half", dealSearch, 403, hubspot.CategoryScopes},
		{"half", contactSearch, 200, ""},
		{"good", dealSearch, 200, ""},
	} {
		c.token = x.token
		a := c.do("POST", x.path, "{}")
		if a.status != x.status || a.err.Category != x.category {
			t.Errorf("%q: %d %s", x.token, a.status, a.text)
		}
		if id := a.header.Get(hubspot.CorrelationHeader); id == "" || a.status != 200 && (a.err.CorrelationID != id || a.err.Status != "error") {
			t.Errorf("%q: correlation id %q, body %s", x.token, id, a.text)
		}
		switch x.status {
		case 403:
			if s := a.err.Scopes(); len(s) != 1 || s[0] != hubspottest.ScopeDeals {
				t.Errorf("scopes %v", s)
			}
		case 401:
			if x.token == "old" && !strings.Contains(a.err.Message, "expired 75 second(s) ago") {
				t.Errorf("message %q", a.err.Message)
			}
		}
	}
}

func TestTokensByLookup(t *testing.T) {
	_, c := serve(t, account(), hubspottest.Tokens(func(b string) (hubspottest.Grant, bool) {
		return hubspottest.Grant{Scopes: hubspottest.DefaultScopes()}, strings.HasSuffix(b, "-hashed")
	}))
	for token, status := range map[string]int{"a-hashed": 200, hubspottest.DefaultToken: 401} {
		c.token = token
		if a := c.do("POST", dealSearch, "{}"); a.status != status {
			t.Errorf("%s: %d", token, a.status)
		}
	}
}

func TestPathsOfAllVersions(t *testing.T) {
	crm := account()
	crm.Owners = []hubspot.Owner{{ID: "41629779", Email: "o@example.com"}}
	_, c := serve(t, crm, hubspottest.WithLimits(hubspottest.Limits{}), hubspottest.Token(hubspottest.DefaultToken, append(hubspottest.DefaultScopes(), hubspottest.ScopeOwners)...))
	for _, version := range hubspot.Versions() {
		p := hubspot.Paths(version)
		family := func(name, v3 string) string { // as HubSpot's pages write them; the tool asks for none of these
			if version == "v3" {
				return "/crm/" + v3 + "/" + name
			}
			return "/crm/" + name + "/" + version
		}
		contacts, deals := family("objects", "v3")+"/contacts", family("objects", "v3")+"/deals"
		for _, x := range []struct{ method, path, body string }{
			{"POST", p.ContactSearch(), "{}"}, {"POST", p.DealSearch(), "{}"},
			{"GET", contacts, ""}, {"GET", deals, ""},
			{"GET", contacts + "/90000000001", ""}, {"GET", deals + "/90000000101", ""},
			{"POST", contacts + "/batch/read", `{"inputs":[{"id":"90000000001"}],"properties":[],"propertiesWithHistory":[]}`},
			{"POST", deals + "/batch/read", `{"inputs":[{"id":"90000000101"}],"properties":[],"propertiesWithHistory":[]}`},
			{"GET", family("objects", "v4") + "/contacts/90000000001/associations/deals", ""},
			{"POST", family("associations", "v4") + "/contacts/deals/batch/read", `{"inputs":[{"id":"90000000001"}]}`},
			{"GET", p.Pipelines(), ""}, {"GET", p.Property("contacts", "phone"), ""}, {"GET", p.Property("deals", "amount"), ""},
			{"GET", p.Owners() + "/41629779", ""}, {"GET", p.Owners(), ""}, {"GET", p.Account(), ""}, {"GET", p.DailyUsage(), ""},
			{"GET", strings.ReplaceAll(contacts, "contacts", "0-1") + "/90000000001", ""},
			{"POST", strings.ReplaceAll(p.DealSearch(), "deals", "0-3"), "{}"},
			{"GET", strings.ReplaceAll(p.Pipelines(), "deals", "deal"), ""},
		} {
			if a := c.do(x.method, x.path, x.body); a.status != 200 {
				t.Errorf("%s %s: %d %s", x.method, x.path, a.status, a.text)
			}
		}
	}
	for _, x := range []struct {
		method, path string
		status       int
	}{
		{"POST", "/crm/objects/2025-01/contacts/search", 404}, {"POST", "/crm/v2/objects/contacts/search", 404},
		{"POST", "/crm/v4/objects/contacts/search", 404}, {"GET", "/crm/v3/objects/contacts/1/associations/deals", 404},
		{"GET", "/", 404}, {"GET", "/crm", 404}, {"GET", "/account-info/v3/x", 404}, {"GET", "/account-info", 404},
		{"POST", "/crm/objects/2026-09/tickets/search", 400}, {"GET", contactSearch, 405}, {"POST", "/crm/objects/2026-09/contacts", 405},
		{"DELETE", "/crm/objects/2026-09/contacts/90000000001", 405}, {"GET", "/crm/objects//contacts", 404},
	} {
		if a := c.do(x.method, x.path, ""); a.status != x.status {
			t.Errorf("%s %s: %d, want %d: %s", x.method, x.path, a.status, x.status, a.text)
		}
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, c.base+contactSearch, bytes.NewBufferString("{}"))
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Content-Type", "text/plain")
	resp, err := new(http.Client).Do(req)
	if err != nil || resp.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("text body: %v %v", resp, err)
	}
	_ = resp.Body.Close()
}

func TestVirtualTimeNeverSleeps(t *testing.T) {
	s, c := serve(t, account(), hubspottest.Virtual(), hubspottest.WithLimits(hubspottest.Limits{}))
	over := transport.To(c.base, transport.NewHTTP(transport.HTTPOptions{Virtual: true}))
	inside := transport.Handler(s)
	send := func(how dataaction.Sender, path string) (dataaction.Response, error) {
		return how.Send(t.Context(), dataaction.Request{
			Method: "POST", URL: "https://api.hubapi.com" + path, Body: []byte("{}"), Timeout: 2 * time.Second,
			Header: []dataaction.Header{{Name: "Authorization", Value: "Bearer " + hubspottest.DefaultToken}, {Name: "Content-Type", Value: "application/json"}},
		})
	}
	start := time.Now()
	for name, how := range map[string]dataaction.Sender{"socket": over, "process": inside} {
		s.Heal()
		for path, ms := range map[string]int{contactSearch: 118, dealSearch: 91} {
			r, err := send(how, path)
			if err != nil || r.Status != 200 || r.Latency != time.Duration(ms)*time.Millisecond {
				t.Errorf("%s %s: %d after %s, %v", name, path, r.Status, r.Latency, err)
			}
		}
		s.Fail(hubspottest.Rule{Fault: hubspottest.FaultSlow, Kind: hubspottest.ContactSearch, Delay: time.Second})
		if r, err := send(how, contactSearch); err != nil || r.Latency != 1118*time.Millisecond {
			t.Errorf("%s slow: %s, %v", name, r.Latency, err)
		}
		s.Heal()
		s.Fail(hubspottest.Rule{Fault: hubspottest.FaultSlow, Delay: time.Minute})
		if r, err := send(how, contactSearch); !errors.Is(err, dataaction.ErrTimeout) || r.Latency != 2*time.Second {
			t.Errorf("%s too slow: %s, %v", name, r.Latency, err)
		}
		s.Heal()
		s.Fail(hubspottest.Always("", hubspottest.FaultHang))
		if r, err := send(how, contactSearch); !errors.Is(err, dataaction.ErrTimeout) || r.Latency != 2*time.Second {
			t.Errorf("%s hang: %s, %v", name, r.Latency, err)
		}
		s.Heal()
		s.Fail(hubspottest.Always("", hubspottest.FaultReset))
		if _, err := send(how, contactSearch); !errors.Is(err, transport.ErrReset) {
			t.Errorf("%s reset: %v", name, err)
		}
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("virtual time took %s", took)
	}
}

func TestRealTime(t *testing.T) {
	_, c := serve(t, account(), hubspottest.Latency(func(hubspottest.Kind) time.Duration { return 30 * time.Millisecond }))
	start := time.Now()
	if a := c.do("POST", contactSearch, "{}"); a.status != 200 || a.header.Get(transport.LatencyHeader) != "" || time.Since(start) < 30*time.Millisecond {
		t.Errorf("%d after %s", a.status, time.Since(start))
	}
	s, c := serve(t, account(), hubspottest.Faults(hubspottest.Always("", hubspottest.FaultHang)))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/crm/pipelines/2026-09/deals", nil)
	if resp, err := new(http.Client).Do(req); err == nil {
		_ = resp.Body.Close()
		t.Error("a hang was answered")
	}
	if s.Count() != 1 || s.Requests()[0].Status != 0 {
		t.Errorf("log %+v", s.Requests())
	}
}

func TestManyAtOnce(t *testing.T) {
	s, c := serve(t, account(), hubspottest.WithLimits(hubspottest.Limits{}))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 10 {
				if a := c.do("POST", contactSearch, mixed); a.Total != 2 {
					t.Errorf("total %d", a.Total)
				}
				s.Put([]hubspot.Contact{{ID: "77", Properties: props("firstname", "x")}}, nil)
			}
		})
	}
	wg.Wait()
	if n := s.Count(hubspottest.ContactSearch); n != 80 {
		t.Errorf("%d requests counted", n)
	}
}

func TestTheLogHoldsNoNumber(t *testing.T) {
	s, c := serve(t, account(), hubspottest.Define("contacts", hubspottest.Property{Name: "e164", Unique: true}))
	c.do("POST", contactSearch, mixed)
	c.do("GET", "/crm/objects/2026-09/contacts/%2B15135550199?idProperty=e164", "")
	text, _ := json.Marshal(s.Requests())
	if strings.Contains(string(text), "5135550199") || s.Count() != 2 {
		t.Errorf("log %s", text)
	}
}
