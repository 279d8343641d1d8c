package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspotrest"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/lab"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/report"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
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
	loose           bool // without fixtures beside the file callers meet an empty account
	flow            string
	trace, showPII  bool
	report          reportFile

	suite   string // list of calls
	checks  suiteOptions
	against string // what else they are sent through: a deployment file, or what is deployed
	list    listOptions
	load    loadOptions

	scripted []byte // a world file's text, instead of the file
}

func newSimulateCmd(env *Env, run func(context.Context, simulateOptions) error, more ...*cobra.Command) *cobra.Command {
	o := simulateOptions{}
	cmd := &cobra.Command{
		Use:         "simulate",
		Annotations: map[string]string{formatsOf: "junit github csv " + markdown},
		Short:       "Show where a caller goes and why, on the artifacts that are rendered or deployed",
		Long: `Send callers through the flow and the data actions, as they are rendered or as they are
deployed. HubSpot's answers come from fixtures (crm.yaml beside the deployment file), from a
world file with scripted outcomes, or from the real account, which is only read.

On fixtures time is virtual. The calls of one run share the org: a breaker that one call
opens is open for the next one. Nothing is ever written to an org.

--load lets a day of calls come in at random and says what becomes of them, with HubSpot's and
Genesys Cloud's limits; docs/load.md says what is modelled, and what is taken for granted.

Stages, pipelines, properties and options that the deployment file names and the account,
of the fixtures or the live one, does not have are warned of, and so is what a world file
says for nothing.

--suite runs a list of calls, each with what is expected of it and, where it says so, with
records, faults and a time of its own. They know nothing of each other. What is not as expected,
and a share of covered rules below --fail-under, give exit code 2. docs/suite.md has the format.

With --against each call is sent through another deployment file, too, or through what is deployed,
and it is told which calls change queue, skills or priority; that some do is no failure. The calls
are those of --ani, or of a list, which may be an export of the interactions view; docs/moves.md.`,
		Example: `  dealroute simulate --ani +15135550142
  dealroute simulate --ani +15135550142 --fault timeout --ani +15135550143
  dealroute simulate --ani anonymous -o json
  dealroute simulate --init-suite calls.yaml
  dealroute simulate --suite calls.yaml --fail-under 90
  dealroute simulate --suite calls.csv --against old.yaml
  dealroute simulate --load 60/min --for 8h`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			err := fmt.Errorf("%s takes flags only, no other argument", cmd.CommandPath()) // which may be somebody's number
			if hint := diag.DidYouMean(args[0], []string{"merge"}); hint != "" {
				return fail(err, hint)
			}
			return usage(cmd.CommandPath(), err)
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.session = env.session()
			o.load.changed(cmd)
			o.report.called(cmd)
			return run(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	o.load.flags(f)
	o.callFlags(f)
	f.StringVar(&o.suite, "suite", "", "file of calls with what is expected of them, as YAML, JSONL or CSV; with --against also an export of the interactions view; - is standard input")
	f.StringVar(&o.checks.failUnder, "fail-under", "", "with --suite: least percent of rules, the fallback included, that its calls must cover")
	f.StringVar(&o.checks.shard, "shard", "", "with --suite: run only the calls of one part, such as 3/8; simulate merge adds the parts up")
	f.BoolVar(&o.checks.mutate, "mutate", false, "with --suite: say which changes of the rules no expectation notices")
	f.StringVar(&o.checks.first, "init-suite", "", "write a first suite to this file: a call a rule, and one for each outcome")
	f.BoolVar(&o.trace, "trace", false, "show each action with its inputs and outputs")
	f.BoolVar(&o.showPII, "show-pii", false, "do not mask numbers, names and amounts; needs a terminal")
	f.StringVar(&o.against, "against", "", "say which of the calls end otherwise than by this deployment file, or by what is deployed")
	o.list.flags(f)
	o.report.flag(f, "the answer")
	cmd.AddCommand(more...)
	return cmd
}

// callFlags are those that say what calls come in, and what they meet.
func (o *simulateOptions) callFlags(f *pflag.FlagSet) {
	f.StringArrayVar(&o.anis, "ani", nil, "calling number, as the trunk shows it; repeat it for several calls in one run")
	f.StringVar(&o.dnis, "dnis", "", "called number (default: the deployment's first)")
	f.StringArrayVar(&o.faults, "fault", nil, "[ACTION=]KIND: 429, 500, 502, reset, malformed or timeout, for all calls of the run; with --load also at a time of the day in UTC, as timeout@10:00-10:05")
	f.StringVar(&o.at, "at", "", "start of the first call, as 2026-11-23T09:00:00Z (default: the time that the fixtures or the world name, else now)")
	f.StringVar(&o.every, "every", "", "time from one call's start to the next one's (default: when the last one ended)")
	f.StringVar(&o.fixtures, "fixtures", "", "file with the CRM and the org's state (default: crm.yaml beside the deployment file)")
	f.StringVar(&o.org, "org", "", "file with the hours and people of the org (default: org.yaml beside the deployment file; with --flow deployed, the org)")
	f.StringVar(&o.world, "world", "", "file with scripted outcomes instead of fixtures")
	choose(f, &o.crm, "crm", "fixtures", "where HubSpot's answers come from: fixtures or live", "fixtures", "live")
	choose(f, &o.flow, "flow", "rendered", "whose flow runs: rendered or deployed", "rendered", deployed)
}

func runSimulate(ctx context.Context, o simulateOptions) (err error) {
	env := o.session
	if err := o.mayReport(); err != nil {
		return err
	}
	defer o.report.ended(env, &err)
	if err := personal(env.IO, o.showPII); err != nil {
		return err
	}
	if err := o.load.check(env.settings.format, o.faults, o.notOfALoad()...); err != nil {
		return err
	}
	if o.load.on() {
		return runLoad(ctx, o)
	}
	if err := o.checkSuite(); err != nil {
		return err
	}
	l, b, err := load(env, false)
	if err != nil {
		return err
	}
	if err := o.compares(); err != nil {
		return err
	}
	s, err := newSimulation(ctx, env, l, b, o)
	if err != nil {
		return err
	}
	switch {
	case o.against != "":
		return s.compare(ctx, env, b)
	case o.checks.first != "":
		return runInitSuite(ctx, env, s)
	case o.suite != "":
		return runSuite(ctx, env, s, b)
	}
	return s.run(ctx, env)
}

// run makes the calls of --ani and tells what became of them.
func (s *simulation) run(ctx context.Context, env session) error {
	outcomes, err := s.all(ctx)
	if err != nil {
		return err
	}
	answer := view.Calls{Schema: view.Schema, Calls: []view.TracedCall{}, Findings: view.NewFindings(s.found)}
	for i, o := range outcomes {
		var steps []view.TracedStep
		if s.follows {
			steps = lab.Traced(&lab.Seen{Outcome: o, Effects: s.effects[i], Mask: s.mask, Bodies: s.asking})
		}
		answer.Calls = append(answer.Calls, view.NewTracedCall(o, steps, s.mask))
	}
	return s.options.report.after(env, s.print(env, answer, outcomes), func() (report.Page, error) {
		return s.page(env, answer, outcomes), nil
	})
}

// A simulation is all that runs are made of, and that none of them changes: the artifacts, the
// org and HubSpot as they are before the first call.
type simulation struct {
	options  simulateOptions
	loaded   *loaded
	log      *slog.Logger
	program  *simulate.Program
	flow     *architect.File // that calls go through
	org      *simulate.Org
	token    secret.Value
	hash     string // tells what calls go through from anything else
	known    *simulate.Answers
	first    string   // number of the deployment's, which callers dial unless they say otherwise
	asking   []string // names of the data actions that ask HubSpot
	trace    interp.Trace
	faults   []transport.Fault
	answers  dataaction.Sender // of the live account; nil on fixtures and with a world
	fixtures *simulate.Fixtures
	script   *world.Document // nil without a world file
	start    time.Time       // of the first call
	every    time.Duration
	source   string
	live     bool
	mask     *privacy.Mask
	found    diag.Findings
	follows  bool              // what goes in and comes out at each action is told; of a list of calls it would be far more than the answer
	effects  [][]lab.Effect    // of each call, where its steps are told
	texts    map[string][]byte // that the findings are in, by file

	patient bool                   // the live account is asked without the haste of a call
	also    *deployment.Deployment // whose properties the account of the fixtures has, too; may be nil
}

// A hub is a HubSpot that calls ask, with its clock.
type hub struct {
	sender dataaction.Sender
	clock  func(time.Time)     // nil: wall time
	server *hubspottest.Server // nil: a real account
}

// hub gives the account with these records; the live one has its own.
func (s *simulation) hub(crm simulate.CRM) hub {
	if s.answers != nil {
		return hub{sender: s.answers}
	}
	d := s.loaded.deployment
	clock := &virtualClock{now: s.start}
	var has []hubspottest.Option
	if s.also != nil {
		has = defined(s.also)
	}
	server := hubspottest.New(crm, slices.Concat(has, defined(d), tokensOf(d), []hubspottest.Option{hubspottest.Virtual(), hubspottest.Clock(clock.Now)})...)
	return hub{transport.Handler(server), clock.Set, server}
}

// newRun is a run that begins where every run of the simulation does.
func (s *simulation) newRun(h hub, mask *privacy.Mask, faults []transport.Fault) *simulate.Run {
	r := &simulate.Run{Program: s.program, Org: s.org.Clone(), Clock: h.clock, Real: s.live && !s.patient, Trace: s.trace, Takes: takes(s.loaded.deployment), Token: s.token}
	if h.sender != nil {
		r.Sender = s.sender(h, mask, faults)
	}
	return r
}

// sender asks a HubSpot. A fault comes instead of it, which is not asked then; the mask learns
// from what the flow gets, and the log tells of the same.
func (s *simulation) sender(h hub, mask *privacy.Mask, faults []transport.Fault) dataaction.Sender {
	out := transport.Inject(h.sender, faults...)
	if mask != nil {
		out = mask.Listen(out)
	}
	if s.log.Enabled(context.Background(), slog.LevelDebug) {
		out = transport.LogSender(out, s.log)
	}
	return out
}

// newMask hides what is personal in the calls of the simulation.
func (s *simulation) newMask() *privacy.Mask {
	d := s.loaded.deployment
	return privacy.New(privacy.Options{Deployment: d, Names: blueprint.PersonalNames(d), Live: s.live, Show: s.options.showPII})
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
	s := &simulation{options: o, loaded: l, live: o.crm == "live", log: env.log(), texts: map[string][]byte{}, trace: interp.TracePath}
	s.mask = s.newMask()
	var err error
	if s.start, err = startTime(env, o.at); err != nil {
		return nil, err
	}
	if o.every != "" {
		if s.every, err = time.ParseDuration(o.every); err != nil || s.every < 0 {
			return nil, fail(fmt.Errorf("--every %q is not a duration", o.every), "write it as 500ms or 10s")
		}
	}
	if s.faults, err = parseFaults(o.faults); err != nil {
		return nil, err
	}
	if err := singleSource(o); err != nil {
		return nil, err
	}
	key := secret.New(hubspottest.DefaultToken)
	if s.live {
		if key, err = liveKey(ctx, env, l.deployment); err != nil {
			return nil, err
		}
	}
	artifacts, org, err := s.artifacts(ctx, env, b, key)
	if err != nil {
		return nil, err
	}
	s.org, s.asking, s.flow = org, asking(artifacts), artifacts.Flow
	for i, f := range s.faults {
		if err := hits(f, s.asking); err != nil {
			return nil, fail(fmt.Errorf("--fault %q %w", o.faults[i], err), "a part of a name is enough; there are "+strings.Join(s.asking, ", "))
		}
	}
	if s.program, err = simulate.Prepare(artifacts, simulate.Readings{}); err != nil {
		return nil, err
	}
	if all := l.deployment.Calls.Numbers; len(all) > 0 {
		s.first = all[0]
	}
	if o.listed() || o.report.given {
		flow := b.Flow.Text
		if o.flow == "deployed" {
			printed, err := architect.Print(artifacts.Flow)
			if err != nil {
				return nil, err
			}
			flow = string(printed)
		}
		s.hash = printOf(flow, artifacts.Actions)
	}
	s.known = simulate.NewAnswers(answersKept)
	if s.live {
		s.token = key
	}
	s.follows = (o.report.given || env.settings.json) && !o.listed()
	if o.trace || s.follows {
		s.trace = interp.TraceFull
	}
	if err := s.useHours(); err != nil {
		return nil, err
	}
	switch {
	case o.world != "":
		err = s.useWorld()
	case s.live:
		err = s.useLive(ctx, env, key)
	default:
		err = s.useFixtures(env)
	}
	return s, err
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

// asking are the names of the data actions that ask HubSpot.
func asking(a simulate.Artifacts) []string {
	var names []string
	for _, x := range a.Actions {
		if x.HubSpot {
			names = append(names, x.Definition.Name)
		}
	}
	return names
}

// artifacts gives the flow, the actions and the state of the org, of the rendered deployment or
// of the org.
func (s *simulation) artifacts(ctx context.Context, env session, b *blueprint.Blueprint, key secret.Value) (simulate.Artifacts, *simulate.Org, error) {
	switch s.options.flow {
	case "rendered":
		a, err := simulate.Rendered(b, key)
		return a, &simulate.Org{Rows: b.Rows(), Owners: unknownOwners()}, err
	case "deployed":
		return s.deployedArtifacts(ctx, env, b, key)
	}
	return simulate.Artifacts{}, nil, fail(fmt.Errorf("--flow %q is not known", s.options.flow), "use rendered or deployed")
}

func (s *simulation) useWorld() error {
	data, err := s.options.scripted, error(nil)
	if data == nil {
		data, err = readFile(s.options.world, maxText)
	}
	if err != nil {
		return fail(fmt.Errorf("read the world file %s: %w", s.options.world, err), "docs/world.md has the format")
	}
	own := s.loaded.deployment.Own()
	script, fs := world.Read(s.options.world, data)
	if !fs.Has(diag.Error) {
		fs = append(fs, s.program.Script(script, s.org.Rows, s.loaded.deployment)...)
	}
	if fs.Has(diag.Error) {
		return unreadable(privacy.Findings(fs, own...), privacy.Excerpt(data, own...), false)
	}
	s.tell(privacy.Findings(fs, own...), data)
	if s.options.at == "" && !script.Call.At.IsZero() {
		s.start = script.Call.At
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
	s.script = script
	s.texts[s.options.world] = privacy.Excerpt(data, own...)
	s.source = "world: " + s.options.world
	return nil
}

// crmName is the name of the file with fixtures of HubSpot, beside the deployment file.
const crmName = "crm.yaml"

func (s *simulation) useFixtures(env session) error {
	path := s.options.fixtures
	var data []byte
	var err error
	if path == "" {
		path = filepath.Join(s.loaded.dir, crmName)
		if data, err = s.loaded.read(crmName); err != nil {
			err = reason(err)
		}
	} else {
		data, err = readFile(path, maxText)
	}
	if s.options.loose && s.options.fixtures == "" && errors.Is(err, os.ErrNotExist) {
		s.tell(diag.Findings{{Severity: diag.Info, Message: fmt.Sprintf("there is no %s: callers meet an empty account", path), Hint: "write who calls into " + crmName + "; \"dealroute schema crm\" has its format"}}, nil)
		s.fixtures, s.source = &simulate.Fixtures{}, "no fixtures"
		return nil
	}
	if s.options.listed() && s.options.fixtures == "" && errors.Is(err, os.ErrNotExist) {
		diag.Fprintf(env.IO.Err, "there is no %s: a call without records of its own meets an empty account\n", path)
		s.fixtures, s.source = &simulate.Fixtures{}, "no fixtures"
		return nil
	}
	if err != nil {
		return fail(fmt.Errorf("read the fixtures %s: %w", path, err), "name another file with --fixtures, a world with --world, or ask the account with --crm live")
	}
	f, fs := simulate.DecodeFixtures(path, data)
	if fs.Has(diag.Error) {
		return unreadable(fs, privacy.Excerpt(data, s.loaded.deployment.Own()...), false)
	}
	fs = f.Against(s.around())
	if fs.Has(diag.Error) {
		return unreadable(fs, privacy.Excerpt(data, s.loaded.deployment.Own()...), false)
	}
	s.tell(fs, nil) // a line of records is full of names
	s.fixtures, s.source = f, "fixtures: "+path
	if f.Now != nil && s.options.at == "" {
		s.start = f.Now.UTC()
	}
	s.account(fixturesAccount(f.CRM))
	if err := s.fixtureOwners(f.CRM); err != nil {
		return err
	}
	s.org.Change(f.Org())
	return nil
}

// A virtualClock is told the time by the run.
type virtualClock struct{ now time.Time }

func (c *virtualClock) Now() time.Time  { return c.now }
func (c *virtualClock) Set(t time.Time) { c.now = t }

func (s *simulation) useLive(ctx context.Context, env session, key secret.Value) error {
	base := env.settings.hubspotBase
	if pin := s.loaded.deployment.HubSpot.Portal; pin != "" {
		c := hubspotrest.New(hubspotrest.Options{BaseURL: base, Agent: "dealroute/" + env.version(), Token: key, Version: s.loaded.deployment.HubSpot.APIVersion, Secrets: env.known, Sleep: env.Pause})
		var wrong *hubspotrest.WrongPortalError
		switch err := c.CheckPortal(ctx, pin); {
		case errors.As(err, &wrong):
			return fail(err, "use the key of the right account, or correct hubspot.portal")
		case err != nil:
			diag.Fprintf(env.IO.Err, "warning: whether the key belongs to portal %s could not be checked: %v\n", pin, err)
		}
	}
	s.liveAccount(ctx, env, base, key)
	s.fixtures, s.source = &simulate.Fixtures{}, "HubSpot: live, read only"
	s.answers = transport.ReadOnlySender(transport.To(base, transport.NewHTTP(transport.HTTPOptions{})))
	return nil
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
func (s *simulation) callers() ([]simulate.Call, error) {
	if len(s.options.anis) == 0 {
		return nil, fail(errors.New("no caller"), "name a calling number with --ani; anonymous stands for a withheld one")
	}
	var calls []simulate.Call
	for _, ani := range s.options.anis {
		c, err := s.caller(ani)
		if err != nil {
			return nil, err
		}
		calls = append(calls, c)
	}
	return calls, nil
}

// caller makes the call of a number, or of a name that the fixtures give one. It comes in when the
// first one does.
func (s *simulation) caller(ani string) (simulate.Call, error) {
	dnis, err := s.ours(s.options.dnis)
	if err != nil {
		return simulate.Call{}, err
	}
	f, known := s.fixtures.Calls[ani]
	if !known {
		if err := named(ani, s.fixtures); err != nil {
			return simulate.Call{}, err
		}
	}
	c := simulate.Call{ANI: cmp.Or(f.ANI, ani), DNIS: cmp.Or(f.DNIS, dnis, s.first), At: s.start, Conversation: f.Conversation, Own: f.Org()}
	if s.script != nil {
		c.Start = s.script.Start()
	}
	s.mask.Caller(c.ANI)
	return c, nil
}

// all runs the calls of --ani one after the other in one org.
func (s *simulation) all(ctx context.Context) ([]*simulate.Outcome, error) {
	calls, err := s.callers()
	if err != nil {
		return nil, err
	}
	x := s.series()
	var out []*simulate.Outcome
	for i, c := range calls {
		if c.At = x.next; i > 0 && s.every > 0 {
			c.At = out[i-1].Call.At.Add(s.every)
		}
		o, err := s.recorded(ctx, x, c)
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	if s.script != nil {
		s.tell(privacy.Findings(s.script.Unused(x.run.Script), s.loaded.deployment.Own()...), nil)
	}
	return out, nil
}

// A series is calls that come one after the other into one org, and ask one HubSpot.
type series struct {
	run  *simulate.Run
	hub  hub
	next time.Time // when the next call comes in, unless it says so itself
}

// series begins where every run of the simulation does.
func (s *simulation) series() *series {
	x := &series{next: s.start}
	if s.script == nil {
		x.hub = s.hub(s.fixtures.CRM)
	}
	if x.run = s.newRun(x.hub, s.mask, s.faults); s.script != nil {
		x.run.Script = world.New(s.script.File)
	}
	return x
}

// do makes a call. The next one comes in when it ends.
func (x *series) do(ctx context.Context, c simulate.Call) (*simulate.Outcome, error) {
	o, err := x.run.Do(ctx, c)
	if err != nil {
		return nil, err
	}
	x.next = o.Call.At.Add(o.Result.Elapsed)
	return o, nil
}

func (s *simulation) print(env session, answer view.Calls, outcomes []*simulate.Outcome) error {
	if env.settings.json {
		return view.JSON(env.IO.Out, answer)
	}
	s.say(env)
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
