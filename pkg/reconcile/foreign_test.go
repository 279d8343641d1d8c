package reconcile_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
)

// foreignFlow is a flow of somebody else that has our name.
const foreignFlow = `inboundCall:
  name: acme-inbound
  description: "%s"
  division: Home
  startUpRef: "/inboundCall/tasks/task[Entry]"
  defaultLanguage: en-us
  supportedLanguages: {en-us: {defaultLanguageSkill: {noValue: true}}}
  initialGreeting: {tts: Hello}
  tasks:
    - task:
        name: Entry
        refId: Entry
        actions:
          - disconnect: {name: Bye}
`

func (w *world) create(t *testing.T, k genesys.Kind, body map[string]any) genesys.Object {
	t.Helper()
	o, err := w.client.Create(t.Context(), k, body)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func (w *world) publish(t *testing.T, yaml string) {
	t.Helper()
	job, err := w.client.StartFlowJob(t.Context(), yaml)
	if err != nil {
		t.Fatal(err)
	}
	j, err := w.client.FlowJob(t.Context(), job)
	if err != nil || j.Status != "Success" {
		t.Fatalf("job: %+v %v", j, err)
	}
}

func keyColumn() map[string]any {
	return map[string]any{"type": "object", "properties": map[string]any{"key": map[string]any{"type": "string"}}}
}

// Something with our name and not our mark stops setup before anything is changed, and
// destroy does not see it.
func TestForeignObjectsWithOurNames(t *testing.T) {
	other := genesys.Mark{Deployment: "acme", Schema: 1, Hash: "00ff"}.String()
	for _, c := range []struct {
		name   string
		key    genesys.Key
		reason string
		make   func(*testing.T, *world)
	}{
		{"role", genesys.Key{Kind: genesys.Role, Name: "acme-inbound runtime"}, "not our mark", func(t *testing.T, w *world) {
			w.create(t, genesys.Role, map[string]any{"name": "acme-inbound runtime", "description": "theirs"})
		}},
		{"role of another deployment", genesys.Key{Kind: genesys.Role, Name: "acme-inbound runtime"}, "belongs to deployment acme", func(t *testing.T, w *world) {
			w.create(t, genesys.Role, map[string]any{"name": "acme-inbound runtime", "description": other})
		}},
		{"client", genesys.Key{Kind: genesys.OAuthClient, Name: "acme-inbound runtime"}, "not our mark", func(t *testing.T, w *world) {
			id, err := w.client.Who(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			w.create(t, genesys.OAuthClient, map[string]any{
				"name": "acme-inbound runtime", "authorizedGrantType": "CLIENT-CREDENTIALS",
				"roleDivisions": []any{map[string]any{"roleId": id.Grants[0].RoleID, "divisionId": id.Grants[0].DivisionID}},
			})
		}},
		{"table", genesys.Key{Kind: genesys.DataTable, Name: "acme-inbound-control"}, "not our mark", func(t *testing.T, w *world) {
			w.create(t, genesys.DataTable, map[string]any{"name": "acme-inbound-control", "schema": keyColumn()})
		}},
		{"integration", genesys.Key{Kind: genesys.Integration, Name: "acme-inbound HubSpot"}, "not our mark", func(t *testing.T, w *world) {
			w.create(t, genesys.Integration, map[string]any{"name": "acme-inbound HubSpot", "integrationType": map[string]any{"id": "custom-rest-actions"}})
		}},
		{"flow", genesys.Key{Kind: genesys.Flow, Name: "acme-inbound"}, "not our mark", func(t *testing.T, w *world) {
			w.publish(t, strings.Replace(foreignFlow, "%s", "theirs", 1))
		}},
		{"route", genesys.Key{Kind: genesys.CallRoute, Name: "acme-inbound"}, "not our mark", func(t *testing.T, w *world) {
			w.create(t, genesys.CallRoute, map[string]any{"name": "acme-inbound", "dnis": []any{"+15135550100"}})
		}},
		{"action of another integration", genesys.Key{Kind: genesys.DataAction}, "not ours", func(t *testing.T, w *world) {
			in := w.create(t, genesys.Integration, map[string]any{"name": "Theirs", "integrationType": map[string]any{"id": "custom-rest-actions"}})
			for _, a := range w.blueprint.Entities {
				if a.Key.Kind == genesys.DataAction && strings.Contains(a.Key.Name, "find contact") {
					body := map[string]any{"category": "Theirs", "integrationId": in.ID}
					for _, k := range []string{"name", "contract", "config", "secure"} {
						body[k] = a.Content[k]
					}
					w.create(t, genesys.DataAction, body)
				}
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			c.make(t, w)
			before := dump(t, w.server.State())
			w.server.ForgetCalls()
			r := w.read(t, nil)
			var found bool
			for _, b := range r.Plan().Blocked() {
				found = found || b.Action == plan.Leave && b.Key.Kind == c.key.Kind && (c.key.Name == "" || b.Key.Name == c.key.Name) && strings.Contains(b.Reason, c.reason)
			}
			if !found {
				t.Errorf("no change leaves %s because it is %s:\n%s", c.key, c.reason, changes(r.Plan()))
			}
			if _, err := r.Apply(t.Context()); !errors.Is(err, reconcile.ErrBlocked) {
				t.Errorf("setup: %v", err)
			}
			d := w.read(t, destroying)
			apply(t, d)
			for _, call := range w.server.Calls() {
				if call.Write {
					t.Errorf("%s %s", call.Method, call.Path)
				}
			}
			if after := dump(t, w.server.State()); after != before {
				t.Error("something of theirs changed")
			}
		})
	}
}

// After a setup and a destroy an org holds what it held before, whatever lies beside ours.
func TestDestroyLeavesWhatIsNotOurs(t *testing.T) {
	w := newWorld(t)
	mark := genesys.Mark{Deployment: "acme-inbound-2", Schema: 1, Hash: "00ff"}.String()
	w.create(t, genesys.Role, map[string]any{"name": "acme-inbound-2 runtime", "description": mark})
	w.create(t, genesys.DataTable, map[string]any{"name": "acme-inbound-2-control", "description": mark, "schema": keyColumn()})
	w.create(t, genesys.Credential, map[string]any{"name": "acme-inbound-2 HubSpot key", "type": map[string]any{"name": "userDefined"}, "credentialFields": map[string]any{"token": "t"}})
	w.create(t, genesys.Credential, map[string]any{"name": "acme-inbound notes of an admin", "type": map[string]any{"name": "userDefined"}, "credentialFields": map[string]any{"token": "t"}})
	w.create(t, genesys.Integration, map[string]any{"name": "acme-inbound-2 HubSpot", "integrationType": map[string]any{"id": "custom-rest-actions"}})
	w.create(t, genesys.CallRoute, map[string]any{"name": "acme-inbound-2"})
	w.create(t, genesys.Queue, map[string]any{"name": "acme-inbound", "description": mark})
	if _, err := w.client.UploadScript(t.Context(), "acme-inbound-2 deal view 01234567", "", `{"organizationId":"`+w.server.State().Org.ID+`","pages":[{}]}`); err != nil {
		t.Fatal(err)
	}
	before := dump(t, w.server.State())
	apply(t, w.read(t, nil))
	if dump(t, w.server.State()) == before {
		t.Fatal("setup did nothing")
	}
	apply(t, w.read(t, destroying))
	if after := dump(t, w.server.State()); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

// --adopt takes over what has our name, and then it is like ours; but destroy leaves it.
func TestAdopt(t *testing.T) {
	w := newWorld(t)
	w.create(t, genesys.Role, map[string]any{"name": "acme-inbound runtime", "description": "theirs"})
	w.create(t, genesys.DataTable, map[string]any{"name": "acme-inbound-control", "schema": keyColumn()})
	w.create(t, genesys.Integration, map[string]any{"name": "acme-inbound HubSpot", "integrationType": map[string]any{"id": "custom-rest-actions"}})
	w.publish(t, strings.Replace(foreignFlow, "%s", "theirs", 1))
	w.create(t, genesys.CallRoute, map[string]any{"name": "acme-inbound", "dnis": []any{"+15135550100"}})
	adopt := func(c *reconcile.Config) { c.Adopt = true }
	if n := w.read(t, adopt).Plan().Counts()[plan.Update]; n != 5 {
		t.Errorf("%d are taken over:\n%s", n, changes(w.read(t, adopt).Plan()))
	}
	apply(t, w.read(t, adopt))
	if got := changes(w.read(t, nil).Plan()); got != "" {
		t.Errorf("a further plan is not empty:\n%s", got)
	}
	// A later setup changes what was adopted, and does not forget that it was.
	w.with(t, "Thank you for calling Acme.", "Welcome.")
	apply(t, w.read(t, nil))
	if got := changes(w.read(t, nil).Plan()); got != "" {
		t.Errorf("a plan after a change is not empty:\n%s", got)
	}
	apply(t, w.read(t, destroying))
	w.server.ForgetCalls()
	r := w.read(t, destroying)
	adopted := 0
	for _, c := range r.Plan().Changes {
		if c.Action != plan.Leave || !strings.HasPrefix(c.Reason, "kept: ") {
			t.Errorf("after destroy: %s %s %s", c.Action, c.Key, c.Reason)
		}
		if c.Reason == "kept: adopted" {
			adopted++
		}
	}
	apply(t, r)
	if n := w.writes(); adopted != 5 || len(n) > 0 {
		t.Errorf("%d are kept because they were adopted, and a second destroy writes %v:\n%s", adopted, n, changes(r.Plan()))
	}
}

func TestQueuesAndSkills(t *testing.T) {
	const missing = "Sales"
	w := newWorldSeeded(t, func(s *genesystest.Seed) {
		s.Skills = nil
		for i, q := range s.Queues {
			if q.Name == missing {
				s.Queues = append(s.Queues[:i], s.Queues[i+1:]...)
				break
			}
		}
	})
	if err := w.run(t.Context(), nil); err == nil || !strings.Contains(err.Error(), missing) {
		t.Errorf("calls to a queue that was just made wait for nobody: %v", err)
	}
	if err := w.run(t.Context(), func(c *reconcile.Config) { c.AllowUnstaffed = true }); err != nil {
		t.Fatal(err)
	}
	queue := func() genesys.Object {
		all, err := w.client.Find(t.Context(), genesys.Queue, missing)
		if err != nil || len(all) > 1 {
			t.Fatalf("%d queues, %v", len(all), err)
		}
		if len(all) == 0 {
			return genesys.Object{}
		}
		return all[0]
	}
	if m, ok := genesys.FindMark(queue().Text("description")); !ok || m.Deployment != "acme-inbound" {
		t.Errorf("the queue that setup made is not marked: %q", queue().Text("description"))
	}
	p := w.read(t, destroying).Plan()
	if got := p.Counts()[plan.Leave]; got != 1 {
		t.Errorf("%d left alone, want the marked queue:\n%s", got, changes(p))
	}
	apply(t, w.read(t, destroying))
	if queue().ID == "" {
		t.Error("destroy deleted a queue without being asked to")
	}
	skills, err := w.client.Find(t.Context(), genesys.Skill, "")
	if err != nil || len(skills) == 0 {
		t.Errorf("%d skills are left, %v", len(skills), err)
	}
	apply(t, w.read(t, func(c *reconcile.Config) { c.Desired, c.DeleteQueues = nil, true }))
	if queue().ID != "" {
		t.Error("the marked queue is still there")
	}
	all, err := w.client.Find(t.Context(), genesys.Queue, "")
	if err != nil || len(all) == 0 {
		t.Errorf("queues of others: %d, %v", len(all), err)
	}
	after, err := w.client.Find(t.Context(), genesys.Skill, "")
	if err != nil || len(after) != len(skills) {
		t.Errorf("%d skills of %d are left, %v", len(after), len(skills), err)
	}
}
