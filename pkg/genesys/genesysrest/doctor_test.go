package genesysrest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys/genesysrest"
	"github.com/dealroute/dealroute/pkg/secret"
)

// A permission under a condition is not held, and is told apart from one that is not granted, also
// where the grants leave out what the roles hold.
func TestConditionalPermissions(t *testing.T) {
	for name, policies := range map[string]string{
		"with the grants": `[{"domain":"routing","entityName":"queue","actions":["view"]},{"domain":"routing","entityName":"queue","actions":["add"],"condition":{"conjunction":"AND"}}]`,
		"by the role":     `[]`,
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/tokens/me"):
				fmt.Fprint(w, `{"organization":{"id":"o","name":"Acme"},"OAuthClient":{"id":"c","name":"n","organization":{"id":"o"}}}`)
			case strings.HasSuffix(r.URL.Path, "/divisions/home"):
				fmt.Fprint(w, `{"id":"h","name":"Home"}`)
			case strings.HasSuffix(r.URL.Path, "/subjects/me"):
				fmt.Fprintf(w, `{"id":"c","grants":[{"division":{"id":"h"},"role":{"id":"r","policies":%s}}]}`, policies)
			default:
				fmt.Fprint(w, `{"id":"r","name":"role","permissionPolicies":[{"domain":"routing","entityName":"queue","actionSet":["view"]},{"domain":"routing","entityName":"queue","actionSet":["add"],"resourceConditionNode":{"conjunction":"AND"}}]}`)
			}
		}))
		c, err := genesysrest.New(genesysrest.Config{API: srv.URL, Token: secret.New("t")})
		if err != nil {
			t.Fatal(err)
		}
		id, err := c.Who(t.Context())
		srv.Close()
		if err != nil || !id.May("routing:queue:view") || id.May("routing:queue:add") || len(id.Conditional) != 1 || id.Conditional[0].String() != "routing:queue:add" {
			t.Errorf("%s: %+v, %v", name, id, err)
		}
	}
}

// A ping is one request, whatever comes back: its time is that of an answer.
func TestPingIsNotRepeated(t *testing.T) {
	for _, status := range []int{200, 429, 500, 503, 0} {
		requests := 0
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			requests++
			if status == 0 {
				panic(http.ErrAbortHandler)
			}
			w.WriteHeader(status)
			fmt.Fprint(w, `{"id":"h","name":"Home"}`)
		}))
		c, err := genesysrest.New(genesysrest.Config{API: srv.URL, Token: secret.New("t")})
		if err != nil {
			t.Fatal(err)
		}
		err = c.Ping(t.Context())
		srv.Close()
		if requests != 1 || (err == nil) != (status == 200) {
			t.Errorf("%d: %d requests, %v", status, requests, err)
		}
	}
}
