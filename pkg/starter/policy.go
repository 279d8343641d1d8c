package starter

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/dealroute/dealroute/pkg/hubspot"
)

// A rule is one of the file that is written, with the caller whom it is shown by.
type rule struct {
	name, why string
	when      string
	queue     string
	priority  int
	caller    *caller
}

// A caller is somebody whom nobody is, with what HubSpot knows of him.
type caller struct {
	who     string // in crm.yaml and calls.yaml
	ani     string
	country string
	known   bool
	deals   []deal
	outcome string
	rule    *rule // nil: the fallback takes the call
}

type deal struct {
	pipeline, stage string
	amount          int
}

// A sketch is what the files say, before it is text.
type sketch struct {
	Answers
	Found
	late    []Stage           // whose callers go first
	names   map[string]string // of stage ids
	rules   []*rule
	callers []*caller
}

// Names of the outcomes, as the deployment file has them.
const (
	activeDeal    = "active_deal"
	inactiveDeal  = "inactive_deal"
	contactNoDeal = "contact_no_deal"
	noRecord      = "no_record"
)

func draw(a Answers, f Found) *sketch {
	s := &sketch{Answers: a, Found: f, names: stageNames(f.Account)}
	all := OpenStages(f.Account)
	s.late = slices.DeleteFunc(slices.Clone(all), func(x Stage) bool {
		if a.Stages != nil {
			return !slices.Contains(a.Stages, x.ID)
		}
		return !x.Late
	})
	early, late := s.stageWhere(func(p hubspot.Pipeline, x hubspot.Stage) bool { return !x.Closed && !s.isLate(x.ID) }),
		s.stageWhere(func(_ hubspot.Pipeline, x hubspot.Stage) bool { return !x.Closed && s.isLate(x.ID) })
	won := s.stageWhere(func(_ hubspot.Pipeline, x hubspot.Stage) bool { return x.Closed && x.Won })
	lost := s.stageWhere(func(_ hubspot.Pipeline, x hubspot.Stage) bool { return x.Closed && !x.Won })
	deals := cmp.Or(a.DealsQueue, a.Fallback)
	add := func(r *rule, who string, ds ...deal) {
		outcome := inactiveDeal
		if r.name != customers {
			outcome = activeDeal
		}
		r.caller = &caller{who: who, known: true, deals: ds, outcome: outcome, rule: r}
		s.rules, s.callers = append(s.rules, r), append(s.callers, r.caller)
	}
	if late != nil && early != nil { // every stage would be the next rule
		add(&rule{name: "closing", why: "A deal that is about to be signed.", when: "{outcome: active_deal, stage: " + s.stageList() + "}", queue: deals, priority: 10},
			"has an open deal in a late stage", late.with(12000), early.with(3000))
	}
	open := cmp.Or(early, late)
	if open != nil {
		add(&rule{name: "open-deal", why: "Any other open deal.", when: "{outcome: active_deal}", queue: deals, priority: 5}, "has an open deal in an early stage", open.with(3000))
		if early == nil || late == nil {
			s.rules[0].why, s.callers[0].who = "Callers with an open deal.", "has an open deal"
		}
	}
	if won != nil {
		add(&rule{name: customers, why: "Bought before, and nothing is open.", when: "{outcome: inactive_deal, won: true}", queue: a.Fallback, priority: 3}, "bought before, and has no open deal", won.with(9000))
	}
	if lost != nil {
		s.callers = append(s.callers, &caller{who: "has a lost deal only", known: true, deals: []deal{lost.with(4000)}, outcome: inactiveDeal})
	}
	s.callers = append(s.callers, &caller{who: "is known and has no deal", known: true, outcome: contactNoDeal})
	s.callers = append(s.callers, &caller{who: "is nobody whom HubSpot knows", outcome: noRecord})
	numbers := callersOf(a.Countries[0], len(s.callers), a.Numbers)
	for i, c := range s.callers {
		c.ani, c.country = numbers[i], a.Countries[0]
	}
	if open == nil {
		return s
	}
	taken := slices.Concat(a.Numbers, numbers) // countries may share an example
	for _, country := range a.Countries[1:] {
		ani := callersOf(country, 1, taken)
		if len(ani) == 0 {
			continue
		}
		taken = append(taken, ani[0])
		i := slices.IndexFunc(s.rules, func(r *rule) bool { return r.name == "open-deal" })
		s.callers = append(s.callers, &caller{who: "calls from " + countryName(country) + " and has an open deal", ani: ani[0], country: country, known: true, deals: []deal{open.with(2000)}, outcome: activeDeal, rule: s.rules[i]})
	}
	return s
}

const customers = "customers"

func (s *sketch) isLate(id string) bool {
	return slices.ContainsFunc(s.late, func(x Stage) bool { return x.ID == id })
}

// A where is a stage in its pipeline.
type where struct{ pipeline, stage string }

func (w *where) with(amount int) deal { return deal{w.pipeline, w.stage, amount} }

func (s *sketch) stageWhere(is func(hubspot.Pipeline, hubspot.Stage) bool) *where {
	for _, p := range s.Account.pipelines() {
		for _, x := range p.Stages {
			if usable(p.ID) && usable(x.ID) && is(p, x) {
				return &where{p.ID, x.ID}
			}
		}
	}
	return nil
}

// stageNames are the names that hubspot.stages gets: the account's labels by id. A label that is the
// id of another stage would mean both, and gets its own id behind it.
func stageNames(a *Account) map[string]string {
	out := map[string]string{}
	if a == nil || len(a.Pipelines) == 0 {
		return out
	}
	ids := map[string]bool{}
	for _, id := range hubspot.DefaultStages() {
		ids[id] = true
	}
	for _, p := range a.Pipelines {
		for _, x := range p.Stages {
			ids[x.ID] = true
		}
	}
	for _, p := range a.Pipelines {
		for _, x := range p.Stages {
			label := clean(x.Label)
			if !usable(x.ID) || !takes(label) {
				continue
			}
			if ids[label] && label != x.ID {
				label += " (" + x.ID + ")"
			}
			out[x.ID] = label
		}
	}
	return out
}

// stageList is the condition on the stages whose callers go first: by name where the name means
// nothing else.
func (s *sketch) stageList() string {
	var out []string
	for _, x := range s.late {
		word := x.ID
		if name, ok := s.names[x.ID]; ok && s.meansLate(name) {
			word = name
		}
		if !slices.Contains(out, word) {
			out = append(out, word)
		}
	}
	return list(out)
}

// meansLate reports whether all stages with a name are among those that go first.
func (s *sketch) meansLate(name string) bool {
	for id, other := range s.names {
		if other == name && !s.isLate(id) {
			return false
		}
	}
	return true
}

// to is where a rule sends a call, in the words of the file.
func (s *sketch) to(r *rule) string {
	skills := ""
	if r.queue == s.Fallback && len(s.FallbackSkills) > 0 {
		skills = ", skills: " + quotes(s.FallbackSkills)
	}
	return fmt.Sprintf("{queue: %s%s, priority: %d}", text(r.queue), skills, r.priority)
}
