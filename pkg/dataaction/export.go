package dataaction

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/jsonpath"
)

func decodeString(literal string) (string, error) {
	v, err := jsonpath.Decode([]byte(literal))
	return v.Str(), err
}

// ParseExport reads a definition in the form of an export file, or of the API's body (which
// has category and integrationId, and no integrationType and actionType). The findings hold
// what made reading hard; the definition is nil only when nothing could be read.
func ParseExport(file string, data []byte) (*Definition, diag.Findings) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	root, err := jsonpath.Decode(data)
	if err != nil {
		f := diag.Finding{Code: codeNoJSON, Message: err.Error(), Position: diag.Position{File: file}}
		var e *jsonpath.SyntaxError
		if errors.As(err, &e) {
			f.Message = "not JSON: " + e.Message
			f.Position = (&source{file: file, text: string(data)}).position(e.Offset)
		}
		return nil, diag.Findings{f}
	}
	r := &reader{d: &Definition{source: newSource(file, string(data))}}
	if root.Kind() != jsonpath.Object {
		r.wrong("", "an object", root)
		return nil, r.findings
	}
	r.definition(root)
	return r.d, r.findings
}

// reader takes a definition out of a JSON value and notes what does not fit.
type reader struct {
	d        *Definition
	findings diag.Findings
}

func (r *reader) add(sev diag.Severity, code, pointer, message, hint string) {
	r.findings = append(r.findings, diag.Finding{
		Code: code, Severity: sev, Message: message, Hint: hint, Position: r.d.position(pointer), Path: pointer,
	})
}

func (r *reader) wrong(pointer, want string, got jsonpath.Value) {
	r.add(diag.Error, codeWrongType, pointer, "expected "+want+", found "+got.Kind().String(), "")
}

// object visits the members of an object; names that are not known are reported.
func (r *reader) object(pointer string, v jsonpath.Value, fields map[string]func(pointer string, v jsonpath.Value)) {
	if v.Kind() != jsonpath.Object {
		r.wrong(pointer, "an object", v)
		return
	}
	known := make([]string, 0, len(fields))
	for k := range fields {
		known = append(known, k)
	}
	slices.Sort(known)
	for _, m := range v.Members() {
		at := pointer + "/" + escapePointer(m.Name)
		if read, ok := fields[m.Name]; ok {
			read(at, m.Value)
			continue
		}
		r.add(diag.Warning, codeUnknownKey, at, strconv.Quote(m.Name)+" is not part of a data action", diag.DidYouMean(m.Name, known))
	}
}

func (r *reader) text(into *string) func(string, jsonpath.Value) {
	return func(pointer string, v jsonpath.Value) {
		if v.Kind() != jsonpath.String {
			r.wrong(pointer, "a string", v)
			return
		}
		*into = v.Str()
	}
}

func (r *reader) texts(into *map[string]string) func(string, jsonpath.Value) {
	return func(pointer string, v jsonpath.Value) {
		if v.Kind() != jsonpath.Object {
			r.wrong(pointer, "an object of strings", v)
			return
		}
		*into = make(map[string]string, v.Len())
		for _, m := range v.Members() {
			if m.Value.Kind() != jsonpath.String {
				r.wrong(pointer+"/"+escapePointer(m.Name), "a string", m.Value)
				continue
			}
			(*into)[m.Name] = m.Value.Str()
		}
	}
}

func (r *reader) raw(into *json.RawMessage) func(string, jsonpath.Value) {
	return func(pointer string, v jsonpath.Value) {
		if v.Kind() != jsonpath.Object {
			r.wrong(pointer, "a JSON schema", v)
			return
		}
		*into = v.AppendJSON(nil)
	}
}

func (r *reader) ignore(string, jsonpath.Value) {}

func (r *reader) definition(root jsonpath.Value) {
	d := r.d
	r.object("", root, map[string]func(string, jsonpath.Value){
		"name":            r.text(&d.Name),
		"integrationType": r.text(&d.IntegrationType),
		"actionType":      r.text(&d.ActionType),
		"category":        r.text(&d.Category),
		"integrationId":   r.ignore, "id": r.ignore, "version": r.ignore, "selfUri": r.ignore, // of the API form
		"secure": func(p string, v jsonpath.Value) {
			if k := v.Kind(); k != jsonpath.True && k != jsonpath.False {
				r.wrong(p, "true or false", v)
				return
			}
			d.Secure = v.Bool()
		},
		"config": func(p string, v jsonpath.Value) {
			r.object(p, v, map[string]func(string, jsonpath.Value){
				"request": func(p string, v jsonpath.Value) {
					r.object(p, v, map[string]func(string, jsonpath.Value){
						"requestUrlTemplate": r.text(&d.Request.URLTemplate),
						"requestType":        r.text(&d.Request.Type),
						"headers":            r.texts(&d.Request.Headers),
						"requestTemplate":    r.text(&d.Request.Template),
						"requestTemplateUri": r.ignore,
					})
				},
				"response": func(p string, v jsonpath.Value) {
					r.object(p, v, map[string]func(string, jsonpath.Value){
						"translationMap":         r.texts(&d.Response.TranslationMap),
						"translationMapDefaults": r.texts(&d.Response.Defaults),
						"successTemplate":        r.text(&d.Response.SuccessTemplate),
						"successTemplateUri":     r.ignore,
					})
				},
				"timeoutSeconds": func(p string, v jsonpath.Value) {
					n, err := strconv.Atoi(v.Number())
					if err != nil || n < 1 || n > 60 {
						r.add(diag.Error, codeTimeout, p, "timeoutSeconds must be a whole number from 1 to 60", "")
						return
					}
					d.TimeoutSeconds = n
				},
			})
		},
		"contract": func(p string, v jsonpath.Value) {
			r.object(p, v, map[string]func(string, jsonpath.Value){
				"input": func(p string, v jsonpath.Value) {
					r.object(p, v, map[string]func(string, jsonpath.Value){"inputSchema": r.raw(&d.Input)})
				},
				"output": func(p string, v jsonpath.Value) {
					r.object(p, v, map[string]func(string, jsonpath.Value){
						"successSchema": r.raw(&d.Output), "successSchemaUri": r.ignore, "errorSchema": r.ignore, "errorSchemaUri": r.ignore,
					})
				},
			})
		},
	})
	if r.d.ActionType == "" && d.source.at["/actionType"].to == 0 && d.source.at["/integrationId"].to != 0 {
		d.ActionType = Custom // the API's body has no action type
	}
}

type exportFile struct {
	Name            string         `json:"name"`
	IntegrationType string         `json:"integrationType"`
	ActionType      string         `json:"actionType"`
	Config          exportConfig   `json:"config"`
	Contract        exportContract `json:"contract"`
	Secure          bool           `json:"secure"`
}

type exportConfig struct {
	Request  exportRequest  `json:"request"`
	Response exportResponse `json:"response"`
}

type exportRequest struct {
	URLTemplate string            `json:"requestUrlTemplate"`
	Type        string            `json:"requestType"`
	Headers     map[string]string `json:"headers"`
	Template    string            `json:"requestTemplate"`
}

type exportResponse struct {
	TranslationMap  map[string]string `json:"translationMap"`
	Defaults        map[string]string `json:"translationMapDefaults"`
	SuccessTemplate string            `json:"successTemplate"`
}

type exportContract struct {
	Input  exportInput  `json:"input"`
	Output exportOutput `json:"output"`
}

type exportInput struct {
	Schema json.RawMessage `json:"inputSchema"`
}

type exportOutput struct {
	Schema json.RawMessage `json:"successSchema"`
}

// Export prints the definition as Genesys exports it: exactly six keys at the top, maps and
// requestTemplate always present. Without a request template it holds ${input.rawRequest},
// because an import without one is refused, for GET too. The same definition always prints
// the same.
func (d *Definition) Export() []byte {
	e := exportFile{
		Name: d.Name, IntegrationType: d.IntegrationType, ActionType: d.ActionType, Secure: d.Secure,
		Config: exportConfig{
			Request: exportRequest{
				URLTemplate: d.Request.URLTemplate, Type: d.Request.Type, Headers: d.Request.Headers, Template: d.Request.Template,
			},
			Response: exportResponse{
				TranslationMap: d.Response.TranslationMap, Defaults: d.Response.Defaults, SuccessTemplate: d.Response.SuccessTemplate,
			},
		},
		Contract: exportContract{Input: exportInput{d.Input}, Output: exportOutput{d.Output}},
	}
	if e.ActionType == "" {
		e.ActionType = Custom
	}
	if e.Config.Request.Template == "" {
		e.Config.Request.Template = rawRequest
	}
	for _, m := range []*map[string]string{&e.Config.Request.Headers, &e.Config.Response.TranslationMap, &e.Config.Response.Defaults} {
		if *m == nil {
			*m = map[string]string{}
		}
	}
	for _, s := range []*json.RawMessage{&e.Contract.Input.Schema, &e.Contract.Output.Schema} {
		if len(*s) == 0 {
			*s = json.RawMessage(`{"type":"object","properties":{}}`)
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(e); err != nil { // a contract that is no JSON
		return nil
	}
	return b.Bytes()
}

// rawRequest is the request template that sends the input as it is.
const rawRequest = "${input.rawRequest}"
