package blueprint

import (
	"slices"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/routing"
)

// ownerScore makes the owner the most preferred agent. Genesys: scores are 0 to 100.
const ownerScore = 100

// ownerData is what the flow needs to ask an owner first; nil when no rule prefers owners.
type ownerData struct {
	Table     string
	Present   expr.Node // somebody is to be asked first
	User      expr.Node // and is a user of the org
	Preferred expr.Node
}

// PrefersOwner reports whether some rule of a deployment prefers the owner.
func PrefersOwner(d *deployment.Deployment) bool {
	return slices.ContainsFunc(d.Routing.Rules, func(r deployment.Rule) bool { return r.To.PrefersOwner() })
}

// OwnersTable is the name of a deployment's table of owners.
func OwnersTable(deployment string) string { return deployment + genesys.OwnersEnding }

func (b *builder) usesOwner() bool { return PrefersOwner(b.d) }

// ownerList is the owner of each contact or deal on its way through a data action.
func ownerList() list { return listOf(hubspot.PropOwner, routing.StringFact, "owner", "Owner", "") }

// contactOwner reads the contact's owner.
func contactOwner(id expr.Node) read { return ownerList().readOf(id, routing.StringFact, "Flow.Owner") }

// dealOwner reads the deal's owner, in whose place the contact's stays.
func dealOwner(id expr.Node) read {
	l := ownerList()
	r := l.readOf(id, routing.StringFact, "Flow.Owner")
	i := fn("FindFirst", v(l.Of), id)
	r.Read = choose(atLeast(i, whole(0)), at(v(l.Values), i), v(r.Var))
	return r
}

// ownerPart is how the transfer asks the owner first. A pair of a user that is NOT_SET is made
// nowhere: what Genesys does with one is not documented.
func (b *builder) ownerPart(f *flowData) {
	if !b.usesOwner() {
		return
	}
	user := v("Flow.OwnerUser")
	found := fn("FindUserById", user)
	f.Owner = &ownerData{
		Table:     b.names.owners,
		Present:   all(v("Flow.PreferOwner"), eq(empty(v("Flow.Owner")), yes(false))),
		User:      choose(empty(user), yes(false), isSet(found)),
		Preferred: fn("MakeListAgentScorePair", fn("MakeList", found), fn("MakeList", whole(ownerScore))),
	}
}

// renderOwners renders the table of owners.
func (b *builder) renderOwners() diag.Findings {
	if !b.usesOwner() {
		return nil
	}
	r, fs := b.engine.render("tables/owners.yaml.tmpl", tableData{Name: b.names.owners})
	if fs.Has(diag.Error) {
		return fs
	}
	root, fs := decodeStrict(r, &b.owners)
	if fs.Has(diag.Error) {
		return fs
	}
	if b.owners.Columns.Kind != yaml.MappingNode {
		return r.fail(1, "columns must be a mapping")
	}
	fs = r.unnamed(root, "the table of owners", b.owners.Name, b.names.owners)
	fs = append(fs, unreadable(r, b.owners)...)
	for _, name := range []string{"key", genesys.OwnersUser} {
		if k, col := keyIn(&b.owners.Columns, name); k == nil {
			fs = append(fs, r.lost(b.owners.Columns.Line, "keep the columns of the built-in template", "the table of owners has no column %q", name))
		} else if _, t := keyIn(col, "type"); t == nil || t.Value != "string" {
			fs = append(fs, r.lost(k.Line, "write {type: string}", "column %q is of another type than string", name))
		}
	}
	if len(b.owners.Rows.Content) > 0 {
		fs = append(fs, r.lost(b.owners.Rows.Line, "write rows: {}", "the table of owners has rows in its template: setup makes them of HubSpot's owners"))
	}
	if fs != nil {
		return fs
	}
	b.out.Artifacts = append(b.out.Artifacts, Artifact{"tables/" + b.names.owners + ".yaml", r.text})
	return nil
}
