package validate

import (
	"slices"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/phone"
)

func ruleNumberCountry() Rule {
	return Rule{
		Code: "DR-CALL-003", Severity: diag.Warning,
		Title: "a called number of another country",
		Text: "A number of yours is in a country that `hubspot.lookup.homeCountries` leaves out, and callers of that country probably are, too: they often show their number without the " +
			"country code, which is then read as a number of the first home country and finds nobody, or somebody else. Add the country.",
		check: func(c *check) {
			home := c.d.HubSpot.Lookup.HomeCountries
			codes := map[int]bool{}
			for _, h := range home {
				codes[phone.CallingCode(h)] = true
			}
			for i, n := range c.d.Calls.Numbers {
				p, err := phone.Parse(n, home[0])
				if err != nil || p.Region() == "" || !phone.KnownRegion(p.Region()) || slices.Contains(home, p.Region()) || codes[phone.CallingCode(p.Region())] {
					continue
				}
				c.at(item("calls.numbers", i), n, "add it to hubspot.lookup.homeCountries", "number %s is in %s, which is no home country", n, p.Region())
			}
		},
	}
}
