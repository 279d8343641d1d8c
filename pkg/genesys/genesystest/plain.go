package genesystest

import (
	"net/http"
	"slices"
	"strings"
)

// A plain kind is one that the org keeps as it was sent: nothing else happens when one is
// made, changed or deleted.
type plain struct {
	collection, what string
	list, one        string // paths
	duplicate        int    // status for a name that is taken; 0: names are not unique
	code             string // of that
	numbered         bool   // a version that counts, and that an update must send
	divided          bool   // it is of a division
	gone             int    // status of a delete
	soft             bool   // deleted, it can still be read by its id

	check func(c *call, self string) error        // what the platform refuses beside
	fresh map[string]any                          // fields of a new one
	uses  func(c *call, e *entity) error          // why it cannot be deleted
	show  func(c *call, e *entity) map[string]any // nil: as it is kept
	gets  func(c *call, e *entity) bool           // whether a list has it; nil: all of that name
}

// plainKinds are those that a deployment's clients read, beside the ones that the project's
// own client knows.
func plainKinds() []plain {
	const r, a, t = "/api/v2/routing/", "/api/v2/architect/", "/api/v2/telephony/providers/edges/"
	return []plain{
		{collection: wrapups, what: "wrap-up code", list: r + "wrapupcodes", one: r + "wrapupcodes/{codeId}", duplicate: http.StatusBadRequest, code: "duplicate.name", divided: true, gone: http.StatusOK},
		{
			collection: languages, what: "language", list: r + "languages", one: r + "languages/{languageId}",
			duplicate: http.StatusBadRequest, code: "general.conflict", gone: http.StatusOK, soft: true, fresh: map[string]any{"state": "active", "version": "1"},
		},
		{collection: schedules, what: "schedule", list: a + "schedules", one: a + "schedules/{scheduleId}", numbered: true, divided: true, gone: http.StatusOK, uses: scheduleIsUsed},
		{collection: scheduleGroups, what: "schedule group", list: a + "schedulegroups", one: a + "schedulegroups/{scheduleGroupId}", numbered: true, divided: true, gone: http.StatusOK, check: (*call).checkSchedules, uses: groupIsUsed, gets: (*call).hasSchedules},
		{collection: emergencyGroups, what: "emergency group", list: a + "emergencygroups", one: a + "emergencygroups/{emergencyGroupId}", numbered: true, divided: true, gone: http.StatusOK, fresh: map[string]any{"enabled": false}},
		{collection: prompts, what: "prompt", list: a + "prompts", one: a + "prompts/{promptId}", duplicate: http.StatusConflict, code: "architect.prompt.already.exists", gone: http.StatusNoContent, show: (*call).promptView, check: (*call).checkPrompt},
		{collection: pools, what: "DID pool", list: t + "didpools", one: t + "didpools/{didPoolId}", numbered: true, gone: http.StatusOK, check: (*call).checkPool, uses: poolIsUsed},
		{
			collection: divisions, what: "division", list: "/api/v2/authorization/divisions", one: "/api/v2/authorization/divisions/{divisionId}",
			duplicate: http.StatusConflict, code: "resource.already.exists", gone: http.StatusNoContent, fresh: map[string]any{"homeDivision": false, "description": ""}, uses: divisionIsUsed,
		},
	}
}

func plainHandlers() map[string]handler {
	out := map[string]handler{}
	for _, k := range plainKinds() {
		out["GET "+k.list], out["POST "+k.list] = k.lists, k.create
		out["GET "+k.one], out["DELETE "+k.one] = k.get, k.remove
		if k.collection != languages { // which nobody can change
			out["PUT "+k.one] = k.update
		}
	}
	return out
}

// asked tells whether a list that names ids, a name or divisions asks for an entity.
func (c *call) asked(e *entity) bool {
	in := func(parameter, value string) bool {
		all := c.several(parameter)
		return len(all) == 0 || slices.Contains(all, value)
	}
	return matches(e.name(), c.query("name"), exactly) && in("id", e.ID) && in("divisionId", str(object(e.Body["division"])["id"]))
}

// several gives the values of a parameter that may stand more than once or hold commas.
func (c *call) several(parameter string) []string {
	var out []string
	for _, v := range c.r.URL.Query()[parameter] {
		for _, x := range strings.Split(v, ",") {
			if x != "" {
				out = append(out, x)
			}
		}
	}
	return out
}

func (k plain) view(c *call, e *entity) map[string]any {
	if k.show != nil {
		return k.show(c, e)
	}
	return clone(e.Body)
}

func (k plain) lists(c *call) (int, any, error) {
	var es []*entity
	for _, e := range c.listed(k.collection) {
		if c.asked(e) && (k.gets == nil || k.gets(c, e)) {
			es = append(es, e)
		}
	}
	return ok(c.page(bodies(sortByName(es), func(e *entity) map[string]any { return k.view(c, e) })))
}

// refused is what stands against a body, of a new entity when self is empty.
func (k plain) refused(c *call, self string) error {
	name := str(c.body["name"])
	if name == "" {
		return failed(http.StatusBadRequest, "invalid.name", "A %s needs a name", k.what)
	}
	if k.duplicate != 0 && slices.ContainsFunc(c.s.state.byName(k.collection, name), func(e *entity) bool { return e.ID != self }) {
		return failed(k.duplicate, k.code, "A %s named %s exists", k.what, name)
	}
	if k.check != nil {
		return k.check(c, self)
	}
	return nil
}

func (k plain) create(c *call) (int, any, error) {
	if err := k.refused(c, ""); err != nil {
		return 0, nil, err
	}
	body := merge(k.fresh, c.body)
	if k.numbered {
		body["version"], body["state"], body["dateCreated"] = 1, "active", c.s.stamp()
	}
	if k.divided {
		c.place(body)
	}
	return ok(k.view(c, c.create(k.collection, c.s.state.newID(k.collection), body)))
}

// place puts a body into the division that it names, else into the home division.
func (c *call) place(body map[string]any) {
	d := c.s.state.get(divisions, str(object(body["division"])["id"]))
	if d == nil {
		d = c.s.state.home()
	}
	body["division"] = map[string]any{"id": d.ID, "name": d.name()}
}

func (k plain) get(c *call) (int, any, error) {
	e := c.s.state.Entities[k.collection][c.params[0]]
	if e == nil || e.Deleted && !k.soft || c.lagging(e) {
		return 0, nil, notFound(k.what, c.params[0])
	}
	return ok(k.view(c, e))
}

func (k plain) update(c *call) (int, any, error) {
	e, err := c.read(k.collection, k.what, c.params[0])
	if err != nil {
		return 0, nil, err
	}
	if have, sent := e.version(), integer(c.body["version"]); k.numbered && have != sent {
		return 0, nil, failed(http.StatusConflict, "general.conflict", "Version %d does not match the current version %d", sent, have)
	}
	if err := k.refused(c, e.ID); err != nil {
		return 0, nil, err
	}
	next := merge(k.fresh, c.body)
	for _, kept := range []string{"id", "state", "dateCreated", "homeDivision", "resources"} {
		if v := e.Body[kept]; v != nil {
			next[kept] = v
		}
	}
	if k.numbered {
		next["version"] = e.version() + 1
	}
	if k.divided {
		if object(next["division"])["id"] == nil {
			next["division"] = e.Body["division"]
		}
		c.place(next)
	}
	e.Body = next
	return ok(k.view(c, e))
}

func (k plain) remove(c *call) (int, any, error) {
	e, err := c.read(k.collection, k.what, c.params[0])
	if err != nil {
		return 0, nil, err
	}
	if k.uses != nil {
		if err := k.uses(c, e); err != nil {
			return 0, nil, err
		}
	}
	if e.Deleted = true; k.soft {
		e.Body["state"] = "deleted"
	} else {
		c.s.state.remove(k.collection, e.ID)
	}
	return k.gone, nil, nil
}

func (c *call) checkSchedules(string) error {
	for _, field := range []string{"openSchedules", "closedSchedules", "holidaySchedules"} {
		for _, ref := range list(c.body[field]) {
			if id := str(object(ref)["id"]); c.s.state.get(schedules, id) == nil {
				return notFound("schedule", id)
			}
		}
	}
	return nil
}

func scheduleIsUsed(c *call, e *entity) error {
	for _, g := range c.s.state.all(scheduleGroups) {
		for _, field := range []string{"openSchedules", "closedSchedules", "holidaySchedules"} {
			if slices.ContainsFunc(list(g.Body[field]), func(r any) bool { return object(r)["id"] == e.ID }) {
				return failed(http.StatusConflict, "general.conflict", "Schedule %s is used by schedule group %s", e.name(), g.name())
			}
		}
	}
	return nil
}

func groupIsUsed(c *call, e *entity) error {
	for _, r := range c.s.state.all(routes) {
		if object(r.Body["scheduleGroup"])["id"] == e.ID {
			return failed(http.StatusConflict, "general.conflict", "Schedule group %s is used by call route %s", e.name(), r.name())
		}
	}
	return nil
}

// divisionIsUsed refuses to delete the home division, and one with anything in it.
func divisionIsUsed(c *call, e *entity) error {
	if e.Body["homeDivision"] == true {
		return failed(http.StatusBadRequest, "precondition.failure", "The home division cannot be deleted")
	}
	for _, collection := range sortedKeys(c.s.state.Entities) {
		for _, x := range c.s.state.all(collection) {
			if object(x.Body["division"])["id"] == e.ID && c.query("force") != "true" {
				return failed(http.StatusBadRequest, "precondition.failure", "Division %s has %s in it", e.name(), x.name())
			}
		}
	}
	return nil
}

func (c *call) checkPrompt(string) error {
	name := str(c.body["name"])
	for i, r := range name {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return failed(http.StatusBadRequest, "architect.prompt.validate.failed.invalid.name", "A prompt's name is letters, digits and underscores: %s", name)
		}
	}
	return nil
}

// promptView leaves the resources out where nobody wants them.
func (c *call) promptView(e *entity) map[string]any {
	out := clone(e.Body)
	if c.query("includeResources") == "false" {
		delete(out, "resources")
	}
	return out
}

func promptHandlers() map[string]handler {
	const p = "/api/v2/architect/prompts/{promptId}/resources"
	return map[string]handler{
		"GET " + p:                        (*call).resourceList,
		"POST " + p:                       (*call).resourceCreate,
		"GET " + p + "/{languageCode}":    (*call).resourceGet,
		"PUT " + p + "/{languageCode}":    (*call).resourceUpdate,
		"DELETE " + p + "/{languageCode}": (*call).resourceDelete,
	}
}

func (c *call) resourceList() (int, any, error) {
	e, err := c.read(prompts, "prompt", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	return ok(c.page(list(clone(e.Body)["resources"])))
}

// resource gives a prompt and the place of one of its languages among its resources, -1 for none.
func (c *call) resource(language string) (*entity, []any, int, error) {
	e, err := c.read(prompts, "prompt", c.params[0])
	if err != nil {
		return nil, nil, 0, err
	}
	all := list(e.Body["resources"])
	return e, all, slices.IndexFunc(all, func(r any) bool { return object(r)["language"] == language }), nil
}

func (c *call) resourceCreate() (int, any, error) {
	e, all, at, err := c.resource(str(c.body["language"]))
	if err != nil {
		return 0, nil, err
	}
	if at >= 0 {
		return 0, nil, failed(http.StatusConflict, "request.conflict", "The prompt has a resource for %s", c.body["language"])
	}
	made := merge(c.body, map[string]any{"id": c.body["language"], "promptId": e.ID, "uploadStatus": "created"})
	e.Body["resources"] = append(all, made)
	return ok(clone(made))
}

func (c *call) resourceGet() (int, any, error) {
	_, all, at, err := c.resource(c.params[1])
	if err != nil {
		return 0, nil, err
	}
	if at < 0 {
		return 0, nil, notFound("prompt resource", c.params[1])
	}
	return ok(clone(object(all[at])))
}

func (c *call) resourceUpdate() (int, any, error) {
	e, all, at, err := c.resource(c.params[1])
	if err != nil {
		return 0, nil, err
	}
	if at < 0 {
		return 0, nil, notFound("prompt resource", c.params[1])
	}
	all[at] = merge(c.body, map[string]any{"id": c.params[1], "language": c.params[1], "promptId": e.ID, "uploadStatus": object(all[at])["uploadStatus"]})
	e.Body["resources"] = all
	return ok(clone(object(all[at])))
}

func (c *call) resourceDelete() (int, any, error) {
	e, all, at, err := c.resource(c.params[1])
	if err != nil {
		return 0, nil, err
	}
	if at < 0 {
		return 0, nil, notFound("prompt resource", c.params[1])
	}
	e.Body["resources"] = slices.Delete(all, at, at+1)
	return noContent()
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
