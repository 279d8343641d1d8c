package validate

import (
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot"
)

// rollupField is how HubSpot calls a property that it calculates of associated records.
const rollupField = "calculation_rollup"

func ruleHubRollup() Rule {
	return Rule{
		Code: "DR-HUB-010", Severity: diag.Error, account: true, preflight: true, stops: true,
		Title: "a rollup that the account does not have",
		Text: "HubSpot leaves a property that it does not know out of its answers without a word. Without the number of open deals every contact would have none. The properties of `lookup.rollup` are numbers that HubSpot calculates of the contact's deals, field type rollup, which only people can make, in HubSpot's settings: [lookups.md](lookups.md). " +
			"One that HubSpot does not calculate is a warning: somebody must keep it up to date. Asked by `plan`, `setup` and `validate --online`.",
		check: func(c *check) {
			l := c.d.HubSpot.Lookup
			known, ok := c.in.Account.Properties["contacts"]
			if !l.Rolled() || !ok || !c.in.Account.Live {
				return
			}
			for _, p := range []struct{ key, name, lost string }{
				{"open", l.Rollup.Open, "every contact has no open deal"}, {"all", l.Rollup.All, "nobody is inactive_deal"}, {"value", l.Rollup.Value, "the value is always 0"},
			} {
				path := "hubspot.lookup.rollup." + p.key
				if _, there := known[p.name]; !there {
					c.at(path, p.name, diag.DidYouMean(p.name, sortedKeys(known)), "there is no property %q of contacts in %s, or it is archived: %s", p.name, c.in.Account.Name, p.lost)
					continue
				}
				t, said := c.in.Account.Types["contacts"][p.name]
				switch {
				case !said:
				case t.Type != "number":
					c.at(path, p.name, "name a rollup property", "property %q of contacts is of type %s in %s, not a number: %s", p.name, t.Type, c.in.Account.Name, p.lost)
				case t.Field != rollupField && p.name != hubspot.PropAssociatedDeals:
					c.at(path, p.name, "see who fills it", "property %q of contacts is not calculated as a rollup in %s: it is as true as who fills it", p.name, c.in.Account.Name).Severity = diag.Warning
				}
			}
		},
	}
}
