package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/dealroute/dealroute/pkg/internal/browser"
)

// serve gives the address of a page on this machine.
func serve(t *testing.T, policy, body string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		if policy != "" {
			w.Header().Set("Content-Security-Policy", policy)
		}
		fmt.Fprintf(w, "<!doctype html><html lang=en><title>A page</title><link rel=icon href='data:,'>%s", body)
	}))
	t.Cleanup(s.Close)
	return s.URL + "/"
}

// What no page may do is found without being asked for.
func TestTroubles(t *testing.T) {
	b := browser.Start(t, browser.Letters{})
	for _, test := range []struct {
		name, policy, body, want string
		alone                    bool
	}{
		{name: "nothing", body: "<p>quiet</p>"},
		{name: "nothing, alone", body: "<p>quiet</p>", alone: true},
		{name: "somebody else", body: "<img alt='' src='http://example.com/a.png'>", want: "asks for http://example.com/a.png, which is not where it came from"},
		{name: "another server of this machine", body: "<script>fetch('http://127.0.0.1:1/').catch(() => 0)</script>", want: "asks for http://127.0.0.1:1/, which is not"},
		{name: "anybody", body: "<script>fetch('/?again').then(() => document.title = 'done')</script>", alone: true, want: "and may ask nobody"},
		{name: "its own server", body: "<script>fetch('/?again').then(() => document.title = 'done')</script>"},
		{name: "a picture in the text", policy: "default-src 'none'; img-src data:; style-src 'unsafe-inline'", body: "<img alt='' src='data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'>", alone: true},
		{name: "policy", policy: "default-src 'none'; img-src data:", body: "<script>document.title = 'ran'</script>", want: "Content Security Policy"},
		{name: "style against the policy", policy: "default-src 'none'; img-src data:", body: "<p style='color: red'>red</p>", want: "Content Security Policy"},
		{name: "console", body: "<script>console.error('broken', 7)</script>", want: `console.error: "broken" 7`},
		{name: "warning", body: "<script>console.warn('odd')</script>", want: `console.warning: "odd"`},
		{name: "talk", body: "<script>console.log('fine')</script>"},
		{name: "exception", body: "<script>null.x</script>", want: "nothing caught: Uncaught TypeError"},
		{name: "promise", body: "<script>Promise.reject(new Error('lost'))</script>", want: "lost"},
		{name: "missing", body: "<script src='/none.js'></script>", want: "404"},
	} {
		t.Run(test.name, func(t *testing.T) {
			look := browser.Wide
			if test.alone {
				look = look.OnItsOwn()
			}
			p := b.Open(t, serve(t, test.policy, test.body), look)
			if strings.Contains(test.body, "done") {
				p.Until("document.title === 'done'")
			}
			got := strings.Join(p.Troubles(), "\n")
			if test.want == "" && got != "" || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// A heard test fails without failing: what it says is kept.
type heard struct {
	testing.TB
	failed bool
	said   strings.Builder
}

func (h *heard) Helper()      {}
func (h *heard) Failed() bool { return h.failed }
func (h *heard) Logf(format string, args ...any) {
	fmt.Fprintf(&h.said, format+"\n", args...)
}

func (h *heard) Fatalf(format string, args ...any) {
	h.failed = true
	h.Logf(format, args...)
	runtime.Goexit()
}

// What waits for words in vain tells the words that are there.
func TestAFailureSaysWhatThePageShows(t *testing.T) {
	b := browser.Start(t, browser.Letters{})
	for name, c := range map[string]struct {
		body string
		wait func(*browser.Page)
		want []string
	}{
		"an expression": {"<p>a quiet page", func(p *browser.Page) { p.Until("none.of.it") }, []string{"none is not defined", "the page shows: a quiet page"}},
		"a question":    {"<p>behind<dialog open>Really?</dialog>", func(p *browser.Page) { p.Until("none") }, []string{"the page shows: Really?"}},
		"words":         {"<p>one<p id=a>other words", func(p *browser.Page) { p.Says("#a", "other"); p.Says("p[", "x") }, []string{`p[ is to say "x"`}},
		"no such place": {"<p>one", func(p *browser.Page) { p.Says("#none", "x") }, []string{`#none is to say "x" and says "no such element"`}},
		"another text":  {"<p>one<p id=a>other <b>words</b>", func(p *browser.Page) { p.Says("#a", "x") }, []string{`#a is to say "x" and says "other words"`}},
	} {
		t.Run(name, func(t *testing.T) {
			h := &heard{TB: t}
			p := b.Open(h, serve(t, "", c.body), browser.Wide)
			if strings.HasPrefix(name, "another") || strings.HasPrefix(name, "no such") { // the others fail at once
				p.Hurry(2 * time.Second)
			}
			ended := make(chan struct{})
			go func() { defer close(ended); c.wait(p) }()
			<-ended
			for _, want := range c.want {
				if !h.failed || !strings.Contains(h.said.String(), want) {
					t.Errorf("failed: %v, and says %q, want %q", h.failed, &h.said, want)
				}
			}
		})
	}
}

// The browser itself reaches nobody else: a name is not even looked up.
func TestNoNetwork(t *testing.T) {
	b := browser.Start(t, browser.Letters{})
	p := b.Open(t, serve(t, "", "<p>here"), browser.Wide)
	if got := browser.Value[string](p, "fetch('https://example.com/').then(() => 'reached', e => 'not reached')"); got != "not reached" {
		t.Error(got)
	}
	if got := strings.Join(p.Troubles(), "\n"); !strings.Contains(got, "ERR_NAME_NOT_RESOLVED") {
		t.Errorf("got %q", got)
	}
}

// A page sees the size, the colours and the medium that a look says, and keys and clicks reach it.
func TestLook(t *testing.T) {
	b := browser.Start(t, browser.Letters{})
	p := b.Open(t, serve(t, "", `<meta name=viewport content="width=device-width"><label>name <input id=a></label> <button id=b onclick="this.textContent = a.value">take</button>`), browser.Narrow.InDark())
	const seen = "[innerWidth, ...['(prefers-color-scheme: dark)', '(prefers-reduced-motion: reduce)', 'print'].map(q => matchMedia(q).matches)].join()"
	if got := browser.Value[string](p, seen); got != "390,true,true,false" {
		t.Error(got)
	}
	p.Fill("#a", "Ada")
	p.Click("#b")
	if got := p.Text("#b"); got != "Ada" {
		t.Error(got)
	}
	p.Fill("#a", "Grace")
	p.Tab("it.id === 'b'")
	p.Keys(kb.Enter)
	if got := p.Text("#b"); got != "Grace" {
		t.Error(got)
	}
	p.Look(browser.Look{Width: 1280, Height: 900, Paper: true, Moving: true})
	if got := browser.Value[string](p, seen); got != "1280,false,false,true" {
		t.Error(got)
	}
	if got := p.Asked(); len(got) != 1 {
		t.Error(got)
	}
}

// A browser finds the letters it was given and no others: text is as wide as they are.
func TestLetters(t *testing.T) {
	page := serve(t, "", "<span id=a style='font: 16px system-ui'>Handgloves</span><br><span id=b style='font: 16px \"Liberation Sans\", sans-serif'>Handgloves</span><br>"+
		"<span id=c style='font: 16px ui-monospace, monospace'>Handgloves</span>")
	seen := map[string]string{}
	for _, letters := range []browser.Letters{browser.DejaVu, browser.Liberation, browser.Noto} {
		t.Run(letters.Text, func(t *testing.T) {
			p := browser.Start(t, letters).Open(t, page, browser.Wide)
			w := browser.Value[[]float64](p, "['a', 'b', 'c'].map(id => document.getElementById(id).getBoundingClientRect().width)")
			if w[0] != w[1] || w[0] == w[2] {
				t.Errorf("%s is not the only family: %v", letters.Text, w)
			}
			if other, is := seen[fmt.Sprint(w)]; is {
				t.Errorf("%s is as wide as %s", letters.Text, other)
			}
			seen[fmt.Sprint(w)] = letters.Text
		})
	}
}

// axe finds what keeps people out, in pages that let no script in, too.
func TestAxe(t *testing.T) {
	if os.Getenv(browser.AxeVariable) == "" {
		t.Skipf("%s is not set: .ci/run browser sets it", browser.AxeVariable)
	}
	b := browser.Start(t, browser.Letters{})
	const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
	bad := b.Open(t, serve(t, policy, "<main><h1>Bad</h1><p style='color: #aaa; background: #fff'>faint</p><button></button></main>"), browser.Wide)
	var rules []string
	for _, x := range bad.Axe() {
		rules = append(rules, x.Rule)
	}
	slices.Sort(rules)
	if got := strings.Join(rules, " "); got != "button-name color-contrast" {
		t.Errorf("got %q", got)
	}
	good := b.Open(t, serve(t, policy, "<main><h1>Good</h1><p>plain</p><button>take</button></main>"), browser.Wide)
	good.Barriers("a plain page")
}

// The same page is the same picture; another word, another place or another colour is another one.
func TestSame(t *testing.T) {
	const box = "<body style='margin:0;background:#fff;font:14px/20px sans-serif;color:#1a1f27'><div id=a style='position:absolute;left:40px;top:40px;width:160px;height:48px;border:1px solid #5a6472'>Find the contact</div>" +
		"<p style='position:absolute;top:120px;left:40px;width:600px'>Every outcome of every step is tried, so that no caller is dropped, kept waiting or routed against the policy.</p>"
	b := browser.Start(t, browser.DejaVu)
	p := b.Open(t, serve(t, "", box), browser.Look{Width: 720, Height: 400})
	first := p.Shot(2000)
	for _, test := range []struct {
		name, script string
		same         bool
	}{
		{"nothing", "", true},
		{"half a pixel", "a.style.left = '40.5px'", true},
		{"another way to draw letters", "document.body.style.textRendering = 'geometricPrecision'", true},
		{"a step aside", "a.style.left = '44px'", false},
		{"another word", "a.textContent = 'Find the deals'", false},
		{"a faint tint", "a.style.background = '#f6f7f9'", false},
		{"another colour", "a.style.background = '#e4edfc'", false},
		{"no border", "a.style.borderColor = '#fff'", false},
		{"other letters", "document.body.style.fontFamily = 'monospace'", false},
		{"longer", "document.body.style.height = '900px'", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			browser.Value[int](p, "document.body.style = \"margin:0;background:#fff;font:14px/20px sans-serif;color:#1a1f27\", a.style = 'position:absolute;left:40px;top:40px;width:160px;height:48px;border:1px solid #5a6472', a.textContent = 'Find the contact', 0")
			browser.Value[int](p, "(() => { const a = document.getElementById('a'); "+test.script+"; return 0 })()")
			d := browser.Compare(first, p.Shot(2000))
			t.Logf("by plain %.0f, others %.0f", d.Tint, d.Edge)
			if d.Same() != test.same {
				t.Errorf("same: %v (%s)", d.Same(), d)
			}
		})
	}
}

// A picture is written when it is asked for, and compared without it.
func TestLooks(t *testing.T) {
	p := browser.Start(t, browser.DejaVu).Open(t, "file://"+page(t, "<p>A picture"), browser.Look{Width: 200, Height: 100, Alone: true})
	p.Looks(filepath.Join("testdata", "paragraph.png"), 1000)
}

// What is printed is measured as it lies on the sheet: a browser makes a page smaller that does not fit.
func TestPrinted(t *testing.T) {
	b := browser.Start(t, browser.DejaVu)
	for _, test := range []struct {
		name, body  string
		least, most float64 // of the smallest letters
	}{
		{name: "as it is", body: "<p style='font-size:12px'>Twelve", least: 11.9, most: 12.1},
		{name: "small", body: "<p>Sixteen<p style='font-size:8px'>Eight", least: 7.9, most: 8.1},
		{name: "drawn", body: "<svg width=300 height=100 viewBox='0 0 600 200'><text y=50 font-size=16>Half</text></svg>", least: 7.9, most: 8.1},
		{name: "too wide", body: "<p style='font-size:12px'>Twelve<div style='width:1000px;height:9px;background:#000'></div>", least: 7.5, most: 9.5},
	} {
		t.Run(test.name, func(t *testing.T) {
			least := 99.0
			for _, s := range b.Open(t, serve(t, "", test.body), browser.Wide).Printed() {
				least = min(least, s.Smallest)
			}
			if least < test.least || least > test.most {
				t.Errorf("letters of %.2f pixels, want %v to %v", least, test.least, test.most)
			}
		})
	}
}

func page(t *testing.T, body string) string {
	name := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(name, []byte("<!doctype html><html lang=en><title>A page</title>"+body), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
