package architect

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/source"
)

// Print writes the file's nodes as YAML: two blanks of indent, list items indented, no
// folded lines, quotes and comments as they were read. What Parse reads from the result
// is the same tree: Print looks, leaves comments out when the printer stumbles over one,
// and fails rather than write something else.
func Print(f *File) ([]byte, error) {
	if f == nil || f.Root == nil {
		return nil, errors.New("print: the file holds no YAML")
	}
	for _, comments := range []bool{true, false} {
		out, err := dump(f.Root, comments)
		if err != nil {
			return nil, fmt.Errorf("print: %w", err)
		}
		again := &reader{file: &File{text: source.New("", out)}}
		if root := again.load(); root != nil && sameNode(f.Root, root) {
			return out, nil
		}
	}
	return nil, errors.New("print: the YAML holds something that cannot be written without loss, such as a mapping for a key")
}

func dump(root *yaml.Node, comments bool) ([]byte, error) {
	root, masked := maskNodes(root)
	if !comments {
		EachNode(root, func(n *yaml.Node) { n.HeadComment, n.LineComment, n.FootComment = "", "", "" })
	}
	out, err := yaml.Dump(root, yaml.WithIndent(2), yaml.WithLineWidth(-1), yaml.WithCompactSeqIndent(false))
	if err != nil {
		return nil, err
	}
	if masked {
		out = []byte(unmasker.Replace(string(out)))
	}
	if n := len(out); n > 0 && out[n-1] != '\n' {
		out = append(out, '\n')
	}
	return out, nil
}

// sameNode compares what two nodes mean; styles, places and comments do not count.
func sameNode(a, b *yaml.Node) bool {
	number := func(n *yaml.Node) bool { return n.ShortTag() == "!!int" || n.ShortTag() == "!!float" }
	if a.ShortTag() != b.ShortTag() && !(number(a) && number(b)) {
		return false
	}
	if a.Kind != b.Kind || a.Anchor != b.Anchor || len(a.Content) != len(b.Content) {
		return false
	}
	if a.Value != b.Value && !(source.Null(a) && source.Null(b)) {
		return false
	}
	for i := range a.Content {
		if !sameNode(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}

// maskNodes gives a copy, because dumping clears tags, in which bare placeholders are
// masked as mask does it, so that they are printed bare again.
func maskNodes(root *yaml.Node) (clone *yaml.Node, masked bool) {
	foreign := false
	EachNode(root, func(n *yaml.Node) {
		masked = masked || bare(n) && placeholderRE().MatchString(n.Value)
		foreign = foreign || strings.ContainsAny(n.Value+n.HeadComment+n.LineComment+n.FootComment, maskRunes)
	})
	masked = masked && !foreign
	copies := map[*yaml.Node]*yaml.Node{}
	var copyOf func(n *yaml.Node, flow bool) *yaml.Node
	copyOf = func(n *yaml.Node, flow bool) *yaml.Node {
		c := *n
		copies[n] = &c
		flow = flow || n.Style&yaml.FlowStyle != 0
		if masked && bare(n) {
			c.Value = string(mask([]byte(n.Value)))
		}
		if flow && bare(n) && n.ShortTag() == "!!timestamp" && strings.Contains(n.Value, ":") {
			c.Tag, c.Style = "!!timestamp", yaml.TaggedStyle // the printer quotes it there, which would make it a text
		}
		c.Content = make([]*yaml.Node, len(n.Content))
		for i, child := range n.Content {
			c.Content[i] = copyOf(child, flow)
			// The printer writes an empty null as a text but for the value of a block mapping.
			if source.Null(child) && child.Value == "" && (flow || n.Kind != yaml.MappingNode || i%2 == 0) {
				c.Content[i].Value = "null"
			}
		}
		return &c
	}
	clone = copyOf(root, false)
	EachNode(clone, func(n *yaml.Node) {
		if n.Alias != nil && copies[n.Alias] != nil {
			n.Alias = copies[n.Alias]
		}
	})
	return clone, masked
}

func bare(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
}
