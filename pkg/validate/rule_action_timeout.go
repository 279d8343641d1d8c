package validate

import (
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/words"
)

func ruleActionTimeout() Rule {
	return Rule{
		Code: "DR-WAIT-006", Severity: diag.Warning, artifacts: true,
		Title: "an action that gives up before the flow does",
		Text: "A data action has a timeout of its own (`timeoutSeconds`, 60 when unset). When it is not larger than the flow's, the flow sees a failure and not a timeout, " +
			"and the breaker pauses for `afterFailure` where `afterTimeout` is meant. Raise it in the action's template.",
		check: func(c *check) {
			said := map[string]bool{}
			for _, x := range executions(c.b) {
				own := time.Duration(x.action.Definition.TimeoutSeconds) * time.Second
				t, ok := x.timeout()
				if name := x.action.Definition.Name; ok && own > 0 && own <= t && !said[name] {
					said[name] = true
					c.place(c.actionTemplate(x.action.Role), 0, "make timeoutSeconds larger than the flow's timeout", "%q gives up after %s, the flow waits %s: a timeout is taken for a failure", name, words.Span(own), words.Span(t))
				}
			}
		},
	}
}
