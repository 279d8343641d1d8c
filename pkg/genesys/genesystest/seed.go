package genesystest

// A Seed is what an org has before a deployment comes: its name, numbers in a pool, and
// queues with people who hold skills. A pinned org or division keeps its name.
type Seed struct {
	Org            string
	Divisions      []string
	Numbers        []string // E.164, in a pool and free
	Skills         []string
	Queues         []SeedQueue
	ScheduleGroups []string
	Scripts        []string // of others, published
}

// A SeedQueue is a queue and the people in it.
type SeedQueue struct {
	Name  string
	Staff []SeedUser
}

// A SeedUser is an agent.
type SeedUser struct {
	Name   string
	Skills []string
}

// Apply adds what is missing; what is there stays.
func (s *Server) Apply(seed Seed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.state
	if seed.Org != "" {
		st.Org.Name = seed.Org
	}
	for _, d := range seed.Divisions {
		if len(st.byName(divisions, d)) == 0 {
			id := st.newID("division")
			st.put(divisions, id, map[string]any{"id": id, "name": d, "homeDivision": false})
		}
	}
	for _, n := range seed.Numbers {
		if st.get(dids, n) == nil {
			st.put(dids, n, map[string]any{"number": n})
		}
	}
	for _, name := range seed.Skills {
		if len(st.byName(skills, name)) == 0 {
			id := st.newID("skill")
			st.put(skills, id, map[string]any{"id": id, "name": name, "state": "active", "version": "1"})
		}
	}
	for _, g := range seed.ScheduleGroups {
		if len(st.byName(schedules, g)) == 0 {
			id := st.newID("scheduleGroup")
			st.put(schedules, id, map[string]any{"id": id, "name": g, "version": 1})
		}
	}
	for _, name := range seed.Scripts {
		if len(st.byName(scripts, name)) == 0 {
			id := st.newID("script")
			e := st.put(scripts, id, map[string]any{"id": id, "name": name, "publishedDate": s.stamp()})
			e.Hidden["file"] = `{"variables":[]}`
			e.Hidden["published"] = e.Hidden["file"]
		}
	}
	for _, q := range seed.Queues {
		if len(st.byName(queues, q.Name)) > 0 {
			continue
		}
		id := st.newID("queue")
		var members []any
		for _, u := range q.Staff {
			uid := st.newID("user")
			held := []any{}
			for _, k := range u.Skills {
				held = append(held, k)
			}
			st.put(users, uid, map[string]any{"id": uid, "name": u.Name, "state": "active", "skills": held})
			members = append(members, uid)
		}
		home := st.home()
		st.put(queues, id, map[string]any{
			"id": id, "name": q.Name, "description": "", "division": map[string]any{"id": home.ID, "name": home.name()}, "members": members,
		})
	}
	if s.opts.onChange != nil {
		s.opts.onChange(st) //nolint:errcheck // whoever keeps the state knows; there is no answer here
	}
}
