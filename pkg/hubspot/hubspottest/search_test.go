package hubspottest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
)

func filter(name, op, rest string) string {
	if rest != "" {
		rest = "," + rest
	}
	return fmt.Sprintf(`{"filterGroups":[{"filters":[{"propertyName":%q,"operator":%q%s}]}]}`, name, op, rest)
}

func free() hubspottest.Option { return hubspottest.WithLimits(hubspottest.Limits{}) }

func TestOperators(t *testing.T) {
	_, c := serve(t, account(), free())
	for _, x := range []struct {
		name, op, rest, want string
	}{
		{"firstname", "EQ", `"value":"lucia"`, "1"},
		{"firstname", "NEQ", `"value":"LUCIA"`, "9 2"},
		{"company", "NEQ", `"value":"x"`, "1"}, // no company: not found by a negative either
		{"lifecyclestage", "EQ", `"value":"opportunity"`, "1"},
		{"lifecyclestage", "EQ", `"value":"Opportunity"`, ""}, // enumerations keep their case
		{"score", "LT", `"value":"9.5"`, "2"},
		{"score", "LTE", `"value":"9.50"`, "9 2"},
		{"score", "GT", `"value":"9.5"`, "1"}, // as numbers: 80 is more than 9.5
		{"score", "GTE", `"value":"9"`, "9 1 2"},
		{"score", "BETWEEN", `"value":"9","highValue":"9.5"`, "9 2"},
		{"firstname", "IN", `"values":["lucia","paul"]`, "1 2"},
		{"firstname", "IN", `"values":["Lucia"]`, ""},                   // text is given in lower case
		{"phone", "IN", `"values":["+10000000000","+15135550199"]`, ""}, // as it was typed
		{"hs_calculated_phone_number", "IN", `"values":["+10000000000","+15135550199"]`, "1"},
		{"hs_searchable_calculated_phone_number", "IN", `"values":["5135550199"]`, "1"},
		{"firstname", "NOT_IN", `"values":["lucia"]`, "9 2"},
		{"lastname", "HAS_PROPERTY", "", "9 1"},
		{"lastname", "NOT_HAS_PROPERTY", "", "2"},
		{"company", "NOT_HAS_PROPERTY", "", "9 2"}, // an empty text is no value
		{"email", "CONTAINS_TOKEN", `"value":"acme"`, "1"},
		{"email", "CONTAINS_TOKEN", `"value":"acm"`, ""},
		{"email", "CONTAINS_TOKEN", `"value":"acm*"`, "1"},
		{"hs_searchable_calculated_phone_number", "CONTAINS_TOKEN", `"value":"*0199"`, "1"},
		{"email", "NOT_CONTAINS_TOKEN", `"value":"zzz"`, "1"},
		{"createdate", "GT", `"value":"2026-01-02T08:00:00Z"`, "2"},
		{"createdate", "EQ", `"value":"1767340800000"`, "1"},
		{"hs_object_id", "EQ", `"value":"90000000002"`, "2"},
		{"associations.deal", "EQ", `"value":"90000000103"`, "1 2"},
		{"associations.deal", "NOT_HAS_PROPERTY", "", "9"},
	} {
		a := c.do("POST", contactSearch, filter(x.name, x.op, x.rest))
		if a.status != 200 || a.ids() != x.want || a.Total != len(a.Results) {
			t.Errorf("%s %s %s: %q, want %q (%d %s)", x.name, x.op, x.rest, a.ids(), x.want, a.status, a.err.Message)
		}
	}
}

func TestDealsOfSeveralContacts(t *testing.T) {
	_, c := serve(t, account(), free())
	group := func(id, closed string) string {
		return `{"filters":[{"propertyName":"associations.contact","operator":"EQ","value":"` + id + `"},{"propertyName":"hs_is_closed","operator":"EQ","value":"` + closed + `"}]}`
	}
	a := c.do("POST", dealSearch, `{"filterGroups":[`+group("90000000001", "true")+","+group("90000000002", "true")+`]}`)
	if a.ids() != "103" || a.Total != 1 {
		t.Errorf("a deal of two contacts is found %d times: %s", a.Total, a.ids())
	}
	won := c.do("POST", dealSearch, filter("hs_is_closed_won", "EQ", `"value":"true"`))
	if won.ids() != "103" {
		t.Errorf("won in another pipeline: %s", won.ids())
	}
	in := filter("associations.contact", "IN", `"values":["90000000002"]`)
	if a := c.do("POST", dealSearch, in); a.status != 400 {
		t.Errorf("IN on the association: %d", a.status)
	}
	_, lax := serve(t, account(), hubspottest.Assume(func(a *hubspottest.Assumptions) { a.AssociationIn = true }))
	if a := lax.do("POST", dealSearch, in); a.ids() != "103" {
		t.Errorf("IN on the association, allowed: %d %s", a.status, a.text)
	}
}

// repeat joins n copies.
func repeat(s string, n int) string { return strings.TrimSuffix(strings.Repeat(s+",", n), ",") }

func TestSearchLimitsAre400(t *testing.T) {
	_, c := serve(t, account(), free())
	const f = `{"propertyName":"phone","operator":"HAS_PROPERTY"}`
	group := func(n int) string { return `{"filters":[` + repeat(f, n) + `]}` }
	body := func(groups string) string { return `{"filterGroups":[` + groups + `]}` }
	pad := func(n int) string {
		s := `{"query":""`
		return s + strings.Repeat(" ", n-len(s)-1) + "}"
	}
	for name, x := range map[string]struct {
		body string
		ok   bool
	}{
		"5 groups":               {body(repeat(group(1), 5)), true},
		"6 groups":               {body(repeat(group(1), 6)), false},
		"6 filters in a group":   {body(group(6)), true},
		"7 filters in a group":   {body(group(7)), false},
		"18 filters":             {body(repeat(group(6), 3)), true},
		"19 filters":             {body(repeat(group(6), 3) + "," + group(1)), false},
		"3000 characters":        {pad(3000), true},
		"3001 characters":        {pad(3001), false},
		"limit 200":              {`{"limit":200}`, true},
		"limit 201":              {`{"limit":201}`, false},
		"limit 0":                {`{"limit":0}`, false},
		"limit as text":          {`{"limit":"5"}`, true},
		"after 9999":             {`{"after":"9999"}`, true},
		"after 10000":            {`{"after":"10000"}`, false},
		"after a word":           {`{"after":"x"}`, false},
		"one sort":               {`{"sorts":[{"propertyName":"createdate","direction":"DESCENDING"}]}`, true},
		"one sort as text":       {`{"sorts":["-createdate"]}`, true},
		"two sorts":              {`{"sorts":["-createdate","phone"]}`, false},
		"sort by nothing known":  {`{"sorts":["nonsense"]}`, false},
		"sort in no direction":   {`{"sorts":[{"propertyName":"createdate","direction":"DOWN"}]}`, false},
		"filter on nothing":      {filter("nonsense", "EQ", `"value":"1"`), false},
		"properties of nothing":  {`{"properties":["nonsense"]}`, true},
		"unknown operator":       {filter("phone", "LIKE", `"value":"1"`), false},
		"EQ without a value":     {filter("phone", "EQ", ""), false},
		"IN without values":      {filter("phone", "IN", `"value":"1"`), false},
		"BETWEEN with one end":   {filter("createdate", "BETWEEN", `"value":"1"`), false},
		"number that is none":    {filter("num_associated_deals", "GT", `"value":"many"`), false},
		"association of no kind": {filter("associations.contacts", "EQ", `"value":"1"`), false},
		"associations.contact":   {filter("associations.contact", "EQ", `"value":"1"`), false}, // on contacts
		"association by order":   {filter("associations.deal", "GT", `"value":"1"`), false},
		"not JSON":               {`{"filterGroups":`, false},
		"filters without groups": {`{"filters":[]}`, false},
		"a group without a list": {`{"filters":[` + f + `]}`, true},
		"7 filters, no groups":   {`{"filters":[` + repeat(f, 7) + `]}`, false},
		"groups that are none":   {`{"filterGroups":{"filters":[` + f + `]}}`, false},
		"filter without a name":  {`{"filterGroups":[{"filters":[{"property_name":"phone","operator":"HAS_PROPERTY"}]}]}`, false},
		"filter with another op": {`{"filterGroups":[{"filters":[{"propertyName":"phone","operater":"HAS_PROPERTY"}]}]}`, false},
		"filter with more":       {`{"filterGroups":[{"filters":[{"propertyName":"phone","operator":"HAS_PROPERTY","x":1}]}]}`, false},
		"group with more":        {`{"filterGroups":[{"filter":[` + f + `]}]}`, false},
		"NOT_HAS with a value":   {filter("phone", "NOT_HAS_PROPERTY", `"value":"1"`), false},
		"properties of an empty": {`{"properties":[]}`, false},
		"groups misspelt":        {`{"filterGroup":[{"filters":[` + f + `]}]}`, true},
		"empty":                  {`{}`, true},
	} {
		a := c.do("POST", contactSearch, x.body)
		if x.ok && a.status != 200 || !x.ok && (a.status != 400 || a.err.Category != hubspot.CategoryValidation || a.err.Message == "") {
			t.Errorf("%s: %d %s", name, a.status, a.text)
		}
	}
}

func TestPaging(t *testing.T) {
	crm := hubspot.CRM{}
	for i := range 25 {
		crm.Contacts = append(crm.Contacts, hubspot.Contact{ID: strconv.Itoa(90000000100 + i), CreatedAt: day(1)})
	}
	_, c := serve(t, crm, free())
	seen, after, pages := map[string]bool{}, "", 0
	for {
		a := c.do("POST", contactSearch, `{"limit":10`+map[bool]string{true: `,"after":"` + after + `"`}[after != ""]+`}`)
		if pages++; a.Total != 25 || pages > 3 {
			t.Fatalf("page %d: total %d", pages, a.Total)
		}
		for _, r := range a.Results {
			seen[r.ID] = true
		}
		if a.Paging == nil {
			break
		}
		after = a.Paging.Next.After
	}
	if len(seen) != 25 || pages != 3 {
		t.Errorf("%d records on %d pages", len(seen), pages)
	}
	list := c.do("GET", "/crm/objects/2026-09/contacts", "")
	if len(list.Results) != 10 || list.Paging == nil || !strings.Contains(list.Paging.Next.Link, "after="+list.Paging.Next.After) {
		t.Errorf("list %s", list.text)
	}
	if next := c.do("GET", "/crm/objects/2026-09/contacts?limit=100&after="+list.Paging.Next.After, ""); len(next.Results) != 15 || next.Paging != nil {
		t.Errorf("second page %d", len(next.Results))
	}
}

func TestSortsAndEmptyValues(t *testing.T) {
	for _, first := range []bool{false, true} {
		_, c := serve(t, account(), free(), hubspottest.Assume(func(a *hubspottest.Assumptions) { a.EmptySortsFirst = first }))
		for sort, want := range map[string]string{
			`"amount"`:  map[bool]string{false: "103 101 102", true: "102 103 101"}[first],
			`"-amount"`: map[bool]string{false: "101 103 102", true: "102 101 103"}[first],
		} {
			if a := c.do("POST", dealSearch, `{"sorts":[`+sort+`]}`); a.ids() != want {
				t.Errorf("sort %s, empty first %v: %s, want %s", sort, first, a.ids(), want)
			}
		}
	}
}

// HubSpot writes great calculated numbers with an exponent.
func TestExponentsAreNumbers(t *testing.T) {
	var deals []hubspot.Deal
	for i, amount := range []string{"9000", "1.5E7", "1000", "2.0E-3", "1E999999999"} {
		deals = append(deals, hubspot.Deal{ID: strconv.Itoa(101 + i), Properties: props("amount", amount)})
	}
	_, c := serve(t, hubspot.CRM{Deals: deals[:4]}, free())
	if a := c.do("POST", dealSearch, `{"sorts":["-amount_in_home_currency"]}`); a.ids() != "102 101 103 104" {
		t.Errorf("sorted as %s", a.ids())
	}
	if a := c.do("POST", dealSearch, filter("amount", "GT", `"value":"1E4"`)); a.ids() != "102" {
		t.Errorf("more than 1E4: %s", a.ids())
	}
	_, c = serve(t, hubspot.CRM{Deals: deals}, free())
	if a := c.do("POST", dealSearch, `{"sorts":["amount"]}`); a.status != 200 {
		t.Errorf("status %d", a.status)
	}
}

func TestQuery(t *testing.T) {
	_, c := serve(t, account(), free())
	if a := c.do("POST", contactSearch, `{"query":"5135550199"}`); a.ids() != "1 2" {
		t.Errorf("query %s", a.ids())
	}
}

func TestIndexDelay(t *testing.T) {
	now := day(30)
	s, c := serve(t, account(), free(), hubspottest.Clock(func() time.Time { return now }), hubspottest.IndexDelay(10*time.Second))
	s.Put([]hubspot.Contact{
		{ID: "90000000050", Properties: props("firstname", "Newcomer")},
		{ID: "90000000001", Properties: props("firstname", "Renamed")},
	}, nil)
	find := func(name string) string {
		return c.do("POST", contactSearch, filter("firstname", "EQ", `"value":"`+name+`"`)).ids()
	}
	if find("Newcomer") != "" || find("Lucia") != "1" || find("Renamed") != "" {
		t.Error("a search sees what is not indexed yet")
	}
	if a := c.do("GET", "/crm/objects/2026-09/contacts/90000000050", ""); a.status != 200 {
		t.Errorf("a read does not see it: %d", a.status)
	}
	now = now.Add(11 * time.Second)
	if find("Newcomer") != "50" || find("Lucia") != "" || find("Renamed") != "1" {
		t.Error("a search does not see what is indexed")
	}
}

func TestCalculatedPhones(t *testing.T) {
	const (
		searchable = "hs_searchable_calculated_phone_number"
		e164       = "hs_calculated_phone_number"
		country    = "hs_calculated_phone_number_country_code"
	)
	for _, x := range []struct {
		region, typed, searchable, e164, country string
		change                                   func(*hubspottest.Assumptions)
	}{
		// Samples from real accounts.
		{"US", "513-227-1572", "5132271572", "+15132271572", "US", nil},
		{"US", "7087038093", "7087038093", "+17087038093", "US", nil},
		{"US", "+33655555555", "655555555", "+33655555555", "FR", nil},
		{"US", "+5511999999999", "11999999999", "+5511999999999", "BR", nil},
		{"US", "08180854296", "8180854296", "", "", nil},
		{"US", "(877) 829-06966777", "87782906966777", "", "", nil},
		{"US", "00004", "4", "", "", nil},
		{"GB", "020 7946 0123", "2079460123", "+442079460123", "GB", nil},
		// A famous number that is not valid has no E.164 twin.
		{"US", "+15551234567", "5551234567", "", "", nil},
		{"US", "+15551234567", "15551234567", "", "", func(a *hubspottest.Assumptions) { a.CountryDigitsSearched = true }},
		{"IT", "+39 06 1234 5678", "612345678", "+390612345678", "IT", nil},
		{"IT", "+39 06 1234 5678", "0612345678", "+390612345678", "IT", func(a *hubspottest.Assumptions) { a.SignificantZeroKept = true }},
	} {
		options := []hubspottest.Option{hubspottest.Region(x.region)}
		if x.change != nil {
			options = append(options, hubspottest.Assume(x.change))
		}
		_, c := serve(t, hubspot.CRM{Contacts: []hubspot.Contact{{ID: "1", Properties: props("phone", x.typed)}}}, options...)
		a := c.do("POST", contactSearch, `{"properties":["`+searchable+`","`+e164+`","`+country+`"]}`)
		p := a.Results[0].Properties
		for name, want := range map[string]string{searchable: x.searchable, e164: x.e164, country: x.country} {
			if got, _ := p.Get(name); got != want {
				t.Errorf("%s in %s: %s is %q, want %q", x.typed, x.region, name, got, want)
			}
		}
	}
}

func TestCalculatedDealProperties(t *testing.T) {
	_, c := serve(t, account(), hubspottest.Rates(map[string]string{"EUR": "1.1"}))
	for id, want := range map[string]map[string]any{
		"90000000101": {"hs_is_closed": "false", "hs_is_closed_won": "false", "hs_is_closed_lost": "false", "hs_is_open_count": "1", "amount_in_home_currency": "12000"},
		"90000000102": {"hs_is_closed": "false", "amount_in_home_currency": nil},
		"90000000103": {"hs_is_closed": "true", "hs_is_closed_won": "true", "hs_is_closed_count": "1", "amount_in_home_currency": "9900"},
	} {
		var names []string
		for name := range want {
			names = append(names, name)
		}
		var r struct{ Properties map[string]any }
		c.into(&r, "GET", "/crm/objects/2026-09/deals/"+id+"?properties="+strings.Join(names, ","), "")
		for name, v := range want {
			if got, there := r.Properties[name]; !there || got != v {
				t.Errorf("%s of %s is %v, want %v", name, id, got, v)
			}
		}
	}
	// Without a rate the home amount of a foreign deal is not known.
	_, c = serve(t, account())
	var r struct{ Properties map[string]any }
	c.into(&r, "GET", "/crm/objects/2026-09/deals/90000000103?properties=amount_in_home_currency", "")
	if v := r.Properties["amount_in_home_currency"]; v != nil {
		t.Errorf("home amount %v without a rate", v)
	}
}

func TestNumberOfDealsWithoutDeals(t *testing.T) {
	for _, zero := range []bool{false, true} {
		_, c := serve(t, account(), hubspottest.Assume(func(a *hubspottest.Assumptions) { a.NoDealsIsZero = zero }))
		a := c.do("GET", "/crm/objects/2026-09/contacts/90000000009?properties=num_associated_deals", "")
		want := map[bool]string{false: `"num_associated_deals":null`, true: `"num_associated_deals":"0"`}[zero]
		if !strings.Contains(a.text, want) {
			t.Errorf("want %s in %s", want, a.text)
		}
	}
}

func FuzzSearch(f *testing.F) {
	f.Add(mixed)
	f.Add(`{"sorts":["-x"],"after":1e9}`)
	f.Add(filter("score", "GT", `"value":"1e999999999"`))
	f.Add(`[]`)
	s := hubspottest.New(account(), free())
	f.Fuzz(func(t *testing.T, body string) {
		// Any text is answered with a page or with an error of HubSpot's form.
		status, text := ask(s, contactSearch, body)
		var v map[string]any
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatalf("%d %s: %v", status, text, err)
		}
		if _, page := v["total"]; page != (status == 200) || status != 200 && (status != 400 || v["category"] == nil) {
			t.Errorf("%d %s", status, text)
		}
	})
}

// A misspelt member at the top is ignored, and the search finds everybody; filters without
// groups filter.
func TestFiltersAtTheTop(t *testing.T) {
	_, c := serve(t, account(), free())
	all := c.do("POST", contactSearch, `{}`)
	const f = `[{"propertyName":"hs_object_id","operator":"EQ","value":"90000000002"}]`
	for body, want := range map[string]string{
		`{"filters":` + f + `}`: "2", `{"filterGroups":[{"filters":` + f + `}]}`: "2",
		`{"filterGroup":[{"filters":` + f + `}]}`: all.ids(), `{"filter_groups":[{"filters":` + f + `}]}`: all.ids(), `{"filter":` + f + `}`: all.ids(),
	} {
		if a := c.do("POST", contactSearch, body); a.status != 200 || a.ids() != want {
			t.Errorf("%s: %d %s, want %s", body, a.status, a.ids(), want)
		}
	}
	if a := c.do("POST", contactSearch, `{"filters":[{"property_name":"phone","operator":"EQ","value":"1"}]}`); !strings.Contains(a.err.Message, "some of required attributes are not set [propertyName]") {
		t.Error(a.text)
	}
}

// What a property is, is read off the records once and not with each of them: a search of many records
// takes the time that it takes to look at each. Allocations are counted, which no busy machine changes.
func TestASearchLooksAtEachRecordOnce(t *testing.T) {
	const records = 1000
	var crm hubspot.CRM
	for i := range records {
		crm.Contacts = append(crm.Contacts, hubspot.Contact{ID: strconv.Itoa(i), Properties: hubspot.Properties{"of_ours": hubspot.Text("v" + strconv.Itoa(i))}})
	}
	s := hubspottest.New(crm)
	each := testing.AllocsPerRun(2, func() {
		r := httptest.NewRequest(http.MethodPost, "/crm/v3/objects/contacts/search", strings.NewReader(`{"filterGroups":[{"filters":[{"propertyName":"of_ours","operator":"EQ","value":"v500"}]}],"properties":["of_ours"]}`))
		r.Header.Set("Authorization", "Bearer "+hubspottest.DefaultToken)
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		if s.ServeHTTP(w, r); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"total":1,`) {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}) / records
	if each > 8 {
		t.Errorf("%.1f allocations for each record", each)
	}
}
