package hubspottest

import (
	"slices"
	"strings"
	"testing"
)

// Each endpoint that is listed is one that a request finds, with the scopes that are listed.
func TestListedEndpointsAreServed(t *testing.T) {
	for _, e := range Endpoints() {
		for _, version := range []string{"v3", "2026-03", "2026-09"} {
			path := strings.ReplaceAll(strings.ReplaceAll(e.Path, "{object}", "deals"), "deals/{id}/associations/deals", "deals/{id}/associations/contacts")
			if strings.Contains(path, "associations") && version == "v3" && !strings.Contains(path, "types") {
				version = "v4"
			}
			parts := strings.SplitN(path, "/", 5)
			if parts[1] == "crm" && parts[2] == "{version}" && strings.HasPrefix(version, "2") {
				path = "/crm/" + parts[3] + "/" + version
				if len(parts) > 4 {
					path += "/" + parts[4]
				}
			}
			path = strings.ReplaceAll(path, "{version}", version)
			r, f := find(path)
			if f != nil || r.method != e.Method {
				t.Errorf("%s %s: %v %v", e.Method, path, r, f)
				continue
			}
			want := slices.Clone(e.Scopes)
			if len(want) == 1 && strings.Contains(want[0], "{object}") {
				want = []string{ScopeDeals}
			}
			if !slices.Equal(r.scopes, want) {
				t.Errorf("%s %s: scopes %v, listed %v", e.Method, path, r.scopes, want)
			}
		}
	}
}
