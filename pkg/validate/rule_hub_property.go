package validate

import (
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

func ruleHubProperty() Rule {
	return Rule{
		Code: "DR-HUB-008", artifacts: true, account: true, preflight: true, stops: true,
		Title: "a property of HubSpot's own that the data actions need and the account does not have",
		Text: "HubSpot refuses a search that filters or sorts by a property it does not know, so every lookup would fail. One that is only read is left out of the answer without a word, and what is made of it, the value of deals in company currency for example, is never set; that is a warning. " +
			"Which properties are asked for stands in the rendered data actions. Asked by `plan`, `setup` and `validate --online`.",
		check: func(c *check) {
			if !c.in.Account.Live {
				return
			}
			for _, a := range c.b.Actions {
				object := Object(a)
				known, ok := c.in.Account.Properties[object]
				if !ok {
					continue
				}
				by, read := Properties(a)
				var own []string // of the file, which says it where they are named
				for _, f := range c.d.HubSpot.Facts {
					own = append(own, f.Contact, f.Deal)
				}
				own = append(own, c.d.HubSpot.Lookup.Kept()...)
				for _, p := range by {
					if _, there := known[p]; !there {
						c.at("hubspot.lookup", "lookup", "restore it in HubSpot", "there is no property %q of %s in %s, by which %q searches: every lookup is refused", p, object, c.in.Account.Name, a.Definition.Name)
					}
				}
				for _, p := range read {
					if _, there := known[p]; !there && !slices.Contains(by, p) && !slices.Contains(own, p) {
						c.at("hubspot.lookup", "lookup", "restore it in HubSpot", "there is no property %q of %s in %s, which %q reads: what is made of it is never set", p, object, c.in.Account.Name, a.Definition.Name).Severity = diag.Warning
					}
				}
			}
		},
	}
}

var (
	searchedBy  = pattern.Of(`"propertyName"\s*:\s*"([a-z0-9_]+)"`)
	askedFor    = pattern.Of(`"properties"\s*:\s*\[([^\]]*)\]`)
	quotedNames = pattern.Of(`"([a-z0-9_]+)"`)
)

// Object is what a data action reads of HubSpot, such as contacts; empty when it reads nothing there.
func Object(a blueprint.ActionArtifact) string {
	object, _ := strings.CutPrefix(hubspot.Scope(a.Definition.Request.URLTemplate), "crm.objects.")
	return strings.TrimSuffix(object, ".read")
}

// Properties are those that a data action filters and sorts by, and those that it asks for.
func Properties(a blueprint.ActionArtifact) (by, read []string) {
	text := a.Definition.Request.Template
	for _, m := range searchedBy().FindAllStringSubmatch(text, -1) {
		by = append(by, m[1])
	}
	for _, list := range askedFor().FindAllStringSubmatch(text, -1) {
		for _, m := range quotedNames().FindAllStringSubmatch(list[1], -1) {
			read = append(read, m[1])
		}
	}
	slices.Sort(by)
	slices.Sort(read)
	return slices.Compact(by), slices.Compact(read)
}
