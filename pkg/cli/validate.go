package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/prove"
	"github.com/dealroute/dealroute/pkg/report"
	"github.com/dealroute/dealroute/pkg/validate"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/spf13/cobra"
)

type validateOptions struct {
	session
	failAt     diag.Severity
	severities map[string]diag.Severity // by code
	proof      prove.Mode
	folder     string // for counterexamples; empty: they are not written
	online     bool   // ask both accounts, too
	report     reportFile
}

func newValidateCmd(env *Env, run func(context.Context, validateOptions) error) *cobra.Command {
	failAt, mode := string(diag.Error), string(prove.Full)
	var severities []string
	var folder string
	var ask bool
	var page reportFile
	cmd := &cobra.Command{
		Use:         "validate",
		Annotations: map[string]string{formatsOf: "sarif junit github"},
		Short:       "Check and prove the deployment and everything that is rendered from it",
		Long: `Check the deployment file, the artifacts rendered from it, what they refer to, and the
policy itself: every finding at once, each with its place, its code and the next step.
docs/checks.md explains the codes. Nothing is sent anywhere, unless with --online.

--online also asks the org and HubSpot, by reads alone, whether a setup would work there and the
calls after it: permissions, limits, numbers, what the file names and who works there; the key,
pipelines, stages and properties. An account for which there are no credentials is named.

What was rendered is proved, too: that no caller is dropped or waits longer than the budget,
that no expression can fail, that every call is routed as the policy says, and more, by trying
every outcome of every step. A property that is broken or cannot be decided is an error;
--counterexamples DIR writes a world file for each, which "dealroute simulate --world" replays.
--proof=quick leaves out what vendors do not document, --proof=off everything; docs/proof.md.

Assumptions, which are statements about a vendor that no document settles, are no findings and
never fail; -o json lists the ones in use by themselves, the other formats leave them out.
-o sarif is for code scanning, -o junit for reports of tests, -o github for the annotations of
a pull request.

A finding that is all right is allowed where it is, with the reason:
# dealroute: allow CODE because REASON. On a line of its own the comment speaks for the next line
and what is indented under it, above the first key for the whole file.

Exit codes: 0 nothing found as grave as --fail-severity, 2 something was, or the file does
not parse, 1 anything else.`,
		Example: `  dealroute validate
  dealroute validate -f examples/basic/dealroute.yaml --fail-severity warning -o json
  dealroute validate --online --sandbox`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o := validateOptions{session: env.session(), failAt: diag.Severity(failAt), severities: map[string]diag.Severity{}, proof: prove.Mode(mode), folder: folder, online: ask, report: page}
			if o.proof == prove.Off && folder != "" {
				return usage(cmd.CommandPath(), errors.New("--counterexamples needs a proof, and --proof=off leaves it out"))
			}
			for _, s := range severities {
				code, level, ok := strings.Cut(s, "=")
				if !ok || !slices.Contains(gravities, diag.Severity(level)) {
					return usage(cmd.CommandPath(), fmt.Errorf("--severity must be a code and error, warning or info, such as DR-CALL-006=warning, not %q", s))
				}
				if err := validate.CodeError(code); err != nil {
					return usage(cmd.CommandPath(), fmt.Errorf("--severity %s: %w", s, err))
				}
				o.severities[code] = diag.Severity(level)
			}
			o.report.called(cmd)
			return run(cmd.Context(), o)
		},
	}
	choose(cmd.Flags(), &failAt, "fail-severity", failAt, "the least severity that makes the answer no: error, warning or info", "error", "warning", "info")
	cmd.Flags().StringArrayVar(&severities, "severity", nil, "CODE=error, warning or info: what findings of a code count as (repeatable)")
	choose(cmd.Flags(), &mode, "proof", mode, "how much is proved: full, quick or off", string(prove.Full), string(prove.Quick), string(prove.Off))
	cmd.Flags().BoolVar(&ask, "online", false, "also ask the org and HubSpot, by reads alone")
	cmd.Flags().StringVar(&folder, "counterexamples", "", "folder to write the world files of broken properties to")
	page.flag(cmd.Flags(), "the findings with their lines, the proof and pictures")
	return cmd
}

// gravities are the severities that a person can give a finding.
var gravities = []diag.Severity{diag.Error, diag.Warning, diag.Info}

// judged is what validate looks at; parts are missing when those before them have errors.
type judged struct {
	file      string
	findings  diag.Findings
	loaded    *loaded              // nil when the file does not parse
	blueprint *blueprint.Blueprint // nil when nothing could be rendered
	source    func(file string) []byte
	shown     func(file string) string // how a file of a finding is called from here
	texts     map[string][]byte        // of the files of findings, by what they are called
}

// loadJudged reads and renders. What cannot be read as a deployment is an answer here and
// not an error: its findings are the first of the answer.
func loadJudged(env session) (*judged, error) {
	path, err := findDeployment(env)
	if err != nil {
		return nil, err
	}
	j := &judged{file: path, source: func(string) []byte { return nil }, shown: func(file string) string { return file }}
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
	j.loaded, j.source, j.shown = l, sources(l, set), l.shown
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

// templatePrefix is what findings put before the path of a template.
func (l *loaded) templatePrefix() string {
	if l.deployment.Templates == "" {
		return "templates"
	}
	return filepath.ToSlash(filepath.Clean(l.deployment.Templates))
}

// shown is the name of a file as it is seen from the working directory: templates of one's
// own are named relative to the deployment file.
func (l *loaded) shown(file string) string {
	if t := l.deployment.Templates; t == "" || filepath.IsAbs(t) || !strings.HasPrefix(file, l.templatePrefix()+"/") {
		return file
	}
	return filepath.Join(l.dir, file)
}

// sources finds the texts that findings are in, with secrets hidden: the deployment file and
// the templates, which may hold one as well.
func sources(l *loaded, set fs.FS) func(string) []byte {
	prefix := l.templatePrefix()
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

func runValidate(ctx context.Context, o validateOptions) (err error) {
	if err := o.report.mayWrite(); err != nil {
		return err
	}
	defer o.report.ended(o.session, &err)
	j, err := loadJudged(o.session)
	if err != nil {
		return err
	}
	in := validate.Input{Blueprint: j.blueprint, Earlier: j.findings, Now: o.Now(), Severities: o.severities}
	if j.loaded != nil {
		in.Deployment, in.Source = j.loaded.deployment, j.loaded.source
		if in.Proof, err = proof(ctx, o.session, in.Deployment, in.Blueprint, o.proof); err != nil {
			return err
		}
	}
	var asked []string
	if o.online && in.Blueprint != nil {
		asking := o.working("asking both accounts", nil)
		a, err := online(ctx, o.session, j.loaded, j.blueprint)
		asking()
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("ask the accounts: %w", err)
		}
		in.Online, in.Account, asked = a.online, a.account, a.asked
	}
	answer := validate.Run(in)
	replay, files := replays(j.file, o.folder), worlds{}
	if err := errors.Join(files.add(in.Proof, replay), files.write(o.folder)); err != nil {
		return err
	}
	j.place(&answer)
	proved, err := view.NewProof(in.Proof, replay)
	if err != nil {
		return err
	}
	looked := append(j.looked(), asked...)
	switch o.settings.format {
	case "json":
		err = view.JSON(o.IO.Out, view.NewValidation(answer, proved))
	case "sarif":
		err = view.SARIF(o.IO.Out, answer, o.version())
	case "junit":
		err = view.JUnit(o.IO.Out, "dealroute validate "+j.file, answer, o.failAt)
	case "github":
		err = view.GitHub(o.IO.Out, answer)
	default:
		err = view.PrintValidation(o.IO.Out, answer.Findings, func(file string) []byte { return j.texts[file] })
		if err == nil {
			err = view.PrintProof(o.IO.Out, in.Proof, replay)
		}
		if err == nil {
			_, err = diag.Fprintf(o.IO.Out, "%s\n", view.Tallied(view.ValidationTally(j.file, answer, looked), answer.Findings.Counts()))
		}
	}
	if err != nil {
		return err
	}
	no := answer.Findings.Has(o.failAt)
	if no {
		err = errNo
	}
	return o.report.after(o.session, err, func() (report.Page, error) {
		return j.page(ctx, o, answer, view.NewValidation(answer, proved), report.Validated{No: no, Looked: looked}, in.Proof)
	})
}

// place says of each finding what its file is called from here and how much of a line it is about, and keeps
// the texts of these files.
func (j *judged) place(a *validate.Answer) {
	j.texts = map[string][]byte{}
	show := func(f *diag.Finding) {
		at := j.shown(f.Position.File)
		if j.texts[at] == nil {
			j.texts[at] = j.source(f.Position.File)
		}
		f.Position.File, f.Length = at, f.Written(j.texts[at])
	}
	for i := range a.Findings {
		show(&a.Findings[i])
	}
	for i := range a.Allowed {
		show(&a.Allowed[i].Finding)
	}
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
