package cli_test

import (
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// callersOfBasic are all callers that the fixtures of examples/basic know, by number or by
// the name of a situation, and those that HubSpot does not.
func callersOfBasic(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile("../../examples/basic/crm.yaml")
	if err != nil {
		t.Fatal(err)
	}
	all, err := callersIn(data)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func callersIn(fixtures []byte) ([]string, error) {
	f, found := simulate.DecodeFixtures("crm.yaml", fixtures)
	if err := found.Err(); err != nil {
		return nil, err
	}
	out := []string{"+15135550190", "anonymous", "+15135550100", "(513) 555-0151"}
	for _, c := range f.CRM.Contacts {
		for _, name := range []string{hubspot.PropPhone, hubspot.PropMobile, hubspot.PropCalcPhone} {
			if v, ok := c.Properties.Get(name); ok && !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
	}
	return append(out, slices.Sorted(maps.Keys(f.Calls))...), nil
}
