package source_test

import (
	"fmt"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/source"
)

var limits = source.Limits{Bytes: 1 << 20, Nodes: 2000, Depth: 50}

func TestPositionsCountCharacters(t *testing.T) {
	x := source.New("f", []byte("\ufeffä: 1\r\nß\n"))
	for offset, want := range map[int]string{0: "f:1:1", 2: "f:1:2", 7: "f:2:1", 9: "f:2:2", 10: "f:3:1", 99: "f:3:1", -1: "f:1:1"} {
		p := x.Position(offset)
		if p.String() != want {
			t.Errorf("%d is %s, want %s", offset, p, want)
		}
		if back := x.Offset(p.Line, p.Column); offset >= 0 && back != min(offset, 10) {
			t.Errorf("%s is %d, want %d", p, back, offset)
		}
	}
	if got := x.Offset(9, 1); got != -1 {
		t.Errorf("a line that is not there is at %d", got)
	}
}

// The marked character of each scalar is found where the text has it, however it is written.
func TestInsideAScalar(t *testing.T) {
	for _, c := range []string{
		"a: é plain ☞ text\n",
		"é: 'it''s ü ☞'\n",
		"é: \"q \\\" \\u00e9 \\x41 \\U0001F600 \\n \\/ ü ☞\"\n",
		"a: |\n  one é\n\n   two ☞\n",
		"a: |2-\n  ☞ é\n",
		"a: é\n   more   \n   ☞ x\n",
		"a: 'é\n\n\n   ☞ x'\n",
		"a: \"é \\\n     b\\\n  ☞ x\"\n",
		"a: &x !!str \"é ☞\"\n",
		"a: &x é ☞\n",
		"a: \"☞\"\r\n",
	} {
		x := source.New("", []byte(c))
		doc, faults := x.YAML(limits)
		if len(faults) > 0 {
			t.Fatalf("%q: %v", c, faults)
		}
		n := doc.Content[0].Content[1]
		got, ok := x.Inside(n, strings.Index(n.Value, "☞"))
		if want := x.Position(strings.Index(c, "☞")); !ok || got != want {
			t.Errorf("%q: %v (%v), want %v", c, got, ok, want)
		}
	}
	x := source.New("", []byte("a: >\n  one\n  ☞\n"))
	doc, _ := x.YAML(limits)
	n := doc.Content[0].Content[1]
	if got, ok := x.Inside(n, 5); ok || got != x.At(n) {
		t.Errorf("in a folded block: %v, %v", got, ok)
	}
}

// Nodes of a text whose lines end in ways that only YAML knows are where an editor has them.
func TestLinesAreThoseOfEditors(t *testing.T) {
	for _, c := range []string{"a: 1\u0085b: 2\nc: [é, ☞]\n", "a: \"x\u2028y\"\n☞: 1\n", "a: 1\rb: 2\r\n☞: x\n", "a: 1\rb: ☞\n", "a: 'x\u2029y'\nb: [☞\n"} {
		x := source.New("", []byte(c))
		want := x.Position(strings.Index(c, "☞"))
		doc, faults := x.YAML(limits)
		if doc == nil {
			if end := x.Position(len(c)); faults[0].Position != end {
				t.Errorf("%q: %v, want %v", c, faults[0].Position, end)
			}
			continue
		}
		found := false
		var walk func(n *yaml.Node)
		walk = func(n *yaml.Node) {
			if n.Value == "☞" {
				found = true
				if x.At(n) != want {
					t.Errorf("%q: %v, want %v", c, x.At(n), want)
				}
			}
			for _, c := range n.Content {
				walk(c)
			}
		}
		walk(doc)
		if !found {
			t.Errorf("%q: no mark", c)
		}
	}
}

func TestFaults(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'h'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", c-1), 10), ","))
	}
	for _, c := range []struct {
		text string
		kind source.Kind
		want string
		read bool
	}{
		{strings.Repeat("# long\n", 1<<18), source.Large, "f:1:1: the file is larger than 1024 kB", false},
		{"é: \xff", source.Encoding, "f:1:4: a byte that is not UTF-8 (0xff)", false},
		{"é: \x01", source.Syntax, "f:1:4: not YAML: control characters are not allowed (value: 1)", false},
		{"é: [é: é: é]", source.Syntax, "f:1:9: not YAML: did not find expected ',' or ']'; a bracket may not be closed, or a text that holds ': ' is not in quotes", false},
		{"a: [\n\n", source.Syntax, "f:3:1: not YAML: did not find expected node content; a bracket may not be closed", false},
		{"a: *b", source.Syntax, "f:1:4: not YAML: unknown anchor 'b' referenced; put a text that begins with * in quotes", false},
		{"# nothing\n", source.Empty, "f:1:1: the file is empty", false},
		{"a: 1\n---\n- b\n", source.Documents, "f:3:1: a second document begins here; delete it, or make it a file of its own", true},
		{"a: &x [*x]", source.Expanded, "f:1:8: alias *x stands inside what it names; write the values out instead of using aliases", false},
		{bomb, source.Expanded, "more than 2000 nodes with aliases expanded", false},
		{"[" + strings.Repeat("1,", 2500) + "1]", source.Expanded, "f:1:3998: more than 2000 values and keys; leave out what is not needed, or see whether it is the file that was meant", false},
		{strings.Repeat("- 1\n", 2500), source.Expanded, "f:1999:3: more than 2000 values and keys; leave out what is not needed, or see whether it is the file that was meant", false},
		{strings.Repeat("[", 60) + strings.Repeat("]", 60), source.Expanded, "f:1:51: nested deeper than 50", false},
		{"? [a]\n: b", source.Key, "f:1:3: a key that is a list or a mapping", true},
		{"é: {b: 1, é: 2, b: 3}", source.Duplicate, `f:1:17: key "b" is given twice, first on line 1`, true},
		{"~: 1\nnull: 2", source.Duplicate, `f:2:1: key "null" is given twice, first on line 1`, true},
		{"a: &x {b: 1, b: 2}\nc: *x\nd: *x", source.Duplicate, `f:1:14: key "b" is given twice, first on line 1`, true},
	} {
		doc, faults := source.New("f", []byte(c.text)).YAML(limits)
		if len(faults) != 1 || faults[0].Kind != c.kind || (doc != nil) != c.read {
			t.Errorf("%.30q: %v, %+v", c.text, doc != nil, faults)
			continue
		}
		f := faults[0].Finding("")
		got := f.Error()
		if f.Hint != "" {
			got += "; " + f.Hint
		}
		if !strings.HasPrefix(got, c.want) && !strings.Contains(got, c.want) {
			t.Errorf("%.30q\n got %s\nwant %s", c.text, got, c.want)
		}
	}
	if _, faults := source.New("", []byte("<<: &m {a: 1}\n<<: *m\nb: 1")).YAML(limits); len(faults) > 0 {
		t.Errorf("two merge keys: %v", faults)
	}
}

func TestPairsOfALongMapping(t *testing.T) {
	var b strings.Builder
	for i := range 40 {
		fmt.Fprintf(&b, "k%d: 1\n", i)
	}
	doc, faults := source.New("", []byte(b.String()+"k7: 2\n<<: {}\n")).YAML(limits)
	if len(faults) != 1 || faults[0].First.Line != 8 || faults[0].Position.Line != 41 {
		t.Errorf("%+v", faults)
	}
	n := 0
	for p := range source.Pairs(doc.Content[0]) {
		if n++; p.Merge != (p.Key.Value == "<<") {
			t.Errorf("%+v", p)
		}
	}
	if n != 42 {
		t.Errorf("%d pairs", n)
	}
}
