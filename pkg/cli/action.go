package cli

import (
	"context"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/terraform"
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
		Long: `Check data actions: contracts, templates, paths, defaults, secrets in the clear, requests
that answer with the wrong data. A file is JSON as Genesys exports it or its API takes it, or
a Terraform file (.tf, .tf.json) with resources genesyscloud_integration_action. Of the latter
what its folder decides is evaluated, also from other files there and from TF_VAR_name; what
only Terraform knows is named.

An error is what fails or sends nonsense: whoever publishes the action must change it. A
warning is what is likely to go wrong with some input or reply. Notes, with --verbose, are
what one should know.

Of a folder all data actions in it and below it are checked; - is standard input.

Exit codes: 0 no errors, 2 errors were found, 1 a file cannot be read.`,
		Example: `  dealroute action check find-contact.custom.json
  dealroute action check exports --verbose
  dealroute action check terraform/actions.tf`,
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
	folders := tfFolders{}
	actions := 0
	for _, arg := range files {
		var found diag.Findings
		var source func(diag.Finding) []byte
		var notes []string
		if terraform.Is(arg) {
			f, err := folders.open(arg, terraform.Options{Variable: o.tfVariable})
			if err != nil {
				return err
			}
			var n int
			found, n, notes = f.checked(filepath.Base(arg))
			source, actions = f.source(found), actions+n
		} else {
			data, path, err := o.readNamed("", arg, maxText)
			if err != nil {
				return notRead("data action", arg, err, "name an existing file")
			}
			d, read := dataaction.ParseExport(path, data)
			if found = read; d != nil {
				found = append(found, dataaction.Check(d)...)
			}
			source = func(f diag.Finding) []byte {
				if f.Code == dataaction.CodeLiteralSecret {
					return nil
				}
				return data
			}
			actions++
		}
		all = append(all, found...)
		if o.settings.json {
			continue
		}
		for i := range found {
			found[i].Path = "" // the caret shows the place
		}
		if err := out.file(o.IO.Out, found, source); err != nil {
			return err
		}
		if !o.verbose { // there they are findings
			for _, n := range notes {
				diag.Fprintf(o.IO.Out, "%s\n", n)
			}
		}
	}
	if actions == 0 && !all.Has(diag.Warning) {
		return noActions(files[0])
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
