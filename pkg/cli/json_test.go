package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/dealroute/dealroute/pkg/cli"
	"github.com/dealroute/dealroute/pkg/internal/transport"
)

const (
	basicFile  = "../../examples/basic/dealroute.yaml"
	schemaDir  = "../../docs/json"
	schemaTail = ".schema.json"
)

// schemas compiles every schema of docs/json, by its file's name.
func schemas(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(schemaDir, "*"+schemaTail))
	if err != nil || len(files) == 0 {
		t.Fatalf("no schema in %s: %v", schemaDir, err)
	}
	out := map[string]*jsonschema.Schema{}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for _, f := range files {
		s, err := c.Compile(f)
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		out[strings.TrimSuffix(filepath.Base(f), schemaTail)] = s
	}
	return out
}

// A program is the CLI in this process with a home of its own.
type program struct {
	env   map[string]string
	stdin string
	pause func(context.Context, time.Duration) error // nil waits for real
}

func newProgram(t *testing.T) *program {
	t.Helper()
	home := t.TempDir()
	return &program{env: map[string]string{"HOME": home, "XDG_STATE_HOME": filepath.Join(home, "state")}}
}

// brief lets pauses pass quickly, where a test is not about them.
func brief(ctx context.Context, d time.Duration) error {
	return transport.Pause(ctx, min(d/100, 20*time.Millisecond))
}

// hurried is a program whose pauses are brief.
func hurried(t *testing.T) *program {
	t.Helper()
	p := newProgram(t)
	p.pause = brief
	return p
}

func (p *program) in(out, errs io.Writer) *cli.Env {
	return &cli.Env{
		IO:     &cli.Streams{In: strings.NewReader(p.stdin), Out: out, Err: errs},
		Getenv: func(name string) string { return p.env[name] }, Now: time.Now, Version: "test", Pause: p.pause,
	}
}

func (p *program) run(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	ctx := context.Background()
	if len(args) > 0 && (args[0] == "sandbox" || args[0] == "lab") && !slices.Contains(args, "reset") { // a server: somebody must end it
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, 300*time.Millisecond)
		defer stop()
	}
	code = cli.Main(ctx, args, p.in(&out, &errs))
	return code, out.String(), errs.String()
}

// valid holds a text against a schema. A schema of lines describes each line.
func valid(t *testing.T, all map[string]*jsonschema.Schema, name, text string) {
	t.Helper()
	s := all[name]
	if s == nil {
		t.Fatalf("there is no %s/%s%s", schemaDir, name, schemaTail)
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	n := 0
	for ; ; n++ {
		var v any
		if err := dec.Decode(&v); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("standard output is no JSON: %v\n%s", err, text)
		}
		if err := s.Validate(v); err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
	if n == 0 {
		t.Errorf("%s: standard output is empty", name)
	}
}

// The schemas are closed and ask for every key, so that an output that loses or gains one
// is seen. Keys that may be absent are few, and listed here.
func TestSchemasAreClosed(t *testing.T) {
	optional := []string{"inputs", "outputs", "fieldName", "entityId", "entityName", "position", "hint", "conversion", "notFound", "definite", "result"}
	files, err := filepath.Glob(filepath.Join(schemaDir, "*"+schemaTail))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var doc any
		if err := json.Unmarshal(data, &doc); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		closed(t, filepath.Base(f), doc, optional)
		if top, ok := doc.(map[string]any); !ok || top["$schema"] != "https://json-schema.org/draft/2020-12/schema" {
			t.Errorf("%s is not of draft 2020-12", f)
		}
	}
}

func closed(t *testing.T, at string, node any, optional []string) {
	t.Helper()
	switch n := node.(type) {
	case []any:
		for _, x := range n {
			closed(t, at, x, optional)
		}
	case map[string]any:
		if props, ok := n["properties"].(map[string]any); ok {
			if n["additionalProperties"] != false {
				t.Errorf("%s: an object is open: %v", at, n)
			}
			required, _ := n["required"].([]any)
			for name, x := range props { // which may be "properties"
				if !slices.Contains(required, any(name)) && !slices.Contains(optional, name) {
					t.Errorf("%s: key %q may be absent", at, name)
				}
				closed(t, at+"/properties/"+name, x, optional)
			}
		}
		for k, x := range n {
			if k != "properties" {
				closed(t, at+"/"+k, x, optional)
			}
		}
	}
}

const (
	droppingFlow = "inboundCall:\n  name: x\n  startUpRef: ./tasks/task[T]\n  initialGreeting: {exp: ToAudioBlank(100)}\n  tasks:\n    - task: {name: T, refId: T, actions: [{disconnect: {name: D}}]}\n"
	neverFile    = "version: 1\nname: acme\ngenesys: {region: eu-central-1}\nhubspot: {lookup: {homeCountries: [US]}}\nrouting:\n  rules:\n    - {name: a, when: {won: true}, to: {queue: A}}\n    - {name: b, when: {won: true}, to: {queue: B}}\n  fallback: {queue: General}\n"
)

const evilFlow = "inboundCall:\n  name: broken\n"

// Every command's answer with -o json is as its schema says.
func TestAnswersFollowTheirSchemas(t *testing.T) {
	t.Parallel()
	all := schemas(t)
	p := newProgram(t)
	dir := t.TempDir()
	build := filepath.Join(dir, "build")
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var flow, action string
	oauthFile := filepath.Join(filepath.Dir(filepath.Dir(basicFile)), "oauth", "dealroute.yaml")
	calls := file("calls.csv", "ANI,DNIS,Direction,Date\n+15135550142,tel:+15135550100,Inbound,11/23/26 9:00 AM\n,tel:+15135550100,Outbound,\nanonymous,,,\n")
	other := file("before.yaml", strings.Replace(basicText(t), "priority: 10", "priority: 12", 1))
	callers := []string{"simulate", "-f", basicFile}
	for _, a := range callersOfBasic(t) {
		callers = append(callers, "--ani", a)
	}
	for _, c := range []struct {
		name, schema string
		code         int
		stdin        string
		args         []string
	}{
		{"version", "version", 0, "", []string{"version"}},
		{"code explained", "explain", 0, "", []string{"explain", "DR-CALL-006"}},
		{"codes listed", "explain-list", 0, "", []string{"explain", "DA-TPL"}},
		{"explain-config", "explain-config", 0, "", []string{"--explain-config", "-f", basicFile}},
		{"render", "render", 0, "", []string{"render", "-f", basicFile, "--out", build}},
		{"init", "init", 0, "", []string{"init", "--sandbox", "--name", "acme", "--region", "us-east-1", "--countries", "US", "--fallback-queue", "Salse", "--out", filepath.Join(dir, "init")}},
		{"init again", "failure", 1, "", []string{"init", "--out", filepath.Join(dir, "init")}},
		{"example", "render", 0, "", []string{"render", "--example", "minimal", "--out", filepath.Join(dir, "example")}},
		{"examples", "render-examples", 0, "", []string{"render", "--example", "list"}},
		{"no example", "failure", 1, "", []string{"render", "--example", "none"}},
		{"templates", "render", 0, "", []string{"render", "-f", basicFile, "--copy-templates", filepath.Join(dir, "templates")}},
		{"callers", "simulate", 0, "", callers},
		{"fault", "simulate", 0, "", []string{"simulate", "-f", basicFile, "--ani", "+15135550142", "--ani", "+15135550143", "--fault", "timeout"}},
		{"third request", "simulate", 0, "", []string{"simulate", "-f", filepath.Join(filepath.Dir(filepath.Dir(basicFile)), "companies", "dealroute.yaml"), "--ani", "+15135550171"}},
		{"world", "simulate", 0, "", []string{"simulate", "-f", basicFile, "--ani", "+15135550142", "--world", file("world.yaml", "call: {ani: \"+15135550142\"}\n")}},
		{"against", "simulate-against", 0, "", []string{"simulate", "-f", basicFile, "--suite", calls, "--against", other}},
		{"a call against", "simulate-against", 0, "", []string{"simulate", "-f", basicFile, "--ani", "+15135550142", "--against", other}},
		{"first suite", "simulate-init-suite", 0, "", []string{"simulate", "-f", minimalFile, "--init-suite", filepath.Join(dir, "calls.yaml")}},
		{"suite", "simulate-suite", 0, "", []string{"simulate", "-f", minimalFile, "--suite", filepath.Join(dir, "calls.yaml"), "--fail-under", "100", "--mutate"}},
		{"suite that fails", "simulate-suite", 2, "ani,queue,rule\n+15135550142,Nowhere,fallback\n", []string{"simulate", "-f", basicFile, "--suite", "-", "--shard", "1/1"}},
		{"graph", "graph", 0, "", []string{"graph", "-f", basicFile}},
		{"graph at a glance", "graph", 0, "", []string{"graph", "-f", basicFile, "--overview", "--ani", "+15135550142"}},
		{"graph of rules", "graph", 0, "", []string{"graph", "-f", basicFile, "--rules"}},
		{"graph of a call", "graph", 0, "", []string{"graph", "-f", basicFile, "--ani", "+15135550142"}},
		{"graph of a suite", "graph", 0, "", []string{"graph", "-f", basicFile, "--coverage", filepath.Join(filepath.Dir(basicFile), "calls.yaml")}},
		{"load", "simulate-load", 0, "", []string{"simulate", "-f", basicFile, "--load", "60/min", "--for", "3m", "--compare", "search,unique-phone,rollup"}},
		{"demo", "demo", 0, "", []string{"demo"}},
		{"validate", "validate", 0, "", []string{"validate", "-f", basicFile}},
		{"validate of a broken file", "validate", 2, "", []string{"validate", "-f", file("dealroute.yaml", "version: 1\nnmae: x\n")}},
		{"plan", "plan", 2, "", []string{"plan", "-f", basicFile, "--sandbox", "--detailed-exitcode"}},
		{"setup", "setup", 0, "", []string{"setup", "-f", basicFile, "--sandbox", "--yes"}},
		{"setup again", "setup", 0, "", []string{"setup", "-f", basicFile, "--sandbox", "--yes"}},
		{"plan again", "plan", 0, "", []string{"plan", "-f", basicFile, "--sandbox", "--detailed-exitcode"}},
		{"plan with calls", "plan", 0, "", []string{"plan", "-f", other, "--sandbox", "--routing-diff", calls, "--fixtures", filepath.Join(filepath.Dir(basicFile), "crm.yaml")}},
		{"against what is deployed", "simulate-against", 0, "", []string{"simulate", "-f", basicFile, "--sandbox", "--suite", calls, "--against", "deployed"}},
		{"deployed", "simulate", 0, "", []string{"simulate", "-f", basicFile, "--sandbox", "--flow", "deployed", "--ani", "+15135550142"}},
		{"status", "status", 0, "", []string{"status", "-f", basicFile, "--sandbox"}},
		{"doctor", "doctor", 0, "", []string{"doctor", "-f", basicFile, "--sandbox", "--probes", "1", "--sample", "20"}},
		{"doctor of no account", "doctor", 2, "", []string{"doctor", "-f", basicFile}},
		{"switch off", "switch", 0, "", []string{"switch", "off", "-f", basicFile, "--sandbox", "--reason", "call +15135550142"}},
		{"breaker open", "breaker", 0, "", []string{"breaker", "open", "-f", basicFile, "--sandbox", "--for", "2m"}},
		{"breaker", "breaker", 0, "", []string{"breaker", "-f", basicFile, "--sandbox"}},
		{"rotate client", "rotate", 0, "", []string{"rotate", "client", "-f", basicFile, "--sandbox", "--yes"}},
		{"status of another file", "status", 2, "", []string{"status", "-f", file("other.yaml", strings.Replace(basicText(t), "priority: 10", "priority: 12", 1)), "--sandbox"}},
		{"setup with OAuth", "setup", 0, "", []string{"setup", "-f", oauthFile, "--sandbox", "--yes", "--verify=off"}},
		{"token renew", "token-renew", 0, "", []string{"token", "renew", "-f", oauthFile, "--sandbox"}},
		{"auth check", "auth-check", 0, "", []string{"auth", "check", "-f", basicFile, "--sandbox"}},
		{"auth check of nothing", "auth-check", 2, "", []string{"auth", "check", "-f", basicFile}},
		{"destroy", "destroy", 0, "", []string{"destroy", "-f", basicFile, "--sandbox", "--yes"}},
		{"sandbox reset", "sandbox-reset", 0, "", []string{"sandbox", "reset", "-f", basicFile}},
		{"flow check", "flow-check", 0, "", []string{"flow", "check", "FLOW"}},
		{"flow check of a broken flow", "flow-check", 2, "", []string{"flow", "check", file("broken.yaml", evilFlow)}},
		{"flow check of lines", "flow-check-line", 0, `{"id":1,"org":{},"flow":{"inboundCall":{"name":"x"}}}` + "\nno question\n", []string{"flow", "check", "-"}},
		{"flow prove", "flow-prove", 0, "", []string{"flow", "prove", "FLOW"}},
		{"flow prove of a broken flow", "flow-prove", 2, "", []string{"flow", "prove", "FLOW", file("unread.yaml", "inboundCall: [\n")}},
		{"flow prove of a flow that drops a caller", "flow-prove", 2, "", []string{"flow", "prove", file("dropped.yaml", droppingFlow)}},
		{"validate of a rule that no caller reaches", "validate", 2, "", []string{"validate", "-f", file("never.yaml", neverFile)}},
		{"flow run", "flow-run", 0, "", []string{"flow", "run", "FLOW", "--ani", "+15135550142"}},
		{"flow run traced", "flow-run", 0, "", []string{"flow", "run", "FLOW", "--ani", "+15135550142", "--trace"}},
		{"action check", "action-check", 0, "", []string{"action", "check", "ACTION"}},
		{"action check of a broken action", "action-check", 2, "", []string{"action", "check", file("broken.json", `{"name":"x","actionType":"custom"}`)}},
		{"eval", "eval", 0, "", []string{"eval", "42 / 8"}},
		{"eval lines", "eval", 0, "1 + 1\n1 / 0\n(\n", []string{"eval", "-"}},
		{"eval --check", "eval", 0, "", []string{"eval", "--check", "1 + 1"}},
		{"eval --check lines", "eval-check", 0, `{"expression":"Flow.a + 1","variables":{"Flow.a":"Integer"},"target":"Decimal"}` + "\n{\"expression\":\"(\"}\nno\n", []string{"eval", "--check", "-"}},
		{"eval --velocity", "eval-velocity", 0, "", []string{"eval", "--velocity", "a$esc.quote"}},
		{"eval --velocity lines", "eval-velocity", 0, `{"template":"$a","context":{"a":1}}` + "\n{\"template\":\"#if(\"}\nno\n", []string{"eval", "--velocity", "-"}},
		{"eval --jsonpath", "eval-jsonpath", 0, "", []string{"eval", "--jsonpath", "$.a", "--document", file("doc.json", `{"a":null}`)}},
		{"eval --jsonpath lines", "eval-jsonpath", 0, `{"path":"$.a","document":{"a":[1]}}` + "\n" + `{"path":"$.b","document":{}}` + "\n" + `{"path":"$..[","document":{}}` + "\nno\n", []string{"eval", "--jsonpath", "-"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i, a := range c.args {
				switch a {
				case "FLOW":
					c.args[i] = flow
				case "ACTION":
					c.args[i] = action
				}
			}
			p.stdin = c.stdin
			code, out, errs := p.run(append(c.args, "-o", "json")...)
			if code != c.code {
				t.Errorf("exit code %d, want %d\n%s%s", code, c.code, out, errs)
			}
			valid(t, all, c.schema, out)
		})
		if c.name == "render" {
			flow, action = onlyMatch(t, filepath.Join(build, "flow", "*.yaml")), onlyMatch(t, filepath.Join(build, "actions", "*find contact*"))
		}
	}
	t.Run("action run", func(t *testing.T) {
		_, out, _ := p.run("action", "run", action, "--input", `{"number":"+15135550142","national":"5135550142"}`, "--base-url", "http://127.0.0.1:1", "-o", "json")
		valid(t, all, "action-run", out)
	})
}

func basicText(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(basicFile)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func onlyMatch(t *testing.T, pattern string) string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) != 1 {
		t.Fatalf("%s: %v %v", pattern, files, err)
	}
	return files[0]
}

// The sandbox and the lab say where they listen, then serve until they are interrupted.
func TestServersAnswer(t *testing.T) {
	all := schemas(t)
	for _, name := range []string{"sandbox", "lab"} {
		t.Run(name, func(t *testing.T) { testServerAnswer(t, all, name) })
	}
}

func testServerAnswer(t *testing.T, all map[string]*jsonschema.Schema, name string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	r, w := io.Pipe()
	done := make(chan int, 1)
	var errs bytes.Buffer
	go func() {
		done <- cli.Main(ctx, []string{name, "-f", basicFile, "-o", "json"}, newProgram(t).in(w, &errs))
		w.Close() //nolint:errcheck // a pipe in memory
	}()
	var v json.RawMessage
	if err := json.NewDecoder(r).Decode(&v); err != nil {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	go io.Copy(io.Discard, r) //nolint:errcheck // the final newline
	valid(t, all, name, string(v))
	stop()
	if code := <-done; code != 0 {
		t.Errorf("exit code %d\n%s", code, errs.String())
	}
}

// Every command that fails says so in one form.
func TestFailuresFollowTheirSchema(t *testing.T) {
	all := schemas(t)
	p := newProgram(t)
	none := filepath.Join(t.TempDir(), "none.yaml")
	bad := filepath.Join(t.TempDir(), "dealroute.yaml")
	if err := os.WriteFile(bad, []byte("version: 1\nnmae: x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"nonsense"}, {"--nonsense"}, {"version", "--nonsense"}, {"version", "more"}, {"schema", "more"}, {"demo", "more"},
		{"simulate", "-f", none, "--ani", "1"}, {"simulate", "-f", bad, "--ani", "1"}, {"simulate", "-f", basicFile},
		{"simulate", "-f", basicFile, "--ani", "1", "--fault", "418"}, {"simulate", "-f", basicFile, "--load", "60/min", "--ani", "1"}, {"simulate", "-f", basicFile, "--ani", "1", "--show-pii"},
		{"simulate", "-f", basicFile, "--ani", "1", "--crm", "live"}, {"simulate", "-f", basicFile, "--ani", "1", "--flow", "deployed", "--sandbox"},
		{"simulate", "-f", basicFile, "--suite", none}, {"simulate", "-f", basicFile, "--suite", bad}, {"simulate", "-f", basicFile, "--init-suite", bad}, {"simulate", "merge", none}, {"simulate", "merge", bad},
		{"plan", "-f", basicFile}, {"plan", "-f", bad, "--sandbox"},
		{"setup", "-f", basicFile, "--sandbox"}, {"setup", "-f", basicFile, "--yes"},
		{"doctor", "-f", basicFile, "--probes", "1001"}, {"doctor", "-f", basicFile, "--sample", "-1"}, {"doctor", "-f", basicFile, "--calls-per-minute", "NaN"}, {"doctor", "-f", bad}, {"status", "-f", basicFile}, {"status", "-f", basicFile, "--sandbox", "--fail-over", "x"}, {"status", "-f", basicFile, "--sandbox", "--since", "1s"},
		{"switch", "off", "-f", basicFile, "--sandbox"}, {"token", "renew", "-f", basicFile, "--sandbox"}, {"breaker", "open", "-f", basicFile, "--sandbox", "--for", "1ms"},
		{"destroy", "-f", basicFile, "--yes", "--confirm", "other"}, {"destroy", "-f", basicFile, "--yes"},
		{"render", "-f", basicFile}, {"render", "-f", bad, "--out", filepath.Join(t.TempDir(), "x")},
		{"sandbox", "-f", basicFile, "--genesys-address", "0.0.0.0:80"}, {"lab", "-f", none}, {"lab", "-f", basicFile, "--port", "65536"}, {"lab", "-f", basicFile, "--idle", "1ms"}, {"lab", "-f", "-"}, {"sandbox", "reset", "-f", none},
		{"flow", "check", none}, {"flow", "prove", none}, {"flow", "run", none, "--ani", "1"}, {"action", "check", none}, {"action", "run", none},
		{"eval"}, {"eval", "(", "--now", "yesterday"}, {"eval", "--jsonpath", "$"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			code, out, errs := p.run(append(args, "-o", "json")...)
			if code != 1 && code != 2 {
				t.Errorf("exit code %d\n%s", code, errs)
			}
			valid(t, all, "failure", out)
		})
	}
}
