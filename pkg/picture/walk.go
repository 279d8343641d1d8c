package picture

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/architect/interp"
)

// A place is where an action stands in the text.
type place struct {
	line, column int
	kind         string
}

func (g *Graph) remember(v *vertex) {
	for _, a := range v.acts {
		p := place{a.Line, a.Column, a.Type}
		if _, twice := g.at[p]; !twice {
			g.at[p] = v.id
		}
	}
}

// A Hop is where a call stands in the picture of its flow at a step.
type Hop struct {
	Step  int      // index of the step; -1 where the call comes in, and for a place at its end that no step tells of
	Node  string   // ID
	Edges []string // IDs of the ways that lead there from the node of the hop before, in order; none when it is the same node
	Far   bool     // nothing in the picture leads there: error handling is reached from anywhere
}

// Walk finds the way of a call through the picture of its flow: a hop for where it comes in,
// and one for each step. Steps within a common module stay at the action that calls it.
func (g *Graph) Walk(steps []interp.Step) []Hop {
	if len(g.Nodes) == 0 {
		return nil
	}
	w := g.walker()
	hops := []Hop{{Step: -1, Node: "start"}}
	for i := range steps {
		h := w.step(&steps[i])
		h.Step = i
		hops = append(hops, h)
	}
	if h, ok := w.last(); ok {
		hops = append(hops, h)
	}
	return hops
}

// A walker stands somewhere in the graph.
type walker struct {
	g      *Graph
	out    map[string][]*Edge
	nodes  map[string]*Node
	cur    string   // node
	act    int      // index in its Acts of the action that ran last; -1: none
	branch string   // that the call took last in this node
	stack  []string // nodes of the tasks' calls around it
}

func (w *walker) step(s *interp.Step) Hop {
	id, known := w.g.at[place{s.Pos.Line, s.Pos.Column, s.Type}]
	failed := s.Type == "errorHandling"
	switch {
	case failed:
		id = "errors"
	case !known || w.g.file != s.Pos.File: // of a common module
		w.branch = cmp.Or(s.Branch, w.branch)
		return Hop{Node: w.cur}
	}
	at := slices.IndexFunc(w.nodes[id].Acts, func(a Act) bool { return a.Line == s.Pos.Line && a.Column == s.Pos.Column && a.Type == s.Type })
	if id == w.cur && at > w.act && w.act >= 0 { // further in the same box
		w.act, w.branch = at, cmp.Or(s.Branch, w.branch)
		w.leave(s.Type)
		return Hop{Node: id}
	}
	h := Hop{Node: id, Far: true}
	if failed {
		w.stack = nil
	} else if path, stack, ok := w.way(id); ok {
		h.Edges, h.Far, w.stack = path, false, stack
	}
	w.cur, w.act, w.branch = id, at, s.Branch
	w.leave(s.Type)
	return h
}

// leave forgets who called when a call goes elsewhere for good.
func (w *walker) leave(kind string) {
	switch kind {
	case "jumpToTask", "jumpToMenu", "menu", "changeState", "previousMenu":
		w.stack = nil
	}
}

func (g *Graph) walker() *walker {
	w := &walker{g: g, out: map[string][]*Edge{}, nodes: map[string]*Node{}, cur: "start", act: -1}
	for i := range g.Edges {
		e := &g.Edges[i]
		w.out[e.From] = append(w.out[e.From], e)
	}
	for i := range g.Nodes {
		w.nodes[g.Nodes[i].ID] = &g.Nodes[i]
	}
	return w
}

// A stand is a node on the way of a search, with who called the task that it is in.
type stand struct {
	node  string
	stack []string
	path  []string
}

// far bounds a search: nodes that stand for no action are few in a row.
const far = 4096

// way finds the shortest way from where the call stands to a node, along the branch that it
// took and through nothing but what no step tells of: rounds of loops, ends of tasks.
func (w *walker) way(to string) (path, stack []string, ok bool) {
	todo := w.from(stand{node: w.cur, stack: w.stack}, w.branch)
	seen := map[string]bool{}
	for n := 0; len(todo) > 0 && n < far; n++ {
		at := todo[0]
		todo = todo[1:]
		if at.node == to {
			return at.path, at.stack, true
		}
		v, key := w.nodes[at.node], at.node+" "+strings.Join(at.stack, " ")
		if seen[key] || len(v.Acts) > 0 && v.Kind != Loop {
			continue
		}
		seen[key] = true
		todo = append(todo, w.from(at, "")...)
	}
	return nil, nil, false
}

// from are the places that a call can come to from a node, by the branch that it took.
func (w *walker) from(at stand, branch string) []stand {
	var out []stand
	add := func(e *Edge, stack []string) {
		out = append(out, stand{e.To, stack, append(slices.Clone(at.path), e.ID)})
	}
	if last := len(at.stack) - 1; w.nodes[at.node].back && last >= 0 { // to whoever called
		path := cmp.Or(branch, "default")
		for _, e := range w.chosen(at.stack[last], func(e *Edge) bool { return !e.call && e.takes(path) }, func(e *Edge) bool { return !e.call }) {
			add(e, at.stack[:last])
		}
		return out
	}
	for _, e := range w.chosen(at.node, func(e *Edge) bool { return branch != "" && e.takes(branch) }, func(*Edge) bool { return true }) {
		stack := at.stack
		if e.call {
			stack = append(slices.Clone(at.stack), at.node)
		}
		add(e, stack)
	}
	return out
}

// chosen are the edges of a node that fit, or, when none does, those that may.
func (w *walker) chosen(node string, fits, may func(*Edge) bool) []*Edge {
	var first, second []*Edge
	for _, e := range w.out[node] {
		if fits(e) {
			first = append(first, e)
		} else if may(e) {
			second = append(second, e)
		}
	}
	if len(first) > 0 {
		return first
	}
	return second
}

// last is where a call ended that no step tells of: the end of a task, a menu without a choice.
func (w *walker) last() (Hop, bool) {
	for _, s := range w.from(stand{node: w.cur, stack: w.stack}, w.branch) {
		if n := w.nodes[s.node]; n.Kind == Hang && len(n.Acts) == 0 && (w.branch == "" || len(w.out[w.cur]) == 1 || w.edge(s.path[0]).takes(w.branch)) {
			return Hop{Step: -1, Node: s.node, Edges: s.path}, true
		}
	}
	return Hop{}, false
}

func (w *walker) edge(id string) *Edge {
	i := slices.IndexFunc(w.g.Edges, func(e Edge) bool { return e.ID == id })
	return &w.g.Edges[i]
}

// takes reports whether a branch goes along an edge.
func (e *Edge) takes(branch string) bool {
	return strings.EqualFold(e.Branch, branch) || slices.ContainsFunc(e.Also, func(x string) bool { return strings.EqualFold(x, branch) })
}
