package validate

import "github.com/dealroute/dealroute/pkg/diag"

func ruleBranches() Rule {
	return Rule{
		Code: "DR-WAIT-007", Severity: diag.Warning, artifacts: true,
		Title: "a failed lookup goes on like a successful one",
		Text:  "A call of a HubSpot action has no branch for failure, or none for timeout. The flow then goes on with the next action as if HubSpot had answered, with empty variables: a failed lookup is taken for an unknown caller, and the breaker is not tripped.",
		check: func(c *check) {
			for _, x := range executions(c.b) {
				for _, name := range []string{"failure", "timeout"} {
					if b := x.step.Branch(name); x.hubspot() && (b == nil || len(b.Actions) == 0) {
						c.place(c.b.Flow.At(x.step.Pos.Line), 0, "add outputs: {"+name+": {actions: …}}", "the call of %q has no branch for %s", x.action.Definition.Name, name)
					}
				}
			}
		},
	}
}
