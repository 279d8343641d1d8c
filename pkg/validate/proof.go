package validate

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/prove"
)

// proofRule is the check that a property of the proof holds.
func proofRule(code, property, title, text string) Rule {
	return Rule{
		Code: code, Severity: diag.Error, Title: title, property: property,
		Text: text + " What is *not decided* is reported likewise, and does not count as proved. [proof.md](proof.md) tells how a call is replayed.",
		check: func(c *check) {
			for _, p := range c.in.Proof.Broken() {
				switch {
				case p.ID != property:
				case p.Verdict == prove.Broken && len(p.Never) > 0:
					for _, n := range p.Never {
						c.never(n)
					}
				default:
					c.proved(p)
				}
			}
		},
	}
}

// proved reports a property that does not hold where somebody can change something: what the
// built-in templates are to blame for at the name of the deployment.
func (c *check) proved(p prove.Property) {
	f := Proved(p)
	name, file := c.d.Pos("name"), f.Position.File
	own := c.d.Templates != "" && strings.HasPrefix(file, strings.TrimSuffix(c.template("x").File, "x"))
	if file == "" || file != name.File && !own {
		if f.Position.File != "" {
			f.Message += fmt.Sprintf(" (%s)", f.Position)
		}
		f.Position, f.Length = name, len([]rune(c.d.Name))
	}
	c.found = append(c.found, f)
}

// never reports a rule that no caller of the proof reached.
func (c *check) never(n prove.Never) {
	rule := c.d.Routing.Rules[n.Rule]
	if len(n.By) == 0 {
		c.at(rulePath(n.Rule)+".name", rule.Name, "change its conditions, or delete the rule", "rule %q can never fire: no caller that HubSpot can tell of fits it", rule.Name)
		return
	}
	var by []string
	for _, i := range n.By {
		by = append(by, fmt.Sprintf("%q (%s)", c.d.Routing.Rules[i].Name, c.line(rulePath(i)+".name")))
	}
	c.at(rulePath(n.Rule)+".name", rule.Name, "move it in front of "+listed(by[:1])+", or delete it", "rule %q can never fire: every caller that fits it is taken first by %s", rule.Name, listed(by))
}

// Proved is the finding for a property that does not hold. What is not decided is an error,
// too, and says so.
func Proved(p prove.Property) diag.Finding {
	f := diag.Finding{Severity: diag.Error, Message: p.Message, Hint: p.Hint, Position: p.Pos, Length: p.Length}
	if i := slices.IndexFunc(Rules(), func(r Rule) bool { return r.property == p.ID }); i >= 0 {
		f.Code = Rules()[i].Code
	}
	if p.Verdict == prove.NotDecided {
		f.Message = undecided + whether(p.Title) + ": " + f.Message
	}
	return f
}

const undecided = "not decided"

// whether is the title of a property within a sentence.
func whether(title string) string {
	if title == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(title)
	return " whether " + string(unicode.ToLower(first)) + title[size:]
}

// once takes out what the proof found where another check says the same with better words, which
// then is as grave.
func once(all diag.Findings) diag.Findings {
	of := map[string]Rule{}
	for _, r := range Rules() {
		of[r.Code] = r
	}
	said := func(f diag.Finding) int {
		property := of[f.Code].property
		if property == "" || strings.HasPrefix(f.Message, undecided) {
			return -1
		}
		return slices.IndexFunc(all, func(g diag.Finding) bool {
			return of[g.Code].says == property && (property != prove.Rules || g.Position == f.Position)
		})
	}
	for _, f := range all {
		if i := said(f); i >= 0 {
			all[i].Severity = f.Severity
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(f diag.Finding) bool { return said(f) >= 0 })
}
