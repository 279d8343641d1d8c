package terraform

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/source"
)

// A spot is an offset in bytes into a file.
type spot struct {
	file   string
	offset int
}

// A mark says where the text from an offset on stands. A fixed one stands for all of what
// follows, others go along with it.
type mark struct {
	from  int
	at    spot
	fixed bool
}

// A text is a value that remembers where its bytes stand.
type text struct {
	b     []byte
	marks []mark
}

func (t *text) str() string { return string(t.b) }

// at is where a byte of the text stands.
func (t *text) at(offset int) (spot, bool) {
	i, found := slices.BinarySearchFunc(t.marks, offset, func(m mark, o int) int { return m.from - o })
	if !found {
		i--
	}
	if i < 0 {
		return spot{}, false
	}
	m := t.marks[i]
	if !m.fixed {
		m.at.offset += offset - m.from
	}
	return m.at, true
}

// put adds bytes that stand somewhere.
func (t *text) put(s string, at spot, fixed bool) {
	t.mark(mark{len(t.b), at, fixed})
	t.b = append(t.b, s...)
}

// mark adds a mark, unless the last one says the same.
func (t *text) mark(m mark) {
	if n := len(t.marks); n > 0 {
		last := t.marks[n-1]
		if last.fixed == m.fixed && last.at.file == m.at.file && (m.fixed && last.at == m.at || !m.fixed && last.at.offset+m.from-last.from == m.at.offset) {
			return
		}
	}
	t.marks = append(t.marks, m)
}

// join adds another text.
func (t *text) join(u text) {
	for _, m := range u.marks {
		m.from += len(t.b)
		t.mark(m)
	}
	t.b = append(t.b, u.b...)
}

// whole is a text that stands at one place.
func whole(s string, at spot) text { return text{[]byte(s), []mark{{0, at, true}}} }

// An origin is what the ranges of an expression count in: a file, or a string of one.
type origin struct {
	data []byte
	file string
	at   []int // where each byte of the string stands in the file; nil for the file itself
}

func (o *origin) spot(offset int) spot {
	if o.at != nil {
		offset = o.at[min(max(offset, 0), len(o.at)-1)]
	}
	return spot{o.file, offset}
}

// literal is a literal part of a template as it stands from one offset to another: with
// escapes, and indented where a heredoc's indentation goes away.
func (o *origin) literal(from, to int, val string, quoted bool) text {
	var t text
	raw := o.data[min(max(from, 0), len(o.data)):min(max(to, 0), len(o.data))]
	if len(raw) == 0 && val != "" {
		return whole(val, o.spot(from))
	}
	put := func(s string, i int) {
		if o.at != nil {
			t.put(s, o.spot(from+i), len(s) > 1)
			return
		}
		t.put(s, spot{o.file, from + i}, false)
	}
	i := 0
	for j := 0; j < len(val); {
		if i >= len(raw) { // not what the library made of it
			t.put(val[j:], o.spot(from), true)
			break
		}
		gives, size := unit(string(raw[i:min(i+12, len(raw))]), quoted)
		switch {
		case strings.HasPrefix(val[j:], gives):
			put(gives, i)
			j += len(gives)
		case !unicode.IsSpace(rune(raw[i])):
			t.put(val[j:], o.spot(from+i), true)
			return t
		}
		i += size
	}
	return t
}

// unit is what one character or escape of a literal gives, and its size.
func unit(raw string, quoted bool) (gives string, size int) {
	if strings.HasPrefix(raw, "$${") || strings.HasPrefix(raw, "%%{") {
		return raw[1:3], 3
	}
	if quoted && len(raw) > 1 && raw[0] == '\\' {
		switch c := raw[1]; c {
		case 'n':
			return "\n", 2
		case 'r':
			return "\r", 2
		case 't':
			return "\t", 2
		case 'u', 'U':
			n := map[byte]int{'u': 6, 'U': 10}[c]
			if len(raw) >= n {
				if r, err := strconv.ParseUint(raw[2:n], 16, 32); err == nil {
					return string(rune(r)), n
				}
			}
		default:
			return raw[1:2], 2
		}
	}
	_, n := utf8.DecodeRuneInString(raw)
	return raw[:n], n
}

// unquoteJSON is the string that a JSON text has at an offset, and where its bytes stand.
func unquoteJSON(data []byte, at int, want string) []int {
	out := make([]int, 0, len(want)+1)
	i := at + 1
	for j := 0; j < len(want) && i < len(data); {
		_, n := utf8.DecodeRuneInString(want[j:])
		size := n
		if data[i] == '\\' && i+1 < len(data) {
			size = 2
			if data[i+1] == 'u' {
				size = 6
				if n == 4 { // two halves
					size = 12
				}
			}
		}
		for range n {
			out = append(out, i)
		}
		i, j = i+size, j+n
	}
	for len(out) <= len(want) {
		out = append(out, min(i, len(data)))
	}
	return out
}

// position is a spot as a person counts.
func (m *Module) position(at spot) diag.Position {
	data, ok := m.sources[at.file]
	if !ok {
		return diag.Position{File: at.file}
	}
	return source.Text{File: at.file, Data: data}.Position(at.offset)
}
