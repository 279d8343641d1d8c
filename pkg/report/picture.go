package report

import (
	"fmt"

	"github.com/dealroute/dealroute/pkg/picture"
)

// A pictureView is what the template of a picture is given.
type pictureView struct {
	Picture
	SVG   drawn
	Broad bool // wider than a sheet of paper that stands
}

// sheet is how wide a sheet of paper is that stands, in pixels, without its margins.
const sheet = 700

// nest has the picture drawn. Several may stand in a page, so that its ids get a number.
func (p Picture) nest(r *renderer) (any, error) {
	r.tables++
	d := picture.Lay(&p.Graph)
	svg := d.SVG(picture.SVGOptions{Prefix: fmt.Sprintf("dr-picture-%d-", r.tables), Ground: p.Ground, Grounded: p.First})
	return pictureView{p, drawn(svg), d.W > sheet}, nil //nolint:gosec // the texts in it were escaped when it was drawn
}
