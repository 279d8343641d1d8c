package simulate

import (
	_ "embed"
	"slices"
)

//go:generate go run ../deployment/internal/schemagen -of crm -out crm.schema.json

//go:embed crm.schema.json
var crmSchema []byte

// CRMSchema is the JSON Schema of crm.yaml, for editors.
func CRMSchema() []byte { return slices.Clone(crmSchema) }
