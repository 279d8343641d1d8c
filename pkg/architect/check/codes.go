package check

// Codes of our own. Where Genesys' validation has a code for the same thing, a finding
// carries that one instead, such as task.noTerminatingAction.
const (
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
	CodeNeverSet       = "DR-FLOW-113" // a variable that is read and never given a value
	CodeSilence        = "DR-FLOW-114" // audio that says nothing
	CodeCaller         = "DR-FLOW-115" // a number of the call compared as if it were bare
	CodeForeign        = "DR-FLOW-116" // a function that flows of this type do not have
	CodeWrongKind      = "DR-FLOW-108" // a reference whose kind is not that of what it points at
)
