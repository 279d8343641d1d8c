package picture

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Outline is the picture as lines of text, for a terminal and for whoever reads with the ears:
// a heading for each lane, a line for each box with what it is, what it says, and where it
// leads.
func Outline(g *Graph) []string {
	out := []string{g.Title}
	if g.About != "" {
		out = append(out, g.About)
	}
	if g.glance {
		return append(out, g.cards()...)
	}
	number := map[string]int{}
	for _, l := range order(g) {
		for _, n := range l {
			number[n.ID] = len(number) + 1
		}
	}
	m := g.index()
	ways := map[string][]*Edge{}
	for i := range g.Edges {
		ways[g.Edges[i].From] = append(ways[g.Edges[i].From], &g.Edges[i])
	}
	for i, l := range order(g) {
		if len(l) == 0 {
			continue
		}
		out = append(out, "", g.Lanes[i].Name)
		for _, n := range l {
			says := saying(n)
			line := fmt.Sprintf("%s %3d  %-9s %s", tick(n.Mark), number[n.ID], n.Kind, says)
			if s := markWords(n.Mark); s != "" {
				line += "  [" + s + "]"
			}
			out = append(out, line)
			for _, e := range ways[n.ID] {
				to := fmt.Sprintf("%d", number[e.To])
				if t := m.nodes[e.To]; t.Lane != n.Lane {
					to += " (" + g.Lanes[t.Lane].Name + ")"
				}
				label := e.Label
				if label == "" {
					label = "then"
				}
				if len(ways[n.ID]) == 1 && e.Label == "" && number[e.To] == number[n.ID]+1 {
					continue // the next line
				}
				out = append(out, fmt.Sprintf("%s      %-9s   %s → %s", tick(e.Mark), "", label, to))
			}
		}
	}
	return out
}

// cards are the lines of an overview: one for each card, below it what it asks, how calls end in it
// and where they go on.
func (g *Graph) cards() []string {
	var out []string
	ways, m := map[string][]*Edge{}, g.index()
	for i := range g.Edges {
		ways[g.Edges[i].From] = append(ways[g.Edges[i].From], &g.Edges[i])
	}
	for i := range g.Nodes {
		n := &g.Nodes[i]
		line := tick(n.Mark) + " " + saying(n)
		if s := n.markWords(); s != "" {
			line += "  [" + s + "]"
		}
		out = append(out, "", line)
		for k := range n.Rows {
			out = append(out, fmt.Sprintf("%s      %s", tick(n.Rows[k].Mark), n.Rows[k].line()))
		}
		for _, e := range ways[n.ID] {
			line := tick(e.Mark) + "      " + strings.TrimSpace(e.Label+" → "+strings.Join(m.nodes[e.To].Text, " "))
			if e.Mark.Note != "" {
				line += "  [" + e.Mark.Note + "]"
			}
			out = append(out, line)
		}
	}
	return out
}

// order gives the nodes of each lane in the order of the text.
func order(g *Graph) [][]*Node {
	out := make([][]*Node, len(g.Lanes))
	for i := range g.Nodes {
		n := &g.Nodes[i]
		if n.Kind == Start { // it stands in the text nowhere, and before all
			out[n.Lane] = append([]*Node{n}, out[n.Lane]...)
			continue
		}
		out[n.Lane] = append(out[n.Lane], n)
	}
	return out
}

func saying(n *Node) string {
	s := strings.Join(n.Text, "; ")
	if s == "" {
		s = "ways come together"
	}
	if n.Note != "" {
		s += " (" + n.Note + ")"
	}
	if utf8.RuneCountInString(s) > 160 {
		s = cut(s, 160)
	}
	return s
}

// tick begins the line of what a mark stands at.
func tick(m Mark) string {
	switch {
	case m.New:
		return "*"
	case m.On:
		return ">"
	case m.Off:
		return "-"
	}
	return " "
}
