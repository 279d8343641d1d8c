package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A Look is how a page is looked at.
type Look struct {
	Width, Height int  // in CSS pixels; 0 is 1280 by 900
	Dark          bool // what the reader prefers
	Moving        bool // motion is wanted; else it is to be reduced
	Paper         bool // as it would be printed
	Alone         bool // the page asks nobody for anything; else only whom it came from
}

// Sizes of the screens that pages are made for.
var (
	Wide   = Look{Width: 1280, Height: 900}
	Narrow = Look{Width: 390, Height: 844}
)

// InDark gives the look with dark colours.
func (l Look) InDark() Look { l.Dark = true; return l }

// OnItsOwn gives the look at a page that may ask nobody for anything.
func (l Look) OnItsOwn() Look { l.Alone = true; return l }

// A Page is a page that is open.
type Page struct {
	t     testing.TB
	ctx   context.Context // chromedp keeps the page in it
	watch *watch
	look  Look

	patience time.Duration // how long one action may take
}

// Open opens an address in a tab that shares nothing with others. What a page may not do is told when the test ends,
// or by Troubles.
func (b *Browser) Open(t testing.TB, address string, look Look) *Page {
	t.Helper()
	if look.Width == 0 {
		look.Width, look.Height = Wide.Width, Wide.Height
	}
	w := &watch{address: address, alone: look.Alone}
	ctx, stop := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(w.event))
	t.Cleanup(stop)
	p := &Page{t: t, ctx: ctx, watch: w, look: look, patience: patience}
	t.Cleanup(func() {
		for _, s := range p.Troubles() {
			t.Errorf("%s: %s", address, s)
		}
	})
	if err := chromedp.Do(ctx); err != nil { // a tab lives as long as the context it began with, so without a deadline
		t.Fatal(err)
	}
	p.Look(look)
	p.do("open "+address, chromedp.Navigate(address))
	return p
}

// In gives the same page for a part of the test, which fails for itself.
func (p *Page) In(t testing.TB) *Page {
	q := *p
	q.t = t
	return &q
}

// Look looks at the same page in another way.
func (p *Page) Look(look Look) {
	p.t.Helper()
	p.look = look
	p.do("look", chromedp.EmulateViewport(int64(look.Width), int64(look.Height)), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		set := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: choose(look.Dark, "dark", "light")},
			{Name: "prefers-reduced-motion", Value: choose(look.Moving, "no-preference", "reduce")},
		}}
		if look.Paper {
			set.Media = "print"
		}
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, set)
		return err
	}))
}

func choose(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

// Troubles gives what the page did and no page may do, and forgets it.
func (p *Page) Troubles() []string { return p.watch.take() }

// Asked gives the addresses that the page asked for since it was opened, itself among them, without their queries.
func (p *Page) Asked() []string { return p.watch.asked() }

// do runs actions, each within its time.
func (p *Page) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, p.patience)
	defer stop()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.fail(what, err)
	}
}

// fail ends the test with what the page did until then, which is often why, and with what it shows instead.
func (p *Page) fail(what string, err error) {
	p.t.Helper()
	for _, s := range p.Troubles() {
		p.t.Error(s)
	}
	p.t.Fatalf("%s: %v\nthe page shows: %s", what, err, p.shown("document.querySelector('dialog[open]') ?? document.body"))
}

// shown is the text of an element as it can be seen, or why nobody can tell.
func (p *Page) shown(element string) string {
	ctx, stop := context.WithTimeout(p.ctx, 5*time.Second) // what failed had its time
	defer stop()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string]("(e => e ? e.innerText ?? e.textContent : 'no such element')("+element+")"))
	if err != nil {
		return err.Error()
	}
	if text = strings.Join(strings.Fields(text), " "); len([]rune(text)) > 1500 {
		text = string([]rune(text)[:1500]) + "…"
	}
	return text
}

// Value gives what an expression of JavaScript is in the page; a promise is waited for.
func Value[T any](p *Page, expression string) T {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, p.patience)
	defer stop()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.fail(short(expression), err)
	}
	return v
}

func short(s string) string {
	if len(s) > 300 {
		return s[:300] + "…"
	}
	return s
}

// apart is Value in a world of its own, where a script has the document and none of the page's names.
func apart[T any](p *Page, script, expression string) T {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, p.patience)
	defer stop()
	v, err := chromedp.Run(ctx, func(ctx context.Context, t *chromedp.Target) (T, error) {
		var none T
		tree, err := cdp.Call(ctx, t, page.GetFrameTree, cdp.Empty{})
		if err != nil {
			return none, err
		}
		world, err := cdp.Call(ctx, t, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: tree.FrameTree.Frame.ID, WorldName: "test"})
		if err != nil {
			return none, err
		}
		there := func(p *runtime.EvaluateParams) { p.ContextID = world.ExecutionContextID }
		if _, err := chromedp.Evaluate[chromedp.Void](script+"\n;0", there)(ctx, t); err != nil {
			return none, err
		}
		return chromedp.Evaluate[T](expression, there, chromedp.EvalAwaitPromise)(ctx, t)
	})
	if err != nil {
		p.fail("apart from the page", err)
	}
	return v
}

// Until waits until an expression is true.
func (p *Page) Until(expression string) {
	p.t.Helper()
	p.do("until "+expression, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		for {
			is, err := chromedp.Evaluate[bool]("Boolean("+expression+")")(ctx, t)
			if err != nil {
				return err
			}
			if is {
				return nil
			}
			select {
			case <-ctx.Done():
				return fmt.Errorf("not true after %v", p.patience)
			case <-time.After(20 * time.Millisecond):
			}
		}
	}))
}

// Says waits until the first element that a selector of CSS finds has these words in its text.
func (p *Page) Says(selector, words string) {
	p.t.Helper()
	element := "document.querySelector(" + quoted(selector) + ")"
	said := false
	defer func() {
		if !said { // and the test ends
			p.t.Logf("%s is to say %q and says %q", selector, words, p.shown(element))
		}
	}()
	p.Until(element + "?.textContent.includes(" + quoted(words) + ")")
	said = true
}

// quoted is a text in JavaScript.
func quoted(s string) string {
	out, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string
	}
	return string(out)
}

// Click clicks on the middle of the element that a selector of CSS finds first, as soon as it is to be seen.
func (p *Page) Click(selector string) {
	p.t.Helper()
	p.do("click "+selector, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// Fill replaces the text of a field by typing over it.
func (p *Page) Fill(selector, text string) {
	p.t.Helper()
	p.do("fill "+selector, chromedp.Focus(chromedp.CSS(selector), chromedp.NodeVisible))
	Value[bool](p, "document.execCommand('selectAll')")
	if text == "" {
		text = kb.Delete
	}
	p.Keys(text)
}

// Keys presses keys one after the other where the keyboard is; kb has the names of those that write nothing.
func (p *Page) Keys(keys string, modifiers ...kb.Modifier) {
	p.t.Helper()
	p.do(fmt.Sprintf("press %q", keys), chromedp.KeyEvent(keys, chromedp.KeyModifiers(modifiers...)))
}

// Held presses one key and keeps it down for so many repeats, as a slow finger does; kb has the names of those that write nothing.
func (p *Page) Held(key rune, repeats int, modifiers ...kb.Modifier) {
	p.t.Helper()
	repeated := true
	p.do(fmt.Sprintf("hold %q", key), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		var up *input.DispatchKeyEventParams
		for i := range repeats + 1 {
			for _, k := range kb.Encode(key) {
				for _, m := range modifiers {
					k.Modifiers |= int64(m)
				}
				if k.Type == kb.KeyUp {
					up = k
					continue
				}
				if k.Type == kb.KeyChar && k.Modifiers&^int64(kb.ModifierShift) != 0 {
					continue // writes nothing
				}
				if i > 0 {
					k.AutoRepeat = &repeated
				}
				if _, err := cdp.Call(ctx, t, input.DispatchKeyEvent, *k); err != nil {
					return err
				}
			}
		}
		_, err := cdp.Call(ctx, t, input.DispatchKeyEvent, *up)
		return err
	}))
}

// Text gives the words of an element as a reader sees them.
func (p *Page) Text(selector string) string {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, p.patience)
	defer stop()
	s, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS(selector), chromedp.NodeReady))
	if err != nil {
		p.fail("text of "+selector, err)
	}
	return s
}

// Tab goes on by the keyboard until an expression about `it`, the element that has it, is true, and fails when it has
// been everywhere.
func (p *Page) Tab(expression string) {
	p.t.Helper()
	for range 200 {
		if Value[bool](p, "(it => Boolean(it && ("+expression+")))(document.activeElement)") {
			return
		}
		p.Keys(kb.Tab)
	}
	p.t.Fatalf("the key Tab leads to nothing of which is true: %s", expression)
}

// Write types over the first place where a field of several lines has a text, as somebody does who marked it.
func (p *Page) Write(selector, from, to string) {
	p.t.Helper()
	p.do("focus "+selector, chromedp.Focus(chromedp.CSS(selector), chromedp.NodeVisible))
	if !Value[bool](p, fmt.Sprintf(`(() => {
  const e = document.querySelector(%q), at = e.value.indexOf(%q);
  if (at >= 0) e.setSelectionRange(at, at + %d);
  return at >= 0;
})()`, selector, from, len([]rune(from)))) {
		p.t.Fatalf("%s has no text %q", selector, from)
	}
	p.Keys(to)
}

// Choose takes the option of that value in a list that opens; its window is the system's and no part of the page.
func (p *Page) Choose(selector, value string) {
	p.t.Helper()
	if !Value[bool](p, fmt.Sprintf(`(() => {
  const e = document.querySelector(%q);
  e.focus();
  e.value = %q;
  e.dispatchEvent(new Event("input", {bubbles: true}));
  e.dispatchEvent(new Event("change", {bubbles: true}));
  return e.value === %[2]q && e.checkVisibility();
})()`, selector, value)) {
		p.t.Fatalf("%s offers no %q, or is not to be seen", selector, value)
	}
}
