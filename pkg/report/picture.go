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
}

// nest has the picture drawn. Several may stand in a page, so that its ids get a number.
func (p Picture) nest(r *renderer) (any, error) {
	r.tables++
	prefix := fmt.Sprintf("dr-picture-%d-", r.tables)
	v := pictureView{Picture: p, Linked: p.Ground == "" || p.First} // else its lanes are those of another picture
	if p.Glance && len(p.Graph.Lanes) > 1 {                         // of one task the overview would be one card
		svg := picture.Lay(p.Graph.Overview()).SVG(picture.SVGOptions{Prefix: prefix + "o-", LinkCards: v.Linked, Cards: prefix})
		v.Overview = drawn(svg) //nolint:gosec // the texts in it were escaped when it was drawn
	}
	svg := picture.Lay(&p.Graph).SVG(picture.SVGOptions{Prefix: prefix, Ground: p.Ground, Grounded: p.First})
	v.SVG = drawn(svg) //nolint:gosec // likewise
	return v, nil
}
