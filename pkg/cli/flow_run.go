package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/spf13/cobra"
)

// flowRunOptions are those of flow run.
type flowRunOptions struct {
	session
	file, world string
	modules     []string
	ani, dnis   string
	at          time.Time // zero for the world's, then now
	trace       bool
	showPII     bool
	flow        interp.Options
}

func newFlowRunCmd(env *Env, run func(context.Context, flowRunOptions) error) *cobra.Command {
	var o flowRunOptions
	var at, notSet string
	cmd := &cobra.Command{
		Use:   "run FILE|-",
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
			o.session, o.file = env.session(), args[0]
			if at != "" {
				t, err := readTime("--at", at)
				if err != nil {
					return err
				}
				o.at = t
			}
			if notSet == "lenient" {
				o.flow.NotSetQueue, o.flow.NotSetSkill = interp.NotSetFailure, interp.NotSetAbsent
				o.flow.NotSetParticipantData, o.flow.NotSetScreenPop = interp.NotSetEmpty, interp.NotSetAbsent
			}
			return run(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.ani, "ani", "", "calling number, as the trunk gives it (default: the world's)")
	f.StringVar(&o.dnis, "dnis", "", "called number")
	f.StringVar(&at, "at", "", "when the call starts, such as 2026-11-23T09:30:00Z (default: the world's, then now)")
	f.StringVar(&o.world, "world", "", "world file")
	f.StringArrayVar(&o.modules, "module", nil, "file of a common module that the flow calls (may be repeated)")
	choose(f, &notSet, "not-set", "strict", "strict or lenient: how undocumented uses of NOT_SET are read", "strict", "lenient")
	f.BoolVar(&o.trace, "trace", false, "show each action with its inputs and outputs")
	f.BoolVar(&o.showPII, "show-pii", false, "do not mask the caller's number; needs a terminal")
	return cmd
}

// readFlow reads a flow file; one with errors is the answer no.
func (s session) readFlow(arg string) (*architect.File, []byte, error) {
	data, path, err := s.readNamed("", arg, maxText)
	if err != nil {
		return nil, nil, notRead("flow", arg, err, "name an existing file")
	}
	file, found := architect.Parse(path, data)
	if found.Has(diag.Error) || file == nil || file.Flow == nil {
		if aDeployment(data) {
			return nil, nil, fail(fmt.Errorf("%s holds a deployment, not a flow", arg), "give a deployment with -f, where a command draws or tries its flow")
		}
		if len(found) == 0 {
			found = diag.Findings{{Severity: diag.Error, Message: "the file holds no flow", Position: diag.Position{File: path}}}
		}
		return nil, nil, unreadable(found, data, true)
	}
	for i := range found {
		found[i].Path = "" // the line shows the place
	}
	diag.PrintBrief(s.IO.Err, found) //nolint:errcheck // a warning nobody can read stops nothing
	return file, data, nil
}

var deploymentKeys = pattern.Of(`(?m)^(?:genesys|hubspot|calls|routing):`)

// aDeployment reports whether a text that is no flow has the root keys of a deployment.
func aDeployment(data []byte) bool { return len(deploymentKeys().FindAll(data, 2)) == 2 }

// readModule reads the file of a common module.
func (s session) readModule(path string) (*architect.File, []byte, error) {
	module, text, err := s.readFlow(path)
	if err == nil && module.Type != "commonModule" {
		err = fail(fmt.Errorf("%s holds a flow of type %s, not a common module", path, module.Type), "give --module only files of common modules")
	}
	return module, text, err
}

func runFlowRun(ctx context.Context, o flowRunOptions) error {
	if err := personal(o.IO, o.showPII); err != nil {
		return err
	}
	ran, err := o.through(ctx)
	if err != nil {
		if o.trace && !o.settings.json && ran.mask != nil {
			view.PrintSteps(o.IO.Out, ran.result.Path, ran.mask)
		}
		return err
	}
	out := view.NewFlowRun(ran.file, ran.call, ran.result, ran.notes, ran.mask)
	if o.settings.json {
		return view.JSON(o.IO.Out, out)
	}
	view.PrintFlowRun(o.IO.Out, out, ran.result, o.trace, ran.mask)
	return nil
}

// A ranFlow is a flow with a call that went through it.
type ranFlow struct {
	file   *architect.File
	call   interp.Call
	result interp.Result // until where it was refused, if it was
	notes  []string
	mask   *privacy.Mask // nil until there is a caller
}

// through reads the files and runs the call.
func (o flowRunOptions) through(ctx context.Context) (ran ranFlow, err error) {
	file, text, err := o.readFlow(o.file)
	if err != nil {
		return ran, err
	}
	ran.file = file
	own := phone.Find(string(text)) // what the flow itself says is no secret
	for _, m := range o.modules {
		module, text, err := o.readModule(m)
		if err != nil {
			return ran, err
		}
		own = append(own, phone.Find(string(text))...)
		o.flow.Modules = append(o.flow.Modules, module)
	}
	said := &world.Document{File: &world.File{}}
	var data []byte
	if o.world != "" {
		if data, err = readFile(o.world, maxText); err != nil {
			return ran, fail(fmt.Errorf("read the world file %s: %w", o.world, err), "name an existing file with --world FILE")
		}
		var found diag.Findings
		if said, found = world.Read(o.world, data); said == nil {
			return ran, unreadable(privacy.Findings(found), privacy.Excerpt(data), true)
		}
	}
	call := said.Start()
	call.ANI, call.DNIS = cmp.Or(o.ani, call.ANI), cmp.Or(o.dnis, call.DNIS)
	if !o.at.IsZero() {
		call.At = o.at
	} else if call.At.IsZero() {
		call.At = o.Now()
	}
	if call.ANI == "" {
		return ran, fail(errors.New("there is no calling number"), "give --ani NUMBER, or ani under call in the world file")
	}
	own = slices.DeleteFunc(append(own, call.DNIS), func(n string) bool { return phone.Digits(n) == phone.Digits(call.ANI) })
	mask := privacy.New(privacy.Options{Own: own, Show: o.showPII})
	mask.Caller(call.ANI)
	program, err := interp.Compile(file, o.flow)
	if err != nil {
		return ran, notRun(err, mask)
	}
	found := said.Against(program, world.Known{})
	if found.Has(diag.Error) {
		return ran, unreadable(privacy.Findings(found), privacy.Excerpt(data), false)
	}
	outside := world.New(said.File)
	level := interp.TracePath
	if o.trace {
		level = interp.TraceFull
	}
	ran.call, ran.mask = call, mask
	if ran.result, err = interp.Run(ctx, program, call, outside, interp.RunOptions{Trace: level}); err != nil {
		return ran, notRun(err, mask)
	}
	ran.notes = outside.Notes()
	for _, f := range privacy.Findings(append(found, said.Unused(outside)...)) {
		if f.Hint != "" {
			f.Message += "; " + f.Hint
		}
		ran.notes = append(ran.notes, f.Error())
	}
	if n := len(program.Findings()); n > 0 {
		ran.notes = append(ran.notes, fmt.Sprintf("%d places of the flow that this call did not reach cannot be run; see dealroute flow check %s", n, o.file))
	}
	return ran, nil
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
