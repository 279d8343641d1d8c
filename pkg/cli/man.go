package cli

import (
	"bytes"
	"context"
	"errors"
	"strings"

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
	o.root.DisableAutoGenTag = true
	pages := map[string][]byte{}
	if err := manPages(o.root, "dealroute "+o.version(), pages); err != nil {
		return err
	}
	return writeTree(o.out, pages)
}

// manPages makes the page of a command and those of the commands below it.
func manPages(cmd *cobra.Command, source string, into map[string][]byte) error {
	if !cmd.IsAvailableCommand() && cmd.HasParent() || cmd.IsAdditionalHelpTopicCommand() {
		return nil
	}
	var page bytes.Buffer
	if err := doc.GenMan(cmd, &doc.GenManHeader{Title: "DEALROUTE", Section: "1", Source: source}, &page); err != nil {
		return err
	}
	into[strings.ReplaceAll(cmd.CommandPath(), " ", "-")+".1"] = page.Bytes()
	for _, c := range cmd.Commands() {
		if err := manPages(c, source, into); err != nil {
			return err
		}
	}
	return nil
}
