package validate

import "github.com/dealroute/dealroute/pkg/prove"

func ruleProofRules() Rule {
	return proofRule("DR-PROOF-007", prove.Rules, "a rule that no caller reaches",
		"No caller of those that the proof makes up is taken by it: nobody fits it, or earlier rules take all who do. Where another check says why (DR-ROUTE-001, DR-ROUTE-003, DR-ROUTE-004), that one stands in the place of this.")
}
