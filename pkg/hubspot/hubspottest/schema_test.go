package hubspottest_test

import (
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
)

// What HubSpot's own client asks of an account beside its records, in the forms of a path that
// it and others write.
func TestWhatDescribesAnAccount(t *testing.T) {
	crm := account()
	crm.Contacts[1].Properties["associatedcompanyid"] = props("x", "90000000201")["x"]
	s, c := serve(t, crm, free(), hubspottest.Token("marked-key", append(hubspottest.DefaultScopes(), hubspottest.ScopeOwners)...))
	c.token = "marked-key"
	for _, x := range []struct {
		method, path, body string
		status             int
		want               string // in the answer
	}{
		{"GET", "/crm/v3/owners", "", 200, `"results":[]`},
		{"GET", "/crm/v3/owners/", "", 200, `"results":[]`},
		{"GET", "/crm/v3/owners/?limit=1&archived=false", "", 200, `"results":[]`},
		{"GET", "/crm/owners/2026-09", "", 200, `"results":[]`},
		{"GET", "/crm/owners/2026-09/", "", 200, `"results":[]`},
		{"GET", "/crm/v3/owners/1", "", 404, `OBJECT_NOT_FOUND`},
		{"GET", "/crm/v3/properties/contacts/groups", "", 200, `"name":"contactinformation"`},
		{"GET", "/crm/properties/2026-09/contacts/groups/contactinformation", "", 200, `"label":"Contact information"`},
		{"GET", "/crm/v3/properties/deals/groups/nothing", "", 404, "nothing"},
		{"POST", "/crm/v3/properties/contacts/batch/read", `{"inputs":[{"name":"phone"},{"name":"nothing"}]}`, 207, `"name":"phone"`},
		{"GET", "/crm/v3/pipelines/deals/671008549/stages", "", 200, `"id":"1214320999"`},
		{"GET", "/crm/pipelines/2026-09/deals/671008549/stages/1214320998", "", 200, `"label":"Gone"`},
		{"GET", "/crm/v3/pipelines/deals/671008549/stages/nothing", "", 404, "OBJECT_NOT_FOUND"},
		{"GET", "/crm/v3/pipelines/deals/nothing/stages", "", 404, "OBJECT_NOT_FOUND"},
		{"GET", "/crm/v4/associations/contacts/companies/labels", "", 200, `"typeId":1,"label":"Primary"`},
		{"GET", "/crm/associations/2026-09/contacts/deals/labels", "", 200, `"typeId":4,"label":null`},
		{"GET", "/crm/v3/associations/contacts/deals/types", "", 200, `"name":"contact_to_deal"`},
		{"GET", "/crm/v3/associations/contacts/unknown/types", "", 400, "infer object type"},
		{"POST", "/crm/v3/associations/contacts/deals/batch/read", `{"inputs":[{"id":"90000000002"}]}`, 200, `"to":[{"id":"90000000103","type":"contact_to_deal"}]`},
		{"POST", "/crm/v3/associations/contacts/deals/batch/read", `{"inputs":[{"id":"90000000009"}]}`, 207, "NO_ASSOCIATIONS_FOUND"},
		{"POST", "/crm/v4/associations/contacts/deals/batch/read", `{"inputs":[{"id":"90000000002"}]}`, 200, `"toObjectId":"90000000103"`},
		{"GET", "/crm/v3/objects/companies", "", 200, `"results":[]`},
		{"GET", "/crm/v3/objects/contacts/", "", 200, `"id":"90000000001"`},
		{"GET", "/oauth/v1/access-tokens/marked-key", "", 200, `"scopes":["crm.objects.contacts.read"`},
		{"GET", "/oauth/v1/access-tokens/nothing", "", 404, "not found"},
		{"POST", "/oauth/v2/private-apps/get/access-token-info", `{"tokenKey":"marked-key"}`, 200, `"hubId":24681357`},
	} {
		if a := c.do(x.method, x.path, x.body); a.status != x.status || !strings.Contains(a.text, x.want) {
			t.Errorf("%s %s: %d %s, want %d with %s", x.method, x.path, a.status, a.text, x.status, x.want)
		}
	}
	for _, r := range s.Requests() {
		if strings.Contains(r.Path, "marked-key") {
			t.Errorf("the log holds a token: %s", r.Path)
		}
	}
}

// What a token has no scope for is refused with the scopes that it needs.
func TestScopesOfWhatDescribesAnAccount(t *testing.T) {
	_, c := serve(t, account(), hubspottest.Token("poor", hubspottest.ScopeContacts))
	c.token = "poor"
	for path, scope := range map[string]string{
		"/crm/v3/owners/": hubspottest.ScopeOwners, "/crm/v3/objects/companies": hubspottest.ScopeCompanies, "/crm/v3/pipelines/deals/default/stages": hubspottest.ScopeDeals,
	} {
		if a := c.do("GET", path, ""); a.status != 403 || !strings.Contains(a.text, scope) || a.err.Category != "MISSING_SCOPES" {
			t.Errorf("%s: %d %s", path, a.status, a.text)
		}
	}
}
