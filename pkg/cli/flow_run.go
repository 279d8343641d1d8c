package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/spf13/cobra"
)

// flowRunOptions are those of flow run.
type flowRunOptions struct {
	file, world string
	modules     []string
	ani, dnis   string
	at          time.Time // zero for the world's, then now
	now         func() time.Time
	trace       bool
	showPII     bool
	asJSON      bool
	flow        interp.Options
}

func newFlowRunCmd(env *Env) *cobra.Command {
	var o flowRunOptions
	var at, notSet string
	cmd := &cobra.Command{
		Use:   "run FILE",
		Short: "Run a call through an Architect flow",
		Long: `Run a call through an Architect call flow (inboundCall, outboundCall, secureCall,
inqueueCall, commonModule), without an org.

What the flow cannot know comes from a world file (--world): answers of data actions, rows
of data tables, queues and skills that are missing, schedules, keys pressed, transfers that
fail. docs/world.md has its format and what is answered when it says nothing. Time is
virtual: it starts at --at and advances by what the world says.

Where Genesys documents nothing about NOT_SET (the target of a transfer, a skill, a value
of participant data, an input of a screen pop) the flow's error handling is raised;
--not-set lenient takes the failure branch, or leaves the thing out.

Exit codes: 0 the call came to an end, 2 a file does not parse, 1 the flow cannot be run.`,
		Example: `  dealroute flow run flow.yaml --ani +15135550142
  dealroute flow run flow.yaml --ani +15135550142 --world world.yaml --trace`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.file, o.asJSON, o.now = args[0], env.settings.json(), env.Now
			if at != "" {
				t, err := time.Parse(time.RFC3339, at)
				if err != nil {
					return fail(fmt.Errorf("--at %q is not a time", at), "write it as 2026-11-23T09:30:00Z")
				}
				o.at = t
			}
			switch notSet {
			case "strict":
			case "lenient":
				o.flow.NotSetQueue, o.flow.NotSetSkill = interp.NotSetFailure, interp.NotSetAbsent
				o.flow.NotSetParticipantData, o.flow.NotSetScreenPop = interp.NotSetEmpty, interp.NotSetAbsent
			default:
				return usage(cmd.CommandPath(), fmt.Errorf("--not-set %q is neither strict nor lenient", notSet))
			}
			if err := personal(env.IO, o.showPII); err != nil {
				return err
			}
			return runFlowRun(cmd.Context(), env.IO, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.ani, "ani", "", "calling number, as the trunk gives it (default: the world's)")
	f.StringVar(&o.dnis, "dnis", "", "called number")
	f.StringVar(&at, "at", "", "when the call starts, such as 2026-11-23T09:30:00Z (default: the world's, then now)")
	f.StringVar(&o.world, "world", "", "world file")
	f.StringArrayVar(&o.modules, "module", nil, "file of a common module that the flow calls (may be repeated)")
	f.StringVar(&notSet, "not-set", "strict", "strict or lenient: how undocumented uses of NOT_SET are read")
	f.BoolVar(&o.trace, "trace", false, "show each action with its inputs and outputs")
	f.BoolVar(&o.showPII, "show-pii", false, "do not mask the caller's number; needs a terminal")
	return cmd
}

// readFlow reads a flow file; one with errors is the answer no.
func readFlow(path string, io *Streams) (*architect.File, []byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, fail(fmt.Errorf("read the flow %s: %w", path, reason(err)), "name an existing file")
	}
	file, found := architect.Parse(path, data)
	if found.Has(diag.Error) || file == nil || file.Flow == nil {
		if len(found) == 0 {
			found = diag.Findings{{Severity: diag.Error, Message: "the file holds no flow", Position: diag.Position{File: path}}}
		}
		return nil, nil, unreadable(found, data, true)
	}
	for _, f := range found {
		if f.Severity.AtLeast(diag.Warning) {
			diag.Print(io.Err, f, data) //nolint:errcheck // a warning nobody can read stops nothing
		}
	}
	return file, data, nil
}

func runFlowRun(ctx context.Context, io *Streams, o flowRunOptions) error {
	file, text, err := readFlow(o.file, io)
	if err != nil {
		return err
	}
	own := phone.Find(string(text)) // what the flow itself says is no secret
	for _, m := range o.modules {
		module, text, err := readFlow(m, io)
		if err != nil {
			return err
		}
		own = append(own, phone.Find(string(text))...)
		if module.Type != "commonModule" {
			return fail(fmt.Errorf("%s holds a flow of type %s, not a common module", m, module.Type), "give --module only files of common modules")
		}
		o.flow.Modules = append(o.flow.Modules, module)
	}
	said := &world.File{}
	if o.world != "" {
		data, err := os.ReadFile(o.world)
		if err != nil {
			return fail(fmt.Errorf("read the world file %s: %w", o.world, reason(err)), "name an existing file with --world FILE")
		}
		var found diag.Findings
		if said, found = world.Decode(o.world, data); said == nil {
			return unreadable(found, data, true)
		}
	}
	call := said.Start()
	call.ANI, call.DNIS = cmp.Or(o.ani, call.ANI), cmp.Or(o.dnis, call.DNIS)
	if !o.at.IsZero() {
		call.At = o.at
	} else if call.At.IsZero() {
		call.At = o.now()
	}
	if call.ANI == "" {
		return fail(errors.New("there is no calling number"), "give --ani NUMBER, or ani under call in the world file")
	}
	own = slices.DeleteFunc(append(own, call.DNIS), func(n string) bool { return phone.Digits(n) == phone.Digits(call.ANI) })
	mask := privacy.New(privacy.Options{Own: own, Show: o.showPII})
	mask.Caller(call.ANI)
	program, err := interp.Compile(file, o.flow)
	if err != nil {
		return notRun(err, mask)
	}
	outside := world.New(said)
	level := interp.TracePath
	if o.trace {
		level = interp.TraceFull
	}
	r, err := interp.Run(ctx, program, call, outside, interp.RunOptions{Trace: level})
	if err != nil {
		if o.trace && !o.asJSON {
			printSteps(io, r.Path, mask)
		}
		return notRun(err, mask)
	}
	notes := outside.Notes()
	if n := len(program.Findings()); n > 0 {
		notes = append(notes, fmt.Sprintf("%d places of the flow that this call did not reach cannot be run; see dealroute flow check %s", n, o.file))
	}
	out := newFlowRun(file, call, r, notes, mask)
	if o.asJSON {
		return view.JSON(io.Out, out)
	}
	printFlowRun(io, out, r, o.trace, mask)
	return nil
}

// notRun is the failure for a flow that cannot be run to an end, at its place in the file.
func notRun(err error, mask *privacy.Mask) error {
	var r *interp.Refusal
	var f diag.Finding
	switch {
	case errors.As(err, &r):
		f = r.Finding
		if r.Action != "" {
			f.Message += fmt.Sprintf(" (in %q)", r.Action)
		}
	case errors.As(err, &f):
	default:
		f = diag.Finding{Message: err.Error(), Hint: "compare the world file with what the flow binds"}
	}
	f.Message = mask.Text(f.Message)
	return &failure{finding: f, cause: err}
}

// A flowRun is the answer of flow run as JSON. Keys are always there.
type flowRun struct {
	Schema          int               `json:"schema"`
	Flow            string            `json:"flow"`
	Type            string            `json:"type"`
	ANI             string            `json:"ani"`
	DNIS            *string           `json:"dnis"`
	At              string            `json:"at"`
	Ending          string            `json:"ending"`
	Target          *string           `json:"target"`
	Queue           *string           `json:"queue"`
	Skills          []string          `json:"skills"`
	LanguageSkill   *string           `json:"languageSkill"`
	Priority        int64             `json:"priority"`
	ParticipantData map[string]string `json:"participantData"`
	ScreenPop       *view.ScreenPop   `json:"screenPop"`
	WaitedMs        int64             `json:"waitedMs"`
	Actions         int               `json:"actions"`
	Path            []flowRunStep     `json:"path"`
	Errors          []flowRunProblem  `json:"errors"` // run-time errors that went to error handling
	Warnings        []string          `json:"warnings"`
}

type flowRunStep struct {
	Task    string            `json:"task"`
	Action  string            `json:"action"`
	Type    string            `json:"type"`
	Branch  *string           `json:"branch"`
	Ms      int64             `json:"ms"`
	Line    int               `json:"line"`
	Inputs  map[string]string `json:"inputs,omitempty"`  // with --trace
	Outputs map[string]string `json:"outputs,omitempty"` // with --trace
}

type flowRunProblem struct {
	Action  string `json:"action"`
	Message string `json:"message"`
	Line    int    `json:"line"`
	Path    string `json:"path"`
}

func newFlowRun(f *architect.File, c interp.Call, r interp.Result, notes []string, mask *privacy.Mask) flowRun {
	out := flowRun{
		Schema: view.Schema, Flow: f.Flow.Name, Type: f.Type, ANI: mask.Number(c.ANI), DNIS: orNull(c.DNIS), At: c.At.UTC().Format(time.RFC3339),
		Ending: string(r.Ending), Target: orNull(mask.Text(r.Target)), Queue: orNull(r.Queue), Skills: append([]string{}, r.Skills...),
		LanguageSkill: orNull(r.LanguageSkill), Priority: r.Priority, ParticipantData: map[string]string{},
		WaitedMs: r.Elapsed.Milliseconds(), Actions: r.Actions, Path: []flowRunStep{}, Errors: []flowRunProblem{}, Warnings: []string{},
	}
	for k, v := range r.ParticipantData {
		out.ParticipantData[k] = mask.Text(v)
	}
	if r.ScreenPop != nil {
		out.ScreenPop = &view.ScreenPop{Script: r.ScreenPop.Script, Inputs: valuesOf(r.ScreenPop.Inputs, mask)}
		if out.ScreenPop.Inputs == nil {
			out.ScreenPop.Inputs = map[string]string{}
		}
	}
	for _, s := range r.Path {
		out.Path = append(out.Path, flowRunStep{
			Task: s.Task, Action: s.Action, Type: s.Type, Branch: orNull(s.Branch), Ms: s.Elapsed.Milliseconds(), Line: s.Pos.Line,
			Inputs: valuesOf(s.Inputs, mask), Outputs: valuesOf(s.Outputs, mask),
		})
	}
	for _, p := range r.Problems {
		out.Errors = append(out.Errors, flowRunProblem{Action: cmp.Or(p.Action, p.Type), Message: mask.Text(p.Message), Line: p.Pos.Line, Path: p.Path})
	}
	for _, p := range r.Warnings {
		out.Warnings = append(out.Warnings, mask.Text(p.Message))
	}
	for _, n := range notes {
		out.Warnings = append(out.Warnings, mask.Text(n))
	}
	return out
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func valuesOf(ns []interp.Named, mask *privacy.Mask) map[string]string {
	if len(ns) == 0 {
		return nil
	}
	out := make(map[string]string, len(ns))
	for _, n := range ns {
		v := mask.Text(plainValue(n.Value))
		if before, twice := out[n.Name]; twice { // skills, statements that write one variable again
			v = before + ", " + v
		}
		out[n.Name] = v
	}
	return out
}

// plainValue is a text without its quotes, anything else as a literal.
func plainValue(v expr.Value) string {
	if v.Type() == expr.String && v.IsSet() {
		return v.Text()
	}
	return v.String()
}

func printFlowRun(io *Streams, out flowRun, r interp.Result, trace bool, mask *privacy.Mask) {
	w := io.Out
	dnis := ""
	if out.DNIS != nil {
		dnis = " → " + *out.DNIS
	}
	fmt.Fprintf(w, "call %s%s    %s %q, %s\n", out.ANI, dnis, out.Type, out.Flow, out.At)
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(w, "  %-13s%s\n", name, text)
		}
	}
	how := out.Ending
	if out.Target != nil {
		how += " " + *out.Target
	}
	if r.Handled {
		how += "    by the flow's error handling"
	}
	line("ending", how)
	line("skills", strings.Join(out.Skills, ", "))
	line("language", r.LanguageSkill)
	if out.Ending == string(interp.EndQueue) {
		line("priority", fmt.Sprint(out.Priority))
	}
	for i, k := range sortedNames(out.ParticipantData) {
		name := ""
		if i == 0 {
			name = "data"
		}
		line(name, k+" = "+out.ParticipantData[k])
	}
	if p := r.ScreenPop; p != nil {
		var parts []string
		for _, n := range p.Inputs {
			parts = append(parts, n.Name+" = "+mask.Text(plainValue(n.Value)))
		}
		line("screen pop", p.Script+"    "+strings.Join(parts, ", "))
	}
	line("waited", fmt.Sprintf("%d ms", out.WaitedMs))
	more := "    --trace shows each"
	if trace {
		more = ""
	}
	line("path", fmt.Sprintf("%d actions%s", out.Actions, more))
	if trace {
		printSteps(io, r.Path, mask)
	}
	for _, p := range r.Problems {
		line("error", fmt.Sprintf("%s: %s (%s)", cmp.Or(p.Action, p.Type), mask.Text(p.Message), p.Pos))
	}
	for _, t := range out.Warnings {
		line("warning", t)
	}
}

// printSteps writes the trace: a line for each action, its inputs and outputs below.
func printSteps(io *Streams, steps []interp.Step, mask *privacy.Mask) {
	for i, s := range steps {
		name := s.Type
		if s.Action != "" {
			name += fmt.Sprintf(" %q", s.Action)
		}
		if s.Branch != "" {
			name += " → " + s.Branch
		}
		took := ""
		if s.Elapsed > 0 {
			took = fmt.Sprintf("    %d ms", s.Elapsed.Milliseconds())
		}
		fmt.Fprintf(io.Out, "  %4d %7d ms  %s%s    %s:%d\n", i+1, s.At.Milliseconds(), name, took, s.Task, s.Pos.Line)
		for _, n := range s.Inputs {
			fmt.Fprintf(io.Out, "                     in  %s = %s\n", n.Name, mask.Text(n.Value.String()))
		}
		for _, n := range s.Outputs {
			fmt.Fprintf(io.Out, "                     out %s = %s\n", n.Name, mask.Text(n.Value.String()))
		}
	}
}
