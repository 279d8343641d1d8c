package validate

import (
	"slices"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/diag"
)

func ruleActionUnused() Rule {
	return Rule{
		Code: "DR-REF-002", Severity: diag.Warning, artifacts: true,
		Title: "a data action that the flow does not call",
		Text: "It would be created and published for nothing; without the breaker's action HubSpot is never left alone after a failure. " +
			"A template of yours leaves the call out. Put it back; to do without the breaker write `enrichment.breaker: none`.",
		check: func(c *check) {
			used := executions(c.b)
			for _, a := range c.b.Actions {
				if !slices.ContainsFunc(used, func(x execution) bool { return x.action.Role == a.Role }) {
					hint := "call it in the flow, as the built-in template does"
					if a.Role == blueprint.RoleTripBreaker {
						hint = "call it in the flow, or write enrichment.breaker: none"
					}
					c.place(c.template("flow/inbound-call.yaml.tmpl"), 0, hint, "the flow does not call %q", a.Definition.Name)
				}
			}
		},
	}
}
