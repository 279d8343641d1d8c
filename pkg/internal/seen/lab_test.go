package seen_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/dealroute/dealroute/pkg/internal/browser"
)

// A lab is a lab that runs, and the page on which somebody uses it.
type lab struct {
	*browser.Page
	desk

	t       *testing.T
	address string
	stop    func()
}

func openLab(t *testing.T, d desk, b *browser.Browser, look browser.Look) lab {
	t.Helper()
	d.t = t
	var said struct{ Address string }
	stop := d.start(&said, "lab", "-f", basic, "-o", "json")
	if said.Address == "" {
		t.Fatal("the lab says no address")
	}
	l := lab{b.Open(t, said.Address, look), d, t, said.Address, stop}
	l.loaded()
	return l
}

// loaded waits until the page shows the session.
func (l lab) loaded() {
	l.t.Helper()
	l.Until("document.getElementById('name').textContent === 'acme-inbound'")
}

// says waits until the page says something somewhere.
func (l lab) says(selector, words string) {
	l.t.Helper()
	l.Says(selector, words)
}

func quoted(s string) string {
	out, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string
	}
	return string(out)
}

// reads gives a question the time that an answer has to leave it: what is pressed in the moment it opens is no answer.
func (l lab) reads() {
	l.t.Helper()
	browser.Value[any](l.Page, "new Promise(done => setTimeout(done, 300))")
}

// call dials a number, and goes to the end of the call.
func (l lab) call(number string) {
	l.t.Helper()
	before := browser.Value[string](l.Page, "document.getElementById('run-calls').textContent")
	l.Fill("#number", number)
	l.Click("#dial")
	l.Until("document.getElementById('run-calls').textContent !== " + quoted(before) +
		" && document.querySelector('#result h3')?.textContent.startsWith(`Call ${document.getElementById('run-calls').textContent} `)")
	l.Click("#to-end")
}

// The story that the lab is for: a call is walked, a fault shows what it does to the next callers, a mistake in the file is
// told beside it and mended, the call is dialled again and what moved is marked, and the file is written when that was answered.
func TestLab(t *testing.T) {
	d := sit(t)
	b := browser.Start(t, browser.DejaVu)
	l := openLab(t, d, b, browser.Wide)
	l.measured()
	if !t.Run("walk", func(t *testing.T) { l.with(t).walk() }) {
		return
	}
	t.Run("fault", func(t *testing.T) { l.with(t).fault() })
	t.Run("edit", func(t *testing.T) { l.with(t).edit() })
	t.Run("save", func(t *testing.T) { l.with(t).save() })
	t.Run("keep", func(t *testing.T) { l.with(t).keep() })
	t.Run("conflict", func(t *testing.T) { l.with(t).conflict() })
	t.Run("run", func(t *testing.T) { l.with(t).turned() })
	t.Run("end", func(t *testing.T) { l.with(t).end() })
}

func (l lab) with(t *testing.T) lab {
	l.t, l.desk.t, l.Page = t, t, l.In(t)
	return l
}

// measured says what the first sight of the page costs.
func (l lab) measured() {
	l.Until("performance.getEntriesByName('first-contentful-paint').length > 0")
	got := browser.Value[map[string]float64](l.Page, `(() => {
  const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
  const files = all.filter(e => !e.name.includes("/api/"));
  const sum = (list, what) => list.reduce((n, e) => n + e[what], 0);
  return {
    paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
    page: sum(files, "decodedBodySize"), sent: sum(files, "transferSize"), files: files.length,
    data: sum(all.filter(e => e.name.includes("/api/")), "decodedBodySize"),
  };
})()`)
	l.t.Logf("first paint after %.0f ms; the page is %.0f kB in %.0f files (%.0f kB sent), its first data %.0f kB", got["paint"], got["page"]/1000, got["files"], got["sent"]/1000, got["data"]/1000)
}

func (l lab) walk() {
	l.call("+15135550142")
	l.says("#result", "Sales")
	l.says("#panel-agent", "rings at Sales")
	if n := browser.Value[int](l.Page, "document.querySelectorAll('#picture .node.on').length"); n < 5 {
		l.t.Errorf("%d boxes of the picture are marked as walked", n)
	}

	// Back to the first step, and on by the keyboard, one by one.
	l.Click("#to-start")
	l.says("#step-body", "Before the first step")
	browser.Value[any](l.Page, "document.activeElement.blur()")
	l.Keys(kb.ArrowRight)
	l.says("#step-title", "Step 1 of ")
	l.Keys(kb.ArrowRight)
	l.Keys(kb.ArrowLeft)
	l.says("#step-title", "Step 1 of ")
	l.Keys(kb.End)
	l.says("#panel-calls", "+1513•••••42")

	// A step that asks HubSpot shows what was asked and answered, and no number in the open.
	browser.Value[any](l.Page, "document.getElementById('to-start').click()")
	for range 200 {
		if browser.Value[bool](l.Page, "Boolean(document.querySelector('#step-body .request'))") {
			break
		}
		l.Keys(kb.ArrowRight)
	}
	l.says("#step-body .request", "/crm/")
	l.says("#step-body .request", "200")
	l.says("#step-body", "waits ")
	for _, secret := range []string{"5135550142", "15135550142"} {
		if browser.Value[bool](l.Page, "[...document.querySelectorAll('#stage, #side, #run, #phone')].map(e => e.textContent).join(' ').replace(/[ ()-]/g, '').includes("+quoted(secret)+")") {
			l.t.Errorf("the page tells the number %s", secret)
		}
	}
	// Played, it comes to its end by itself.
	l.Choose("#pace", "4")
	l.Click("#to-start")
	l.Click("#play")
	l.says("#play", "Pause")
	l.Until("document.getElementById('position').value === document.getElementById('position').max && document.getElementById('play').textContent === 'Play'")
}

func (l lab) fault() {
	l.Click("#conditions summary")
	l.Choose("#fault", "timeout")
	l.says("#conditions-note", "1 set")
	l.call("+15135550142")
	l.says("#result", "lookup_failed")
	l.says("#breaker", "open until")
	// The next caller meets what this one left: HubSpot is not asked.
	l.Click("#conditions-clear")
	l.call("+15135550143")
	l.says("#result", "lookup_failed")
	if got := l.Text("#result"); !strings.Contains(strings.Join(strings.Fields(got), " "), "requests 0") {
		l.t.Errorf("with an open breaker: %q", got)
	}
	// Closed by hand, it is as before.
	l.Click("#breaker-turn")
	l.says("#breaker", "closed")
	l.call("+15135550143")
	l.says("#result .facts", "active_deal")
	l.says("#moved", "not looked up")
	l.Click("#conditions summary")
}

// turned turns what the run has by hand, and the next caller meets it.
func (l lab) turned() {
	l.Click("#switch")
	l.Until("document.getElementById('switch').ariaChecked === 'false'")
	l.says("#switch-word", "off")
	l.call("+15135550142")
	l.says("#result .facts", "lookup_failed")
	l.Until("document.getElementById('result').textContent.replace(/\\s+/g, '').includes('requests0')")
	l.Click("#switch")
	l.says("#switch-word", "on")

	l.Click("#breaker-turn")
	l.Click("#breaker-open")
	l.says("#breaker", "open until")
	l.call("+15135550142")
	l.says("#result", "lookup_failed")

	// The clock goes past it.
	l.Click("#clock-set")
	l.Fill("#clock-at", "2027-03-01T09:00:00Z")
	l.Click("#clock-go")
	l.Until("document.getElementById('clock').title.includes('2027') || document.getElementById('clock').textContent.includes('2027')")
	l.call("+15135550142")
	l.says("#result .facts", "active_deal")
	l.says("#moved", "not looked up")

	// Begun anew, all of it is as before the first call.
	l.Click("#reset")
	l.Click("#reset-go")
	l.Until("document.getElementById('run-calls').textContent === '0'")
	l.says("#breaker", "closed")
}

func (l lab) edit() {
	l.call("+15135550142")
	l.says("#result", "Sales")
	l.Click("#tab-file")
	l.says("#tally", "no errors")

	// A mistake is told beside the text, with its line; calls go on with the last text that could be read.
	l.Write("#text", "priority: 10", "prio: 10")
	l.says("#tally", "1 error")
	l.says("#findings-list", `unknown key "prio"`)
	l.says("#text-box .layer", `unknown key "prio"`)
	l.says("#findings-list", "last text that could be read")
	l.Click("#findings-list button")
	if !browser.Value[bool](l.Page, "document.activeElement.id === 'text' && document.activeElement.value.slice(document.activeElement.selectionStart).startsWith('prio: 10')") {
		l.t.Error("a finding does not lead to its place")
	}

	// Mended, with another priority.
	from := time.Now()
	l.Write("#text", "prio: 10", "priority: 12")
	l.says("#tally", "no errors")
	typed := time.Since(from)
	l.says("#edited", "not saved")
	l.t.Logf("from the first key to findings in the page %v, of that the last check %q", typed.Round(time.Millisecond), l.Text("#speed"))

	// Dialled again from within the file: what moved is marked.
	l.Keys(kb.Enter, kb.ModifierCtrl)
	l.says("#moved", "priority")
	l.says("#moved", "12")
	l.Click("#tab-call")
}

func (l lab) save() {
	name := l.path(basic)
	before, err := os.ReadFile(name)
	if err != nil {
		l.t.Fatal(err)
	}
	// Asked, never silently: Esc writes nothing.
	l.Click("#save")
	l.says("#dialog .difference", "priority: 12")
	l.Barriers("the question before a file is written")
	l.Keys(kb.Escape)
	l.Until("!document.getElementById('dialog').open")
	if now, err := os.ReadFile(name); err != nil || !bytes.Equal(now, before) {
		l.t.Fatalf("the file was written without a yes (%v)", err)
	}
	l.Keys("s", kb.ModifierCtrl)
	l.says("#dialog .difference", "priority: 12")
	l.Click("#save-confirm")
	l.says("#live", "is written")
	l.Until("document.getElementById('edited').textContent === ''")
	now, err := os.ReadFile(name)
	if err != nil {
		l.t.Fatal(err)
	}
	if want := bytes.Replace(before, []byte("priority: 10"), []byte("priority: 12"), 1); !bytes.Equal(now, want) {
		l.t.Errorf("the file is not what was edited:\n%s", now)
	}
}

func (l lab) keep() {
	suite := l.path(filepath.Join(filepath.Dir(basic), "calls.yaml"))
	before, err := os.ReadFile(suite)
	if err != nil {
		l.t.Fatal(err)
	}
	l.Click("#keep")
	l.Fill("#keep-name", "a great deal goes to Sales")
	l.says("#keep-entry", "a great deal goes to Sales")
	l.Click("#keep-confirm")
	l.says("#dialog", "Kept")
	l.Keys(kb.Escape)
	after, err := os.ReadFile(suite)
	if err != nil {
		l.t.Fatal(err)
	}
	if !bytes.HasPrefix(after, bytes.TrimRight(before, "\n")) || !bytes.Contains(after, []byte("a great deal goes to Sales")) {
		l.t.Errorf("the suite is not what it was and a call more:\n%s", after)
	}
	// The suite runs, and the call is as it was; the first one is not, whose priority was edited.
	n := bytes.Count(after, []byte("\n  - name: "))
	if out := l.run([]int{2}, "simulate", "-f", basic, "--suite", suite); !bytes.Contains(out, fmt.Appendf(nil, "%d calls, %d as expected, 1 failed", n, n-1)) {
		l.t.Errorf("the suite does not run: %s", out)
	}
}

// conflict edits the file while somebody else does: theirs is not written over but knowingly, and can be taken.
func (l lab) conflict() {
	name := l.path(basic)
	before, err := os.ReadFile(name)
	if err != nil {
		l.t.Fatal(err)
	}
	theirs := append([]byte("# theirs\n"), before...)
	if err := os.WriteFile(name, theirs, 0o600); err != nil {
		l.t.Fatal(err)
	}
	l.Click("#tab-file")
	l.Write("#text", "priority: 12", "priority: 13")
	l.says("#edited", "not saved")
	l.Click("#save")
	l.says("#dialog", "changed by somebody else")
	l.Barriers("a file that somebody else has changed")
	l.Keys(kb.Escape)
	l.Until("!document.getElementById('dialog').open")
	if now, err := os.ReadFile(name); err != nil || !bytes.Equal(now, theirs) {
		l.t.Fatalf("what somebody else wrote was written over (%v)", err)
	}
	l.Click("#save")
	l.Click("#save-reload")
	l.Until("document.getElementById('text').value.startsWith('# theirs')")
	l.Until("document.getElementById('edited').textContent === ''")
	l.Troubles() // the browser tells of each answer 409
	l.Click("#tab-call")
}

// end interrupts the lab: it ends well, and the page says so and what is left.
func (l lab) end() {
	l.stop()
	l.Fill("#number", "+15135550142")
	l.Click("#dial")
	l.says("#banner", "The lab has ended")
	l.Barriers("the lab has ended")
	l.Troubles() // that nobody answers is said on the console, too
}

// Everything that the mouse does, the keyboard does.
func TestLabByKeyboard(t *testing.T) {
	d := sit(t)
	l := openLab(t, d, browser.Start(t, browser.Liberation), browser.Wide)
	l.Keys(kb.Tab)
	if !browser.Value[bool](l.Page, "document.activeElement.matches('.skip') && document.activeElement.getBoundingClientRect().top >= 0") {
		t.Error("the first key Tab does not show the way past the head of the page")
	}
	// The way leads to no field: the key that went it would be pressed in there, too, and dial.
	l.Keys(kb.Enter)
	l.Until("document.activeElement.id === 'view'")
	l.Tab("it.id === 'number'")
	l.Keys("+15135550142" + kb.Enter)
	l.Until("document.getElementById('run-calls').textContent === '1'")
	l.Tab("it.id === 'to-end'")
	l.Keys(kb.Enter)
	l.says("#result", "Sales")
	l.Tab("it.id === 'tab-agent'")
	l.Keys(kb.ArrowRight)
	l.Until("!document.getElementById('panel-data').hidden")

	// A fault.
	l.Tab("it.matches('#conditions summary')")
	l.Keys(kb.Enter)
	l.Tab("it.id === 'fault'")
	l.Keys("tim")
	l.says("#conditions-note", "1 set")
	l.Tab("it.id === 'dial'")
	l.Keys(kb.Enter)
	l.Until("document.getElementById('run-calls').textContent === '2'")
	l.says("#result", "lookup_failed")

	// The file: in, a word, out again without a mouse.
	l.Tab("it.id === 'tab-call'")
	l.Keys(kb.ArrowRight)
	l.Until("document.body.dataset.view === 'file'")
	l.Tab("it.id === 'text'")
	l.Keys(kb.Home, kb.ModifierCtrl)
	l.Keys("# mine" + kb.Enter)
	l.says("#edited", "not saved")
	l.Keys(kb.Tab)
	if browser.Value[bool](l.Page, "document.activeElement.id === 'text'") {
		t.Error("the key Tab does not leave the editor")
	}
	l.Keys("s", kb.ModifierCtrl)
	l.says("#dialog .difference", "# mine")
	l.Tab("it.id === 'save-confirm'")
	l.reads()
	l.Keys(kb.Enter)
	l.Until("document.getElementById('edited').textContent === ''")
	if now, err := os.ReadFile(d.path(basic)); err != nil || !bytes.HasPrefix(now, []byte("# mine\n")) {
		t.Errorf("the file was not written (%v)", err)
	}
}

// Two tabs are of one run: what one of them calls, turns and writes the other shows when somebody comes back to it, and numbers
// that count from one again are those of other calls.
func TestLabInTwoTabs(t *testing.T) {
	d := sit(t)
	b := browser.Start(t, browser.DejaVu)
	one := openLab(t, d, b, browser.Wide)
	other := one
	other.Page = b.Open(t, one.address, browser.Wide)
	other.Until("document.getElementById('text').value !== ''")
	const calls = "[...document.querySelectorAll('#panel-calls .n')].map(n => n.textContent).join(' ')"
	back := func(l lab) { browser.Value[any](l.Page, "void document.dispatchEvent(new Event('visibilitychange'))") }

	one.call("+15135550142")
	other.call("+15135550143")
	other.Until(calls + " === '2 1'")
	other.Click("#switch")
	other.says("#switch-word", "off")
	other.Click("#tab-file")
	other.Write("#text", "priority: 10", "priority: 12")
	other.says("#speed", "checked") // the lab has the text now
	back(one)
	one.Until(calls + " === '2 1'")
	one.says("#switch-word", "off")
	one.Until("document.getElementById('text').value.includes('priority: 12')")

	other.Click("#reset")
	other.Click("#reset-go")
	other.says("#run-calls", "0")
	one.call("+15135550142")
	one.Until(calls + " === '1'")
	one.says("#result .facts", "priority13")
}

// A number is pasted as people write it, and the call that is made of it is said as a command, which makes the same call.
func TestLabSaysACallAsCommand(t *testing.T) {
	d := sit(t)
	l := openLab(t, d, browser.Start(t, browser.DejaVu), browser.Wide)
	l.Click("#number")
	browser.Value[any](l.Page, `(() => {
  const data = new DataTransfer();
  data.setData("text/plain", "+1 (513) 555\u20110142 ");
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
})()`)
	l.Until("document.getElementById('number').value === '+15135550142'")
	l.says("#number-says", "left out")
	l.Click("#conditions summary")
	l.Choose("#fault", "timeout")
	l.Click("#dial")
	l.says("#result .facts", "lookup_failed")
	l.Click("#as-command")
	l.says("#command", "--fault timeout")
	l.Barriers("a call as a command")
	said := l.Text("#command")
	cmd := exec.CommandContext(t.Context(), "sh", "-c", strings.TrimSuffix(said, " --trace")+" -o json")
	cmd.Env = []string{"HOME=" + d.dir, "PATH=" + filepath.Dir(d.bin)}
	cmd.Dir = d.dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", said, err)
	}
	var got struct {
		Calls []struct{ Outcome, Queue string }
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Calls) != 1 || got.Calls[0].Outcome != "lookup_failed" || !browser.Value[bool](l.Page, "document.querySelector('#result .became strong').textContent === "+quoted(got.Calls[0].Queue)) {
		t.Errorf("%s makes %+v", said, got)
	}
	l.Keys(kb.Escape)
	l.Until("!document.getElementById('dialog').open")
	l.Until("document.activeElement.id === 'as-command'")
}

// Findings are gone through by a key, round and round.
func TestLabGoesToFindings(t *testing.T) {
	d := sit(t)
	l := openLab(t, d, browser.Start(t, browser.DejaVu), browser.Wide)
	l.Click("#tab-file")
	l.Write("#text", "name: acme", "nome: acme")
	l.Write("#text", "priority: 10", "prio: 10")
	l.says("#findings-list", `unknown key "prio"`)
	l.says("#findings-list", `unknown key "nome"`)
	browser.Value[any](l.Page, "document.getElementById('text').setSelectionRange(0, 0)")
	to := func(want string, modifiers ...kb.Modifier) {
		t.Helper()
		for range 12 {
			l.Keys(kb.F8, modifiers...)
			if browser.Value[bool](l.Page, "document.getElementById('text').value.slice(document.getElementById('text').selectionStart).startsWith("+quoted(want)+")") {
				return
			}
		}
		t.Errorf("the key does not lead to %q", want)
	}
	line := func() int {
		return browser.Value[int](l.Page, "document.getElementById('text').value.slice(0, document.getElementById('text').selectionStart).split('\\n').length")
	}
	to("nome: acme")
	first := line()
	l.Keys(kb.F8)
	if second := line(); second <= first {
		t.Errorf("from line %d the key leads back to line %d", first, second)
	}
	to("prio: 10")
	to("nome: acme") // round
	l.Keys(kb.F8)
	l.Keys(kb.F8, kb.ModifierShift)
	if back := line(); back != first {
		t.Errorf("to the next one and back is line %d instead of %d", back, first)
	}
}

// The picture is higher than a screen: where the call is among the tasks of the flow is seen without it, each task leads to its
// boxes, and who moves the picture is not pulled away.
func TestLabShowsWhereTheCallIs(t *testing.T) {
	d := sit(t)
	b := browser.Start(t, browser.DejaVu)
	for name, look := range map[string]browser.Look{"wide": browser.Wide, "narrow": browser.Narrow} {
		t.Run(name, func(t *testing.T) {
			l := openLab(t, d, b, look)
			l.call("+15135550142")
			const here = "document.querySelector('#map [aria-current=step] .name')?.textContent"
			const inSight = "((box, e) => e && (r => r.top >= box.top - 1 && r.top < box.bottom)(e.getBoundingClientRect()))(document.getElementById('picture').getBoundingClientRect(), document.querySelector('#picture %s'))"
			was, tasks := "", 0
			for range 200 {
				l.Keys(kb.ArrowLeft)
				is := browser.Value[string](l.Page, "String("+here+")")
				if is == "undefined" {
					break
				}
				if is != was {
					was, tasks = is, tasks+1
					l.says("#step-body", "task "+is+" ")
					l.says("#map-note", "in "+is+" ")
				}
			}
			if tasks < 5 {
				t.Errorf("the call is in %d tasks", tasks)
			}
			l.Click("#to-end")
			waited := browser.Value[string](l.Page, "[...document.querySelectorAll('#map .waited')].map(e => e.textContent).filter(Boolean).join(', ')")
			if !strings.Contains(waited, " ms") {
				t.Errorf("the tasks say they waited %q", waited)
			}

			// A task leads to its boxes; the call that plays on does not take them away.
			l.Choose("#pace", "4")
			l.Click("#to-start")
			l.Click("#map-task-11")
			l.Until(fmt.Sprintf(inSight, ".lane[data-lane=\"10\"]"))
			browser.Value[any](l.Page, "document.getElementById('play').click()")
			browser.Value[any](l.Page, "document.getElementById('picture').dispatchEvent(new WheelEvent('wheel', {deltaY: 1, bubbles: true}))")
			top := browser.Value[float64](l.Page, "document.getElementById('picture').scrollTop")
			l.Until("document.getElementById('play').textContent === 'Play'")
			if now := browser.Value[float64](l.Page, "document.getElementById('picture').scrollTop"); now != top {
				t.Errorf("the call that plays pulls the picture from %v to %v, where somebody looks at something", top, now)
			}
			l.Click("#follow")
			l.Until(fmt.Sprintf(inSight, ".node.now"))
			if browser.Value[bool](l.Page, "document.getElementById('follow').checkVisibility()") {
				t.Error("the picture follows the call, and offers it")
			}

			// At a glance: the same in the overview, whose cards lead to the boxes, too.
			l.Click("#picture-overview")
			l.Until("document.querySelector('#picture .node.card.now .name')?.textContent.endsWith(" + here + ")")
			if on := browser.Value[int](l.Page, "document.querySelectorAll('#picture .node.card.on').length"); on < 5 {
				t.Errorf("%d cards of the overview are marked", on)
			}
			if on := browser.Value[int](l.Page, "document.querySelectorAll('#picture .edge.on').length"); on < 5 {
				t.Errorf("%d ways of the overview are marked", on)
			}
			l.Barriers("the overview")
			browser.Value[any](l.Page, "document.querySelector('#picture [data-node=task-9]').dispatchEvent(new MouseEvent('click', {bubbles: true}))")
			l.Until(fmt.Sprintf(inSight, ".lane[data-lane=\"8\"]"))
			l.Barriers("the flow with its tasks")
		})
	}
}

// On a phone the file is dialled again beside it, and what became of the call comes into sight.
func TestLabDialsAgainOnAPhone(t *testing.T) {
	d := sit(t)
	l := openLab(t, d, browser.Start(t, browser.DejaVu), browser.Narrow)
	l.call("+15135550142")
	l.Click("#tab-file")
	l.Write("#text", "priority: 10", "priority: 12")
	l.says("#edited", "")
	browser.Value[any](l.Page, "scrollTo(0, 0)")
	l.Until("(r => r.width > 0 && r.bottom < innerHeight)(document.getElementById('again-here').getBoundingClientRect())")
	l.Click("#again-here")
	l.says("#moved", "priority")
	l.Until("(r => r.top >= 0 && r.bottom < innerHeight)(document.getElementById('moved').getBoundingClientRect())")
}

// A call that met an open breaker is offered once more for when that is closed, in one step.
func TestLabDialsAgainLater(t *testing.T) {
	l := openLab(t, sit(t), browser.Start(t, browser.DejaVu), browser.Wide)
	l.Click("#breaker-turn")
	l.reads()
	l.Click("#breaker-open")
	l.says("#breaker", "open until")
	l.call("+15135550142")
	l.says("#crowded", "The breaker was open: HubSpot was not asked")
	l.says("#later", "later")
	l.Click("#later")
	l.Until("document.querySelector('#result h3')?.textContent.startsWith('Call 2 ')")
	l.says("#result .became", "rule negotiation")
	for _, moved := range []string{"caller not looked up became open deal", "decided by the fallback became rule negotiation"} {
		l.Until("document.getElementById('moved').textContent.replace(/\\s+/g, ' ').includes(" + quoted(moved) + ")")
	}
	l.Until("document.getElementById('later') === null")
}

// The lab can be read and used by everybody, on every screen, in light and dark, in each of its states.
func TestLabIsRead(t *testing.T) {
	d := sit(t)
	b := browser.Start(t, browser.DejaVu)
	for name, look := range looks {
		t.Run(name, func(t *testing.T) {
			l := openLab(t, d, b, look)
			check := func(what string) {
				t.Helper()
				l.Barriers(what)
				l.Readable(what)
			}
			check("before a call")
			l.call("+15135550142")
			check("after a call")
			l.Click("#picture-rules")
			l.Until("document.querySelector('#picture svg')")
			check("the rules")
			l.Click("#conditions summary")
			check("what may be different")
			l.Click("#tab-file")
			l.Write("#text", "priority: 10", "prio: 10")
			l.says("#findings-list", `unknown key "prio"`)
			check("a mistake in the file")
			l.Click("#help")
			check("the keys")
			l.Keys(kb.Escape)
		})
	}
}
