package source

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/diag"
)

// Limits bound what is read, so that no text makes its reader work for long.
type Limits struct {
	Bytes int
	Nodes int // with aliases expanded; 0: the caller counts, and does not follow aliases blindly
	Depth int
}

// YAML reads the one document of a text. The node is the document's, with one node in it,
// or nil when there is nothing that could be read; with faults after Expanded it is there.
// Within the limits every alias can be followed to an end.
func (t Text) YAML(l Limits) (*yaml.Node, []Fault) {
	if f := t.fits(l); f != nil {
		return nil, []Fault{*f}
	}
	if at := invalid(t.Data); at >= 0 {
		return nil, []Fault{{
			Kind: Encoding, Position: t.Position(at), Message: fmt.Sprintf("a byte that is not UTF-8 (0x%02x)", t.Data[at]), Hint: "save the file as UTF-8",
		}}
	}
	if root := t.flow(l); root != nil {
		w := walk{t: t, limits: l}
		if l.Nodes > 0 && !w.node(root, 0) {
			return nil, w.faults
		}
		return root, w.faults
	}
	if l.Nodes > 0 && bytes.Count(t.Data, []byte(",")) > l.Nodes {
		// Each parts two nodes, but for those in texts. The loader would take gigabytes first.
		return nil, []Fault{{Kind: Expanded, Position: t.Position(0), Message: fmt.Sprintf("more than %d commas", l.Nodes), Hint: shorten}}
	}
	root, second := new(yaml.Node), new(yaml.Node)
	loader, err := yaml.NewLoader(bytes.NewReader(t.Data))
	if err == nil {
		err = loader.Load(root)
	}
	if errors.Is(err, io.EOF) || err == nil && len(root.Content) == 0 {
		return nil, []Fault{{Kind: Empty, Position: t.Position(0), Message: "the file is empty"}}
	}
	if err != nil {
		return nil, []Fault{t.syntax(err)}
	}
	var faults []Fault
	if err := loader.Load(second); err == nil {
		n := second
		if len(n.Content) > 0 {
			n = n.Content[0]
		}
		t.unify(n)
		faults = append(faults, Fault{Kind: Documents, Position: t.At(n), Message: "a second document begins here", Hint: "delete it, or make it a file of its own", Node: n})
	} else if !errors.Is(err, io.EOF) {
		return nil, []Fault{t.syntax(err)}
	}
	t.unify(root)
	w := walk{t: t, limits: l, faults: faults}
	if l.Nodes > 0 && !w.node(root, 0) {
		return nil, w.faults
	}
	return root, w.faults
}

// deepest is how deep the YAML library follows.
const deepest = 10_000

// flow reads a text that is JSON as what it is, into the nodes that the YAML library would
// make of it; nil for any other. The library takes the bracket that such a text begins with
// for what may become a key, and keeps every token behind it: four times the memory.
func (t Text) flow(l Limits) *yaml.Node {
	r := jsonReader{Scanner: Scanner{Text: string(t.Data)}, depth: cmp.Or(l.Depth, deepest), line: 1, column: 1, asYAML: true}
	if r.Blanks(); r.Peek() != '{' && r.Peek() != '[' {
		return nil
	}
	n, err := r.value(0)
	if err != nil || r.End() != nil || r.twice {
		return nil // and the library says what is wrong
	}
	return &yaml.Node{Kind: yaml.DocumentNode, Line: n.Line, Column: n.Column, Content: []*yaml.Node{n}}
}

// fits compares a text with the limit of its size.
func (t Text) fits(l Limits) *Fault {
	if l.Bytes == 0 || len(t.Data) <= l.Bytes {
		return nil
	}
	return &Fault{Kind: Large, Position: t.Position(0), Message: fmt.Sprintf("the file is larger than %d kB", l.Bytes>>10)}
}

// invalid is the offset of the first byte that is not UTF-8, or -1.
func invalid(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for i := 0; ; {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
}

// syntax is the library's error. All its errors of reading are of one type.
func (t Text) syntax(err error) Fault {
	f := Fault{Kind: Syntax, Position: t.Position(0), Message: "not YAML: " + err.Error()}
	var e *yaml.LoadError
	if !errors.As(err, &e) {
		return f
	}
	f.Message = "not YAML: " + e.Message
	for _, h := range syntaxHints {
		if strings.Contains(e.Message, h.form) {
			f.Hint = h.hint
		}
	}
	if e.Mark.Line < 1 { // found before there are lines: the index counts bytes
		f.Position = t.Position(e.Mark.Index)
		return f
	}
	f.Position = t.mark(e.Mark.Line, e.Mark.Column)
	if e.ContextMark.Line > 0 && e.ContextMark.Line != e.Mark.Line {
		begin := t.mark(e.ContextMark.Line, e.ContextMark.Column).Line
		f.Hint = strings.TrimPrefix(f.Hint+fmt.Sprintf("; what is not finished begins in line %d", begin), "; ")
	}
	return f
}

// syntaxHints explain messages of the YAML scanner that say little to people.
var syntaxHints = []struct{ form, hint string }{
	{"mapping values are not allowed", "put a text that holds ': ' in quotes, or check the indentation"},
	{"cannot start any token", "indent with blanks, not with tabs; put a text that begins with @, ` or % in quotes"},
	{"did not find expected key", "check the indentation, and that every key is followed by ': '"},
	{"did not find expected node content", "a bracket may not be closed"},
	{"did not find expected ',' or '}'", "a bracket may not be closed, or a text that holds ': ' is not in quotes"},
	{"did not find expected ',' or ']'", "a bracket may not be closed, or a text that holds ': ' is not in quotes"},
	{"could not find expected ':'", "a key must be followed by ': '"},
	{"found unexpected end of stream", "a quote may not be closed"},
	{"unknown anchor", "put a text that begins with * in quotes"},
	{"block sequence entries are not allowed", "check the indentation of the list"},
	{"found a tab character that violates indent", "indent with blanks, not with tabs"},
}

// A start is where a line begins for the YAML library, which knows more ends of lines than
// Text and editors do: a lone carriage return, and three that are not ASCII.
type start struct{ line, column int }

// starts are nil where the library counts as Text does.
func (t Text) starts() []start {
	odd := bytes.Count(t.Data, []byte("\r")) != bytes.Count(t.Data, []byte("\r\n"))
	for _, s := range []string{"\u0085", "\u2028", "\u2029"} {
		odd = odd || bytes.Contains(t.Data, []byte(s))
	}
	if !odd {
		return nil
	}
	at, out := start{1, 1}, []start{{1, 1}}
	for i := 0; i < len(t.Data); {
		r, size := utf8.DecodeRune(t.Data[i:])
		i += size
		at.column++
		switch {
		case r == '\n':
			at = start{at.line + 1, 1}
			fallthrough
		case r == '\r' && !bytes.HasPrefix(t.Data[i:], []byte("\n")), r == '\u0085', r == '\u2028', r == '\u2029':
			out = append(out, at)
		}
	}
	return out
}

// mark is a place as the library counts it, within the text.
func (t Text) mark(line, column int) diag.Position {
	if starts := t.starts(); starts != nil {
		s := starts[min(line, len(starts))-1]
		line, column = s.line, s.column+column-1
	}
	at := t.Offset(line, column)
	if at < 0 {
		at = len(t.Data)
	}
	return t.Position(at)
}

// unify counts the lines of all nodes as Text does. The library also has places behind the
// end, for nothing that follows a question mark there.
func (t Text) unify(root *yaml.Node) {
	place(root, t.starts(), t.Position(len(t.Data)))
}

func place(n *yaml.Node, starts []start, end diag.Position) {
	if starts != nil {
		s := starts[min(max(n.Line, 1), len(starts))-1]
		n.Line, n.Column = s.line, s.column+n.Column-1
	}
	if n.Line > end.Line || n.Line == end.Line && n.Column > end.Column {
		n.Line, n.Column = end.Line, end.Column
	}
	for _, c := range n.Content {
		place(c, starts, end)
	}
}

// A walk passes every node as often as aliases name it.
type walk struct {
	t      Text
	limits Limits
	faults []Fault
	nodes  int
	inside []*yaml.Node // what the aliases name on the way here
	alias  bool         // one was met
}

func (w *walk) end(n *yaml.Node, message, hint string) bool {
	w.faults = append(w.faults, Fault{Kind: Expanded, Position: w.t.At(n), Message: message, Hint: hint, Node: n})
	return false
}

const (
	unfold  = "write the values out instead of using aliases"
	shorten = "leave out what is not needed, or see whether it is the file that was meant"
)

// node is false when the walk would not end within the limits.
func (w *walk) node(n *yaml.Node, depth int) bool {
	w.nodes++
	switch {
	case w.nodes > w.limits.Nodes:
		if !w.alias {
			return w.end(n, fmt.Sprintf("more than %d values and keys", w.limits.Nodes), shorten)
		}
		return w.end(n, fmt.Sprintf("more than %d nodes with aliases expanded", w.limits.Nodes), unfold)
	case depth > w.limits.Depth:
		return w.end(n, fmt.Sprintf("nested deeper than %d", w.limits.Depth), "")
	case n.Kind == yaml.AliasNode:
		w.alias = true
		for _, open := range w.inside {
			if open == n.Alias {
				return w.end(n, fmt.Sprintf("alias *%s stands inside what it names", n.Value), unfold)
			}
		}
		w.inside = append(w.inside, n.Alias)
		ok := w.node(n.Alias, depth+1)
		w.inside = w.inside[:len(w.inside)-1]
		return ok
	case n.Kind == yaml.MappingNode && len(w.inside) == 0: // what an alias names is looked at where it stands
		for p := range Pairs(n) {
			switch {
			case p.Key.Kind != yaml.ScalarNode:
				w.faults = note(w.faults, func() Fault {
					return Fault{Kind: Key, Position: w.t.At(p.Key), Message: "a key that is a list or a mapping", Node: p.Key}
				})
			case p.First != nil:
				w.faults = note(w.faults, func() Fault {
					return Fault{
						Kind: Duplicate, Position: w.t.At(p.Key), Length: Width(p.Key), Node: p.Key, First: p.First,
						Message: fmt.Sprintf("key %q is given twice, first on line %d", p.Key.Value, p.First.Line),
					}
				})
			}
		}
	}
	for _, c := range n.Content {
		if !w.node(c, depth+1) {
			return false
		}
	}
	return true
}

// A Pair is a key of a mapping with its value, as they are written, and what is unusual
// about the key.
type Pair struct {
	Key, Value *yaml.Node
	First      *yaml.Node // the key before it that bears the same name, if there is one
	Merge      bool       // <<, which merges other mappings into this one
}

// manyKeys is from when names are looked up in a table.
const manyKeys = 16

// Pairs are the members of a mapping in order.
func Pairs(n *yaml.Node) iter.Seq[Pair] {
	return func(yield func(Pair) bool) {
		var seen map[string]*yaml.Node
		if len(n.Content) > 2*manyKeys {
			seen = make(map[string]*yaml.Node, len(n.Content)/2)
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			p := Pair{Key: n.Content[i], Value: n.Content[i+1]}
			name, ok := nameOf(p.Key)
			p.Merge = p.Key.Kind == yaml.ScalarNode && p.Key.ShortTag() == "!!merge"
			switch {
			case !ok || p.Merge:
			case seen != nil:
				if p.First = seen[name]; p.First == nil {
					seen[name] = p.Key
				}
			default:
				for j := 0; j < i && p.First == nil; j += 2 {
					if before, ok := nameOf(n.Content[j]); ok && before == name {
						p.First = n.Content[j]
					}
				}
			}
			if !yield(p) {
				return
			}
		}
	}
}

// nameOf is a key as the others of its mapping see it; nothing is one key in all its forms.
func nameOf(key *yaml.Node) (string, bool) {
	switch key = Follow(key); {
	case key.Kind != yaml.ScalarNode:
		return "", false
	case Null(key):
		return "null", true
	}
	return key.Value, true
}
