package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesysrest"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/gofrs/flock"
)

// A sandbox is both emulators on loopback, with a state that is kept in a file or, for the
// demo, only in memory.
type sandbox struct {
	genesys *genesystest.Server
	hubspot *hubspottest.Server
	api     string // addresses
	crm     string

	origin  string // where the org comes from, in a sentence
	path    string // of the state file; empty: memory only
	lock    *flock.Flock
	servers []*http.Server
	log     *slog.Logger
	mu      sync.Mutex
	saveErr error
	tokens  json.RawMessage // what the emulated account keeps of OAuth
	unsaved bool            // it has changed since the state was written
}

// sandboxOptions shape the emulated org.
type sandboxOptions struct {
	latency, jobTime, exportTime time.Duration
	faults                       []genesystest.Fault
	address                      string // to listen on; a free port of loopback when empty
	crmAddress                   string
	crmLatency                   func(hubspottest.Kind) time.Duration
	memory                       bool
	patience                     time.Duration // with a request that does not come to its end; 0: 30 s
}

// stateFolder is the platform's place for a program's state of some kind.
func stateFolder(env session, kind string) (string, error) {
	if dir := env.Getenv("XDG_STATE_HOME"); dir != "" {
		return filepath.Join(dir, "dealroute", kind), nil
	}
	const hint = "set XDG_STATE_HOME to a folder for the sandbox"
	if runtime.GOOS != "linux" {
		dir, err := os.UserConfigDir()
		if err != nil {
			return "", fail(err, hint)
		}
		return filepath.Join(dir, "dealroute", kind), nil
	}
	home := env.Getenv("HOME")
	if home == "" {
		return "", fail(errors.New("no home folder"), hint)
	}
	return filepath.Join(home, ".local", "state", "dealroute", kind), nil
}

func sandboxPath(env session, name string) (string, error) {
	dir, err := stateFolder(env, "sandbox")
	return filepath.Join(dir, name+".json"), err
}

// openSandbox starts both emulators for a deployment. On first use the org is seeded from
// it and from its fixtures; what org.yaml says holds at every use. The caller closes it.
func openSandbox(ctx context.Context, env session, l *loaded, b *blueprint.Blueprint, o sandboxOptions) (*sandbox, error) {
	s := &sandbox{log: env.log()}
	var state *genesystest.State
	if !o.memory {
		var err error
		if s.path, err = sandboxPath(env, l.deployment.Name); err != nil {
			return nil, err
		}
		if err := s.acquire(ctx, 10*time.Second); err != nil {
			return nil, err
		}
		if state, err = readState(s.path); err != nil {
			s.Close() //nolint:errcheck // the first error counts
			return nil, err
		}
	}
	crm, err := sandboxCRM(l)
	if err != nil {
		s.Close() //nolint:errcheck // the first error counts
		return nil, err
	}
	org, err := l.orgFile("")
	if err != nil {
		s.Close() //nolint:errcheck // the first error counts
		return nil, err
	}
	salt := "sandbox"
	if state != nil {
		salt = state.Salt
	}
	known, wide := []string{hubspottest.DefaultToken, hubspottest.NextToken}, []string{hubspottest.WideToken}
	for _, list := range []*[]string{&known, &wide} {
		for _, k := range slices.Clone(*list) { // the emulated org keeps only a hash of the key, and sends that when it tests an action
			*list = append(*list, genesystest.HashSecret(salt, k))
		}
	}
	crmOptions := []hubspottest.Option{hubspottest.Tokens(func(bearer string) (hubspottest.Grant, bool) {
		g := hubspottest.Grant{Scopes: append(hubspottest.DefaultScopes(), b.Scopes()...)}
		if slices.Contains(wide, bearer) {
			g.Scopes = append(g.Scopes, hubspottest.ScopeOwners)
			return g, true
		}
		return g, slices.Contains(known, bearer)
	})}
	ledger, err := ledgerOf(state)
	if err != nil {
		s.Close() //nolint:errcheck // the first error counts
		return nil, fail(fmt.Errorf("the sandbox %s cannot be used: %w", s.path, err), `start a new one with "dealroute sandbox reset"; until then the file stays as it is`)
	}
	s.tokens = rawLedger(ledger)
	crmOptions = append(crmOptions, hubspottest.Hashed(func(text string) string { return genesystest.HashSecret(salt, text) }),
		hubspottest.Remember(ledger, s.remember), hubspottest.OAuthApps(hubspottest.OAuthApp{
			ClientID: hubspottest.ClientID, ClientSecret: hubspottest.ClientSecret, RefreshToken: hubspottest.RefreshToken,
			Scopes: append(hubspottest.DefaultScopes(), b.Scopes()...), TokenURL: l.deployment.HubSpot.Auth.TokenURL,
		}))
	if o.crmLatency != nil {
		crmOptions = append(crmOptions, hubspottest.Latency(o.crmLatency))
	}
	s.hubspot = hubspottest.New(crm, append(crmOptions, defined(l.deployment)...)...)
	s.genesys, err = genesystest.New(state,
		genesystest.Latency(o.latency, nil), genesystest.JobTime(o.jobTime), genesystest.ExportTime(o.exportTime), genesystest.Faults(o.faults...),
		genesystest.Remote(transport.Handler(s.hubspot)), genesystest.OnChange(s.save))
	if err != nil {
		s.Close() //nolint:errcheck // the first error counts
		return nil, err
	}
	// what is added to the file later and cannot be made here is there, too
	seed := genesystest.Seed{Numbers: l.deployment.Calls.Numbers, Flows: b.Flows(), Divisions: divisionsOf(l.deployment)}
	if state == nil {
		seed = seedOf(l.deployment, b)
	}
	if name := userPrompt(l.deployment); name != "" {
		seed.Prompts = []string{name}
	}
	s.origin = "was made from the deployment file on first use"
	if org != nil {
		orgSeed(org, &seed)
		s.origin = "has the people, queues and hours of " + orgName
	}
	s.genesys.Apply(seed)
	if err = s.saved(); err == nil {
		s.api, err = s.serve(ctx, s.genesys, o.address, o.patience)
	}
	if err == nil {
		s.crm, err = s.serve(ctx, s.hubspot, o.crmAddress, o.patience)
	}
	if err != nil {
		s.Close() //nolint:errcheck // the first error counts
		return nil, err
	}
	return s, nil
}

// acquire takes the lock on the state file: two commands at once would lose changes.
func (s *sandbox) acquire(ctx context.Context, patience time.Duration) error {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return fail(fmt.Errorf("make folder %s: %w", filepath.Dir(s.path), reason(err)), "set XDG_STATE_HOME to a folder that can be written")
	}
	lock := flock.New(s.path + ".lock")
	wait, stop := context.WithTimeout(ctx, patience)
	defer stop()
	ok, err := lock.TryLock()
	if !ok && err == nil {
		ok, err = lock.TryLockContext(wait, 50*time.Millisecond)
	}
	if !ok && ctx.Err() != nil {
		return fail(fmt.Errorf("wait for the sandbox %s, which another command uses: %w", s.path, ctx.Err()), "give it more time with --timeout, or keep another one with XDG_STATE_HOME")
	}
	if err != nil || !ok {
		return fail(fmt.Errorf("the sandbox %s is in use by another command", s.path), "wait until it ends, end it (a running \"dealroute sandbox\" by Ctrl-C), or keep another one with XDG_STATE_HOME")
	}
	s.lock = lock
	within(s.path, func(root *os.Root, base string) error { //nolint:errcheck // who cannot write there will hear of it
		sweep(root, ".", parts(base)) // ours alone: the lock is held
		return nil
	})
	return nil
}

func readState(path string) (*genesystest.State, error) {
	data, err := readFile(path, maxState)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fail(fmt.Errorf("read the sandbox %s: %w", path, err), `start a new one with "dealroute sandbox reset"`)
	}
	st, err := genesystest.ReadState(data)
	if err != nil {
		return nil, fail(fmt.Errorf("the sandbox %s cannot be used: %w", path, err), `start a new one with "dealroute sandbox reset"; until then the file stays as it is`)
	}
	return st, nil
}

// ledgerOf is what an earlier account of the same sandbox kept of OAuth.
func ledgerOf(st *genesystest.State) (l hubspottest.Ledger, err error) {
	if st == nil || st.HubSpot == nil {
		return l, nil
	}
	if json.Unmarshal(st.HubSpot, &l) != nil {
		return l, errors.New("what its HubSpot account keeps of tokens cannot be read")
	}
	return l, nil
}

func rawLedger(l hubspottest.Ledger) json.RawMessage {
	data, err := json.Marshal(l)
	if err != nil { // texts and times only
		panic(err)
	}
	return data
}

// remember keeps what the account knows of tokens until the state is written, which it cannot be
// now: the org may be asking.
func (s *sandbox) remember(l hubspottest.Ledger) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens, s.unsaved = rawLedger(l), true
}

// save writes the state whole, after each request that changed it.
func (s *sandbox) save(st *genesystest.State) error {
	if s.path == "" {
		return nil
	}
	s.mu.Lock()
	st.HubSpot, s.unsaved = s.tokens, false
	s.mu.Unlock()
	data, err := json.MarshalIndent(st, "", " ")
	if err == nil {
		err = writeFile(s.path, data, 0o600)
	}
	if err != nil {
		s.mu.Lock()
		s.saveErr = err
		s.mu.Unlock()
	}
	return err
}

// saved tells what went wrong with keeping the state, if anything did.
func (s *sandbox) saved() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.saveErr
}

// serve listens on loopback and nowhere else.
func (s *sandbox) serve(ctx context.Context, h http.Handler, address string, patience time.Duration) (string, error) {
	if address == "" {
		address = "127.0.0.1:0"
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return "", fail(fmt.Errorf("listen on %s: %w", address, err), "choose another port")
	}
	srv := &http.Server{
		Handler: local(guarded(h, s.log), l.Addr()), ReadTimeout: cmp.Or(patience, 30*time.Second), IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	s.servers = append(s.servers, srv)
	go srv.Serve(l) //nolint:errcheck // it ends with Close
	return "http://" + l.Addr().String(), nil
}

// local refuses what a page in a browser sends here under a name of its own, or from
// elsewhere: whoever answers that name could change its address to ours.
func local(h http.Handler, served net.Addr) http.Handler {
	own, _, _ := net.SplitHostPort(served.String())
	elsewhere := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := (&url.URL{Host: r.Host}).Hostname()
		ip, err := netip.ParseAddr(host)
		if host != own && !strings.EqualFold(host, "localhost") && (err != nil || !ip.IsLoopback()) {
			http.Error(w, "this server is reached by a loopback address, or as localhost", http.StatusMisdirectedRequest)
			return
		}
		if err := elsewhere.Check(r); err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// guarded answers 500 when a handler panics, which leaves no lock behind.
func guarded(h http.Handler, log *slog.Logger) http.Handler {
	return transport.Contained(h, log, "emulator", func(w http.ResponseWriter) {
		http.Error(w, `{"status":500,"code":"internal.server.error","message":"the emulator failed at this request; its log says more"}`, http.StatusInternalServerError)
	})
}

// Close stops the emulators and gives the lock back.
func (s *sandbox) Close() error {
	for _, srv := range s.servers {
		srv.Close() //nolint:errcheck // nothing is lost: the state is written at each change
	}
	s.mu.Lock()
	unsaved := s.unsaved && s.lock != nil
	s.mu.Unlock()
	if unsaved && s.genesys != nil {
		s.save(s.genesys.State()) //nolint:errcheck // saved tells
	}
	if s.lock != nil {
		s.lock.Unlock() //nolint:errcheck // the process ends
	}
	return s.saved()
}

// client speaks to the sandbox as the principal that runs the tool.
// keys gives the key of the emulated account that the org has, or will have at first, and the other one.
func (s *sandbox) keys() (held, other secret.Value) {
	st := s.genesys.State()
	for _, c := range st.Entities["credentials"] {
		if c.Hidden[blueprint.FieldToken] == genesystest.HashSecret(st.Salt, hubspottest.NextToken) {
			return secret.New(hubspottest.NextToken), secret.New(hubspottest.DefaultToken)
		}
	}
	return secret.New(hubspottest.DefaultToken), secret.New(hubspottest.NextToken)
}

func (s *sandbox) client(env session, readOnly bool) (*genesysrest.Client, error) {
	return genesysrest.New(genesysrest.Config{
		API: s.api, Apps: s.api, Client: genesystest.ClientID, Secret: secret.New(genesystest.ClientSecret),
		ReadOnly: readOnly, PerMin: 1_000_000, Agent: "dealroute/" + env.version(), Sleep: hurry, Log: env.log(), Secrets: env.known,
	})
}

// hurry is how the pauses that a real platform needs pass in a sandbox: an emulator is
// ready at once, and a running flow job is asked for often.
func hurry(ctx context.Context, d time.Duration) error {
	return transport.Pause(ctx, min(d/100, 50*time.Millisecond))
}

// sandboxCRM is the account of the fixtures beside the deployment file, or an empty one.
func sandboxCRM(l *loaded) (hubspot.CRM, error) {
	path := filepath.Join(l.dir, "crm.yaml")
	data, err := l.read("crm.yaml")
	if errors.Is(err, os.ErrNotExist) {
		return hubspot.CRM{Portal: l.deployment.HubSpot.Portal, Pipelines: pipelinesOf(l.deployment)}, nil
	}
	if err != nil {
		return hubspot.CRM{}, fail(fmt.Errorf("read the fixtures %s: %w", path, reason(err)), "correct the file or remove it")
	}
	f, fs := simulate.DecodeFixtures(path, data)
	if fs.Has(diag.Error) {
		return hubspot.CRM{}, unreadable(privacy.Findings(fs), privacy.Excerpt(data, l.deployment.Own()...), false)
	}
	if f.Portal == "" {
		f.Portal = l.deployment.HubSpot.Portal
	}
	return f.CRM, nil
}

// pipelinesOf are pipelines that have all that a file without fixtures names: the first has its stages.
func pipelinesOf(d *deployment.Deployment) []hubspot.Pipeline {
	out := []hubspot.Pipeline{hubspot.DefaultPipeline()}
	stages := map[string]string{}
	for _, s := range out[0].Stages {
		stages[s.ID] = s.Label
	}
	stage := func(id, label string) {
		if _, known := stages[id]; !known {
			stages[id] = label
			out[0].Stages = append(out[0].Stages, hubspot.Stage{ID: id, Label: label})
		}
	}
	pipeline := func(ids []string) {
		for _, id := range ids {
			if !slices.ContainsFunc(out, func(p hubspot.Pipeline) bool { return p.ID == id }) {
				out = append(out, hubspot.Pipeline{ID: id, Label: id, Stages: out[0].Stages})
			}
		}
	}
	names := map[string]bool{}
	for _, id := range sortedNames(d.HubSpot.Stages) {
		stage(id, d.HubSpot.Stages[id])
		names[d.HubSpot.Stages[id]] = true
	}
	for _, r := range d.Routing.Rules {
		ids := slices.Clone([]string(r.When.Stage))
		if r.When.AnyOpen != nil {
			ids = append(ids, r.When.AnyOpen.Stage...)
		}
		for _, id := range ids {
			if !names[id] {
				stage(id, id)
			}
		}
	}
	pipeline(d.HubSpot.Lookup.Pipelines)
	for _, r := range d.Routing.Rules {
		pipeline(r.When.Pipeline)
		if r.When.AnyOpen != nil {
			pipeline(r.When.AnyOpen.Pipeline)
		}
	}
	return out
}

// defined are the properties of the facts and those of hubspot.lookup, which the account has although
// no record may have a value in them: HubSpot refuses a search that names a property it does not know.
func defined(d *deployment.Deployment) []hubspottest.Option {
	kinds := map[string]string{routing.StringFact: "string", routing.NumberFact: "number", routing.BooleanFact: "bool", routing.DateFact: "date"}
	var contacts, deals []hubspottest.Property
	for _, name := range sortedNames(d.HubSpot.Facts) {
		f := d.HubSpot.Facts[name]
		if f.Contact != "" {
			contacts = append(contacts, hubspottest.Property{Name: f.Contact, Type: kinds[f.Type]})
		}
		if f.Deal != "" {
			deals = append(deals, hubspottest.Property{Name: f.Deal, Type: kinds[f.Type]})
		}
	}
	l := d.HubSpot.Lookup
	if l.Property != "" {
		contacts = append(contacts, hubspottest.Property{Name: l.Property, Type: "string", Unique: true})
	}
	if r := l.Rollup; r != nil {
		for _, name := range []string{r.Open, r.All, r.Value} {
			if name != hubspot.PropAssociatedDeals {
				contacts = append(contacts, hubspottest.Property{Name: name, Type: "number", FieldType: "calculation_rollup", Calculated: true})
			}
		}
	}
	return []hubspottest.Option{hubspottest.Define("contacts", contacts...), hubspottest.Define("deals", deals...)}
}

// divisionsOf are those that a deployment names, beside the one that every org has.
func divisionsOf(d *deployment.Deployment) []string {
	if d.Genesys.Division == "" || d.Genesys.Division == deployment.HomeDivision {
		return nil
	}
	return []string{d.Genesys.Division}
}

// seedOf is an org as an admin finds it: queues with people who hold the skills that the
// rules ask for, the numbers in a pool, the pinned names.
func seedOf(d *deployment.Deployment, b *blueprint.Blueprint) genesystest.Seed {
	seed := genesystest.Seed{Org: "Acme Sandbox", Numbers: d.Calls.Numbers, Flows: b.Flows(), Divisions: divisionsOf(d)}
	if d.Genesys.Org != "" {
		seed.Org = d.Genesys.Org
	}
	staff := map[string][]string{}
	for _, t := range targetsOf(d) {
		staff[t.Queue] = append(staff[t.Queue], t.Skills...)
	}
	n := 0
	for _, e := range b.Entities {
		switch e.Key.Kind {
		case genesys.Skill:
			seed.Skills = append(seed.Skills, e.Key.Name)
		case genesys.ScheduleGroup: // always open, until org.yaml says more
			always := genesystest.SeedSchedule{Name: "Always", Start: "2020-01-01T00:00:00", End: "2020-01-02T00:00:00", RRule: "FREQ=DAILY"}
			seed.Schedules = append(seed.Schedules, always)
			seed.ScheduleGroups = append(seed.ScheduleGroups, genesystest.SeedScheduleGroup{Name: e.Key.Name, TimeZone: "Etc/UTC", Open: []string{always.Name}})
		case genesys.EmergencyGroup:
			seed.EmergencyGroups = append(seed.EmergencyGroups, genesystest.SeedEmergencyGroup{Name: e.Key.Name})
		case genesys.Script:
			if e.Holding == genesys.Reference {
				seed.Scripts = append(seed.Scripts, e.Key.Name)
			}
		case genesys.Queue:
			n++
			seed.Queues = append(seed.Queues, genesystest.SeedQueue{
				Name: e.Key.Name, Staff: []genesystest.SeedUser{{Name: fmt.Sprintf("Agent %d", n), Skills: staff[e.Key.Name]}},
			})
		}
	}
	return seed
}
