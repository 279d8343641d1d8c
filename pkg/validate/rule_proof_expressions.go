package validate

import "github.com/dealroute/dealroute/pkg/prove"

func ruleProofExpressions() Rule {
	return proofRule("DR-PROOF-003", prove.Expressions, "an expression can fail",
		"Something in it is NOT_SET, cannot be converted, divides by zero or is an item that the list does not have, for some answer that a vendor may give. The flow's error handling takes the call then: its caller is routed as if nothing was known. Ask first, as in `IsNotSetOrEmpty(…)`, in an expression that is only computed behind it.")
}
