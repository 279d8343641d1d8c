package dataaction

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/jsonpath"
	"github.com/dealroute/dealroute/pkg/source"
)

// limits bound a definition; its schemas are compiled by a library that recurses.
var limits = source.Limits{Depth: jsonpath.MaxDepth}

// ParseExport reads a definition in the form of an export file, or of the API's body (which
// has category and integrationId, and no integrationType and actionType). The findings hold
// what made reading hard; the definition is nil only when nothing could be read.
func ParseExport(file string, data []byte) (*Definition, diag.Findings) {
	text := source.New(file, data)
	root, fault := text.JSON(limits)
	if fault != nil {
		return nil, diag.Findings{fault.Finding(codeNoJSON)}
	}
	return ParseTree(Tree{Root: root, Places: text})
}

// reader takes a definition out of a JSON value and notes what does not fit.
type reader struct {
	d        *Definition
	findings diag.Findings
}

func (r *reader) add(sev diag.Severity, code, pointer string, at *yaml.Node, message, hint string) {
	r.findings.Add(diag.Finding{
		Code: code, Severity: sev, Message: message, Hint: hint, Position: r.d.text.At(at), Path: pointer,
	})
}

func (r *reader) wrong(pointer, want string, got *yaml.Node) {
	r.add(diag.Error, codeWrongType, pointer, got, "expected "+want+", found "+kind(got), "")
}

// object visits the members of an object; names that are not known are reported.
func (r *reader) object(pointer string, v *yaml.Node, fields map[string]func(pointer string, v *yaml.Node)) {
	if v.Kind != yaml.MappingNode {
		r.wrong(pointer, "an object", v)
		return
	}
	known := make([]string, 0, len(fields))
	for k := range fields {
		known = append(known, k)
	}
	slices.Sort(known)
	for p := range source.Pairs(v) {
		name := p.Key.Value
		at := pointer + "/" + source.EscapePointer(name)
		if read, ok := fields[name]; ok {
			read(at, p.Value)
			continue
		}
		if r.findings.Full() {
			r.findings.Add(diag.Finding{Severity: diag.Info})
			continue
		}
		sev, hint := diag.Info, diag.DidYouMean(name, known)
		if hint != "" {
			sev = diag.Warning // what was meant is missing
		}
		r.add(sev, codeUnknownKey, at, p.Value, strconv.Quote(name)+" is not part of a data action", hint)
	}
}

func (r *reader) text(into *string) func(string, *yaml.Node) {
	return func(pointer string, v *yaml.Node) {
		if v.ShortTag() != "!!str" {
			r.wrong(pointer, "a string", v)
			return
		}
		*into = v.Value
	}
}

func (r *reader) texts(into *map[string]string) func(string, *yaml.Node) {
	return func(pointer string, v *yaml.Node) {
		if v.Kind != yaml.MappingNode {
			r.wrong(pointer, "an object of strings", v)
			return
		}
		*into = make(map[string]string, len(v.Content)/2)
		for p := range source.Pairs(v) {
			if p.Value.ShortTag() != "!!str" {
				r.wrong(pointer+"/"+source.EscapePointer(p.Key.Value), "a string", p.Value)
				continue
			}
			(*into)[p.Key.Value] = p.Value.Value
		}
	}
}

func (r *reader) raw(into *json.RawMessage) func(string, *yaml.Node) {
	return func(pointer string, v *yaml.Node) {
		if v.Kind != yaml.MappingNode {
			r.wrong(pointer, "a JSON schema", v)
			return
		}
		*into = value(v).AppendJSON(nil)
	}
}

// kind names what a node is, as paths do.
func kind(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return jsonpath.Map().Kind().String()
	case yaml.SequenceNode:
		return jsonpath.List().Kind().String()
	}
	return value(n).Kind().String()
}

// value is a node of JSON as the values that paths are applied to.
func value(n *yaml.Node) jsonpath.Value {
	switch n.Kind {
	case yaml.MappingNode:
		var members []jsonpath.Member
		for p := range source.Pairs(n) {
			members = append(members, jsonpath.Member{Name: p.Key.Value, Value: value(p.Value)})
		}
		return jsonpath.Map(members...)
	case yaml.SequenceNode:
		items := make([]jsonpath.Value, len(n.Content))
		for i, c := range n.Content {
			items[i] = value(c)
		}
		return jsonpath.List(items...)
	}
	switch n.ShortTag() {
	case "!!null":
		return jsonpath.Value{}
	case "!!bool":
		return jsonpath.Bool(n.Value == "true")
	case "!!str":
		return jsonpath.Text(n.Value)
	}
	return jsonpath.Digits(n.Value)
}

func (r *reader) ignore(string, *yaml.Node) {}

func (r *reader) definition(root *yaml.Node) {
	d := r.d
	r.object("", root, map[string]func(string, *yaml.Node){
		"name":            r.text(&d.Name),
		"integrationType": r.text(&d.IntegrationType),
		"actionType":      r.text(&d.ActionType),
		"category":        r.text(&d.Category),
		"integrationId":   r.ignore, "id": r.ignore, "version": r.ignore, "selfUri": r.ignore, // of the API form
		"referencedObjects": r.ignore, "trackingId": r.ignore, // seen in exports
		"secure": func(p string, v *yaml.Node) {
			if v.ShortTag() != "!!bool" {
				r.wrong(p, "true or false", v)
				return
			}
			d.Secure = v.Value == "true"
		},
		"config": func(p string, v *yaml.Node) {
			r.object(p, v, map[string]func(string, *yaml.Node){
				"request": func(p string, v *yaml.Node) {
					r.object(p, v, map[string]func(string, *yaml.Node){
						"requestUrlTemplate": r.text(&d.Request.URLTemplate),
						"requestType":        r.text(&d.Request.Type),
						"headers":            r.texts(&d.Request.Headers),
						"requestTemplate":    r.text(&d.Request.Template),
						"requestTemplateUri": r.ignore,
					})
				},
				"response": func(p string, v *yaml.Node) {
					r.object(p, v, map[string]func(string, *yaml.Node){
						"translationMap":         r.texts(&d.Response.TranslationMap),
						"translationMapDefaults": r.texts(&d.Response.Defaults),
						"successTemplate":        r.text(&d.Response.SuccessTemplate),
						"successTemplateUri":     r.ignore,
					})
				},
				"timeoutSeconds": func(p string, v *yaml.Node) {
					n, err := strconv.Atoi(v.Value)
					if err != nil || v.ShortTag() != "!!int" || n < 1 || n > 60 {
						r.add(diag.Error, codeTimeout, p, v, "timeoutSeconds must be a whole number from 1 to 60", "")
						return
					}
					d.TimeoutSeconds = n
				},
			})
		},
		"contract": func(p string, v *yaml.Node) {
			r.object(p, v, map[string]func(string, *yaml.Node){
				"input": func(p string, v *yaml.Node) {
					r.object(p, v, map[string]func(string, *yaml.Node){"inputSchema": r.raw(&d.Input)})
				},
				"output": func(p string, v *yaml.Node) {
					r.object(p, v, map[string]func(string, *yaml.Node){
						"successSchema": r.raw(&d.Output), "successSchemaUri": r.ignore, "errorSchema": r.ignore, "errorSchemaUri": r.ignore,
					})
				},
			})
		},
	})
	if d.ActionType == "" && !d.given("/actionType") && d.given("/integrationId") {
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
