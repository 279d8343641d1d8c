package validate

import (
	"cmp"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/diag"
)

func ruleErrorHandling() Rule {
	return Rule{
		Code: "DR-SAFE-001", Severity: diag.Error, artifacts: true,
		Title: "an error in the flow drops the caller",
		Text: "When an expression fails or the flow meets a fault, Genesys Cloud leaves the path and does what the flow's error handling says; without a word of it, it disconnects. " +
			"The built-in template sends the call to the fallback queue. Keep `settingsErrorHandling` as it is there.",
		check: func(c *check) {
			f := c.b.Flow.Tree.Flow
			e, at := f.Errors, c.b.Flow.At(cmp.Or(f.Errors.Pos.Line, f.Pos.Line))
			want := c.d.Routing.Fallback.Queue
			const hint = "keep settingsErrorHandling of the built-in template"
			switch q := e.TargetQueue; {
			case e.Kind != "queue":
				c.place(at, 0, hint, "after an error the flow does not send the caller to a queue, but: %s", cmp.Or(e.Kind, "disconnect"))
			case q.Form == architect.Lit && q.Text != want:
				c.place(at, 0, hint, "after an error callers go to queue %q, the fallback is %q", q.Text, want)
			}
		},
	}
}
