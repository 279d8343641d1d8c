package deployment_test

import (
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/deployment"
)

// What the file says of OAuth, what then holds, and which addresses are token endpoints.
func TestAuth(t *testing.T) {
	const elsewhere = ", tokenURL: \"https://login.example.com/token\""
	for auth, want := range map[string]deployment.Auth{
		"{method: service-key}":           {Method: "service-key"},
		"{method: oauth}":                 {Method: "oauth", Renew: "platform", Grant: "refresh-token"},
		"{method: oauth, renew: outside}": {Method: "oauth", Renew: "outside", Grant: "refresh-token"},
		"{method: oauth, grant: client-credentials" + elsewhere + "}":                       {Method: "oauth", Renew: "platform", Grant: "client-credentials", TokenURL: "https://login.example.com/token"},
		"{method: oauth, tokenURL: \"http://127.0.0.1:8080/t\"}":                            {Method: "oauth", Renew: "platform", Grant: "refresh-token", TokenURL: "http://127.0.0.1:8080/t"},
		"{method: oauth, tokenURL: \"https://api-eu1.hubapi.com/x\"}":                       {Method: "oauth", Renew: "platform", Grant: "refresh-token", TokenURL: "https://api-eu1.hubapi.com/x"},
		"{method: oauth, tokenURL: \"https://nothubapi.com/x\", grant: client-credentials}": {Method: "oauth", Renew: "platform", Grant: "client-credentials", TokenURL: "https://nothubapi.com/x"},
	} {
		d := parse(t, withAuth(auth))
		if d.HubSpot.Auth != want {
			t.Errorf("%s reads %+v", auth, d.HubSpot.Auth)
		}
		if a := d.HubSpot.Auth; a.ByPlatform() && a.Outside() || a.Method == "oauth" != (a.ByPlatform() || a.Outside()) {
			t.Errorf("%s is renewed by both or by nobody", auth)
		}
	}
	for _, url := range []string{"login", "ftp://login.example.com/t", "https:///t", "https://h.example.com/t#x", "https://h.example.com/t?tenant=1", "https://h.example.com/$t", "http://10.0.0.1/t", "https://h.example.com/a b", "https://hubspot.com/t", "https://x.hubspot.com/t"} {
		if _, found := deployment.Parse("d.yaml", []byte(withAuth("{method: oauth, grant: client-credentials, tokenURL: \""+url+"\"}"))); len(found) != 1 || !strings.HasPrefix(found[0].Code, "DR-AUTH-00") || found[0].Position.Line != 6 {
			t.Errorf("%s: %v", url, found)
		}
	}
}

func withAuth(auth string) string {
	return "version: 1\nname: acme\ngenesys: {region: eu-central-1}\nhubspot:\n  lookup: {homeCountries: [US]}\n  auth: " + auth + "\nrouting: {fallback: {queue: General}}\n"
}
