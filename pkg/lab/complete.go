package lab

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf16"

	"github.com/dealroute/dealroute/pkg/deployment"
)

// A shape is a part of the JSON Schema of the deployment file.
type shape struct {
	Ref         string          `json:"$ref"`
	Type        string          `json:"type"`
	Properties  shapes          `json:"properties"`
	More        json.RawMessage `json:"additionalProperties"`
	Items       *shape          `json:"items"`
	OneOf       []*shape        `json:"oneOf"`
	Enum        []any           `json:"enum"`
	Description string          `json:"description"`
	Default     any             `json:"default"`
	Required    []string        `json:"required"`
	Defs        map[string]*shape
}

// shapes are properties in the order of the file.
type shapes struct {
	names []string
	by    map[string]*shape
}

// UnmarshalJSON keeps the order.
func (s *shapes) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, &s.by); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		var skip json.RawMessage
		if err := d.Decode(&skip); err != nil {
			return err
		}
		name, _ := t.(string)
		s.names = append(s.names, name)
	}
	return nil
}

// schema is that of the deployment file, read once.
var schema = sync.OnceValue(func() *shape {
	var top struct {
		shape
		Defs map[string]*shape `json:"$defs"`
	}
	if err := json.Unmarshal(deployment.Schema(), &top); err != nil {
		panic(fmt.Sprintf("lab: the schema of the deployment file: %v", err)) // it is embedded, and tested
	}
	top.shape.Defs = top.Defs
	return &top.shape
})

// all are the shapes that a value may have: references followed, choices apart.
func (s *shape) all() []*shape {
	if s == nil {
		return nil
	}
	var out []*shape
	if name, ok := strings.CutPrefix(s.Ref, "#/$defs/"); ok {
		out = append(out, schema().Defs[name].all()...)
	} else if len(s.OneOf) == 0 {
		out = append(out, s)
	}
	for _, x := range s.OneOf {
		out = append(out, x.all()...)
	}
	return out
}

// step gives the shape of a member, nil when there is none.
func (s *shape) step(name string) *shape {
	for _, x := range s.all() {
		if name == "[]" {
			if x.Items != nil {
				return x.Items
			}
			continue
		}
		if p := x.Properties.by[name]; p != nil {
			return p
		}
		var more *shape
		if len(x.More) > 0 && x.More[0] == '{' && json.Unmarshal(x.More, &more) == nil {
			return more
		}
	}
	return nil
}

// at gives the shape of what stands at a path, nil when the schema has nothing there.
func at(path []string) *shape {
	s := schema()
	for _, p := range path {
		if s = s.step(p); s == nil {
			return nil
		}
	}
	return s
}

// about is what the schema says of a value.
func (s *shape) about() string {
	if s.Description != "" {
		return s.Description
	}
	for _, x := range s.all() {
		if x.Description != "" {
			return x.Description
		}
	}
	return ""
}

// kind is the type of a value in words.
func (s *shape) kind() string {
	var out []string
	for _, x := range s.all() {
		k := x.Type
		switch {
		case k == "array" && x.Items != nil:
			k = "list of " + x.Items.kind()
		case k == "" && len(x.Enum) > 0:
			k = "text"
		}
		if k = strings.NewReplacer("string", "text", "object", "mapping", "boolean", "true or false").Replace(k); k != "" && !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return strings.Join(out, ", or ")
}

// values are the closed values that are allowed.
func (s *shape) values() []string {
	var out []string
	for _, x := range s.all() {
		for _, v := range x.Enum {
			out = append(out, fmt.Sprint(v))
		}
		if x.Type == "boolean" {
			out = append(out, "true", "false")
		}
	}
	return unique(out)
}

// unique is each once, in the order of the first.
func unique(all []string) []string {
	var out []string
	for _, s := range all {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// At is a place of a text.
type At struct {
	Text   *string `json:"text"` // null: that of the session
	Line   int     `json:"line"`
	Column int     `json:"column"`
}

// An Item is what could be written at a place.
type Item struct {
	Label  string  `json:"label"`
	Insert string  `json:"insert"`
	Kind   string  `json:"kind"` // key, value or name
	Type   *string `json:"type"`
	About  *string `json:"about"`
}

// Completion is what could be written in the place of a range.
type Completion struct {
	Range
	Items []Item `json:"items"`
}

// placed is a place of a text: what stands before it, and the rest of its line.
type placed struct {
	before, line string
	column       int // in bytes of the line
}

// where finds a place; what lies outside is brought to the nearest place.
func (s *Server) where(p At) placed {
	text := ""
	if p.Text != nil {
		text = *p.Text
	} else {
		s.mu.Lock()
		text = string(s.text)
		s.mu.Unlock()
	}
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	n := min(max(p.Line, 1), len(lines))
	line := lines[n-1]
	c := bytesAt(line, p.Column)
	before := strings.Join(lines[:n-1], "\n")
	if n > 1 {
		before += "\n"
	}
	return placed{before + line[:c], line, c}
}

// bytesAt is how many bytes of a line stand before a column of UTF-16 code units.
func bytesAt(line string, column int) int {
	n := 1
	for i, r := range line {
		if n >= column {
			return i
		}
		n += max(utf16.RuneLen(r), 1)
	}
	return len(line)
}

func (p placed) span(from, to, line int) Range {
	column := func(n int) int { return units([]rune(p.line[:n])) + 1 }
	return Range{line, column(from), line, column(to)}
}

// inWord tells whether a character belongs to a key or a plain value.
func inWord(r rune) bool { return !unicode.IsSpace(r) && !strings.ContainsRune(`{}[],:"'#`, r) }

// complete tells what could be written at a place.
func (s *Server) complete(p At) (any, error) {
	w := s.where(p)
	c := find(w.before)
	from := w.column - len(c.part)
	to := w.column
	for _, r := range w.line[to:] {
		if !inWord(r) {
			break
		}
		to += len(string(r))
	}
	out := Completion{w.span(max(from, 0), to, max(p.Line, 1)), []Item{}}
	if c.comment || from < 0 {
		return out, nil
	}
	x := at(c.path)
	if x == nil {
		return out, nil
	}
	var items []Item
	if c.key {
		items = s.keys(x, c, strings.HasPrefix(strings.TrimLeft(w.line[to:], " "), ":"))
	}
	if len(items) == 0 { // an item of a list may be a value
		items = s.valuesAt(x, c.path)
	}
	part := strings.ToLower(strings.Trim(c.part, `"'`))
	for _, i := range items {
		if strings.Contains(strings.ToLower(i.Label), part) {
			out.Items = append(out.Items, i)
		}
	}
	slices.SortStableFunc(out.Items, func(a, b Item) int { // what begins so comes first
		begins := func(i Item) int {
			if strings.HasPrefix(strings.ToLower(i.Label), part) {
				return 0
			}
			return 1
		}
		return cmp.Compare(begins(a), begins(b))
	})
	return out, nil
}

// keys are those that a mapping may have and has not.
func (s *Server) keys(x *shape, c cursor, colon bool) []Item {
	var out []Item
	end := ": "
	if colon {
		end = ""
	}
	for _, one := range x.all() {
		for _, name := range one.Properties.names {
			if slices.Contains(c.present, name) {
				continue
			}
			p := one.Properties.by[name]
			about := p.about()
			if slices.Contains(one.Required, name) {
				about = strings.TrimSpace(about + " Required.")
			}
			out = append(out, Item{Label: name, Insert: name + end, Kind: "key", Type: some(p.kind()), About: some(about)})
		}
	}
	for _, name := range s.named(c.path, true) {
		if !slices.Contains(c.present, name) {
			out = append(out, Item{Label: name, Insert: quoted(name) + end, Kind: "name"})
		}
	}
	return out
}

// valuesAt are the closed values of a place, and the names that are known there.
func (s *Server) valuesAt(x *shape, path []string) []Item {
	var out []Item
	about := some(x.about())
	for _, v := range x.values() {
		out = append(out, Item{Label: v, Insert: v, Kind: "value", About: about})
	}
	for _, v := range s.named(path, false) {
		out = append(out, Item{Label: v, Insert: quoted(v), Kind: "name", About: about})
	}
	return out
}

// named are the names that the deployment, the fixtures and the org know for a place.
func (s *Server) named(path []string, key bool) []string {
	s.mu.Lock()
	w := s.dials
	s.mu.Unlock()
	if w == nil {
		return nil
	}
	for len(path) > 0 && path[len(path)-1] == "[]" {
		path = path[:len(path)-1]
	}
	if len(path) == 0 {
		return nil
	}
	n, last := w.Names, path[len(path)-1]
	if key {
		if last == "facts" && slices.Contains(path, "when") {
			return n.Facts
		}
		return nil
	}
	switch facts := slices.Contains(path, "facts"); {
	case last == "property", facts && last == "contact":
		return n.Properties["contacts"]
	case facts && last == "deal":
		return n.Properties["deals"]
	}
	return map[string][]string{
		"queue": n.Queues, "skills": n.Skills, "flow": n.Flows, "stage": n.Stages, "pipeline": n.Pipelines, "pipelines": n.Pipelines, "called": n.Numbers,
	}[last]
}

// quoted is a name as YAML reads it back: plain where that is the same text.
func quoted(s string) string {
	plain := s != "" && !strings.ContainsAny(s, ":#{}[],&*!|>'\"%@`\n\\") && strings.TrimSpace(s) == s && !strings.HasPrefix(s, "-") && !strings.HasPrefix(s, "?")
	if plain && strings.ContainsFunc(s, unicode.IsLetter) && !slices.Contains([]string{"true", "false", "null", "yes", "no", "on", "off", "~"}, strings.ToLower(s)) && !number10(s) {
		return s
	}
	data, err := json.Marshal(s)
	if err != nil {
		return s
	}
	return string(data)
}

// number10 tells that a word with letters reads as a number all the same.
func number10(s string) bool {
	return strings.Trim(s, "0123456789.eE+-_xXoOaAbBcCdDfF") == "" && strings.ContainsAny(s[:1], "0123456789.+-")
}

// Hover is what the schema says of a place.
type Hover struct {
	Range
	Path    *string  `json:"path"`
	About   *string  `json:"about"`
	Type    *string  `json:"type"`
	Default *string  `json:"default"`
	Values  []string `json:"values"`
}

// hover tells what the key or the value at a place means.
func (s *Server) hover(p At) (any, error) {
	w := s.where(p)
	from, to := w.column, w.column
	for from > 0 {
		r := []rune(w.line[:from])
		if last := r[len(r)-1]; !inWord(last) {
			break
		}
		from -= len(string(r[len(r)-1]))
	}
	for _, r := range w.line[to:] {
		if !inWord(r) {
			break
		}
		to += len(string(r))
	}
	out := Hover{Range: w.span(from, to, max(p.Line, 1)), Values: []string{}}
	if from == to {
		return out, nil
	}
	c := find(w.before[:len(w.before)-w.column] + w.line[:to])
	if c.comment {
		return out, nil
	}
	path := c.path
	if c.key {
		path = append(slices.Clone(path), w.line[from:to])
	}
	x := at(path)
	if x == nil {
		return out, nil
	}
	out.Path, out.About, out.Type, out.Values = some(strings.ReplaceAll(strings.Join(path, "."), ".[]", "[]")), some(x.about()), some(x.kind()), append(out.Values, x.values()...)
	if x.Default != nil {
		out.Default = some(fmt.Sprint(x.Default))
	}
	return out, nil
}
