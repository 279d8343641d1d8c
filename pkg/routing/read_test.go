package routing_test

import (
	"testing"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/routing"
)

// What HubSpot's texts are as numbers and days; the others are not set.
func TestHowPropertiesAreRead(t *testing.T) {
	for kind, cases := range map[string]map[string]string{
		routing.NumberFact: {
			"0": "0", "-1.50": "-1.5", "1e2": "100", "999999999999999": "999999999999999", "0.2000000000000000111022302462515": "0.2000000000000000111022302462515",
			"1234567890123456": "", "007": "", "+5": "", ".5": "", "5.": "", "1,000": "", "1e40": "", "n/a": "", " 1": "",
		},
		routing.DateFact: {
			"2026-11-25": "2026-11-25", "2026-11-25T22:00:00.000Z": "2026-11-25", "2024-02-29": "2024-02-29", "2026-11-25T22:00:00Z": "2026-11-25",
			"2023-02-29": "", "2026-11-31": "", "2026-11-25T25:00:00Z": "", "2026-11-26T03:00:00+05:00": "", "2026-11-25T": "", "soon": "", "1795564800000": "",
		},
	} {
		p := routing.Policy{Facts: map[string]routing.FactSource{"f": {Contact: "f", Type: kind}}}
		for text, want := range cases {
			f := routing.FactsOf(p, []hubspot.Contact{contact("1", "2026-01-01T00:00:00Z", "f", text)}, nil, now)
			v, got := f.Values["f"]
			read := v.Number.String()
			if kind == routing.DateFact {
				read = v.Day.Format("2006-01-02")
			}
			if got != (want != "") || got && read != want {
				t.Errorf("%s %q is read as %q (%v), want %q", kind, text, read, got, want)
			}
		}
	}
}
