package dataaction

import "encoding/json"

// A Field is an input, or an output as Architect shows it: nested names joined by dots, and
// a type of string, integer, number or boolean, with [] for a collection.
type Field struct {
	Name string
	Type string
}

// Flatten lists the fields of a contract in its order.
func Flatten(schema json.RawMessage) []Field { return nil }
