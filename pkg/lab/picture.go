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
}

// A Node is a box of a picture.
type Node struct {
	ID    string `json:"id"`
	Line  *int   `json:"line"`
	Label string `json:"label"`
}

// picture draws the flow or the rules, with the way of a call when one is named.
func (s *Server) picture(r *http.Request) (any, error) {
	of := r.URL.Query().Get("of")
	if of != "flow" && of != "rules" {
		return nil, refuse(0, "of=flow or of=rules", "there is no picture of %q", of)
	}
	var g *picture.Graph
	if r.URL.Query().Has("call") {
		n, err := number(r, "call")
		if err != nil {
			return nil, err
		}
		m, err := s.number(n)
		if err != nil {
			return nil, err
		}
		if g = m.marked(s); of == "rules" && m.work.Rules != nil {
			g = m.work.Rules.Decided(m.seen.Outcome)
		}
	} else if s.dials != nil {
		if g = s.dials.Flow; of == "rules" {
			g = s.dials.Rules
		}
	}
	p := Picture{Of: of, Hash: graphHash(g), Nodes: []Node{}}
	if p.Hash == nil {
		return p, nil
	}
	p.SVG = some(string(picture.Lay(g).SVG(picture.SVGOptions{})))
	for _, n := range g.Nodes {
		x := Node{ID: n.ID}
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

// marked is the picture of the flow with the way of a call, and what of it is new against the one
// that it is compared with.
func (m *made) marked(s *Server) *picture.Graph {
	if m.work.Flow == nil {
		return nil
	}
	g := m.work.Flow.Call(m.seen.Outcome.Result.Path)
	if m.call.Against == nil {
		return g
	}
	was, err := s.number(*m.call.Against)
	if err != nil || was.work.Flow == nil {
		return g
	}
	return picture.Moved(was.work.Flow.Call(was.seen.Outcome.Result.Path), g)
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
