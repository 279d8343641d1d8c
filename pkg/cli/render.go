package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/dealroute/dealroute/templates"
	"github.com/spf13/cobra"
)

type renderOptions struct {
	session
	out, copyTemplates string
	annotate           bool
	example            string
}

func newRenderCmd(env *Env, run func(context.Context, renderOptions) error) *cobra.Command {
	var o renderOptions
	cmd := &cobra.Command{
		Use:   "render",
		Short: "Write the artifacts that would be deployed, or the templates they come from",
		Long: `Write every artifact of the deployment as a file: the flow, the data actions, the control
table, the agent script and the entities of the org. What only an org knows stands as
ref(kind,name,field), so the files are the same byte for byte on every machine.

What an earlier render wrote into the folder and this one does not is removed, unless somebody
has edited it; .dealroute-render.json there lists what render wrote. Other files stay.

With --annotate each action of the flow has the reason why it is there as a comment above it,
and rules the line of the file they stand in. It is the same flow.

With --example NAME the files of an example are written as they stand, to begin with: its
dealroute.yaml, callers and suites to try it with. Nothing that is there is overwritten.`,
		Example: `  dealroute render --out build
  dealroute render --copy-templates my-templates   # then "templates: ./my-templates" in the file
  dealroute render --example list
  dealroute render --example basic --out acme`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.session = env.session()
			return run(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.out, "out", "", "folder to write the artifacts to")
	cmd.Flags().BoolVar(&o.annotate, "annotate", false, "write each action's reason into the flow")
	cmd.Flags().StringVar(&o.copyTemplates, "copy-templates", "", "folder to copy the built-in templates to")
	addExample(cmd, &o.example)
	return cmd
}

func runRender(_ context.Context, o renderOptions) error {
	env := o.session
	switch {
	case o.example != "":
		return runExample(o)
	case o.annotate && o.out == "":
		return fail(errors.New("--annotate goes with --out"), "name the folder for the flow with --out DIR")
	case o.out == "" && o.copyTemplates == "":
		return fail(errors.New("nothing to write"), "name a folder with --out DIR or --copy-templates DIR; for a first file, "+firstCommands)
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
	if o.annotate {
		text, fs := b.Flow.Annotated()
		if err := fs.Err(); err != nil {
			return err
		}
		files[b.Flow.Tree.Name] = []byte(text)
	}
	removed, kept, err := writeRendered(o.out, files)
	if err != nil {
		return err
	}
	for _, name := range kept {
		diag.Fprintf(env.IO.Err, "warning: %s is no longer rendered and was kept, since somebody has edited it\n", filepath.Join(o.out, name))
	}
	return reportFiles(env, view.Files{Folder: o.out, Files: sortedNames(files), Removed: removed, Kept: kept})
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
	return reportFiles(env, view.Files{Folder: dir, Files: sortedNames(files)})
}

func reportFiles(env session, f view.Files) error {
	if env.settings.json {
		f.Schema, f.Removed, f.Kept, f.Next = view.Schema, append([]string{}, f.Removed...), append([]string{}, f.Kept...), append([]string{}, f.Next...)
		return view.JSON(env.IO.Out, f)
	}
	return view.PrintFiles(env.IO.Out, f)
}

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
