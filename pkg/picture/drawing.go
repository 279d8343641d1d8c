package picture

// A Point is a place on the canvas, in pixels from its upper left corner.
type Point struct{ X, Y int }

// A Rect is a box on the canvas, in pixels.
type Rect struct{ X, Y, W, H int }

// A Drawing is a graph whose parts have places. Lay makes it.
type Drawing struct {
	Graph  *Graph
	W, H   int         // of the canvas, in pixels
	Lanes  []LanePlace // of Graph.Lanes, and of the one without a name that holds nodes of no lane
	Nodes  []NodePlace // of Graph.Nodes
	Edges  []EdgePlace // of Graph.Edges
	Frames []Frame     // around what a loop repeats
	box    int         // width of a box
}

// A LanePlace is where a lane is drawn.
type LanePlace struct {
	Rect           // all that belongs to it
	Head  Rect     // the box with its name; empty when it has none
	Text  []string // its number and name, wrapped
	Entry []Point  // the line from its head to its first node
	Lane  int      // index in Graph.Lanes; len(Graph.Lanes) without a name
}

// A NodePlace is where a node is drawn.
type NodePlace struct {
	Rect
	Ref   string      // letter by which chips name it; empty when no chip does
	Tag   string      // says what kind of ending it is; empty for others
	Text  []TextLine  // wrapped
	Note  []string    // wrapped
	Rows  []RowPlace  // of a card: those that have room
	Exits []ExitPlace // of a card: the choices on its ways out
}

// An ExitPlace is where it stands in a card after which choices a way leaves it; from the upper
// left corner of the card.
type ExitPlace struct {
	Rect
	To   string   // an arrow with the number of the task
	Text []string // wrapped
	Edge int      // index in Graph.Edges; -1 when it says how many have no room
}

// A RowPlace is where a row of a card is drawn; from the upper left corner of the card.
type RowPlace struct {
	Rect
	Text []string // wrapped
	Note []string // wrapped
	row  int      // index in Node.Rows; -1 when it says how many have no room
}

// A TextLine is one line of a node's text.
type TextLine struct {
	Text string
	Next bool // continues the line before
}

// An EdgePlace is where an edge is drawn: a line that ends at its node, or at a chip that
// names where the way goes on.
type EdgePlace struct {
	Points []Point
	Label  []string // wrapped
	At     Rect     // of the label
	Chip   Rect     // empty when the line ends at the node
	Text   []string // of the chip, wrapped
	Back   bool     // goes to where the call has been: the chip says so by its arrow
	Far    bool     // goes to another lane
	join   int      // edges that share a line have the same, from 1
	fan    int      // edges that leave by the same line have the same, from 1
}

// A Frame surrounds what a loop repeats.
type Frame struct {
	Rect
	Node int // index of the loop in Graph.Nodes
}

// Crossings counts where lines of two edges cross. Lines that part from one node or come
// together at one share a piece; that is no crossing.
func (d *Drawing) Crossings() int {
	type segment struct {
		a, b Point
		edge int
	}
	var across, down []segment
	for i, e := range d.Edges {
		for k := 1; k < len(e.Points); k++ {
			a, b := e.Points[k-1], e.Points[k]
			switch {
			case a.Y == b.Y && a.X != b.X:
				across = append(across, segment{Point{min(a.X, b.X), a.Y}, Point{max(a.X, b.X), a.Y}, i})
			case a.X == b.X && a.Y != b.Y:
				down = append(down, segment{Point{a.X, min(a.Y, b.Y)}, Point{a.X, max(a.Y, b.Y)}, i})
			}
		}
	}
	// Several edges on one line cross another line once.
	seen := map[Point]bool{}
	for _, h := range across {
		for _, v := range down {
			if h.edge == v.edge || h.a.X >= v.a.X || v.a.X >= h.b.X || v.a.Y >= h.a.Y || h.a.Y >= v.b.Y {
				continue
			}
			if d.together(h.edge, v.edge) {
				continue
			}
			seen[Point{v.a.X, h.a.Y}] = true
		}
	}
	return len(seen)
}

// together says whether two edges share a line at one of their ends.
func (d *Drawing) together(a, b int) bool {
	x, y := d.Edges[a], d.Edges[b]
	return x.join != 0 && x.join == y.join || x.fan != 0 && x.fan == y.fan
}

func (r Rect) right() int  { return r.X + r.W }
func (r Rect) bottom() int { return r.Y + r.H }
func (r Rect) empty() bool { return r.W == 0 && r.H == 0 }

// meets says whether two boxes have a point inside in common.
func (r Rect) meets(o Rect) bool {
	return r.X < o.right() && o.X < r.right() && r.Y < o.bottom() && o.Y < r.bottom()
}
