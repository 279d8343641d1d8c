package hubspottest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
)

// keyed is an account whose contacts have a unique property: one is gone, one has none.
func keyed() hubspot.CRM {
	at := func(id, key string, archived bool) hubspot.Contact {
		return hubspot.Contact{ID: id, Archived: archived, UpdatedAt: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Properties: hubspot.Properties{"key": &key, "open_deals": hubspot.Text("2"), hubspot.PropPhone: hubspot.Text("+15135550199")}}
	}
	return hubspot.CRM{
		Contacts: []hubspot.Contact{at("901", "+15135550199", false), at("902", "+15135550198", true), at("903", "", false)},
		Properties: map[string][]hubspot.Definition{"contacts": {
			{Name: "key", Type: "string", Unique: true}, {Name: "plain", Type: "string"}, {Name: "lost", Unique: true, Archived: true}, {Name: "open_deals", Type: "number", FieldType: "calculation_rollup"},
		}},
	}
}

// Contacts are read by a unique property: who is not found is told, with 207 or 200; by any other
// property, and without one of its members, the request is refused.
func TestBatchReadByAUniqueProperty(t *testing.T) {
	_, c := serve(t, keyed(), hubspottest.WithLimits(hubspottest.Limits{}))
	_, lax := serve(t, keyed(), hubspottest.WithLimits(hubspottest.Limits{}), hubspottest.Otherwise("MissingWith200", "BatchMembersOptional"))
	const path = "/crm/objects/2026-09/contacts/batch/read"
	by := func(property string, ids ...string) string {
		return fmt.Sprintf(`{"idProperty":%q,"inputs":[{"id":"%s"}],"properties":["open_deals"],"propertiesWithHistory":[]}`, property, strings.Join(ids, `"},{"id":"`))
	}
	for _, x := range []struct {
		body        string
		status, alt int
		says        string
	}{
		{by("key", "+15135550199"), 200, 200, `"results":[{"id":"901","properties":{"createdate":`},
		{by("key", "+15135550199"), 200, 200, `"open_deals":"2"`},
		{by("key", "+15135550199", "+15135550100"), 207, 200, `"results":[{"id":"901"`},
		{by("key", "+15135550100"), 207, 200, `"status":"COMPLETE","results":[],"numErrors":1,"errors":[{"status":"error","category":"OBJECT_NOT_FOUND"`},
		{by("key", "+15135550198"), 207, 200, `"results":[]`}, // archived
		{by("key", "15135550199"), 207, 200, `"results":[]`},
		{by("phone", "+15135550199"), 400, 400, `not a unique identifier`},
		{by("plain", "+15135550199"), 400, 400, `not a unique identifier`},
		{by("lost", "+15135550199"), 400, 400, `not a unique identifier`},
		{`{"idProperty":"key","inputs":[{"id":"+15135550199"}],"properties":[]}`, 400, 200, `required fields`},
		{`{"idProperty":"key","inputs":[{"id":"+15135550199"}],"propertiesWithHistory":[]}`, 400, 200, `required fields`},
		{`{"idProperty":"key","properties":[],"propertiesWithHistory":[]}`, 400, 400, `required fields`},
		{by("key", strings.Split(strings.Repeat("1 ", 100)+"1", " ")...), 400, 400, `At most 100 inputs`},
	} {
		if a := c.do("POST", path, x.body); a.status != x.status || !strings.Contains(a.text, x.says) {
			t.Errorf("%s: %d %s, want %d with %s", x.body, a.status, a.text, x.status, x.says)
		}
		if a := lax.do("POST", path, x.body); a.status != x.alt {
			t.Errorf("%s: %d %s, want %d", x.body, a.status, a.text, x.alt)
		}
	}
	for name, want := range map[string]string{
		"key": `"hasUniqueValue":true`, "open_deals": `"fieldType":"calculation_rollup"`, "plain": `"hasUniqueValue":false`,
	} {
		if a := c.do("GET", "/crm/properties/2026-09/contacts/"+name, ""); a.status != 200 || !strings.Contains(a.text, want) {
			t.Errorf("property %s: %d %s", name, a.status, a.text)
		}
	}
	if a := c.do("GET", "/crm/properties/2026-09/contacts/lost", ""); a.status != 404 {
		t.Errorf("an archived property: %d %s", a.status, a.text)
	}
}

// A read is no search: it counts in the ten seconds of its key.
func TestBatchReadsHaveTheirWindow(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	_, c := serve(t, keyed(), hubspottest.Clock(func() time.Time { return now }))
	read := func() answer {
		return c.do("POST", "/crm/objects/2026-09/contacts/batch/read", `{"idProperty":"key","inputs":[{"id":"+15135550199"}],"properties":[],"propertiesWithHistory":[]}`)
	}
	for i := range 100 {
		if a := read(); a.status != 200 {
			t.Fatalf("read %d: %d %s", i+1, a.status, a.text)
		}
	}
	if a := read(); a.status != 429 || !strings.Contains(a.text, "TEN_SECONDLY_ROLLING") {
		t.Errorf("read 101: %d %s", a.status, a.text)
	}
	now = now.Add(10 * time.Second)
	if a := read(); a.status != 200 {
		t.Errorf("ten seconds later: %d %s", a.status, a.text)
	}
}
