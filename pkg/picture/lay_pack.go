package picture

import "slices"

// A band is a part of the picture from its left to its right side: one lane, or several in two
// columns, the first of them in the left one.
type band struct {
	left, right []*piece
}

// moreColumns is what two columns must save, in pixels, to be worth that the eye has to go back
// up.
const moreColumns = 160

// mostInBand bounds how many lanes are tried in one band.
const mostInBand = 24

// bands divides the lanes, in their order, so that the picture gets low.
func bands(lanes []variants) []band {
	n := len(lanes)
	low := make([]int, n+1) // height of what begins at a lane
	end, half := make([]int, n), make([]int, n)
	for i := n - 1; i >= 0; i-- {
		low[i], end[i], half[i] = lanes[i].wide.h+laneGap+low[i+1], i+1, i+1
		for j := i + 1; j < n && j-i < mostInBand; j++ {
			if !narrow(lanes[i : j+1]) {
				break
			}
			for k := i + 1; k <= j; k++ {
				h := max(height(lanes[i:k]), height(lanes[k:j+1])) + low[j+1]
				if h+moreColumns < stacked(lanes[i:j+1])+low[j+1] && h < low[i] {
					low[i], end[i], half[i] = h, j+1, k
				}
			}
		}
	}
	var out []band
	for i := 0; i < n; i = end[i] {
		var b band
		if end[i] == i+1 {
			b.left = []*piece{lanes[i].wide}
		}
		for k := i; end[i] > i+1 && k < end[i]; k++ {
			if k < half[i] {
				b.left = append(b.left, lanes[k].narrow)
			} else {
				b.right = append(b.right, lanes[k].narrow)
			}
		}
		out = append(out, b)
	}
	return out
}

func narrow(lanes []variants) bool {
	return !slices.ContainsFunc(lanes, func(v variants) bool { return v.narrow == nil })
}

func height(lanes []variants) int {
	h := 0
	for _, v := range lanes {
		h += v.narrow.h + laneGap
	}
	return h
}

func stacked(lanes []variants) int {
	h := 0
	for _, v := range lanes {
		h += v.wide.h + laneGap
	}
	return h
}

// pack puts the lanes on the canvas.
func (d *Drawing) pack(x *atlas, lanes []variants) {
	all := bands(lanes)
	wide, half := 0, 0
	for _, b := range all {
		if len(b.right) == 0 {
			wide = max(wide, b.left[0].w)
			continue
		}
		for _, pc := range slices.Concat(b.left, b.right) {
			half = max(half, pc.w)
		}
	}
	if half > 0 {
		wide = max(wide, 2*half+columnsGap)
		half = (wide - columnsGap) / 2
	}
	y := margin
	var above *piece
	for _, b := range all {
		y -= d.lead(x, above, b.left[0])
		if len(b.right) == 0 {
			y = d.stack(x, above, b.left, margin, y, wide)
			above = b.left[0]
			continue
		}
		y = max(d.stack(x, above, b.left, margin, y, half), d.stack(x, nil, b.right, margin+half+columnsGap, y, half))
		above = nil
	}
	d.W, d.H = wide+2*margin, max(y-laneGap, 0)+margin
	d.number(x)
}

// stack puts lanes one below the other, the first below another one, and gives where the next
// one comes.
func (d *Drawing) stack(x *atlas, above *piece, lanes []*piece, left, y, w int) int {
	for i, pc := range lanes {
		if i > 0 {
			y -= d.lead(x, above, pc)
		}
		d.take(x, pc, left, y, w)
		if above != nil && above.on != nil {
			d.enter(above, pc)
		}
		y += pc.h + laneGap
		above = pc
	}
	return y
}

// lead lets the way at the end of the first column of the lane that was put last go on into the lane below as a line, if
// it goes there, and gives how much lower the lane gets without the chip.
func (d *Drawing) lead(x *atlas, pc, next *piece) int {
	if pc == nil {
		return 0
	}
	var last *item
	for _, it := range pc.p.items {
		if it.col == 0 && (last == nil || it.row > last.row) {
			last = it
		}
	}
	if next.headH == 0 || last == nil || !last.chip || pc.p.chips[last.edge] != chipFar || x.to[last.edge] != x.entry[next.lane] {
		return 0
	}
	for _, w := range pc.p.ways {
		if w.to == last && w.bottom {
			pc.on = w
		}
	}
	if pc.on == nil {
		return 0
	}
	delete(pc.place, last)
	low := pc.place[pc.on.from].bottom() + pc.label[pc.on].H
	for _, r := range pc.place {
		low = max(low, r.bottom())
	}
	for _, f := range pc.frames {
		low = max(low, f.bottom()-lanePad/2)
	}
	for w, line := range pc.lines {
		if w != pc.on {
			for _, q := range line {
				low = max(low, q.Y)
			}
		}
	}
	lower := pc.h - (low + lanePad)
	d.Lanes[len(d.Lanes)-1].H -= lower
	return lower
}

// enter draws the line into a lane from the one above it.
func (d *Drawing) enter(above, pc *piece) {
	from := above.at.X + above.spine
	head := Point{pc.at.X + pc.spine, pc.at.Y + lanePad}
	e := &d.Edges[above.on.edge]
	e.Points = straighten(append(e.Points[:1:1], Point{from, pc.at.Y - laneGap/2}, Point{head.X, pc.at.Y - laneGap/2}, head))
	e.Chip, e.Text = Rect{}, nil
}
