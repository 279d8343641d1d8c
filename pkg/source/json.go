package source

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// JSON reads a text of one JSON value into nodes like those of YAML, numbers as they are
// written. Of members with one name the last value stands, at the place of the first, as in
// JavaScript. Bytes that are no UTF-8 become U+FFFD.
func (t Text) JSON(l Limits) (*yaml.Node, *Fault) {
	if f := t.fits(l); f != nil {
		return nil, f
	}
	r := jsonReader{Scanner: Scanner{Text: string(t.Data)}, depth: l.Depth, line: 1, column: 1}
	r.Blanks()
	n, err := r.value(0)
	if err == nil {
		err = r.End()
	}
	var e *SyntaxError
	if errors.As(err, &e) {
		return nil, &Fault{Kind: Syntax, Position: t.Position(e.Offset), Message: "not JSON: " + e.Message}
	}
	return n, nil
}

// A jsonReader counts lines and columns on the way.
type jsonReader struct {
	Scanner
	depth        int
	seen         int // offset up to which they are counted
	line, column int
	asYAML       bool // nodes are as the YAML library makes them
	twice        bool // a name stands twice in an object
}

// node makes a node whose place is that of what is read next.
func (r *jsonReader) node(kind yaml.Kind, tag, value string) *yaml.Node {
	passed := r.Text[r.seen:r.At]
	if i := strings.LastIndexByte(passed, '\n'); i >= 0 {
		r.line += strings.Count(passed, "\n")
		r.column, passed = 1, passed[i+1:]
	}
	r.column += utf8.RuneCountInString(passed)
	r.seen = r.At
	n := &yaml.Node{Kind: kind, Tag: tag, Value: value, Line: r.line, Column: r.column}
	if r.asYAML && kind != yaml.ScalarNode {
		n.Style = yaml.FlowStyle
	}
	return n
}

func (r *jsonReader) value(depth int) (*yaml.Node, error) {
	if depth > r.depth {
		return nil, r.Fail("nested deeper than %d", r.depth)
	}
	switch r.Peek() {
	case '{':
		return r.object(depth + 1)
	case '[':
		return r.array(depth + 1)
	case '"':
		n := r.node(yaml.ScalarNode, "!!str", "")
		n.Style = yaml.DoubleQuotedStyle
		s, err := r.Quoted()
		n.Value = s
		return n, err
	case 't':
		return r.node(yaml.ScalarNode, "!!bool", "true"), r.Word("true")
	case 'f':
		return r.node(yaml.ScalarNode, "!!bool", "false"), r.Word("false")
	case 'n':
		return r.node(yaml.ScalarNode, "!!null", "null"), r.Word("null")
	}
	n := r.node(yaml.ScalarNode, "!!int", "")
	s, err := r.Number()
	if n.Value = s; strings.ContainsAny(s, ".eE") {
		n.Tag = "!!float"
	}
	if r.asYAML {
		n.Tag = numberTag(s)
	}
	return n, err
}

// numberTag is what the YAML library takes a number for.
func numberTag(s string) string {
	_, signed := strconv.ParseInt(s, 10, 64)
	_, unsigned := strconv.ParseUint(s, 10, 64)
	if s != "-0" && (signed == nil || unsigned == nil) {
		return "!!int"
	}
	if _, err := strconv.ParseFloat(s, 64); err != nil {
		return "!!str"
	}
	return "!!float"
}

func (r *jsonReader) array(depth int) (*yaml.Node, error) {
	n := r.node(yaml.SequenceNode, "!!seq", "")
	r.At++
	for {
		more, err := r.Next(']', len(n.Content) == 0)
		if err != nil || !more {
			return n, err
		}
		c, err := r.value(depth)
		if err != nil {
			return nil, err
		}
		n.Content = append(n.Content, c)
	}
}

func (r *jsonReader) object(depth int) (*yaml.Node, error) {
	n := r.node(yaml.MappingNode, "!!map", "")
	at := map[string]int{}
	r.At++
	for {
		more, err := r.Next('}', len(n.Content) == 0)
		if err != nil || !more {
			return n, err
		}
		k := r.node(yaml.ScalarNode, "!!str", "")
		k.Style = yaml.DoubleQuotedStyle
		if k.Value, err = r.Name(); err != nil {
			return nil, err
		}
		c, err := r.value(depth)
		if err != nil {
			return nil, err
		}
		if i, twice := at[k.Value]; twice {
			n.Content[i], r.twice = c, true
			continue
		}
		n.Content = append(n.Content, k, c)
		at[k.Value] = len(n.Content) - 1
	}
}

// Find goes down from a node by a JSON pointer (RFC 6901), as far as there are nodes: the
// second answer tells whether that was all the way.
func Find(n *yaml.Node, pointer string) (*yaml.Node, bool) {
	for step := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if pointer == "" {
			break
		}
		c := child(n, unescapePointer.Replace(step))
		if c == nil {
			return n, false
		}
		n = c
	}
	return n, true
}

func child(n *yaml.Node, step string) *yaml.Node {
	if n.Kind == yaml.SequenceNode {
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i]
		}
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == step {
			return n.Content[i+1]
		}
	}
	return nil
}

var unescapePointer = strings.NewReplacer("~1", "/", "~0", "~")

// EscapePointer writes a name as a part of a JSON pointer.
func EscapePointer(name string) string { return escapePointer.Replace(name) }

var escapePointer = strings.NewReplacer("~", "~0", "/", "~1")
