package cli_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What status answers is decided by org and file, not by switch and breaker; of figures only when that was asked.
func TestStatusAnswers(t *testing.T) {
	t.Parallel()
	m := newMarked(t, "mixed")
	m.fill()
	front, api, crm := newOrgFront(t)
	run := func(args ...string) (int, string) {
		t.Helper()
		code, out, errs := m.run(append(args, "-f", m.file, "--genesys-base-url", api, "--hubspot-base-url", crm)...)
		return code, out + errs
	}
	if code, out := run("status"); code != 2 || !strings.Contains(out, "not set up yet") {
		t.Errorf("before setup: exit %d\n%s", code, out)
	}
	if code, out := run("setup", "--yes"); code != 0 {
		t.Fatal(out)
	}
	for _, args := range [][]string{{"switch", "off", "--yes"}, {"breaker", "open", "--yes"}} {
		if code, out := run(args...); code != 0 {
			t.Fatal(out)
		}
	}
	if code, out := run("status", "--fail-over", "5%"); code != 0 || !strings.Contains(out, "in sync: ") || !strings.Contains(out, "switch OFF") || !strings.Contains(out, "breaker OPEN") || !strings.Contains(out, "2 integrations active") {
		t.Errorf("exit %d\n%s", code, out)
	}
	data, err := os.ReadFile(m.file)
	if err != nil {
		t.Fatal(err)
	}
	pipeline := filepath.Join(m.dir, "pipeline.yaml")
	changed := bytes.Replace(data, []byte("lookup: {"), []byte("lookup: {pipelines: [gone], "), 1)
	if err := os.WriteFile(pipeline, changed, 0o600); err != nil || bytes.Equal(changed, data) {
		t.Fatal(err, "the file is as before")
	}
	if code, out, errs := m.run("status", "-f", pipeline, "--genesys-base-url", api, "--hubspot-base-url", crm); code != 2 || !strings.Contains(out, "DR-ACCT-002") {
		t.Errorf("a pipeline that HubSpot does not have: exit %d\n%s%s", code, out, errs)
	}
	failed := 6
	front.change = func(r *http.Request, b map[string]any) any {
		list, _ := b["results"].([]any)
		if !strings.HasSuffix(r.URL.Path, "/actions/aggregates/query") || len(list) == 0 {
			return nil
		}
		group := list[0].(map[string]any)["group"].(map[string]any)
		stats := func(n int) []any {
			return []any{map[string]any{"metrics": []any{map[string]any{"metric": "tTotalExecution", "stats": map[string]any{"count": n, "p95": 1200}}}}}
		}
		if _, parts := group["responseStatus"]; !parts {
			return map[string]any{"results": []any{map[string]any{"group": group, "data": stats(100)}}}
		}
		return map[string]any{"results": []any{
			map[string]any{"group": map[string]any{"actionId": group["actionId"], "responseStatus": "200"}, "data": stats(100 - failed)},
			map[string]any{"group": map[string]any{"actionId": group["actionId"], "errorType": "Timeout"}, "data": stats(failed)},
		}}
	}
	for _, c := range []struct {
		failed, code int
		args         []string
	}{{6, 2, []string{"--fail-over", "5%"}}, {5, 0, []string{"--fail-over", "5"}}, {6, 0, nil}, {100, 2, []string{"--fail-over", "99.9%"}}} {
		failed = c.failed
		code, out := run(append([]string{"status"}, c.args...)...)
		if code != c.code || !strings.Contains(out, "timeouts, p95 1,200 ms") {
			t.Errorf("%d failed, %v: exit %d, want %d\n%s", c.failed, c.args, code, c.code, out)
		}
	}
	front.change = func(r *http.Request, _ map[string]any) any {
		if strings.HasSuffix(r.URL.Path, "/actions/aggregates/query") {
			return []any{}
		}
		return nil
	}
	if code, out := run("status"); code != 0 || !strings.Contains(out, "is not known") {
		t.Errorf("figures that cannot be read: exit %d\n%s", code, out)
	}
	if code, out := run("status", "--fail-over", "5%"); code != 1 {
		t.Errorf("figures that must be judged and cannot be read: exit %d\n%s", code, out)
	}
}
