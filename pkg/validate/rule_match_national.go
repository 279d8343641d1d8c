package validate

import (
	"strconv"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/phone"
)

func ruleMatchNational() Rule {
	return Rule{
		Code: "DR-HUB-003", Severity: diag.Warning,
		Title: "national numbers of several countries",
		Text: "With `match: national` HubSpot is searched for the number without its country code, and a London number and one in Maine can be the same digits. " +
			"Matches whose country HubSpot knows are checked by the flow; for the others the first match is taken, perhaps a stranger. " +
			"`match: mixed` searches the full number first and the national form only where HubSpot knows no country.",
		check: func(c *check) {
			if l := c.d.HubSpot.Lookup; l.Match != "national" || !l.Searches() {
				return
			}
			var codes []string
			seen := map[int]bool{}
			for _, h := range c.d.HubSpot.Lookup.HomeCountries {
				if n := phone.CallingCode(h); !seen[n] {
					seen[n] = true
					codes = append(codes, "+"+strconv.Itoa(n))
				}
			}
			if len(codes) > 1 {
				c.at("hubspot.lookup.match", "national", "write match: mixed", "national numbers of %s can be the same digits: a caller may be taken for somebody else", listed(codes))
			}
		},
	}
}
