package validate

import "github.com/dealroute/dealroute/pkg/diag"

func ruleNumbersMissing() Rule {
	return Rule{
		Code: "DR-CALL-002", Severity: diag.Info,
		Title: "no called numbers",
		Text:  "Without `calls.numbers` there is no call route, and calls come only from another flow of the org that hands them over; [Orgs that have flows](existing-flows.md) says how. A call that your own switchboard forwards is looked up by the switchboard's number, too, unless that is among `calls.ownNumbers`.",
		check: func(c *check) {
			if len(c.d.Calls.Numbers) == 0 {
				c.at("calls", "calls", "nothing is wrong when a flow of yours transfers to flow "+c.d.Name+"; else add calls.numbers: [\"+15135550100\"]", "no numbers are given: no call reaches the flow but from another flow that hands it over")
			}
		},
	}
}
