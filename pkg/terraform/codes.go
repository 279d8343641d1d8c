package terraform

import (
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/diag"
)

// Codes of findings. They are stable.
const (
	CodeBroken    = "DA-TF-001"
	codeUnescaped = "DA-TF-002"
	codeUnknown   = "DA-TF-003"
	codeArgument  = "DA-TF-004"
	codeMissing   = "DA-TF-005"
	codeFile      = "DA-TF-006"
	codeValue     = "DA-TF-007"
	codeKind      = "DA-TF-008"
	CodeLayout    = "DA-TF-009"
)

// Rules lists what is said of Terraform files, in order.
func Rules() []dataaction.Rule {
	return []dataaction.Rule{
		{Code: CodeBroken, Severity: diag.Error, Title: "the file is no Terraform configuration"},
		{Code: codeUnescaped, Severity: diag.Error, Title: "a reference of Velocity that Terraform takes for its own"},
		{Code: codeUnknown, Severity: diag.Info, Title: "a value that only Terraform knows"},
		{Code: codeArgument, Severity: diag.Error, Title: "an argument or block that the provider does not have"},
		{Code: codeMissing, Severity: diag.Warning, Title: "an argument that the provider requires is missing"},
		{Code: codeFile, Severity: diag.Error, Title: "a file that the configuration reads is not there"},
		{Code: codeValue, Severity: diag.Error, Title: "a value cannot be computed"},
		{Code: CodeLayout, Severity: diag.Warning, Title: "arguments of a block share a line"},
		{Code: codeKind, Severity: diag.Info, Title: "the kind of integration is guessed"},
	}
}
