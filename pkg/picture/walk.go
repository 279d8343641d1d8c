package picture

import "strings"

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

// takes reports whether a branch goes along an edge.
func (e *Edge) takes(branch string) bool {
	if strings.EqualFold(e.Branch, branch) {
		return true
	}
	for _, x := range e.Also {
		if strings.EqualFold(x, branch) {
			return true
		}
	}
	return false
}
