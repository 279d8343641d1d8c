package validate

import (
	"slices"

	"github.com/dealroute/dealroute/pkg/diag"
)

func ruleLikeFallback() Rule {
	return Rule{
		Code: "DR-ROUTE-008", Severity: diag.Info,
		Title: "a last rule that does what the fallback does",
		Text:  "No rule follows it, and queue, skills, priority and screen pop are the fallback's. It changes nothing but the name in reports. Delete it if that name is not needed.",
		check: func(c *check) {
			f := c.d.Routing.Fallback
			for i := len(c.d.Routing.Rules) - 1; i >= 0; i-- {
				r := c.d.Routing.Rules[i]
				if r.To.Queue != f.Queue || r.To.Priority != f.Priority || !slices.Equal(r.To.Skills, f.Skills) || c.d.PopOf(i) != c.d.PopOf(-1) || r.To.Flat() && c.d.Routing.ValuePriority != nil || r.To.PrefersOwner() {
					return
				}
				c.at(rulePath(i)+".name", r.Name, "delete it, or keep it for the name in reports", "rule %q sends its callers where the fallback would", r.Name)
			}
		},
	}
}
