package cli_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/cli"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/gofrs/flock"
)

// libraries say these things, which help nobody.
var libraries = []string{
	"context canceled", "context deadline exceeded", "<unknown position>", "go-yaml", "rate: Wait", "Client.Timeout", "operation was canceled", "i/o timeout",
	"json: cannot", "json: unknown", "json: invalid", "unmarshal", "invalid character", "unexpected end of JSON", "net/http", "goroutine ", "strconv.", "EOF",
}

func plainWords(t *testing.T, what, text string) {
	t.Helper()
	for _, s := range libraries {
		if strings.Contains(text, s) {
			t.Errorf("%s: a library's words are shown: %s", what, around(text, s))
		}
	}
}

// silence is an input that nobody writes to.
type silence struct{ end chan struct{} }

func (s silence) Read([]byte) (int, error) { <-s.end; return 0, io.EOF }

// Each command that can wait is ended while it waits, by its time and by an interruption: it says
// what it waited for, and how long it was given, in words.
func TestWhatWasAwaitedIsSaid(t *testing.T) {
	end := make(chan struct{})
	t.Cleanup(func() { close(end) })
	hang := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case <-r.Context().Done():
		case <-end:
		}
	}
	mute := httptest.NewServer(http.HandlerFunc(hang))
	t.Cleanup(func() { mute.CloseClientConnections(); mute.Close() })
	crm := hubspottest.New(hubspot.CRM{Portal: "24681357"}, hubspottest.WithLimits(hubspottest.Limits{}), hubspottest.Tokens(func(string) (hubspottest.Grant, bool) {
		return hubspottest.Grant{Scopes: hubspottest.DefaultScopes()}, true
	}), hubspottest.Define("contacts", hubspottest.Property{Name: "segment"}))
	hub := httptest.NewServer(crm)
	t.Cleanup(hub.Close)
	// An org that does as it should up to a call that has this in its path.
	org := func(stop string, busy bool) func() string {
		return func() string {
			server, err := genesystest.New(nil, genesystest.Remote(transport.Handler(crm)))
			if err != nil {
				t.Fatal(err)
			}
			server.Apply(genesystest.Seed{Org: "Acme", Numbers: []string{"+15135550100"}, Skills: []string{"English"}, Queues: []genesystest.SeedQueue{
				{Name: "Sales", Staff: []genesystest.SeedUser{{Name: "A", Skills: []string{"English"}}}}, {Name: "Care", Staff: []genesystest.SeedUser{{Name: "B"}}}, {Name: "General", Staff: []genesystest.SeedUser{{Name: "C"}}},
			}})
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case !strings.Contains(r.Method+" "+r.URL.Path, stop):
					server.ServeHTTP(w, r)
				case busy:
					w.Header().Set("Retry-After", "60")
					w.WriteHeader(http.StatusTooManyRequests)
				default:
					hang(w, r)
				}
			}))
			t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
			return srv.URL
		}
	}
	silent := func() string { return mute.URL }
	m := newMarked(t, "mixed")
	m.pause = nil // the waits are what it is about
	m.env["GENESYSCLOUD_OAUTHCLIENT_SECRET"] = genesystest.ClientSecret
	if code, _, errs := m.run("render", "-f", m.file, "--out", filepath.Join(m.dir, "build")); code != 0 {
		t.Fatal(errs)
	}
	actions, err := filepath.Glob(filepath.Join(m.dir, "build", "actions", "*find contact*.json"))
	if err != nil || len(actions) != 1 {
		t.Fatal(actions, err)
	}
	state := filepath.Join(m.env["XDG_STATE_HOME"], "dealroute", "sandbox")
	if err := os.MkdirAll(state, 0o700); err != nil {
		t.Fatal(err)
	}
	held := flock.New(filepath.Join(state, "acme-marked.json.lock"))
	if ok, err := held.TryLock(); !ok || err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { held.Unlock() }) //nolint:errcheck // the test ends

	real := func(api func() string, hubspot string, command ...string) func() []string {
		return func() []string {
			return append(slices.Clone(command), "-f", m.file, "--genesys-base-url", api(), "--hubspot-base-url", hubspot)
		}
	}
	only := func(args ...string) func() []string { return func() []string { return slices.Clone(args) } }
	for name, c := range map[string]struct {
		args    func() []string
		awaited string // is in the message; of several things that are awaited at once any
	}{
		"plan":             {real(silent, hub.URL, "plan"), "/oauth/token"},
		"setup":            {real(silent, hub.URL, "setup", "--yes"), "/oauth/token"},
		"destroy":          {real(silent, hub.URL, "destroy", "--yes", "--confirm", "acme-marked"), "/oauth/token"},
		"plan, json":       {real(silent, hub.URL, "plan", "-o", "json"), "/oauth/token"},
		"a list":           {real(org("GET /api/v2/authorization/roles", false), hub.URL, "plan"), "GET /api/v2/authorization/roles"},
		"a busy list":      {real(org("GET /api/v2/authorization/roles", true), hub.URL, "plan"), "GET /api/v2/authorization/roles"},
		"a create":         {real(org("POST /api/v2/authorization/roles", false), hub.URL, "setup", "--yes"), "POST /api/v2/authorization/roles|waited|the shared rate"},
		"a create, json":   {real(org("POST /api/v2/authorization/roles", false), hub.URL, "setup", "--yes", "-o", "json"), "POST /api/v2/authorization/roles|waited|the shared rate"},
		"a busy create":    {real(org("POST /api/v2/authorization/roles", true), hub.URL, "setup", "--yes"), "POST /api/v2/authorization/roles|waited|the shared rate"},
		"the settled role": {real(org("never", false), hub.URL, "setup", "--yes"), "the granted role|waited|the shared rate"},
		"the upload":       {real(org("/uploads/", false), hub.URL, "setup", "--yes"), "/uploads/|waited|the shared rate"},
		"HubSpot's key":    {real(org("never", false), mute.URL, "plan"), ""},
		"a live call":      {real(silent, mute.URL, "simulate", "--crm", "live", "--ani", "+15135550142"), ""},
		"deployed":         {real(silent, mute.URL, "simulate", "--flow", "deployed", "--ani", "+15135550142"), "/oauth/token"},
		"an action":        {only("action", "run", actions[0], "--input", "{}", "--base-url", mute.URL), ""},
		"a sandbox in use": {only("setup", "--sandbox", "--yes", "-f", m.file), "another command"},
		"a question":       {real(org("never", false), hub.URL, "setup"), ""},
		"lines":            {only("eval", "--lines"), ""},
	} {
		for _, how := range []string{"its time", "an interruption"} {
			t.Run(name+", "+how, func(t *testing.T) {
				t.Parallel()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				args := c.args()
				if how == "its time" {
					args = append([]string{"--timeout", "1500ms"}, args...)
				} else {
					time.AfterFunc(1500*time.Millisecond, cancel)
				}
				var out, errs buffer
				env := m.in(&out, &errs)
				env.IO.In, env.IO.InTerminal = silence{end}, true
				start := time.Now()
				code := cli.Main(ctx, args, env)
				text := out.String() + errs.String()
				plainWords(t, name, text)
				if took := time.Since(start); took > 30*time.Second {
					t.Errorf("it took %s", took)
				}
				if code == 0 && name != "a live call" && name != "HubSpot's key" {
					t.Errorf("exit code 0: %s", text)
				}
				if how == "its time" && code != 0 && !strings.Contains(text, "1.5s") && c.awaited != "" {
					t.Errorf("how long is not said: %s", text)
				}
				if !slices.ContainsFunc(strings.Split(c.awaited, "|"), func(a string) bool { return strings.Contains(text, a) }) {
					t.Errorf("%q is not named: %s", c.awaited, text)
				}
			})
		}
	}
}

// A buffer may be read while a command that was given up still writes.
type buffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// A text that no reader can take is refused in our words, whichever command reads it.
func TestNoLibrarySpeaksOfAFile(t *testing.T) {
	t.Parallel()
	m := newMarked(t, "mixed")
	build := filepath.Join(m.dir, "build")
	if code, _, errs := m.run("render", "-f", m.file, "--out", build); code != 0 {
		t.Fatal(errs)
	}
	bad := filepath.Join(m.dir, "bad.yaml")
	badJSON := filepath.Join(m.dir, "bad.json")
	badFlow := filepath.Join(m.dir, "flow.yaml")
	good := map[string]string{}
	for _, f := range []string{"crm.yaml"} {
		data, err := os.ReadFile(filepath.Join(m.dir, f))
		if err != nil {
			t.Fatal(err)
		}
		good[f] = string(data)
	}
	actions, _ := filepath.Glob(filepath.Join(build, "actions", "*.json"))
	flows, _ := filepath.Glob(filepath.Join(build, "flow", "*.yaml"))
	if len(actions) == 0 || len(flows) == 0 {
		t.Fatal("nothing is rendered")
	}
	texts := []string{
		"", " ", "\x00", "\xff\xfe", "\xef\xbb\xbf", "null", "[]", "{}", "x", "5", "{", "[", `{"a":`, `{"a":1,}`, `{"a":1} {"b":2}`, "a: b: c", "\t- a", "%YAML 9.9\n---\na: 1", "%TAG !\n---\n",
		"&a [*a]", "*b", "<<: *x", "a: !!binary x", "a: !!float y", "? [a]: b", "'", "\"\\q\"", "--- a\n--- b", "a: |9\n", "inboundCall: 5", "inboundCall: {name: 5}", `{"name": 5}`, `{"name":"a","config":"x"}`,
		"version: 1\ncontacts: x", "version: one", "name: [a]\ngenesys: 7", "\u2028", "a: 1\na: 2", strings.Repeat("[", 3000), "a: 99999999999999999999999999", `{"a": 1e999}`, `{"id":"\ud800"}`,
	}
	n := 0
	for i, text := range texts {
		for _, f := range []string{bad, badJSON, badFlow, filepath.Join(m.dir, "crm.yaml")} {
			if err := os.WriteFile(f, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for j, args := range [][]string{
			{"validate", "-f", bad}, {"render", "-f", bad, "--out", filepath.Join(m.dir, "x")}, {"plan", "-f", bad, "--sandbox"},
			{"simulate", "-f", m.file, "--ani", "+15135550142"}, // its crm.yaml
			{"flow", "check", badFlow}, {"flow", "run", badFlow, "--ani", "+15135550142"}, {"flow", "run", flows[0], "--ani", "+15135550142", "--world", bad},
			{"action", "check", badJSON}, {"action", "run", badJSON, "--input", "{}"}, {"action", "run", actions[0], "--input", text}, {"action", "run", actions[0], "--input", "@" + badJSON},
			{"eval", text}, {"eval", "1", "--set", "Flow.X=" + text}, {"eval", "--velocity", "$a", "--context", badJSON}, {"eval", "--jsonpath", "$.a", "--document", badJSON}, {"eval", "--jsonpath", text, "--document", badJSON},
			{"eval", "--velocity", text, "--context", actions[0]},
		} {
			n++ // a command prints the same words in both formats: each text and each command has both, in turn
			_, out, errs := m.run(append(slices.Clone(args), "-o", []string{"text", "json"}[(i+j)%2])...)
			plainWords(t, strings.Join(args[:min(2, len(args))], " ")+" of "+around(text, text[:min(len(text), 20)]), out+errs)
		}
	}
	t.Logf("%d runs", n)
}
