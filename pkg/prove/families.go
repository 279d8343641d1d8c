package prove

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// A family is calls that differ in one thing. Families are added, never multiplied; the
// simplest come first, so that what breaks is shown by a simple call.
type family struct {
	name string
	of   func() []*situation
}

func (w *whole) families() []family {
	all := []family{
		{"callers", w.callersFamily},
		{"rules", w.rulesFamily},
		{"properties", w.propertiesFamily},
		{"value", w.valueFamily},
		{"deals", w.dealsFamily},
		{"contacts", w.contactsFamily},
		{"keys", w.keysFamily},
		{"rollups", w.rollupsFamily},
		{"companies", w.companiesFamily},
		{"numbers", w.numbersFamily},
		{"control", w.controlFamily},
		{"faults", w.faultsFamily},
		{"token", w.tokenFamily},
		{"org", w.orgFamily},
		{"legs", w.legsFamily},
		{"rules near", w.nearFamily},
		{"overlaps", w.overlapsFamily},
		{"days", w.daysFamily},
		{"constants", w.constantsFamily},
		{"clock", w.clockFamily},
	}
	if w.in.Mode == Full {
		all = append(all, family{"pages", w.pagesFamily})
	}
	return all
}

// A gatherer collects the situations of a family.
type gatherer struct {
	b   *builder
	out []*situation
}

func (w *whole) gather() *gatherer { return &gatherer{b: &w.found.builder} }

func (g *gatherer) add(x sketch, change ...func(*situation)) *situation {
	s := g.b.situation(x)
	for _, c := range change {
		c(s)
	}
	g.out = append(g.out, s)
	return s
}

// states are those of the schedule in which a call goes on, the open one first.
func (w *whole) states() []string {
	all := w.d.ScheduleStates()
	if all == nil {
		return []string{""}
	}
	return all
}

// callersFamily is each outcome, in each state of the schedule.
func (w *whole) callersFamily() []*situation {
	g := w.gather()
	for _, state := range w.states() {
		base := w.found.base().with(func(x *sketch) { x.state = state })
		for _, x := range w.found.shapes(base) {
			g.add(x)
		}
	}
	for _, x := range w.found.failures(w.found.open()) {
		g.add(x)
	}
	return g.out
}

// rulesFamily is a caller of each rule.
func (w *whole) rulesFamily() []*situation {
	g := w.gather()
	for i := range w.p.Rules {
		if x, ok := w.found.rule(i); ok {
			g.add(x)
		}
	}
	return g.out
}

// nearFamily is, for each rule, everything that one part of its condition can tell apart, with
// the rest as the rule wants it.
func (w *whole) nearFamily() []*situation {
	g := w.gather()
	for i := range w.p.Rules {
		x, ok := w.found.rule(i)
		if !ok {
			continue
		}
		for _, a := range w.found.atoms(i) {
			for _, y := range w.found.moves(x, a) {
				g.add(y)
			}
			if a.what == "fact" {
				w.nulls(g, x, w.p.Facts[a.fact])
			}
		}
	}
	return g.out
}

// daysFamily is rules on dates at other days of the year: where the day that they name lies in
// the next month or year, and on a leap day.
func (w *whole) daysFamily() []*situation {
	var out []*situation
	year := w.in.Now.Year()
	for i := range w.p.Rules {
		for k, a := range w.found.atoms(i) {
			if a.what != "fact" || w.p.Facts[a.fact].Type != routing.DateFact {
				continue
			}
			t := a.when.Facts[a.fact]
			days := []time.Time{time.Date((year/4+1)*4, 2, 29, 12, 0, 0, 0, time.UTC)}
			for _, n := range []*int{t.Within, t.Before, t.After} {
				if n != nil && max(*n, -*n) < 4000 { // the call itself is of our time
					days = append(days, time.Date(year+1, 1, 1, 12, 0, 0, 0, time.UTC).AddDate(0, 0, -*n), time.Date(year+1, 2, 28, 12, 0, 0, 0, time.UTC).AddDate(0, 0, -*n))
				}
			}
			for _, at := range days {
				f := newFinder(w.reference, at)
				f.ended, f.wider = w.found.ended, w.found.wider
				x, ok := f.rule(i)
				if !ok {
					continue
				}
				g := &gatherer{b: &f.builder}
				for j, y := range f.moves(x, f.atoms(i)[k]) {
					if j < 8 { // the bounds come first
						g.add(y)
					}
				}
				out = append(out, g.out...)
			}
		}
	}
	return out
}

// nulls are callers whose fact is null, empty, or no value of its type.
func (w *whole) nulls(g *gatherer, x sketch, src routing.FactSource) {
	values := append([]string{""}, odd(src.Type)...)
	if src.Deal == "" {
		g.add(x.with(func(y *sketch) { delete(y.contact, src.Contact); y.null = src.Contact }))
		for _, v := range values {
			g.add(x.with(func(y *sketch) { y.set(src.Contact, v) }))
		}
		return
	}
	g.add(x.with(func(y *sketch) { delete(y.deal.properties, src.Deal); y.null = "deal " + src.Deal }))
	for _, v := range values {
		g.add(x.with(func(y *sketch) { y.deal.set(src.Deal, v) }))
	}
}

// overlapsFamily is a caller for any two rules that hold both.
func (w *whole) overlapsFamily() []*situation {
	g := w.gather()
	pairs, near := w.found.overlaps()
	for _, o := range pairs {
		g.add(o.sketch)
	}
	switch {
	case near == 0 && len(w.p.Rules) > 1:
		w.cut = append(w.cut, "callers of two rules at once were not looked for: there are too many rules")
	case near < len(w.p.Rules):
		w.cut = append(w.cut, fmt.Sprintf("callers of two rules at once were looked for where the rules are at most %d apart", near))
	}
	return g.out
}

// propertiesFamily is each property with each class of its values, of a known caller with an
// open deal.
func (w *whole) propertiesFamily() []*situation {
	g := w.gather()
	x := w.found.open()
	for _, name := range sortedKeys(w.p.Facts) {
		src := w.p.Facts[name]
		values := w.found.valuesOf(src.Type, routing.FactTest{})
		for _, v := range values[:min(len(values), 3)] {
			if src.Deal == "" {
				g.add(x.with(func(y *sketch) { y.set(src.Contact, v) }))
			} else {
				g.add(x.with(func(y *sketch) { y.deal.set(src.Deal, v) }))
			}
		}
		w.nulls(g, x, src)
	}
	for _, v := range []string{"customer", "x", ""} {
		g.add(x.with(func(y *sketch) { y.set(hubspot.PropLifecycle, v) }))
	}
	g.add(x.with(func(y *sketch) { y.null = hubspot.PropLifecycle }))
	for _, id := range sortedKeys(w.p.Stages) {
		g.add(x.with(func(y *sketch) { y.deal.stage = id }))
	}
	g.add(x.with(func(y *sketch) { y.deal.stage = w.found.otherStage() }))
	g.add(x.with(func(y *sketch) { y.deal.stage = "" }))
	for _, y := range w.found.kinds(x) {
		g.add(y.with(func(y *sketch) { y.deal.amount = "1234.56" }))
		g.add(y.with(func(y *sketch) { y.deal.stage = "" }))
		g.add(y.with(func(y *sketch) { y.deal.pipeline = "1" })) // may be one that does not count
	}
	return g.out
}

// valueFamily is the value at each bound and each step of priority.
func (w *whole) valueFamily() []*situation {
	g := w.gather()
	x := w.found.open()
	amounts := []string{"", "0", "-1", "-0.01", "0.004", "999999999999999", "100.00", "2500.5", "abc", "1,000", "1234567890123456", "007", "1e5", "0.30000000000000004"}
	for _, r := range w.p.Rules {
		for _, b := range []*routing.Decimal{r.When.MinValue, r.When.MaxValue} {
			if b != nil {
				amounts = append(amounts, around(*b)...)
			}
		}
	}
	if v := w.p.ValuePriority; v != nil {
		n := (v.Max + v.Add - 1) / v.Add // steps up to the most
		for _, k := range []int{1, 2, 3, n - 1, n, n + 1} {
			if k > 0 {
				amounts = append(amounts, around(multiple(v.Per, k))...)
			}
		}
	}
	for _, v := range each(amounts) {
		g.add(x.with(func(y *sketch) { y.deal.amount = v }))
	}
	// the sum of two, and what is closed beside it
	second := sale{kind: dealOpen, stage: w.found.otherStage(), amount: "300"}
	for _, v := range []string{"", "0", "200", "-300", "0.1"} {
		g.add(x.with(func(y *sketch) { y.deal.amount, y.more = v, []sale{second} }))
	}
	for _, kind := range []string{dealWon, dealLost} {
		closed := sale{kind: kind, stage: w.found.otherStage(), amount: "900000"}
		for _, v := range []string{"", "200"} {
			g.add(x.with(func(y *sketch) { y.deal.amount, y.more = v, []sale{closed} }))
		}
	}
	if v := w.p.ValuePriority; v != nil { // at each rule's target, and at each kind of deal
		for i := range w.p.Rules {
			y, ok := w.found.rule(i)
			if !ok || y.deal.kind == "" {
				continue
			}
			for _, k := range []int{1, 2} {
				amount := multiple(v.Per, k).String()
				g.add(y.with(func(y *sketch) { y.deal.amount = amount }))
				g.add(y.with(func(y *sketch) {
					y.more = append(y.more, sale{kind: dealOpen, stage: w.found.otherStage(), amount: amount})
				}))
			}
		}
	}
	return g.out
}

func multiple(d routing.Decimal, k int) routing.Decimal {
	out := routing.Decimal{}
	for k > 1000 { // only where the bounds are far apart: the steps are alike there
		k = 1000
	}
	for range k {
		out = out.Add(d)
	}
	return out
}

// A rank is the key by which deals are ordered, in few words.
var ranks = []string{"", "-5", "0", "100", "200"}

// ranked gives a deal a key by the measure of the deployment.
func (w *whole) ranked(d *hubspot.Deal, key string) {
	switch w.p.DealStage {
	case routing.MostProbable:
		v := map[string]string{"": "", "-5": "-0.5", "0": "0", "100": "0.4", "200": "0.8"}[key]
		d.Properties[hubspot.PropStageProbability] = nil
		if v != "" {
			d.Properties[hubspot.PropStageProbability] = hubspot.Text(v)
		}
	case routing.MostRecent:
		age := map[string]int{"": 400, "-5": 300, "0": 200, "100": 100, "200": 50}[key]
		d.CreatedAt = w.in.Now.Add(-time.Duration(age) * time.Hour)
		d.Properties[hubspot.PropCreated] = hubspot.Text(d.CreatedAt.Format("2006-01-02T15:04:05.000Z"))
	default:
		d.Properties[hubspot.PropAmount], d.Properties[hubspot.PropHomeAmount] = nil, nil
		if key != "" {
			d.Properties[hubspot.PropAmount], d.Properties[hubspot.PropHomeAmount] = hubspot.Text(key), hubspot.Text(key)
		}
	}
}

// A draft is a deal of a page.
type draft struct{ kind, key string }

// dealsFamily is the deal that counts, on pages of up to three.
func (w *whole) dealsFamily() []*situation {
	if w.rollup() != nil { // none is read
		return nil
	}
	g := w.gather()
	stages := w.stagesApart()
	page := func(reverse bool, drafts ...draft) *situation {
		x := w.found.known()
		for i, d := range drafts {
			deal := sale{kind: d.kind, stage: stages[i%len(stages)]}
			if i == 0 {
				x.deal = deal
			} else {
				x.more = append(x.more, deal)
			}
		}
		return g.add(x, func(s *situation) {
			for i := range s.CRM.Deals {
				w.ranked(&s.CRM.Deals[i], drafts[i].key)
				if reverse { // and one id that is longer than the others, and stands before them as a text
					s.CRM.Deals[i].ID = strconv.Itoa(dealID + 99 - i)
					if i == 0 {
						s.CRM.Deals[i].ID = strconv.Itoa(dealID * 10)
					}
				}
			}
		})
	}
	kinds := []string{dealOpen, dealWon, dealLost}
	for _, kind := range kinds {
		for _, key := range ranks {
			page(false, draft{kind, key})
		}
	}
	for i, a := range kinds {
		for _, b := range kinds[i:] {
			pairs := [][2]string{{"100", "200"}, {"", "100"}, {"100", "100"}, {"", ""}, {"", "-5"}, {"0", ""}, {"0", "0"}, {"-5", "-5"}}
			orders := []bool{false, true}
			switch {
			case a != b: // whatever their keys
				pairs, orders = pairs[:2], orders[:1]
			case a != dealOpen:
				pairs = pairs[:4]
			}
			for _, k := range pairs {
				for _, reverse := range orders {
					page(reverse, draft{a, k[0]}, draft{b, k[1]})
					if k[0] != k[1] {
						page(reverse, draft{a, k[1]}, draft{b, k[0]})
					}
				}
			}
		}
	}
	for _, kind := range kinds {
		keys := [][3]string{{"100", "100", "100"}, {"", "0", ""}, {"100", "200", "200"}, {"200", "100", "200"}, {"", "", ""}, {"0", "-5", ""}}
		if kind != dealOpen {
			keys = keys[:2]
		}
		for _, k := range keys {
			for _, reverse := range []bool{false, true} {
				page(reverse, draft{kind, k[0]}, draft{kind, k[1]}, draft{kind, k[2]})
			}
		}
	}
	for _, reverse := range []bool{false, true} {
		page(reverse, draft{dealLost, "200"}, draft{dealWon, "100"}, draft{dealOpen, ""})
		page(reverse, draft{dealOpen, "200"}, draft{dealWon, "200"}, draft{dealOpen, "200"})
		page(reverse, draft{dealWon, ""}, draft{dealLost, ""}, draft{dealWon, ""})
	}
	// those that do not count: archived, of another pipeline, of somebody else
	for _, change := range []func(*hubspot.Deal){
		func(d *hubspot.Deal) { d.Archived = true },
		func(d *hubspot.Deal) { d.Properties[hubspot.PropPipeline] = hubspot.Text("1") },
		func(d *hubspot.Deal) { d.Properties[hubspot.PropPipeline] = nil },
		func(d *hubspot.Deal) { d.Contacts = []string{"90000000999"} },
		func(d *hubspot.Deal) { d.Contacts = nil },
		func(d *hubspot.Deal) { d.Properties[hubspot.PropIsClosed] = nil; d.Properties[hubspot.PropIsWon] = nil },
		func(d *hubspot.Deal) { d.Properties[hubspot.PropDealStage] = nil },
	} {
		change(&page(false, draft{dealOpen, "200"}).CRM.Deals[0])
		change(&page(false, draft{dealOpen, "200"}, draft{dealOpen, "100"}).CRM.Deals[0])
		change(&page(false, draft{dealOpen, "200"}, draft{dealWon, "100"}).CRM.Deals[0])
	}
	for _, p := range w.pipelineIDs() {
		page(false, draft{dealOpen, "100"}).CRM.Deals[0].Properties[hubspot.PropPipeline] = hubspot.Text(p)
	}
	return g.out
}

// stagesApart are stages by which one can see which deal counts: of rules, where there are any.
func (w *whole) stagesApart() []string {
	var out []string
	for _, r := range w.p.Rules {
		out = append(out, w.stageIDs(r.When.Stage)...)
	}
	out = append(out, sortedKeys(w.p.Stages)...)
	out = append(out, "appointmentscheduled", "qualifiedtobuy", "presentationscheduled")
	return each(out)[:3]
}

// contactsFamily is who the caller is: in which property the number stands, and how many
// have it.
func (w *whole) contactsFamily() []*situation {
	g := w.gather()
	n, err := phone.Parse(w.found.ani, w.home)
	if err != nil {
		return nil
	}
	if w.p.Keyed == nil { // else only who has the number in one property counts: keysFamily
		w.matches(g, n)
	}
	// what HubSpot says of the number of deals
	for _, v := range []string{"0", "1", ""} {
		g.add(w.found.known(), func(s *situation) { s.CRM.Contacts[0].Properties[hubspot.PropAssociatedDeals] = hubspot.Text(v) })
	}
	// the owner: of the deal, of the contact, without a row or a user
	for _, x := range []sketch{
		w.found.open().with(func(y *sketch) { y.deal.set(hubspot.PropOwner, "41") }),
		w.found.open().with(func(y *sketch) { y.set(hubspot.PropOwner, "42") }),
		w.found.open().with(func(y *sketch) { y.set(hubspot.PropOwner, "42"); y.deal.set(hubspot.PropOwner, "41") }),
	} {
		g.add(x)
	}
	for i, r := range w.p.Rules {
		if !r.To.PreferOwner {
			continue
		}
		x, ok := w.found.rule(i)
		if !ok {
			continue
		}
		xs := w.owned(x)
		if x.failure == routing.FailureError || x.failure == routing.FailureTimeout { // the owner of the contact is known when only the deals are not
			xs = append(xs, w.owned(x.with(func(y *sketch) {
				y.who, y.at = whoContact, ""
				y.deal = w.found.known().deal
				y.deal.kind = dealOpen
			}))...)
		}
		for _, y := range xs {
			g.add(y)
			g.add(y, func(s *situation) { s.Org.Owners = simulate.Owners{} })
			g.add(y, func(s *situation) { s.Org.Owners.Fails = true })
			g.add(y, func(s *situation) { s.Org.Owners.Users = []string{"somebody else"} })
			g.add(y, func(s *situation) { s.Org.Owners.Rows = map[string]map[string]any{y.owner(): {"user": ""}} })
			g.add(y, func(s *situation) { s.Org.Owners.Rows = map[string]map[string]any{y.owner(): {"user": nil}} })
			g.add(y, func(s *situation) { s.Org.MissingQueues = []string{r.To.Queue} })
		}
	}
	return g.out
}

// matches are contacts that have a number, or one like it, in each of the properties that are
// searched.
func (w *whole) matches(g *gatherer, n phone.Number) {
	e164, national := n.E164(), n.National()
	set := func(ps ...string) hubspot.Properties {
		out := hubspot.Properties{}
		for i := 0; i < len(ps); i += 2 {
			if out[ps[i]] = &ps[i+1]; ps[i+1] == "" {
				out[ps[i]] = nil
			}
		}
		return out
	}
	twin := "+48" + national
	forms := []hubspot.Properties{
		set(hubspot.PropPhone, e164),
		set(hubspot.PropPhone, e164, hubspot.PropCalcPhone, e164, hubspot.PropSearchPhone, national),
		set(hubspot.PropMobile, e164, hubspot.PropSearchMobile, national), // a number that HubSpot holds for none
		set(hubspot.PropMobile, e164, hubspot.PropCalcMobile, e164, hubspot.PropSearchMobile, national),
		set(hubspot.PropCalcPhone, e164, hubspot.PropSearchPhone, national),
		set(hubspot.PropPhone, e164[:3]+" (0) "+e164[3:6]+"/"+e164[6:], hubspot.PropCalcPhone, e164, hubspot.PropSearchPhone, national),
		set(hubspot.PropPhone, "0"+national, hubspot.PropSearchPhone, national),
		set(hubspot.PropMobile, "0"+national, hubspot.PropSearchMobile, national),
		set(hubspot.PropPhone, twin, hubspot.PropCalcPhone, twin, hubspot.PropSearchPhone, national),
		set(hubspot.PropMobile, twin, hubspot.PropCalcMobile, twin, hubspot.PropSearchMobile, national),
		set(hubspot.PropPhone, e164+"1", hubspot.PropSearchPhone, national+"1"),
		set(hubspot.PropMobile, e164[1:], hubspot.PropSearchMobile, e164[1:]),
		set(hubspot.PropPhone, twin, hubspot.PropCalcPhone, twin, hubspot.PropSearchPhone, national, hubspot.PropMobile, e164, hubspot.PropCalcMobile, e164, hubspot.PropSearchMobile, national),
		set(),
	}
	for _, v := range n.Variants() {
		forms = append(forms, set(hubspot.PropPhone, v.E164(), hubspot.PropCalcPhone, v.E164(), hubspot.PropSearchPhone, v.National()), set(hubspot.PropPhone, "0"+v.National(), hubspot.PropSearchPhone, v.National()), set(hubspot.PropPhone, v.E164()), set(hubspot.PropMobile, v.E164(), hubspot.PropCalcMobile, v.E164(), hubspot.PropSearchMobile, v.National()), set(hubspot.PropMobile, "0"+v.National(), hubspot.PropSearchMobile, v.National()))
	}
	dress := func(c *hubspot.Contact, form hubspot.Properties) {
		for _, name := range []string{hubspot.PropPhone, hubspot.PropMobile, hubspot.PropCalcPhone, hubspot.PropCalcMobile, hubspot.PropSearchPhone, hubspot.PropSearchMobile} {
			c.Properties[name] = form[name]
		}
	}
	for _, form := range forms {
		g.add(w.found.open(), func(s *situation) { dress(&s.CRM.Contacts[0], form) })
	}
	second := func(s *situation, form hubspot.Properties, minutes int, kind string, change ...func(*hubspot.Contact)) {
		c := w.found.contact(strconv.Itoa(90000000902+len(s.CRM.Contacts)), s.ANI)
		c.UpdatedAt = s.CRM.Contacts[0].UpdatedAt.Add(time.Duration(minutes) * time.Minute)
		dress(&c, form)
		for _, f := range change {
			f(&c)
		}
		s.CRM.Contacts = append(s.CRM.Contacts, c)
		if kind != "" {
			d := w.found.dealOf(sale{kind: kind, stage: w.stagesApart()[1], amount: "700"}, len(s.CRM.Deals), []string{c.ID}, nil)
			s.CRM.Deals = append(s.CRM.Deals, d)
		}
	}
	whole := forms[1]
	for _, form := range []hubspot.Properties{whole, forms[6], forms[8], forms[0]} {
		for _, minutes := range []int{-5, 0, 5} {
			for _, kind := range []string{"", dealOpen, dealWon} {
				g.add(w.found.open(), func(s *situation) { second(s, form, minutes, kind) })
			}
			g.add(w.found.known(), func(s *situation) { second(s, form, minutes, dealOpen) })
		}
	}
	archive := func(c *hubspot.Contact) { c.Archived = true }
	g.add(w.found.open(), func(s *situation) { s.CRM.Contacts[0].Archived = true })
	g.add(w.found.open(), func(s *situation) { second(s, whole, 5, dealWon, archive) })
	g.add(w.found.open(), func(s *situation) { second(s, whole, 5, dealWon); s.CRM.Contacts[0].Archived = true })
	g.add(w.found.open(), func(s *situation) { second(s, forms[6], 5, dealWon); s.CRM.Contacts[0].Archived = true })
	for _, n := range []int{3, 4, 5, 6, 7} {
		g.add(w.found.open(), func(s *situation) {
			for i := range n - 1 {
				second(s, whole, -i-1, []string{dealOpen, dealWon, ""}[i%3])
			}
		})
		g.add(w.found.known(), func(s *situation) {
			for i := range n - 1 {
				second(s, whole, -i-1, map[bool]string{true: dealOpen}[i == n-2])
			}
		})
	}
	g.add(w.found.known(), func(s *situation) { // those whose deals are asked for have none, and who comes behind them has one
		for i := range 6 {
			second(s, whole, -i-1, map[bool]string{true: dealOpen}[i == 5])
		}
		for i := range s.CRM.Contacts {
			s.CRM.Contacts[i].Properties[hubspot.PropAssociatedDeals] = hubspot.Text(map[bool]string{true: "1", false: "0"}[i == 6])
		}
	})
	for _, n := range []int{3, 6, 20} { // the caller stands behind all who only look like him
		g.add(w.found.open(), func(s *situation) {
			for i := range n - 1 {
				second(s, forms[6], i+1, map[bool]string{true: dealWon}[i == 0])
			}
		})
	}
	for _, id := range []string{"48151", "900719925474099301"} { // ids get longer with the years
		g.add(w.found.open(), func(s *situation) {
			s.CRM.Contacts[0].ID, s.CRM.Deals[0].ID, s.CRM.Deals[0].Contacts = id, id+"1", []string{id}
		})
	}
}

// owned are the callers whose contact, whose deal and both of whom have an owner.
func (w *whole) owned(x sketch) []sketch {
	var out []sketch
	if x.who == whoContact {
		out = append(out, x.with(func(y *sketch) { y.set(hubspot.PropOwner, "42") }))
	}
	if x.deal.kind != "" {
		out = append(out, x.with(func(y *sketch) { y.deal.set(hubspot.PropOwner, "41") }))
		if x.who == whoContact {
			out = append(out, x.with(func(y *sketch) { y.set(hubspot.PropOwner, "42"); y.deal.set(hubspot.PropOwner, "41") }))
		}
	}
	return out
}

// companiesFamily is the company of the contact, and companies that have the number.
func (w *whole) companiesFamily() []*situation {
	if w.d.HubSpot.Lookup.Company == routing.CompanyNone {
		return nil
	}
	g := w.gather()
	firm := func(s *situation, id, number string, minutes int) {
		s.CRM.Companies = append(s.CRM.Companies, hubspot.Company{ID: id, CreatedAt: w.in.Now.Add(-48 * time.Hour), UpdatedAt: w.in.Now.Add(-time.Hour + time.Duration(minutes)*time.Minute), Properties: hubspot.Properties{hubspot.PropPhone: hubspot.Text(number)}})
	}
	sale1 := func(s *situation, kind, company string, contacts ...string) {
		s.CRM.Deals = append(s.CRM.Deals, w.found.dealOf(sale{kind: kind, stage: w.stagesApart()[1], amount: "700"}, len(s.CRM.Deals), contacts, []string{company}))
	}
	of := func(id string) sketch {
		return w.found.known().with(func(y *sketch) { y.set(hubspot.PropPrimaryCompany, id) })
	}
	for _, id := range []string{companyID, "0", "007", "x", "", "99999999999999999999"} {
		g.add(of(id))
		g.add(of(id), func(s *situation) { firm(s, companyID, "", 0); sale1(s, dealOpen, companyID) })
		g.add(of(id), func(s *situation) {
			sale1(s, dealOpen, companyID)
			s.CRM.Contacts[0].Properties[hubspot.PropAssociatedDeals] = hubspot.Text("0")
		})
	}
	for _, id := range []string{"48151", "900719925474099301"} {
		g.add(of(id), func(s *situation) { firm(s, id, "", 0); sale1(s, dealOpen, id) })
	}
	g.add(of(companyID), func(s *situation) { sale1(s, dealOpen, companyID, contactID) })
	g.add(of(companyID), func(s *situation) { sale1(s, dealWon, companyID); sale1(s, dealOpen, "70000000799", contactID) })
	g.add(of(companyID).with(func(y *sketch) { y.deal = w.found.open().deal }), func(s *situation) { sale1(s, dealWon, companyID) })
	n, err := phone.Parse(w.found.ani, w.home)
	if w.d.HubSpot.Lookup.Company != routing.CompanyNumbers || err != nil {
		return g.out
	}
	numbers := []string{n.E164(), n.E164()[1:], n.National(), "0" + n.National(), n.E164() + "1", "", n.E164()[:3] + " " + n.E164()[3:6] + " " + n.E164()[6:]}
	for _, v := range each(append(numbers, written(n)...)) {
		g.add(w.found.base(), func(s *situation) { firm(s, companyID, v, 0); sale1(s, dealOpen, companyID) })
	}
	for i, home := range w.d.HubSpot.Lookup.HomeCountries { // each home country's number, and lines that are written in several ways
		ani := w.found.numberOf(home)
		line, err := phone.Parse(ani, w.home)
		if err != nil {
			continue
		}
		lines := append(line.Variants(), line)
		if i == 0 {
			lines = line.Variants()
		}
		for _, v := range lines {
			for _, text := range []string{v.E164(), v.E164()[1:], v.National(), "0" + v.National()} {
				g.add(w.found.base().with(func(y *sketch) { y.ani = ani }), func(s *situation) { firm(s, companyID, text, 0); sale1(s, dealOpen, companyID) })
			}
		}
	}
	for _, kind := range []string{dealOpen, dealWon} {
		for _, minutes := range []int{-5, 5} {
			g.add(w.found.base(), func(s *situation) {
				firm(s, companyID, n.E164(), 0)
				firm(s, "70000000702", n.E164(), minutes)
				sale1(s, kind, "70000000702")
			})
			g.add(w.found.base(), func(s *situation) {
				firm(s, companyID, n.E164(), 0)
				firm(s, "70000000702", n.E164(), minutes)
				sale1(s, kind, companyID)
				s.CRM.Companies[0].Archived = true
			})
		}
	}
	for _, k := range []int{4, 5, 6} {
		for _, last := range []bool{false, true} {
			g.add(w.found.base(), func(s *situation) {
				for i := range k {
					firm(s, strconv.Itoa(70000000701+i), n.E164(), -i)
				}
				if last {
					sale1(s, dealOpen, strconv.Itoa(70000000700+k))
				} else {
					sale1(s, dealOpen, companyID)
				}
			})
		}
	}
	// a contact comes first, and several of them are no stranger
	g.add(w.found.open(), func(s *situation) { firm(s, companyID, n.E164(), 0); sale1(s, dealWon, companyID) })
	g.add(w.found.known(), func(s *situation) { firm(s, companyID, n.E164(), 0); sale1(s, dealWon, companyID) })
	if w.p.Keyed == nil { // else no two have one number; keysFamily has those of a line
		g.add(w.found.known(), func(s *situation) {
			c := w.found.contact("90000000902", s.ANI)
			s.CRM.Contacts = append(s.CRM.Contacts, c)
			firm(s, companyID, n.E164(), 0)
			sale1(s, dealWon, companyID)
		})
	}
	for _, p := range w.p.Pipelines[min(1, len(w.p.Pipelines)):] { // each record is asked for by a filter of its own
		for _, s := range slices.Clone(g.out) {
			if len(s.CRM.Companies) < 2 || len(s.CRM.Deals) == 0 || len(s.Faults) > 0 {
				continue
			}
			other := &situation{Witness: s.Witness}
			other.CRM.Deals = slices.Clone(s.CRM.Deals)
			for i := range other.CRM.Deals {
				ps := maps.Clone(other.CRM.Deals[i].Properties)
				ps[hubspot.PropPipeline] = hubspot.Text(p)
				other.CRM.Deals[i].Properties = ps
			}
			g.out = append(g.out, other)
		}
	}
	return g.out
}

// written are ways in which people write a number in groups, whether or not they are looked for.
func written(n phone.Number) []string {
	code := strconv.Itoa(n.CallingCode())
	digits := strings.TrimPrefix(n.E164(), "+"+code)
	var out []string
	for _, way := range phone.GroupsOf(code).Of[len(digits)] {
		var groups []string
		rest := digits
		for _, k := range way.Groups {
			groups, rest = append(groups, rest[:k]), rest[k:]
		}
		for _, head := range []string{way.Trunk + groups[0], "+" + code + " " + groups[0], "+" + code + "-" + groups[0], "+" + code + " (" + groups[0] + ")", "+" + code + " (0)" + groups[0]} {
			for _, mark := range []string{" ", "-", "."} {
				out = append(out, head+mark+strings.Join(groups[1:], mark))
			}
			out = append(out, head+" "+strings.Join(groups[1:], "-"), head+"/"+strings.Join(groups[1:], " "), "("+head+") "+strings.Join(groups[1:], " "), "("+head+") "+strings.Join(groups[1:], "-"))
		}
	}
	return out
}

// numbersFamily is who calls, and what was dialled.
func (w *whole) numbersFamily() []*situation {
	g := w.gather()
	anis := []string{"", "anonymous", "sip:Unavailable@anonymous.invalid", "Restricted", "911", "555014", "nobody", "sip:ada@pbx.example", "+", "+1", "0", "tel:" + w.found.ani, "sip:" + w.found.ani + "@203.0.113.7;user=phone", w.found.ani[1:]}
	for _, n := range w.own {
		anis = append(anis, n, "sip:"+n+"@203.0.113.7")
	}
	test := routing.CallerTest{}
	for _, r := range w.p.Rules {
		if r.When.Caller != nil {
			test.Country = append(test.Country, r.When.Caller.Country...)
		}
	}
	anis = append(anis, w.found.callers(test)...)
	if n, err := phone.Parse(w.found.ani, w.home); err == nil {
		anis = append(anis, "0"+n.National(), n.National(), "00"+n.E164()[1:])
		for _, v := range n.Variants() {
			anis = append(anis, v.E164())
		}
	}
	anis = append(anis, compared(w.in.Blueprint.Flow.Text, w.reference, w.found.ani, 2)...)
	for _, ani := range []string{"+6834000", "+493012345678901"} { // the shortest number there is, and the longest
		anis = append(anis, ani, "00"+ani[1:], "tel:"+ani)
	}
	if n, err := phone.Parse(w.found.ani, w.home); err == nil {
		local := n.National()
		anis = append(anis, fmt.Sprintf("tel:%s;phone-context=+%d", local, n.CallingCode()), "tel:20812345;phone-context=+372", "sip:20812345;phone-context=+372@203.0.113.7")
	}
	for _, ani := range each(anis) {
		x := w.found.open().with(func(y *sketch) { y.ani = ani })
		g.add(x)
		if x.ani != w.found.ani { // nobody of them is known
			g.add(x, func(s *situation) {
				s.CRM.Contacts[0] = w.found.contact(contactID, "+4930901820")
				s.CRM.Contacts[0].Properties["phone"] = nil
			})
		}
	}
	for _, ani := range []string{"+5588987654321", "+5491123456789", "+525512345678"} { // of lines that are written in several ways
		n, err := phone.Parse(ani, w.home)
		if err != nil {
			continue
		}
		for _, v := range append(n.Variants(), n) {
			g.add(w.found.open().with(func(y *sketch) { y.ani = ani }), func(s *situation) { s.CRM.Contacts[0] = w.found.contact(contactID, v.E164()) })
		}
	}
	dialled := append([]string{"", "+15005550199", "nobody"}, w.d.Calls.Numbers...)
	for _, n := range w.d.Calls.Numbers {
		dialled = append(dialled, "tel:"+n, "sip:"+n+"@203.0.113.7", n[1:])
	}
	for _, n := range each(dialled) {
		g.add(w.found.base().with(func(y *sketch) { y.dnis = n }))
	}
	for i, r := range w.p.Rules { // what was dialled counts, also when another flow hands the call on
		if x, ok := w.found.rule(i); ok && len(r.When.Called) > 0 {
			g.add(x, func(s *situation) { s.Through = "+15005550198" })
		}
	}
	return g.out
}

// controlFamily is the control table in each state.
func (w *whole) controlFamily() []*situation {
	g := w.gather()
	stamp := func(d time.Duration, form string) string { return w.in.Now.Add(d).Format(form) }
	const plain, fraction = "2006-01-02T15:04:05Z", "2006-01-02T15:04:05.000Z"
	var rows []map[string]map[string]any
	for _, v := range []any{false, true, nil} {
		rows = append(rows, map[string]map[string]any{"switch": {"enabled": v}})
	}
	for _, v := range []any{
		stamp(time.Second, plain), stamp(time.Minute, plain), stamp(time.Second, fraction), stamp(0, plain), stamp(-time.Second, plain), stamp(-time.Millisecond, fraction), stamp(24*time.Hour, plain),
		"", "soon", stamp(time.Hour, time.DateOnly), stamp(time.Hour, "2006-01-02T15:04:05"), stamp(time.Hour, "2006-01-02T15:04:05") + "+01:00", stamp(time.Hour, "2006-01-02T15:04:05") + ",5Z", nil,
	} {
		rows = append(rows, map[string]map[string]any{"breaker": {"openUntil": v}})
	}
	rows = append(rows, map[string]map[string]any{"switch": {"enabled": false}, "breaker": {"openUntil": stamp(time.Minute, plain)}})
	if w.d.HubSpot.Auth.Outside() {
		for _, v := range []any{
			stamp(time.Second, plain), stamp(time.Minute, plain), stamp(time.Second, fraction), stamp(500*time.Millisecond, fraction), stamp(0, plain), stamp(-time.Second, plain), stamp(24*time.Hour, plain),
			"", "soon", stamp(time.Hour, time.DateOnly), stamp(time.Hour, "2006-01-02T15:04:05"), stamp(time.Hour, "2006-01-02T15:04:05") + "+01:00", stamp(time.Hour, "2006-01-02T15:04:05") + ",5Z", nil,
		} {
			rows = append(rows, map[string]map[string]any{genesys.TokenRow: {genesys.TokenExpiry: v}})
		}
		rows = append(rows, map[string]map[string]any{genesys.TokenRow: {genesys.TokenExpiry: ""}, "breaker": {"openUntil": stamp(time.Minute, plain)}},
			map[string]map[string]any{genesys.TokenRow: nil}) // the row alone is gone
		for _, r := range rows[len(rows)-16:] {
			g.add(w.found.base(), func(s *situation) { s.Org.Rows = r })
		}
	}
	for _, r := range rows {
		g.add(w.found.open(), func(s *situation) { s.Org.Rows = r })
	}
	g.add(w.found.open(), func(s *situation) { s.Org.NoRows = true })
	g.add(w.found.open(), func(s *situation) { s.Org.TableFails = true })
	for _, ani := range []string{"", "911"} { // what comes first
		g.add(w.found.open().with(func(y *sketch) { y.ani = ani }), func(s *situation) { s.Org.Rows = rows[0] })
	}
	return g.out
}

// faultsFamily is each fault at each request.
func (w *whole) faultsFamily() []*situation {
	g := w.gather()
	known := []sketch{w.found.base(), w.found.open()}
	requests := mostRequests(w.d)
	if w.d.HubSpot.Lookup.Company == routing.CompanyNumbers {
		known = append(known, w.found.base().with(func(y *sketch) { y.who, y.deal = whoCompany, w.found.open().deal }))
	}
	kinds := FaultKinds()
	if w.p.Keyed != nil {
		kinds = append(kinds, FaultPartly, FaultNameless)
	}
	for n := 1; n <= requests; n++ {
		for i, k := range kinds {
			for j, x := range known {
				if w.in.Mode == Quick && i > 2 && j > 1 {
					continue
				}
				g.add(x, func(s *situation) { s.Faults = []Fault{{k, n}} })
			}
		}
	}
	for _, k := range kinds {
		g.add(w.found.open(), func(s *situation) { s.Faults = []Fault{{k, 0}} })
	}
	for _, x := range known { // each request takes as long as it can, and the last one is not answered
		for n := 2; n <= requests; n++ {
			g.add(x, func(s *situation) { s.Faults = []Fault{{FaultTimeout, n}, {FaultSlow, 0}} })
		}
	}
	for i := range w.p.Rules { // rules on what the contact says hold without the deals
		x, ok := w.found.rule(i)
		if !ok || x.who != whoContact || x.failure != "" {
			continue
		}
		for _, k := range []FaultKind{FaultTimeout, FaultServer} {
			g.add(x, func(s *situation) { s.Faults = []Fault{{k, 2}} })
		}
	}
	if w.d.Enrichment.Breaker.Enabled { // where its row is gone, nothing is written
		g.add(w.found.open(), func(s *situation) { s.Faults, s.Org.NoRows = []Fault{{FaultServer, 1}}, true })
	}
	return g.out
}

// tokenFamily is the call that finds the platform with an expired token, or with none: a token
// comes within it, and each request may fail.
func (w *whole) tokenFamily() []*situation {
	g := w.gather()
	if !w.d.HubSpot.Auth.ByPlatform() {
		return nil
	}
	for _, t := range []struct {
		holds    string
		requests int
	}{{holdsExpired, 4}, {holdsNone, 3}} {
		holds, requests := t.holds, t.requests
		for _, x := range []sketch{w.found.base(), w.found.open()} {
			g.add(x, func(s *situation) { s.holds = holds })
			for n := 1; n <= requests; n++ {
				for i, k := range FaultKinds() {
					if w.in.Mode == Quick && i > 2 && n != requests-2 { // the request for a token meets all
						continue
					}
					g.add(x, func(s *situation) { s.holds, s.Faults = holds, []Fault{{k, n}} })
				}
			}
		}
		g.add(w.found.open().with(func(y *sketch) { y.failure = routing.FailureOff }), func(s *situation) { s.holds = holds })
	}
	return g.out
}

// orgFamily is each target gone or failing, alone and with all others.
func (w *whole) orgFamily() []*situation {
	g := w.gather()
	var queues, skills, flows []string
	add := func(queue, flow string, of []string) {
		if queue != "" {
			queues = append(queues, queue)
		}
		if flow != "" {
			flows = append(flows, flow)
		}
		skills = append(skills, of...)
	}
	add(w.p.Fallback.Queue, "", w.p.Fallback.Skills)
	for _, r := range w.p.Rules {
		add(r.To.Queue, r.To.Flow, r.To.Skills)
	}
	for _, e := range w.d.Endings() {
		add(e.Queue, e.Flow, nil)
	}
	queues, skills, flows = each(queues), each(skills), each(flows)
	amount := ""
	if v := w.p.ValuePriority; v != nil {
		amount = v.Per.String()
	}
	// the target of each, gone and failing, and the fallback beside it
	reach := func(x sketch, queue, flow string, of []string) {
		if x.deal.kind == dealOpen && x.deal.amount == "" && queue+flow != "" {
			x = x.with(func(y *sketch) { y.deal.amount = amount })
		}
		if queue != "" {
			g.add(x, func(s *situation) { s.Org.MissingQueues = []string{queue} })
			g.add(x, func(s *situation) { s.Org.FailingTransfers = []string{queue} })
			g.add(x, func(s *situation) { s.Org.MissingQueues = each([]string{queue, w.p.Fallback.Queue}) })
			g.add(x, func(s *situation) { s.Org.FailingTransfers = each([]string{queue, w.p.Fallback.Queue}) })
			g.add(x, func(s *situation) {
				s.Org.FailingTransfers, s.Org.MissingQueues = []string{queue}, []string{w.p.Fallback.Queue}
			})
		}
		if flow != "" {
			g.add(x, func(s *situation) { s.Org.MissingFlows = []string{flow} })
			g.add(x, func(s *situation) { s.Org.FailingTransfers = []string{flow} })
			g.add(x, func(s *situation) {
				s.Org.MissingFlows, s.Org.MissingQueues = []string{flow}, []string{w.p.Fallback.Queue}
			})
		}
		for i := range of {
			g.add(x, func(s *situation) { s.Org.MissingSkills = []string{of[i]} })
		}
		if len(of) > 1 {
			g.add(x, func(s *situation) { s.Org.MissingSkills = of })
			g.add(x, func(s *situation) { s.Org.MissingSkills = of[1:] })
		}
	}
	reach(w.found.base(), w.p.Fallback.Queue, "", w.p.Fallback.Skills)
	reach(w.found.open(), w.p.Fallback.Queue, "", w.p.Fallback.Skills)
	for i, r := range w.p.Rules {
		if x, ok := w.found.rule(i); ok {
			reach(x, r.To.Queue, r.To.Flow, r.To.Skills)
		}
	}
	for _, state := range w.states() {
		off := w.d.Calls.Schedule.Off(state)
		if off != nil && off.Then != nil {
			reach(w.found.base().with(func(y *sketch) { y.state = state }), off.Then.Queue, off.Then.Flow, nil)
		}
	}
	all := func(s *situation) {
		s.Org = Org{MissingQueues: queues, MissingSkills: skills, MissingFlows: flows, FailingTransfers: append(slices.Clone(queues), flows...)}
	}
	g.add(w.found.open(), all)
	g.add(w.found.base(), all)
	for i := range w.p.Rules {
		if x, ok := w.found.rule(i); ok {
			g.add(x, func(s *situation) { s.Org.MissingSkills = skills })
			g.add(x, func(s *situation) { all(s); s.Org.Rows = nil })
		}
	}
	return g.out
}

// legsFamily is a call that comes back: with the decision as it was kept, and with what somebody
// changed in it.
func (w *whole) legsFamily() []*situation {
	g := w.gather()
	ttl := w.d.Enrichment.Cache.TTL
	again := func(x sketch, after time.Duration, spoil map[string]string, change ...func(*situation)) {
		before := w.found.situation(x)
		g.add(w.found.base().with(func(y *sketch) { y.ani = x.ani }), func(s *situation) {
			s.earlier, s.spoil, s.At = before, spoil, s.At.Add(after)
			for _, c := range change {
				c(s)
			}
		})
	}
	const soon = time.Second
	sketches := []sketch{w.found.base(), w.found.known(), w.found.open()}
	for i := range w.p.Rules {
		if x, ok := w.found.rule(i); ok {
			sketches = append(sketches, x)
		}
	}
	for _, x := range sketches {
		again(x, soon, nil)
	}
	if v := w.p.ValuePriority; v != nil {
		again(w.found.open().with(func(y *sketch) { y.deal.amount = v.Per.String() }), soon, nil)
		again(w.found.open().with(func(y *sketch) { y.deal.amount = v.Per.String() }), soon, nil, func(s *situation) { s.Org.MissingQueues = []string{w.p.Fallback.Queue} })
	}
	for i, r := range w.p.Rules { // what was kept goes along to the fallback
		x, ok := w.found.rule(i)
		if !ok || r.To.Queue == "" || r.To.Queue == w.p.Fallback.Queue {
			continue
		}
		if v := w.p.ValuePriority; v != nil && x.deal.kind == dealOpen && x.deal.amount == "" {
			x = x.with(func(y *sketch) { y.deal.amount = v.Per.String() })
		}
		again(x, soon, nil, func(s *situation) { s.Org.MissingQueues = []string{r.To.Queue} })
		again(x, soon, nil, func(s *situation) { s.Org.FailingTransfers = []string{r.To.Queue} })
	}
	x := w.found.open()
	fresh := w.in.Now.Add(time.Hour).Format("2006-01-02T15:04:05")
	for _, spoil := range []map[string]string{
		{"dealroute_until": absent}, {"dealroute_until": ""}, {"dealroute_until": "soon"}, {"dealroute_until": "2026-11-23"},
		{"dealroute_until": fresh}, {"dealroute_until": fresh + "X"}, {"dealroute_until": fresh + "+Z"},
		{"dealroute_policy": absent}, {"dealroute_policy": "0000000000000000"}, {"dealroute_policy": ""},
		{"dealroute_outcome": absent}, {"dealroute_outcome": "lookup_failed"}, {"dealroute_outcome": ""}, {"dealroute_outcome": "x"}, {"dealroute_outcome": "no_record"},
		{"dealroute_rule": absent}, {"dealroute_rule": "no such rule"}, {"dealroute_rule": ""},
		{"dealroute_priority": absent}, {"dealroute_priority": "x"}, {"dealroute_priority": "1.5"}, {"dealroute_priority": "-"}, {"dealroute_priority": "--1"}, {"dealroute_priority": ""},
		{"dealroute_priority": "25000001"}, {"dealroute_priority": "99999999"}, {"dealroute_priority": "7"}, {"dealroute_priority": "-7"},
		{"hubspot_contact_id": absent}, {"hubspot_company_id": absent},
	} {
		again(x, soon, spoil)
	}
	for _, r := range w.p.Rules {
		again(x, soon, map[string]string{"dealroute_rule": r.Name})
	}
	if w.d.Enrichment.Cache.Store == deployment.CacheConversation {
		for _, d := range []time.Duration{0, ttl - time.Second, ttl, ttl + time.Second, ttl + time.Hour} {
			again(x, d, nil)
		}
	}
	again(x, soon, nil, func(s *situation) { s.Org.Rows = map[string]map[string]any{"switch": {"enabled": false}} })
	again(x, soon, nil, func(s *situation) { s.Org.TableFails = true })
	again(x, soon, nil, func(s *situation) { s.ANI = "anonymous" })
	for _, state := range w.states() {
		again(x, soon, nil, func(s *situation) { s.State = state })
	}
	return g.out
}

// constantsFamily is a caller with each value that the flow compares a property with.
func (w *whole) constantsFamily() []*situation {
	g := w.gather()
	x := w.found.open()
	for _, c := range w.constants() {
		for _, v := range c.texts() {
			g.add(x.with(func(y *sketch) {
				switch {
				case c.role == blueprint.RoleFindContact:
					y.set(c.property, v)
				case c.role == blueprint.RoleFindDeals && c.property == hubspot.PropDealStage:
					y.deal.stage = v
				case c.role == blueprint.RoleFindDeals && c.property == hubspot.PropPipeline:
					y.deal.pipeline = v
				case c.role == blueprint.RoleFindDeals && c.property == hubspot.PropHomeAmount:
					y.deal.amount = v
				case c.role == blueprint.RoleFindDeals:
					y.deal.set(c.property, v)
				}
			}))
		}
	}
	return g.out
}

// clockFamily is calls at every hour of a week, and on the days that the flow names, where a
// template of one's own asks for them. The built-in one asks for the schedule only.
func (w *whole) clockFamily() []*situation {
	g := w.gather()
	for _, at := range moments(w.in.Blueprint.Flow.Text, w.in.Now) {
		for _, x := range []sketch{w.found.base(), w.found.open()} {
			g.add(x, func(s *situation) { s.At = at })
		}
	}
	return g.out
}

// pagesFamily is as many deals as a page holds, and one more.
func (w *whole) pagesFamily() []*situation {
	if w.rollup() != nil { // none is read
		return nil
	}
	g := w.gather()
	page := func(n int, kind func(i int) string, alike int, rank string) {
		x := w.found.known()
		for i := range n {
			d := sale{kind: kind(i), stage: w.stagesApart()[i%3], amount: strconv.Itoa(5000 - i)}
			if i == 0 {
				x.deal = d
			} else {
				x.more = append(x.more, d)
			}
		}
		g.add(x, func(s *situation) {
			for i := range s.CRM.Deals {
				if alike != 0 { // the smallest id is the last one, or the first: of equals the oldest comes first
					w.ranked(&s.CRM.Deals[i], rank)
					s.CRM.Deals[i].ID = strconv.Itoa(dealID + 1000 + alike*i)
					s.CRM.Deals[i].CreatedAt = w.in.Now.Add(-time.Duration(500-i) * time.Hour)
				}
			}
		})
	}
	open := func(int) string { return dealOpen }
	won := func(int) string { return dealWon }
	last := func(first, last string, n int) func(int) string {
		return func(i int) string { return map[bool]string{true: last, false: first}[i == n-1] }
	}
	for _, rank := range []string{"100", ""} {
		// A flow that walks them in parts of 99 has one left over in the first part, and in the second.
		for _, n := range []int{100, 199, routing.PageSize} {
			page(n, open, -1, rank)
			page(n, open, 1, rank)
		}
	}
	for _, n := range []int{100, 199} {
		for _, x := range w.lastOfPage(n) {
			g.add(x)
		}
	}
	page(routing.PageSize, last(dealWon, dealOpen, routing.PageSize), 0, "")
	page(routing.PageSize, won, 0, "")
	page(routing.PageSize+1, open, 0, "")
	page(routing.PageSize+1, last(dealWon, dealOpen, routing.PageSize+1), 0, "")
	return g.out
}

// lastOfPage are callers of rules on some open deal who have n of them, of which only the last
// one of the page meets the rule's bounds, or none, as its amount is too small. At most two
// rules: a flow walks the page for all in one way.
func (w *whole) lastOfPage(n int) []sketch {
	var out []sketch
	for i, r := range w.p.Rules {
		t := r.When.AnyOpen
		if t == nil || t.MinValue == nil && t.MaxValue == nil || len(out) == 4 {
			continue
		}
		x, ok := w.found.rule(i)
		if !ok {
			continue
		}
		meets := x.deal
		if len(x.more) > 0 {
			meets = x.more[len(x.more)-1]
		}
		other := meets
		switch {
		case len(t.Stage) > 0: // by their amounts they stand before it
			other.stage, other.amount = w.found.otherStage(), "900000000"
		case t.MinValue == nil:
			other.amount = "900000000"
		default:
			other.amount = "-1"
		}
		fill := slices.Repeat([]sale{other}, n-1)
		less := meets
		less.amount = "0"
		for _, last := range []sale{meets, less} {
			out = append(out, x.with(func(y *sketch) {
				if len(y.more) > 0 {
					y.more = slices.Concat(y.more[:len(y.more)-1], fill, []sale{last})
				} else {
					y.deal, y.more = other, slices.Concat(fill[1:], []sale{last})
				}
			}))
		}
	}
	return out
}
