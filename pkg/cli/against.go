package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"github.com/spf13/pflag"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/dealroute/dealroute/pkg/words"
)

// deployed is the word for what an org has, where a file could be named.
const deployed = "deployed"

// listOptions say how a list of calls is read that was not written for this tool.
type listOptions struct {
	columns []string
	zone    string
	order   string
}

func (l *listOptions) flags(f *pflag.FlagSet) {
	f.StringArrayVar(&l.columns, "columns", nil, "how an export calls its columns, and an inbound and a voice call, as ani=Anrufer,dnis=Ziel,at=Zeit,direction=Richtung,media=Medium,inbound=Eingehend,voice=Sprache; a name left empty is not read (repeatable)")
	f.StringVar(&l.zone, "time-zone", "", "zone of the times of an export that have none, such as Europe/Berlin (default: UTC)")
	choose(f, &l.order, "date-order", "", "order of day, month and year in an export: dmy, mdy or ymd (default: as its dates show it)", simulate.DateOrders...)
}

// given tells whether anything is said, so that the list is an export.
func (l listOptions) given() bool { return len(l.columns) > 0 || l.zone != "" || l.order != "" }

func (l listOptions) read() (simulate.Columns, error) {
	c, err := simulate.ReadColumns(l.columns)
	if err != nil {
		return c, fail(fmt.Errorf("--columns: %w", err), "the parts are ani, dnis, at, direction, media, and inbound and voice for words in them, such as --columns ani=Anrufer,inbound=Eingehend")
	}
	c.Order = l.order
	if l.zone != "" {
		if c.Zone, err = time.LoadLocation(l.zone); err != nil || l.zone == "Local" {
			return c, fail(fmt.Errorf("--time-zone %q is not known", l.zone), "write it as Europe/Berlin or America/New_York")
		}
	}
	return c, nil
}

// open begins to read a list of calls; "-" is standard input.
func (l listOptions) open(env session, flag, name string) (*simulate.Calls, io.Closer, error) {
	c, err := l.read()
	if err != nil {
		return nil, nil, err
	}
	in := io.NopCloser(env.IO.In)
	if name == stdin {
		if err := env.claim(flag + " " + stdin); err != nil {
			return nil, nil, err
		}
	} else {
		if in, err = openFile(name); err != nil {
			return nil, nil, fail(fmt.Errorf("read the calls %s: %w", name, err), "name a list of calls or an export of the interactions view; docs/moves.md has the formats")
		}
	}
	calls, err := simulate.OpenCalls(name, in, c, l.given())
	if err != nil {
		in.Close() //nolint:errcheck // it was only read
		return nil, nil, listError(err)
	}
	return calls, in, nil
}

// listError is an error of a list as the command prints it.
func listError(err error) error {
	var fs diag.Findings
	if errors.As(err, &fs) {
		return unreadable(fs, nil, false)
	}
	return err
}

// A comparison sends each call through what was and through what is, in one world.
type comparison struct {
	before, after *simulation
	was, is       string // names of them

	lost atomic.Pointer[error] // why HubSpot is not asked any more
}

// newComparison prepares what is; what was is still to come.
func newComparison(env session, s *simulation, was, is string) *comparison {
	c := &comparison{after: s, was: was, is: is}
	s.trace = interp.TraceOff
	if s.answers != nil {
		s.patient = true
		s.answers = transport.Patient(s.answers, transport.Patience{Rate: livePace, Tries: liveTries, Pause: env.pause(), Lost: func(status int, err error) {
			if err == nil {
				err = fmt.Errorf("HubSpot answers %d", status)
			}
			c.lost.CompareAndSwap(nil, &err)
		}})
	}
	return c
}

// The live account is asked two times a second: searches may be five for the whole account, and
// callers of the deployment that is in use search there at the same time.
const (
	livePace  = 2
	liveTries = 5
)

// answered is the error of a call whose lookups were not answered: it would move for no reason of
// its own.
func (c *comparison) answered() error {
	err := c.lost.Load()
	if err == nil {
		return nil
	}
	return fail(fmt.Errorf("calls cannot be compared without HubSpot's answers: %w", *err), "check the key and its scopes, or repeat it later; fixtures need no account (docs/moves.md)")
}

// against sets up what calls are compared with: another deployment file, or what is deployed.
func (s *simulation) against(ctx context.Context, env session, b *blueprint.Blueprint, name string) (c *comparison, err error) {
	is := s.loaded.path
	if s.options.flow == deployed {
		is = deployed
	}
	c = newComparison(env, s, name, is)
	if name == deployed {
		target, err := openOrg(ctx, env, s.loaded, b, true)
		if err != nil {
			return nil, err
		}
		defer closing(target, &err)
		if err := target.visit(ctx, env, s.loaded.deployment, "simulate --against deployed", false); err != nil {
			return nil, err
		}
		return c, c.deployed(ctx, target, b, b)
	}
	old := env
	old.settings.file, old.settings.flag = name, "--against"
	l, ob, err := load(old, false)
	if err != nil {
		return nil, err
	}
	if s.script != nil && l.deployment.Name != s.loaded.deployment.Name {
		return nil, fail(fmt.Errorf("a world names the data actions of %s, and %s is %s", s.loaded.deployment.Name, name, l.deployment.Name), "use fixtures, or give both files one name")
	}
	c.was = l.path
	artifacts, err := simulate.Rendered(ob, s.key())
	if err != nil {
		return nil, err
	}
	org := s.org.Clone()
	c.before, err = s.beside(l, ob, artifacts, org)
	return c, err
}

// key is what the flow's data actions ask HubSpot with.
func (s *simulation) key() secret.Value {
	if s.live {
		return s.token
	}
	return secret.New(hubspottest.DefaultToken)
}

// beside is a simulation of something else in the same world: with the same records, time, hours
// and people.
func (s *simulation) beside(l *loaded, b *blueprint.Blueprint, a simulate.Artifacts, org *simulate.Org) (*simulation, error) {
	o, world := *s, *l
	world.dir, world.files = s.loaded.dir, s.loaded.files
	o.loaded, o.org = &world, org
	fill(org, b)
	var err error
	if o.program, err = simulate.Prepare(a, simulate.Readings{}); err != nil {
		return nil, err
	}
	if s.fixtures != nil && a.Owners != "" && !s.live {
		err = o.owners(org, s.fixtures.CRM)
	}
	o.also, s.also = s.loaded.deployment, l.deployment
	o.asking = append(slices.Clone(s.asking), asking(a)...) // a fault of a call is a fault of both
	s.asking = o.asking
	return &o, err
}

// fill adds what the control table would have of a deployment and does not have yet.
func fill(org *simulate.Org, b *blueprint.Blueprint) {
	for key, row := range b.Rows() {
		columns := map[string]any{}
		for name, value := range row {
			if _, there := org.Rows[key][name]; !there {
				columns[name] = value
			}
		}
		org.Put(key, columns)
	}
}

// deployed reads what the org has, by the names of b. Both sides then find the org as it is,
// but for the switch, the breaker and the token, which say nothing of rules: with them off nobody
// would be looked up, and nobody would move.
func (c *comparison) deployed(ctx context.Context, target *org, b, named *blueprint.Blueprint) error {
	s := c.after
	artifacts, state, err := readDeployed(ctx, target, named, s.key())
	if err != nil {
		return err
	}
	if s.loaded.deployment.Calls.Schedule != nil && state.Schedules.Groups == nil {
		if state.Schedules, err = readHours(ctx, target.client); err != nil {
			return err
		}
	}
	usual := b.Rows()
	for _, key := range []string{"switch", "breaker", genesys.TokenRow} {
		row, there := state.Rows[key]
		if !there {
			continue
		}
		if key == "switch" && row["enabled"] == false {
			s.found = append(s.found, diag.Finding{Severity: diag.Info, Message: "enrichment is switched off in the org; the calls are compared as if it were on"})
		}
		state.Put(key, usual[key])
	}
	state.Change(s.fixtures.Org())
	after := state.Clone()
	fill(after, b)
	after.Owners = s.org.Owners
	if artifacts.Owners != "" {
		after.Owners = state.Owners
	}
	s.org = after
	before := *s
	before.org = state
	if before.program, err = simulate.Prepare(artifacts, simulate.Readings{}); err != nil {
		return fail(fmt.Errorf("what is deployed cannot be run: %w", err), `"dealroute status" says what of it was changed`)
	}
	s.asking = append(s.asking, asking(artifacts)...)
	before.asking = s.asking
	c.before = &before
	return nil
}

// moved is what became of a call, before and after.
type moved struct {
	row           int
	ani           string
	before, after *simulate.Outcome
	told          diag.Findings
}

// A queued call is one that waits: of a list, or one that was named.
type queued struct {
	read  func() (*simulate.Listed, diag.Findings)
	named *ready
}

// run sends all calls through both. They come from a list, or are named one by one.
func (c *comparison) run(ctx context.Context, env session, file string, list *simulate.Calls, named []simulate.Call) (*simulate.Moves, view.MovesFrame, error) {
	s := c.after
	frame := view.MovesFrame{Before: c.was, After: c.is, File: file, Source: s.source, Mask: s.newMask()}
	n := 0
	next := func() (queued, error) {
		if list == nil {
			if n == len(named) {
				return queued{}, io.EOF
			}
			n++
			return queued{named: &ready{Listed: &simulate.Listed{Place: diag.Position{Line: n}}, call: named[n-1], script: s.script, faults: s.faults}}, nil
		}
		for {
			read, err := list.Next()
			if err != nil || list.Interactions == nil {
				return queued{read: read}, err
			}
			if l, _ := read(); l.DNIS == "" || s.takes(l.DNIS) {
				return queued{read: read}, nil
			}
			frame.OtherNumber++
		}
	}
	type pair struct{ before, after *desk }
	desks := make([]pair, runtime.GOMAXPROCS(0))
	files := s.callFiles(file)
	for i := range desks {
		desks[i] = pair{c.before.desk(files), s.desk(files)}
	}
	both := func(ctx context.Context, worker int, x queued) (moved, error) {
		k, r := desks[worker], x.named
		var told diag.Findings
		if r == nil {
			l, found := x.read()
			if l == nil {
				return moved{}, unreadable(found, nil, false)
			}
			var err error
			if r, told, err = k.after.ready(l); err != nil {
				return moved{}, listError(err)
			}
			told = append(found, told...)
		}
		before, err := k.before.call(ctx, r, nil)
		if err != nil {
			return moved{}, fmt.Errorf("through %s: %w", c.was, err)
		}
		after, err := k.after.call(ctx, r, nil)
		if err != nil {
			return moved{}, fmt.Errorf("through %s: %w", c.is, err)
		}
		if err := c.answered(); err != nil {
			return moved{}, err
		}
		leg := 0 // the first that moves, else the first
		for i := range before {
			if !simulate.Same(before[i], after[i]) {
				leg = i
				break
			}
		}
		return moved{r.Place.Line, r.call.ANI, before[leg], after[leg], told}, nil
	}
	m := &simulate.Moves{}
	var done, moves atomic.Int64
	defer env.working("comparing calls", func() string {
		return fmt.Sprintf("%s calls, %s moved", words.Thousands(done.Load()), words.Thousands(moves.Load()))
	})()
	err := simulate.Ordered(ctx, len(desks), next, both, func(x moved) error {
		m.Add(x.row, x.ani, x.before, x.after)
		if len(s.found) < mostTold {
			s.tell(x.told, nil)
		}
		done.Store(int64(m.Calls))
		moves.Store(int64(m.Moved))
		return nil
	})
	if err != nil {
		return nil, frame, listError(err)
	}
	if list != nil && list.Interactions != nil {
		x := list.Interactions
		frame.Skipped = x.Skipped
		if x.Unsure {
			s.found = append(s.found, diag.Finding{Severity: diag.Info, Message: "the times of " + file + " have no time zone and are read as UTC", Hint: "say the zone of the export with --time-zone, such as Europe/Berlin"})
		}
	}
	if m.Calls == 0 {
		return nil, frame, nobody(file, frame)
	}
	return m, frame, nil
}

// mostTold bounds what is told of the rows of a list, which may all have the same to say.
const mostTold = 20

// takes tells whether a called number is one of the deployment's, or it has none.
func (s *simulation) takes(dnis string) bool {
	d := s.loaded.deployment
	if len(d.Calls.Numbers) == 0 {
		return true
	}
	_, ours := d.Number(dnis)
	return ours
}

// nobody is the error of a list in which nothing is a call to the deployment.
func nobody(file string, f view.MovesFrame) error {
	hint := "docs/moves.md says what is read"
	switch s := f.Skipped; {
	case f.OtherNumber > 0:
		hint = "calls.numbers has other numbers than the calls; to compare them all the same do not read the called number: --columns dnis="
	case s.Direction > 0:
		hint = "say the word for an inbound call with --columns inbound=WORD, or do not read the direction: --columns direction="
	case s.NoVoice > 0:
		hint = "say the word for a voice call with --columns voice=WORD, or do not read the medium: --columns media="
	case s.Unnamed > 0:
		hint = "name the column of the calling number with --columns ani=NAME"
	}
	left := view.Left(f)
	if left != "" {
		left = " (" + left + ")"
	}
	return fail(fmt.Errorf("%s has no call to compare%s", file, left), hint)
}

// compares refuses what a comparison cannot mean, and its flags without one.
func (o simulateOptions) compares() error {
	switch {
	case o.against == "" && o.settings.format == markdown:
		return fail(errors.New("-o markdown says which calls move"), "name what they are compared with by --against")
	case o.against == "" && o.list.given():
		return fail(errors.New("--columns, --time-zone and --date-order say how an export of calls is read"), "name it with --suite, and what it is compared with by --against")
	case o.against == "":
		return nil
	case o.against == deployed && o.flow == deployed:
		return fail(errors.New("--flow deployed and --against deployed are the same flow"), "leave out the one that you do not mean")
	case o.suite != "" && len(o.anis) > 0:
		return fail(errors.New("--suite and --ani exclude each other"), "leave out the one that you do not mean")
	case o.suite == "" && o.list.given():
		return fail(errors.New("--columns, --time-zone and --date-order say how an export of calls is read"), "name it with --suite")
	case o.trace || o.every != "":
		return fail(errors.New("--trace and --every say nothing where calls are compared: each is sent alone"), "leave them out, or leave out --against")
	}
	return nil
}

// compare is what simulate does with --against.
func (s *simulation) compare(ctx context.Context, env session, b *blueprint.Blueprint) error {
	o := s.options
	var list *simulate.Calls
	var calls []simulate.Call
	if o.suite != "" {
		l, closer, err := o.list.open(env, "--suite", o.suite)
		if err != nil {
			return err
		}
		defer closer.Close() //nolint:errcheck // it was only read
		list = l
	} else {
		var err error
		if calls, err = s.callers(); err != nil {
			return err
		}
	}
	c, err := s.against(ctx, env, b, o.against)
	if err != nil {
		return err
	}
	m, frame, err := c.run(ctx, env, o.suite, list, calls)
	if err != nil {
		return err
	}
	out := view.NewMoves(m, frame)
	if env.settings.json {
		return view.JSON(env.IO.Out, view.Against{Schema: view.Schema, Against: out, Findings: view.NewFindings(s.found)})
	}
	for _, f := range s.found.Sorted() {
		diag.Print(env.IO.Err, f, s.texts[f.Position.File]) //nolint:errcheck // a note nobody can read stops nothing
	}
	if env.settings.format == markdown {
		return view.MarkdownMoves(env.IO.Out, out, frame)
	}
	return view.PrintMoves(env.IO.Out, out, frame)
}

// markdown is a format for comments of pull requests.
const markdown = "markdown"
