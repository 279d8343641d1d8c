package genesystest

import (
	"slices"
	"strings"
)

func hoursHandlers() map[string]handler {
	return map[string]handler{
		"GET /api/v2/architect/schedules":                          hoursList(schedules),
		"GET /api/v2/architect/schedules/{scheduleId}":             hoursGet(schedules, "schedule"),
		"GET /api/v2/architect/schedulegroups":                     hoursList(scheduleGroups),
		"GET /api/v2/architect/schedulegroups/{scheduleGroupId}":   hoursGet(scheduleGroups, "schedule group"),
		"GET /api/v2/architect/emergencygroups":                    hoursList(emergencyGroups),
		"GET /api/v2/architect/emergencygroups/{emergencyGroupId}": hoursGet(emergencyGroups, "emergency group"),
	}
}

// hoursList lists schedules or groups; groups can be asked for by the schedules in them.
func hoursList(collection string) handler {
	return func(c *call) (int, any, error) {
		var es []*entity
		for _, e := range c.listed(collection) {
			if matches(e.name(), c.query("name"), exactly) && c.hasSchedules(e) {
				es = append(es, e)
			}
		}
		return ok(c.page(bodies(sortByName(es), nil)))
	}
}

// hasSchedules tells whether a group has one of the schedules that are asked for, if any are.
func (c *call) hasSchedules(e *entity) bool {
	want := c.query("scheduleIds")
	if want == "" {
		return true
	}
	for _, field := range []string{"openSchedules", "closedSchedules", "holidaySchedules"} {
		for _, s := range list(e.Body[field]) {
			if slices.Contains(strings.Split(want, ","), str(object(s)["id"])) {
				return true
			}
		}
	}
	return false
}

func hoursGet(collection, what string) handler {
	return func(c *call) (int, any, error) {
		e, err := c.read(collection, what, c.params[0])
		if err != nil {
			return 0, nil, err
		}
		return ok(clone(e.Body))
	}
}
