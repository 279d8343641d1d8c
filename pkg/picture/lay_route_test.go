package picture

import "testing"

// Two nets that change places in a gap: one comes down the gap across and goes on down a column,
// the other comes from that column and goes on in the gap. Only on the column could they lie on each
// other, so the one that comes from there stands first, whichever was there first.
func TestNetsThatChangePlacesLieApart(t *testing.T) {
	across, column := 0, 1
	for _, nets := range [][2]int{{1, 2}, {2, 1}} {
		in := &bundle{net: nets[0], lo: across, hi: column, ends: []end{{across, true}, {column, false}}}
		out := &bundle{net: nets[1], lo: across, hi: column, ends: []end{{column, true}, {across, false}}}
		arrange([]*bundle{in, out})
		if out.track >= in.track {
			t.Errorf("the net that comes from the column has track %d, the one that goes on there %d", out.track, in.track)
		}
	}
}
