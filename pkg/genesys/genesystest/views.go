package genesystest

import (
	"slices"
	"strings"
)

// Views of divisions are lists for people who may search a kind and not administer it: in
// this org they show what the lists show, with the fields of the view.
func viewHandlers() map[string]handler {
	of := func(collection string, shown func(*call, *entity) map[string]any, keep func(*call, *entity) bool) handler {
		return func(c *call) (int, any, error) {
			var es []*entity
			for _, e := range c.listed(collection) {
				if c.asked(e) && (keep == nil || keep(c, e)) {
					es = append(es, e)
				}
			}
			return ok(c.page(bodies(sortByName(es), func(e *entity) map[string]any { return shown(c, e) })))
		}
	}
	short := func(_ *call, e *entity) map[string]any {
		return map[string]any{"id": e.ID, "name": e.name(), "division": clone(object(e.Body["division"]))}
	}
	whole := func(_ *call, e *entity) map[string]any { return clone(e.Body) }
	script := func(published bool) func(*call, *entity) bool {
		return func(_ *call, e *entity) bool { return !published || e.Body["publishedDate"] != nil }
	}
	return map[string]handler{
		"GET /api/v2/routing/queues/divisionviews":                 of(queues, (*call).queueView, nil),
		"GET /api/v2/routing/queues/divisionviews/all":             of(queues, (*call).queueView, nil),
		"GET /api/v2/routing/wrapupcodes/divisionviews":            of(wrapups, whole, nil),
		"GET /api/v2/routing/wrapupcodes/divisionviews/{codeId}":   plain{collection: wrapups, what: "wrap-up code"}.get,
		"GET /api/v2/architect/ivrs/divisionviews":                 of(routes, short, nil),
		"GET /api/v2/architect/schedules/divisionviews":            of(schedules, short, nil),
		"GET /api/v2/architect/schedulegroups/divisionviews":       of(scheduleGroups, short, nil),
		"GET /api/v2/architect/emergencygroups/divisionviews":      of(emergencyGroups, short, nil),
		"GET /api/v2/flows/datatables/divisionviews":               of(tables, (*call).tableView, nil),
		"GET /api/v2/flows/datatables/divisionviews/{datatableId}": (*call).tableGet,
		"GET /api/v2/flows/divisionviews": of(flows, func(_ *call, e *entity) map[string]any {
			out := map[string]any{}
			for _, k := range []string{"id", "name", "division", "type", "description", "publishedVersion"} {
				if v := e.Body[k]; v != nil {
					out[k] = v
				}
			}
			return clone(out)
		}, func(c *call, e *entity) bool {
			types := c.several("type")
			return len(types) == 0 || slices.ContainsFunc(types, func(t string) bool { return strings.EqualFold(t, str(e.Body["type"])) })
		}),
		"GET /api/v2/scripts/divisionviews":           of(scripts, whole, script(false)),
		"GET /api/v2/scripts/published/divisionviews": of(scripts, whole, script(true)),
	}
}
