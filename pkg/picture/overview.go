package picture

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/dealroute/dealroute/pkg/words"
)

// A Row is a line of a card: what its task asks somebody else, or how calls end in it.
type Row struct {
	Kind Kind   // Ask, Question, or that of an ending
	Text string // such as the names of the actions, or the queue
	Note string // of an Ask: the data action's name, the table's
	Mark Mark   // of the boxes that say it; how often, only where it is one box
}

// line is a row as one line of text.
func (r *Row) line() string {
	s := r.Text
	if r.Kind == Ask {
		s = "asks: " + s
	}
	if r.Note != "" {
		s += " (" + r.Note + ")"
	}
	if w := markWords(r.Mark); w != "" {
		s += " [" + w + "]"
	}
	return s
}

// Overview is the picture of a flow at a glance: each task and each menu is one card, and so is
// where calls come in. A way leads from a card to another where at least one leads from a box of
// the one to a box of the other, and nowhere else. Its label are the choices after which a call can
// go nowhere but there.
//
// Marks come along: a card has the number at which a call came to it first, counting cards, and
// how long it was there; where calls were counted, how many of a card's ways they took.
func (g *Graph) Overview() *Graph {
	o := &overview{g: g, x: newAtlas(g), out: &Graph{Title: g.Title, glance: true, tasks: g.Lanes}}
	o.out.About = strings.TrimSpace(g.About + " At a glance: each task and each menu is one card.")
	o.sort()
	for c := range o.members {
		o.reach(c)
	}
	for c := range o.members {
		o.draw(c)
	}
	for c := range o.members {
		o.bundle(c)
	}
	o.mark()
	return o.out
}

// CardOf is the ID of the card of the overview that a box belongs to.
func (g *Graph) CardOf(n *Node) string {
	switch {
	case n.Kind == Start:
		return n.ID
	case n.Lane < 0 || n.Lane >= len(g.Lanes):
		return "task-0"
	}
	return CardOfLane(n.Lane)
}

// CardOfLane is the ID of the card that stands for a lane.
func CardOfLane(lane int) string { return "task-" + strconv.Itoa(lane+1) }

// An overview is one in the making. Cards go by their index.
type overview struct {
	g       *Graph
	x       *atlas
	out     *Graph
	members [][]int          // of a card: indexes of its nodes
	card    []int            // of a node
	goals   []map[int]bool   // of a node: the cards to which a call may leave its own from there
	ways    map[[2]int][]int // from one card to another: indexes of edges
}

// ended stands among the goals for a call that ends, or goes back to who called the task.
const ended = -1

// sort gives each box its card. Where calls come in stands first, then the tasks in their order.
func (o *overview) sort() {
	var order []int
	for i := range o.g.Nodes {
		order = append(order, i)
	}
	rank := func(i int) int {
		switch n := &o.g.Nodes[i]; {
		case n.Kind == Start:
			return -1
		case n.Lane < 0 || n.Lane >= len(o.g.Lanes):
			return len(o.g.Lanes)
		default:
			return n.Lane
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rank(a), rank(b)) })
	at := map[string]int{}
	o.card = make([]int, len(o.g.Nodes))
	for _, i := range order {
		id := o.g.CardOf(&o.g.Nodes[i])
		c, known := at[id]
		if !known {
			c = len(o.members)
			at[id] = c
			o.members = append(o.members, nil)
			o.out.Nodes = append(o.out.Nodes, Node{ID: id, Kind: Card})
		}
		o.members[c] = append(o.members[c], i)
		o.card[i] = c
	}
	o.goals = make([]map[int]bool, len(o.g.Nodes))
	o.ways = map[[2]int][]int{}
	for e, to := range o.x.to {
		if to < 0 {
			continue
		}
		if k := [2]int{o.card[o.x.from[e]], o.card[to]}; k[0] != k[1] {
			o.ways[k] = append(o.ways[k], e)
		}
	}
}

// reach finds the goals of each box of a card.
func (o *overview) reach(c int) {
	for _, i := range o.members[c] {
		n := &o.g.Nodes[i]
		o.goals[i] = map[int]bool{}
		if isEnd(n.Kind) || n.back || len(o.x.out[i]) == 0 {
			o.goals[i][ended] = true
		}
	}
	for again := true; again; {
		again = false
		for k := len(o.members[c]) - 1; k >= 0; k-- {
			i := o.members[c][k]
			before := len(o.goals[i])
			for _, e := range o.x.out[i] {
				for t := range o.goalsOf(e) {
					o.goals[i][t] = true
				}
			}
			again = again || len(o.goals[i]) > before
		}
	}
}

// goalsOf are the goals of a call on a way.
func (o *overview) goalsOf(e int) map[int]bool {
	from, to := o.card[o.x.from[e]], o.card[o.x.to[e]]
	if from != to {
		return map[int]bool{to: true}
	}
	return o.goals[o.x.to[e]]
}

func isEnd(k Kind) bool { return k == Queue || k == Hand || k == Hang || k == Fallback }

// draw says on a card what stands in it.
func (o *overview) draw(c int) {
	card := &o.out.Nodes[c]
	first := &o.g.Nodes[o.members[c][0]]
	if first.Kind == Start {
		if first.Lane >= 0 && first.Lane < len(o.g.Lanes) {
			card.task = first.Lane + 1
		}
		card.Kind, card.Text, card.Note, card.More, card.Line = Start, first.Text, first.Note, first.More, first.Line
		return
	}
	card.Text = []string{"In no task"}
	if l := first.Lane; l >= 0 && l < len(o.g.Lanes) {
		card.task = l + 1
		card.Text, card.Line = []string{numbered(o.g, l)}, o.g.Lanes[l].Line
	}
	var asks, endings []Row
	asked := map[string]int{}
	for _, i := range o.members[c] {
		n := &o.g.Nodes[i]
		switch {
		case n.Kind == Ask:
			key := n.Note
			if len(n.Acts) > 0 {
				key = n.Acts[0].Type + "\x00" + n.Note
			}
			asks = gather(asks, Row{Kind: Ask, Text: inOneLine(n), Note: n.Note, Mark: rowMark(n.Mark)}, asked, key, n.Note != "")
		case isEnd(n.Kind):
			r := Row{Kind: n.Kind, Text: ending(n), Mark: rowMark(n.Mark)}
			endings = gather(endings, r, asked, string(r.Kind)+"\x00\x00"+r.Text, true)
		case n.Kind == Question:
			card.More = append(card.More, inOneLine(n))
		}
	}
	card.Rows = append(asks, endings...)
	if len(card.Rows) == 0 {
		card.Rows = o.choices(c)
	}
}

// gather adds a row, or puts what it says into the one that has its key.
func gather(rows []Row, r Row, at map[string]int, key string, share bool) []Row {
	k, known := at[key]
	if !known || !share {
		at[key] = len(rows)
		return append(rows, r)
	}
	old := &rows[k]
	if !slices.Contains(strings.Split(old.Text, ", "), r.Text) && r.Kind == Ask {
		old.Text += ", " + r.Text
	}
	old.Mark = Mark{On: old.Mark.On || r.Mark.On, Off: old.Mark.Off && r.Mark.Off, New: old.Mark.New || r.Mark.New, Wait: old.Mark.Wait + r.Mark.Wait}
	return rows
}

// rowMark is the mark of a box as a row has it: without the number of a step, since cards count
// places, and without what is said of the box alone.
func rowMark(m Mark) Mark {
	m.First, m.Note = 0, ""
	return m
}

// inOneLine is what a box says in one line.
func inOneLine(n *Node) string { return cmp.Or(strings.Join(n.Text, ", "), n.ID) }

// ending says how calls end in a box.
func ending(n *Node) string {
	switch n.Kind {
	case Hang:
		return n.tag()
	case Fallback:
		return n.tag() + ": " + cmp.Or(n.Note, inOneLine(n))
	case Queue:
		if len(n.names) > 1 {
			return n.tag() + ": " + listed(n.names, "or")
		}
	}
	return n.tag() + ": " + inOneLine(n)
}

// choices is the question with the most ways, where none of them leads out of the card: what a task
// is for that asks nobody and ends no call.
func (o *overview) choices(c int) []Row {
	best := -1
	for _, i := range o.members[c] {
		if n := &o.g.Nodes[i]; n.Kind == Question && len(o.goals[i]) == 1 && len(o.x.out[i]) > 2 && (best < 0 || len(o.x.out[i]) > len(o.x.out[best])) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	n := &o.g.Nodes[best]
	return []Row{{Kind: Question, Text: inOneLine(n), Note: words.Count(len(o.x.out[best]), "way", "ways"), Mark: rowMark(n.Mark)}}
}

// bundle draws the ways that leave a card, those to one card as one.
func (o *overview) bundle(c int) {
	var to []int
	for _, i := range o.members[c] {
		for _, e := range o.x.out[i] {
			if t := o.card[o.x.to[e]]; t != c && !slices.Contains(to, t) {
				to = append(to, t)
			}
		}
	}
	slices.Sort(to)
	for k, t := range to {
		id := o.out.Nodes[c].ID
		e := Edge{ID: id + "-" + strconv.Itoa(k), From: id, To: o.out.Nodes[t].ID, bundle: true}
		for _, i := range o.ways[[2]int{c, t}] {
			e.Ways = append(e.Ways, o.g.Edges[i].ID)
		}
		e.Line = o.g.Edges[o.ways[[2]int{c, t}][0]].Line
		e.Label = o.label(c, t)
		o.out.Edges = append(o.out.Edges, e)
	}
}

// label are the choices after which a call can leave a card only to a certain other one.
func (o *overview) label(c, t int) string {
	type choice struct {
		node   int
		labels []string
	}
	var all []choice
	for _, i := range o.members[c] {
		if len(o.goals[i]) < 2 {
			continue
		}
		x := choice{node: i}
		for _, e := range o.x.out[i] {
			if g := o.goalsOf(e); len(g) == 1 && g[t] {
				x.labels = append(x.labels, cmp.Or(o.g.Edges[e].Label, "then"))
			}
		}
		if len(x.labels) > 0 {
			all = append(all, x)
		}
	}
	var parts []string
	for _, x := range all {
		s := o.choice(c, x.node, strings.Join(x.labels, ", "))
		if !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, "; ")
}

// unsaid are labels that say nothing without the question.
var unsaid = []string{"Yes", "No", "Default", "Found", "Not found", "Success", "Failure", "Timeout"}

// choice says what was chosen at a box; with what it asks, where the choice alone would not do.
func (o *overview) choice(c, node int, labels string) string {
	n := &o.g.Nodes[node]
	switch n.Kind {
	case Ask, Queue, Hand:
		others := 0
		for _, i := range o.members[c] {
			if k := o.g.Nodes[i].Kind; (k == Ask || k == Queue || k == Hand) && len(o.x.out[i]) > 0 {
				others++
			}
		}
		if others == 1 {
			return labels
		}
		if n.Kind != Ask {
			return "Transfer: " + labels
		}
	case Question, Loop:
		if !slices.ContainsFunc(strings.Split(labels, ", "), func(s string) bool { return slices.Contains(unsaid, s) }) {
			return labels
		}
	}
	says := inOneLine(n)
	if strings.HasSuffix(says, "?") {
		return says + " " + labels
	}
	return says + ": " + labels
}

// mark brings the marks along.
func (o *overview) mark() {
	called := slices.ContainsFunc(o.g.Nodes, func(n Node) bool { return n.Mark.First > 0 })
	looked := slices.ContainsFunc(o.g.Nodes, func(n Node) bool { return n.Mark.Off })
	if looked && !called {
		o.out.About += " It says how many of the ways inside it and out of it calls took."
	}
	edges := o.g.index().edges
	came := map[string]int{}
	for i := range o.out.Edges {
		e := &o.out.Edges[i]
		off, on := 0, 0
		for _, id := range e.Ways {
			m := edges[id].Mark
			e.Mark.On, e.Mark.New = e.Mark.On || m.On, e.Mark.New || m.New
			if m.On {
				on++
			}
			if m.Off {
				off++
			}
			if called || len(e.Ways) == 1 {
				e.Mark.Times += m.Times
			}
		}
		if e.Mark.Off = off == len(e.Ways); off > 0 && on > 0 {
			e.Mark.Note = share(on, len(e.Ways))
		}
		came[e.To] += e.Mark.Times
	}
	var order []int
	first := map[int]int{}
	for c := range o.members {
		m := &o.out.Nodes[c].Mark
		*m, first[c] = o.marks(c)
		switch {
		case called && o.out.Nodes[c].Kind == Start: // every call begins there
			m.Note = ""
		case called && m.On:
			m.Times = max(1, came[o.out.Nodes[c].ID])
			order = append(order, c)
		case looked && m.On:
			m.Note = o.taken(c)
		case m.Note == "" && m.Times > 0:
			m.Note = words.Count(m.Times, "call", "calls")
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if first[a] == 0 || first[b] == 0 { // a call comes last to where no step tells of it
			return cmp.Compare(first[b], first[a])
		}
		return cmp.Compare(first[a], first[b])
	})
	for i, c := range order {
		o.out.Nodes[c].Mark.First = i + 1
	}
}

// marks are those of a card's boxes in one, and the step at which a call first came to one of them; 0 where
// no step tells of it, as at the end of a task.
func (o *overview) marks(c int) (m Mark, first int) {
	off := 0
	for _, i := range o.members[c] {
		n := o.g.Nodes[i].Mark
		m.On, m.New = m.On || n.On, m.New || n.New
		m.Wait += n.Wait
		m.Times = max(m.Times, n.Times) // all calls that come to a task come to its first box
		if n.First > 0 && (first == 0 || n.First < first) {
			first = n.First
		}
		if n.Off {
			off++
		}
		if n.Note != "" && n.Note != words.Count(n.Times, "call", "calls") {
			m.Note = n.Note
		}
	}
	m.Off = off > 0 && off == len(o.members[c])
	return m, first
}

// taken says how many of the ways inside a card and out of it calls took; how many calls came, where
// there is no choice.
func (o *overview) taken(c int) string {
	on, all := 0, 0
	for _, i := range o.members[c] {
		for _, e := range o.x.out[i] {
			all++
			if o.g.Edges[e].Mark.On {
				on++
			}
		}
	}
	if all < 2 {
		return words.Count(o.out.Nodes[c].Mark.Times, "call", "calls")
	}
	return share(on, all)
}

// share is so short because a badge has no room for more.
func share(on, all int) string { return words.Thousands(on) + "/" + words.Thousands(all) + " ways" }
