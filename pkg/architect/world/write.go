package world

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"go.yaml.in/yaml/v4"
)

// Encode writes a world file that Decode reads as the same again. Keys are sorted, so that
// equal files give equal bytes.
func (s *File) Encode() ([]byte, error) {
	root := mapping()
	add(root, "call", s.Call.node())
	add(root, "dataActions", each(s.DataActions, func(rs []Reply) *yaml.Node { return replies(rs, false) }))
	add(root, "tables", each(s.Tables, Table.node))
	for _, section := range objectSections {
		add(root, section, each(s.Objects[section], textNode))
	}
	add(root, "schedules", each(s.Schedules, textNode))
	add(root, "scheduleGroups", each(s.ScheduleGroups, textNode))
	add(root, "emergencyGroups", each(s.EmergencyGroups, textNode))
	if len(s.Digits) > 0 {
		list := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		for _, d := range s.Digits {
			list.Content = append(list.Content, textNode(d))
		}
		add(root, "digits", list)
	}
	add(root, "transfers", each(s.Transfers, func(rs []Reply) *yaml.Node { return replies(rs, false) }))
	add(root, "branches", each(s.Branches, func(rs []Reply) *yaml.Node { return replies(rs, true) }))
	if len(root.Content) == 0 { // an empty file would be refused
		root.Content = []*yaml.Node{textNode("call"), {Kind: yaml.MappingNode, Style: yaml.FlowStyle}}
	}
	out, err := yaml.Dump(root, yaml.WithIndent(2), yaml.WithLineWidth(-1), yaml.WithCompactSeqIndent(false))
	if err != nil {
		return nil, fmt.Errorf("write the world file: %w", err)
	}
	return out, nil
}

func mapping() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode} }

// add puts a member into a mapping unless there is nothing in it.
func add(m *yaml.Node, key string, v *yaml.Node) {
	if v == nil || v.Kind != yaml.ScalarNode && len(v.Content) == 0 {
		return
	}
	m.Content = append(m.Content, textNode(key), v)
}

func each[V any](m map[string]V, node func(V) *yaml.Node) *yaml.Node {
	out := mapping()
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out.Content = append(out.Content, textNode(k), node(m[k]))
	}
	return out
}

func textNode(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
}

func numberNode(n int64) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.FormatInt(n, 10)}
}

func millisNode(m *yaml.Node, key string, d time.Duration) {
	if d > 0 {
		add(m, key, numberNode(d.Milliseconds()))
	}
}

func (c Call) node() *yaml.Node {
	m := mapping()
	for _, f := range []struct{ key, value string }{
		{"ani", c.ANI}, {"dnis", c.DNIS}, {"conversationId", c.ConversationID}, {"remoteName", c.RemoteName},
		{"language", c.Language}, {"invocationData", c.InvocationData},
	} {
		if f.value != "" {
			add(m, f.key, textNode(f.value))
		}
	}
	if !c.At.IsZero() {
		add(m, "at", textNode(c.At.UTC().Format(time.RFC3339Nano)))
	}
	millisNode(m, "answerAfterMs", c.AnswerAfter)
	add(m, "data", each(c.Data, textNode))
	add(m, "variables", fieldsNode(c.Variables))
	return m
}

func replies(rs []Reply, any bool) *yaml.Node {
	if len(rs) == 1 {
		return rs[0].node(any)
	}
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, r := range rs {
		list.Content = append(list.Content, r.node(any))
	}
	return list
}

// node writes a reply; any tells that its branch may have any name.
func (r Reply) node(any bool) *yaml.Node {
	m := mapping()
	yes := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "true"}
	switch {
	case any:
		add(m, "branch", textNode(r.Branch))
		add(m, "outputs", fieldsNode(r.Outputs))
		if r.Error != "" {
			add(m, "error", textNode(r.Error))
		}
	case len(r.Outputs) > 0:
		add(m, r.Branch, fieldsNode(r.Outputs))
	case r.Error != "":
		add(m, r.Branch, textNode(r.Error))
	default:
		add(m, r.Branch, yes)
	}
	millisNode(m, "ms", r.Elapsed)
	return m
}

func (t Table) node() *yaml.Node {
	m := &yaml.Node{Kind: yaml.MappingNode}
	if t.Fails != "" {
		add(m, "fails", textNode(t.Fails))
	}
	millisNode(m, "ms", t.Elapsed)
	add(m, "rows", each(t.Rows, fieldsNode))
	return m
}

func fieldsNode(fs []Field) *yaml.Node {
	m := mapping()
	for _, f := range fs {
		m.Content = append(m.Content, textNode(f.Name), f.Value.node())
	}
	return m
}

func (d Datum) node() *yaml.Node {
	switch d.Kind {
	case DatumText:
		return textNode(d.Text)
	case DatumBool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: d.Text}
	case DatumNumber:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: d.Text}
	case DatumList:
		list := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		for _, x := range d.Items {
			list.Content = append(list.Content, x.node())
		}
		return list
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
}
