package picture

import "testing"

// Paper cuts no box, as long as a sheet is higher than one, and shows all of a drawing once.
func TestSheetsCutNoBox(t *testing.T) {
	many := &Graph{Title: "many", Lanes: []Lane{{Name: "First"}, {Name: "Second"}}}
	for i := range 40 {
		id := string(rune('a'+i/26)) + string(rune('a'+i%26))
		many.Nodes = append(many.Nodes, Node{ID: id, Kind: Step, Text: []string{"does something", "and more"}, Lane: i / 25})
		if i > 0 {
			many.Edges = append(many.Edges, Edge{ID: "e" + id, From: many.Nodes[i-1].ID, To: id})
		}
	}
	d := Lay(many)
	const most = 500
	sheets := d.Sheets(most)
	if len(sheets) < 3 {
		t.Fatalf("%d sheets of %d", len(sheets), d.H)
	}
	at := 0
	for _, s := range sheets {
		if s.Y != at || s.H <= 0 || s.H > most || s.W != d.W {
			t.Errorf("a sheet is %v after %d", s, at)
		}
		at = s.bottom()
		for _, n := range d.Nodes {
			if n.Y < at && at < n.bottom() && at != d.H {
				t.Errorf("the sheet that ends at %d cuts %v", at, n.Rect)
			}
		}
	}
	if at != d.H {
		t.Errorf("the sheets end at %d of %d", at, d.H)
	}
	if one := d.Sheets(d.H); len(one) != 1 {
		t.Errorf("%d sheets where one is enough", len(one))
	}
	if forced := d.Sheets(20); len(forced) < d.H/20 {
		t.Errorf("%d sheets lower than a box", len(forced))
	}
}
