package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/cli"
	"github.com/dealroute/dealroute/pkg/lab"
)

// A browserTab is a page of a lab that a program serves.
type browserTab struct {
	t           *testing.T
	base, token string
	stop        context.CancelFunc
	code        chan int
	err         *bytes.Buffer
	answers     []string // all of them
}

// openLab runs a command that serves a lab.
func openLab(t *testing.T, p *program, args ...string) *browserTab {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	x := &browserTab{t: t, stop: stop, code: make(chan int, 1), err: &bytes.Buffer{}}
	r, w := io.Pipe()
	go func() {
		x.code <- cli.Main(ctx, append(args, "-o", "json"), p.in(w, x.err))
		w.Close() //nolint:errcheck // a pipe in memory
	}()
	var said struct{ Address string }
	if err := json.NewDecoder(r).Decode(&said); err != nil {
		t.Fatalf("%v\n%s", err, x.err)
	}
	go io.Copy(io.Discard, r) //nolint:errcheck // the final newline
	x.base, x.token, _ = strings.Cut(said.Address, "/#")
	t.Cleanup(func() { x.close(0) })
	return x
}

// close interrupts the program and wants it to end at once.
func (x *browserTab) close(want int) {
	x.t.Helper()
	if x.stop == nil {
		return
	}
	x.stop()
	x.stop = nil
	select {
	case code := <-x.code:
		if code != want {
			x.t.Errorf("exit code %d, want %d: %s", code, want, x.err)
		}
	case <-time.After(10 * time.Second):
		x.t.Error("the lab does not end")
	}
}

func (x *browserTab) ask(method, path string, body any) (status int, answer string) {
	x.t.Helper()
	var in io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			x.t.Fatal(err)
		}
		in = bytes.NewReader(data)
	}
	r, err := http.NewRequestWithContext(x.t.Context(), method, x.base+path, in)
	if err != nil {
		x.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+x.token)
	r.Header.Set("Content-Type", "application/json")
	a, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		x.t.Fatal(err)
	}
	defer a.Body.Close() //nolint:errcheck // it was only read
	data, err := io.ReadAll(a.Body)
	if err != nil {
		x.t.Fatal(err)
	}
	x.answers = append(x.answers, string(data))
	return a.StatusCode, string(data)
}

// must wants an answer of a form; the body is nil for a GET.
func must[T any](x *browserTab, path string, body any) T {
	x.t.Helper()
	method := http.MethodPost
	if body == nil {
		method = http.MethodGet
	}
	status, answer := x.ask(method, path, body)
	var out T
	if status != http.StatusOK {
		x.t.Fatalf("%s %v: %d %s", path, body, status, answer)
	}
	d := json.NewDecoder(strings.NewReader(answer))
	d.DisallowUnknownFields()
	if err := d.Decode(&out); err != nil {
		x.t.Fatalf("%s: %v\n%s", path, err, answer)
	}
	return out
}

type members = map[string]any

// bare is a way without the values of its steps: what is masked in them depends on which callers the run knows.
func bare(steps []map[string]any) (out []members) {
	for _, s := range steps {
		m := members{"rows": len(s["rows"].([]any)), "requests": len(s["requests"].([]any))}
		for _, name := range []string{"action", "type", "branch", "task", "ms", "atMs", "error"} {
			m[name] = s[name]
		}
		out = append(out, m)
	}
	return out
}

// Each caller of each example, called in a row, becomes in the lab what simulate says of it, with
// faults and without.
func TestLabSaysWhatSimulateSays(t *testing.T) {
	files, err := filepath.Glob("../../examples/*/dealroute.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, f := range files {
		t.Run(filepath.Base(filepath.Dir(f)), func(t *testing.T) {
			t.Parallel()
			p := hurried(t)
			x := openLab(t, p, "lab", "-f", f)
			crm, err := os.ReadFile(filepath.Join(filepath.Dir(f), "crm.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			callers := anyNumber().FindAllString(string(crm), -1)
			for _, c := range must[lab.Session](x, "/api/session", nil).Choices.Callers {
				if strings.HasPrefix(c.Says, "named in") {
					callers = append(callers, c.Shown)
				}
			}
			callers = append(callers, "anonymous", "+15135550190", "+4915112345678")
			slices.Sort(callers)
			callers = slices.DeleteFunc(slices.Compact(callers), func(c string) bool { return strings.Contains(c, "•") })
			for _, faults := range [][]string{nil, {"timeout"}, {"429"}} {
				args := []string{"simulate", "-o", "json", "-f", f}
				must[lab.Run](x, "/api/reset", members{})
				var got []map[string]any
				for _, ani := range callers {
					args = append(args, "--ani", ani)
					status, answer := x.ask(http.MethodPost, "/api/dial", members{"ani": ani, "faults": append([]string{}, faults...)})
					var c struct {
						Call  map[string]any
						Steps []map[string]any
					}
					if err := json.Unmarshal([]byte(answer), &c); err != nil || status != http.StatusOK {
						t.Fatalf("%s: %d %s", ani, status, answer)
					}
					for i, s := range c.Steps {
						if s["node"] == nil {
							t.Errorf("%s: step %d is nowhere in the picture", ani, i+1)
						}
					}
					c.Call["path"] = bare(c.Steps)
					got = append(got, c.Call)
				}
				for _, k := range faults {
					args = append(args, "--fault", k)
				}
				code, out, errs := p.run(args...)
				var want struct{ Calls []map[string]any }
				if err := json.Unmarshal([]byte(out), &want); err != nil || code != 0 {
					t.Fatalf("exit code %d: %s%s", code, out, errs)
				}
				for _, c := range want.Calls {
					delete(c, "errors") // findings of the lab
					steps, _ := json.Marshal(c["path"])
					var path []map[string]any
					if err := json.Unmarshal(steps, &path); err != nil {
						t.Fatal(err)
					}
					c["path"] = bare(path)
				}
				if len(want.Calls) < 4 || len(want.Calls) != len(got) {
					t.Fatalf("%d calls, and %d in the lab", len(want.Calls), len(got))
				}
				for i := range got {
					a, _ := json.Marshal(got[i])
					b, _ := json.Marshal(want.Calls[i])
					if string(a) != string(b) {
						t.Errorf("faults %v, call %d\nlab:      %s\nsimulate: %s", faults, i+1, a, b)
					}
				}
			}
		})
	}
}

// The story of the lab: dial, step, fault, edit with a mistake, mend it, dial again, keep the call,
// save, find the file changed.
func TestLabStory(t *testing.T) {
	p := hurried(t)
	dir := t.TempDir()
	if code, _, errs := p.run("render", "--example", "basic", "--out", dir); code != 0 {
		t.Fatal(errs)
	}
	file, suite := filepath.Join(dir, "dealroute.yaml"), filepath.Join(dir, "calls.yaml")
	if err := os.Chmod(file, 0o640); err != nil {
		t.Fatal(err)
	}
	read := func(name string) string {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	x := openLab(t, p, "lab", "-f", file)
	s := must[lab.Session](x, "/api/session", nil)
	if s.Name != "acme-inbound" || s.Text != read(file) || !s.Check.OK || s.File.Edited || len(s.Choices.Callers) < 10 || len(s.Choices.Queues) < 3 || s.Check.Pictures.Flow == nil || s.Check.Pictures.Rules == nil {
		t.Fatalf("%+v", s)
	}
	first := must[lab.Call](x, "/api/dial", members{"caller": "1"})
	if *first.Call.Queue != "Sales" || first.Pop == nil || first.Pop.Fields[0].Label != "HubSpot contact" || len(first.Data) == 0 || first.Against != nil {
		t.Errorf("%+v", first)
	}
	asked := 0
	for _, st := range first.Steps {
		asked += len(st.Requests)
		for _, r := range st.Requests {
			if st.Type != "callData" || r.Status == nil || *r.Status != 200 || r.Body == nil || r.Reply == nil || !strings.HasPrefix(r.URL, "/crm/") || !strings.Contains(*r.Reply, "results") {
				t.Errorf("%+v", r)
			}
		}
	}
	if asked != first.Call.HubSpotRequests || asked == 0 {
		t.Errorf("%d requests at steps, %d in all", asked, first.Call.HubSpotRequests)
	}
	slow := must[lab.Call](x, "/api/dial", members{"caller": "1", "faults": []string{"timeout"}})
	wrote := false
	for _, st := range slow.Steps {
		for _, r := range st.Rows {
			wrote = wrote || r.Key == "breaker"
		}
	}
	if *slow.Call.Outcome != "lookup_failed" || slow.Run.Breaker.State != "open" || !wrote || *slow.Against != 1 || len(slow.Moved) == 0 || !slices.ContainsFunc(slow.Steps, func(s lab.Step) bool { return s.New }) {
		t.Errorf("%+v", slow)
	}
	if c := must[lab.Call](x, "/api/dial", members{"caller": "1"}); c.Call.HubSpotRequests != 0 {
		t.Errorf("with an open breaker HubSpot is asked %d times", c.Call.HubSpotRequests)
	}
	for _, seconds := range []int{-1, 7*24*60*60 + 1} {
		if status, answer := x.ask(http.MethodPost, "/api/run", members{"breaker": members{"open": seconds}}); status != http.StatusBadRequest {
			t.Errorf("a breaker that is open for %d seconds: %d %s", seconds, status, answer)
		}
	}
	if r := must[lab.Run](x, "/api/run", members{"breaker": members{"open": 0}}); r.Breaker.State != "closed" {
		t.Errorf("%+v", r)
	}
	if r := must[lab.Run](x, "/api/run", members{"switch": false}); r.Switch.On {
		t.Errorf("%+v", r)
	}
	if c := must[lab.Call](x, "/api/dial", members{"caller": "1"}); c.Call.HubSpotRequests != 0 || *c.Call.Outcome != "lookup_failed" {
		t.Errorf("switched off: %+v", c.Call)
	}
	must[lab.Run](x, "/api/run", members{"switch": true, "at": "2026-11-24T09:00:00Z"})

	broken := strings.Replace(s.Text, "priority: 10", "priority: ten", 1)
	check := must[lab.Check](x, "/api/text", members{"text": broken, "revision": s.Revision})
	line := strings.Count(broken[:strings.Index(broken, "priority: ten")], "\n") + 1
	if check.OK || *check.Dials != 1 || !check.Edited || len(check.Findings) != 1 || check.Findings[0].Line != line || !check.Findings[0].InText || fmt.Sprint(check.Changed) != fmt.Sprintf("[%d]", line) {
		t.Errorf("%+v", check)
	}
	mended := strings.Replace(s.Text, "priority: 10", "priority: 14", 1)
	check = must[lab.Check](x, "/api/text", members{"text": mended, "revision": check.Revision})
	if !check.OK || *check.Dials != check.Revision || check.Counts["error"] != 0 {
		t.Errorf("%+v", check)
	}
	again := must[lab.Call](x, "/api/dial", members{"again": 1})
	if again.Call.Priority != first.Call.Priority+4 || again.Dial.At != first.Dial.At || *again.Again != 1 || *again.Against != 1 {
		t.Errorf("%+v", again)
	}
	if got := fmt.Sprint(again.Moved); !strings.Contains(got, "{priority 11 15}") || strings.Contains(got, "policy") {
		t.Errorf("moved: %v", again.Moved)
	}
	must[lab.Run](x, "/api/run", members{"switch": false})
	blind := must[lab.Call](x, "/api/dial", members{"ani": "+15135550142"})
	for _, want := range []string{"{caller open deal not looked up}", "{decided by rule negotiation the fallback}", "{end queue Sales queue General Support}", "{waited 211 ms "} {
		if got := fmt.Sprint(blind.Moved); !strings.Contains(got, want) {
			t.Errorf("moved is not %s: %s", want, got)
		}
	}
	must[lab.Run](x, "/api/run", members{"switch": true})
	for _, of := range []string{"flow", "rules"} {
		pic := must[lab.Picture](x, "/api/picture?of="+of, nil)
		if pic.SVG == nil || !strings.HasPrefix(*pic.SVG, "<svg") || len(pic.Nodes) < 3 || *pic.Hash != *map[string]*string{"flow": check.Pictures.Flow, "rules": check.Pictures.Rules}[of] {
			t.Errorf("%s: %+v", of, pic)
		}
		if marked := must[lab.Picture](x, fmt.Sprintf("/api/picture?of=%s&call=%d", of, again.Number), nil); marked.SVG == nil || !strings.Contains(*marked.SVG, " on") || *marked.SVG == *pic.SVG {
			t.Errorf("%s: the way of the call is not marked", of)
		}
	}
	if c := must[lab.Call](x, fmt.Sprintf("/api/call?number=%d", again.Number), nil); !reflect.DeepEqual(c.Steps, again.Steps) {
		t.Error("the call is another one when it is asked for again")
	}

	before := read(suite)
	kept := must[lab.Kept](x, "/api/keep", members{"call": again.Number, "name": "a: \"great\" deal # 1"})
	if kept.Written || kept.Creates || read(suite) != before || strings.Contains(kept.Entry, "5550142") || len(kept.Notes) != 0 {
		t.Errorf("%+v", kept)
	}
	if status, answer := x.ask(http.MethodPost, "/api/keep", members{"call": again.Number, "confirm": true, "over": "00"}); status != http.StatusConflict || read(suite) != before {
		t.Errorf("%d %s", status, answer)
	}
	kept = must[lab.Kept](x, "/api/keep", members{"call": again.Number, "name": "a: \"great\" deal # 1", "confirm": true, "over": *kept.Disk})
	if after := read(suite); !kept.Written || !strings.HasPrefix(after, before) || !strings.Contains(after, "+15135550142") {
		t.Errorf("%+v\n%s", kept, after)
	}
	saved := must[lab.Saved](x, "/api/save", members{"revision": check.Revision})
	if saved.Written || read(file) != s.Text || !slices.Contains(saved.Diff, "+      to: {queue: Sales, skills: [Senior_Account_Managers], priority: 14}") {
		t.Errorf("%+v", saved)
	}
	must[lab.Saved](x, "/api/save", members{"revision": check.Revision, "confirm": true})
	if info, err := os.Stat(file); err != nil || read(file) != mended || info.Mode().Perm() != 0o640 {
		t.Errorf("%v %v", info, err)
	}
	code, out, errs := p.run("simulate", "-f", file, "--suite", suite, "-o", "json")
	if failed := strings.Count(out, `"great\" deal # 1`); code != 2 || failed != 0 { // the suite of the example expects the old priority
		t.Errorf("the kept call is not as it was seen: exit code %d\n%s%s", code, out, errs)
	}
	if err := os.WriteFile(file, []byte(mended+"# by hand\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, answer := x.ask(http.MethodPost, "/api/save", members{"revision": check.Revision, "confirm": true}); status != http.StatusConflict || !strings.HasSuffix(read(file), "# by hand\n") {
		t.Errorf("%d %s", status, answer)
	}
	if r := must[lab.Session](x, "/api/reload", members{}); r.Text != mended+"# by hand\n" || r.File.Edited || len(r.Calls) == 0 {
		t.Errorf("%+v", r.File)
	}
	proof := must[lab.Proof](x, fmt.Sprintf("/api/proof?revision=%d", check.Revision+1), nil)
	if proof.State == "running" {
		proof = must[lab.Proof](x, fmt.Sprintf("/api/proof?revision=%d", check.Revision+1), nil)
	}
	if proof.State != "done" || !strings.Contains(proof.Text, "properties hold") || strings.HasPrefix(proof.Far, "0 states") {
		t.Errorf("%+v", proof)
	}
	if r := must[lab.Run](x, "/api/reset", members{}); r.Calls != 0 || r.At != "2026-11-23T15:00:00Z" || !r.Switch.On {
		t.Errorf("%+v", r)
	}
	for body, want := range map[string]int{
		`{"caller":"999"}`: 404, `{"again":1}`: 404, `{"ani":"+15135550142","caller":"1"}`: 400, `{"ani":"Lucia"}`: 400, `{"ani":"+1513","faults":["418"]}`: 400, `{"ani":"+15135550142","dnis":"+15135559999"}`: 400,
		`{"ani":"+15135550142","faults":["nonsense=timeout"]}`: 400, `{"ani":"+15135550142","schedule":"open"}`: 400, `{"ani":"+15135550142","at":"0001-01-01T00:00:00Z"}`: 400, `{"ani":"+15135550142","at":"tomorrow"}`: 400, `{"ani":"+15135550142","at":17}`: 400, `{"ani":"` + strings.Repeat("1", 2000) + `"}`: 400,
	} {
		if status, answer := x.ask(http.MethodPost, "/api/dial", json.RawMessage(body)); status != want || strings.Contains(answer, "Lucia") || strings.Contains(answer, "--") || strings.Contains(answer, "body") {
			t.Errorf("%.80s: %d, want %d: %s", body, status, want, answer)
		}
	}
	lacking := must[lab.Call](x, "/api/dial", members{"ani": "+15135550142", "lacks": members{"queues": []string{"Sales"}}})
	if *lacking.Call.Queue == "Sales" {
		t.Errorf("%+v", lacking.Call)
	}
	hung := must[lab.Call](x, "/api/dial", members{"ani": "+15135550142", "lacks": members{"transfers": []string{"Sales", "General Support"}, "table": true}})
	if hung.Call.Queue != nil {
		t.Errorf("%+v", hung.Call)
	}
	x.close(0)
}

// The example of the demo is on no disk: it is saved under a name, and calls of it cannot be kept.
func TestDemoLab(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	x := openLab(t, hurried(t), "demo", "--lab")
	s := must[lab.Session](x, "/api/session", nil)
	if s.File.Path != nil || !s.File.Save || s.Suite.Save || s.Suite.Why == nil || !s.Check.OK {
		t.Fatalf("%+v %+v", s.File, s.Suite)
	}
	if c := must[lab.Call](x, "/api/dial", members{"caller": "1"}); *c.Call.Queue != "Sales" {
		t.Errorf("%+v", c.Call)
	}
	if status, answer := x.ask(http.MethodPost, "/api/keep", members{"call": 1}); status != 400 || !strings.Contains(answer, "render --example") {
		t.Errorf("%d %s", status, answer)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("%v %v", entries, err)
	}
	must[lab.Saved](x, "/api/save", members{"revision": s.Revision, "name": "mine.yaml", "confirm": true})
	if data, err := os.ReadFile("mine.yaml"); err != nil || string(data) != s.Text {
		t.Errorf("%v", err)
	}
}

// No answer of the lab holds a secret or a person of the fixtures, and what others say does
// nothing; what the user himself has written comes back as it is.
func TestLabLeaksNothing(t *testing.T) {
	m := newMarked(t, "mixed")
	l := &leaks{t: t}
	x := openLab(t, m.program, "lab", "-f", m.file)
	s := must[lab.Session](x, "/api/session", nil)
	for _, c := range s.Choices.Callers {
		for _, faults := range [][]string{{}, {"timeout"}, {"malformed"}, {"502"}} {
			call := must[lab.Call](x, "/api/dial", members{"caller": c.ID, "faults": faults})
			x.ask(http.MethodGet, fmt.Sprintf("/api/picture?of=flow&call=%d", call.Number), nil)
			x.ask(http.MethodPost, "/api/keep", members{"call": call.Number, "name": "x"})
		}
	}
	for _, ani := range people() {
		x.ask(http.MethodPost, "/api/dial", members{"ani": ani})
	}
	x.ask(http.MethodPost, "/api/dial", members{"ani": "\"Lucia Mark\" <sip:+15135550142@host>"})
	x.ask(http.MethodGet, "/api/session", nil)
	for i, a := range x.answers {
		l.hold(fmt.Sprintf("answer %d", i), a, true)
		for _, name := range []string{"Lucia", "Mark & Sons"} {
			if strings.Contains(a, name) {
				t.Errorf("answer %d has %s: %s", i, name, around(a, name))
			}
		}
	}
	if len(x.answers) < 20 {
		t.Errorf("%d answers", len(x.answers))
	}
	x.answers = nil
	evil := strings.ToValidUTF8(acting, "") + " <script>alert(1)</script>"
	text := strings.Replace(s.Text, "\n", " # "+strings.NewReplacer("\n", "", "\r", "", "\u2028", "", "\u2029", "", "\u0085", "").Replace(evil)+"\n", 1)
	x.ask(http.MethodPost, "/api/text", members{"text": text, "revision": 1})
	after := must[lab.Session](x, "/api/session", nil)
	if after.Text != text {
		t.Error("the text does not come back as it was written")
	}
	for _, hostile := range []string{evil, "version: 1\nname: " + fmt.Sprintf("%q", evil), strings.Repeat("[", 10000), "a: &a [*a, *a]", strings.Repeat("- ", 5000), "\ufeff", "", "version: 1\n" + strings.Repeat("x: {y: ", 2000)} {
		status, answer := x.ask(http.MethodPost, "/api/text", members{"text": hostile, "revision": must[lab.Session](x, "/api/session", nil).Revision})
		if status != http.StatusOK {
			t.Errorf("%.40q: %d %s", hostile, status, answer)
		}
		x.ask(http.MethodPost, "/api/complete", members{"line": 1, "column": 5})
		x.ask(http.MethodPost, "/api/hover", members{"line": 1, "column": 5})
	}
	for i, a := range x.answers {
		l.hold(fmt.Sprintf("answer %d of a hostile text", i), a, true)
	}
	x.close(0)
	l.hold("standard error", x.err.String(), true)
}

// Whatever ends a call, its entry holds in the suite: also of those that not even the fallback takes.
func TestKeptCallsHold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"dealroute.yaml", "crm.yaml"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "examples", "basic", name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	p := &program{}
	x := openLab(t, p, "lab", "-f", filepath.Join(dir, "dealroute.yaml"))
	s := must[lab.Session](x, "/api/session", nil)
	disk, kept := "", 0
	keep := func(dial members) {
		t.Helper()
		must[lab.Run](x, "/api/reset", members{})
		c := must[lab.Call](x, "/api/dial", dial)
		disk = *must[lab.Kept](x, "/api/keep", members{"call": c.Number, "name": fmt.Sprint(dial), "confirm": true, "over": disk}).Disk
		kept++
	}
	for _, c := range s.Choices.Callers {
		keep(members{"caller": c.ID})
		keep(members{"caller": c.ID, "faults": []string{"timeout"}})
		keep(members{"caller": c.ID, "lacks": members{"queues": s.Choices.Queues}})
		keep(members{"caller": c.ID, "lacks": members{"skills": s.Choices.Skills, "transfers": s.Choices.Queues}})
	}
	suite := filepath.Join(dir, "calls.yaml")
	if code, out, errs := p.run("simulate", "-f", filepath.Join(dir, "dealroute.yaml"), "--suite", suite); code != 0 || !strings.Contains(out, fmt.Sprintf("%d as expected, 0 failed", kept)) {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
}

// Whatever the lab lets somebody set before a call, and however it goes together: the call that is kept
// becomes in the suite what it became in the lab.
func TestEveryConditionIsKept(t *testing.T) {
	for _, example := range []string{"basic", "every-setting", "hours", "oauth"} {
		t.Run(example, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), example)
			if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "examples", example))); err != nil {
				t.Fatal(err)
			}
			os.Remove(filepath.Join(dir, "calls.yaml")) //nolint:errcheck // not every example has one
			p := &program{}
			x := openLab(t, p, "lab", "-f", filepath.Join(dir, "dealroute.yaml"))
			s := must[lab.Session](x, "/api/session", nil)
			r := rand.New(rand.NewPCG(17, 4))
			some := func(of []string) []string {
				var out []string
				for _, n := range of {
					if r.IntN(3) == 0 {
						out = append(out, n)
					}
				}
				return out
			}
			const calls = 80
			disk, used := "", map[string]int{}
			for range calls {
				must[lab.Run](x, "/api/reset", members{})
				turn := members{"at": fmt.Sprintf("2026-11-%02dT%02d:%02d:07.5Z", 1+r.IntN(28), r.IntN(24), r.IntN(60))}
				if s.Run.Switch != nil && r.IntN(5) == 0 {
					turn["switch"] = false
				}
				if s.Run.Breaker != nil && r.IntN(5) == 0 {
					turn["breaker"] = members{"open": 1 + r.IntN(100)}
				}
				must[lab.Run](x, "/api/run", turn)
				dial := members{"caller": s.Choices.Callers[r.IntN(len(s.Choices.Callers))].ID}
				set := func(one bool, name string, value any) {
					if one {
						dial[name] = value
						used[name]++
					}
				}
				if len(s.Choices.DNIS) > 0 {
					set(r.IntN(3) == 0, "dnis", s.Choices.DNIS[r.IntN(len(s.Choices.DNIS))])
				}
				set(r.IntN(3) == 0, "faults", []string{s.Choices.Actions[r.IntN(len(s.Choices.Actions))].Short + "=" + s.Choices.Faults[r.IntN(len(s.Choices.Faults))].Kind})
				set(r.IntN(4) == 0, "at", fmt.Sprintf("2026-12-%02dT%02d:30:00Z", 1+r.IntN(28), r.IntN(24)))
				if len(s.Choices.Schedule) > 0 {
					set(r.IntN(3) == 0, "schedule", s.Choices.Schedule[r.IntN(len(s.Choices.Schedule))])
				}
				lacks := members{}
				for _, x := range []struct {
					name string
					of   []string
				}{{"queues", s.Choices.Queues}, {"skills", s.Choices.Skills}, {"flows", s.Choices.Flows}, {"transfers", append(slices.Clone(s.Choices.Queues), s.Choices.Flows...)}} {
					if n := some(x.of); len(n) > 0 && r.IntN(2) == 0 {
						lacks[x.name] = append(n, n[0])
					}
				}
				if r.IntN(3) == 0 {
					lacks["table"] = true
					used["table"]++
				}
				set(len(lacks) > 0, "lacks", lacks)
				c := must[lab.Call](x, "/api/dial", dial)
				k := must[lab.Kept](x, "/api/keep", members{"call": c.Number, "confirm": true, "over": disk})
				if disk = *k.Disk; len(k.Notes) > 0 {
					t.Errorf("%v %v: %v", turn, dial, k.Notes)
				}
			}
			if used["table"] == 0 || used["faults"] == 0 || used["lacks"] == 0 {
				t.Errorf("not everything was tried: %v", used)
			}
			code, out, errs := p.run("simulate", "-f", filepath.Join(dir, "dealroute.yaml"), "--suite", filepath.Join(dir, "calls.yaml"))
			if code != 0 || !strings.Contains(out, fmt.Sprintf("%d as expected, 0 failed", calls)) {
				t.Errorf("exit code %d\n%s%s", code, out, errs)
			}
		})
	}
}

// A call that met a limit of HubSpot's, or the breaker that it opened, meets it again when it is dialled again:
// the answer says why and after how long it would not, and dialled again that much later it does not.
func TestDialAgainLater(t *testing.T) {
	x := openLab(t, &program{}, "lab", "-f", "../../examples/basic/dealroute.yaml")
	dial := func(body members) lab.Call { t.Helper(); return must[lab.Call](x, "/api/dial", body) }
	first := dial(members{"ani": "+15135550142"})
	if first.Later != nil || *first.Call.Outcome != "active_deal" {
		t.Fatalf("%+v", first.Later)
	}
	var met, barred *lab.Call
	for range 20 {
		c := dial(members{"ani": "+15135550142"})
		if c.Later != nil && c.Call.HubSpotRequests > 0 && met == nil {
			met = &c
		} else if c.Later != nil && c.Call.HubSpotRequests == 0 {
			barred = &c
			break
		}
	}
	if met == nil || barred == nil {
		t.Fatalf("no limit was met, or no breaker: %v %v", met, barred)
	}
	for _, c := range []struct {
		call *lab.Call
		why  string
		most int
	}{{met, "HubSpot's limit of ", 60}, {barred, "the breaker was open", 60}} {
		if l := c.call.Later; !strings.HasPrefix(l.Why, c.why) || l.Seconds < 1 || l.Seconds > c.most || *c.call.Call.Outcome != "lookup_failed" {
			t.Errorf("%+v", l)
		}
		if same := dial(members{"again": c.call.Number}); *same.Call.Outcome != "lookup_failed" || same.Later == nil {
			t.Errorf("at the same time it became %s", *same.Call.Outcome)
		}
		other := dial(members{"again": c.call.Number, "later": c.call.Later.Seconds})
		if *other.Call.Outcome != "active_deal" || other.Later != nil || *other.Again != c.call.Number {
			t.Errorf("%d s later it became %s, %+v", c.call.Later.Seconds, *other.Call.Outcome, other.Later)
		}
	}
	must[lab.Run](x, "/api/reset", members{})
	if c := dial(members{"ani": "+15135550142", "faults": []string{"429"}}); c.Later != nil {
		t.Errorf("a fault that was asked for goes away by itself: %+v", c.Later)
	}
	for _, body := range []members{{"ani": "+15135550142", "later": 60}, {"again": 1, "later": -1}, {"again": 1, "later": 1 << 40}} {
		if status, answer := x.ask(http.MethodPost, "/api/dial", body); status != http.StatusBadRequest {
			t.Errorf("%v: %d %s", body, status, answer)
		}
	}
}
