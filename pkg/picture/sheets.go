package picture

// Sheets cuts a drawing from top to bottom into pieces for paper, each as wide as the drawing and no
// higher than most, which is above 0. It is cut between tasks, where one ends in the lower part of a sheet, else where
// a line is all that is cut; through a box only when there is no other way.
func (d *Drawing) Sheets(most int) []Rect {
	var out []Rect
	for top := 0; top < d.H; {
		bottom := d.H
		if top+most < d.H {
			bottom = d.cut(top, top+most)
		}
		out = append(out, Rect{0, top, d.W, bottom - top})
		top = bottom
	}
	return out
}

// cut is where a sheet from top on ends, at the latest.
func (d *Drawing) cut(top, latest int) int {
	boxes, tasks := d.boxes()
	last := func(boxes []Rect, around, from int) int {
		for y := latest; y > from; y-- {
			if free(boxes, around, y) {
				return y
			}
		}
		return 0
	}
	if y := last(tasks, 0, top+(latest-top)/2); y > 0 {
		return y
	}
	for _, around := range []int{16, 8, 0} { // of a box, for its number and its wait
		if y := last(boxes, around, top+(latest-top)/4); y > 0 {
			return y
		}
	}
	return latest
}

// boxes are what is not to be cut: boxes and the texts on lines, and the tasks around them.
func (d *Drawing) boxes() (boxes, tasks []Rect) {
	for i := range d.Lanes {
		tasks, boxes = append(tasks, d.Lanes[i].Rect), append(boxes, d.Lanes[i].Head)
	}
	for i := range d.Nodes {
		boxes = append(boxes, d.Nodes[i].Rect)
	}
	for i := range d.Edges {
		boxes = append(boxes, d.Edges[i].At, d.Edges[i].Chip)
	}
	return boxes, tasks
}

// free reports whether a line across cuts none of the boxes, nor what is so near to one.
func free(boxes []Rect, around, y int) bool {
	for _, b := range boxes {
		if !b.empty() && b.Y-around < y && y < b.bottom()+around {
			return false
		}
	}
	return true
}
