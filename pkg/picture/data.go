package picture

import "github.com/dealroute/dealroute/pkg/diag"

// Data is a picture as JSON: all that is drawn, and no places. Keys are always there, null
// where there is nothing to say.
type Data struct {
	Schema int        `json:"schema"`
	Title  string     `json:"title"`
	About  string     `json:"about"`
	Lanes  []DataLane `json:"lanes"`
	Nodes  []DataNode `json:"nodes"`
	Edges  []DataEdge `json:"edges"`
}

// A DataLane is a task, a menu, or the rules.
type DataLane struct {
	Name string `json:"name"`
	Line *int   `json:"line"` // in the text; null when it stands nowhere
}

// A DataNode is a box.
type DataNode struct {
	ID   string    `json:"id"`
	Lane int       `json:"lane"` // index in lanes
	Kind Kind      `json:"kind"`
	Text []string  `json:"text"`
	Note *string   `json:"note"`
	More []string  `json:"more"`
	Line *int      `json:"line"`
	Acts []DataAct `json:"acts"`
	Rows []DataRow `json:"rows"` // of a card of an overview
	Mark *DataMark `json:"mark"`
}

// A DataRow is what a card says: what its task asks, or how calls end in it.
type DataRow struct {
	Kind Kind      `json:"kind"`
	Text string    `json:"text"`
	Note *string   `json:"note"`
	Mark *DataMark `json:"mark"`
}

// A DataAct is an action that a box stands for.
type DataAct struct {
	Line int    `json:"line"`
	Type string `json:"type"`
	Name string `json:"name"`
}

// A DataEdge is a way from one box to another.
type DataEdge struct {
	ID       string    `json:"id"`
	From     string    `json:"from"`
	To       string    `json:"to"`
	Label    string    `json:"label"`
	Branches []string  `json:"branches"` // that lead this way
	Ways     []string  `json:"ways"`     // of an overview: IDs in the whole picture of the ways that it stands for
	Line     *int      `json:"line"`
	Mark     *DataMark `json:"mark"`
}

// A DataMark is what calls did at a place.
type DataMark struct {
	Reached bool    `json:"reached"`
	Missed  bool    `json:"missed"` // no call of those that were looked at came here
	First   *int    `json:"first"`  // step at which a call first came here
	Times   int     `json:"times"`
	WaitMs  int64   `json:"waitMs"`
	Note    *string `json:"note"`
	New     bool    `json:"new"`
}

// Data gives the picture as a value for JSON.
func (g *Graph) Data() Data {
	d := Data{Schema: 1, Title: g.Title, About: g.About, Lanes: []DataLane{}, Nodes: []DataNode{}, Edges: []DataEdge{}}
	lanes := g.Lanes
	if g.glance {
		lanes = g.tasks
	}
	for _, l := range lanes {
		d.Lanes = append(d.Lanes, DataLane{l.Name, orNull(l.Line)})
	}
	for i := range g.Nodes {
		n := &g.Nodes[i]
		x := DataNode{n.ID, n.Lane, n.Kind, list(n.Text), orNull(n.Note), list(n.More), orNull(n.Line), []DataAct{}, []DataRow{}, n.Mark.data()}
		if g.glance {
			x.Lane = max(0, n.task-1)
		}
		for _, r := range n.Rows {
			x.Rows = append(x.Rows, DataRow{r.Kind, r.Text, orNull(r.Note), r.Mark.data()})
		}
		for _, a := range n.Acts {
			x.Acts = append(x.Acts, DataAct{a.Line, a.Type, a.Name})
		}
		d.Nodes = append(d.Nodes, x)
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		x := DataEdge{e.ID, e.From, e.To, e.Label, []string{}, list(e.Ways), orNull(e.Line), e.Mark.data()}
		if e.Branch != "" {
			x.Branches = append(x.Branches, diag.Line(e.Branch))
		}
		for _, b := range e.Also {
			x.Branches = append(x.Branches, diag.Line(b))
		}
		d.Edges = append(d.Edges, x)
	}
	return d
}

func (m Mark) data() *DataMark {
	if m == (Mark{}) {
		return nil
	}
	return &DataMark{m.On, m.Off, orNull(m.First), m.Times, m.Wait.Milliseconds(), orNull(m.Note), m.New}
}

// orNull is a value, or null for the zero one.
func orNull[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
