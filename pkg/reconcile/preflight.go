package reconcile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"golang.org/x/sync/errgroup"
)

// A Catalogue is what of an org is read beside its entities, to know before the first write whether a
// plan can be carried out there.
type Catalogue interface {
	Limits(ctx context.Context, namespace string) (map[string]int, error)
	Count(ctx context.Context, kind genesys.Kind) (int, error)
	Products(ctx context.Context) ([]string, error)
	KnownPermissions(ctx context.Context, domains []string) ([]genesys.Permission, error)
	Permitted(ctx context.Context, permission string) (everywhere bool, divisions []string, err error)
	IntegrationType(ctx context.Context, id string) (genesys.IntegrationType, error)
	Prompts(ctx context.Context, name string) ([]genesys.Object, error)
}

// A Preflight is what an org says of a plan, as values. Package validate judges them.
type Preflight struct {
	Org   string
	Plan  plan.Plan
	Keys  error  // why the value of a credential will not do, which is the reason of its change, too; nil: it will
	Lacks []Lack // permissions that the plan needs and this client does not hold; nil also when nobody knows

	Limits  []LimitHit
	Types   []TypeHit
	Prompts []string // of the flow, that the org does not have
	Numbers []NumberTaken

	Products     []string                    // of which none is for a contact center; nil when one may be
	Members      map[string][]genesys.Member // by queue; nil: nobody asked
	Unpreferring []string                    // queues that are to ask owners first and do not route to preferred agents
	Unmanned     error                       // why nobody could tell who works in the queues, which a warning of the run says, too
	Unseen       []Unseen
	Remarks      []Remark
}

// A Remark is what there is to say of something that the file names.
type Remark struct {
	Key  genesys.Key
	Text string
}

// A LimitHit is a quota that has no room for what the plan adds.
type LimitHit struct {
	Kind             genesys.Kind
	Name             string // as the platform calls the quota
	Most, Have, Adds int
}

// A TypeHit is a type of integrations that the org cannot have once more.
type TypeHit struct {
	ID             string
	Integration    string // that needs it
	Absent, Barred bool
	Most, Have     int
}

// A NumberTaken is a wanted number that the route does not get.
type NumberTaken struct {
	Number  string
	Owner   string // in words, without a person's name; empty: no pool of the org has the number
	Movable bool   // by the cutover
}

// An Unseen is what could not be looked at, and why.
type Unseen struct {
	What string
	Err  error
}

// told is what reading found on its way that a preflight tells.
type told struct {
	members      map[string][]genesys.Member
	unpreferring []string
	numbers      []NumberTaken
	unmanned     error
	unseen       []Unseen
	remarks      []Remark
}

// remark warns of something that the file names.
func (r *run) remark(k genesys.Key, format string, args ...any) {
	r.warn(format, args...)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told.remarks = append(r.told.remarks, Remark{k, fmt.Sprintf(format, args...)})
}

func (r *run) unseen(what string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told.unseen = append(r.told.unseen, Unseen{what, err})
}

// A quota is a limit of the platform on entities of a kind. Genesys names the keys in no document; a
// third party has seen them. One that the org does not tell is not checked.
type quota struct {
	kind           genesys.Kind
	namespace, key string
}

var quotas = []quota{
	{genesys.Role, "authorization", "org.roles.max"},
	{genesys.DataTable, "datatables", "tables.max.allowed"},
	{genesys.Skill, "skills", "skill.count.max"},
	{genesys.Queue, "routing", "queues.max"},
	{genesys.DataAction, "integrations", "actions.total.max"},
	{genesys.Flow, "architect", "flows.max"},
}

// telephonyOnly are the products that have no contact center, of those that the API description names.
var telephonyOnly = []string{"collaborateFree", "collaboratePro", "communicate"}

// Preflight asks the org, at the same time and by reads alone, what decides whether the plan can be
// carried out: only what the plan needs is asked for. prompt is a user prompt that the flow plays, empty
// for none. A question that is refused or fails is told and stops nothing.
func (r *Reconciler) Preflight(ctx context.Context, c Catalogue, prompt string) Preflight {
	run := r.run
	lacks, known := r.Lacks()
	g := errgroup.Group{}
	g.SetLimit(run.Parallel)
	out := Preflight{
		Org: run.id.OrgName, Plan: r.plan, Keys: r.keys,
		Members: run.told.members, Unmanned: run.told.unmanned, Unpreferring: run.told.unpreferring, Numbers: run.told.numbers, Unseen: slices.Clone(run.told.unseen), Remarks: run.told.remarks,
	}
	var mu sync.Mutex
	ask := func(what string, question func() error) {
		g.Go(func() error {
			err := question()
			if err != nil {
				mu.Lock()
				defer mu.Unlock()
				out.Unseen = append(out.Unseen, Unseen{what, err})
			}
			return nil
		})
	}
	adds := map[genesys.Kind]int{}
	types := map[string]string{} // by type: the integration that needs it
	for _, ch := range r.plan.Changes {
		if ch.Action != plan.Create && ch.Action != plan.Replace {
			continue
		}
		adds[ch.Key.Kind]++
		if d, ok := run.desired.Get(ch.Key); ok && ch.Key.Kind == genesys.Integration {
			types[text(object(d.Content["integrationType"])["id"])] = ch.Key.Name
		}
	}
	for _, q := range quotas {
		if adds[q.kind] > 0 {
			ask(fmt.Sprintf("the limit of %s entities", q.kind), func() error {
				hit, err := run.limit(ctx, c, q, adds[q.kind])
				if hit != nil {
					mu.Lock()
					defer mu.Unlock()
					out.Limits = append(out.Limits, *hit)
				}
				return err
			})
		}
	}
	for id, name := range types {
		ask("the integration type "+id, func() error {
			t, err := c.IntegrationType(ctx, id)
			hit := TypeHit{ID: id, Integration: name, Absent: t.Absent, Barred: t.Barred, Most: t.Most, Have: run.integrations(id)}
			if err == nil && (t.Absent || t.Barred || t.Most > 0 && hit.Have >= t.Most) {
				mu.Lock()
				defer mu.Unlock()
				out.Types = append(out.Types, hit)
			}
			return err
		})
	}
	if adds[genesys.Flow] > 0 {
		ask("the products of the org", func() error {
			products, err := c.Products(ctx)
			if err == nil && len(products) > 0 && !slices.ContainsFunc(products, func(p string) bool { return !slices.Contains(telephonyOnly, p) }) {
				out.Products = products
			}
			return err
		})
	}
	if prompt != "" {
		ask("the prompts", func() error {
			found, err := c.Prompts(ctx, prompt)
			if err == nil && len(found) == 0 {
				out.Prompts = []string{prompt}
			}
			return err
		})
	}
	ours := run.roles(r.plan)
	if len(lacks)+len(ours) > 0 && known {
		ask("which permissions the org's product has", func() (err error) {
			lacks, err = settle(ctx, c, lacks, ours, run.targetDivision())
			return err
		})
	}
	_ = g.Wait() // every failure is told by its question
	if known {
		out.Lacks = lacks
		r.lacking = lacks
		r.asked = true
	}
	slices.SortFunc(out.Limits, func(a, b LimitHit) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(out.Types, func(a, b TypeHit) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(out.Unseen, func(a, b Unseen) int { return cmp.Compare(a.What, b.What) })
	return out
}

// Refuse keeps a plan from being begun, when nothing else does.
func (r *Reconciler) Refuse(why error) { r.stop = why }

// limit compares a quota with what there is and what comes; nil: there is room, or no limit is told.
func (r *run) limit(ctx context.Context, c Catalogue, q quota, adds int) (*LimitHit, error) {
	most, have, err := r.room(ctx, c, q)
	if err != nil || most < 0 || have+adds <= most {
		return nil, err
	}
	return &LimitHit{Kind: q.kind, Name: q.namespace + "/" + q.key, Most: most, Have: have, Adds: adds}, nil
}

// room reads a quota and counts what there is; most is below zero when no limit is told.
func (r *run) room(ctx context.Context, c Catalogue, q quota) (most, have int, err error) {
	all, err := c.Limits(ctx, q.namespace)
	most, told := all[q.key]
	if err != nil || !told {
		return -1, 0, absent(err)
	}
	if wanted := slices.ContainsFunc(r.desired, func(e genesys.Entity) bool { return e.Key.Kind == q.kind }); wanted && (q.kind == genesys.Queue || q.kind == genesys.Skill) {
		return most, len(r.names[q.kind]), nil // all of them are listed when one is wanted
	}
	have, err = c.Count(ctx, q.kind)
	return most, have, err
}

// absent takes "there is none" for an answer: an org that knows no such namespace tells no limit.
func absent(err error) error {
	if errors.Is(err, genesys.ErrNotFound) {
		return nil
	}
	return err
}

// integrations counts those of a type that the org has.
func (r *run) integrations(kind string) (n int) {
	k, _ := r.kinds[genesys.Integration].(*integrationKind)
	for _, o := range k.all {
		if text(object(o.Body["integrationType"])["id"]) == kind {
			n++
		}
	}
	return n
}

// targetDivision is the id of the division in which the deployment lives.
func (r *run) targetDivision() string {
	for _, e := range r.desired {
		for _, ref := range e.Refs() {
			if ref.Key.Kind == genesys.Division {
				id, _ := r.resolveRef(ref)
				return id
			}
		}
	}
	return r.id.HomeDivision.ID
}

// roles lists the permissions that roles of ours would hold. Genesys: a role takes one that the org's
// product does not know without a word.
func (r *run) roles(p plan.Plan) []Lack {
	var out []Lack
	for _, c := range p.Changes {
		d, wanted := r.desired.Get(c.Key)
		if !wanted || c.Key.Kind != genesys.Role || c.Action != plan.Create && c.Action != plan.Update {
			continue
		}
		for _, v := range policies(d.Content["permissionPolicies"]) {
			of := object(v)
			actions, _ := of["actionSet"].([]any)
			for _, a := range actions {
				p := genesys.Permission{Domain: text(of["domain"]), Entity: text(of["entityName"]), Action: text(a)}
				out = append(out, Lack{Permission: p.String(), What: fmt.Sprintf("be held by role %q", c.Key.Name), Change: c.Key})
			}
		}
	}
	return out
}

// settle asks the platform of each permission that seems to be lacking whether it is, and whether the
// org's product knows it at all. What it says is held after all is no lack. Those that a role of ours
// would hold lack where the product does not know them.
func settle(ctx context.Context, c Catalogue, lacks, ours []Lack, division string) ([]Lack, error) {
	domains := map[string]bool{}
	for _, l := range slices.Concat(lacks, ours) {
		for _, p := range strings.Split(l.Permission, " or ") {
			domain, _, _ := strings.Cut(p, ":")
			domains[domain] = true
		}
	}
	g := errgroup.Group{}
	g.SetLimit(8)
	var known []genesys.Permission
	var failed error
	g.Go(func() error {
		known, failed = c.KnownPermissions(ctx, slices.Sorted(maps.Keys(domains)))
		return nil
	})
	out := slices.Clone(lacks)
	held := make([]bool, len(out))
	for i := range out {
		g.Go(func() error {
			sure, elsewhere := true, false
			for _, p := range strings.Split(out[i].Permission, " or ") {
				everywhere, divisions, err := c.Permitted(ctx, p)
				held[i] = held[i] || err == nil && (everywhere || slices.Contains(divisions, division))
				sure, elsewhere = sure && err == nil, elsewhere || len(divisions) > 0
			}
			out[i].Sure, out[i].Elsewhere = sure, elsewhere
			return nil
		})
	}
	_ = g.Wait() // what could not be asked is not sure
	unknown := func(l Lack) bool {
		return failed == nil && len(known) > 0 && !slices.ContainsFunc(strings.Split(l.Permission, " or "), func(p string) bool { return genesys.Permit(known, p) })
	}
	var left []Lack
	for i, l := range out {
		if !held[i] {
			l.Unlicensed = unknown(l)
			left = append(left, l)
		}
	}
	for _, l := range ours {
		if l.Unlicensed = unknown(l); l.Unlicensed {
			left = append(left, l)
		}
	}
	return sorted(left), failed
}

// Vacancy says why nobody would answer calls of a target, as a sentence; empty when somebody does.
// members are those of each queue that exists.
func Vacancy(t Target, members map[string][]genesys.Member) string {
	_, told := vacancy(t, members)
	return told
}
