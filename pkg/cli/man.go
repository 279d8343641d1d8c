package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

type manOptions struct {
	session
	root *cobra.Command // whose pages are written
	out  string
}

func newManCmd(env *Env, run func(context.Context, manOptions) error) *cobra.Command {
	var o manOptions
	cmd := &cobra.Command{
		Use:   "man",
		Short: "Write the manual pages, one per command",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.session, o.root = env.session(), cmd.Root()
			return run(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.out, "out", "", "folder to write the pages to")
	return cmd
}

func runMan(_ context.Context, o manOptions) error {
	if o.out == "" {
		return fail(errors.New("nowhere to write to"), "name a folder with --out DIR")
	}
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return fail(fmt.Errorf("make folder %s: %w", o.out, reason(err)), "")
	}
	o.root.DisableAutoGenTag = true
	return doc.GenManTree(o.root, &doc.GenManHeader{Title: "DEALROUTE", Section: "1", Source: "dealroute " + o.version()}, o.out)
}
