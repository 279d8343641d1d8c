package picture

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/interp"
)

const small = `inboundCall:
  name: small
  startUpRef: "/inboundCall/tasks/task[A]"
  variables:
    - stringVariable: {name: Flow.Queue, initialValue: {lit: ""}}
  tasks:
    - task:
        name: A
        refId: A
        actions:
          - updateData: {name: Prepare, statements: [{string: {variable: Flow.Queue, value: {lit: Sales}}}]}
          - callData:
              name: Ask
              category: {X: {dataAction: {D: {}}}}
              outputs:
                failure: {actions: [{jumpToTask: {name: Off, targetTaskRef: "/inboundCall/tasks/task[B]"}}]}
                timeout: {actions: [{jumpToTask: {name: Off, targetTaskRef: "/inboundCall/tasks/task[B]"}}]}
          - transferToAcd: {name: Go, targetQueue: {exp: FindQueue(Flow.Queue)}, outputs: {failure: {actions: [{jumpToTask: {name: Off, targetTaskRef: "/inboundCall/tasks/task[B]"}}]}}}
    - task: {name: B, refId: B, actions: [{disconnect: {name: End}}]}
    - task: {name: C, refId: C, actions: [{disconnect: {name: Nobody comes here}}]}
`

func parsed(t *testing.T, text string) *architect.File {
	t.Helper()
	f, found := architect.Parse("small.yaml", []byte(text))
	if f.Flow == nil {
		t.Fatal(found)
	}
	return f
}

// called gives the steps of a call whose data actions end so, one after the other; the last one
// as often as it takes.
func called(t *testing.T, f *architect.File, branches ...string) []interp.Step {
	t.Helper()
	p, err := interp.Compile(f, interp.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := p.Start(interp.Call{ANI: "x"})
	s.Record(interp.TracePath)
	for {
		e, err := p.Next(s)
		if err != nil {
			t.Fatal(err)
		}
		if e == nil {
			return s.Steps()
		}
		o := interp.Outcome{Branch: "success"}
		switch e.Kind {
		case interp.EffectDataAction:
			o = interp.Outcome{Branch: branches[0], Elapsed: 120 * time.Millisecond}
			if len(branches) > 1 {
				branches = branches[1:]
			}
		case interp.EffectFind:
			o = interp.Outcome{Value: interp.Object(e.Type, e.Name)}
		}
		if err := p.Resume(s, o); err != nil {
			t.Fatal(err)
		}
	}
}

func node(t *testing.T, g *Graph, text string) Node {
	t.Helper()
	i := slices.IndexFunc(g.Nodes, func(n Node) bool { return len(n.Text) > 0 && n.Text[0] == text })
	if i < 0 {
		t.Fatalf("no node says %q", text)
	}
	return g.Nodes[i]
}

func TestMarksOfACall(t *testing.T) {
	f := parsed(t, small)
	g := Flow(f)
	c := g.Call(called(t, f, "success"))
	ask := node(t, c, "Ask")
	if want := (Mark{On: true, First: 2, Times: 1, Wait: 120 * time.Millisecond}); ask.Mark != want {
		t.Errorf("the look-up is marked %+v", ask.Mark)
	}
	if m := node(t, c, "Sales").Mark; !m.On || m.First != 3 {
		t.Errorf("the queue is marked %+v", m)
	}
	if m := node(t, c, "End").Mark; m != (Mark{}) {
		t.Errorf("where the call did not come is marked %+v", m)
	}
	if node(t, g, "Ask").Mark != (Mark{}) {
		t.Error("the picture itself got marks")
	}
	if len(Lay(g).SVG(SVGOptions{})) == 0 || len(c.Nodes) != len(g.Nodes) {
		t.Error("marks changed the picture")
	}
}

func TestCoverage(t *testing.T) {
	f := parsed(t, small)
	c := Flow(f).Cover()
	c.Add(called(t, f, "success"))
	c.Add(called(t, f, "timeout"))
	g := c.Graph()
	if m := node(t, g, "Ask").Mark; !m.On || m.Times != 2 || m.Off {
		t.Errorf("what both calls reach is marked %+v", m)
	}
	if m := node(t, g, "Nobody comes here").Mark; !m.Off || m.On {
		t.Errorf("what no call reaches is marked %+v", m)
	}
	i := slices.IndexFunc(g.Edges, func(e Edge) bool { return e.takes("timeout") })
	if e := g.Edges[i]; !e.Mark.On || e.Mark.Note != "without Failure" || e.Label != "Failure or Timeout" {
		t.Errorf("the way that two branches share is %+v", e)
	}
}

// A call that is transferred back into the flow has several legs there, and is one call.
func TestLegsAreOneCall(t *testing.T) {
	f := parsed(t, small)
	g := Flow(f)
	first, second := called(t, f, "success"), called(t, f, "timeout")
	for name, add := range map[string]func(*Cover){
		"walked": func(c *Cover) { c.Add(first, second); c.Add(first) },
		"marked": func(c *Cover) { c.Count(g.Call(first), g.Call(second)); c.Count(g.Call(first)) },
	} {
		c := g.Cover()
		add(c)
		marked := c.Graph()
		for text, want := range map[string]int{"Ask": 2, "Sales": 2, "End": 1} {
			if m := node(t, marked, text).Mark; m.Times != want {
				t.Errorf("%s: %d of 2 calls came to %s, want %d", name, m.Times, text, want)
			}
		}
	}
}

func TestWhatMoved(t *testing.T) {
	f := parsed(t, small)
	later := parsed(t, "# a line more\n"+strings.Replace(small, "        actions:\n", "        actions:\n          - playAudio: {name: Hello, audio: {tts: x}}\n", 1))
	before := Flow(f).Call(called(t, f, "success"))
	g := Moved(before, Flow(later).Call(called(t, later, "failure")))
	for text, moved := range map[string]bool{"Ask": false, "Sales": true, "End": true, "Nobody comes here": false} {
		if m := node(t, g, text).Mark; m.New != moved {
			t.Errorf("%s: moved is %v", text, m.New)
		}
	}
	if g := Moved(before, before); slices.ContainsFunc(g.Nodes, func(n Node) bool { return n.Mark.New }) || slices.ContainsFunc(g.Edges, func(e Edge) bool { return e.Mark.New }) {
		t.Error("between a call and itself something moved")
	}
}

func TestTheQueueOfAVariable(t *testing.T) {
	f := parsed(t, small)
	if n := node(t, Flow(f), "Sales"); n.Kind != Queue || !slices.Contains(n.More, "by Flow.Queue") {
		t.Errorf("%+v", n)
	}
	two := parsed(t, strings.Replace(small, "          - transferToAcd", "          - decision: {name: Which, condition: {exp: Flow.Queue == \"x\"}, outputs: {\"yes\": {actions: [{updateData: {name: Other, statements: [{string: {variable: Flow.Queue, value: {lit: Care}}}]}}]}}}\n          - transferToAcd", 1))
	if n := node(t, Flow(two), "chosen by Queue"); !slices.Contains(n.More, "one of: Care, Sales") {
		t.Errorf("%+v", n)
	}
}

func TestTasksNobodyReaches(t *testing.T) {
	g := Flow(parsed(t, small))
	var names []string
	for _, l := range g.Lanes {
		names = append(names, l.Name)
	}
	if want := []string{"A", "B", "After an error", "C (never reached)"}; !slices.Equal(names, want) {
		t.Errorf("lanes are %q", names)
	}
}

// What is wrong with a call stands where it ends, and nowhere else.
func TestWhatIsWrongStandsAtTheEnd(t *testing.T) {
	f := parsed(t, small)
	g := Flow(f).Wrong(called(t, f, "timeout"), "broken")
	for text, want := range map[string]string{"End": "broken", "Ask": "", "Sales": ""} {
		if m := node(t, g, text).Mark; m.Note != want {
			t.Errorf("%s: the note is %q", text, m.Note)
		}
	}
}

// A place that nothing in the picture leads to, as after an error, is reached nevertheless.
func TestCoverageOfFarPlaces(t *testing.T) {
	f := parsed(t, small)
	steps := called(t, f, "timeout")
	c := Flow(f).Cover()
	c.Add(steps[len(steps)-1:])
	if m := node(t, c.Graph(), "End").Mark; !m.On || m.Off || m.Times != 1 {
		t.Errorf("the end is marked %+v", m)
	}
}

// Whoever called a task is not returned to after an error.
func TestErrorsForgetWhoCalled(t *testing.T) {
	w := Flow(parsed(t, small)).walker()
	w.stack = []string{"start"}
	if h := w.step(&interp.Step{Type: "errorHandling"}); h.Node != "errors" || !h.Far || w.stack != nil {
		t.Errorf("the call is at %+v, called by %v", h, w.stack)
	}
}

func TestMarksAreSaidOnce(t *testing.T) {
	for _, c := range []struct {
		mark Mark
		want string
	}{
		{Mark{On: true, Times: 3, Note: "3 calls"}, "3 calls"},
		{Mark{On: true, Times: 1500, Note: "2/6 ways"}, "2/6 ways, 1,500 calls"},
		{Mark{On: true, Times: 1, Note: "1 call"}, "1 call"},
		{Mark{On: true, Times: 2, First: 4, Wait: 1999 * time.Millisecond}, "step 4, 2 times, waited 1,999 ms"},
		{Mark{Off: true}, "not reached"},
	} {
		if got := markWords(c.mark); got != c.want {
			t.Errorf("%+v: %q, want %q", c.mark, got, c.want)
		}
	}
}
