package picture

import (
	"fmt"
	"strings"
)

// Dot writes a graph in the language of Graphviz: a cluster for each lane, questions as
// hexagons, endings round. What is marked as on the way is bold, what nothing came to is dashed.
func Dot(g *Graph) []byte {
	x := newAtlas(g)
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %s {\n  label=%s\n", quoteDot(g.Title), quoteDot(g.Title))
	b.WriteString("  rankdir=TB\n  node [shape=box fontname=\"sans-serif\" fontsize=12 style=filled fillcolor=white color=\"#5a6472\"]\n")
	b.WriteString("  edge [fontname=\"sans-serif\" fontsize=11 color=\"#5a6472\"]\n")
	for lane := range len(g.Lanes) + 1 {
		in := "  "
		if lane < len(g.Lanes) {
			fmt.Fprintf(&b, "  subgraph cluster_%d {\n    label=%s\n", lane, quoteDot(numbered(g, lane)))
			in = "    "
		}
		for i := range g.Nodes {
			if n := &g.Nodes[i]; x.lane[i] == lane {
				fmt.Fprintf(&b, "%s%s [label=%s%s%s]\n", in, quoteDot(n.ID), quoteDot(plainText(n)...), dotShapes[n.Kind], dotMark(n.Mark, dotStyle(n.Kind)))
			}
		}
		if lane < len(g.Lanes) {
			b.WriteString("  }\n")
		}
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		if x.to[i] < 0 {
			continue
		}
		fmt.Fprintf(&b, "  %s -> %s [label=%s%s]\n", quoteDot(e.From), quoteDot(e.To), quoteDot(e.Label), dotMark(e.Mark, ""))
	}
	b.WriteString("}\n")
	return []byte(b.String())
}

// dotShapes are the attributes of kinds; the colours are those of a light page.
var dotShapes = map[Kind]string{
	Start:    ` shape=box style="filled,rounded" fillcolor="#1a1f27" fontcolor=white`,
	Question: ` shape=hexagon`,
	Ask:      ` peripheries=2`,
	Loop:     ` shape=cds`,
	Join:     ` shape=point`,
	Queue:    ` style="filled,rounded" fillcolor="#e2f3e8" color="#1c7442"`,
	Hand:     ` style="filled,rounded" fillcolor="#e2f3e8" color="#1c7442"`,
	Hang:     ` style="filled,rounded" fillcolor="#fce6e4" color="#b3261e"`,
	Fallback: ` style="filled,rounded" fillcolor="#fbf0d9" color="#8a5a00"`,
}

// dotStyle is what a kind's style begins with: a mark's style takes its place.
func dotStyle(k Kind) string {
	if k == Start || isEnd(k) {
		return "filled,rounded,"
	}
	return "filled,"
}

func dotMark(m Mark, style string) string {
	s := ""
	if w := markWords(m); w != "" {
		s = " tooltip=" + quoteDot(w)
	}
	switch {
	case m.New:
		return s + ` penwidth=3 color="#8a5a00"`
	case m.On:
		return s + ` penwidth=3 color="#1f5fd0"`
	case m.Off:
		return s + ` style="` + style + `dashed"`
	}
	return s
}

// plainText is what a node says, line by line, with the word for its kind of ending and its note.
func plainText(n *Node) []string {
	var out []string
	if tag := n.tag(); tag != "" {
		out = append(out, tag)
	}
	out = append(out, n.Text...)
	for i := range n.Rows {
		out = append(out, n.Rows[i].line())
	}
	if n.Note != "" {
		out = append(out, n.Note)
	}
	return out
}

// quoteDot is a quoted string of dot, its lines one below the other.
func quoteDot(lines ...string) string {
	var out []string
	for _, l := range lines {
		out = append(out, strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\x00", "").Replace(clean(l)))
	}
	return `"` + strings.Join(out, `\n`) + `"`
}
