package architect

import (
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/diag"
)

// Place gives the place of a part of a value's text, by its offset and length in bytes, and
// how many characters it takes. Where the file writes the value so that the place cannot be
// told, it is the place of the value, with no length.
func (f *File) Place(v Value, offset, length int) (diag.Position, int) {
	if v.Node == nil || v.Node.Value != v.Text || offset < 0 || offset > len(v.Text) {
		return v.Pos, 0
	}
	p, ok := f.text.Inside(v.Node, offset)
	if !ok {
		return v.Pos, 0
	}
	return p, utf8.RuneCountInString(v.Text[offset:min(offset+max(length, 0), len(v.Text))])
}
