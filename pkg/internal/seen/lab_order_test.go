package seen_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/dealroute/dealroute/pkg/internal/browser"
)

// A wire stands between a page and its lab, and keeps answers back: on a busy machine, or with a large file, they come late and
// in another order than they were asked for.
type wire struct {
	address string

	mu   sync.Mutex
	kept []*late
}

// late is an answer that is kept back.
type late struct {
	t       *testing.T
	of      string
	came    chan struct{}
	release func()
	free    chan struct{}
}

func between(t *testing.T, lab string) *wire {
	t.Helper()
	to, err := url.Parse(lab)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{}
	p := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: to.Scheme, Host: to.Host})
			r.Out.Host = to.Host
			if r.In.Header.Get("Origin") != "" { // the lab is to be asked as by a page of its own
				r.Out.Header.Set("Origin", to.Scheme+"://"+to.Host)
			}
		},
		ModifyResponse: func(r *http.Response) error {
			w.pass(r.Request)
			return nil
		},
		ErrorHandler: func(rw http.ResponseWriter, _ *http.Request, _ error) { rw.WriteHeader(http.StatusBadGateway) }, // the page is gone
	}
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	t.Cleanup(func() { // before the server is closed, which waits for its answers
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, l := range w.kept {
			l.release()
		}
	})
	w.address = s.URL + "/#" + to.Fragment
	return w
}

// pass waits when an answer to this request is to be kept back.
func (w *wire) pass(r *http.Request) {
	asked := r.Method + " " + r.URL.RequestURI()
	w.mu.Lock()
	var found *late
	for _, l := range w.kept {
		select {
		case <-l.came:
			continue // it keeps one back, and has it
		default:
		}
		if strings.Contains(asked, l.of) {
			found = l
			close(l.came)
			break
		}
	}
	w.mu.Unlock()
	if found != nil {
		select {
		case <-found.free:
		case <-r.Context().Done():
		}
	}
}

// withhold keeps back the next answer to a request with these words in its method and address. The lab has done what was asked.
func (w *wire) withhold(t *testing.T, of string) *late {
	l := &late{t: t, of: of, came: make(chan struct{}), free: make(chan struct{})}
	l.release = sync.OnceFunc(func() { close(l.free) })
	w.mu.Lock()
	defer w.mu.Unlock()
	w.kept = append(w.kept, l)
	return l
}

// there waits until the answer is there and kept back.
func (l *late) there() {
	l.t.Helper()
	select {
	case <-l.came:
	case <-time.After(20 * time.Second):
		l.t.Fatalf("nobody asked for %s", l.of)
	}
}

// A slow lab is a page on which the test decides when answers come.
type slow struct {
	lab
	*wire
	t *testing.T
}

// openSlow opens a page, which has its session unless the test keeps that back.
func openSlow(t *testing.T, d desk, b *browser.Browser, look browser.Look, keep ...string) (slow, []*late) {
	t.Helper()
	var said struct{ Address string }
	stop := d.start(&said, "lab", "-f", basic, "-o", "json")
	w := between(t, said.Address)
	var kept []*late
	for _, of := range keep {
		kept = append(kept, w.withhold(t, of))
	}
	l := lab{b.Open(t, w.address, look), d, t, w.address, stop}
	if len(keep) == 0 {
		l.loaded()
	}
	return slow{l, w, t}, kept
}

// turns gives the page time to do what it does about an answer that has come: nothing that is seen may follow.
func (s slow) turns() {
	s.t.Helper()
	browser.Value[any](s.Page, "new Promise(done => setTimeout(done, 150))")
}

const (
	focus = "(document.activeElement.id || document.activeElement.tagName)"
	calls = "[...document.querySelectorAll('#panel-calls .n')].map(n => n.textContent).join(' ')"
	shown = "document.querySelector('#result h3')?.textContent.trim().split(' ').slice(0, 2).join(' ')"
)

func (s slow) want(expression, want, why string) {
	s.t.Helper()
	if got := browser.Value[string](s.Page, "String("+expression+")"); got != want {
		s.t.Errorf("%s: it is %q instead of %q", why, got, want)
	}
}

// Whatever the order of answers, the page shows what the person asked for last, and keys go where the person is.
func TestLabWithSlowAnswers(t *testing.T) {
	b := browser.Start(t, browser.DejaVu)
	one := func(name string, look browser.Look, test func(slow)) {
		t.Run(name, func(t *testing.T) {
			s, _ := openSlow(t, sit(t), b, look)
			test(s)
		})
	}

	t.Run("typed before the session is there", func(t *testing.T) {
		s, kept := openSlow(t, sit(t), b, browser.Wide, "/api/session")
		kept[0].there()
		s.Click("#number")
		s.Keys("+1513555")
		for _, id := range []string{"clock-on", "clock-set", "reset", "save"} { // nothing happens, and nothing breaks
			browser.Value[any](s.Page, fmt.Sprintf("document.getElementById(%q).click()", id))
		}
		s.Keys("0142" + kb.Enter)
		s.turns()
		kept[0].release()
		s.loaded()
		s.Until("document.getElementById('run-calls').textContent === '1'")
		s.Until(shown + " === 'Call 1'")
		s.want("document.getElementById('number').value", "+15135550142", "a number that is being typed is replaced when the session comes")
	})

	one("dialled twice", browser.Wide, func(s slow) {
		l := s.withhold(s.t, "POST /api/dial")
		s.Fill("#number", "+15135550142")
		s.Keys(kb.Enter)
		l.there()
		s.Keys(kb.Enter)
		browser.Value[any](s.Page, "document.getElementById('dial').click()")
		l.release()
		s.Until(calls + " === '1'")
		// The same by the key of dialling again, which a slow finger repeats.
		l = s.withhold(s.t, "POST /api/dial")
		s.Held('\r', 4, kb.ModifierCtrl)
		l.there()
		s.Keys(kb.Enter, kb.ModifierCtrl)
		l.release()
		s.Until(calls + ".startsWith('2 1')")
		s.turns()
		s.want(calls, "2 1", "one wish is more than one call")
	})

	one("Enter is held", browser.Wide, func(s slow) {
		s.Fill("#number", "+15135550142")
		s.Keys(kb.Enter)
		s.Until(shown + " === 'Call 1'")
		s.Until(focus + " === 'play'")
		browser.Value[any](s.Page, "document.getElementById('to-start').click()")
		s.Held('\r', 5)
		s.want(calls, "1", "a key that is held dials again and again")
		s.want("document.getElementById('play').textContent", "Pause", "a key that is held plays, pauses and plays")
	})

	one("the next number is typed while the call arrives", browser.Wide, func(s slow) {
		l := s.withhold(s.t, "POST /api/dial")
		s.Fill("#number", "+15135550142")
		s.Keys(kb.Enter)
		l.there()
		s.Fill("#number", "+1513")
		l.release()
		s.Until(shown + " === 'Call 1'")
		s.turns()
		s.Keys("5550143")
		s.want("document.getElementById('number').value", "+15135550143", "who types loses the keyboard to a call that arrives")
	})

	one("two calls are picked", browser.Wide, func(s slow) {
		s.call("+15135550142")
		s.call("+15135550143")
		s.call("+15135550144")
		s.Click("#tab-calls")
		l := s.withhold(s.t, "/api/call?number=1")
		s.Click("#call-1")
		l.there()
		s.Click("#call-2")
		s.Until(shown + " === 'Call 2'")
		l.release()
		s.turns()
		s.want(shown, "Call 2", "the answer that came last is shown, not the call that was picked last")
	})

	one("a call is picked while another one arrives", browser.Wide, func(s slow) {
		s.call("+15135550142")
		l := s.withhold(s.t, "POST /api/dial")
		s.Fill("#number", "+15135550143")
		s.Keys(kb.Enter)
		l.there()
		s.Click("#tab-calls")
		s.Click("#call-1")
		s.turns()
		l.release()
		s.Until(calls + " === '2 1'")
		s.turns()
		s.want(shown, "Call 1", "a call that arrives takes the place of one that was picked since")
	})

	one("hung up before it arrived", browser.Wide, func(s slow) {
		s.call("+15135550142")
		l := s.withhold(s.t, "POST /api/dial")
		s.Fill("#number", "+15135550143")
		s.Keys(kb.Enter)
		l.there()
		s.Click("#hangup")
		l.release()
		s.Until(calls + " === '2 1'")
		s.turns()
		s.want(shown, "undefined", "a call that was hung up shows up")
	})

	one("pictures in another order", browser.Wide, func(s slow) {
		s.Until("document.querySelector('#picture svg')")
		l := s.withhold(s.t, "/api/picture?of=rules")
		s.Click("#picture-rules")
		l.there()
		s.Click("#picture-flow")
		l.release()
		s.turns()
		s.want("document.querySelectorAll('#picture .lane').length > 3", "true", "the picture is not the one of the tab")
	})

	one("a minute, three times", browser.Wide, func(s slow) {
		l := s.withhold(s.t, "POST /api/run")
		s.Click("#clock-on")
		l.there()
		s.Click("#clock-on")
		s.Click("#clock-on")
		l.release()
		s.Until("document.getElementById('clock').textContent.includes('15:03:00')")
	})

	one("typed while what was saved is told", browser.Wide, func(s slow) {
		s.Click("#tab-file")
		s.Write("#text", "priority: 10", "priority: 12")
		s.Keys("s", kb.ModifierCtrl)
		s.says("#dialog .difference", "priority: 12")
		l := s.withhold(s.t, "/api/session")
		s.Click("#save-confirm")
		l.there()
		later := s.withhold(s.t, "POST /api/text")
		s.paste("priority: 12", "priority: 14")
		later.there()
		later.release()
		s.says("#edited", "not saved")
		s.turns()
		l.release()
		s.turns()
		s.paste("priority: 14", "priority: 15")
		s.turns()
		s.want("document.getElementById('dialog').open", "false", "an older answer makes the page believe that another tab wrote")
		s.want("document.getElementById('edited').textContent", "not saved", "an older answer hides what is not saved")
	})

	one("typed while the page asks what it missed", browser.Wide, func(s slow) {
		s.Click("#tab-file")
		l := s.withhold(s.t, "/api/session")
		browser.Value[any](s.Page, "void document.dispatchEvent(new Event('visibilitychange'))")
		l.there()
		s.Write("#text", "priority: 10", "priority: 12")
		s.says("#speed", "checked")
		l.release()
		s.turns()
		s.want("document.getElementById('text').value.includes('priority: 12')", "true", "what was typed is replaced by the text before it")
		s.want("document.getElementById('edited').textContent", "not saved", "what was typed is taken for saved")
	})

	one("dialled while the page asks what it missed", browser.Wide, func(s slow) {
		l := s.withhold(s.t, "/api/session")
		browser.Value[any](s.Page, "void document.dispatchEvent(new Event('visibilitychange'))")
		l.there()
		s.call("+15135550142")
		l.release()
		s.turns()
		s.want(calls, "1", "a call is lost to an older answer")
		s.want("document.getElementById('run-calls').textContent", "1", "the run is shown as it was")
	})

	one("written on while the question is asked", browser.Wide, func(s slow) {
		before, err := os.ReadFile(s.path(basic))
		if err != nil {
			s.t.Fatal(err)
		}
		s.Click("#tab-file")
		s.Write("#text", "priority: 10", "priority: 12")
		l := s.withhold(s.t, "POST /api/save")
		s.Keys("s", kb.ModifierCtrl)
		l.there()
		s.Keys(" # a word")
		l.release()
		s.Until("document.getElementById('dialog').open")
		s.Keys(" more" + kb.Enter + kb.Enter) // meant for the text
		s.turns()
		if now, err := os.ReadFile(s.path(basic)); err != nil || string(now) != string(before) {
			s.t.Errorf("a key that was meant for the text said yes to a question (%v)", err)
		}
		s.want("document.getElementById('dialog').open", "true", "a key that was meant for the text closed a question")
	})

	one("saved twice", browser.Wide, func(s slow) {
		s.Click("#tab-file")
		s.Write("#text", "priority: 10", "priority: 12")
		s.says("#edited", "not saved")
		l := s.withhold(s.t, "POST /api/save")
		s.Keys("s", kb.ModifierCtrl)
		l.there()
		s.Keys("s", kb.ModifierCtrl)
		l.release()
		s.says("#dialog .difference", "priority: 12")
		s.turns()
		s.want("document.getElementById('dialog').open", "true", "the question closes by itself")
		s.Keys(kb.Escape)
		s.turns()
		s.want("document.getElementById('dialog').open", "false", "the same is asked twice")
	})

	one("a question while another one is open", browser.Wide, func(s slow) {
		l := s.withhold(s.t, "POST /api/dial")
		s.Click("#tab-file")
		s.Click("#tab-call")
		s.Fill("#number", "+15135550142")
		s.Keys(kb.Enter)
		l.there()
		s.Click("#tab-file")
		s.Click("#help")
		s.says("#dialog", "Keys")
		// The other question: two texts.
		browser.Value[any](s.Page, `(() => {
  const real = fetch;
  globalThis.fetch = (path, how) => path.endsWith("/text") ? Promise.resolve(new Response(JSON.stringify({error: {message: "changed elsewhere"}, revision: 1, text: "theirs"}), {status: 409})) : real(path, how);
  const text = document.getElementById("text");
  text.value += "# mine\n";
  text.dispatchEvent(new InputEvent("input", {inputType: "insertText", data: "\n"}));
  setTimeout(() => { globalThis.fetch = real; }, 600);
  return new Promise(done => setTimeout(done, 700));
})()`)
		s.says("#dialog", "Keys")
		s.want("document.getElementById('dialog').open", "true", "a question is taken away by another one")
		s.Keys(kb.Escape)
		s.says("#dialog", "Another tab changed the text")
		s.turns()
		s.want("document.getElementById('dialog').open", "true", "the second question closes with the first")
		s.Click("#keep-mine")
		s.Until("!document.getElementById('dialog').open")
		l.release()
	})

	one("the focus stays where the keyboard is", browser.Wide, func(s slow) {
		s.call("+15135550142")
		s.call("+15135550143")
		s.Click("#tab-calls")
		s.Tab("it.id === 'call-1'")
		s.Keys(kb.Enter)
		s.Until(shown + " === 'Call 1'")
		s.turns()
		s.want(focus, "call-1", "a list that is made anew loses the keyboard")
		// A question gives it back though the button was made anew meanwhile.
		s.Tab("it.id === 'keep'")
		s.Keys(kb.Enter)
		s.says("#dialog", "Keep this call")
		browser.Value[any](s.Page, "void document.dispatchEvent(new Event('visibilitychange'))")
		s.turns()
		s.Keys(kb.Escape)
		s.Until("!document.getElementById('dialog').open")
		s.want(focus, "keep", "a question does not give the keyboard back")
	})

	one("an explanation stays open when the proof comes", browser.Wide, func(s slow) {
		s.Click("#tab-file")
		l := s.withhold(s.t, "/api/proof")
		s.Write("#text", "priority: 10", "prio: 10")
		s.says("#findings-list", `unknown key "prio"`)
		s.Click("#findings-list .why summary")
		s.Until("document.querySelector('#findings-list .why').open")
		s.Write("#text", "prio: 10", "prio: 11")
		s.says("#findings-list", `unknown key "prio"`)
		s.turns()
		s.want("document.querySelector('#findings-list .why')?.open", "true", "what was opened to be read is closed while somebody reads")
		l.release()
	})

	one("help of an earlier place", browser.Wide, func(s slow) {
		s.Click("#tab-file")
		s.Click("#text")
		s.turns()
		l := s.withhold(s.t, "POST /api/hover")
		s.at("enrichment:")
		l.there()
		s.at("hubspot:")
		s.says("#meaning", "hubspot")
		l.release()
		s.turns()
		s.want("document.getElementById('meaning').textContent.includes('enrichment')", "false", "what a place means is told of another one")
	})
}

// paste puts a text in place of another one, at once.
func (s slow) paste(from, to string) {
	s.t.Helper()
	if !browser.Value[bool](s.Page, fmt.Sprintf(`(() => {
  const e = document.getElementById("text"), at = e.value.indexOf(%q);
  e.focus();
  e.setSelectionRange(at, at + %d);
  return at >= 0 && document.execCommand("insertText", false, %q);
})()`, from, len(from), to)) {
		s.t.Fatalf("the file has no %q", from)
	}
}

// at puts the caret of the editor at a text.
func (s slow) at(text string) {
	s.t.Helper()
	if !browser.Value[bool](s.Page, fmt.Sprintf(`(() => {
  const e = document.getElementById("text"), at = e.value.indexOf(%q) + 2;
  e.focus();
  e.setSelectionRange(at, at);
  return at > 2;
})()`, text)) {
		s.t.Fatalf("the file has no %q", text)
	}
}
