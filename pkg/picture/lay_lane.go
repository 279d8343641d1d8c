package picture

import "slices"

// An item is what stands in a cell of a lane: a node, a chip at which an edge ends, or the place
// where an edge passes with its label (an elbow).
type item struct {
	node, edge int // index in the graph; -1
	chip       bool
	text       []string // of a chip, wrapped
	w, h       int
	row, col   int
	side       bool // is entered from the left
	above      *item
	heads      []*item // what only this item leads to, in the order of its edges
	joins      []*item // where ways that part here come together again, in the order of a call
	out        []*wire
	ins        int // ways that end here
	order      int // topological
	size       int // of the items that can only be reached through it
	good       bool
	shift      int // of its axis, in pixels, where lines come in from above
}

// A wire is a line from one item to another.
type wire struct {
	from, to *item
	edge     int
	points   []spot
	bottom   bool // leaves through the bottom
	fan      bool // leaves to the right, to an item that stands there
}

// A plot is one lane on its way to places.
type plot struct {
	g          *Graph
	lane       int
	items      []*item // nodes in the order of the text, then chips, then elbows
	ways       []*wire
	roots      []*item
	after      string          // ID of the first node of the lane that follows; empty without
	back       map[int][]*item // chips that lead back to a node, by its index
	fit        fit
	chips      chips
	refs       map[int]string // letters of the nodes that chips lead to over a long way
	deep       []*item        // boxes that would stand beyond the last column
	rows, cols int
	cells      map[[2]int]*item
}

// chips says which edges end at a chip, and which kind of chip.
type chips map[int]chipKind

type chipKind int

const (
	chipFar  chipKind = iota + 1 // to another lane
	chipBack                     // to where the call has been
	chipLong                     // to a node that is too far away for a line
)

// An atlas knows where the parts of a graph are.
type atlas struct {
	lane  []int // of nodes
	entry []int // of lanes: index of the first node; -1
	node  map[string]int
	out   [][]int // edges that leave a node, in order
	to    []int   // of edges: index of a node; -1 when one of its ends is unknown
	from  []int
}

// lanes is how many there are with the one for nodes of no lane, which is the last.
func newAtlas(g *Graph) *atlas {
	x := &atlas{node: map[string]int{}, lane: make([]int, len(g.Nodes)), entry: make([]int, len(g.Lanes)+1), out: make([][]int, len(g.Nodes))}
	for i := range x.entry {
		x.entry[i] = -1
	}
	for i, n := range g.Nodes {
		l := n.Lane
		if l < 0 || l >= len(g.Lanes) {
			l = len(g.Lanes)
		}
		x.lane[i] = l
		if x.entry[l] < 0 {
			x.entry[l] = i
		}
		if _, known := x.node[n.ID]; !known {
			x.node[n.ID] = i
		}
	}
	for i, e := range g.Edges {
		from, a := x.node[e.From]
		to, b := x.node[e.To]
		if !a || !b {
			from, to = -1, -1
		} else {
			x.out[from] = append(x.out[from], i)
		}
		x.from, x.to = append(x.from, from), append(x.to, to)
	}
	return x
}

// backEdges finds, in one lane, the edges that lead to where a call has been: those that a walk
// in the order of the text finds leading to a node on its own way.
func (x *atlas) backEdges(lane int, nodes []int, found chips) {
	const inside, done = 1, 2
	state := map[int]int{}
	type frame struct{ node, next int }
	for _, root := range nodes {
		if state[root] != 0 {
			continue
		}
		stack := []frame{{root, 0}}
		state[root] = inside
		for len(stack) > 0 {
			f := &stack[len(stack)-1]
			if f.next == len(x.out[f.node]) {
				state[f.node] = done
				stack = stack[:len(stack)-1]
				continue
			}
			e := x.out[f.node][f.next]
			f.next++
			to := x.to[e]
			switch {
			case x.lane[to] != lane:
				found[e] = chipFar
			case state[to] == inside:
				found[e] = chipBack
			case state[to] == 0:
				state[to] = inside
				stack = append(stack, frame{to, 0})
			}
		}
	}
}

// newPlot makes items and ways of a lane. Edges in chips end at one.
func newPlot(g *Graph, x *atlas, lane int, nodes []int, room fit, found chips, size func(*item, map[int]string)) *plot {
	p := &plot{g: g, lane: lane, fit: room, chips: found, cells: map[[2]int]*item{}, back: map[int][]*item{}}
	if lane+1 < len(g.Lanes) && x.entry[lane+1] >= 0 {
		p.after = g.Nodes[x.entry[lane+1]].ID
	}
	of := map[int]*item{}
	for _, i := range nodes {
		it := &item{node: i, edge: -1}
		of[i] = it
		p.items = append(p.items, it)
	}
	for _, from := range slices.Clone(p.items) {
		for _, e := range x.out[from.node] {
			var to *item
			if found[e] != 0 {
				to = &item{node: -1, edge: e, chip: true}
				p.items = append(p.items, to)
				if found[e] == chipBack {
					p.back[x.to[e]] = append(p.back[x.to[e]], to)
				}
			} else {
				to = of[x.to[e]]
			}
			w := &wire{from: from, to: to, edge: e}
			from.out = append(from.out, w)
			to.ins++
			p.ways = append(p.ways, w)
		}
	}
	p.refer(x)
	for _, it := range p.items {
		size(it, p.refs)
	}
	p.sort()
	p.dominate()
	p.weigh()
	return p
}

// refer gives letters to the nodes of the lane that chips lead to over a long way: the name alone
// may be that of several.
func (p *plot) refer(x *atlas) {
	p.refs = map[int]string{}
	for _, it := range p.items {
		if it.chip && p.chips[it.edge] == chipLong {
			p.refs[x.to[it.edge]] = ""
		}
	}
	n := 0
	for _, it := range p.items {
		if _, ok := p.refs[it.node]; ok && it.node >= 0 {
			p.refs[it.node] = column(n)
			n++
		}
	}
}

// column counts A, B, …, Z, AA, as columns of a sheet do.
func column(n int) string {
	s := ""
	for n++; n > 0; n = (n - 1) / 26 {
		s = string(rune('A'+(n-1)%26)) + s
	}
	return s
}

// sort numbers the items so that every way leads to a greater number: what is met first, first.
func (p *plot) sort() {
	next := len(p.items)
	type frame struct {
		it   *item
		left int
	}
	visited := map[*item]bool{}
	// From the end, so that the numbers come out in the order of the text.
	for i := len(p.items) - 1; i >= 0; i-- {
		if p.items[i].ins > 0 || visited[p.items[i]] {
			continue
		}
		visited[p.items[i]] = true
		stack := []frame{{p.items[i], len(p.items[i].out)}}
		for len(stack) > 0 {
			f := &stack[len(stack)-1]
			if f.left == 0 {
				next--
				f.it.order = next
				stack = stack[:len(stack)-1]
				continue
			}
			f.left--
			if to := f.it.out[f.left].to; !visited[to] {
				visited[to] = true
				stack = append(stack, frame{to, len(to.out)})
			}
		}
	}
	slices.SortStableFunc(p.items, func(a, b *item) int { return a.order - b.order })
}

// dominate finds for every item the one above it: the last that every way to it goes through.
// What only one way leads to is its head, what several lead to is a join.
func (p *plot) dominate() {
	ways := map[*item][]*item{}
	for _, w := range p.ways {
		ways[w.to] = append(ways[w.to], w.from)
	}
	depth := map[*item]int{}
	for _, it := range p.items { // in topological order: all before it are known
		ins := ways[it]
		if len(ins) == 0 {
			p.roots = append(p.roots, it)
			continue
		}
		above := ins[0]
		for _, o := range ins[1:] {
			for above != o {
				switch {
				case above == nil || o == nil:
					above, o = nil, nil
				case depth[above] >= depth[o]:
					above = above.above
				default:
					o = o.above
				}
			}
		}
		if above == nil {
			p.roots = append(p.roots, it)
			continue
		}
		it.above, depth[it] = above, depth[above]+1
		if it.ins > 1 {
			above.joins = append(above.joins, it)
		}
	}
	for _, it := range p.items {
		for _, w := range it.out {
			if w.to.ins == 1 && w.to.above == it {
				it.heads = append(it.heads, w.to)
			}
		}
	}
}

// weigh finds how much hangs below each item, and whether a call ends well there.
func (p *plot) weigh() {
	for i := len(p.items) - 1; i >= 0; i-- {
		it := p.items[i]
		it.size++
		if it.node >= 0 {
			switch p.g.Nodes[it.node].Kind {
			case Queue, Hand, Hang:
				it.good = true
			}
		}
		if it.chip && p.next(it) {
			it.good = true
		}
		if it.above != nil {
			it.above.size += it.size
			it.above.good = it.above.good || it.good
		}
	}
}

// next says whether a chip leads to the beginning of the lane that follows.
func (p *plot) next(it *item) bool {
	return p.chips[it.edge] == chipFar && p.after != "" && p.g.Edges[it.edge].To == p.after
}

// place gives every item its row and column.
func (p *plot) place() {
	row := 0
	for _, r := range p.roots {
		row = p.block(r, row, 0)
	}
	for _, it := range p.items {
		p.rows, p.cols = max(p.rows, it.row+1), max(p.cols, it.col+1)
	}
}

// block places an item and all that hangs below it, and gives the first row below all of it.
func (p *plot) block(it *item, row, col int) int {
	it.row, it.col = row, col
	p.cells[[2]int{row, col}] = it
	if col >= p.fit.columns && it.node >= 0 {
		p.deep = append(p.deep, it)
	}
	down, right := p.split(it)
	end := row + 1
	at := row
	for _, h := range right {
		h.side = true
		at = p.block(h, at, col+1)
		end = max(end, at)
	}
	if down != nil {
		if len(down.out) < 2 && len(down.heads) == 0 && len(down.joins) == 0 && len(right) > 0 && len(it.joins) > 0 {
			end = max(end, p.block(down, row+1, col)) // beside what stands on the right
		} else {
			end = p.block(down, end, col)
		}
	}
	for _, j := range it.joins {
		end = p.block(j, end, col)
	}
	return end
}

// split says which of an item's heads goes on below it and which stand on its right, and turns
// ways that can do neither into elbows.
func (p *plot) split(it *item) (down *item, right []*item) {
	heads := it.heads
	var direct []*wire // to a join
	for _, w := range it.out {
		if !slices.Contains(heads, w.to) {
			direct = append(direct, w)
		}
	}
	if len(it.out) == 1 {
		if len(heads) == 1 {
			h := heads[0]
			if h.chip && it.side && it.col+1 < p.fit.columns+p.fit.beyond {
				return nil, heads
			}
			return h, nil
		}
		if len(direct) == 1 {
			direct[0].bottom = true
		}
		return nil, nil
	}
	straight, main := p.straight(it, direct), p.main(it)
	refused := straight == nil && len(direct) > 0 && len(it.joins) > 0
	if straight == nil && main != nil && (len(it.joins) == 0 || len(it.out) == 2 || refused || p.onlyOneGoesWell(it, main)) {
		down = main
	}
	for _, w := range it.out {
		switch {
		case w == straight:
			w.bottom = true
		case w.to == down:
		case slices.Contains(heads, w.to):
			right = append(right, w.to)
		default:
			right = append(right, p.elbow(w))
		}
	}
	return down, right
}

// straight is the way of an item that leaves through its bottom without a head: to where its
// ways come together, or, where nothing comes together, to where others do. A way of what went
// wrong is not it when there is something else to do.
func (p *plot) straight(it *item, direct []*wire) *wire {
	var w *wire
	for _, o := range direct {
		if w == nil && len(it.joins) > 0 && o.to == it.joins[0] || len(it.joins) == 0 {
			w = o
		}
	}
	if w != nil && p.amiss(w) {
		for _, h := range it.heads {
			if !h.chip && !p.amiss(it.to(h)) {
				return nil
			}
		}
	}
	return w
}

// branchesAmiss are those of what went wrong or was not there.
var branchesAmiss = []string{"failure", "timeout", "notFound", "maxNoMatches", "maxNoInputs", "noIntent", "noInput", "noMatch", "noEntry"}

// amiss says whether a way is only taken when something went wrong.
func (p *plot) amiss(w *wire) bool {
	e := &p.g.Edges[w.edge]
	return slices.Contains(branchesAmiss, e.Branch)
}

// to is the way to a head.
func (it *item) to(head *item) *wire {
	return it.out[slices.IndexFunc(it.out, func(w *wire) bool { return w.to == head })]
}

// onlyOneGoesWell says whether all ways but that to one head are of what went wrong.
func (p *plot) onlyOneGoesWell(it, head *item) bool {
	return !slices.ContainsFunc(it.out, func(w *wire) bool { return p.amiss(w) == (w.to == head) })
}

// main is the head that continues what a reader follows: where calls end well, else where more
// hangs; of a loop what comes after it.
func (p *plot) main(it *item) *item {
	var best *item
	for _, h := range it.heads {
		if best == nil || p.better(it, h, best) {
			best = h
		}
	}
	return best
}

func (p *plot) better(it, a, b *item) bool {
	if it.node >= 0 && p.g.Nodes[it.node].Kind == Loop {
		if x, y := p.returns(it, a), p.returns(it, b); x != y {
			return y
		}
	}
	if x, y := p.amiss(it.to(a)), p.amiss(it.to(b)); x != y {
		return y
	}
	switch {
	case a.size >= muchMore*b.size:
		return true
	case b.size >= muchMore*a.size:
		return false
	case a.good != b.good:
		return a.good
	}
	return a.size > b.size
}

// muchMore hangs below a head that continues the way, whatever the other leads to.
const muchMore = 4

// returns says whether something that hangs below a head leads back to a loop.
func (p *plot) returns(loop, head *item) bool {
	return slices.ContainsFunc(p.back[loop.node], func(chip *item) bool { return chip.below(head) })
}

// below says whether every way to an item goes through another, or is it.
func (it *item) below(o *item) bool {
	for ; it != nil; it = it.above {
		if it == o {
			return true
		}
	}
	return false
}

// elbow lets a way pass through a cell of its own, where its label has room.
func (p *plot) elbow(w *wire) *item {
	e := &item{node: -1, edge: w.edge, above: w.from, ins: 1, order: w.from.order}
	on := &wire{from: e, to: w.to, edge: w.edge}
	e.out = []*wire{on}
	w.to = e
	p.ways = append(p.ways, on)
	p.items = append(p.items, e)
	return e
}
