package architect

import (
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/source"
)

// Parse reads a flow. It always gives a File; its Flow is nil when the text holds none,
// and the findings say why. The file's name is used in positions only.
func Parse(file string, data []byte) (*File, diag.Findings) {
	f := &File{Name: file, text: source.New(file, data)}
	r := &reader{file: f}
	f.Root = r.load()
	if f.Root != nil {
		r.readFile()
	}
	return f, r.findings
}

// FromJSON reads a flow that is given as JSON, with the keys in their order.
func FromJSON(file string, data []byte) (*File, diag.Findings) {
	f := &File{Name: file, text: source.New(file, data)}
	r := &reader{file: f}
	f.Root = r.loadJSON()
	if f.Root != nil {
		r.readFile()
	}
	return f, r.findings
}
