package dataaction

import (
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/velocity"
)

// Codes of findings. They are stable: scripts and the docs refer to them.
const (
	codeNoJSON     = "DA-FILE-001"
	codeWrongType  = "DA-FILE-002"
	codeUnknownKey = "DA-FILE-003"
	codeTimeout    = "DA-FILE-004"
	codeName       = "DA-FILE-005"
	codeActionType = "DA-FILE-006"
	codeKind       = "DA-FILE-007"
	codeAuthAction = "DA-FILE-008"

	codeNoTemplate  = "DA-REQ-001"
	codeMethod      = "DA-REQ-002"
	codeBodyOfGet   = "DA-REQ-003"
	codeAccept      = "DA-REQ-004"
	codeListOfHub   = "DA-REQ-006"
	codeAddress     = "DA-REQ-007"
	codePlaceholder = "DA-REQ-008"

	codeNoJSONBody   = "DA-REQ-009"
	codeSearchMember = "DA-REQ-010"
	codeSearchAll    = "DA-REQ-011"
	codeHeader       = "DA-REQ-012"
	codeTwice        = "DA-REQ-013"

	codeTemplate   = "DA-TPL-001"
	codeOutside    = "DA-TPL-002"
	codeLetterCase = "DA-TPL-003"
	codeFails      = "DA-TPL-018"

	codeContract     = "DA-CON-001"
	codeNotFlat      = "DA-CON-002"
	codeFieldName    = "DA-CON-003"
	codeReserved     = "DA-CON-004"
	codeDashName     = "DA-CON-005"
	codeNestedArray  = "DA-CON-006"
	codeNotOffered   = "DA-CON-007"
	codeRequired     = "DA-CON-008"
	codeDialect      = "DA-CON-009"
	codeInputDefault = "DA-CON-010"

	codePath         = "DA-MAP-001"
	codeFunction     = "DA-MAP-002"
	codeNoDefault    = "DA-MAP-003"
	codeBadDefault   = "DA-MAP-004"
	codeNeverDefault = "DA-MAP-005"
	codeDeepScan     = "DA-MAP-006"
	codeIndexEnd     = "DA-MAP-007"
	codeUnused       = "DA-MAP-008"

	codeNoSuccess    = "DA-OUT-001"
	codeNotJSON      = "DA-OUT-002"
	codeMisfit       = "DA-OUT-003"
	codeTrailing     = "DA-OUT-004"
	codeDropped      = "DA-OUT-005"
	codeNeverWritten = "DA-OUT-006"
	codeOwnQuotes    = "DA-OUT-007"

	codeReading = "DA-RUN-001"
)

// CodeLiteralSecret is the code of a finding whose source line holds a secret and must not be
// shown.
const CodeLiteralSecret = "DA-REQ-005"

// CodeSearchLimits is the code of what a search of HubSpot has too much of; whoever checks a
// deployment says that of the whole.
const CodeSearchLimits = "DA-REQ-014"

// A Rule is one thing that Check or a run may say.
type Rule struct {
	Code     string
	Severity diag.Severity
	Title    string
}

// Rules lists every code with what it stands for, in order.
func Rules() []Rule {
	return []Rule{
		{codeNoJSON, diag.Error, "the file is not JSON"},
		{codeWrongType, diag.Error, "a key holds a value of another type"},
		{codeUnknownKey, diag.Warning, "a key is not part of a data action"},
		{codeTimeout, diag.Error, "timeoutSeconds is not from 1 to 60, or stands in an auth action"},
		{codeName, diag.Error, "name or category is missing or longer than 256 characters"},
		{codeActionType, diag.Error, "actionType is missing or unknown: an import without it is refused"},
		{codeKind, diag.Warning, "integrationType is missing or of a kind that this tool does not run"},
		{codeAuthAction, diag.Error, "an auth action has another contract than Genesys fixes"},
		{codeNoTemplate, diag.Error, "requestTemplate or requestUrlTemplate is missing; the first is needed for GET too"},
		{codeMethod, diag.Error, "requestType is none of GET, PUT, POST, PATCH, DELETE"},
		{codeBodyOfGet, diag.Warning, "a body for GET, which is not sent"},
		{codeAccept, diag.Error, "an Accept header that is no JSON type"},
		{CodeLiteralSecret, diag.Error, "a secret stands in the file"},
		{codeListOfHub, diag.Error, "HubSpot's list of contacts or deals cannot be filtered: it answers with other customers' data"},
		{codeAddress, diag.Error, "the URL does not fit the integration"},
		{codePlaceholder, diag.Warning, "a placeholder of another tool, which nothing replaces"},
		{codeNoJSONBody, diag.Error, "the body is no JSON"},
		{codeSearchMember, diag.Error, "a HubSpot search that HubSpot refuses, or of which it ignores a part"},
		{codeSearchAll, diag.Error, "a HubSpot search without a filter, which is answered with everybody"},
		{codeHeader, diag.Error, "a header that cannot be sent"},
		{codeTwice, diag.Warning, "a member stands twice in the body"},
		{CodeSearchLimits, diag.Error, "a HubSpot search is beyond HubSpot's limits"},
		{codeTemplate, diag.Error, "a template has a syntax error"},
		{codeOutside, diag.Warning, "a method behind the closing brace prints as text"},
		{codeLetterCase, diag.Warning, "a name is written in other letter case than declared"},
		{velocity.CodeUnescapedJSON, diag.Warning, "an input in a JSON text is not escaped"},
		{velocity.CodeUnescapedURL, diag.Warning, "an input in the URL is not encoded"},
		{velocity.CodeMissingQuiet, diag.Warning, "an optional input is used as if it were always there"},
		{velocity.CodeUnknownField, diag.Error, "a template uses an input that the contract does not have"},
		{velocity.CodeUnknownVariable, diag.Error, "a template uses a variable that nothing sets there"},
		{velocity.CodeUnknownMethod, diag.Error, "a tool has no such method"},
		{velocity.CodeDirective, diag.Warning, "a directive that Genesys is not known to run"},
		{velocity.CodeDoubleQuotes, diag.Error, "quotes around a variable that brings its own"},
		{codeFails, diag.Error, "a template fails when it is rendered"},
		{codeContract, diag.Error, "a contract is no draft-04 schema"},
		{codeNotFlat, diag.Error, "the input contract is not one flat object"},
		{codeFieldName, diag.Error, "the name of a field has characters that are not allowed"},
		{codeReserved, diag.Error, "the name of an input is reserved"},
		{codeDashName, diag.Info, "the name of a field has - or ., which templates or flattening misread"},
		{codeNestedArray, diag.Error, "an array inside an array"},
		{codeNotOffered, diag.Info, "an output has no type that Architect offers"},
		{codeRequired, diag.Warning, "required names a field that is not declared"},
		{codeDialect, diag.Info, "$schema names another dialect than draft-04"},
		{codeInputDefault, diag.Info, "the default of an input is not known to be filled in"},
		{codePath, diag.Error, "a path of the translation map is no JSONPath"},
		{codeFunction, diag.Error, "a path calls a function that does not exist"},
		{codeNoDefault, diag.Warning, "a key of the translation map has no default"},
		{codeBadDefault, diag.Assumption, "a default is not JSON"},
		{codeNeverDefault, diag.Info, "a default is not used when nothing matches"},
		{codeDeepScan, diag.Warning, "a path that begins with . searches the whole reply"},
		{codeIndexEnd, diag.Info, "a path that ends in an index gives null where there is no item"},
		{codeUnused, diag.Info, "a key of the translation map is not used"},
		{codeNoSuccess, diag.Error, "the success template is missing"},
		{codeNotJSON, diag.Error, "the success template gives no JSON"},
		{codeMisfit, diag.Warning, "the output of a reply without matches does not fit the contract"},
		{codeTrailing, diag.Assumption, "text follows the JSON of the success template"},
		{codeDropped, diag.Warning, "a member is written that the output contract does not have"},
		{codeNeverWritten, diag.Warning, "an output is never written"},
		{codeOwnQuotes, diag.Warning, "a mapped text is compared or quoted as if it had no quotes of its own"},
		{codeReading, diag.Assumption, "a run used a reading that Genesys does not document"},
	}
}

func severityOf(code string) diag.Severity {
	for _, r := range Rules() {
		if r.Code == code {
			return r.Severity
		}
	}
	return diag.Error
}
