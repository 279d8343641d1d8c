package simulate_test

import (
	"encoding/json"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/routing"
)

const keyProperty = "phone_e164"

// keyed makes of a deployment file one that reads contacts by a property of their own; of what a
// strategy cannot say nothing is left.
func (m maker) keyed(text, strategy string) string {
	var d object
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		m.t.Fatal(err)
	}
	hub := d["hubspot"].(object)
	lookup := hub["lookup"].(object)
	lookup["strategy"], lookup["property"] = strategy, keyProperty
	if lookup["duplicates"] == "all" {
		lookup["duplicates"] = "best"
	}
	if strategy == deployment.StrategyRollup {
		rollup := object{"open": "open_deals", "value": "open_value"}
		if rapid.Bool().Draw(m.t, "all deals") {
			rollup["all"] = "all_deals"
		}
		lookup["rollup"] = rollup
		delete(lookup, "company")
		delete(lookup, "pipelines")
		delete(d["enrichment"].(object), "dealStage")
		deal := map[string]bool{}
		facts, _ := hub["facts"].(object)
		for name, f := range facts {
			if deal[name] = f.(object)["deal"] != nil; deal[name] {
				delete(facts, name)
			}
		}
		rules, _ := d["routing"].(object)["rules"].([]any)
		for _, r := range rules {
			when := r.(object)["when"].(object)
			for _, key := range []string{"stage", "pipeline", "won", "anyOpen"} {
				delete(when, key)
			}
			if tests, ok := when["facts"].(object); ok {
				for name := range tests {
					if deal[name] {
						delete(tests, name)
					}
				}
				if len(tests) == 0 {
					delete(when, "facts")
				}
			}
			if len(when) == 0 {
				when["openDeals"] = one[any](m.t, "openDeals of a rollup", object{"min": 1}, object{"min": 2, "max": 400}, object{"max": 0})
			}
		}
		privacy := d["privacy"].(object)
		names, _ := privacy["participantData"].([]any)
		privacy["participantData"] = slices.DeleteFunc(names, func(n any) bool { return n == "hubspot_company_id" })
	}
	out, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		m.t.Fatal(err)
	}
	return string(out)
}

// key gives some of a caller's contacts a number in the property, each another spelling of the line,
// and says who is the caller by it.
func (m maker) key(l line, s situation) situation {
	s.crm.Properties = map[string][]hubspot.Definition{"contacts": {{Name: keyProperty, Unique: true}}}
	for _, name := range []string{"open_deals", "all_deals", "open_value"} {
		s.crm.Properties["contacts"] = append(s.crm.Properties["contacts"], hubspot.Definition{Name: name, Type: "number", FieldType: "calculation_rollup"})
	}
	p, err := phone.Parse(number(l.d), "")
	if err != nil {
		m.t.Fatal(err)
	}
	lines := append([]phone.Number{p}, p.Variants()...)
	holders := rapid.Permutation(lines).Draw(m.t, "spellings")[:one(m.t, "how many", 1, 1, 1, 0, len(lines), len(lines))]
	calls := s.same != nil || s.firms != nil || !s.unusable
	elsewhere := s.ani != "" && !s.unusable && !slices.ContainsFunc(lines, func(n phone.Number) bool {
		x, err := phone.Parse(s.ani, l.d.HubSpot.Lookup.HomeCountries[0])
		return err == nil && x.E164() == n.E164()
	})
	s.same = nil
	order := rapid.Permutation(s.crm.Contacts).Draw(m.t, "contacts of the line")
	for i, c := range order {
		switch {
		case i < len(holders):
			c.Properties[keyProperty] = hubspot.Text(holders[i].E164())
			if calls && !elsewhere && !c.Archived {
				s.same = append(s.same, c)
			}
		default: // some other text; no two have the same
			m.text(c.Properties, keyProperty, p.E164()+"0"+c.ID[:1], p.E164()[1:]+c.ID, p.National()+" "+c.ID, "+4930901820"+c.ID[:1])
			if v := c.Properties[keyProperty]; v != nil && i > len(holders) {
				c.Properties[keyProperty] = nil
			}
		}
	}
	if r := l.d.Policy().Keyed.Rollup; r != nil {
		s.crm.Deals = nil
		for _, c := range s.crm.Contacts {
			for _, name := range []string{r.Open, r.All} {
				m.text(c.Properties, name, "0", "0", "1", "2", "300", "1.5", "0.5", "-1", "1e2", "007", "many", "1e15")
			}
			m.text(c.Properties, r.Value, "0", "0.01", "100", "2500.5", "50000", "49999.999", "250000", "-20", "1e5", "much")
			if _, said := c.Properties[r.All]; !said && r.All == hubspot.PropAssociatedDeals {
				c.Properties[r.All] = nil
			}
		}
	}
	s.assume.MissingWith200 = rapid.Bool().Draw(m.t, "missing with 200")
	return s
}

// The whole call is the policy where contacts are read by a property of their own, too.
func TestTheCallIsThePolicyWithoutASearch(t *testing.T) {
	checks(t, 30)
	outcomes, strategies := map[string]int{}, deployment.Strategies()[1:]
	rapid.Check(t, func(t *rapid.T) {
		m := maker{t}
		strategy := one(t, "strategy", strategies...)
		l := rendered(t, m.keyed(m.deployment(), strategy)).under(t, m.readings())
		for range *calls {
			s := m.key(l, m.situation(l))
			w := expect(l, s)
			o := l.call(t, s.caller)
			compare(t, l, s, o, w)
			outcomes[strategy+" "+string(w.Outcome)]++
			if n := len(s.same); n > 1 && w.Requests > 0 {
				outcomes["several contacts, "+l.d.HubSpot.Lookup.Duplicates]++
			}
			l.callAgain(t, s, o, w)
		}
	})
	t.Log(outcomes)
	for _, s := range strategies {
		for _, o := range routing.Outcomes() {
			if outcomes[s+" "+string(o)] == 0 {
				t.Errorf("under %s no caller was %s", s, o)
			}
		}
	}
	for _, d := range []string{routing.DuplicatesBest, routing.DuplicatesAmbiguous} {
		if outcomes["several contacts, "+d] == 0 {
			t.Errorf("no line was several contacts' under duplicates: %s", d)
		}
	}
}
