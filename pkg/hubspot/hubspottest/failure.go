package hubspottest

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/hubspot"
)

// A failure is an answer in place of the one that was asked for, in HubSpot's shape.
type failure struct {
	status int
	body   hubspot.ErrorBody
	text   []byte // in place of body, when not nil
	kind   string // of text
	header map[string]string
}

func fail(status int, body hubspot.ErrorBody) *failure {
	body.Status = "error"
	return &failure{status: status, body: body}
}

func (f *failure) after(d time.Duration) *failure {
	f.header = map[string]string{"Retry-After": strconv.Itoa(int(math.Ceil(d.Seconds())))}
	return f
}

func invalid(format string, args ...any) *failure {
	message := fmt.Sprintf(format, args...)
	return fail(http.StatusBadRequest, hubspot.ErrorBody{
		Message: "Invalid input: " + message, Category: hubspot.CategoryValidation,
		Errors: []hubspot.ErrorDetail{{Message: message}},
	})
}

func notFound() *failure {
	return fail(http.StatusNotFound, hubspot.ErrorBody{Message: "resource not found", Category: hubspot.CategoryNotFound})
}

// noPath is an unknown path; the form of its body is undocumented.
func noPath() *failure {
	return fail(http.StatusNotFound, hubspot.ErrorBody{Message: "resource not found"})
}

func unauthenticated() *failure {
	return fail(http.StatusUnauthorized, hubspot.ErrorBody{
		Message:  "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
		Category: hubspot.CategoryInvalidAuth,
	})
}

func expired(now, at time.Time) *failure {
	ago := fmt.Sprintf("%d second(s)", int(now.Sub(at).Seconds()))
	if now.Sub(at) > 48*time.Hour {
		ago = fmt.Sprintf("%d day(s)", int(now.Sub(at).Hours()/24))
	}
	return fail(http.StatusUnauthorized, hubspot.ErrorBody{
		Message:  "The OAuth token used to make this call expired " + ago + " ago.",
		Category: hubspot.CategoryExpiredAuth,
		Context:  map[string][]string{"expire time": {stamp(at)}},
	})
}

func missingScopes(any []string) *failure {
	const more = "https://developers.hubspot.com/scopes"
	return fail(http.StatusForbidden, hubspot.ErrorBody{
		Message:  "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: " + more + ".",
		Category: hubspot.CategoryScopes,
		Links:    map[string]string{"scopes": more},
		Errors: []hubspot.ErrorDetail{{
			Message: "One or more of the following scopes are required.",
			Context: map[string][]string{"requiredGranularScopes": any},
		}},
	})
}

// throttled is a 429 in the form that was recorded: errorType and policyName, no category.
func (s *Server) throttled(policy string, c *call) *failure {
	body := hubspot.ErrorBody{
		ErrorType:  "RATE_LIMIT",
		PolicyName: policy,
		Message:    "You have reached your " + strings.ToLower(policy) + " limit.",
	}
	pause := time.Second
	switch policy {
	case hubspot.PolicySecondly:
		body.GroupName = fmt.Sprintf("publicapi:crm:search:oauth:%d:%s", c.token.app(), s.portal())
	case hubspot.PolicyTenSecondly:
		body.GroupName = fmt.Sprintf("publicapi:oauth:%d:%s", c.token.app(), s.portal())
		pause = 10 * time.Second
	case hubspot.PolicyDaily:
		body.RequestID = c.correlation
		pause = s.midnight(c.now).Sub(c.now)
	}
	if s.assume.CategoryOn429 {
		body.Category = "RATE_LIMITS"
	}
	f := fail(http.StatusTooManyRequests, body)
	if s.assume.RetryAfterOn429 {
		f.after(pause)
	}
	return f
}

// page is an answer of the edge in front of HubSpot, which speaks HTML.
func page(status int) *failure {
	title := strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
	return &failure{
		status: status,
		kind:   "text/html; charset=UTF-8",
		text: []byte("<!DOCTYPE html>\n<html><head><title>" + title + "</title></head>\n<body><center><h1>" + title +
			"</h1></center><hr><center>cloudflare</center></body></html>\n"),
	}
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
