package genesystest

import (
	"net/http"
	"slices"
)

func routeHandlers() map[string]handler {
	return map[string]handler{
		"GET /api/v2/architect/ivrs":            (*call).routeList,
		"POST /api/v2/architect/ivrs":           (*call).routeCreate,
		"GET /api/v2/architect/ivrs/{ivrId}":    (*call).routeGet,
		"PUT /api/v2/architect/ivrs/{ivrId}":    (*call).routeUpdate,
		"DELETE /api/v2/architect/ivrs/{ivrId}": (*call).routeDelete,
	}
}

func (c *call) routeList() (int, any, error) {
	var es []*entity
	for _, e := range c.listed(routes) {
		dnis := c.query("dnis")
		if matches(e.name(), c.query("name"), exactly) && (dnis == "" || slices.Contains(list(e.Body["dnis"]), any(dnis))) {
			es = append(es, e)
		}
	}
	return ok(c.page(bodies(sortByName(es), nil)))
}

// checkRoute holds what the platform refuses: numbers of no pool, numbers of others, and
// flows that do not exist.
func (c *call) checkRoute(self string) error {
	for _, n := range list(c.body["dnis"]) {
		if c.s.pool(str(n)) == "" {
			return failed(http.StatusBadRequest, "general.bad.request", "Field 'didPoolId' is required and cannot be empty.")
		}
		for _, r := range c.s.state.all(routes) {
			if r.ID != self && slices.Contains(list(r.Body["dnis"]), n) {
				return failed(http.StatusConflict, "general.conflict", "Number %s is assigned to %s", n, r.name())
			}
		}
	}
	for _, k := range []string{"openHoursFlow", "closedHoursFlow", "holidayHoursFlow"} {
		if id := str(object(c.body[k])["id"]); id != "" && c.s.state.get(flows, id) == nil {
			return notFound("flow", id)
		}
	}
	if object(c.body["scheduleGroup"])["id"] != nil && (c.body["openHoursFlow"] == nil || c.body["closedHoursFlow"] == nil) {
		return failed(http.StatusBadRequest, "general.bad.request", "A schedule group needs an open and a closed hours flow")
	}
	return nil
}

func (c *call) routeCreate() (int, any, error) {
	if err := c.checkRoute(""); err != nil {
		return 0, nil, err
	}
	body := clone(c.body)
	body["version"], body["state"], body["dateCreated"] = 1, "active", c.s.stamp()
	c.place(body)
	return ok(clone(c.create(routes, c.s.state.newID("route"), body).Body))
}

func (c *call) routeGet() (int, any, error) {
	e := c.s.state.Entities[routes][c.params[0]]
	if e == nil || c.lagging(e) {
		return 0, nil, notFound("IVR", c.params[0])
	}
	return ok(clone(e.Body))
}

func (c *call) routeUpdate() (int, any, error) {
	e, err := c.read(routes, "IVR", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	if have, sent := e.version(), integer(c.body["version"]); have != sent {
		return 0, nil, failed(http.StatusConflict, "general.conflict", "Version %d does not match the current version %d", sent, have)
	}
	if err := c.checkRoute(e.ID); err != nil {
		return 0, nil, err
	}
	division, version, created := e.Body["division"], e.version(), e.Body["dateCreated"]
	e.Body = clone(c.body)
	e.Body["id"], e.Body["version"], e.Body["state"], e.Body["dateCreated"] = e.ID, version+1, "active", created
	e.Body["dateModified"], e.Body["modifiedBy"] = c.s.stamp(), c.client
	if object(e.Body["division"])["id"] == nil {
		e.Body["division"] = division
	}
	c.place(e.Body)
	return ok(clone(e.Body))
}

// routeDelete is soft: the route stays readable as deleted, its numbers are free.
func (c *call) routeDelete() (int, any, error) {
	e, err := c.read(routes, "IVR", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	e.Deleted, e.Body["state"], e.Body["dnis"] = true, "deleted", []any{}
	return ok(nil)
}
