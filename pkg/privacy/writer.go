package privacy

import "io"

// Writer gives a writer that shows each text written to it as Text does, or as JSON does.
// A text must be written in one piece.
func (m *Mask) Writer(w io.Writer, isJSON bool) io.Writer { return writer{w, m, isJSON} }

type writer struct {
	w      io.Writer
	m      *Mask
	isJSON bool
}

func (w writer) Write(p []byte) (int, error) {
	out := w.m.JSON
	if !w.isJSON {
		out = func(p []byte) []byte { return []byte(w.m.Text(string(p))) }
	}
	if _, err := w.w.Write(out(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}
