package privacy

import "github.com/dealroute/dealroute/pkg/internal/pattern"

var scalar = pattern.Of(`"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*`)

// JSON shows a JSON document: its texts and numbers one by one, so that it stays a document.
// A number of which something is hidden becomes a text.
func (m *Mask) JSON(doc []byte) []byte {
	if m.show {
		return doc
	}
	return scalar().ReplaceAllFunc(doc, func(s []byte) []byte {
		if s[0] == '"' {
			return []byte(`"` + m.Text(string(s[1:len(s)-1])) + `"`)
		}
		if t := m.Text(string(s)); t != string(s) {
			return []byte(`"` + t + `"`)
		}
		return s
	})
}
