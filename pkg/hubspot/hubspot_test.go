package hubspot_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/hubspot"
)

func TestPathsOfBothLayouts(t *testing.T) {
	for version, want := range map[string][]string{
		"2026-09": {
			"/crm/objects/2026-09/contacts/search", "/crm/objects/2026-09/deals/search", "/crm/pipelines/2026-09/deals",
			"/crm/properties/2026-09/contacts/phone", "/account-info/2026-09/details", "/account-info/2026-09/api-usage/daily/private-apps",
		},
		"v3": {
			"/crm/v3/objects/contacts/search", "/crm/v3/objects/deals/search", "/crm/v3/pipelines/deals",
			"/crm/v3/properties/contacts/phone", "/account-info/v3/details", "/account-info/v3/api-usage/daily/private-apps",
		},
	} {
		p := hubspot.Paths(version)
		got := []string{
			p.ContactSearch(), p.DealSearch(), p.Pipelines(), p.Property("contacts", "phone"), p.Account(), p.DailyUsage(),
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", version, diff)
		}
	}
	if got := hubspot.Paths("v3").Property("contacts", "a/../b"); got != "/crm/v3/properties/contacts/a%2F..%2Fb" {
		t.Errorf("a name leaves its segment: %s", got)
	}
}

func TestFixturesDecode(t *testing.T) {
	var crm hubspot.CRM
	err := yaml.Load([]byte(`
portal: "24681357"
currency: USD
contacts:
  - id: 90000000001
    created: 2024-11-04T21:51:26.472Z
    properties: {firstname: Lucia, phone: (513) 555-0199, engagement_score: 80, company: null, born: 2001-02-03}
deals:
  - id: "7"
    contacts: [90000000001]
    properties: {amount: 12000.50, dealstage: 985123456, hs_is_closed: false}
pipelines:
  - {id: other, label: Other, stages: [{id: 985123456, label: Negotiation, probability: 0.7}]}
`), &crm, yaml.WithKnownFields())
	if err != nil {
		t.Fatal(err)
	}
	p := crm.Contacts[0].Properties
	want := hubspot.Properties{
		"firstname": hubspot.Text("Lucia"), "phone": hubspot.Text("(513) 555-0199"), "engagement_score": hubspot.Text("80"),
		"company": nil, "born": hubspot.Text("2001-02-03"),
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Error(diff)
	}
	d := crm.Deals[0]
	if v, _ := d.Properties.Get("amount"); v != "12000.50" || d.Contacts[0] != "90000000001" || *d.Properties["hs_is_closed"] != "false" {
		t.Errorf("deal: %q %+v", v, d)
	}
	if s, ok := crm.Stage("other", "985123456"); !ok || s.Label != "Negotiation" || s.Probability != "0.7" {
		t.Errorf("stage: %+v %v", s, ok)
	}
	if _, ok := crm.Stage("default", "closedwon"); ok {
		t.Error("an account that lists its pipelines has no other")
	}
	if s, ok := (hubspot.CRM{}).Stage("", "closedwon"); !ok || !s.Won {
		t.Errorf("default pipeline: %+v", s)
	}
	if c := crm.Contacts[0]; c.ID != "90000000001" || !c.CreatedAt.Equal(time.Date(2024, 11, 4, 21, 51, 26, 472e6, time.UTC)) {
		t.Errorf("contact: %+v", c)
	}
}

func TestSearchOnTheWire(t *testing.T) {
	var r hubspot.SearchRequest
	err := json.Unmarshal([]byte(`{"filterGroups":[{"filters":[{"propertyName":"pipeline","operator":"IN","values":["default"]}]}],
		"sorts":["-createdate"],"limit":5}`), &r)
	if err != nil || !r.Sorts[0].Descending() || r.Sorts[0].PropertyName != "createdate" || r.FilterGroups[0].Filters[0].Operator != hubspot.In {
		t.Errorf("%+v %v", r, err)
	}
	if err := json.Unmarshal([]byte(`{"sorts":[{"propertyName":"amount","direction":"DESCENDING"}]}`), &r); err != nil || !r.Sorts[0].Descending() {
		t.Errorf("%+v %v", r, err)
	}
	if err := json.Unmarshal([]byte(`{"sorts":[5]}`), &r); err == nil {
		t.Error("a number passed as a sort")
	}
	c := hubspot.Contact{ID: "1", Properties: hubspot.Properties{"company": nil}}
	js, err := json.Marshal(hubspot.SearchReply{Total: 1, Results: []hubspot.Record{c.Record()}})
	if want := `{"total":1,"results":[{"id":"1","properties":{"company":null},"createdAt":"0001-01-01T00:00:00Z","updatedAt":"0001-01-01T00:00:00Z","archived":false}]}`; err != nil || string(js) != want {
		t.Errorf("%s %v", js, err)
	}
}

func TestErrorBody(t *testing.T) {
	for body, want := range map[string]string{
		`{"errorType":"RATE_LIMIT","policyName":"secondly"}`:              hubspot.PolicySecondly,
		`{"message":"You have reached your ten_secondly_rolling limit."}`: hubspot.PolicyTenSecondly,
		`{"message":"You have reached your daily limit."}`:                hubspot.PolicyDaily,
		`{"message":"You have reached your secondly limit."}`:             hubspot.PolicySecondly,
		`{"category":"VALIDATION_ERROR","message":"x"}`:                   "",
	} {
		var b hubspot.ErrorBody
		if err := json.Unmarshal([]byte(body), &b); err != nil || b.Policy() != want {
			t.Errorf("%s: %q %v", body, b.Policy(), err)
		}
	}
	var b hubspot.ErrorBody
	err := json.Unmarshal([]byte(`{"category":"MISSING_SCOPES","errors":[{"message":"One or more…","context":{"requiredGranularScopes":["crm.objects.deals.read"]}}]}`), &b)
	if err != nil || len(b.Scopes()) != 1 || b.Scopes()[0] != "crm.objects.deals.read" {
		t.Errorf("%+v %v", b, err)
	}
}
