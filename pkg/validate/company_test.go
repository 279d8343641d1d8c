package validate_test

import (
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/validate"
	"github.com/dealroute/dealroute/templates"
)

// What the checks count where companies count: five groups of filters, three searches a call,
// and the id by which a company's view pops again.
func TestChecksCountCompanies(t *testing.T) {
	for _, c := range []struct{ company, kept, want, never string }{
		{"none", "hubspot_contact_id", "of a number with more than 5 contacts only the deals of 5 are read", "DR-CALL-001"},
		{"deals", "hubspot_contact_id", "of a number with more than 4 contacts only the deals of 4 are read", "DR-CALL-001"},
		{"numbers", "hubspot_contact_id", "of a number with more than 4 contacts only the deals of 4 are read", "5 contacts"},
		{"numbers", "hubspot_contact_id", "at 20 calls a minute HubSpot refuses 3.3 % of lookups: it answers 5 searches a second, and a caller whom only a company's number finds takes 3", "a known caller"},
		{"numbers", "hubspot_contact_id", "the second agent of a transferred call from a company's number gets no screen pop", "DR-LIMIT"},
		{"numbers", "hubspot_contact_id, hubspot_company_id", "DR-HUB-004", "gets no screen pop"},
		{"deals", "hubspot_contact_id, hubspot_company_id", "DR-HUB-004", "gets no screen pop"},
	} {
		text := "version: 1\nname: acme\ngenesys: {region: eu-central-1}\nhubspot:\n  portal: \"1\"\n  lookup: {homeCountries: [DE, AT, US, GB, NL], duplicates: all, company: " + c.company + "}\n" +
			"calls: {numbers: [\"+15135550100\"], peakPerMinute: 20}\nrouting: {fallback: {queue: General}}\nscreenPop: managed\nprivacy: {participantData: [" + c.kept + "]}\n"
		d, fs := deployment.Parse("dealroute.yaml", []byte(text))
		if err := fs.Err(); err != nil {
			t.Fatal(err)
		}
		b, fs := blueprint.Render(d, templates.FS)
		if err := fs.Err(); err != nil {
			t.Fatal(err)
		}
		said := ""
		for _, f := range validate.Run(validate.Input{Deployment: d, Blueprint: b, Earlier: fs, Source: []byte(text)}).Findings {
			if f.Severity != diag.Assumption {
				said += f.Code + " " + f.Message + "\n"
			}
		}
		if !strings.Contains(said, c.want) || strings.Contains(said, c.never) {
			t.Errorf("company: %s: want %q, not %q:\n%s", c.company, c.want, c.never, said)
		}
	}
}
