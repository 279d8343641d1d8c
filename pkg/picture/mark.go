package picture

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/words"
)

// Clone is the same picture with marks of its own.
func (g *Graph) Clone() *Graph {
	c := *g
	c.Nodes, c.Edges = slices.Clone(g.Nodes), slices.Clone(g.Edges)
	return &c
}

// node is the node of an ID; it has to be there.
func (g *Graph) node(id string) *Node {
	i := slices.IndexFunc(g.Nodes, func(n Node) bool { return n.ID == id })
	return &g.Nodes[i]
}

// Call gives the picture with the way of one call through it: where it came, the number of
// the step at which it first came there, how often, and how long it was there.
func (g *Graph) Call(steps []interp.Step) *Graph {
	c := g.Clone()
	m := c.index()
	for _, h := range g.Walk(steps) {
		n := m.nodes[h.Node]
		if h.Step >= 0 {
			n.Mark.Wait += steps[h.Step].Elapsed
		}
		if n.Mark.On && len(h.Edges) == 0 && !h.Far {
			continue
		}
		n.Mark.come(h.Step + 1)
		for i, id := range h.Edges {
			e := m.edges[id]
			e.Mark.come(h.Step + 1)
			if i < len(h.Edges)-1 { // a place that no step tells of
				m.nodes[e.To].Mark.come(h.Step + 1)
			}
		}
	}
	return c
}

func (m *Mark) come(step int) {
	m.On = true
	m.Times++
	if m.First == 0 {
		m.First = step
	}
}

type index struct {
	nodes map[string]*Node
	edges map[string]*Edge
}

func (g *Graph) index() index {
	m := index{map[string]*Node{}, map[string]*Edge{}}
	for i := range g.Nodes {
		m.nodes[g.Nodes[i].ID] = &g.Nodes[i]
	}
	for i := range g.Edges {
		m.edges[g.Edges[i].ID] = &g.Edges[i]
	}
	return m
}

// Wrong says at the last place of a call what is wrong with it, such as the property of a
// proof that it breaks.
func (g *Graph) Wrong(steps []interp.Step, what string) *Graph {
	c := g.Call(steps)
	hops := c.Walk(steps)
	if len(hops) > 0 {
		c.node(hops[len(hops)-1].Node).Mark.Note = what
	}
	return c
}

// A Cover counts what many calls reach of a picture.
type Cover struct {
	g     *Graph
	nodes map[string]int
	edges map[string]int
	taken map[string]map[string]bool // branches of edges that several share
}

// Cover begins with nothing.
func (g *Graph) Cover() *Cover {
	return &Cover{g: g, nodes: map[string]int{}, edges: map[string]int{}, taken: map[string]map[string]bool{}}
}

// Add counts a call. One of several legs, which is transferred back into the flow, is one call.
func (c *Cover) Add(legs ...[]interp.Step) {
	n := c.call()
	for _, steps := range legs {
		n.walk(steps)
	}
	n.count()
}

// Count counts a call whose way is marked already, in a picture for each leg.
func (c *Cover) Count(legs ...*Graph) {
	n := c.call()
	for _, marked := range legs {
		n.see(marked)
	}
	n.count()
}

// A countedCall is one on its way into a Cover: where it came, however often.
type countedCall struct {
	c            *Cover
	nodes, edges map[string]bool
}

func (c *Cover) call() countedCall {
	return countedCall{c, map[string]bool{}, map[string]bool{}}
}

func (n countedCall) walk(steps []interp.Step) {
	branch, from := "", n.c.g.index()
	for _, h := range n.c.g.Walk(steps) {
		n.nodes[h.Node] = true
		for _, id := range h.Edges {
			e := from.edges[id]
			n.nodes[e.From], n.nodes[e.To] = true, true
			n.take(id, branch)
		}
		if h.Step >= 0 && (len(h.Edges) > 0 || steps[h.Step].Branch != "") {
			branch = steps[h.Step].Branch
		}
	}
}

func (n countedCall) see(marked *Graph) {
	for i := range marked.Nodes {
		if x := &marked.Nodes[i]; x.Mark.On {
			n.nodes[x.ID] = true
		}
	}
	for i := range marked.Edges {
		if e := &marked.Edges[i]; e.Mark.On {
			n.take(e.ID, e.Branch)
		}
	}
}

// take notes a way, and which of the branches that share it was taken.
func (n countedCall) take(edge, branch string) {
	n.edges[edge] = true
	if n.c.taken[edge] == nil {
		n.c.taken[edge] = map[string]bool{}
	}
	n.c.taken[edge][strings.ToLower(branch)] = true
}

func (n countedCall) count() {
	for id := range n.nodes {
		n.c.nodes[id]++
	}
	for id := range n.edges {
		n.c.edges[id]++
	}
}

// Reached gives the picture with the number of calls that came to each place.
func (c *Cover) Reached() *Graph {
	g := c.g.Clone()
	for i := range g.Nodes {
		n := &g.Nodes[i]
		if k := c.nodes[n.ID]; k > 0 {
			n.Mark = Mark{On: true, Times: k, Note: words.Count(k, "call", "calls")}
		}
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		e.Mark = Mark{On: c.edges[e.ID] > 0, Times: c.edges[e.ID]}
	}
	return g
}

// Graph is Reached with Off where no call came. Of branches that share an edge those that no
// call took are named.
func (c *Cover) Graph() *Graph {
	g := c.Reached()
	for i := range g.Nodes {
		n := &g.Nodes[i]
		n.Mark.Off = !n.Mark.On
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		if e.Mark.Off = !e.Mark.On; e.Mark.Off || len(e.Also) == 0 {
			continue
		}
		var left []string
		for _, b := range append([]string{e.Branch}, e.Also...) {
			if !c.taken[e.ID][strings.ToLower(b)] {
				left = append(left, branchLabel(b))
			}
		}
		if len(left) > 0 {
			e.Mark.Note = "without " + strings.Join(left, ", ")
		}
	}
	return g
}

// Reach is how many boxes calls came to, of how many.
func (c *Cover) Reach() (reached, all int) {
	return len(c.nodes), len(c.g.Nodes)
}

// Moved gives the marked picture now with New wherever the call went now and not before, or
// the other way round. The texts of the two flows may differ: boxes are the same when lane,
// kind and actions are.
func Moved(before, now *Graph) *Graph {
	g := now.Clone()
	was := map[string]bool{}
	for key, n := range keys(before) {
		was[key] = n.Mark.On
	}
	names := map[string]string{}
	for key, n := range keys(g) {
		names[n.ID] = key
		n.Mark.New = n.Mark.On != was[key]
	}
	edges := map[string]bool{}
	old := map[string]string{}
	for key, n := range keys(before) {
		old[n.ID] = key
	}
	for i := range before.Edges {
		e := &before.Edges[i]
		edges[old[e.From]+"\x00"+e.Branch+"\x00"+old[e.To]] = e.Mark.On
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		e.Mark.New = e.Mark.On != edges[names[e.From]+"\x00"+e.Branch+"\x00"+names[e.To]]
	}
	return g
}

// keys name the boxes of a graph so that those of another text can be found.
func keys(g *Graph) map[string]*Node {
	out := map[string]*Node{}
	for i := range g.Nodes {
		n := &g.Nodes[i]
		lane := ""
		if n.Lane < len(g.Lanes) {
			lane = g.Lanes[n.Lane].Name
		}
		key := fmt.Sprintf("%s\x00%s\x00%s", lane, n.Kind, strings.Join(n.Text, "\x00"))
		for _, a := range n.Acts {
			key += "\x00" + a.Type + "\x00" + a.Name
		}
		for base, k := key, 2; out[key] != nil; k++ {
			key = fmt.Sprintf("%s\x00%d", base, k)
		}
		out[key] = n
	}
	return out
}

// Longest names the box where a call waited longest, and for how long; empty without a wait.
func (g *Graph) Longest() (string, time.Duration) {
	var at *Node
	for i := range g.Nodes {
		if n := &g.Nodes[i]; n.Mark.Wait > 0 && (at == nil || n.Mark.Wait > at.Mark.Wait) {
			at = n
		}
	}
	if at == nil {
		return "", 0
	}
	return cmp.Or(strings.Join(at.Text, ", "), at.Note), at.Mark.Wait
}
