package hubspot

import "strings"

// Categories and policies that HubSpot names in error bodies.
const (
	CategoryValidation  = "VALIDATION_ERROR"
	CategoryInvalidAuth = "INVALID_AUTHENTICATION"
	CategoryExpiredAuth = "EXPIRED_AUTHENTICATION"
	CategoryScopes      = "MISSING_SCOPES"
	CategoryNotFound    = "OBJECT_NOT_FOUND"
	PolicySecondly      = "SECONDLY"
	PolicyTenSecondly   = "TEN_SECONDLY_ROLLING"
	PolicyDaily         = "DAILY"
)

// StatusMoving is HubSpot's own status while an account moves between data centres; it
// comes with Retry-After.
const StatusMoving = 477

// StatusUnrouted is Cloudflare's: it finds no data centre for a token, whose form is then wrong.
const StatusUnrouted = 530

// CorrelationHeader carries the id that HubSpot's support asks for.
const CorrelationHeader = "X-HubSpot-Correlation-Id"

// An ErrorBody is what HubSpot answers instead of a result. Every field may be missing; a
// 429 has ErrorType and PolicyName and usually no Category; a 5xx is often HTML instead.
type ErrorBody struct {
	Status        string              `json:"status,omitempty"`
	Message       string              `json:"message,omitempty"`
	Errors        []ErrorDetail       `json:"errors,omitempty"`
	Category      string              `json:"category,omitempty"`
	SubCategory   string              `json:"subCategory,omitempty"`
	ErrorType     string              `json:"errorType,omitempty"`
	PolicyName    string              `json:"policyName,omitempty"`
	GroupName     string              `json:"groupName,omitempty"`
	RequestID     string              `json:"requestId,omitempty"`
	CorrelationID string              `json:"correlationId,omitempty"`
	Context       map[string][]string `json:"context,omitempty"`
	Links         map[string]string   `json:"links,omitempty"`
}

// An ErrorDetail is one of several reasons.
type ErrorDetail struct {
	Message     string              `json:"message,omitempty"`
	Code        string              `json:"code,omitempty"`
	SubCategory string              `json:"subCategory,omitempty"`
	In          string              `json:"in,omitempty"`
	Context     map[string][]string `json:"context,omitempty"`
}

// Policy is the limit that was exceeded, in capitals; empty when the body names none. The
// message is the fallback, as HubSpot's bodies are not of one form.
func (b ErrorBody) Policy() string {
	if b.PolicyName != "" {
		return strings.ToUpper(b.PolicyName)
	}
	m := strings.ToLower(b.Message)
	switch {
	case strings.Contains(m, "ten_secondly"):
		return PolicyTenSecondly
	case strings.Contains(m, "secondly"):
		return PolicySecondly
	case strings.Contains(m, "daily"):
		return PolicyDaily
	}
	return ""
}

// Scopes lists the scopes of which one would have sufficed, from a MISSING_SCOPES body.
func (b ErrorBody) Scopes() []string {
	var out []string
	for _, e := range b.Errors {
		out = append(out, e.Context["requiredGranularScopes"]...)
	}
	return out
}
