package picture

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/internal/corpus"
	"github.com/dealroute/dealroute/pkg/internal/made"
)

// connected reports what is wrong with the way of a trace through a picture: every step is in
// a node that holds its action, and ways lead from each hop to the next, along the branch
// that the call took.
func connected(g *Graph, steps []interp.Step) error {
	nodes, edges := map[string]Node{}, map[string]Edge{}
	for _, n := range g.Nodes {
		nodes[n.ID] = n
	}
	for _, e := range g.Edges {
		edges[e.ID] = e
	}
	cur, seen := "", 0
	for _, h := range g.Walk(steps) {
		n, ok := nodes[h.Node]
		if !ok {
			return fmt.Errorf("step %d: no node %q", h.Step, h.Node)
		}
		if h.Step >= 0 {
			s := &steps[h.Step]
			seen++
			if s.Type != "errorHandling" && !slices.ContainsFunc(n.Acts, func(a Act) bool { return a.Line == s.Pos.Line && a.Column == s.Pos.Column && a.Type == s.Type }) {
				return fmt.Errorf("step %d (%s %q, line %d) is at node %s, which does not hold it", h.Step, s.Type, s.Action, s.Pos.Line, h.Node)
			}
			if h.Far != (s.Type == "errorHandling") {
				return fmt.Errorf("step %d (%s %q, line %d): from %s nothing leads to %s", h.Step, s.Type, s.Action, s.Pos.Line, cur, h.Node)
			}
		}
		for i, id := range h.Edges {
			e := edges[id]
			returns := i == 0 && nodes[cur].back || i > 0 && nodes[edges[h.Edges[i-1]].To].back
			if !returns && e.From != cur {
				return fmt.Errorf("step %d: edge %s leads from %s, and the call is at %s", h.Step, id, e.From, cur)
			}
			if h.Step > 0 && i == 0 && !returns {
				if b := steps[h.Step-1].Branch; b != "" && e.Branch != "" && !e.takes(b) && chooses(steps[h.Step-1].Type) {
					return fmt.Errorf("step %d: the call took %s, and the edge is %s", h.Step, b, e.Branch)
				}
			}
			cur = e.To
		}
		if len(h.Edges) > 0 && cur != h.Node {
			return fmt.Errorf("step %d: the ways lead to %s, and the hop to %s", h.Step, cur, h.Node)
		}
		cur = h.Node
	}
	if seen != len(steps) {
		return fmt.Errorf("%d of %d steps have a hop", seen, len(steps))
	}
	return nil
}

func chooses(kind string) bool { return kind != "endTask" }

// ran is how a call goes through a flow with made answers.
func ran(t interface{ Fatalf(string, ...any) }, p *interp.Program, seed uint64, most int) []interp.Step {
	r := rand.New(rand.NewPCG(seed, 2))
	s := p.Start(interp.Call{ANI: "x", At: time.Unix(0, 0)})
	s.Record(interp.TracePath)
	for range most {
		e, err := p.Next(s)
		if err != nil || e == nil {
			return s.Steps()
		}
		if err := p.Resume(s, made.Answer(e, r.IntN(60))); err != nil {
			t.Fatalf("resume: %v", err)
		}
	}
	return s.Steps()
}

func TestEveryCallIsAWalk(t *testing.T) {
	steps, rounds, handled := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		src := made.Flow(rapid.Uint64().Draw(t, "flow"))
		f, found := architect.Parse("made", []byte(src))
		if f.Flow == nil {
			t.Fatalf("%v", found)
		}
		p, err := interp.Compile(f, interp.Options{Budget: 400, NotSetParticipantData: interp.NotSetEmpty})
		if err != nil {
			t.Fatalf("%v", err)
		}
		g := Flow(f)
		for range 4 {
			path := ran(t, p, rapid.Uint64().Draw(t, "answers"), 300)
			if err := connected(g, path); err != nil {
				t.Fatalf("%v\n%s", err, src)
			}
			steps += len(path)
			rounds = max(rounds, len(path))
			if slices.ContainsFunc(path, func(s interp.Step) bool { return s.Type == "errorHandling" }) {
				handled++
			}
		}
	})
	t.Logf("%d steps, at most %d in a call, %d calls went to error handling", steps, rounds, handled)
	if steps < 1000 || rounds < 50 || handled < 5 {
		t.Errorf("too little was tried")
	}
}

func TestCallsOfPublishedFlowsAreWalks(t *testing.T) {
	calls, steps := 0, 0
	try := func(name string, data []byte) {
		f, _ := architect.Parse(name, data)
		if f == nil || f.Flow == nil {
			return
		}
		p, err := interp.Compile(f, interp.Options{Budget: 500})
		if err != nil {
			return
		}
		g := Flow(f)
		for seed := range uint64(20) {
			path := ran(t, p, seed, 200)
			if err := connected(g, path); err != nil {
				t.Fatalf("%s, seed %d: %v", name, seed, err)
			}
			calls, steps = calls+1, steps+len(path)
		}
	}
	for _, name := range corpus.Files(t, "flows") {
		f := read(t, name)
		data, err := architect.Print(f)
		if err != nil {
			continue
		}
		try(filepath.Base(name), data)
	}
	for _, line := range corpus.Lines(t, "flowcheck.jsonl") {
		var c struct {
			ID   string          `json:"id"`
			Flow json.RawMessage `json:"flow"`
		}
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(c.Flow), "actions") {
			continue
		}
		try(c.ID, c.Flow)
	}
	t.Logf("%d calls, %d steps", calls, steps)
	if calls < 1000 {
		t.Errorf("only %d calls were tried", calls)
	}
}

// A task that calls itself runs out once for each time it was called: the same box, with one
// caller less each time.
func TestTasksThatCallThemselvesAreWalked(t *testing.T) {
	f := parsed(t, `inboundCall:
  name: again
  startUpRef: "/inboundCall/tasks/task[Main]"
  tasks:
    - task:
        name: Main
        refId: Main
        actions:
          - callTask: {name: Look, targetTaskRef: "/inboundCall/tasks/task[Deeper]"}
          - disconnect: {name: End}
    - task:
        name: Deeper
        refId: Deeper
        actions:
          - callData:
              name: Is there more?
              category: {X: {dataAction: {D: {}}}}
              outputs:
                success: {actions: [{callTask: {name: Deeper, targetTaskRef: "/inboundCall/tasks/task[Deeper]"}}]}
                failure: {actions: [{playAudio: {name: Nothing more, audio: {tts: x}}}]}
`)
	g := Flow(f)
	steps := called(t, f, "success", "success", "failure")
	if err := connected(g, steps); err != nil {
		t.Fatal(err)
	}
	hops := g.Walk(steps)
	if last := hops[len(hops)-1]; len(last.Edges) != 4 { // out of the task three times, each time to its own end but the last
		t.Errorf("the way out of the task is %v", last.Edges)
	}
	if m := node(t, g.Call(steps), "End").Mark; !m.On {
		t.Error("the call does not come to its end")
	}
}
