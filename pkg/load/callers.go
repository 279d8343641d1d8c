package load

import (
	"fmt"
	"strings"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/phone"
)

// numbers are the properties of a contact in which a number of it stands.
var numbers = []string{hubspot.PropCalcPhone, hubspot.PropCalcMobile, hubspot.PropPhone, hubspot.PropMobile}

// Callers are the numbers of the contacts of a CRM, in E.164 and in their order, each once. One
// without a country is read in the home country. kept is the property in which a deployment keeps
// the number; empty without one.
func Callers(crm hubspot.CRM, home, kept string) []string {
	var out []string
	known := map[string]bool{}
	for _, c := range crm.Contacts {
		for _, p := range append([]string{kept}, numbers...) {
			text, _ := c.Properties.Get(p)
			n, err := phone.Parse(text, home)
			if err == nil && !c.Archived && !known[n.E164()] {
				known[n.E164()] = true
				out = append(out, n.E164())
			}
		}
	}
	return out
}

// Strangers are numbers of nobody in a CRM: those that are kept for fiction in the areas of the
// United States, some of which hold for every deployment alike.
func Strangers(crm hubspot.CRM, kept string, most int) []string {
	taken := map[string]bool{}
	for _, c := range crm.Contacts {
		for _, p := range append([]string{kept}, numbers...) {
			text, _ := c.Properties.Get(p)
			if digits := digitsOf(text); len(digits) >= 10 {
				taken[digits[len(digits)-10:]] = true
			}
		}
	}
	out := make([]string, 0, most)
	for area := 201; area < 990 && len(out) < most; area++ {
		if area%100 == 11 || area/10%10 == 9 || area == 555 {
			continue // no areas
		}
		for line := 100; line < 200 && len(out) < most; line++ {
			if n := fmt.Sprintf("%d5550%d", area, line); !taken[n] {
				out = append(out, "+1"+n)
			}
		}
	}
	return out
}

func digitsOf(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
}
