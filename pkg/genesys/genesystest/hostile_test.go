package genesystest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
)

// lists are the paths whose answers have pages.
var lists = []string{
	"/api/v2/routing/skills", "/api/v2/routing/queues", "/api/v2/users", "/api/v2/scripts", "/api/v2/scripts/published", "/api/v2/flows",
	"/api/v2/architect/ivrs", "/api/v2/telephony/providers/edges/didpools/dids", "/api/v2/flows/datatables", "/api/v2/integrations",
	"/api/v2/integrations/credentials", "/api/v2/integrations/actions", "/api/v2/integrations/actions/drafts", "/api/v2/authorization/roles",
	"/api/v2/authorization/divisions", "/api/v2/oauth/clients", "/api/v2/routing/wrapupcodes", "/api/v2/routing/languages", "/api/v2/architect/prompts",
	"/api/v2/architect/schedules", "/api/v2/architect/schedulegroups", "/api/v2/telephony/providers/edges/didpools", "/api/v2/telephony/providers/edges/dids",
	"/api/v2/routing/queues/divisionviews", "/api/v2/flows/divisionviews", "/api/v2/flows/datatables/divisionviews", "/api/v2/integrations/types",
}

// No number of a page or of its size makes a list fail otherwise than by a 400.
func TestPageNumbers(t *testing.T) {
	c := newOrg(t)
	for i := range 3 {
		c.do("POST", "/api/v2/routing/skills", m{"name": fmt.Sprintf("skill %d", i)}, 200)
	}
	numbers := []string{"-1", "0", "1", "2", "3", "1000000000", "2147483647", "2147483648", "4294967297", "9223372036854775807", "9223372036854775808", "1e3", "x", ""}
	for _, path := range lists {
		for _, number := range numbers {
			for _, size := range numbers {
				r := httptest.NewRequest(http.MethodGet, path+"?pageNumber="+number+"&pageSize="+size, nil)
				r.Header.Set("Authorization", "Bearer "+c.token)
				w := httptest.NewRecorder()
				c.s.ServeHTTP(w, r) // a panic ends the test
				huge := slices.ContainsFunc([]string{number, size}, func(n string) bool { return len(n) > 10 || n == "2147483648" || n == "4294967297" })
				if w.Code != 200 && w.Code != 400 || huge && w.Code == 200 && path != "/api/v2/oauth/clients" { // its pages are not described
					t.Fatalf("%s, page %q of %q: %d %s", path, number, size, w.Code, w.Body)
				}
			}
		}
	}
	if far := c.do("GET", "/api/v2/routing/skills?pageNumber=2147483647&pageSize=2147483647", nil, 200); len(entities(far)) != 0 || far["total"] != 3.0 {
		t.Errorf("a page far behind the end: %v", far)
	}
	if all := c.do("GET", "/api/v2/routing/skills?pageSize=2147483647", nil, 200); len(entities(all)) != 3 {
		t.Errorf("one page of everything: %v", all)
	}
}

// kept is an org whose last state is at hand, as a file would have it.
func kept(t *testing.T, opts ...genesystest.Option) (*client, func() []byte) {
	t.Helper()
	var state []byte
	c := newOrg(t, append(opts, genesystest.OnChange(func(s *genesystest.State) error {
		data, err := json.Marshal(s)
		state = data
		return err
	}))...)
	return c, func() []byte { return state }
}

// full makes some entities of most kinds.
func full(c *client) {
	c.s.Apply(genesystest.Seed{
		Numbers: []string{"+15135550100"}, Skills: []string{"Gold"}, Scripts: []string{"Pop"}, ScheduleGroups: []genesystest.SeedScheduleGroup{{Name: "Hours"}}, Divisions: []string{"Other"},
		Queues: []genesystest.SeedQueue{{Name: "Sales", Staff: []genesystest.SeedUser{{Name: "Ada", Skills: []string{"Gold"}}}}},
	})
	table := c.do("POST", "/api/v2/flows/datatables", m{"name": "control", "schema": m{"properties": m{"key": m{"type": "string"}, "on": m{"type": "boolean"}}}}, 200)
	c.do("POST", "/api/v2/flows/datatables/"+table["id"].(string)+"/rows", m{"key": "switch", "on": true}, 200)
	c.do("POST", "/api/v2/architect/ivrs", m{"name": "route", "dnis": []any{"+15135550100"}}, 200)
}

func TestStateIsReadStrictly(t *testing.T) {
	c, state := kept(t)
	full(c)
	if _, err := genesystest.ReadState(state()); err != nil {
		t.Fatal(err)
	}
	change := func(f func(s m)) []byte {
		var s m
		if err := json.Unmarshal(state(), &s); err != nil {
			t.Fatal(err)
		}
		f(s)
		data, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	in := func(s m, collection string) map[string]any { return s["entities"].(m)[collection].(m) }
	for name, data := range map[string][]byte{
		"nothing":                {},
		"null":                   []byte("null"),
		"a list":                 []byte("[]"),
		"half a file":            state()[:len(state())/2],
		"another schema":         change(func(s m) { s["schema"] = 99 }),
		"no schema":              change(func(s m) { delete(s, "schema") }),
		"no entities":            change(func(s m) { s["entities"] = nil }),
		"no tokens":              change(func(s m) { s["tokens"] = nil }),
		"a null entity":          change(func(s m) { in(s, "skills")["x"] = nil }),
		"an entity without body": change(func(s m) { in(s, "skills")["x"] = m{"id": "x", "seq": 1} }),
		"another id":             change(func(s m) { in(s, "skills")["x"] = m{"id": "y", "seq": 1, "body": m{}} }),
		"a number to come":       change(func(s m) { in(s, "skills")["x"] = m{"id": "x", "seq": 1 << 40, "body": m{}} }),
		"no division":            change(func(s m) { s["entities"].(m)["divisions"] = m{} }),
		"no client":              change(func(s m) { s["entities"].(m)["clients"] = nil }),
		"a text for a number":    change(func(s m) { s["seq"] = "9" }),
		"a hundred thousand [":   []byte(strings.Repeat("[", 100_000)),
	} {
		if _, err := genesystest.ReadState(data); err == nil {
			t.Errorf("%s is taken for a state", name)
		}
	}
}

// Whatever single value of a state is something else, the state is refused, or every request
// is answered.
func TestNoStateMakesARequestPanic(t *testing.T) {
	c, state := kept(t)
	full(c)
	var s any
	if err := json.Unmarshal(state(), &s); err != nil {
		t.Fatal(err)
	}
	token, tried, taken := c.token, 0, 0
	try := func(what string) {
		data, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		tried++
		st, err := genesystest.ReadState(data)
		if err != nil {
			return
		}
		taken++
		org, err := genesystest.New(st)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan string)
		go func() {
			at := ""
			defer func() {
				if p := recover(); p != nil {
					at = fmt.Sprintf("%s: %v", at, p)
				} else {
					at = ""
				}
				done <- at
			}()
			at = "seed"
			org.Apply(genesystest.Seed{Numbers: []string{"+15135550101"}, Queues: []genesystest.SeedQueue{{Name: "More"}}})
			more := lists[16+tried%(len(lists)-16)] // the others in turn
			for _, path := range slices.Concat(lists[:16], []string{more, "/api/v2/tokens/me", "/api/v2/organizations/me"}) {
				for _, method := range []string{http.MethodGet, http.MethodPost} {
					at = method + " " + path
					body := ""
					if method == http.MethodPost {
						body = `{"name":"new"}`
					}
					r := httptest.NewRequest(method, path, strings.NewReader(body))
					r.Header.Set("Authorization", "Bearer "+token)
					org.ServeHTTP(httptest.NewRecorder(), r)
				}
			}
		}()
		select {
		case bad := <-done:
			if bad != "" {
				t.Errorf("%s: %s", what, bad)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s: a request hangs", what)
		}
	}
	odd := []any{nil, m{}, []any{}, "x", 7.5, true, []any{nil}}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		change := func(k string, old any, set func(any)) {
			for _, x := range odd {
				set(x)
				try(path + "/" + k + fmt.Sprintf(" is %v", x))
			}
			set(old)
			walk(path+"/"+k, old)
		}
		switch v := v.(type) {
		case map[string]any:
			keys := make([]string, 0, len(v))
			for k := range v {
				keys = append(keys, k)
			}
			slices.Sort(keys)
			for _, k := range keys {
				change(k, v[k], func(x any) { v[k] = x })
			}
		case []any:
			for i := range v {
				change(fmt.Sprint(i), v[i], func(x any) { v[i] = x })
			}
		}
	}
	walk("", s)
	t.Logf("%d states, %d of them taken", tried, taken)
	if tried < 500 {
		t.Errorf("only %d states were tried", tried)
	}
}

// A panic on the way of one request is that request's alone.
func TestPanicLeavesNoLock(t *testing.T) {
	bad := false
	c := newOrg(t, genesystest.Clock(func() time.Time {
		if bad {
			bad = false
			panic("no time")
		}
		return time.Now()
	}), genesystest.PerMinute(1000))
	bad = true
	func() {
		defer func() {
			if recover() == nil {
				t.Error("nothing panicked")
			}
		}()
		r := httptest.NewRequest(http.MethodGet, "/api/v2/tokens/me", nil)
		r.Header.Set("Authorization", "Bearer "+c.token)
		c.s.ServeHTTP(httptest.NewRecorder(), r)
	}()
	done := make(chan bool)
	go func() { defer close(done); c.do("GET", "/api/v2/tokens/me", nil, 200) }()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatal("the next request hangs")
	}
}

// What cannot be kept is refused, so that nobody goes on from it.
func TestWhatIsNotKeptIsRefused(t *testing.T) {
	full := false
	c := newOrg(t, genesystest.OnChange(func(*genesystest.State) error {
		if full {
			return errors.New("no space left on device")
		}
		return nil
	}))
	full = true
	if e := c.do("POST", "/api/v2/routing/skills", m{"name": "lost"}, 500); !strings.Contains(fmt.Sprint(e["message"]), "no space left") {
		t.Errorf("%v", e)
	}
	full = false
	c.do("POST", "/api/v2/routing/skills", m{"name": "kept"}, 200)
}

// What an emulator kept is what the next one goes on from: a draft can be published.
func TestDraftOutlivesARestart(t *testing.T) {
	c, state := kept(t)
	in, _ := c.integration("hub", "custom-rest-actions", "basicAuth", "userDefined", m{"token": "t"})
	draft := c.do("POST", "/api/v2/integrations/actions/drafts", definition("find", in), 200)
	st, err := genesystest.ReadState(state())
	if err != nil {
		t.Fatal(err)
	}
	again, err := genesystest.New(st)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/api/v2/integrations/actions/"+id(draft)+"/draft/publish", strings.NewReader(`{"version":1}`))
	r.Header.Set("Authorization", "Bearer "+c.token)
	w := httptest.NewRecorder()
	again.ServeHTTP(w, r)
	if w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
