package view

import (
	"bytes"
	"io"
	"strings"
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

	dress Dress
	marks []mark // of rest, by place
	now   mark   // what holds where rest begins
}

// A Dress is how a terminal shows a text. Colours come from marks beside the text and never from
// the text itself, which has been escaped before they are put in.
type Dress struct {
	Colour  bool
	Columns func() int // how wide it is now; nil: no line is folded
	Before  func()     // is called before something is written; nil: nothing is to be done
}

// A mark says from which byte on a text stands out in some way.
type mark struct {
	at       int
	tone     diag.Tone
	verbatim bool
}

// NewWriter makes a Writer, for no terminal.
func NewWriter(out io.Writer, known *secret.Known) *Writer { return &Writer{out: out, known: known} }

// Dress says that a terminal shows what is written from now on.
func (w *Writer) Dress(d Dress) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dress = d
}

// narrowest is the least width that lines are folded to.
const narrowest = 60

// Columns is how wide a line may be, 0 for any width.
func (w *Writer) Columns() int {
	w.mu.Lock()
	columns := w.dress.Columns
	w.mu.Unlock()
	if columns == nil {
		return 0
	}
	n := columns()
	if n <= 0 {
		return 0
	}
	return max(n, narrowest)
}

// longLine is from where a line is written in parts, in bytes.
const longLine = 1 << 16

// Write takes a text, which keeps its lines. An error may be that of an earlier one.
func (w *Writer) Write(p []byte) (int, error) {
	return len(p), w.take(diag.Part{Text: string(p), Verbatim: true})
}

// WriteInk takes a text of diag.Fprintf, with its marks.
func (w *Writer) WriteInk(p []byte) (int, error) { return len(p), w.take(diag.Parts(p)...) }

func (w *Writer) take(parts ...diag.Part) error {
	columns := w.Columns()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range parts {
		if w.dressed() {
			w.marks = append(w.marks, mark{len(w.rest), p.Tone, p.Verbatim})
		}
		w.rest = append(w.rest, p.Text...)
	}
	end := bytes.LastIndexByte(w.rest, '\n') + 1
	if len(w.rest)-end > longLine {
		// What is held back may be the beginning of a secret, or of a character.
		w.rest, w.marks, w.now = []byte(w.known.Hide(string(w.rest))), nil, mark{verbatim: true}
		end = max(end, len(w.rest)-max(w.known.Longest(), utf8.UTFMax))
		for end > 0 && !utf8.RuneStart(w.rest[end]) {
			end--
		}
	}
	w.write(end, columns)
	return w.err
}

func (w *Writer) dressed() bool { return w.dress.Colour || w.dress.Columns != nil }

// Flush writes what is held back, before a person is asked or when the run ends.
func (w *Writer) Flush() error {
	columns := w.Columns()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.write(len(w.rest), columns)
	return w.err
}

func (w *Writer) write(n, columns int) {
	if n > 0 && w.err == nil {
		if w.dress.Before != nil {
			w.dress.Before()
		}
		text := string(w.rest[:n])
		hidden := w.known.Hide(text)
		if !w.dressed() || hidden != text { // whether a mark stood in a secret is not asked
			hidden = diag.Plain(hidden)
		} else {
			hidden = w.fold(text, columns)
		}
		_, w.err = io.WriteString(w.out, hidden)
	}
	w.rest = append(w.rest[:0], w.rest[n:]...)
	var later []mark
	for _, m := range w.marks {
		if m.at < n {
			w.now = m
			continue
		}
		m.at -= n
		later = append(later, m)
	}
	w.now.at, w.marks = 0, later
}

// A run is a piece of a line that looks the same.
type run struct {
	text string
	tone diag.Tone
}

// fold puts colours into a text and folds its lines.
func (w *Writer) fold(text string, columns int) string {
	var b strings.Builder
	var line []run
	keep := false // the line as it is
	add := func(s string, m mark) {
		for s != "" {
			part, rest, ended := strings.Cut(s, "\n")
			if part != "" {
				line, keep = append(line, run{diag.Plain(part), m.tone}), keep || m.verbatim
			}
			if !ended {
				return
			}
			w.line(&b, line, keep, columns)
			b.WriteByte('\n')
			line, keep, s = line[:0], false, rest
		}
	}
	at, now := 0, w.now
	for _, m := range w.marks {
		if m.at >= len(text) {
			break
		}
		add(text[at:m.at], now)
		at, now = m.at, m
	}
	add(text[at:], now)
	w.line(&b, line, keep, columns)
	return b.String()
}

// line writes a line, on several when it is too wide and may be folded.
func (w *Writer) line(b *strings.Builder, line []run, keep bool, columns int) {
	if len(line) == 0 {
		return
	}
	all := ""
	for _, r := range line {
		all += r.text
	}
	var breaks []int // where a line ends, in bytes; the blank there goes
	indent := 0
	if !keep && columns > 0 && diag.Width(all, 0) > columns {
		indent = hanging(all, columns)
		breaks = foldAt(all, indent, columns)
	}
	at := 0
	for _, r := range line {
		colour := ""
		if w.dress.Colour {
			colour = colours[r.tone]
		}
		b.WriteString(colour)
		for len(breaks) > 0 && breaks[0] < at+len(r.text) {
			i := breaks[0] - at
			b.WriteString(r.text[:i])
			if colour != "" {
				b.WriteString(plainAgain)
			}
			b.WriteString("\n" + strings.Repeat(" ", indent) + colour)
			r.text, at, breaks = r.text[i+1:], breaks[0]+1, breaks[1:]
		}
		b.WriteString(r.text)
		at += len(r.text)
		if colour != "" {
			b.WriteString(plainAgain)
		}
	}
}

// colours are those of a terminal with sixteen, which whoever set it up can read on its ground:
// neither yellow nor blue, which are hard to read on some.
var colours = map[diag.Tone]string{
	diag.Bad: "\x1b[1;31m", diag.Caution: "\x1b[35m", diag.Good: "\x1b[32m", diag.Accent: "\x1b[36m", diag.Strong: "\x1b[1m",
}

const plainAgain = "\x1b[0m"

// hanging is where the lines begin that a line goes on in: below its last column, else a little
// further than its own beginning.
func hanging(line string, columns int) int {
	lead := len(line) - len(strings.TrimLeft(line, " "))
	column := 0
	for i := lead; i+2 < len(line); i++ {
		if line[i] == ' ' && line[i+1] == ' ' && line[i+2] != ' ' {
			if at := diag.Width(line[:i+2], 0); at <= columns/2 {
				column = at
			}
		}
	}
	if column > 0 {
		return column
	}
	if name, _, ok := strings.Cut(line[lead:], ": "); ok && (name == "hint" || name == "error" || name == "warning") {
		return lead + len(name) + 2
	}
	return lead + 2
}

// foldAt gives the blanks at which a line is folded. A word that is too wide stays whole.
func foldAt(line string, indent, columns int) []int {
	var breaks []int
	at, blank := 0, -1
	begin := len(line) - len(strings.TrimLeft(line, " "))
	for i, r := range line {
		at += diag.Wide(r, at)
		if r == ' ' && i > begin {
			if at <= columns+1 || blank < 0 {
				blank = i
			}
		}
		if at > columns && blank >= 0 && r != ' ' {
			breaks = append(breaks, blank)
			begin, at, blank = blank, indent+diag.Width(line[blank+1:i+utf8.RuneLen(r)], indent), -1
		}
	}
	return breaks
}
