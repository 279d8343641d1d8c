package cli

import (
	"github.com/spf13/cobra"

	"github.com/dealroute/dealroute/pkg/deployment"
)

func newSchemaCmd(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of dealroute.yaml, for editors",
		Long: `Print the JSON Schema of dealroute.yaml, for editors.

Many editors check and complete a YAML file whose first line names a schema:

  # yaml-language-server: $schema=./dealroute.schema.json

The schema knows the form of every value; what values mean together, such as a rule that
names a fact, is told by dealroute validate.`,
		Example: "  dealroute schema > dealroute.schema.json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := env.IO.Out.Write(deployment.Schema())
			return err
		},
	}
}
