package diag

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// A Tone is how a part of a text stands out where somebody looks on a terminal.
type Tone rune

// The tones. Who writes to a terminal decides what each looks like.
const (
	Bad Tone = firstMark + 1 + iota
	Caution
	Good
	Accent
	Strong
)

// Marks stand for tones while a text is put together. They are noncharacters, which Unicode keeps
// for use inside of a program: in texts of others they are escaped, so that only In sets them.
const (
	firstMark = '\ufdd0' // ends a tone
	verbatim  = '\ufdde' // begins a text that keeps its lines, however long
	folding   = '\ufddf' // ends it
	lastMark  = '\ufdef'
	markBytes = "\xef\xb7" // begins every mark, and some letters of Arabic
)

func isMark(r rune) bool { return r >= firstMark && r <= lastMark }

// In is a value of Fprintf that stands out.
func In(t Tone, value any) any { return ink{t, value} }

type ink struct {
	tone  Tone
	value any
}

func (i ink) Format(s fmt.State, verb rune) {
	fmt.Fprint(s, string(i.tone))
	value{i.value}.Format(s, verb)
	fmt.Fprint(s, string(firstMark))
}

// A Terminal is a writer that knows tones, and how wide it is.
type Terminal interface {
	// WriteInk is Write for a text with marks.
	WriteInk(p []byte) (int, error)
	// Columns is how wide a line may be, 0 for any width.
	Columns() int
}

// write writes a text of Fprintf, without its marks where nobody knows them.
func write(w io.Writer, text []byte) (int, error) {
	if t, ok := w.(Terminal); ok {
		return t.WriteInk(text)
	}
	return w.Write(unmarked(text))
}

func unmarked(text []byte) []byte {
	if !bytes.Contains(text, []byte(markBytes)) {
		return text
	}
	var out []byte
	for _, p := range Parts(text) {
		out = append(out, p.Text...)
	}
	return out
}

// escapeMarks keeps a text of others from having marks; everything else stays.
func escapeMarks(s string) string {
	if !strings.Contains(s, markBytes) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if isMark(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteString(s[:size])
		}
		s = s[size:]
	}
	return b.String()
}

// A Page is a text with tones that is put together before it is written, as a value of Fprintf.
type Page struct{ text []byte }

// WriteInk adds a text with marks.
func (p *Page) WriteInk(text []byte) (int, error) {
	p.text = append(p.text, text...)
	return len(text), nil
}

// Columns is 0: who writes the page folds it.
func (p *Page) Columns() int { return 0 }

// Write adds a text of others as it is.
func (p *Page) Write(text []byte) (int, error) {
	_, err := p.WriteString(string(text))
	return len(text), err
}

// WriteString is Write.
func (p *Page) WriteString(text string) (int, error) {
	p.text = fmt.Appendf(p.text, "%c%s%c", verbatim, escapeMarks(text), folding)
	return len(text), nil
}

// Add adds a text of ours, as Fprintf writes one. A page takes all of it.
func (p *Page) Add(format string, args ...any) { _, _ = Fprintf(p, format, args...) }

// Trim takes blanks and newlines from the end.
func (p *Page) Trim() *Page {
	const begin, end = string(verbatim), string(folding)
	for {
		p.text = bytes.TrimRight(p.text, " \n")
		body, ok := bytes.CutSuffix(p.text, []byte(end))
		inner := bytes.TrimRight(body, " \n")
		if !ok || len(inner) == len(body) {
			return p
		}
		var empty bool
		if p.text, empty = bytes.CutSuffix(inner, []byte(begin)); !empty {
			p.text = append(inner, end...)
			return p
		}
	}
}

// String is the text without tones.
func (p *Page) String() string { return string(unmarked(p.text)) }

// A Part is a piece of a text with marks: how it stands out, and whether it keeps its lines. A
// part with neither has Tone 0.
type Part struct {
	Text     string
	Tone     Tone
	Verbatim bool
}

// Parts takes a text of Fprintf apart at its marks.
func Parts(text []byte) []Part {
	var out []Part
	at := Part{}
	for len(text) > 0 {
		i := 0
		var r rune
		for i < len(text) {
			n := bytes.Index(text[i:], []byte(markBytes))
			if n < 0 {
				i = len(text)
				break
			}
			i += n
			if r, _ = utf8.DecodeRune(text[i:]); isMark(r) {
				break
			}
			i += len(markBytes)
		}
		if i > 0 {
			at.Text = string(text[:i])
			out = append(out, at)
		}
		if text = text[i:]; len(text) == 0 {
			break
		}
		switch text = text[utf8.RuneLen(r):]; r {
		case firstMark:
			at.Tone = 0
		case verbatim, folding:
			at.Verbatim = r == verbatim
		default:
			at.Tone = Tone(r)
		}
	}
	return out
}
