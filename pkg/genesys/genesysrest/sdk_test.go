package genesysrest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/secret"
)

// The SDK must write requests and never send one: what it sends would pass by the limiter, the
// guard and all else. This is what fails first when another version of it behaves otherwise.
func TestTheSDKSendsNothing(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("sent %s %s", r.Method, r.URL) }))
	defer srv.Close()
	w := newWriter(srv.URL)
	n := 0
	for k, e := range kinds {
		for method, op := range map[string]operation{
			"list":   func(a apis, _ *body) error { return e.list(a, "a b*", 3) },
			"read":   func(a apis, _ *body) error { return e.read(a, "x/y") },
			"create": e.create,
			"update": func(a apis, b *body) error { return e.update(a, "x/y", b) },
			"delete": func(a apis, _ *body) error { return e.remove(a, "x/y") },
		} {
			if method == "read" && e.read == nil || method == "create" && e.create == nil || method == "update" && e.update == nil || method == "delete" && e.remove == nil {
				continue
			}
			n++
			text := []byte(nil)
			if method == "create" || method == "update" {
				text = []byte(`{"name":"n"}`)
			}
			l, err := w.write(op, text)
			if err != nil {
				t.Errorf("%s of %s: %v", method, k, err)
				continue
			}
			if l.url.Host != strings.TrimPrefix(srv.URL, "http://") || !strings.HasPrefix(l.url.Path, "/api/v2/") || l.header.Get("Authorization") != "" {
				t.Errorf("%s of %s: %s %s %v", method, k, l.method, l.url, l.header)
			}
			if strings.Contains(l.name(), "x/y") {
				t.Errorf("%s of %s: the id is not escaped in %s", method, k, l.name())
			}
			for name := range l.url.Query() {
				if name == "hasPeer" || name == "joined" {
					t.Errorf("%s of %s: filters by %s", method, k, name)
				}
			}
			if text != nil && string(l.body) != string(text) {
				t.Errorf("%s of %s: body %s", method, k, l.body)
			}
		}
	}
	if n < 50 {
		t.Errorf("only %d operations were tried", n)
	}
}

// received gives what a client sends when it creates an entity.
func received(t *testing.T, k genesys.Kind, fields map[string]any) (string, error) {
	t.Helper()
	var got []byte
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, _ = io.ReadAll(r.Body)
		_, _ = io.WriteString(w, `{"id":"x"}`)
	}))
	defer srv.Close()
	c, err := New(Config{API: srv.URL, Token: secret.New("t")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Create(t.Context(), k, fields)
	return string(got), err
}

func TestABodyLosesNothing(t *testing.T) {
	schema := map[string]any{
		"$schema": "http://json-schema.org/draft-04/schema#", "type": "object", "additionalProperties": false, "definitions": map[string]any{"a": map[string]any{"type": "string"}},
		"properties": map[string]any{"key": map[string]any{"$ref": "#/definitions/a"}, "list": map[string]any{"type": "array", "items": map[string]any{"type": "string"}}},
	}
	for k, fields := range map[genesys.Kind]map[string]any{
		genesys.DataTable:  {"name": "t", "schema": schema},
		genesys.DataAction: {"name": "a", "contract": map[string]any{"input": map[string]any{"inputSchema": schema}}},
	} {
		want, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := received(t, k, fields); err != nil || got != string(want) {
			t.Errorf("%s: sent %s, error %v", k, got, err)
		}
	}
	for k, fields := range map[genesys.Kind]map[string]any{
		genesys.Queue:       {"nmae": "q"},
		genesys.Credential:  {"name": "c", "type": map[string]any{"name": "basic", "extra": 1}},
		genesys.OAuthClient: {"name": "c", "accessTokenValiditySeconds": "300"},
		genesys.CallRoute:   {"name": "r", "description": nil},
	} {
		if got, err := received(t, k, fields); err == nil || got != "" || !strings.Contains(err.Error(), "no room for /") {
			t.Errorf("%s: sent %q, error %v", k, got, err)
		}
	}
}
