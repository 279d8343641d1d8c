package report

import (
	"fmt"

	"github.com/dealroute/dealroute/pkg/picture"
)

// A pictureView is what the template of a picture is given.
type pictureView struct {
	Picture
	SVG drawn
}

// nest has the picture drawn. Several may stand in a page, so that its ids get a number.
func (p Picture) nest(r *renderer) (any, error) {
	r.tables++
	svg := picture.Lay(&p.Graph).SVG(picture.SVGOptions{Prefix: fmt.Sprintf("dr-picture-%d-", r.tables), Ground: p.Ground, Grounded: p.First})
	return pictureView{p, drawn(svg)}, nil //nolint:gosec // the texts in it were escaped when it was drawn
}
