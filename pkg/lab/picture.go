package lab

import (
	"encoding/json"
	"net/http"

	"github.com/dealroute/dealroute/pkg/picture"
)

// A Picture is a drawing with where its parts stand in the text.
type Picture struct {
	Of    string  `json:"of"`
	Hash  *string `json:"hash"` // null: there is nothing to draw
	SVG   *string `json:"svg"`
	Nodes []Node  `json:"nodes"`
	Cards []Card  `json:"cards"` // of the flow's overview, in the order of a call
}

// A Node is a box of a picture.
type Node struct {
	ID    string `json:"id"`
	Line  *int   `json:"line"`
	Label string `json:"label"`
	Card  string `json:"card"` // ID of the card that it belongs to; empty for a box of the rules
}

// A Card stands for one task or menu of the flow.
type Card struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// picture draws the flow, its overview or the rules, with the way of a call when one is named.
func (s *Server) picture(r *http.Request) (any, error) {
	of := r.URL.Query().Get("of")
	if of != ofFlow && of != ofOverview && of != ofRules {
		return nil, refuse(0, "of=flow, of=overview or of=rules", "there is no picture of %q", of)
	}
	call := 0
	if r.URL.Query().Has("call") {
		n, err := number(r, "call")
		if err != nil {
			return nil, err
		}
		call = n
	}
	g, err := s.graph(of, call)
	if err != nil {
		return nil, err
	}
	p := Picture{Of: of, Hash: graphHash(g), Nodes: []Node{}, Cards: []Card{}}
	if p.Hash == nil {
		return p, nil
	}
	drawn := g
	if of == ofOverview {
		drawn = g.Overview()
	}
	p.SVG = some(string(picture.Lay(drawn).SVG(picture.SVGOptions{})))
	if of != ofRules {
		p.Cards = cards(g)
	}
	for i := range g.Nodes {
		n := &g.Nodes[i]
		x := Node{ID: n.ID}
		if of != ofRules {
			x.Card = g.CardOf(n)
		}
		if n.Line > 0 {
			line := n.Line
			x.Line = &line
		}
		if len(n.Text) > 0 {
			x.Label = n.Text[0]
		}
		p.Nodes = append(p.Nodes, x)
	}
	return p, nil
}

// What can be drawn.
const (
	ofFlow     = "flow"
	ofOverview = "overview"
	ofRules    = "rules"
)

// cards are those of a flow with boxes in them.
func cards(g *picture.Graph) []Card {
	out := []Card{}
	has := map[string]bool{}
	for i := range g.Nodes {
		if n := &g.Nodes[i]; n.Kind != picture.Start { // where a call is before its first task
			has[g.CardOf(n)] = true
		}
	}
	for i, l := range g.Lanes {
		if id := picture.CardOfLane(i); has[id] {
			out = append(out, Card{id, l.Name})
		}
	}
	return out
}

// graph is what is drawn, or what its overview is of, 0 being no call; nil when there is nothing. Calls are values that do not
// change: the lock is held only to find them.
func (s *Server) graph(of string, call int) (*picture.Graph, error) {
	s.mu.Lock()
	w := s.dials
	var m, was *made
	var err error
	if call > 0 {
		if m, err = s.number(call); err == nil && m.call.Against != nil {
			was, _ = s.number(*m.call.Against) // it may be kept no longer
		}
	}
	s.mu.Unlock()
	switch {
	case err != nil:
		return nil, err
	case m == nil && w == nil:
		return nil, nil
	case m == nil && of == ofRules:
		return w.Rules, nil
	case m == nil:
		return w.Flow, nil
	case of == ofRules && m.work.Rules != nil:
		return m.work.Rules.Decided(m.seen.Outcome), nil
	case of == ofRules, m.work.Flow == nil:
		return nil, nil
	}
	g := m.work.Flow.Call(m.seen.Outcome.Result.Path)
	if was == nil || was.work.Flow == nil {
		return g, nil
	}
	return picture.Moved(was.work.Flow.Call(was.seen.Outcome.Result.Path), g), nil
}

// graphHash is a name of a picture that is another one when it is drawn otherwise.
func graphHash(g *picture.Graph) *string {
	if g == nil || len(g.Nodes) == 0 {
		return nil
	}
	data, err := json.Marshal(g)
	if err != nil {
		return nil
	}
	h := hash(data)
	return &h
}
