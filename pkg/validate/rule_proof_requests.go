package validate

import "github.com/dealroute/dealroute/pkg/prove"

func ruleProofRequests() Rule {
	return proofRule("DR-PROOF-005", prove.Requests, "HubSpot is asked when it must not be, or too often",
		"A data action that asks HubSpot runs while the breaker is open, enrichment is off or the ANI is unusable, or more of them run in one call than two (three with `company: numbers`). Each such request is one of the five a second that the whole account has.")
}
