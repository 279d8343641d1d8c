package load

import (
	"fmt"
	"maps"
	"strconv"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/routing"
)

// Derive gives a CRM what the lookup strategy of a deployment reads and nobody in it has, so that
// strategies can be compared on one CRM: the number in the property of its own, or where people
// type it; the numbers that stand for deals, or such deals. It says what it made up.
func Derive(crm hubspot.CRM, d *deployment.Deployment) (hubspot.CRM, []string) {
	l, made := d.HubSpot.Lookup, []string(nil)
	contacts := make([]hubspot.Contact, len(crm.Contacts))
	for i, c := range crm.Contacts {
		contacts[i] = c
		if contacts[i].Properties = maps.Clone(c.Properties); contacts[i].Properties == nil {
			contacts[i].Properties = hubspot.Properties{}
		}
	}
	crm.Contacts = contacts
	nobody := func(names ...string) bool {
		for _, c := range contacts {
			for _, n := range names {
				if _, ok := c.Properties.Get(n); ok && n != "" {
					return false
				}
			}
		}
		return true
	}
	say := func(format string, args ...any) { made = append(made, fmt.Sprintf(format, args...)) }
	switch {
	case l.Searches() && l.Property != "" && nobody(numbers...):
		for _, c := range contacts {
			if n, ok := c.Properties.Get(l.Property); ok {
				c.Properties[hubspot.PropPhone] = hubspot.Text(n)
			}
		}
		say("phone of the contacts, from their %s", l.Property)
	case !l.Searches() && nobody(l.Property):
		taken := map[string]bool{}
		for _, c := range contacts {
			for _, p := range numbers {
				text, _ := c.Properties.Get(p)
				if n, err := phone.Parse(text, l.HomeCountries[0]); err == nil && !taken[n.E164()] {
					taken[n.E164()] = true
					c.Properties[l.Property] = hubspot.Text(n.E164())
					break
				}
			}
		}
		say("%s of the contacts, from their own numbers; of two contacts with one number the first has it", l.Property)
	}
	r := l.Rollup
	switch {
	case r == nil:
	case l.Rolled() && nobody(r.Open, r.Value):
		of := rolled(crm)
		for _, c := range contacts {
			x := of[c.ID]
			c.Properties[r.Open], c.Properties[r.Value] = hubspot.Text(strconv.Itoa(x.open)), hubspot.Text(x.value.String())
			if r.All != hubspot.PropAssociatedDeals && r.All != "" {
				c.Properties[r.All] = hubspot.Text(strconv.Itoa(x.all))
			}
		}
		say("%s and %s of the contacts, from their deals", r.Open, r.Value)
	case !l.Rolled() && len(crm.Deals) == 0 && !nobody(r.Open):
		crm.Deals = unrolled(crm, r)
		say("deals of the contacts, as many as their %s, %s and %s say", r.Open, r.All, r.Value)
	}
	return crm, made
}

// A sum is what the deals of a contact come to.
type sum struct {
	open, all int
	value     routing.Decimal
}

func rolled(crm hubspot.CRM) map[string]sum {
	out := map[string]sum{}
	for _, d := range crm.Deals {
		if d.Archived {
			continue
		}
		pipeline, _ := d.Properties.Get(hubspot.PropPipeline)
		stage, _ := d.Properties.Get(hubspot.PropDealStage)
		at, _ := crm.Stage(pipeline, stage)
		for _, id := range d.Contacts {
			x := out[id]
			if x.all++; !at.Closed {
				x.open++
				text, _ := d.Properties.Get(hubspot.PropAmount)
				currency, other := d.Properties.Get(hubspot.PropCurrency)
				if n, err := routing.ParseDecimal(text); err == nil && (!other || currency == crm.Currency) {
					x.value = x.value.Add(n)
				}
			}
			out[id] = x
		}
	}
	return out
}

// unrolled are deals that come to what the numbers of the contacts say, in the first pipeline.
func unrolled(crm hubspot.CRM, r *deployment.Rollup) (out []hubspot.Deal) {
	p := crm.AllPipelines()[0]
	var open, closed string
	for _, s := range p.Stages {
		if s.Closed {
			closed = s.ID
		} else if open == "" {
			open = s.ID
		}
	}
	id := 1
	for _, c := range crm.Contacts {
		count := func(name string) int {
			text, _ := c.Properties.Get(name)
			n, err := strconv.Atoi(text)
			if err != nil || n < 0 || n > 1000 {
				return 0
			}
			return n
		}
		n, all := count(r.Open), count(r.All)
		value, _ := c.Properties.Get(r.Value)
		for i := range max(n, all) {
			d := hubspot.Deal{ID: strconv.Itoa(id), Contacts: []string{c.ID}, Properties: hubspot.Properties{
				hubspot.PropPipeline: hubspot.Text(p.ID), hubspot.PropDealStage: hubspot.Text(closed), hubspot.PropAmount: nil,
			}}
			if i < n {
				d.Properties[hubspot.PropDealStage] = hubspot.Text(open)
			}
			if i == 0 && n > 0 {
				d.Properties[hubspot.PropAmount] = hubspot.Text(value)
			}
			id++
			out = append(out, d)
		}
	}
	return out
}
