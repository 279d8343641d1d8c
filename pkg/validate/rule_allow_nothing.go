package validate

import "github.com/dealroute/dealroute/pkg/diag"

func ruleAllowNothing() Rule {
	return Rule{
		Code: codeAllowNothing, Severity: diag.Warning,
		Title: "something is allowed that is not there",
		Text:  "A comment allows a finding that is not found where it speaks for, or one that keeps the file from being used. Whoever reads it believes that there is something to allow. Delete it, or put it where the finding is.",
		check: func(*check) {}, // told when everything else has been found
	}
}
