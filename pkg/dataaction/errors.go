package dataaction

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"github.com/dealroute/dealroute/pkg/secret"
)

// An Error has the shape of the error contract that every data action has, which is what
// Architect shows as failure outputs.
type Error struct {
	ErrorCode         string   `json:"errorCode"`
	Status            int      `json:"status"`
	CorrelationID     string   `json:"correlationId"`
	EntityID          string   `json:"entityId"`
	EntityName        string   `json:"entityName"`
	UserMessage       string   `json:"userMessage"`
	UserParamsMessage *string  `json:"userParamsMessage"`
	UserParams        []Param  `json:"userParams"`
	Details           []Detail `json:"details"`
	Errors            []*Error `json:"errors"`
}

// A Param is a name and a value of an error message.
type Param struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// A Detail says which part of the platform failed.
type Detail struct {
	ErrorCode  string `json:"errorCode"`
	FieldName  string `json:"fieldName"`
	EntityID   string `json:"entityId"`
	EntityName string `json:"entityName"`
}

func (e *Error) Error() string { return e.ErrorCode + ": " + e.UserMessage }

// Codes of details.
const (
	detailProcessing = "ACTION.PROCESSING"
	detailRemote     = "ACTION.REMOTE_ENDPOINT"
	detailAuth       = "ACTION.AUTHENTICATION"
)

func newError(code string, status int, detail, field, message string) *Error {
	return &Error{
		ErrorCode: code, Status: status, UserMessage: message,
		UserParams: []Param{}, Details: []Detail{{ErrorCode: detail, FieldName: field}}, Errors: []*Error{},
	}
}

// remoteError mirrors the status of a reply that is no success. That Genesys mirrors it for
// others than 500 is undocumented; its published examples repeat status and code below errors.
func remoteError(status int) *Error {
	code, ok := statusCodes[status]
	switch {
	case ok:
	case status >= 500:
		code = "INTERNAL_SERVER_ERROR"
	default:
		code = "BAD_REQUEST"
	}
	message := "The remote endpoint answered with status " + strconv.Itoa(status) + "."
	e := newError(code, status, detailRemote, "", message)
	e.Errors = []*Error{newError(code, status, detailRemote, "", message)}
	return e
}

var statusCodes = map[int]string{
	400: "BAD_REQUEST", 401: "UNAUTHORIZED", 403: "FORBIDDEN", 404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED",
	408: "REQUEST_TIMEOUT", 409: "CONFLICT", 413: "REQUEST_ENTITY_TOO_LARGE", 415: "UNSUPPORTED_MEDIA_TYPE",
	422: "UNPROCESSABLE_ENTITY", 429: "TOO_MANY_REQUESTS", 500: "INTERNAL_SERVER_ERROR", 502: "BAD_GATEWAY",
	503: "SERVICE_UNAVAILABLE", 504: "GATEWAY_TIMEOUT",
}

// An APIError is an error in the shape of the public API, as tests of an action report it.
type APIError struct {
	Message       string            `json:"message"`
	Code          string            `json:"code"`
	Status        int               `json:"status"`
	MessageParams map[string]string `json:"messageParams"`
	ContextID     string            `json:"contextId"`
	Details       []APIDetail       `json:"details"`
	Errors        []*APIError       `json:"errors"`
}

// An APIDetail is one of an APIError's.
type APIDetail struct {
	ErrorCode  string `json:"errorCode"`
	FieldName  string `json:"fieldName,omitempty"`
	EntityID   string `json:"entityId,omitempty"`
	EntityName string `json:"entityName,omitempty"`
}

// API gives the error as the public API shows it: codes with dots in lower case.
func (e *Error) API() *APIError {
	out := &APIError{
		Message: e.UserMessage, Code: strings.ToLower(strings.ReplaceAll(e.ErrorCode, "_", ".")), Status: e.Status,
		MessageParams: map[string]string{}, ContextID: e.CorrelationID, Details: []APIDetail{}, Errors: []*APIError{},
	}
	for _, d := range e.Details {
		out.Details = append(out.Details, APIDetail(d))
	}
	for _, sub := range e.Errors {
		out.Errors = append(out.Errors, sub.API())
	}
	return out
}

// An Operation is one step as Genesys' own test of an action reports it. Its error has the
// shape of the public API. The names of steps are ours: Genesys' are undocumented.
type Operation struct {
	Step    int             `json:"step"`
	Name    string          `json:"name"`
	Success bool            `json:"success"`
	Result  json.RawMessage `json:"result"`
	Error   json.RawMessage `json:"error"`
}

// A mask hides the secrets of a run in whatever it reports.
type mask struct{ hidden []string }

const dots = "••••••"

// shortest is the length from which a text counts as a secret; hiding every "1" would make a
// report unreadable.
const shortest = 4

func (m *mask) addText(s string) {
	if len(s) < shortest {
		return
	}
	m.hidden = append(m.hidden, s)
	for _, form := range []string{url.QueryEscape(s), url.PathEscape(s), jsonForm(s)} {
		if form != s {
			m.hidden = append(m.hidden, form)
		}
	}
}

func jsonForm(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return s
	}
	return string(b[1 : len(b)-1])
}

func (m *mask) add(v secret.Value) { m.addText(v.Reveal()) }

func (m *mask) text(s string) string {
	for _, h := range m.hidden {
		s = strings.ReplaceAll(s, h, dots)
	}
	return s
}

// header hides a header's value when it authorises or holds a secret.
func (m *mask) header(h Header) Header {
	if strings.EqualFold(h.Name, "Authorization") || strings.EqualFold(h.Name, "Cookie") || strings.EqualFold(h.Name, "X-Api-Key") {
		scheme, _, ok := strings.Cut(h.Value, " ")
		if ok {
			return Header{h.Name, scheme + " " + dots}
		}
		return Header{h.Name, dots}
	}
	return Header{h.Name, m.text(h.Value)}
}
