package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// schemaNames are the file formats that have a schema.
var schemaNames = []string{"deployment", "org", "crm", "world"}

func newSchemaCmd(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:   "schema [deployment|org|crm|world]",
		Short: "Print the JSON Schema of dealroute.yaml, org.yaml, crm.yaml or a world file, for editors",
		Long: `Print the JSON Schema of dealroute.yaml, of org.yaml or crm.yaml beside it, or of a world
file, for editors.

Many editors check and complete a YAML file whose first line names a schema:

  # yaml-language-server: $schema=./dealroute.schema.json

The schema knows the form of every value; what values mean together, such as a rule that
names a fact, is told by dealroute validate.`,
		Example:   "  dealroute schema > dealroute.schema.json\n  dealroute schema crm > crm.schema.json",
		Args:      cobra.MaximumNArgs(1),
		ValidArgs: schemaNames,
		RunE: func(_ *cobra.Command, args []string) error {
			name := schemaNames[0]
			if len(args) > 0 {
				name = strings.TrimSuffix(args[0], ".yaml") // as the file is called
			}
			all := map[string]func() []byte{"deployment": deployment.Schema, "dealroute": deployment.Schema, "org": simulate.OrgSchema, "crm": simulate.CRMSchema, "world": world.Schema}
			schema := all[name]
			if schema == nil {
				hint := diag.DidYouMean(name, schemaNames)
				if hint == "" {
					hint = "name deployment (dealroute.yaml), org (org.yaml), crm (crm.yaml) or world (a world file)"
				}
				return fail(fmt.Errorf("there is no schema of %q", args[0]), hint)
			}
			_, err := env.IO.Out.Write(schema())
			return err
		},
	}
}
