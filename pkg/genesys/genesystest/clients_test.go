package genesystest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
)

// Genesys' Go SDK writes two slashes where the base path names a port.
func TestEmptyPartsOfAPath(t *testing.T) {
	c := newOrg(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.base+"//oauth//token", strings.NewReader(url.Values{"grant_type": {"client_credentials"}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(genesystest.ClientID, genesystest.ClientSecret)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if status, _, data := c.send(req); status != 200 {
		t.Errorf("token: %d %s", status, data)
	}
	table := c.do("POST", "//api/v2//flows/datatables", m{"name": "t", "schema": m{"properties": m{"key": m{"type": "string"}}}}, 200)
	c.do("POST", "/api/v2/flows/datatables/"+id(table)+"/rows", m{"key": "a//b"}, 200)
	if got := c.do("GET", "//api/v2/flows/datatables/"+id(table)+"/rows/a%2F%2Fb", nil, 200); got["key"] != "a//b" {
		t.Errorf("row %v: an escaped slash is part of a value", got)
	}
}

// What an optional field of null says is what leaving it out says; Genesys' own provider
// sends both, and makes integrations without a name.
func TestOptionalFields(t *testing.T) {
	c := newOrg(t)
	in := c.do("POST", "/api/v2/integrations", m{"integrationType": m{"id": "custom-rest-actions"}}, 200)
	if in["name"] == "" || in["name"] == nil {
		t.Errorf("an integration without a name: %v", in)
	}
	q := c.do("POST", "/api/v2/routing/queues", m{"name": "Sales", "description": nil, "acwSettings": m{"wrapupPrompt": nil}, "division": nil}, 200)
	c.do("PUT", "/api/v2/routing/queues/"+id(q), m{"name": "Sales", "queueFlow": nil, "routingRules": nil}, 200)
	c.do("POST", "/api/v2/routing/queues", m{"name": nil}, 400, "bad.request")
	c.do("POST", "/api/v2/routing/queues", m{"nme": nil, "name": "x"}, 200)
}

// A path that the description has is never "no path": a client takes that for gone.
func TestWhatIsNotServedSaysSo(t *testing.T) {
	c := newOrg(t)
	for _, path := range []string{"/api/v2/outbound/campaigns", "/api/v2/quality/forms", "/api/v2/routing/email/domains"} {
		if got := c.do("GET", path, nil, 501, "not.implemented"); !strings.Contains(got["message"].(string), "GET "+path) {
			t.Errorf("%s is not named: %v", path, got["message"])
		}
	}
	c.do("PUT", "/api/v2/quality/forms", nil, 405)
	c.do("GET", "/api/v2/quality/nothing", nil, 404, "not.found")
}
