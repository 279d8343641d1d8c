package check

import (
	"strings"

	"github.com/dealroute/dealroute/pkg/architect"
)

// A contract is what the flow calls; open when it is made up, so that any name is in it.
type contract struct {
	architect.Contract
	open bool
}

func (c *contract) input(name string) *architect.Property  { return propertyIn(c.Inputs, name) }
func (c *contract) output(name string) *architect.Property { return propertyIn(c.Outputs, name) }

func propertyIn(list []architect.Property, name string) *architect.Property {
	for i := range list {
		if list[i].Name == name {
			return &list[i]
		}
	}
	return nil
}

func propertyNames(list []architect.Property) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = list[i].Name
	}
	return out
}

// contractIn finds a contract by name; categories are compared without letter case, as
// Genesys does it.
func contractIn(list []architect.Contract, category, name string) *contract {
	for i := range list {
		if list[i].Name == name && strings.EqualFold(list[i].Category, category) {
			return &contract{Contract: list[i]}
		}
	}
	return nil
}

// madeUp gives the contract that a call under OrgAuto has: outputs of the types of the
// bound variables, inputs of the types of their literals.
func madeUp(t *architect.Target, inputs, outputs []architect.Binding, typeOf func(variable string) string) *contract {
	c := &contract{Contract: architect.Contract{Name: t.Name, Category: t.Category}, open: true}
	for _, b := range inputs {
		p := architect.Property{Name: b.Name, Type: "String"}
		if b.Form == architect.Lit && b.Node != nil {
			switch b.Node.ShortTag() {
			case "!!bool":
				p.Type = "Boolean"
			case "!!int":
				p.Type = "Integer"
			case "!!float":
				p.Type = "Decimal"
			}
		}
		c.Inputs = append(c.Inputs, p)
	}
	for _, b := range outputs {
		p := architect.Property{Name: b.Name, Type: "String"}
		if b.Form == architect.Var {
			switch typ := typeOf(b.Text); strings.TrimSuffix(typ, "[]") {
			case "String", "Integer", "Decimal", "Boolean", "JSON":
				p.Type = typ
			}
		}
		c.Outputs = append(c.Outputs, p)
	}
	return c
}
