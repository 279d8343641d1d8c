package routing

import (
	"slices"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/phone"
)

// Keyed says how callers are known without a search: a contact is read by a property of its own,
// whose values are unique and numbers in E.164.
type Keyed struct {
	Property string
	Rollup   *Rollup // nil: the deals are read
}

// A Rollup names the properties of a contact that stand for its deals. HubSpot calculates them, of
// the deals of all pipelines.
type Rollup struct {
	Open  string // number of open deals
	All   string // number of deals
	Value string // sum of the open ones in company currency
}

// rolled reports whether a contact's own properties stand for its deals.
func (p Policy) rolled() bool { return p.Keyed != nil && p.Keyed.Rollup != nil }

// Callers are the contacts that have a caller's number in the property, in any spelling of the line.
// HubSpot finds no archived one, and compares the text as it is.
func (k Keyed) Callers(number phone.Number, contacts []hubspot.Contact) []hubspot.Contact {
	var lines []string
	for _, n := range append([]phone.Number{number}, number.Variants()...) {
		lines = append(lines, n.E164())
	}
	var out []hubspot.Contact
	for _, c := range contacts {
		if v, ok := c.Properties.Get(k.Property); ok && !c.Archived && slices.Contains(lines, v) {
			out = append(out, c)
		}
	}
	return out
}

// mostDeals is where counting ends: more deals are as many, also for openDeals of the rules.
const mostDeals = 999_999_999

// rollupFacts fills what the contact's own properties say of its deals. A number that is not there,
// or none as JSON has it, is 0; of a fraction the whole part counts, and less than none is none.
func rollupFacts(r Rollup, f *Facts, ps hubspot.Properties) {
	number := func(property string) Decimal {
		text, _ := ps.Get(property)
		n, err := readNumber(text)
		if err != nil {
			return Decimal{}
		}
		return n
	}
	count := func(property string) int {
		return int(max(0, number(property).FloorDiv(Int(1), mostDeals)))
	}
	f.OpenDeals, f.Deals = count(r.Open), count(r.All)
	value := Decimal{}
	switch {
	case f.OpenDeals > 0:
		f.Outcome, value = ActiveDeal, number(r.Value)
	case f.Deals > 0:
		f.Outcome = InactiveDeal
	default:
		f.Outcome = ContactNoDeal
		return
	}
	f.Value = &value
}
