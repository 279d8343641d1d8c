package blueprint

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
)

// architectTypes are the types of Architect for those of a JSON schema. Genesys: the outputs of
// a contract are not converted; a variable must have exactly this type.
var architectTypes = map[string]string{"string": "String", "integer": "Integer", "number": "Decimal", "boolean": "Boolean"}

func architectType(jsonType string) string {
	stem, isList := strings.CutSuffix(jsonType, "[]")
	out := architectTypes[stem]
	if out == "" {
		return "JSON"
	}
	if isList {
		out += "[]"
	}
	return out
}

// org is the org as this deployment will make it: what the flow may refer to, with the
// contracts of what it calls.
func (b *builder) org() architect.Org {
	o := architect.Org{Names: map[string][]string{}}
	for _, e := range b.targets() {
		switch e.Key.Kind {
		case "queue":
			o.Names["queues"] = append(o.Names["queues"], e.Key.Name)
		case "skill":
			o.Names["skills"] = append(o.Names["skills"], e.Key.Name)
		}
	}
	if p := b.d.Calls.Greeting.Prompt; p != "" {
		o.Names["userPrompts"] = []string{strings.TrimPrefix(p, "Prompt.")}
	}
	for _, a := range b.out.Actions {
		o.DataActions = append(o.DataActions, architect.Contract{
			Name: a.Definition.Name, Category: a.Category,
			Inputs: propertiesOf(dataaction.Flatten(a.Definition.Input)), Outputs: propertiesOf(dataaction.Flatten(a.Definition.Output)),
		})
	}
	table := architect.Contract{Name: b.names.table, Inputs: []architect.Property{{Name: "key", Type: "String", Required: true}}}
	for i := 0; i+1 < len(b.control.Columns.Content); i += 2 {
		if name := b.control.Columns.Content[i].Value; name != "key" {
			table.Outputs = append(table.Outputs, architect.Property{Name: name, Type: architectType(typeIn(b.control.Columns.Content[i+1]))})
		}
	}
	o.DataTables = []architect.Contract{table}
	for _, p := range b.pops() {
		c := architect.Contract{Name: p.Script}
		if p.Mode == deployment.PopManaged {
			c.Name = b.names.script
			for _, in := range b.scriptInputs() {
				c.Inputs = append(c.Inputs, architect.Property{Name: in.Name, Type: "String"})
			}
		}
		o.Scripts = append(o.Scripts, c)
	}
	return o
}

func propertiesOf(fields []dataaction.Field) []architect.Property {
	var out []architect.Property
	for _, f := range fields {
		out = append(out, architect.Property{Name: f.Name, Type: architectType(f.Type), Required: f.Required})
	}
	return out
}

// typeIn is the type that a column of the control table has; text without one.
func typeIn(column *yaml.Node) string {
	for i := 0; i+1 < len(column.Content); i += 2 {
		if column.Content[i].Value == "type" {
			return column.Content[i+1].Value
		}
	}
	return "string"
}
