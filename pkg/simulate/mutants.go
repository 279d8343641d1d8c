package simulate

import (
	"fmt"
	"maps"
	"slices"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/routing"
)

// A Mutant is a deployment whose routing differs in one place.
type Mutant struct {
	Change string // in words: "priority 11 instead of 10"
	Path   string // of the place in the file: routing.rules[1].to.priority
	Rule   int    // its place; below 0: the fallback, or what concerns all rules
	Make   func() *deployment.Deployment

	reach reach
	alike []int // further rules whose calls it can touch
}

// A reach says which calls a change can touch: by the place of the rule that took them before.
type reach int

const (
	taken  reach = iota // those of the rule itself
	after               // those and all that came to no rule before it
	others              // those that came to no rule up to it
	everyone
)

// Touches reports whether the change can make a difference to a call that the rule at a place took,
// the number of rules standing for the fallback. moved tells that the call did not reach its target.
func (m Mutant) Touches(rule int, moved bool) bool {
	if m.Rule < 0 && moved || slices.Contains(m.alike, rule) {
		return true
	}
	switch m.reach {
	case taken:
		return rule == m.Rule
	case after:
		return rule >= m.Rule
	case others:
		return rule > m.Rule
	}
	return true
}

// Mutants are the changes that a person may make to the rules by mistake, each alone: a rule that
// is gone, two that changed places, a condition that is gone, turned round or lacks a value, a bound
// one further, another target, and the same of the fallback and of the priority by value. borrows
// tells which rules have the fallback's target.
func Mutants(d *deployment.Deployment, borrows func(rule int) bool) []Mutant {
	m := mutator{d: d}
	n := len(d.Routing.Rules)
	for i := range n {
		path := fmt.Sprintf("routing.rules[%d]", i)
		name := d.Routing.Rules[i].Name
		m.add(taken, i, path, fmt.Sprintf("rule %s is gone", name), func(r *deployment.Routing) { r.Rules = slices.Delete(r.Rules, i, i+1) })
		if i+1 < n {
			m.add(taken, i, path, fmt.Sprintf("rules %s and %s have changed places", name, d.Routing.Rules[i+1].Name), func(r *deployment.Routing) {
				r.Rules[i], r.Rules[i+1] = r.Rules[i+1], r.Rules[i]
			})
		}
		m.when(i, path+".when", d.Routing.Rules[i].When)
		if borrows(i) {
			continue
		}
		m.target(i, path+".to", d.Routing.Rules[i].To)
	}
	m.fallback(borrows)
	if v := d.Routing.ValuePriority; v != nil {
		for _, by := range []int{1, -1} {
			if v.Add+by >= 1 {
				m.add(everyone, -1, "routing.valuePriority.add", fmt.Sprintf("value adds %d a step instead of %d", v.Add+by, v.Add), func(r *deployment.Routing) { r.ValuePriority.Add += by })
			}
			if v.Max+by >= 1 {
				m.add(everyone, -1, "routing.valuePriority.max", fmt.Sprintf("value adds at most %d instead of %d", v.Max+by, v.Max), func(r *deployment.Routing) { r.ValuePriority.Max += by })
			}
		}
		more := v.Per.Add(one)
		m.add(everyone, -1, "routing.valuePriority.per", fmt.Sprintf("a step of value is %s instead of %s", more, v.Per), func(r *deployment.Routing) { r.ValuePriority.Per = more })
		m.add(everyone, -1, "routing.valuePriority", "value adds no priority", func(r *deployment.Routing) { r.ValuePriority = nil })
	}
	return m.all
}

var one, minusOne = func() (a, b routing.Decimal) {
	a, _ = routing.ParseDecimal("1") // fixed texts
	b, _ = routing.ParseDecimal("-1")
	return a, b
}()

type mutator struct {
	d   *deployment.Deployment
	all []Mutant
}

// add notes a change. It is made to a copy of the routing, of which the lists and the mappings of
// conditions are the copy's own.
func (m *mutator) add(r reach, rule int, path, change string, do func(*deployment.Routing)) {
	m.all = append(m.all, Mutant{Change: change, Path: path, Rule: rule, reach: r, Make: func() *deployment.Deployment {
		d := *m.d
		d.Routing.Rules = slices.Clone(m.d.Routing.Rules)
		for i := range d.Routing.Rules {
			d.Routing.Rules[i].When.Facts = maps.Clone(m.d.Routing.Rules[i].When.Facts)
		}
		if v := m.d.Routing.ValuePriority; v != nil {
			c := *v
			d.Routing.ValuePriority = &c
		}
		do(&d.Routing)
		return &d
	}})
}

// when changes the conditions of a rule.
func (m *mutator) when(i int, path string, w deployment.When) {
	parts := 0
	for _, has := range []bool{len(w.Outcome) > 0, len(w.Stage) > 0, len(w.Pipeline) > 0, w.Won != nil, w.MinValue != nil, w.MaxValue != nil, w.AnyOpen != nil, w.OpenDeals != nil,
		len(w.Failure) > 0, len(w.Lifecycle) > 0, len(w.At) > 0, w.Caller != nil, len(w.Called) > 0} {
		if has {
			parts++
		}
	}
	parts += len(w.Facts)
	of := func(do func(*deployment.When)) func(*deployment.Routing) {
		return func(r *deployment.Routing) { do(&r.Rules[i].When) }
	}
	gone := func(key string, do func(*deployment.When)) {
		if parts > 1 { // without any the rule would take everybody, which no file can say
			m.add(others, i, path+"."+key, fmt.Sprintf("without the condition %s", key), of(do))
		}
	}
	lists := func(key string, values, all []string, set func(*deployment.When, []string)) {
		if len(values) == 0 {
			return
		}
		gone(key, func(w *deployment.When) { set(w, nil) })
		for k, v := range values {
			if len(values) > 1 {
				m.add(taken, i, path+"."+key, fmt.Sprintf("%s without %s", key, v), of(func(w *deployment.When) { set(w, slices.Delete(slices.Clone(values), k, k+1)) }))
			}
		}
		rest := slices.DeleteFunc(slices.Clone(all), func(v string) bool { return slices.Contains(values, v) })
		if len(rest) > 0 {
			m.add(after, i, path+"."+key, fmt.Sprintf("%s is none of what the rule names", key), of(func(w *deployment.When) { set(w, rest) }))
		}
	}
	var outcomes []string
	for _, o := range routing.Outcomes() {
		outcomes = append(outcomes, string(o))
	}
	var named []string
	for _, o := range w.Outcome {
		named = append(named, string(o))
	}
	lists("outcome", named, outcomes, func(w *deployment.When, v []string) {
		w.Outcome = nil
		for _, o := range v {
			w.Outcome = append(w.Outcome, routing.Outcome(o))
		}
	})
	lists("stage", w.Stage, nil, func(w *deployment.When, v []string) { w.Stage = v })
	lists("pipeline", w.Pipeline, nil, func(w *deployment.When, v []string) { w.Pipeline = v })
	lists("failure", w.Failure, routing.Failures(), func(w *deployment.When, v []string) { w.Failure = v })
	lists("lifecycle", w.Lifecycle, nil, func(w *deployment.When, v []string) { w.Lifecycle = v })
	lists("at", w.At, m.d.ScheduleStates(), func(w *deployment.When, v []string) { w.At = v })
	lists("called", w.Called, m.d.Calls.Numbers, func(w *deployment.When, v []string) { w.Called = v })
	if w.Won != nil {
		gone("won", func(w *deployment.When) { w.Won = nil })
		is := !*w.Won
		m.add(after, i, path+".won", fmt.Sprintf("won is %v", is), of(func(w *deployment.When) { w.Won = &is }))
	}
	amount := func(key string, v *routing.Decimal, least bool, at func(*deployment.When) **routing.Decimal) {
		if v == nil {
			return
		}
		gone(key, func(w *deployment.When) { *at(w) = nil })
		for _, by := range []routing.Decimal{one, minusOne} {
			x := v.Add(by)
			r := others
			if (by == one) == least {
				r = taken // it asks for more
			}
			m.add(r, i, path+"."+key, fmt.Sprintf("%s %s instead of %s", key, x, v), of(func(w *deployment.When) { *at(w) = &x }))
		}
	}
	amount("minValue", w.MinValue, true, func(w *deployment.When) **routing.Decimal { return &w.MinValue })
	amount("maxValue", w.MaxValue, false, func(w *deployment.When) **routing.Decimal { return &w.MaxValue })
	if c := w.Caller; c != nil {
		gone("caller", func(w *deployment.When) { w.Caller = nil })
		other := slices.DeleteFunc(routing.CallerNumbers(), func(v string) bool { return slices.Contains(c.Number, v) })
		if len(c.Number) > 0 && len(other) > 0 {
			m.add(after, i, path+".caller.number", "number is none of what the rule names", of(func(w *deployment.When) {
				w.Caller = &deployment.CallerTest{Number: other, Country: c.Country}
			}))
		}
		for k, v := range c.Country {
			if len(c.Country) > 1 {
				m.add(taken, i, path+".caller.country", "country without "+v, of(func(w *deployment.When) {
					w.Caller = &deployment.CallerTest{Number: c.Number, Country: slices.Delete(slices.Clone(c.Country), k, k+1)}
				}))
			}
		}
	}
	if o := w.OpenDeals; o != nil {
		gone("openDeals", func(w *deployment.When) { w.OpenDeals = nil })
		bound := func(key string, v *int, least bool, set func(*deployment.Range, *int)) {
			if v == nil {
				return
			}
			for _, by := range []int{1, -1} {
				x := *v + by
				if x < 0 {
					continue
				}
				r := others
				if (by == 1) == least {
					r = taken
				}
				m.add(r, i, path+".openDeals."+key, fmt.Sprintf("%s %d instead of %d", key, x, *v), of(func(w *deployment.When) {
					c := *o
					set(&c, &x)
					w.OpenDeals = &c
				}))
			}
		}
		bound("min", o.Min, true, func(r *deployment.Range, v *int) { r.Min = v })
		bound("max", o.Max, false, func(r *deployment.Range, v *int) { r.Max = v })
	}
	if a := w.AnyOpen; a != nil {
		gone("anyOpen", func(w *deployment.When) { w.AnyOpen = nil })
		alter := func(r reach, key, change string, do func(*deployment.DealTest)) {
			m.add(r, i, path+".anyOpen."+key, change, of(func(w *deployment.When) {
				c := *a
				do(&c)
				w.AnyOpen = &c
			}))
		}
		for k, v := range a.Stage {
			if len(a.Stage) > 1 {
				alter(taken, "stage", "stage without "+v, func(t *deployment.DealTest) { t.Stage = slices.Delete(slices.Clone(t.Stage), k, k+1) })
			}
		}
		if a.MinValue != nil {
			x, y := a.MinValue.Add(one), a.MinValue.Add(minusOne)
			alter(taken, "minValue", fmt.Sprintf("minValue %s instead of %s", x, a.MinValue), func(t *deployment.DealTest) { t.MinValue = &x })
			alter(others, "minValue", fmt.Sprintf("minValue %s instead of %s", y, a.MinValue), func(t *deployment.DealTest) { t.MinValue = &y })
		}
		if a.MaxValue != nil {
			x, y := a.MaxValue.Add(one), a.MaxValue.Add(minusOne)
			alter(others, "maxValue", fmt.Sprintf("maxValue %s instead of %s", x, a.MaxValue), func(t *deployment.DealTest) { t.MaxValue = &x })
			alter(taken, "maxValue", fmt.Sprintf("maxValue %s instead of %s", y, a.MaxValue), func(t *deployment.DealTest) { t.MaxValue = &y })
		}
	}
	for _, name := range slices.Sorted(maps.Keys(w.Facts)) {
		gone("facts."+name, func(w *deployment.When) { delete(w.Facts, name) })
		m.fact(i, path+".facts."+name, name, w.Facts[name])
	}
}

// fact changes a condition on a fact.
func (m *mutator) fact(i int, path, name string, t deployment.FactTest) {
	alter := func(r reach, change string, do func(*deployment.FactTest)) {
		m.add(r, i, path, fmt.Sprintf("%s: %s", name, change), func(ro *deployment.Routing) {
			c := t
			do(&c)
			ro.Rules[i].When.Facts[name] = c
		})
	}
	for k, v := range t.Any {
		if len(t.Any) > 1 {
			alter(taken, "without "+v, func(t *deployment.FactTest) { t.Any = slices.Delete(slices.Clone(t.Any), k, k+1) })
		}
	}
	for k, v := range t.Not {
		if len(t.Not) > 1 {
			alter(others, "not without "+v, func(t *deployment.FactTest) { t.Not = slices.Delete(slices.Clone(t.Not), k, k+1) })
		}
	}
	if len(t.Any) > 0 && len(t.Not) == 0 || len(t.Not) > 0 && len(t.Any) == 0 {
		alter(after, "turned round", func(t *deployment.FactTest) { t.Any, t.Not = t.Not, t.Any })
	}
	if t.Set != nil {
		is := !*t.Set
		alter(after, fmt.Sprintf("set is %v", is), func(t *deployment.FactTest) { t.Set = &is })
	}
	if t.IgnoreCase {
		alter(after, "letter case counts", func(t *deployment.FactTest) { t.IgnoreCase = false })
	}
	for _, x := range []struct {
		key   string
		v     *routing.Decimal
		least bool
		set   func(*deployment.FactTest, *routing.Decimal)
	}{
		{"min", t.Min, true, func(t *deployment.FactTest, v *routing.Decimal) { t.Min = v }},
		{"max", t.Max, false, func(t *deployment.FactTest, v *routing.Decimal) { t.Max = v }},
	} {
		if x.v == nil {
			continue
		}
		for _, by := range []routing.Decimal{one, minusOne} {
			v, r := x.v.Add(by), others
			if (by == one) == x.least {
				r = taken
			}
			alter(r, fmt.Sprintf("%s %s instead of %s", x.key, v, x.v), func(t *deployment.FactTest) { x.set(t, &v) })
		}
	}
	for _, x := range []struct {
		key string
		v   *int
		set func(*deployment.FactTest, *int)
	}{
		{"within", t.Within, func(t *deployment.FactTest, v *int) { t.Within = v }},
		{"before", t.Before, func(t *deployment.FactTest, v *int) { t.Before = v }},
		{"after", t.After, func(t *deployment.FactTest, v *int) { t.After = v }},
	} {
		for _, by := range []int{1, -1} {
			if x.v != nil {
				v := *x.v + by
				alter(after, fmt.Sprintf("%s %dd instead of %dd", x.key, v, *x.v), func(t *deployment.FactTest) { x.set(t, &v) })
			}
		}
	}
}

// target sends the calls of a rule elsewhere.
func (m *mutator) target(i int, path string, to deployment.Target) {
	set := func(key, change string, do func(*deployment.Target)) {
		m.add(taken, i, path+key, change, func(r *deployment.Routing) { do(&r.Rules[i].To) })
	}
	if to.Flow != "" {
		q := m.d.Routing.Fallback.Queue
		set(".flow", fmt.Sprintf("queue %s instead of flow %s", q, to.Flow), func(t *deployment.Target) { *t = deployment.Target{Queue: q} })
		return
	}
	q := m.otherQueue(to.Queue)
	set(".queue", fmt.Sprintf("queue %s instead of %s", q, to.Queue), func(t *deployment.Target) { t.Queue = q })
	for k, s := range to.Skills {
		set(".skills", "without skill "+s, func(t *deployment.Target) { t.Skills = slices.Delete(slices.Clone(t.Skills), k, k+1) })
	}
	if s := m.otherSkill(to.Skills); s != "" {
		set(".skills", "with skill "+s, func(t *deployment.Target) { t.Skills = append(slices.Clone(t.Skills), s) })
	}
	set(".priority", fmt.Sprintf("priority %d instead of %d", to.Priority+1, to.Priority), func(t *deployment.Target) { t.Priority++ })
	if m.d.Routing.ValuePriority != nil {
		flat := !to.Flat()
		add := !flat
		set(".valuePriority", fmt.Sprintf("valuePriority is %v", add), func(t *deployment.Target) { t.ValuePriority = &add })
	}
	if to.PrefersOwner() {
		set(".owner", "the owner is not asked first", func(t *deployment.Target) { t.Owner = "" })
	}
}

func (m *mutator) otherQueue(than string) string {
	for _, r := range m.d.Routing.Rules {
		if q := r.To.Queue; q != "" && q != than {
			return q
		}
	}
	if q := m.d.Routing.Fallback.Queue; q != than {
		return q
	}
	return than + " 2"
}

func (m *mutator) otherSkill(than []string) string {
	all := slices.Clone(m.d.Routing.Fallback.Skills)
	for _, r := range m.d.Routing.Rules {
		all = append(all, r.To.Skills...)
	}
	for _, s := range all {
		if !slices.Contains(than, s) {
			return s
		}
	}
	return ""
}

// fallback changes it, for rules that have its target, too.
func (m *mutator) fallback(borrows func(rule int) bool) {
	f, n := m.d.Routing.Fallback, len(m.d.Routing.Rules)
	set := func(key, change string, do func(*deployment.Fallback)) {
		m.add(others, n-1, "routing.fallback"+key, "the fallback: "+change, func(r *deployment.Routing) {
			do(&r.Fallback)
			for i := range r.Rules {
				if borrows(i) {
					t := &r.Rules[i].To
					t.Queue, t.Skills, t.Priority = r.Fallback.Queue, r.Fallback.Skills, r.Fallback.Priority
				}
			}
		})
		x := &m.all[len(m.all)-1]
		x.Rule = -1
		for i := range n {
			if borrows(i) {
				x.alike = append(x.alike, i)
			}
		}
		x.alike = append(x.alike, n)
		x.reach = taken // of a rule that there is not: those above alone
	}
	q := m.otherQueue(f.Queue)
	set(".queue", fmt.Sprintf("queue %s instead of %s", q, f.Queue), func(f *deployment.Fallback) { f.Queue = q })
	for k, s := range f.Skills {
		set(".skills", "without skill "+s, func(f *deployment.Fallback) { f.Skills = slices.Delete(slices.Clone(f.Skills), k, k+1) })
	}
	if s := m.otherSkill(f.Skills); s != "" {
		set(".skills", "with skill "+s, func(f *deployment.Fallback) { f.Skills = append(slices.Clone(f.Skills), s) })
	}
	set(".priority", fmt.Sprintf("priority %d instead of %d", f.Priority+1, f.Priority), func(f *deployment.Fallback) { f.Priority++ })
}
