package genesystest

import (
	"fmt"
	"net/http"
	"strings"
)

// An apiError is the error body of every endpoint (ErrorBody of the API description).
type apiError struct {
	Message           string            `json:"message"`
	Code              string            `json:"code"`
	Status            int               `json:"status"`
	EntityID          string            `json:"entityId,omitempty"`
	EntityName        string            `json:"entityName,omitempty"`
	MessageWithParams string            `json:"messageWithParams,omitempty"`
	MessageParams     map[string]string `json:"messageParams,omitempty"`
	ContextID         string            `json:"contextId"`
	Details           []errorDetail     `json:"details"`
	Errors            []apiError        `json:"errors"`
	Limit             *errorLimit       `json:"limit,omitempty"`

	retryAfter int // seconds; sent as a header
}

type errorDetail struct {
	ErrorCode  string `json:"errorCode,omitempty"`
	FieldName  string `json:"fieldName,omitempty"`
	EntityID   string `json:"entityId,omitempty"`
	EntityName string `json:"entityName,omitempty"`
}

type errorLimit struct {
	Key       string `json:"key"`
	Namespace string `json:"namespace"`
	Value     int    `json:"value"`
}

func (e *apiError) Error() string { return fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.Message) }

// complete gives an error the lists that are never absent.
func (e *apiError) complete() {
	if e.Details == nil {
		e.Details = []errorDetail{}
	}
	if e.Errors == nil {
		e.Errors = []apiError{}
	}
}

func failed(status int, code, format string, args ...any) *apiError {
	return &apiError{Status: status, Code: code, Message: fmt.Sprintf(format, args...)}
}

func notFound(what, id string) *apiError {
	return failed(http.StatusNotFound, "not.found", "Unable to find %s with that ID: %s", what, id)
}

// badRequest is what a request that breaks the description gets.
func badRequest(err error) *apiError {
	return failed(http.StatusBadRequest, "bad.request", "The request could not be understood by the server due to malformed syntax: %v", err)
}

func versionConflict(have, sent int) *apiError {
	return failed(http.StatusConflict, "version.conflict", "Version %d does not match the current version %d", sent, have)
}

func missingPermissions(o *operation) *apiError {
	code, text := "missing.permissions", "You are missing the following permission(s): "
	if o.Any && len(o.Permissions) > 1 {
		code, text = "missing.any.permissions", "You must have at least one of the following permissions assigned: "
	}
	list := strings.Join(o.Permissions, ", ")
	e := failed(http.StatusForbidden, code, "Unable to perform the requested action. %s%s", text, list)
	e.MessageParams = map[string]string{"permissions": list}
	return e
}

func tooManyRequests(seconds int) *apiError {
	e := failed(http.StatusTooManyRequests, "too.many.requests.retry.after", "Rate limit exceeded the maximum. Retry the request in [%d] seconds", seconds)
	e.retryAfter = max(seconds, 1)
	return e
}
