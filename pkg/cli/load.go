package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/templates"
)

// deploymentFile is the name that is looked for here and in every folder above.
const deploymentFile = "dealroute.yaml"

var errNoDeployment = fmt.Errorf("no %s here or in a folder above", deploymentFile)

// A loaded deployment is the file with what was rendered from it.
type loaded struct {
	path       string // as shown in messages
	dir        string // files that the deployment names are relative to it
	source     []byte
	deployment *deployment.Deployment
	findings   diag.Findings // of the file and of rendering, also the harmless ones
	files      fs.FS         // what stands beside it
}

// read gives a file that stands beside the deployment file.
func (l *loaded) read(name string) ([]byte, error) { return fs.ReadFile(l.files, name) }

// findDeployment gives the file to use.
func findDeployment(env session) (string, error) {
	switch f := env.settings.file; {
	case f == stdin:
		return stdinName, nil
	case f != "":
		if info, err := os.Stat(f); err == nil && info.IsDir() {
			path := filepath.Join(f, deploymentFile)
			if _, err := os.Stat(path); err != nil {
				return "", fail(fmt.Errorf("the folder %s has no %s", f, deploymentFile), "name a folder with one, or the file itself, with -f")
			}
			return path, nil
		}
		return f, nil // whoever reads it says what is wrong
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", fail(err, "name the deployment file with -f FILE")
	}
	for at := dir; ; at = filepath.Dir(at) {
		path := filepath.Join(at, deploymentFile)
		if _, err := os.Stat(path); err == nil {
			if rel, err := filepath.Rel(dir, path); err == nil {
				return rel, nil
			}
			return path, nil
		}
		if at == filepath.Dir(at) {
			return "", fail(errNoDeployment, "name the file with -f FILE, or write a first one with: "+firstCommands)
		}
	}
}

// readDeployment reads the file. An unusable one is an error with all its findings; no
// tells that this is the very question of the command.
func readDeployment(env session, no bool) (*loaded, error) {
	path, err := findDeployment(env)
	if err != nil {
		return nil, err
	}
	arg, flag := path, cmp.Or(env.settings.flag, "-f")
	if path == stdinName {
		arg = stdin
	}
	data, _, err := env.readNamed(flag+" ", arg, maxDeployment)
	if err != nil {
		return nil, notRead("deployment file", arg, err, fmt.Sprintf("name an existing file with %s FILE", flag))
	}
	d, found := deployment.Parse(path, data)
	if found.Has(diag.Error) || d == nil {
		return nil, unreadable(found, deployment.Redact(data), no)
	}
	l := &loaded{path: path, dir: filepath.Dir(path), source: deployment.Redact(data), deployment: d, findings: found, files: folder(filepath.Dir(path))}
	return l, nil
}

// rendering makes the blueprint of a file that was read. Tests, which run some thousand commands on
// few files, share what a file gives.
var rendering = func(l *loaded, set fs.FS) (*blueprint.Blueprint, diag.Findings) {
	return blueprint.Render(l.deployment, set)
}

// render makes the blueprint, from the templates that the file names or the built-in ones.
func (l *loaded) render(no bool) (*blueprint.Blueprint, error) {
	set, err := l.templates()
	if err != nil {
		return nil, err
	}
	b, found := rendering(l, set)
	if found.Has(diag.Error) || b == nil {
		return nil, unreadable(found, nil, no)
	}
	l.findings = append(l.findings, found...)
	return b, nil
}

func (l *loaded) templates() (fs.FS, error) {
	if l.deployment.Templates == "" {
		return templates.FS, nil
	}
	dir := l.deployment.Templates
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(l.dir, dir)
	}
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = errors.New("is no folder")
	}
	if err != nil {
		f := diag.Finding{
			Message: fmt.Sprintf("templates %q: %v", l.deployment.Templates, reason(err)), Position: l.deployment.Pos("templates"),
			Hint: `start from "dealroute render --copy-templates DIR"`,
		}
		return nil, &failure{finding: f, findings: diag.Findings{f}, source: l.source, cause: err}
	}
	return folder(dir), nil
}

// reason is an error of the file system without the path, which the message names.
func reason(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// load is readDeployment and render in one.
func load(env session, no bool) (*loaded, *blueprint.Blueprint, error) {
	l, err := readDeployment(env, no)
	if err != nil {
		return nil, nil, err
	}
	b, err := l.render(no)
	return l, b, err
}

// adoptDeployment lets the scalars of the deployment file take part in --explain-config;
// without a file they do not.
func adoptDeployment(env session, r *reading) error {
	if _, err := findDeployment(env); err != nil {
		return nil //nolint:nilerr // no file is no mistake here
	}
	l, err := readDeployment(env, false)
	if err != nil {
		return err
	}
	g := l.deployment.Genesys
	return r.adopt(map[string]any{"region": g.Region, "org": g.Org})
}
