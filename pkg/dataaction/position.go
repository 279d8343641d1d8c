package dataaction

import (
	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/source"
)

// node is what stands at a pointer, or the nearest value around it and false.
func (d *Definition) node(pointer string) (*yaml.Node, bool) {
	if d.root == nil {
		return nil, false
	}
	return source.Find(d.root, pointer)
}

// given tells whether the file the definition was read from has a value at a pointer.
func (d *Definition) given(pointer string) bool {
	_, ok := d.node(pointer)
	return ok
}

// position is where the value at a pointer stands, or the nearest value around it.
func (d *Definition) position(pointer string) diag.Position {
	n, _ := d.node(pointer)
	return d.at(n)
}

func (d *Definition) at(n *yaml.Node) diag.Position {
	if d.text == nil { // made in Go
		return diag.Position{}
	}
	return d.text.At(n)
}

// inside is where a byte of the string at a pointer stands in the file, where escapes are
// longer.
func (d *Definition) inside(pointer string, offset int) diag.Position {
	n, ok := d.node(pointer)
	if !ok || n.ShortTag() != "!!str" {
		return d.at(n)
	}
	p, _ := d.text.Inside(n, min(max(offset, 0), len(n.Value)))
	return p
}

// within is the same for a line and column of the string.
func (d *Definition) within(pointer string, line, column int) diag.Position {
	n, ok := d.node(pointer)
	if !ok || line < 1 {
		return d.at(n)
	}
	return d.inside(pointer, source.Within(n.Value, line, column))
}
