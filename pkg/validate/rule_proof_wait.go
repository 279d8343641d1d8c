package validate

import "github.com/dealroute/dealroute/pkg/prove"

func ruleProofWait() Rule {
	return proofRule("DR-PROOF-002", prove.Wait, "a caller can wait longer for HubSpot than the budget",
		"On some path the flow's timeouts for the data actions that ask HubSpot add up to more than `enrichment.budget`, or one of them has none. Set the timeouts of the template from the budget, as the built-in one does.")
}
