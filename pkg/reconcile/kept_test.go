package reconcile_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
)

func (w *world) one(t *testing.T, k genesys.Kind, name string) genesys.Object {
	t.Helper()
	all, err := w.client.Find(t.Context(), k, name)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d of %s %q, %v", len(all), k, name, err)
	}
	return all[0]
}

// theirAction puts a data action of others into one of our integrations.
func theirAction(t *testing.T, w *world, integration string) {
	t.Helper()
	for _, a := range w.blueprint.Entities {
		if a.Key.Kind == genesys.DataAction && strings.Contains(a.Key.Name, "find contact") {
			body := map[string]any{"name": "Look up an order", "category": "Theirs", "integrationId": w.one(t, genesys.Integration, integration).ID}
			for _, k := range []string{"contract", "config", "secure"} {
				body[k] = a.Content[k]
			}
			w.create(t, genesys.DataAction, body)
		}
	}
}

// edit changes the state of an org behind its back, and gives a world of it.
func edit(t *testing.T, w *world, collection string, change func(name string, body map[string]any)) *world {
	t.Helper()
	st := w.server.State()
	for _, e := range st.Entities[collection] {
		name, _ := e.Body["name"].(string)
		change(name, e.Body)
	}
	return newWorldOf(t, st)
}

// What holds something of other people is not deleted, nor what it uses; the rest is. Each
// kind that can hold something has its row.
func TestWhatHoldsThingsOfOthersStays(t *testing.T) {
	const (
		runtime = "credential acme-inbound runtime client, oauthClient acme-inbound runtime, role acme-inbound runtime"
		below   = "dataAction *, dataAction *, dataAction *, integration acme-inbound HubSpot, integration acme-inbound Genesys Cloud, " +
			"credential acme-inbound runtime client, credential acme-inbound HubSpot key, oauthClient acme-inbound runtime, script *, role acme-inbound runtime, dataTable acme-inbound-control"
	)
	for _, c := range []struct {
		name, reason, stays string
		put                 func(*testing.T, *world) *world
	}{
		{"a row in the table", "it holds 1 row of others (of 5 in all)", "dataTable acme-inbound-control", func(t *testing.T, w *world) *world {
			if err := w.client.AddRow(t.Context(), w.table(t), map[string]any{"key": "their list"}); err != nil {
				t.Fatal(err)
			}
			return w
		}},
		{"an action in the integration for HubSpot", "it holds 1 data action of others", "integration acme-inbound HubSpot, credential acme-inbound HubSpot key", func(t *testing.T, w *world) *world {
			theirAction(t, w, "acme-inbound HubSpot")
			return w
		}},
		{"an action in the other integration", "it holds 1 data action of others", "integration acme-inbound Genesys Cloud, " + runtime, func(t *testing.T, w *world) *world {
			theirAction(t, w, "acme-inbound Genesys Cloud")
			return w
		}},
		{"a person with the role", "it is held by others (1)", "role acme-inbound runtime", func(t *testing.T, w *world) *world {
			id, err := w.client.Who(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := w.client.GrantRole(t.Context(), "somebody", id.HomeDivision.ID, w.one(t, genesys.Role, "acme-inbound runtime").ID); err != nil {
				t.Fatal(err)
			}
			return w
		}},
		{"a further role of the client", "it has 1 role that setup did not give it", "oauthClient acme-inbound runtime, role acme-inbound runtime", func(t *testing.T, w *world) *world {
			return edit(t, w, "clients", func(name string, body map[string]any) {
				if name == "acme-inbound runtime" {
					body["roleDivisions"] = append(body["roleDivisions"].([]any), map[string]any{"roleId": "theirs", "divisionId": "d"})
				}
			})
		}},
		{"an integration that uses the credential", `integration "Theirs" uses it`, "credential acme-inbound HubSpot key", func(t *testing.T, w *world) *world {
			in := w.create(t, genesys.Integration, map[string]any{"name": "Theirs", "integrationType": map[string]any{"id": "custom-rest-actions"}})
			config, err := w.client.IntegrationConfig(t.Context(), in.ID)
			if err != nil {
				t.Fatal(err)
			}
			config["credentials"] = map[string]any{"basicAuth": map[string]any{"id": w.one(t, genesys.Credential, "acme-inbound HubSpot key").ID}}
			if err := w.client.ConfigureIntegration(t.Context(), in.ID, config); err != nil {
				t.Fatal(err)
			}
			return w
		}},
		{"a route that leads to the flow", `call route "Their line" leads to it`, "flow acme-inbound, " + below, func(t *testing.T, w *world) *world {
			w.create(t, genesys.CallRoute, map[string]any{"name": "Their line", "openHoursFlow": map[string]any{"id": w.one(t, genesys.Flow, "acme-inbound").ID}})
			return w
		}},
		{"a number of the route", "number +15135550177 is on it", "callRoute acme-inbound, flow acme-inbound, " + below, func(t *testing.T, w *world) *world {
			return edit(t, w, "routes", func(_ string, body map[string]any) { body["dnis"] = append(body["dnis"].([]any), "+15135550177") })
		}},
		{"a lock on the flow", "locked by Bob", "flow acme-inbound, " + below, func(t *testing.T, w *world) *world {
			return edit(t, w, "flows", func(_ string, body map[string]any) { body["lockedUser"] = map[string]any{"id": "b", "name": "Bob"} })
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			apply(t, w.read(t, nil))
			w = c.put(t, w)
			var got []string
			told := false
			r := w.read(t, destroying)
			for _, ch := range r.Plan().Changes {
				if ch.Action != plan.Leave {
					continue
				}
				told = told || strings.HasPrefix(ch.Reason, "kept: "+c.reason)
				name := ch.Key.String()
				if ch.Key.Kind == genesys.DataAction || ch.Key.Kind == genesys.Script {
					name = string(ch.Key.Kind) + " *"
				}
				got = append(got, name)
			}
			if s := strings.Join(got, ", "); s != c.stays || !told {
				t.Errorf("stays %s, want %s, and the reason %q:\n%s", s, c.stays, c.reason, changes(r.Plan()))
			}
			if _, err := r.Apply(t.Context()); err != nil && len(r.Plan().Held()) == 0 {
				t.Fatal(err)
			}
			w.server.ForgetCalls()
			again := w.read(t, destroying)
			if n := len(again.Plan().Changes); n != len(got) || again.Plan().Pending() {
				t.Errorf("after destroy there are %d, want %d:\n%s", n, len(got), changes(again.Plan()))
			}
			if _, err := again.Apply(t.Context()); err != nil && len(r.Plan().Held()) == 0 || len(w.writes()) > 0 {
				t.Errorf("a second destroy writes %v, %v", w.writes(), err)
			}
		})
	}
}

func TestAQueueWithMembersStays(t *testing.T) {
	w := newWorldSeeded(t, func(s *genesystest.Seed) { s.Queues = s.Queues[1:] })
	if err := w.run(t.Context(), func(c *reconcile.Config) { c.AllowUnstaffed = true }); err != nil {
		t.Fatal(err)
	}
	users := slices.Collect(maps.Keys(w.server.State().Entities["users"]))
	w = edit(t, w, "queues", func(_ string, body map[string]any) {
		if d, _ := body["description"].(string); strings.Contains(d, "managed-by=dealroute") {
			body["members"] = []any{users[0]}
		}
	})
	r := w.read(t, func(c *reconcile.Config) { c.Desired, c.DeleteQueues = nil, true })
	if got := changes(r.Plan()); !strings.Contains(got, "leave queue") || !strings.Contains(got, "kept: it has 1 member") {
		t.Errorf("plan:\n%s", got)
	}
}

// What others put into a table while a person looks at the plan is seen before it is lost.
func TestWhatOthersAddedSinceThePlan(t *testing.T) {
	w := newWorld(t)
	apply(t, w.read(t, nil))
	r := w.read(t, destroying)
	if err := w.client.AddRow(t.Context(), w.table(t), map[string]any{"key": "their list"}); err != nil {
		t.Fatal(err)
	}
	w.server.ForgetCalls()
	_, err := r.Apply(t.Context())
	if err == nil || !strings.Contains(err.Error(), "dataTable acme-inbound-control: it holds 1 row of others") || len(w.writes()) > 0 {
		t.Errorf("%v, writes %v", err, w.writes())
	}
}

// An integration that lost its mark is taken over with the actions that are in it; what setup
// makes later is its own.
func TestAdoptedActions(t *testing.T) {
	w := newWorld(t)
	apply(t, w.read(t, nil))
	w = edit(t, w, "integrations", func(_ string, body map[string]any) {
		body["config"].(map[string]any)["current"].(map[string]any)["notes"] = "mine"
	})
	apply(t, w.read(t, func(c *reconcile.Config) { c.Adopt = true }))
	if got := changes(w.read(t, nil).Plan()); got != "" {
		t.Fatalf("a further plan is not empty:\n%s", got)
	}
	w.with(t, "    score: {contact: engagement_score, type: number}\n", "    score: {contact: engagement_score, type: number}\n    region: {contact: sales_region}\n")
	apply(t, w.read(t, nil))
	apply(t, w.read(t, destroying))
	adopted, others := 0, []string{}
	for _, c := range w.read(t, destroying).Plan().Changes {
		if c.Key.Kind == genesys.DataAction && c.Reason == "kept: adopted" {
			adopted++
		} else if c.Key.Kind == genesys.DataAction {
			others = append(others, c.Key.Name)
		}
	}
	if adopted != 3 || len(others) > 0 {
		t.Errorf("%d adopted actions are left, and %v", adopted, others)
	}
}

// A flow that somebody has locked is left alone with all that it uses, and the rest is done;
// --force-unlock takes the lock.
func TestALockedFlow(t *testing.T) {
	for name, lock := range map[string]map[string]any{
		"Bob":           {"lockedUser": map[string]any{"id": "b", "name": "Bob"}},
		"client a tool": {"lockedClient": map[string]any{"id": "c", "name": "a tool"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			apply(t, w.read(t, nil))
			w = edit(t, w, "flows", func(_ string, body map[string]any) {
				for k, v := range lock {
					body[k] = v
				}
			})
			kept := w.read(t, nil).Plan()
			i := slices.IndexFunc(kept.Changes, func(c plan.Change) bool { return c.Key.Kind == genesys.Flow })
			if c := kept.Changes[i]; c.Action != plan.Keep || !strings.Contains(c.Reason, "locked by "+name) || len(kept.Held()) > 0 {
				t.Errorf("unchanged: %+v", c)
			}
			// A new contract: the flow on the platform still uses the old action.
			w.with(t, "    score: {contact: engagement_score, type: number}\n", "    score: {contact: engagement_score, type: number}\n    region: {contact: sales_region}\n")
			r := w.read(t, nil)
			if got := changes(r.Plan()); !strings.Contains(got, "leave flow acme-inbound locked by "+name) || strings.Contains(got, "delete") {
				t.Errorf("plan:\n%s", got)
			}
			_, err := r.Apply(t.Context())
			if err == nil || !strings.Contains(err.Error(), `all was done but this: flow "acme-inbound": locked by `+name) {
				t.Errorf("error %v", err)
			}
			if again := w.read(t, nil).Plan(); again.Pending() || len(again.Held()) != 1 {
				t.Errorf("a further plan:\n%s", changes(again))
			}
			force := func(c *reconcile.Config) { c.ForceUnlock = true }
			r = w.read(t, force)
			if got := changes(r.Plan()); !strings.Contains(got, "update flow acme-inbound locked by "+name+"; the lock is taken") {
				t.Errorf("plan:\n%s", got)
			}
			apply(t, r)
			if ws := strings.Join(r.Warnings(), "\n"); !strings.Contains(ws, "was locked by "+name+"; the lock was taken") {
				t.Errorf("warnings: %s", ws)
			}
			if got := changes(w.read(t, nil).Plan()); got != "" {
				t.Errorf("a further plan:\n%s", got)
			}
		})
	}
}
