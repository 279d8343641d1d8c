package picture

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/words"
)

//go:embed picture.css
var style string

// Style is the stylesheet of a picture; all of its rules are within .picture. It uses the names
// of Look, which stands before it.
func Style() string { return style }

// SVGOptions say where a picture will stand.
type SVGOptions struct {
	// Standalone: a file of its own, which brings its stylesheet. Without, the page it stands in
	// has Look and Style. The text has no style attribute and no script either way.
	Standalone bool
	// Prefix of every id, where several pictures stand in one page: letters, digits and -.
	Prefix string
	// Ground is the id of what pictures of one graph with different ways have in common in a page;
	// empty: each is written whole. The one with Grounded has it, the others lie over it.
	Ground   string
	Grounded bool
	// LinkCards makes the cards of an overview links to the lanes of the whole picture, which stands in
	// the same page with the Prefix that Cards names.
	LinkCards bool
	Cards     string
	// All is the id of all that is drawn, for pieces of it to be shown again; empty: it has none.
	All string
}

// SVG writes a drawing. Its text is text, the whole has a title and a description for those who
// cannot see it, every node a title that a pointer shows.
//
// A script finds nodes by id n-ID and data-node, edges by id e-ID, data-from and data-to, lanes
// by id l-INDEX and data-lane. What it may set on each of them is the class on, and now on the
// node where a call is.
func (d *Drawing) SVG(o SVGOptions) []byte {
	w := &writer{d: d, prefix: o.Prefix, link: o.LinkCards, cards: o.Cards}
	w.add(`<svg`)
	if o.Standalone {
		w.attr("xmlns", "http://www.w3.org/2000/svg")
	}
	w.attr("class", "picture")
	w.attr("viewBox", fmt.Sprintf("0 0 %d %d", d.W, d.H))
	w.number("width", d.W)
	w.number("height", d.H)
	w.attr("role", "group") // not img: nobody could come to what is within, and chips are links
	w.attr("aria-labelledby", o.Prefix+"title "+o.Prefix+"desc")
	w.add(">\n")
	w.named("title", o.Prefix+"title", d.Graph.Title)
	w.named("desc", o.Prefix+"desc", d.Graph.About)
	if o.Standalone {
		w.add("<style>\n" + ownStyle() + "</style>\n")
	}
	w.hatching()
	if o.All != "" {
		w.add("<g").attr("id", o.All).add(` class="picture">` + "\n")
	}
	switch {
	case o.Ground == "":
		w.all()
	case o.Grounded: // its class is its own: where it is used, the style sees nothing around it
		ground := &writer{d: d.bare(), prefix: o.Prefix + "g-", ground: true}
		ground.all()
		w.add("<g").attr("id", o.Ground).add(` class="picture">` + "\n" + ground.b.String() + "</g>\n")
		w.over()
	default:
		w.add("<use").attr("href", "#"+o.Ground).add("/>\n")
		w.over()
	}
	if o.All != "" {
		w.add("</g>\n")
	}
	w.add("</svg>\n")
	return []byte(w.b.String())
}

// bare is the drawing without marks, which have no part in where things are.
func (d *Drawing) bare() *Drawing {
	out := *d
	out.Graph = d.Graph.Clone()
	for i := range out.Graph.Nodes {
		out.Graph.Nodes[i].Mark = Mark{}
	}
	for i := range out.Graph.Edges {
		out.Graph.Edges[i].Mark = Mark{}
	}
	return &out
}

// all writes everything.
func (w *writer) all() {
	for i := range w.d.Lanes {
		w.lane(&w.d.Lanes[i])
	}
	for _, f := range w.d.Frames {
		w.add(`<rect class="frame"`).rect(f.Rect).number("rx", 10).add("/>\n")
	}
	for _, i := range w.d.drawn() {
		w.edge(i)
	}
	for i := range w.d.Nodes {
		w.node(i)
	}
}

// over writes what has a mark.
func (w *writer) over() {
	for i := range w.d.Lanes {
		if l := &w.d.Lanes[i]; w.laneOn(l.Lane) != "" {
			w.add("<g").attr("id", w.prefix+"l-"+strconv.Itoa(l.Lane)).add(` class="lane on">`)
			w.head(l)
			w.add("</g>\n")
		}
	}
	for _, i := range w.d.drawn() {
		if w.d.Graph.Edges[i].Mark != (Mark{}) {
			w.edge(i)
		}
	}
	for i := range w.d.Nodes {
		if w.d.Graph.Nodes[i].Mark != (Mark{}) {
			w.node(i)
		}
	}
}

// drawn is the order in which edges are drawn: those of a way last, so that it lies on top where
// edges share a line.
func (d *Drawing) drawn() []int {
	var out []int
	for i := range d.Edges {
		if len(d.Edges[i].Points) > 1 {
			out = append(out, i)
		}
	}
	rank := func(i int) int {
		switch m := d.Graph.Edges[i].Mark; {
		case m.New:
			return 2
		case m.On:
			return 1
		}
		return 0
	}
	slices.SortStableFunc(out, func(a, b int) int { return rank(a) - rank(b) })
	return out
}

type writer struct {
	d      *Drawing
	prefix string
	ground bool // what several pictures stand on: it leads nowhere
	link   bool // cards lead to lanes
	cards  string
	b      strings.Builder
}

func (w *writer) add(s string) *writer { w.b.WriteString(s); return w }

func (w *writer) attr(name, value string) *writer {
	return w.add(" ").add(name).add(`="`).add(escapeXML(value)).add(`"`)
}

func (w *writer) number(name string, n int) *writer { return w.attr(name, strconv.Itoa(n)) }

func (w *writer) rect(r Rect) *writer {
	return w.number("x", r.X).number("y", r.Y).number("width", r.W).number("height", r.H)
}

func (w *writer) named(name, id, text string) {
	w.add("<"+name).attr("id", id).add(">").add(escapeXML(clean(text))).add("</" + name + ">\n")
}

// escapeXML escapes text for elements and attributes. What XML cannot hold at all was spelled
// out by clean; here it is replaced, for texts that did not go through it.
func escapeXML(s string) string {
	return xmlEscapes.Replace(diag.Plain(s))
}

var xmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;", "\ufffe", "\ufffd", "\uffff", "\ufffd")

// text writes one line; its baseline is at y.
func (w *writer) text(class string, x, y int, anchor, s string) {
	w.add("<text")
	if class != "" {
		w.attr("class", class)
	}
	w.number("x", x).number("y", y)
	if anchor != "" {
		w.attr("text-anchor", anchor)
	}
	w.add(">").add(escapeXML(s)).add("</text>")
}

func (w *writer) title(lines ...string) {
	var out []string
	for _, l := range lines {
		if l != "" {
			out = append(out, clean(l))
		}
	}
	if len(out) > 0 {
		w.add("<title>").add(escapeXML(strings.Join(out, "\n"))).add("</title>")
	}
}

// hatching is the pattern over what nothing came to.
func (w *writer) hatching() {
	for i := range w.d.Graph.Nodes {
		if w.d.Graph.Nodes[i].Mark.Off {
			w.add("<defs><pattern").attr("id", w.prefix+"hatching").number("width", 7).number("height", 7)
			w.attr("patternUnits", "userSpaceOnUse").attr("patternTransform", "rotate(45)")
			w.add(`><path class="hatching" d="M0 0V7"/></pattern></defs>` + "\n")
			return
		}
	}
}

func (w *writer) lane(l *LanePlace) {
	w.add("<g").attr("id", w.prefix+"l-"+strconv.Itoa(l.Lane)).attr("class", "lane"+w.laneOn(l.Lane)).number("data-lane", l.Lane)
	w.add(`><rect class="lane-box"`).rect(l.Rect).number("rx", 8).add("/>")
	w.head(l)
	w.add("</g>\n")
}

// head writes the name of a lane, with the line from it.
func (w *writer) head(l *LanePlace) {
	if len(l.Text) > 0 {
		w.add(`<rect class="head"`).rect(l.Head).number("rx", 4).add("/>")
		y := l.Head.Y + 6 + 13
		for i, t := range l.Text {
			w.text("head-text", l.Head.X+boxPad, y+i*textHeight, "", t)
		}
		if len(l.Entry) > 1 {
			w.line(l.Entry)
		}
	}
}

// laneOn marks a lane that a way came into.
func (w *writer) laneOn(lane int) string {
	for i := range w.d.Graph.Nodes {
		if n := &w.d.Graph.Nodes[i]; n.Lane == lane {
			if n.Mark.On {
				return " on"
			}
			return ""
		}
	}
	return ""
}

// bend is the radius of a line's corners.
const bend = 6

// line draws a line with round corners and an arrow's head at its end.
func (w *writer) line(p []Point) {
	last, before := p[len(p)-1], p[len(p)-2]
	dx, dy := cmp.Compare(last.X, before.X), cmp.Compare(last.Y, before.Y)
	w.add(`<path class="line" d="M`).at(p[0])
	for i := 1; i < len(p)-1; i++ {
		a, b, c := p[i-1], p[i], p[i+1]
		r := min(bend, (abs(b.X-a.X)+abs(b.Y-a.Y))/2, (abs(c.X-b.X)+abs(c.Y-b.Y))/2)
		w.add("L").at(Point{b.X - r*cmp.Compare(b.X, a.X), b.Y - r*cmp.Compare(b.Y, a.Y)})
		w.add("Q").at(b).add(" ").at(Point{b.X + r*cmp.Compare(c.X, b.X), b.Y + r*cmp.Compare(c.Y, b.Y)})
	}
	w.add("L").at(Point{last.X - 5*dx, last.Y - 5*dy}).add(`"/>`)
	w.add(`<path class="tip" d="M`).at(last)
	w.add("L").at(Point{last.X - 8*dx - 4*dy, last.Y - 8*dy - 4*dx})
	w.add("L").at(Point{last.X - 8*dx + 4*dy, last.Y - 8*dy + 4*dx}).add(`Z"/>`)
}

func (w *writer) at(p Point) *writer {
	return w.add(strconv.Itoa(p.X)).add(" ").add(strconv.Itoa(p.Y))
}

func abs(n int) int { return max(n, -n) }

func (w *writer) edge(i int) {
	e, p := &w.d.Graph.Edges[i], &w.d.Edges[i]
	class := "edge" + marked(e.Mark)
	if p.Back {
		class += " back"
	}
	w.add("<g").attr("id", w.prefix+"e-"+e.ID).attr("class", class).attr("data-from", e.From).attr("data-to", e.To).add(">")
	w.title(e.Label, markWords(e.Mark))
	w.line(p.Points)
	for k, t := range p.Label {
		w.text("label", p.At.X, p.At.Y+k*noteHeight+12, "", t)
	}
	if !p.Chip.empty() {
		w.chip(e.To, p)
	}
	w.add("</g>\n")
}

// chip draws where an edge goes on that has no line to its node, and leads there.
func (w *writer) chip(to string, p *EdgePlace) {
	c := p.Chip
	if !w.ground {
		w.add("<a").attr("href", "#"+w.goal(to, p.Far)).add(">")
	}
	w.add(`<rect class="chip"`).rect(c).number("rx", min(c.H/2, 13)).add("/>")
	x, y := c.X+chipPad, c.Y+c.H/2
	if p.Back {
		// An arrow that turns back to the left and up.
		w.add(`<path class="sign" d="`)
		fmt.Fprintf(&w.b, "M%d %dH%dA4 4 0 0 0 %d %dH%dM%d %dL%d %dL%d %d", x+2, y+4, x+7, x+7, y-4, x+1, x+4, y-7, x+1, y-4, x+4, y-1)
	} else {
		w.add(`<path class="sign" d="`)
		fmt.Fprintf(&w.b, "M%d %dH%dM%d %dL%d %dL%d %d", x, y, x+10, x+6, y-4, x+10, y, x+6, y+4)
	}
	w.add(`"/>`)
	for k, t := range p.Text {
		w.text("chip-text", x+arrowRoom, c.Y+chipPadY+k*noteHeight+12, "", t)
	}
	if !w.ground {
		w.add("</a>")
	}
}

// goal is the id of what a chip names: of a lane for its first node, else of the node.
func (w *writer) goal(to string, far bool) string {
	nodes := w.d.Graph.Nodes
	i := slices.IndexFunc(nodes, func(n Node) bool { return n.ID == to })
	lane := nodes[i].Lane
	if far && lane < len(w.d.Graph.Lanes) && !slices.ContainsFunc(nodes[:i], func(n Node) bool { return n.Lane == lane }) {
		return w.prefix + "l-" + strconv.Itoa(lane)
	}
	return w.prefix + "n-" + to
}

// marked are the classes of a mark.
func marked(m Mark) string {
	s := ""
	if m.On {
		s += " on"
	}
	if m.Off {
		s += " off"
	}
	if m.New {
		s += " new"
	}
	return s
}

// told is what a pointer gets of a box beside its text; of a card what stands in it in full.
func (n *Node) told() []string {
	var out []string
	for i := range n.Rows {
		out = append(out, n.Rows[i].line())
	}
	return append(out, n.More...)
}

// markWords is what the mark of a node says in words: in an overview places are counted, not steps.
func (n *Node) markWords() string {
	m := n.Mark
	if n.Kind != Card || m.First == 0 {
		return markWords(m)
	}
	place := "place " + strconv.Itoa(m.First) + " on the way"
	m.First = 0
	if rest := markWords(m); rest != "" {
		return place + ", " + rest
	}
	return place
}

// markWords is what a mark says in words.
func markWords(m Mark) string {
	var out []string
	if m.Note != "" {
		out = append(out, m.Note)
	}
	if m.First > 0 {
		out = append(out, "step "+strconv.Itoa(m.First))
	}
	calls := words.Count(m.Times, "call", "calls")
	switch {
	case m.Times < 2 || m.Note == calls:
	case m.First > 0 || m.Wait > 0: // one call
		out = append(out, words.Times(m.Times))
	default:
		out = append(out, calls)
	}
	if m.Wait > 0 {
		out = append(out, "waited "+words.Wait(m.Wait))
	}
	if m.Off {
		out = append(out, "not reached")
	}
	if m.New {
		out = append(out, "changed")
	}
	return strings.Join(out, ", ")
}

func (w *writer) node(i int) {
	n, p := &w.d.Graph.Nodes[i], &w.d.Nodes[i]
	leads := w.link && !w.ground && n.Kind == Card && n.task > 0
	if leads {
		w.add("<a").attr("href", "#"+w.cards+"l-"+strconv.Itoa(n.task-1)).add(">")
	}
	w.add("<g").attr("id", w.prefix+"n-"+n.ID).attr("class", "node "+string(n.Kind)+marked(n.Mark)).attr("data-node", n.ID)
	if n.Line > 0 {
		w.number("data-line", n.Line)
	}
	if n.task > 0 {
		w.number("data-lane", n.task-1)
	}
	w.add(">")
	w.title(append([]string{strings.Join(n.Text, " · "), n.Note, n.markWords()}, n.told()...)...)
	w.shape(n.Kind, p.Rect, "box")
	if n.Mark.Off && n.Kind != Join {
		w.add(`<path class="hatch"`).attr("fill", "url(#"+w.prefix+"hatching)").attr("d", outline(n.Kind, p.Rect)).add("/>")
	}
	if n.Kind == Card {
		w.card(n, p)
	} else {
		w.nodeText(n, p)
	}
	if p.Ref != "" {
		wide := max(20, textWidth(p.Ref, noteSize, true)+10)
		w.badge("ref", Rect{p.X - 8, p.bottom() - 10, wide, 20}, p.Ref)
	}
	w.badges(n, p)
	w.add("</g>")
	if leads {
		w.add("</a>")
	}
	w.add("\n")
}

func (w *writer) shape(k Kind, r Rect, class string) {
	w.add("<path").attr("class", class).attr("d", outline(k, r)).add("/>")
	switch k {
	case Ask: // as those boxes in a flow chart that stand for something done elsewhere
		w.add(`<path class="bar" d="`)
		fmt.Fprintf(&w.b, `M%d %dV%dM%d %dV%d"/>`, r.X+7, r.Y, r.bottom(), r.right()-7, r.Y, r.bottom())
	case Loop: // an arrow that goes round
		w.add(`<path class="sign" d="`)
		x, y := r.X+14, r.Y+r.H/2
		fmt.Fprintf(&w.b, `M%d %dA5 5 0 1 1 %d %dM%d %dV%dH%d"/>`, x+5, y, x+3, y-4, x+4, y-8, y-4, x)
	}
}

// outline is the shape of a kind: questions are pointed, endings round, others square.
func outline(k Kind, r Rect) string {
	switch k {
	case Question:
		p := min(14, r.H/2)
		return fmt.Sprintf("M%d %dL%d %dH%dL%d %dL%d %dH%dZ", r.X, r.Y+r.H/2, r.X+p, r.Y, r.right()-p, r.right(), r.Y+r.H/2, r.right()-p, r.bottom(), r.X+p)
	case Start, Queue, Hand, Hang, Fallback:
		return rounded(r, min(r.H/2, 18))
	case Join:
		return rounded(r, r.H/2)
	}
	return rounded(r, 3)
}

func rounded(r Rect, c int) string {
	return fmt.Sprintf("M%d %dH%dA%d %d 0 0 1 %d %dV%dA%d %d 0 0 1 %d %dH%dA%d %d 0 0 1 %d %dV%dA%d %d 0 0 1 %d %dZ",
		r.X+c, r.Y, r.right()-c, c, c, r.right(), r.Y+c, r.bottom()-c, c, c, r.right()-c, r.bottom(),
		r.X+c, c, c, r.X, r.bottom()-c, r.Y+c, c, c, r.X+c, r.Y)
}

// card writes what stands in a card.
func (w *writer) card(n *Node, p *NodePlace) {
	y := p.Y + boxPadY
	for _, t := range p.Text {
		w.text("name", p.X+boxPad, y+13, "", t.Text)
		y += textHeight
	}
	for i := range p.Rows {
		r := &p.Rows[i]
		if r.row < 0 {
			w.text("note", p.X+boxPad, p.Y+r.Y+rowPadY+12, "", r.Text[0])
			continue
		}
		w.row(&n.Rows[r.row], p, r)
	}
	for i := range p.Exits {
		x := &p.Exits[i]
		if x.Edge < 0 {
			w.text("note", p.X+exitIn, p.Y+x.Y+12, "", x.Text[0])
			continue
		}
		w.add("<g").attr("class", "exit"+marked(w.d.Graph.Edges[x.Edge].Mark)).add(">")
		w.title(w.d.Graph.Edges[x.Edge].Label)
		w.text("to", p.X+cardPad+2, p.Y+x.Y+12, "", x.To)
		for k, t := range x.Text {
			w.text("does", p.X+exitIn, p.Y+x.Y+k*noteHeight+12, "", t)
		}
		w.add("</g>")
	}
}

// row writes a row of a card, in the shape and the colour of what it stands for.
func (w *writer) row(r *Row, card *NodePlace, p *RowPlace) {
	at := Rect{card.X + p.X, card.Y + p.Y, p.W, p.H}
	w.add("<g").attr("class", "row "+string(r.Kind)+marked(r.Mark)).add(">")
	w.add("<path").attr("class", "box").attr("d", outlineOfRow(r.Kind, at)).add("/>")
	x := at.X + rowPad
	if r.Kind == Ask {
		x = at.X + askPad
		w.add(`<path class="bar" d="`)
		fmt.Fprintf(&w.b, `M%d %dV%dM%d %dV%d"/>`, at.X+5, at.Y, at.bottom(), at.right()-5, at.Y, at.bottom())
	}
	if r.Mark.Off {
		w.add(`<path class="hatch"`).attr("fill", "url(#"+w.prefix+"hatching)").attr("d", outlineOfRow(r.Kind, at)).add("/>")
	}
	y := at.Y + rowPadY
	for _, t := range p.Text {
		w.text("does", x, y+12, "", t)
		y += noteHeight
	}
	for _, t := range p.Note {
		w.text("note", x, y+12, "", t)
		y += noteHeight
	}
	w.add("</g>")
}

func outlineOfRow(k Kind, r Rect) string {
	if isEnd(k) {
		return rounded(r, min(r.H/2, 11))
	}
	return rounded(r, 3)
}

func (w *writer) nodeText(n *Node, p *NodePlace) {
	if n.Kind == Join {
		return
	}
	x, y, anchor := p.X+p.W/2, p.Y+boxPadY, "middle"
	if n.Kind == Step || n.Kind == Ask || n.Kind == Loop {
		x, anchor = p.X+boxPad, ""
		switch n.Kind {
		case Ask:
			x = p.X + 16
		case Loop:
			x = p.X + 32
		}
	}
	if p.Tag != "" {
		w.text("tag", x, y+12, anchor, p.Tag)
		y += noteHeight
	}
	for _, t := range p.Text {
		in := 0
		if t.Next && anchor == "" && len(n.Text) > 1 {
			in = 8
		}
		w.text("say", x+in, y+13, anchor, t.Text)
		y += textHeight
	}
	for _, t := range p.Note {
		w.text("note", x, y+12, anchor, t)
		y += noteHeight
	}
}

// badges stand on the corners of a box, where no line comes.
func (w *writer) badges(n *Node, p *NodePlace) {
	m := n.Mark
	if n.Kind == Join {
		return
	}
	if m.First > 0 {
		s := strconv.Itoa(m.First)
		wide := max(20, textWidth(s, noteSize, true)+10)
		w.badge("badge", Rect{p.X - 8, p.Y - 10, wide, 20}, s)
	}
	note := wrap(m.Note, noteSize, badgeRoom(p.W), 1) // of blanks nothing is left
	switch {
	case len(note) > 0:
		w.pill("wait", p, note[0])
	case m.Wait > 0:
		w.pill("wait", p, words.Wait(m.Wait))
	}
	if m.New {
		s := "changed"
		wide := textWidth(s, noteSize, true) + 14
		x := p.X - 4
		if p.Ref != "" {
			x = p.X + 20
		}
		w.badge("new", Rect{x, p.bottom() - 8, wide, 18}, s)
	}
}

// badgeRoom is how wide the words of a badge may be: lines come to the middle of a box.
func badgeRoom(box int) int { return box/2 - 26 }

func (w *writer) pill(class string, p *NodePlace, s string) {
	wide := textWidth(s, noteSize, true) + 14
	w.badge(class, Rect{p.right() - wide + 6, p.Y - 9, wide, 18}, s)
}

func (w *writer) badge(class string, r Rect, s string) {
	box := class
	if class == "new" {
		box = "new-flag"
	}
	w.add("<rect").attr("class", box).rect(r).number("rx", r.H/2).add("/>")
	w.text(class+"-text", r.X+r.W/2, r.Y+r.H/2+4, "middle", s)
}
