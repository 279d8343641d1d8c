package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/view"
)

func newActionCmd(commands ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "action",
		Short: "Check and run data actions, without an org",
		Long:  "Check any data action in the form Genesys exports it, and run it as its definition says.",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(commands...)
	return cmd
}

type actionCheckOptions struct {
	session
	files   []string
	verbose bool
}

func newActionCheckCmd(env *Env, run func(context.Context, actionCheckOptions) error) *cobra.Command {
	var o actionCheckOptions
	cmd := &cobra.Command{
		Use:   "check FILE|FOLDER|-…",
		Short: "Check data action definitions",
		Long: `Check data actions (JSON as Genesys exports them, or as its API takes them): contracts,
templates, paths, defaults, secrets in the clear, requests that answer with the wrong data.

An error is what fails or sends nonsense: whoever publishes the action must change it. A
warning is what is likely to go wrong with some input or reply. Notes, with --verbose, are
what one should know.

Of a folder all data actions in it and below it are checked; - is standard input.

Exit codes: 0 no errors, 2 errors were found, 1 a file cannot be read.`,
		Example: `  dealroute action check find-contact.custom.json
  dealroute action check exports --verbose`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.session, o.files = env.session(), args
			return run(cmd.Context(), o)
		},
	}
	verboseFlag(cmd.Flags(), &o.verbose)
	return cmd
}

func runActionCheck(ctx context.Context, o actionCheckOptions) error {
	files, err := filesOf(ctx, o.files, actionFiles())
	if err != nil {
		return err
	}
	var all diag.Findings
	out := checked{verbose: o.verbose}
	for _, arg := range files {
		data, path, err := o.readNamed("", arg, maxText)
		if err != nil {
			return notRead("data action", arg, err, "name an existing file")
		}
		d, found := dataaction.ParseExport(path, data)
		if d != nil {
			found = append(found, dataaction.Check(d)...)
		}
		all = append(all, found...)
		if o.settings.json {
			continue
		}
		for i := range found {
			found[i].Path = "" // the caret shows the place
		}
		err = out.file(o.IO.Out, found, func(f diag.Finding) []byte {
			if f.Code == dataaction.CodeLiteralSecret {
				return nil
			}
			return data
		})
		if err != nil {
			return err
		}
	}
	n := all.Counts()
	if o.settings.json {
		if err := view.JSON(o.IO.Out, view.NewChecked(all)); err != nil {
			return err
		}
	} else {
		out.sum(o.IO.Out, n, len(files))
	}
	if n[diag.Error] > 0 {
		return errNo
	}
	return nil
}
