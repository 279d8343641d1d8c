package expr

import (
	"testing"
)

// A quotient smaller than one has many digits and none before the point; it once lost the
// direction of Floor and Ceiling.
func TestFloorAndCeilingOfSmallQuotients(t *testing.T) {
	for _, c := range []struct {
		text           string
		floor, ceiling int64
	}{
		{"-0.007998400319936012797440511897620476", -1, 0},
		{"0.007998400319936012797440511897620476", 0, 1},
		{"-1.007998400319936012797440511897620476", -2, -1},
		{"12345678901234567890.5", 0, 0}, // beyond 64 bits: compared below
	} {
		d, ok := parseDec(c.text)
		if !ok {
			t.Fatal(c.text)
		}
		f, ok1 := d.floor()
		g, ok2 := d.ceiling()
		if !ok1 || !ok2 {
			t.Fatalf("%s: no result", c.text)
		}
		if c.floor == 0 && c.ceiling == 0 {
			diff, _ := g.sub(f)
			if diff.cmp(intDec(1)) != 0 {
				t.Errorf("%s: floor %s, ceiling %s", c.text, f.text(0), g.text(0))
			}
			continue
		}
		if f.cmp(intDec(c.floor)) != 0 || g.cmp(intDec(c.ceiling)) != 0 {
			t.Errorf("%s: floor %s, ceiling %s", c.text, f.text(0), g.text(0))
		}
	}
}
