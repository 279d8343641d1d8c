package reconcile_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/reconcile"
)

// standings lists what is not in sync, a line each.
func standings(t *testing.T, w *world) (lines []string, all []reconcile.Standing) {
	t.Helper()
	r := w.read(t, nil)
	all = r.Standings(t.Context())
	for _, s := range all {
		if s.Condition == reconcile.InSync {
			continue
		}
		var paths []string
		for _, f := range s.Fields {
			paths = append(paths, f.Path)
		}
		lines = append(lines, fmt.Sprintf("%s %s by %s: %s", s.Key.Kind, s.Condition, s.Changed, strings.Join(paths, " ")))
	}
	return lines, all
}

// drifts are changes that a person makes in the org, with how they are told.
func drifts() map[string]struct {
	edit func(*testing.T, *world)
	want string
} {
	out := map[string]struct {
		edit func(*testing.T, *world)
		want string
	}{
		"the integration is disabled": {func(t *testing.T, w *world) {
			t.Helper()
			if _, err := w.client.Update(t.Context(), genesys.Integration, w.one(t, genesys.Integration, "acme-inbound HubSpot").ID, map[string]any{"intendedState": "DISABLED"}); err != nil {
				t.Fatal(err)
			}
		}, "integration drifted by org: intendedState"},
		"the integration has another credential": {func(t *testing.T, w *world) {
			t.Helper()
			id := w.one(t, genesys.Integration, "acme-inbound HubSpot").ID
			config, err := w.client.IntegrationConfig(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			body := map[string]any{"credentials": map[string]any{"basicAuth": map[string]any{"id": w.one(t, genesys.Credential, "acme-inbound runtime client").ID}}}
			for _, k := range []string{"name", "notes", "properties", "advanced", "version"} {
				body[k] = config[k]
			}
			if err := w.client.ConfigureIntegration(t.Context(), id, body); err != nil {
				t.Fatal(err)
			}
		}, "integration drifted by org: config.credentials.basicAuth.id"},
		"the script is edited":   {func(t *testing.T, w *world) { t.Helper(); w.editScript(t, "HubSpot", "Elsewhere") }, "script drifted by org: versionId"},
		"the script is gone":     {gone(genesys.Script, "acme-inbound deal view*"), "script missing by org: \nflow pending by : "},
		"a data action is gone":  {gone(genesys.DataAction, "acme-inbound find deals*"), "dataAction missing by org: \nflow pending by : "},
		"the call route is gone": {gone(genesys.CallRoute, "acme-inbound"), "callRoute missing by org: "},
		"the credential is of another type": {func(t *testing.T, w *world) {
			t.Helper()
			if _, err := w.client.Update(t.Context(), genesys.Credential, w.one(t, genesys.Credential, "acme-inbound HubSpot key").ID, map[string]any{
				"name": "acme-inbound HubSpot key", "type": map[string]any{"name": "basicAuth"}, "credentialFields": map[string]any{"userName": "u", "password": "p"},
			}); err != nil {
				t.Fatal(err)
			}
		}, "credential drifted by unknown: type.name\nintegration pending by : config.credentials.basicAuth.id"},
		"the record":          {func(t *testing.T, w *world) { t.Helper(); w.setRow(t, "deployment", "flowVersion", "7.0") }, "dataTableRow drifted by unknown: flowVersion"},
		"the switch is gone":  {row("switch"), "dataTableRow missing by org: "},
		"the switch is off":   {func(t *testing.T, w *world) { t.Helper(); w.setRow(t, "switch", "enabled", false) }, ""},
		"the breaker is open": {func(t *testing.T, w *world) { t.Helper(); w.setRow(t, "breaker", "openUntil", "2099-01-01T00:00:00Z") }, ""},
		"numbers are taken": {func(t *testing.T, w *world) {
			t.Helper()
			w.edit(t, genesys.CallRoute, "acme-inbound", func(b map[string]any) { b["dnis"] = []any{} })
		}, "callRoute drifted by org: dnis"},
		"another flow outside the hours": {func(t *testing.T, w *world) {
			t.Helper()
			w.edit(t, genesys.CallRoute, "acme-inbound", func(b map[string]any) { b["closedHoursFlow"] = b["openHoursFlow"] })
		}, "callRoute drifted by org: closedHoursFlow"},
		"what another names is renamed": {func(t *testing.T, w *world) {
			t.Helper()
			w.edit(t, genesys.Role, "acme-inbound runtime", func(b map[string]any) { b["name"] = "mine" })
		}, "role missing by org: \noauthClient pending by : roleDivisions"},
		"a second role": {func(t *testing.T, w *world) {
			t.Helper()
			o := w.one(t, genesys.Role, "acme-inbound runtime")
			body := map[string]any{}
			for _, k := range []string{"name", "description", "permissions", "permissionPolicies"} {
				body[k] = o.Body[k]
			}
			if _, err := w.client.Create(t.Context(), genesys.Role, body); err != nil {
				t.Fatal(err)
			}
		}, "role duplicate by : "},
		"an action that the file does not name": {func(t *testing.T, w *world) {
			t.Helper()
			o, err := w.client.Read(t.Context(), genesys.DataAction, w.one(t, genesys.DataAction, "acme-inbound find deals*").ID)
			if err != nil {
				t.Fatal(err)
			}
			body := map[string]any{"name": "acme-inbound find more 01234567", "config": map[string]any{"request": map[string]any{"requestUrlTemplate": "/x", "requestType": "GET", "headers": map[string]any{}, "requestTemplate": "${input.rawRequest}"}, "response": map[string]any{"translationMap": map[string]any{}, "translationMapDefaults": map[string]any{}, "successTemplate": "${rawResult}"}}}
			for _, k := range []string{"category", "integrationId", "secure", "contract"} {
				body[k] = o.Body[k]
			}
			if _, err := w.client.Create(t.Context(), genesys.DataAction, body); err != nil {
				t.Fatal(err)
			}
		}, "dataAction drifted by org: "},
		"the mark is another's": {func(t *testing.T, w *world) {
			t.Helper()
			w.edit(t, genesys.CallRoute, "acme-inbound", func(b map[string]any) { b["description"] = "mine" })
		}, "callRoute foreign by : "},
	}
	for kind, want := range map[genesys.Kind]string{
		genesys.Role: "permissionPolicies", genesys.OAuthClient: "accessTokenValiditySeconds", genesys.DataTable: "schema.properties.reason.title",
		genesys.CallRoute: "description", genesys.Integration: "config.advanced.byHand", genesys.DataAction: "config.request.headers.X-By-Hand", genesys.Flow: "publishedVersion",
	} {
		change := byHand[kind]
		out["by hand: "+string(kind)] = struct {
			edit func(*testing.T, *world)
			want string
		}{func(t *testing.T, w *world) { t.Helper(); change(t, w, 0) }, fmt.Sprintf("%s drifted by org: %s", kind, want)}
	}
	return out
}

func gone(k genesys.Kind, name string) func(*testing.T, *world) {
	return func(t *testing.T, w *world) {
		t.Helper()
		if err := w.client.Delete(t.Context(), k, w.one(t, k, name).ID); err != nil {
			t.Fatal(err)
		}
	}
}

func row(key string) func(*testing.T, *world) {
	return func(t *testing.T, w *world) {
		t.Helper()
		if err := w.client.DeleteRow(t.Context(), w.table(t), key); err != nil {
			t.Fatal(err)
		}
	}
}

// What a person changes in an org is told with its fields and by the right side, setup repairs it, and
// nothing is told after that.
func TestDriftOfEveryKind(t *testing.T) {
	deployed := newWorld(t)
	apply(t, deployed.read(t, nil))
	if lines, all := standings(t, deployed); len(lines) > 0 || len(all) < 20 {
		t.Fatalf("after setup, of %d: %s", len(all), strings.Join(lines, "\n"))
	}
	start := deployed.server.State()
	for name, c := range drifts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorldOf(t, start)
			c.edit(t, w)
			lines, all := standings(t, w)
			if got := strings.Join(lines, "\n"); got != c.want {
				t.Fatalf("told:\n%s\nwant:\n%s", got, c.want)
			}
			for _, s := range all {
				if s.Key.Kind == genesys.Flow && s.Condition == reconcile.Drifted && (s.Texts[0] == s.Texts[1] || s.By == "" || s.At.IsZero()) {
					t.Errorf("of the flow: by %q at %s, lines differ: %v", s.By, s.At, s.Texts[0] != s.Texts[1])
				}
				if s.Condition == reconcile.Pending && (s.By != "" || !strings.Contains(s.Reason, "made anew")) {
					t.Errorf("of %s: by %q (%s)", s.Key, s.By, s.Reason)
				}
			}
			if strings.Contains(c.want, "foreign") {
				return // a person decides
			}
			apply(t, w.read(t, nil))
			if strings.HasPrefix(name, "the credential") { // a new one, which its integration may take in the next run only
				apply(t, w.read(t, nil))
			}
			if lines, _ := standings(t, w); len(lines) > 0 {
				t.Errorf("after setup:\n%s", strings.Join(lines, "\n"))
			}
		})
	}
}

// What changes in the file is pending, and no drift; with a change in the org beside it both are said.
func TestPendingIsOfTheFile(t *testing.T) {
	deployed := newWorld(t)
	apply(t, deployed.read(t, nil))
	start := deployed.server.State()
	for name, c := range map[string]struct {
		old, now string
		edit     genesys.Kind // changed by hand, too
		want     []string     // kinds
	}{
		"a text of the flow":    {"Thank you for calling Acme.", "Welcome.", "", []string{"flow pending file"}},
		"the actions alone":     {"hubspot:\n", "hubspot:\n  apiVersion: \"2026-03\"\n", "", []string{"dataAction pending file"}},
		"the budget":            {"budget: 3s", "budget: 4s", "", []string{"dataAction pending file", "flow pending file"}},
		"the number":            {`numbers: ["+15135550100"]`, "numbers: []", "", []string{"callRoute pending file", "flow pending file"}},
		"a contract":            {"    score: {contact: engagement_score, type: number}\n", "    score: {contact: engagement_score, type: number}\n    region: {contact: sales_region}\n", "", []string{"dataAction pending file", "flow pending file", "script pending file"}},
		"the screen pop":        {"screenPop: managed", "screenPop: none", "", []string{"flow pending file", "script pending file"}},
		"both of the flow":      {"Thank you for calling Acme.", "Welcome.", genesys.Flow, []string{"flow drifted both"}},
		"both of a data action": {"hubspot:\n", "hubspot:\n  apiVersion: \"2026-03\"\n", genesys.DataAction, []string{"dataAction drifted both", "dataAction pending file"}},
		"each something":        {"Thank you for calling Acme.", "Welcome.", genesys.Role, []string{"flow pending file", "role drifted org"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorldOf(t, start)
			w.with(t, c.old, c.now)
			if c.edit != "" {
				byHand[c.edit](t, w, 0)
			}
			kinds := map[string]bool{}
			_, all := standings(t, w)
			for _, s := range all {
				if s.Condition != reconcile.InSync {
					kinds[fmt.Sprintf("%s %s %s", s.Key.Kind, s.Condition, s.Changed)] = true
				}
			}
			if got := slices.Sorted(maps.Keys(kinds)); !slices.Equal(got, c.want) {
				t.Errorf("told %q, want %q", got, c.want)
			}
			apply(t, w.read(t, nil))
			if lines, _ := standings(t, w); len(lines) > 0 {
				t.Errorf("after setup:\n%s", strings.Join(lines, "\n"))
			}
		})
	}
}

// Kinds whose mark has a hash: a change of what was hashed is the file's, whatever the platform adds.
func TestAMarkTellsWhoChanged(t *testing.T) {
	w := newWorld(t)
	apply(t, w.read(t, nil))
	for kind, path := range map[genesys.Kind][2]string{
		genesys.Role: {"permissionPolicies", ""}, genesys.OAuthClient: {"accessTokenValiditySeconds", ""}, genesys.DataTable: {"schema", ""},
		genesys.Integration: {"config", ""}, genesys.CallRoute: {"dnis", ""},
	} {
		cfg := w.config()
		for i, e := range cfg.Desired {
			if e.Key.Kind != kind {
				continue
			}
			// As if this had been rendered of another file: another content, marked anew.
			content, _ := genesys.Replace(e.Content, func(s string) string { return s }).(map[string]any)
			switch kind {
			case genesys.Integration:
				config := content["config"].(map[string]any)
				delete(config, "notes")
				config["advanced"] = map[string]any{"more": 1.0}
				config["notes"] = genesys.NewMark(cfg.Name, content).String()
			default:
				delete(content, "description")
				switch kind {
				case genesys.OAuthClient:
					content[path[0]] = 3600.0
				case genesys.CallRoute:
					content[path[0]] = []any{}
				case genesys.Role:
					content[path[0]] = []any{}
				case genesys.DataTable:
					schema := content["schema"].(map[string]any)
					schema["properties"].(map[string]any)["more"] = map[string]any{"type": "string", "title": "more", "$id": "/properties/more"}
				}
				content["description"] = genesys.NewMark(cfg.Name, content).String()
			}
			cfg.Desired = slices.Clone(cfg.Desired)
			cfg.Desired[i].Content = content
			cfg.File = cfg.Desired
			r, err := reconcile.Read(t.Context(), w.client, cfg)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range r.Standings(t.Context()) {
				if s.Key == e.Key && (s.Condition != reconcile.Pending || s.Changed != reconcile.File) {
					t.Errorf("%s: %s by %s: %v", s.Key, s.Condition, s.Changed, s.Fields)
				}
			}
			break
		}
	}
}

// The figures are those of what ran: setup's own tests, and what the org had counted before.
func TestFiguresOfDataActions(t *testing.T) {
	w := newWorld(t)
	apply(t, w.read(t, nil))
	id := w.one(t, genesys.DataAction, "acme-inbound find contact*").ID
	ask := func() genesys.ActionRuns {
		t.Helper()
		w.clock.Add(int64(time.Second))
		all, err := w.client.ActionRuns(t.Context(), w.now().Add(-time.Hour), w.now(), []string{id})
		if err != nil || len(all) > 1 {
			t.Fatal(all, err)
		}
		return all[id]
	}
	own := ask()
	if own.Calls == 0 || own.Failures != 0 {
		t.Errorf("after setup: %+v", own)
	}
	w.server.Apply(genesystest.Seed{Runs: []genesystest.SeedRuns{
		{Action: "acme-inbound find contact", Count: 90, Status: 200, Time: 100 * time.Millisecond},
		{Action: "acme-inbound find contact", Count: 6, Status: 429, ErrorType: "RATE_LIMITED", Time: 50 * time.Millisecond},
		{Action: "acme-inbound find contact", Count: 4, ErrorType: "TIMEOUT", Time: 3 * time.Second},
		{Action: "acme-inbound find deals", Count: 4, ErrorType: "TIMEOUT", Time: 3 * time.Second},
	}})
	if got := ask(); got.Calls != own.Calls+100 || got.Failures != 10 || got.Timeouts != 4 || got.P95 != 100*time.Millisecond {
		t.Errorf("got %+v", got)
	}
	w.clock.Add(int64(2 * time.Hour))
	if got := ask(); got != (genesys.ActionRuns{}) {
		t.Errorf("two hours later: %+v", got)
	}
}

// Of an integration that does not work the platform's words are told, and since when.
func TestHealthOfIntegrations(t *testing.T) {
	w := newWorld(t)
	apply(t, w.read(t, nil))
	at := w.now()
	if _, err := w.client.Update(t.Context(), genesys.Integration, w.one(t, genesys.Integration, "acme-inbound HubSpot").ID, map[string]any{"intendedState": "DISABLED"}); err != nil {
		t.Fatal(err)
	}
	all := w.read(t, nil).Health()
	if len(all) != 2 || all[0].State != "ACTIVE" || all[1].State != "INACTIVE" || all[1].Since.Before(at.Truncate(time.Second)) || all[1].Type != "custom-rest-actions" {
		t.Errorf("got %+v", all)
	}
}

// What a run that was killed left is nobody's drift: neither a person's in the org nor, for the most part, the
// file's.
func TestAKilledSetupIsNoDrift(t *testing.T) {
	deployed := newWorld(t)
	apply(t, deployed.read(t, nil))
	start := deployed.server.State()
	for _, c := range []struct {
		change bool // of the file, in an org that was set up
		at     []int
	}{{false, []int{35, 65, 95}}, {true, []int{28, 31, 35}}} {
		for _, at := range c.at {
			t.Run(fmt.Sprintf("%t/%d", c.change, at), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				if c.change {
					w = newWorldOf(t, start)
					w.with(t, "budget: 3s", "budget: 4s")
				}
				ctx, kill := context.WithCancel(t.Context())
				defer kill()
				w.arm(t, at, fault{name: "killed", kill: true, after: true}, kill)
				err := w.run(ctx, nil)
				w.arm(t, 0, fault{}, nil)
				lines, all := standings(t, w)
				if err != nil && len(lines) == 0 {
					t.Log("all was done") // but for what reads only
				}
				for _, s := range all {
					if s.Condition == reconcile.Drifted && s.Changed != reconcile.Unknown || s.Condition == reconcile.Missing && s.Changed == reconcile.OrgSide && s.Key.Kind != genesys.CallRoute || s.Condition == reconcile.Foreign {
						t.Errorf("%s is %s by %s: %s %v", s.Key, s.Condition, s.Changed, s.Reason, s.Fields)
					}
				}
				apply(t, w.read(t, nil))
				if lines, _ := standings(t, w); len(lines) > 0 {
					t.Errorf("after setup:\n%s", strings.Join(lines, "\n"))
				}
			})
		}
	}
}

// An integration that setup configured and could not enable yet looks as if somebody had disabled it.
func TestAnIntegrationThatWasNeverEnabled(t *testing.T) {
	w := newWorld(t)
	w.gate.refuse = func(call string) bool {
		return strings.HasPrefix(call, "PATCH /api/v2/integrations/") && !strings.Contains(call, "/actions/")
	}
	if err := w.run(t.Context(), nil); err == nil {
		t.Fatal("setup did what was refused")
	}
	w.gate.refuse = nil
	lines, _ := standings(t, w)
	if n := strings.Count(strings.Join(lines, "\n"), "integration pending by neither: intendedState"); n == 0 {
		t.Errorf("told:\n%s", strings.Join(lines, "\n"))
	}
}
