package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/prove"
	"github.com/dealroute/dealroute/pkg/validate"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/spf13/cobra"
)

type flowProveOptions struct {
	session
	files   []string
	modules []string
	folder  string // for counterexamples; empty: they are not written
	flow    prove.FlowOptions
}

func newFlowProveCmd(env *Env, run func(context.Context, flowProveOptions) error) *cobra.Command {
	var o flowProveOptions
	cmd := &cobra.Command{
		Use:   "prove FILE|FOLDER|-…",
		Short: "Prove that an inbound call flow drops no caller, whatever happens outside of it",
		Long: `Try every outcome of everything that an inbound call flow cannot know: answers, failures and
timeouts of data actions, rows of data tables, queues and skills that are missing, schedules,
keys pressed, transfers that fail. Shown of each flow:

  ending       no caller is let go in silence
  wait         the longest wait for data actions has a bound, which is printed
  expressions  no expression can fail

A property holds, is broken (with the shortest call that shows it, as a world file for
"dealroute flow run --world"), or is not decided (with the expression and its line).
A caller is asked for keys --rounds times at one place; what is cut is said and is no failure.
Files with flows of other types are named and passed over. Of a folder all flows in it and below
it are proved; - is a flow on standard input. docs/proof.md says more.

Exit codes: 0 nothing is broken or undecided, 2 something is, or a file does not parse,
1 a file cannot be read, or none holds an inbound call flow.`,
		Example: `  dealroute flow prove flow.yaml
  dealroute flow prove flows --counterexamples calls -o json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.session, o.files = env.session(), args
			if o.flow.States < 1 || o.flow.Rounds < 1 {
				return usage(cmd.CommandPath(), errors.New("--states and --rounds must be at least 1"))
			}
			return run(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.IntVar(&o.flow.States, "states", provedStates, "states to tell apart at most, in each flow")
	f.IntVar(&o.flow.Rounds, "rounds", provedRounds, "how often a caller is asked for keys at one place, at most")
	f.StringArrayVar(&o.modules, "module", nil, "file of a common module that the flows call (may be repeated)")
	f.StringVar(&o.folder, "counterexamples", "", "folder to write the world files of broken properties to")
	return cmd
}

// How much of a flow is tried, unless somebody says otherwise.
const (
	provedStates = 200_000
	provedRounds = 4
)

func runFlowProve(ctx context.Context, o flowProveOptions) error {
	for _, m := range o.modules {
		module, _, err := o.readModule(m)
		if err != nil {
			return err
		}
		o.flow.Interp.Modules = append(o.flow.Interp.Modules, module)
	}
	defer roomy(o.session)()
	out := view.FlowProofs{Schema: view.Schema, Flows: []view.FlowProof{}}
	written, taken := worlds{}, map[string]bool{}
	proved, no, name, other := 0, false, "", ""
	files, err := filesOf(ctx, o.files, flowFiles())
	if err != nil {
		return err
	}
	for _, arg := range files {
		p, err := o.prove(ctx, arg)
		if err != nil {
			return err
		}
		path := p.path
		replay := o.replays(path, taken)
		if err := written.add(p.report, replay); err != nil {
			return err
		}
		if p.kind == inbound {
			proved++
		}
		no, name, other = no || p.found.Has(diag.Error), path, p.kind
		if !o.settings.json {
			if err := p.print(o.IO, replay); err != nil {
				return err
			}
			continue
		}
		v, err := view.NewFlowProof(path, p.kind, p.report, p.found, replay)
		if err != nil {
			return err
		}
		out.Flows = append(out.Flows, v)
	}
	if proved == 0 && !no {
		why := errors.New("there is no inbound call flow to prove")
		if len(files) == 1 {
			why = fmt.Errorf("%w: %s holds a flow of type %s", why, name, other)
		}
		return fail(why, "name the file of a flow with inboundCall at its top")
	}
	if err := written.write(o.folder); err != nil {
		return err
	}
	if o.settings.json {
		if err := view.JSON(o.IO.Out, out); err != nil {
			return err
		}
	}
	if no {
		return errNo
	}
	return nil
}

// inbound is the type of the flows that are proved.
const inbound = "inboundCall"

// A provedFlow is one file's part of the answer.
type provedFlow struct {
	path, kind string
	text       []byte
	found      diag.Findings // of reading, when nothing could be proved, or of the proof
	report     *prove.Report // nil when there is nothing to prove
	flow       *architect.File
}

func (o flowProveOptions) prove(ctx context.Context, arg string) (p provedFlow, err error) {
	if p.text, p.path, err = o.readNamed("", arg, maxText); err != nil {
		return p, notRead("flow", arg, err, "name an existing file")
	}
	path := p.path
	f, found := architect.Parse(path, p.text)
	if p.flow = f; f != nil {
		p.kind = f.Type
	}
	if found.Has(diag.Error) || f == nil || f.Flow == nil {
		p.found = found
		if !found.Has(diag.Error) {
			p.found = append(found, diag.Finding{Severity: diag.Error, Message: "the file holds no flow", Position: diag.Position{File: path}})
		}
		return p, nil
	}
	if f.Type != inbound {
		return p, nil
	}
	start := o.Now()
	o.flow.At = start.UTC().Truncate(time.Second)
	ctx, proved := o.proving(ctx, "proving "+path)
	p.report, err = prove.Flow(ctx, f, o.flow)
	proved()
	if refused, ok := errors.AsType[diag.Finding](err); ok {
		p.found = diag.Findings{refused}
		return p, nil
	}
	if err != nil || p.report == nil {
		return p, err
	}
	p.report.Elapsed = o.Now().Sub(start)
	mask(p.report, privacy.New(privacy.Options{Own: phone.Find(string(p.text))}))
	for _, x := range p.report.Broken() {
		p.found = append(p.found, validate.Proved(x))
	}
	p.found = p.found.Sorted()
	return p, nil
}

// replays says how the calls against a flow are replayed; their files bear its name, and a
// number where another one has that already.
func (o flowProveOptions) replays(path string, taken map[string]bool) view.Replays {
	base := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	name := base
	for n := 2; taken[strings.ToLower(name)]; n++ {
		name = fmt.Sprintf("%s-%d", base, n)
	}
	taken[strings.ToLower(name)] = true
	if path == stdinName {
		path, name = stdin, "stdin"
	}
	words, draw := []string{"dealroute", "flow", "run", path}, []string{"dealroute", "graph", path}
	for _, m := range o.modules {
		words, draw = append(words, "--module", m), append(draw, "--module", m)
	}
	return view.Replays{
		Command: view.ReplayCommand(words...), Folder: filepath.ToSlash(o.folder),
		File: func(property string) string { return name + "." + property + ".yaml" }, Drawn: view.ReplayCommand(draw...),
	}
}

func (p provedFlow) print(io *Streams, replay view.Replays) error {
	if err := diag.PrintAll(io.Out, p.found, func(diag.Finding) []byte { return p.text }); err != nil {
		return err
	}
	switch {
	case p.report != nil:
		return view.PrintFlowProof(io.Out, p.path, p.report, replay)
	case p.found.Has(diag.Error):
		return nil
	}
	_, err := diag.Fprintf(io.Out, "%s: a flow of type %s, no inbound call flow: nothing to prove\n", p.path, p.kind)
	return err
}
