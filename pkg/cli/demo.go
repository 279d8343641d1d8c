package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/dealroute/dealroute/examples"
	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/prove"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/report"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/validate"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/dealroute/dealroute/pkg/words"
	"github.com/spf13/cobra"
)

type demoOptions struct {
	session
	report reportFile
	lab    bool // instead of the story
}

func newDemoCmd(env *Env, run func(context.Context, demoOptions) error) *cobra.Command {
	var page reportFile
	var lab bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "The whole story in one process: no account, no network, nothing left behind",
		Long: `Validate a deployment, set it up in an emulated Genesys Cloud org, send eight callers through
the deployed flow while an emulated HubSpot answers, refuses or hangs, set it up again, and
take it down. Everything happens in memory on this machine. With --report all of it is a page,
too, with the way of each caller through the flow.

--lab opens the lab on the deployment of the story instead, to edit and call it in a browser; it
is in no folder, and is saved under a name that you give. See dealroute lab --help.`,
		Args:        cobra.NoArgs,
		Annotations: map[string]string{serves: "lab"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return run(cmd.Context(), demoOptions{env.session(), page, lab})
		},
	}
	page.flag(cmd.Flags(), "the story")
	cmd.Flags().BoolVar(&lab, "lab", false, "serve a page on which the deployment of the story is edited and called, instead of telling it")
	return cmd
}

// demoExample is the deployment of the demo.
const demoExample = "basic"

// A demoCaller is a caller with what goes wrong while they call.
type demoCaller struct {
	ani, who string
	fault    transport.FaultKind // empty: HubSpot answers
	pause    time.Duration       // before the call, beside what the last one took
}

// between is the time from one caller to the next: more of them in a second would meet
// HubSpot's limit of five searches a second.
const between = 2 * time.Second

// demoCallers are the eight of the story, in this order.
func demoCallers() []demoCaller {
	return []demoCaller{
		{ani: "+15135550142", who: "has an active deal in negotiation"},
		{ani: "+15135550144", who: "bought before, nothing open", pause: between},
		{ani: "+15135550146", who: "is known, without any deal", pause: between},
		{ani: "+15135550190", who: "nobody knows", pause: between},
		{ani: "anonymous", who: "hides the number", pause: between},
		{ani: "+15135550143", who: "calls while HubSpot refuses: too many requests", fault: transport.FaultThrottled, pause: between},
		{ani: "+15135550142", who: "calls after the pause, and HubSpot does not answer", fault: transport.FaultTimeout, pause: 5 * time.Second},
		{ani: "+15135550143", who: "calls right after: nobody waits twice", fault: transport.FaultTimeout},
	}
}

// demo gathers the story.
type demo struct {
	env      session
	loaded   *loaded
	print    *blueprint.Blueprint
	target   *org
	mask     *privacy.Mask
	steps    []view.DemoStep
	calls    []*simulate.Outcome
	flow     *architect.File // that the callers meet
	entities []reconcile.Outcome
}

func runDemo(ctx context.Context, o demoOptions) (err error) {
	env := o.session
	if o.lab {
		return runDemoLab(ctx, o)
	}
	if err := o.report.mayWrite(); err != nil {
		return err
	}
	defer o.report.ended(env, &err)
	d := &demo{env: env}
	if err := d.tell(ctx); err != nil {
		return err
	}
	answer := view.NewDemo(d.steps, d.calls, d.entities, d.mask)
	if env.settings.json {
		if err := view.JSON(env.IO.Out, answer); err != nil {
			return err
		}
	}
	return o.report.after(env, nil, func() (report.Page, error) { return report.Demo(d.page(answer)), nil })
}

func (d *demo) tell(ctx context.Context) error {
	if err := d.open(ctx); err != nil {
		return err
	}
	defer d.target.Close() //nolint:errcheck // it is only in memory
	d.say("dealroute demo: %s, on emulators of Genesys Cloud and HubSpot in this process\n", d.loaded.path)
	for _, s := range []struct {
		name string
		run  func(context.Context) (string, error)
	}{
		{"validate", d.validate},
		{"plan", d.plan},
		{"setup", d.setup},
		{"calls", d.callers},
		{"setup again", d.again},
		{"destroy", d.destroy},
	} {
		start := d.env.Now()
		detail, err := s.run(ctx)
		step := view.DemoStep{Name: s.name, OK: err == nil, Ms: d.env.Now().Sub(start).Milliseconds(), Detail: detail}
		if err != nil {
			step.Detail = err.Error()
		}
		d.steps = append(d.steps, step)
		d.say("%s\n", step.Line())
		if err != nil {
			err = fmt.Errorf("%s: %w", s.name, err)
			if ctx.Err() != nil { // somebody ended it
				return err
			}
			return fail(err, "the demo uses nothing of yours: this is a fault of the program")
		}
	}
	d.say("\nNext: \"%s\" writes a deployment of your own, \"%s\" these files to look at.\n", initCommand, exampleCommand)
	return nil
}

// say writes the story for a person; with -o json the object at the end tells it.
func (d *demo) say(format string, args ...any) {
	if !d.env.settings.json {
		diag.Fprintf(d.env.IO.Out, format, args...)
	}
}

// open reads the example from the program itself and starts the emulators in memory.
func (d *demo) open(ctx context.Context) error {
	var err error
	if d.loaded, err = ofExample(demoExample); err != nil {
		return err
	}
	if d.print, err = d.loaded.render(false); err != nil {
		return err
	}
	s, err := openSandbox(ctx, d.env, d.loaded, d.print, sandboxOptions{memory: true})
	if err != nil {
		return err
	}
	d.target, err = sandboxOrg(d.env, s, false)
	return err
}

// ofExample is the deployment of an example, which is read from the program itself.
func ofExample(example string) (*loaded, error) {
	name := path.Join(example, deploymentFile)
	data, err := fs.ReadFile(examples.FS, name)
	if err != nil {
		return nil, err
	}
	dep, found := deployment.Parse("examples/"+name, data)
	if found.Has(diag.Error) {
		return nil, unreadable(found, data, false)
	}
	sub, err := fs.Sub(examples.FS, example)
	if err != nil {
		return nil, err
	}
	return &loaded{path: "examples/" + name, dir: "examples/" + example, source: data, deployment: dep, findings: found, files: sub}, nil
}

func (d *demo) validate(ctx context.Context) (string, error) {
	r, err := proof(ctx, d.env, d.loaded.deployment, d.print, prove.Quick)
	if err != nil {
		return "", err
	}
	found := validate.Run(validate.Input{Deployment: d.loaded.deployment, Blueprint: d.print, Earlier: d.loaded.findings, Source: d.loaded.source, Now: d.env.Now(), Proof: r}).Findings
	if err := found.Err(); err != nil {
		return "", err
	}
	n := found.Counts()
	return fmt.Sprintf("the file, the flow and %d data actions: no errors, %s, %d stated assumptions; proved: %s",
		len(d.print.Actions), words.Count(n[diag.Warning], "warning", "warnings"), len(d.print.Assumptions), view.ProofTally(r)), nil
}

func (d *demo) read(ctx context.Context, change func(*reconcile.Config)) (*reconcile.Reconciler, error) {
	cfg := d.target.reconcileConfig(d.env, d.loaded, d.print)
	d.target.joinOwners(ctx, d.env, d.loaded.deployment, &cfg)
	if change != nil {
		change(&cfg)
	}
	return reconcile.Read(ctx, d.target.client, cfg)
}

func (d *demo) plan(ctx context.Context) (string, error) {
	r, err := d.read(ctx, nil)
	if err != nil {
		return "", err
	}
	return view.Tally(r.Plan()), nil
}

func (d *demo) setup(ctx context.Context) (string, error) {
	r, err := d.read(ctx, nil)
	if err != nil {
		return "", err
	}
	out, err := r.Apply(ctx)
	if err != nil {
		return "", err
	}
	d.entities = out
	reads, writes := d.target.client.Calls()
	return fmt.Sprintf("%s; %d calls, the secret of the run-time client seen by nobody", view.ApplyTally(out), reads+writes), nil
}

func (d *demo) again(ctx context.Context) (string, error) {
	r, err := d.read(ctx, nil)
	if err != nil {
		return "", err
	}
	if r.Plan().Pending() {
		return "", fmt.Errorf("a second setup would change something: %s", view.Tally(r.Plan()))
	}
	_, before := d.target.client.Calls()
	out, err := r.Apply(ctx)
	if err != nil {
		return "", err
	}
	if _, after := d.target.client.Calls(); after != before {
		return "", fmt.Errorf("a second setup wrote %d times", after-before)
	}
	return view.ApplyTally(out) + ", nothing written", nil
}

func (d *demo) destroy(ctx context.Context) (string, error) {
	r, err := d.read(ctx, func(c *reconcile.Config) { c.Desired = nil })
	if err != nil {
		return "", err
	}
	out, err := r.Apply(ctx)
	if err != nil {
		return "", err
	}
	left, err := d.read(ctx, nil)
	if err != nil {
		return "", err
	}
	for _, c := range left.Plan().Changes {
		if c.Action == plan.Keep && (c.Reason == "" || strings.HasPrefix(c.Reason, "data")) {
			return "", fmt.Errorf("%s is still there", c.Key)
		}
	}
	return view.ApplyTally(out) + "; the queues and skills that were there stay", nil
}

// callers sends the eight through the flow as it is published in the org.
func (d *demo) callers(ctx context.Context) (string, error) {
	artifacts, state, err := readDeployed(ctx, d.target, d.print, secret.New(hubspottest.DefaultToken))
	if err != nil {
		return "", err
	}
	d.flow = artifacts.Flow
	program, err := simulate.Prepare(artifacts, simulate.Readings{})
	if err != nil {
		return "", err
	}
	data, err := d.loaded.read("crm.yaml")
	if err != nil {
		return "", err
	}
	f, found := simulate.DecodeFixtures("crm.yaml", data)
	if err := found.Err(); err != nil {
		return "", err
	}
	if f.Now == nil {
		return "", errors.New("the fixtures give no time")
	}
	clock := &virtualClock{now: f.Now.UTC()}
	hubspot := transport.Handler(hubspottest.New(f.CRM, append(defined(d.loaded.deployment), hubspottest.Virtual(), hubspottest.Clock(clock.Now))...))
	d.mask = privacy.New(privacy.Options{Deployment: d.loaded.deployment, Names: blueprint.PersonalNames(d.loaded.deployment)})
	run := &simulate.Run{Program: program, Org: state, Clock: clock.Set, Trace: interp.TracePath, Takes: takes(d.loaded.deployment)}
	at := f.Now.UTC()
	d.say("%-12s      the flow and the data actions as they are deployed; time is virtual\n\n", "calls")
	for i, c := range demoCallers() {
		var faults []transport.Fault
		if c.fault != "" {
			faults = append(faults, transport.Fault{Kind: c.fault})
		}
		run.Sender = d.mask.Listen(transport.Inject(hubspot, faults...))
		d.mask.Caller(c.ani)
		at = at.Add(c.pause)
		o, err := run.Do(ctx, simulate.Call{ANI: c.ani, DNIS: d.loaded.deployment.Calls.Numbers[0], At: at})
		if err != nil {
			return "", fmt.Errorf("caller %d: %w", i+1, err)
		}
		d.calls = append(d.calls, o)
		if o.Result.Queue == "" {
			return "", fmt.Errorf("caller %d reached no queue", i+1)
		}
		for line := range strings.Lines(view.DemoCall(i+1, c.who, o, d.mask)) {
			d.say("%s\n", strings.TrimSuffix(line, "\n"))
		}
		at = at.Add(o.Result.Elapsed)
	}
	d.say("\n")
	return fmt.Sprintf("%d callers, each in a queue; the longest wait was %s", len(d.calls), words.Ms(view.Longest(d.calls))), nil
}
