package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/lab"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/view"
)

// A twin makes the same calls as a lab, on one simulate.Run that goes on from call to call as that
// of simulate does, and is given its new artifacts where the text is edited.
type twin struct {
	s    *simulation
	hub  hub
	run  *simulate.Run
	next time.Time
	rows map[string]map[string]any // as the run began
}

func (w *twin) begin(s *simulation) {
	w.s = s
	w.hub = s.hub(s.fixtures.CRM)
	w.run = s.newRun(w.hub, s.mask, nil)
	w.next, w.rows = s.start, maps.Clone(w.run.Org.Rows)
}

// edit goes on with other artifacts: rows that were written stay where there is still such a row.
func (w *twin) edit(s *simulation) {
	old := *w
	w.begin(s)
	w.next = old.next
	for key, row := range old.run.Org.Rows {
		if _, has := w.run.Org.Rows[key]; has && !sameRow(row, old.rows[key]) {
			w.run.Org.Rows[key] = row
		}
	}
	w.hub.server.Recall(old.hub.server.Memory())
	w.run.Hold(old.run.Held())
}

func sameRow(a, b map[string]any) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

func (w *twin) dial(ctx context.Context, d lab.Dial) (*simulate.Outcome, error) {
	faults, err := w.s.faultsOf(d.Faults)
	if err != nil {
		return nil, err
	}
	c, err := w.s.caller(d.ANI)
	if err != nil {
		return nil, err
	}
	c.At = w.next
	w.run.Sender = w.s.sender(w.hub, w.s.mask, faults)
	o, err := w.run.Do(ctx, c)
	if err == nil {
		w.next = c.At.Add(o.Result.Elapsed)
	}
	return o, err
}

// Whatever is dialled, turned and edited in whatever order: each call becomes what it becomes on a
// run that was never taken apart into states.
func TestLabIsOneRun(t *testing.T) {
	for _, example := range []string{"basic", "oauth", "rollup"} {
		t.Run(example, func(t *testing.T) { testOneRun(t, example) })
	}
}

func testOneRun(t *testing.T, example string) {
	t.Helper()
	env := testEnv(t)
	dir := "../../examples/" + example
	text, err := os.ReadFile(dir + "/dealroute.yaml")
	if err != nil {
		t.Fatal(err)
	}
	b := &labBench{env: session{env, settings{format: "json"}}, base: loaded{path: dir + "/dealroute.yaml", dir: dir, files: folder(dir)}, options: simulateOptions{crm: "fixtures", flow: "rendered", trace: true}}
	b.options.session = b.env
	var works []*labDesk
	for _, version := range []string{string(text), strings.Replace(string(text), "fallback:", "lastResort: {message: \"Later.\"}\n  fallback:", 1), strings.Replace(string(text), "priority: 10", "priority: 12", 1)} {
		if d, found := deployment.Parse("d.yaml", []byte(version)); d == nil || found.Err() != nil {
			continue
		}
		w, err := b.Judge(t.Context(), []byte(version))
		if err != nil || w.Desk == nil {
			t.Fatalf("%v %v", err, w.Findings)
		}
		works = append(works, w.Desk.(*labDesk))
	}
	callers := works[0].s.callersOf()
	if len(works) < 2 || len(callers) < 3 {
		t.Fatalf("%d texts, %d callers", len(works), len(callers))
	}
	rapid.Check(t, func(r *rapid.T) {
		desk := works[0]
		state := desk.Begin()
		var w twin
		w.begin(desk.s)
		for range rapid.IntRange(1, 12).Draw(r, "steps") {
			switch rapid.SampledFrom([]string{"dial", "dial", "dial", "turn", "clock", "edit", "reset"}).Draw(r, "what") {
			case "dial":
				d := lab.Dial{ANI: rapid.SampledFrom(callers).Draw(r, "caller").ANI}
				if f := rapid.SampledFrom([]string{"", "", "", "timeout", "429", "malformed"}).Draw(r, "fault"); f != "" {
					d.Faults = []string{f}
				}
				want, err := w.dial(t.Context(), d)
				if err != nil {
					r.Fatal(err)
				}
				got, err := desk.Call(t.Context(), state, d)
				if err != nil {
					r.Fatal(err)
				}
				state = got.After
				if a, x := shownCall(r, got.Outcome, desk.s), shownCall(r, want, desk.s); a != x {
					r.Fatalf("lab: %s\nrun: %s", a, x)
				}
				if a, x := fmt.Sprint(lab.Rows(desk.Rows(state))), fmt.Sprint(lab.Rows(w.run.Org.Rows)); a != x || !state.Next.Equal(w.next) {
					r.Fatalf("lab: %s at %s\nrun: %s at %s", a, state.Next, x, w.next)
				}
			case "turn":
				on := rapid.Bool().Draw(r, "on")
				row := maps.Clone(desk.Rows(state)["switch"])
				row["enabled"] = on
				state.Rows = maps.Clone(state.Rows)
				if state.Rows == nil {
					state.Rows = map[string]map[string]any{}
				}
				state.Rows["switch"] = row
				w.run.Org.Put("switch", map[string]any{"enabled": on})
			case "clock":
				later := time.Duration(rapid.IntRange(0, 40).Draw(r, "seconds")) * time.Second
				state.Next, w.next = state.Next.Add(later), w.next.Add(later)
			case "edit":
				desk = works[rapid.IntRange(0, len(works)-1).Draw(r, "text")]
				w.edit(desk.s)
			case "reset":
				state = desk.Begin()
				w.begin(desk.s)
			}
		}
	})
}

func shownCall(r *rapid.T, o *simulate.Outcome, s *simulation) string {
	data, err := json.Marshal(view.NewCall(o, s.mask))
	if err != nil {
		r.Fatal(err)
	}
	return string(data)
}

// Who wanted a port gets that one or is told: not the same one of IPv6, where another program has it on IPv4.
func TestTakenPort(t *testing.T) {
	first, err := loopback(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close() //nolint:errcheck // of a test
	l, err := loopback(t.Context(), first.Addr().(*net.TCPAddr).Port)
	if err == nil {
		l.Close() //nolint:errcheck // of a test
		t.Errorf("%s is served beside %s", l.Addr(), first.Addr())
	}
}
