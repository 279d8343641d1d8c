package blueprint_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/hubspot"
)

func TestOwnersAreJoinedByEmail(t *testing.T) {
	owners := []hubspot.Owner{
		{ID: "900", Email: "Ada@Example.com"}, {ID: "12", Email: " ben@example.com "}, {ID: "13", Email: "nobody@example.com"}, {ID: "14"},
		{ID: "15", Email: "twin@example.com"}, {ID: "16", Email: "ada@example.com", Archived: true}, {ID: "17", Email: "ada@example.com", Type: "QUEUE"}, {ID: "18", Email: "ada@example.com", Type: "PERSON"},
	}
	users := []genesys.User{{ID: "u1", Email: "ada@EXAMPLE.com"}, {ID: "u2", Email: "ben@example.com"}, {ID: "u3", Email: "twin@example.com"}, {ID: "u4", Email: "Twin@example.com"}, {ID: "u5"}}
	o := blueprint.JoinOwners("acme", owners, users)
	var rows []string
	for _, e := range o.Rows {
		rows = append(rows, fmt.Sprint(e.Key.Name, " ", e.Content))
	}
	want := []string{"acme-owners/12 map[key:12 user:u2]", "acme-owners/18 map[key:18 user:u1]", "acme-owners/900 map[key:900 user:u1]"}
	if !slices.Equal(rows, want) {
		t.Errorf("rows %q", rows)
	}
	if got, want := o.Gaps(), "3 of 6 owners in HubSpot are no user here, and their calls go as without: no active user has the e-mail of 13; several active users have the e-mail of 15; HubSpot has no e-mail of 14"; got != want {
		t.Errorf("gaps\n%s\nwant\n%s", got, want)
	}
	for id, want := range map[string]string{"14": "HubSpot has no e-mail of 14", "900": "", "16": "in HubSpot owner 16 is deactivated", "5": ""} {
		if got := o.Why(id); got != want {
			t.Errorf("why %s: %q", id, got)
		}
	}
	if got := blueprint.JoinOwners("acme", owners[:1], users).Gaps(); got != "" {
		t.Errorf("nobody is missing: %q", got)
	}
}

// Genesys: a data table holds 5,000 rows.
func TestMoreOwnersThanATableHolds(t *testing.T) {
	var owners []hubspot.Owner
	var users []genesys.User
	for i := range 5012 {
		email := fmt.Sprintf("o%d@example.com", i)
		owners = append(owners, hubspot.Owner{ID: fmt.Sprint(10000 + i), Email: email})
		users = append(users, genesys.User{ID: fmt.Sprint("u", i), Email: email})
	}
	slices.Reverse(owners)
	o := blueprint.JoinOwners("acme", owners, users)
	if len(o.Rows) != 5000 || o.Rows[0].Key.Name != "acme-owners/10000" {
		t.Errorf("%d rows from %s on", len(o.Rows), o.Rows[0].Key.Name)
	}
	if got := o.Gaps(); !strings.HasPrefix(got, "12 of 5012 owners in HubSpot have no row,") || !strings.Contains(got, "5,000 rows") || !strings.HasSuffix(got, "15009 and 2 more") {
		t.Errorf("gaps %s", got)
	}
}

// TestOwnersNeedATableAndAScope: who the owners are is data of the org; the text of a deployment and
// the hash of its policy say that owners are preferred and nothing more.
func TestOwnersNeedATableAndAScope(t *testing.T) {
	with := render(t, "../../examples/every-setting/dealroute.yaml")
	table := genesys.Key{Kind: genesys.DataTable, Name: "acme-every-setting-owners"}
	if _, ok := with.Entities.Get(table); !ok || !slices.Contains(with.Scopes(), hubspot.ScopeOwners) {
		t.Errorf("a rule prefers owners: table %v, scopes %v", ok, with.Scopes())
	}
	for _, e := range with.Entities {
		if e.Key.Kind == genesys.DataTableRow && strings.HasPrefix(e.Key.Name, table.Name+"/") {
			t.Errorf("the deployment has a row of an owner: %s", e.Key)
		}
	}
	without := render(t, "../../examples/minimal/dealroute.yaml")
	if slices.Contains(without.Scopes(), hubspot.ScopeOwners) || strings.Contains(without.Flow.Text, "Owner") || strings.Contains(without.Flow.Text, "FindUserById") {
		t.Errorf("no rule prefers owners: scopes %v", without.Scopes())
	}
	for _, a := range without.Artifacts {
		if strings.Contains(a.Text, "owner") {
			t.Errorf("no rule prefers owners, and %s asks for them", a.Path)
		}
	}
}
