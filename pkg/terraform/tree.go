package terraform

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	hcljson "github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/jsonpath"
	"github.com/dealroute/dealroute/pkg/source"
)

type node = yaml.Node

// A place is where a node stands, and where the bytes of its text do.
type place struct {
	at   spot
	text *text
}

// builder makes nodes of expressions.
type builder struct {
	places map[*node]place
	stand  string // for what is unknown
	lost   bool   // something is unknown
	failed bool   // it is no value that JSON has
}

func (b *builder) scalar(tag, value string, at spot) *node {
	n := &node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
	b.places[n] = place{at: at}
	return n
}

func (b *builder) string(t text, at spot) *node {
	n := b.scalar("!!str", t.str(), at)
	b.places[n] = place{at, &t}
	return n
}

func (b *builder) mapping(at spot) *node {
	n := &node{Kind: yaml.MappingNode, Tag: "!!map"}
	b.places[n] = place{at: at}
	return n
}

func (b *builder) set(n *node, key string, at spot, v *node) {
	n.Content = append(n.Content, b.scalar("!!str", key, at), v)
}

func (b *builder) unknown(at spot) *node {
	b.lost = true
	return b.scalar("!!str", b.stand, at)
}

// described are the names in a contract whose values mean nothing to Genesys.
var described = []string{"description", "title", "$id", "id"}

// node is what an expression gives as JSON, each part at its place.
func (b *builder) node(e hcl.Expression, s scope, depth int) *node {
	at := s.spot(e.Range())
	if depth > jsonpath.MaxDepth || !s.m.step(100) {
		b.failed = true
		return b.unknown(at)
	}
	if hcljson.IsJSONExpression(e) {
		if pairs, diags := hcl.ExprMap(e); !diags.HasErrors() {
			return b.object(pairs, s, at, depth)
		}
		return b.value(e, s, at)
	}
	switch x := e.(type) {
	case *hclsyntax.ParenthesesExpr:
		return b.node(x.Expression, s, depth+1)
	case *hclsyntax.ObjectConsExpr:
		if pairs, diags := hcl.ExprMap(e); !diags.HasErrors() {
			return b.object(pairs, s, at, depth)
		}
	case *hclsyntax.TupleConsExpr:
		n := &node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		b.places[n] = place{at: at}
		for _, x := range x.Exprs {
			n.Content = append(n.Content, b.node(x, s, depth+1))
		}
		return n
	case *hclsyntax.ConditionalExpr:
		if c := s.value(x.Condition); c.IsKnown() && !c.IsNull() && c.Type() == cty.Bool {
			if c.True() {
				return b.node(x.TrueResult, s, depth+1)
			}
			return b.node(x.FalseResult, s, depth+1)
		}
	case *hclsyntax.ScopeTraversalExpr:
		if expr := s.declared(x); expr != nil {
			return b.node(expr, s.outer(x), depth+1)
		}
	case *hclsyntax.TemplateExpr:
		before := s.m.now.partly
		if t, ok := s.text(e); ok {
			if s.m.now.partly && !before {
				b.lost = true
			}
			return b.string(t, at)
		}
		return b.unknown(at)
	}
	return b.value(e, s, at)
}

// object has its members by name, as Terraform orders them; the last of one name counts.
func (b *builder) object(pairs []hcl.KeyValuePair, s scope, at spot, depth int) *node {
	n := b.mapping(at)
	type member struct {
		key string
		at  spot
		v   *node
	}
	var members []member
	for _, p := range pairs {
		key, ok := s.key(p.Key)
		if !ok {
			b.lost, b.failed = true, true
			continue
		}
		lost := b.lost
		v := b.node(p.Value, s, depth+1)
		if slices.Contains(described, key) && v.Kind == yaml.ScalarNode {
			b.lost = lost
		}
		members = slices.DeleteFunc(members, func(m member) bool { return m.key == key })
		members = append(members, member{key, s.spot(p.Key.Range()), v})
	}
	slices.SortStableFunc(members, func(x, y member) int { return strings.Compare(x.key, y.key) })
	for _, m := range members {
		b.set(n, m.key, m.at, m.v)
	}
	return n
}

// key is the name of a member.
func (s scope) key(e hcl.Expression) (string, bool) {
	if v, diags := e.Value(nil); !diags.HasErrors() { // most are as they are written
		return str(v)
	}
	return str(s.value(e))
}

func (b *builder) value(e hcl.Expression, s scope, at spot) *node {
	v := s.value(e)
	if !v.IsWhollyKnown() && b.stand != "" && plain(e) {
		if w := s.compute(e, b.stand); w.IsWhollyKnown() {
			b.lost = true
			return b.known(w, at)
		}
	}
	return b.known(v, at)
}

// known is a value that stands at one place.
func (b *builder) known(v cty.Value, at spot) *node {
	switch t := v.Type(); {
	case !v.IsKnown():
		return b.unknown(at)
	case v.IsNull():
		return b.scalar("!!null", "null", at)
	case t == cty.String:
		return b.string(whole(v.AsString(), at), at)
	case t == cty.Bool && v.True():
		return b.scalar("!!bool", "true", at)
	case t == cty.Bool:
		return b.scalar("!!bool", "false", at)
	case t == cty.Number:
		f := v.AsBigFloat()
		if f.IsInt() {
			return b.scalar("!!int", digits(f), at)
		}
		return b.scalar("!!float", digits(f), at)
	case t.IsListType() || t.IsSetType() || t.IsTupleType():
		n := &node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		b.places[n] = place{at: at}
		for it := v.ElementIterator(); it.Next(); {
			_, x := it.Element()
			n.Content = append(n.Content, b.known(x, at))
		}
		return n
	case t.IsMapType() || t.IsObjectType():
		n := b.mapping(at)
		for it := v.ElementIterator(); it.Next(); {
			k, x := it.Element()
			b.set(n, k.AsString(), at, b.known(x, at))
		}
		return n
	}
	b.failed = true
	return b.unknown(at)
}

func digits(f *big.Float) string {
	if e := f.MantExp(nil); e > 4096 || e < -4096 {
		return f.Text('g', -1)
	}
	return f.Text('f', -1)
}

// print writes nodes as jsonencode does: members by name, and <, > and & as escapes.
func (b *builder) print(out *text, n *node) {
	p := b.places[n]
	switch n.Kind {
	case yaml.MappingNode:
		out.put("{", p.at, true)
		for i := 0; i+1 < len(n.Content); i += 2 {
			if i > 0 {
				out.put(",", p.at, true)
			}
			b.print(out, n.Content[i])
			out.put(":", p.at, true)
			b.print(out, n.Content[i+1])
		}
		out.put("}", p.at, true)
	case yaml.SequenceNode:
		out.put("[", p.at, true)
		for i, c := range n.Content {
			if i > 0 {
				out.put(",", p.at, true)
			}
			b.print(out, c)
		}
		out.put("]", p.at, true)
	default:
		if n.Tag != "!!str" {
			out.put(n.Value, p.at, true)
			return
		}
		out.put(`"`, p.at, true)
		for i, r := range n.Value {
			at := p.at
			if p.text != nil {
				if x, ok := p.text.at(i); ok {
					at = x
				}
			}
			enc, _ := json.Marshal(string(r)) //nolint:errcheck // a string
			s := string(enc[1 : len(enc)-1])
			out.put(s, at, p.text == nil || s != string(r))
		}
		out.put(`"`, p.at, true)
	}
}

// document reads a text of JSON into nodes.
func (b *builder) document(m *Module, t text) (*node, *diag.Finding) {
	doc := source.New("", t.b)
	root, fault := doc.JSON(source.Limits{Depth: jsonpath.MaxDepth})
	where := func(line, column int) spot {
		at, _ := t.at(max(doc.Offset(line, column), 0))
		return at
	}
	if fault != nil {
		f := fault.Finding(codeValue)
		f.Position = m.position(where(fault.Position.Line, fault.Position.Column))
		return nil, &f
	}
	// One pass over the lines: to count them anew for each node takes long.
	starts := []int{0}
	for i, c := range doc.Data {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	line, column, offset := 1, 1, 0
	var walk func(n *node)
	walk = func(n *node) {
		if n.Line != line || n.Column < column {
			line, column, offset = n.Line, 1, starts[min(max(n.Line, 1), len(starts))-1]
		}
		for ; column < n.Column && offset < len(doc.Data); column++ {
			offset += runeLen(doc.Data[offset:])
		}
		at, _ := t.at(offset)
		b.places[n] = place{at: at}
		for _, c := range n.Content {
			walk(c)
		}
	}
	walk(root)
	return root, nil
}

func runeLen(b []byte) int {
	n := 1
	for n < len(b) && b[n]&0xc0 == 0x80 {
		n++
	}
	return n
}

// places says where the nodes of an action stand.
type places struct {
	m  *Module
	of map[*node]place
}

// At is the place of a node.
func (p places) At(n *yaml.Node) diag.Position {
	if n == nil {
		return diag.Position{}
	}
	return p.m.position(p.of[n].at)
}

// Inside is the place of a byte of a node's text.
func (p places) Inside(n *yaml.Node, offset int) (diag.Position, bool) {
	if n == nil {
		return diag.Position{}, false
	}
	x := p.of[n]
	if x.text == nil {
		return p.m.position(x.at), false
	}
	at, ok := x.text.at(offset)
	if !ok {
		return p.m.position(x.at), false
	}
	return p.m.position(at), true
}
