package genesystest

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

//go:embed spec.json.gz
var specFile []byte

// A spec is the published API description: every operation, and of those that the emulator
// serves what a request may hold and what an answer is.
type spec struct {
	Version     string         `json:"version"`
	Operations  []*operation   `json:"operations"`
	Definitions map[string]any `json:"definitions"`

	root *segment

	mu       sync.Mutex // compiling is not for two at once
	compiler *jsonschema.Compiler
	compiled map[string]*jsonschema.Schema
	seed     maphash.Seed
	fitting  sync.Map // hashes of answers that were compared and fit
}

// An operation is a method and path of the published description.
type operation struct {
	Method       string       `json:"method"`
	Path         string       `json:"path"`
	Query        []queryParam `json:"query"`
	Body         any          `json:"body"`
	BodyRequired bool         `json:"bodyRequired"`
	Permissions  []string     `json:"permissions"`
	Any          bool         `json:"any"` // one of the permissions suffices

	Answers map[string]any `json:"answers"` // by status or "default"; nil: without a body
}

type queryParam struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Required bool   `json:"required"`
}

// A segment is a node of the routing tree. A literal wins over a parameter, as the paths
// of the API are meant; the patterns of http.ServeMux cannot hold them all.
type segment struct {
	literal map[string]*segment
	param   *segment
	methods map[string]*operation
}

// extra are operations that the description of this SDK version lacks, although the
// platform has them: export of flows, and what Genesys' own provider uses for scripts.
var extra = []*operation{
	{Method: "POST", Path: "/api/v2/flows/export/jobs", Permissions: []string{"architect:flow:view"}},
	{Method: "GET", Path: "/api/v2/flows/export/jobs/{jobId}", Permissions: []string{"architect:flow:view"}},
	{Method: "GET", Path: "/api/v2/integrations/credentials/listing", Permissions: []string{"integrations:integration:view"}},
	{Method: "DELETE", Path: "/api/v2/scripts/{scriptId}", Permissions: []string{"scripter:script:delete"}},
}

// loadSpec decodes the table once for all emulators of a process.
var loadSpec = sync.OnceValues(func() (*spec, error) {
	z, err := gzip.NewReader(bytes.NewReader(specFile))
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	s := &spec{root: &segment{}, seed: maphash.MakeSeed()}
	if err := json.Unmarshal(data, s); err != nil {
		return nil, err
	}
	s.Operations = append(s.Operations, extra...)
	// The description leaves objects open. Closing those with named fields is what finds a
	// misspelt one.
	for _, d := range s.Definitions {
		loosen(d)
		closeObject(d)
	}
	for _, name := range optional {
		def, field, _ := strings.Cut(name, ".")
		m := object(s.Definitions[def])
		m["required"] = slices.DeleteFunc(list(m["required"]), func(x any) bool { return x == field })
	}
	s.compiler, s.compiled = jsonschema.NewCompiler(), map[string]*jsonschema.Schema{}
	s.compiler.DefaultDraft(jsonschema.Draft4)
	s.compiler.UseLoader(noLoader{})
	if err := s.compiler.AddResource(specBase, map[string]any{"definitions": s.Definitions}); err != nil {
		return nil, err
	}
	for _, o := range s.Operations {
		s.add(o)
	}
	return s, nil
})

const specBase = "https://api.example/spec.json"

// optional are fields that the description requires and the platform does not: Genesys' own
// provider makes integrations without a name.
var optional = []string{"CreateIntegrationRequest.name"}

// schema compiles a schema of an operation when it is asked for first: few of them are, in
// one run.
func (s *spec) schema(name string, of any) (*jsonschema.Schema, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.compiled[name]; c != nil {
		return c, nil
	}
	loosen(of)
	text, err := json.Marshal(of)
	if err != nil {
		return nil, err
	}
	absolute := bytes.ReplaceAll(text, []byte(`"#/definitions/`), []byte(`"`+specBase+`#/definitions/`))
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(absolute))
	if err != nil {
		return nil, err
	}
	at := "https://api.example/" + url.PathEscape(name) + ".json"
	if err := s.compiler.AddResource(at, doc); err != nil {
		return nil, err
	}
	c, err := s.compiler.Compile(at)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	s.compiled[name] = c
	return c, nil
}

// noLoader refuses to fetch a schema: all there is stands in the table.
type noLoader struct{}

func (noLoader) Load(u string) (any, error) {
	return nil, fmt.Errorf("schema %s is not in the table", u)
}

// loosen makes "an object of which nothing is said" mean any value: that is how the
// description writes the values of maps, such as the cells of a row or the inputs of an
// action, which are texts and numbers.
func loosen(v any) {
	switch x := v.(type) {
	case map[string]any:
		if x["type"] == "object" && x["properties"] == nil && x["additionalProperties"] == nil {
			delete(x, "type")
		}
		for k, e := range x {
			if k != "enum" && k != "required" {
				loosen(e)
			}
		}
	case []any:
		for _, e := range x {
			loosen(e)
		}
	}
}

func closeObject(v any) {
	m, ok := v.(map[string]any)
	if !ok {
		return
	}
	props, ok := m["properties"].(map[string]any)
	if !ok || props["$schema"] != nil { // a schema has more keywords than are listed
		return
	}
	if _, set := m["additionalProperties"]; !set {
		m["additionalProperties"] = false
	}
	for _, p := range props {
		closeObject(p)
	}
}

func (s *spec) add(o *operation) {
	at := s.root
	for _, part := range strings.Split(strings.Trim(o.Path, "/"), "/") {
		if strings.HasPrefix(part, "{") {
			if at.param == nil {
				at.param = &segment{}
			}
			at = at.param
			continue
		}
		if at.literal == nil {
			at.literal = map[string]*segment{}
		}
		if at.literal[part] == nil {
			at.literal[part] = &segment{}
		}
		at = at.literal[part]
	}
	if at.methods == nil {
		at.methods = map[string]*operation{}
	}
	at.methods[o.Method] = o
}

// find gives the operation for a request and the values of its path parameters. methods
// holds the methods that the path has, when only the method is wrong.
func (s *spec) find(method, escapedPath string) (o *operation, params []string, methods []string) {
	parts := strings.Split(strings.Trim(escapedPath, "/"), "/")
	var walk func(at *segment, i int, params []string) bool
	walk = func(at *segment, i int, got []string) bool {
		if i == len(parts) {
			for m := range at.methods {
				methods = append(methods, m)
			}
			if at.methods[method] == nil {
				return false
			}
			o, params = at.methods[method], got
			return true
		}
		if next := at.literal[parts[i]]; next != nil && walk(next, i+1, got) {
			return true
		}
		if at.param == nil {
			return false
		}
		value, err := url.PathUnescape(parts[i])
		if err != nil {
			return false
		}
		return walk(at.param, i+1, append(slices.Clone(got), value))
	}
	walk(s.root, 0, nil)
	slices.Sort(methods)
	return o, params, methods
}

// check compares a request with the description: unknown and missing query parameters,
// and the body field by field. The error names the place. It gives the body without what is
// null: for an optional field that says the same as leaving it out.
func (s *spec) check(o *operation, query url.Values, body []byte) ([]byte, error) {
	var known []string
	for _, p := range o.Query {
		known = append(known, p.Name)
		if p.Required && !query.Has(p.Name) {
			return nil, fmt.Errorf("query parameter %q is missing", p.Name)
		}
		if v := query.Get(p.Name); query.Has(p.Name) && !fits(p.Type, v) {
			return nil, fmt.Errorf("query parameter %q is no %s: %q", p.Name, p.Type, v)
		}
	}
	for name := range query {
		if len(o.Query) > 0 && !slices.Contains(known, name) {
			if hint := diag.DidYouMean(name, known); hint != "" {
				return nil, fmt.Errorf("query parameter %q is not described, %s", name, hint)
			}
			return nil, fmt.Errorf("query parameter %q is not described", name)
		}
	}
	if o.Body == nil {
		return body, nil
	}
	if len(bytes.TrimSpace(body)) == 0 {
		if o.BodyRequired {
			return nil, fmt.Errorf("the body is missing")
		}
		return body, nil
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("the body is no JSON: %w", err)
	}
	schema, err := s.schema("body of "+o.Method+" "+o.Path, o.Body)
	if err != nil {
		return nil, err
	}
	if isFree := object(o.Body)["$ref"] == nil && object(o.Body)["type"] != "array"; !isFree && withoutNulls(doc) {
		if body, err = json.Marshal(doc); err != nil {
			return nil, err
		}
	}
	if err := schema.Validate(doc); err != nil {
		return nil, fmt.Errorf("the body breaks the API description: %s", firstCause(err))
	}
	return body, nil
}

// withoutNulls drops the fields that are null, at any depth, and tells whether there were any.
func withoutNulls(v any) bool {
	dropped := false
	switch x := v.(type) {
	case map[string]any:
		for k, e := range x {
			if e == nil {
				delete(x, k)
				dropped = true
				continue
			}
			dropped = withoutNulls(e) || dropped
		}
	case []any:
		for _, e := range x {
			dropped = withoutNulls(e) || dropped
		}
	}
	return dropped
}

// checkAnswer compares an answer with the description: its status, and the body field by
// field. What the description does not have has no described answer.
func (s *spec) checkAnswer(o *operation, status int, answer any) error {
	if o.Answers == nil {
		return nil
	}
	described, has := o.Answers[strconv.Itoa(status)]
	if !has {
		described, has = o.Answers["default"]
	}
	name := fmt.Sprintf("answer %d of %s %s", status, o.Method, o.Path)
	_, isText := answer.(rawText)
	switch {
	case !has:
		return fmt.Errorf("%s: the description has %s", name, strings.Join(sortedKeys(o.Answers), ", "))
	case described == nil && answer != nil:
		return fmt.Errorf("%s: the description has no body", name)
	case described == nil, isText:
		return nil
	}
	return s.fits(name, described, answer)
}

// fits compares a value with a schema. One that was found to fit is not looked at again: runs
// that repeat give the same answers, and looking takes longer than all else of a request.
func (s *spec) fits(name string, schema, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	known := maphash.Bytes(s.seed, append([]byte(name), text...))
	if _, is := s.fitting.Load(known); is {
		return nil
	}
	c, err := s.schema(name, schema)
	if err != nil {
		return err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	if err := c.Validate(doc); err != nil {
		return fmt.Errorf("%s: %s", name, firstCause(err))
	}
	s.fitting.Store(known, true)
	return nil
}

func fits(kind, v string) bool {
	switch kind {
	case "boolean":
		return v == "true" || v == "false"
	case "integer":
		n, err := strconv.ParseInt(v, 10, 32) // format int32
		return err == nil && n >= 0
	}
	return true
}

// firstCause gives the messages of the deepest causes of a schema error with their places.
func firstCause(err error) string {
	var ve *jsonschema.ValidationError
	if !errors.As(err, &ve) {
		return err.Error()
	}
	var leaves []string
	var walk func(*jsonschema.ValidationError)
	walk = func(v *jsonschema.ValidationError) {
		if len(v.Causes) == 0 {
			lines := strings.Split(strings.TrimSpace(v.Error()), "\n")
			leaves = append(leaves, "/"+strings.Join(v.InstanceLocation, "/")+": "+strings.TrimPrefix(lines[len(lines)-1], "- "))
		}
		for _, c := range v.Causes {
			walk(c)
		}
	}
	walk(ve)
	slices.Sort(leaves)
	return strings.Join(leaves, "; ")
}
