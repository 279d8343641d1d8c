package prove

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/routing"
)

// A Cast is who can call: for each rule somebody whom it takes, for rules that overlap
// somebody for whom both hold.
type Cast struct {
	Rules    map[string]Witness // by the rule's name
	Never    []Never            // the rules without one
	Overlaps []Overlap
}

// An Overlap is a caller for whom two rules hold, the first of them being the one that takes
// the call.
type Overlap struct {
	First, Second int // by index
	Witness       Witness
}

// Witnesses looks for them. It needs neither flow nor HubSpot: only what the policy says.
func Witnesses(d *deployment.Deployment, now time.Time) Cast {
	f := newFinder(newReference(d), now.UTC().Truncate(time.Second))
	c := Cast{Rules: map[string]Witness{}}
	for i, r := range d.Routing.Rules {
		if x, ok := f.rule(i); ok {
			c.Rules[r.Name] = f.situation(x).Witness
		} else {
			c.Never = append(c.Never, Never{i, f.shadows(i)})
		}
	}
	pairs, _ := f.overlaps()
	for _, o := range pairs {
		c.Overlaps = append(c.Overlaps, Overlap{o.first, o.second, f.situation(o.sketch).Witness})
	}
	return c
}

// A finder looks for callers who meet conditions.
type finder struct {
	builder
	split   [][]atom // of each rule, nil before it is asked for
	wider   [][]int  // of each rule, likewise: those that take everybody whom it takes
	found   []*sketch
	tried   []bool
	unsure  []bool                   // no caller was found, and not all that could be were tried
	said    map[string]routing.Facts // of sketches, by their keys: the latest ones
	thought int                      // how many sketches were thought of, some of them again
	spent   bool                     // the last search ended at its bound
	ended   func() bool              // nobody waits any more for what is found; nil: somebody does
	keep    bool                     // met is kept
	met     []meeting                // everybody who was thought of, with what would be known of him
}

// A meeting is a caller and the facts about him.
type meeting struct {
	sketch sketch
	facts  routing.Facts
}

// An atom is one part of a rule's condition.
type atom struct {
	what string
	when routing.Condition
	fact string // its name, for conditions on facts
	once *offers
}

// offers are what a caller may have of what an atom asks for: searches come to it again and again.
type offers struct{ values, between []string }

func newFinder(r reference, now time.Time) finder {
	n := len(r.p.Rules)
	return finder{
		builder: newBuilder(r, now), said: map[string]routing.Facts{}, split: make([][]atom, n), wider: make([][]int, n),
		found: make([]*sketch, n), tried: make([]bool, n), unsure: make([]bool, n),
	}
}

// atoms are the parts of a rule's condition.
func (f *finder) atoms(i int) []atom {
	if f.split[i] == nil {
		f.split[i] = atomsOf(f.p.Rules[i].When)
	}
	return f.split[i]
}

// covers are the rules that hold for everybody for whom one does, as far as that is plain.
func (f *finder) covers(i int) []int {
	if f.wider[i] == nil {
		f.wider[i] = []int{}
		for k, r := range f.p.Rules {
			if k != i && implies(f.p.Rules[i].When, r.When) {
				f.wider[i] = append(f.wider[i], k)
			}
		}
	}
	return f.wider[i]
}

// atomsOf splits a condition.
func atomsOf(c routing.Condition) []atom {
	var out []atom
	add := func(what string, asked bool, part routing.Condition) {
		if asked {
			out = append(out, atom{what: what, when: part, once: new(offers)})
		}
	}
	add("at", len(c.At) > 0, routing.Condition{At: c.At})
	add("called", len(c.Called) > 0, routing.Condition{Called: c.Called})
	if t := c.Caller; t != nil {
		add("caller", true, routing.Condition{Caller: t})
	}
	add("failure", len(c.Failure) > 0, routing.Condition{Failure: c.Failure})
	add("outcome", len(c.Outcome) > 0, routing.Condition{Outcome: c.Outcome})
	add("lifecycle", len(c.Lifecycle) > 0, routing.Condition{Lifecycle: c.Lifecycle})
	add("won", c.Won != nil, routing.Condition{Won: c.Won})
	add("pipeline", len(c.Pipeline) > 0, routing.Condition{Pipeline: c.Pipeline})
	add("stage", len(c.Stage) > 0, routing.Condition{Stage: c.Stage})
	add("openDeals", c.OpenDeals != nil, routing.Condition{OpenDeals: c.OpenDeals})
	add("anyOpen", c.AnyOpen != nil, routing.Condition{AnyOpen: c.AnyOpen})
	add("value", c.MinValue != nil || c.MaxValue != nil, routing.Condition{MinValue: c.MinValue, MaxValue: c.MaxValue})
	for _, name := range sortedKeys(c.Facts) {
		out = append(out, atom{what: "fact", fact: name, when: routing.Condition{Facts: map[string]routing.FactTest{name: c.Facts[name]}}, once: new(offers)})
	}
	return out
}

// factsOf remembers what it said: searches come to the same caller on many ways.
func (f *finder) factsOf(x sketch) routing.Facts {
	k := x.key()
	facts, ok := f.said[k]
	if !ok {
		facts = f.builder.factsOf(x)
		if f.thought++; f.keep {
			f.met = append(f.met, meeting{x, facts})
		} else if len(f.said) >= sketchesKept {
			clear(f.said)
		}
		f.said[k] = facts
	}
	return facts
}

// nodesPerSearch bounds one search.
const nodesPerSearch = 3000

// nodesPerPair bounds the search for a caller of two rules, sketchesForPairs all of them. What is
// known of so many sketches is kept, a kilobyte each.
const (
	nodesPerPair     = 40
	sketchesForPairs = 30_000
	sketchesKept     = 4_000
)

// over reports whether nobody waits for a caller any more.
func (f *finder) over() bool { return f.ended != nil && f.ended() }

// rule is a caller whom a rule takes.
func (f *finder) rule(i int) (sketch, bool) {
	if !f.tried[i] {
		f.tried[i] = true
		x, ok := f.find(f.base(), []int{i}, upTo(i))
		if f.unsure[i] = !ok && f.spent; ok {
			f.found[i] = &x
		}
	}
	if f.found[i] == nil {
		return sketch{}, false
	}
	return *f.found[i], true
}

func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// A pair is two rules that overlap.
type pair struct {
	first, second int
	sketch        sketch
}

// overlaps are callers of two rules, of which the first one takes the call. Rules that stand
// near each other come first; near is how far apart all pairs were tried.
func (f *finder) overlaps() (out []pair, near int) {
	for apart := 1; apart < len(f.split); apart++ {
		for i := 0; i+apart < len(f.split); i++ {
			if f.thought > sketchesForPairs || f.over() {
				return out, apart - 1
			}
			x, ok := f.rule(i)
			if !ok {
				continue
			}
			if y, ok := f.within(nodesPerPair, x, []int{i, i + apart}, upTo(i)); ok {
				out = append(out, pair{i, i + apart, y})
			}
		}
	}
	return out, len(f.split)
}

// shadows are the rules before one that take whom it would take; none when it never holds. Rules
// are gathered as they take a caller whom those gathered before do not, so that few searches are
// made however many rules there are.
func (f *finder) shadows(i int) []int {
	var by []int
	for {
		x, ok := f.find(f.base(), []int{i}, by)
		if !ok {
			break
		}
		facts := f.factsOf(x)
		j := slices.IndexFunc(f.p.Rules[:i], func(r routing.Rule) bool { return f.p.Holds(r.When, facts) })
		if j < 0 || slices.Contains(by, j) {
			break
		}
		by = append(by, j)
	}
	slices.Sort(by)
	for k := len(by) - 1; k >= 0; k-- { // those that the others make up for are no part of it
		rest := slices.Delete(slices.Clone(by), k, k+1)
		if _, ok := f.find(f.base(), []int{i}, rest); !ok && len(rest) > 0 {
			by = rest
		}
	}
	var alone []int
	for _, j := range by { // those without which the rule would fire
		if _, ok := f.find(f.base(), []int{i}, slices.DeleteFunc(upTo(i), func(k int) bool { return k == j })); ok {
			alone = append(alone, j)
		}
	}
	if len(alone) > 0 {
		return alone
	}
	return by
}

func (f *finder) find(from sketch, must, not []int) (sketch, bool) {
	return f.within(nodesPerSearch, from, must, not)
}

// within looks for a caller for whom all of some rules hold and none of others, changing one
// thing after the other.
func (f *finder) within(nodes int, from sketch, must, not []int) (sketch, bool) {
	if f.d.Calls.Schedule.Ends(from.state) {
		return sketch{}, false
	}
	f.spent = false
	for _, i := range must {
		if slices.ContainsFunc(f.covers(i), func(k int) bool { return slices.Contains(not, k) }) {
			return sketch{}, false
		}
	}
	s := search{finder: f, must: must, not: not, seen: map[string]bool{}, left: nodes}
	x, ok := s.from(from, 0)
	f.spent = s.left <= 0
	return x, ok
}

type search struct {
	*finder
	must, not []int
	seen      map[string]bool
	left      int
}

// depth is how many things are changed at most.
const depth = 14

func (s *search) from(x sketch, deep int) (sketch, bool) {
	k := x.key()
	if s.left <= 0 || deep > depth || s.over() || s.seen[k] || s.d.Calls.Schedule.Ends(x.state) {
		return sketch{}, false
	}
	s.seen[k] = true
	s.left--
	facts := s.factsOf(x)
	holds := func(c routing.Condition) bool { return s.p.Holds(c, facts) }
	for _, i := range s.must {
		for _, a := range s.atoms(i) {
			if !holds(a.when) {
				return s.any(x, a, deep, true)
			}
		}
	}
	for _, j := range s.not {
		if !holds(s.p.Rules[j].When) {
			continue
		}
		for _, a := range s.atoms(j) {
			if y, ok := s.any(x, a, deep, false); ok {
				return y, true
			}
		}
		return sketch{}, false
	}
	return x, true
}

// any goes on from the callers that differ from one in what an atom asks for, those for whom it
// holds or does not; those for whom all that must hold does come first.
func (s *search) any(x sketch, a atom, deep int, holds bool) (sketch, bool) {
	var later []sketch
	for _, moves := range []func(sketch, atom) []sketch{s.moves, s.between} {
		for _, y := range moves(x, a) {
			if s.left <= 0 || s.over() {
				return sketch{}, false
			}
			if s.d.Calls.Schedule.Ends(y.state) || s.seen[y.key()] || s.p.Holds(a.when, s.factsOf(y)) != holds {
				continue
			}
			if !s.keeps(y) {
				later = append(later, y)
				continue
			}
			if z, done := s.from(y, deep+1); done {
				return z, true
			}
		}
	}
	for _, y := range later {
		if z, done := s.from(y, deep+1); done {
			return z, true
		}
	}
	return sketch{}, false
}

// keeps reports whether all rules that must hold do.
func (s *search) keeps(x sketch) bool {
	facts := s.factsOf(x)
	return !slices.ContainsFunc(s.must, func(i int) bool { return !s.p.Holds(s.p.Rules[i].When, facts) })
}

// moves are the callers that differ from one in what an atom asks for: those who meet it, and
// those who just do not.
func (f *finder) moves(x sketch, a atom) []sketch {
	var out []sketch
	add := func(change func(*sketch)) { out = append(out, x.with(change)) }
	c := a.when
	switch a.what {
	case "at":
		for _, state := range f.d.ScheduleStates() {
			add(func(y *sketch) { y.state = state })
		}
	case "called":
		for _, n := range append(slices.Clone(c.Called), f.d.Calls.Numbers...) {
			add(func(y *sketch) { y.dnis = n })
		}
		add(func(y *sketch) { y.dnis = "" })
	case "caller":
		for _, ani := range f.callers(*c.Caller) {
			add(func(y *sketch) { y.ani = ani })
		}
	case "failure":
		out = append(out, f.failures(x)...)
		add(func(y *sketch) { y.failure, y.at = "", "" })
	case "outcome":
		out = append(out, f.shapes(x)...)
		out = append(out, f.failures(x)...)
	case "lifecycle":
		for _, v := range append(slices.Clone(c.Lifecycle), "subscriber", "x") {
			add(func(y *sketch) { y.knowContact(); y.set(hubspot.PropLifecycle, v) })
		}
		add(func(y *sketch) { delete(y.contact, hubspot.PropLifecycle) })
	case "won":
		out = append(out, f.kinds(x)...)
	case "pipeline":
		ids := append(slices.Clone(c.Pipeline), f.pipelineIDs()...)
		if len(f.p.Pipelines) == 0 {
			ids = append(ids, hubspot.DefaultPipelineID, "1")
		}
		for _, y := range f.withDeal(x) {
			for _, id := range ids {
				out = append(out, y.with(func(y *sketch) { y.deal.pipeline = id }))
			}
		}
	case "stage":
		for _, id := range append(f.stageIDs(c.Stage), f.otherStage()) {
			out = append(out, f.withStage(x, id)...)
		}
	case "value":
		for _, y := range f.openFirst(x) {
			for _, v := range f.aroundBounds(c.MinValue, c.MaxValue) {
				out = append(out, y.with(func(y *sketch) { y.deal.amount = v }))
			}
		}
		out = append(out, f.shapes(x)...)
	case "openDeals":
		for _, n := range f.counts(*c.OpenDeals) {
			out = append(out, f.withOpen(x, n))
		}
		out = append(out, f.shapes(x)...)
	case "anyOpen":
		out = append(out, f.anyOpens(x, *c.AnyOpen)...)
		out = append(out, f.shapes(x)...)
	case "fact":
		if a.once.values == nil {
			a.once.values = f.valuesOf(f.p.Facts[a.fact].Type, c.Facts[a.fact])
		}
		out = append(out, f.factMoves(x, a.fact, a.once.values)...)
	}
	return out
}

// between are the callers whose number or day lies between the bounds of all rules, where an
// atom asks for one.
func (f *finder) between(x sketch, a atom) []sketch {
	var out []sketch
	switch {
	case a.what == "value":
		if a.once.between == nil {
			a.once.between = f.gaps("")
		}
		for _, v := range a.once.between {
			for _, y := range f.openFirst(x) {
				out = append(out, y.with(func(y *sketch) { y.deal.amount = v }))
			}
		}
	case a.what == "fact" && (f.p.Facts[a.fact].Type == routing.NumberFact || f.p.Facts[a.fact].Type == routing.DateFact):
		if a.once.between == nil {
			a.once.between = f.gaps(a.fact)
		}
		for _, v := range a.once.between {
			out = append(out, f.having(x, f.p.Facts[a.fact], v)...)
		}
	case a.what == "fact" && f.p.Facts[a.fact].Type == routing.StringFact: // several values at once
		if a.once.between == nil {
			a.once.between = f.together(a.when.Facts[a.fact], a.fact)
		}
		for _, v := range a.once.between {
			out = append(out, f.having(x, f.p.Facts[a.fact], v)...)
		}
	}
	return out
}

// together are values of a multi-select that has one that a test asks for, and one of other tests.
func (f *finder) together(t routing.FactTest, fact string) []string {
	var others, out []string
	for _, r := range f.p.Rules {
		o := r.When.Facts[fact]
		others = append(append(others, o.Any...), o.Not...)
	}
	others = each(others)
	for _, v := range append(slices.Clone(t.Any), t.Not...) {
		for _, u := range others {
			if u != v && len(out) < 40 {
				out = append(out, u+";"+v)
			}
		}
	}
	return out
}

// gaps are one number or day between each two neighbours that rules name of a fact, or of the
// value.
func (f *finder) gaps(fact string) []string {
	if f.p.Facts[fact].Type == routing.DateFact {
		return f.dayGaps(fact)
	}
	var all []routing.Decimal
	add := func(ds ...*routing.Decimal) {
		for _, d := range ds {
			if d != nil {
				all = append(all, *d)
			}
		}
	}
	for _, r := range f.p.Rules {
		if fact == "" {
			add(r.When.MinValue, r.When.MaxValue)
			continue
		}
		t := r.When.Facts[fact]
		add(t.Min, t.Max)
		for _, v := range append(slices.Clone(t.Any), t.Not...) {
			if d, err := routing.ParseDecimal(v); err == nil {
				add(&d)
			}
		}
	}
	slices.SortFunc(all, routing.Decimal.Cmp)
	all = slices.Compact(all)
	var out []string
	for i := 1; i < len(all); i++ {
		out = append(out, all[i-1].Add(finer(grain(all[i-1]))).String())
	}
	return out
}

// dayGaps are the days next to those that rules name, and one between each two of them.
func (f *finder) dayGaps(fact string) []string {
	today := f.now.Truncate(24 * time.Hour)
	var all []int
	for _, r := range f.p.Rules {
		t := r.When.Facts[fact]
		for _, n := range []*int{t.Within, t.Before, t.After} {
			if n != nil {
				all = append(all, *n, *n-1, *n+1)
			}
		}
		for _, v := range append(slices.Clone(t.Any), t.Not...) {
			if d, err := time.Parse(time.DateOnly, v); err == nil {
				all = append(all, int(d.Sub(today)/(24*time.Hour)))
			}
		}
	}
	slices.Sort(all)
	var out []string
	for i, n := range all {
		out = append(out, today.AddDate(0, 0, n).Format(time.DateOnly))
		if i > 0 && n-all[i-1] > 1 {
			out = append(out, today.AddDate(0, 0, (n+all[i-1])/2).Format(time.DateOnly))
		}
	}
	return each(out)
}

func (x *sketch) knowContact() {
	x.who = whoContact
	if x.failure != "" && x.at == whoContact || x.failure == routing.FailureBreaker || x.failure == routing.FailureOff {
		x.failure, x.at = "", ""
	}
}

func (x *sketch) set(property, value string) {
	if x.contact == nil {
		x.contact = map[string]string{}
	}
	x.contact[property] = value
}

func (d *sale) set(property, value string) {
	if d.properties == nil {
		d.properties = map[string]string{}
	}
	d.properties[property] = value
}

// shapes are the callers by what HubSpot knows of them.
func (f *finder) shapes(x sketch) []sketch {
	var out []sketch
	whos := []string{whoNobody, whoContact}
	if f.p.Company == routing.CompanyNumbers {
		whos = append(whos, whoCompany)
	}
	for _, who := range whos {
		for _, kind := range []string{"", dealOpen, dealWon, dealLost} {
			if who == whoNobody && kind != "" {
				continue
			}
			out = append(out, x.with(func(y *sketch) {
				y.who, y.failure, y.at = who, "", ""
				y.become(kind)
			}))
		}
	}
	return out
}

// become makes the deal that counts one of a kind.
func (x *sketch) become(kind string) {
	if kind == "" {
		x.deal, x.more, x.many = sale{}, nil, 0
		return
	}
	if x.deal.kind == "" {
		x.deal.stage = map[string]string{dealOpen: "appointmentscheduled", dealWon: "closedwon", dealLost: "closedlost"}[kind]
	}
	if x.deal.kind = kind; kind != dealOpen {
		x.more, x.many = nil, 0
	}
}

// kinds are the callers with a deal of each kind.
func (f *finder) kinds(x sketch) []sketch {
	return slices.DeleteFunc(f.shapes(x), func(y sketch) bool { return y.deal.kind == "" })
}

// withDeal is the caller when a deal counts, else one with a deal of each kind.
func (f *finder) withDeal(x sketch) []sketch {
	if x.who != whoNobody && x.deal.kind != "" && x.failure == "" {
		return []sketch{x}
	}
	return f.kinds(x)
}

// openFirst is the caller with an open deal.
func (f *finder) openFirst(x sketch) []sketch {
	all := f.withDeal(x)
	if len(all) == 1 && x.deal.kind != dealOpen {
		all = append(all, x.with(func(y *sketch) { y.become(dealOpen) }))
	}
	slices.SortStableFunc(all, func(a, b sketch) int { return boolInt(b.deal.kind == dealOpen) - boolInt(a.deal.kind == dealOpen) })
	return all
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// withStage are callers whose deal that counts is in a stage; first with the kind of deal that
// the stage is for, as far as its id tells.
func (f *finder) withStage(x sketch, id string) []sketch {
	natural := dealOpen
	switch id {
	case "closedwon":
		natural = dealWon
	case "closedlost":
		natural = dealLost
	}
	all := f.kinds(x)
	if x.deal.kind != "" && x.failure == "" {
		all = slices.DeleteFunc(all, func(y sketch) bool { return y.who != x.who })
	}
	slices.SortStableFunc(all, func(a, b sketch) int {
		rank := func(y sketch) int {
			n := 0
			if y.deal.kind != natural {
				n += 2
			}
			if y.who != x.who {
				n++
			}
			return n
		}
		return rank(a) - rank(b)
	})
	for i := range all {
		all[i].deal.stage = id
	}
	return all
}

// stageIDs are what texts of a condition stand for.
func (r reference) stageIDs(texts []string) []string {
	var out []string
	for _, t := range texts {
		ids := r.p.StageIDs(t)
		slices.SortStableFunc(ids, func(a, b string) int { return boolInt(a == t && len(ids) > 1) - boolInt(b == t && len(ids) > 1) }) // a name is an id last
		for _, id := range ids {
			if deployment.IsID(id) && !slices.Contains(out, id) { // no stage has another one
				out = append(out, id)
			}
		}
	}
	return out
}

// otherStage is one that no rule names.
func (f *finder) otherStage() string { return "7700000077" }

// failures are the callers of whom nothing, or no deal, can be read.
func (f *finder) failures(x sketch) []sketch {
	var out []sketch
	add := func(failure, at string, who ...string) {
		out = append(out, x.with(func(y *sketch) {
			y.failure, y.at = failure, at
			for _, w := range who {
				y.who = w
			}
		}))
	}
	for _, why := range []string{routing.FailureTimeout, routing.FailureError} {
		add(why, whoContact)
		if x.who != whoNobody {
			add(why, "")
		}
		add(why, "", whoContact)
		if f.rollup() != nil { // no deal is read
			out = slices.DeleteFunc(out, func(y sketch) bool { return y.failure == why && y.at == "" })
		}
	}
	if f.d.Enrichment.Breaker.Enabled {
		add(routing.FailureBreaker, "")
	}
	add(routing.FailureOff, "")
	return out
}

// callers are numbers that meet a test, and others.
func (f *finder) callers(t routing.CallerTest) []string {
	var out []string
	add := func(n string, ok bool) {
		if ok && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	for _, region := range t.Country {
		n := f.numberOf(region)
		add(n, n != "")
	}
	kinds := map[string]string{routing.NumberWithheld: "anonymous", routing.NumberUnreadable: "555014", routing.NumberUsable: f.ani}
	if len(f.own) > 0 {
		kinds[routing.NumberOwn] = f.own[0]
	}
	for _, k := range append(slices.Clone(t.Number), routing.CallerNumbers()...) {
		n, ok := kinds[k]
		add(n, ok)
	}
	for _, region := range append([]string{"PL", "US", "DE"}, f.d.HubSpot.Lookup.HomeCountries...) {
		n := f.numberOf(region)
		add(n, n != "")
	}
	return out
}

// withOpen is the caller with so many open deals.
func (f *finder) withOpen(x sketch, n int) sketch {
	return x.with(func(y *sketch) {
		if y.who == whoNobody {
			y.who = whoContact
		}
		y.failure, y.at = "", ""
		if n == 0 {
			if y.deal.kind == dealOpen {
				y.become("")
			}
			return
		}
		y.become(dealOpen)
		if f.rollup() != nil {
			y.more, y.many = nil, n-1
			return
		}
		for len(y.more) < n-1 {
			y.more = append(y.more, sale{kind: dealOpen, stage: f.otherStage()})
		}
		y.more = y.more[:n-1]
	})
}

// counts are numbers at the bounds of a range; never more than a page where one is read.
func (f *finder) counts(r routing.Range) []int {
	var out []int
	add := func(n int) {
		if n >= 0 && (n <= routing.PageSize || f.rollup() != nil) && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	if r.Min != nil {
		add(*r.Min)
		add(*r.Min - 1)
	}
	if r.Max != nil {
		add(*r.Max)
		add(*r.Max + 1)
	}
	add(0)
	add(1)
	return out
}

// anyOpens are callers one of whose open deals meets a test, and some that just do not. The
// deal is the one that counts, or another one.
func (f *finder) anyOpens(x sketch, t routing.DealTest) []sketch {
	stages, pipelines, amounts := f.stageIDs(t.Stage), slices.Clone(t.Pipeline), f.aroundBounds(t.MinValue, t.MaxValue)
	if len(stages) == 0 {
		stages = []string{f.otherStage()}
	}
	if len(pipelines) == 0 {
		pipelines = []string{""}
	}
	if t.MinValue == nil && t.MaxValue == nil {
		amounts = []string{""}
	}
	var deals []sale
	for _, stage := range stages {
		deals = append(deals, sale{kind: dealOpen, stage: stage, pipeline: pipelines[0], amount: amounts[0]})
	}
	for _, id := range pipelines[1:] {
		deals = append(deals, sale{kind: dealOpen, stage: stages[0], pipeline: id, amount: amounts[0]})
	}
	for _, v := range amounts[1:] {
		deals = append(deals, sale{kind: dealOpen, stage: stages[0], pipeline: pipelines[0], amount: v})
	}
	if len(t.Stage) > 0 {
		deals = append(deals, sale{kind: dealOpen, stage: f.otherStage(), pipeline: pipelines[0], amount: amounts[0]})
	}
	if len(t.Pipeline) > 0 {
		for _, id := range append([]string{f.pipeline}, f.pipelineIDs()...) {
			if !slices.Contains(t.Pipeline, id) {
				deals = append(deals, sale{kind: dealOpen, stage: stages[0], pipeline: id, amount: amounts[0]})
				break
			}
		}
	}
	var out []sketch
	for _, d := range deals {
		out = append(out, x.with(func(y *sketch) {
			y.openDeal()
			y.deal.stage, y.deal.pipeline = d.stage, d.pipeline
			if d.amount != "" {
				y.deal.amount = d.amount
			}
		}))
		if x.deal.kind == dealOpen {
			out = append(out, x.with(func(y *sketch) {
				y.openDeal()
				y.more = append(y.more, d)
			}))
		} else {
			out = append(out, x.with(func(y *sketch) {
				y.openDeal()
				y.deal.stage, y.deal.amount = f.otherStage(), "900000000000"
				y.more = append(y.more, d)
			}))
		}
	}
	return out
}

func (x *sketch) openDeal() {
	if x.who == whoNobody {
		x.who = whoContact
	}
	x.failure, x.at = "", ""
	x.become(dealOpen)
}

// factMoves are callers with each of some values of a fact, and without one.
func (f *finder) factMoves(x sketch, name string, values []string) []sketch {
	src := f.p.Facts[name]
	var out []sketch
	for _, v := range values {
		out = append(out, f.having(x, src, v)...)
	}
	return append(out, x.with(func(y *sketch) {
		delete(y.contact, src.Contact)
		delete(y.deal.properties, src.Deal)
	}))
}

// having are the callers with a value of a fact.
func (f *finder) having(x sketch, src routing.FactSource, v string) []sketch {
	if src.Deal == "" {
		return []sketch{x.with(func(y *sketch) { y.knowContact(); y.set(src.Contact, v) })}
	}
	var out []sketch
	for _, y := range f.withDeal(x) {
		out = append(out, y.with(func(y *sketch) { y.deal.set(src.Deal, v) }))
	}
	return out
}

// rulesCanFire is property 7.
func (w *whole) rulesCanFire(r *Report) Property {
	p := Property{ID: Rules, Title: titles[Rules], Verdict: Holds}
	r.Witnesses = map[string]Witness{}
	var never []string
	for i, rule := range w.d.Routing.Rules {
		x, ok := w.found.rule(i)
		if ok {
			r.Witnesses[rule.Name] = w.found.situation(x).Witness
			continue
		}
		if w.found.unsure[i] {
			if p.Verdict == Holds {
				p.Verdict, p.Hint = NotDecided, "write fewer conditions into the rule, or into those before it"
				p.Pos, p.Length = w.d.Pos(fmt.Sprintf("routing.rules[%d].name", i)), len([]rune(rule.Name))
			}
			never = append(never, fmt.Sprintf("nobody was found whom rule %q takes, and not everybody was tried", rule.Name))
			continue
		}
		by := w.found.shadows(i)
		why := "nobody meets all of its conditions"
		if len(by) > 0 {
			why = "whom it would take is taken first by " + w.quoted(by)
		}
		never = append(never, fmt.Sprintf("rule %q can never fire: %s", rule.Name, why))
		if p.Verdict != Broken {
			p.Pos, p.Length = w.d.Pos(fmt.Sprintf("routing.rules[%d].name", i)), len([]rune(rule.Name))
			p.Hint = "remove the rule, or narrow what stands before it"
		}
		p.Verdict, p.Never = Broken, append(p.Never, Never{i, by})
	}
	p.Message = strings.Join(never, "; ")
	return p
}

func (w *whole) quoted(rules []int) string {
	var out []string
	for _, i := range rules {
		out = append(out, fmt.Sprintf("%q", w.p.Rules[i].Name))
	}
	return strings.Join(out, " and ")
}
