package hubspottest_test

import (
	"testing"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
)

const companySearch = "/crm/objects/2026-09/companies/search"

// withCompanies is the account with two companies; one is the primary one of a contact.
func withCompanies() hubspot.CRM {
	crm := account()
	crm.Companies = []hubspot.Company{
		{ID: "70", CreatedAt: day(1), UpdatedAt: day(9), Properties: props("name", "Acme", "phone", "(513) 555-0100")},
		{ID: "71", CreatedAt: day(2), UpdatedAt: day(8), Properties: props("name", "Bold", "phone", "+15135550100")},
		{ID: "72", CreatedAt: day(3), Archived: true, Properties: props("phone", "+15135550100")},
	}
	crm.Contacts[1].Properties[hubspot.PropPrimaryCompany] = hubspot.Text("70")
	crm.Deals[0].Companies = []string{"70"}
	crm.Deals = append(crm.Deals, hubspot.Deal{ID: "90000000104", Companies: []string{"70", "71"}, CreatedAt: day(8), Properties: props("dealname", "Of both", "dealstage", "contractsent")})
	return crm
}

// A company is found by the text of its number alone, and deals by their company; both stand
// beside those of contacts.
func TestCompanies(t *testing.T) {
	_, c := serve(t, withCompanies(), free())
	for _, x := range []struct{ path, body, want string }{
		{companySearch, filter("phone", "EQ", `"value":"+15135550100"`), "71"},
		{companySearch, filter("phone", "EQ", `"value":"5135550100"`), ""}, // no twin, and not normalised
		{companySearch, filter("phone", "IN", `"values":["+15135550100","(513) 555-0100"]`), "70 71"},
		{companySearch, filter("associations.deal", "EQ", `"value":"90000000104"`), "70 71"},
		{companySearch, filter("associations.contact", "EQ", `"value":"90000000001"`), "70"},
		{dealSearch, filter("associations.company", "EQ", `"value":"70"`), "101 104"},
		{dealSearch, `{"filterGroups":[{"filters":[{"propertyName":"associations.contact","operator":"EQ","value":"90000000001"}]},
			{"filters":[{"propertyName":"associations.company","operator":"EQ","value":"70"}]}]}`, "101 102 103 104"}, // one of both comes once
		{contactSearch, filter("associations.company", "EQ", `"value":"70"`), "1"},
		{contactSearch, filter("associatedcompanyid", "EQ", `"value":"70"`), "1"},
	} {
		if a := c.do("POST", x.path, x.body); a.status != 200 || a.ids() != x.want {
			t.Errorf("%s %s: %d %q, want %q\n%s", x.path, x.body, a.status, a.ids(), x.want, a.text)
		}
	}
	for _, x := range []struct{ path, body string }{
		{companySearch, filter("hs_calculated_phone_number", "EQ", `"value":"+15135550100"`)},
		{companySearch, filter("mobilephone", "EQ", `"value":"+15135550100"`)},
		{companySearch, filter("associations.company", "EQ", `"value":"70"`)},
		{dealSearch, filter("associations.companies", "EQ", `"value":"70"`)},
	} {
		if a := c.do("POST", x.path, x.body); a.status != 400 {
			t.Errorf("%s %s: %d", x.path, x.body, a.status)
		}
	}
}

// Without the scope the search for companies is refused while contacts and deals answer.
func TestCompaniesNeedTheirScope(t *testing.T) {
	_, c := serve(t, withCompanies(), free(), hubspottest.Token("two", hubspottest.ScopeContacts, hubspottest.ScopeDeals))
	c.token = "two"
	if a := c.do("POST", companySearch, "{}"); a.status != 403 || len(a.err.Scopes()) != 1 || a.err.Scopes()[0] != hubspottest.ScopeCompanies {
		t.Errorf("%d %s", a.status, a.text)
	}
	for _, path := range []string{contactSearch, dealSearch} {
		if a := c.do("POST", path, filter("associations.company", "EQ", `"value":"70"`)); a.status != 200 {
			t.Errorf("%s: %d %s", path, a.status, a.text)
		}
	}
}
