package browser

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// A watch keeps what a page does that no page may do.
type watch struct {
	address string // of the page
	alone   bool

	mu       sync.Mutex
	opened   bool // the page itself has been asked for
	requests []string
	troubles []string
}

func (w *watch) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.troubles
	w.troubles = nil
	return out
}

func (w *watch) asked() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.requests)
}

func (w *watch) add(format string, args ...any) {
	w.troubles = append(w.troubles, fmt.Sprintf(format, args...))
}

// event takes an event of the tab. The browser's messages wait for it.
func (w *watch) event(ev any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := ev.(type) {
	case *network.EventRequestWillBeSent:
		w.request(e.Request.URL)
	case *network.EventWebSocketCreated:
		w.request(e.URL)
	case *network.EventLoadingFailed:
		if e.BlockedReason != "" {
			w.add("a request was blocked: %s", e.BlockedReason)
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			w.add("%s (%s): %s %s", e.Entry.Level, e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning || e.Type == runtime.ConsoleAPICalledTypeAssert {
			w.add("console.%s: %s", e.Type, said(e.Args))
		}
	case *runtime.EventExceptionThrown:
		d := e.ExceptionDetails
		text := d.Text
		if d.Exception != nil {
			text += " " + d.Exception.Description
		}
		w.add("nothing caught: %s (%s:%d)", text, d.URL, d.LineNumber+1)
	case *page.EventJavascriptDialogOpening:
		w.add("a dialogue of the browser opened: %s %s", e.Type, e.Message)
	}
}

func said(args []*runtime.RemoteObject) string {
	var out []string
	for _, a := range args {
		if a.Description != "" {
			out = append(out, a.Description)
		} else {
			out = append(out, string(a.Value))
		}
	}
	return strings.Join(out, " ")
}

// request judges an address that the page asks for. What stands in the address itself, or in the page's own memory,
// asks nobody.
func (w *watch) request(address string) {
	u, err := url.Parse(address)
	if err != nil {
		w.add("asks for %q, which is no address", address)
		return
	}
	if u.Scheme == "data" || u.Scheme == "blob" || u.Scheme == "about" {
		return
	}
	bare := *u
	bare.RawQuery, bare.Fragment = "", ""
	w.requests = append(w.requests, bare.String())
	own, _, _ := strings.Cut(w.address, "#")
	if address == own && !w.opened {
		w.opened = true
		return
	}
	if w.alone {
		w.add("asks for %s, and may ask nobody", address)
		return
	}
	from, err := url.Parse(w.address)
	if err != nil || u.Host != from.Host || (u.Scheme != from.Scheme && u.Scheme != "ws") || !loopback(u.Hostname()) {
		w.add("asks for %s, which is not where it came from", address)
	}
}

func loopback(host string) bool { return host == "127.0.0.1" || host == "localhost" || host == "::1" }
