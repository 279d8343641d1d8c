package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/examples"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/spf13/cobra"
)

// allExamples is what --example takes for their list.
const allExamples = "list"

// The next step of whoever has no deployment file: one of his own, or one to look at.
const (
	initCommand    = "dealroute init"
	exampleCommand = "dealroute render --example basic --out DIR"
	firstCommands  = initCommand + " (an example to look at: " + exampleCommand + ")"
)

func addExample(cmd *cobra.Command, name *string) {
	cmd.Flags().StringVar(name, "example", "", "write an example's own files instead: a first deployment file, with callers to try it with; list names them")
	complete := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var all []string
		for _, e := range examples.All() {
			all = append(all, e.Name+"\t"+e.Shows)
		}
		return all, cobra.ShellCompDirectiveNoFileComp
	}
	if err := cmd.RegisterFlagCompletionFunc("example", complete); err != nil {
		panic(err) // the flag is the one above
	}
	cmd.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		if strings.Contains(err.Error(), "needs an argument: --example") {
			return noExample("--example names no example", "")
		}
		return usage(c.CommandPath(), err)
	})
}

// noExample names those that there are.
func noExample(what, name string) error {
	var names []string
	for _, e := range examples.All() {
		names = append(names, e.Name)
	}
	hint := diag.DidYouMean(name, names)
	if hint == "" {
		hint = "there are " + strings.Join(names, ", ")
	}
	return fail(errors.New(what), hint+"; dealroute render --example list says what each shows")
}

func runExample(o renderOptions) error {
	if o.example == allExamples {
		return listExamples(o.session)
	}
	if o.annotate || o.copyTemplates != "" {
		return fail(errors.New("--example writes an example as it stands"), "leave out --annotate and --copy-templates: render them afterwards")
	}
	if !slices.ContainsFunc(examples.All(), func(e examples.Example) bool { return e.Name == o.example }) {
		return noExample(fmt.Sprintf("there is no example %q", o.example), o.example)
	}
	if o.out == "" {
		return fail(errors.New("nowhere to write to"), "name a folder with --out DIR, which is made where there is none")
	}
	files := map[string][]byte{}
	err := fs.WalkDir(examples.FS, o.example, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files[strings.TrimPrefix(name, o.example+"/")], err = fs.ReadFile(examples.FS, name)
		return err
	})
	if err != nil {
		return err
	}
	if err := writeNew(o.out, files); err != nil {
		return err
	}
	return reportFiles(o.session, view.Files{Folder: o.out, Files: sortedNames(files), Next: exampleNext(o.out, files)})
}

func listExamples(env session) error {
	out := view.Examples{Schema: view.Schema}
	for _, e := range examples.All() {
		out.Examples = append(out.Examples, view.Example{Name: e.Name, Shows: e.Shows})
	}
	if env.settings.json {
		return view.JSON(env.IO.Out, out)
	}
	return view.PrintExamples(env.IO.Out, out)
}

// writeNew writes files below a folder, all or none, and none where there is one already.
func writeNew(dir string, files map[string][]byte) error {
	if err := nothingThere(dir, sortedNames(files)); err != nil {
		return err
	}
	_, missing := os.Lstat(dir)
	err := writeTree(dir, files)
	if err == nil {
		return nil
	}
	for _, name := range sortedNames(files) { // none of them was there before
		first, _, _ := strings.Cut(name, "/")
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, first)))
	}
	if errors.Is(missing, os.ErrNotExist) {
		os.Remove(dir) //nolint:errcheck // it may hold what somebody else wrote
	}
	return err
}

// nothingThere refuses to write where there is one of these files already.
func nothingThere(dir string, names []string) error {
	for _, name := range names {
		// of a folder it is enough that it stands there: what of it is ours cannot be told
		first, _, _ := strings.Cut(name, "/")
		at := filepath.Join(dir, first)
		switch _, err := os.Lstat(at); {
		case err == nil:
			return fail(fmt.Errorf("%s is there already", at), "name another folder with --out: nothing is overwritten")
		case !errors.Is(err, os.ErrNotExist):
			return fmt.Errorf("look at %s: %w", at, reason(err))
		}
	}
	return nil
}

var callerNumber = pattern.Of(`\+[1-9][0-9]{8,14}`)

// exampleNext are the commands that go on from an example.
func exampleNext(dir string, files map[string][]byte) []string {
	at := func(name string) string { return word(filepath.Join(dir, name)) }
	file := " -f " + at(deploymentFile)
	next := []string{"dealroute validate" + file}
	if n := callerNumber().Find(files["crm.yaml"]); n != nil {
		next = append(next, "dealroute simulate"+file+" --ani "+string(n))
	}
	if _, ok := files["calls.yaml"]; ok {
		next = append(next, "dealroute simulate"+file+" --suite "+at("calls.yaml"))
	}
	return append(next, "dealroute setup --sandbox --yes"+file)
}

var plainWord = pattern.Of(`^[A-Za-z0-9_@%+=:,./-]+$`)

// word is a text as one word of a shell.
func word(s string) string {
	s = path.Clean(filepath.ToSlash(s))
	if plainWord().MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
