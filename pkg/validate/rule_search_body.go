package validate

import (
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot"
)

// searchPlace is what of the file makes the search of an action long: facts, else pipelines; a
// template that does it itself is at fault.
func (c *check) searchPlace(role string) diag.Position {
	deals := role == blueprint.RoleFindDeals
	for _, f := range c.d.HubSpot.Facts {
		if (f.Deal != "") == deals {
			return c.d.Pos("hubspot.facts")
		}
	}
	if deals && len(c.d.HubSpot.Lookup.Pipelines) > 0 {
		return c.d.Pos("hubspot.lookup.pipelines")
	}
	return c.actionTemplate(role)
}

func ruleSearchBody() Rule {
	return Rule{
		Code: "DR-LIMIT-001", Severity: diag.Error, artifacts: true,
		Title: "a search that HubSpot finds too long",
		Text:  "HubSpot refuses the body of a search over 3,000 characters, so that every lookup would fail; from four fifths of it this is a warning. The body is the one that the rendered action itself sends. Facts and pipelines make it longer: use fewer.",
		check: func(c *check) {
			for _, a := range c.b.Actions {
				body, _, ok := searchOf(a)
				n := utf8.RuneCount(body)
				if !ok || n <= hubspot.MaxSearchBody*4/5 {
					continue
				}
				f := c.place(c.searchPlace(a.Role), 0, "use fewer facts or pipelines", "the search of %q has %d characters, HubSpot takes %d", a.Definition.Name, n, hubspot.MaxSearchBody)
				if n <= hubspot.MaxSearchBody {
					f.Severity = diag.Warning
				}
			}
		},
	}
}
