package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/cobra"
)

// A fullDisk takes some bytes and no more.
type fullDisk struct{ left int }

func (d *fullDisk) Write(p []byte) (int, error) {
	n := min(d.left, len(p))
	d.left -= n
	if n < len(p) {
		return n, &os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}
	}
	return n, nil
}

// leaves are the commands that do something, by their path without the program's name.
func leaves(cmd *cobra.Command) []string {
	var out []string
	if cmd.Runnable() && !cmd.HasSubCommands() || cmd.CommandPath() == "dealroute sandbox" {
		_, path, _ := strings.Cut(cmd.CommandPath(), " ")
		out = append(out, path)
	}
	for _, c := range cmd.Commands() {
		out = append(out, leaves(c)...)
	}
	return out
}

// runs are how the commands are called with nothing odd about it, each at least once.
func runs(t *testing.T) map[string][]string {
	t.Helper()
	dir, err := filepath.Abs("../../examples/basic")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "dealroute.yaml")
	built := t.TempDir()
	env := testEnv(t)
	if code := Main(t.Context(), []string{"render", "-f", file, "--out", built}, env); code != 0 {
		t.Fatal(env.IO.Err)
	}
	actions, err := filepath.Glob(filepath.Join(built, "actions", "*find contact*"))
	if err != nil || len(actions) != 1 {
		t.Fatal(actions, err)
	}
	doc := filepath.Join(built, "doc.json")
	if err := os.WriteFile(doc, []byte(`{"a": 1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	suite, of := filepath.Join(built, "suite.json"), testEnv(t)
	if code := Main(t.Context(), []string{"simulate", "-f", file, "--suite", filepath.Join(dir, "calls.yaml"), "-o", "json"}, of); code != 0 {
		t.Fatal(of.IO.Err)
	}
	if err := os.WriteFile(suite, of.IO.Out.(*bytes.Buffer).Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return map[string][]string{
		"simulate merge": {"simulate", "merge", suite}, "demo": {"demo"},
		"init": {"init", "--sandbox", "--name", "acme", "--region", "us-east-1", "--countries", "US", "--fallback-queue", "Sales", "--out", filepath.Join(t.TempDir(), "new")}, "plan": {"plan", "--sandbox", "-f", file}, "setup": {"setup", "--sandbox", "--yes", "-f", file},
		"destroy": {"destroy", "--sandbox", "--yes", "--confirm", "acme-inbound", "-f", file}, "validate": {"validate", "--proof=off", "-f", file},
		"simulate": {"simulate", "-f", file, "--ani", "+15135550142"}, "simulate --load": {"simulate", "-f", file, "--load", "60/min", "--for", "1m"}, "render": {"render", "-f", file, "--out", filepath.Join(built, "again")},
		"graph": {"graph", "-f", file}, "graph --overview": {"graph", "-f", file, "--overview"}, "graph --ani": {"graph", "-f", file, "--ani", "+15135550142"}, "graph --coverage": {"graph", "-f", file, "--coverage", filepath.Join(dir, "calls.yaml")},
		"status": {"status", "--sandbox", "-f", file}, "doctor": {"doctor", "--sandbox", "--probes", "1", "--sample", "10", "-f", file}, "switch show": {"switch", "show", "--sandbox", "-f", file}, "switch on": {"switch", "on", "--sandbox", "-f", file},
		"switch off": {"switch", "off", "--sandbox", "-f", file}, "breaker show": {"breaker", "show", "--sandbox", "-f", file},
		"breaker open": {"breaker", "open", "--sandbox", "-f", file}, "breaker close": {"breaker", "close", "--sandbox", "-f", file},
		"rotate key": {"rotate", "key", "--sandbox", "--yes", "-f", file}, "rotate client": {"rotate", "client", "--sandbox", "--yes", "-f", file},
		"token renew": {"token", "renew", "--sandbox", "-f", "../../examples/oauth/dealroute.yaml"},
		"auth check":  {"auth", "check", "--sandbox", "-f", file},
		"lab":         {"lab", "-f", file}, "sandbox": {"sandbox", "-f", file}, "sandbox reset": {"sandbox", "reset", "-f", file},
		"eval": {"eval", "1 + 1"}, "eval -": {"eval", "-"}, "eval --velocity": {"eval", "--velocity", "x"}, "eval --jsonpath": {"eval", "--jsonpath", "$.a", "--document", doc},
		"flow check": {"flow", "check", filepath.Join(built, "flow", "acme-inbound.yaml")}, "flow check -": {"flow", "check", "-"},
		"flow run":     {"flow", "run", filepath.Join(built, "flow", "acme-inbound.yaml"), "--ani", "+15135550142"},
		"flow prove":   {"flow", "prove", filepath.Join(built, "flow", "acme-inbound.yaml")},
		"action check": {"action", "check", actions[0]}, "action run": {"action", "run", actions[0], "--input", `{"number":"+15135550142"}`, "--base-url", "http://127.0.0.1:1", "--credentials-env", "KEY=token"},
		"schema": {"schema"}, "man": {"man", "--out", filepath.Join(built, "man")}, "version": {"version"}, "help": {"help"}, "help simulate": {"help", "simulate"},
		"completion bash": {"completion", "bash"}, "completion zsh": {"completion", "zsh"}, "completion fish": {"completion", "fish"},
		"completion powershell": {"completion", "powershell"}, "explain": {"plan", "--explain-config", "-f", file}, "nothing": {},
		"__complete": {"__complete", "sim"}, "wrong": {"validate", "-f", doc},
	}
}

// keyed gives a world its keys.
func keyed(env *Env) {
	get := env.Getenv
	env.Getenv = func(n string) string {
		if strings.HasPrefix(n, "GENESYSCLOUD_OAUTH") && !strings.HasSuffix(n, "_FILE") || n == "HUBSPOT_SERVICE_KEY" || n == "KEY" {
			return "pat-na1-00000000-0000-0000-0000-000000000000"
		}
		return get(n)
	}
}

// silent are those whose results are files, not output.
var silent = []string{"man"}

// Output that goes nowhere is an error of every command, in text and JSON, and of every help.
func TestOutputToAFullDisk(t *testing.T) {
	t.Parallel()
	table := runs(t)
	root := newRoot(testEnv(t), commands(testEnv(t)))
	root.InitDefaultHelpCmd()
	for _, path := range leaves(root) {
		if table[path] == nil && !slices.Contains(silent, path) {
			t.Errorf("no run of %q is tried", path)
		}
		table["help of "+path] = append(strings.Fields(path), "--help")
	}
	// Some commands need an org that is set up, and share one.
	state := t.TempDir()
	needs := []string{"status", "switch show", "switch on", "switch off", "breaker show", "breaker open", "breaker close", "rotate key", "rotate client", "token renew"}
	live := func(env *Env) {
		get := env.Getenv
		env.Getenv = func(n string) string {
			if n == "XDG_STATE_HOME" {
				return state
			}
			return get(n)
		}
	}
	made := testEnv(t)
	live(made)
	for _, f := range []string{table["setup"][len(table["setup"])-1], "../../examples/oauth/dealroute.yaml"} {
		if code := Main(t.Context(), []string{"setup", "--sandbox", "--yes", "--verify=off", "-f", f}, made); code != 0 {
			t.Fatal(made.IO.Err)
		}
	}
	for name, args := range table {
		if slices.Contains(silent, name) {
			continue
		}
		for room, format := range []string{"json", "text"} { // the first write fails at its begin, or within
			if format == "json" && (len(args) == 0 || strings.HasPrefix(name, "help") || args[0] == "completion" || args[0] == "__complete" || args[0] == "help") {
				continue
			}
			env := testEnv(t)
			keyed(env)
			env.IO.In = strings.NewReader("1 + 1\n")
			env.IO.Out = &fullDisk{room}
			if slices.Contains(needs, name) {
				live(env)
			}
			run := slices.Clone(args)
			if name == "init" { // which writes nothing where it has written
				run[len(run)-1] = filepath.Join(t.TempDir(), "new")
			}
			if format == "json" {
				run = append(run, "-o", "json")
			}
			ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
			if code := Main(ctx, run, env); code != exitFailed || !strings.Contains(fmt.Sprint(env.IO.Err), "no space left on device") {
				// What is printed on standard error in text arrived.
				if format != "text" || name != "wrong" && name != "action run" {
					t.Errorf("%s in %s with room for %d: exit %d, %s", name, format, room, code, env.IO.Err)
				}
			}
			stop()
		}
	}
}

// fileArguments are all places where a file is named, with the word FILE for it.
func fileArguments(t *testing.T) map[string][]string {
	t.Helper()
	r := runs(t)
	flow, action, with := r["flow run"][2], r["action run"][2], r["simulate"]
	return map[string][]string{
		"deployment": {"validate", "-f", "FILE"}, "deployment of render": {"render", "-f", "FILE", "--out", t.TempDir()},
		"deployment explained": {"plan", "--explain-config", "-f", "FILE"}, "fixtures": append(slices.Clone(with), "--fixtures", "FILE"),
		"world": append(slices.Clone(with), "--world", "FILE"), "arrivals": {"simulate", "-f", with[2], "--arrivals", "FILE"}, "flow": {"flow", "check", "FILE"}, "flow to draw": {"graph", "FILE"}, "world of a picture": {"graph", "-f", with[2], "--world", "FILE"}, "suite of a picture": {"graph", "-f", with[2], "--coverage", "FILE"}, "flow to run": {"flow", "run", "FILE"}, "flow to prove": {"flow", "prove", "FILE"}, "module of a proof": {"flow", "prove", flow, "--module", "FILE"},
		"module": {"flow", "run", flow, "--ani", "1", "--module", "FILE"}, "world of a flow": {"flow", "run", flow, "--ani", "1", "--world", "FILE"},
		"action": {"action", "check", "FILE"}, "action to run": {"action", "run", "FILE"}, "input": {"action", "run", action, "--input", "@FILE"},
		"auth": {"action", "run", action, "--auth", "FILE", "--base-url", "http://127.0.0.1:1"}, "document": {"eval", "--jsonpath", "$.a", "--document", "FILE"},
		"context": {"eval", "--velocity", "x", "--context", "FILE"},
		"calls":   {"simulate", "-f", with[2], "--suite", "FILE", "--against", with[2]}, "what calls are compared with": append(slices.Clone(with), "--against", "FILE"),
		"calls of a plan": {"plan", "--sandbox", "-f", with[2], "--routing-diff", "FILE"},
	}
}

// placed are files that are read because of where they stand: what makes a home with one.
func placed(t *testing.T, link string) map[string]struct {
	env  map[string]string
	args []string
} {
	t.Helper()
	at := func(name string) string {
		dir := t.TempDir()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(link, path); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	deployment := func(line string) string {
		text, err := os.ReadFile("../../examples/basic/dealroute.yaml")
		if err != nil {
			t.Fatal(err)
		}
		return string(text) + line
	}
	beside := at("crm.yaml")
	if err := os.WriteFile(filepath.Join(beside, "dealroute.yaml"), []byte(deployment("")), 0o600); err != nil {
		t.Fatal(err)
	}
	own := at("templates/flow/inbound-call.yaml.tmpl")
	if err := os.WriteFile(filepath.Join(own, "dealroute.yaml"), []byte(deployment("\ntemplates: ./templates\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	type run = struct {
		env  map[string]string
		args []string
	}
	return map[string]run{
		"user configuration":      {map[string]string{"XDG_CONFIG_HOME": at("dealroute/config.yaml")}, []string{"version"}},
		"profile":                 {map[string]string{"HOME": at(".gc/config.toml")}, []string{"plan", "--profile", "p", "-f", "../../examples/basic/dealroute.yaml"}},
		"state":                   {map[string]string{"XDG_STATE_HOME": at("dealroute/sandbox/acme-inbound.json")}, []string{"plan", "--sandbox", "-f", "../../examples/basic/dealroute.yaml"}},
		"fixtures beside":         {nil, []string{"simulate", "--ani", "+15135550142", "-f", filepath.Join(beside, "dealroute.yaml")}},
		"fixtures of the sandbox": {map[string]string{"XDG_STATE_HOME": t.TempDir()}, []string{"plan", "--sandbox", "-f", filepath.Join(beside, "dealroute.yaml")}},
		"template":                {nil, []string{"validate", "-f", filepath.Join(own, "dealroute.yaml")}},
	}
}

// soon runs a command that must end with a failure before it can have read much.
func soon(t *testing.T, name string, env *Env, args []string) {
	t.Helper()
	begin := time.Now()
	code := Main(t.Context(), append(args, "--timeout", "20s"), env)
	if code == exitDone || code == exitInterrupted || time.Since(begin) > 10*time.Second {
		t.Errorf("%s: exit %d after %v: %s%s", name, code, time.Since(begin), env.IO.Out, env.IO.Err)
	}
	if out := fmt.Sprint(env.IO.Out, env.IO.Err); len(out) > 100_000 {
		t.Errorf("%s: %d bytes are printed", name, len(out))
	}
}

// A pipe that nobody writes into, a folder, a device without end and a file larger than
// anything a person writes are refused wherever a file is read, and at once.
func TestOddFilesAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pipe, large := filepath.Join(dir, "pipe"), filepath.Join(dir, "large")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	f, err := os.Create(large)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(4 << 30); err != nil { // it has holes
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for kind, file := range map[string]string{"a pipe": pipe, "a folder": dir, "/dev/zero": "/dev/zero", "4 GB": large} {
		for name, args := range fileArguments(t) {
			if kind == "a folder" && name == "deployment explained" {
				continue // a folder may be given, and only its settings are told
			}
			run := slices.Clone(args)
			for i := range run {
				run[i] = strings.Replace(run[i], "FILE", file, 1)
			}
			soon(t, name+" is "+kind, testEnv(t), run)
		}
		for name, p := range placed(t, file) {
			env := testEnv(t)
			get := env.Getenv
			env.Getenv = func(n string) string {
				if v := p.env[n]; v != "" {
					return v
				}
				return get(n)
			}
			soon(t, name+" is "+kind, env, p.args)
		}
	}
}

// endless gives zeros for ever.
type endless struct{}

func (endless) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// never gives nothing and never ends.
type never struct{}

func (never) Read([]byte) (int, error) { select {} }

func TestStandardInputIsBounded(t *testing.T) {
	for _, args := range [][]string{{"eval", "-"}, {"eval", "-", "--check"}, {"eval", "--velocity", "-"}, {"eval", "--jsonpath", "-"}, {"flow", "check", "-"}} {
		env := testEnv(t)
		env.IO.In = endless{}
		soon(t, strings.Join(args, " "), env, args)
	}
}

// Files are opened in one place, so that nothing is read or written past its limits.
func TestFilesAreOpenedInOnePlace(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || name == "files.go" {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range []string{"os.ReadFile(", "os.Open(", "os.OpenFile(", "os.Create", "os.WriteFile(", "os.DirFS(", "ReadInConfig(", "os.Rename(", "GenManTree("} {
			if bytes.Contains(text, []byte(call)) {
				t.Errorf("%s has %s, files.go opens files", name, call)
			}
		}
	}
}

// Every command ends soon after its time, and after an interrupt, whatever it waits for.
func TestEveryCommandEnds(t *testing.T) {
	mute := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) //nolint:errcheck // only then the server sees that the client goes
		<-r.Context().Done()
	}))
	t.Cleanup(mute.Close) // behind those that run at the same time
	file := []string{"-f", "../../examples/basic/dealroute.yaml"}
	r := runs(t)
	waiting := map[string][]string{
		"eval": {"eval", "-"}, "velocity": {"eval", "--velocity", "-"}, "jsonpath": {"eval", "--jsonpath", "-"}, "flow check": {"flow", "check", "-"},
		"sandbox": append([]string{"sandbox"}, file...), "lab": append([]string{"lab"}, file...), "setup asks": append([]string{"setup", "--sandbox"}, file...),
		"plan": append([]string{"plan", "--genesys-base-url", mute.URL}, file...), "setup": append([]string{"setup", "--yes", "--genesys-base-url", mute.URL}, file...),
		"destroy":    append([]string{"destroy", "--yes", "--confirm", "acme-inbound", "--genesys-base-url", mute.URL}, file...),
		"auth check": append([]string{"auth", "check", "--genesys-base-url", mute.URL, "--hubspot-base-url", mute.URL}, file...),
		"doctor":     append([]string{"doctor", "--genesys-base-url", mute.URL, "--hubspot-base-url", mute.URL}, file...),
		"live":       append([]string{"simulate", "--crm", "live", "--ani", "+15135550142", "--hubspot-base-url", mute.URL}, file...),
		"deployed":   append([]string{"simulate", "--flow", "deployed", "--ani", "+15135550142", "--genesys-base-url", mute.URL}, file...),
		"action run": {"action", "run", r["action run"][2], "--input", `{"number":"+15135550142"}`, "--base-url", mute.URL, "--credentials-env", "KEY=token"},
	}
	page := filepath.Join(t.TempDir(), "report.html")
	t.Cleanup(func() { // behind those that run at the same time
		if _, err := os.Stat(page); err == nil {
			t.Error("a command that did not get to its end wrote a report")
		}
	})
	for _, name := range []string{"plan", "live"} {
		waiting[name+" with a report"] = append(slices.Clone(waiting[name]), "--report", page)
	}
	for name, args := range waiting {
		for _, how := range []string{"timeout", "interrupt"} {
			if (name == "sandbox" || name == "lab") && how == "timeout" {
				continue // a server runs until it is interrupted
			}
			t.Run(name+" "+how, func(t *testing.T) {
				t.Parallel()
				env := testEnv(t)
				keyed(env)
				env.IO.In, env.IO.InTerminal = never{}, true
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				want, run := exitFailed, append(slices.Clone(args), "--timeout", "600ms")
				if how == "interrupt" {
					want, run = exitInterrupted, args
					time.AfterFunc(600*time.Millisecond, stop)
				}
				begin := time.Now()
				code := Main(ctx, run, env)
				switch {
				case name == "sandbox" || name == "lab":
					want = exitDone // it ran as long as it was to
				case slices.Contains([]string{"action run", "auth check", "doctor"}, name) && how == "timeout":
					want = exitNo // its answer is that it timed out
				}
				if code != want || time.Since(begin) > grace {
					t.Errorf("exit %d after %v, want %d: %s%s", code, time.Since(begin), want, env.IO.Out, env.IO.Err)
				}
			})
		}
	}
}

// A command that does not listen is left behind.
func TestDeafCommandEnds(t *testing.T) {
	env := testEnv(t)
	env.IO.Out = io.Discard
	deaf := &cobra.Command{Use: "deaf", RunE: func(*cobra.Command, []string) error { select {} }}
	begin := time.Now()
	code := run(t.Context(), []string{"deaf", "--timeout", "100ms"}, env, map[string][]*cobra.Command{groupOther: {deaf}})
	if code != exitFailed || time.Since(begin) > 2*grace || !strings.Contains(fmt.Sprint(env.IO.Err), "not done within 100ms") {
		t.Errorf("exit %d after %v: %s", code, time.Since(begin), env.IO.Err)
	}
}

// Nothing is written outside of the folder that was named: neither by a name nor by a link
// that stands in it.
func TestNothingIsWrittenOutside(t *testing.T) {
	top := t.TempDir()
	out, elsewhere := filepath.Join(top, "out"), filepath.Join(top, "elsewhere")
	for _, dir := range []string{out, elsewhere} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	victim := filepath.Join(elsewhere, "victim")
	if err := os.WriteFile(victim, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"flow": elsewhere, "linked.txt": victim, "up": "..", "dangling": filepath.Join(elsewhere, "new")} {
		if err := os.Symlink(to, filepath.Join(out, name)); err != nil {
			t.Fatal(err)
		}
	}
	for name, writable := range map[string]bool{
		"../evil": false, "../../../evil": false, "a/../../evil": false, "/evil": false, top + "/evil": false, "flow/x.yaml": false, "up/evil": false, "up/elsewhere/victim": false,
		"": false, ".": false, "..": false, "nul\x00byte": false, strings.Repeat("x", 300): false, "a//b": true,
		"linked.txt": true, "dangling": true, "CON": true, "dots..": true, "plain.txt": true, "deep/in/it.txt": true, "..hidden": true, "-rf": true, "a\nb": true,
	} {
		err := writeTree(out, map[string][]byte{name: []byte("text")})
		if (err == nil) != writable {
			t.Errorf("%.40q: %v", name, err)
		}
	}
	if err := writeTree(out, map[string][]byte{"actions/Find.json": nil, "actions/find.json": nil}); err == nil {
		t.Error("two names that are one for some file systems")
	}
	var found []string
	err := filepath.WalkDir(top, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasPrefix(path, out) {
			found = append(found, path)
		}
		return err
	})
	if err != nil || !slices.Equal(found, []string{victim}) {
		t.Errorf("%v %v", found, err)
	}
	if text, err := os.ReadFile(victim); err != nil || string(text) != "mine" {
		t.Errorf("%q %v", text, err)
	}
	es, err := filepath.Glob(filepath.Join(out, ".dealroute-*"))
	if err != nil || len(es) > 0 {
		t.Errorf("left: %v %v", es, err)
	}
}

// What a killed run left in a folder is cleared away by the next one, what is not ours stays.
func TestUnfinishedFilesAreCleared(t *testing.T) {
	out := t.TempDir()
	if err := writeTree(out, map[string][]byte{"a/x": nil}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a/" + parts("x") + "0123.part", "a/.dealroute-notes", "a/other.part", "a/.dealroute-dir.part/kept"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(out, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(out, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := writeTree(out, map[string][]byte{"a/y": nil}); err != nil {
		t.Fatal(err)
	}
	es, err := os.ReadDir(filepath.Join(out, "a"))
	var names []string
	for _, e := range es {
		names = append(names, e.Name())
	}
	if want := []string{".dealroute-dir.part", ".dealroute-notes", "other.part", "x", "y"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("%q, want %q, %v", names, want, err)
	}
}
