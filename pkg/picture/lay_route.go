package picture

import (
	"cmp"
	"slices"
)

// A coord is one coordinate of a spot before rows and columns have a size: the axis of a column
// or row, a track in the gap behind it, or the side of an item.
type coord struct {
	kind coordKind
	at   int   // row or column; the gap behind it, -1 for the one before the first
	net  int   // in a gap: lines of one net share a track
	it   *item // whose side
}

type coordKind int

const (
	axis coordKind = iota
	gap
	nearSide // left or upper side
	farSide  // right or lower side
)

type spot struct{ x, y coord }

// rough is where a coordinate stands among the axes (odd) and gaps (even).
func (c coord) rough() int {
	if c.kind == gap {
		return 2*c.at + 2
	}
	return 2*c.at + 1
}

// Lines cross no box because they only run in the gaps between rows and columns, on the axis of
// a row between a box and the gap beside it, and on the axis of a column where it is empty.
type router struct {
	p    *plot
	nets map[netKey]int
	legs []leg
	// Up to here it is worth to look at every line that is there when a new one is added.
	patient bool
}

type netKey struct {
	fan bool
	it  *item
}

// A leg is a piece of a line in rough coordinates.
type leg struct {
	down   bool
	at     int // x of a leg that goes down, y of one that goes across
	lo, hi int
	net    int
}

const patience = 600 // ways in a lane; with more, time would grow with their square

func (p *plot) route() *router {
	r := &router{p: p, nets: map[netKey]int{}, patient: len(p.ways) <= patience}
	var rest []*wire
	for _, w := range p.ways {
		switch {
		case w.to.side, w.fan:
			w.fan = true
			r.take(w, r.fanned(w))
		case w.from.col == w.to.col && w.from.row < w.to.row && r.free(w.from.col, w.from.row, w.to.row) && !elbowed(w):
			w.bottom = true
			r.take(w, []spot{below(w.from), above(w.to)})
		default:
			rest = append(rest, w)
		}
	}
	slices.SortStableFunc(rest, func(a, b *wire) int {
		return cmp.Compare(a.to.row-a.from.row, b.to.row-b.from.row)
	})
	for _, w := range rest {
		r.take(w, r.best(w))
	}
	return r
}

func elbowed(w *wire) bool { return w.from.node < 0 && !w.from.chip }

func below(it *item) spot {
	return spot{coord{at: it.col}, coord{kind: farSide, at: it.row, it: it}}
}

func above(it *item) spot {
	return spot{coord{at: it.col}, coord{kind: nearSide, at: it.row, it: it}}
}

func rightOf(it *item) spot {
	return spot{coord{kind: farSide, at: it.col, it: it}, coord{at: it.row}}
}

func leftOf(it *item) spot {
	return spot{coord{kind: nearSide, at: it.col, it: it}, coord{at: it.row}}
}

// net numbers what shares a line: all that leaves an item to the right, all that comes to a join.
func (r *router) net(fan bool, it *item) int {
	k := netKey{fan, it}
	if _, ok := r.nets[k]; !ok {
		r.nets[k] = len(r.nets) + 1
	}
	return r.nets[k]
}

// free says whether a column has nothing between two rows.
func (r *router) free(col, from, to int) bool {
	for row := from + 1; row < to; row++ {
		if r.p.cells[[2]int{row, col}] != nil {
			return false
		}
	}
	return true
}

func (r *router) fanned(w *wire) []spot {
	if w.from.row == w.to.row {
		return []spot{rightOf(w.from), leftOf(w.to)}
	}
	x := coord{kind: gap, at: w.from.col, net: r.net(true, w.from)}
	return []spot{rightOf(w.from), {x, coord{at: w.from.row}}, {x, coord{at: w.to.row}}, leftOf(w.to)}
}

// best is the cheapest line of a way that comes from above to where others come as well.
func (r *router) best(w *wire) []spot {
	from, to := w.from, w.to
	net := r.net(false, to)
	last := coord{kind: gap, at: to.row - 1, net: net}
	end := []spot{{coord{at: to.col}, last}, above(to)}
	start := []spot{below(from)}
	if elbowed(w) {
		start = []spot{rightOf(from), {coord{at: from.col}, coord{at: from.row}}}
	}
	var best []spot
	cost := 0
	try := func(spots []spot) {
		if c := r.cost(spots, net); best == nil || c < cost {
			best, cost = spots, c
		}
	}
	axisX := coord{at: from.col}
	if from.row < to.row && r.free(from.col, from.row, to.row) {
		try(join(start, []spot{{axisX, last}}, end))
	}
	beside := coord{kind: gap, at: from.col, net: net}
	first := coord{kind: gap, at: from.row, net: net}
	sideways := !hasSide(from) && r.p.g.Edges[w.edge].drawn() == "" || elbowed(w)
	if sideways {
		try(join([]spot{rightOf(from), {beside, coord{at: from.row}}, {beside, last}}, end))
	}
	for k := -1; k < r.p.cols; k++ {
		x := coord{kind: gap, at: k, net: net}
		if from.row+1 != to.row {
			try(join(start, []spot{{axisX, first}, {x, first}, {x, last}}, end))
		}
		if sideways && k != from.col && from.row+1 != to.row {
			try(join([]spot{rightOf(from), {beside, coord{at: from.row}}, {beside, first}, {x, first}, {x, last}}, end))
		}
		if !r.patient && best != nil {
			break
		}
	}
	return best
}

func hasSide(it *item) bool {
	return slices.ContainsFunc(it.out, func(w *wire) bool { return w.to.side || w.fan })
}

func join(parts ...[]spot) []spot { return slices.Concat(parts...) }

// What a line costs: its length, corners that the eye has to follow, and lines it crosses.
const (
	cornerCost   = 2
	crossingCost = 40
	nearCost     = 10
)

func (r *router) cost(spots []spot, net int) int {
	n := 0
	for _, l := range legsOf(spots, net) {
		n += l.hi - l.lo + cornerCost
		if !r.patient {
			continue
		}
		for _, o := range r.legs {
			if o.net == net || o.down == l.down || o.lo > l.at || l.at > o.hi || l.lo > o.at || o.at > l.hi {
				continue
			}
			if o.lo < l.at && l.at < o.hi && l.lo < o.at && o.at < l.hi {
				n += crossingCost
			} else if o.at%2 == 0 && l.at%2 == 0 || o.lo < l.at && l.at < o.hi && o.at%2 == 0 || l.lo < o.at && o.at < l.hi && l.at%2 == 0 {
				n += nearCost // they may cross, by the order of tracks in a gap
			}
		}
	}
	return n
}

func legsOf(spots []spot, net int) []leg {
	var out []leg
	for i := 1; i < len(spots); i++ {
		ax, ay, bx, by := spots[i-1].x.rough(), spots[i-1].y.rough(), spots[i].x.rough(), spots[i].y.rough()
		if ax == bx {
			out = append(out, leg{true, ax, min(ay, by), max(ay, by), net})
		} else {
			out = append(out, leg{false, ay, min(ax, bx), max(ax, bx), net})
		}
	}
	return out
}

func (r *router) take(w *wire, spots []spot) {
	w.points = spots
	net := r.net(w.fan, w.from)
	if !w.fan {
		net = r.net(false, w.to)
	}
	r.legs = append(r.legs, legsOf(spots, net)...)
}

// portShift is how far from its axis, to the left, a box is entered where another line already comes
// down on the axis. To the right a badge may stand.
const portShift = 18

// apart lets lines enter a card of an overview beside its axis where one that leads elsewhere comes down to the
// gap above it on the axis, so that the two cannot lie on each other whatever the order of tracks.
func (r *router) apart(across [][]*bundle) {
	type entry struct{ row, at int }
	down := map[entry][]int{} // nets that come down
	for k, g := range across {
		for _, b := range g {
			for _, e := range b.ends {
				if e.before && e.at%2 != 0 {
					down[entry{k, e.at}] = append(down[entry{k, e.at}], b.net)
				}
			}
		}
	}
	for _, it := range r.p.items {
		it.shift = 0
		net, entered := r.nets[netKey{false, it}]
		if !entered || it.w < 4*portShift {
			continue
		}
		if slices.ContainsFunc(down[entry{it.row, 2*it.col + 1}], func(n int) bool { return n != net }) {
			it.shift = -portShift
		}
	}
}

// A bundle is what runs in one gap on one track: the lines of a net, from the first to the last
// place where one of them enters or leaves, and on which side each does.
type bundle struct {
	net    int
	lo, hi int
	ends   []end
	track  int
}

type end struct {
	at     int
	before bool // on the left of a gap between columns, above one between rows
}

// tracks gives every bundle in every gap its track. gaps[k] are the bundles of gap k-1.
func (r *router) tracks(down bool, count int) [][]*bundle {
	gaps := make([][]*bundle, count+1)
	at := map[[2]int]*bundle{}
	for _, w := range r.p.ways {
		for i := 1; i < len(w.points); i++ {
			c, a, b := along(w.points, i, down)
			if c.kind != gap {
				continue
			}
			g := at[[2]int{c.at, c.net}]
			if g == nil {
				g = &bundle{net: c.net, lo: min(a, b), hi: max(a, b)}
				at[[2]int{c.at, c.net}] = g
				gaps[c.at+1] = append(gaps[c.at+1], g)
			}
			g.lo, g.hi = min(g.lo, a, b), max(g.hi, a, b)
			g.ends = append(g.ends, end{a, r.before(w.points, i-1, i-2, down, c)}, end{b, r.before(w.points, i, i+1, down, c)})
		}
	}
	for _, g := range gaps {
		arrange(g)
	}
	return gaps
}

// along gives the track on which a piece of a line runs in a direction, and its rough ends; a
// piece that does not run in it has none.
func along(s []spot, i int, down bool) (c coord, a, b int) {
	p, q := s[i-1], s[i]
	if !down {
		p, q = spot{p.y, p.x}, spot{q.y, q.x}
	}
	if p.x != q.x {
		return coord{}, 0, 0
	}
	return p.x, p.y.rough(), q.y.rough()
}

// before says on which side of a gap the piece from point i to point j goes on.
func (r *router) before(s []spot, i, j int, down bool, c coord) bool {
	if j < 0 || j >= len(s) {
		return false
	}
	if down {
		return s[j].x.rough() < c.rough()
	}
	return s[j].y.rough() < c.rough()
}

// arrange orders the bundles of a gap so that few lines cross, and packs them.
func arrange(g []*bundle) {
	slices.SortStableFunc(g, func(a, b *bundle) int { return cmp.Or(cmp.Compare(a.lo, b.lo), cmp.Compare(a.net, b.net)) })
	for pass := 0; pass < len(g) && len(g) <= 64; pass++ {
		moved := false
		for i := 1; i < len(g); i++ {
			if crossed(g[i], g[i-1]) < crossed(g[i-1], g[i]) {
				g[i-1], g[i], moved = g[i], g[i-1], true
			}
		}
		if !moved {
			break
		}
	}
	for i, b := range g {
		for _, o := range g[max(0, i-64):i] {
			if o.lo <= b.hi && b.lo <= o.hi {
				b.track = max(b.track, o.track+1)
			}
		}
	}
}

// overlay is what it costs when lines of two bundles would lie on each other.
const overlay = 1000

// crossed counts the crossings of two bundles when a comes before b. Where a goes on behind the
// gap on the very axis where b comes from before it, the two would lie on each other. In a gap that
// crosses this one they do not: there each has its own track.
func crossed(a, b *bundle) int {
	n := 0
	for _, x := range a.ends {
		for _, y := range b.ends {
			if !x.before && y.before && x.at == y.at && x.at%2 != 0 {
				n += overlay
			}
		}
	}
	for _, e := range a.ends {
		if !e.before && b.lo < e.at && e.at < b.hi {
			n++
		}
	}
	for _, e := range b.ends {
		if e.before && a.lo < e.at && e.at < a.hi {
			n++
		}
	}
	return n
}
