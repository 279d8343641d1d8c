package validate

import (
	"encoding/json"
	"strings"

	"github.com/dealroute/dealroute/pkg/architect"
	flowcheck "github.com/dealroute/dealroute/pkg/architect/check"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
)

// flowInOrg checks the flow once more, in the org that the blueprint's entities make: whatever
// the flow names must be among them, with a contract that fits. Rendering checked it against
// what the deployment file asks for; this is against what would be created.
func flowInOrg(d *deployment.Deployment, b *blueprint.Blueprint) diag.Findings {
	out := flowcheck.Flow(b.Flow.Tree, orgOf(d, b))
	for i := range out {
		out[i].Position, out[i].Length = b.Flow.At(out[i].Position.Line), 0
	}
	return out
}

// orgOf is the org after setup as far as a flow can refer to it.
func orgOf(d *deployment.Deployment, b *blueprint.Blueprint) architect.Org {
	o := architect.Org{Names: map[string][]string{}}
	if p := d.Calls.Greeting.Prompt; p != "" { // prompts are the org's own
		o.Names["userPrompts"] = []string{strings.TrimPrefix(p, "Prompt.")}
	}
	for _, e := range b.Entities {
		switch e.Key.Kind {
		case genesys.Queue:
			o.Names["queues"] = append(o.Names["queues"], e.Key.Name)
		case genesys.Skill:
			o.Names["skills"] = append(o.Names["skills"], e.Key.Name)
		case genesys.DataAction:
			category, _ := e.Content["category"].(string)
			o.DataActions = append(o.DataActions, architect.Contract{
				Name: e.Key.Name, Category: category,
				Inputs:  properties(inside(e.Content, "contract", "input", "inputSchema")),
				Outputs: properties(inside(e.Content, "contract", "output", "successSchema")),
			})
		case genesys.DataTable:
			t := architect.Contract{Name: e.Key.Name}
			for _, p := range properties(inside(e.Content, "schema")) {
				if p.Name == "key" {
					t.Inputs = append(t.Inputs, p)
				} else {
					t.Outputs = append(t.Outputs, p)
				}
			}
			o.DataTables = append(o.DataTables, t)
		case genesys.Script:
			o.Scripts = append(o.Scripts, architect.Contract{Name: e.Key.Name, Inputs: scriptInputs(e.Text)})
		}
	}
	return o
}

func inside(content map[string]any, keys ...string) any {
	var x any = content
	for _, k := range keys {
		m, _ := x.(map[string]any)
		x = m[k]
	}
	return x
}

// typeNames are Architect's types for those of a contract. Genesys: outputs are not
// converted; a variable must have exactly this type.
var typeNames = map[string]string{"string": "String", "integer": "Integer", "number": "Decimal", "boolean": "Boolean"}

func properties(schema any) []architect.Property {
	text, err := json.Marshal(schema)
	if err != nil {
		return nil
	}
	var out []architect.Property
	for _, f := range dataaction.Flatten(text) {
		stem, list := strings.CutSuffix(f.Type, "[]")
		p := architect.Property{Name: f.Name, Type: typeNames[stem], Required: f.Required}
		if list {
			p.Type += "[]"
		}
		out = append(out, p)
	}
	return out
}

// scriptInputs are the variables of a script that take a value from a flow; none for a
// script of the org's own, which is not known.
func scriptInputs(text string) []architect.Property {
	var s struct {
		Variables []struct {
			Name  string `json:"name"`
			Input bool   `json:"input"`
		} `json:"variables"`
	}
	if json.Unmarshal([]byte(text), &s) != nil {
		return nil
	}
	var out []architect.Property
	for _, v := range s.Variables {
		if v.Input {
			out = append(out, architect.Property{Name: v.Name, Type: "String"})
		}
	}
	return out
}
