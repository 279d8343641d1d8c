package validate

import (
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/routing"
)

func ruleAccountOption() Rule {
	return Rule{
		Code: "DR-ACCT-004", Severity: diag.Warning, account: true, preflight: true,
		Title: "a value that is no option of its property",
		Text: "The property is a select, and its values are among the options that the account states, by their internal names and not by their labels. " +
			"A value that is none of them, or that has other capitals or blanks, never fires. Asked by `simulate`, of the fixtures or with `--crm live` of the account, and by `plan`, `setup` and `validate --online`.",
		check: func(c *check) {
			ask := func(path, object, property, value string) {
				if options := c.in.Account.Properties[object][property]; len(options) > 0 {
					c.unknownName(path, "option of "+property, value, options, nil, "it never fires")
				}
			}
			for i, r := range c.d.Routing.Rules {
				for j, s := range r.When.Lifecycle {
					ask(item(rulePath(i)+".when.lifecycle", j), "contacts", hubspot.PropLifecycle, s)
				}
				for _, name := range sortedKeys(r.When.Facts) {
					f := c.d.HubSpot.Facts[name]
					if f.Type != routing.StringFact { // options are texts
						continue
					}
					if r.When.Facts[name].IgnoreCase {
						continue
					}
					for path, v := range c.factValues(i, name) {
						ask(path, "contacts", f.Contact, v)
						ask(path, "deals", f.Deal, v)
					}
				}
			}
		},
	}
}
