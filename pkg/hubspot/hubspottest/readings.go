package hubspottest

import "reflect"

// Readings are the names of what an account may do one way or the other without breaking
// what the templates say they rest on; docs/assumptions.md has that.
func Readings() []string {
	return []string{
		"PhoneNormalised", "EmptySortsFirst", "NoDealsIsZero", "PlainProbability", "NegativesMatchEmpty",
		"CountryDigitsSearched", "CaseSensitiveInStrings", "AssociationIn", "MissingWith200",
	}
}

// Otherwise reads these facts the other way than Assumed does. Names that are none are passed over.
func Otherwise(names ...string) Option {
	return Assume(func(a *Assumptions) {
		for _, n := range names {
			if f := reflect.ValueOf(a).Elem().FieldByName(n); f.IsValid() {
				f.SetBool(!f.Bool())
			}
		}
	})
}
