package validate

import (
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
)

func ruleScheduleSilent() Rule {
	return Rule{
		Code: "DR-HOURS-004", Severity: diag.Warning,
		Title: "callers are cut off without a word",
		Text:  "Whoever calls then hears the greeting, if there is one, and the line goes dead: it sounds like a fault, and people call again. A message says why, and when to call.",
		check: func(c *check) {
			for _, s := range genesys.ScheduleStates() {
				state := string(s)
				if o := c.d.Calls.Schedule.Off(state); o != nil && o.Message == "" && o.Then != nil && *o.Then == (deployment.Ending{}) {
					c.at("calls.schedule."+state, state, "add a message, such as message: \"We are closed.\"", "when the schedule says %s, callers are disconnected without a message", state)
				}
			}
		},
	}
}
