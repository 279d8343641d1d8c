package lab

import (
	"strings"
	"unicode"
)

// A cursor is where a place of a YAML text stands in its structure. It is found from the text
// before the place alone, by indentation and brackets, since a text that is being written can
// seldom be parsed.
//
//	rules:                      routing.rules
//	  - name: a                 routing.rules[0].name, value "a"
//	    when: {stage: [Neg|     routing.rules[0].when.stage[0], value "Neg"
//	    to:
//	      qu|                   routing.rules[0].to, key "qu"
type cursor struct {
	path    []string // keys, and "[]" for an item of a list, of the mapping or value that is written
	key     bool     // a key of the mapping at path is written, or could be
	part    string   // that is written before the place
	present []string // keys that the mapping has before the place
	comment bool     // nothing of the structure stands here
}

// An open part of a block: a key whose value may follow, or an item of a list.
type block struct {
	indent int
	name   string // "[]" for an item
	keys   []string
}

// An open bracket.
type bracket struct {
	list bool
	name string // of the key whose value is being written; empty while a key is
	keys []string
}

// A scan goes through a text line by line.
type scan struct {
	blocks   []block
	top      []string // keys of the outermost mapping
	brackets []bracket
	literal  int // indentation beyond which lines are the text of a block scalar; -1: there is none
	token    strings.Builder
	quote    rune
	key      string // whose value stands on this line; empty: none
	value    bool
	comment  bool
	indent   int
	flowed   bool // the value of this line is in brackets
	item     bool // the line begins with a dash
}

// find gives the cursor behind a text.
func find(before string) cursor {
	s := &scan{literal: -1}
	lines := strings.Split(strings.ReplaceAll(before, "\r\n", "\n"), "\n")
	for i, l := range lines {
		s.line(l, i == len(lines)-1)
	}
	return s.cursor()
}

// line takes a line; the last one may end within a word.
func (s *scan) line(l string, last bool) {
	if s.quote == 0 && len(s.brackets) == 0 {
		s.token.Reset()
		s.key, s.value, s.flowed, s.item = "", false, false, false
		s.comment = false
		text := strings.TrimLeft(l, " ")
		s.indent = len(l) - len(text)
		if s.literal >= 0 {
			if text == "" || s.indent > s.literal {
				s.comment = true
				return
			}
			s.literal = -1
		}
		if text == "" && !last {
			return
		}
		if strings.HasPrefix(text, "#") || strings.HasPrefix(text, "---") {
			s.comment = true
			return
		}
		l = s.dashes(text)
		if l = s.blockKey(l, last); l == "" {
			return
		}
	}
	s.flow(l)
	if s.quote == 0 && len(s.brackets) == 0 && s.value {
		if t := strings.TrimSpace(s.token.String()); !last && (strings.HasPrefix(t, "|") || strings.HasPrefix(t, ">")) {
			s.literal = s.indent
		}
	}
}

// dashes takes the dashes in front of a line and gives the rest.
func (s *scan) dashes(text string) string {
	for text == "-" || strings.HasPrefix(text, "- ") {
		s.item = true
		for n := len(s.blocks); n > 0; n = len(s.blocks) {
			if b := s.blocks[n-1]; b.indent < s.indent || b.indent == s.indent && b.name != "[]" {
				break
			}
			s.blocks = s.blocks[:n-1]
		}
		s.blocks = append(s.blocks, block{indent: s.indent, name: "[]"})
		rest := strings.TrimLeft(text[1:], " ")
		s.indent += len(text) - len(rest)
		text = rest
	}
	return text
}

// blockKey takes a key with its colon, and gives what stands behind it.
func (s *scan) blockKey(text string, last bool) string {
	name, rest, ok := cutKey(text)
	if !ok {
		if !s.item {
			s.pop(s.indent)
		}
		return text
	}
	s.pop(s.indent)
	if n := len(s.blocks); n > 0 {
		s.blocks[n-1].keys = append(s.blocks[n-1].keys, name)
	} else {
		s.top = append(s.top, name)
	}
	s.blocks = append(s.blocks, block{indent: s.indent, name: name})
	s.key, s.value = name, true
	if rest == "" && last {
		return ""
	}
	return rest
}

// pop ends what stands as deep as a key, or deeper.
func (s *scan) pop(indent int) {
	for n := len(s.blocks); n > 0 && s.blocks[n-1].indent >= indent; n = len(s.blocks) {
		s.blocks = s.blocks[:n-1]
	}
}

// cutKey takes a text apart at the colon behind a key.
func cutKey(text string) (name, rest string, ok bool) {
	if text == "" || strings.ContainsRune("{[", rune(text[0])) {
		return "", "", false
	}
	if q := text[0]; q == '"' || q == '\'' {
		end := strings.IndexByte(text[1:], q)
		if end < 0 || !strings.HasPrefix(text[end+2:], ":") {
			return "", "", false
		}
		return text[1 : end+1], strings.TrimLeft(text[end+3:], " "), true
	}
	i := strings.Index(text, ":")
	if i < 0 || i+1 < len(text) && text[i+1] != ' ' || strings.Contains(text[:i], " #") {
		return "", "", false
	}
	return text[:i], strings.TrimLeft(text[i+1:], " "), true
}

// flow takes what stands behind a key or a dash, brackets among it.
func (s *scan) flow(text string) {
	before := ' '
	for _, r := range text {
		if s.comment {
			return
		}
		s.rune(r, before)
		before = r
	}
}

func (s *scan) rune(r, before rune) {
	n := len(s.brackets)
	switch {
	case s.quote != 0:
		s.token.WriteRune(r)
		if r == s.quote && (r == '\'' || before != '\\') {
			s.quote = 0
		}
	case (r == '"' || r == '\'') && strings.TrimSpace(s.token.String()) == "":
		s.quote = r
		s.token.WriteRune(r)
	case r == '#' && unicode.IsSpace(before):
		s.comment = true
	case (r == '{' || r == '[') && strings.TrimSpace(s.token.String()) == "":
		s.brackets = append(s.brackets, bracket{list: r == '['})
		s.token.Reset()
		s.flowed = true
	case n > 0 && (r == '}' || r == ']'):
		s.brackets = s.brackets[:n-1]
		s.token.Reset()
	case n > 0 && r == ',':
		s.brackets[n-1].name = ""
		s.token.Reset()
	case n > 0 && r == ':' && !s.brackets[n-1].list && s.brackets[n-1].name == "":
		b := &s.brackets[n-1]
		b.name = strings.Trim(strings.TrimSpace(s.token.String()), `"'`)
		b.keys = append(b.keys, b.name)
		s.token.Reset()
	default:
		s.token.WriteRune(r)
	}
}

// cursor is where the scan has ended.
func (s *scan) cursor() cursor {
	c := cursor{comment: s.comment, part: strings.TrimLeft(s.token.String(), " ")}
	for _, b := range s.blocks {
		c.path = append(c.path, b.name)
	}
	if n := len(s.brackets); n > 0 {
		for i, b := range s.brackets {
			switch {
			case b.list:
				c.path = append(c.path, "[]")
			case b.name != "":
				c.path = append(c.path, b.name)
			case i == n-1:
				c.key, c.present = true, b.keys
			}
		}
		return c
	}
	if s.flowed || s.value {
		return c
	}
	c.key = true
	if n := len(s.blocks); n > 0 {
		c.present = s.blocks[n-1].keys
	} else {
		c.present = s.top
	}
	return c
}
