package genesysrest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/privacy"
)

// An Error is the platform's answer to a call that failed. It names the call, never a
// body or a token.
type Error struct {
	Method, Path string
	Status       int    // 0: no answer came
	Code         string // such as duplicate.name
	Message      string
	Correlation  string // what Genesys' support asks for
	Details      []string
	Limit        string        // the quota that was hit
	RetryAfter   time.Duration // when the platform named one
	Unknown      bool          // the request may have taken effect
	missing      []string      // permissions
	cause        error
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: ", e.Method, e.Path)
	switch {
	case e.Status == 0 && e.cause != nil:
		fmt.Fprintf(&b, "%v", e.cause)
	case e.Code != "":
		fmt.Fprintf(&b, "%s (%d %s)", e.Message, e.Status, e.Code)
	default:
		fmt.Fprintf(&b, "%s (%d)", e.Message, e.Status)
	}
	for _, d := range e.Details {
		b.WriteString("; " + d)
	}
	if e.Limit != "" {
		b.WriteString("; limit " + e.Limit)
	}
	if e.RetryAfter > 0 {
		fmt.Fprintf(&b, "; come again in %s", e.RetryAfter.Round(time.Second))
	}
	if e.Correlation != "" {
		b.WriteString(" [correlation " + e.Correlation + "]")
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.cause }

// Is lets callers decide by the errors of package genesys.
func (e *Error) Is(target error) bool {
	switch target {
	case genesys.ErrNotFound:
		return e.Status == http.StatusNotFound || e.Status == http.StatusGone
	case genesys.ErrConflict:
		return e.Status == http.StatusConflict || e.Code == "duplicate.name" || e.Code == "general.conflict" ||
			e.Status == http.StatusBadRequest && strings.Contains(e.Message, "does not match the current version")
	case genesys.ErrForbidden:
		return e.Status == http.StatusForbidden
	case genesys.ErrUnsettled:
		return e.Unknown
	}
	return false
}

// MissingPermissions are those that the platform names, any of several joined by " or "; empty
// when it names none.
func (e *Error) MissingPermissions() string {
	if e.Code == "missing.any.permissions" {
		return strings.Join(e.missing, " or ")
	}
	return strings.Join(e.missing, ", ")
}

// ErrorCode is the platform's code, such as bad.client.role.
func (e *Error) ErrorCode() string { return e.Code }

var permissionForm = pattern.Of(`\b[a-zA-Z]+:[a-zA-Z]+:[a-zA-Z]+\b`)

// errorFrom reads the error body of the platform; a body that is no JSON gives its status.
func errorFrom(l *letter, r reply) *Error {
	e := &Error{Method: l.method, Path: l.name(), Status: r.status, Correlation: transport.Correlation(r.header)}
	e.RetryAfter, _ = transport.RetryAfter(r.header, time.Now())
	var body struct {
		Message, Code, ContextID string
		Error                    string
		ErrorDescription         string `json:"error_description"`
		MessageParams            map[string]any
		Details                  []struct{ ErrorCode, FieldName, EntityName string }
		Errors                   []struct{ Message, Code string }
		Limit                    *struct {
			Key, Namespace string
			Value          float64
		}
	}
	if err := json.Unmarshal(r.body, &body); err != nil {
		e.Message = http.StatusText(r.status)
		return e
	}
	e.Message, e.Code = privacy.Said(body.Message), privacy.Said(body.Code)
	if e.Message == "" {
		e.Message = privacy.Said(strings.TrimSpace(body.Error + " " + body.ErrorDescription))
	}
	if e.Correlation == "" {
		e.Correlation = privacy.Said(body.ContextID)
	}
	if r.status == http.StatusForbidden {
		named, _ := body.MessageParams["permissions"].(string)
		e.missing = permissionForm().FindAllString(cmp.Or(named, body.Message), -1)
	}
	for _, d := range body.Details {
		e.Details = append(e.Details, privacy.Said(strings.TrimSpace(strings.Join([]string{d.ErrorCode, d.FieldName, d.EntityName}, " "))))
	}
	for _, n := range body.Errors {
		e.Details = append(e.Details, privacy.Said(n.Message))
	}
	if body.Limit != nil {
		e.Limit = privacy.Said(fmt.Sprintf("%s/%s %v", body.Limit.Namespace, body.Limit.Key, body.Limit.Value))
	}
	return e
}
