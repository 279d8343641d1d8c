package architect

// Codes of our own for what is said of a file when it is read; what is said of a flow when
// it is checked has its codes beside the check.
const (
	CodeSyntax        = "DR-FLOW-001" // no YAML, or YAML that a flow must not hold
	CodeDuplicateKey  = "DR-FLOW-002" // a key given twice in one mapping
	CodePlaceholder   = "DR-FLOW-003" // a placeholder of another tool
	CodeShape         = "DR-FLOW-004" // a node of the wrong kind: a list where a mapping has to be
	CodeUnknownKey    = "DR-FLOW-005" // a key that is not known; kept
	CodeUnknownAction = "DR-FLOW-006" // an action that is not known; kept
	CodeFlowType      = "DR-FLOW-007" // no known flow type, or more than one root key
	CodeBareYesNo     = "DR-FLOW-008" // yes or no as a bare key: a boolean to YAML 1.1
)

// Codes of Genesys' validation that the table of actions gives to what is left out.
const (
	CodeInvalidLiteral = "expression.invalidLiteralContext"
	CodeNoValueSet     = "expression.notSetWithContext"
)
