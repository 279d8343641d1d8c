package hubspotrest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/privacy"
)

// An Error is an answer of HubSpot's that is not the one asked for.
type Error struct {
	Op            string // what was wanted, such as "read the deal pipelines"
	Status        int
	Category      string // such as MISSING_SCOPES; often empty
	PolicyName    string // the limit that was hit, in capitals
	CorrelationID string
	Message       string
	OAuth         string        // of a token endpoint, such as invalid_grant
	Scopes        []string      // one of them would suffice
	RetryAfter    time.Duration // what HubSpot asked for; 0: nothing
}

// Error says what was wanted, what came back and the id by which HubSpot's support finds it.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s (HTTP %d", e.Op, e.reason(), e.Status)
	if e.CorrelationID != "" {
		fmt.Fprintf(&b, ", correlation id %s", e.CorrelationID)
	}
	b.WriteString(")")
	return b.String()
}

func (e *Error) reason() string {
	switch {
	case e.OAuth != "" && e.Message != "":
		return fmt.Sprintf("the token endpoint says %q", e.Message)
	case e.Status == http.StatusUnauthorized && e.Undecodable():
		return "HubSpot cannot read the key at all"
	case e.Status == hubspot.StatusUnrouted:
		return "this does not look like a HubSpot key"
	case e.Category == hubspot.CategoryExpiredAuth:
		return "the OAuth token has expired"
	case e.Status == http.StatusUnauthorized:
		return "HubSpot does not know the key"
	case e.Category == hubspot.CategoryScopes:
		return "the key lacks a scope"
	case e.Status == http.StatusTooManyRequests && e.PolicyName != "":
		return "HubSpot's limit " + e.PolicyName + " is reached"
	case e.Status == hubspot.StatusMoving:
		return "HubSpot is moving this account to another data center"
	case e.Message != "":
		return "HubSpot says " + fmt.Sprintf("%q", e.Message)
	}
	return "HubSpot gives no reason"
}

// Undecodable tells the trap in HubSpot's 401: a text that is no token at all is called expired,
// in 1970.
func (e *Error) Undecodable() bool {
	return e.Category == hubspot.CategoryExpiredAuth && strings.Contains(e.Message, "day(s)")
}

// RefusesKey reports whether it is the key itself that will not do.
func (e *Error) RefusesKey() bool {
	return e.Status == http.StatusUnauthorized || e.Status == hubspot.StatusUnrouted
}

// Hint is the next step, empty when there is none to give.
func (e *Error) Hint() string {
	switch {
	case e.OAuth != "":
		return grantHint(e.OAuth)
	case e.RefusesKey():
		return "check that the service key was not revoked or rotated and is passed as it is, without blanks or quotes"
	case e.Category == hubspot.CategoryScopes && len(e.Scopes) > 0:
		return "grant the key one of " + strings.Join(e.Scopes, ", ")
	case e.Status == http.StatusForbidden:
		return "the account or the key's owner is not allowed to do this; scopes are not the reason"
	case e.PolicyName == hubspot.PolicySecondly:
		return "five searches a second are shared by all apps of the account; try again in a moment"
	case e.PolicyName == hubspot.PolicyDaily:
		return "the count starts anew at midnight in the account's time zone"
	case e.Status == http.StatusNotFound:
		return "check hubspot.apiVersion: retired versions answer 404 too"
	case e.RetryAfter > 0:
		return fmt.Sprintf("HubSpot asks to come again in %s", e.RetryAfter)
	}
	return ""
}

// IsNotFound reports whether err is HubSpot's 404.
func IsNotFound(err error) bool { return status(err) == http.StatusNotFound }

func status(err error) int {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Status
	}
	return 0
}

// errorOf reads a reply leniently: all members are optional, and a 5xx is often a page in HTML.
func errorOf(op string, r *http.Response, body []byte) *Error {
	var b hubspot.ErrorBody
	_ = json.Unmarshal(body, &b) // what cannot be read stays empty
	e := &Error{
		Op: op, Status: r.StatusCode, Category: privacy.Said(b.Category), PolicyName: privacy.Said(b.Policy()),
		CorrelationID: privacy.Said(b.CorrelationID), Message: b.Message, Scopes: b.Scopes(),
	}
	for i, s := range e.Scopes {
		e.Scopes[i] = privacy.Said(s)
	}
	if r.StatusCode != http.StatusTooManyRequests {
		e.PolicyName = ""
	}
	if e.CorrelationID == "" {
		e.CorrelationID = transport.Correlation(r.Header)
	}
	if e.Message == "" && strings.HasPrefix(strings.TrimSpace(string(body)), "<") {
		e.Message = "an HTML page instead of an answer"
	}
	for i, d := range b.Errors {
		if i == 0 && e.Category == hubspot.CategoryValidation && d.Message != "" {
			e.Message = d.Message
		}
	}
	e.Message = privacy.Said(e.Message)
	e.RetryAfter, _ = transport.RetryAfter(r.Header, time.Now())
	return e
}
