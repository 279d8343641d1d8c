package picture

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Mermaid writes a graph as a Mermaid flowchart: a subgraph for each lane, questions as
// hexagons, endings round. Nodes are numbered in the order of the graph, because not every ID
// can be one there.
func Mermaid(g *Graph) []byte {
	x := newAtlas(g)
	var b strings.Builder
	b.WriteString("flowchart TD\n")
	if g.Title != "" {
		fmt.Fprintf(&b, "  accTitle: %s\n", plainMermaid(g.Title))
	}
	if g.About != "" {
		fmt.Fprintf(&b, "  accDescr: %s\n", plainMermaid(g.About))
	}
	for lane := range len(g.Lanes) + 1 {
		in := "  "
		if lane < len(g.Lanes) {
			fmt.Fprintf(&b, "  subgraph l%d[%s]\n", lane, quoteMermaid(numbered(g, lane)))
			in = "    "
		}
		for i := range g.Nodes {
			if x.lane[i] == lane {
				b.WriteString(in + mermaidNode(i, &g.Nodes[i]) + "\n")
			}
		}
		if lane < len(g.Lanes) {
			b.WriteString("  end\n")
		}
	}
	var on, off, changed []string
	count := 0
	for i := range g.Edges {
		if x.to[i] < 0 {
			continue
		}
		label := ""
		if g.Edges[i].Label != "" {
			label = "|" + quoteMermaid(g.Edges[i].Label) + "|"
		}
		fmt.Fprintf(&b, "  n%d -->%s n%d\n", x.from[i], label, x.to[i])
		switch m := g.Edges[i].Mark; {
		case m.New:
			changed = append(changed, strconv.Itoa(count))
		case m.On:
			on = append(on, strconv.Itoa(count))
		case m.Off:
			off = append(off, strconv.Itoa(count))
		}
		count++
	}
	b.WriteString(mermaidClasses(g))
	for _, l := range []struct {
		links []string
		style string
	}{{on, "stroke:#1f5fd0,stroke-width:3px"}, {off, "stroke-dasharray:4"}, {changed, "stroke:#8a5a00,stroke-width:3px"}} {
		if len(l.links) > 0 {
			fmt.Fprintf(&b, "  linkStyle %s %s\n", strings.Join(l.links, ","), l.style)
		}
	}
	return []byte(b.String())
}

// mermaidShapes are what stands around the text of kinds.
var mermaidShapes = map[Kind][2]string{
	Start: {"([", "])"}, Question: {"{{", "}}"}, Ask: {"[[", "]]"}, Loop: {"[/", `\]`}, Join: {"((", "))"},
	Queue: {"([", "])"}, Hand: {"([", "])"}, Hang: {"([", "])"}, Fallback: {"([", "])"},
}

func mermaidNode(i int, n *Node) string {
	shape, ok := mermaidShapes[n.Kind]
	if !ok {
		shape = [2]string{"[", "]"}
	}
	text := plainText(n)
	if n.Kind == Join {
		text = nil
	}
	return "n" + strconv.Itoa(i) + shape[0] + quoteMermaid(text...) + shape[1]
}

// mermaidClasses give endings and marks their looks; the colours are those of a light page.
func mermaidClasses(g *Graph) string {
	members := map[string][]string{}
	for i := range g.Nodes {
		n := &g.Nodes[i]
		id := "n" + strconv.Itoa(i)
		class := map[Kind]string{Queue: "good", Hand: "good", Hang: "bad", Fallback: "warn"}[n.Kind]
		if class != "" {
			members[class] = append(members[class], id)
		}
		switch {
		case n.Mark.New:
			members["changed"] = append(members["changed"], id)
		case n.Mark.On:
			members["on"] = append(members["on"], id)
		case n.Mark.Off:
			members["off"] = append(members["off"], id)
		}
	}
	s := ""
	for _, c := range [][2]string{
		{"good", "fill:#e2f3e8,stroke:#1c7442,color:#1a1f27"},
		{"bad", "fill:#fce6e4,stroke:#b3261e,color:#1a1f27"},
		{"warn", "fill:#fbf0d9,stroke:#8a5a00,color:#1a1f27"},
		{"on", "stroke:#1f5fd0,stroke-width:3px"},
		{"off", "stroke-dasharray:4"},
		{"changed", "stroke:#8a5a00,stroke-width:3px"},
	} {
		if len(members[c[0]]) > 0 {
			s += fmt.Sprintf("  classDef %s %s\n  class %s %s\n", c[0], c[1], strings.Join(members[c[0]], ","), c[0])
		}
	}
	return s
}

// quoteMermaid is a quoted text of Mermaid. Letters, digits, spaces and some harmless signs
// stay; everything else is written by its number, because Mermaid reads directives, entities,
// markdown and HTML within texts too.
func quoteMermaid(lines ...string) string {
	var out []string
	for _, l := range lines {
		var b strings.Builder
		for _, r := range clean(l) {
			if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune(" ,?!/:=", r) {
				b.WriteRune(r)
			} else {
				fmt.Fprintf(&b, "#%d;", r)
			}
		}
		out = append(out, b.String())
	}
	text := strings.Join(out, "<br/>")
	if text == "" {
		text = " " // a text must not be empty
	}
	return `"` + text + `"`
}

// plainMermaid is a text for a place where Mermaid has no quotes: what could be syntax is a space.
func plainMermaid(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune(" ,.?!/:-", r) {
			return r
		}
		return ' '
	}, clean(s))), " ")
}
