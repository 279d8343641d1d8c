package cli_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
)

var updateEndpoints = flag.Bool("update-endpoints", false, "write docs/endpoints.md anew")

// docs/endpoints.md says of each endpoint of both emulators what it needs and what is assumed.
func TestEndpointsPage(t *testing.T) {
	const path = "../../docs/endpoints.md"
	served, err := genesystest.Endpoints()
	if err != nil {
		t.Fatal(err)
	}
	known, err := genesystest.Known()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("# What the emulators answer\n\nWritten by `go test ./pkg/cli -run TestEndpointsPage -update-endpoints`. [emulators.md](emulators.md) says how to point clients at them.\n\n## Genesys Cloud\n\n")
	fmt.Fprintf(&b, "The published description (SDK version 150) has %d operations, and the emulated org knows all their paths. It serves those listed here; every other one answers 501 `not.implemented` with its name, a path that is not described 404, another method 405. ", known)
	b.WriteString("Where *described* stands, requests are refused that break the description, and tests compare every answer with it, field by field. Where nothing is assumed, what happens follows the description or what Genesys' own tools rely on (`go doc ./pkg/genesys/genesystest`).\n\n")
	b.WriteString("| operation | described | permission | assumed |\n|---|---|---|---|\n")
	for _, e := range served {
		described, joint := "", ", "
		if e.Described {
			described = "yes"
		}
		if e.Any {
			joint = " or "
		}
		fmt.Fprintf(&b, "| `%s %s` | %s | %s | %s |\n", e.Method, e.Path, described, strings.Join(e.Permissions, joint), e.Assumed)
	}
	b.WriteString("\n## HubSpot\n\n`{version}` is `v3` before the family (`v4` for associations) or a date behind it: `/crm/v3/objects/…`, `/crm/objects/2026-09/…`. Objects are contacts, companies and deals. Writes answer 405, everything else 404.\n\n")
	b.WriteString("| operation | scopes, any one of | assumed |\n|---|---|---|\n")
	for _, e := range hubspottest.Endpoints() {
		fmt.Fprintf(&b, "| `%s %s` | %s | %s |\n", e.Method, e.Path, strings.Join(e.Scopes, ", "), e.Assumed)
	}
	if *updateEndpoints {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(page) != b.String() {
		t.Errorf("%s is not what the emulators serve; write it anew with -update-endpoints", path)
	}
}
