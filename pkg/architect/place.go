package architect

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/diag"
)

// Place gives the position of a byte offset into a value's text, as well as the way the
// scalar is written allows it: exact for plain and block scalars and for quoted ones
// without escapes before the place, else the place of the scalar.
func (f *File) Place(v Value, offset int) diag.Position {
	n := v.Node
	if n == nil || n.Kind != yaml.ScalarNode || n.Line == 0 || offset < 0 || offset > len(v.Text) {
		return v.Pos
	}
	before := v.Text[:offset]
	row := strings.Count(before, "\n")
	last := before[strings.LastIndexByte(before, '\n')+1:]
	if n.Style&(yaml.LiteralStyle) != 0 {
		line, ok := f.line(n.Line + 1 + row)
		if !ok {
			return v.Pos
		}
		text := v.Text[strings.LastIndexByte(before, '\n')+1:]
		text, _, _ = strings.Cut(text, "\n")
		at := bytes.Index(line, []byte(text))
		if at < 0 {
			return v.Pos
		}
		return diag.Position{File: v.Pos.File, Line: n.Line + 1 + row, Column: len([]rune(string(line[:at]))) + len([]rune(last)) + 1}
	}
	line, ok := f.line(n.Line)
	if !ok || row > 0 || n.Style&yaml.FoldedStyle != 0 {
		return v.Pos
	}
	chars := []rune(string(line))
	start := n.Column - 1
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		start++
	}
	want := []rune(before)
	if start < 0 || start+len(want) > len(chars) || string(chars[start:start+len(want)]) != before {
		return v.Pos
	}
	return diag.Position{File: v.Pos.File, Line: n.Line, Column: start + len(want) + 1}
}

func (f *File) line(n int) ([]byte, bool) {
	src := f.src
	for ; n > 1 && len(src) > 0; n-- {
		i := bytes.IndexByte(src, '\n')
		if i < 0 {
			return nil, false
		}
		src = src[i+1:]
	}
	if len(src) == 0 {
		return nil, false
	}
	if i := bytes.IndexByte(src, '\n'); i >= 0 {
		src = src[:i]
	}
	return bytes.TrimRight(src, "\r"), true
}
