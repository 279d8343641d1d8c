package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/simulate"
)

func newSchemaCmd(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:   "schema [deployment|org]",
		Short: "Print the JSON Schema of dealroute.yaml or org.yaml, for editors",
		Long: `Print the JSON Schema of dealroute.yaml, or of org.yaml beside it, for editors.

Many editors check and complete a YAML file whose first line names a schema:

  # yaml-language-server: $schema=./dealroute.schema.json

The schema knows the form of every value; what values mean together, such as a rule that
names a fact, is told by dealroute validate.`,
		Example:   "  dealroute schema > dealroute.schema.json\n  dealroute schema org > org.schema.json",
		Args:      cobra.MaximumNArgs(1),
		ValidArgs: []string{"deployment", "org"},
		RunE: func(_ *cobra.Command, args []string) error {
			schema := deployment.Schema
			switch {
			case len(args) == 0 || args[0] == "deployment":
			case args[0] == "org":
				schema = simulate.OrgSchema
			default:
				hint := diag.DidYouMean(args[0], []string{"deployment", "org"})
				if hint == "" {
					hint = "name deployment (dealroute.yaml) or org (org.yaml)"
				}
				return fail(fmt.Errorf("there is no schema of %q", args[0]), hint)
			}
			_, err := env.IO.Out.Write(schema())
			return err
		},
	}
}
