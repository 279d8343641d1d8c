package picture

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "write the golden files")

// oneOfEach has one of everything: each kind of node, a way into the next lane, one into another, a
// loop, a way together, and each mark.
func oneOfEach() *Graph {
	return &Graph{
		Title: "small", About: "A picture with one of everything.",
		Lanes: []Lane{{"Begin", 1}, {"Decide", 9}, {"Last <resort>", 30}},
		Nodes: []Node{
			{ID: "start", Kind: Start, Text: []string{"A call comes in"}, Mark: Mark{On: true, First: 1, Times: 1}},
			{ID: "prepare", Kind: Step, Text: []string{"Take the number apart", "Find the country"}, Line: 3},
			{ID: "ask", Lane: 1, Kind: Ask, Text: []string{"Find contact"}, Note: "find contact", More: []string{"timeout 2 s"}, Mark: Mark{On: true, First: 2, Times: 1, Wait: 118 * time.Millisecond}},
			{ID: "each", Lane: 1, Kind: Loop, Text: []string{"Each match"}},
			{ID: "keep", Lane: 1, Kind: Step, Text: []string{"Keep it"}, Mark: Mark{Off: true}},
			{ID: "known", Lane: 1, Kind: Question, Text: []string{"Anybody?"}, Mark: Mark{New: true}},
			{ID: "join", Lane: 1, Kind: Join},
			{ID: "sales", Lane: 1, Kind: Queue, Text: []string{"Sales & more"}, Note: "priority 10"},
			{ID: "flow", Lane: 1, Kind: Hand, Text: []string{"Flow \"other\""}},
			{ID: "last", Lane: 2, Kind: Fallback, Text: []string{"General"}},
			{ID: "end", Lane: 2, Kind: Hang, Text: []string{"End the call"}},
		},
		Edges: []Edge{
			{ID: "e1", From: "start", To: "prepare"},
			{ID: "e2", From: "prepare", To: "ask", Mark: Mark{On: true}},
			{ID: "e3", From: "ask", To: "each", Label: "Success", Branch: "success"},
			{ID: "e4", From: "ask", To: "last", Label: "Failure", Branch: "failure"},
			{ID: "e5", From: "each", To: "keep", Label: "each"},
			{ID: "e6", From: "keep", To: "each"},
			{ID: "e7", From: "each", To: "known", Label: "done"},
			{ID: "e8", From: "known", To: "join", Label: "Yes"},
			{ID: "e9", From: "known", To: "flow", Label: "No"},
			{ID: "e10", From: "flow", To: "join", Label: "Failure"},
			{ID: "e11", From: "join", To: "sales"},
			{ID: "e12", From: "last", To: "end", Label: "not there"},
			{ID: "e13", From: "last", To: "nowhere"},
		},
	}
}

func TestGolden(t *testing.T) {
	g := oneOfEach()
	d := Lay(g)
	check(t, d)
	for name, got := range map[string][]byte{
		"small.svg": d.SVG(SVGOptions{Standalone: true}), "inline.svg": d.SVG(SVGOptions{Prefix: "a-"}),
		"small.dot": Dot(g), "small.mmd": Mermaid(g),
	} {
		file := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("%s is written otherwise than before; look at both, then run the test with -update", file)
		}
	}
}

// TestGround holds that pictures over one ground draw what each of them alone would: the ground what has no mark,
// once, and each what its way marks.
func TestGround(t *testing.T) {
	g := oneOfEach()
	d := Lay(g)
	whole := string(d.SVG(SVGOptions{Prefix: "a-"}))
	first := string(d.SVG(SVGOptions{Prefix: "a-", Ground: "ground", Grounded: true}))
	second := string(d.SVG(SVGOptions{Prefix: "b-", Ground: "ground"}))
	start, end := strings.Index(first, `<g id="ground"`), strings.LastIndex(first, "</g>\n</g>\n")
	if start < 0 || strings.Contains(first[start:], `<use`) || !strings.Contains(second, `<use href="#ground"/>`) || strings.Contains(second, `<g id="ground"`) || end < 0 {
		t.Fatalf("the first has no ground, or the second does not stand on it:\n%s\n%s", first, second)
	}
	for _, n := range g.Nodes {
		marked := n.Mark != (Mark{})
		for text, prefix := range map[string]string{first: "a-", second: "b-"} {
			if own := `id="` + prefix + "n-" + n.ID + `"`; strings.Contains(text, own) != marked {
				t.Errorf("%s: has a mark: %v; it is drawn over the ground: %v", n.ID, marked, !marked)
			}
		}
		if strings.Count(first, `id="a-g-n-`+n.ID+`"`) != 1 {
			t.Errorf("the ground lacks %s", n.ID)
		}
	}
	for _, line := range strings.Split(whole, "\n") { // of one line each: edges
		if strings.Contains(line, `class="edge on"`) && !strings.Contains(second, strings.NewReplacer(`"a-`, `"b-`, `"#a-`, `"#b-`).Replace(line)) {
			t.Errorf("the way lacks %s", line)
		}
	}
	if got := Lay(g).SVG(SVGOptions{Prefix: "a-"}); string(got) != whole {
		t.Error("the marks of the graph are gone after its ground was drawn")
	}
}

func TestInlineHasNoStyleAndItsPrefix(t *testing.T) {
	svg := string(Lay(oneOfEach()).SVG(SVGOptions{Prefix: "a-"}))
	for _, not := range []string{"<style", "style=", "xmlns", `id="n-`, `id="title"`, "url(#hatching)"} {
		if strings.Contains(svg, not) {
			t.Errorf("inline SVG has %s", not)
		}
	}
	for _, want := range []string{
		`id="a-n-ask"`, `data-node="ask"`, `id="a-e-e3"`, `data-from="ask"`, `data-to="each"`, `id="a-l-1"`, `data-lane="1"`, `role="group"`,
		`aria-labelledby="a-title a-desc"`, ">118 ms<", ">changed<", "not reached", "timeout 2 s", "Last &lt;resort&gt;", "Sales &amp; more",
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("inline SVG lacks %s", want)
		}
	}
}

// A drawing program that knows no names of colours, and a browser that knows no light-dark, read
// plain colours: all that they do not understand stands where they do not look.
func TestOwnStyleIsPlainFirst(t *testing.T) {
	plain, rest, found := strings.Cut(ownStyle(), "@supports")
	if !found || !strings.Contains(rest, look) || !strings.Contains(rest, style) {
		t.Error("what browsers read is not there")
	}
	for _, not := range []string{"var(", "light-dark"} {
		if strings.Contains(plain, not) {
			t.Errorf("the plain style has %s", not)
		}
	}
	for _, want := range []string{".picture .box { fill: #ffffff; stroke: #5a6472;", "font-family: system-ui,"} {
		if !strings.Contains(plain, want) {
			t.Errorf("the plain style lacks %s", want)
		}
	}
}

// Every chip is a link to what it names.
func TestChipsLead(t *testing.T) {
	svg := string(Lay(oneOfEach()).SVG(SVGOptions{Prefix: "a-"}))
	links := strings.Split(svg, `<a href="#`)[1:]
	if n := strings.Count(svg, `class="chip"`); n == 0 || n != len(links) {
		t.Fatalf("%d chips, %d links", n, len(links))
	}
	lanes := 0
	for _, l := range links {
		id := l[:strings.Index(l, `"`)]
		if !strings.Contains(svg, `id="`+id+`"`) {
			t.Errorf("a chip leads to %s, which is not there", id)
		}
		if strings.HasPrefix(id, "a-l-") {
			lanes++
		}
	}
	if lanes == 0 {
		t.Error("no chip leads to a lane")
	}
}

// Every class that is written has a rule or is known to need none, and no rule is for a class
// that is never written.
func TestStyleKnowsEveryClass(t *testing.T) {
	g := oneOfEach()
	for i := range g.Nodes {
		g.Nodes[i].Mark.Note = "note"
	}
	written := map[string]bool{"now": true, "ref": true, "ref-text": true, "lane": true, "edge": true, "node": true, "back": true, "on": true, "off": true, "new": true}
	svg := string(Lay(g).SVG(SVGOptions{})) + string(Lay(g.Overview()).SVG(SVGOptions{}))
	for _, part := range strings.Split(svg, `class="`)[1:] {
		for _, c := range strings.Fields(part[:strings.Index(part, `"`)]) {
			written[c] = true
			if c != "node" && c != "back" && c != "step" && c != "question" && c != "ask" && c != "loop" && !strings.Contains(style, "."+c) {
				t.Errorf("no rule for class %s", c)
			}
		}
	}
	for _, part := range strings.Split(style, ".")[1:] {
		name := part[:len(part)-len(strings.TrimLeft(part, "-abcdefghijklmnopqrstuvwxyz"))]
		if name != "" && name != "css" && !written[name] {
			t.Errorf("a rule for class %s, which is never written", name)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range texts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 120 && !slices.Contains(texts, s) {
			t.Skip("a long text costs time and tells nothing that shorter ones do not")
		}
		g := oneOfEach()
		g.Title, g.About, g.Lanes[1].Name = s, s, s
		for i := range g.Nodes {
			g.Nodes[i].Text, g.Nodes[i].Note, g.Nodes[i].More = []string{s, s}, s, []string{s}
			g.Nodes[i].Mark.Note = s
		}
		for i := range g.Edges {
			g.Edges[i].Label, g.Edges[i].Mark.Note = s, s
		}
		d := Lay(g)
		check(t, d)
		wellFormed(t, d.SVG(SVGOptions{Standalone: true}))
		dot, mermaid := string(Dot(g)), string(Mermaid(g))
		if !utf8.ValidString(dot) || !utf8.ValidString(mermaid) {
			t.Errorf("not UTF-8")
		}
		if n, want := strings.Count(dot, "\n"), strings.Count(string(Dot(oneOfEach())), "\n"); n != want {
			t.Errorf("dot has %d lines, want %d", n, want)
		}
		if n, want := strings.Count(mermaid, "\n"), strings.Count(string(Mermaid(oneOfEach())), "\n"); n > want {
			t.Errorf("mermaid has %d lines, want at most %d", n, want)
		}
	})
}

func TestTextsAreWrapped(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		lines int
		want  string
	}{
		{"one two three", 200, 3, "one two three"},
		{"one two three", 50, 3, "one|two|three"},
		{"one two three", 50, 2, "one|two…"},
		{"Retention_Specialists", 90, 3, "Retention_|Specialists"},
		{"Appointment", 83, 3, "Appointm|ent"},
		{"SimpleFinancial401K", 120, 3, "SimpleFinancial|401K"},
		{"hubspot_deal_stage", 100, 3, "hubspot_deal_|stage"},
		{"電話番号を確認", 60, 9, "電話番|号を確|認"},
		{" \t two  spaces\nand a line", 400, 3, "two spaces and a line"},
		{"", 100, 2, ""},
		{"\u202eturned", 200, 1, `\u202eturned`},
	} {
		if got := strings.Join(wrap(c.text, textSize, c.width, c.lines), "|"); got != c.want {
			t.Errorf("wrap(%q, %d, %d) = %q, want %q", c.text, c.width, c.lines, got, c.want)
		}
	}
}
