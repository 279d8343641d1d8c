package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspotrest"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/google/uuid"
	"github.com/spf13/cobra"
)

type simulateOptions struct {
	session
	anis            []string
	dnis            string
	faults          []string
	at              string
	every           string
	fixtures, world string
	org             string
	crm             string
	flow            string
	trace, showPII  bool
}

func newSimulateCmd(env *Env, run func(context.Context, simulateOptions) error) *cobra.Command {
	o := simulateOptions{}
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Show where a caller goes and why, on the artifacts that are rendered or deployed",
		Long: `Send callers through the flow and the data actions, as they are rendered or as they are
deployed. HubSpot's answers come from fixtures (crm.yaml beside the deployment file), from a
world file with scripted outcomes, or from the real account, which is only read.

On fixtures time is virtual. The calls of one run share the org: a breaker that one call
opens is open for the next one. Nothing is ever written to an org.

Stages, pipelines, properties and options that the deployment file names and the account,
of the fixtures or the live one, does not have are warned of, and so is what a world file
says for nothing.`,
		Example: `  dealroute simulate --ani +15135550142
  dealroute simulate --ani +15135550142 --fault timeout --ani +15135550143
  dealroute simulate --ani anonymous -o json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.session = env.session()
			return run(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&o.anis, "ani", nil, "calling number, as the trunk shows it; repeat it for several calls in one run")
	f.StringVar(&o.dnis, "dnis", "", "called number (default: the deployment's first)")
	f.StringArrayVar(&o.faults, "fault", nil, "[ACTION=]KIND: 429, 500, 502, reset, malformed or timeout, for all calls of the run")
	f.StringVar(&o.at, "at", "", "start of the first call, as 2026-11-23T09:00:00Z (default: the time that the fixtures or the world name, else now)")
	f.StringVar(&o.every, "every", "", "time from one call's start to the next one's (default: when the last one ended)")
	f.StringVar(&o.fixtures, "fixtures", "", "file with the CRM and the org's state (default: crm.yaml beside the deployment file)")
	f.StringVar(&o.org, "org", "", "file with the hours and people of the org (default: org.yaml beside the deployment file; with --flow deployed, the org)")
	f.StringVar(&o.world, "world", "", "file with scripted outcomes instead of fixtures")
	f.StringVar(&o.crm, "crm", "fixtures", "where HubSpot's answers come from: fixtures or live")
	f.StringVar(&o.flow, "flow", "rendered", "whose flow runs: rendered or deployed")
	f.BoolVar(&o.trace, "trace", false, "show each action with its inputs and outputs")
	f.BoolVar(&o.showPII, "show-pii", false, "do not mask numbers, names and amounts; needs a terminal")
	return cmd
}

func runSimulate(ctx context.Context, o simulateOptions) error {
	env := o.session
	if err := personal(env.IO, o.showPII); err != nil {
		return err
	}
	l, b, err := load(env, false)
	if err != nil {
		return err
	}
	s, err := newSimulation(ctx, env, l, b, o)
	if err != nil {
		return err
	}
	outcomes, err := s.all(ctx)
	if err != nil {
		return err
	}
	return s.print(env, outcomes)
}

// A simulation is a run that is set up: the artifacts, HubSpot, the callers.
type simulation struct {
	options  simulateOptions
	loaded   *loaded
	run      *simulate.Run
	calls    []simulate.Call
	fixtures *simulate.Fixtures // nil with a world file
	every    time.Duration
	source   string
	live     bool
	mask     *privacy.Mask
	start    interp.Call // what else a world's calls begin with
	found    diag.Findings
	texts    map[string][]byte // that the findings are in, by file
	after    func()            // when all calls are over; may be nil
}

// tell keeps what is to be said of a file besides the calls; without its text no line is shown.
func (s *simulation) tell(found diag.Findings, text []byte) {
	for _, f := range found {
		if !slices.ContainsFunc(s.found, func(x diag.Finding) bool { return x.Position == f.Position }) { // the graver one was first
			s.found = append(s.found, f)
		}
	}
	if len(found) > 0 && text != nil {
		s.texts[found[0].Position.File] = privacy.Excerpt(text, s.loaded.deployment.Own()...)
	}
}

func newSimulation(ctx context.Context, env session, l *loaded, b *blueprint.Blueprint, o simulateOptions) (*simulation, error) {
	s := &simulation{options: o, loaded: l, live: o.crm == "live", texts: map[string][]byte{}, mask: privacy.New(privacy.Options{
		Deployment: l.deployment, Names: blueprint.PersonalNames(l.deployment), Live: o.crm == "live", Show: o.showPII,
	})}
	start, err := startTime(env, o.at)
	if err != nil {
		return nil, err
	}
	if o.every != "" {
		if s.every, err = time.ParseDuration(o.every); err != nil || s.every < 0 {
			return nil, fail(fmt.Errorf("--every %q is not a duration", o.every), "write it as 500ms or 10s")
		}
	}
	faults, err := parseFaults(o.faults)
	if err != nil {
		return nil, err
	}
	if err := singleSource(o); err != nil {
		return nil, err
	}
	key := secret.New(hubspottest.DefaultToken)
	switch {
	case s.live:
		if key, err = liveKey(ctx, env, l.deployment); err != nil {
			return nil, err
		}
	case o.crm != "fixtures":
		return nil, fail(fmt.Errorf("--crm %q is not known", o.crm), "use fixtures or live")
	}
	artifacts, state, err := s.artifacts(ctx, env, b, key)
	if err != nil {
		return nil, err
	}
	if err := faultsHit(o.faults, faults, artifacts); err != nil {
		return nil, err
	}
	program, err := simulate.Prepare(artifacts, simulate.Readings{})
	if err != nil {
		return nil, err
	}
	s.run = &simulate.Run{Program: program, Org: state, Trace: interp.TracePath, Takes: takes(l.deployment)}
	if s.live {
		s.run.Token = key
	}
	if o.trace {
		s.run.Trace = interp.TraceFull
	}
	if err := s.useHours(); err != nil {
		return nil, err
	}
	var hubspot dataaction.Sender
	switch {
	case o.world != "":
		err = s.useWorld(&start)
	case s.live:
		hubspot, err = s.useLive(ctx, env, key)
	default:
		hubspot, err = s.useFixtures(&start, o.at != "")
	}
	if err != nil {
		return nil, err
	}
	if hubspot != nil {
		// A fault comes instead of HubSpot, which is not asked then; the mask learns from what the
		// flow gets, and the log tells of the same.
		s.run.Sender = transport.LogSender(s.mask.Listen(transport.Inject(hubspot, faults...)), env.log())
	}
	return s, s.callers(start)
}

func startTime(env session, at string) (time.Time, error) {
	if at == "" {
		return env.Now().UTC().Truncate(time.Second), nil
	}
	return readTime("--at", at)
}

// readTime reads the value of a flag that says when a call comes in.
func readTime(flag, text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	switch {
	case err != nil:
		return t, fail(fmt.Errorf("%s %q is not a time", flag, text), "write it as 2026-11-23T09:00:00Z")
	case t.UTC().Year() < world.FirstYear || t.UTC().Year() > world.LastYear:
		return t, fail(fmt.Errorf("%s %q is too far from today", flag, text), fmt.Sprintf("use a year from %d to %d", world.FirstYear, world.LastYear))
	}
	return t.UTC(), nil
}

func parseFaults(texts []string) ([]transport.Fault, error) {
	var out []transport.Fault
	for _, t := range texts {
		f, err := transport.ParseFault(t)
		if err != nil {
			return nil, fail(err, "write --fault KIND, or --fault ACTION=KIND")
		}
		out = append(out, f)
	}
	return out, nil
}

// singleSource refuses two places where HubSpot's answers would come from.
func singleSource(o simulateOptions) error {
	switch {
	case o.world != "" && o.crm == "live":
		return fail(errors.New("--world and --crm live exclude each other"), "scripted outcomes need no account")
	case o.world != "" && o.fixtures != "":
		return fail(errors.New("--world and --fixtures exclude each other"), "name the one that gives the outcomes")
	case o.world != "" && len(o.faults) > 0:
		return fail(errors.New("--world and --fault exclude each other"), "write failure or timeout into the world file; docs/world.md has the format")
	case o.world != "" && o.org != "":
		return fail(errors.New("--world and --org exclude each other"), "write scheduleGroups into the world file; docs/world.md has the format")
	case o.org != "" && o.flow == "deployed":
		return fail(errors.New("--org and --flow deployed exclude each other"), "what is deployed is evaluated by the hours of its org; leave out the one that you do not mean")
	case o.fixtures != "" && o.crm == "live":
		return fail(errors.New("--fixtures and --crm live exclude each other"), "leave out the one that you do not mean")
	}
	return nil
}

// faultsHit refuses a fault that concerns no action: nothing would fail, and the answer would
// look as if the flow did not mind.
func faultsHit(texts []string, faults []transport.Fault, a simulate.Artifacts) error {
	for i, f := range faults {
		var names []string
		hit := false
		for _, x := range a.Actions {
			if x.HubSpot {
				names = append(names, x.Definition.Name)
				hit = hit || f.Matches(x.Definition.Name)
			}
		}
		if !hit {
			return fail(fmt.Errorf("--fault %q concerns no data action that asks HubSpot", texts[i]), "a part of a name is enough; there are "+strings.Join(names, ", "))
		}
	}
	return nil
}

// artifacts gives the flow, the actions and the state of the org, of the rendered deployment or
// of the org.
func (s *simulation) artifacts(ctx context.Context, env session, b *blueprint.Blueprint, key secret.Value) (simulate.Artifacts, *simulate.Org, error) {
	switch s.options.flow {
	case "rendered":
		a, err := renderedArtifacts(b, key)
		return a, &simulate.Org{Rows: b.Rows(), Owners: unknownOwners()}, err
	case "deployed":
		return s.deployedArtifacts(ctx, env, b, key)
	}
	return simulate.Artifacts{}, nil, fail(fmt.Errorf("--flow %q is not known", s.options.flow), "use rendered or deployed")
}

// madeUp gives a reference an id that is no org's.
func madeUp(r genesys.Ref) (string, bool) {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(r.String())).String(), true
}

func renderedArtifacts(b *blueprint.Blueprint, key secret.Value) (simulate.Artifacts, error) {
	r, err := b.Resolve(madeUp)
	if err != nil {
		return simulate.Artifacts{}, err
	}
	return artifactsOf(r, r.Flow, madeUp, key), nil
}

// artifactsOf turns a resolved blueprint into what a call runs on.
func artifactsOf(b *blueprint.Blueprint, flow blueprint.FlowArtifact, ids genesys.IDs, key secret.Value) simulate.Artifacts {
	a := simulate.Artifacts{Flow: flow.Tree}
	for _, e := range b.Entities {
		switch {
		case e.Key.Kind != genesys.DataTable:
		case e.Key.Name == blueprint.OwnersTable(b.Name):
			a.Owners = e.Key.Name
		default:
			a.Table = e.Key.Name
			a.TableID, _ = ids(genesys.Ref{Key: e.Key, Field: "id"})
		}
	}
	for _, x := range b.Actions {
		act := simulate.Action{Category: x.Category, Definition: x.Definition, HubSpot: x.Definition.IntegrationType == dataaction.WebServices}
		if act.HubSpot {
			act.Credentials = b.HubSpotCredential(key)
			if b.Auth != nil {
				act.Auth = b.Auth.Definition
			}
		}
		a.Actions = append(a.Actions, act)
	}
	return a
}

func (s *simulation) useWorld(start *time.Time) error {
	data, err := readFile(s.options.world, maxText)
	if err != nil {
		return fail(fmt.Errorf("read the world file %s: %w", s.options.world, err), "docs/world.md has the format")
	}
	own := s.loaded.deployment.Own()
	script, fs := world.Read(s.options.world, data)
	if !fs.Has(diag.Error) {
		fs = append(fs, s.run.Program.Script(script, s.run.Org.Rows, s.loaded.deployment)...)
	}
	if fs.Has(diag.Error) {
		return unreadable(privacy.Findings(fs, own...), privacy.Excerpt(data, own...), false)
	}
	s.tell(privacy.Findings(fs, own...), data)
	if s.options.at == "" && !script.Call.At.IsZero() {
		*start = script.Call.At
	}
	for _, a := range s.options.anis {
		if err := named(a, &simulate.Fixtures{}); err != nil {
			return err
		}
	}
	if len(s.options.anis) == 0 && script.Call.ANI != "" {
		s.options.anis = []string{script.Call.ANI}
	}
	if s.options.dnis == "" {
		s.options.dnis = script.Call.DNIS
	}
	s.fixtures = &simulate.Fixtures{Calls: map[string]simulate.CallFixture{}}
	for _, a := range s.options.anis {
		s.fixtures.Calls[a] = simulate.CallFixture{Conversation: script.Call.Data}
	}
	s.run.Script = world.New(script.File)
	s.start = script.Start()
	s.after = func() { s.tell(privacy.Findings(script.Unused(s.run.Script), own...), data) }
	s.source = "world: " + s.options.world
	return nil
}

func (s *simulation) useFixtures(start *time.Time, timeGiven bool) (dataaction.Sender, error) {
	path := s.options.fixtures
	if path == "" {
		path = filepath.Join(s.loaded.dir, "crm.yaml")
	}
	data, err := readFile(path, maxText)
	if err != nil {
		return nil, fail(fmt.Errorf("read the fixtures %s: %w", path, err), "name another file with --fixtures, a world with --world, or ask the account with --crm live")
	}
	f, fs := simulate.DecodeFixtures(path, data)
	if fs.Has(diag.Error) {
		return nil, unreadable(fs, privacy.Excerpt(data, s.loaded.deployment.Own()...), false)
	}
	fs = f.Against(simulate.Around{
		Deployment: s.loaded.deployment, Rows: s.run.Org.Rows, Program: s.run.Program, Kinds: kinds(), Options: options(),
		Zone: func(name string) error { _, err := time.LoadLocation(name); return err },
	})
	if fs.Has(diag.Error) {
		return nil, unreadable(fs, privacy.Excerpt(data, s.loaded.deployment.Own()...), false)
	}
	s.tell(fs, nil) // a line of records is full of names
	s.fixtures, s.source = f, "fixtures: "+path
	if f.Now != nil && !timeGiven {
		*start = f.Now.UTC()
	}
	clock := &virtualClock{now: *start}
	s.account(fixturesAccount(f.CRM))
	if err := s.fixtureOwners(f.CRM); err != nil {
		return nil, err
	}
	server := hubspottest.New(f.CRM, append(append(defined(s.loaded.deployment), tokensOf(s.loaded.deployment)...), hubspottest.Virtual(), hubspottest.Clock(clock.Now))...)
	s.run.Clock = clock.Set
	s.run.Org.Change(f.Org())
	return transport.Handler(server), nil
}

// A virtualClock is told the time by the run.
type virtualClock struct{ now time.Time }

func (c *virtualClock) Now() time.Time  { return c.now }
func (c *virtualClock) Set(t time.Time) { c.now = t }

func (s *simulation) useLive(ctx context.Context, env session, key secret.Value) (dataaction.Sender, error) {
	base := env.settings.hubspotBase
	if pin := s.loaded.deployment.HubSpot.Portal; pin != "" {
		c := hubspotrest.New(hubspotrest.Options{BaseURL: base, Agent: "dealroute/" + env.version(), Token: key, Version: s.loaded.deployment.HubSpot.APIVersion, Secrets: env.known, Sleep: env.Pause})
		var wrong *hubspotrest.WrongPortalError
		switch err := c.CheckPortal(ctx, pin); {
		case errors.As(err, &wrong):
			return nil, fail(err, "use the key of the right account, or correct hubspot.portal")
		case err != nil:
			diag.Fprintf(env.IO.Err, "warning: whether the key belongs to portal %s could not be checked: %v\n", pin, err)
		}
	}
	s.liveAccount(ctx, env, base, key)
	s.run.Real = true
	s.fixtures, s.source = &simulate.Fixtures{}, "HubSpot: live, read only"
	return transport.ReadOnlySender(transport.To(base, transport.NewHTTP(transport.HTTPOptions{}))), nil
}

// named refuses a word that stands for nothing: it would be taken for a caller whose number
// cannot be read. The word is not shown, it may be somebody's name.
func named(ani string, f *simulate.Fixtures) error {
	if simulate.Shown(ani) {
		return nil
	}
	names := phone.WithheldWords()
	for _, n := range sortedNames(f.Calls) {
		if strings.ContainsFunc(n, unicode.IsLetter) {
			names = append(names, n)
		}
	}
	hint := diag.DidYouMean(ani, names)
	if hint == "" {
		hint = "give a number, tel: or sip: with an address, anonymous, or a name from calls of the fixtures"
	}
	return fail(errors.New("--ani has a word that is no number, no address and no call of the fixtures"), hint)
}

// ours is the deployment's own number that a called one is; it refuses one that is none of
// them, when there are any.
func (s *simulation) ours(dnis string) (string, error) {
	d := s.loaded.deployment
	if dnis == "" || len(d.Calls.Numbers) == 0 {
		return dnis, nil
	}
	if n, ok := d.Number(dnis); ok {
		return n, nil
	}
	hint := diag.DidYouMean(dnis, d.Calls.Numbers)
	if hint == "" {
		hint = "calls.numbers has " + strings.Join(d.Calls.Numbers, ", ")
	}
	return "", fail(errors.New("the called number (--dnis, or call.dnis of the world) is none of the deployment's"), hint)
}

// callers makes the calls. Their starts are set when they run.
func (s *simulation) callers(start time.Time) error {
	if len(s.options.anis) == 0 {
		return fail(errors.New("no caller"), "name a calling number with --ani; anonymous stands for a withheld one")
	}
	dnis, err := s.ours(s.options.dnis)
	if err != nil {
		return err
	}
	if n := s.loaded.deployment.Calls.Numbers; dnis == "" && len(n) > 0 {
		dnis = n[0]
	}
	for _, ani := range s.options.anis {
		f, known := s.fixtures.Calls[ani]
		if !known {
			if err := named(ani, s.fixtures); err != nil {
				return err
			}
		}
		c := simulate.Call{ANI: ani, DNIS: dnis, At: start, Conversation: f.Conversation, Own: f.Org(), Start: s.start}
		if f.ANI != "" {
			c.ANI = f.ANI
		}
		if f.DNIS != "" {
			c.DNIS = f.DNIS
		}
		s.mask.Caller(c.ANI)
		s.calls = append(s.calls, c)
	}
	return nil
}

// all runs the calls one after the other in one org.
func (s *simulation) all(ctx context.Context) ([]*simulate.Outcome, error) {
	var out []*simulate.Outcome
	for i, c := range s.calls {
		if i > 0 {
			last := out[i-1]
			c.At = last.Call.At.Add(last.Result.Elapsed)
			if s.every > 0 {
				c.At = last.Call.At.Add(s.every)
			}
		}
		o, err := s.run.Do(ctx, c)
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	if s.after != nil {
		s.after()
	}
	return out, nil
}

func (s *simulation) print(env session, outcomes []*simulate.Outcome) error {
	if env.settings.json {
		out := view.Calls{Schema: view.Schema, Calls: []view.Call{}, Findings: view.NewFindings(s.found)}
		for _, o := range outcomes {
			out.Calls = append(out.Calls, view.NewCall(o, s.mask))
		}
		return view.JSON(env.IO.Out, out)
	}
	for _, f := range s.found.Sorted() {
		diag.Print(env.IO.Err, f, s.texts[f.Position.File]) //nolint:errcheck // a note nobody can read stops nothing
	}
	frame := s.frame()
	for i, o := range outcomes {
		if i > 0 {
			diag.Fprintf(env.IO.Out, "\n")
		}
		if err := view.PrintCall(env.IO.Out, o, frame); err != nil {
			return err
		}
	}
	return nil
}

// takes tells what the rules of the file take from the fallback: the file gives no place of it.
func takes(d *deployment.Deployment) func(rule string) (queue, skills bool) {
	return func(rule string) (queue, skills bool) {
		for i, r := range d.Routing.Rules {
			if r.Name == rule {
				to := fmt.Sprintf("routing.rules[%d].to", i)
				queue = d.Pos(to+".queue") == d.Pos(to)
				skills = queue && len(r.To.Skills) > 0 && d.Pos(to+".skills") == d.Pos(to)
			}
		}
		return queue, skills
	}
}

func (s *simulation) frame() view.CallFrame {
	d := s.loaded.deployment
	frame := view.CallFrame{
		Source: s.source, Budget: d.Enrichment.Budget, Mask: s.mask, Trace: s.options.trace, Bodies: s.options.showPII,
		RuleAt: func(rule string) string {
			for i, r := range d.Routing.Rules {
				if r.Name == rule {
					at := fmt.Sprintf("routing.rules[%d]", i)
					p := d.Pos(at)
					return fmt.Sprintf("%s, %s:%d", at, filepath.Base(p.File), p.Line)
				}
			}
			return ""
		},
	}
	return frame
}
