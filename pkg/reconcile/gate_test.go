package reconcile_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
)

// A gate stands before an org, counts calls and makes one of them go wrong.
type gate struct {
	next    http.Handler
	instead func(*http.Request) string // the answer to a call that does not reach the org; empty: it does

	mu    sync.Mutex
	agent string // of the process that is served; what a killed one has sent is lost
	runs  int
	n     int
	at    int // which call, from 1; 0: none
	fault fault
	kill  context.CancelFunc
	dead  bool

	refuse func(call string) bool // says of a call that it is answered 403
	after  func(*http.Request)    // is told of each call that comes alone

	depth, deepest int // calls one after the other: of those that ended, and of all
}

// A fault is what happens to a call.
type fault struct {
	name   string
	status int  // 0 closes the connection
	after  bool // the call took effect before
	kill   bool // the process ends with this call, which took effect

	// An odd fault is an answer that nobody should give: a run may end with it, and says why.
	odd  bool
	turn func(answer string) string // what becomes of the true answer; of none when the call took no effect
}

var faults = []fault{
	{name: "killed", kill: true, after: true},
	{name: "503 before", status: 503}, {name: "503 after", status: 503, after: true},
	{name: "500 before", status: 500}, {name: "500 after", status: 500, after: true},
	{name: "429 before", status: 429},
	{name: "cut before"}, {name: "cut after", after: true},
	// The platform does nothing when it answers 429; a proxy in between may.
	{name: "504 after", status: 504, after: true},

	{name: "{} before", status: 200, odd: true, turn: always("{}")}, {name: "{} after", status: 200, after: true, odd: true, turn: always("{}")},
	{name: "null after", status: 200, after: true, odd: true, turn: always("null")},
	{name: "nothing before", status: 200, odd: true, turn: always("")}, {name: "nothing after", status: 200, after: true, odd: true, turn: always("")},
	{name: "[] after", status: 200, after: true, odd: true, turn: always("[]")},
	{name: "a page before", status: 200, odd: true, turn: always("<html><body>Please sign in</body></html>")},
	{name: "no entities after", status: 200, after: true, odd: true, turn: always(`{"pageCount":1,"total":0}`)},
	{name: "half after", status: 200, after: true, odd: true, turn: func(s string) string { return s[:len(s)/2] }},
	{name: "no ids after", status: 200, after: true, odd: true, turn: func(s string) string { return strings.ReplaceAll(s, `"id":`, `"ident":`) }},
	{name: "no versions after", status: 200, after: true, odd: true, turn: func(s string) string { return strings.ReplaceAll(s, `"version":`, `"vision":`) }},
	{name: "redirected before", status: 307, odd: true, turn: always("")}, {name: "redirected after", status: 302, after: true, odd: true, turn: always("")},
}

func always(answer string) func(string) string { return func(string) string { return answer } }

// arm begins a new process and gives the name by which it is known.
func (g *gate) arm(at int, f fault, kill context.CancelFunc) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.runs++
	g.agent = fmt.Sprintf("process %d", g.runs)
	g.n, g.at, g.fault, g.kill, g.dead, g.depth, g.deepest = 0, at, f, kill, false, 0, 0
	return g.agent
}

// ServeHTTP lets one call through at a time when one is to go wrong, so that "killed after
// call n" means that the org saw n calls and no more. Otherwise it counts how many came one
// after the other: a call waited for those that had ended when it began.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.dead || r.UserAgent() != g.agent {
		panic(http.ErrAbortHandler)
	}
	if g.instead != nil {
		if text := g.instead(r); text != "" {
			_, _ = io.WriteString(w, text)
			return
		}
	}
	g.n++
	if g.refuse != nil && g.refuse(r.Method+" "+r.URL.Path) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"message":"on purpose","code":"missing.permissions","status":403}`)
		return
	}
	if g.at == 0 {
		mine := g.depth + 1
		g.deepest = max(g.deepest, mine)
		g.mu.Unlock()
		g.next.ServeHTTP(w, r)
		g.mu.Lock()
		g.depth = max(g.depth, mine)
		return
	}
	if g.n != g.at {
		g.next.ServeHTTP(w, r)
		if g.after != nil {
			g.after(r)
		}
		return
	}
	truth := httptest.NewRecorder()
	if g.fault.after {
		g.next.ServeHTTP(truth, r)
	} else if _, err := io.Copy(io.Discard, r.Body); err != nil {
		panic(http.ErrAbortHandler)
	}
	if g.fault.kill {
		g.dead = true
		g.kill()
	}
	if g.fault.status == 0 {
		panic(http.ErrAbortHandler)
	}
	if g.fault.odd {
		if g.fault.status >= 300 {
			w.Header().Set("Location", "http://127.0.0.1:1/elsewhere")
		}
		w.WriteHeader(g.fault.status)
		_, _ = io.WriteString(w, g.fault.turn(truth.Body.String()))
		return
	}
	if g.fault.status == 429 {
		w.Header().Set("Retry-After", "2")
	}
	w.WriteHeader(g.fault.status)
	fmt.Fprintf(w, `{"message":"on purpose","code":"fault","status":%d}`, g.fault.status)
}

// calls tells how many calls came since the gate was armed.
func (g *gate) calls() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.n
}

// volatile fields count or date changes; two ways to one end may differ in them.
var volatile = []string{
	"version", "versionId", "modifiedBy", "dateCreated", "dateModified", "datePublished", "commitVersion", "id", "savedVersion", "checkedInVersion",
}

var scriptVersion = regexp.MustCompile(`script=\S+`)

var seals = regexp.MustCompile("@[0-9a-f]{8}")

// dump writes what an org holds without ids, dates and counters, and checks what they
// hide: that the record names the published version, and that the credential holds the
// secret that the client has.
func dump(t testing.TB, st *genesystest.State) string {
	t.Helper()
	names := []string{st.Org.ID, "org"}
	clients := map[string]string{}
	version := ""
	for _, c := range slices.Sorted(maps.Keys(st.Entities)) {
		for id, e := range st.Entities[c] {
			name, _ := e.Body["name"].(string)
			if e.Draft != nil {
				name, _ = e.Draft["name"].(string)
			}
			if c != "rows" && c != "dids" {
				names = append(names, id, "<"+c+" "+name+">")
			}
			if c == "clients" {
				clients[id] = e.Hidden["secret"]
			}
			about, _ := e.Body["description"].(string)
			if p, ok := e.Body["publishedVersion"].(map[string]any); ok && c == "flows" && !e.Deleted && strings.Contains(about, "deployment=") {
				version, _ = p["id"].(string)
			}
		}
	}
	var lines []string
	for c, es := range st.Entities {
		if slices.Contains([]string{"jobs", "uploads", "exports", "runs"}, c) {
			continue
		}
		for _, e := range es {
			if e.Deleted {
				continue
			}
			body := maps.Clone(e.Body)
			for _, k := range volatile {
				delete(body, k)
			}
			for _, k := range []string{"publishedVersion", "publishedDate"} {
				body[k] = body[k] != nil
			}
			if config, ok := body["config"].(map[string]any); ok && c == "integrations" {
				delete(config["current"].(map[string]any), "version")
			}
			if c == "rows" && body["key"] == "deployment" {
				if body["flowVersion"] != version {
					t.Errorf("the record says flow version %q, the org has %q", body["flowVersion"], version)
				}
				delete(body, "flowVersion")
				if s, ok := body["written"].(string); ok { // seals are of ids
					body["written"] = seals.ReplaceAllString(s, "")
				}
				body["written"] = scriptVersion.ReplaceAllString(fmt.Sprint(body["written"]), "script=its version")
			}
			if state, ok := body["reportedState"].(map[string]any); ok {
				delete(state, "lastUpdated")
			}
			hidden := map[string]string{}
			for k, v := range e.Hidden {
				switch {
				case c == "credentials" && k == "clientSecret":
					hidden[k] = "of its client: " + fmt.Sprint(v == clients[e.Hidden["clientId"]])
				case c == "clients" || k == "version" || k == "versions" || k == "client":
				default:
					hidden[k] = v
				}
			}
			data, err := json.Marshal([]any{c, body, hidden, e.Draft})
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, string(data))
		}
	}
	for _, g := range st.Grants {
		lines = append(lines, fmt.Sprintf("grant %s %s %s", g.Subject, g.Role, g.Division))
	}
	out := strings.NewReplacer(names...)
	for i, l := range lines {
		lines[i] = out.Replace(l)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
