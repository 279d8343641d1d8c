package architect

// Codes of our own. Where Genesys' validation has a code for the same thing, a finding
// carries that one instead, such as task.noTerminatingAction.
const (
	CodeSyntax        = "DR-FLOW-001" // no YAML, or YAML that a flow must not hold
	CodeDuplicateKey  = "DR-FLOW-002" // a key given twice in one mapping
	CodePlaceholder   = "DR-FLOW-003" // a placeholder of another tool
	CodeShape         = "DR-FLOW-004" // a node of the wrong kind: a list where a mapping has to be
	CodeUnknownKey    = "DR-FLOW-005" // a key that is not known; kept
	CodeUnknownAction = "DR-FLOW-006" // an action that is not known; kept
	CodeFlowType      = "DR-FLOW-007" // no known flow type, or more than one root key
	CodeBareYesNo     = "DR-FLOW-008" // yes or no as a bare key: a boolean to YAML 1.1

	CodeUnknownType    = "DR-FLOW-009" // a variable or statement of a type that does not exist
	CodeReference      = "DR-FLOW-011" // a reference that points at nothing
	CodeNotFound       = "DR-FLOW-012" // a queue, action, table, script or flow the organisation has not
	CodeNoSuchField    = "DR-FLOW-013" // a property the contract has not
	CodeNoBranch       = "DR-FLOW-014" // actions in a branch the action has not
	CodeFailureOutputs = "DR-FLOW-015" // failureOutputs of callData in a call flow
	CodeLiteralType    = "DR-FLOW-016" // a literal that cannot be of the field's type
)

// Codes for what Genesys accepts and should not; none is an error.
const (
	CodeNoName         = "DR-FLOW-101" // a flow without a name
	CodeInputLeftOut   = "DR-FLOW-102" // a required input is left out: it silently becomes NOT_SET
	CodeNotSet         = "DR-FLOW-103" // a bare NOT_SET where something is needed to go on: queue, skill, user
	CodeConstant       = "DR-FLOW-104" // a condition that is always the same
	CodeCircle         = "DR-FLOW-105" // tasks that jump in a circle without taking input
	CodeAttributeTwice = "DR-FLOW-106" // one name of participant data twice in one action
	CodeUndeclared     = "DR-FLOW-107" // a variable that exists only because something writes to it
	CodePromptUnknown  = "DR-FLOW-109" // a prompt the organisation has not
	CodeReadOnly       = "DR-FLOW-110" // digits collected into a read-only variable
	CodeVariableTwice  = "DR-FLOW-111" // a variable declared twice
	CodeRefTwice       = "DR-FLOW-112" // a refId given twice
	CodeWrongKind      = "DR-FLOW-108" // a reference whose kind is not that of what it points at
)
