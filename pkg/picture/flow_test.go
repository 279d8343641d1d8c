package picture

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/internal/corpus"
	"github.com/dealroute/dealroute/pkg/internal/made"
)

func read(t *testing.T, name string) *architect.File {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	f, _ := architect.Parse(filepath.Base(name), data)
	return f
}

// actions are all of a flow, those of menu choices too.
func actions(f *architect.Flow) []*architect.Action {
	var out []*architect.Action
	architect.Walk(f, func(a *architect.Action) { out = append(out, a) })
	architect.EachChoice(f, func(c *architect.Choice) {
		if c.Action != nil {
			out = append(out, c.Action)
		}
	})
	return out
}

// laws hold of the picture of every flow.
func laws(t *testing.T, f *architect.File) {
	t.Helper()
	g := Flow(f)
	nodes := map[string]*Node{}
	stands := map[place]int{}
	holder := map[place]string{}
	for i := range g.Nodes {
		n := &g.Nodes[i]
		if nodes[n.ID] != nil {
			t.Errorf("two nodes have the ID %s", n.ID)
		}
		nodes[n.ID] = n
		if n.Lane < 0 || n.Lane >= len(g.Lanes) {
			t.Errorf("node %s is in lane %d of %d", n.ID, n.Lane, len(g.Lanes))
		}
		if len(n.Text) == 0 && n.Kind != Join {
			t.Errorf("node %s (%s) says nothing", n.ID, n.Kind)
		}
		for _, a := range n.Acts {
			p := place{a.Line, a.Column, a.Type}
			stands[p]++
			holder[p] = n.ID
		}
	}
	ended := map[int]string{}
	for i := range g.Nodes { // a lane is entered at its first node, and what comes when it runs out is its last
		n := &g.Nodes[i]
		if by := ended[n.Lane]; by != "" {
			t.Errorf("node %s stands behind %s, where its task ends", n.ID, by)
		}
		if len(n.Acts) == 0 && len(n.Text) > 0 && (n.Text[0] == "End of the task" || n.Text[0] == "Back to the caller") {
			ended[n.Lane] = n.ID
		}
	}
	ids := map[string]bool{}
	ways := map[string]map[string]bool{}
	for _, e := range g.Edges {
		if ids[e.ID] {
			t.Errorf("two edges have the ID %s", e.ID)
		}
		ids[e.ID] = true
		if nodes[e.From] == nil || nodes[e.To] == nil {
			t.Errorf("edge %s leads from %q to %q, which are not both there", e.ID, e.From, e.To)
		}
		if ways[e.From] == nil {
			ways[e.From] = map[string]bool{}
		}
		for _, b := range append([]string{e.Branch}, e.Also...) {
			ways[e.From][b] = true
		}
	}
	for _, a := range actions(f.Flow) {
		p := place{a.Pos.Line, a.Pos.Column, a.Key}
		if stands[p] != 1 {
			t.Errorf("%s: %s %q stands in %d nodes", a.Pos, a.Key, a.Name, stands[p])
			continue
		}
		if a.Kind == nil || a.Ref.Text != "" && a.Key != "callTask" {
			continue
		}
		want := append([]string(nil), a.Kind.Branches...)
		for _, b := range a.Branches {
			want = append(want, b.Name)
		}
		for _, b := range want {
			one := len(ways[holder[p]]) == 1 && ways[holder[p]][""] // no branch leads elsewhere
			if !ways[holder[p]][b] && !one {
				t.Errorf("%s: branch %s of %s %q is no edge of node %s", a.Pos, b, a.Key, a.Name, holder[p])
			}
		}
	}
	if again := Flow(f); len(again.Nodes) != len(g.Nodes) {
		t.Errorf("the same flow gives %d and %d nodes", len(g.Nodes), len(again.Nodes))
	}
}

// A flow that is no call says so where it ends.
func TestOnlyCallsAreCallsThatEnd(t *testing.T) {
	for key, want := range map[string]string{"inboundCall": "Call ends", "workflow": "Ends"} {
		f, _ := architect.Parse("a.yaml", []byte(key+":\n  name: a\n  startUpRef: /"+key+"/tasks/task[A]\n  tasks:\n    - task: {name: A, refId: A, actions: [{updateData: {name: b}}]}\n"))
		found := false
		for _, n := range Flow(f).Nodes {
			if n.Kind == Hang {
				found = true
				if n.tag() != want {
					t.Errorf("%s: %q, want %q", key, n.tag(), want)
				}
			}
		}
		if !found {
			t.Errorf("%s has no end", key)
		}
	}
}

func TestEveryActionIsInThePicture(t *testing.T) {
	for _, name := range corpus.Files(t, "flows") {
		t.Run(filepath.Base(name), func(t *testing.T) {
			f := read(t, name)
			if f.Flow == nil {
				t.Skip("no flow")
			}
			laws(t, f)
		})
	}
}

// FuzzFlow: whatever text is read as a flow can be drawn, and its laws hold.
func FuzzFlow(f *testing.F) {
	for i := range uint64(5) {
		f.Add([]byte(made.Flow(i)))
	}
	f.Add([]byte("workflow:\n  states: [{state: {name: A, actions: [{findNothing: {}}, {\"ünd\": {outputs: {x: {actions: []}}}}, {changeState: {targetStateRef: x}}]}}]\n"))
	f.Add([]byte("inboundCall:\n  menus: [{menu: {name: M, refId: M, choices: [{menuRepeatMenu: {dtmf: digit_1}}, {menuNothing: {}}, {menuSubMenu: {menu: {name: N}}}]}}]\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		file, _ := architect.Parse("f", src)
		if file == nil || file.Flow == nil {
			return
		}
		g := Flow(file)
		ids := map[string]bool{}
		for _, n := range g.Nodes {
			if ids[n.ID] || n.Lane >= len(g.Lanes) {
				t.Fatalf("node %s of lane %d", n.ID, n.Lane)
			}
			ids[n.ID] = true
		}
		for _, e := range g.Edges {
			if !ids[e.From] || !ids[e.To] {
				t.Fatalf("edge %s leads from %s to %s", e.ID, e.From, e.To)
			}
		}
		Outline(g)
		g.Data()
	})
}

func BenchmarkFlow(b *testing.B) {
	file, _ := architect.Parse("f", []byte(made.Flow(7)))
	for b.Loop() {
		Flow(file)
	}
}
