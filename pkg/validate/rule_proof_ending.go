package validate

import "github.com/dealroute/dealroute/pkg/prove"

func ruleProofEnding() Rule {
	return proofRule("DR-PROOF-001", prove.Ending, "a caller can be dropped",
		"Some caller ends in silence: not in a queue, not in a flow that a rule or the schedule names, and not with the message of a configured ending. A standard queue is better than a dropped call. The call that shows it is printed step by step; the place is the action that ends it, or that leads nowhere. Give each branch of the template an end as the built-in one has it.")
}
