package validate

import "github.com/dealroute/dealroute/pkg/prove"

func ruleProofPolicy() Rule {
	return proofRule("DR-PROOF-004", prove.Policy, "a call is not routed as the policy says",
		"For the same facts the flow takes another rule, target, skill list or priority than `routing` of the file, or writes other participant data, or another screen pop. The call and both answers are printed. Compare the template with the built-in one.")
}
