package validate

import "github.com/dealroute/dealroute/pkg/prove"

func ruleProofPrivacy() Rule {
	return proofRule("DR-PROOF-006", prove.Privacy, "something personal goes where it may not",
		"A value that tells of a person reaches participant data that `privacy.participantData` does not name, audio, a table or a log. Participant data is kept for years and seen by everyone who sees the interaction. Name it there, or do not write it.")
}
