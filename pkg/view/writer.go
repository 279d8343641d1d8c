package view

import (
	"bytes"
	"io"
	"sync"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/secret"
)

// A Writer is what every output passes last, text, JSON and logs: known secrets are hidden and
// whatever a terminal would obey is escaped, newlines and tabs excepted. What stands within a
// line is a matter of diag.Fprintf, which knows what is ours.
//
// It writes whole lines, so that nothing is missed between two writes; Flush writes the rest.
// It may be used by several goroutines.
type Writer struct {
	mu    sync.Mutex
	out   io.Writer
	known *secret.Known
	rest  []byte
	err   error // the first one; nothing is written after it
}

// NewWriter makes a Writer.
func NewWriter(out io.Writer, known *secret.Known) *Writer { return &Writer{out: out, known: known} }

// longLine is from where a line is written in parts, in bytes.
const longLine = 1 << 16

// Write takes a text. An error may be that of an earlier one.
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rest = append(w.rest, p...)
	end := bytes.LastIndexByte(w.rest, '\n') + 1
	if len(w.rest)-end > longLine {
		// What is held back may be the beginning of a secret, or of a character.
		w.rest = []byte(w.known.Hide(string(w.rest)))
		end = max(end, len(w.rest)-max(w.known.Longest(), utf8.UTFMax))
		for end > 0 && !utf8.RuneStart(w.rest[end]) {
			end--
		}
	}
	w.write(end)
	return len(p), w.err
}

// Flush writes what is held back, before a person is asked or when the run ends.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.write(len(w.rest))
	return w.err
}

func (w *Writer) write(n int) {
	if n > 0 && w.err == nil {
		_, w.err = io.WriteString(w.out, diag.Plain(w.known.Hide(string(w.rest[:n]))))
	}
	w.rest = append(w.rest[:0], w.rest[n:]...)
}
