package reconcile

import (
	"github.com/dealroute/dealroute/pkg/source"
	"go.yaml.in/yaml/v4"
)

// aligned writes two YAML texts so that lines differ only where they say something else: without
// comments, members in the order of ours, and without what the platform added to theirs by default. A text
// that cannot be read stays as it is.
func aligned(theirs, ours string) (string, string) {
	a, _ := source.New("", []byte(theirs)).YAML(exported)
	b, _ := source.New("", []byte(ours)).YAML(exported)
	if a == nil || b == nil {
		return theirs, ours
	}
	x, errX := yaml.Marshal(like(a, b))
	y, errY := yaml.Marshal(like(b, b))
	if errX != nil || errY != nil {
		return theirs, ours
	}
	return string(x), string(y)
}

// like copies a node with the members that pattern has, in its order, and without comments. What has no
// counterpart, such as the items of a list of another length, is copied whole.
func like(node, pattern *yaml.Node) *yaml.Node {
	node, pattern = source.Follow(node), source.Follow(pattern)
	out := &yaml.Node{Kind: node.Kind, Tag: node.Tag, Value: node.Value}
	if pattern != nil && (pattern.Kind != node.Kind || node.Kind != yaml.MappingNode && len(pattern.Content) != len(node.Content)) {
		pattern = nil
	}
	if node.Kind != yaml.MappingNode {
		for i, c := range node.Content {
			var as *yaml.Node
			if pattern != nil {
				as = pattern.Content[i]
			}
			out.Content = append(out.Content, like(c, as))
		}
		return out
	}
	if pattern != nil {
		for p := range source.Pairs(pattern) {
			for n := range source.Pairs(node) {
				if n.Key.Value == p.Key.Value {
					out.Content = append(out.Content, like(n.Key, nil), like(n.Value, p.Value))
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
