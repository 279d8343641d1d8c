package cli

import (
	"github.com/spf13/cobra"
)

func newFlowCmd(commands ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "flow",
		Short: "Check, run and prove Architect flows, offline",
		Long:  "Check any Architect flow as Genesys' own validation does, run call flows without an org and a phone, and prove\nthat inbound ones drop no caller.",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(commands...)
	return cmd
}
