package dataaction

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/diag"
)

// A Tree is a definition that a file of another form than an export holds. Its nodes are those
// of an export, or of the API's body; Places says where they stand in that file.
type Tree struct {
	Root *yaml.Node
	Places

	// Unknown are the pointers of values that only another program knows. What stands there,
	// or below, is a stand-in: nothing is said of it.
	Unknown map[string]bool
	// Partly are the pointers of templates that have a reference as a stand-in where something
	// is unknown. They are read, but what they give is not looked at.
	Partly map[string]bool
}

// Places says where nodes, and bytes of the text they hold, stand in the user's file. The
// second is false where only the place of the node is known. A source.Text does.
type Places interface {
	At(n *yaml.Node) diag.Position
	Inside(n *yaml.Node, offset int) (diag.Position, bool)
}

// ParseTree reads a definition as ParseExport does.
func ParseTree(t Tree) (*Definition, diag.Findings) {
	r := &reader{d: &Definition{text: t.Places, root: t.Root, unknown: t.Unknown, partly: t.Partly}}
	if t.Root.Kind != yaml.MappingNode {
		r.wrong("", "an object", t.Root)
		return nil, r.findings
	}
	r.definition(t.Root)
	return r.d, r.findings
}

// blank tells that nothing is known of the value at a pointer.
func (d *Definition) blank(pointer string) bool {
	for len(d.unknown) > 0 && pointer != "" {
		if d.unknown[pointer] {
			return true
		}
		pointer = pointer[:max(strings.LastIndexByte(pointer, '/'), 0)]
	}
	return false
}

// guessed tells that what a template gives depends on something unknown.
func (d *Definition) guessed(pointer string) bool { return d.partly[pointer] || d.blank(pointer) }

// lacks tells that something is unknown at or below one of the pointers.
func (d *Definition) lacks(pointers ...string) bool {
	for u := range d.unknown {
		for _, p := range pointers {
			if u == p || strings.HasPrefix(u, p+"/") {
				return true
			}
		}
	}
	return false
}
