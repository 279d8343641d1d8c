package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/validate"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/spf13/cobra"
)

type validateOptions struct {
	io     *Streams
	load   func() (*judged, error)
	failAt diag.Severity
	now    time.Time
	asJSON bool
}

func newValidateCmd(env *Env) *cobra.Command {
	failAt := string(diag.Error)
	cmd := &cobra.Command{
		Use:   "validate",
		Short: "Check the deployment and everything that is rendered from it, offline",
		Long: `Check the deployment file, the artifacts rendered from it, what they refer to, and the
policy itself: every finding at once, each with its place, its code and the next step.
docs/checks.md explains the codes. Nothing is sent anywhere.

Assumptions, which are statements about a vendor that no document settles, never fail;
-o json lists the ones in use.

Exit codes: 0 nothing found as grave as --fail-severity, 2 something was, or the file does
not parse, 1 anything else.`,
		Example: `  dealroute validate
  dealroute validate -f examples/basic/dealroute.yaml --fail-severity warning -o json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			at := diag.Severity(failAt)
			switch at {
			case diag.Error, diag.Warning, diag.Info:
			default:
				return usage(cmd.CommandPath(), fmt.Errorf("--fail-severity must be error, warning or info, not %q", failAt))
			}
			return runValidate(validateOptions{
				io: env.IO, load: func() (*judged, error) { return loadJudged(env) }, failAt: at,
				now: env.Now(), asJSON: env.settings.json(),
			})
		},
	}
	cmd.Flags().StringVar(&failAt, "fail-severity", failAt, "the least severity that makes the answer no: error, warning or info")
	return cmd
}

// judged is what validate looks at; parts are missing when those before them have errors.
type judged struct {
	file      string
	findings  diag.Findings
	loaded    *loaded              // nil when the file does not parse
	blueprint *blueprint.Blueprint // nil when nothing could be rendered
	source    func(file string) []byte
}

// loadJudged reads and renders. What cannot be read as a deployment is an answer here and
// not an error: its findings are the first of the answer.
func loadJudged(env *Env) (*judged, error) {
	path, err := findDeployment(env)
	if err != nil {
		return nil, err
	}
	j := &judged{file: path, source: func(string) []byte { return nil }}
	l, err := readDeployment(env, true)
	if fs, source, ok := answered(err); ok {
		j.findings, j.source = fs, oneSource(path, source)
		return j, nil
	} else if err != nil {
		return nil, err
	}
	set, err := l.templates()
	if err != nil {
		return nil, err
	}
	j.loaded, j.source = l, sources(l, set)
	b, err := l.render(true)
	if fs, _, ok := answered(err); ok {
		j.findings = append(append(diag.Findings{}, l.findings...), fs...)
		return j, nil
	} else if err != nil {
		return nil, err
	}
	j.findings, j.blueprint = l.findings, b
	return j, nil
}

// answered gives the findings of a failure that is an answer.
func answered(err error) (diag.Findings, []byte, bool) {
	var f *failure
	if !errors.As(err, &f) || !f.no {
		return nil, nil, false
	}
	return f.findings, f.source, true
}

func oneSource(path string, source []byte) func(string) []byte {
	return func(file string) []byte {
		if file == path {
			return source
		}
		return nil
	}
}

// sources finds the texts that findings are in, with secrets hidden: the deployment file and
// the templates, which may hold one as well.
func sources(l *loaded, set fs.FS) func(string) []byte {
	prefix := "templates"
	if l.deployment.Templates != "" {
		prefix = filepath.ToSlash(filepath.Clean(l.deployment.Templates))
	}
	return func(file string) []byte {
		if file == l.path {
			return l.source
		}
		name, ok := strings.CutPrefix(file, prefix+"/")
		if !ok {
			return nil
		}
		text, err := fs.ReadFile(set, name)
		if err != nil {
			return nil
		}
		return deployment.Redact(text)
	}
}

func runValidate(o validateOptions) error {
	j, err := o.load()
	if err != nil {
		return err
	}
	in := validate.Input{Blueprint: j.blueprint, Earlier: j.findings, Now: o.now}
	if j.loaded != nil {
		in.Deployment = j.loaded.deployment
	}
	found := validate.Run(in)
	if o.asJSON {
		err = view.JSON(o.io.Out, view.NewValidation(found))
	} else {
		if err = view.PrintValidation(o.io.Out, found, j.source); err == nil {
			_, err = fmt.Fprintln(o.io.Out, view.ValidationTally(j.file, found, j.looked()))
		}
	}
	if err != nil {
		return err
	}
	if found.Has(o.failAt) {
		return errNo
	}
	return nil
}

// looked says how much there was to look at.
func (j *judged) looked() []string {
	if j.blueprint == nil {
		return []string{"nothing was rendered"}
	}
	steps := 0
	architect.Walk(j.blueprint.Flow.Tree.Flow, func(*architect.Action) { steps++ })
	return []string{
		fmt.Sprintf("flow %d actions", steps),
		fmt.Sprintf("%d data actions", len(j.blueprint.Actions)),
		fmt.Sprintf("%d entities", len(j.blueprint.Entities)),
	}
}
