package hubspottest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
)

func TestRequestsAreBounded(t *testing.T) {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPost, "/crm/objects/2026-09/contacts/search", strings.NewReader(strings.Repeat(" ", 5<<20)))
	hubspottest.New(hubspot.CRM{}).ServeHTTP(w, r)
	if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "larger than 4194304 bytes") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
