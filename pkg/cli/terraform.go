package cli

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/terraform"
)

// A tfFolder is a folder of Terraform files.
type tfFolder struct {
	module *terraform.Module
	prefix string // the folder as the user wrote it
}

// tfFolders are those that were read, by their path.
type tfFolders map[string]*tfFolder

// tfVariable is a variable of Terraform's that the environment gives.
func (s session) tfVariable(name string) (string, bool) {
	v := s.Getenv("TF_VAR_" + name)
	return v, v != ""
}

// open reads the folder of a file, for Terraform reads a folder as a whole.
func (fs tfFolders) open(path string, o terraform.Options) (*tfFolder, error) {
	dir, base := filepath.Dir(path), filepath.Base(path)
	if f := fs[dir]; f != nil && f.module.Source(base) != nil {
		return f, nil
	}
	read, names, err := readBelow(dir, terraform.Counts)
	if err == nil {
		_, err = readFile(path, maxText)
	}
	if err != nil {
		return nil, notRead("data action", path, err, "name an existing file")
	}
	if f := fs[dir]; f != nil {
		return f, nil
	}
	if !slices.Contains(names, base) { // on a system that knows no case
		names = append(names, base)
	}
	f := &tfFolder{prefix: strings.TrimSuffix(path, base)}
	var files []terraform.File
	for _, n := range names {
		if data, err := read(n); err == nil {
			files = append(files, terraform.File{Name: n, Data: data})
		} else if n == base {
			return nil, notRead("data action", path, reason(err), "name an existing file")
		}
	}
	o.File = read
	f.module = terraform.Read(files, o)
	fs[dir] = f
	return f, nil
}

// placed puts the user's path in front of the files that findings name.
func (f *tfFolder) placed(fs diag.Findings) diag.Findings {
	for i := range fs {
		if fs[i].Position.File != "" {
			fs[i].Position.File = f.prefix + fs[i].Position.File
		}
	}
	return fs
}

// checked are the findings of a file, and how many data actions it has. unknown are lines that
// name what could not be checked.
func (f *tfFolder) checked(file string) (found diag.Findings, actions int, unknown []string) {
	for _, x := range f.module.Findings() {
		if x.Position.File != file {
			x.Severity = diag.Warning // another file of the folder
			x.Message = "what this file declares is unknown: " + x.Message
		}
		found = append(found, x)
	}
	for _, a := range f.module.Actions(file) {
		actions++
		found = append(found, a.Findings...)
		if a.Definition != nil {
			found = append(found, dataaction.Check(a.Definition)...)
		}
		for _, u := range a.Unknown {
			u.Position.File = f.prefix + u.Position.File
			if note := fmt.Sprintf("%s: note: %s", u.Position, u.Left()); u.Left() != "" && !slices.Contains(unknown, note) {
				unknown = append(unknown, note)
			}
		}
	}
	for i, x := range found {
		if terraform.Is(x.Position.File) && !strings.HasPrefix(x.Code, "DA-TF-") {
			found[i].Hint = strings.ReplaceAll(x.Hint, "${", "$${") // as it is written there
		}
	}
	return f.placed(distinct(found)), actions, unknown
}

// distinct takes out findings that say the same of the same place: instances of one resource.
func distinct(fs diag.Findings) diag.Findings {
	seen := map[diag.Finding]bool{}
	var out diag.Findings
	for _, f := range fs {
		if !seen[f] {
			seen[f] = true
			out = append(out, f)
		}
	}
	return out
}

// source is the text a finding is printed with. A line that holds a secret is not shown, nor one
// of a file that could not be read: nobody knows what stands there.
func (f *tfFolder) source(all diag.Findings) func(diag.Finding) []byte {
	hidden := map[diag.Position]bool{}
	for _, x := range all {
		if x.Code == dataaction.CodeLiteralSecret {
			hidden[diag.Position{File: x.Position.File, Line: x.Position.Line}] = true
		}
	}
	return func(x diag.Finding) []byte {
		if hidden[diag.Position{File: x.Position.File, Line: x.Position.Line}] || x.Code == terraform.CodeBroken || x.Code == terraform.CodeLayout {
			return nil
		}
		data := f.module.Source(strings.TrimPrefix(x.Position.File, f.prefix))
		lines := strings.SplitN(string(data), "\n", x.Position.Line+1)
		if n := x.Position.Line; n < 1 || n > len(lines) || secret.Said(lines[n-1]) != lines[n-1] {
			return nil
		}
		return data
	}
}

// one is the action of a file that is to run.
func (f *tfFolder) one(path, name string) (*dataaction.Definition, error) {
	for _, x := range f.module.Findings() {
		if x.Code == terraform.CodeBroken && x.Position.File == filepath.Base(path) {
			return nil, unreadable(f.placed(diag.Findings{x}), nil, false)
		}
	}
	all := f.module.Actions(filepath.Base(path))
	var names []string
	var hit []terraform.Action
	for _, a := range all {
		names = append(names, fmt.Sprintf("%q", a.Name()))
		if name == "" || name == a.Name() || name == a.Address || strings.HasSuffix(a.Address, "."+name) {
			hit = append(hit, a)
		}
	}
	switch {
	case len(all) == 0:
		return nil, noActions(path)
	case len(hit) == 0:
		return nil, fail(fmt.Errorf("there is no data action %q in %s", name, path), "it has "+strings.Join(names, ", "))
	case len(hit) > 1:
		return nil, fail(fmt.Errorf("%s has %d data actions", path, len(hit)), "say which: --action "+strings.Join(names, ", "))
	}
	a := hit[0]
	if a.Findings.Has(diag.Error) {
		var stop diag.Findings
		for _, x := range a.Findings {
			if x.Severity.AtLeast(diag.Error) {
				stop = append(stop, x)
			}
		}
		return nil, unreadable(f.placed(stop), nil, false)
	}
	for _, u := range a.Unknown {
		if u.Counts {
			u.Position.File = f.prefix + u.Position.File
			return nil, fail(fmt.Errorf("%s: %s", u.Position, u), "a variable's value comes from its default, a .tfvars file of the folder, or the environment: TF_VAR_name")
		}
	}
	return a.Definition, nil
}

func noActions(path string) error {
	return fail(fmt.Errorf("there is no data action in %s", path), "a resource genesyscloud_integration_action is one")
}
