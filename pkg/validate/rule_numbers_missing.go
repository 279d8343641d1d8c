package validate

import "github.com/dealroute/dealroute/pkg/diag"

func ruleNumbersMissing() Rule {
	return Rule{
		Code: "DR-CALL-002", Severity: diag.Warning,
		Title: "no called numbers",
		Text:  "Without `calls.numbers` there is no call route: the flow is published and no call reaches it. A call that your own switchboard forwards is looked up by the switchboard's number, too, unless that is among `calls.ownNumbers`.",
		check: func(c *check) {
			if len(c.d.Calls.Numbers) == 0 {
				c.at("calls", "calls", "add calls.numbers: [\"+15135550100\"]", "no numbers are given: the flow gets no calls")
			}
		},
	}
}
