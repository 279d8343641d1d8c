package report

import (
	"fmt"

	"github.com/dealroute/dealroute/pkg/picture"
)

// A pictureView is what the template of a picture is given.
type pictureView struct {
	Picture
	Overview drawn // empty: there is none
	Linked   bool  // its cards lead to the tasks of the whole
	SVG      drawn
	Sheets   []picture.Rect // of paper
	All      string         // id of what stands on them; empty: it is one sheet
}

// What a lying sheet of paper has room for beside the margins, in pixels: the width of Letter and the height of
// A4, less a caption.
const (
	sheetWide = 970
	sheetHigh = 660
)

// nest has the picture drawn. Several may stand in a page, so that its ids get a number.
func (p Picture) nest(r *renderer) (any, error) {
	r.tables++
	prefix := fmt.Sprintf("dr-picture-%d-", r.tables)
	v := pictureView{Picture: p, Linked: p.Ground == "" || p.First} // else its lanes are those of another picture
	if p.Glance && len(p.Graph.Lanes) > 1 {                         // of one task the overview would be one card
		cards := prefix
		if p.Ground != "" {
			cards += "g-" // in what it has in common with others
		}
		svg := picture.Lay(p.Graph.Overview()).SVG(picture.SVGOptions{Prefix: prefix + "o-", LinkCards: v.Linked, Cards: cards})
		v.Overview = drawn(svg) //nolint:gosec // the texts in it were escaped when it was drawn
	}
	d := picture.Lay(&p.Graph)
	o := picture.SVGOptions{Prefix: prefix, Ground: p.Ground, Grounded: p.First}
	if v.Sheets = d.Sheets(sheetHigh * max(d.W, sheetWide) / sheetWide); len(v.Sheets) > 1 {
		v.All = prefix + "all"
		o.All = v.All
	}
	svg := d.SVG(o)
	v.SVG = drawn(svg) //nolint:gosec // likewise
	return v, nil
}
