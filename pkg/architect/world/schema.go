package world

import (
	_ "embed"
	"slices"
)

//go:generate go run ../../deployment/internal/schemagen -of world -out world.schema.json

//go:embed world.schema.json
var schema []byte

// Schema is the JSON Schema of a world file, for editors.
func Schema() []byte { return slices.Clone(schema) }
