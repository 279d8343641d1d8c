package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/secret"
	"golang.org/x/sync/errgroup"
)

// Config is what a reconciliation works with.
type Config struct {
	Name    string      // of the deployment: prefix and mark of everything
	Desired genesys.Set // what must exist; empty to take everything down
	File    genesys.Set // what the deployment file describes, also when everything is taken down
	OrgPin  string      // refuse any other org, by name or id; empty for any

	// Secret gives a credential's field at the moment of writing. The run-time client's
	// own secret never passes here: it goes from the platform's reply to the credential.
	Secret func(credential genesys.Key, field string) (secret.Value, error)

	// Token gets the access token that a credential is to hold (genesys.Entity.Token); nil: there is none.
	Token func(ctx context.Context, credential genesys.Key) (Token, error)

	// Prove looks, by one read, whether the value of a credential that Secret gives will do:
	// refused says that it will not, doubt that nobody could tell. nil: nobody looks.
	Prove func(ctx context.Context, credential genesys.Key) (refused, doubt error)
	Salt  func() string // another one each time, that nobody can guess

	// Verify looks whether what the org now has does what it should, before calls are led to it, and
	// when something was changed: an error ends the run. What it changes is nobody's. nil: nobody looks.
	Verify func(ctx context.Context, ids genesys.IDs) error

	VerifyUnchanged bool // also when nothing is to be changed

	Wait    genesys.Pause // how the pauses pass that the platform needs
	Observe func(Event)

	Smoke   map[genesys.Key]map[string]any // inputs of a test run, by data action
	Targets []Target                       // where calls may go, for the staffing check

	// OwnerRows says that Desired holds all rows of the table of owners: what else is in it goes.
	// Without it its rows are left as they are.
	OwnerRows bool
	Warnings  []string // of the command, told with those of the run

	// Rotate are the credentials whose value is to be replaced, and all that is done then: a
	// supplied one takes the value that Secret gives, that of the run-time client the secret of
	// a new client.
	Rotate []genesys.Key

	Return Return // numbers go back to a route of others, and nothing else is done
	Former string // the name that this deployment had before: what is of that name gives way; empty: none

	ShowStaff bool // look who works there also when the plan leads no new calls to them

	Adopt, Cutover, AllowUnstaffed, ForceUnlock, DeleteQueues bool
	Parallel                                                  int // calls and changes at the same time; 8 when 0
}

// An Event is a step of a change.
type Event struct {
	Change plan.Change
	State  State
	Detail string // what is awaited, or why it failed

	For time.Duration // of Waiting: how long, until it is looked at again
}

// A State is how far a change is.
type State string

// The states of a change; the last three are final.
const (
	Started State = "started"
	Waiting State = "waiting"
	Done    State = "done"
	Failed  State = "failed"
	NotDone State = "notDone"
)

// A run is one reading of an org and what is made of it.
type run struct {
	Config
	name    string
	desired genesys.Set
	id      genesys.Identity

	org      Org
	kinds    map[genesys.Kind]kind
	actions  *actionKind // lists before it finds
	rows     rowKind     // one of them is the record
	scripts  scriptKind  // reads a text where the record does not know a version
	tables   tableKind   // gives rows to those that take its place
	queues   queueKind   // tells who works there
	routes   routeKind   // decides before planning
	flowKind flowKind    // reads a text where the record does not know a version

	lacks []Lack                 // what reading was refused
	told  told                   // for the preflight
	unfit map[genesys.Key]string // why a reference is not there, or cannot serve

	found   []plan.Found         // all that was found
	tried   map[genesys.Key]bool // data actions whose test run has succeeded
	adopted map[string]string    // by id of an integration of ours that was taken over: what its mark says

	mu        sync.Mutex
	ids       map[genesys.Ref]string
	secrets   map[genesys.Key]secret.Value // of OAuth clients made in this run
	renewed   map[genesys.Key]string       // OAuth clients that are made anew beside what is there, and why
	published map[string]published         // by id of a flow
	own       map[string]bool              // ids of all our integrations
	versions  map[string]string            // by id of a script
	touches   map[string]touch             // by id, as far as lists say
	rewritten map[genesys.Key]*rewriting
	crossed   []genesys.Key // credentials that another setup wrote, too
	warnings  []string
	names     map[genesys.Kind][]string // of all queues and skills that the org has

	notes errgroup.Group // what is written into the record while other things go on

	before map[string]map[string]map[string]any // rows by key of tables that another one takes the place of, by its name

	covered  sync.Once
	covers   map[string]cover // by id of a call route
	coverErr error

	recordLock sync.Mutex
	generation int            // of the run-time client's credential, as this run has read or written it last
	record     map[string]any // the tool's own row as it is in the org; nil while there is none
	lost       error          // why it cannot be written
	kept       string         // the version of the flow that stays, for a record that is made anew
}

// A Reconciler holds what was read of an org and the plan made from it.
type Reconciler struct {
	run       *run
	plan      plan.Plan
	unstaffed []string // where calls would wait for nobody
	keys      error    // a credential's value is missing or will not do
	twins     []genesys.Key
	lacking   []Lack // as the preflight settled it
	asked     bool   // whether it did
	stop      error  // why nothing may be begun; see Refuse

	former *run // knows what has the former name; nil: there is none
	own    int  // the changes after these are of the former name
}

// newRun is one that knows nothing yet.
func newRun(cfg Config) *run {
	return &run{
		Config: cfg, name: cfg.Name, desired: cfg.Desired,
		ids: map[genesys.Ref]string{}, secrets: map[genesys.Key]secret.Value{}, renewed: map[genesys.Key]string{}, published: map[string]published{},
		warnings: slices.Clone(cfg.Warnings), names: map[genesys.Kind][]string{}, adopted: map[string]string{}, tried: map[genesys.Key]bool{}, rewritten: map[genesys.Key]*rewriting{}, own: map[string]bool{}, versions: map[string]string{}, touches: map[string]touch{}, unfit: map[genesys.Key]string{},
		before: map[string]map[string]map[string]any{},
	}
}

// Read looks at the org and computes the plan. It only reads.
func Read(ctx context.Context, org Org, cfg Config) (*Reconciler, error) {
	if cfg.Parallel == 0 {
		cfg.Parallel = 8
	}
	if cfg.Observe == nil {
		cfg.Observe = func(Event) {}
	}
	r := newRun(cfg)
	r.meet(org)
	var err error
	if r.id, err = org.Who(ctx); err != nil {
		return nil, fmt.Errorf("ask who this client is: %w", err)
	}
	if cfg.Former == cfg.Name && cfg.Former != "" {
		return nil, fmt.Errorf("the deployment is named %q, which cannot be its former name, too", cfg.Name)
	}
	if cfg.OrgPin != "" && cfg.OrgPin != r.id.OrgName && cfg.OrgPin != r.id.OrgID {
		return nil, &WrongOrgError{Want: cfg.OrgPin, Got: r.id.OrgName, ID: r.id.OrgID}
	}
	r.know(genesys.Key{Kind: genesys.Organization, Name: r.name}, "id", r.id.OrgID)
	r.know(genesys.Key{Kind: genesys.Organization, Name: r.name}, "name", r.id.OrgName)
	if err := r.divisions(ctx, org); err != nil {
		return nil, err
	}
	found, err := r.findAll(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		if isReference(r.desired, f.Key) {
			r.know(f.Key, "id", f.ID)
		}
	}
	if r.Return.Route != "" {
		r.found = found
		p, err := r.giveBack(ctx, found)
		return &Reconciler{run: r, plan: p, own: len(p.Changes)}, err
	}
	twins := twins(found)
	verdicts, moves, err := r.routes.numbers(ctx, r, found)
	if err != nil && !r.refusals("look up the numbers", err) {
		return nil, err
	}
	if r.refused() != nil { // there is no plan, but who works in the queues can be asked all the same
		if _, err := r.members(ctx); err != nil && !r.refusals("read the members of queues", err) {
			return nil, err
		}
		return nil, r.refused()
	}
	for k, why := range r.unfit {
		verdicts[k] = plan.Verdict{Refused: true, Reason: why}
	}
	for _, f := range found {
		if by := r.published[f.ID].lock; by != "" && r.ForceUnlock {
			verdicts[f.Key] = plan.Verdict{Reason: fmt.Sprintf("locked by %s; the lock is taken before it is published", by)}
		}
	}
	if len(r.desired) > 0 {
		found = used(found)
	}
	r.flowKind.compare(ctx, r, found)
	r.scripts.compare(ctx, r, found)
	r.renewals(found)
	r.unfinished(found)
	r.valueGiven(found)
	refused := r.prove(ctx)
	for k, err := range refused {
		verdicts[k] = plan.Verdict{Refused: true, Reason: err.Error()}
	}
	r.found = found
	record, _ := r.recordKey()
	policy := plan.Policy{
		Adopt: r.Adopt, DeleteQueues: r.DeleteQueues, Destroy: len(r.Desired) == 0,
		Immutable: func(k genesys.Kind) []string { return r.kinds[k].immutable() },
		Exact:     func(k genesys.Kind) []string { return r.kinds[k].exact() },
		IDs:       r.resolveRef, Verdicts: verdicts, Record: record,
	}
	p := plan.Compute(found, r.desired, policy)
	if r.recordWritten(found, p) {
		p = plan.Compute(found, r.desired, policy)
	}
	r.knowThose(p)
	if p, err = r.rotation(p); err != nil {
		return nil, err
	}
	if err := r.keep(ctx, p); err != nil && !r.refusals("see what of others is in what would be deleted", err) {
		return nil, err
	}
	for range found { // each time at least one more is kept
		if !r.carry(p) {
			break
		}
		p = plan.Compute(found, r.desired, policy)
		r.knowThose(p)
		if p, err = r.rotation(p); err != nil {
			return nil, err
		}
	}
	if len(r.Rotate) == 0 {
		p.Changes = append(p.Changes, moves...)
		if err := r.preferring(ctx); err != nil && !r.refusals("read queues", err) {
			return nil, err
		}
	}
	r.freed(p)
	own := len(p.Changes)
	var former *run
	if r.Former != "" && len(r.Rotate) == 0 {
		var gone plan.Plan
		if former, gone, err = r.formerName(ctx, org); err != nil && !r.refusals("read what has the former name", err) {
			return nil, err
		}
		p.Changes = append(p.Changes, gone.Changes...)
	}
	bad, err := r.staffing(ctx, p)
	if err != nil && !r.refusals("read the members of queues", err) {
		return nil, err
	}
	if err := r.refused(); err != nil {
		return nil, err
	}
	keys := r.unkeyed(p)
	for _, c := range p.Changes {
		if err := refused[c.Key]; err != nil {
			keys = err
		}
	}
	return &Reconciler{run: r, plan: p, unstaffed: bad, keys: keys, twins: twins, former: former, own: own}, nil
}

// freed says of call routes that go which numbers nobody answers then.
func (r *run) freed(p plan.Plan) {
	for i, c := range p.Changes {
		if c.Key.Kind != genesys.CallRoute || c.Action != plan.Delete {
			continue
		}
		var all []string
		has, _ := r.foundAs(c).Content["dnis"].([]any)
		for _, n := range has {
			all = append(all, text(n))
		}
		if len(all) > 0 {
			p.Changes[i].Reason = strings.TrimPrefix(c.Reason+"; "+isAre(all)+" free then, and nobody answers there", "; ")
		}
	}
}

// knowThose keeps the ids of what stays.
func (r *run) knowThose(p plan.Plan) {
	for _, c := range p.Changes {
		if c.Action == plan.Keep || c.Action == plan.Update {
			r.know(c.Key, "id", c.ID)
		}
		if c.Action == plan.Keep && c.Key.Kind == genesys.Flow && !isReference(r.desired, c.Key) {
			r.kept = r.published[c.ID].version
		}
		if c.Again {
			r.kept = inDoubt
		}
	}
}

func isReference(s genesys.Set, k genesys.Key) bool {
	e, ok := s.Get(k)
	return ok && e.Holding == genesys.Reference
}

// Plan is what Apply will do, no more and no less.
func (r *Reconciler) Plan() plan.Plan { return r.plan }

// Found lists what was found, of which the plan was made.
func (r *Reconciler) Found() []plan.Found { return slices.Clone(r.run.found) }

// Identity tells who reads and in which org.
func (r *Reconciler) Identity() genesys.Identity { return r.run.id }

// IDs gives the ids that are known, for reading the deployed artifacts.
func (r *Reconciler) IDs() genesys.IDs { return r.run.resolveRef }

// Warnings are what went well enough to go on, and should be known.
func (r *Reconciler) Warnings() []string {
	r.run.mu.Lock()
	defer r.run.mu.Unlock()
	out := slices.Clone(r.run.warnings)
	slices.Sort(out) // changes run at the same time; the order says nothing
	return slices.Compact(out)
}

// Warn adds a warning of the command to those of the run.
func (r *Reconciler) Warn(text string) { r.run.warn("%s", text) }

// A WrongOrgError says that the token belongs to another org than the deployment's.
type WrongOrgError struct{ Want, Got, ID string }

func (e *WrongOrgError) Error() string {
	return fmt.Sprintf("this client belongs to org %q (%s), and the deployment is for %q only", e.Got, e.ID, e.Want)
}

// divisions resolves the divisions that the desired entities refer to.
func (r *run) divisions(ctx context.Context, org Reader) error {
	names := map[string]bool{}
	for _, e := range r.desired {
		for _, ref := range e.Refs() {
			if ref.Key.Kind == genesys.Division {
				names[ref.Key.Name] = true
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		k := genesys.Key{Kind: genesys.Division, Name: name}
		if name == r.id.HomeDivision.Text("name") || name == "Home" {
			r.know(k, "id", r.id.HomeDivision.ID)
			continue
		}
		all, err := org.Find(ctx, genesys.Division, name)
		if err != nil && r.refusals("look up divisions", err) {
			continue
		}
		if err != nil {
			return fmt.Errorf("look up division %q: %w", name, err)
		}
		if len(all) == 0 {
			return r.noDivision(ctx, org, name)
		}
		r.know(k, "id", all[0].ID)
	}
	return nil
}

// noDivision says that a division does not exist, with the nearest that does.
func (r *run) noDivision(ctx context.Context, org Reader, name string) error {
	known := []string{"Home", r.id.HomeDivision.Text("name")}
	if all, err := org.Find(ctx, genesys.Division, ""); err == nil { // else there is no hint
		for _, d := range all {
			known = append(known, d.Text("name"))
		}
	}
	slices.Sort(known)
	known = slices.DeleteFunc(slices.Compact(known), func(n string) bool { return n == "" })
	hint := diag.DidYouMean(name, known)
	if hint == "" && len(known) <= 12 {
		hint = "there is " + strings.Join(known, ", ")
	}
	return &DivisionError{Name: name, Org: r.id.OrgName, Hint: hint}
}

// A DivisionError says that the org has no division of that name, or none that this client sees.
type DivisionError struct{ Name, Org, Hint string }

func (e *DivisionError) Error() string {
	return strings.TrimSuffix(fmt.Sprintf("division %q does not exist in org %q; %s", e.Name, e.Org, e.Hint), "; ")
}

// move moves an entity into the division of the desired one, unless it is there. at is where it
// is; nil: somewhere else.
func (r *run) move(ctx context.Context, org Mover, id string, d genesys.Entity, at any) error {
	body, err := r.body(d)
	if err != nil {
		return err
	}
	to := text(object(body["division"])["id"])
	if to == "" || at == to {
		return nil
	}
	if err := org.MoveToDivision(ctx, d.Key.Kind, id, to); err != nil {
		return fmt.Errorf("move it into its division: %w", err)
	}
	return nil
}

// findAll asks all kinds at the same time. Rows need the id of their table, and which
// actions are ours shows by their integrations, so these and the auth actions come second; the lists of data actions
// are asked with the first, and those that must be read are read last.
func (r *run) findAll(ctx context.Context) ([]plan.Found, error) {
	second := []genesys.Kind{genesys.DataTableRow, genesys.AuthAction}
	var mu sync.Mutex
	var all []plan.Found
	look := func(ctx context.Context, ks []genesys.Kind, also ...func(context.Context, *run) error) error {
		g, ctx := errgroup.WithContext(ctx)
		g.SetLimit(r.Parallel + 4)
		for _, f := range also {
			g.Go(func() error {
				if err := f(ctx, r); err != nil && !r.refusals("read dataAction entities", err) {
					return err
				}
				return nil
			})
		}
		for _, k := range ks {
			h := r.kinds[k]
			g.Go(func() error {
				fs, err := h.find(ctx, r)
				if err != nil && r.refusals(fmt.Sprintf("read %s entities", k), err) {
					return nil
				}
				if err != nil {
					return fmt.Errorf("read %s entities: %w", k, err)
				}
				mu.Lock()
				defer mu.Unlock()
				all = append(all, fs...)
				return nil
			})
		}
		return g.Wait()
	}
	var first []genesys.Kind
	for k := range r.kinds {
		if k != genesys.DataAction && !slices.Contains(second, k) {
			first = append(first, k)
		}
	}
	slices.Sort(first)
	if err := look(ctx, first, r.actions.list); err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b plan.Found) int { return cmp.Compare(b.ID, a.ID) }) // of several the smallest is known
	for i, f := range all {
		if f.Owned || r.Adopt && f.Key.Kind == genesys.DataTable { // the rows of one that is taken over are there, too
			r.know(f.Key, "id", f.ID)
			if f.Key.Kind == genesys.Integration {
				r.own[f.ID] = true
			}
		}
		switch {
		case f.Key.Kind != genesys.Integration || f.Adopted == "":
		case f.Owned:
			r.adopted[f.ID] = f.Adopted
		default:
			all[i].Adopted = r.actions.within(r, f.ID)
		}
	}
	if err := look(ctx, second); err != nil {
		return nil, err
	}
	if err := look(ctx, []genesys.Kind{genesys.DataAction}); err != nil { // the record, a row, says which need not be read
		return nil, err
	}
	slices.SortFunc(all, func(a, b plan.Found) int { return cmp.Or(a.Key.Compare(b.Key), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}

// cannot keeps why a reference is not there, or cannot serve.
func (r *run) cannot(k genesys.Key, why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unfit[k] = why
}

// know keeps an id. Further fields of a reference are kept the same way.
func (r *run) know(k genesys.Key, field, value string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ids[genesys.Ref{Key: k, Field: field}] = value
}

func (r *run) resolveRef(ref genesys.Ref) (string, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if v, ok := r.ids[ref]; ok {
		return v, true
	}
	// There is one organization, whatever name a reference gives it.
	if ref.Key.Kind == genesys.Organization {
		v, ok := r.ids[genesys.Ref{Key: genesys.Key{Kind: genesys.Organization, Name: r.name}, Field: ref.Field}]
		return v, ok
	}
	return "", false
}

// body is a desired content with its ids.
func (r *run) body(d genesys.Entity) (map[string]any, error) {
	return genesys.Resolve(d.Content, r.resolveRef)
}

func (r *run) warn(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.warnings = append(r.warnings, fmt.Sprintf(format, args...))
}

// poll waits for what an entity needs of the platform, and tells the observer of it.
func (r *run) poll(ctx context.Context, k genesys.Key, l genesys.Lag, ask func() (bool, error)) error {
	return l.Poll(ctx, r.pause(k, l), ask)
}

// pause is Wait, which tells the observer what an entity waits for.
func (r *run) pause(k genesys.Key, l genesys.Lag) genesys.Pause {
	return func(ctx context.Context, d time.Duration) error {
		r.Observe(Event{Change: plan.Change{Key: k}, State: Waiting, Detail: l.String(), For: d})
		return r.Wait(ctx, d)
	}
}
