package architect

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/genesys"
)

// An Org is what is known of the organisation when a flow is checked: the names a flow may refer to and the
// contracts of what it calls. Its JSON form is an object of lists, whose items are names
// or objects with a name; or the word "auto" for OrgAuto.
type Org struct {
	Names             map[string][]string // by kind: queues, skills, languageSkills, users, groups, wrapupCodes, userPrompts, systemPrompts, inqueueFlows, inboundFlows, secureFlows, schedules, scheduleGroups, emergencyGroups, outcomes
	DataActions       []Contract
	SecureDataActions []Contract
	DataTables        []Contract // Inputs holds the key column, Outputs the others
	Scripts           []Contract
	Auto              bool // has whatever the flow refers to, with contracts made from the types of the bound variables
}

// OrgAuto is for files whose organisation is not known.
var OrgAuto = Org{Auto: true}

// A Contract is what a data action, table or script takes and gives.
type Contract struct {
	Name     string
	Category string // of a data action
	Inputs   []Property
	Outputs  []Property
}

// A Property of a contract.
type Property struct {
	Name      string
	Type      string // name of the expression type: String, Integer[], JSON …
	Required  bool
	Default   bool // the contract has a default for it
	MinLength *int64
	MaxLength *int64
	Minimum   *float64
	Maximum   *float64
}

// Has reports whether an object of the kind is known.
func (o *Org) Has(kind, name string) bool {
	if o.Auto {
		return true
	}
	for _, n := range o.Names[kind] {
		if n == name {
			return true
		}
	}
	return false
}

// OrgOf is the org that has these entities, in the words of the platform's API, as far as a
// flow can refer to them. fields lists what a contract's schema takes or gives, flattened.
func OrgOf(entities genesys.Set, fields func(schema json.RawMessage) []expr.Field) Org {
	o := Org{Names: map[string][]string{}}
	of := func(content map[string]any, path ...string) []Property {
		var x any = content
		for _, k := range path {
			m, _ := x.(map[string]any)
			x = m[k]
		}
		schema, err := json.Marshal(x)
		if err != nil { // contents are what encoding/json made
			return nil
		}
		var out []Property
		for _, f := range fields(schema) {
			out = append(out, Property{Name: f.Name, Type: f.Type.String(), Required: f.Required})
		}
		return out
	}
	for _, e := range entities {
		c := Contract{Name: e.Key.Name}
		switch e.Key.Kind {
		case genesys.Queue:
			o.Names["queues"] = append(o.Names["queues"], e.Key.Name)
		case genesys.Skill:
			o.Names["skills"] = append(o.Names["skills"], e.Key.Name)
		case genesys.ScheduleGroup:
			o.Names["scheduleGroups"] = append(o.Names["scheduleGroups"], e.Key.Name)
		case genesys.EmergencyGroup:
			o.Names["emergencyGroups"] = append(o.Names["emergencyGroups"], e.Key.Name)
		case genesys.DataAction:
			c.Category, _ = e.Content["category"].(string)
			c.Inputs = of(e.Content, "contract", "input", "inputSchema")
			c.Outputs = of(e.Content, "contract", "output", "successSchema")
			o.DataActions = append(o.DataActions, c)
		case genesys.DataTable:
			c.Inputs = []Property{{Name: "key", Type: "String", Required: true}}
			for _, p := range of(e.Content, "schema") {
				if p.Name != "key" {
					c.Outputs = append(c.Outputs, p)
				}
			}
			o.DataTables = append(o.DataTables, c)
		case genesys.Script:
			c.Inputs = scriptInputs(e.Text)
			o.Scripts = append(o.Scripts, c)
		}
	}
	return o
}

// scriptInputs are the variables of a script that take a value from a flow; none for a
// script whose file is not known.
func scriptInputs(file string) []Property {
	var s struct {
		Variables []struct {
			Name  string `json:"name"`
			Input bool   `json:"input"`
		} `json:"variables"`
	}
	if json.Unmarshal([]byte(file), &s) != nil {
		return nil
	}
	var out []Property
	for _, v := range s.Variables {
		if v.Input {
			out = append(out, Property{Name: v.Name, Type: "String"})
		}
	}
	return out
}

// UnmarshalJSON reads the JSON form.
func (o *Org) UnmarshalJSON(data []byte) error {
	var word string
	if json.Unmarshal(data, &word) == nil {
		if word != "auto" {
			return fmt.Errorf("org %q: neither an object nor \"auto\"", word)
		}
		*o = OrgAuto
		return nil
	}
	var kinds map[string][]json.RawMessage
	if err := json.Unmarshal(data, &kinds); err != nil {
		return fmt.Errorf("org: %w", err)
	}
	*o = Org{Names: map[string][]string{}}
	for kind, items := range kinds {
		for _, raw := range items {
			if err := o.addItem(kind, raw); err != nil {
				return fmt.Errorf("org: %s: %w", kind, err)
			}
		}
	}
	return nil
}

type orgItem struct {
	Name     string                     `json:"name"`
	Category string                     `json:"category"`
	Inputs   map[string]json.RawMessage `json:"inputs"`
	Outputs  map[string]json.RawMessage `json:"outputs"`
	Columns  map[string]json.RawMessage `json:"columns"`
}

func (o *Org) addItem(kind string, raw json.RawMessage) error {
	var it orgItem
	if json.Unmarshal(raw, &it.Name) != nil {
		if err := json.Unmarshal(raw, &it); err != nil {
			return err
		}
	}
	c := Contract{Name: it.Name, Category: it.Category, Inputs: properties(it.Inputs), Outputs: properties(it.Outputs)}
	switch kind {
	case "dataActions", "secureDataActions":
		if c.Category == "" {
			c.Category = "made up"
		}
		if kind == "dataActions" {
			o.DataActions = append(o.DataActions, c)
		} else {
			o.SecureDataActions = append(o.SecureDataActions, c)
		}
	case "dataTables":
		key := Property{Name: "key", Type: "String", Required: true}
		for _, p := range properties(it.Columns) {
			if p.Name == "key" {
				key = p
			} else {
				c.Outputs = append(c.Outputs, p)
			}
		}
		c.Inputs = []Property{key}
		o.DataTables = append(o.DataTables, c)
	case "scripts":
		for i := range c.Inputs {
			c.Inputs[i].Required = false // every input of a script is optional
		}
		o.Scripts = append(o.Scripts, c)
	default:
		o.Names[kind] = append(o.Names[kind], it.Name)
	}
	return nil
}

// schema is the part of a JSON schema that limits a value.
type schema struct {
	Type       string                     `json:"type"`
	Items      *schema                    `json:"items"`
	Properties map[string]json.RawMessage `json:"properties"`
	Required   json.RawMessage            `json:"required"` // a list, or in a made-up column a boolean
	Default    json.RawMessage            `json:"default"`
	MinLength  *int64                     `json:"minLength"`
	MaxLength  *int64                     `json:"maxLength"`
	Minimum    *float64                   `json:"minimum"`
	Maximum    *float64                   `json:"maximum"`
}

// properties reads the fields of a contract: type names such as "string!" and "integer[]",
// or JSON schemas. Nested objects are flattened with dots, as Genesys does it.
func properties(fields map[string]json.RawMessage) []Property {
	var out []Property
	names := make([]string, 0, len(fields))
	for n := range fields {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		out = append(out, property(n, fields[n], 0)...)
	}
	return out
}

func property(name string, raw json.RawMessage, depth int) []Property {
	var word string
	if json.Unmarshal(raw, &word) == nil {
		p := Property{Name: name}
		word, p.Required = strings.CutSuffix(word, "!")
		p.Type = schemaType(word)
		return []Property{p}
	}
	var s schema
	if json.Unmarshal(raw, &s) != nil {
		return []Property{{Name: name, Type: "JSON"}}
	}
	if s.Type == "object" && len(s.Properties) > 0 && depth < 20 {
		var out []Property
		for _, p := range properties(s.Properties) {
			p.Name = name + "." + p.Name
			out = append(out, p)
		}
		return out
	}
	p := Property{Name: name, Type: schemaType(s.Type), MinLength: s.MinLength, MaxLength: s.MaxLength, Minimum: s.Minimum, Maximum: s.Maximum, Default: len(s.Default) > 0}
	if t, ok := expr.TypeOfJSON(s.itemType()); ok && s.Type == "array" {
		p.Type = t.List().String()
	}
	return []Property{p}
}

func (s schema) itemType() string {
	if s.Items == nil {
		return ""
	}
	return s.Items.Type
}

// schemaType is the type of a variable for a JSON type; JSON for what has no type of its own.
func schemaType(name string) string {
	name, list := strings.CutSuffix(name, "[]")
	t, ok := expr.TypeOfJSON(name)
	if !ok {
		t = expr.JSON
	}
	if list {
		t = t.List()
	}
	return t.String()
}
