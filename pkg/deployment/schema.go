package deployment

import (
	_ "embed"
	"slices"
)

//go:embed schema.json
var schema []byte

// Schema is the JSON Schema of the deployment file, for editors. It knows the form of every
// value; what values mean together, only Parse tells.
func Schema() []byte { return slices.Clone(schema) }
