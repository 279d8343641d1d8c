package dataaction

import (
	"encoding/json"
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
		c.add(codeContract, pointer, "", "the contract is no draft-04 schema: %s", firstLine(err.Error()))
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
