package validate

import (
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/routing"
)

func ruleFactCase() Rule {
	return Rule{
		Code: "DR-FACT-013", Severity: diag.Warning,
		Title: "values of a fact that differ in capitals only",
		Text: "Text is compared exactly, and HubSpot holds the internal value of a choice, not its label. Two rules spell a value in two ways; at most one of them can be right. " +
			"HubSpot's property settings show the internal value.",
		check: func(c *check) {
			type spelling struct{ text, path string }
			seen := map[string]spelling{}
			for i, r := range c.d.Routing.Rules {
				for _, name := range sortedKeys(r.When.Facts) {
					if c.d.HubSpot.Facts[name].Type != routing.StringFact {
						continue
					}
					if r.When.Facts[name].IgnoreCase {
						continue
					}
					list := join(rulePath(i)+".when.facts", name)
					for path, v := range c.factValues(i, name) {
						key := name + "\x00" + strings.ToLower(v)
						first, ok := seen[key]
						switch {
						case !ok:
							seen[key] = spelling{v, list}
						case first.text != v && first.path != list: // both in one list is on purpose
							c.at(path, v, "write it as HubSpot has it, everywhere", "%s %q is written %q on %s", name, v, first.text, c.line(first.path))
						}
					}
				}
			}
		},
	}
}
