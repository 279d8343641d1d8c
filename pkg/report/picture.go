package report

import (
	"errors"
)

// draw has the picture drawn, with what it says below.
func (p Picture) draw() (drawn, []Block, error) {
	return "", nil, errors.New("pictures are not drawn yet")
}
