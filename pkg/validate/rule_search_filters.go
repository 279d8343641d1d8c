package validate

import (
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot"
)

func ruleSearchFilters() Rule {
	return Rule{
		Code: "DR-LIMIT-002", Severity: diag.Error, artifacts: true,
		Title: "a search with more filters than HubSpot takes",
		Text:  "A search has at most 5 groups of filters, 6 filters in a group, 18 in all, one sort, and 200 results a page; HubSpot refuses others, so that every lookup would fail. The request is the one that the rendered action itself sends. This can only be with templates of your own.",
		check: func(c *check) {
			for _, a := range c.b.Actions {
				_, q, ok := searchOf(a)
				if !ok {
					continue
				}
				say := func(noun string, n, limit int) {
					if n > limit {
						c.place(c.actionTemplate(a.Role), 0, "see request.vm.tmpl beside it", "the search of %q has %d %s, HubSpot takes %d", a.Definition.Name, n, noun, limit)
					}
				}
				all, most := 0, 0
				for _, g := range q.FilterGroups {
					all += len(g.Filters)
					most = max(most, len(g.Filters))
				}
				say("groups of filters", len(q.FilterGroups), hubspot.MaxFilterGroups)
				say("filters in a group", most, hubspot.MaxFiltersPerGroup)
				say("filters", all, hubspot.MaxFilters)
				say("sorts", len(q.Sorts), 1)
				say("results a page", q.Limit, hubspot.MaxSearchLimit)
			}
		},
	}
}
