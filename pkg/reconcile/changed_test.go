package reconcile_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
)

// byHand is a change that a person makes to an entity of ours, another one for each n.
var byHand = map[genesys.Kind]func(t *testing.T, w *world, n int){
	genesys.Role: func(t *testing.T, w *world, n int) {
		t.Helper()
		w.edit(t, genesys.Role, "acme-inbound runtime", func(b map[string]any) {
			b["permissionPolicies"] = []any{map[string]any{"domain": "routing", "entityName": "queue", "actionSet": []any{[]string{"view", "edit", "add"}[n]}, "allowConditions": false}}
		})
	},
	genesys.OAuthClient: func(t *testing.T, w *world, n int) {
		t.Helper()
		w.edit(t, genesys.OAuthClient, "acme-inbound runtime", func(b map[string]any) { b["accessTokenValiditySeconds"] = 1000 + n })
	},
	genesys.DataTable: func(t *testing.T, w *world, n int) {
		t.Helper()
		w.edit(t, genesys.DataTable, "acme-inbound-control", func(b map[string]any) {
			b["schema"].(map[string]any)["properties"].(map[string]any)["reason"].(map[string]any)["title"] = fmt.Sprint("by hand ", n)
		})
	},
	genesys.CallRoute: func(t *testing.T, w *world, n int) {
		t.Helper()
		w.edit(t, genesys.CallRoute, "acme-inbound", func(b map[string]any) {
			mark, _, _ := strings.Cut(fmt.Sprint(b["description"]), " by hand")
			b["description"] = fmt.Sprint(mark, " by hand ", n)
		})
	},
	genesys.Integration: func(t *testing.T, w *world, n int) {
		t.Helper()
		all, err := w.client.Find(t.Context(), genesys.Integration, "acme-inbound HubSpot")
		if err != nil || len(all) != 1 {
			t.Fatal(len(all), err)
		}
		config, err := w.client.IntegrationConfig(t.Context(), all[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		body := map[string]any{}
		for _, k := range []string{"name", "notes", "properties", "credentials", "version"} {
			body[k] = config[k]
		}
		body["advanced"] = map[string]any{"byHand": n}
		if err := w.client.ConfigureIntegration(t.Context(), all[0].ID, body); err != nil {
			t.Fatal(err)
		}
	},
	genesys.DataAction: func(t *testing.T, w *world, n int) {
		t.Helper()
		all, err := w.client.Find(t.Context(), genesys.DataAction, "acme-inbound find contact*")
		if err != nil || len(all) != 1 {
			t.Fatal(len(all), err)
		}
		whole, err := w.client.Read(t.Context(), genesys.DataAction, all[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		request, success, err := w.client.ActionTemplates(t.Context(), all[0].ID, false)
		if err != nil {
			t.Fatal(err)
		}
		config := whole.Body["config"].(map[string]any)
		req, res := config["request"].(map[string]any), config["response"].(map[string]any)
		delete(req, "requestTemplateUri")
		delete(res, "successTemplateUri")
		req["requestTemplate"], res["successTemplate"] = request, success
		req["headers"].(map[string]any)["X-By-Hand"] = fmt.Sprint(n)
		if _, err := w.client.Update(t.Context(), genesys.DataAction, all[0].ID, map[string]any{"version": whole.Body["version"], "config": config}); err != nil {
			t.Fatal(err)
		}
	},
	genesys.Flow: func(t *testing.T, w *world, n int) {
		t.Helper()
		for _, f := range w.server.State().Entities["flows"] {
			w.publish(t, strings.Replace(f.Hidden["yaml"], "Acme", fmt.Sprint("Acme by hand ", n), 1))
		}
	},
}

// edit changes the body of an entity and writes it whole.
func (w *world) edit(t *testing.T, k genesys.Kind, name string, change func(map[string]any)) {
	t.Helper()
	all, err := w.client.Find(t.Context(), k, name)
	if err != nil || len(all) != 1 {
		t.Fatal(len(all), err)
	}
	body := all[0].Body
	for _, f := range []string{"id", "dateCreated", "dateModified", "modifiedBy", "createdBy", "state", "base", "default", "selfUri"} {
		if k != genesys.OAuthClient || f != "state" {
			delete(body, f)
		}
	}
	if k == genesys.OAuthClient { // of which a list does not say it
		body["authorizedGrantType"] = "CLIENT-CREDENTIALS"
	}
	change(body)
	if _, err := w.client.Update(t.Context(), k, all[0].ID, body); err != nil {
		t.Fatal(err)
	}
}

// What a person changes after the plan was made is not written over: the change is refused, and
// the next plan shows it.
func TestWhatChangedSinceThePlanIsLeftAlone(t *testing.T) {
	deployed := newWorld(t)
	apply(t, deployed.read(t, nil))
	start := deployed.server.State()
	want := dump(t, deployed.server.State())
	for kind, change := range byHand {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			w := newWorldOf(t, start)
			change(t, w, 0)
			r := w.read(t, nil)
			planned := false
			for _, c := range r.Plan().Changes {
				planned = planned || c.Key.Kind == kind && c.Action == plan.Update
			}
			if !planned {
				t.Fatalf("the first change by hand is not in the plan:\n%s", changes(r.Plan()))
			}
			change(t, w, 1)
			before := ""
			if kind != genesys.Flow { // whose version the record knows no longer
				before = dump(t, w.server.State())
			}
			w.server.ForgetCalls()
			out, err := r.Apply(t.Context())
			var e *reconcile.ChangedError
			if !errors.As(err, &e) || e.Key.Kind != kind {
				t.Errorf("error %v", err)
			}
			for _, o := range out {
				if o.Change.Key.Kind == kind && o.Change.Action == plan.Update && o.State != reconcile.Failed {
					t.Errorf("%s is %s", o.Change.Key, o.State)
				}
			}
			if got := w.writes(); len(got) > 0 {
				t.Errorf("written: %v", got)
			}
			if kind != genesys.Flow && dump(t, w.server.State()) != before {
				t.Error("something is not as it was")
			}
			if err := w.run(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			if got := changes(w.read(t, nil).Plan()); got != "" {
				t.Errorf("a further plan is not empty:\n%s", got)
			}
			if got := dump(t, w.server.State()); got != want {
				t.Errorf("another end:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// The same in the moment before the write: the platform answers with a conflict where an entity
// has a version, and the change is not written over.
func TestAConflictIsLookedAt(t *testing.T) {
	deployed := newWorld(t)
	apply(t, deployed.read(t, nil))
	start := deployed.server.State()
	for kind, write := range map[genesys.Kind]string{
		genesys.Integration: "PUT /api/v2/integrations/", genesys.DataAction: "PATCH /api/v2/integrations/actions/", genesys.CallRoute: "PUT /api/v2/architect/ivrs/",
	} {
		for _, harmless := range []bool{false, true} {
			w := newWorldOf(t, start)
			change := byHand[kind]
			change(t, w, 0)
			var once sync.Once
			c := w.watched(t, func(r *http.Request) {
				if !strings.HasPrefix(r.Method+" "+r.URL.Path, write) {
					return
				}
				once.Do(func() {
					n := 1
					if harmless { // the same once more: another version of what the plan has seen
						n = 0
					}
					change(t, w, n)
				})
			})
			err := w.by(t.Context(), c)
			var e *reconcile.ChangedError
			if harmless != (err == nil) || !harmless && (!errors.As(err, &e) || e.Key.Kind != kind) {
				t.Errorf("%s, harmless %t: error %v", kind, harmless, err)
			}
		}
	}
}
