package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/cli"
)

const findAction = `{
  "name": "find", "integrationType": "custom-rest-actions", "actionType": "custom", "secure": false,
  "config": {
    "request": {
      "requestUrlTemplate": "https://api.example.com/find?phone=$esc.url(${input.phone})",
      "requestType": "POST",
      "headers": {"Authorization": "Bearer ${credentials.token}"},
      "requestTemplate": "{\"phone\":\"$esc.jsonString(${input.phone})\"}"
    },
    "response": {
      "translationMap": {"id": "$.results[0].id"},
      "translationMapDefaults": {"id": "\"\""},
      "successTemplate": "{\"id\": ${id}}"
    }
  },
  "contract": {
    "input": {"inputSchema": {"type": "object", "required": ["phone"], "properties": {"phone": {"type": "string"}}}},
    "output": {"successSchema": {"type": "object", "properties": {"id": {"type": "string"}}}}
  }
}`

// An action is really sent, its secret is in no output, and the answer has the parts of
// Genesys' own test.
func TestActionRun(t *testing.T) {
	status, reply := http.StatusOK, `{"results":[{"id":"51"}]}`
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Authorization") != "Bearer top-secret" || r.URL.RequestURI() != "/find?phone=%2B1" || string(body) != `{"phone":"+1"}` {
			t.Errorf("got %s %s %q %v", r.URL, r.Header, body, err)
		}
		w.WriteHeader(status)
		fmt.Fprint(w, reply)
	}))
	defer srv.Close()
	file := filepath.Join(t.TempDir(), "find.json")
	if err := os.WriteFile(file, []byte(findAction), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (int, string, string) {
		var out, errs bytes.Buffer
		env := &cli.Env{
			IO: &cli.Streams{In: strings.NewReader(""), Out: &out, Err: &errs}, Now: time.Now, Version: "test",
			Getenv: func(name string) string { return map[string]string{"KEY": "top-secret"}[name] },
		}
		args = append([]string{"action", "run", file, "--base-url", srv.URL, "--credentials-env", "KEY=token", "--input", `{"phone":"+1"}`}, args...)
		code := cli.Main(context.Background(), args, env)
		if strings.Contains(out.String()+errs.String(), "top-secret") {
			t.Errorf("the secret shows:\n%s%s", &out, &errs)
		}
		return code, out.String(), errs.String()
	}

	if code, out, errs := run("--trace"); code != 0 || out != "id = \"51\"\n" || !strings.Contains(errs, "10  apply the success template") {
		t.Errorf("text: %d\n%s%s", code, out, errs)
	}
	code, out, _ := run("-o", "json")
	var a struct {
		Schema      int
		Success     bool
		Operations  []struct{ Name string }
		FinalResult json.RawMessage
		Error       any
		Requests    int
	}
	if err := json.Unmarshal([]byte(out), &a); err != nil || code != 0 || a.Schema != 1 || !a.Success || len(a.Operations) != 12 || a.Requests != 1 || a.Error != nil {
		t.Errorf("json: %d %v\n%s", code, err, out)
	}

	status = http.StatusTooManyRequests
	if code, _, errs := run(); code != 2 || !strings.Contains(errs, "TOO_MANY_REQUESTS, status 429") {
		t.Errorf("429: %d\n%s", code, errs)
	}
	status, reply = http.StatusOK, `{"results":[{"id":null}]}`
	if code, _, errs := run(); code != 2 || !strings.Contains(errs, "id: got null, want string") {
		t.Errorf("null: %d\n%s", code, errs)
	}
	if code, out, errs := run("--reading", "drop-nulls"); code != 0 || out != "" {
		t.Errorf("null dropped: %d\n%s%s", code, out, errs)
	}
	if code, _, errs := run("--reading", "drop-null"); code != 1 || !strings.Contains(errs, `did you mean "drop-nulls"`) {
		t.Errorf("unknown reading: %d\n%s", code, errs)
	}
	if code, _, _ := run("--input", `[1]`); code != 1 {
		t.Errorf("input that is no object: %d", code)
	}
}
