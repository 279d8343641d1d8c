package dataaction

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/jsonpath"
	"github.com/dealroute/dealroute/pkg/source"
)

var (
	fieldName = pattern.Of(`^[A-Za-z][A-Za-z0-9_-]*$`)
	reserved  = []string{"orgId", "integrationId", "rawRequest"}
)

const draft4 = "http://json-schema.org/draft-04/schema"

func (c *checker) contracts() {
	c.input = c.schema(atInput, c.d.Input)
	c.output = c.schema(atOutput, c.d.Output)
	if c.input != nil {
		c.inputContract()
	}
	if c.output != nil {
		c.outputContract(c.output.root, atOutput, 0)
	}
}

func (c *checker) schema(pointer string, raw json.RawMessage) *schema {
	if c.d.blank(pointer) {
		return nil
	}
	if len(raw) == 0 {
		if c.d.root != nil || c.d.Input == nil && c.d.Output == nil {
			c.add(codeContract, pointer, `an empty one is {"type": "object", "properties": {}}`, "the contract is missing")
		}
		return &schema{root: &shape{}}
	}
	s, err := compileSchema(raw)
	if err != nil {
		c.noSchema(pointer, raw, err)
		return nil
	}
	v, err := jsonpath.Decode(raw)
	if err != nil {
		return nil
	}
	if dialect, ok := v.Get("$schema"); ok && strings.TrimSuffix(dialect.Str(), "#") != draft4 {
		c.add(codeDialect, pointer+"/$schema", `write "`+draft4+`#" or leave it out`, "dialect %s is not draft-04, the only one published actions use", dialect)
	}
	c.references(v, pointer)
	c.required(s.root, pointer)
	return s
}

// noSchema says why a contract is none, in words where the mistake is a common one.
func (c *checker) noSchema(pointer string, raw json.RawMessage, err error) {
	const format = "the contract is no draft-04 schema: %s"
	before := len(c.findings)
	if v, bad := jsonpath.Decode(raw); bad == nil {
		c.mistakes(v, pointer, func(at, hint, text string) { c.add(codeContract, at, hint, format, text) })
	}
	if len(c.findings) > before {
		return
	}
	text := firstLine(err.Error())
	at := pointer
	if where, _, ok := strings.Cut(text, ": "); ok && c.d.given(pointer+"/"+strings.ReplaceAll(where, ".", "/")) {
		at += "/" + strings.ReplaceAll(where, ".", "/")
	}
	c.add(codeContract, at, "", format, text)
}

// mistakes finds types that are none, and lists of required members that are no such list.
func (c *checker) mistakes(v jsonpath.Value, pointer string, say func(at, hint, text string)) {
	if v.Kind() != jsonpath.Object {
		return
	}
	path := strings.ReplaceAll(strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(pointer, atInput), atOutput), "/"), "/", ".")
	if path != "" {
		path += "."
	}
	if t, ok := v.Get("type"); ok && t.Kind() == jsonpath.String && !slices.Contains(typeNames, t.Str()) {
		hint := diag.DidYouMean(t.Str(), typeNames)
		if hint == "" {
			hint = "write one of " + strings.Join(typeNames[1:], ", ")
		}
		say(pointer+"/type", hint, fmt.Sprintf("%stype: there is no type %q", path, t.Str()))
	}
	if r, ok := v.Get("required"); ok {
		at := pointer + "/required"
		switch {
		case r.Kind() == jsonpath.Array && r.Len() == 0:
			say(at, "leave it out when nothing is required", path+"required: minItems: got 0, want 1")
		case r.Kind() == jsonpath.True, r.Kind() == jsonpath.False:
			say(at, `list the names in "required" of the object that holds them`, path+"required: got boolean, want array")
		}
	}
	if props, ok := v.Get("properties"); ok && props.Kind() == jsonpath.Object {
		for _, m := range props.Members() {
			c.mistakes(m.Value, pointer+"/properties/"+source.EscapePointer(m.Name), say)
		}
	}
	if items, ok := v.Get("items"); ok {
		c.mistakes(items, pointer+"/items", say)
	}
}

// references refuses $ref, which Genesys does not follow.
func (c *checker) references(v jsonpath.Value, pointer string) {
	if _, ok := v.Get("$ref"); ok {
		c.add(codeContract, pointer+"/$ref", "write the part where it is used", "Genesys follows no $ref in a contract")
	}
	if props, ok := v.Get("properties"); ok {
		for _, m := range props.Members() {
			c.references(m.Value, pointer+"/properties/"+source.EscapePointer(m.Name))
		}
	}
	if items, ok := v.Get("items"); ok {
		c.references(items, pointer+"/items")
	}
}

func (c *checker) required(s *shape, pointer string) {
	for _, name := range s.required {
		if _, ok := s.index[name]; !ok {
			c.add(codeRequired, pointer+"/required", diag.DidYouMean(name, s.names()), "%q is required but not declared", name)
		}
	}
}

func (s *shape) names() []string {
	out := make([]string, len(s.members))
	for i, m := range s.members {
		out[i] = m.name
	}
	return out
}

func (c *checker) inputContract() {
	root := c.input.root
	if root.types != 0 && root.types != typeObject {
		c.add(codeNotFlat, atInput+"/type", "", "the input contract must be an object, not %s", root.types)
	}
	v, err := jsonpath.Decode(c.d.Input)
	if err != nil {
		return
	}
	props, _ := v.Get("properties")
	for _, m := range root.members {
		at := atInput + "/properties/" + source.EscapePointer(m.name)
		if m.shape.types&(typeArray|typeObject) != 0 || m.shape.items != nil || len(m.shape.members) > 0 {
			c.add(codeNotFlat, at, "pass a list as JSON text in a string, or as several inputs", "input %q is nested; inputs are string, integer, number or boolean", m.name)
		}
		c.fieldName(m.name, at, true)
		if slices.Contains(reserved, m.name) {
			c.add(codeReserved, at, "", "input %q has a name that Genesys reserves", m.name)
		}
		if sub, ok := props.Get(m.name); ok {
			if _, ok := sub.Get("default"); ok {
				c.add(codeInputDefault, at+"/default", "give the value in the template", "whether the default of input %q is filled in is undocumented; here it is not", m.name)
			}
		}
	}
}

func (c *checker) fieldName(name, at string, input bool) {
	switch {
	case strings.Contains(name, ".") && !input:
		c.add(codeDashName, at, "", "%q has a dot, which flattening uses to join names", name)
	case input && !fieldName().MatchString(name):
		c.add(codeFieldName, at, "", "%q must begin with a letter and hold only letters, digits, - and _", name)
	case strings.Contains(name, "-"):
		c.add(codeDashName, at, "write it with _ or capitals", "%q has a dash, which newer versions of Velocity read as minus", name)
	}
}

func (c *checker) outputContract(s *shape, pointer string, arrays int) {
	if s.items != nil {
		if arrays > 0 {
			c.add(codeNestedArray, pointer, "", "Genesys allows no array inside an array")
		}
		c.outputContract(s.items, pointer+"/items", arrays+1)
		return
	}
	if s.scalar() == "" && len(s.members) == 0 && s.name != "" {
		c.add(codeNotOffered, pointer, "", "%q has no type that Architect offers", s.name)
	}
	for _, m := range s.members {
		at := pointer + "/properties/" + source.EscapePointer(m.name)
		c.fieldName(m.name, at, false)
		c.outputContract(m.shape, at, arrays)
	}
	if arrays > 0 || s != c.output.root {
		c.required(s, pointer)
	}
}
