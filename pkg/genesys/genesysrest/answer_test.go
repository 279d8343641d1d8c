package genesysrest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/secret"
)

// every is one call of each method of a client that asks the platform, of every kind that has it.
func every() map[string]func(context.Context, *Client) error {
	fields := map[string]any{"name": "n"}
	out := map[string]func(context.Context, *Client) error{
		"FreeNumbers":     func(ctx context.Context, c *Client) error { _, err := c.FreeNumbers(ctx); return err },
		"Who":             func(ctx context.Context, c *Client) error { _, err := c.Who(ctx); return err },
		"GrantRole":       func(ctx context.Context, c *Client) error { return c.GrantRole(ctx, "c", "d", "r") },
		"MoveToDivision":  func(ctx context.Context, c *Client) error { return c.MoveToDivision(ctx, genesys.Queue, "q", "d") },
		"RevokeRole":      func(ctx context.Context, c *Client) error { return c.RevokeRole(ctx, "c", "d", "r") },
		"NewClientSecret": func(ctx context.Context, c *Client) error { _, err := c.NewClientSecret(ctx, "c"); return err },
		"IntegrationConfig": func(ctx context.Context, c *Client) error {
			_, err := c.IntegrationConfig(ctx, "i")
			return err
		},
		"ConfigureIntegration": func(ctx context.Context, c *Client) error { return c.ConfigureIntegration(ctx, "i", fields) },
		"ActionTemplates": func(ctx context.Context, c *Client) error {
			_, _, err := c.ActionTemplates(ctx, "a", false)
			return err
		},
		"ActionTemplates draft": func(ctx context.Context, c *Client) error {
			_, _, err := c.ActionTemplates(ctx, "a", true)
			return err
		},
		"CreateActionDraft": func(ctx context.Context, c *Client) error { _, err := c.CreateActionDraft(ctx, fields); return err },
		"ActionDrafts":      func(ctx context.Context, c *Client) error { _, err := c.ActionDrafts(ctx, "n*"); return err },
		"DeleteActionDraft": func(ctx context.Context, c *Client) error { return c.DeleteActionDraft(ctx, "a") },
		"ActionDraft":       func(ctx context.Context, c *Client) error { _, err := c.ActionDraft(ctx, "a"); return err },
		"UpdateActionDraft": func(ctx context.Context, c *Client) error {
			_, err := c.UpdateActionDraft(ctx, "a", fields)
			return err
		},
		"ValidateActionDraft": func(ctx context.Context, c *Client) error {
			_, err := c.ValidateActionDraft(ctx, "a")
			return err
		},
		"TestAction": func(ctx context.Context, c *Client) error {
			_, err := c.TestAction(ctx, "a", false, fields)
			return err
		},
		"TestAction draft": func(ctx context.Context, c *Client) error {
			_, err := c.TestAction(ctx, "a", true, fields)
			return err
		},
		"PublishActionDraft": func(ctx context.Context, c *Client) error { _, err := c.PublishActionDraft(ctx, "a", 1); return err },
		"Rows":               func(ctx context.Context, c *Client) error { _, err := c.Rows(ctx, "t"); return err },
		"Schedules":          func(ctx context.Context, c *Client) error { _, err := c.Schedules(ctx); return err },
		"AddRow":             func(ctx context.Context, c *Client) error { return c.AddRow(ctx, "t", fields) },
		"PutRow":             func(ctx context.Context, c *Client) error { return c.PutRow(ctx, "t", "k", fields) },
		"DeleteRow":          func(ctx context.Context, c *Client) error { return c.DeleteRow(ctx, "t", "k") },
		"UploadScript":       func(ctx context.Context, c *Client) error { _, err := c.UploadScript(ctx, "s", "", "{}"); return err },
		"ScriptUpload":       func(ctx context.Context, c *Client) error { _, _, err := c.ScriptUpload(ctx, "u"); return err },
		"PublishScript":      func(ctx context.Context, c *Client) error { return c.PublishScript(ctx, "s") },
		"PublishedScript":    func(ctx context.Context, c *Client) error { _, err := c.PublishedScript(ctx, "n", "s"); return err },
		"StartFlowJob": func(ctx context.Context, c *Client) error {
			_, err := c.StartFlowJob(ctx, "inboundCall: {}")
			return err
		},
		"UnlockFlow":  func(ctx context.Context, c *Client) error { return c.UnlockFlow(ctx, "f") },
		"RoleHolders": func(ctx context.Context, c *Client) error { _, err := c.RoleHolders(ctx, "r"); return err },
		"FlowJob":     func(ctx context.Context, c *Client) error { _, err := c.FlowJob(ctx, "j"); return err },
		"ScriptFile":  func(ctx context.Context, c *Client) error { _, err := c.ScriptFile(ctx, "s", "v"); return err },
		"ActionRuns": func(ctx context.Context, c *Client) error {
			_, err := c.ActionRuns(ctx, time.Unix(0, 0), time.Unix(3600, 0), []string{"a"})
			return err
		},
		"StartFlowExport": func(ctx context.Context, c *Client) error { _, err := c.StartFlowExport(ctx, "f"); return err },
		"FlowExport":      func(ctx context.Context, c *Client) error { _, _, err := c.FlowExport(ctx, "j"); return err },
		"FlowsNamed":      func(ctx context.Context, c *Client) error { _, err := c.FlowsNamed(ctx, "n"); return err },
		"QueueMembers":    func(ctx context.Context, c *Client) error { _, err := c.QueueMembers(ctx, "q"); return err },
		"WhoIs": func(ctx context.Context, c *Client) error {
			_, err := c.WhoIs(ctx, "another", secret.New("its secret"))
			return err
		},
		"Users": func(ctx context.Context, c *Client) error { _, err := c.Users(ctx); return err },
		"Numbers": func(ctx context.Context, c *Client) error {
			_, err := c.Numbers(ctx, []string{"+15135550100"})
			return err
		},
		"Limits":   func(ctx context.Context, c *Client) error { _, err := c.Limits(ctx, "routing"); return err },
		"Products": func(ctx context.Context, c *Client) error { _, err := c.Products(ctx); return err },
		"KnownPermissions": func(ctx context.Context, c *Client) error {
			_, err := c.KnownPermissions(ctx, []string{"routing"})
			return err
		},
		"Permitted": func(ctx context.Context, c *Client) error {
			_, _, err := c.Permitted(ctx, "routing:queue:add")
			return err
		},
		"IntegrationType": func(ctx context.Context, c *Client) error { _, err := c.IntegrationType(ctx, "t"); return err },
		"Count":           func(ctx context.Context, c *Client) error { _, err := c.Count(ctx, genesys.DataTable); return err },
		"Count flows":     func(ctx context.Context, c *Client) error { _, err := c.Count(ctx, genesys.Flow); return err },
		"Ping":            func(ctx context.Context, c *Client) error { return c.Ping(ctx) },
		"Prompts":         func(ctx context.Context, c *Client) error { _, err := c.Prompts(ctx, "Welcome"); return err },
	}
	for k, e := range kinds {
		if e.list != nil {
			out["Find "+string(k)] = func(ctx context.Context, c *Client) error { _, err := c.Find(ctx, k, "n*"); return err }
		}
		if e.read != nil {
			out["Read "+string(k)] = func(ctx context.Context, c *Client) error { _, err := c.Read(ctx, k, "x"); return err }
		}
		if e.create != nil {
			out["Create "+string(k)] = func(ctx context.Context, c *Client) error { _, err := c.Create(ctx, k, fields); return err }
		}
		if e.update != nil {
			out["Update "+string(k)] = func(ctx context.Context, c *Client) error { _, err := c.Update(ctx, k, "x", fields); return err }
		}
		if e.remove != nil {
			out["Delete "+string(k)] = func(ctx context.Context, c *Client) error { return c.Delete(ctx, k, "x") }
		}
	}
	return out
}

// odd are answers of status 200 that say nothing: of a proxy, of a platform in trouble.
var odd = []string{
	``, ` `, `null`, `[]`, `"x"`, `5`, `true`, `{}`, `{"entities":null}`, `{"entities":"x"}`, `{"entities":{}}`, `{"entities":[{}]}`, `{"entities":[null]}`,
	`{"entities":["x"]}`, `{"entities":[{"name":"n"}]}`, `{"entities":[{"id":"","name":"n"}]}`, `{"entities":[{"id":5,"name":"n","key":5,"number":5}]}`,
	`{"entities":[{"id":"x","name":null}],`, `{"id":"x"`, `{"id":null}`, `{"id":5}`, `[{"id":"x"}]`, `<html><body>Please sign in</body></html>`,
}

// unread are the answers of which nothing is taken: the request is a write that has no answer
// worth reading, and what it did shows when the org is read again.
var unread = []string{"DELETE ", "PUT /put", "GET /get", "POST /api/v2/authorization/subjects/", "PUT /api/v2/integrations/i/config/current", "/rows", "POST /api/v2/scripts/published", "POST /api/v2/authorization/divisions/"}

func isUnread(request string) bool {
	if strings.HasPrefix(request, "GET ") && strings.HasSuffix(request, "template.vm") { // a text, which may be any
		return true
	}
	return slices.ContainsFunc(unread, func(u string) bool {
		return strings.HasPrefix(request, u) || u == "/rows" && strings.Contains(request, u) && !strings.HasPrefix(request, "GET ")
	})
}

// sane is an answer that has what any call relies on.
func sane(base string) map[string]any {
	one := map[string]any{"id": "x"}
	return map[string]any{
		"id": "x", "name": "n", "key": "k", "number": "+15135550100", "version": 1, "secret": "s", "schema": map[string]any{}, "access_token": "t", "entities": []any{}, "organization": map[string]any{"id": "o", "name": "Acme"},
		"OAuthClient": one, "grants": []any{}, "valid": true, "results": []any{}, "success": true, "succeeded": true, "correlationId": "u", "status": "Success", "flow": one,
		"presignedUrl": base + "/put", "downloadUrl": base + "/get", "url": base + "/get", "integrationId": "i",
	}
}

// asked has a call made against a platform that answers every request well, but one kind of
// request as it is told. It gives the requests.
func asked(t *testing.T, call func(context.Context, *Client) error, bad string, answer func(base string) string) ([]string, error) {
	t.Helper()
	var got []string
	var base string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request := r.Method + " " + r.URL.Path
		got = append(got, request)
		if request == bad {
			_, _ = io.WriteString(w, answer(base))
			return
		}
		_ = json.NewEncoder(w).Encode(sane(base))
	}))
	defer srv.Close()
	base = srv.URL
	c, err := New(Config{API: base, Apps: base, Token: secret.New("t"), Workers: 1, Sleep: func(context.Context, time.Duration) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	err = call(t.Context(), c)
	slices.Sort(got)
	return slices.Compact(got), err
}

func TestAnAnswerThatSaysNothingIsAnError(t *testing.T) {
	calls := every()
	for m := range reflect.TypeFor[*Client]().Methods() {
		if _, ok := calls[m.Name]; !ok && !slices.Contains([]string{"Calls", "Address", "Find", "Read", "Create", "Update", "Delete"}, m.Name) {
			t.Errorf("no call of %s is tried", m.Name)
		}
	}
	tried, requests := 0, map[string]bool{}
	for name, call := range calls {
		all, err := asked(t, call, "", nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, request := range all {
			requests[request] = true
			for _, text := range odd {
				tried++
				_, err := asked(t, call, request, func(string) string { return text })
				if isUnread(request) {
					// What is no JSON is not the platform's.
					raw := strings.HasSuffix(request, " /put") || strings.HasSuffix(request, " /get") || strings.HasSuffix(request, "template.vm")
					if fine := raw || strings.TrimSpace(text) == "" || json.Valid([]byte(text)); fine != (err == nil) {
						t.Errorf("%s: %s answers %q, which nobody reads: %v", name, request, text, err)
					}
					continue
				}
				method, path, _ := strings.Cut(request, " ")
				if err == nil || !strings.Contains(err.Error(), method+" "+path) || !strings.Contains(err.Error(), "the answer") {
					t.Errorf("%s: %s answers %q: %v", name, request, text, err)
				}
				wrote := method != http.MethodGet && strings.HasPrefix(name, "Create ")
				if errors.Is(err, genesys.ErrUnsettled) != wrote && strings.HasPrefix(name, "Create ") {
					t.Errorf("%s: %s answers %q: unsettled is %t", name, request, text, !wrote)
				}
			}
		}
	}
	t.Logf("%d operations, %d requests, %d answers", len(calls), len(requests), tried)
}

// What an answer must hold, one member after the other.
func TestAMemberThatIsReliedOnIsNamed(t *testing.T) {
	entity := []string{"id", "name"}
	for _, c := range []struct {
		call, request string
		members       []string // a dot goes into the object; of a list those of its entities
		list          bool
	}{
		{"Who", "GET /api/v2/tokens/me", []string{"organization.id", "organization.name", "OAuthClient.id"}, false},
		{"Who", "GET /api/v2/authorization/divisions/home", entity, false},
		{"Who", "GET /api/v2/authorization/subjects/me", []string{"grants"}, false},
		{"NewClientSecret", "POST /api/v2/oauth/clients/c/secret", []string{"id", "secret"}, false},
		{"IntegrationConfig", "GET /api/v2/integrations/i/config/current", []string{"version"}, false},
		{"CreateActionDraft", "POST /api/v2/integrations/actions/drafts", []string{"id", "version"}, false},
		{"ActionDraft", "GET /api/v2/integrations/actions/a/draft", []string{"id", "version"}, false},
		{"UpdateActionDraft", "PATCH /api/v2/integrations/actions/a/draft", []string{"id", "version"}, false},
		{"ValidateActionDraft", "GET /api/v2/integrations/actions/a/draft/validation", []string{"valid"}, false},
		{"TestAction", "POST /api/v2/integrations/actions/a/test", []string{"success"}, false},
		{"ScriptUpload", "GET /api/v2/scripts/uploads/u/status", []string{"succeeded"}, false},
		{"StartFlowJob", "POST /api/v2/flows/jobs", []string{"id", "presignedUrl"}, false},
		{"FlowJob", "GET /api/v2/flows/jobs/j", []string{"status", "flow.id"}, false},
		{"ScriptFile", "POST /api/v2/scripts/s/export", []string{"url"}, false},
		{"ActionRuns", "POST /api/v2/analytics/actions/aggregates/query", []string{"results"}, false},
		{"StartFlowExport", "POST /api/v2/flows/export/jobs", []string{"id"}, false},
		{"FlowExport", "GET /api/v2/flows/export/jobs/j", []string{"status", "downloadUrl"}, false},
		{"Read dataAction", "GET /api/v2/integrations/actions/x", []string{"id", "version"}, false},
		{"Read callRoute", "GET /api/v2/architect/ivrs/x", []string{"id", "version"}, false},
		{"Read dataTable", "GET /api/v2/flows/datatables/x", []string{"id", "schema"}, false},
		{"Rows", "GET /api/v2/flows/datatables/t/rows", []string{"key"}, true},
		{"QueueMembers", "GET /api/v2/routing/queues/q/members", []string{"id"}, true},
		{"Users", "GET /api/v2/users", []string{"id"}, true},
		{"Numbers", "GET /api/v2/telephony/providers/edges/didpools/dids", []string{"number"}, true},
		{"PublishedScript", "GET /api/v2/scripts/published", []string{"name"}, true},
		{"ActionDrafts", "GET /api/v2/integrations/actions/drafts", []string{"id", "name", "integrationId"}, true},
		{"Find dataAction", "GET /api/v2/integrations/actions", []string{"id", "name", "integrationId"}, true},
		{"Find oauthClient", "GET /api/v2/oauth/clients", entity, true},
		{"Find flow", "GET /api/v2/flows", entity, true},
		{"FlowsNamed", "GET /api/v2/flows", entity, true},
		{"Schedules", "GET /api/v2/architect/schedules", entity, true},
	} {
		for _, m := range c.members {
			_, err := asked(t, every()[c.call], c.request, func(base string) string {
				whole := sane(base)
				outer, inner, deep := strings.Cut(m, ".")
				if deep {
					copied := map[string]any{}
					for k, v := range whole[outer].(map[string]any) {
						if k != inner {
							copied[k] = v
						}
					}
					whole[outer] = copied
				} else {
					delete(whole, m)
				}
				var answer any = whole
				if c.list {
					delete(whole, "entities")
					answer = map[string]any{"entities": []any{sane(base), whole}}
				}
				text, _ := json.Marshal(answer)
				return string(text)
			})
			want := "the answer has no " + m
			if c.list {
				want = "the answer has no entities[1]." + m
			}
			if err == nil || !strings.Contains(err.Error(), c.request+": "+want) {
				t.Errorf("%s without %s: %v", c.call, m, err)
			}
		}
	}
}

// A list whose count of pages is not told is read on as long as its pages are full.
func TestAListWithoutACountIsReadToItsEnd(t *testing.T) {
	for _, n := range []int{0, 1, pageSize, pageSize + 1, 2 * pageSize} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var page int
			_, _ = fmt.Sscan(r.URL.Query().Get("pageNumber"), &page)
			all := []any{}
			for i := (page - 1) * pageSize; i < min(page*pageSize, n); i++ {
				all = append(all, map[string]any{"id": fmt.Sprint(i), "name": "n"})
			}
			_ = json.NewEncoder(w).Encode(map[string]any{"entities": all})
		}))
		c, err := New(Config{API: srv.URL, Token: secret.New("t")})
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Find(t.Context(), genesys.Queue, "")
		srv.Close()
		if err != nil || len(got) != n {
			t.Errorf("%d of %d, %v", len(got), n, err)
		}
	}
}

// A list that counts more than it gives is no list, and one that changed while it was read is
// read again; nothing comes twice, and lists that know no pages end.
func TestAListThatContradictsItself(t *testing.T) {
	entity := func(n int) string { return fmt.Sprintf(`{"id": "id-%d", "name": "n"}`, n) }
	page := func(more string, ns ...int) string {
		var es []string
		for _, n := range ns {
			es = append(es, entity(n))
		}
		return `{"entities": [` + strings.Join(es, ",") + `]` + more + `}`
	}
	full := make([]int, pageSize)
	for i := range full {
		full[i] = i
	}
	for _, c := range []struct {
		name    string
		answers []string // the last one repeats
		want    int      // entities; -1: an error
		calls   int
	}{
		{"whole", []string{page(`, "total": 2, "pageCount": 1`, 1, 2)}, 2, 1},
		{"empty", []string{page(`, "total": 0, "pageCount": 0`)}, 0, 1},
		{"counts and gives none", []string{page(`, "total": 7, "pageCount": 1`)}, -1, 1},
		{"counts and gives none, without pages", []string{page(`, "total": 7`)}, -1, 1},
		{"counts and gives less", []string{page(`, "total": 3, "pageCount": 1`, 1, 2)}, -1, 1},
		{"less on the second page", []string{page(`, "total": 4, "pageCount": 2`, 1, 2), page(`, "total": 4, "pageCount": 2`, 3)}, -1, 2},
		{"another page without a count", []string{page(`, "total": 3, "nextUri": "/x"`, 1, 2), page(`, "total": 3`, 3)}, 3, 2},
		{"one on two pages, once", []string{page(`, "total": 3, "pageCount": 2`, 1, 2), page(`, "total": 3, "pageCount": 2`, 2), page(`, "total": 3, "pageCount": 1`, 1, 2, 3)}, 3, 3},
		{"one on two pages, always", []string{page(`, "total": 3, "pageCount": 2`, 1, 2), page(`, "total": 3, "pageCount": 2`, 2), page(`, "total": 3, "pageCount": 2`, 1, 2), page(`, "total": 3, "pageCount": 2`, 2)}, 2, 4},
		{"the same page for ever", []string{page("", full...)}, pageSize, 4},
		{"the same next page for ever", []string{page(`, "nextUri": "/x"`, 1)}, 1, 4},
	} {
		for _, k := range []genesys.Kind{genesys.OAuthClient, genesys.Role, genesys.CallRoute} {
			calls := 0
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				if strings.HasSuffix(r.URL.Path, "/oauth/token") {
					io.WriteString(w, `{"access_token": "t", "token_type": "bearer", "expires_in": 3600}`) //nolint:errcheck // the client will tell
					return
				}
				text := c.answers[min(calls, len(c.answers)-1)]
				calls++
				if k != genesys.OAuthClient {
					text = strings.ReplaceAll(text, `"name": "n"`, `"name": "n", "dnis": []`)
				}
				io.WriteString(w, text) //nolint:errcheck // the client will tell
			}))
			cl, err := New(Config{API: srv.URL, Apps: srv.URL, Token: secret.New("t")})
			if err != nil {
				t.Fatal(err)
			}
			got, err := cl.Find(t.Context(), k, "")
			switch {
			case c.want < 0 && err == nil:
				t.Errorf("%s, %s: %d entities, want an error", c.name, k, len(got))
			case c.want >= 0 && (err != nil || len(got) != c.want):
				t.Errorf("%s, %s: %d entities, %v, want %d", c.name, k, len(got), err, c.want)
			case calls != c.calls:
				t.Errorf("%s, %s: %d calls, want %d", c.name, k, calls, c.calls)
			}
			srv.Close()
		}
	}
}
