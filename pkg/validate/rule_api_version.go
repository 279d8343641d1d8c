package validate

import (
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
)

// apiEnds is when HubSpot stops to support a version of its API. HubSpot: a dated version is
// supported for at least 18 months from its release; v1 to v3 end in September 2027.
var apiEnds = map[string]time.Time{
	"v3":      time.Date(2027, 9, 1, 0, 0, 0, 0, time.UTC),
	"2026-03": time.Date(2027, 9, 30, 0, 0, 0, 0, time.UTC),
	"2026-09": time.Date(2028, 3, 9, 0, 0, 0, 0, time.UTC),
}

func ruleAPIVersion() Rule {
	return Rule{
		Code: "DR-HUB-002", Severity: diag.Warning,
		Title: "a version of HubSpot's API that ends",
		Text: "HubSpot supports a dated version for at least 18 months and the versions up to v3 until September 2027. After that every lookup may fail at once. " +
			"Write the newest version, run `validate` and `simulate --crm live`, then `setup`: the searches are the same in all of them.",
		check: func(c *check) {
			v := c.d.HubSpot.APIVersion
			end, ok := apiEnds[v]
			if !ok || c.in.Now.IsZero() || c.in.Now.AddDate(0, 6, 0).Before(end) {
				return
			}
			verb := "ends"
			if !c.in.Now.Before(end) {
				verb = "has ended"
			}
			c.at("hubspot.apiVersion", v, "write apiVersion: \"2026-09\" or a newer one", "HubSpot's support for API version %s %s on %s", v, verb, end.Format(time.DateOnly))
		},
	}
}
