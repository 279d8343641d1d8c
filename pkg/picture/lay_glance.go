package picture

import (
	"fmt"
	"slices"
	"strings"
)

// An overview stands in rows that are read as a text is: the cards in the order of a call from the
// left to the right, a row below the other. A way to the next card of the row goes straight to it,
// all others leave a card at its bottom and come to one from above. Which card begins a row, and
// where, is found by trying: what makes the picture low, and few lines cross.

// cardWidths are the widths that cards may have, in pixels.
var cardWidths = [...]int{196, 244}

// glance lays an overview out.
func glance(g *Graph, x *atlas) *Drawing {
	var best *seating
	for _, box := range cardWidths {
		s := &seating{d: &Drawing{Graph: g, Nodes: make([]NodePlace, len(g.Nodes)), Edges: make([]EdgePlace, len(g.Edges)), box: box}, x: x, tried: map[string]int{}}
		s.letter()
		s.seek()
		s.cost += cutWorth * s.cuts()
		if best == nil || s.cost < best.cost {
			best = s
		}
	}
	d := best.d
	d.pack(x, []variants{{wide: best.piece}})
	return d
}

// A seating gives cards their seats.
type seating struct {
	d       *Drawing
	x       *atlas
	columns int    // that fit into the page
	piece   *piece // the best so far
	cost    int    // of it
	tried   map[string]int
	left    int // tries
}

// A row holds the cards of some indexes.
type row struct{ from, to, col int } // the first card, the one behind the last; the first one's column

// letter wraps the texts of the cards.
func (s *seating) letter() {
	for i := range s.d.Graph.Nodes {
		n := &s.d.Graph.Nodes[i]
		s.d.Nodes[i] = letterNode(n, s.d.box)
		if n.Kind == Card {
			s.d.letterExits(i, s.x)
		}
	}
	s.columns = max(1, (pageWidth-2*margin-2*lanePad+cardGap)/(s.d.box+cardGap))
}

// cuts counts the texts of cards that end in an ellipsis: wider cards have fewer.
func (s *seating) cuts() int {
	n := 0
	count := func(lines []string) {
		if len(lines) > 0 && strings.HasSuffix(lines[len(lines)-1], "…") {
			n++
		}
	}
	for i := range s.d.Nodes {
		for _, r := range s.d.Nodes[i].Rows {
			count(r.Text)
		}
		for _, x := range s.d.Nodes[i].Exits {
			count(x.Text)
		}
	}
	return n
}

// cardGap is about what stands between two cards of a row: lines, and the head of an arrow.
const cardGap = 44

// How many seatings are tried for a width of cards: most as long as cards times ways are not more
// than is usual, then as many fewer as each takes longer.
const (
	mostSeatings = 150
	fewSeatings  = 4
	usualWork    = 400
)

// What makes a seating worse, in pixels of height: a text that is cut, a line that crosses another, a
// pixel beyond the page, and, per thousand pixels, lines.
const (
	cutWorth      = 200
	crossingWorth = 100
	beyondWorth   = 20
	lineWorth     = 30
)

// seek finds the best seating it can: from each number of cards in a row, by moving where rows begin.
func (s *seating) seek() {
	s.left = max(fewSeatings, mostSeatings*usualWork/max(usualWork, len(s.d.Graph.Nodes)*len(s.d.Graph.Edges)))
	for columns := s.columns; columns >= max(1, s.columns-2); columns-- {
		for _, strict := range []bool{true, false} {
			rows := s.greedy(columns, strict)
			cost := s.offer(rows)
			if s.left <= 0 {
				return
			}
			s.climb(rows, cost)
		}
	}
}

// climb follows what makes a seating better until nothing near it does.
func (s *seating) climb(rows []row, cost int) {
	for better := true; better; {
		better = false
		for _, near := range s.near(rows) {
			if s.left <= 0 {
				return
			}
			if c := s.offer(near); c < cost {
				rows, cost, better = near, c, true
				break
			}
		}
	}
}

// greedy fills rows one after the other. Strict: a row ends before a card to which a way leads
// from one of the row that is not next to it.
func (s *seating) greedy(columns int, strict bool) []row {
	var out []row
	n := len(s.d.Graph.Nodes)
	for i := 0; i < n; {
		to := i + 1
		for to < n && to-i < columns && !(strict && s.skips(i, to)) {
			to++
		}
		out = append(out, row{i, to, 0})
		i = to
	}
	return out
}

// skips says whether a way leads from one of the cards before the last one over that one to a card.
func (s *seating) skips(from, card int) bool {
	for i := from; i < card-1; i++ {
		if s.leads(i, card) {
			return true
		}
	}
	return false
}

func (s *seating) leads(from, to int) bool {
	for _, e := range s.x.out[from] {
		if s.x.to[e] == to {
			return true
		}
	}
	return false
}

// near are the seatings that differ a little: a card more or less in a row, a row less, a row moved.
func (s *seating) near(rows []row) [][]row {
	var out [][]row
	try := func(change func(r []row) []row) {
		r := change(slices.Clone(rows))
		for i := range r {
			if r[i].to <= r[i].from || r[i].to-r[i].from > s.columns {
				return
			}
			r[i].col = min(max(r[i].col, 0), s.columns-(r[i].to-r[i].from))
		}
		out = append(out, r)
	}
	for i := range rows {
		if i > 0 {
			try(func(r []row) []row { r[i-1].to++; r[i].from++; return r })
			try(func(r []row) []row { r[i-1].to--; r[i].from--; return r })
			try(func(r []row) []row { r[i-1].to = r[i].to; return append(r[:i], r[i+1:]...) })
		}
		for _, by := range []int{1, -1, 2, -2, 3} {
			try(func(r []row) []row { r[i].col += by; return r })
		}
	}
	return out
}

// offer gives the cost of a seating, and takes it when it is the best so far.
func (s *seating) offer(rows []row) int {
	key := fmt.Sprint(rows)
	if cost, known := s.tried[key]; known {
		return cost
	}
	s.left--
	p := &plot{g: s.d.Graph, lane: len(s.d.Graph.Lanes), fit: fit{box: s.d.box, columns: s.columns}, cells: map[[2]int]*item{}, back: map[int][]*item{}}
	for r, in := range rows {
		for i := in.from; i < in.to; i++ {
			it := &item{node: i, edge: -1, w: s.d.Nodes[i].W, h: s.d.Nodes[i].H, row: r, col: in.col + i - in.from}
			p.items = append(p.items, it)
			p.cells[[2]int{it.row, it.col}] = it
			p.rows, p.cols = max(p.rows, it.row+1), max(p.cols, it.col+1)
		}
	}
	for e, to := range s.x.to {
		if to < 0 {
			continue
		}
		w := &wire{from: p.items[s.x.from[e]], to: p.items[to], edge: e}
		w.fan = w.from.row == w.to.row && w.from.col+1 == w.to.col
		w.from.out = append(w.from.out, w)
		w.to.ins++
		p.ways = append(p.ways, w)
	}
	r := p.route()
	across, down := r.tracks(false, p.rows), r.tracks(true, p.cols)
	r.apart(across)
	pc := s.d.measure(p, across, down)
	cost := pc.h + beyondWorth*max(0, pc.w-(pageWidth-2*margin))
	length := 0
	for _, w := range p.ways {
		line := pc.lines[w]
		for k := 1; k < len(line); k++ {
			length += abs(line[k].X-line[k-1].X) + abs(line[k].Y-line[k-1].Y)
		}
	}
	cost += length * lineWorth / 1000
	cost += crossingWorth * pc.crossings()
	s.tried[key] = cost
	if s.piece == nil || cost < s.cost {
		s.piece, s.cost = pc, cost
	}
	return cost
}

// crossings counts where lines of a piece cross, as Drawing.Crossings does.
func (pc *piece) crossings() int {
	d := &Drawing{Edges: make([]EdgePlace, len(pc.p.ways))}
	for i, w := range pc.p.ways {
		d.Edges[i] = EdgePlace{Points: pc.lines[w], fan: w.from.node + 1, join: w.to.node + 1}
	}
	return d.Crossings()
}
