package picture

import (
	"slices"
	"strconv"
)

// Sizes of what stands in a card, in pixels.
const (
	rowPad    = 8 // from the edge of a row to its text
	rowPadY   = 3
	askPad    = 14 // the same of what asks, which has bars
	rowsGap   = 4
	cardPad   = 8 // from the edge of a card to its rows
	nameLines = 2
	rowLines  = 3 // of a row's text
	mostRows  = 7
	exitIn    = 40 // from the edge of a card to the words of a way out; before them stands where it leads
	exitLines = 6
	mostExits = 8
)

// letterCard wraps the texts of a card: its name, and below it what it asks and how calls end there.
func letterCard(n *Node, box int) NodePlace {
	p := NodePlace{Rect: Rect{W: box}}
	for _, t := range n.Text {
		for i, l := range wrap(t, textSize, (box-2*boxPad)*100/(100+boldMore), nameLines) {
			p.Text = append(p.Text, TextLine{l, i > 0})
		}
	}
	y := boxPadY + textHeight*max(1, len(p.Text))
	rows := n.Rows
	if len(rows) > mostRows {
		rows = rows[:mostRows-1]
	}
	for i, r := range rows {
		y += rowsGap
		x := RowPlace{Rect: Rect{cardPad, y, box - 2*cardPad, 0}, row: i}
		room := x.W - 2*rowPad
		if r.Kind == Ask {
			room = x.W - 2*askPad
		}
		x.Text = wrap(r.Text, noteSize, room, rowLines)
		x.Note = wrap(r.Note, noteSize, room, noteLines)
		x.H = 2*rowPadY + noteHeight*(max(1, len(x.Text))+len(x.Note))
		y += x.H
		p.Rows = append(p.Rows, x)
	}
	if left := len(n.Rows) - len(rows); left > 0 {
		x := RowPlace{Rect: Rect{cardPad, y, box - 2*cardPad, noteHeight + 2*rowPadY}, row: -1, Text: []string{"and " + strconv.Itoa(left) + " more"}}
		p.Rows = append(p.Rows, x)
		y += x.H
	}
	p.H = y + boxPadY
	return p
}

// letterExits puts the choices after which ways leave a card into it, or how many have no room.
func (d *Drawing) letterExits(i int, x *atlas) {
	p := &d.Nodes[i]
	y := p.H - boxPadY + rowsGap
	add := func(at ExitPlace) {
		at.Rect = Rect{cardPad, y, p.W - 2*cardPad, noteHeight * len(at.Text)}
		y += at.H
		p.Exits = append(p.Exits, at)
		p.H = y + boxPadY - rowsGap
	}
	exits := slices.DeleteFunc(slices.Clone(x.out[i]), func(e int) bool { return d.Graph.Edges[e].Label == "" })
	shown := exits
	if len(exits) > mostExits {
		shown = exits[:mostExits-1]
	}
	for _, e := range shown {
		at := ExitPlace{Edge: e, To: "→", Text: wrap(d.Graph.Edges[e].Label, noteSize, (p.W-exitIn-cardPad)*100/(100+boldMore), exitLines)}
		if t := d.Graph.Nodes[x.to[e]].task; t > 0 {
			at.To = "→" + strconv.Itoa(t)
		}
		add(at)
	}
	if left := len(exits) - len(shown); left > 0 {
		add(ExitPlace{Edge: -1, Text: []string{"and " + strconv.Itoa(left) + " more"}})
	}
}
