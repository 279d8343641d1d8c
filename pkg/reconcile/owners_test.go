package reconcile_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/reconcile"
)

const ownersTable = "acme-inbound-owners"

// owning makes the first rule prefer owners, who are these: the user by the owner's id. nil: owners
// are not compared.
func owning(t *testing.T, users map[string]string) func(*reconcile.Config) {
	t.Helper()
	_, b := rendered(t, basic, func(text string) string {
		return strings.Replace(text, "priority: 10}", "priority: 10, owner: prefer}", 1)
	})
	es := b.Entities
	table := genesys.Key{Kind: genesys.DataTable, Name: ownersTable}
	for id, user := range users {
		es = genesys.NewSet(append(es, genesys.Entity{
			Key: genesys.Key{Kind: genesys.DataTableRow, Name: ownersTable + "/" + id}, Holding: genesys.Owned, Needs: []genesys.Key{table},
			Content: map[string]any{"key": id, "user": user},
		})...)
	}
	smoke := map[genesys.Key]map[string]any{}
	for _, a := range b.Actions {
		smoke[a.Key] = a.Smoke
	}
	return func(c *reconcile.Config) {
		c.Desired, c.File, c.Smoke, c.OwnerRows = es, b.Entities, smoke, users != nil
		c.Targets[0].PrefersOwner = true
	}
}

// ownerRows are what the table of owners holds, by the owner's id.
func (w *world) ownerRows(t *testing.T) map[string]string {
	t.Helper()
	rows, err := w.client.Rows(t.Context(), w.one(t, genesys.DataTable, ownersTable).ID)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, r := range rows {
		out[fmt.Sprint(r["key"])] = fmt.Sprint(r["user"])
	}
	return out
}

// TestOwnersAreCompared: the rows become what HubSpot and the org say, the plan names each, and a
// second run does nothing; where nobody can say, they stay.
func TestOwnersAreCompared(t *testing.T) {
	w := newWorld(t)
	before := map[string]string{"41": "u1", "42": "u2", "43": "u3"}
	apply(t, w.read(t, owning(t, before)))
	if got := w.ownerRows(t); !maps.Equal(got, before) {
		t.Fatalf("rows %v", got)
	}
	if got := changes(w.read(t, owning(t, before)).Plan()); got != "" {
		t.Errorf("a further plan is not empty:\n%s", got)
	}
	if got := changes(w.read(t, owning(t, nil)).Plan()); got != "" {
		t.Errorf("owners were not compared, and the plan is not empty:\n%s", got)
	}
	after := map[string]string{"41": "u9", "43": "u3", "44": "u4"}
	r := w.read(t, owning(t, after))
	want := "update dataTableRow acme-inbound-owners/41  user\ncreate dataTableRow acme-inbound-owners/44 \ndelete dataTableRow acme-inbound-owners/42 no owner of HubSpot is joined to a user by it\n"
	if got := changes(r.Plan()); got != want {
		t.Errorf("plan\n%swant\n%s", got, want)
	}
	apply(t, r)
	if got := w.ownerRows(t); !maps.Equal(got, after) {
		t.Errorf("rows %v", got)
	}
	none := w.read(t, owning(t, map[string]string{}))
	apply(t, none)
	if got := w.ownerRows(t); len(got) != 0 {
		t.Errorf("nobody has a user, and rows are %v", got)
	}
}

// TestOwnersGoWithTheirTable: all its rows are setup's, so nothing in it keeps it.
func TestOwnersGoWithTheirTable(t *testing.T) {
	for name, change := range map[string]func(*reconcile.Config){
		"no rule prefers owners": nil,
		"destroy":                func(c *reconcile.Config) { c.Desired = genesys.Set{} },
	} {
		w := newWorld(t)
		apply(t, w.read(t, owning(t, map[string]string{"41": "u1"})))
		if err := w.client.AddRow(t.Context(), w.one(t, genesys.DataTable, ownersTable).ID, map[string]any{"key": "by hand", "user": "x"}); err != nil {
			t.Fatal(err)
		}
		apply(t, w.read(t, change))
		left, err := w.client.Find(t.Context(), genesys.DataTable, ownersTable)
		if err != nil || len(left) != 0 {
			t.Errorf("%s: the table is still there: %v, %v", name, left, err)
		}
	}
}

// TestQueuesThatAskNoOwnerFirst are warned of, each once, when a rule prefers owners there.
func TestQueuesThatAskNoOwnerFirst(t *testing.T) {
	for _, c := range []struct {
		rules []genesystest.SeedRoutingRule
		warns bool
	}{{nil, true}, {[]genesystest.SeedRoutingRule{{Operator: "MEETS_THRESHOLD", Threshold: 100, WaitSeconds: 20}}, false}} {
		w := newWorldSeeded(t, func(s *genesystest.Seed) {
			for i := range s.Queues {
				s.Queues[i].RoutingRules = c.rules
			}
		})
		r := w.read(t, owning(t, map[string]string{}))
		told := slices.DeleteFunc(r.Warnings(), func(s string) bool { return !strings.Contains(s, "preferred agents") })
		if (len(told) == 1 && strings.Contains(told[0], `"Sales"`)) != c.warns || len(told) > 1 {
			t.Errorf("routing rules %v: %q", c.rules, told)
		}
		if told := w.read(t, nil).Warnings(); len(told) > 0 {
			t.Errorf("no rule prefers owners: %q", told)
		}
	}
}

// TestOwnersThroughFaults: whatever call goes wrong while rows come, change and go, the run after it
// ends where an undisturbed one does.
func TestOwnersThroughFaults(t *testing.T) {
	before, after := owning(t, map[string]string{"41": "u1", "42": "u2"}), owning(t, map[string]string{"41": "u9", "43": "u3"})
	disturb(t, 3, func(t *testing.T, w *world) { apply(t, w.read(t, before)) }, after)
}
