package dataaction

// Codes of findings. They are stable: scripts and the docs refer to them.
const (
	codeNoJSON     = "DA-FILE-001"
	codeWrongType  = "DA-FILE-002"
	codeUnknownKey = "DA-FILE-003"
	codeTimeout    = "DA-FILE-004"
	codeTemplate   = "DA-TPL-001"
	codeLetterCase = "DA-TPL-009"
	codePath       = "DA-MAP-001"
	codeTrailing   = "DA-OUT-008"
	codeContract   = "DA-CON-001"
	codeReading    = "DA-RUN-001"
)
