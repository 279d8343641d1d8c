package genesystest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func routingHandlers() map[string]handler {
	return map[string]handler{
		"GET /api/v2/routing/skills":                                   (*call).skillList,
		"POST /api/v2/routing/skills":                                  (*call).skillCreate,
		"GET /api/v2/routing/skills/{skillId}":                         (*call).skillGet,
		"DELETE /api/v2/routing/skills/{skillId}":                      (*call).skillDelete,
		"GET /api/v2/routing/queues":                                   (*call).queueList,
		"POST /api/v2/routing/queues":                                  (*call).queueCreate,
		"GET /api/v2/routing/queues/{queueId}":                         (*call).queueGet,
		"PUT /api/v2/routing/queues/{queueId}":                         (*call).queueUpdate,
		"DELETE /api/v2/routing/queues/{queueId}":                      (*call).queueDelete,
		"GET /api/v2/routing/queues/{queueId}/members":                 (*call).memberList,
		"POST /api/v2/routing/queues/{queueId}/members":                (*call).memberAdd,
		"PATCH /api/v2/routing/queues/{queueId}/members":               (*call).memberPatchAll,
		"PATCH /api/v2/routing/queues/{queueId}/members/{memberId}":    (*call).memberPatch,
		"DELETE /api/v2/routing/queues/{queueId}/members/{memberId}":   (*call).memberRemove,
		"GET /api/v2/routing/queues/{queueId}/wrapupcodes":             (*call).queueCodes,
		"POST /api/v2/routing/queues/{queueId}/wrapupcodes":            (*call).queueCodeAdd,
		"DELETE /api/v2/routing/queues/{queueId}/wrapupcodes/{codeId}": (*call).queueCodeRemove,
	}
}

// skillList filters by the beginning of the name. Deleted skills stay readable by id.
func (c *call) skillList() (int, any, error) {
	var es []*entity
	for _, e := range c.listed(skills) {
		if matches(e.name(), c.query("name"), strings.HasPrefix) {
			es = append(es, e)
		}
	}
	return ok(c.page(bodies(sortByName(es), nil)))
}

func (c *call) skillCreate() (int, any, error) {
	name := str(c.body["name"])
	if name == "" {
		return 0, nil, failed(http.StatusBadRequest, "invalid.name", "A skill needs a name")
	}
	if len(c.s.state.byName(skills, name)) > 0 || c.s.taken(skills, name) {
		return 0, nil, failed(http.StatusConflict, "general.conflict", "A skill named %s exists", name)
	}
	if err := c.room(skills); err != nil {
		return 0, nil, err
	}
	return ok(clone(c.create(skills, c.s.state.newID("skill"), map[string]any{"name": name, "state": "active", "version": "1", "dateModified": c.s.stamp()}).Body))
}

func (c *call) skillGet() (int, any, error) {
	e := c.s.state.Entities[skills][c.params[0]]
	if e == nil || c.lagging(e) {
		return 0, nil, notFound("skill", c.params[0])
	}
	return ok(clone(e.Body))
}

func (c *call) skillDelete() (int, any, error) {
	e, err := c.read(skills, "skill", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	e.Deleted, e.Body["state"] = true, "deleted"
	return ok(nil)
}

func (c *call) queueList() (int, any, error) {
	var es []*entity
	for _, e := range c.listed(queues) {
		if matches(e.name(), c.query("name"), exactly) && (c.query("id") == "" || slices.Contains(strings.Split(c.query("id"), ","), e.ID)) {
			es = append(es, e)
		}
	}
	return ok(c.page(bodies(sortByName(es), c.queueView)))
}

func (c *call) queueView(e *entity) map[string]any {
	out := clone(e.Body)
	n := len(list(out["members"]))
	delete(out, "members")
	delete(out, "wrapupCodes")
	delete(out, "away")
	out["memberCount"], out["userMemberCount"], out["joinedMemberCount"] = n, n, n-len(list(e.Body["away"]))
	return out
}

func (c *call) queueCreate() (int, any, error) {
	name := str(c.body["name"])
	if name == "" {
		return 0, nil, failed(http.StatusBadRequest, "invalid.name", "A queue needs a name")
	}
	if len(c.s.state.byName(queues, name)) > 0 {
		return 0, nil, failed(http.StatusBadRequest, "duplicate.name", "A queue named %s exists", name)
	}
	if err := c.room(queues); err != nil {
		return 0, nil, err
	}
	body := clone(c.body)
	delete(body, "sourceQueueId")
	c.place(body)
	body["dateCreated"] = c.s.stamp()
	return ok(c.queueView(c.create(queues, c.s.state.newID("queue"), body)))
}

func (c *call) queueGet() (int, any, error) {
	e, err := c.read(queues, "queue", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	return ok(c.queueView(e))
}

func (c *call) queueUpdate() (int, any, error) {
	e, err := c.read(queues, "queue", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	next := clone(c.body)
	for _, kept := range []string{"id", "members", "away", "wrapupCodes", "dateCreated"} {
		if v := e.Body[kept]; v != nil {
			next[kept] = v
		}
	}
	if object(next["division"])["id"] == nil {
		next["division"] = e.Body["division"]
	}
	c.place(next)
	e.Body = next
	return ok(c.queueView(e))
}

func (c *call) queueDelete() (int, any, error) {
	e, err := c.read(queues, "queue", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	if len(list(e.Body["members"])) > 0 && c.query("forceDelete") != "true" {
		return 0, nil, failed(http.StatusBadRequest, "active.queue", "Queue %s has members", e.name())
	}
	c.s.state.remove(queues, e.ID)
	return ok(nil)
}

func (c *call) memberList() (int, any, error) {
	e, err := c.read(queues, "queue", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	var out []any
	for _, id := range list(e.Body["members"]) {
		u := c.s.state.get(users, str(id))
		if u == nil {
			continue
		}
		names := c.skillNames(u)
		want := c.r.URL.Query()["skills"]
		if len(want) == 1 {
			want = strings.Split(want[0], ",")
		}
		if slices.ContainsFunc(want, func(s string) bool { return s != "" && !slices.Contains(names, s) }) {
			continue
		}
		user := userView(u)
		if c.query("expand") == "skills" && !c.s.opts.assume.MembersWithoutSkills {
			user["skills"] = c.heldSkills(u)
		}
		joined := !slices.Contains(list(e.Body["away"]), id)
		if want := c.query("joined"); want != "" && want != strconv.FormatBool(joined) {
			continue
		}
		out = append(out, map[string]any{"id": u.ID, "name": u.name(), "joined": joined, "memberBy": "user", "user": user})
	}
	page := c.page(out)
	delete(page, "total") // members are counted by the queue
	delete(page, "pageCount")
	return ok(page)
}

func (c *call) skillNames(u *entity) []string {
	var out []string
	for _, s := range list(u.Body["skills"]) {
		out = append(out, str(s))
	}
	return out
}

// sentToQueue reads a queue and the ids that are to be added to it, or taken from it.
func (c *call) sentToQueue(what string) (e *entity, sent []struct{ ID string }, err error) {
	if e, err = c.read(queues, "queue", c.params[0]); err != nil {
		return nil, nil, err
	}
	if err := decode(c.raw, &sent); err != nil {
		return nil, nil, err
	}
	if len(sent) > 100 {
		return nil, nil, failed(http.StatusBadRequest, "bad.request", "At most 100 %s in one request", what)
	}
	return e, sent, nil
}

func (c *call) memberAdd() (int, any, error) {
	e, sent, err := c.sentToQueue("members")
	if err != nil {
		return 0, nil, err
	}
	members := list(e.Body["members"])
	for _, m := range sent {
		if c.s.state.get(users, m.ID) == nil {
			return 0, nil, notFound("user", m.ID)
		}
		members = slices.DeleteFunc(members, func(x any) bool { return x == m.ID })
		if c.query("delete") != "true" {
			members = append(members, m.ID)
		}
	}
	e.Body["members"] = members
	return noContent()
}

func (c *call) userSkills() (int, any, error) {
	u, err := c.read(users, "user", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	return ok(c.page(c.heldSkills(u)))
}

func (c *call) heldSkills(u *entity) []any {
	out := []any{}
	for _, n := range c.skillNames(u) {
		for _, s := range c.s.state.byName(skills, n) {
			out = append(out, map[string]any{"id": s.ID, "name": s.name(), "proficiency": 3.0, "state": "active"})
		}
	}
	return out
}

// taken tells whether a deleted entity still holds a name, where that is assumed.
func (s *Server) taken(collection, name string) bool {
	if !s.opts.assume.DeletedNamesStayTaken {
		return false
	}
	for _, e := range s.state.Entities[collection] {
		if e.Deleted && strings.EqualFold(e.name(), name) {
			return true
		}
	}
	return false
}

// join says of members whether they take calls of the queue.
func (c *call) join(e *entity, id string, joined bool) error {
	if !slices.Contains(list(e.Body["members"]), any(id)) {
		return notFound("member", id)
	}
	away := slices.DeleteFunc(list(e.Body["away"]), func(x any) bool { return x == id })
	if !joined {
		away = append(away, id)
	}
	e.Body["away"] = away
	return nil
}

func (c *call) memberPatchAll() (int, any, error) {
	e, err := c.read(queues, "queue", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	var sent []struct {
		ID     string
		Joined bool
	}
	if err := decode(c.raw, &sent); err != nil {
		return 0, nil, err
	}
	for _, m := range sent {
		if err := c.join(e, m.ID, m.Joined); err != nil {
			return 0, nil, err
		}
	}
	return c.memberList()
}

func (c *call) memberPatch() (int, any, error) {
	e, err := c.read(queues, "queue", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	if err := c.join(e, c.params[1], c.body["joined"] == true); err != nil {
		return 0, nil, err
	}
	return http.StatusAccepted, nil, nil
}

func (c *call) memberRemove() (int, any, error) {
	e, err := c.read(queues, "queue", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	if err := c.join(e, c.params[1], true); err != nil {
		return 0, nil, err
	}
	e.Body["members"] = slices.DeleteFunc(list(e.Body["members"]), func(x any) bool { return x == c.params[1] })
	return noContent()
}

// codesOf gives the wrap-up codes of a queue that are still there.
func (c *call) codesOf(e *entity) []any {
	out := []any{}
	for _, id := range list(e.Body["wrapupCodes"]) {
		if w := c.s.state.get(wrapups, str(id)); w != nil {
			out = append(out, clone(w.Body))
		}
	}
	return out
}

func (c *call) queueCodes() (int, any, error) {
	e, err := c.read(queues, "queue", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	return ok(c.page(c.codesOf(e)))
}

func (c *call) queueCodeAdd() (int, any, error) {
	e, sent, err := c.sentToQueue("wrap-up codes")
	if err != nil {
		return 0, nil, err
	}
	codes := list(e.Body["wrapupCodes"])
	for _, w := range sent {
		if _, err := c.read(wrapups, "wrap-up code", w.ID); err != nil {
			return 0, nil, err
		}
		if !slices.Contains(codes, any(w.ID)) {
			codes = append(codes, w.ID)
		}
	}
	e.Body["wrapupCodes"] = codes
	return ok(c.codesOf(e))
}

func (c *call) queueCodeRemove() (int, any, error) {
	e, err := c.read(queues, "queue", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	if !slices.Contains(list(e.Body["wrapupCodes"]), any(c.params[1])) {
		return 0, nil, notFound("wrap-up code of the queue", c.params[1])
	}
	e.Body["wrapupCodes"] = slices.DeleteFunc(list(e.Body["wrapupCodes"]), func(x any) bool { return x == c.params[1] })
	return ok(nil)
}
