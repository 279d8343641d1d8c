package genesystest

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

func peopleHandlers() map[string]handler {
	return map[string]handler{
		"GET /api/v2/users":                                     (*call).userList,
		"POST /api/v2/users":                                    (*call).userCreate,
		"GET /api/v2/users/me":                                  (*call).userMe,
		"GET /api/v2/users/search":                              (*call).userSearchGet,
		"POST /api/v2/users/search":                             (*call).userSearch,
		"GET /api/v2/users/{userId}":                            (*call).userGet,
		"PATCH /api/v2/users/{userId}":                          (*call).userPatch,
		"DELETE /api/v2/users/{userId}":                         (*call).userDelete,
		"GET /api/v2/users/{userId}/queues":                     (*call).userQueues,
		"GET /api/v2/users/{userId}/routinglanguages":           (*call).userLanguages,
		"GET /api/v2/users/{userId}/routingskills":              (*call).userSkills,
		"POST /api/v2/users/{userId}/routingskills":             (*call).userSkillAdd,
		"DELETE /api/v2/users/{userId}/routingskills/{skillId}": (*call).userSkillRemove,
	}
}

// userMe: a token of client credentials has no user, and that is what the platform says of
// it, word for word as people quote it. Option Person gives tokens one.
func (c *call) userMe() (int, any, error) {
	for _, e := range c.s.state.all(users) {
		if c.s.opts.person != "" && strings.EqualFold(str(e.Body["email"]), c.s.opts.person) {
			return ok(c.userView(e))
		}
	}
	return 0, nil, failed(http.StatusBadRequest, "bad.request", "This request requires a user context. Client credentials cannot be used for requests to this resource.")
}

// userView is a person with what is asked for beside.
func (c *call) userView(e *entity) map[string]any {
	out := userView(e)
	for _, x := range c.several("expand") {
		switch x {
		case "skills":
			out["skills"] = c.heldSkills(e)
		case "languages":
			out["languages"] = []any{}
		case "groups":
			out["groups"] = []any{}
		case "locations":
			out["locations"] = []any{}
		}
	}
	return out
}

// userView is a person without what must be asked for.
func userView(e *entity) map[string]any {
	out := map[string]any{"id": e.ID, "name": e.name(), "state": cmp.Or(str(e.Body["state"]), "active"), "version": max(e.version(), 1)}
	for _, k := range []string{"email", "username", "division", "department", "title", "addresses", "primaryContactInfo"} {
		if v := e.Body[k]; v != nil {
			out[k] = v
		}
	}
	return out
}

func (c *call) userList() (int, any, error) {
	want, ids := cmp.Or(c.query("state"), "active"), c.several("id")
	all := slices.DeleteFunc(c.s.state.all(users), func(e *entity) bool {
		return len(ids) > 0 && !slices.Contains(ids, e.ID) || want != "any" && cmp.Or(str(e.Body["state"]), "active") != want
	})
	return ok(c.page(bodies(all, c.userView)))
}

// mailTaken refuses an address that somebody has: the platform knows people by it.
func (c *call) mailTaken(self string) error {
	for _, e := range c.s.state.all(users) {
		if mail := str(c.body["email"]); mail != "" && e.ID != self && strings.EqualFold(str(e.Body["email"]), mail) {
			return failed(http.StatusConflict, "general.conflict", "A user with this e-mail exists")
		}
	}
	return nil
}

func (c *call) userCreate() (int, any, error) {
	if err := c.mailTaken(""); err != nil {
		return 0, nil, err
	}
	body := clone(c.body)
	body["division"] = map[string]any{"id": body["divisionId"]}
	c.place(body)
	delete(body, "divisionId")
	delete(body, "password") // no secret is kept
	body["state"], body["username"], body["version"] = cmp.Or(str(body["state"]), "active"), body["email"], 1
	return ok(userView(c.create(users, c.s.state.newID("user"), body)))
}

func (c *call) userGet() (int, any, error) {
	e, err := c.read(users, "user", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	return ok(c.userView(e))
}

func (c *call) userPatch() (int, any, error) {
	e, err := c.read(users, "user", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	if have, sent := max(e.version(), 1), integer(c.body["version"]); have != sent {
		return 0, nil, versionConflict(have, sent)
	}
	if err := c.mailTaken(e.ID); err != nil {
		return 0, nil, err
	}
	e.Body = merge(e.Body, c.body)
	e.Body["id"], e.Body["version"] = e.ID, max(integer(c.body["version"]), 1)+1
	return ok(userView(e))
}

// userDelete is soft, and the platform keeps the person as deleted; here nobody finds them again.
func (c *call) userDelete() (int, any, error) {
	e, err := c.read(users, "user", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	e.Deleted, e.Body["state"] = true, "deleted"
	for _, q := range c.s.state.all(queues) {
		q.Body["members"] = slices.DeleteFunc(list(q.Body["members"]), func(id any) bool { return id == e.ID })
	}
	return ok(map[string]any{})
}

// userSearchGet takes the same question as base64 of its JSON.
func (c *call) userSearchGet() (int, any, error) {
	text, err := base64.StdEncoding.DecodeString(c.query("q64"))
	if err == nil {
		err = json.Unmarshal(text, &c.body)
	}
	if err != nil {
		return 0, nil, badRequest(err)
	}
	return c.userSearch()
}

// userSearch looks for people by the criteria, all of which must hold. Without a criterion
// of the state, those who are active are found.
func (c *call) userSearch() (int, any, error) {
	found := []any{}
	for _, e := range c.s.state.all(users) {
		holds, ofState := true, false
		for _, q := range list(c.body["query"]) {
			m, err := criterion(object(q), e)
			if err != nil {
				return 0, nil, err
			}
			holds = holds && m
			ofState = ofState || slices.Contains(list(object(q)["fields"]), any("state"))
		}
		if holds && (ofState || cmp.Or(str(e.Body["state"]), "active") == "active") {
			out := userView(e)
			if slices.Contains(list(c.body["expand"]), any("skills")) {
				out["skills"] = c.heldSkills(e)
			}
			found = append(found, out)
		}
	}
	size, number := cmp.Or(integer(c.body["pageSize"]), 25), max(integer(c.body["pageNumber"]), 1)
	size = min(max(size, 1), maxPage)
	pages := (len(found) + size - 1) / size
	from := min(number-1, pages) * size
	return ok(map[string]any{
		"total": len(found), "pageCount": pages, "pageSize": size, "pageNumber": number, "types": []any{"users"},
		"results": found[min(from, len(found)):min(from+size, len(found))],
	})
}

// criterion tells whether a person meets one part of a search.
func criterion(q map[string]any, e *entity) (bool, error) {
	values := []string{str(q["value"])}
	if vs := list(q["values"]); len(vs) > 0 {
		values = nil
		for _, v := range vs {
			values = append(values, str(v))
		}
	}
	fields := list(q["fields"])
	if len(fields) == 0 {
		fields = []any{"name", "email"}
	}
	var fits func(have, want string) bool
	switch t := str(q["type"]); t {
	case "EXACT", "TERM", "TERMS":
		fits = func(have, want string) bool { return have == want }
	case "STARTS_WITH":
		fits = strings.HasPrefix
	case "CONTAINS", "SIMPLE", "QUERY_STRING":
		fits = strings.Contains
	default:
		return false, failed(http.StatusNotImplemented, "not.implemented", "The search type %q is described, and this emulator does not serve it", t)
	}
	for _, f := range fields {
		have := str(e.Body[str(f)])
		switch f {
		case "id":
			have = e.ID
		case "state":
			have = cmp.Or(have, "active")
		}
		for _, want := range values {
			if fits(strings.ToLower(have), strings.ToLower(want)) {
				return true, nil
			}
		}
	}
	return false, nil
}

func (c *call) userQueues() (int, any, error) {
	u, err := c.read(users, "user", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	var out []any
	for _, q := range c.s.state.all(queues) {
		if slices.Contains(list(q.Body["members"]), any(u.ID)) {
			view := c.queueView(q)
			delete(view, "autoAnswerOnly") // a queue of somebody does not have it
			view["joined"] = true
			out = append(out, view)
		}
	}
	return ok(c.page(out))
}

func (c *call) userLanguages() (int, any, error) {
	if _, err := c.read(users, "user", c.params[0]); err != nil {
		return 0, nil, err
	}
	return ok(c.page(nil))
}

func (c *call) userSkillAdd() (int, any, error) {
	u, err := c.read(users, "user", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	s, err := c.read(skills, "skill", str(c.body["id"]))
	if err != nil {
		return 0, nil, err
	}
	if !slices.Contains(c.skillNames(u), s.name()) {
		u.Body["skills"] = append(list(u.Body["skills"]), s.name())
	}
	return ok(map[string]any{"id": s.ID, "name": s.name(), "proficiency": c.body["proficiency"], "state": "active"})
}

func (c *call) userSkillRemove() (int, any, error) {
	u, err := c.read(users, "user", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	s, err := c.read(skills, "skill", c.params[1])
	if err != nil {
		return 0, nil, err
	}
	u.Body["skills"] = slices.DeleteFunc(list(u.Body["skills"]), func(x any) bool { return x == s.name() })
	return ok(nil)
}
