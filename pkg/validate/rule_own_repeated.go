package validate

import (
	"github.com/dealroute/dealroute/pkg/diag"
)

func ruleOwnRepeated() Rule {
	return Rule{
		Code: "DR-CALL-005", Severity: diag.Info,
		Title: "an own number that counts already",
		Text:  "`calls.numbers` are among the own numbers anyway; the entry can go. So are other spellings of the same line, which numbering changes left in Brazil, Mexico and Argentina. `calls.ownNumbers` is for further ones: the switchboard, other sites, an outbound caller id.",
		check: func(c *check) {
			for i, n := range c.d.Calls.OwnNumbers {
				switch number, called := c.d.Number(n); {
				case number == n:
					c.at(item("calls.ownNumbers", i), n, "delete it", "%s is in calls.numbers and so an own number anyway", n)
				case called:
					c.at(item("calls.ownNumbers", i), n, "delete it", "%s is another spelling of %s in calls.numbers and so an own number anyway", n, number)
				}
			}
		},
	}
}
