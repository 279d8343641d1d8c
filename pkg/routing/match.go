package routing

import (
	"slices"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/phone"
)

// How a number is searched.
const (
	MatchMixed    = "mixed"
	MatchE164     = "e164"
	MatchNational = "national"
)

// Callers are the contacts that have a caller's number, given with the properties that
// HubSpot calculates. home are the countries whose national forms are searched. Any spelling
// of the line counts as the number. A contact with the E.164 number itself, calculated or as
// somebody typed it, beats those whose national number matches only; among these HubSpot may
// have calculated no other E.164 number.
func Callers(match string, home []string, number phone.Number, contacts []hubspot.Contact) []hubspot.Contact {
	var e164, national []string
	for _, n := range append([]phone.Number{number}, number.Variants()...) {
		e164 = append(e164, n.E164())
		national = append(national, n.National())
	}
	calls := func(region string) bool { return phone.CallingCode(region) == number.CallingCode() }
	atHome := slices.ContainsFunc(home, calls)
	has := func(c hubspot.Contact, values []string, properties ...string) bool {
		return slices.ContainsFunc(properties, func(p string) bool {
			v, ok := c.Properties.Get(p)
			return ok && slices.Contains(values, v)
		})
	}
	other := func(c hubspot.Contact, property string) bool {
		v, ok := c.Properties.Get(property)
		return ok && !slices.Contains(e164, v)
	}
	var exact, like []hubspot.Contact
	for _, c := range contacts {
		typed := has(c, e164, hubspot.PropPhone, hubspot.PropMobile)
		calculated := has(c, e164, hubspot.PropCalcPhone, hubspot.PropCalcMobile)
		digits := atHome && match != MatchE164 && has(c, national, hubspot.PropSearchPhone, hubspot.PropSearchMobile)
		switch {
		case typed, calculated && (match != MatchNational || digits):
			exact = append(exact, c)
		case digits && !other(c, hubspot.PropCalcPhone) && !other(c, hubspot.PropCalcMobile):
			like = append(like, c)
		}
	}
	if slices.ContainsFunc(exact, func(c hubspot.Contact) bool { return !c.Archived }) {
		return exact
	}
	return like
}
