package validate

import (
	"github.com/dealroute/dealroute/pkg/diag"
)

func ruleHubUnique() Rule {
	return Rule{
		Code: "DR-HUB-009", Severity: diag.Error, account: true, preflight: true, stops: true,
		Title: "a property by which HubSpot reads no contact",
		Text: "`lookup.property` must be a property of contacts that takes unique values, which is chosen when it is created and never changes afterwards, and of type text (`string`): HubSpot answers a read by any other one with an error, so that every lookup would fail, and may rewrite a number in a property of type phone number. " +
			"Make a new property, fill it, and name it in the file: [lookups.md](lookups.md). Asked by `plan`, `setup` and `validate --online`.",
		check: func(c *check) {
			l := c.d.HubSpot.Lookup
			known, ok := c.in.Account.Properties["contacts"]
			if l.Searches() || !ok || !c.in.Account.Live {
				return
			}
			at := func(hint, format string, args ...any) {
				c.at("hubspot.lookup.property", l.Property, hint, format, append([]any{l.Property}, args...)...)
			}
			const create = "create a custom property of contacts for it: single-line text, with unique values"
			if _, there := known[l.Property]; !there {
				at(diag.DidYouMean(l.Property, sortedKeys(known)), "there is no property %q of contacts in %s, or it is archived: every lookup is refused", c.in.Account.Name)
				return
			}
			t, said := c.in.Account.Types["contacts"][l.Property]
			switch {
			case said && !t.Unique:
				at(create, "property %q of contacts does not have unique values in %s: every lookup is refused", c.in.Account.Name)
			case said && t.Type != "string":
				at(create, "property %q of contacts is of type %s in %s, not a text: its values may not be the numbers that callers have", t.Type, c.in.Account.Name)
			}
		},
	}
}
