package picture

import "slices"

// measure turns rows, columns and tracks into pixels.
func (d *Drawing) measure(p *plot, across, down [][]*bundle) *piece {
	pc := &piece{p: p, lane: p.lane, place: map[*item]Rect{}, lines: map[*wire][]Point{}, label: map[*wire]Rect{}, texts: map[*wire][]string{}}
	m := &metrics{pc: pc, d: d}
	m.labels()
	m.columns(down)
	m.rowsOf(across)
	m.items()
	m.lines(across, down)
	m.frames()
	m.total()
	return pc
}

// metrics are the sizes of a lane's rows and columns.
type metrics struct {
	pc      *piece
	d       *Drawing
	colX    []int // left side
	colW    []int
	rowY    []int // of its axis
	up, low []int // room above and below the axis
	under   []int // room for labels below a row
	beside  []int // room for labels right of a column's tracks
	gapX    []int // first track behind column k-1
	gapY    []int // first track below row k-1
	colEnd  int
	rowEnd  int
}

// labels wraps the labels: one of a way to the right stands above its line in the gap, one of a
// way down stands beside its line.
func (m *metrics) labels() {
	p := m.pc.p
	m.up, m.low = make([]int, p.rows), make([]int, p.rows)
	m.under, m.beside = make([]int, p.rows+1), make([]int, p.cols+1)
	for _, it := range p.items {
		m.up[it.row], m.low[it.row] = max(m.up[it.row], (it.h+1)/2), max(m.low[it.row], it.h/2)
		if it.node < 0 && !it.chip {
			m.up[it.row], m.low[it.row] = max(m.up[it.row], 8), max(m.low[it.row], 8)
		}
	}
	for _, w := range p.ways {
		label := m.d.Graph.Edges[w.edge].drawn()
		if label == "" || elbowed(w) {
			continue
		}
		width := p.fit.box/2 - 7 // beside a line that goes down from the middle of a box
		if w.fan {
			width = p.fit.label
		}
		t := wrap(label, noteSize, width*100/(100+boldMore), labelLines) // a mark makes it bold, and must not move it
		m.pc.texts[w] = t
		h := len(t) * noteHeight
		if w.fan {
			m.up[w.to.row] = max(m.up[w.to.row], h+4)
			m.beside[w.from.col+1] = max(m.beside[w.from.col+1], widest(t, noteSize, true))
		} else {
			m.under[w.from.row+1] = max(m.under[w.from.row+1], h+m.underGap(w.from))
		}
	}
}

func tracksOf(g []*bundle) int {
	n := 0
	for _, b := range g {
		n = max(n, b.track+1)
	}
	return n
}

func (m *metrics) columns(down [][]*bundle) {
	p := m.pc.p
	m.colX, m.colW = make([]int, p.cols), make([]int, p.cols)
	m.gapX = make([]int, p.cols+1)
	for _, it := range p.items {
		w := it.w
		if it.node >= 0 || !it.chip {
			w = max(w, p.fit.box)
		}
		m.colW[it.col] = max(m.colW[it.col], w)
	}
	x := lanePad
	if n := tracksOf(down[0]); n > 0 {
		m.gapX[0] = x + 2
		x += n*track + fromBox
	}
	for c := range p.cols {
		m.colX[c] = x
		x += m.colW[c]
		n := tracksOf(down[c+1])
		m.gapX[c+1] = x + fromBox
		gapW := 0
		if n > 0 {
			gapW = fromBox + (n-1)*track + 6
		}
		if m.beside[c+1] > 0 {
			gapW = max(gapW, 10) + m.beside[c+1]
		}
		if c+1 < p.cols {
			x += max(columnGap, gapW+toBox)
		} else {
			x += gapW
		}
	}
	m.colEnd = x
}

func (m *metrics) rowsOf(across [][]*bundle) {
	p := m.pc.p
	m.rowY, m.gapY = make([]int, p.rows), make([]int, p.rows+1)
	y := 0
	if n := tracksOf(across[0]); n > 0 { // above the first row
		m.gapY[0] = 2
		y = (n-1)*track + toBox
	}
	for r := range p.rows {
		y += m.up[r]
		m.rowY[r] = y
		y += m.low[r]
		n := tracksOf(across[r+1])
		m.gapY[r+1] = y + m.under[r+1] + fromBox
		gapH := m.under[r+1]
		if n > 0 {
			gapH += fromBox + (n-1)*track + toBox - underToBox
		}
		if r+1 < p.rows {
			y += max(rowGap, gapH+underToBox)
		} else if n > 0 {
			y += gapH
		}
	}
	m.rowEnd = y
}

// top is where the rows begin: below the lane's head.
func (m *metrics) items() {
	p, pc := m.pc.p, m.pc
	top := lanePad
	if p.lane < len(m.d.Graph.Lanes) {
		pc.head = wrap(numbered(m.d.Graph, p.lane), textSize, (headWidth-2*boxPad)*100/(100+boldMore), 2)
		pc.headH = max(1, len(pc.head))*textHeight + 12
		pc.headW = max(headLeast, p.fit.box, widest(pc.head, textSize, true)+2*boxPad)
		top += pc.headH + rowGap
	}
	for r := range m.rowY {
		m.rowY[r] += top
	}
	for r := range m.gapY {
		m.gapY[r] += top
	}
	m.rowEnd += top
	for _, it := range p.items {
		x := m.colX[it.col]
		switch {
		case it.chip && !it.side && m.colW[it.col] >= p.fit.box:
			x = m.axisX(it.col) - it.w/2
		case it.node >= 0 && it.w < p.fit.box:
			x = m.axisX(it.col) - it.w/2
		}
		pc.place[it] = Rect{x, m.rowY[it.row] - (it.h+1)/2, it.w, it.h}
	}
	if p.cols > 0 {
		pc.spine = m.axisX(0)
	} else {
		pc.spine = lanePad + p.fit.box/2
	}
}

func (m *metrics) axisX(col int) int { return m.colX[col] + min(m.colW[col], m.pc.p.fit.box)/2 }

func (m *metrics) lines(across, down [][]*bundle) {
	type key struct{ at, net int }
	xs, ys := map[key]int{}, map[key]int{}
	for k, g := range down {
		for _, b := range g {
			xs[key{k - 1, b.net}] = m.gapX[k] + b.track*track
		}
	}
	for k, g := range across {
		for _, b := range g {
			ys[key{k - 1, b.net}] = m.gapY[k] + b.track*track
		}
	}
	for _, w := range m.pc.p.ways {
		var pts []Point
		for _, s := range w.points {
			var q Point
			switch s.x.kind {
			case axis:
				q.X = m.axisX(s.x.at)
			case gap:
				q.X = xs[key{s.x.at, s.x.net}]
			case nearSide:
				q.X = m.pc.place[s.x.it].X
			case farSide:
				q.X = m.pc.place[s.x.it].right()
			}
			switch s.y.kind {
			case axis:
				q.Y = m.rowY[s.y.at]
			case gap:
				q.Y = ys[key{s.y.at, s.y.net}]
			case nearSide:
				q.Y = m.pc.place[s.y.it].Y
			case farSide:
				q.Y = m.pc.place[s.y.it].bottom()
			}
			pts = append(pts, q)
		}
		if n := len(pts); !w.fan && n > 2 {
			pts[n-1].X += w.to.shift
			pts[n-2].X += w.to.shift
		}
		m.pc.lines[w] = straighten(pts)
		m.label(w)
	}
}

// label puts the label of a way in the room that is kept for it.
func (m *metrics) label(w *wire) {
	t := m.pc.texts[w]
	if len(t) == 0 {
		return
	}
	width, h := widest(t, noteSize, true), len(t)*noteHeight
	if w.fan {
		right := m.colX[w.to.col] - toBox + 4
		m.pc.label[w] = Rect{right - m.beside[w.from.col+1], m.rowY[w.to.row] - 4 - h, width, h}
		return
	}
	m.pc.label[w] = Rect{m.axisX(w.from.col) + 7, m.pc.place[w.from].bottom() + m.underGap(w.from), width, h}
}

// underGap is the room between a box and the label below it. In a loop the frame may run there.
func (m *metrics) underGap(it *item) int {
	for above := it.above; above != nil; above = above.above {
		if above.node >= 0 && m.d.Graph.Nodes[above.node].Kind == Loop && len(m.pc.p.back[above.node]) > 0 {
			return framePad + 2
		}
	}
	return 3
}

// straighten leaves out points that are twice there or on a straight line.
func straighten(p []Point) []Point {
	var out []Point
	for _, q := range p {
		n := len(out)
		switch {
		case n > 0 && out[n-1] == q:
		case n > 1 && (out[n-2].X == out[n-1].X && out[n-1].X == q.X || out[n-2].Y == out[n-1].Y && out[n-1].Y == q.Y):
			out[n-1] = q
		default:
			out = append(out, q)
		}
	}
	return out
}

// frames surround what loops repeat; one within another is smaller.
func (m *metrics) frames() {
	p := m.pc.p
	for _, it := range p.items {
		if it.node < 0 || m.d.Graph.Nodes[it.node].Kind != Loop {
			continue
		}
		for _, h := range it.heads {
			if h.node < 0 || !p.returns(it, h) {
				continue
			}
			var r Rect
			depth := 0
			for _, o := range p.items {
				if o.below(h) {
					r = around(r, m.pc.place[o])
					if o.node >= 0 && m.d.Graph.Nodes[o.node].Kind == Loop {
						depth++
					}
				}
			}
			pad := framePad + frameStep*min(depth, 2)
			m.pc.frames = append(m.pc.frames, Frame{Rect{r.X - pad, r.Y - pad, r.W + 2*pad, r.H + 2*pad}, it.node})
		}
	}
	slices.Reverse(m.pc.frames) // the outer ones first are drawn first
	slices.SortStableFunc(m.pc.frames, func(a, b Frame) int { return b.W*b.H - a.W*a.H })
}

// Around what a loop repeats: the room to its frame, and how much more for a loop in it.
const (
	framePad  = 6
	frameStep = 3
)

func around(a, b Rect) Rect {
	if a.empty() {
		return b
	}
	x, y := min(a.X, b.X), min(a.Y, b.Y)
	return Rect{x, y, max(a.right(), b.right()) - x, max(a.bottom(), b.bottom()) - y}
}

func (m *metrics) total() {
	pc := m.pc
	pc.w, pc.h = max(m.colEnd, lanePad+pc.headW, pc.spine+pc.headW/2)+lanePad, m.rowEnd+lanePad
	for _, r := range pc.place {
		pc.w = max(pc.w, r.right()+lanePad)
	}
	for _, f := range pc.frames {
		pc.w, pc.h = max(pc.w, f.right()+lanePad/2), max(pc.h, f.bottom()+lanePad/2)
	}
	if len(pc.p.items) == 0 {
		pc.h = pc.headH + 2*lanePad
	}
}

// take puts a lane at a place of the canvas.
func (d *Drawing) take(x *atlas, pc *piece, dx, dy, w int) {
	pc.at = Point{dx, dy}
	lp := LanePlace{Rect: Rect{dx, dy, w, pc.h}, Lane: pc.lane}
	if pc.headH > 0 {
		lp.Text = pc.head
		lp.Head = Rect{dx + pc.spine - d.box/2, dy + lanePad, pc.headW, pc.headH}
		if e := x.entry[pc.lane]; e >= 0 {
			for it, r := range pc.place {
				if it.node == e && r.X+r.W/2 == pc.spine { // else a line would run across other boxes
					lp.Entry = []Point{{dx + pc.spine, lp.Head.bottom()}, {dx + r.X + r.W/2, dy + r.Y}}
				}
			}
		}
	}
	d.Lanes = append(d.Lanes, lp)
	shift := func(r Rect) Rect { return Rect{r.X + dx, r.Y + dy, r.W, r.H} }
	for it, r := range pc.place {
		switch {
		case it.node >= 0:
			d.Nodes[it.node].Rect, d.Nodes[it.node].Ref = shift(r), pc.p.refs[it.node]
		case it.chip:
			e, kind := &d.Edges[it.edge], pc.p.chips[it.edge]
			e.Chip, e.Text, e.Back, e.Far = shift(r), it.text, kind == chipBack, kind == chipFar
		}
	}
	for _, way := range pc.p.ways {
		e := &d.Edges[way.edge]
		if t := pc.texts[way]; len(t) > 0 {
			e.Label, e.At = t, shift(pc.label[way])
		}
		for _, q := range pc.lines[way] {
			e.Points = append(e.Points, Point{q.X + dx, q.Y + dy})
		}
		e.Points = straighten(e.Points)
	}
	for _, f := range pc.frames {
		d.Frames = append(d.Frames, Frame{shift(f.Rect), f.Node})
	}
}

// number tells which edges share a line: those that come to one node, those that leave one.
func (d *Drawing) number(x *atlas) {
	for i := range d.Edges {
		if x.to[i] < 0 {
			continue
		}
		d.Edges[i].fan = x.from[i] + 1
		if d.Edges[i].Chip.empty() {
			d.Edges[i].join = x.to[i] + 1
		}
	}
}
