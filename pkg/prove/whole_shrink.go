package prove

import (
	"context"
	"maps"
	"slices"
)

// shrink makes the call of a finding simpler, as long as it still breaks the same property.
func (w *whole) shrink(ctx context.Context, b finding) (*situation, flaw, ran, want) {
	s, f := b.s, b.flaw
	o, wanted := w.try(ctx, s, nil)
	breaks := func(c *situation) bool {
		x, want := w.try(ctx, c, nil)
		for _, y := range w.judge(c, x, want) {
			if y.property == f.property {
				s, f, o, wanted = c, y, x, want
				return true
			}
		}
		return false
	}
	for again := true; again; {
		again = false
		for _, c := range s.simpler() {
			if breaks(c) {
				again = true
				break
			}
		}
	}
	return s, f, o, wanted
}

// simpler are calls with one thing less.
func (s *situation) simpler() []*situation {
	var out []*situation
	add := func(change func(*situation)) {
		c := *s
		c.CRM.Contacts, c.CRM.Companies, c.CRM.Deals = slices.Clone(s.CRM.Contacts), slices.Clone(s.CRM.Companies), slices.Clone(s.CRM.Deals)
		change(&c)
		out = append(out, &c)
	}
	if len(s.CRM.Deals) > 5 {
		add(func(c *situation) { c.CRM.Deals = c.CRM.Deals[:len(c.CRM.Deals)/2] })
		return out
	}
	for i := range s.CRM.Deals {
		add(func(c *situation) { c.CRM.Deals = slices.Delete(c.CRM.Deals, i, i+1) })
	}
	for i := range s.CRM.Companies {
		add(func(c *situation) { c.CRM.Companies = slices.Delete(c.CRM.Companies, i, i+1) })
	}
	for i := range s.CRM.Contacts {
		add(func(c *situation) { c.CRM.Contacts = slices.Delete(c.CRM.Contacts, i, i+1) })
	}
	if len(s.Faults) > 0 {
		add(func(c *situation) { c.Faults = nil })
	}
	if len(s.Org.Rows) > 0 {
		add(func(c *situation) { c.Org.Rows = nil })
	}
	for _, list := range []func(*Org) *[]string{
		func(o *Org) *[]string { return &o.MissingQueues }, func(o *Org) *[]string { return &o.MissingSkills },
		func(o *Org) *[]string { return &o.MissingFlows }, func(o *Org) *[]string { return &o.FailingTransfers },
	} {
		for i := range *list(&s.Org) {
			add(func(c *situation) { l := list(&c.Org); *l = slices.Delete(slices.Clone(*l), i, i+1) })
		}
	}
	for i, d := range s.CRM.Deals {
		for _, name := range sortedKeys(d.Properties) {
			if d.Properties[name] == nil || kept[name] {
				continue
			}
			add(func(c *situation) {
				ps := maps.Clone(d.Properties)
				delete(ps, name)
				c.CRM.Deals[i].Properties = ps
			})
		}
	}
	for i, x := range s.CRM.Contacts {
		for _, name := range sortedKeys(x.Properties) {
			if x.Properties[name] == nil || kept[name] {
				continue
			}
			add(func(c *situation) {
				ps := maps.Clone(x.Properties)
				delete(ps, name)
				c.CRM.Contacts[i].Properties = ps
			})
		}
	}
	return out
}

// kept are properties that a record does not lose: it would be none of HubSpot's.
var kept = map[string]bool{
	"hs_is_closed": true, "hs_is_closed_won": true, "hs_is_closed_lost": true, "pipeline": true, "dealstage": true, "createdate": true, "hs_deal_stage_probability": true,
	"phone": true, "mobilephone": true, "hs_calculated_phone_number": true, "hs_calculated_mobile_number": true, "hs_searchable_calculated_phone_number": true, "hs_searchable_calculated_mobile_number": true,
	"firstname": true, "lastname": true, "email": true,
}
