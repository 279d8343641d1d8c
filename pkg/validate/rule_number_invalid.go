package validate

import (
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/phone"
)

func ruleNumberInvalid() Rule {
	return Rule{
		Code: "DR-CALL-004", Severity: diag.Warning,
		Title: "a number that nobody can have",
		Text:  "It has the form of E.164, but its country's numbering plan has no such number: a digit is missing or too many, or the area code does not exist. +1 555 123 4567, known from films, is one.",
		check: func(c *check) {
			for _, list := range []struct {
				path    string
				numbers []string
			}{{"calls.numbers", c.d.Calls.Numbers}, {"calls.ownNumbers", c.d.Calls.OwnNumbers}} {
				for i, n := range list.numbers {
					if p, err := phone.Parse(n, c.d.HubSpot.Lookup.HomeCountries[0]); err != nil || !p.Valid() {
						c.at(item(list.path, i), n, "compare it with the number as it is dialled", "no subscriber can have the number %s", n)
					}
				}
			}
		},
	}
}
