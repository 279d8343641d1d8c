package validate

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/routing"
)

// A candidate is a caller whom the rules of a policy may be asked about: his record in HubSpot
// and what the call itself says. What no rule that matters asks for is left out.
type candidate struct {
	outcome routing.Outcome
	failure string

	stage, pipeline string // of the deal that counts
	won             bool
	amount          routing.Decimal
	open            int                // open deals at least
	others          []routing.OpenDeal // further open deals

	lifecycle, number, country, called, at string
	facts                                  map[string]told
}

// told is the value of a property, and how a sentence calls it; the zero told is not set.
type told struct{ text, words string }

// How many callers are looked at: for one question, where who is not found among the first is no
// plain example; and for all together, by the size of the policy that each is asked of, so that a
// large one does not take seconds.
const (
	tries   = 48
	allWork = 4_000_000
)

// A finder looks for callers.
type finder struct {
	d     *deployment.Deployment
	p     routing.Policy // with ids of stages instead of their names
	today time.Time
	can   [][]routing.Outcome // under which each rule can hold
	left  int                 // callers that may still be looked at
}

func newFinder(d *deployment.Deployment, now time.Time) *finder {
	f := &finder{d: d, p: d.Policy(), today: now.UTC().Truncate(24 * time.Hour)}
	ids := func(texts []string) []string {
		var out []string
		for _, s := range texts {
			out = append(out, stageIDs(d, s)...)
		}
		return out
	}
	size := 1
	for i, r := range d.Routing.Rules {
		f.can = append(f.can, possible(d, r.When))
		w := &f.p.Rules[i].When
		w.Stage = ids(w.Stage)
		if w.AnyOpen != nil {
			test := *w.AnyOpen
			test.Stage, w.AnyOpen = ids(test.Stage), &test
		}
		size += 10 + len(w.Stage) + len(w.Called)
		for _, t := range w.Facts {
			size += 1 + len(t.Any) + len(t.Not)
		}
	}
	f.p.Stages, f.left = nil, allWork/size
	return f
}

// find gives a caller for whom these rules hold, rule no does not (-1: none), and whom ok
// takes; false when none is found. What it finds is asked of the policy itself.
//
// Whatever is asked of a caller is chosen by itself, so that the first candidate meets these
// rules where one can; further ones are for ok.
func (f *finder) find(yes []int, no int, ok func(routing.Facts) bool) (candidate, bool) {
	var when []routing.Condition
	for _, i := range yes {
		when = append(when, f.p.Rules[i].When)
	}
	var not routing.Condition
	if no >= 0 {
		not = f.p.Rules[no].When
	}
	left := min(tries, f.left)
	if no >= 0 {
		left = min(few, f.left)
	}
	defer func(had int) { f.left -= had - left + 2 }(left)
	for _, o := range routing.Outcomes() {
		if left <= 0 || slices.ContainsFunc(yes, func(i int) bool { return !slices.Contains(f.can[i], o) }) {
			continue
		}
		var try func(c candidate, choices [][]func(*candidate)) (candidate, bool)
		try = func(c candidate, choices [][]func(*candidate)) (candidate, bool) {
			if len(choices) > 0 {
				for _, set := range choices[0] {
					next := c
					set(&next)
					if found, ok := try(next, choices[1:]); ok || left <= 0 {
						return found, ok
					}
				}
				return c, false
			}
			left--
			facts := f.known(c)
			holds := facts.Outcome == o && (no < 0 || !f.p.Holds(not, facts))
			for _, w := range when {
				holds = holds && f.p.Holds(w, facts)
			}
			return c, holds && ok(facts)
		}
		choices := f.choices(o, when, not)
		if slices.ContainsFunc(choices, func(c []func(*candidate)) bool { return len(c) == 0 }) {
			continue
		}
		if c, ok := try(candidate{outcome: o}, choices); ok || left <= 0 {
			return c, ok
		}
	}
	return candidate{}, false
}

// known is what the policy is asked about a caller.
func (f *finder) known(c candidate) routing.Facts {
	contact := hubspot.Contact{ID: "1", Properties: hubspot.Properties{hubspot.PropLifecycle: &c.lifecycle}}
	first := hubspot.Deal{ID: "1", Contacts: []string{"1"}, CreatedAt: f.today, Properties: hubspot.Properties{
		hubspot.PropDealStage: &c.stage, hubspot.PropPipeline: &c.pipeline, hubspot.PropHomeAmount: hubspot.Text(c.amount.String()),
		hubspot.PropIsClosed: hubspot.Text(strconv.FormatBool(c.outcome == routing.InactiveDeal)), hubspot.PropIsWon: hubspot.Text(strconv.FormatBool(c.won)),
		hubspot.PropStageProbability: hubspot.Text("1"),
	}}
	for name, v := range c.facts {
		if src := f.p.Facts[name]; src.Deal != "" {
			first.Properties[src.Deal] = hubspot.Text(v.text)
		} else {
			contact.Properties[src.Contact] = hubspot.Text(v.text)
		}
	}
	var deals []hubspot.Deal
	if c.outcome == routing.ActiveDeal || c.outcome == routing.InactiveDeal {
		deals = append(deals, first)
	}
	for i, o := range c.others { // each less than the first by every measure but value
		deals = append(deals, hubspot.Deal{ID: strconv.Itoa(i + 2), Contacts: []string{"1"}, CreatedAt: f.today.AddDate(0, 0, -1), Properties: hubspot.Properties{
			hubspot.PropDealStage: hubspot.Text(o.Stage), hubspot.PropPipeline: hubspot.Text(o.Pipeline), hubspot.PropHomeAmount: hubspot.Text(o.Amount.String()),
		}})
	}
	var facts routing.Facts
	rollup := f.d.HubSpot.Lookup.Rolled()
	if rollup {
		f.roll(contact.Properties, c, deals)
	}
	switch {
	case c.outcome == routing.NoRecord:
		facts = routing.Unknown(f.today)
	case c.failure == routing.FailureBreaker || c.failure == routing.FailureOff:
		facts = routing.NotAsked(f.today, c.failure)
	case c.outcome == routing.LookupFailed && rollup: // nothing is known of the contact, either
		facts = routing.NotAsked(f.today, c.failure)
	case c.outcome == routing.LookupFailed:
		facts = routing.FactsWithoutDeals(f.p, []hubspot.Contact{contact}, f.today, c.failure)
	default:
		facts = routing.FactsOf(f.p, []hubspot.Contact{contact}, deals, f.today)
	}
	facts.Caller, facts.Called, facts.At = routing.Caller{Number: c.number, Country: c.country}, c.called, c.at
	return facts
}

// roll writes the numbers that stand for a candidate's deals.
func (f *finder) roll(ps hubspot.Properties, c candidate, deals []hubspot.Deal) {
	open, value := 0, routing.Decimal{}
	if c.outcome == routing.ActiveDeal {
		open, value = max(len(deals), c.open), c.amount
		for _, o := range c.others {
			value = value.Add(o.Amount)
		}
	}
	r := f.p.Keyed.Rollup
	ps[r.Open], ps[r.All], ps[r.Value] = hubspot.Text(strconv.Itoa(open)), hubspot.Text(strconv.Itoa(max(open, len(deals)))), hubspot.Text(value.String())
}

// fewest is how many open deals conditions ask for at least.
func fewest(when []routing.Condition) int {
	n := 0
	for _, w := range when {
		if w.OpenDeals != nil && w.OpenDeals.Min != nil {
			n = max(n, *w.OpenDeals.Min)
		}
	}
	return n
}

// few is how many values of one kind are tried: rules list stages by the thousand.
const few = 4

// choices are what a caller may be under an outcome, one list for each thing that these
// conditions ask for, the plainest first; of the last lists most are tried.
func (f *finder) choices(o routing.Outcome, when []routing.Condition, not routing.Condition) [][]func(*candidate) {
	var out [][]func(*candidate)
	among := func(neutral []string, of func(routing.Condition) []string, set func(*candidate, string)) {
		var sets []func(*candidate)
		for _, s := range common(neutral, when, not, of) {
			sets = append(sets, func(c *candidate) { set(c, s) })
		}
		out = append(out, sets)
	}
	if o == routing.LookupFailed {
		among(routing.Failures(), func(w routing.Condition) []string { return w.Failure }, func(c *candidate, s string) { c.failure = s })
	}
	among([]string{""}, func(w routing.Condition) []string { return w.Lifecycle }, func(c *candidate, s string) { c.lifecycle = s })
	numbers := []string{routing.NumberUsable}
	if o == routing.NoRecord {
		numbers = append(numbers, routing.CallerNumbers()...)
	}
	among(numbers, func(w routing.Condition) []string {
		if w.Caller == nil {
			return nil
		}
		return w.Caller.Number
	}, func(c *candidate, s string) { c.number = s })
	among([]string{""}, func(w routing.Condition) []string {
		if w.Caller == nil {
			return nil
		}
		return w.Caller.Country
	}, func(c *candidate, s string) {
		if c.country = s; c.number != routing.NumberUsable {
			c.country = ""
		}
	})
	among(append(slices.Clone(f.d.Calls.Numbers[:min(few, len(f.d.Calls.Numbers))]), ""), func(w routing.Condition) []string { return w.Called }, func(c *candidate, s string) { c.called = s })
	states := states(f.d, deployment.When{})
	among(append(states, "")[:max(1, len(states))], func(w routing.Condition) []string { return w.At }, func(c *candidate, s string) { c.at = s })
	deal := o == routing.ActiveDeal || o == routing.InactiveDeal
	names := map[string]bool{}
	for _, w := range append(slices.Clone(when), not) {
		for name := range w.Facts {
			names[name] = true
		}
	}
	for _, name := range sortedKeys(names) {
		if f.p.Facts[name].Deal != "" && !deal {
			continue
		}
		var sets []func(*candidate)
		for _, v := range f.values(name, when, not) {
			sets = append(sets, func(c *candidate) {
				facts := map[string]told{name: v}
				for n, other := range c.facts {
					facts[n] = other
				}
				c.facts = facts
			})
		}
		out = append(out, sets)
	}
	if deal {
		among([]string{""}, func(w routing.Condition) []string { return stagesUnder(o, w.Stage) }, func(c *candidate, s string) { c.stage = s })
		pipelines := f.p.Pipelines
		if len(pipelines) == 0 {
			pipelines = []string{hubspot.DefaultPipelineID}
		}
		among(pipelines, func(w routing.Condition) []string { return w.Pipeline }, func(c *candidate, s string) {
			if c.pipeline = s; slices.Contains(defaultStages, c.stage) {
				c.pipeline = hubspot.DefaultPipelineID // its stages are in no other
			}
		})
		out = append(out, f.amounts(o, when, not), []func(*candidate){
			func(c *candidate) { c.won = o == routing.InactiveDeal && c.stage != lostStage },
			func(c *candidate) { c.won = o == routing.InactiveDeal && c.stage == wonStage },
		})
	}
	if o == routing.ActiveDeal {
		out = append(out, []func(*candidate){func(c *candidate) { c.others, c.open = f.beside(*c, when), fewest(when) }})
	}
	return out
}

// common are a few values that all conditions which name some have among them, else the
// neutral ones; those that not does not name come first.
func common(neutral []string, when []routing.Condition, not routing.Condition, of func(routing.Condition) []string) []string {
	var out []string
	asked := false
	for _, w := range when {
		switch list := of(w); {
		case len(list) == 0:
		case !asked:
			asked, out = true, slices.Clone(list)
		default:
			in := map[string]bool{}
			for _, s := range list {
				in[s] = true
			}
			out = slices.DeleteFunc(out, func(s string) bool { return !in[s] })
		}
	}
	if !asked {
		out = slices.Clone(neutral)
	}
	out = slices.DeleteFunc(out, func(s string) bool { return s == nobodys })
	if avoid := of(not); len(avoid) > 0 {
		in := map[string]bool{}
		for _, s := range avoid {
			in[s] = true
		}
		slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(btoi(in[a]), btoi(in[b])) })
	}
	return out[:min(few, len(out))]
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// nobodys is the stage of no deal, where a condition asks for one and none is possible.
const nobodys = "\x00"

// stagesUnder are the stages that a deal can be in under an outcome, of those that a
// condition names: HubSpot's own are open or closed by their names.
func stagesUnder(o routing.Outcome, ids []string) []string {
	var out []string
	for _, id := range ids {
		closed := id == wonStage || id == lostStage
		if o == routing.ActiveDeal && !closed || o == routing.InactiveDeal && (closed || !slices.Contains(defaultStages, id)) {
			out = append(out, id)
		}
	}
	if len(ids) > 0 && len(out) == 0 {
		return []string{nobodys}
	}
	return out
}

// amounts are those of the deal that counts: nothing, and the bounds that are asked for.
func (f *finder) amounts(o routing.Outcome, when []routing.Condition, not routing.Condition) []func(*candidate) {
	all := []routing.Decimal{{}}
	one := routing.Int(1)
	for _, w := range append(slices.Clone(when), not) {
		bounds := []*routing.Decimal{w.MinValue, w.MaxValue}
		if w.AnyOpen != nil {
			bounds = append(bounds, w.AnyOpen.MinValue, w.AnyOpen.MaxValue)
		}
		for _, b := range bounds {
			if b != nil && o == routing.ActiveDeal {
				all = append(all, *b, b.Add(one), b.Add(routing.Int(-1)))
			}
		}
	}
	slices.SortStableFunc(all, routing.Decimal.Cmp)
	all = slices.CompactFunc(all, func(a, b routing.Decimal) bool { return a.Cmp(b) == 0 })
	var best [4][]func(*candidate)
	for _, a := range all {
		if a.Sign() >= 0 { // without further deals it is the value
			n := min(f.misses(when, not, a), len(best)-1)
			best[n] = append(best[n], func(c *candidate) { c.amount = a })
		}
	}
	out := slices.Concat(best[:]...)
	return out[:min(2*few, len(out))]
}

// misses tells how far a value is from what is asked for: how many conditions do not take it.
func (f *finder) misses(when []routing.Condition, not routing.Condition, value routing.Decimal) int {
	n := 0
	holds := func(w routing.Condition) bool {
		return f.p.Holds(routing.Condition{MinValue: w.MinValue, MaxValue: w.MaxValue}, routing.Facts{Value: &value})
	}
	for _, w := range when {
		n += 2 * btoi(!holds(w))
	}
	return n + btoi((not.MinValue != nil || not.MaxValue != nil) && holds(not))
}

// beside are the open deals that a caller needs besides the one that counts.
func (f *finder) beside(c candidate, when []routing.Condition) []routing.OpenDeal {
	var out []routing.OpenDeal
	need := 1
	for _, w := range when {
		if r := w.OpenDeals; r != nil && r.Min != nil {
			need = max(need, min(*r.Min, routing.PageSize))
		}
		t := w.AnyOpen
		if t == nil {
			continue
		}
		deal := routing.OpenDeal{Stage: c.stage, Pipeline: c.pipeline, Amount: c.amount}
		if f.p.Holds(routing.Condition{AnyOpen: t}, routing.Facts{Open: []routing.OpenDeal{deal}}) {
			continue
		}
		if ids := stagesUnder(routing.ActiveDeal, t.Stage); len(ids) > 0 {
			deal.Stage = ids[0]
		}
		if len(t.Pipeline) > 0 {
			deal.Pipeline = t.Pipeline[0]
		}
		deal.Amount = routing.Decimal{}
		if t.MinValue != nil {
			deal.Amount = *t.MinValue
		}
		out = append(out, deal)
	}
	for len(out)+1 < need {
		out = append(out, routing.OpenDeal{Pipeline: c.pipeline})
	}
	return out
}

// plainValue is the form of the values that HubSpot gives choices.
var plainValue = pattern.Of(`^[A-Za-z0-9_.-]{1,40}$`)

// values are what a fact may be for these conditions, those for which not does not hold first.
func (f *finder) values(name string, when []routing.Condition, not routing.Condition) []told {
	kind := f.p.Facts[name].Type
	all := []told{{}}
	add := func(text string) {
		v := told{text, text}
		if kind == routing.StringFact && !plainValue().MatchString(text) {
			v.words = "as asked for" // it may be somebody's words
		}
		all = append(all, v)
	}
	day := func(n int) {
		words := fmt.Sprintf("in %d days", n)
		switch {
		case n == 0:
			words = "today"
		case n == 1:
			words = "tomorrow"
		case n == -1:
			words = "yesterday"
		case n < 0:
			words = fmt.Sprintf("%d days ago", -n)
		}
		all = append(all, told{f.today.AddDate(0, 0, n).Format(time.DateOnly), words})
	}
	for _, w := range append(slices.Clone(when), not) {
		t := w.Facts[name]
		for _, v := range t.Any[:min(few, len(t.Any))] {
			add(v)
		}
		if t.Prefix != "" {
			add(t.Prefix)
		}
		for _, b := range []*routing.Decimal{t.Min, t.Max} {
			if b != nil {
				add(b.String())
				add(b.Add(routing.Int(1)).String())
				add(b.Add(routing.Int(-1)).String())
			}
		}
		for _, b := range []*int{t.Within, t.Before, t.After} {
			if b != nil { // the day itself is in or out, and so are its neighbours
				day(*b)
				day(*b - 1)
				day(*b + 1)
			}
		}
	}
	switch kind {
	case routing.NumberFact:
		add("0")
	case routing.BooleanFact:
		add("true")
		add("false")
	case routing.DateFact:
		day(0)
		day(1)
	default:
		all = append(all, told{"another value", "of any value"})
	}
	holds := func(w routing.Condition, v told) bool {
		facts := routing.Facts{Today: f.today, Values: map[string]routing.Value{}}
		if read, ok := routing.Read(kind, v.text); ok && v.text != "" {
			facts.Values[name] = read
		}
		t, asked := w.Facts[name]
		return !asked || f.p.Holds(routing.Condition{Facts: map[string]routing.FactTest{name: t}}, facts)
	}
	all = slices.DeleteFunc(all, func(v told) bool {
		return slices.ContainsFunc(when, func(w routing.Condition) bool { return !holds(w, v) })
	})
	if _, asked := not.Facts[name]; asked {
		slices.SortStableFunc(all, func(a, b told) int { return cmp.Compare(btoi(holds(not, a)), btoi(holds(not, b))) })
	}
	return all[:min(2*few, len(all))]
}

// words describe a caller as far as rules ask for it.
func (f *finder) words(c candidate, rules ...int) string {
	var has, does []string
	known := ""
	asks := func(what func(routing.Condition) bool) bool {
		return slices.ContainsFunc(rules, func(i int) bool { return what(f.p.Rules[i].When) })
	}
	stage := func(id string) string {
		if name := f.d.HubSpot.Stages[id]; name != "" {
			id = name
		}
		return " in stage " + id
	}
	switch c.outcome {
	case routing.ActiveDeal, routing.InactiveDeal:
		deal := "an open deal"
		if c.outcome == routing.InactiveDeal {
			deal = word(c.won, "a won deal", "a lost deal")
		}
		if c.stage != "" {
			deal += stage(c.stage)
		}
		if asks(func(w routing.Condition) bool { return len(w.Pipeline) > 0 }) {
			deal += " of pipeline " + c.pipeline
		}
		if c.amount.Sign() > 0 {
			deal += " worth " + c.amount.String()
		}
		has = append(has, deal)
		for _, o := range c.others {
			deal := "another open one"
			if o.Stage != "" && o.Stage != c.stage {
				deal += stage(o.Stage)
			}
			if o.Pipeline != c.pipeline {
				deal += " of pipeline " + o.Pipeline
			}
			if o.Amount.Sign() > 0 {
				deal += " worth " + o.Amount.String()
			}
			if len(c.others) > 2 {
				deal = fmt.Sprintf("%d other open ones", len(c.others))
				has = append(has, deal)
				break
			}
			has = append(has, deal)
		}
	case routing.ContactNoDeal:
		has = append(has, "no deal")
	case routing.NoRecord:
		known = word(c.number == routing.NumberUsable, " whom HubSpot does not know", " whose number is "+c.number)
	case routing.LookupFailed:
		known = " whose lookup failed (" + c.failure + ")"
	}
	for _, name := range sortedKeys(c.facts) {
		switch v := c.facts[name]; {
		case v.text != "":
			has = append(has, name+" "+v.words)
		case asks(func(w routing.Condition) bool { _, ok := w.Facts[name]; return ok }):
			has = append(has, "no "+name)
		}
	}
	if c.lifecycle != "" {
		has = append(has, "lifecycle "+c.lifecycle)
	}
	if c.country != "" {
		does = append(does, "calls from "+c.country)
	}
	if asks(func(w routing.Condition) bool { return len(w.Called) > 0 }) {
		does = append(does, "dials "+c.called)
	}
	if asks(func(w routing.Condition) bool { return len(w.At) > 0 }) {
		does = append(does, "calls while it is "+c.at)
	}
	out := "a caller"
	if len(has) > 0 {
		out += " with " + listed(has)
	}
	if out += known; len(does) > 0 {
		out += " who " + listed(does)
	}
	return out
}
