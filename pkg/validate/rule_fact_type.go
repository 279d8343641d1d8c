package validate

import (
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/routing"
)

// knownTypes are HubSpot's own properties whose type no account can change, by the type a
// fact must have to compare them. Texts are left out: any value reads as a text.
var knownTypes = map[string]string{
	"contact createdate": routing.DateFact, "contact lastmodifieddate": routing.DateFact, "contact closedate": routing.DateFact,
	"contact notes_last_contacted": routing.DateFact, "contact notes_last_updated": routing.DateFact, "contact hs_lastmodifieddate": routing.DateFact,
	"contact num_associated_deals": routing.NumberFact, "contact total_revenue": routing.NumberFact, "contact recent_deal_amount": routing.NumberFact,
	"contact recent_deal_close_date": routing.DateFact, "contact hubspotscore": routing.NumberFact, "contact lifecyclestage": routing.StringFact,
	"deal amount": routing.NumberFact, "deal amount_in_home_currency": routing.NumberFact, "deal hs_projected_amount": routing.NumberFact,
	"deal closedate": routing.DateFact, "deal createdate": routing.DateFact, "deal hs_lastmodifieddate": routing.DateFact,
	"deal hs_is_closed": routing.BooleanFact, "deal hs_is_closed_won": routing.BooleanFact, "deal hs_deal_stage_probability": routing.NumberFact,
	"deal dealstage": routing.StringFact, "deal pipeline": routing.StringFact, "deal dealtype": routing.StringFact,
}

func ruleFactType() Rule {
	return Rule{
		Code: "DR-FACT-014", Severity: diag.Warning,
		Title: "a fact of another type than its property",
		Text: "A value that the fact's type cannot read counts as not set, so conditions on it never hold. The property is one of HubSpot's own and its type is known. " +
			"As `string` any property can be read, but then only equality can be asked, and HubSpot's form of numbers and dates must be met exactly.",
		check: func(c *check) {
			for _, name := range sortedKeys(c.d.HubSpot.Facts) {
				f := c.d.HubSpot.Facts[name]
				if want := propertyType(f); want != "" && want != f.Type {
					c.at(join("hubspot.facts", name)+".type", f.Type, "write type: "+want, "fact %q is read as %s, and property %q of a %s is a %s", name, f.Type, f.Contact+f.Deal, word(f.Deal != "", "deal", "contact"), want)
				}
			}
		},
	}
}

// propertyType is the type of a fact's property, where no account can change it; else empty.
func propertyType(f deployment.Fact) string {
	if f.Deal != "" {
		return knownTypes["deal "+f.Deal]
	}
	return knownTypes["contact "+f.Contact]
}

func word(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}
