package picture

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dealroute/dealroute/examples"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/internal/corpus"
	"github.com/dealroute/dealroute/templates"
)

// faults are what is wrong with a drawing to look at.
func faults(d *Drawing) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	type thing struct {
		name string
		r    Rect
		node int // -1
		edge int // -1; whose chip or label it is
	}
	var solid, labels []thing
	for i, n := range d.Nodes {
		if n.W <= 0 || n.H <= 0 {
			say("node %s has no place", d.Graph.Nodes[i].ID)
		}
		solid = append(solid, thing{"node " + d.Graph.Nodes[i].ID, n.Rect, i, -1})
	}
	for i, e := range d.Edges {
		if !e.Chip.empty() {
			solid = append(solid, thing{"chip of " + d.Graph.Edges[i].ID, e.Chip, -1, i})
		}
		if len(e.Label) > 0 {
			labels = append(labels, thing{"label of " + d.Graph.Edges[i].ID, e.At, -1, i})
		}
	}
	for i, l := range d.Lanes {
		if !l.Head.empty() {
			solid = append(solid, thing{fmt.Sprintf("head of lane %d", i), l.Head, -1, -1})
		}
	}
	all := append(append([]thing(nil), solid...), labels...)
	for i, a := range all {
		if a.r.X < 0 || a.r.Y < 0 || a.r.right() > d.W || a.r.bottom() > d.H {
			say("%s is outside the canvas: %v", a.name, a.r)
		}
		for _, b := range all[i+1:] {
			if a.r.meets(b.r) {
				say("%s lies on %s: %v, %v", a.name, b.name, a.r, b.r)
			}
		}
	}
	for i, l := range d.Lanes {
		for k := 1; k < len(l.Entry); k++ {
			if p, q := l.Entry[k-1], l.Entry[k]; p.X != q.X && p.Y != q.Y {
				say("the way into lane %d is not straight at %v", i, p)
			}
		}
	}
	for i, e := range d.Edges {
		for k := 1; k < len(e.Points); k++ {
			p, q := e.Points[k-1], e.Points[k]
			if p.X != q.X && p.Y != q.Y {
				say("edge %s is not straight at %v", d.Graph.Edges[i].ID, p)
			}
			line := Rect{min(p.X, q.X), min(p.Y, q.Y), max(1, abs(p.X-q.X)), max(1, abs(p.Y-q.Y))}
			if line.X < 0 || line.Y < 0 || line.right() > d.W || line.bottom() > d.H {
				say("edge %s leaves the canvas at %v", d.Graph.Edges[i].ID, p)
			}
			for _, s := range all {
				if !s.r.meets(line) {
					continue
				}
				if s.node >= 0 && d.Graph.Nodes[s.node].Kind == Join {
					continue // lines meet in its middle
				}
				if touches(s.r, p, q) {
					continue // it begins or ends at the side of this box
				}
				say("edge %s goes through %s: %v to %v, %v", d.Graph.Edges[i].ID, s.name, p, q, s.r)
			}
		}
	}
	return out
}

// shared are pieces of line on which two edges lie that have no end in common, so that nobody can
// tell them apart.
func shared(d *Drawing) []string {
	var out []string
	type piece struct {
		r    Rect
		edge int
	}
	var all []piece
	for i, e := range d.Edges {
		for k := 1; k < len(e.Points); k++ {
			p, q := e.Points[k-1], e.Points[k]
			all = append(all, piece{Rect{min(p.X, q.X), min(p.Y, q.Y), abs(p.X - q.X), abs(p.Y - q.Y)}, i})
		}
	}
	for i, a := range all {
		for _, b := range all[i+1:] {
			if a.edge == b.edge || d.together(a.edge, b.edge) {
				continue
			}
			across := a.r.H == 0 && b.r.H == 0 && a.r.Y == b.r.Y && min(a.r.right(), b.r.right()) > max(a.r.X, b.r.X)
			down := a.r.W == 0 && b.r.W == 0 && a.r.X == b.r.X && min(a.r.bottom(), b.r.bottom()) > max(a.r.Y, b.r.Y)
			if across || down {
				out = append(out, fmt.Sprintf("edges %s and %s lie on each other: %v, %v", d.Graph.Edges[a.edge].ID, d.Graph.Edges[b.edge].ID, a.r, b.r))
			}
		}
	}
	return out
}

// overflowing are texts that are wider than the box they stand in.
func overflowing(d *Drawing) []string {
	var out []string
	for i, n := range d.Nodes {
		for _, l := range n.Text {
			if textWidth(l.Text, textSize, false) > n.W-2*boxPad {
				out = append(out, fmt.Sprintf("node %s: %q is wider than its box", d.Graph.Nodes[i].ID, l.Text))
			}
		}
		if bottom := 2*boxPadY + len(n.Text)*textHeight + len(n.Note)*noteHeight; d.Graph.Nodes[i].Kind != Join && bottom > n.H {
			out = append(out, fmt.Sprintf("node %s: text is higher than its box", d.Graph.Nodes[i].ID))
		}
	}
	for i, e := range d.Edges {
		if !e.Chip.empty() && widest(e.Text, noteSize, false) > e.Chip.W-2*chipPad-arrowRoom {
			out = append(out, fmt.Sprintf("chip of %s: %q is wider than it", d.Graph.Edges[i].ID, e.Text))
		}
	}
	return out
}

// touches says whether a piece of a line only touches a box from outside.
func touches(r Rect, p, q Point) bool {
	in := Rect{r.X + 1, r.Y + 1, r.W - 2, r.H - 2}
	return !in.meets(Rect{min(p.X, q.X), min(p.Y, q.Y), max(1, abs(p.X-q.X)), max(1, abs(p.Y-q.Y))})
}

// ends says what is wrong with where lines begin and end.
func ends(d *Drawing) []string {
	var out []string
	x := newAtlas(d.Graph)
	on := func(r Rect, p Point) bool {
		return p.X >= r.X && p.X <= r.right() && p.Y >= r.Y && p.Y <= r.bottom()
	}
	for i, e := range d.Edges {
		id := d.Graph.Edges[i].ID
		if x.to[i] < 0 {
			if len(e.Points) > 0 {
				out = append(out, "edge "+id+" has a line without a node")
			}
			continue
		}
		if len(e.Points) < 2 {
			out = append(out, "edge "+id+" has no line")
			continue
		}
		if !on(d.Nodes[x.from[i]].Rect, e.Points[0]) {
			out = append(out, fmt.Sprintf("edge %s does not begin at its node: %v, %v", id, e.Points[0], d.Nodes[x.from[i]].Rect))
		}
		last := e.Points[len(e.Points)-1]
		target := d.Nodes[x.to[i]].Rect
		if !e.Chip.empty() {
			target = e.Chip
		} else if x.lane[x.to[i]] != x.lane[x.from[i]] {
			target = d.Lanes[laneAt(d, x.lane[x.to[i]])].Head
		}
		if !on(target, last) {
			out = append(out, fmt.Sprintf("edge %s does not end where it leads: %v, %v", id, last, target))
		}
	}
	return out
}

func laneAt(d *Drawing, lane int) int {
	for i, l := range d.Lanes {
		if l.Lane == lane {
			return i
		}
	}
	return -1
}

func check(t interface {
	Helper()
	Errorf(string, ...any)
}, d *Drawing) {
	t.Helper()
	for i, f := range slices.Concat(faults(d), ends(d), shared(d), overflowing(d)) {
		if i == 10 {
			t.Errorf("and more")
			return
		}
		t.Errorf("%s", f)
	}
}

var kinds = []Kind{Start, Step, Question, Ask, Loop, Join, Queue, Hand, Hang, Fallback}

// texts that people write, and some that nobody should.
var texts = []string{
	"", "Find contact", "A number to look up?", "Even the fallback queue cannot be reached",
	"hubspot_outcome == \"active_deal\" and hubspot_deal_stage == \"985123456\" and hubspot_customer_value >= 50000",
	strings.Repeat("Donaudampfschifffahrtsgesellschaft", 5), "電話番号を確認してから転送する", "שלום עולם, זו שאלה?", "مرحبا بالعالم هل هذا سؤال",
	"👩‍👩‍👧‍👦 family 📞☎️", "</text><script>alert(1)</script>", "\x00\x1b[31m\u202edrow\r\n\t\"'&<>", "a\u0301\u0302\u0303\u0304", "\xff\xfe", strings.Repeat("\u0301", 3000), strings.Repeat("long ", 5000), " ",
}

func randomGraph(t *rapid.T) *Graph {
	g := &Graph{Title: rapid.SampledFrom(texts).Draw(t, "title"), About: rapid.SampledFrom(texts).Draw(t, "about")}
	for range rapid.IntRange(0, 4).Draw(t, "lanes") {
		g.Lanes = append(g.Lanes, Lane{Name: rapid.SampledFrom(texts).Draw(t, "lane")})
	}
	n := rapid.IntRange(0, 30).Draw(t, "nodes")
	for i := range n {
		node := Node{ID: fmt.Sprintf("n%d", i), Lane: rapid.IntRange(-1, len(g.Lanes)).Draw(t, "in"), Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
		for range rapid.IntRange(0, 4).Draw(t, "lines") {
			node.Text = append(node.Text, rapid.SampledFrom(texts).Draw(t, "text"))
		}
		node.Note = rapid.SampledFrom(texts).Draw(t, "note")
		g.Nodes = append(g.Nodes, node)
	}
	for i := range rapid.IntRange(0, 2*n).Draw(t, "edges") {
		e := Edge{ID: fmt.Sprintf("e%d", i), Label: rapid.SampledFrom(texts).Draw(t, "label")}
		e.From, e.To = fmt.Sprintf("n%d", rapid.IntRange(0, n).Draw(t, "from")), fmt.Sprintf("n%d", rapid.IntRange(0, n).Draw(t, "to"))
		if rapid.Bool().Draw(t, "onward") { // most edges of a flow lead on in the text
			a := rapid.IntRange(0, max(0, n-1)).Draw(t, "a")
			e.From, e.To = fmt.Sprintf("n%d", a), fmt.Sprintf("n%d", min(n, a+rapid.IntRange(1, 3).Draw(t, "on")))
		}
		g.Edges = append(g.Edges, e)
	}
	return g
}

func TestAnyGraphHasPlaces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := randomGraph(t)
		d := Lay(g)
		check(t, d)
		svg := d.SVG(SVGOptions{Standalone: true})
		wellFormed(t, svg)
		if again := Lay(g).SVG(SVGOptions{Standalone: true}); !bytes.Equal(svg, again) {
			t.Errorf("the same graph is drawn in two ways")
		}
	})
}

func TestMarksMoveNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := randomGraph(t)
		before := Lay(g)
		marked := *g
		marked.Nodes, marked.Edges = append([]Node(nil), g.Nodes...), append([]Edge(nil), g.Edges...)
		for i := range marked.Nodes {
			marked.Nodes[i].Mark = randomMark(t)
		}
		for i := range marked.Edges {
			marked.Edges[i].Mark = randomMark(t)
		}
		after := Lay(&marked)
		wellFormed(t, after.SVG(SVGOptions{}))
		for i := range before.Nodes {
			if before.Nodes[i].Rect != after.Nodes[i].Rect {
				t.Errorf("a mark moved node %d: %v, %v", i, before.Nodes[i].Rect, after.Nodes[i].Rect)
			}
		}
		for i := range before.Edges {
			if fmt.Sprint(before.Edges[i].Points, before.Edges[i].Chip) != fmt.Sprint(after.Edges[i].Points, after.Edges[i].Chip) {
				t.Errorf("a mark moved edge %d", i)
			}
		}
		if before.W != after.W || before.H != after.H {
			t.Errorf("a mark changed the canvas")
		}
	})
}

func randomMark(t *rapid.T) Mark {
	return Mark{
		On: rapid.Bool().Draw(t, "on"), Off: rapid.Bool().Draw(t, "off"), New: rapid.Bool().Draw(t, "new"),
		First: rapid.IntRange(0, 2000).Draw(t, "first"), Times: rapid.IntRange(0, 3).Draw(t, "times"),
		Wait: time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "wait")), Note: rapid.SampledFrom(texts).Draw(t, "note"),
	}
}

// wellFormed holds of every SVG: XML that a browser reads, without style attributes, scripts and
// control characters.
func wellFormed(t interface {
	Helper()
	Errorf(string, ...any)
}, svg []byte) {
	t.Helper()
	dec := xml.NewDecoder(bytes.NewReader(svg))
	ids := map[string]bool{}
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("not XML: %v", err)
			return
		}
		switch e := tok.(type) {
		case xml.StartElement:
			if e.Name.Local == "script" {
				t.Errorf("a script")
			}
			for _, a := range e.Attr {
				if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") || strings.HasSuffix(a.Name.Local, "href") && !strings.HasPrefix(a.Value, "#") {
					t.Errorf("attribute %s", a.Name.Local)
				}
				if a.Name.Local == "id" && ids[a.Value] {
					t.Errorf("id %q twice", a.Value)
				} else if a.Name.Local == "id" {
					ids[a.Value] = true
				}
			}
		case xml.CharData:
			if i := bytes.IndexFunc(e, func(r rune) bool { return r < ' ' && r != '\n' || r == 0x202e || r == 0x7f }); i >= 0 {
				t.Errorf("control character in %q", e)
			}
		}
	}
}

// What stands below a box and has several ways out takes the cells on its right as well, so it does
// not stand beside what the box itself has there.
func TestNoTwoLinesAreInOneCell(t *testing.T) {
	g := &Graph{}
	for i := range 5 {
		g.Nodes = append(g.Nodes, Node{ID: fmt.Sprintf("n%d", i), Kind: Step, Text: []string{"A step"}})
	}
	for i, e := range []string{"n0 n3", "n0 n1", "n1 n2", "n0 n4", "n1 n2", "n4 n2", "n1 n2", "n0 n3", "n2 n3"} {
		from, to, _ := strings.Cut(e, " ")
		g.Edges = append(g.Edges, Edge{ID: fmt.Sprintf("e%d", i), From: from, To: to, Label: "a way"})
	}
	check(t, Lay(g))
}

// A checker that finds nothing wrong is worth nothing unless it can.
func TestFaultsAreFound(t *testing.T) {
	g := &Graph{Nodes: []Node{{ID: "a", Kind: Step, Text: []string{"a"}}, {ID: "b", Kind: Step, Text: []string{"b"}}}, Edges: []Edge{{ID: "e", From: "a", To: "b", Label: "a label"}}}
	for name, break_ := range map[string]func(*Drawing){
		"box on box": func(d *Drawing) { d.Nodes[1].Rect = d.Nodes[0].Rect },
		"outside":    func(d *Drawing) { d.Nodes[1].Y = d.H },
		"line through box": func(d *Drawing) {
			p := d.Nodes[0]
			d.Edges[0].Points = []Point{{p.X - 5, p.Y + 9}, {p.right() + 5, p.Y + 9}}
		},
		"line over label": func(d *Drawing) { d.Edges[0].At.X -= 20 },
		"askew":           func(d *Drawing) { d.Edges[0].Points[0].X += 3 },
		"ends elsewhere":  func(d *Drawing) { d.Edges[0].Points[1].Y -= 3 },
		"no line":         func(d *Drawing) { d.Edges[0].Points = nil },
	} {
		d := Lay(g)
		if f := append(faults(d), ends(d)...); len(f) > 0 {
			t.Fatalf("before: %v", f)
		}
		break_(d)
		if len(faults(d))+len(ends(d)) == 0 {
			t.Errorf("%s: not found", name)
		}
	}
}

// pictures are those of every example: its flow and its rules.
func pictures(t testing.TB) map[string]*Graph {
	t.Helper()
	out := map[string]*Graph{}
	names, err := fs.Glob(examples.FS, "*/dealroute.yaml")
	if err != nil || len(names) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(examples.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		dep, fs := deployment.Parse(name, data)
		if dep == nil {
			t.Fatalf("%s: %v", name, fs)
		}
		out[filepath.Dir(name)+" rules"] = Rules(dep)
		b, fs := blueprint.Render(dep, templates.FS)
		if b == nil {
			t.Fatalf("%s: %v", name, fs)
		}
		out[filepath.Dir(name)] = Flow(b.Flow.Tree)
	}
	return out
}

func TestPicturesOfExamples(t *testing.T) {
	for name, g := range pictures(t) {
		t.Run(name, func(t *testing.T) {
			d := Lay(g)
			check(t, d)
			if d.W > pageWidth {
				t.Errorf("%d pixels wide, want at most %d", d.W, pageWidth)
			}
			if n := d.Crossings(); n > 3 {
				t.Errorf("%d crossings", n)
			}
		})
	}
}

func TestPicturesOfPublishedFlows(t *testing.T) {
	for _, name := range corpus.Files(t, "flows") {
		t.Run(filepath.Base(name), func(t *testing.T) {
			d := Lay(Flow(read(t, name)))
			check(t, d)
			if d.W > pageWidth {
				t.Errorf("%d pixels wide, want at most %d", d.W, pageWidth)
			}
			if n := d.Crossings(); n > 3 {
				t.Errorf("%d crossings", n)
			}
		})
	}
}
