package blueprint

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"text/template"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/hubspot"
)

// A Blueprint is everything that a deployment consists of. It is a value: nothing in it
// depends on an org, a clock or the order of a map.
type Blueprint struct {
	Name        string
	Artifacts   []Artifact // sorted by path
	Entities    genesys.Set
	Flow        FlowArtifact
	Actions     []ActionArtifact // find contact, find company when numbers of companies count, find deals unless a rollup stands for them, and trip breaker when there is one
	Auth        *ActionArtifact  // the custom auth action, where the platform renews access tokens; else nil
	RunTime     []string         // permissions that the client needs which data actions of Genesys Cloud run with; sorted
	Assumptions []Assumption     // what the artifacts rest on and nothing published settles
}

// An Artifact is a file of a deployment.
type Artifact struct {
	Path string // slash-separated, such as flow/acme-inbound.yaml
	Text string
}

// A FlowArtifact is the call flow, as text and parsed back from that text.
type FlowArtifact struct {
	Name string
	Text string
	Tree *architect.File

	source rendering
	again  func() (rendering, diag.Findings) // with reasons
}

// Annotated is the text with the reason of each action as a comment above it, as far as the
// template says one. It makes the very same flow.
func (f FlowArtifact) Annotated() (string, diag.Findings) {
	r, fs := f.again()
	return r.text, fs
}

// At is the place in the template that wrote a line of the text, so that what is found in
// the flow is reported where somebody can change it.
func (f FlowArtifact) At(line int) diag.Position { return f.source.at(line) }

// Roles of the data actions in the flow.
const (
	RoleFindContact = "findContact"
	RoleFindCompany = "findCompany"
	RoleFindDeals   = "findDeals"
	RoleTripBreaker = "tripBreaker"
	RoleAuth        = "authenticate" // no action of the flow: the platform runs it
)

// An ActionArtifact is a data action, parsed back from its rendered export.
type ActionArtifact struct {
	Key        genesys.Key
	Category   string // the integration, by which a flow names the action
	Definition *dataaction.Definition
	Role       string
	Smoke      map[string]any // inputs of a test run that finds nobody and changes nothing that counts
}

// Render makes the blueprint of a deployment from the templates of a file system, which has
// them under the paths of package templates. The blueprint is nil when a finding is an
// error. Findings about a template are placed in it, those about the deployment file there.
func Render(d *deployment.Deployment, tfs fs.FS) (*Blueprint, diag.Findings) {
	b := newBuilder(d, tfs)
	var all diag.Findings
	for _, step := range []func() diag.Findings{b.sizes, b.renderActions, b.renderAuth, b.renderTable, b.renderOwners, b.renderScript, b.makeEntities, b.renderFlow} {
		found := step()
		all = append(all, found...)
		if found.Has(diag.Error) {
			return nil, all
		}
	}
	slices.SortFunc(b.out.Artifacts, func(x, y Artifact) int { return cmp.Compare(x.Path, y.Path) })
	b.out.Assumptions = assumptionsOf(d)
	return b.out, all
}

// Endings of the name of the credential for HubSpot: one that holds a service key, an access
// token that is renewed from outside, or what the platform gets access tokens with. Each way has a
// name of its own, so that nobody who still renews a token writes over a key.
const (
	KeyEnding   = " HubSpot key"
	TokenEnding = " HubSpot token"
	OAuthEnding = " HubSpot OAuth"
)

// ClientEnding ends the name of the credential that holds the run-time client's secret.
const ClientEnding = " runtime client"

// ControlTable is the name of a deployment's control table.
func ControlTable(deployment string) string { return deployment + "-control" }

// Scopes lists the scopes that the HubSpot key needs for the data actions, sorted.
func (b *Blueprint) Scopes() []string {
	var out []string
	for _, a := range b.Actions {
		if s := hubspot.Scope(a.Definition.Request.URLTemplate); s != "" {
			out = append(out, s)
		}
	}
	if _, owners := b.Entities.Get(key(genesys.DataTable, OwnersTable(b.Name))); owners {
		out = append(out, hubspot.ScopeOwners) // no data action reads them: the tool does
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Flows lists the flows of the org to which calls are handed over, sorted.
func (b *Blueprint) Flows() []string {
	var out []string
	for _, e := range b.Entities {
		if e.Key.Kind == genesys.Flow && e.Holding == genesys.Reference {
			out = append(out, e.Key.Name)
		}
	}
	return out
}

// Resolve is the blueprint with every reference replaced by what the org calls it. It is an
// error when a value is missing.
func (b *Blueprint) Resolve(ids genesys.IDs) (*Blueprint, error) {
	out := *b
	out.Artifacts = slices.Clone(b.Artifacts)
	for i, a := range out.Artifacts {
		t, err := genesys.Resolve(a.Text, ids)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.Path, err)
		}
		out.Artifacts[i].Text = t
	}
	out.Entities = slices.Clone(b.Entities)
	for i, e := range out.Entities {
		var err error
		if out.Entities[i].Content, err = genesys.Resolve(e.Content, ids); err != nil {
			return nil, fmt.Errorf("%s: %w", e.Key, err)
		}
		if out.Entities[i].Text, err = genesys.Resolve(e.Text, ids); err != nil {
			return nil, fmt.Errorf("%s: %w", e.Key, err)
		}
	}
	if strings.Contains(b.Flow.Text, "ref(") {
		t, err := genesys.Resolve(b.Flow.Text, ids)
		if err != nil {
			return nil, fmt.Errorf("flow %s: %w", b.Flow.Name, err)
		}
		if t != b.Flow.Text {
			out.Flow.Text = t
			tree, found := architect.Parse(b.Flow.Tree.Name, []byte(t))
			if err := found.Err(); err != nil {
				return nil, err
			}
			out.Flow.Tree = tree
		}
	}
	out.Actions = slices.Clone(b.Actions)
	for i, a := range out.Actions {
		url, err := genesys.Resolve(a.Definition.Request.URLTemplate, ids)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.Key, err)
		}
		body, err := genesys.Resolve(a.Definition.Request.Template, ids)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.Key, err)
		}
		def := *a.Definition
		def.Request.URLTemplate, def.Request.Template = url, body
		out.Actions[i].Definition = &def
	}
	return &out, nil
}

// A builder gathers a blueprint step by step.
type builder struct {
	d        *deployment.Deployment
	engine   engine
	names    names
	facts    []fact
	anyOpens []anyOpen
	long     []longTest        // what rules ask for that is too long for their own expressions
	longBy   map[string]string // the variable of each, by what it asks
	control  controlTable
	owners   controlTable // empty when no rule prefers owners
	script   string       // the rendered script; empty without one
	out      *Blueprint
}

// names are those of the entities; each starts with the deployment's.
type names struct {
	flow, route, table, owners, hubspot, genesys, role, client string
	hubspotKey, clientKey                                      string
	auth                                                       string
	findContact, findCompany, findDeals                        string // with eight digits of a hash
	tripBreaker, script                                        string // with eight digits of a hash
}

func newBuilder(d *deployment.Deployment, tfs fs.FS) *builder {
	prefix := "templates"
	if d.Templates != "" {
		prefix = d.Templates
	}
	hubspot, credential := d.Name+" HubSpot", d.Name+KeyEnding
	switch {
	case d.HubSpot.Auth.Outside():
		credential = d.Name + TokenEnding
	case d.HubSpot.Auth.ByPlatform(): // Genesys: an enabled integration keeps its type of credential
		hubspot, credential = d.Name+" HubSpot OAuth", d.Name+OAuthEnding
	}
	return &builder{
		d: d, engine: engine{fs: tfs, prefix: prefix, parsed: map[string]*template.Template{}}, facts: factsOf(d), anyOpens: anyOpensOf(d), out: &Blueprint{Name: d.Name},
		names: names{
			flow: d.Name, route: d.Name, table: ControlTable(d.Name), owners: OwnersTable(d.Name),
			hubspot: hubspot, genesys: d.Name + " Genesys Cloud",
			role: d.Name + " runtime", client: d.Name + " runtime",
			hubspotKey: credential, clientKey: d.Name + ClientEnding, auth: hubspot + " authentication",
		},
	}
}

// Waits, in seconds. The budget is split so that all lookups stay within it; what the
// platform itself may take longer than the flow waits is the action's own timeout.
const (
	dealsTimeout   = 1
	companyTimeout = 1
	breakerTimeout = 1
	actionSlack    = 1
)

func (b *builder) contactTimeout() int {
	rest := int(b.d.Enrichment.Budget.Seconds())
	if !b.rolled() {
		rest -= dealsTimeout
	}
	if b.companyNumbers() {
		rest -= companyTimeout
	}
	return rest
}

func (b *builder) mark(content any) genesys.Mark {
	return genesys.NewMark(b.d.Name, content)
}
