package blueprint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

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
	User      expr.Node // and the table says which user that is
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
// nowhere: what Genesys does with one is not documented. That the user exists is asked where he is
// preferred, and nowhere else: an older Architect knows FindUserById there only.
func (b *builder) ownerPart(f *flowData) {
	if !b.usesOwner() {
		return
	}
	user := v("Flow.OwnerUser")
	found := fn("FindUserById", user)
	f.Owner = &ownerData{
		Table:     b.names.owners,
		Present:   all(v("Flow.PreferOwner"), eq(empty(v("Flow.Owner")), yes(false))),
		User:      eq(empty(user), yes(false)),
		Preferred: choose(isSet(found), scored(fn("MakeList", found), fn("MakeList", whole(ownerScore))), scored(fn("MakeEmptyList", found), fn("MakeEmptyList", whole(0)))),
	}
}

func scored(users, scores expr.Node) expr.Node { return fn("MakeListAgentScorePair", users, scores) }

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
	if fs == nil {
		fs = unfit(r, b.owners)
	}
	if fs != nil {
		return fs
	}
	b.out.Artifacts = append(b.out.Artifacts, Artifact{"tables/" + b.names.owners + ".yaml", r.text})
	return nil
}

// maxRows is how many rows a data table holds (Genesys' help on data tables).
const maxRows = 5000

// Owners are HubSpot's owners as the org knows them.
type Owners struct {
	Rows  genesys.Set // of the table of owners; ids and nothing else
	Total int         // owners who are people and are not deactivated

	gaps map[string][]string // ids of the owners without a row, by why
	left []string            // ids of deactivated ones, where they are known
}

// Why an owner has no row, as a sentence begins that ends with his id.
const (
	gapNoEmail = "HubSpot has no e-mail of"
	gapNoUser  = "no active user has the e-mail of"
	gapTwins   = "several active users have the e-mail of"
	gapFull    = "a data table holds 5,000 rows, and there is none left for"
)

// JoinOwners joins HubSpot's owners to the users of an org by e-mail, capitals aside. Who of several
// users with one e-mail is meant nobody can say.
func JoinOwners(deployment string, owners []hubspot.Owner, users []genesys.User) Owners {
	byEmail := map[string][]string{}
	for _, u := range users {
		if e := emailOf(u.Email); e != "" && !slices.Contains(byEmail[e], u.ID) {
			byEmail[e] = append(byEmail[e], u.ID)
		}
	}
	o := Owners{gaps: map[string][]string{}}
	table := key(genesys.DataTable, OwnersTable(deployment))
	for _, x := range owners {
		if x.Archived {
			o.left = append(o.left, x.ID)
		}
	}
	people := slices.DeleteFunc(slices.Clone(owners), func(x hubspot.Owner) bool {
		return x.Archived || x.Type != "" && x.Type != hubspot.OwnerPerson
	})
	slices.SortFunc(people, func(a, b hubspot.Owner) int {
		return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	var rows []genesys.Entity
	for _, x := range people {
		o.Total++
		email := emailOf(x.Email)
		why := ""
		switch ids := byEmail[email]; {
		case email == "":
			why = gapNoEmail
		case len(ids) == 0:
			why = gapNoUser
		case len(ids) > 1:
			why = gapTwins
		case len(rows) == maxRows:
			why = gapFull
		default:
			rows = append(rows, genesys.Entity{
				Key: key(genesys.DataTableRow, table.Name+"/"+x.ID), Holding: genesys.Owned, Needs: []genesys.Key{table},
				Content: map[string]any{"key": x.ID, genesys.OwnersUser: ids[0]},
			})
			continue
		}
		o.gaps[why] = append(o.gaps[why], x.ID)
	}
	o.Rows = genesys.NewSet(rows...)
	return o
}

func emailOf(text string) string { return strings.ToLower(strings.TrimSpace(text)) }

// Gaps says which owners have no user, by their ids; empty when all have one.
func (o Owners) Gaps() string {
	const most = 10 // ids of a sentence
	n := 0
	var parts []string
	for _, why := range []string{gapNoUser, gapTwins, gapNoEmail, gapFull} {
		ids := o.gaps[why]
		if len(ids) == 0 {
			continue
		}
		n += len(ids)
		said := why + " " + strings.Join(ids[:min(len(ids), most)], ", ")
		if more := len(ids) - most; more > 0 {
			said += fmt.Sprintf(" and %d more", more)
		}
		parts = append(parts, said)
	}
	if n == 0 {
		return ""
	}
	are := "are no user here"
	if len(o.gaps[gapFull]) > 0 { // who are
		are = "have no row"
	}
	return fmt.Sprintf("%d of %d owners in HubSpot %s, and their calls go as without: %s", n, o.Total, are, strings.Join(parts, "; "))
}

// Why says why one owner has no row; empty when he has one, or is not among those that were joined.
func (o Owners) Why(id string) string {
	for why, ids := range o.gaps {
		if slices.Contains(ids, id) {
			return why + " " + id
		}
	}
	if slices.Contains(o.left, id) {
		return "in HubSpot owner " + id + " is deactivated"
	}
	return ""
}
