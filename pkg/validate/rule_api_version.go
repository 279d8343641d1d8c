package validate

import (
	"context"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
)

// apiEnds is when HubSpot stops to support a version of its API. HubSpot: a dated version is
// supported for at least 18 months from its release; v4 ends in March 2027, v1 to v3 in
// September.
var apiEnds = map[string]time.Time{
	"v1": time.Date(2027, 9, 1, 0, 0, 0, 0, time.UTC), "v2": time.Date(2027, 9, 1, 0, 0, 0, 0, time.UTC),
	"v3":      time.Date(2027, 9, 1, 0, 0, 0, 0, time.UTC),
	"v4":      time.Date(2027, 3, 30, 0, 0, 0, 0, time.UTC),
	"2025-09": time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC),
	"2026-03": time.Date(2027, 9, 30, 0, 0, 0, 0, time.UTC),
	"2026-09": time.Date(2028, 3, 9, 0, 0, 0, 0, time.UTC),
}

func ruleAPIVersion() Rule {
	return Rule{
		Code: "DR-HUB-002", Severity: diag.Warning, ends: true,
		Title: "a version of HubSpot's API that ends",
		Text: "HubSpot supports a dated version for at least 18 months, v4 until March 2027, and the versions up to v3 until September 2027. After that every lookup may fail at once. It is a note in the last year and a warning in the last half of it. " +
			"Write the newest version, run `validate` and `simulate --crm live`, then `setup`: the searches are the same in all of them. A template of yours may name a version by itself.",
		check: func(c *check) {
			told := map[string]bool{}
			say := func(v string, at func(hint, format string, args ...any) *diag.Finding) {
				end, ok := apiEnds[v]
				if told[v] || !ok || c.in.Now.IsZero() || c.in.Now.AddDate(1, 0, 0).Before(end) {
					return
				}
				told[v] = true
				verb := "ends"
				if !c.in.Now.Before(end) {
					verb = "has ended"
				}
				f := at("write apiVersion: \"2026-09\" or a newer one", "HubSpot's support for API version %s %s on %s", v, verb, end.Format(time.DateOnly))
				if c.in.Now.AddDate(0, 6, 0).Before(end) {
					f.Severity = diag.Info
				}
			}
			v := c.d.HubSpot.APIVersion
			say(v, func(hint, format string, args ...any) *diag.Finding {
				return c.at("hubspot.apiVersion", v, hint, format, args...)
			})
			if c.b == nil {
				return
			}
			for _, a := range c.b.Actions {
				for _, part := range strings.Split(a.Definition.Request.URLTemplate, "/") {
					if (execution{action: a}).hubspot() && part != v {
						say(part, func(_, format string, args ...any) *diag.Finding {
							return c.place(c.actionTemplate(a.Role), 0, "take the address of the built-in template, which has hubspot.apiVersion", format, args...)
						})
					}
				}
			}
		},
	}
}

// Expiry says which versions of HubSpot's API a deployment uses that end within a year.
func Expiry(in Input) diag.Findings {
	r := ruleAPIVersion()
	c := &check{ctx: context.Background(), in: in, d: in.Deployment, b: in.Blueprint, rule: r}
	r.check(c)
	return c.found.Sorted()
}
