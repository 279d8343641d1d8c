package seen_test

import (
	"path/filepath"
	"testing"

	"github.com/dealroute/dealroute/pkg/internal/browser"
)

// What is seen is what somebody looked at and found good: pictures of it are kept, and compared within a tolerance
// (browser.Compare). With -update they are written; look at them then.
func TestLooks(t *testing.T) {
	d := sit(t)
	b := browser.Start(t, browser.DejaVu)
	kept := func(name string) string { return filepath.Join("testdata", "looks", name+".png") }
	t.Run("lab", func(t *testing.T) {
		l := openLab(t, d, b, browser.Look{Width: 1280, Height: 840})
		l.found()
		l.Looks(filepath.Join(root, "docs", "pictures", "lab.png"), 840)
	})
	t.Run("lab, narrow, dark", func(t *testing.T) {
		l := openLab(t, d, b, browser.Narrow.InDark())
		l.found()
		l.Looks(kept("lab-narrow-dark"), 2400)
	})
	t.Run("lab, file", func(t *testing.T) {
		l := openLab(t, d, b, browser.Look{Width: 1280, Height: 840})
		l.Click("#tab-file")
		l.Write("#text", "priority: 10", "prio: 10")
		l.says("#findings-list", `unknown key "prio"`)
		l.says("#meaning", `unknown key "prio"`)                    // comes a moment after the list
		browser.Value[any](l.Page, "document.activeElement.blur()") // a caret blinks
		l.Hide("#speed")
		l.Looks(kept("lab-file"), 840)
	})
	for name, look := range map[string]browser.Look{"report": browser.Wide, "report-narrow-dark": browser.Narrow.InDark()} {
		t.Run(name, func(t *testing.T) {
			d := d
			d.t = t
			p := b.Open(t, d.report(made{name: "suite", args: []string{"simulate", "-f", basic, "--suite", "examples/basic/calls.yaml"}}), look.OnItsOwn())
			p.Hide("dl.run")
			p.Looks(kept(name), 1800)
		})
	}
	t.Run("picture, dark", func(t *testing.T) {
		d := d
		d.t = t
		b.Open(t, d.address(d.draw("basic", "flow of a call", marked["flow of a call"]...)), browser.Wide.InDark().OnItsOwn()).Looks(kept("call-dark"), 1400)
	})
}

// found dials, and goes to the step at which HubSpot has found the contact.
func (l lab) found() {
	l.t.Helper()
	l.call("+15135550142")
	l.Click("#to-start")
	for range 200 {
		if browser.Value[bool](l.Page, "Boolean(document.querySelector('#step-body .request'))") {
			// The picture follows the call at its own pace.
			browser.Value[any](l.Page, "document.activeElement.blur(), new Promise(done => setTimeout(done, 500))")
			return
		}
		l.Click("#step-on")
	}
	l.t.Fatal("no step of the call asks HubSpot")
}
