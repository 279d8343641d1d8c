package doctor

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/load"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/routing"
)

// A Match says of a sample of contacts whether their owners would be found, were they to call.
//
// Who is found is not worked out here: routing.Callers and routing.Keyed say so of the very values
// that HubSpot calculated, and routing.FactsOf who of several counts. The proof holds the rendered flow
// and data actions against the same functions.
type Match struct {
	Drawn    hubspot.Draw
	Contacts int // that have a number
	Numbers  int // of them from which somebody may call, or that are no numbers; those of one contact that are the same count once
	Frame    int
	Counts   hubspot.SampleCounts
	AllTwins bool     // everybody who has one of these numbers is known
	Home     []string // the countries in which numbers without a country code are read
	Missing  *Missing // a country that is none of these and has many of the numbers; nil: there is none

	Lookups    []Lookup // under each form of the search, then each other strategy
	Duplicates Duplicates
	Never      []Never // what is found by no search and not by the lookup in use, by its flaw; the most frequent first
	NeverAll   Share

	Unnumbered Share // of contacts without a number that have a company: the company has one; Of is 0 where nobody knows
	Notes      []string

	elsewhere string       // a country that may be missing
	pairs     map[pair]int // of two lookups: how many numbers the second one finds and the first one does not
}

// A Missing country would be one of homeCountries.
type Missing struct {
	Country string
	Found   Share // by the lookup in use, were it one
}

// A Share is so many of so many. What it says of all from which they were drawn lies between Low and
// High in 95 of 100 samples: as far as chance goes, for contacts that were imported together are alike.
type Share struct {
	Count, Of int
	Low, High float64
}

// Value is the share itself; 0 of nothing.
func (s Share) Value() float64 {
	if s.Of == 0 {
		return 0
	}
	return float64(s.Count) / float64(s.Of)
}

// share has the interval of Wilson, which holds for few and for shares near 0 and 1, too.
func share(count, of int) Share {
	s := Share{Count: count, Of: of, High: 1}
	if of == 0 {
		return s
	}
	const z = 1.959964
	n, p := float64(of), float64(count)/float64(of)
	middle, half := p+z*z/(2*n), z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	s.Low, s.High = max(0, (middle-half)/(1+z*z/n)), min(1, (middle+half)/(1+z*z/n))
	if count == 0 {
		s.Low = 0
	}
	if count == of {
		s.High = 1
	}
	return s
}

// A Lookup is one way to look a caller up, and what becomes of the owners of the numbers.
type Lookup struct {
	Strategy string
	Match    string // of search
	InUse    bool   // the deployment's own
	Why      string // why it was not judged; empty: it was

	Found    Share // the owner's record is among those found
	Alone    int   // of these: it is the only one
	Stranger Share // only others' records are found: the caller is taken for somebody else
	Filled   Share // of unique-phone and rollup: found, were the property filled from the contacts' own numbers; else Of is 0
	Dealless int   // of rollup: found, and the number of open deals is empty
}

// Duplicates are callers whom the deployment's own lookup finds more than one record of.
type Duplicates struct {
	Policy   string // hubspot.lookup.duplicates
	Callers  Share  // numbers by which several are found, the owner among them or not
	Shared   int    // how many numbers that are, each once
	Most     int    // records of one number
	Right    int    // under best: the owner's is the one that counts; another's may be the same person's
	Cut      int    // under all: there are more than one request reads the deals of
	Examples []SharedNumber
}

// A SharedNumber is one that several records have.
type SharedNumber struct {
	Number  string // masked
	Records int
}

// A Never is a flaw with which nobody is found.
type Never struct {
	Flaw     Flaw
	Share    Share
	Examples []Example
}

// An Example shows a field without anything of the person.
type Example struct {
	Contact string // id of the record, by which HubSpot shows it
	Field   string // phone, mobilephone, or the property by which callers are known
	Shape   string // as phone.Sketch
}

// examples is how many are shown, that look different.
const examples = 3

// unit is a number of a contact: one to call from, or a text that is none.
type unit struct {
	contact  hubspot.Contact
	number   phone.Number
	callable bool
	flaw     Flaw
	field    string
	text     string
}

type pair struct{ from, to way }

// a way is how a lookup is named.
type way struct{ strategy, match string }

// MatchOf judges a sample under all lookups. The order of its contacts does not matter.
func MatchOf(d *deployment.Deployment, s hubspot.Sample, now time.Time) *Match {
	out := matchOf(d, s, now)
	country := out.elsewhere
	if country == "" {
		return out
	}
	more := *d
	more.HubSpot.Lookup.HomeCountries = append(slices.Clone(d.HubSpot.Lookup.HomeCountries), country)
	if found := matchOf(&more, s, now).InUse().Found; found.Count > out.InUse().Found.Count {
		out.Missing = &Missing{country, found}
	}
	return out
}

func matchOf(d *deployment.Deployment, s hubspot.Sample, now time.Time) *Match {
	m := &matching{d: d, l: d.HubSpot.Lookup, now: now, sample: byID(s.Contacts), own: map[string]bool{}}
	for _, n := range d.Own() {
		m.own[n] = true
	}
	everybody := byID(slices.Concat(s.Contacts, s.Twins))
	m.pool = newPool(everybody, m.l.Property)
	m.units()
	out := &Match{
		Drawn: s.Drawn, Contacts: len(m.sample), Numbers: len(m.all), Frame: s.Frame, Counts: s.Counts, AllTwins: s.AllTwins, Notes: s.Notes, Home: m.l.HomeCountries, elsewhere: m.elsewhere(),
		pairs: map[pair]int{},
	}
	var found []judged
	for _, match := range []string{routing.MatchE164, routing.MatchNational, routing.MatchMixed} {
		find := m.searching(match)
		found = append(found, m.judge(Lookup{Strategy: deployment.StrategySearch, Match: match, InUse: m.l.Searches() && m.l.Match == match}, find))
	}
	filled := m.filled(everybody)
	for _, strategy := range []string{deployment.StrategyUnique, deployment.StrategyRollup} {
		x := Lookup{Strategy: strategy, InUse: m.l.Strategy == strategy, Filled: filled}
		var j judged
		switch {
		case m.l.Property == "":
			x.Why = "the file names no hubspot.lookup.property"
			j = judged{Lookup: x}
		case strategy == deployment.StrategyRollup && m.l.Rollup == nil:
			x.Why = "the file names no hubspot.lookup.rollup"
			j = judged{Lookup: x}
		default:
			j = m.judge(x, m.keyed(m.pool, m.l.Property))
			j.Dealless = m.dealless(j)
		}
		found = append(found, j)
	}
	for _, a := range found {
		out.Lookups = append(out.Lookups, a.Lookup)
		for _, b := range found {
			n := 0
			for i := range b.own {
				if b.own[i] && (a.own == nil || !a.own[i]) {
					n++
				}
			}
			out.pairs[pair{a.way(), b.way()}] = n
		}
		if a.InUse && a.Why == "" {
			out.Duplicates = m.duplicates(a)
		}
	}
	out.Never, out.NeverAll = m.never(slices.DeleteFunc(found, func(j judged) bool { return j.Why != "" || j.Strategy != deployment.StrategySearch && !j.InUse }))
	if s.ByCompany != nil {
		out.Unnumbered = share(*s.ByCompany, s.Unnumbered)
	}
	return out
}

// InUse is the deployment's own lookup.
func (m *Match) InUse() Lookup {
	i := slices.IndexFunc(m.Lookups, func(l Lookup) bool { return l.InUse })
	if i < 0 {
		return Lookup{Why: "the deployment has no lookup"}
	}
	return m.Lookups[i]
}

func (l Lookup) way() way { return way{l.Strategy, l.Match} }

// byID are contacts in the order of their ids, each once, without archived ones: HubSpot finds none of these.
func byID(cs []hubspot.Contact) []hubspot.Contact {
	out := slices.DeleteFunc(slices.Clone(cs), func(c hubspot.Contact) bool { return c.Archived })
	slices.SortStableFunc(out, func(a, b hubspot.Contact) int {
		return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), strings.Compare(a.ID, b.ID))
	})
	return slices.CompactFunc(out, func(a, b hubspot.Contact) bool { return a.ID == b.ID })
}

// matching is a report on its way.
type matching struct {
	d      *deployment.Deployment
	l      deployment.Lookup
	now    time.Time
	sample []hubspot.Contact
	pool   pool
	own    map[string]bool // numbers that are never looked up
	all    []unit
}

// A pool finds the contacts that have a text in one of some properties: who else is in the account
// can be no answer to a lookup by that text.
type pool struct {
	contacts []hubspot.Contact
	by       map[string][]int
}

func newPool(cs []hubspot.Contact, key string) pool {
	p := pool{cs, map[string][]int{}}
	for i, c := range cs {
		for _, name := range []string{hubspot.PropPhone, hubspot.PropMobile, hubspot.PropCalcPhone, hubspot.PropCalcMobile, hubspot.PropSearchPhone, hubspot.PropSearchMobile, key} {
			if v, ok := c.Properties.Get(name); ok {
				if at := p.by[v]; len(at) == 0 || at[len(at)-1] != i {
					p.by[v] = append(at, i)
				}
			}
		}
	}
	return p
}

// having are the contacts that have a spelling of a number somewhere.
func (p pool) having(n phone.Number) []hubspot.Contact {
	var at []int
	for _, x := range append([]phone.Number{n}, n.Variants()...) {
		at = append(at, p.by[x.E164()]...)
		at = append(at, p.by[x.National()]...)
	}
	slices.Sort(at)
	var out []hubspot.Contact
	for _, i := range slices.Compact(at) {
		out = append(out, p.contacts[i])
	}
	return out
}

// units are the numbers of the sample.
func (m *matching) units() {
	for _, c := range m.sample {
		first := len(m.all)
		for _, f := range []struct{ name, calculated string }{{hubspot.PropPhone, hubspot.PropCalcPhone}, {hubspot.PropMobile, hubspot.PropCalcMobile}, {m.l.Property, ""}} {
			text, ok := c.Properties.Get(f.name)
			if !ok {
				continue
			}
			calculated, _ := c.Properties.Get(f.calculated)
			ns, flaw := field{text, calculated}.read(m.l.HomeCountries)
			if len(ns) == 0 {
				m.all = append(m.all, unit{contact: c, flaw: flaw, field: f.name, text: text})
			}
			slices.SortFunc(ns, byNumber)
			for _, n := range ns {
				if !slices.ContainsFunc(m.all[first:], func(u unit) bool { return u.callable && u.number.E164() == n.E164() }) {
					m.all = append(m.all, unit{c, n, true, flaw, f.name, text})
				}
			}
		}
	}
}

// elsewhere is the country that reads most of the numbers which no home country does, of those from which
// others of the sample call; empty where it reads hardly any.
func (m *matching) elsewhere() string {
	callers := map[string]int{}
	for _, u := range m.all {
		if u.callable && u.number.Valid() {
			callers[u.number.Region()]++
		}
	}
	reads := map[string]int{}
	for _, u := range m.all {
		if u.flaw != FlawNoCountry {
			continue
		}
		for country := range callers {
			if n, err := phone.Parse(u.text, country); err == nil && n.Valid() && n.Region() == country && !slices.Contains(m.l.HomeCountries, country) {
				reads[country]++
			}
		}
	}
	best := ""
	for _, country := range slices.Sorted(maps.Keys(reads)) {
		if best == "" || cmp.Or(reads[country]-reads[best], callers[country]-callers[best]) > 0 {
			best = country
		}
	}
	if best == "" || float64(reads[best]) < notable*float64(len(m.all)) || reads[best] < 3 {
		return ""
	}
	return best
}

// CountryOf is the country from which most owners of a sample's numbers call, by what HubSpot calculated and
// by numbers with a country code; empty where nobody can tell. It is for those who have no deployment yet.
func CountryOf(s hubspot.Sample) string {
	callers := map[string]int{}
	for _, c := range s.Contacts {
		for _, p := range [][2]string{{hubspot.PropCalcPhone, hubspot.PropPhone}, {hubspot.PropCalcMobile, hubspot.PropMobile}} {
			calculated, _ := c.Properties.Get(p[0])
			typed, _ := c.Properties.Get(p[1])
			for _, text := range []string{calculated, typed} {
				if !strings.HasPrefix(text, "+") {
					continue
				}
				if n, err := phone.Parse(text, "US"); err == nil && n.Valid() && phone.KnownRegion(n.Region()) {
					callers[n.Region()]++
					break
				}
			}
		}
	}
	best := ""
	for _, country := range slices.Sorted(maps.Keys(callers)) {
		if callers[country] > callers[best] {
			best = country
		}
	}
	return best
}

// A finder is a lookup: the contacts that a number finds.
type finder func(phone.Number) []hubspot.Contact

func (m *matching) searching(match string) finder {
	return func(n phone.Number) []hubspot.Contact {
		return routing.Callers(match, m.l.HomeCountries, n, m.pool.having(n))
	}
}

func (m *matching) keyed(p pool, property string) finder {
	k := routing.Keyed{Property: property}
	return func(n phone.Number) []hubspot.Contact { return k.Callers(n, p.having(n)) }
}

// judged is a lookup with what it finds, by number.
type judged struct {
	Lookup
	found [][]hubspot.Contact
	own   []bool // the owner's record is among them
}

// judge has every owner call.
func (m *matching) judge(x Lookup, find finder) judged {
	j := judged{Lookup: x, found: make([][]hubspot.Contact, len(m.all)), own: make([]bool, len(m.all))}
	found, strangers := 0, 0
	asked := map[string][]hubspot.Contact{} // a placeholder may be everybody's number
	for i, u := range m.all {
		e164 := u.number.E164()
		if !u.callable || m.own[e164] {
			continue
		}
		cs, known := asked[e164]
		if !known {
			cs = find(u.number)
			asked[e164] = cs
		}
		j.found[i] = cs
		j.own[i] = slices.ContainsFunc(cs, func(c hubspot.Contact) bool { return c.ID == u.contact.ID })
		switch {
		case j.own[i]:
			found++
			if len(cs) == 1 {
				j.Alone++
			}
		case len(cs) > 0:
			strangers++
		}
	}
	j.Found, j.Stranger = share(found, len(m.all)), share(strangers, len(m.all))
	return j
}

// filled is the share that a property with the contacts' own numbers would find, filled as
// load.Derive fills it: of two numbers of one contact one, and of two contacts with one number the first.
func (m *matching) filled(everybody []hubspot.Contact) Share {
	const property = "dealroute_filled" // of nobody
	d := *m.d
	d.HubSpot.Lookup.Strategy, d.HubSpot.Lookup.Property, d.HubSpot.Lookup.Rollup = deployment.StrategyUnique, property, nil
	crm, _ := load.Derive(hubspot.CRM{Contacts: everybody}, &d)
	return m.judge(Lookup{}, m.keyed(newPool(crm.Contacts, property), property)).Found
}

// dealless counts those who are found and of whose open deals nobody says how many.
func (m *matching) dealless(j judged) int {
	if j.Strategy != deployment.StrategyRollup || m.l.Rollup == nil {
		return 0
	}
	n := 0
	for i, u := range m.all {
		if _, set := u.contact.Properties.Get(m.l.Rollup.Open); j.own[i] && !set {
			n++
		}
	}
	return n
}

// duplicates says what becomes of callers of whom several records are found, under each policy.
func (m *matching) duplicates(j judged) Duplicates {
	type fate struct { // of whoever calls from a number
		records int
		counts  string // the contact that does under best
		cut     bool   // under all
	}
	out := Duplicates{Policy: m.l.Duplicates}
	numbers := map[string]fate{}
	callers := 0
	best, all := m.d.Policy(), m.d.Policy()
	best.Duplicates, all.Duplicates = routing.DuplicatesBest, routing.DuplicatesAll
	for i, u := range m.all {
		cs := j.found[i]
		if len(cs) < 2 {
			continue
		}
		x, known := numbers[u.number.E164()]
		if !known {
			x = fate{len(cs), routing.FactsOf(best, cs, nil, m.now).ContactID, routing.FactsOf(all, cs, nil, m.now).Truncated}
			numbers[u.number.E164()] = x
		}
		if callers++; x.counts == u.contact.ID {
			out.Right++
		}
		if x.cut {
			out.Cut++
		}
	}
	out.Callers, out.Shared = share(callers, len(m.all)), len(numbers)
	var order []string
	for n, x := range numbers {
		order = append(order, n)
		out.Most = max(out.Most, x.records)
	}
	slices.SortFunc(order, func(a, b string) int {
		return cmp.Or(numbers[b].records-numbers[a].records, strings.Compare(a, b))
	})
	for _, n := range order[:min(len(order), examples)] {
		out.Examples = append(out.Examples, SharedNumber{phone.Mask(n), numbers[n].records})
	}
	return out
}

// never are the numbers whose owners none of some lookups finds.
func (m *matching) never(by []judged) ([]Never, Share) {
	of := map[Flaw]*Never{}
	count := map[Flaw]int{}
	all := 0
	for i, u := range m.all {
		if slices.ContainsFunc(by, func(j judged) bool { return j.own[i] }) {
			continue
		}
		flaw := u.flaw
		switch {
		case u.callable && m.own[u.number.E164()]:
			flaw = FlawOwn
		case flaw == "":
			flaw = FlawUnread
		}
		all++
		count[flaw]++
		if of[flaw] == nil {
			of[flaw] = &Never{Flaw: flaw}
		}
		e := Example{u.contact.ID, u.field, phone.Sketch(u.text)}
		if n := of[flaw]; len(n.Examples) < examples && !slices.ContainsFunc(n.Examples, func(x Example) bool { return x.Shape == e.Shape }) {
			n.Examples = append(n.Examples, e)
		}
	}
	var out []Never
	for _, flaw := range Flaws() {
		if n := of[flaw]; n != nil {
			n.Share = share(count[flaw], len(m.all))
			out = append(out, *n)
		}
	}
	slices.SortStableFunc(out, func(a, b Never) int { return b.Share.Count - a.Share.Count })
	return out, share(all, len(m.all))
}
