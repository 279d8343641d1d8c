package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/secret"
)

// A plainBench takes every text for a deployment that cannot be called, except one that panics.
type plainBench struct{ prove func(context.Context) error }

func (b plainBench) Judge(_ context.Context, text []byte) (*Work, error) {
	w := &Work{File: "dealroute.yaml", Name: "acme"}
	switch {
	case bytes.Contains(text, []byte("later")):
		w.Check = func(context.Context) (diag.Findings, []string) { panic("out of range of +15135550142") }
	case bytes.Contains(text, []byte("panic")):
		panic("out of range of +15135550142")
	}
	for i, l := range strings.Split(string(text), "\n") {
		if at := strings.Index(l, "wrong"); at >= 0 {
			w.Findings = append(w.Findings, diag.Finding{Code: "DR-X-001", Message: "it is wrong", Position: diag.Position{File: "dealroute.yaml", Line: i + 1, Column: len([]rune(l[:at])) + 1}, Length: 5})
		}
	}
	if b.prove != nil {
		w.Prove = func(ctx context.Context, far func(string)) (diag.Findings, string, error) {
			far("3 states")
			return diag.Findings{{Message: "proved wrong"}}, "all hold", b.prove(ctx)
		}
	}
	return w, nil
}

// A memoryFile is a file without a disk.
type memoryFile struct {
	name  string
	data  []byte
	there bool
	torn  error // what reading fails with
	fails error
	wrote int
}

func (f *memoryFile) Path() string { return f.name }
func (f *memoryFile) Read() ([]byte, error) {
	if f.torn != nil {
		return nil, f.torn
	}
	if !f.there {
		return nil, fs.ErrNotExist
	}
	return f.data, nil
}
func (f *memoryFile) Write(data []byte) error {
	if f.fails != nil {
		return f.fails
	}
	f.data, f.there = bytes.Clone(data), true
	f.wrote++
	return nil
}

// A tab asks a lab as a page does.
type tab struct {
	t    *testing.T
	base string
	lab  *Server
	log  *bytes.Buffer
	stop context.CancelFunc
	done chan struct{}
	ever bool // it ended because nobody used it
}

func open(t *testing.T, cfg Config, idle time.Duration) *tab {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	x := &tab{t: t, stop: stop, done: make(chan struct{}), log: &bytes.Buffer{}}
	if cfg.Bench == nil {
		cfg.Bench = plainBench{}
	}
	cfg.Log, cfg.Known, cfg.Version = slog.New(slog.NewTextHandler(x.log, nil)), &secret.Known{}, "test"
	if cfg.Append == nil {
		cfg.Append = func(s []byte, e string) ([]byte, int, error) { return append(bytes.Clone(s), e...), 1, nil }
	}
	x.lab = New(ctx, cfg)
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	x.base = "http://" + l.Addr().String()
	go func() {
		defer close(x.done)
		if x.ever, err = x.lab.Serve(ctx, l, idle); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(x.end)
	return x
}

func (x *tab) end() {
	x.stop()
	select {
	case <-x.done:
	case <-time.After(5 * time.Second):
		x.t.Error("the lab does not end")
	}
}

// ask makes a request; change may make it a strange one.
func (x *tab) ask(method, path, body string, change func(*http.Request)) (status int, header http.Header, answer string) {
	x.t.Helper()
	r, err := http.NewRequestWithContext(x.t.Context(), method, x.base+path, strings.NewReader(body))
	if err != nil {
		x.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+x.lab.Token())
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
	}
	if change != nil {
		change(r)
	}
	a, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		x.t.Fatal(err)
	}
	defer a.Body.Close() //nolint:errcheck // it was only read
	data, err := io.ReadAll(a.Body)
	if err != nil {
		x.t.Fatal(err)
	}
	return a.StatusCode, a.Header, string(data)
}

// get and post want an answer.
func (x *tab) post(path string, body, into any) {
	x.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		x.t.Fatal(err)
	}
	status, _, answer := x.ask(http.MethodPost, path, string(data), nil)
	if status != http.StatusOK {
		x.t.Fatalf("%s: %d %s", path, status, answer)
	}
	if into != nil {
		if err := json.Unmarshal([]byte(answer), into); err != nil {
			x.t.Fatal(err)
		}
	}
}

func withHeader(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func withHost(host string) func(*http.Request) { return func(r *http.Request) { r.Host = host } }

// endpoints are all that there are, with a method that fits.
var endpoints = map[string]string{
	"/api/session": http.MethodGet, "/api/check?revision=1": http.MethodGet, "/api/call?number=1": http.MethodGet, "/api/proof?revision=1": http.MethodGet, "/api/picture?of=flow": http.MethodGet,
	"/api/text": http.MethodPost, "/api/dial": http.MethodPost, "/api/run": http.MethodPost, "/api/reset": http.MethodPost, "/api/complete": http.MethodPost,
	"/api/hover": http.MethodPost, "/api/save": http.MethodPost, "/api/reload": http.MethodPost, "/api/keep": http.MethodPost,
}

// Nobody gets an answer without the token, by another name, from another page, in another method
// or with a body that is none; and every answer says what the page may do.
func TestKeepsOthersAway(t *testing.T) {
	x := open(t, Config{Text: []byte("marked: text\n")}, time.Hour)
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(x.base, "http://"))
	type strange struct {
		name   string
		change func(*http.Request)
		status int
	}
	all := []strange{
		{"no token", func(r *http.Request) { r.Header.Del("Authorization") }, 401},
		{"empty token", withHeader("Authorization", "Bearer "), 401},
		{"wrong token", withHeader("Authorization", "Bearer "+strings.Repeat("A", len(x.lab.Token()))), 401},
		{"part of the token", withHeader("Authorization", "Bearer "+x.lab.Token()[:10]), 401},
		{"another scheme", withHeader("Authorization", "Basic "+x.lab.Token()), 401},
		{"token as a cookie", func(r *http.Request) { r.Header.Del("Authorization"); r.Header.Set("Cookie", "token="+x.lab.Token()) }, 401},
		{"token in the query", func(r *http.Request) { r.Header.Del("Authorization"); r.URL.RawQuery += "&token=" + x.lab.Token() }, 401},
		{"foreign origin", withHeader("Origin", "http://evil.example"), 403},
		{"null origin", withHeader("Origin", "null"), 403},
		{"origin of another port", withHeader("Origin", "http://127.0.0.1:1"), 403},
		{"origin by https", withHeader("Origin", "https://127.0.0.1:"+port), 403},
		{"cross-site fetch", withHeader("Sec-Fetch-Site", "cross-site"), 403},
		{"another port's page", withHeader("Sec-Fetch-Site", "same-site"), 403},
	}
	for _, h := range []string{"evil.example", "evil.example:" + port, "localhost.evil.example:" + port, "127.0.0.1", "127.0.0.1:1", "127.0.0.2:" + port, "0.0.0.0:" + port, "[::]:" + port, "10.0.0.1:" + port, "2130706433:" + port, "localhost"} {
		all = append(all, strange{"host " + h, withHost(h), 421})
	}
	for path, method := range endpoints {
		body := ""
		if method == http.MethodPost {
			body = "{}"
		}
		for _, s := range all {
			if status, _, answer := x.ask(method, path, body, s.change); status != s.status || strings.Contains(answer, "marked") {
				t.Errorf("%s, %s: %d, want %d: %s", path, s.name, status, s.status, answer)
			}
		}
		for _, other := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodOptions, "TRACE"} {
			if other == method {
				continue
			}
			if status, h, answer := x.ask(other, path, body, nil); status != http.StatusMethodNotAllowed || h.Get("Allow") != method {
				t.Errorf("%s %s: %d Allow %q %s", other, path, status, h.Get("Allow"), answer)
			}
		}
		if method != http.MethodPost {
			continue
		}
		for body, want := range map[string]int{
			"": 400, "{": 400, "[]": 400, `"x"`: 400, "{} {}": 400, `{"nonsense":1}`: 400, "{}x": 400, `{"` + strings.Repeat("a", mostBody+10) + `":1}`: 413, "{}" + strings.Repeat(" ", mostBody+10): 413,
		} {
			if status, _, answer := x.ask(method, path, body, nil); status != want {
				t.Errorf("%s with %.20q: %d, want %d: %s", path, body, status, want, answer)
			}
		}
		for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"} {
			if status, _, _ := x.ask(method, path, "{}", withHeader("Content-Type", kind)); status != http.StatusUnsupportedMediaType {
				t.Errorf("%s as %q: %d", path, kind, status)
			}
		}
	}
	for path, want := range map[string]int{
		"/": 200, "/index.html": 200, "/lab.css": 200, "/nonsense": 404, "/api/nonsense": 404, "/api/": 404, "/../server.go": 404, "/..%2fserver.go": 404, "/page/index.html": 404,
		"/./index.html": 404, "//etc/passwd": 404, "/%2e%2e/%2e%2e/etc/passwd": 404, "/.keep": 404, "/index.html/": 404, "/x\\..\\index.html": 404, "/index.html%00": 404,
	} {
		status, h, answer := x.ask(http.MethodGet, path, "", func(r *http.Request) { r.URL.RawPath, r.URL.Opaque = "", strings.TrimPrefix(x.base, "http:")+path })
		if status != want {
			t.Errorf("%s: %d, want %d: %.100s", path, status, want, answer)
		}
		for name, value := range map[string]string{
			"Content-Security-Policy": policy, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
			"Cross-Origin-Resource-Policy": "same-origin",
		} {
			if h.Get(name) != value {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
		if h.Get("Access-Control-Allow-Origin") != "" || h.Get("Set-Cookie") != "" {
			t.Errorf("%s: %v", path, h)
		}
	}
	// a link from elsewhere may lead to the page, which asks for the token
	follow := func(r *http.Request) {
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		r.Header.Set("Sec-Fetch-Mode", "navigate")
		r.Header.Del("Authorization")
	}
	if status, _, answer := x.ask(http.MethodGet, "/", "", follow); status != 200 || strings.Contains(answer, x.lab.Token()) {
		t.Errorf("a link: %d", status)
	}
	for _, host := range []string{"127.0.0.1:" + port, "localhost:" + port, "LOCALHOST:" + port} {
		if status, _, answer := x.ask(http.MethodGet, "/api/session", "", withHost(host)); status != 200 || !strings.Contains(answer, "marked") {
			t.Errorf("%s: %d %s", host, status, answer)
		}
	}
	if x.lab.revision != 1 {
		t.Errorf("one of them changed the text: revision %d", x.lab.revision)
	}
}

// What is served as a page is known by its type and has no script of its own within.
func TestPageHasNoDataAndNoScriptWithin(t *testing.T) {
	n := 0
	err := fs.WalkDir(page, "page", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		n++
		if i := strings.LastIndexByte(path, '.'); i < 0 || types[path[i:]] == "" {
			t.Errorf("%s has no type", path)
		}
		data, err := page.ReadFile(path)
		for _, bad := range []string{"<style", " style=\"", "javascript:", " onclick=", " onload=", "http://", "https://"} {
			if strings.HasSuffix(path, ".html") && bytes.Contains(data, []byte(bad)) {
				t.Errorf("%s has %s", path, bad)
			}
		}
		return err
	})
	if err != nil || n == 0 {
		t.Fatalf("%d files: %v", n, err)
	}
}

// A text of one tab is not lost to another's, findings have their places in UTF-16, and what is
// the same is no new text.
func TestTexts(t *testing.T) {
	x := open(t, Config{Text: []byte("a: 1\n")}, time.Hour)
	var c Check
	x.post("/api/text", map[string]any{"text": "a: 1\nb: \"\U0001F600 wrong\"\r\nc: wrong", "revision": 1}, &c)
	if c.Revision != 2 || !c.Edited || c.OK || len(c.Findings) != 2 || fmt.Sprint(c.Changed) != "[2 3]" || c.Counts[diag.Error] != 2 {
		t.Fatalf("%+v", c)
	}
	if f := c.Findings[0]; f.Range != (Range{2, 8, 2, 13}) || !f.InText || *f.Code != "DR-X-001" {
		t.Errorf("%+v", f)
	}
	if f := c.Findings[1]; f.Range != (Range{3, 4, 3, 9}) {
		t.Errorf("%+v", f)
	}
	x.post("/api/text", map[string]any{"text": "a: 1\nb: \"\U0001F600 wrong\"\r\nc: wrong", "revision": 1}, &c)
	if c.Revision != 2 {
		t.Errorf("the same text is revision %d", c.Revision)
	}
	status, _, answer := x.ask(http.MethodPost, "/api/text", `{"text":"x","revision":1}`, nil)
	var conflict struct {
		Revision int
		Text     string
	}
	if err := json.Unmarshal([]byte(answer), &conflict); err != nil || status != 409 || conflict.Revision != 2 || !strings.HasPrefix(conflict.Text, "a: 1\nb:") {
		t.Errorf("%d %s", status, answer)
	}
	for _, body := range []string{`{"text":"x"}`, `{"revision":2}`} {
		if status, _, answer := x.ask(http.MethodPost, "/api/text", body, nil); status != 400 {
			t.Errorf("%s: %d %s", body, status, answer)
		}
	}
	for _, path := range []string{"/api/dial", "/api/run"} {
		if status, _, answer := x.ask(http.MethodPost, path, `{}`, nil); status != 409 || !strings.Contains(answer, "mend") {
			t.Errorf("%s without a desk: %d %s", path, status, answer)
		}
	}
}

// The page knows line feeds alone: a file whose lines end with CRLF keeps that, and a file that
// has both becomes what the page sent.
func TestEndsOfLines(t *testing.T) {
	for saved, want := range map[string]string{"a: 1\r\nb: 2\r\n": "a: 1\r\nb: 3\r\n", "a: 1\r\nb: 2\n": "a: 1\nb: 3\n", "a: 1": "a: 1\nb: 3\n"} {
		x := open(t, Config{Text: []byte(saved)}, time.Hour)
		var c Check
		x.post("/api/text", map[string]any{"text": "a: 1\nb: 3\n", "revision": 1}, &c)
		if got := string(x.lab.text); got != want || strings.Contains(want, "\r") && fmt.Sprint(c.Changed) != "[2]" {
			t.Errorf("%q: %q, want %q, changed %v", saved, got, want, c.Changed)
		}
	}
}

// A request that panics is answered, told of in the log without a number, and leaves the session
// as it was and free.
func TestPanicIsContained(t *testing.T) {
	x := open(t, Config{Text: []byte("a: 1\n"), Append: func([]byte, string) ([]byte, int, error) { return nil, 0, nil }, Suite: brokenFile{}}, time.Hour)
	for range 2 {
		if status, _, answer := x.ask(http.MethodGet, "/api/session", "", nil); status != 500 || !strings.Contains(answer, "goes on") {
			t.Errorf("%d %s", status, answer)
		}
	}
	var c Check
	x.post("/api/text", map[string]any{"text": "a: 2\n", "revision": 1}, &c)
	x.end()
	if log := x.log.String(); c.Revision != 2 || !strings.Contains(log, "panic") || strings.Contains(log, "5550142") {
		t.Errorf("%+v, the log: %s", c, x.log)
	}
}

type brokenFile struct{}

func (brokenFile) Path() string          { return "calls.yaml" }
func (brokenFile) Read() ([]byte, error) { panic("out of range of +15135550142") }
func (brokenFile) Write([]byte) error    { return nil }

// A text at which the tool fails is a text with an error: what is written stays, and the next one is judged.
func TestPanicOfACheck(t *testing.T) {
	x := open(t, Config{Text: []byte("a: 1\n")}, time.Hour)
	for n, text := range []string{"panic\n", "panic later\n"} {
		var c Check
		x.post("/api/text", map[string]any{"text": text, "revision": n + 1}, &c)
		if c.State != "done" || c.Revision != n+2 || len(c.Findings) != 1 || !strings.Contains(c.Findings[0].Message, "failed at this text") {
			t.Errorf("%+v", c)
		}
	}
	var c Check
	x.post("/api/text", map[string]any{"text": "wrong\n", "revision": 3}, &c)
	if c.State != "done" || len(c.Findings) != 1 || c.Findings[0].Message != "it is wrong" {
		t.Errorf("%+v", c)
	}
	x.end()
	if log := x.log.String(); strings.Count(log, "panicked") != 2 || strings.Contains(log, "5550142") {
		t.Errorf("the log: %s", x.log)
	}
}

// The file is written when that is confirmed and nothing else came between; never else.
func TestSave(t *testing.T) {
	f := &memoryFile{name: "dir/dealroute.yaml", data: []byte("a: 1\n"), there: true}
	x := open(t, Config{Text: f.data, File: f}, time.Hour)
	x.post("/api/text", map[string]any{"text": "a: 2\n", "revision": 1}, nil)
	var s Saved
	x.post("/api/save", map[string]any{"revision": 2}, &s)
	if f.wrote != 0 || s.Written || s.Path != "dir/dealroute.yaml" || strings.Join(s.Diff, "|") != "@@ -1 +1 @@|-a: 1|+a: 2" {
		t.Errorf("asked: %+v, written %d times", s, f.wrote)
	}
	if status, _, answer := x.ask(http.MethodPost, "/api/save", `{"revision":1,"confirm":true}`, nil); status != 409 || f.wrote != 0 {
		t.Errorf("another revision: %d %s", status, answer)
	}
	f.data = []byte("a: 3 # by somebody else\n")
	status, _, answer := x.ask(http.MethodPost, "/api/save", `{"revision":2,"confirm":true}`, nil)
	var c struct{ Disk, DiskText string }
	if err := json.Unmarshal([]byte(answer), &c); err != nil || status != 409 || f.wrote != 0 || c.DiskText != string(f.data) || !strings.Contains(answer, "changed on disk") {
		t.Errorf("changed on disk: %d %s", status, answer)
	}
	if status, _, answer := x.ask(http.MethodPost, "/api/save", `{"revision":2,"confirm":true,"over":"00"}`, nil); status != 409 || f.wrote != 0 {
		t.Errorf("over something else: %d %s", status, answer)
	}
	f.fails = errors.New("the disk is full")
	if status, _, answer := x.ask(http.MethodPost, "/api/save", `{"revision":2,"confirm":true,"over":"`+c.Disk+`"}`, nil); status != 500 || !strings.Contains(answer, "disk is full") {
		t.Errorf("a full disk: %d %s", status, answer)
	}
	f.fails = nil
	x.post("/api/save", map[string]any{"revision": 2, "confirm": true, "over": c.Disk}, &s)
	if f.wrote != 1 || !s.Written || string(f.data) != "a: 2\n" {
		t.Errorf("over: %+v %q", s, f.data)
	}
	f.data = []byte("a: 4\n")
	var session Session
	x.post("/api/reload", map[string]any{}, &session)
	if session.Text != "a: 4\n" || session.File.Edited || session.Revision != 3 {
		t.Errorf("%+v", session)
	}
	f.data = []byte("token: pat-na1-0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f\n")
	for hint, torn := range map[string]error{"save the text": fs.ErrNotExist, "see whether the file": errors.New("it is a folder")} {
		f.torn = torn
		if status, _, answer := x.ask(http.MethodPost, "/api/reload", "{}", nil); status != 500 || !strings.Contains(answer, hint) {
			t.Errorf("%v: %d %s", torn, status, answer)
		}
	}
	f.torn = nil
	if status, _, answer := x.ask(http.MethodPost, "/api/reload", "{}", nil); status != 400 || strings.Contains(answer, "0a1b2c3d") {
		t.Errorf("a secret on disk: %d %s", status, answer)
	}
	f.data = []byte("a: 4\n")
	x.post("/api/text", map[string]any{"text": "token: pat-na1-0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f\n", "revision": 3}, nil)
	if status, _, answer := x.ask(http.MethodPost, "/api/save", `{"revision":4,"confirm":true}`, nil); status != 400 || f.wrote != 1 {
		t.Errorf("a secret: %d %s", status, answer)
	}
	x.lab.cfg.Known.Add(secret.New("word-of-this-run"))
	x.post("/api/text", map[string]any{"text": "a: word-of-this-run\n", "revision": 4}, nil)
	if status, _, answer := x.ask(http.MethodPost, "/api/save", `{"revision":5,"confirm":true}`, nil); status != 400 || f.wrote != 1 || strings.Contains(answer, "word-of") {
		t.Errorf("a secret of the run: %d %s", status, answer)
	}
}

// A text that is on no disk is saved under a plain name, and over nothing by itself.
func TestSaveAs(t *testing.T) {
	made := map[string]*memoryFile{"taken.yaml": {name: "taken.yaml", data: []byte("x"), there: true}}
	x := open(t, Config{Text: []byte("a: 1\n"), Why: "it is the example", New: func(name string) (File, error) {
		if made[name] == nil {
			made[name] = &memoryFile{name: name}
		}
		return made[name], nil
	}}, time.Hour)
	for _, name := range []string{"", "../x.yaml", "/x.yaml", "x", ".x.yaml", "a/b.yaml", "a\\b.yaml", "x.yaml\x00", "-x.yaml", "x.sh", "con:x.yaml"} {
		body, _ := json.Marshal(map[string]any{"revision": 1, "confirm": true, "name": name})
		if status, _, answer := x.ask(http.MethodPost, "/api/save", string(body), nil); status != 400 {
			t.Errorf("%q: %d %s", name, status, answer)
		}
	}
	if status, _, answer := x.ask(http.MethodPost, "/api/save", `{"revision":1,"confirm":true,"name":"taken.yaml"}`, nil); status != 409 || made["taken.yaml"].wrote != 0 {
		t.Errorf("taken: %d %s", status, answer)
	}
	var s Saved
	x.post("/api/save", map[string]any{"revision": 1, "confirm": true, "name": "mine.yaml"}, &s)
	if !s.Creates || !s.Written || string(made["mine.yaml"].data) != "a: 1\n" {
		t.Errorf("%+v", s)
	}
	var after Session
	_, _, answer := x.ask(http.MethodGet, "/api/session", "", nil)
	if err := json.Unmarshal([]byte(answer), &after); err != nil || after.File.Path == nil || *after.File.Path != "mine.yaml" {
		t.Errorf("%s", answer)
	}
}

// The lab ends when nobody used it for a while, and with it what goes on beside; a page that is
// looked at keeps it.
func TestEndsByItself(t *testing.T) {
	ended := make(chan struct{})
	bench := plainBench{prove: func(ctx context.Context) error {
		<-ctx.Done()
		close(ended)
		return ctx.Err()
	}}
	begin := time.Now()
	x := open(t, Config{Text: []byte("a: 1\n"), Bench: bench}, 2*time.Second)
	for range 5 {
		time.Sleep(300 * time.Millisecond)
		x.ask(http.MethodGet, "/api/session", "", nil)
	}
	select {
	case <-x.done:
	case <-time.After(10 * time.Second):
		t.Fatal("it goes on")
	}
	if took := time.Since(begin); took < 3*time.Second || !x.ever {
		t.Errorf("it ended after %v, %v", took, x.ever)
	}
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		t.Error("the proof goes on")
	}
	nothingLeft(t)
}

// An interrupt ends requests that wait, at once.
func TestInterruptEndsOpenRequests(t *testing.T) {
	bench := plainBench{prove: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }}
	x := open(t, Config{Text: []byte("a: 1\n"), Bench: bench}, time.Hour)
	waits := make(chan struct{})
	go func() {
		defer close(waits)
		r, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, x.base+"/api/proof?revision=1", nil)
		r.Header.Set("Authorization", "Bearer "+x.lab.Token())
		a, err := http.DefaultTransport.RoundTrip(r)
		if err == nil {
			a.Body.Close() //nolint:errcheck // nothing is read
		}
	}()
	time.Sleep(200 * time.Millisecond)
	begin := time.Now()
	x.end()
	<-waits
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("it took %v", took)
	}
	nothingLeft(t)
}

// nothingLeft wants no goroutine of this package.
func nothingLeft(t *testing.T) {
	t.Helper()
	var left string
	for range 50 {
		buf := make([]byte, 1<<20)
		left = ""
		for _, g := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			if strings.Contains(g, "pkg/lab.") && !strings.Contains(g, "testing.tRunner") {
				left += g + "\n\n"
			}
		}
		if left == "" {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("still running:\n%s", left)
}

// The proof comes by itself, and one of an older text is stale.
func TestProof(t *testing.T) {
	x := open(t, Config{Text: []byte("a: 1\n"), Bench: plainBench{prove: func(context.Context) error { return nil }}}, time.Hour)
	var p Proof
	_, _, answer := x.ask(http.MethodGet, "/api/proof?revision=1", "", nil)
	if err := json.Unmarshal([]byte(answer), &p); err != nil || p.State != "done" || len(p.Findings) != 1 || p.Text != "all hold" || p.Far != "3 states" {
		t.Errorf("%s", answer)
	}
	x.post("/api/text", map[string]any{"text": "a: 2\n", "revision": 1}, nil)
	_, _, answer = x.ask(http.MethodGet, "/api/proof?revision=1", "", nil)
	if err := json.Unmarshal([]byte(answer), &p); err != nil || p.State != "stale" {
		t.Errorf("%s", answer)
	}
	for _, q := range []string{"", "?revision=", "?revision=x", "?revision=-1"} {
		if status, _, _ := x.ask(http.MethodGet, "/api/proof"+q, "", nil); status != 400 {
			t.Errorf("%s: %d", q, status)
		}
	}
}

// What is offered fits the place, and what is there already is not offered.
func TestCompleteAndHover(t *testing.T) {
	x := open(t, Config{Text: []byte("version: 1\n")}, time.Hour)
	x.lab.dials = &Work{Desk: nil, Names: Names{
		Queues: []string{"Sales", "General Support", "a: b"}, Stages: []string{"Negotiation", "985123456"}, Facts: []string{"tier"}, Properties: map[string][]string{"contacts": {"phone"}, "deals": {"amount"}},
	}}
	for _, c := range []struct{ text, want string }{
		{"version: 1\nrou|", "routing: "},
		{"rou|ting: 1\nname: x", "routing"},
		{"routing:\n  rules:\n    - name: x\n      |", "when: ,to: "},
		{"routing: {rules: [{to: {queue: Sa|", "Sales"},
		{"routing: {fallback: {queue: |", "Sales,General Support,\"a: b\""},
		{"routing:\n  rules:\n    - when: {stage: [|", "Negotiation,\"985123456\""},
		{"routing:\n  rules:\n    - when: {facts: {|", "tier: "},
		{"routing:\n  rules:\n    - when: {won: |", "true,false"},
		{"routing:\n  rules:\n    - when:\n        outcome: in|", "inactive_deal"},
		{"hubspot:\n  facts:\n    tier: {contact: |", "phone"},
		{"hubspot:\n  facts:\n    tier: {deal: |", "amount"},
		{"hubspot:\n  auth: {method: |", "service-key,oauth"},
		{"hubspot:\n  lookup:\n    company: |", "none,deals,numbers"},
		{"screenPop: |", "managed,none"},
		{"nonsense: {|", ""},
		{"# rou|", ""},
	} {
		i := strings.Index(c.text, "|")
		text := c.text[:i] + c.text[i+1:]
		line := strings.Count(c.text[:i], "\n") + 1
		column := i - strings.LastIndexByte(c.text[:i], '\n')
		var got Completion
		x.post("/api/complete", map[string]any{"text": text, "line": line, "column": column}, &got)
		var inserts []string
		for _, it := range got.Items {
			inserts = append(inserts, it.Insert)
		}
		if s := strings.Join(inserts, ","); s != c.want {
			t.Errorf("%q: %q, want %q", c.text, s, c.want)
		}
	}
	for _, c := range []struct{ text, path, about string }{
		{"rou|ting: 1", "routing", "Says who goes where."},
		{"routing:\n  rules:\n    - na|me: x", "routing.rules[].name", "How results"},
		{"routing:\n  rules:\n    - when: {sta|ge: [x]}", "routing.rules[].when.stage", "Stage of the deal"},
		{"hubspot:\n  lookup: {company: de|als}", "hubspot.lookup.company", "company"},
		{"# rou|ting", "", ""},
	} {
		i := strings.Index(c.text, "|")
		var got Hover
		x.post("/api/hover", map[string]any{"text": c.text[:i] + c.text[i+1:], "line": strings.Count(c.text[:i], "\n") + 1, "column": i - strings.LastIndexByte(c.text[:i], '\n')}, &got)
		path, about := "", ""
		if got.Path != nil {
			path, about = *got.Path, *got.About
		}
		if path != c.path || !strings.Contains(about, c.about) {
			t.Errorf("%q: %q %q", c.text, path, about)
		}
	}
	for _, at := range []map[string]any{{"line": -5, "column": -5}, {"line": 1 << 30, "column": 1 << 30}, {"text": "", "line": 1, "column": 1}, {"text": "\U0001F600\U0001F600: x", "line": 1, "column": 2}} {
		x.post("/api/complete", at, nil)
		x.post("/api/hover", at, nil)
	}
}

// What a run keeps is bounded, whoever edits and dials all day.
func TestCallsThatAreKept(t *testing.T) {
	for _, c := range []struct{ perText, want int }{{1, mostTexts}, {2, 2 * mostTexts}, {2000, mostCalls}} {
		var calls []*made
		var w *Work
		for i := range 2000 {
			if i%c.perText == 0 {
				w = &Work{}
			}
			calls = remembered(append(calls, &made{work: w, call: &Call{Head: Head{Number: i + 1}}}))
		}
		if len(calls) != c.want || calls[len(calls)-1].call.Number != 2000 || calls[0].call.Number != 2001-c.want {
			t.Errorf("%d calls with each text: %d are kept, want %d", c.perText, len(calls), c.want)
		}
	}
}
