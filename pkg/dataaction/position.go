package dataaction

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/diag"
)

// A source is the text a definition was read from, with the place of every value.
type source struct {
	file string
	text string
	at   map[string]span // by JSON pointer
}

// A span is where a value stands; key is where its name does, -1 for an item.
type span struct{ key, from, to int }

// newSource indexes a text that is known to be JSON.
func newSource(file, text string) *source {
	s := &source{file: file, text: text, at: map[string]span{}}
	s.index(s.blanks(0), -1, "")
	return s
}

func (s *source) blanks(i int) int {
	for i < len(s.text) && strings.IndexByte(" \t\r\n", s.text[i]) >= 0 {
		i++
	}
	return i
}

// index records the value at i and everything in it, and gives the offset behind it.
func (s *source) index(i, key int, pointer string) int {
	from := i
	switch s.text[i] {
	case '{', '[':
		object := s.text[i] == '{'
		i = s.blanks(i + 1)
		for n := 0; s.text[i] != '}' && s.text[i] != ']'; n++ {
			at, name := -1, strconv.Itoa(n)
			if object {
				at = i
				end := s.quoted(i)
				name = unquote(s.text[i:end])
				i = s.blanks(s.blanks(end) + 1)
			}
			i = s.blanks(s.index(i, at, pointer+"/"+escapePointer(name)))
			if s.text[i] == ',' {
				i = s.blanks(i + 1)
			}
		}
		i++
	case '"':
		i = s.quoted(i)
	default:
		for i < len(s.text) && strings.IndexByte(" \t\r\n,]}", s.text[i]) < 0 {
			i++
		}
	}
	s.at[pointer] = span{key, from, i}
	return i
}

// quoted gives the offset behind the string that begins at i.
func (s *source) quoted(i int) int {
	for i++; s.text[i] != '"'; i++ {
		if s.text[i] == '\\' {
			i++
		}
	}
	return i + 1
}

func unquote(literal string) string {
	v, err := decodeString(literal)
	if err != nil {
		return literal
	}
	return v
}

// escapePointer writes a name as a part of a JSON pointer (RFC 6901).
func escapePointer(name string) string {
	if !strings.ContainsAny(name, "~/") {
		return name
	}
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

func (s *source) position(offset int) diag.Position {
	before := s.text[:min(offset, len(s.text))]
	line := strings.LastIndexByte(before, '\n') + 1
	return diag.Position{File: s.file, Line: strings.Count(before, "\n") + 1, Column: utf8.RuneCountInString(before[line:]) + 1}
}

// position is where the value at a pointer stands, or the nearest value around it.
func (d *Definition) position(pointer string) diag.Position {
	if d.source == nil {
		return diag.Position{}
	}
	for {
		if sp, ok := d.source.at[pointer]; ok {
			return d.source.position(sp.from)
		}
		i := strings.LastIndexByte(pointer, '/')
		if i < 0 {
			return diag.Position{File: d.source.file}
		}
		pointer = pointer[:i]
	}
}

// within is where a character of the string at a pointer stands: line and column count in the
// string's content, the answer in the file, where escapes are longer.
func (d *Definition) within(pointer string, line, column int) diag.Position {
	if d.source == nil {
		return diag.Position{}
	}
	sp, ok := d.source.at[pointer]
	if !ok || line < 1 || d.source.text[sp.from] != '"' {
		return d.position(pointer)
	}
	i, atLine, atColumn := sp.from+1, 1, 1
	for i < sp.to-1 && (atLine < line || atLine == line && atColumn < max(column, 1)) {
		size := 1
		newline := false
		switch c := d.source.text[i]; {
		case c == '\\' && d.source.text[i+1] == 'u':
			size = 6
		case c == '\\':
			size, newline = 2, d.source.text[i+1] == 'n'
		case c >= utf8.RuneSelf:
			_, size = utf8.DecodeRuneInString(d.source.text[i:])
		}
		i += size
		if newline {
			if atLine == line {
				break
			}
			atLine, atColumn = atLine+1, 1
		} else {
			atColumn++
		}
	}
	return d.source.position(i)
}
