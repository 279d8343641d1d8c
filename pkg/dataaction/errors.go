package dataaction

import "encoding/json"

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

// An Operation is one step as Genesys' own test of an action reports it. Its error has the
// shape of the public API.
type Operation struct {
	Step    int             `json:"step"`
	Name    string          `json:"name"`
	Success bool            `json:"success"`
	Result  json.RawMessage `json:"result"`
	Error   json.RawMessage `json:"error"`
}
