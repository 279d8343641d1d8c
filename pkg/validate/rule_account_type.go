package validate

import (
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/routing"
)

func ruleAccountType() Rule {
	return Rule{
		Code: "DR-ACCT-005", Severity: diag.Warning, account: true, preflight: true, live: diag.Error,
		Title: "a fact of another type than the account's property",
		Text: "A value that the fact's type cannot read counts as not set, so conditions on it never hold: a `number` fact of a date, a `date` fact of a text, anything but a `string` of a property that takes several options at once, whose value is `a;b`. " +
			"HubSpot's settings (Properties) show the type. Asked by `plan`, `setup` and `validate --online`.",
		check: func(c *check) {
			c.facts(func(name string, f deployment.Fact, object, key, property string) {
				t, known := c.in.Account.Types[object][property]
				if !known || f.Type == routing.StringFact {
					return
				}
				is := t.Type
				if t.several() {
					is = "select of several options"
				}
				if readable(f.Type, t.Type) {
					return
				}
				path := join("hubspot.facts", name) + ".type"
				found := c.at(path, f.Type, "write the type that the property has, or leave it out to compare texts", "fact %q is read as %s, and %s property %q is a %s in %s", name, f.Type, key, property, is, c.in.Account.Name)
				if t.Type == "string" || t.Type == "enumeration" && !t.several() { // its values may be of the form all the same
					found.Severity = diag.Warning
				}
			})
		},
	}
}

// readable reports whether values of a property of that type can be read as a fact of that type.
func readable(fact, property string) bool {
	switch property {
	case "number":
		return fact == routing.NumberFact
	case "date", "datetime":
		return fact == routing.DateFact
	case "bool":
		return fact == routing.BooleanFact
	}
	return false
}
