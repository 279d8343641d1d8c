package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func newManCmd(env *Env) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "man",
		Short: "Write the manual pages, one per command",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out == "" {
				return fail(errors.New("nowhere to write to"), "name a folder with --out DIR")
			}
			if err := os.MkdirAll(out, 0o755); err != nil {
				return fail(fmt.Errorf("make folder %s: %w", out, reason(err)), "")
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true
			return doc.GenManTree(root, &doc.GenManHeader{Title: "DEALROUTE", Section: "1", Source: "dealroute " + version(env)}, out)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "folder to write the pages to")
	return cmd
}
