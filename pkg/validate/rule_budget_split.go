package validate

import (
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/prove"
	"github.com/dealroute/dealroute/pkg/words"
)

func ruleBudgetSplit() Rule {
	return Rule{
		Code: "DR-WAIT-005", Severity: diag.Error, artifacts: true, says: prove.Wait,
		Title: "the flow may wait longer than the budget",
		Text: "Each call of a HubSpot action in the flow has a `timeout`, and together they are the longest that a caller waits: `enrichment.budget`. " +
			"A call without a timeout of its own waits for Genesys Cloud's default, up to 60 s. This can only be with templates of your own: give `callData` the timeouts that the built-in template has.",
		check: func(c *check) {
			total := map[string]time.Duration{} // by role: a caller takes one call of each
			var sum time.Duration
			for _, x := range executions(c.b) {
				if !x.hubspot() {
					continue
				}
				t, ok := x.timeout()
				at := c.b.Flow.At(x.step.Pos.Line)
				if !ok {
					c.place(at, 0, "add timeout: {lit: {seconds: 2}}", "the call of %q has no fixed timeout: a caller may wait far longer than the budget of %s", x.action.Definition.Name, words.Span(c.d.Enrichment.Budget))
					continue
				}
				sum += max(t-total[x.action.Role], 0)
				total[x.action.Role] = max(t, total[x.action.Role])
				if sum > c.d.Enrichment.Budget {
					c.place(at, 0, "lower the timeout, or raise enrichment.budget", "with this call the flow may wait %s for HubSpot, the budget is %s", words.Span(sum), words.Span(c.d.Enrichment.Budget))
					return
				}
			}
		},
	}
}
