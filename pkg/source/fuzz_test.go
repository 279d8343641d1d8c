package source_test

import (
	"encoding/json"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/source"
)

// within fails when a place is not one of the text: each place a text names is found again.
func within(t *testing.T, x source.Text, p diag.Position) int {
	t.Helper()
	at := x.Offset(p.Line, p.Column)
	if at < 0 || x.Position(at) != p {
		t.Fatalf("%v is no place of %q", p, x.Data)
	}
	return at
}

// The law: any text gives a tree or faults with a place within the text; every node has its
// place, every part of a scalar one that goes forward with it; and aliases end.
func FuzzYAML(f *testing.F) {
	for _, s := range []string{
		"a: &a [*a]\n", "é: \"\\u00e9\\x07\\\n  ☞\"\nc: >\n  folded\n  text\nd: |2-\n    ☞\n", "a: 'it''s\n\n  x'\r\nb: 1\rc: 2\u0085d: \u2028", "? [a]\n: b\n? |\n  x\n: !!str {a: *b, <<: [1]}\n",
		"--- !x &y a\n--- b\n", "\xff", "\ufeffa: b\x01", "%YAML 1.2\n---\na: !<tag:x> \"b\" # c\n", "a: [\n\n", "<<: 1\n<<: 2\na: ~\na: null\n", "?",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		x := source.New("f", data)
		doc, faults := x.YAML(limits)
		if doc == nil && len(faults) == 0 {
			t.Fatal("neither a tree nor a fault")
		}
		for _, fault := range faults {
			within(t, x, fault.Position)
			if fault.Message == "" || (fault.Kind <= source.Expanded) != (doc == nil) {
				t.Fatalf("%+v with a tree: %v", fault, doc != nil)
			}
		}
		if doc == nil {
			return
		}
		tree(t, x, doc)
	})
}

// The law: what is JSON gives a tree whose scalars have their places like those of YAML, and
// nothing else does.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{
		"{\"é\": [1.50, -0, 2e3, true, null, \"\\ud83d\\ude00\\u00e9\\/\\n☞\"], \"é\": {}}", "[\n[1,]\n]", "\"\\ud800\"", "\"\xff\"", "", "01", "{\"a\":1}x", "[[[[", "\ufeff[]", "[\x00]",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		x := source.New("f", data)
		doc, fault := x.JSON(limits)
		if (doc == nil) != (fault != nil) {
			t.Fatalf("%v and %+v", doc, fault)
		}
		if fault != nil {
			within(t, x, fault.Position)
			if json.Valid(x.Data) && !strings.Contains(fault.Message, "nested deeper") {
				t.Fatal(fault.Message)
			}
			return
		}
		if !json.Valid(x.Data) {
			t.Fatal("this is no JSON")
		}
		tree(t, x, doc)
	})
}

// tree walks through nodes and the characters of scalars.
func tree(t *testing.T, x source.Text, doc *yaml.Node) {
	nodes := 0
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		if nodes++; nodes > 20*limits.Nodes {
			t.Fatal("the tree does not end")
		}
		from := within(t, x, x.At(n))
		if n.Kind == yaml.ScalarNode && len(n.Value) < 200 {
			for offset := range len(n.Value) + 1 {
				p, ok := x.Inside(n, offset)
				to := within(t, x, p)
				if ok && to < from {
					t.Fatalf("%d of %q is at %v, before what stands in front of it", offset, n.Value, p)
				}
				if ok {
					from = to
				}
			}
		}
		source.What(n)
		source.Width(n)
		if n.Kind == yaml.AliasNode {
			walk(source.Follow(n))
		}
		for _, c := range n.Content {
			walk(c)
		}
	}
	walk(doc)
}
