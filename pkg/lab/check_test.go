package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// A slowBench needs for a text whose first word is slow as long as it is let: to render it, or to
// look for what is wrong with it.
type slowBench struct {
	mu      sync.Mutex
	began   []string // texts, in the order in which something began with them
	gone    []string // those that were given up
	at, max int      // checks that go on at once
	let     chan struct{}
	proved  atomic.Bool // whether a proof began
}

func (b *slowBench) enter(what string, text []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.began = append(b.began, what+" "+string(text))
	b.at++
	b.max = max(b.max, b.at)
}

func (b *slowBench) leave(ctx context.Context, text []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at--
	if ctx.Err() != nil {
		b.gone = append(b.gone, string(text))
	}
}

func (b *slowBench) Judge(ctx context.Context, text []byte) (*Work, error) {
	b.enter("render", text)
	defer b.leave(ctx, text)
	if bytes.HasPrefix(text, []byte("slow to render")) {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-b.let:
		}
	}
	if bytes.HasPrefix(text, []byte("broken")) {
		return &Work{Findings: diag.Findings{{Message: "of reading"}}}, nil
	}
	w := &Work{File: "dealroute.yaml", Name: string(text), Desk: stillDesk{string(text)}, Findings: diag.Findings{{Message: "of reading"}}}
	w.Prove = func(context.Context, func(string)) (diag.Findings, string, error) {
		b.proved.Store(true)
		return nil, "", nil
	}
	w.Check = func(ctx context.Context) (diag.Findings, []string) {
		b.enter("check", text)
		defer b.leave(ctx, text)
		if bytes.HasPrefix(text, []byte("slow to check")) {
			select {
			case <-ctx.Done():
				return slices.Clone(w.Findings), []string{"DR-1", "DR-2", "DR-3", "DR-4", "DR-5", "DR-6"}
			case <-b.let:
			}
		}
		return append(slices.Clone(w.Findings), diag.Finding{Message: "of the checks"}), nil
	}
	return w, nil
}

// A stillDesk has a run without calls.
type stillDesk struct{ text string }

func (k stillDesk) Call(context.Context, State, Dial) (*Seen, error) {
	return nil, refuse(0, "", "still with %s", k.text)
}
func (stillDesk) Rows(s State) map[string]map[string]any {
	out := map[string]map[string]any{"switch": {"key": "switch", "enabled": true}}
	for k, v := range s.Rows {
		out[k] = v
	}
	return out
}
func (stillDesk) Begin() State { return State{Next: time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)} }
func (stillDesk) Entry(context.Context, string, State, Dial, *simulate.Outcome) (string, []string, error) {
	return "", nil, nil
}

func get[T any](x *tab, path string) T {
	x.t.Helper()
	var out T
	status, _, answer := x.ask(http.MethodGet, path, "", nil)
	if err := json.Unmarshal([]byte(answer), &out); err != nil || status != http.StatusOK {
		x.t.Fatalf("%s: %d %s", path, status, answer)
	}
	return out
}

func messages(c Check) string {
	var out []string
	for _, f := range c.Findings {
		out = append(out, f.Message)
	}
	return strings.Join(out, "; ")
}

// While a text is judged for however long, everything else is answered at once on the last text
// that can be called, a newer text ends it, and never are two judged at the same time.
func TestNothingWaitsForACheck(t *testing.T) {
	for _, slow := range []string{"slow to render", "slow to check"} {
		t.Run(slow, func(t *testing.T) {
			b := &slowBench{let: make(chan struct{})}
			x := open(t, Config{Text: []byte("first"), Bench: b, File: &memoryFile{name: "dealroute.yaml", data: []byte("first"), there: true}, Suite: &memoryFile{name: "calls.yaml"}}, time.Hour)
			var c Check
			x.post("/api/text", map[string]any{"text": slow, "revision": 1}, &c)
			dials, far := 1, "rendering"
			if slow == "slow to check" {
				dials, far = 2, "checking"
			}
			if c.State != "running" || c.Revision != 2 || c.Dials == nil || *c.Dials != dials || c.OK != (dials == 2) || *c.Far != far {
				t.Fatalf("%+v", c)
			}
			began := time.Now()
			if s := get[Session](x, "/api/session"); s.Check.State != "running" || s.Text != slow {
				t.Errorf("%+v", s.Check)
			}
			var r Run
			x.post("/api/run", map[string]any{"switch": false}, &r)
			x.post("/api/complete", map[string]any{"line": 1, "column": 1}, nil)
			x.post("/api/hover", map[string]any{"line": 1, "column": 1}, nil)
			x.post("/api/save", map[string]any{"revision": 2}, nil)
			x.ask(http.MethodGet, "/api/picture?of=flow", "", nil)
			if took := time.Since(began); r.Switch == nil || r.Switch.On || took > longCheck/2 {
				t.Errorf("%+v, and %s", r, took)
			}
			with := map[int]string{1: "first", 2: slow}[dials] // in the end, as a text that is soon rendered is waited for
			if status, _, answer := x.ask(http.MethodPost, "/api/dial", `{"ani":"anonymous"}`, nil); status != 400 || !strings.Contains(answer, "still with "+with) {
				t.Errorf("%d %s", status, answer)
			}

			if slow == "slow to check" { // who knows only that it is rendered is told at once what came after it
				if c := get[Check](x, "/api/check?revision=2&far=rendering"); c.State != "running" || *c.Far != "checking" {
					t.Errorf("%+v", c)
				}
			}
			waits := make(chan Check)
			go func() { waits <- get[Check](x, "/api/check?revision=2") }()
			proof := make(chan Proof)
			go func() { proof <- get[Proof](x, "/api/proof?revision=2") }()
			for n := range 20 {
				c = Check{}
				x.lab.mu.Lock()
				x.lab.offer(fmt.Appendf(nil, "%s, %d", slow, n))
				x.lab.mu.Unlock()
			}
			x.post("/api/text", map[string]any{"text": "last", "revision": 22}, nil)
			c = get[Check](x, "/api/check?revision=23")
			if c.State != "done" || c.Far != nil || c.Revision != 23 || *c.Dials != 23 || messages(c) != "of reading; of the checks" {
				t.Errorf("%+v", c)
			}
			if old := <-waits; old.State != "stale" {
				t.Errorf("%+v", old)
			}
			if old := <-proof; old.State != "stale" {
				t.Errorf("%+v", old)
			}
			if c := get[Check](x, "/api/check?revision=2"); c.State != "stale" {
				t.Errorf("%+v", c)
			}
			b.mu.Lock()
			defer b.mu.Unlock()
			if b.max != 1 || len(b.gone) == 0 || b.gone[0] != slow {
				t.Errorf("%d at once; given up: %q", b.max, b.gone)
			}
			if s := get[Session](x, "/api/session"); s.Name != "last" || s.Run.Switch.On {
				t.Errorf("%+v", s)
			}
		})
	}
}

// A call waits until its text is rendered, and a turn of the run when none was before: neither says
// that the text is wrong because nothing is known of it yet.
func TestCallsWaitForTheirText(t *testing.T) {
	for _, first := range []string{"first", "broken"} {
		t.Run(first, func(t *testing.T) {
			b := &slowBench{let: make(chan struct{})}
			x := open(t, Config{Text: []byte(first), Bench: b}, time.Hour)
			x.post("/api/text", map[string]any{"text": "slow to render", "revision": 1}, nil)
			dialled, turned := make(chan string, 1), make(chan string, 1)
			go func() {
				_, _, answer := x.ask(http.MethodPost, "/api/dial", `{"ani":"anonymous"}`, nil)
				dialled <- answer
			}()
			go func() {
				_, _, answer := x.ask(http.MethodPost, "/api/run", `{"switch":false}`, nil)
				turned <- answer
			}()
			time.Sleep(100 * time.Millisecond)
			select {
			case answer := <-dialled:
				t.Fatalf("did not wait: %s", answer)
			default:
			}
			x.lab.mu.Lock()
			x.lab.offer([]byte("slow to render, too")) // whose turn comes when the one before ended
			x.lab.mu.Unlock()
			close(b.let)
			if answer := <-dialled; !strings.Contains(answer, "still with slow to render, too") {
				t.Error(answer)
			}
			if answer := <-turned; !strings.Contains(answer, `"on":false`) {
				t.Error(answer)
			}
		})
	}
	t.Run("for ever", func(t *testing.T) {
		b := &slowBench{let: make(chan struct{})}
		x := open(t, Config{Text: []byte("broken"), Bench: b, Limit: 300 * time.Millisecond}, time.Hour)
		x.post("/api/text", map[string]any{"text": "slow to render", "revision": 1}, nil)
		if status, _, answer := x.ask(http.MethodPost, "/api/dial", `{"ani":"anonymous"}`, nil); status != http.StatusConflict || !strings.Contains(answer, "has errors") {
			t.Errorf("%d %s", status, answer)
		}
	})
}

// A check that has no end is given up, and what was not looked for is told.
func TestLimitOfACheck(t *testing.T) {
	b := &slowBench{let: make(chan struct{})}
	x := open(t, Config{Text: []byte("first"), Bench: b, Limit: 300 * time.Millisecond}, time.Hour)
	x.post("/api/text", map[string]any{"text": "slow to check", "revision": 1}, nil)
	c := get[Check](x, "/api/check?revision=2")
	if want := "of reading; not everything was checked: after 300ms these checks were given up: DR-1, DR-2, DR-3, DR-4 and 2 more"; c.State != "done" || !c.OK || messages(c) != want || c.Counts[diag.Warning] != 1 {
		t.Errorf("%+v\n%s", c, messages(c))
	}
	x.post("/api/text", map[string]any{"text": "slow to render", "revision": 2}, nil)
	c = get[Check](x, "/api/check?revision=3")
	if c.State != "done" || c.OK || *c.Dials != 2 || !strings.Contains(messages(c), "rendered in 300ms") {
		t.Errorf("%+v\n%s", c, messages(c))
	}
}

// The lab ends at once while a text is judged, and leaves nothing running.
func TestEndsWithinACheck(t *testing.T) {
	b := &slowBench{let: make(chan struct{})}
	x := open(t, Config{Text: []byte("slow to check"), Bench: b}, time.Hour)
	if c := get[Session](x, "/api/session").Check; c.State != "running" || !c.OK {
		t.Errorf("%+v", c)
	}
	go func() {
		r, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, x.base+"/api/check?revision=1", nil)
		r.Header.Set("Authorization", "Bearer "+x.lab.Token())
		if a, err := http.DefaultTransport.RoundTrip(r); err == nil {
			a.Body.Close() //nolint:errcheck // nothing is read
		}
	}()
	time.Sleep(100 * time.Millisecond)
	began := time.Now()
	x.end()
	if took := time.Since(began); took > longCheck/2 {
		t.Errorf("it took %s", took)
	}
	nothingLeft(t)
}

// A session that ends within a check begins no proof of the text, which it would wait for.
func TestEndsWithoutAProof(t *testing.T) {
	b := &slowBench{let: make(chan struct{})}
	x := open(t, Config{Text: []byte("slow to check"), Bench: b}, time.Hour)
	x.lab.session.end()
	if b.proved.Load() || x.lab.proof != nil {
		t.Error("a proof has begun")
	}
}

// Tabs that write at the same time lose no text: each is taken, or refused with the one that came first.
func TestManyTabs(t *testing.T) {
	x := open(t, Config{Text: []byte("0"), Bench: &slowBench{}}, time.Hour)
	var wg sync.WaitGroup
	var mu sync.Mutex
	taken := 0
	for n := range 16 {
		wg.Go(func() {
			revision := 1
			for try := range 12 {
				body, _ := json.Marshal(map[string]any{"text": fmt.Sprintf("tab %d, %d", n, try), "revision": revision})
				status, _, answer := x.ask(http.MethodPost, "/api/text", string(body), nil)
				var a struct{ Revision int }
				if err := json.Unmarshal([]byte(answer), &a); err != nil {
					t.Error(err)
				}
				revision = a.Revision
				switch status {
				case http.StatusOK:
					mu.Lock()
					taken++
					mu.Unlock()
				case http.StatusConflict:
				default:
					t.Errorf("%d %s", status, answer)
				}
			}
		})
	}
	wg.Wait()
	if s := get[Session](x, "/api/session"); s.Revision != taken+1 || taken == 0 {
		t.Errorf("%d texts were taken, the revision is %d", taken, s.Revision)
	}
}

// The address for a browser leads to the page once, and to nobody under another name or later.
func TestOnce(t *testing.T) {
	x := open(t, Config{Text: []byte("a: 1\n")}, time.Hour)
	code := x.lab.Once()
	bare := func(r *http.Request) { r.Header.Del("Authorization") }
	for _, wrong := range []string{"/open/", "/open/x", code + "x"} {
		if status, header, _ := x.ask(http.MethodGet, wrong, "", bare); status != http.StatusGone || header.Get("Location") != "" {
			t.Errorf("%s: %d", wrong, status)
		}
	}
	if status, header, _ := x.ask(http.MethodGet, code, "", withHost("evil.example")); status != http.StatusMisdirectedRequest || header.Get("Location") != "" {
		t.Errorf("under another name: %d", status)
	}
	if status, header, _ := x.ask(http.MethodGet, code, "", bare); status != http.StatusSeeOther || header.Get("Location") != "/#"+x.lab.Token() || header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v", status, header)
	}
	if status, header, answer := x.ask(http.MethodGet, code, "", bare); status != http.StatusGone || header.Get("Location") != "" || !strings.Contains(answer, "somebody else") {
		t.Errorf("twice: %d %s", status, answer)
	}
	old := x.lab.Once()
	x.lab.once.Load().until = time.Now().Add(-time.Second)
	if status, _, _ := x.ask(http.MethodGet, old, "", bare); status != http.StatusGone {
		t.Errorf("later: %d", status)
	}
}

// A file that is being written when the lab ends is written whole; no write begins after it.
func TestEndWaitsForAWrite(t *testing.T) {
	f := &slowFile{memoryFile: memoryFile{name: "dealroute.yaml", data: []byte("a: 1\n"), there: true}, began: make(chan struct{}), let: make(chan struct{})}
	x := open(t, Config{Text: []byte("a: 1\n"), File: f}, time.Hour)
	x.post("/api/text", map[string]any{"text": "a: 2\n", "revision": 1}, nil)
	save := func() {
		r, _ := http.NewRequestWithContext(context.Background(), http.MethodPost, x.base+"/api/save", strings.NewReader(`{"revision":2,"confirm":true}`))
		r.Header.Set("Authorization", "Bearer "+x.lab.Token())
		r.Header.Set("Content-Type", "application/json")
		if a, err := http.DefaultTransport.RoundTrip(r); err == nil {
			a.Body.Close() //nolint:errcheck // nothing is read
		}
	}
	go save()
	<-f.began
	x.stop()
	select {
	case <-x.done:
		t.Error("the lab ended within a write")
	case <-time.After(300 * time.Millisecond):
	}
	close(f.let)
	<-x.done
	if string(f.data) != "a: 2\n" {
		t.Errorf("%q was written", f.data)
	}
	if _, err := x.lab.postSave(context.Background(), Save{Revision: new(2), Confirm: true}); !errors.Is(err, errEnded) || f.wrote != 1 {
		t.Errorf("after the end: %v, %d writes", err, f.wrote)
	}
}

type slowFile struct {
	memoryFile
	began, let chan struct{}
}

func (f *slowFile) Write(data []byte) error {
	close(f.began)
	<-f.let
	return f.memoryFile.Write(data)
}
