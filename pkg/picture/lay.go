package picture

import (
	"maps"
	"slices"
	"strconv"
)

// Sizes in pixels. A page is 1280 wide; less its margins, so is a picture at most where the
// graph allows it.
const (
	pageWidth = 1240
	margin    = 8  // around the lanes
	lanePad   = 12 // from the edge of a lane to what is in it
	laneGap   = 28 // from lane to lane

	boxPad      = 12 // from the edge of a box to its text
	pointPad    = 22 // the same where a box ends in points
	boxPadY     = 9
	textSize    = 13
	textHeight  = 17
	noteSize    = 12
	noteHeight  = 16
	textLines   = 6 // at most in a box
	oneText     = 3 // lines at most of one text
	noteLines   = 2
	chipWidth   = 168                                     // at most
	columnWidth = (pageWidth - 2*margin - columnsGap) / 2 // of a lane that shares the page with another
	columnsGap  = 16
	chipPad     = 10
	chipPadY    = 5
	headWidth   = 232 // at most
	headLeast   = 180
	dot         = 9

	track      = 9
	columnGap  = 26 // at least
	rowGap     = 26 // at least
	fromBox    = 16 // from a box to the first track
	underToBox = 11 // from a label beside a line that goes down to what it goes to
	toBox      = 16 // from the last track, or a label, to a box: an arrow's head and some line
	labelLines = 3
	mostTracks = 7 // in one gap; lines beyond end at chips
)

// Lay gives every part of a graph a place. The lanes come one below the other. In a lane the way
// that a reader follows goes straight down, other ways go to the right, and what comes together
// does so on the left again. A way to another lane, and one that leads back, ends at a chip that
// names where it goes on, so that no line crosses the picture; only the last way of a lane goes
// on into the next lane as a line. The cards of an overview stand in rows, and all ways are lines.
//
// Lay takes any graph: an edge to an unknown node has no place. Marks have no influence on
// places. It takes time in proportion to nodes and edges beyond patience ways in a lane: 2,000 nodes are laid
// out in less than a second.
func Lay(g *Graph) *Drawing {
	x := newAtlas(g)
	if g.glance {
		return glance(g, x)
	}
	var best *Drawing
	for _, box := range boxWidths {
		d := lay(g, x, box)
		if best == nil || d.W <= pageWidth && d.H < best.H {
			best = d
		}
		if len(g.Nodes) > patience {
			break
		}
	}
	return best
}

// boxWidths are the widths that boxes may have; all boxes of a picture have the same. A wider one
// is taken where it makes the picture lower, which it does by breaking fewer lines.
var boxWidths = [...]int{164, 200, 240}

func lay(g *Graph, x *atlas, box int) *Drawing {
	d := &Drawing{Graph: g, Nodes: make([]NodePlace, len(g.Nodes)), Edges: make([]EdgePlace, len(g.Edges)), box: box}
	for i := range d.Nodes {
		d.Nodes[i] = letterNode(&g.Nodes[i], box)
	}
	nodes := make([][]int, len(g.Lanes)+1)
	for i := range g.Nodes {
		nodes[x.lane[i]] = append(nodes[x.lane[i]], i)
	}
	var lanes []variants
	for lane := range nodes {
		if len(nodes[lane]) == 0 && lane == len(g.Lanes) {
			continue
		}
		v := variants{wide: d.piece(x, lane, nodes[lane], pageWidth-2*margin, true)}
		if len(g.Lanes) > 1 {
			v.narrow = d.piece(x, lane, nodes[lane], columnWidth, false)
		}
		lanes = append(lanes, v)
	}
	d.pack(x, lanes)
	return d
}

// variants are a lane as wide as the page, and, where it can be, as half of it.
type variants struct{ wide, narrow *piece }

// letterNode wraps the texts of a node, which gives its size.
func letterNode(n *Node, box int) NodePlace {
	var p NodePlace
	switch n.Kind {
	case Join:
		p.W, p.H = dot, dot
		return p
	case Card:
		return letterCard(n, box)
	}
	pad := boxPad
	switch n.Kind {
	case Question, Loop, Ask:
		pad = pointPad
	}
	for _, t := range n.Text {
		for i, l := range wrap(t, textSize, box-2*pad, oneText) {
			p.Text = append(p.Text, TextLine{l, i > 0})
		}
	}
	if len(p.Text) > textLines {
		p.Text = p.Text[:textLines]
		last := &p.Text[textLines-1]
		last.Text = shorten(last.Text, textSize, box-2*pad)
	}
	p.Note = wrap(n.Note, noteSize, box-2*pad, noteLines)
	p.Tag = n.tag()
	p.W = box
	p.H = 2*boxPadY + textHeight*max(1, len(p.Text)) + noteHeight*len(p.Note)
	if p.Tag != "" {
		p.H += noteHeight
	}
	return p
}

// tag is the word for an ending; empty for what is none.
func (n *Node) tag() string {
	if n.Kind == Hang && n.flow {
		return "Ends"
	}
	return tags[n.Kind]
}

// tags are the words that say how a call ends, so that no ending is known by its colour alone.
var tags = map[Kind]string{Queue: "Queue", Hand: "Transfer", Hang: "Call ends", Fallback: "Fallback"}

// A piece is a lane with places of its own, counted from its upper left corner.
type piece struct {
	p      *plot
	lane   int
	head   []string
	w, h   int
	headH  int
	headW  int
	spine  int // x of the first column's axis
	place  map[*item]Rect
	lines  map[*wire][]Point
	label  map[*wire]Rect
	texts  map[*wire][]string
	frames []Frame
	on     *wire // goes on into the lane below
	at     Point // where it stands on the canvas
}

// A fit is the room that a lane has.
type fit struct {
	box     int // width of a box
	columns int // of boxes; chips may stand beyond
	label   int // of a label that stands above its line
	chip    int
	beyond  int // columns for chips beyond the boxes
}

// fits are the ways to use a number of columns, the ones that are read most easily
// first: long labels on few lines, then narrower ones, then chips below boxes. The last one is
// the narrowest.
func fits(box, columns, items int) []fit {
	var out []fit
	for _, f := range []fit{
		{label: 300, chip: chipWidth, beyond: 1}, {label: 200, chip: chipWidth, beyond: 1}, {label: 124, chip: chipWidth, beyond: 1},
		{label: 124, chip: 124, beyond: 1}, {label: 88, chip: 116, beyond: 1}, {label: 124, chip: chipWidth}, {label: 88, chip: 124},
	} {
		if items > patience && f.label != 124 {
			continue
		}
		f.columns, f.box = columns, box
		out = append(out, f)
	}
	return out
}

// piece lays a lane out in a width. Where it cannot, it gives the narrowest it found, or, when
// nothing may be cut off, nil.
func (d *Drawing) piece(x *atlas, lane int, nodes []int, width int, cut bool) *piece {
	back := chips{}
	x.backEdges(lane, nodes, back)
	var best *piece
	for columns := max(2, (width-2*lanePad)/(d.box+columnGap)); columns >= 2; columns-- {
		all := fits(d.box, columns, len(nodes))
		for i, f := range all {
			pc := d.try(x, lane, nodes, f, maps.Clone(back), cut)
			if pc == nil {
				return nil // with fewer columns even more would have to be cut
			}
			if best == nil || pc.w < best.w {
				best = pc
			}
			if pc.w <= width {
				return pc
			}
			if i == 0 { // is there any sense in what lies between this and the narrowest?
				last := d.try(x, lane, nodes, all[len(all)-1], maps.Clone(back), cut)
				if last == nil || last.w > width {
					break
				}
			}
		}
	}
	if !cut {
		return nil
	}
	return best
}

// mostTries bounds how often a lane is laid out again because something was cut off.
const mostTries = 40

// try lays a lane out, with chips for what is too deep, and instead of lines where too many
// would run side by side.
func (d *Drawing) try(x *atlas, lane int, nodes []int, f fit, found chips, cut bool) *piece {
	for tries := 0; ; tries++ {
		p := newPlot(d.Graph, x, lane, nodes, f, found, func(it *item, refs map[int]string) { d.size(x, f, found, it, refs) })
		p.place()
		if len(p.deep) > 0 && !cut {
			return nil
		}
		if tries < mostTries && p.cut(found) {
			continue
		}
		r := p.route()
		across, down := r.tracks(false, p.rows), r.tracks(true, p.cols)
		if tries < mostTries && p.thin(found, across, down) {
			continue
		}
		return d.measure(p, across, down)
	}
}

// size gives an item its width and height.
func (d *Drawing) size(x *atlas, f fit, found chips, it *item, refs map[int]string) {
	switch {
	case it.node >= 0:
		it.w, it.h = d.Nodes[it.node].W, d.Nodes[it.node].H
	case it.chip:
		text := d.chipText(x, found, it.edge)
		if ref := refs[x.to[it.edge]]; found[it.edge] == chipLong {
			text = ref + " · " + text
		}
		it.text = wrap(text, noteSize, f.chip-2*chipPad-arrowRoom, 2)
		it.w, it.h = widest(it.text, noteSize, false)+2*chipPad+arrowRoom, noteHeight*len(it.text)+2*chipPadY
	}
}

// arrowRoom is what the arrow in a chip takes of its width.
const arrowRoom = 18

// chipText names where the way of an edge goes on: a lane when it is its first node.
func (d *Drawing) chipText(x *atlas, found chips, edge int) string {
	to := x.to[edge]
	lane := x.lane[to]
	name := ""
	if lane < len(d.Graph.Lanes) {
		name = numbered(d.Graph, lane)
	}
	if found[edge] == chipFar && x.entry[lane] == to && name != "" {
		return name
	}
	n := d.Graph.Nodes[to]
	text := n.ID
	if len(n.Text) > 0 {
		text = n.Text[0]
	}
	if found[edge] == chipFar && name != "" {
		return name + ": " + text
	}
	return text
}

// numbered is a lane's name with its number where there are several.
func numbered(g *Graph, lane int) string {
	if len(g.Lanes) == 1 {
		return g.Lanes[lane].Name
	}
	return strconv.Itoa(lane+1) + "  " + g.Lanes[lane].Name
}

// cut ends the ways to boxes beyond the last column at chips, and says whether there were any.
// What hangs below such a box becomes a part of its own, at the end of the lane, and ways from
// there to other parts end at chips as well.
func (p *plot) cut(found chips) bool {
	cut := false
	for _, deep := range p.deep {
		if deep.above == nil || slices.ContainsFunc(p.deep, func(o *item) bool { return o != deep && deep.below(o) }) {
			continue
		}
		cut = true
		for _, w := range p.ways {
			if w.from.node >= 0 && (w.to == deep || w.from.below(deep) && !w.to.below(deep)) {
				if found[w.edge] == 0 {
					found[w.edge] = chipLong
				}
			}
		}
	}
	return cut
}

// thin ends the longest lines at chips where more run side by side than can be told apart, and
// says whether it did.
func (p *plot) thin(found chips, all ...[][]*bundle) bool {
	thinned := false
	for i, gaps := range all {
		for k, g := range gaps {
			wide := slices.ContainsFunc(g, func(b *bundle) bool { return b.track >= mostTracks })
			if !wide {
				continue
			}
			g = slices.Clone(g)
			slices.SortStableFunc(g, func(a, b *bundle) int { return (b.hi - b.lo) - (a.hi - a.lo) })
			long := map[int]bool{}
			for _, b := range g[:len(g)/2] {
				long[b.net] = true
			}
			for _, w := range p.ways {
				if w.fan || found[w.edge] != 0 {
					continue
				}
				for n := 1; n < len(w.points); n++ {
					if c, _, _ := along(w.points, n, i == 1); c.kind == gap && c.at == k-1 && long[c.net] {
						found[w.edge], thinned = chipLong, true
					}
				}
			}
		}
	}
	return thinned
}
