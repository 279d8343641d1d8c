package dataaction

import (
	"encoding/json"
	"maps"
	"slices"

	"go.yaml.in/yaml/v4"
)

// A Definition is a data action as its export file has it. Name, category and timeout that an
// export does not carry (Genesys: the API model has them, no published export does) are kept
// when a file in the API's form gives them.
type Definition struct {
	Name            string
	IntegrationType string // custom-rest-actions or purecloud-data-actions; "" in the API form
	ActionType      string // custom, customAuth or static
	Category        string // API form only
	Secure          bool
	TimeoutSeconds  int // 0 is unset: Genesys waits 60 seconds

	Request  RequestConfig
	Response ResponseConfig

	Input  json.RawMessage // contract.input.inputSchema
	Output json.RawMessage // contract.output.successSchema

	text    Places
	root    *yaml.Node // what the definition was read from, for places; nil for one made in Go
	unknown map[string]bool
	partly  map[string]bool
}

// Clone is a copy that may be changed without the original's knowing; nil of nil.
func (d *Definition) Clone() *Definition {
	if d == nil {
		return nil
	}
	out := *d
	out.Request.Headers = maps.Clone(d.Request.Headers)
	out.Response.TranslationMap, out.Response.Defaults = maps.Clone(d.Response.TranslationMap), maps.Clone(d.Response.Defaults)
	out.Input, out.Output = slices.Clone(d.Input), slices.Clone(d.Output)
	return &out
}

// RequestConfig is what a definition says about the request.
type RequestConfig struct {
	URLTemplate string
	Type        string // GET, PUT, POST, PATCH, DELETE
	Headers     map[string]string
	Template    string
}

// ResponseConfig is what a definition says about the reply.
type ResponseConfig struct {
	TranslationMap  map[string]string // variable to path
	Defaults        map[string]string // variable to raw text
	SuccessTemplate string
}

// The integration types.
const (
	WebServices  = "custom-rest-actions"
	GenesysCloud = "purecloud-data-actions"
	Functions    = "function-data-actions" // run a function of the organisation inside Genesys Cloud; without an address
)

// The action types.
const (
	Custom     = "custom"
	CustomAuth = "customAuth"
	Static     = "static"
)
