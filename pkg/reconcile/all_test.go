package reconcile_test

import (
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/reconcile"
)

// hoursOf is calls.schedule of a deployment with that schedule group.
func hoursOf(group string) string {
	return `
  schedule:
    group: ` + group + `
    emergencyGroup: Acme emergency
    closed: {message: We are closed., then: {flow: Night menu}}
    emergency: {message: Emergency., then: {queue: Partners}}`
}

// withAll is examples/pipelines with hours, companies, flows that take calls over and owners: users of
// the org by the owner's id.
func withAll(t *testing.T, group, company, flow string, users map[string]string) func(*reconcile.Config) {
	t.Helper()
	d, b := rendered(t, "../../examples/pipelines/dealroute.yaml", strings.NewReplacer(
		`greeting: "Thank you for calling Acme."`, `greeting: "Thank you for calling Acme."`+hoursOf(group),
		"{homeCountries: [US]", "{company: "+company+", homeCountries: [US]",
		"to: {queue: Partners, priority: 10}", "to: {flow: "+flow+"}",
	).Replace)
	es := b.Entities
	table := genesys.Key{Kind: genesys.DataTable, Name: d.Name + genesys.OwnersEnding}
	for id, user := range users {
		es = genesys.NewSet(append(es, genesys.Entity{
			Key: genesys.Key{Kind: genesys.DataTableRow, Name: table.Name + "/" + id}, Holding: genesys.Owned, Needs: []genesys.Key{table},
			Content: map[string]any{"key": id, "user": user},
		})...)
	}
	smoke := map[genesys.Key]map[string]any{}
	for _, a := range b.Actions {
		smoke[a.Key] = a.Smoke
	}
	return func(c *reconcile.Config) {
		c.Name, c.File, c.Smoke, c.OwnerRows, c.Targets = d.Name, b.Entities, smoke, true, targets(d)
		if len(c.Desired) > 0 {
			c.Desired = es
		}
	}
}

// acme is what examples/pipelines with all needs of an org.
func acme() genesystest.Seed {
	staff := []genesystest.SeedUser{{Name: "Ada", Email: "ada@acme.example", Skills: []string{"Sales"}}}
	s := genesystest.Seed{
		Numbers: []string{"+12065550100"}, Skills: []string{"Sales"}, Flows: []string{"Night menu", "Partner menu", "Other menu"},
		Schedules:       []genesystest.SeedSchedule{{Name: "Weekdays", Start: "2026-01-05T09:00:00", End: "2026-01-05T17:00:00", RRule: "FREQ=DAILY"}},
		ScheduleGroups:  []genesystest.SeedScheduleGroup{{Name: "Acme hours", TimeZone: "America/New_York", Open: []string{"Weekdays"}}, {Name: "Other hours", TimeZone: "America/New_York", Open: []string{"Weekdays"}}},
		EmergencyGroups: []genesystest.SeedEmergencyGroup{{Name: "Acme emergency"}},
	}
	for _, q := range []string{"Renewals", "Partners", "Sales", "Front desk"} {
		s.Queues = append(s.Queues, genesystest.SeedQueue{Name: q, Staff: staff})
	}
	return s
}

// TestAllThroughFaults: whatever call of a first setup with hours, companies, flows and owners goes
// wrong, or of its change to other ones, or of its end, the run after it ends where an undisturbed one
// does.
func TestAllThroughFaults(t *testing.T) {
	first := withAll(t, "Acme hours", "numbers", "Partner menu", map[string]string{"41": "u1", "42": "u2"})
	other := withAll(t, "Other hours", "deals", "Other menu", map[string]string{"41": "u9", "43": "u3"})
	after := func(before ...func(*reconcile.Config)) func(*testing.T, *world) {
		return func(t *testing.T, w *world) {
			t.Helper()
			w.server.Apply(acme())
			for _, c := range before {
				apply(t, w.read(t, c))
			}
		}
	}
	t.Run("setup", func(t *testing.T) { disturb(t, 7, after(), first) })
	t.Run("change", func(t *testing.T) { disturb(t, 7, after(first), other) })
	t.Run("destroy", func(t *testing.T) {
		disturb(t, 7, after(first), func(c *reconcile.Config) { c.Desired = nil; first(c) })
	})
}
