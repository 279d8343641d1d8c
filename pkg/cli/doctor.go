package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/doctor"
	"github.com/dealroute/dealroute/pkg/genesys/genesysrest"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspotrest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/validate"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"
)

type doctorOptions struct {
	session
	probes, sample int
	rate           float64 // calls a minute; 0: as the file says
	failAt         diag.Severity
}

func newDoctorCmd(env *Env, run func(context.Context, doctorOptions) error) *cobra.Command {
	o := doctorOptions{}
	failAt := string(diag.Error)
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say what the two accounts are fit for, by reads alone",
		Long: `Examine both accounts by reads alone: the HubSpot key, its account, pipelines, stages and
properties, whether HubSpot answers the very requests that calls will send, and whether the contacts of a
sample would be found, were they to call; the org, what this client may do there, licences,
limits, queues and who works in them; and how long answers take, against how long callers wait.
Each finding has its code and the next step.

With a dealroute.yaml the accounts are judged by it, without one by what the smallest deployment
needs. An account without credentials is left out, and that is said. What could not be read is
said, too: it is neither all right nor wrong.

HubSpot answers five searches a second for the whole account. This command makes two a second at
most, all of its parts together, so that calls that are being looked up at the same time have
theirs. Latency is that from this machine: Genesys Cloud asks from its own region.

Exit codes: 0 nothing found as grave as --fail-severity, 2 something was, 1 anything else.`,
		Example: `  dealroute doctor
  dealroute doctor --sandbox -o json
  dealroute doctor --probes 100 --sample 2000 --fail-severity warning`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.session, o.failAt = env.session(), diag.Severity(failAt)
			return run(cmd.Context(), o)
		},
	}
	cmd.Flags().IntVar(&o.probes, "probes", 10, "how often each read of a call is repeated to see how long it takes; 0 to leave latency out")
	cmd.Flags().IntVar(&o.sample, "sample", 400, fmt.Sprintf("of how many contacts it is seen whether they would be found, %d at most; 0 to leave that out", hubspotrest.MaxSample))
	cmd.Flags().Float64Var(&o.rate, "calls-per-minute", 0, "so many calls are to be carried (default: calls.peakPerMinute of the file)")
	choose(cmd.Flags(), &failAt, "fail-severity", failAt, "the least severity that makes the answer no: error, warning or info", "error", "warning", "info")
	return cmd
}

// The most probes of a run: at two searches a second they take a quarter of an hour.
const mostProbes = 1000

// The most calls a minute that are reckoned with: no org comes near.
const mostRate = 1_000_000

// How many searches a second an examination makes at most. HubSpot answers five for the whole account,
// and calls are looked up with them at the same time; an emulated account has no calls.
const (
	probePace   = rate.Limit(2)
	sandboxPace = rate.Limit(4)
)

// slowest is how long an answer may take to be measured.
const slowest = 10 * time.Second

func runDoctor(ctx context.Context, o doctorOptions) (err error) {
	if o.probes < 0 || o.probes > mostProbes {
		return fail(fmt.Errorf("--probes %d is not made", o.probes), fmt.Sprintf("from 0 to %d", mostProbes))
	}
	if o.sample < 0 || o.sample > hubspotrest.MaxSample {
		return fail(fmt.Errorf("--sample %d is not drawn", o.sample), fmt.Sprintf("from 0 to %d", hubspotrest.MaxSample))
	}
	if o.rate < 0 || o.rate > mostRate || o.rate != o.rate {
		return fail(fmt.Errorf("--calls-per-minute %v is not reckoned with", o.rate), fmt.Sprintf("from 0 to %d", mostRate))
	}
	env := o.session
	l, b, nobody, err := o.examined()
	if err != nil {
		return err
	}
	pace := probePace
	if env.settings.sandbox {
		pace = sandboxPace
	}
	if env.searches == nil {
		env.searches = rate.NewLimiter(pace, 1)
	}
	in := doctor.Input{
		NoFile: nobody,
		Asked:  validate.Input{Deployment: l.deployment, Blueprint: b, Source: l.source, Now: env.Now()},
	}
	target, why, err := reach(ctx, env, l, b)
	if err != nil {
		return err
	}
	defer closing(target, &err)
	p := &examination{doctorOptions: o, loaded: l, blueprint: b, target: target}
	reading := env.working("asking both accounts", p.far)
	defer reading()
	p.answers = target.ask(ctx, env, l, b, why)
	if !nobody {
		target.tell(ctx, p.answers, l.deployment, "doctor")
	}
	in.Asked.Online, in.Asked.Account = p.online, p.account
	var g errgroup.Group
	g.Go(func() error {
		in.HubSpot = p.hubspot(ctx)
		in.Probes, in.Series = p.probeActions(ctx, in.HubSpot != nil)
		in.Match = p.match(ctx, in.HubSpot, nobody)
		return nil
	})
	var pings []doctor.Series
	g.Go(func() error {
		in.Org = p.org(ctx)
		pings = p.ping(ctx)
		return nil
	})
	_ = g.Wait() // neither has an error
	if err := ctx.Err(); errors.Is(err, context.Canceled) {
		return err
	}
	in.Series = append(in.Series, pings...)
	if in.HubSpot != nil || in.Org != nil || o.rate > 0 { // else it is all assumed, for nobody who asked
		in.Capacity = p.capacity(in)
	}
	report := doctor.Examine(in)
	reading()
	out := view.NewDoctor(in, report, target.sandbox != nil)
	if env.settings.json {
		err = view.JSON(env.IO.Out, out)
	} else {
		err = view.PrintDoctor(env.IO.Out, in, report, out, func(f diag.Finding) []byte {
			if f.Position.File == l.path {
				return l.source
			}
			return nil
		})
	}
	if err == nil && report.Findings.Has(o.failAt) {
		err = errNo
	}
	return err
}

// examined is the deployment by which the accounts are judged: the user's, or where there is none the
// smallest there is.
func (o doctorOptions) examined() (*loaded, *blueprint.Blueprint, bool, error) {
	l, b, err := load(o.session, false)
	if !errors.Is(err, errNoDeployment) {
		return l, b, false, err
	}
	d, err := smallest(deployment.AuthKey)
	if err != nil {
		return nil, nil, false, err
	}
	l = &loaded{path: deploymentFile, dir: ".", deployment: d, files: folder(".")}
	b, err = l.render(false)
	return l, b, true, err
}

// smallest is the deployment by which accounts are judged where there is no file. It has no region: credentials go
// where a flag, the environment or a profile says.
func smallest(method string) (*deployment.Deployment, error) {
	const file = `version: 1
name: first-look
genesys: {region: us-east-1}
hubspot: {auth: {method: %s}, lookup: {homeCountries: [US]}}
routing: {fallback: {queue: First look}}
`
	d, found := deployment.Parse(deploymentFile, fmt.Appendf(nil, file, method))
	if found.Has(diag.Error) {
		return nil, found
	}
	d.Genesys.Region = ""
	return d, nil
}

// An examination reads both accounts.
type examination struct {
	doctorOptions
	*answers
	loaded    *loaded
	blueprint *blueprint.Blueprint
	target    *org
	crm       *hubspotrest.Client // nil: HubSpot is not asked
	probed    atomic.Int64        // of the searches that are made to measure
	drawn     atomic.Int64        // of those that draw contacts
}

// far tells how far it is.
func (p *examination) far() string {
	if n := p.drawn.Load(); n > 0 {
		return strconv.FormatInt(n, 10) + " searches for contacts"
	}
	if n := p.probed.Load(); n > 0 {
		return strconv.FormatInt(n, 10) + " probes of HubSpot"
	}
	return ""
}

// hubspot reads what the key and its account are; nil: there is no key, it will not do, or nobody is
// answered.
func (p *examination) hubspot(ctx context.Context) *doctor.HubSpot {
	if p.key == nil || p.key.said.Refused != "" {
		return nil
	}
	var no *hubspotrest.Error
	if p.key.doubt != nil && (!errors.As(p.key.doubt, &no) || no.Status == hubspot.StatusMoving) {
		return nil // every further question would end so, too
	}
	d := p.loaded.deployment
	p.crm = crmClient(p.session, d, p.target.crm, p.token)
	h := &doctor.HubSpot{Portal: p.key.scopes.Portal, Scopes: p.key.scopes.Granted, Exact: p.key.scopes.Exact, Validated: map[string]bool{}}
	lacks := func(what string, err error) {
		if err != nil && !errors.Is(ctx.Err(), context.Canceled) {
			h.Unknown = append(h.Unknown, doctor.Unknown{What: what, Err: err})
		}
	}
	a, err := p.crm.Account(ctx)
	if err == nil {
		h.Portal, h.Type, h.Currency, h.TimeZone, h.DataLocation, h.Currencies = a.Portal, a.Type, a.Currency, a.TimeZone, a.DataLocation, a.AdditionalCurrencies
	}
	lacks("which account it is", err)
	for _, property := range doctor.PhoneProperties() {
		yes, err := p.crm.Validated(ctx, property)
		if err == nil {
			h.Validated[property] = yes
		}
		lacks(fmt.Sprintf("whether HubSpot keeps %s in E.164", property), err)
	}
	if d.HubSpot.Auth.Method == deployment.AuthOAuth && d.HubSpot.Auth.TokenURL == "" {
		lacks("what the app's access token may do", p.introspect(ctx, h))
	}
	return h
}

// introspect asks about the access token, with the app that got it.
func (p *examination) introspect(ctx context.Context, h *doctor.HubSpot) error {
	id, err := p.target.app(blueprint.FieldClientID)
	if err != nil {
		return err
	}
	hidden, err := p.target.app(blueprint.FieldClientSecret)
	if err != nil {
		return err
	}
	t, err := p.crm.Introspect(ctx, id.Reveal(), hidden)
	if err != nil {
		return err
	}
	h.Ended = !t.Active
	if len(t.Scopes) > 0 {
		h.Scopes, h.Exact = slices.Compact(slices.Sorted(slices.Values(t.Scopes))), true
	}
	return nil
}

// capacity works out how many calls the limits carry, by those that the accounts told.
func (p *examination) capacity(in doctor.Input) *doctor.Capacity {
	c := doctor.CapacityInput{PerMinute: p.rate}
	if h := in.HubSpot; h != nil {
		if d, ok := p.crm.Daily(); ok {
			h.Day = &doctor.Day{Limit: d.Limit, Remaining: d.Remaining}
			c.PerDay, c.Remaining = &d.Limit, &d.Remaining
		}
		if n := p.crm.TenSeconds(); n > 0 {
			c.TenSeconds = &n
		}
	}
	if in.Org != nil {
		c.Limits = in.Org.Fitness.Limits
	}
	if !in.NoFile {
		c.Under = func(strategy string) []string { return doctor.Against(p.loaded.path, p.loaded.source, strategy) }
	}
	return doctor.CapacityOf(p.loaded.deployment, c)
}

// org reads what the org allows beside the plan; nil: there is none.
func (p *examination) org(ctx context.Context) *doctor.Org {
	if p.reconciler == nil {
		return nil
	}
	return &doctor.Org{
		Who: p.reconciler.Identity(), Plan: p.reconciler.Plan(), Fitness: p.reconciler.Fitness(ctx, p.target.client), Supplied: p.supplied(ctx),
	}
}

// supplied asks who the run-time client is that setup does not make; nil: setup makes it, or there is none.
func (p *examination) supplied(ctx context.Context) *doctor.Supplied {
	d := p.loaded.deployment
	if d.Manage.RuntimeClient || !d.Enrichment.Breaker.Enabled {
		return nil
	}
	if p.target.sandbox != nil {
		return &doctor.Supplied{Err: errors.New("the sandbox has no client of yours")}
	}
	id, err := p.target.secret(blueprint.FieldClientID)
	var hidden secret.Value
	if err == nil {
		hidden, err = p.target.secret(blueprint.FieldClientSecret)
	}
	if err != nil {
		return &doctor.Supplied{Err: err}
	}
	cfg, err := signIn(p.session, d.Genesys.Region, true)
	if err != nil {
		return &doctor.Supplied{Err: err}
	}
	cfg.Client, cfg.Secret, cfg.Token, cfg.Sleep = id.Reveal(), hidden, secret.Value{}, p.Pause
	c, err := genesysrest.New(cfg)
	if err != nil {
		return &doctor.Supplied{Err: err}
	}
	who, err := c.Who(ctx)
	return &doctor.Supplied{Who: who, Err: err}
}

// ping measures how long the org's API takes.
func (p *examination) ping(ctx context.Context) []doctor.Series {
	if p.target.client == nil || p.reconciler == nil || p.probes == 0 {
		return nil
	}
	s := doctor.Series{Name: "genesysApi", Asked: p.probes}
	pace := rate.NewLimiter(sandboxPace, 1)
	for range p.probes {
		if err := transport.Room(ctx, pace); err != nil {
			s.Stop = inWords(err)
			break
		}
		begun := p.Now()
		err := p.target.client.Ping(ctx)
		took := p.Now().Sub(begun)
		if ctx.Err() != nil {
			s.Stop = inWords(ctx.Err())
			break
		}
		if err != nil {
			s.Failed = append(s.Failed, inWords(err))
			continue
		}
		s.Took = append(s.Took, took)
	}
	return []doctor.Series{s}
}

// probeActions runs each data action that asks HubSpot, as a call runs it, with what cannot exist: once
// to see what comes back, and again to see how long it takes.
func (p *examination) probeActions(ctx context.Context, able bool) (probes []doctor.Probe, series []doctor.Series) {
	if !able {
		return nil, nil
	}
	waits := validate.Waits(p.blueprint)
	for _, a := range p.blueprint.Actions {
		object := validate.Object(a)
		if object == "" {
			continue
		}
		s := doctor.Series{Name: a.Role, Wait: waits[a.Role], Asked: p.probes}
		run, err := p.action(a)
		if err != nil {
			probes = append(probes, doctor.Probe{Action: a.Key.Name, Object: object, Answer: doctor.Answer{Err: err.Error()}})
			continue
		}
		first, _ := run(ctx)
		if ctx.Err() != nil || first.Unsent {
			s.Stop = "the time ran out"
			series = append(series, s)
			continue
		}
		probe := doctor.Probe{Action: a.Key.Name, Object: object, Answer: first.Answer}
		if first.Status == http.StatusBadRequest {
			probe.Refused, probe.Tried = p.culprits(ctx, a, object)
		}
		probes = append(probes, probe)
		if p.probes == 0 || !first.OK() && !first.Passing() { // how fast a refusal comes tells nothing
			continue
		}
		for range p.probes {
			p.probed.Add(1)
			got, took := run(ctx)
			if got.Unsent || ctx.Err() != nil {
				s.Stop = "the time ran out"
				break
			}
			switch {
			case got.Late:
				s.Took, s.Late = append(s.Took, took), s.Late+1
			case !got.OK():
				s.Failed = append(s.Failed, got.Why())
			default:
				s.Took = append(s.Took, took)
			}
		}
		series = append(series, s)
	}
	return probes, series
}

// An attempt is an answer, or none because there was no time left to ask.
type attempt struct {
	doctor.Answer
	Unsent bool
}

// match draws contacts and sees whether they would be found; nil: nobody asked, or nothing could be read.
func (p *examination) match(ctx context.Context, h *doctor.HubSpot, nobody bool) *doctor.Match {
	if h == nil || p.sample == 0 {
		return nil
	}
	d := p.loaded.deployment
	s, err := p.crm.Sample(ctx, hubspotrest.SampleOptions{
		Size: p.sample, Properties: d.HubSpot.Lookup.Kept(), Key: d.HubSpot.Lookup.Property, Companies: true,
		Progress: func(done, most int) { p.drawn.Store(int64(done)) },
	})
	if err != nil {
		if !errors.Is(ctx.Err(), context.Canceled) {
			h.Unknown = append(h.Unknown, doctor.Unknown{What: "whether callers would be found", Err: err})
		}
		return nil
	}
	if country := doctor.CountryOf(s); nobody && country != "" { // which no file names
		there := *d
		there.HubSpot.Lookup.HomeCountries = []string{country}
		d = &there
	}
	return doctor.MatchOf(d, s, p.Now())
}

// action makes a data action ready to be run by itself, with a sender that only reads and keeps the pace.
func (p *examination) action(a blueprint.ActionArtifact) (func(context.Context) (attempt, time.Duration), error) {
	program, err := dataaction.Compile(a.Definition, dataaction.Options{})
	if err != nil {
		return nil, err
	}
	o := dataaction.RunOptions{Timeout: slowest, Credentials: map[string]secret.Value{blueprint.FieldToken: p.token}}
	if p.loaded.deployment.HubSpot.Auth.Method == deployment.AuthOAuth {
		o.Auth = &dataaction.Auth{NoRetry: true}
		if err := o.Auth.Keep(map[string]any{"access_token": p.token.Reveal()}); err != nil {
			return nil, err
		}
	}
	wire := transport.ReadOnlySender(transport.To(orHubSpot(p.target.crm), transport.NewHTTP(transport.HTTPOptions{})))
	return func(ctx context.Context) (got attempt, took time.Duration) {
		sender := transport.SenderFunc(func(ctx context.Context, r dataaction.Request) (dataaction.Response, error) {
			if err := transport.Room(ctx, p.searches); err != nil {
				got.Unsent = true
				return dataaction.Response{}, err
			}
			begun := p.Now()
			reply, err := wire.Send(ctx, r)
			took = p.Now().Sub(begun)
			got.Status, got.Body = reply.Status, reply.Body
			got.Late = errors.Is(err, dataaction.ErrTimeout)
			if err != nil {
				got.Status, got.Body = 0, nil
			}
			return reply, err
		})
		r := dataaction.Run(ctx, program, a.Smoke, sender, o)
		if r.Err != nil {
			got.Err = inWords(r.Err)
		}
		return got, took
	}, nil
}

// orHubSpot is an address of HubSpot; empty: its own.
func orHubSpot(base string) string {
	if base == "" {
		return hubspot.Host
	}
	return base
}

// culprits tries each property that an action searches by, alone, and gives those that HubSpot refuses.
func (p *examination) culprits(ctx context.Context, a blueprint.ActionArtifact, object string) (refused []string, tried bool) {
	by, _ := validate.Properties(a)
	if !hubspot.IsSearch(a.Definition.Request.URLTemplate) {
		return nil, false
	}
	for _, name := range by {
		_, err := p.crm.Search(ctx, object, hubspot.SearchRequest{
			FilterGroups: []hubspot.FilterGroup{{Filters: []hubspot.Filter{{PropertyName: name, Operator: hubspot.HasProperty}}}}, Limit: 1, Properties: []string{hubspot.PropObjectID},
		})
		var no *hubspotrest.Error
		switch {
		case errors.As(err, &no) && no.Status == http.StatusBadRequest:
			refused = append(refused, name)
		case err != nil:
			return refused, false
		}
	}
	return refused, true
}
