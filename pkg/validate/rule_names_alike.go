package validate

import (
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
)

func ruleNamesAlike() Rule {
	return Rule{
		Code: "DR-ROUTE-010", Severity: diag.Warning,
		Title: "two names that differ in blanks, hyphens or underscores",
		Text: "Two queues, two skills or two flows have names that people read as one. One of them is probably a slip, and `setup` would create a queue or a skill beside the other. " +
			"Write both the same, or give them names that tell them apart.",
		check: func(c *check) {
			plain := strings.NewReplacer(" ", "", "-", "", "_", "")
			seen := map[string]string{}
			one := func(noun, path, name string) {
				key := noun + " " + strings.ToLower(plain.Replace(name))
				first, ok := seen[key]
				if !ok {
					seen[key] = name
				} else if !strings.EqualFold(first, name) { // capitals alone are DR-FILE-024
					c.at(path, name, "write both the same if they are one", "%s %q is almost %q", noun, name, first)
				}
			}
			for path, to := range c.targets() {
				if to.Flow != "" {
					one("flow", path+".flow", to.Flow)
					continue
				}
				one("queue", path+".queue", to.Queue)
				for i, s := range to.Skills {
					one("skill", item(path+".skills", i), s)
				}
			}
		},
	}
}
