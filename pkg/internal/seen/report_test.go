package seen_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/dealroute/dealroute/pkg/internal/browser"
)

// A made is a report that is looked at, and the command that makes it.
type made struct {
	name    string
	args    []string
	codes   []int  // exit codes that are no failure here
	prepare string // arguments of a command before it
}

const basic = "examples/basic/dealroute.yaml"

// reports are the pages that commands write.
func reports() []made {
	return []made{
		{name: "validate", args: []string{"validate", "-f", basic}},
		{name: "load", args: []string{"simulate", "-f", basic, "--load", "60/min", "--for", "1h"}},
		{name: "compare", args: []string{"simulate", "-f", basic, "--load", "60/min", "--for", "1h", "--compare", "search,unique-phone"}},
		{name: "call", args: []string{"simulate", "-f", basic, "--ani", "+15135550142"}},
		{name: "calls", args: []string{"simulate", "-f", basic, "--ani", "+15135550142", "--ani", "anonymous"}},
		{name: "suite", args: []string{"simulate", "-f", basic, "--suite", "examples/basic/calls.yaml"}},
		{name: "demo", args: []string{"demo"}},
		{name: "plan", args: []string{"plan", "-f", basic, "--sandbox"}},
		{name: "status", args: []string{"status", "-f", basic, "--sandbox"}, prepare: "setup -f " + basic + " --sandbox --yes", codes: []int{2}},
	}
}

// report has a report made, and gives its address.
func (d desk) report(m made) string {
	d.t.Helper()
	if m.prepare != "" {
		d.run(nil, strings.Fields(m.prepare)...)
	}
	file := m.name + ".html"
	d.run(m.codes, append(slices.Clone(m.args), "--report", file)...)
	if info, err := os.Stat(d.path(file)); err != nil {
		d.t.Fatal(err)
	} else {
		d.t.Logf("%s: %d kB", file, info.Size()/1000)
	}
	return d.address(file)
}

const openAll = "document.querySelectorAll('details').forEach(one => one.open = true)"

// Every report can be read by everybody, on every screen, in light and dark, and asks nobody for anything.
func TestReportsAreRead(t *testing.T) {
	d := sit(t)
	b := browser.Start(t, browser.DejaVu) // the widest letters
	for _, m := range reports() {
		t.Run(m.name, func(t *testing.T) {
			address := (desk{t, d.bin, d.dir}).report(m)
			p := b.Open(t, address, browser.Wide.OnItsOwn())
			for name, look := range looks {
				p.Look(look.OnItsOwn())
				p.Readable(name)
			}
			browser.Value[any](p, openAll)
			for name, look := range looks {
				p.Look(look.OnItsOwn())
				p.Barriers(name + ", all open")
				p.Readable(name + ", all open")
			}
			printed(t, p)
			if got := p.Asked(); len(got) != 1 {
				t.Errorf("asked for %v", got)
			}
		})
	}
}

// On paper a page is black on white whatever the reader prefers on a screen, has nothing to press, shows what is open and nothing else of
// tables, and can be read on each sheet, which is A4 and lies.
func printed(t *testing.T, p *browser.Page) {
	t.Helper()
	p.Look(browser.Look{Width: 1047, Height: 718, Dark: true, Paper: true, Alone: true})
	for _, s := range browser.Value[[]string](p, `(() => {
  const out = [];
  const light = e => { const c = getComputedStyle(e).color.match(/[\d.]+/g).map(Number); return (c[0] + c[1] + c[2]) / 3; };
  if (light(document.body) > 80) out.push("the letters are light on paper: " + getComputedStyle(document.body).color);
  for (const e of document.querySelectorAll("input, nav, .skip, .end button")) if (e.checkVisibility() && getComputedStyle(e).position !== "absolute") out.push("to be pressed on paper: " + e.outerHTML.slice(0, 80));
  const all = [...document.querySelectorAll("details")];
  if (all.length > 0) document.querySelector("#dr-open button").click();
  if (all.some(e => !e.open)) out.push("what was to be opened is closed");
  for (const e of document.querySelectorAll("tr.more details")) {
    const shows = () => e.closest("tr").checkVisibility();
    if (!shows()) out.push("what is open is not printed: " + e.textContent.slice(0, 80));
    e.open = false;
    if (shows()) out.push("what is closed is printed: " + e.textContent.slice(0, 80));
    e.open = true;
  }
  return out;
})()`) {
		t.Error(s)
	}
	p.Readable("on paper")
	p.Paper("on paper")
}

// Tables are sorted and filtered by mouse and by keyboard, on a narrow screen too.
func TestReportsTables(t *testing.T) {
	d := sit(t)
	b := browser.Start(t, browser.DejaVu)
	address := d.report(reports()[0])
	for name, look := range map[string]browser.Look{"wide": browser.Wide, "narrow": browser.Narrow} {
		t.Run(name, func(t *testing.T) {
			p := b.Open(t, address, look.OnItsOwn())
			const (
				listing = "[...document.querySelectorAll('.listing')].find(l => l.querySelector('.filter') && l.querySelectorAll('thead button').length > 1)"
				rows    = "[...l.querySelectorAll('tbody tr:not(.more)')].filter(r => r.checkVisibility())"
			)
			in := func(js string) string { return "(l => (" + js + "))(" + listing + ")" }
			if !browser.Value[bool](p, "Boolean("+listing+")") {
				t.Fatal("no table sorts and filters")
			}
			all := browser.Value[int](p, in(rows+".length"))

			// By mouse: twice is the other way round.
			browser.Value[any](p, in("l.querySelector('thead button').id = 'first-head', l.querySelector('.filter input').id = 'first-filter', 0"))
			column := in(rows + ".map(r => r.cells[0].textContent.trim())")
			if name == "wide" { // as cards a table has no heads to press
				p.Click("#first-head")
				up := browser.Value[[]string](p, column)
				p.Click("#first-head")
				down := browser.Value[[]string](p, column)
				slices.Reverse(down)
				if !slices.Equal(up, down) || browser.Value[string](p, in("l.querySelector('thead th').ariaSort")) == "" {
					t.Errorf("pressed twice it is not turned round: %v, %v", up, down)
				}

				// By keyboard.
				p.Tab("it.id === 'first-head'")
				p.Keys(kb.Enter)
				if again := browser.Value[[]string](p, column); !slices.Equal(again, up) {
					t.Errorf("the key Enter sorts otherwise than the mouse: %v", again)
				}
				if !browser.Value[bool](p, "document.activeElement.id === 'first-head'") {
					t.Error("sorting took the keyboard away")
				}
			}

			// Filtered, told how many, and all of them again.
			p.Tab("it.id === 'first-filter'")
			word := browser.Value[string](p, in(rows+"[0].textContent.trim().split(/\\s+/).pop()"))
			p.Keys(word)
			shown := browser.Value[[]string](p, in(rows+".map(r => r.closest('tbody').textContent.toLowerCase())"))
			if len(shown) == 0 || len(shown) > all {
				t.Errorf("%q leaves %d of %d rows", word, len(shown), all)
			}
			p.Keys(" no such word")
			if n := browser.Value[int](p, in(rows+".length")); n != 0 {
				t.Errorf("%d rows have no such word", n)
			}
			if said := browser.Value[string](p, in("l.querySelector('output').textContent")); !strings.HasPrefix(said, "0 of ") {
				t.Errorf("it is told: %q", said)
			}
			p.Keys(kb.Escape)
			if n := browser.Value[int](p, in(rows+".length")); n != all {
				t.Errorf("the key Escape leaves %d of %d rows", n, all)
			}
		})
	}
}
