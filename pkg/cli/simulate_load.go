package cli

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	loads "github.com/dealroute/dealroute/pkg/load"
	"github.com/dealroute/dealroute/pkg/report"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/dealroute/dealroute/pkg/words"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// loadOptions are those of simulate --load, as they are given.
type loadOptions struct {
	rate      string
	span      time.Duration
	arrivals  string
	seed      uint64
	strangers string
	legs      string
	gap       time.Duration
	latency   []time.Duration
	tier      string
	window    string
	others    string
	requests  string
	actions   []int
	compare   []string
	find      bool
	maxFailed string

	given []string // the flags of these that were given
}

// The flags that make simulate a load, and the others that go with them.
const (
	flagLoad, flagArrivals, flagFind, flagCompare = "load", "arrivals", "find-limit", "compare"
)

// A tier is what HubSpot answers an account by its subscription.
type tier struct {
	name          string
	burst, perDay int
}

// tiers are what HubSpot answers an account, by its subscription: requests of a key in ten
// seconds, searches aside, and requests of the account in a day.
var tiers = []tier{
	{"free", 100, 250_000}, {"professional", 190, 625_000}, {"enterprise", 190, 1_000_000},
	{"increased", 250, 2_000_000}, // an enterprise account with one API limit increase
}

func tierNames() (names []string) {
	for _, t := range tiers {
		names = append(names, t.name)
	}
	return names
}

func (o *loadOptions) flags(f *pflag.FlagSet) {
	own := pflag.NewFlagSet("", pflag.ContinueOnError)
	own.StringVar(&o.rate, flagLoad, "", "let so many calls come in and show what becomes of them: 60/min, 1/s, 3600/h")
	own.DurationVar(&o.span, "for", time.Hour, "with --load: how long calls come in (with --arrivals: as long as the file)")
	own.StringVar(&o.arrivals, flagArrivals, "", "CSV with when calls come in, by call (time, ani) or by interval (minute, calls), instead of at random")
	own.Uint64Var(&o.seed, "seed", 1, "with --load: of all that is chance; the same seed gives the same day")
	own.StringVar(&o.strangers, "strangers", "30%", "with --load: share of calls from numbers that nobody in the CRM has")
	own.StringVar(&o.legs, "legs", "10%", "with --load: share of calls that come back to the flow in the same conversation (with --arrivals: 0%)")
	own.DurationVar(&o.gap, "leg-gap", 3*time.Minute, "with --load: the mean time until they do")
	own.DurationSliceVar(&o.latency, "latency", []time.Duration{200 * time.Millisecond, time.Second}, "with --load: HubSpot's median, and what one answer in a thousand exceeds")
	choose(own, &o.tier, "tier", "free", "with --load: HubSpot's limits, those of a free, professional, enterprise or increased account", tierNames()...)
	choose(own, &o.window, "search-window", "clock", "with --load: whether HubSpot's five searches are those of a second of the clock or of the last second: clock or rolling", "clock", "rolling")
	own.StringVar(&o.others, "others", "0/s", "with --load: searches by others in the same HubSpot account")
	own.StringVar(&o.requests, "other-requests", "0/s", "with --load: other requests by others with the same HubSpot key")
	own.IntSliceVar(&o.actions, "action-limits", []int{genesys.ExecutionsPerMinute, genesys.ConcurrentExecutions}, "with --load: data actions that Genesys Cloud executes a minute, and at the same time")
	own.StringSliceVar(&o.compare, flagCompare, nil, "let the same calls come to these lookup strategies, and name the cheapest that fails no more than --max-failed: "+strings.Join(deployment.Strategies(), ","))
	own.BoolVar(&o.find, flagFind, false, "find the rate at which --max-failed of the calls are not looked up")
	own.StringVar(&o.maxFailed, "max-failed", "1%", "with --compare and --find-limit: share of calls whose lookup may fail")
	f.AddFlagSet(own)
}

// names are those of the flags that only a load has.
func (o *loadOptions) names() (names []string) {
	f := pflag.NewFlagSet("", pflag.ContinueOnError)
	(&loadOptions{}).flags(f)
	f.VisitAll(func(x *pflag.Flag) { names = append(names, x.Name) })
	return names
}

// changed keeps which of the flags were given.
func (o *loadOptions) changed(cmd *cobra.Command) {
	for _, n := range o.names() {
		if cmd.Flags().Changed(n) {
			o.given = append(o.given, n)
		}
	}
}

func (o *loadOptions) has(flag string) bool { return slices.Contains(o.given, flag) }

// on reports whether a load is asked for.
func (o *loadOptions) on() bool {
	return o.has(flagLoad) || o.has(flagArrivals) || o.has(flagFind)
}

// check refuses what does not go together. others are flags of simulate that were given.
func (o *loadOptions) check(format string, faults []string, others ...string) error {
	if !o.on() {
		if len(o.given) > 0 {
			return fail(fmt.Errorf("--%s belongs to --load", o.given[0]), "add --load 60/min, or leave it out")
		}
		if format == "csv" {
			return fail(errors.New("output csv belongs to --load"), "add --load 60/min, or use text or json")
		}
		return nil
	}
	if !slices.Contains([]string{"text", "json", "csv"}, format) {
		return fail(fmt.Errorf("--load has no output %s", format), "use text, json or csv, whose rows are the minutes")
	}
	if len(others) > 0 {
		x := others[0]
		hint := "a load draws its callers from the fixtures and --strangers, or from the column ani of --arrivals; leave out one of the two"
		switch strings.Fields(x)[0] {
		case "--world":
			hint = "a load needs a CRM that answers whoever calls; write it as fixtures"
		case "--crm":
			hint = "a load would use up the account's limits; it is modelled on fixtures"
		case "--every":
			hint = "the rate says when calls come in"
		case "--trace", "--show-pii":
			hint = "nothing is kept of a call but counts; look at one with --ani"
		}
		return fail(fmt.Errorf("--load and %s exclude each other", x), hint)
	}
	if o.has(flagCompare) && len(o.compare) == 0 {
		return fail(errors.New("--compare names no strategy"), "use "+strings.Join(deployment.Strategies(), ","))
	}
	if format == "csv" && !o.rated() {
		return fail(errors.New("--find-limit has no output csv without --load"), "the rows of a CSV are the minutes of a day: add --load 60/min, or use text or json")
	}
	for _, c := range o.compare {
		if !slices.Contains(deployment.Strategies(), c) {
			return notOf("--compare: strategy", c, deployment.Strategies())
		}
	}
	for _, f := range faults {
		if _, span, timed := strings.Cut(f, "@"); timed && strings.TrimSpace(span) == "" {
			return fail(fmt.Errorf("--fault %q names no time", f), "write it as timeout@10:00-10:05 or 429@10:00+5m, in UTC, or without @ for all day")
		}
		if o.find && strings.Contains(f, "@") {
			return fail(fmt.Errorf("--find-limit and a fault with a time exclude each other: %q", f), "a limit is that of all day; leave out the time")
		}
	}
	if o.has(flagFind) && o.has(flagArrivals) {
		return fail(errors.New("--find-limit and --arrivals exclude each other"), "a rate is searched for, and a file has its own; give --strangers instead")
	}
	return nil
}

// notOfALoad are the other flags that say nothing to a load.
func (o *simulateOptions) notOfALoad() (out []string) {
	for _, x := range []struct {
		flag  string
		given bool
	}{
		{"--ani", len(o.anis) > 0}, {"--world", o.world != ""}, {"--crm live", o.crm == "live"},
		{"--suite", o.suite != ""}, {"--against", o.against != ""},
		{"--init-suite", o.checks.first != ""}, {"--fail-under, --shard and --mutate", o.checks != suiteOptions{first: o.checks.first}}, {"--columns, --time-zone and --date-order", o.list.given()}, {"--every", o.every != ""},
		{"--trace", o.trace}, {"--show-pii", o.showPII},
	} {
		if x.given {
			out = append(out, x.flag)
		}
	}
	return out
}

func runLoad(ctx context.Context, o simulateOptions) error {
	env := o.session
	l, b, err := load(env, false)
	if err != nil {
		return err
	}
	began := env.Now()
	defer roomy(env)()
	given := o.faults
	o.faults = nil
	var spans []string // when they are
	for _, f := range given {
		kind, span, _ := strings.Cut(f, "@")
		o.faults, spans = append(o.faults, kind), append(spans, span)
	}
	s, err := newSimulation(ctx, env, l, b, o)
	if err != nil {
		return err
	}
	m := &loadModel{s: s, env: env, spans: spans}
	if err := m.read(); err != nil {
		return err
	}
	x := view.Load{Source: s.source, Tier: o.load.tier, MaxFailed: m.maxFailed}
	if x.Day, err = m.day(s); err != nil {
		return err
	}
	if len(o.load.compare) > 0 {
		if x.Compared, x.Derived, err = m.compare(ctx); err != nil {
			return err
		}
	}
	if o.load.find && x.Compared == nil {
		if x.Limit, err = m.find(ctx, s, "the limit"); err != nil {
			return err
		}
	}
	own := slices.IndexFunc(x.Compared, func(c view.Compared) bool { return c.Strategy == l.deployment.HubSpot.Lookup.Strategy })
	switch {
	case own >= 0:
		x.Result, x.Limit = x.Compared[own].Result, x.Compared[own].Limit
	case o.load.rated():
		day := x.Day
		var done func()
		day.Progress, done = m.progress()
		x.Result, err = loads.Run(ctx, day)
		if done(); err != nil {
			return err
		}
	}
	x.Took, x.Findings = env.Now().Sub(began), s.found
	answer := view.NewLoadAnswer(x)
	err = m.print(x, answer)
	return o.report.after(env, err, func() (report.Page, error) {
		run := env.ran(l.path)
		run.Hash = s.hash
		return report.Load(x, answer, o.ranAs(), run), nil
	})
}

// print tells what became of the day.
func (m *loadModel) print(x view.Load, answer view.LoadAnswer) error {
	env, s := m.env, m.s
	switch {
	case env.settings.json:
		return view.JSON(env.IO.Out, answer)
	case env.settings.format == "csv" && (x.Compared != nil || x.Limit != nil):
		diag.Fprintf(env.IO.Err, "note: the minutes are those of the strategy %s; what was compared or looked for is in -o text and json\n", s.loaded.deployment.HubSpot.Lookup.Strategy)
	}
	for _, f := range s.found.Sorted() {
		diag.Print(env.IO.Err, f, s.texts[f.Position.File]) //nolint:errcheck // a note nobody can read stops nothing
	}
	if env.settings.format == "csv" {
		return view.PrintMinutes(env.IO.Out, x)
	}
	return view.PrintLoad(env.IO.Out, x)
}

// A loadModel makes days of simulations.
type loadModel struct {
	s     *simulation
	env   session
	spans []string

	traffic   loads.Traffic // but for who calls
	start     time.Time
	span      time.Duration
	hubspot   loads.HubSpot // but for who answers
	genesys   loads.Genesys
	maxFailed float64
}

// rated reports whether a day is asked for, and not only a limit.
func (o *loadOptions) rated() bool { return o.rate != "" || o.arrivals != "" }

// read reads what the flags say.
func (m *loadModel) read() error {
	o := m.s.options.load
	var err error
	rate := func(flag, text string) float64 {
		n, e := loads.Rate(text)
		if e != nil && err == nil {
			err = fail(fmt.Errorf("--%s %q is no rate", flag, text), fmt.Sprintf("write it as 60/min, 1/s or 3600/h, at most %d a minute", loads.MaxPerMinute))
		}
		return n
	}
	share := func(flag, text string) float64 {
		n, e := loads.Share(text)
		if e != nil && err == nil {
			err = fail(fmt.Errorf("--%s %q is no share", flag, text), "write it as 30% or 0.3")
		}
		return n
	}
	t, h := &m.traffic, &m.hubspot
	m.start, m.span = m.s.start, o.span
	if o.rate != "" {
		t.PerMinute = rate(flagLoad, o.rate)
	}
	legs := o.legs
	if o.arrivals != "" && !o.has("legs") {
		legs = "0%"
	}
	t.Unknown, t.Legs, t.Gap = share("strangers", o.strangers), share("legs", legs), o.gap
	h.OtherSearches, h.OtherRequests = rate("others", o.others)/60, rate("other-requests", o.requests)/60
	m.maxFailed = share("max-failed", o.maxFailed)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(tiers, func(t tier) bool { return t.name == o.tier })
	switch {
	case o.rate != "" && t.PerMinute <= 0:
		return fail(fmt.Errorf("--load %s brings no calls", o.rate), "write it as 60/min, 1/s or 3600/h")
	case o.span <= 0 || o.span > loads.MaxSpan:
		return fail(fmt.Errorf("--for %v is no time in which calls come in", o.span), "use 1m to 8784h")
	case t.Legs > 0.9:
		return fail(fmt.Errorf("--legs %s: a conversation would hardly ever end", legs), "use at most 90%")
	case o.gap <= 0:
		return fail(fmt.Errorf("--leg-gap %v is no time until a call comes back", o.gap), "write it as 3m")
	case len(o.latency) != 2 || o.latency[0] <= 0 || o.latency[1] < o.latency[0]:
		return fail(errors.New("--latency takes HubSpot's median and what one answer in a thousand exceeds"), "write it as 200ms,1s")
	case len(o.actions) != 2 || o.actions[0] < 1 || o.actions[1] < 1:
		return fail(errors.New("--action-limits takes the executions a minute and those at the same time"), fmt.Sprintf("write it as %d,%d", genesys.ExecutionsPerMinute, genesys.ConcurrentExecutions))
	case o.has("max-failed") && len(o.compare) == 0 && !o.find:
		return fail(errors.New("--max-failed is the share that --compare and --find-limit look for"), "add one of them, or leave it out")
	case m.maxFailed <= 0 || m.maxFailed >= 1:
		return fail(fmt.Errorf("--max-failed %s is no share that can be looked for", o.maxFailed), "write it as 1%")
	}
	h.Median, h.Slow, h.Rolling = o.latency[0], o.latency[1], o.window == "rolling"
	h.Limits = loads.Limits{SearchesPerSecond: hubspot.SearchesPerSecond, PerTenSeconds: tiers[i].burst, PerDay: tiers[i].perDay}
	m.genesys = loads.Genesys{PerMinute: o.actions[0], Concurrent: o.actions[1]}
	if o.arrivals != "" {
		return m.readArrivals()
	}
	return nil
}

// readArrivals reads the file of --arrivals, which says when the day starts.
func (m *loadModel) readArrivals() error {
	o := m.s.options.load
	data, err := readFile(o.arrivals, maxArrivals)
	if err != nil {
		return fail(fmt.Errorf("read the arrivals %s: %w", o.arrivals, err), "give a CSV with the column time, or minute and calls; docs/load.md has the format")
	}
	a, start, span, err := loads.ReadArrivals(data, m.s.start, o.seed)
	if err != nil {
		return fail(fmt.Errorf("the arrivals %s: %w", o.arrivals, err), "docs/load.md has the format")
	}
	if o.rate != "" {
		diag.Fprintf(m.env.IO.Err, "note: calls come in as %s says, not at %s\n", o.arrivals, o.rate)
	}
	m.traffic.PerMinute, m.traffic.Arrivals, m.start = 0, a, start
	if !o.has("for") {
		m.span = span
	}
	return nil
}

// day is a day of one's own: what its calls write, no other day reads.
func (m *loadModel) day(s *simulation) (loads.Day, error) {
	d := loads.Day{
		Program: s.program, Org: s.org.Clone(), Token: s.heldToken(), Renewed: s.loaded.deployment.HubSpot.Auth.ByPlatform(), Start: m.start, For: m.span, Seed: s.options.load.seed,
		Traffic: m.traffic, HubSpot: m.hubspot, Genesys: m.genesys,
	}
	l := s.loaded.deployment.HubSpot.Lookup
	d.Traffic.Callers, d.Traffic.Strangers = loads.Callers(s.fixtures.CRM, l.HomeCountries[0], l.Property), loads.Strangers(s.fixtures.CRM, l.Property, strangers)
	drawn := d.Traffic.Arrivals == nil || d.Traffic.Arrivals.ANIs == nil
	if drawn && len(d.Traffic.Callers) == 0 && d.Traffic.Unknown < 1 {
		return d, fail(errors.New("no contact of the fixtures has a number to call from"), "give contacts a phone, or use --strangers 100%")
	}
	dnis, err := s.ours(s.options.dnis)
	if err != nil {
		return d, err
	}
	if d.DNIS = dnis; dnis == "" && len(s.loaded.deployment.Calls.Numbers) > 0 {
		d.DNIS = s.loaded.deployment.Calls.Numbers[0]
	}
	server := transport.Handler(hubspottest.New(s.fixtures.CRM, append(append(defined(s.loaded.deployment), tokensOf(s.loaded.deployment)...), hubspottest.Virtual(),
		hubspottest.Clock(func() time.Time { return m.start }), hubspottest.WithLimits(hubspottest.Limits{}))...))
	d.HubSpot.Answers = simulate.NewAnswers(answersKept)
	d.HubSpot.Sender = func(kind string) dataaction.Sender {
		if kind == "" {
			return server
		}
		return transport.Inject(server, transport.Fault{Kind: transport.FaultKind(kind)})
	}
	for i, f := range s.faults {
		x := loads.Fault{Kind: string(f.Kind), Matches: f.Matches, To: d.For}
		if span := m.spans[i]; span != "" {
			if x.From, x.To, err = loads.Span(span, m.start); err != nil {
				return d, fail(fmt.Errorf("--fault ...@%s is no time of the day", span), "write it as timeout@10:00-10:05 or 429@10:00+5m, in UTC")
			}
			if x.From >= d.For {
				return d, fail(fmt.Errorf("--fault ...@%s is after the last call", span), fmt.Sprintf("calls come in from %s to %s UTC", m.start.UTC().Format("2006-01-02 15:04"), d.Ends().UTC().Format("2006-01-02 15:04")))
			}
		}
		d.Faults = append(d.Faults, x)
	}
	return d, nil
}

const (
	// strangers is how many numbers of nobody there are: what the flow makes of a caller is
	// remembered, and few enough are remembered all.
	strangers   = 200
	maxArrivals = 256 << 20
)

// heldToken is the access token that the platform holds, where it renews them itself. That it asks
// for another every half an hour is not modelled.
func (s *simulation) heldToken() secret.Value {
	if s.loaded.deployment.HubSpot.Auth.ByPlatform() {
		return secret.New(hubspottest.DefaultToken)
	}
	return s.token
}

// compare lets the same calls come to each strategy. What a file cannot say under one is told
// with its reason.
func (m *loadModel) compare(ctx context.Context) (out []view.Compared, derived []string, err error) {
	o := m.s.options
	var days []loads.Day
	var of []int
	for _, name := range deployment.Strategies() {
		if !slices.Contains(o.load.compare, name) {
			continue
		}
		c := view.Compared{Strategy: name}
		s, made, why, err := m.under(ctx, name)
		if err != nil {
			return nil, nil, err
		}
		if c.Why = why; why == nil {
			for _, d := range made {
				if !slices.Contains(derived, d) {
					derived = append(derived, d)
				}
			}
			if o.load.find {
				if c.Limit, err = m.find(ctx, s, name); err != nil {
					return nil, nil, err
				}
			}
			if o.load.rated() {
				d, err := m.day(s)
				if err != nil {
					return nil, nil, err
				}
				days, of = append(days, d), append(of, len(out))
			}
		}
		out = append(out, c)
	}
	rs, err := loads.All(ctx, days, runtime.GOMAXPROCS(0), nil)
	for i, r := range rs {
		out[of[i]].Result = r
	}
	return out, derived, err
}

// under is the simulation of the file as it would be with another strategy, or why that cannot be.
func (m *loadModel) under(ctx context.Context, strategy string) (s *simulation, derived, why []string, err error) {
	was := m.s.loaded
	if was.deployment.HubSpot.Lookup.Strategy == strategy {
		return m.s, nil, nil, nil
	}
	if m.s.options.flow == "deployed" {
		return nil, nil, []string{"it is not what is deployed"}, nil
	}
	data, err := readFile(was.path, maxDeployment)
	if err != nil {
		return nil, nil, nil, fail(fmt.Errorf("read the deployment file %s: %w", was.path, err), "name an existing file with -f FILE")
	}
	d, found := deployment.ParseUnder(was.path, data, strategy)
	if found.Has(diag.Error) || d == nil {
		return nil, nil, reasons(found), nil
	}
	l := *was
	l.deployment = d
	b, err := l.render(false)
	if err != nil {
		return nil, nil, []string{findingOf(err).Message}, nil
	}
	o := m.s.options
	o.load.compare = nil
	if s, err = newSimulation(ctx, m.env, &l, b, o); err != nil {
		return nil, nil, []string{findingOf(err).Message}, nil
	}
	fixtures := *s.fixtures
	fixtures.CRM, derived = loads.Derive(fixtures.CRM, d)
	s.fixtures = &fixtures
	return s, derived, nil, nil
}

// reasons are the messages of the errors among findings, each once.
func reasons(found diag.Findings) (out []string) {
	for _, f := range found.Sorted() {
		if f.Severity == diag.Error && !slices.Contains(out, f.Message) {
			out = append(out, f.Message)
		}
	}
	return out
}

// find looks for the limit of a simulation.
func (m *loadModel) find(ctx context.Context, s *simulation, what string) (*loads.Limit, error) {
	first, err := m.day(s)
	if err != nil {
		return nil, err
	}
	fresh := func(perMinute float64, span time.Duration, seed uint64) loads.Day {
		d := first
		d.Org, d.Seed, d.For = s.org.Clone(), seed, span
		d.Traffic.PerMinute = perMinute
		d.Faults = slices.Clone(d.Faults)
		for i := range d.Faults {
			d.Faults[i].To = span
		}
		return d
	}
	var done, all atomic.Int64
	defer m.env.working("looking for "+what, func() string { return fmt.Sprintf("%d of %d probes", done.Load(), all.Load()) })()
	return loads.Find(ctx, fresh, s.options.load.seed, m.maxFailed, runtime.GOMAXPROCS(0), func(n, of int) {
		done.Store(int64(n))
		all.Store(int64(of))
	})
}

// progress says how far a day is, until done is called.
func (m *loadModel) progress() (tell func(time.Duration, int64), done func()) {
	var at, calls atomic.Int64
	done = m.env.working("running the day", func() string {
		return fmt.Sprintf("%v of %v, %s calls", time.Duration(at.Load()).Truncate(time.Second), m.span, words.Thousands(calls.Load()))
	})
	return func(of time.Duration, n int64) {
		at.Store(int64(of))
		calls.Store(n)
	}, done
}
