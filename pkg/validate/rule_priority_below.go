package validate

import (
	"slices"
	"strconv"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/routing"
)

func rulePriorityBelow() Rule {
	return Rule{
		Code: "DR-ROUTE-007", Severity: diag.Warning,
		Title: "known callers behind unknown ones",
		Text: "In one queue the higher priority is answered first. This rule puts callers that HubSpot knows into the fallback's queue with less priority than the fallback has, " +
			"so that unknown callers overtake them. Raise the rule's priority, unless that is what you want.",
		check: func(c *check) {
			f := c.d.Routing.Fallback
			for i, r := range c.d.Routing.Rules {
				known := slices.ContainsFunc(possible(c.d, r.When), func(o routing.Outcome) bool {
					return o == routing.ActiveDeal || o == routing.InactiveDeal || o == routing.ContactNoDeal
				})
				if known && r.To.Queue == f.Queue && r.To.Priority < f.Priority {
					c.at(rulePath(i)+".to.priority", strconv.Itoa(r.To.Priority), "raise it above the fallback's",
						"callers of rule %q wait behind unknown callers in queue %q: priority %d, the fallback's is %d", r.Name, r.To.Queue, r.To.Priority, f.Priority)
				}
			}
		},
	}
}
