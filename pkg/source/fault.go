package source

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/diag"
)

// A Kind says what is wrong with a text, for callers that have a code or words of their own
// for it.
type Kind int

// The kinds of faults. After Expanded and those before it there is nothing to read.
const (
	Large     Kind = iota // more bytes than the limit
	Encoding              // not UTF-8
	Syntax                // neither YAML nor JSON
	Empty                 // no document
	Expanded              // more nodes or levels than the limits, with aliases expanded, or without end
	Documents             // more than one document; the first is read
	Key                   // a key that is no scalar
	Duplicate             // a key that stands twice in its mapping
	Unknown               // a key that the Go type does not have
	Misfit                // a value that the Go type does not take
)

// A Fault is one thing that is wrong with a text.
type Fault struct {
	Kind     Kind
	Position diag.Position
	Length   int        // characters, 0 when unknown
	Message  string     // without a name for what the text is
	Hint     string     // the next step, when there is one
	Node     *yaml.Node // from Key on: the key or value
	First    *yaml.Node // of Duplicate: the first key
	More     int        // of the one that stands for those that were not kept: how many
}

// Finding is the fault as an error under a code.
func (f Fault) Finding(code string) diag.Finding {
	return diag.Finding{Code: code, Severity: diag.Error, Message: f.Message, Hint: f.Hint, Position: f.Position, Length: f.Length, More: f.More}
}

// mostKept is how many faults of a text are kept. The others are counted, so that a text of
// another kind altogether is refused at once.
const mostKept = 1000

// note adds a fault, which is made only when it is kept.
func note(all []Fault, make func() Fault) []Fault {
	switch n := len(all); {
	case n < mostKept:
		return append(all, make())
	case n == mostKept:
		f := make()
		return append(all, Fault{Kind: f.Kind, Position: f.Position, Node: f.Node, First: f.First, Message: "more of this kind is not listed", More: 1})
	}
	all[mostKept].More++
	return all
}

// Follow gives what a node stands for: the named one for an alias, else itself.
func Follow(n *yaml.Node) *yaml.Node {
	for n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// Plain tells of a scalar whether it is written without quotes and in no block.
func Plain(n *yaml.Node) bool {
	const marked = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	return n.Kind == yaml.ScalarNode && n.Style&marked == 0
}

// Null tells whether a node stands and is nothing, however that is written.
func Null(n *yaml.Node) bool {
	return n != nil && n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null"
}

// Width is how many characters of its line a node takes, 0 where that cannot be told.
func Width(n *yaml.Node) int {
	if n.Kind != yaml.ScalarNode || n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 || strings.ContainsRune(n.Value, '\n') {
		return 0
	}
	w := utf8.RuneCountInString(n.Value)
	if !Plain(n) {
		w += 2
	}
	return w
}

// What says in a sentence what a node is: a list, a mapping, nothing, a text, a number,
// true or false.
func What(n *yaml.Node) string {
	switch n = Follow(n); {
	case n == nil || Null(n):
		return "nothing"
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	}
	switch n.ShortTag() {
	case "!!int", "!!float":
		return "a number"
	case "!!bool":
		return "true or false"
	}
	return "a text"
}
