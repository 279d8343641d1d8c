package source

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/diag"
)

// A Text is the content of a file. Lines end with a line feed, and only there, as in
// package diag; columns count characters.
type Text struct {
	File string
	Data []byte
}

// New is a text without its byte order mark, which no editor counts as a character.
func New(file string, data []byte) Text {
	return Text{file, bytes.TrimPrefix(data, []byte("\ufeff"))}
}

// Position is the place of an offset in bytes, of the text's end when it is beyond it.
func (t Text) Position(offset int) diag.Position {
	before := t.Data[:min(max(offset, 0), len(t.Data))]
	line := bytes.LastIndexByte(before, '\n') + 1
	return diag.Position{File: t.File, Line: bytes.Count(before, []byte("\n")) + 1, Column: utf8.RuneCount(before[line:]) + 1}
}

// Offset is where a line and column begin, in bytes; -1 when the text has no such line. A
// column behind the end of its line is that end.
func (t Text) Offset(line, column int) int {
	at := 0
	for ; line > 1; line-- {
		i := bytes.IndexByte(t.Data[at:], '\n')
		if i < 0 {
			return -1
		}
		at += i + 1
	}
	for ; column > 1 && at < len(t.Data) && t.Data[at] != '\n'; column-- {
		_, size := utf8.DecodeRune(t.Data[at:])
		at += size
	}
	return at
}

// At is the place of a node.
func (t Text) At(n *yaml.Node) diag.Position {
	if n == nil {
		return diag.Position{File: t.File}
	}
	return diag.Position{File: t.File, Line: n.Line, Column: n.Column}
}

// Inside is the place of an offset in bytes into a scalar's value, where escapes and line
// ends are written otherwise than they read. Where that cannot be told (folded blocks) it
// is the place of the node, and false.
func (t Text) Inside(n *yaml.Node, offset int) (diag.Position, bool) {
	if n == nil || n.Kind != yaml.ScalarNode || n.Line < 1 || offset < 0 || offset > len(n.Value) {
		return t.At(n), false
	}
	for offset < len(n.Value) && !utf8.RuneStart(n.Value[offset]) { // within a character
		offset--
	}
	at := -1
	switch {
	case n.Style&yaml.LiteralStyle != 0:
		at = t.insideBlock(n, offset)
	case n.Style&yaml.FoldedStyle == 0:
		at = t.insideLine(n, offset)
	}
	if at < 0 {
		return t.At(n), false
	}
	return t.Position(at), true
}

// insideBlock looks in a literal block, whose lines stand in the text as they read, behind
// their indentation. It gives the offset in the text, or -1.
func (t Text) insideBlock(n *yaml.Node, offset int) int {
	row := strings.Count(n.Value[:offset], "\n")
	begin := strings.LastIndexByte(n.Value[:offset], '\n') + 1
	want, _, _ := strings.Cut(n.Value[begin:], "\n")
	at := t.Offset(n.Line+1+row, 1)
	if at < 0 {
		return -1
	}
	line, _, _ := bytes.Cut(t.Data[at:], []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	if !bytes.HasSuffix(line, []byte(want)) {
		return -1
	}
	return at + len(line) - len(want) + offset - begin
}

// insideLine walks through a plain or quoted scalar. It gives the offset in the text, or -1.
func (t Text) insideLine(n *yaml.Node, offset int) int {
	s := scalar{text: t.Data, at: t.Offset(n.Line, n.Column), value: n.Value}
	if s.at < 0 {
		return -1
	}
	for n.Anchor != "" || n.Style&yaml.TaggedStyle != 0 { // a node's place is that of its anchor or tag
		rest := t.Data[s.at:]
		word := bytes.IndexAny(rest, " \t\r\n")
		if word < 1 || rest[0] != '&' && rest[0] != '!' {
			break
		}
		s.at = len(t.Data) - len(bytes.TrimLeft(rest[word:], " \t\r\n"))
	}
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		if s.at == len(t.Data) {
			return -1
		}
		s.quote = t.Data[s.at]
		s.at++
	}
	for s.done < offset {
		if !s.step() {
			return -1
		}
	}
	for s.continues() {
		s.escape()
	}
	return s.at
}

// A scalar is walked from its text to its value, a character, an escape or a fold at a time.
type scalar struct {
	text  []byte
	at    int
	quote byte // 0 for a plain one
	value string
	done  int // bytes of the value that the walk has passed
}

// step passes one unit; false when the text does not give what the value has.
func (s *scalar) step() bool {
	if s.at >= len(s.text) {
		return false
	}
	c := s.text[s.at]
	switch {
	case c == '\\' && s.quote == '"':
		return s.escape()
	case c == '\'' && s.quote == '\'':
		if s.at+1 >= len(s.text) || s.text[s.at+1] != '\'' {
			return false
		}
		return s.pass(2, "'")
	case c == '\n' || c == '\r' || c == ' ' || c == '\t':
		return s.blanks()
	}
	_, size := utf8.DecodeRune(s.text[s.at:])
	return s.pass(size, string(s.text[s.at:s.at+size]))
}

// pass takes size bytes of the text for the given piece of the value.
func (s *scalar) pass(size int, gives string) bool {
	if !strings.HasPrefix(s.value[s.done:], gives) {
		return false
	}
	s.at, s.done = s.at+size, s.done+len(gives)
	return true
}

// blanks passes one blank within a line, or a break with the blanks around it: one break
// reads as a blank, of several the first is lost.
func (s *scalar) blanks() bool {
	rest := s.text[s.at:]
	all := rest[:len(rest)-len(bytes.TrimLeft(rest, " \t\r\n"))]
	switch breaks := bytes.Count(all, []byte("\n")); breaks {
	case 0:
		return s.pass(1, string(all[:1]))
	case 1:
		return s.pass(len(all), " ")
	default:
		return s.pass(len(all), strings.Repeat("\n", breaks-1))
	}
}

// continues tells whether an escaped end of the line comes next, which reads as nothing.
func (s *scalar) continues() bool {
	rest := s.text[s.at:]
	return s.quote == '"' && len(rest) > 1 && rest[0] == '\\' && (rest[1] == '\n' || rest[1] == '\r')
}

// escape passes an escape of a text in double quotes; JSON's are among YAML's.
func (s *scalar) escape() bool {
	if s.at+1 >= len(s.text) {
		return false
	}
	if s.continues() { // with the blanks before the text goes on
		s.at = len(s.text) - len(bytes.TrimLeft(s.text[s.at+1:], " \t\r\n"))
		return true
	}
	switch c := s.text[s.at+1]; c {
	case 'x', 'u', 'U':
		size := 2 + map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
		_, gives := utf8.DecodeRuneInString(s.value[s.done:])
		if c == 'u' && gives == 4 { // of JSON: two halves
			size *= 2
		}
		if s.at+size > len(s.text) || gives == 0 {
			return false
		}
		return s.pass(size, s.value[s.done:s.done+gives])
	default:
		_, size := utf8.DecodeRune(s.text[s.at+1:])
		gives, ok := escapes[c]
		if !ok {
			gives = string(s.text[s.at+1 : s.at+1+size])
		}
		return s.pass(1+size, gives)
	}
}

// escapes are those of YAML that do not stand for the character after the backslash.
var escapes = map[byte]string{
	'0': "\x00", 'a': "\a", 'b': "\b", 't': "\t", 'n': "\n", 'v': "\v", 'f': "\f", 'r': "\r", 'e': "\x1b",
	'N': "\u0085", '_': "\u00a0", 'L': "\u2028", 'P': "\u2029",
}

// Within is the offset in bytes of a line and column of a text, for messages that count so.
func Within(text string, line, column int) int {
	return max(Text{Data: []byte(text)}.Offset(line, column), 0)
}
