package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/view"
	"github.com/dealroute/dealroute/templates"
	"github.com/spf13/cobra"
)

type renderOptions struct {
	session
	out, copyTemplates string
}

func newRenderCmd(env *Env, run func(context.Context, renderOptions) error) *cobra.Command {
	var o renderOptions
	cmd := &cobra.Command{
		Use:   "render",
		Short: "Write the artifacts that would be deployed, or the templates they come from",
		Long: `Write every artifact of the deployment as a file: the flow, the data actions, the control
table, the agent script and the entities of the org. What only an org knows stands as
ref(kind,name,field), so the files are the same byte for byte on every machine.`,
		Example: `  dealroute render --out build
  dealroute render --copy-templates my-templates   # then "templates: ./my-templates" in the file`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.session = env.session()
			return run(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.out, "out", "", "folder to write the artifacts to")
	cmd.Flags().StringVar(&o.copyTemplates, "copy-templates", "", "folder to copy the built-in templates to")
	return cmd
}

func runRender(_ context.Context, o renderOptions) error {
	env := o.session
	switch {
	case o.out == "" && o.copyTemplates == "":
		return fail(errors.New("nothing to write"), "name a folder with --out DIR or --copy-templates DIR")
	case o.copyTemplates != "":
		if err := copyTemplates(env, o.copyTemplates); err != nil || o.out == "" {
			return err
		}
	}
	_, b, err := load(env, false)
	if err != nil {
		return err
	}
	files := map[string][]byte{}
	for _, a := range b.Artifacts {
		files[a.Path] = []byte(a.Text)
	}
	if err := writeTree(o.out, files); err != nil {
		return err
	}
	return reportFiles(env, o.out, files)
}

func copyTemplates(env session, dir string) error {
	if es, err := os.ReadDir(dir); err == nil && len(es) > 0 {
		return fail(fmt.Errorf("folder %s is not empty", dir), "name a new folder: templates that you changed are never overwritten")
	}
	files := map[string][]byte{}
	err := fs.WalkDir(templates.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".go") {
			return err
		}
		files[path], err = fs.ReadFile(templates.FS, path)
		return err
	})
	if err != nil {
		return err
	}
	if err := writeTree(dir, files); err != nil {
		return err
	}
	return reportFiles(env, dir, files)
}

func reportFiles(env session, dir string, files map[string][]byte) error {
	names := sortedNames(files)
	if env.settings.json {
		return view.JSON(env.IO.Out, view.Files{Schema: view.Schema, Folder: dir, Files: names})
	}
	return view.PrintFiles(env.IO.Out, dir, names)
}

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
