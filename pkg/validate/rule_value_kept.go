package validate

import (
	"slices"

	"github.com/dealroute/dealroute/pkg/diag"
)

func ruleValueKept() Rule {
	return Rule{
		Code: "DR-PRIV-001", Severity: diag.Info,
		Title: "the customer's value is kept with the conversation",
		Text:  "Participant data is plain: every flow, script, report and API client that sees the conversation reads it, and it cannot be removed. The decision and its priority are kept without it.",
		check: func(c *check) {
			if i := slices.Index(c.d.Privacy.ParticipantData, "hubspot_customer_value"); i >= 0 {
				c.at(item("privacy.participantData", i), "hubspot_customer_value", "delete it unless a report needs it", "what the customer is worth is readable by everyone who sees the conversation")
			}
		},
	}
}
