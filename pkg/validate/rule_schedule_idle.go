package validate

import (
	"slices"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
)

func ruleScheduleIdle() Rule {
	return Rule{
		Code: "DR-HOURS-003", Severity: diag.Warning,
		Title: "a schedule that changes nothing",
		Text:  "Its group is evaluated for every call, and neither closed, holiday and emergency nor a rule with at says what follows. Say it, or delete calls.schedule.",
		check: func(c *check) {
			s := c.d.Calls.Schedule
			asks := func(r deployment.Rule) bool { return len(r.When.At) > 0 }
			if s != nil && s.Closed == nil && s.Holiday == nil && s.Emergency == nil && !slices.ContainsFunc(c.d.Routing.Rules, asks) {
				c.at("calls.schedule", "schedule", "add closed: {message: …, then: disconnect}, or rules with at", "calls are treated alike whether schedule group %q is open or not", s.Group)
			}
		},
	}
}
