package architect

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Print writes the file's nodes as YAML: two blanks of indent, list items indented, no
// folded lines, quotes and comments as they were read. What Parse reads from the result
// is the same tree.
func Print(f *File) ([]byte, error) {
	if f == nil || f.Root == nil {
		return nil, errors.New("print: the file holds no YAML")
	}
	root, masked := maskNodes(f.Root)
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

// maskNodes gives a copy, because dumping clears tags, in which bare placeholders are
// masked as mask does it, so that they are printed bare again.
func maskNodes(root *yaml.Node) (clone *yaml.Node, masked bool) {
	foreign := false
	eachNode(root, func(n *yaml.Node) {
		masked = masked || bare(n) && placeholderRE.MatchString(n.Value)
		foreign = foreign || strings.ContainsAny(n.Value+n.HeadComment+n.LineComment+n.FootComment, maskRunes)
	})
	masked = masked && !foreign
	copies := map[*yaml.Node]*yaml.Node{}
	var copyOf func(n *yaml.Node) *yaml.Node
	copyOf = func(n *yaml.Node) *yaml.Node {
		c := *n
		copies[n] = &c
		if masked && bare(n) {
			c.Value = string(mask([]byte(n.Value)))
		}
		c.Content = make([]*yaml.Node, len(n.Content))
		for i, child := range n.Content {
			c.Content[i] = copyOf(child)
		}
		return &c
	}
	clone = copyOf(root)
	eachNode(clone, func(n *yaml.Node) {
		if n.Alias != nil && copies[n.Alias] != nil {
			n.Alias = copies[n.Alias]
		}
	})
	return clone, masked
}

func bare(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
}
