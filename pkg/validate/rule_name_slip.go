package validate

import (
	"slices"
	"strings"
	"unicode"

	"github.com/dealroute/dealroute/pkg/diag"
)

func ruleNameSlip() Rule {
	return Rule{
		Code: "DR-ROUTE-011", Severity: diag.Warning,
		Title: "a name used once that is almost another",
		Text: "A queue, a skill or a flow is named once, and a letter tells it from another name of the file. If it is a slip, callers would go to a queue in which nobody works, or to another flow. " +
			"Write both the same, or ignore this if they are two. Short words, words with digits and further words count as meant.",
		check: func(c *check) {
			type use struct{ noun, path, name string }
			var uses []use
			for path, to := range c.targets() {
				if to.Flow != "" {
					uses = append(uses, use{"flow", path + ".flow", to.Flow})
					continue
				}
				uses = append(uses, use{"queue", path + ".queue", to.Queue})
				for i, s := range to.Skills {
					uses = append(uses, use{"skill", item(path+".skills", i), s})
				}
			}
			times := map[use]int{}
			for _, u := range uses {
				times[use{u.noun, "", u.name}]++
			}
			for i, u := range uses {
				if times[use{u.noun, "", u.name}] != 1 {
					continue
				}
				at := slices.IndexFunc(uses, func(o use) bool { return o.noun == u.noun && slip(u.name, o.name) })
				// Of two names that are used once the later is told.
				if at >= 0 && (at < i || times[use{u.noun, "", uses[at].name}] > 1) {
					c.at(u.path, u.name, "write both the same if they are one", "%s %q is almost %q on %s", u.noun, u.name, uses[at].name, c.line(uses[at].path))
				}
			}
		},
	}
}

// slip reports whether two names have the same words but for one letter in some of them.
// What is short or has a digit is told apart on purpose: Sales DE and Sales BE, Level 1 and
// Level 2.
func slip(a, b string) bool {
	x, y := strings.Fields(strings.ToLower(a)), strings.Fields(strings.ToLower(b))
	if len(x) != len(y) {
		return false
	}
	differ := false
	for i := range x {
		if x[i] == y[i] {
			continue
		}
		differ = true
		if min(len(x[i]), len(y[i])) < 4 || strings.ContainsFunc(x[i]+y[i], unicode.IsDigit) || diag.Distance(x[i], y[i]) > 1 {
			return false
		}
	}
	return differ
}
