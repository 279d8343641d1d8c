package picture

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/internal/corpus"
	"pgregory.net/rapid"
)

type reporter interface {
	Helper()
	Errorf(string, ...any)
}

// quotient holds of every overview: each box of the whole picture has a card, each way between two
// cards stands for ways from the one to the other, each of these in one of them, and what is said
// of one is true.
func quotient(t reporter, g *Graph) {
	t.Helper()
	o := g.Overview()
	cards := map[string]bool{}
	for _, n := range o.Nodes {
		if cards[n.ID] {
			t.Errorf("two cards are %s", n.ID)
		}
		cards[n.ID] = true
	}
	x := newAtlas(g)
	card := func(i int) string { return g.CardOf(&g.Nodes[i]) }
	used := map[string]bool{}
	for i := range g.Nodes {
		used[card(i)] = true
		if !cards[card(i)] {
			t.Errorf("node %s has no card %s", g.Nodes[i].ID, card(i))
		}
	}
	if len(used) != len(cards) {
		t.Errorf("%d cards for %d tasks with a box", len(cards), len(used))
	}
	between := map[[2]string][]string{}
	for e, to := range x.to {
		if to >= 0 && card(x.from[e]) != card(to) {
			k := [2]string{card(x.from[e]), card(to)}
			between[k] = append(between[k], g.Edges[e].ID)
		}
	}
	for _, e := range o.Edges {
		k := [2]string{e.From, e.To}
		if !slices.Equal(e.Ways, between[k]) || len(e.Ways) == 0 {
			t.Errorf("%s to %s stands for %v, want %v", e.From, e.To, e.Ways, between[k])
		}
		delete(between, k)
	}
	if len(between) > 0 {
		t.Errorf("ways between cards are not drawn: %v", between)
	}
}

// drawable holds of every drawing of an overview.
func drawable(t reporter, g *Graph) *Drawing {
	t.Helper()
	o := g.Overview()
	d := Lay(o)
	check(t, d)
	svg := d.SVG(SVGOptions{Standalone: true})
	wellFormed(t, svg)
	if again := Lay(g.Overview()).SVG(SVGOptions{Standalone: true}); !bytes.Equal(svg, again) {
		t.Errorf("the same overview is drawn in two ways")
	}
	for i, e := range d.Edges {
		if !e.Chip.empty() {
			t.Errorf("the way %s ends at a chip", o.Edges[i].ID)
		}
	}
	for i, n := range d.Nodes {
		bottom := 0
		for _, r := range n.Rows {
			if r.Y < bottom {
				t.Errorf("card %d: a row lies on another", i)
			}
			if bottom = r.bottom(); widest(r.Text, noteSize, false) > r.W-2*rowPad || widest(r.Note, noteSize, false) > r.W-2*rowPad {
				t.Errorf("card %d: %q is wider than its row", i, r.Text)
			}
		}
		for _, x := range n.Exits {
			if x.Y < bottom || widest(x.Text, noteSize, true) > n.W-exitIn-cardPad {
				t.Errorf("card %d: %q has no room", i, x.Text)
			}
			bottom = x.bottom()
		}
		if bottom > n.H {
			t.Errorf("card %d ends above what stands in it", i)
		}
	}
	return d
}

func TestOverviewOfAnyGraph(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := randomGraph(t)
		quotient(t, g)
		drawable(t, g)
	})
}

// widestOverview and highestOverview are what a screen shows without moving, in pixels.
const (
	widestOverview  = 1280
	highestOverview = 1080
)

func TestOverviewsOfExamples(t *testing.T) {
	for name, g := range pictures(t) {
		t.Run(name, func(t *testing.T) {
			quotient(t, g)
			d := drawable(t, g)
			if d.W > widestOverview || d.H > highestOverview {
				t.Errorf("%d × %d pixels, which nobody sees at a glance", d.W, d.H)
			}
			if n := (&seating{d: d}).cuts(); n > 0 {
				t.Errorf("%d texts of cards are cut", n)
			}
			if n := d.Crossings(); n > 4 {
				t.Errorf("%d crossings", n)
			}
		})
	}
}

func TestOverviewsOfPublishedFlows(t *testing.T) {
	for _, name := range corpus.Files(t, "flows") {
		t.Run(filepath.Base(name), func(t *testing.T) {
			g := Flow(read(t, name))
			quotient(t, g)
			d := drawable(t, g)
			if d.W > widestOverview || d.H > highestOverview {
				t.Errorf("%d × %d pixels, which nobody sees at a glance", d.W, d.H)
			}
			if n := d.Crossings(); n > 4 {
				t.Errorf("%d crossings", n)
			}
		})
	}
}

// task makes a graph of two tasks with an ending each.
func twoTasks() *Graph {
	return &Graph{
		Title: "two", Lanes: []Lane{{"Ask", 1}, {"Help", 9}, {"Last", 20}},
		Nodes: []Node{
			{ID: "start", Kind: Start, Text: []string{"A call comes in"}},
			{ID: "ask", Kind: Ask, Text: []string{"Find contact"}, Note: "find contact", Acts: []Act{{Type: "callData"}}},
			{ID: "why", Kind: Step, Text: []string{"Why"}},
			{ID: "any", Kind: Question, Text: []string{"Anybody?"}},
			{ID: "help", Lane: 1, Kind: Queue, Text: []string{"Help"}},
			{ID: "end", Lane: 2, Kind: Hang, Text: []string{"End"}},
		},
		Edges: []Edge{
			{ID: "e0", From: "start", To: "ask"},
			{ID: "e1", From: "ask", To: "any", Label: "Success", Branch: "success"},
			{ID: "e2", From: "ask", To: "why", Label: "Failure", Branch: "failure"},
			{ID: "e3", From: "ask", To: "why", Label: "Timeout", Branch: "timeout"},
			{ID: "e4", From: "why", To: "end"},
			{ID: "e5", From: "any", To: "help", Label: "Yes", Branch: "yes"},
			{ID: "e6", From: "any", To: "end", Label: "No", Branch: "no"},
			{ID: "e7", From: "help", To: "end", Label: "Failure", Branch: "failure"},
		},
	}
}

func TestOverviewSaysAfterWhichChoices(t *testing.T) {
	got := map[string]string{}
	for _, e := range twoTasks().Overview().Edges {
		got[e.From+" "+e.To] = e.Label
	}
	want := map[string]string{
		"start task-1":  "",
		"task-1 task-2": "Anybody? Yes",
		"task-1 task-3": "Failure, Timeout; Anybody? No",
		"task-2 task-3": "Failure",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestOverviewTakesTheWayOfACallAlong(t *testing.T) {
	g := twoTasks()
	on := func(id string, first int, wait time.Duration) {
		g.node(id).Mark = Mark{On: true, First: first, Times: 1, Wait: wait}
	}
	on("start", 0, 0)
	g.node("start").Mark.First = 0
	on("ask", 1, 118*time.Millisecond)
	on("any", 2, 2*time.Millisecond)
	on("end", 3, 0)
	for i := range g.Edges {
		g.Edges[i].Mark.On = slices.Contains([]string{"e0", "e1", "e6"}, g.Edges[i].ID)
		g.Edges[i].Mark.Times = map[bool]int{true: 1}[g.Edges[i].Mark.On]
	}
	o := g.Overview()
	var got []string
	for _, n := range o.Nodes {
		got = append(got, fmt.Sprintf("%s %v %d %v %s", n.ID, n.Mark.On, n.Mark.First, n.Mark.Wait, n.Mark.Note))
	}
	want := "start true 0 0s , task-1 true 1 120ms , task-2 false 0 0s , task-3 true 2 0s "
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("got %s, want %s", s, want)
	}
	for _, e := range o.Edges {
		if want := e.From != "task-2" && e.To != "task-2"; e.Mark.On != want {
			t.Errorf("the way from %s to %s is marked: %v", e.From, e.To, e.Mark.On)
		}
	}
	if r := o.Nodes[3].Rows; len(r) != 1 || r[0].Text != "Call ends" || !r[0].Mark.On {
		t.Errorf("how the call ended: %+v", r)
	}
}

func TestOverviewSaysHowMuchWasReached(t *testing.T) {
	g := twoTasks()
	c := g.Cover()
	marked := g.Clone()
	for i := range marked.Nodes {
		marked.Nodes[i].Mark.On = slices.Contains([]string{"start", "ask", "any", "end"}, marked.Nodes[i].ID)
	}
	for i := range marked.Edges {
		marked.Edges[i].Mark.On = slices.Contains([]string{"e0", "e1", "e6"}, marked.Edges[i].ID)
	}
	c.Count(marked)
	o := c.Graph().Overview()
	if m := o.Nodes[1].Mark; m.Note != "2/6 ways" || !m.On {
		t.Errorf("the task that was reached: %+v", m)
	}
	if m := o.Nodes[0].Mark; m.Note != "1 call" {
		t.Errorf("where there is no choice: %+v", m)
	}
	if !strings.HasSuffix(o.About, "the ways inside it and out of it calls took.") {
		t.Errorf("nobody says which ways are counted: %s", o.About)
	}
	if svg := string(Lay(o).SVG(SVGOptions{})); !strings.Contains(svg, ">2/6 ways</text>") {
		t.Error("a badge does not say how many ways were taken")
	}
	if s := share(99, 99); wrap(s, noteSize, badgeRoom(cardWidths[0]), 1)[0] != s {
		t.Errorf("%q does not fit into the badge of a card", s)
	}
	if m := o.Nodes[2].Mark; !m.Off || m.On {
		t.Errorf("the task that was not reached: %+v", m)
	}
	if r := o.Nodes[2].Rows; len(r) != 1 || !r[0].Mark.Off {
		t.Errorf("the ending that was not reached: %+v", r)
	}
	for _, e := range o.Edges {
		if e.From == "task-1" && e.To == "task-3" && e.Mark.Note != "1/2 ways" {
			t.Errorf("the way to the end: %+v", e.Mark)
		}
	}
}

func TestCardsLeadToTheirLanes(t *testing.T) {
	g := twoTasks()
	svg := string(Lay(g.Overview()).SVG(SVGOptions{Prefix: "o-", LinkCards: true, Cards: "p-"}))
	whole := string(Lay(g).SVG(SVGOptions{Prefix: "p-"}))
	for i := range g.Lanes {
		id := fmt.Sprintf("p-l-%d", i)
		if !strings.Contains(svg, `<a href="#`+id+`">`) || !strings.Contains(whole, `id="`+id+`"`) {
			t.Errorf("no card leads to lane %s", id)
		}
	}
	if strings.Contains(string(Lay(g.Overview()).SVG(SVGOptions{})), "<a ") {
		t.Error("a card leads somewhere where no picture stands")
	}
}

// The pictures that the documentation shows are those of examples, as they are drawn now.
func TestPicturesOfTheDocumentation(t *testing.T) {
	all := pictures(t)
	for name, g := range map[string]*Graph{"overview.svg": all["basic"].Overview(), "rules.svg": all["minimal rules"]} {
		path := filepath.Join("..", "..", "docs", "pictures", name)
		got := Lay(g).SVG(SVGOptions{Standalone: true})
		if *update {
			if err := os.WriteFile(path, got, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is drawn otherwise than before (%v); look at both, then run the test with -update", path, err)
		}
	}
}

// Where a call ends without an action, as at the end of a task, no step says when it came there: that is
// the last place of its way.
func TestOverviewNumbersTheEndOfATaskLast(t *testing.T) {
	for name, end := range map[string]string{"nothing but the end": "", "an action before it": "updateData: {name: Note, statements: [{string: {variable: Flow.Queue, value: {lit: B}}}]}"} {
		f := parsed(t, strings.Replace(small, "actions: [{disconnect: {name: End}}]", "actions: ["+strings.TrimSuffix("{"+end+"}", "{}")+"]", 1))
		o := Flow(f).Call(called(t, f, "failure")).Overview()
		var got []string
		for _, n := range o.Nodes {
			got = append(got, fmt.Sprintf("%s %d %s", n.ID, n.Mark.First, n.Mark.Note))
		}
		if s, want := strings.Join(got, ", "), "start 0 , task-1 1 , task-2 2 , task-3 0 , task-4 0 "; s != want {
			t.Errorf("%s: got %s, want %s", name, s, want)
		}
	}
}

// A card tells how many ways out it has no room for.
func TestACardOfManyWaysSaysHowManyItHides(t *testing.T) {
	g := &Graph{Title: "menu", Lanes: []Lane{{"Menu", 1}}, Nodes: []Node{{ID: "start", Kind: Start}, {ID: "menu", Kind: Question, Text: []string{"Menu"}}}, Edges: []Edge{{ID: "e", From: "start", To: "menu"}}}
	const choices = mostExits + 3
	for i := range choices {
		to := fmt.Sprintf("n%d", i)
		g.Lanes = append(g.Lanes, Lane{to, 0})
		g.Nodes = append(g.Nodes, Node{ID: to, Lane: i + 1, Kind: Hang, Text: []string{to}})
		g.Edges = append(g.Edges, Edge{ID: "e" + to, From: "menu", To: to, Label: "Press " + to})
	}
	d := drawable(t, g)
	exits := d.Nodes[1].Exits
	if last := exits[len(exits)-1]; len(exits) != mostExits || last.Edge != -1 || last.Text[0] != "and 4 more" {
		t.Errorf("%d ways, the last one %+v", len(exits), last)
	}
	if svg := string(d.SVG(SVGOptions{})); !strings.Contains(svg, ">and 4 more<") || strings.Count(svg, `class="exit"`) != mostExits-1 {
		t.Error("the picture does not say so")
	}
}
