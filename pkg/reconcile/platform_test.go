package reconcile_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
)

// What a platform may do to a setup without breaking it.
func TestSetupOnASlowOrg(t *testing.T) {
	for name, opts := range map[string][]genesystest.Option{
		"entities are not visible at once":        {genesystest.Lag(2)},
		"nor in lists":                            {genesystest.Lag(2), genesystest.ListLag(2)},
		"few calls a minute":                      {genesystest.PerMinute(20)},
		"integrations take time to become active": {genesystest.Activation(3), genesystest.Assume(genesystest.Assumptions{ActionsNeedActive: true})},
		"a granted role is not seen at once":      {genesystest.GrantLag(2)},
		"flow jobs take minutes":                  {genesystest.JobTime(4 * time.Minute)},
		"the other answers to open questions": {genesystest.Assume(genesystest.Assumptions{
			HeldRoleCanBeDeleted: true, UsedCredentialIsKept: true, ScriptsOfOtherOrgsTaken: true, MembersWithoutSkills: true, ScriptListsWithoutDates: true,
		})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calm := newWorld(t)
			apply(t, calm.read(t, nil))
			w := newWorld(t, opts...)
			apply(t, w.read(t, nil))
			// What was made last may not be in lists yet.
			for range 3 {
				if _, err := reconcile.Read(t.Context(), w.client, w.config()); err != nil {
					t.Fatal(err)
				}
			}
			if got := changes(w.read(t, nil).Plan()); got != "" {
				t.Errorf("the second plan is not empty:\n%s", got)
			}
			if got, want := dump(t, w.server.State()), dump(t, calm.server.State()); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
			apply(t, w.read(t, destroying))
			if n := len(w.read(t, destroying).Plan().Changes); n != 0 {
				t.Errorf("%d entities are left after destroy", n)
			}
		})
	}
}

// A wait ends, and its error says what was awaited and for how long.
func TestWhatDoesNotBecomeTrueIsNamed(t *testing.T) {
	for want, opt := range map[string]genesystest.Option{
		"waited 16m0s for the platform to validate and publish the flow: job ":     genesystest.JobTime(time.Hour),
		"waited 1m0s for the integration to become active: it is still ACTIVATING": genesystest.Activation(1000),
		"waited 5m0s for the granted role to be seen by the platform: ":            genesystest.GrantLag(1000),
		"waited 2m0s for the platform to see what was just made: ":                 genesystest.Lag(1000),
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, opt)
			err := w.run(t.Context(), nil)
			var late *genesys.LateError
			if !errors.As(err, &late) || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestARefusedSelfGrantIsNamed(t *testing.T) {
	w := newWorld(t, genesystest.Assume(genesystest.Assumptions{SelfGrantRefused: true}))
	err := w.run(t.Context(), nil)
	if !errors.Is(err, genesys.ErrForbidden) || !strings.Contains(err.Error(), "must hold it to hand it on") {
		t.Errorf("error %v", err)
	}
}

// with gives the world another deployment file of the same name.
func (w *world) with(t *testing.T, old, now string) {
	t.Helper()
	w.deployment, w.blueprint = rendered(t, basic, func(s string) string { return strings.ReplaceAll(s, old, now) })
}

func (w *world) writes() []string {
	var out []string
	for _, c := range w.server.Calls() {
		if c.Write {
			out = append(out, c.Method+" "+c.Path)
		}
	}
	return out
}

// A changed contract is a new action: it is there before the flow moves, and the old one
// goes after that.
func TestAChangedContractBecomesANewAction(t *testing.T) {
	w := newWorld(t)
	apply(t, w.read(t, nil))
	w.with(t, "    score: {contact: engagement_score, type: number}\n", "    score: {contact: engagement_score, type: number}\n    region: {contact: sales_region}\n")
	r := w.read(t, nil)
	p := r.Plan()
	n := p.Counts()
	if n[plan.Create] == 0 || n[plan.Create] != n[plan.Delete] || n[plan.Replace] != 0 {
		t.Errorf("counts %v:\n%s", n, changes(p))
	}
	w.server.ForgetCalls()
	apply(t, r)
	calls := w.writes()
	at := func(prefix, ending string) int {
		return slices.IndexFunc(calls, func(c string) bool { return strings.HasPrefix(c, prefix) && strings.HasSuffix(c, ending) })
	}
	published, moved, gone := at("POST /api/v2/integrations/actions", "/publish"), at("PUT /presigned/flow", ""), at("DELETE /api/v2/integrations/actions", "")
	if published < 0 || moved < published || gone < moved {
		t.Errorf("published at %d, flow at %d, deleted at %d:\n%s", published, moved, gone, strings.Join(calls, "\n"))
	}
	fresh := newWorld(t)
	fresh.deployment, fresh.blueprint = w.deployment, w.blueprint
	apply(t, fresh.read(t, nil))
	if got, want := dump(t, w.server.State()), dump(t, fresh.server.State()); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// What a deployment no longer wants goes after the flow has stopped using it.
func TestWhatIsNoLongerWantedGoes(t *testing.T) {
	for name, c := range map[string][2]string{
		"the breaker":    {"breaker: {afterTimeout: 15s, afterFailure: 2s}", "breaker: none"},
		"the screen pop": {"screenPop: managed", "screenPop: none"},
		"the number":     {`numbers: ["+15135550100"]`, "numbers: []"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			apply(t, w.read(t, nil))
			w.with(t, c[0], c[1])
			apply(t, w.read(t, nil))
			if got := changes(w.read(t, nil).Plan()); got != "" {
				t.Errorf("a further plan is not empty:\n%s", got)
			}
			fresh := newWorld(t)
			fresh.deployment, fresh.blueprint = w.deployment, w.blueprint
			apply(t, fresh.read(t, nil))
			// Rows are data and stay, and with them the count of credentials.
			data := func(s string) string {
				return strings.Join(slices.DeleteFunc(strings.Split(s, "\n"), func(l string) bool { return strings.HasPrefix(l, `["rows"`) }), "\n")
			}
			if got, want := data(dump(t, w.server.State())), data(dump(t, fresh.server.State())); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func TestWhatAChangeTouches(t *testing.T) {
	for _, c := range []struct {
		name, old, now string
		writes         []string // in order; a * stands for an id
	}{
		{
			"a text of the flow", "Thank you for calling Acme.", "Welcome to Acme.",
			[]string{"POST /api/v2/flows/jobs", "PUT /presigned/flow/*", "PUT /api/v2/flows/datatables/*/rows/deployment"},
		},
		{
			"the budget, which the action's timeout follows", "budget: 3s", "budget: 4s",
			[]string{
				"PATCH /api/v2/integrations/actions/*", "POST /api/v2/integrations/actions/*/test",
				"POST /api/v2/flows/jobs", "PUT /presigned/flow/*", "PUT /api/v2/flows/datatables/*/rows/deployment",
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			apply(t, w.read(t, nil))
			w.with(t, c.old, c.now)
			w.server.ForgetCalls()
			apply(t, w.read(t, nil))
			calls := w.writes()
			for i, call := range calls {
				parts := strings.Split(call, "/")
				for j, p := range parts {
					if strings.Count(p, "-") >= 4 {
						parts[j] = "*"
					}
				}
				calls[i] = strings.Join(parts, "/")
			}
			if !slices.Equal(calls, c.writes) {
				t.Errorf("writes:\n%s\nwant:\n%s", strings.Join(calls, "\n"), strings.Join(c.writes, "\n"))
			}
			if got := changes(w.read(t, nil).Plan()); got != "" {
				t.Errorf("a further plan is not empty:\n%s", got)
			}
		})
	}
}

func (w *world) table(t *testing.T) string {
	t.Helper()
	all, err := w.client.Find(t.Context(), genesys.DataTable, "acme-inbound-control")
	if err != nil || len(all) != 1 {
		t.Fatalf("%d tables, %v", len(all), err)
	}
	return all[0].ID
}

func (w *world) row(t *testing.T, key string) map[string]any {
	t.Helper()
	return w.rowOf(t, "acme-inbound-control", key)
}

func (w *world) rowOf(t *testing.T, table, key string) map[string]any {
	t.Helper()
	all, err := w.client.Find(t.Context(), genesys.DataTable, table)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d tables %q, %v", len(all), table, err)
	}
	rows, err := w.client.Rows(t.Context(), all[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r["key"] == key {
			return r
		}
	}
	t.Fatalf("no row %q", key)
	return nil
}

func (w *world) setRow(t *testing.T, key, field string, value any) {
	t.Helper()
	row := w.row(t, key)
	row[field] = value
	if err := w.client.PutRow(t.Context(), w.table(t), key, row); err != nil {
		t.Fatal(err)
	}
}

func TestControlRowsAreData(t *testing.T) {
	w := newWorld(t)
	apply(t, w.read(t, nil))
	w.setRow(t, "switch", "enabled", false)
	w.setRow(t, "breaker", "openUntil", "2026-11-23T19:25:38Z")
	if err := w.client.DeleteRow(t.Context(), w.table(t), "scratch"); err != nil {
		t.Fatal(err)
	}
	p := w.read(t, nil).Plan()
	if got, want := changes(p), "create dataTableRow acme-inbound-control/scratch \n"; got != want {
		t.Errorf("plan %q, want %q", got, want)
	}
	apply(t, w.read(t, nil))
	w.with(t, "Thank you for calling Acme.", "Welcome.")
	apply(t, w.read(t, nil))
	if w.row(t, "switch")["enabled"] != false || w.row(t, "breaker")["openUntil"] != "2026-11-23T19:25:38Z" {
		t.Error("setup overwrote a row")
	}
}

func TestTheRecord(t *testing.T) {
	w := newWorld(t)
	apply(t, w.read(t, nil))
	if r := w.row(t, "deployment"); r["flowVersion"] != "1.0" || r["credentialGeneration"] != 1.0 {
		t.Errorf("after the first setup: %v", r)
	}
	w.with(t, "Thank you for calling Acme.", "Welcome.")
	apply(t, w.read(t, nil))
	if r := w.row(t, "deployment"); r["flowVersion"] != "2.0" || r["credentialGeneration"] != 1.0 {
		t.Errorf("after a new version: %v", r)
	}
	w.setRow(t, "deployment", "flowVersion", "1.0")
	if got := changes(w.read(t, nil).Plan()); strings.Count(got, "\n") != 1 || !strings.Contains(got, "tool's own record") {
		t.Errorf("a version of ours that is not written down:\n%s", got)
	}
	apply(t, w.read(t, nil))

	// Somebody else publishes: same text, same description, another version.
	all, err := w.client.Find(t.Context(), genesys.OAuthClient, "acme-inbound runtime")
	if err != nil || len(all) != 1 {
		t.Fatal(err)
	}
	w.setRow(t, "deployment", "flowVersion", "1.0")
	st := w.server.State()
	for _, f := range st.Entities["flows"] {
		f.Body["publishedVersion"].(map[string]any)["createdByClient"] = map[string]any{"id": "x", "name": "Bob's tool"}
	}
	other := newWorldOf(t, st)
	if got := changes(other.read(t, nil).Plan()); !strings.Contains(got, `update flow acme-inbound version 2.0 was published by Bob's tool; the one we published is 1.0`) {
		t.Errorf("a version of somebody else:\n%s", got)
	}
}

// A client that was deleted by hand comes back, and its credential takes the new secret,
// also when the run ends in between.
func TestALostClientComesBackWithItsCredential(t *testing.T) {
	disturb(t, 2, func(t *testing.T, w *world) {
		t.Helper()
		apply(t, w.read(t, nil))
		all, err := w.client.Find(t.Context(), genesys.OAuthClient, "acme-inbound runtime")
		if err != nil || len(all) != 1 {
			t.Fatal(err)
		}
		body := all[0].Body
		body["state"], body["authorizedGrantType"] = "inactive", "CLIENT-CREDENTIALS" // which a list does not say
		delete(body, "id")
		delete(body, "dateCreated")
		if _, err := w.client.Update(t.Context(), genesys.OAuthClient, all[0].ID, body); err != nil {
			t.Fatal(err)
		}
		if err := w.client.Delete(t.Context(), genesys.OAuthClient, all[0].ID); err != nil {
			t.Fatal(err)
		}
	}, nil)
}

// A second client, as a request that arrives late would make, goes; the credential holds the
// secret of the one that stays.
func TestASecondClientGoes(t *testing.T) {
	w := newWorld(t)
	apply(t, w.read(t, nil))
	want := dump(t, w.server.State())
	all, err := w.client.Find(t.Context(), genesys.OAuthClient, "acme-inbound runtime")
	if err != nil || len(all) != 1 {
		t.Fatal(err)
	}
	body := all[0].Body
	delete(body, "id")
	delete(body, "dateCreated")
	body["authorizedGrantType"] = "CLIENT-CREDENTIALS" // which a list does not say
	for range 3 {                                      // one of them has a smaller id
		w.create(t, genesys.OAuthClient, body)
	}
	apply(t, w.read(t, nil))
	if got := changes(w.read(t, nil).Plan()); got != "" {
		t.Errorf("a further plan is not empty:\n%s", got)
	}
	w.setRow(t, "deployment", "credentialGeneration", 1)
	if got := dump(t, w.server.State()); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// What a person changed by hand is drift and goes back.
func TestDriftGoesBack(t *testing.T) {
	w := newWorld(t)
	apply(t, w.read(t, nil))
	want := dump(t, w.server.State())
	find := func(k genesys.Kind, prefix string) genesys.Object {
		all, err := w.client.Find(t.Context(), k, prefix+"*")
		if err != nil || len(all) == 0 {
			t.Fatalf("%s: %v", prefix, err)
		}
		return all[0]
	}
	a := find(genesys.DataAction, "acme-inbound find contact")
	whole, err := w.client.Read(t.Context(), genesys.DataAction, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	request, success, err := w.client.ActionTemplates(t.Context(), a.ID, false)
	if err != nil {
		t.Fatal(err)
	}
	config := whole.Body["config"].(map[string]any)
	req, res := config["request"].(map[string]any), config["response"].(map[string]any)
	delete(req, "requestTemplateUri")
	delete(res, "successTemplateUri")
	req["requestTemplate"], res["successTemplate"] = request, success
	req["headers"].(map[string]any)["X-Debug"] = "1"
	if _, err := w.client.Update(t.Context(), genesys.DataAction, a.ID, map[string]any{"version": whole.Body["version"], "config": config}); err != nil {
		t.Fatal(err)
	}
	in := find(genesys.Integration, "acme-inbound HubSpot")
	if _, err := w.client.Update(t.Context(), genesys.Integration, in.ID, map[string]any{"intendedState": "DISABLED"}); err != nil {
		t.Fatal(err)
	}
	got := changes(w.read(t, nil).Plan())
	for _, path := range []string{"config.request.headers.X-Debug", "intendedState"} {
		if !strings.Contains(got, path) {
			t.Errorf("no drift at %s:\n%s", path, got)
		}
	}
	apply(t, w.read(t, nil))
	if after := dump(t, w.server.State()); after != want {
		t.Errorf("got:\n%s\nwant:\n%s", after, want)
	}
}

func TestNumbers(t *testing.T) {
	t.Run("of no pool", func(t *testing.T) {
		w := newWorldSeeded(t, func(s *genesystest.Seed) { s.Numbers = nil })
		r := w.read(t, nil)
		if _, err := r.Apply(t.Context()); !errors.Is(err, reconcile.ErrBlocked) {
			t.Errorf("error %v", err)
		}
		if got := changes(r.Plan()); !strings.Contains(got, "leave callRoute acme-inbound number +15135550100 is in no pool of this org") {
			t.Errorf("plan:\n%s", got)
		}
		if n := w.writes(); len(n) > 0 {
			t.Errorf("writes: %v", n)
		}
	})
	t.Run("of another route", func(t *testing.T) {
		w := newWorld(t)
		theirs := w.create(t, genesys.CallRoute, map[string]any{"name": "Old main line", "dnis": []any{"+15135550100"}})
		r := w.read(t, nil)
		apply(t, r)
		if ws := strings.Join(r.Warnings(), "\n"); !strings.Contains(ws, `number +15135550100 stays on call route "Old main line"`) {
			t.Errorf("warnings: %s", ws)
		}
		if got := changes(w.read(t, nil).Plan()); got != "" {
			t.Errorf("the second plan is not empty:\n%s", got)
		}
		now, err := w.client.Read(t.Context(), genesys.CallRoute, theirs.ID)
		if err != nil || now.Body["version"] != 1.0 || len(now.Body["dnis"].([]any)) != 1 {
			t.Errorf("their route changed: %v %v", now.Body, err)
		}
		// Once it is free a plain setup attaches it.
		if err := w.client.Delete(t.Context(), genesys.CallRoute, theirs.ID); err != nil {
			t.Fatal(err)
		}
		if got := changes(w.read(t, nil).Plan()); !strings.Contains(got, "update callRoute acme-inbound  dnis") {
			t.Errorf("plan:\n%s", got)
		}
		apply(t, w.read(t, nil))
		if got := changes(w.read(t, nil).Plan()); got != "" {
			t.Errorf("a further plan is not empty:\n%s", got)
		}
	})
}
