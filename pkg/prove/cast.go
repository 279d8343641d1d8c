package prove

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/routing"
)

// A Shown call is a made-up one that shows something.
type Shown struct {
	Title   string // what it shows
	Witness Witness
	Words   string           // how it comes and what it meets, without personal data
	Want    routing.Decision // what the policy says of it
}

// A Players is who can call a deployment, for those who look for a certain call. It needs neither
// flow nor HubSpot.
type Players struct{ w *whole }

// NewPlayers looks for them: a caller of each rule, those of two rules, and all who differ from
// one of these in a single thing that some rule asks for.
func NewPlayers(d *deployment.Deployment, now time.Time) *Players {
	r := newReference(d)
	w := &whole{reference: r, found: newFinder(r, now.UTC().Truncate(time.Second))}
	w.found.keep = true
	w.found.gather()
	return &Players{w}
}

// gather meets the callers next to those of the rules.
func (f *finder) gather() {
	var all []sketch
	for i := range f.split {
		if x, ok := f.rule(i); ok {
			all = append(all, x)
			for _, a := range f.atoms(i) {
				for _, y := range append(f.moves(x, a), f.between(x, a)...) {
					f.factsOf(y)
				}
			}
		}
	}
	pairs, _ := f.overlaps()
	for _, p := range pairs {
		f.factsOf(p.sketch)
	}
	if x, ok := f.find(f.base(), nil, upTo(len(f.split))); ok {
		all = append(all, x)
	}
	for _, x := range all {
		for _, v := range f.steps() {
			for _, y := range f.openFirst(x) {
				f.factsOf(y.with(func(y *sketch) { y.deal.amount = v }))
			}
		}
	}
}

// steps are amounts around those at which the priority by value changes.
func (f *finder) steps() []string {
	v := f.p.ValuePriority
	if v == nil {
		return nil
	}
	var out []string
	sum := v.Per
	unit := finer(grain(v.Per))
	for n := 1; n <= v.Max/max(v.Add, 1)+2 && n <= 40; n++ {
		if n <= 2 || n*v.Add >= v.Max-v.Add {
			out = append(out, sum.String(), sum.Add(unit).String())
		}
		sum = sum.Add(v.Per)
	}
	return append(out, "900000000000")
}

func (c *Players) shown(title string, x sketch) Shown {
	s := c.w.found.situation(x)
	return Shown{title, s.Witness, c.w.telling(s), routing.Decide(c.w.p, c.w.found.factsOf(x))}
}

func (w *whole) telling(s *situation) string {
	return strings.Join(w.comes(s, !w.d.Calls.Schedule.Ends(s.State)), "; ")
}

// Rule is a caller whom a rule takes, by its place; one whom none takes for a place below 0. There
// may be nobody.
func (c *Players) Rule(i int) (Shown, bool) {
	f := &c.w.found
	if i >= 0 {
		x, ok := f.rule(i)
		if !ok {
			return Shown{}, false
		}
		return c.shown(fmt.Sprintf("rule %s", c.w.p.Rules[i].Name), x), true
	}
	x, ok := f.find(f.base(), nil, upTo(len(c.w.p.Rules)))
	if !ok {
		return Shown{}, false
	}
	return c.shown("no rule: the fallback", x), true
}

// First are calls that show what a deployment does: a caller a rule and one whom none takes, one
// for each outcome that it can have, and one for each state of the schedule where there is one.
func (c *Players) First() []Shown {
	f := &c.w.found
	var out []Shown
	for i := range c.w.p.Rules {
		if s, ok := c.Rule(i); ok {
			out = append(out, s)
		}
	}
	if s, ok := c.Rule(fallback); ok {
		out = append(out, s)
	}
	all := append(f.shapes(f.base()), f.failures(f.open())...)
	for _, o := range routing.Outcomes() {
		if i := slices.IndexFunc(all, func(x sketch) bool { return f.factsOf(x).Outcome == o }); i >= 0 {
			out = append(out, c.shown("outcome "+string(o), all[i]))
		}
	}
	for _, state := range c.w.d.ScheduleStates() {
		out = append(out, c.shown("schedule "+state, f.base().with(func(x *sketch) { x.state = state })))
	}
	return out
}

// Tells is a caller with whom another deployment decides otherwise: by another rule, or for
// another target. The other one differs in its routing alone; rule is the place of the rule that
// it has changed, below 0 for none. False: nobody is known with whom it would.
func (c *Players) Tells(other *deployment.Deployment, rule int) (Shown, bool) {
	p := other.Policy()
	differs := func(m meeting) bool {
		a, b := routing.Decide(c.w.p, m.facts), routing.Decide(p, m.facts)
		slices.Sort(a.Skills)
		slices.Sort(b.Skills)
		return a.Rule != b.Rule || a.Queue != b.Queue || a.Flow != b.Flow || !slices.Equal(a.Skills, b.Skills) || a.Priority != b.Priority || a.Owner != b.Owner
	}
	first := func(all []meeting) (Shown, bool) {
		if i := slices.IndexFunc(all, differs); i >= 0 {
			return c.shown("", all[i].sketch), true
		}
		return Shown{}, false
	}
	if s, ok := first(c.w.found.met); ok {
		return s, true
	}
	r := newReference(other)
	r.read = c.w.read
	f := newFinder(r, c.w.found.now)
	f.keep = true
	if rule >= 0 && rule < len(f.split) {
		f.rule(rule)
		if x, ok := f.find(f.base(), []int{rule}, nil); ok {
			for _, a := range f.atoms(rule) {
				for _, y := range append(f.moves(x, a), f.between(x, a)...) {
					f.factsOf(y)
				}
			}
		}
	}
	if s, ok := first(f.met); ok || rule >= 0 {
		return s, ok
	}
	f.gather()
	return first(f.met)
}

// Each sends the calls of the proof through the rendered flow, the simplest first, and hands each
// with its path to visit until that says no. What it is like is told on demand.
func (c *Callers) Each(ctx context.Context, visit func(o []interp.Step, words func() string) bool) error {
	w := *c.w
	w.strict = c.rendered
	for _, f := range w.families() {
		for _, s := range f.of() {
			if err := ctx.Err(); err != nil {
				return err
			}
			o, _ := w.try(ctx, s, nil)
			if o.Outcome != nil && !visit(o.Result.Path, func() string { return w.telling(s) }) {
				return nil
			}
		}
	}
	return nil
}
