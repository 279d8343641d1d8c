package cli_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/dealroute/dealroute/pkg/cli"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/reports"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// What the fake vendors give and repeat, beside the marks of secrets_test.go.
const (
	markedIssued   = "IsSuEd_MaRk_77aa88bb99cc"   // the token that a sign-in gives
	markedPassword = "PaSsWoRd_MaRk_5f6e7d8c"     // of a base URL
	markedRefresh  = "ReFrEsH_MaRk_0f1e2d3c4b5a"  // of HubSpot's OAuth
	markedRuntime  = "RuNtImE_MaRk_a9b8c7d6e5f4/" // of the client that data actions run with
)

func known() []string {
	return append(secrets(), markedIssued, markedPassword, markedRefresh, markedRuntime)
}

// forms are what a vendor can make of a secret.
func forms(s string) []string {
	quoted, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return []string{
		s, strings.Trim(string(quoted), `"`), url.QueryEscape(s), url.PathEscape(s), strings.ToLower(url.QueryEscape("/")) + url.QueryEscape(s),
		base64.StdEncoding.EncodeToString([]byte(genesystest.ClientID + ":" + s)), base64.StdEncoding.EncodeToString([]byte(s)),
		base64.URLEncoding.EncodeToString([]byte("a" + s + "b")), base64.RawStdEncoding.EncodeToString([]byte("ab" + s)),
	}
}

// people are numbers and an address that no vendor may tell.
func people() []string {
	return []string{"+15135550142", "15135550142", "5135550142", "(513) 555-0142", "513-555-0166", "%2B15135550166", "lucia.mark@example.com", "lucia.mark%40example.com"}
}

const acting = "\x1b[31mred\x1b]0;title\x07 \u009b1m \u202eevil\u2066\u200f\u061c \x7f\x08\x0b \xff \rFORGED\nFORGED: all fine\r\nFORGED: too\u2028FORGED\u0085FORGED\u2029FORGED\tFORGED </script><img src=x onerror=alert(1)><!-- "

// poison is what a vendor or somebody else may say: what it was told, in all forms.
func poison(told ...string) string {
	text := acting
	for _, s := range told {
		text += "Bearer " + strings.Join(forms(s), " | ") + "\n"
	}
	return text + strings.Join(people(), " and ")
}

// A leaks holds outputs against marks, and counts.
type leaks struct {
	t *testing.T

	mu                      sync.Mutex
	runs, looked, at, pages int
}

var forged = regexp.MustCompile(`(?m)^[^\n]{0,2}\s*FORGED`)

// hold looks for every mark in an output.
func (l *leaks) hold(what, out string, personal bool) {
	l.t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	found := func(is, s string) {
		if l.at++; l.at < 25 {
			l.t.Errorf("%s: %s: %s", what, is, around(out, s))
		}
	}
	for _, secret := range known() {
		for _, f := range append(forms(secret), secret[3:len(secret)-3]) {
			if l.looked++; strings.Contains(out, f) {
				found("a secret", f)
			}
		}
	}
	for _, p := range people() {
		if l.looked++; personal && strings.Contains(out, p) {
			found("a person", p)
		}
	}
	l.looked += 2
	for i, r := range out {
		_, size := utf8.DecodeRuneInString(out[i:])
		if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' || r == utf8.RuneError && size == 1 {
			found("a character that acts", string(r))
			break
		}
	}
	if s := forged.FindString(out); s != "" {
		found("a forged line", s)
	}
}

// run runs a command in both formats, with everything that can be logged.
func (l *leaks) run(m marked, personal bool, args ...string) (out string) {
	l.t.Helper()
	for _, format := range []string{"text", "json"} {
		all := append(slices.Clone(args), "-o", format, "--log-level", "debug")
		if args[0] == "completion" || args[0] == "help" {
			all = args
		}
		code, stdout, stderr := m.run(all...)
		what := fmt.Sprintf("%.60q -o %s", args, format)
		l.hold(what+" (standard output)", stdout, personal)
		l.hold(what+" (standard error)", stderr, personal)
		l.mu.Lock()
		l.runs++
		l.mu.Unlock()
		out += stdout + stderr
		if code != 1 && format == "text" && reportable(m, args) {
			out += l.page(m, personal, args...)
		}
	}
	return out
}

// reportable tells whether a command writes reports.
func reportable(m marked, args []string) bool {
	c, _, err := cli.Tree(m.in(io.Discard, io.Discard)).Find(args[:1])
	return err == nil && c.Flags().Lookup("report") != nil && !slices.Contains(args, "--explain-config")
}

// page runs a command once more with --report, and looks into the page.
func (l *leaks) page(m marked, personal bool, args ...string) string {
	l.t.Helper()
	file := filepath.Join(l.t.TempDir(), "report.html")
	code, stdout, stderr := m.run(append(slices.Clone(args), "-o", "text", "--log-level", "debug", "--report", file)...)
	what := fmt.Sprintf("%.60q --report", args)
	l.hold(what+" (output)", stdout+stderr, personal)
	text, err := os.ReadFile(file)
	if err != nil {
		if code != 1 || !strings.Contains(stderr, "--report") { // some flags go without
			l.t.Errorf("%s: exit %d, %v: %s", what, code, err, stderr)
		}
		return ""
	}
	l.mu.Lock()
	l.pages++
	l.mu.Unlock()
	page := string(text)
	l.hold(what, page, personal)
	l.hold(what+" (as a browser reads it)", html.UnescapeString(page), personal)
	data, err := reports.Data(text) // which may be packed
	if err != nil {
		l.t.Errorf("%s: %v", what, err)
	}
	l.hold(what+" (the answer in it)", string(data), personal)
	problems, _ := reports.Check(text)
	if n := strings.Count(page, "<script"); n != 2 || strings.Contains(page, "<img") {
		problems = append(problems, fmt.Sprintf("it has %d scripts, or a picture of somebody: %s", n, around(page, "<img")))
	}
	for _, p := range problems {
		l.t.Errorf("%s: %s", what, p)
	}
	return page
}

func (l *leaks) report() {
	l.t.Logf("%d runs, %d outputs, %d pages, %d looks for a mark, %d leaks", l.runs, 2*l.runs, l.pages, l.looked, l.at)
	if l.runs == 0 {
		l.t.Error("nothing was run")
	}
}

// fill puts a mark into every variable that may hold a secret.
func (m marked) fill() {
	for i, name := range cli.SecretVariables() {
		m.env[name] = []string{markedKey, markedSecret, markedRefresh, markedSecret, markedToken, markedRuntime}[i]
	}
	delete(m.env, "GENESYSCLOUD_ACCESS_TOKEN") // it would stand before the client
}

// commandRuns say for each command how it is run. Every command has an entry; the first line is
// one that does its work, and is run again with something strange in each of its flags.
func commandRuns(t *testing.T, m marked) map[string][][]string {
	t.Helper()
	write := func(name, text string) string {
		path := filepath.Join(m.dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	build := filepath.Join(m.dir, "build")
	if code, _, errs := m.run("render", "-f", m.file, "--out", build); code != 0 {
		t.Fatal(errs)
	}
	flow, action := onlyMatch(t, filepath.Join(build, "flow", "*.yaml")), onlyMatch(t, filepath.Join(build, "actions", "*find contact*"))
	text := func(path string) string {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	quoted := func(s string) string { b, _ := json.Marshal(strings.ToValidUTF8(s, "")); return string(b) }
	says := quoted(acting)
	evilFlow := write("evil.yaml", strings.ReplaceAll(fmt.Sprintf(formsFlow, 2), "name: Take apart", "name: "+says))
	evilAction := write("evil.json", strings.Replace(text(action), `"name": "`, `"name": `+says[:len(says)-1], 1))
	broken := write("broken.yaml", "inboundCall:\n  name: "+says+"\n  tasks: ["+says+"]\n")
	raw := write("raw.yaml", "version: 1\nname: \""+acting+"\"\n")
	keys := write("keys.yaml", "version: 1\n"+says+": x\nname: acme\n")
	names := write("names.yaml", strings.Replace(text(m.file), "name: noted", "name: "+says, 1))
	world := write("world.yaml", "call: {ani: "+quoted("\"Lucia\x1b[31m\nFORGED\" <sip:+15135550142@host>")+"}\nqueues: {"+says+": missing}\ndata: {"+says+": 1}\n")
	crm := write("evil-crm.yaml", strings.NewReplacer("Lucia", says, "Mark & Sons", says).Replace(markedAccount))
	arrivals := write("arrivals.csv", "time,ani\n09:00:00,"+quoted("Lucia Marked <sip:+15135550142@host>")+"\n09:00:01,+15135550142\n"+says+",1\n")
	doc := write("doc.json", `{"a":`+says+`}`)
	input := write("input.json", `{"number":"+15135550142","national":"5135550142","`+"x"+`":`+says+`}`)
	evilPath := filepath.Join(m.dir, "no\x1b[31m\nFORGED: all fine")
	ani := "\"Lucia \x1b[31m\nFORGED: all\" <sip:+15135550142@203.0.113.7>"
	evilSuite := write("suite.yaml", "calls:\n  - {name: "+says+", ani: "+quoted(ani)+", expect: {queue: "+says+", rule: "+says+", participantData: {"+says+": "+says+"}}}\n")
	badCalls := write("calls.csv", "ani,"+acting+"\n"+acting+","+ani+"\n")
	badPart := write("part.json", `{"schema": 1, "suite": {"file": `+says+`, "hash": `+says+`}, `+says+`: 1}`)
	oauth := write("oauth.yaml", "version: 1\nname: noted-app\ngenesys: {region: us-east-1}\nhubspot: {auth: {method: oauth, renew: outside}, lookup: {homeCountries: [US]}}\nrouting: {fallback: {queue: General}}\n")
	f := []string{"-f", m.file}
	saved := filepath.Join(m.dir, "saved.plan")
	calls := write("calls.csv", "ANI;Name;Date\n+15135550142;Lucia;23.11.26 09:00\n\"\"\"Lucia\"\" <sip:+15135550142@203.0.113.7>\";x;\n")
	evilCalls := write("evil-calls.csv", "\"Anrufer "+strings.ReplaceAll(acting, "\n", " ")+"\",x\n+15135550142,+15135550142\n")
	with := func(args ...string) []string { return append(slices.Clone(args), f...) }
	return map[string][][]string{
		"demo": {{"demo"}},
		"plan": {with("plan", "--sandbox"), {"plan", "-f", names, "--sandbox"}, {"plan", "-f", raw}, {"plan", "-f", keys}, with("plan", "--profile", acting), with("plan", "--sandbox", "--routing-diff", calls), with("plan", "--sandbox", "--routing-diff", evilCalls), with("plan", "--region", acting), with("plan", "--sandbox", "--out", saved), {"plan", "-f", names, "--sandbox", "--out", saved}},
		"setup": {
			with("setup", "--sandbox", "--yes"), with("setup", "--sandbox"), with("setup", saved, "--sandbox", "--yes"), with("setup", evilPath, "--sandbox"), with("setup", raw, "--sandbox"), {"setup", "-f", names, "--sandbox", "--yes"},
			with("plan", "--sandbox", "--detailed-exitcode"), with("simulate", "--flow", "deployed", "--sandbox", "--ani", ani, "--trace"),
		},
		"destroy": {with("destroy", "--sandbox", "--yes"), with("destroy", "--yes", "--confirm", acting)},
		"status":  {with("status", "--sandbox"), {"status", "-f", names, "--sandbox"}, with("status", "--profile", acting)},
		"doctor":  {with("doctor", "--sandbox", "--probes", "1"), {"doctor", "-f", names, "--sandbox", "--probes", "0", "--sample", "5"}, with("doctor", "--profile", acting)},
		"switch":  {with("switch", "--sandbox"), {"switch", "-f", names, "--sandbox"}, with("switch", "--profile", acting)}, "switch show": {with("switch", "show", "--sandbox")},
		"switch on": {with("switch", "on", "--sandbox")}, "switch off": {with("switch", "off", "--sandbox", "--reason", ani)},
		"breaker": {with("breaker", "--sandbox")}, "breaker show": {with("breaker", "show", "--sandbox")},
		"breaker open": {with("breaker", "open", "--sandbox", "--reason", "call "+ani), with("breaker", "show", "--sandbox")}, "breaker close": {with("breaker", "close", "--sandbox")},
		"auth":          {{"auth"}},
		"auth check":    {with("auth", "check", "--sandbox"), with("auth", "check", "--offline"), with("auth", "check", "--profile", acting), with("auth", "check", "--region", acting, "--genesys-base-url", "http://127.0.0.1:1", "--hubspot-base-url", "http://127.0.0.1:1"), {"auth", "check", "--offline", "-f", raw}},
		"token":         {{"token"}},
		"token renew":   {{"token", "renew", "--sandbox", "-f", oauth}, {"setup", "-f", oauth, "--sandbox", "--yes", "--verify=off"}, {"token", "renew", "--sandbox", "-f", oauth}, {"token", "renew", "-f", oauth}, with("token", "renew")},
		"rotate":        {{"rotate"}},
		"rotate key":    {with("rotate", "key", "--sandbox", "--yes"), with("rotate", "key", "--sandbox", "--stdin", "--yes"), with("rotate", "key", "--stdin")},
		"rotate client": {with("rotate", "client", "--sandbox", "--yes"), with("rotate", "client")},
		"validate":      {with("validate", "--proof=quick"), with("validate", "--proof=off", "--online", "--sandbox"), with("validate", "--proof=quick", "--counterexamples", filepath.Join(m.dir, "replays")), {"validate", "-f", raw, "--proof=quick"}, {"validate", "-f", keys, "--proof=quick"}, {"validate", "-f", names}, {"validate", "-f", names, "-o", "sarif", "--proof=off"}, {"validate", "-f", names, "-o", "github", "--proof=off"}, {"validate", "-f", names, "-o", "junit", "--proof=off"}, {"validate", "-f", keys, "-o", "github", "--proof=off"}, {"validate", "-f", names, "--severity", acting}},
		"simulate": {
			with("simulate", "--ani", ani, "--trace"), with("simulate", "--ani", ani, "--trace", "--fixtures", crm), with("simulate", "--world", world, "--trace"),
			with("simulate", "--ani", ani, "--fault", acting+"=429"), with("simulate", "--ani", ani, "--at", acting), {"simulate", "-f", names, "--ani", ani, "--trace"},
			with("simulate", "--suite", calls, "--against", names), {"simulate", "-f", names, "--suite", calls, "--against", m.file}, with("simulate", "--ani", ani, "--against", raw),
			with("simulate", "--suite", evilCalls, "--against", names), with("simulate", "--suite", calls, "--against", names, "--columns", "at=Name"), with("simulate", "--suite", evilPath, "--against", evilPath),
			with("simulate", "--suite", evilSuite), with("simulate", "--suite", evilSuite, "-o", "junit"), with("simulate", "--suite", evilSuite, "-o", "github"), with("simulate", "--suite", badCalls),
			with("simulate", "--load", "60/min", "--for", "1m"), {"simulate", "-f", names, "--load", "60/min", "--for", "1m"}, with("simulate", "--arrivals", arrivals), with("simulate", "--arrivals", evilPath),
			with("simulate", "--load", acting), with("simulate", "--load", "1/s", "--for", "1m", "--fault", "429@"+acting), with("simulate", "--load", "1/s", "--for", "1m", "--compare", acting),
		},
		"graph": {
			with("graph", "--ani", ani), with("graph"), with("graph", "-o", "svg"), with("graph", "--ani", ani, "-o", "svg"), {"graph", "-f", names, "--rules", "-o", "svg"}, {"graph", "-f", names, "-o", "svg"}, {"graph", evilFlow, "-o", "svg"}, {"graph", evilFlow, "--ani", ani},
			{"graph", evilFlow, "--world", world, "-o", "svg"}, {"graph", broken}, {"graph", evilPath}, with("graph", "--coverage", evilSuite), with("graph", "--rules", "--ani", ani, "--fixtures", crm), with("graph", "--out", evilPath+".svg"), with("graph", "--world", world),
			{"graph", evilFlow, "--counterexample", "any"}, {"graph", evilFlow, "--overview", "-o", "svg"}, {"graph", evilFlow, "--overview", "-o", "text"}, with("graph", "--overview", "--ani", ani, "-o", "svg"),
		},
		"simulate merge": {with("simulate", "merge", badCalls), with("simulate", "merge", badPart)},
		"init": {
			{"init", "--sandbox", "--name", "acme", "--region", "us-east-1", "--countries", "US", "--fallback-queue", "Lucia # \"quoted\"", "--out", filepath.Join(m.dir, "i\x1b[31m\nFORGED")},
			{"init", "--name", acting, "--region", "us-east-1", "--countries", "US", "--fallback-queue", "A", "--out", evilPath}, {"init", "--name", "acme", "--region", "us-east-1", "--countries", acting, "--fallback-queue", acting, "--out", evilPath},
			{"init", "--name", "acme", "--region", "us-east-1", "--countries", "US", "--fallback-queue", acting, "--number", ani, "--out", evilPath}, {"init", "--out", evilPath},
			{"init", "--name", "acme", "--region", "us-east-1", "--countries", "US", "--fallback-queue", "A", "--stages", acting, "--out", evilPath},
		},
		"render":        {with("render", "--out", filepath.Join(m.dir, "again")), {"render", "-f", names, "--out", filepath.Join(m.dir, "b\x1b[31m\nFORGED")}},
		"lab":           {with("lab"), with("lab", "-o", "json"), {"lab", "-f", names}, {"lab", "-f", raw}, {"lab", "-f", keys}},
		"sandbox":       {with("sandbox")},
		"sandbox reset": {with("sandbox", "reset")},
		"eval": {
			{"eval", "1 + 1"}, {"eval", `"` + acting + `"`}, {"eval", acting}, {"eval", "Call.Ani", "--set", "Call.Ani=" + ani}, {"eval", "--velocity", "$input.a " + acting, "--context", input},
			{"eval", "--jsonpath", "$.a", "--document", doc}, {"eval", "--jsonpath", "$.b" + acting, "--document", doc}, {"eval", "--velocity", "#if(" + acting}, {"eval", "--check", "Flow." + acting},
		},
		"flow": {{"flow"}}, "action": {{"action"}},
		"flow check":   {{"flow", "check", flow}, {"flow", "check", evilFlow}, {"flow", "check", broken}, {"flow", "check", evilPath}, {"flow", "check", raw}},
		"flow run":     {{"flow", "run", evilFlow, "--ani", ani, "--trace"}, {"flow", "run", evilFlow, "--world", world, "--trace"}, {"flow", "run", broken}, {"flow", "run", evilPath}},
		"flow prove":   {{"flow", "prove", flow}, {"flow", "prove", evilFlow, "--counterexamples", filepath.Join(m.dir, "calls")}, {"flow", "prove", broken}, {"flow", "prove", evilPath}, {"flow", "prove", flow, "--module", evilFlow}},
		"action check": {{"action", "check", action}, {"action", "check", evilAction}, {"action", "check", evilPath}, {"action", "check", broken}},
		"action run":   {{"action", "run", action, "--input", "@" + input, "--base-url", "http://127.0.0.1:1", "--trace"}, {"action", "run", evilAction, "--input", "{}"}, {"action", "run", evilPath}},
		"explain":      {{"explain", "DR-CALL-006"}, {"explain", acting}},
		"schema":       {{"schema"}}, "man": {{"man", "--out", filepath.Join(m.dir, "man")}}, "version": {{"version"}},
		"help": {{"help"}}, "completion": {{"completion"}},
		"completion bash": {{"completion", "bash"}}, "completion zsh": {{"completion", "zsh"}}, "completion fish": {{"completion", "fish"}}, "completion powershell": {{"completion", "powershell"}},
	}
}

// The walk over the command tree: every command as it is meant, and with something strange in
// each flag and as an argument. A command without an entry fails.
func TestNoCommandLeaks(t *testing.T) {
	t.Parallel()
	m := newMarked(t, "mixed")
	m.fill()
	m.inFiles(t, "HUBSPOT_SERVICE_KEY", "HUBSPOT_REFRESH_TOKEN", "DEALROUTE_RUNTIME_CLIENT_SECRET") // and the others in the environment
	runs := commandRuns(t, m)
	l := &leaks{t: t}
	walked := 0
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			walk(sub)
		}
		path := strings.TrimPrefix(strings.TrimPrefix(c.CommandPath(), "dealroute"), " ")
		if path == "" {
			return
		}
		walked++
		lines := runs[path]
		if len(lines) == 0 {
			t.Errorf("command %q is not run here: give it an entry in commandRuns", path)
			return
		}
		for _, args := range lines {
			l.run(m, true, args...)
		}
		l.run(m, true, append(strings.Fields(path), acting)...)
		l.run(m, true, append(strings.Fields(path), "--"+acting)...)
		l.run(m, true, append(slices.Clone(lines[0]), "--explain-config", "--hubspot-base-url", "https://someone:"+markedPassword+"@host", "--genesys-base-url", "someone:"+markedPassword+"@"+acting)...)
		flags := func(f *pflag.Flag) {
			if f.Value.Type() != "bool" && path != "help" && c.Runnable() && f.Name != "timeout" {
				l.run(m, true, append(slices.Clone(lines[0]), "--"+f.Name+"="+acting+"\x00")...)
			}
		}
		c.LocalFlags().VisitAll(flags)
		if path == "plan" { // those of all commands
			c.InheritedFlags().VisitAll(flags)
		}
	}
	env := m.in(io.Discard, io.Discard)
	root := cli.Tree(env)
	root.InitDefaultHelpCmd()
	walk(root)
	if walked < len(runs) {
		t.Errorf("%d commands, and %d have an entry: one is gone", walked, len(runs))
	}
	cleanTree(t, m.dir)
	cleanTree(t, m.env["HOME"])
	kept, err := os.ReadFile(filepath.Join(m.dir, "saved.plan"))
	if err != nil {
		t.Fatal(err)
	}
	l.hold("a saved plan", string(kept), true)
	if l.pages < 12 {
		t.Errorf("%d pages were looked into", l.pages)
	}
	l.report()
}

// An address is shown without who asks there, however short or misspelt that is.
func TestExplainConfigHidesAUser(t *testing.T) {
	p := hurried(t)
	for _, who := range []string{"u:p", "u", ":", "u:p%40w", "u:", "us:p:p", "ü:ß"} {
		for _, format := range []string{"text", "json"} {
			for _, address := range []string{"https://" + who + "@host:1/x", "//" + who + "@host"} {
				_, out, errs := p.run("--explain-config", "-o", format, "--genesys-base-url", address, "--hubspot-base-url", address)
				if strings.Contains(out+errs, who+"@") || strings.Count(out, "//••••••@host") != 2 {
					t.Errorf("%s: %s%s", address, out, errs)
				}
			}
		}
	}
}

// An address to which no path can be added is refused by every source and nothing of it shown,
// for what is behind the question mark may be a key.
func TestAddressesHaveNoQuery(t *testing.T) {
	for _, address := range []string{"https://host/x?k=SECRETMARK", "https://host#SECRETMARK", "https://host?", "http://user:SECRET?MARK@host", "?SECRETMARK"} {
		for _, name := range []string{"genesys-base-url", "hubspot-base-url"} {
			for _, format := range []string{"text", "json"} {
				for _, command := range [][]string{{"--explain-config"}, {"plan"}, {"simulate", "--crm", "live", "--ani", "+15135550142"}, {"setup", "--yes"}} {
					p := newProgram(t)
					args := append(slices.Clone(command), "-o", format, "-f", "../../examples/basic/dealroute.yaml")
					code, out, errs := p.run(append(args, "--"+name, address)...)
					variable := "DEALROUTE_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
					t.Setenv(variable, address) // which viper reads itself
					second, out2, errs2 := p.run(args...)
					t.Setenv(variable, "")
					all := out + errs + out2 + errs2
					if code != 1 || second != 1 || strings.Count(all, "has a query or a fragment") != 2 || strings.Contains(all, "SECRET") || strings.Contains(all, "MARK") {
						t.Errorf("%s %v: exit %d and %d: %s", address, args, code, second, all)
					}
				}
			}
		}
	}
	p := newProgram(t)
	if code, _, errs := p.run("action", "run", "f.json", "--base-url", "http://host/?SECRETMARK"); code != 1 || strings.Contains(errs, "MARK") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

// Of a client whose roles hold nothing that is told, the plan says so and what it needs.
func TestUnknownPermissionsAreTold(t *testing.T) {
	for name, grants := range map[string]any{
		"no grants": []any{}, "no policies": []any{map[string]any{"role": map[string]any{"id": "r", "policies": []any{}}, "division": map[string]any{"id": "d"}}},
		"conditions": []any{map[string]any{"role": map[string]any{"id": "r", "policies": []any{map[string]any{"domain": "*", "entityName": "*", "actions": []any{"*"}, "condition": map[string]any{}}}}, "division": map[string]any{"id": "d"}}},
	} {
		m := newMarked(t, "mixed")
		front, api, crm := newOrgFront(t)
		front.change = func(r *http.Request, b map[string]any) any {
			if !strings.HasSuffix(r.URL.Path, "/subjects/me") {
				return nil
			}
			b["grants"] = grants
			return b
		}
		for _, format := range []string{"text", "json"} {
			code, out, errs := m.run("plan", "-o", format, "-f", m.file, "--genesys-base-url", api, "--hubspot-base-url", crm)
			if code != 0 || front.hits == 0 || !strings.Contains(errs, "is not known; the changes need ") || !strings.Contains(errs, "architect:datatable:add") || strings.Contains(errs, "seems to lack") ||
				format == "json" && !strings.Contains(out, `"permissionsMissing": null`) {
				t.Errorf("%s: exit %d, %d: %s", name, code, front.hits, errs)
			}
		}
	}
}

// A time in which nothing can be done is refused, whatever the command.
func TestTimeoutsAreTimes(t *testing.T) {
	for _, given := range []string{"-5s", "0", "1ns", "9ms", "-1ns"} {
		for _, command := range []string{"validate", "plan", "version"} {
			p := newProgram(t)
			if code, out, errs := p.run(command, "--timeout", given); code != 1 || !strings.Contains(errs, "is too short") || out != "" {
				t.Errorf("%s %s: exit %d: %s%s", command, given, code, out, errs)
			}
		}
	}
}

// Each variable that may hold a secret is known to the writers.
func TestEverySecretVariableIsKnown(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	name := regexp.MustCompile(`"([A-Z]+_[A-Z_]*(?:SECRET|TOKEN|KEY|PASSWORD))"`)
	found := 0
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range name.FindAllStringSubmatch(string(data), -1) {
			if found++; !slices.Contains(cli.SecretVariables(), s[1]) {
				t.Errorf("%s reads %s, which no writer hides", f, s[1])
			}
		}
	}
	if found < 5 {
		t.Error("the test looks in the wrong place")
	}
}

// A vendor answers as it is told to, and repeats what it was sent.
type vendor struct {
	mu     sync.Mutex
	status int
	body   func(say string) any // nil: the answer of the sign-in
	kind   string
	token  bool // also the sign-in is refused
	raw    bool // headers are such as net/http refuses
	asked  int
}

func (v *vendor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	sent, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if strings.HasSuffix(r.URL.Path, "/oauth/token") && !v.token {
		fmt.Fprintf(w, `{"access_token":%q,"token_type":"bearer","expires_in":86399}`, markedIssued)
		return
	}
	v.asked++
	told := []string{markedKey, markedSecret, markedPassword, markedRefresh, markedRuntime}
	if strings.Contains(r.Header.Get("Authorization"), markedIssued) { // nobody else was shown it, nor perhaps has the run read it yet
		told = append(told, markedIssued)
	}
	say := poison(told...) + " " + r.Header.Get("Authorization") + " " + r.URL.String() + " " + string(sent)
	var text []byte
	switch body := v.body(say).(type) {
	case string:
		text = []byte(body)
	default:
		text, _ = json.Marshal(body)
	}
	head := strings.Map(func(r rune) rune {
		if r < ' ' && !v.raw || r == 0x7f {
			return ' '
		}
		return r
	}, say)
	for _, name := range []string{"ININ-Correlation-Id", "X-HubSpot-Correlation-Id", "X-Request-Id", "CF-Ray"} {
		w.Header()[name] = []string{head}
	}
	w.Header().Set("Retry-After", "3600") // longer than anybody waits
	w.Header().Set("Content-Type", v.kind)
	w.WriteHeader(v.status)
	w.Write(text) //nolint:errcheck // the client is in this test
}

// errorShapes are the bodies that both vendors' errors have, whole and each member alone.
func errorShapes() map[string]func(say string) any {
	type o = map[string]any
	members := map[string]func(say string) any{
		// Genesys.
		"message": func(s string) any { return s }, "code": func(s string) any { return s }, "contextId": func(s string) any { return s },
		"messageWithParams": func(s string) any { return s }, "messageParams": func(s string) any { return o{s: s} },
		"details": func(s string) any {
			return []o{{"errorCode": s, "fieldName": s, "entityId": s, "entityName": s}, {"errorCode": "x", "fieldName": s}}
		},
		"errors": func(s string) any {
			return []o{{"message": s, "code": s, "in": s, "subCategory": s, "context": o{"requiredGranularScopes": []string{s}, s: []string{s}}}}
		},
		"limit": func(s string) any { return o{"key": s, "namespace": s, "value": 300} },
		"error": func(s string) any { return s }, "error_description": func(s string) any { return s }, "description": func(s string) any { return s },
		// HubSpot.
		"status": func(s string) any { return s }, "category": func(s string) any { return s }, "subCategory": func(s string) any { return s }, "policyName": func(s string) any { return s },
		"errorType": func(s string) any { return s }, "correlationId": func(s string) any { return s }, "requestId": func(s string) any { return s },
		"context": func(s string) any { return o{s: []string{s}, "policyName": []string{s}, "requiredScopes": []string{s}} }, "links": func(s string) any { return o{s: s} },
	}
	out := map[string]func(say string) any{
		"all": func(say string) any {
			all := o{}
			for name, f := range members {
				all[name] = f(say)
			}
			delete(all, "status") // a number with one vendor and a text with the other
			return all
		},
		"scopes": func(say string) any {
			return o{"status": "error", "category": "MISSING_SCOPES", "message": say, "correlationId": say, "errors": []o{{"message": say, "context": o{"requiredGranularScopes": []string{say}}}}}
		},
		"expired": func(say string) any {
			return o{"status": "error", "category": "EXPIRED_AUTHENTICATION", "message": say, "correlationId": say}
		},
		"validation": func(say string) any {
			return o{"status": "error", "category": "VALIDATION_ERROR", "message": "bad", "errors": []o{{"message": say}}}
		},
		"page": func(say string) any { return "<html><title>" + say + "</title></html>" }, "text": func(say string) any { return say },
		"list": func(say string) any { return []string{say} }, "word": func(say string) any { b, _ := json.Marshal(say); return string(b) }, "half": func(say string) any { return `{"message":"` + say },
	}
	for name, f := range members {
		out[name] = func(say string) any { return o{name: f(say)} }
	}
	return out
}

// Whatever either vendor answers, in every status and every member of an error, repeating all
// secrets in all forms, people, and what acts on a terminal.
func TestNoAnswerOfAVendorLeaks(t *testing.T) {
	t.Parallel()
	m := newMarked(t, "mixed")
	m.fill()
	action := commandRuns(t, m)["action run"][0][2]
	v := &vendor{kind: "application/json"}
	srv := httptest.NewServer(v)
	defer srv.Close()
	at := strings.Replace(srv.URL, "//", "//someone:"+markedPassword+"@", 1)
	l := &leaks{t: t}
	told := 0
	ask := func(args ...string) {
		v.asked = 0
		out := l.run(m, true, append(args, "--genesys-base-url", at, "--hubspot-base-url", at)...)
		if v.asked == 0 {
			t.Errorf("%.100q: the vendor was not asked: %.500s", args, out)
		}
		if strings.Contains(out, "FORGED") {
			told++
		}
	}
	genesys := [][]string{
		{"plan", "-f", m.file}, {"setup", "-f", m.file, "--yes"},
		{"simulate", "-f", m.file, "--flow", "deployed", "--ani", "+15135550142"},
	}
	hubspot := [][]string{
		{"simulate", "-f", m.file, "--crm", "live", "--ani", "+15135550142", "--trace"},
		{"action", "run", action, "--input", `{"number":"+15135550142","national":"5135550142"}`, "--base-url", at, "--credentials-env", "HUBSPOT_SERVICE_KEY=token", "--trace"},
	}
	shapes := errorShapes()
	for _, v.status = range []int{400, 401, 403, 404, 409, 413, 429, 500, 503} {
		v.body = shapes["all"]
		for _, args := range slices.Concat(genesys[:1], hubspot) {
			ask(args...)
		}
		if v.status == 400 || v.status == 403 { // a setup begins as a plan does
			ask(genesys[1]...)
			ask(genesys[2]...)
		}
		v.token = true
		ask(genesys[0]...)
		ask("auth", "check", "-f", m.file)
		v.token = false
		ask("auth", "check")
	}
	for name, shape := range shapes {
		v.body = shape
		v.kind = "application/json"
		if name == "page" {
			v.kind = "text/html"
		}
		v.status = 400
		ours := slices.Contains([]string{"status", "category", "subCategory", "policyName", "errorType", "correlationId", "requestId", "context", "links", "scopes", "expired", "validation"}, name)
		if !ours {
			ask(genesys[0]...)
		}
		if ours || name == "message" || name == "errors" {
			ask(hubspot[0]...)
		}
		if !slices.Contains([]string{"all", "error", "error_description", "page", "text", "list", "word", "half"}, name) {
			continue
		}
		v.token = true
		ask(genesys[0]...)
		v.token = false
		v.status = 200
		ask(genesys[0]...)
		ask(hubspot[0]...)
	}
	// The other ways to sign in: what the vendor was sent is in what it says.
	v.body, v.status, v.token = shapes["all"], 401, true
	ask(append(slices.Clone(genesys[0]), "--profile", "marked")...)
	v.token, m.env["GENESYSCLOUD_ACCESS_TOKEN"] = false, markedToken
	ask(genesys[0]...)
	delete(m.env, "GENESYSCLOUD_ACCESS_TOKEN")
	v.raw, v.status, v.kind = true, 200, "application/json"
	ask(append(slices.Clone(hubspot[0]), "--timeout", "2s")...)
	ask(append(slices.Clone(genesys[0]), "--timeout", "2s")...)
	if told < 50 {
		t.Errorf("only %d answers were told at all: the test looks in the wrong place", told)
	}
	cleanTree(t, m.dir)
	l.report()
}

// An orgFront is an emulated org whose answers are changed on their way.
type orgFront struct {
	org    *genesystest.Server
	mu     sync.Mutex
	change func(r *http.Request, body map[string]any) any
	hits   int
}

func (f *orgFront) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if id, secret, ok := r.BasicAuth(); ok && secret == markedSecret {
		r.SetBasicAuth(id, genesystest.ClientSecret)
	}
	rec := httptest.NewRecorder()
	f.org.ServeHTTP(rec, r)
	text := rec.Body.Bytes()
	f.mu.Lock()
	var body map[string]any
	if json.Unmarshal(text, &body) == nil && f.change != nil && !strings.HasSuffix(r.URL.Path, "/oauth/token") {
		if got := f.change(r, body); got != nil {
			f.hits++
			text, _ = json.Marshal(got)
			if s, ok := got.(string); ok {
				text = []byte(s)
			}
		}
	}
	f.mu.Unlock()
	for name, vs := range rec.Header() {
		w.Header()[name] = vs
	}
	w.Header().Del("Content-Length")
	w.WriteHeader(rec.Code)
	w.Write(text) //nolint:errcheck // the client is in this test
}

func newOrgFront(t *testing.T) (front *orgFront, api, crm string) {
	t.Helper()
	fixtures, found := simulate.DecodeFixtures("crm.yaml", []byte(markedAccount))
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	hub := hubspottest.New(fixtures.CRM, hubspottest.Tokens(func(string) (hubspottest.Grant, bool) {
		return hubspottest.Grant{Scopes: hubspottest.DefaultScopes()}, true
	}), hubspottest.Define("contacts", hubspottest.Property{Name: "segment"}))
	org, err := genesystest.New(nil, genesystest.Remote(transport.Handler(hub)))
	if err != nil {
		t.Fatal(err)
	}
	org.Apply(genesystest.Seed{Org: "Marked", Numbers: []string{"+15135550100"}, Skills: []string{"English"}, Queues: []genesystest.SeedQueue{
		{Name: "Sales", Staff: []genesystest.SeedUser{{Name: "A", Skills: []string{"English"}}}}, {Name: "Care", Staff: []genesystest.SeedUser{{Name: "B"}}}, {Name: "General", Staff: []genesystest.SeedUser{{Name: "C"}}},
	}})
	front = &orgFront{org: org}
	one, two := httptest.NewServer(front), httptest.NewServer(hub)
	t.Cleanup(one.Close)
	t.Cleanup(two.Close)
	return front, one.URL, two.URL
}

// spoil puts words of others into all texts of an answer that are no ids and no states.
func spoil(v any, name, say string) any {
	switch x := v.(type) {
	case map[string]any:
		for k, one := range x {
			x[k] = spoil(one, k, say)
		}
	case []any:
		for i := range x {
			x[i] = spoil(x[i], name, say)
		}
	case string:
		for _, keep := range []string{"id", "uri", "state", "type", "version", "date", "key", "status", "name", "number", "url"} {
			if strings.HasSuffix(strings.ToLower(name), keep) {
				return x
			}
		}
		return x + say
	}
	return v
}

// What people and the platform wrote into an org: names, descriptions, texts of flows, what jobs
// and tests say.
func TestNothingInAnOrgLeaks(t *testing.T) {
	t.Parallel()
	l := &leaks{t: t}
	say := strings.ToValidUTF8(poison(markedKey, markedSecret, markedRuntime), "")
	type o = map[string]any
	path := func(r *http.Request, pattern string) bool { return regexp.MustCompile(pattern).MatchString(r.URL.Path) }
	setup, plan := []string{"setup", "--yes"}, []string{"plan"}
	clones := func(r *http.Request, b o) any {
		list, _ := b["entities"].([]any)
		if r.Method != http.MethodGet || len(list) == 0 {
			return nil
		}
		first, _ := list[0].(o)
		twin := o{}
		for k, v := range first {
			twin[k] = v
		}
		twin["id"], twin["name"] = "0199b0a8-1111-7111-8111-000000000000", "acme-marked "+say
		b["entities"] = append(list, twin)
		return spoil(b, "", say)
	}
	lines := func(r *http.Request, b o) any {
		if !path(r, "/presigned/") {
			return spoil(b, "", say)
		}
		return nil
	}
	states := func(r *http.Request, b o) any {
		list, _ := b["entities"].([]any)
		if !path(r, "/integrations$") || len(list) == 0 {
			return nil
		}
		for _, one := range list {
			one.(o)["reportedState"] = o{"code": say}
		}
		return b
	}
	for name, c := range map[string]struct {
		first   bool // a whole setup comes before
		edit    bool // and a change of the file
		content bool // what is told are things of the org, which may have numbers
		args    []string
		change  func(r *http.Request, b o) any
	}{
		"who": {content: true, args: plan, change: func(r *http.Request, b o) any {
			if !path(r, "/tokens/me$|/divisions/home$") {
				return nil
			}
			if org, ok := b["organization"].(o); ok {
				org["name"] = say
			}
			b["name"] = say
			return b
		}},
		"job": {args: setup, change: func(r *http.Request, b o) any {
			if !path(r, "/flows/jobs/[^/]+$") {
				return nil
			}
			b["status"], b["messages"] = "Failure", []o{{"type": "Error", "text": say}, {"type": "Warning", "text": say}, {"type": say, "text": say}}
			return b
		}},
		"state of an integration":            {first: true, args: plan, change: states},
		"state of an integration for status": {first: true, args: []string{"status"}, change: states},
		"warning": {args: setup, change: func(r *http.Request, b o) any {
			if !path(r, "/flows/jobs/[^/]+$") {
				return nil
			}
			b["messages"] = []o{{"type": "Warning", "text": say}}
			return b
		}},
		"draft": {args: setup, change: func(r *http.Request, b o) any {
			if !path(r, "/draft/validation$") {
				return nil
			}
			return o{"valid": false, "errors": []o{{"message": say}}}
		}},
		"test": {args: setup, change: func(r *http.Request, b o) any {
			if !path(r, "/test$") {
				return nil
			}
			return o{"success": false, "operations": []o{{"name": say, "step": 1, "success": false, "error": o{"message": say}}}, "error": o{"message": say}}
		}},
		"test as a whole": {args: setup, change: func(r *http.Request, b o) any {
			if !path(r, "/test$") {
				return nil
			}
			return o{"success": false, "operations": []o{}, "error": o{"message": say}, "finalResult": o{say: say}}
		}},
		"upload": {args: setup, change: func(r *http.Request, b o) any {
			if !path(r, "/scripts/uploads/.*/status$") {
				return nil
			}
			return o{"succeeded": false, "message": say}
		}},
		"integration": {args: setup, change: func(r *http.Request, b o) any {
			if !path(r, "/integrations/[^/]+$") {
				return nil
			}
			b["reportedState"] = o{"code": "ERROR", "detail": o{"message": say}}
			return b
		}},
		"numbers": {content: true, args: plan, change: func(r *http.Request, b o) any {
			if !path(r, "/dids$") {
				return nil
			}
			list, _ := b["entities"].([]any)
			for _, e := range list {
				e.(o)["owner"], e.(o)["ownerType"] = o{"id": say, "name": say}, "IVR_CONFIG"
			}
			return b
		}},
		"lists":            {first: true, content: true, args: plan, change: clones},
		"destroy":          {first: true, content: true, args: []string{"destroy", "--yes", "--confirm", "acme-marked"}, change: clones},
		"diff":             {first: true, content: true, edit: true, args: plan, change: lines},
		"lists for status": {first: true, content: true, args: []string{"status"}, change: clones},
		"diff for status":  {first: true, content: true, edit: true, args: []string{"status"}, change: lines},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMarked(t, "mixed")
			m.fill()
			front, api, crm := newOrgFront(t)
			args := append(slices.Clone(c.args), "-f", m.file, "--genesys-base-url", api, "--hubspot-base-url", crm)
			if c.first {
				if code, out, errs := m.run("setup", "--yes", "-f", m.file, "--genesys-base-url", api, "--hubspot-base-url", crm); code != 0 {
					t.Fatalf("%s%s", out, errs)
				}
			}
			if c.edit {
				data, err := os.ReadFile(m.file)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(m.file, bytes.Replace(data, []byte("fallback: {queue: General}"), []byte("fallback: {queue: Care}"), 1), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			front.change = c.change
			out := l.run(m, !c.content, args...)
			if front.hits == 0 || !strings.Contains(out, "FORGED") {
				t.Errorf("nothing was changed, or nothing told: %d\n%.2000s", front.hits, out)
			}
		})
	}
	t.Cleanup(l.report)
}
