package reconcile

import (
	"github.com/dealroute/dealroute/pkg/source"
	"go.yaml.in/yaml/v4"
)

// FlowLines writes the text of a published flow and that of ours so that lines differ only where they say
// something else: without comments, members in the order of ours and written as ours are, and without what
// the platform added to theirs by default. A text that cannot be read stays as it is.
func FlowLines(theirs, ours string) (string, string) {
	a, _ := source.New("", []byte(theirs)).YAML(exported)
	b, _ := source.New("", []byte(ours)).YAML(exported)
	if a == nil || b == nil {
		return theirs, ours
	}
	x, errX := written(like(a, b))
	y, errY := written(like(b, b))
	if errX != nil || errY != nil {
		return theirs, ours
	}
	return x, y
}

// written is a node as flows are written.
func written(n *yaml.Node) (string, error) {
	out, err := yaml.Dump(n, yaml.WithIndent(2), yaml.WithLineWidth(-1), yaml.WithCompactSeqIndent(false))
	return string(out), err
}

// like copies a node with the members that pattern has, in its order and its style, and without comments. What
// has no counterpart is copied whole.
func like(node, pattern *yaml.Node) *yaml.Node {
	node, pattern = source.Follow(node), source.Follow(pattern)
	out := &yaml.Node{Kind: node.Kind, Tag: node.Tag, Value: node.Value, Style: node.Style}
	if pattern != nil && pattern.Kind != node.Kind {
		pattern = nil
	}
	if pattern != nil {
		out.Style = pattern.Style
	}
	if node.Kind != yaml.MappingNode {
		as := counterparts(node, pattern)
		for i, c := range node.Content {
			out.Content = append(out.Content, like(c, as[i]))
		}
		return out
	}
	if pattern != nil {
		for p := range source.Pairs(pattern) {
			for n := range source.Pairs(node) {
				if n.Key.Value == p.Key.Value {
					out.Content = append(out.Content, like(n.Key, p.Key), like(n.Value, p.Value))
				}
			}
		}
	}
	if len(out.Content) == 0 {
		for n := range source.Pairs(node) {
			out.Content = append(out.Content, like(n.Key, nil), like(n.Value, nil))
		}
	}
	return out
}

// counterparts are the items of a list that those of another one are written like: in lists of one length that
// of the same place, else one that says the same, and for what is left the next one that is left.
func counterparts(node, pattern *yaml.Node) []*yaml.Node {
	out := make([]*yaml.Node, len(node.Content))
	if pattern == nil {
		return out
	}
	if len(pattern.Content) == len(node.Content) {
		return pattern.Content
	}
	left := map[string][]int{}
	for i, p := range pattern.Content {
		says := said(p)
		left[says] = append(left[says], i)
	}
	taken := make([]bool, len(pattern.Content))
	for i, c := range node.Content {
		says := said(c)
		if same := left[says]; len(same) > 0 {
			out[i], taken[same[0]], left[says] = pattern.Content[same[0]], true, same[1:]
		}
	}
	next := 0
	for i := range out {
		for next < len(taken) && taken[next] {
			next++
		}
		if out[i] == nil && next < len(taken) {
			out[i], taken[next] = pattern.Content[next], true
		}
	}
	return out
}

// said is a node in a form that is one for all that say the same.
func said(n *yaml.Node) string {
	n = source.Follow(n)
	out := n.Value
	for _, c := range n.Content {
		out += "\x00(" + said(c) + ")"
	}
	return out
}
