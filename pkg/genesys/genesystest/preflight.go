package genesystest

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/genesys"
)

// limits are the quotas of a new org, by namespace and key. The keys are Genesys', the values those
// that its help pages name or, where they name none, made up.
var limits = map[string]map[string]int{
	"authorization": {"org.roles.max": 1000},
	"datatables":    {"tables.max.allowed": 200},
	"skills":        {"skill.count.max": 2000},
	"routing":       {"queues.max": 5000},
	"architect":     {"flows.max": 2000},
	"integrations": {
		"actions.total.max": 500, "actions.integration.max": 100, "requests.volume.max": genesys.ExecutionsPerMinute, "actions.concurrent.executions.max": genesys.ConcurrentExecutions,
	},
}

// An IntegrationType is what an org says of a type of integrations.
type IntegrationType struct {
	Absent         bool // the org has no such type
	NonInstallable bool // it may not be installed
	MaxInstances   int  // 0: 50, or 10 of Genesys Cloud data actions
}

// Limit replaces a quota of the org. What goes beyond it is refused with the quota's key.
func Limit(namespace, key string, most int) Option {
	return func(o *options) {
		if o.limits == nil {
			o.limits = map[string]map[string]int{}
		}
		if o.limits[namespace] == nil {
			o.limits[namespace] = map[string]int{}
		}
		o.limits[namespace][key] = most
	}
}

// WithoutPermission takes permissions away from the bootstrap client, which has all others.
func WithoutPermission(list ...string) Option {
	return func(o *options) { o.withheld = append(o.withheld, parsed(list)...) }
}

// Unlicensed takes permissions out of what the org's product knows: nobody holds them, and the
// catalogue does not list them.
func Unlicensed(list ...string) Option {
	return func(o *options) { o.unlicensed = append(o.unlicensed, parsed(list)...) }
}

func parsed(list []string) []genesys.Permission {
	var out []genesys.Permission
	for _, written := range list {
		if p, ok := genesys.ParsePermission(written); ok {
			out = append(out, p)
		}
	}
	return out
}

// Products replaces the products of the org, which is engage.
func Products(ids ...string) Option { return func(o *options) { o.products = ids } }

// WithIntegrationType changes what the org says of a type.
func WithIntegrationType(id string, t IntegrationType) Option {
	return func(o *options) {
		if o.types == nil {
			o.types = map[string]IntegrationType{}
		}
		o.types[id] = t
	}
}

// Silent makes the org tell the roles of a subject without their policies, as newer versions of the
// API may.
func Silent() Option { return func(o *options) { o.silent = true } }

func preflightHandlers() map[string]handler {
	return map[string]handler{
		"GET /api/v2/organizations/limits/namespaces/{namespaceName}": (*call).limitList,
	}
}

// limitOf is a quota as it is in force; 0 is none.
func (s *Server) limitOf(namespace, key string) int {
	if n, set := s.opts.limits[namespace][key]; set {
		return n
	}
	return limits[namespace][key]
}

func (c *call) limitList() (int, any, error) {
	ns := c.params[0]
	keys := slices.Collect(maps.Keys(limits[ns]))
	for k := range c.s.opts.limits[ns] {
		if !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		return 0, nil, notFound("namespace", ns)
	}
	slices.Sort(keys)
	out := []any{}
	for _, k := range keys {
		out = append(out, map[string]any{"key": k, "namespace": ns, "value": c.s.limitOf(ns, k)})
	}
	return ok(map[string]any{"entities": out})
}

// quotas say which collection a quota counts, and with what the platform refuses one more.
var quotas = map[string]struct {
	namespace, key string
	status         int
	code           string
}{
	roles:  {"authorization", "org.roles.max", http.StatusBadRequest, "max.roles.exceeded"},
	tables: {"datatables", "tables.max.allowed", http.StatusBadRequest, "flows.datatables.too.many.tables"},
	skills: {"skills", "skill.count.max", http.StatusBadRequest, "general.bad.request"},
	queues: {"routing", "queues.max", http.StatusBadRequest, "queue.limit.exceeded"},
}

// room refuses one more of a collection than the org may have.
func (c *call) room(collection string) error {
	q := quotas[collection]
	most := c.s.limitOf(q.namespace, q.key)
	if len(c.s.state.all(collection)) < most {
		return nil
	}
	e := failed(q.status, q.code, "The limit of %d is reached", most)
	e.Limit = &errorLimit{Key: q.key, Namespace: q.namespace, Value: most}
	return e
}

// instances refuses an integration of a type that the org may not have, or not once more.
func (c *call) instances(id string) error {
	t, found := c.s.integrationType(id)
	n := 0
	for _, e := range c.s.state.all(integrations) {
		if str(object(e.Body["integrationType"])["id"]) == id {
			n++
		}
	}
	switch {
	case !found:
		return failed(http.StatusBadRequest, "bad.request", "Integration type %q does not exist", id)
	case t.NonInstallable:
		return failed(http.StatusBadRequest, "bad.request", "Integration type %q cannot be installed", id)
	case n >= t.MaxInstances:
		return failed(http.StatusBadRequest, "max.integrations.reached", "The org has %d integrations of type %q", n, id)
	}
	return nil
}

// integrationType is a type as the org has it.
func (s *Server) integrationType(id string) (IntegrationType, bool) {
	t := s.opts.types[id]
	_, known := integrationTypes[id]
	most := 50
	if id == "purecloud-data-actions" {
		most = 10
	}
	t.MaxInstances = cmp.Or(t.MaxInstances, most)
	return t, known && !t.Absent
}

// limited reports whether options take something from what the bootstrap client's role holds.
func (s *Server) limited() bool {
	return s.opts.permissions != nil || len(s.opts.withheld)+len(s.opts.unlicensed) > 0
}

// sold leaves of the permissions that roles give a client those that the org's product knows, and of
// the bootstrap client's those that are not withheld. A wildcard then stands for all that there are.
func (s *Server) sold(client string, held []genesys.Permission) []genesys.Permission {
	if len(s.opts.withheld)+len(s.opts.unlicensed) == 0 {
		return held
	}
	gone := func(p genesys.Permission, from []genesys.Permission) bool {
		return slices.ContainsFunc(from, func(w genesys.Permission) bool { return w.Covers(p) })
	}
	var out []genesys.Permission
	for _, h := range held {
		ones := []genesys.Permission{h}
		if h.Domain == "*" || h.Entity == "*" || h.Action == "*" {
			ones = s.catalogue()
		}
		for _, p := range ones {
			if h.Covers(p) && !gone(p, s.opts.unlicensed) && (client != ClientID || !gone(p, s.opts.withheld)) {
				out = append(out, p)
			}
		}
	}
	return out
}

// catalogue are all permissions that the org's product knows, sorted.
func (s *Server) catalogue() []genesys.Permission {
	var all []string
	for _, o := range s.spec.Operations {
		all = append(all, o.Permissions...)
	}
	all = append(all, undescribed...)
	slices.Sort(all)
	return slices.DeleteFunc(parsed(slices.Compact(all)), func(p genesys.Permission) bool {
		return slices.ContainsFunc(s.opts.unlicensed, func(w genesys.Permission) bool { return w.Covers(p) })
	})
}

// undescribed are permissions that no operation of the description asks for, and that the platform's
// help page on permissions lists.
var undescribed = strings.Fields("architect:flow:add architect:flow:edit architect:flow:publish architect:flow:unlock scripter:script:add scripter:script:edit scripter:script:delete")
