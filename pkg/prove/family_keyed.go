package prove

import (
	"maps"
	"strconv"
	"time"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/routing"
)

// definitions are those of the properties by which contacts are read, and of the numbers that stand
// for their deals: the account has them although no record may.
func (b builder) definitions() map[string][]hubspot.Definition {
	k := b.p.Keyed
	if k == nil {
		return nil
	}
	out := []hubspot.Definition{{Name: k.Property, Type: "string", Unique: true}}
	if r := k.Rollup; r != nil {
		for _, name := range []string{r.Open, r.All, r.Value} {
			out = append(out, hubspot.Definition{Name: name, Type: "number", FieldType: "calculation_rollup"})
		}
	}
	return map[string][]hubspot.Definition{"contacts": out}
}

// rolled is the sketch of a contact whose deals are kept in numbers of its own. What its
// properties say already stays.
func (b builder) rolled(x sketch) sketch {
	r := b.rollup()
	open, all, value, said := x.many, 0, routing.Decimal{}, ""
	for i, d := range append([]sale{x.deal}, x.more...) {
		if d.kind == "" {
			continue
		}
		if all++; d.kind != dealOpen {
			continue
		}
		open++
		n, ok := routing.Read(routing.NumberFact, d.amount)
		if ok {
			value = value.Add(n.Number)
		}
		if said = value.String(); i == 0 && len(x.more) == 0 { // whatever it is
			said = d.amount
		}
	}
	y := x.with(func(y *sketch) { y.deal, y.more, y.many = sale{}, nil, 0 })
	own := maps.Clone(y.contact)
	if open+all > 0 { // a contact without deals was never counted
		y.set(r.Open, strconv.Itoa(open))
		y.set(r.All, strconv.Itoa(all+x.many))
		y.set(r.Value, said)
	}
	maps.Copy(y.contact, own)
	return y
}

// keysFamily is who has the number in the property by which contacts are read, and who has it elsewhere.
func (w *whole) keysFamily() []*situation {
	k := w.p.Keyed
	if k == nil {
		return nil
	}
	g := w.gather()
	n, err := phone.Parse(w.found.ani, w.home)
	if err != nil {
		return nil
	}
	key := func(s *situation, i int, v string) {
		s.CRM.Contacts[i].Properties[k.Property] = hubspot.Text(v)
		if v == "" {
			s.CRM.Contacts[i].Properties[k.Property] = nil
		}
	}
	// near misses: the number in another property, or in another form
	for _, v := range []string{"", n.E164(), n.E164()[1:], n.National(), "0" + n.National(), n.E164() + "1", n.E164()[:len(n.E164())-1], " " + n.E164(), n.E164()[:3] + " " + n.E164()[3:], "+48" + n.National()} {
		g.add(w.found.open(), func(s *situation) { key(s, 0, v) })
	}
	g.add(w.found.open(), func(s *situation) { // only there
		for _, p := range []string{hubspot.PropPhone, hubspot.PropMobile, hubspot.PropCalcPhone, hubspot.PropCalcMobile, hubspot.PropSearchPhone, hubspot.PropSearchMobile} {
			s.CRM.Contacts[0].Properties[p] = nil
		}
	})
	g.add(w.found.open(), func(s *situation) { s.CRM.Contacts[0].Archived = true })
	second := func(s *situation, id, v string, after time.Duration) {
		c := w.found.contact(id, s.ANI)
		c.UpdatedAt = s.CRM.Contacts[0].UpdatedAt.Add(after)
		c.Properties[k.Property] = hubspot.Text(v)
		if r := w.rollup(); r != nil {
			c.Properties[r.Open], c.Properties[r.All], c.Properties[r.Value] = hubspot.Text("0"), hubspot.Text("2"), hubspot.Text("0")
		} else {
			s.CRM.Deals = append(s.CRM.Deals, w.found.dealOf(sale{kind: dealWon, stage: w.stagesApart()[1], amount: "700"}, len(s.CRM.Deals), []string{id}, nil))
		}
		s.CRM.Contacts = append(s.CRM.Contacts, c)
	}
	g.add(w.found.open(), func(s *situation) { second(s, "90000000902", "+4930901820", time.Minute) }) // somebody else
	g.add(w.found.base(), func(s *situation) {                                                         // nobody, and others
		s.CRM.Contacts = append(s.CRM.Contacts, w.found.contact(contactID, "+4930901820"))
	})
	// lines that are written in several ways: each may be another contact's
	for _, ani := range []string{"+5588987654321", "+558887654321", "+5491123456789", "+525512345678"} {
		line, err := phone.Parse(ani, w.home)
		if err != nil {
			continue
		}
		x := w.found.open().with(func(y *sketch) { y.ani = ani })
		g.add(x)
		for i, v := range line.Variants() {
			g.add(x, func(s *situation) { key(s, 0, v.E164()) })
			for _, after := range []time.Duration{-time.Minute, -500 * time.Millisecond, 0, 500 * time.Millisecond, time.Minute} {
				for _, id := range []string{"90000000902", "95", "900719925474099301"} {
					if i > 0 && (after != time.Minute || id != "95") {
						continue
					}
					g.add(x, func(s *situation) { second(s, id, v.E164(), after) })
				}
			}
			for _, stamps := range [][2]string{ // one moment in two forms, and moments that are no text apart
				{"2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00Z"}, {"2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5Z"}, {"2026-01-01T00:00:00.49Z", "2026-01-01T00:00:00.5Z"}, {"2026-01-01T00:00:01Z", "2026-01-01T00:00:00.999Z"},
			} {
				g.add(x, func(s *situation) {
					second(s, "95", v.E164(), 0)
					for i, at := range stamps {
						s.CRM.Contacts[i].Properties[hubspot.PropContactModified] = hubspot.Text(at)
					}
				})
			}
			if w.p.Company == routing.CompanyNumbers { // who has the number, too, and comes behind them
				g.add(x, func(s *situation) {
					second(s, "95", v.E164(), time.Minute)
					s.CRM.Companies = append(s.CRM.Companies, hubspot.Company{ID: companyID, UpdatedAt: w.in.Now.Add(-time.Hour), Properties: hubspot.Properties{hubspot.PropPhone: hubspot.Text(line.E164())}})
					s.CRM.Deals = append(s.CRM.Deals, w.found.dealOf(sale{kind: dealOpen, stage: w.stagesApart()[2], amount: "900"}, len(s.CRM.Deals), nil, []string{companyID}))
				})
			}
			g.add(x, func(s *situation) { second(s, "95", v.E164(), time.Minute); s.CRM.Contacts[1].Archived = true })
			g.add(x, func(s *situation) { second(s, "95", v.E164(), time.Minute); s.CRM.Contacts[0].Archived = true })
		}
	}
	for _, id := range []string{"95", "900719925474099301"} { // ids get longer with the years
		g.add(w.found.open(), func(s *situation) {
			s.CRM.Contacts[0].ID = id
			for i := range s.CRM.Deals {
				s.CRM.Deals[i].Contacts = []string{id}
			}
		})
	}
	return g.out
}

// rollupsFamily is what the numbers that stand for a contact's deals may be, two and two.
func (w *whole) rollupsFamily() []*situation {
	r := w.rollup()
	if r == nil {
		return nil
	}
	g := w.gather()
	counts := []string{"", "0", "1", "2", "0.5", "1.5", "-1", "1e2", "1.0", "007", "many", "999999999", "1000000000", "1e15", "999999999999999", "1234567890123456"}
	values := []string{"", "0", "100", "-100", "0.5", "much", "1e5", "999999999999999"}
	put := func(open, all, value string) {
		g.add(w.found.known(), func(s *situation) {
			for name, v := range map[string]string{r.Open: open, r.All: all, r.Value: value} {
				if s.CRM.Contacts[0].Properties[name] = nil; v != "" {
					s.CRM.Contacts[0].Properties[name] = hubspot.Text(v)
				}
			}
		})
	}
	for _, open := range counts {
		for _, all := range []string{"", "0", "3"} {
			put(open, all, "100")
		}
	}
	for _, all := range counts {
		put("0", all, "")
		put("", all, "100")
	}
	for _, v := range values {
		put("1", "1", v)
		put("0", "1", v)
	}
	g.add(w.found.known(), func(s *situation) { // empty as HubSpot clears a property
		for _, name := range []string{r.Open, r.All, r.Value} {
			s.CRM.Contacts[0].Properties[name] = hubspot.Text("")
		}
	})
	return g.out
}

// keyNumber reports whether a property holds phone numbers.
func (w *whole) keyNumber(name string) bool {
	return numbers[name] || w.p.Keyed != nil && w.p.Keyed.Property == name
}

// rollupProperty reports whether a property is a number that stands for deals.
func (w *whole) rollupProperty(name string) bool {
	r := w.rollup()
	return r != nil && (name == r.Open || name == r.All || name == r.Value)
}
