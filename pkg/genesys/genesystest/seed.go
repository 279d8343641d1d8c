package genesystest

import (
	"slices"
	"strings"
	"time"
)

// A Seed is what an org has before a deployment comes: its name, numbers in a pool, queues
// with people who hold skills, hours. A pinned org or division keeps its name.
type Seed struct {
	Org             string
	Divisions       []string
	Numbers         []string // E.164, in a pool and free
	Skills          []string
	Users           []SeedUser // also those of no queue
	Queues          []SeedQueue
	Schedules       []SeedSchedule
	ScheduleGroups  []SeedScheduleGroup
	EmergencyGroups []SeedEmergencyGroup
	Scripts         []string // of others, published
	Flows           []string // of others: inbound call flows, published
	Drafts          []string // likewise, saved and never published
	Prompts         []string
	Runs            []SeedRuns
}

// SeedRuns are runs of a data action that the org has counted beside those that are really made here. They
// took place at the time of the seed.
type SeedRuns struct {
	Action    string // its name, or how that begins
	Count     int
	Status    int    // responseStatus; 0: none
	ErrorType string // empty: none
	Time      time.Duration
}

// A SeedQueue is a queue and the people in it.
type SeedQueue struct {
	Name         string
	Staff        []SeedUser
	RoutingRules []SeedRoutingRule
}

// A SeedRoutingRule is a step of preferred agent routing.
type SeedRoutingRule struct {
	Operator               string
	Threshold, WaitSeconds int
}

// A SeedUser is an agent. With an e-mail it is one person, however often it is named.
type SeedUser struct {
	Name, Email string
	Skills      []string
}

// A SeedSchedule is a schedule as the API has it: times without zone, an iCalendar rule.
type SeedSchedule struct{ Name, Start, End, RRule string }

// A SeedScheduleGroup names the schedules of a group.
type SeedScheduleGroup struct {
	Name, TimeZone         string
	Open, Closed, Holidays []string
}

// A SeedEmergencyGroup is an emergency group.
type SeedEmergencyGroup struct {
	Name    string
	Enabled bool
}

// Apply adds what is missing. What is there stays, but for what only people change: the
// hours, and whom a queue has of those with an e-mail.
func (s *Server) Apply(seed Seed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.state
	if seed.Org != "" {
		st.Org.Name = seed.Org
	}
	missing := func(collection, name string) bool { return len(st.byName(collection, name)) == 0 }
	for _, d := range seed.Divisions {
		if missing(divisions, d) {
			id := st.newID("division")
			st.put(divisions, id, map[string]any{"id": id, "name": d, "description": "", "homeDivision": false})
		}
	}
	for _, n := range seed.Numbers {
		if st.get(dids, n) == nil {
			st.put(dids, n, map[string]any{"number": n})
		}
	}
	for _, name := range seed.Skills {
		if missing(skills, name) {
			id := st.newID("skill")
			st.put(skills, id, map[string]any{"id": id, "name": name, "state": "active", "version": "1"})
		}
	}
	s.seedHours(seed)
	for _, name := range seed.Scripts {
		if missing(scripts, name) {
			id := st.newID("script")
			e := st.put(scripts, id, map[string]any{"id": id, "name": name, "publishedDate": s.stamp()})
			e.Hidden["file"] = `{"variables":[]}`
			e.Hidden["published"] = e.Hidden["file"]
		}
	}
	for _, name := range seed.Prompts {
		if missing(prompts, name) {
			id := st.newID("prompt")
			st.put(prompts, id, map[string]any{"id": id, "name": name})
		}
	}
	for i, name := range slices.Concat(seed.Flows, seed.Drafts) {
		if !s.known(flows, name) {
			id := st.newID("flow")
			v := map[string]any{"id": "1.0", "commitVersion": "1", "type": "PUBLISH", "datePublished": s.stamp()}
			e := st.put(flows, id, map[string]any{
				"id": id, "name": name, "type": "INBOUNDCALL", "active": true, "system": false, "deleted": false, "description": "", "division": s.homeDivision(),
				"publishedVersion": v, "savedVersion": v, "checkedInVersion": v,
			})
			if i >= len(seed.Flows) {
				delete(e.Body, "publishedVersion")
			}
			e.Hidden["version"] = "1"
		}
	}
	for _, x := range seed.Runs {
		s.seedRuns(x)
	}
	for _, u := range seed.Users {
		s.seedUser(u)
	}
	for _, q := range seed.Queues {
		s.seedQueue(q)
	}
	if s.opts.onChange != nil {
		s.opts.onChange(st) //nolint:errcheck // whoever keeps the state knows; there is no answer here
	}
}

// known reports whether there is or was something of that name: what somebody has deleted stays so.
func (s *Server) known(collection, name string) bool {
	for _, e := range s.state.Entities[collection] {
		if strings.EqualFold(e.name(), name) {
			return true
		}
	}
	return false
}

func (s *Server) homeDivision() map[string]any {
	home := s.state.home()
	return map[string]any{"id": home.ID, "name": home.name()}
}

// seedUser gives the id of somebody with these skills.
func (s *Server) seedUser(u SeedUser) string {
	held := []any{}
	for _, k := range u.Skills {
		held = append(held, k)
	}
	for _, e := range s.state.all(users) {
		if u.Email != "" && e.Body["email"] == u.Email {
			e.Body["name"], e.Body["skills"] = u.Name, held
			return e.ID
		}
	}
	id := s.state.newID("user")
	body := map[string]any{"id": id, "name": u.Name, "state": "active", "skills": held}
	if u.Email != "" {
		body["email"], body["username"] = u.Email, u.Email
	}
	s.state.put(users, id, body)
	return id
}

func (s *Server) seedQueue(q SeedQueue) {
	st := s.state
	there := st.byName(queues, q.Name)
	var e *entity
	if len(there) > 0 {
		e = there[0]
	} else {
		id := st.newID("queue")
		e = st.put(queues, id, map[string]any{"id": id, "name": q.Name, "description": "", "division": s.homeDivision()})
	}
	members := list(e.Body["members"])
	for _, u := range q.Staff {
		if u.Email == "" && len(there) > 0 { // nobody in particular: those that it has will do
			continue
		}
		if id := s.seedUser(u); !slices.Contains(members, any(id)) {
			members = append(members, id)
		}
	}
	e.Body["members"] = members
	if len(q.RoutingRules) > 0 {
		var rules []any
		for _, r := range q.RoutingRules {
			rules = append(rules, map[string]any{"operator": r.Operator, "threshold": r.Threshold, "waitSeconds": float64(r.WaitSeconds)})
		}
		e.Body["routingRules"] = rules
	}
}

// seedHours puts schedules, and the groups that refer to them by id.
func (s *Server) seedHours(seed Seed) {
	put := func(collection, kind, name string, body map[string]any) {
		body["name"], body["division"], body["state"] = name, s.homeDivision(), "active"
		if there := s.state.byName(collection, name); len(there) > 0 {
			e := there[0]
			body["id"], body["version"] = e.ID, e.version()
			e.Body = body
			return
		}
		id := s.state.newID(kind)
		body["id"], body["version"] = id, 1
		s.state.put(collection, id, body)
	}
	for _, x := range seed.Schedules {
		body := map[string]any{"start": x.Start, "end": x.End}
		if x.RRule != "" {
			body["rrule"] = x.RRule
		}
		put(schedules, "schedule", x.Name, body)
	}
	refs := func(names []string) []any {
		out := []any{}
		for _, n := range names {
			for _, e := range s.state.byName(schedules, n) {
				out = append(out, map[string]any{"id": e.ID, "name": e.name()})
			}
		}
		return out
	}
	for _, g := range seed.ScheduleGroups {
		body := map[string]any{"openSchedules": refs(g.Open), "closedSchedules": refs(g.Closed), "holidaySchedules": refs(g.Holidays)}
		if g.TimeZone != "" {
			body["timeZone"] = g.TimeZone
		}
		put(scheduleGroups, "scheduleGroup", g.Name, body)
	}
	for _, g := range seed.EmergencyGroups {
		put(emergencyGroups, "emergencyGroup", g.Name, map[string]any{"enabled": g.Enabled, "emergencyCallFlows": []any{}})
	}
}
