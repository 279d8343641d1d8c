package expr

import (
	"errors"
	"strings"
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

// Operators without code of their own must not be compiled twice at each level: a chain of
// them would never end.
func TestLongChainsCompileSoon(t *testing.T) {
	scope := NewTable(Symbol{Name: "Flow.N", Type: Integer}, Symbol{Name: "Call.Ani", Type: String})
	for _, text := range []string{
		"Flow.N" + strings.Repeat(" % 7", 55), strings.Repeat("1 & ", 55) + "Flow.N",
		strings.Repeat("ToString(", 60) + "Call.Ani" + strings.Repeat(")", 60), strings.Repeat("Replace(", 60) + "Call.Ani" + strings.Repeat(", Call.Ani, \"\")", 60),
	} {
		if _, err := Compile(text, scope, nil); err != nil {
			t.Fatalf("%.40s: %v", text, err)
		}
	}
}

// What is computed while an expression is compiled changes neither results nor failures,
// nor what one evaluation may take.
func TestFolding(t *testing.T) {
	for _, text := range []string{
		`GetAt(MakeList("a"), 0)`, `GetAt(MakeList("a"), 1)`, `Left("abc", -1 + 3)`, `Left("abc", 1 - 3)`, `1 / (1 - 1)`, `-(1) + 2`, `ToInt("x")`,
		`If(true, 1, ToInt("x"))`, `If(false, ToInt("x"), 1)`, `Append("a", ToString(NOT_SET))`, `FindQueue("q") == NOT_SET`, `GetCurrentDateTimeUtc()`, `Random()`,
	} {
		n, err := Parse(text)
		if err != nil {
			t.Fatal(text, err)
		}
		p, err := CompileNode(n, nil, nil)
		if err != nil {
			t.Logf("%s: %v", text, err) // refused at once, with the literals in view
			continue
		}
		plain, err := CompilePlain(n, nil)
		if err != nil {
			t.Fatal(text, err)
		}
		v, err := p.Eval(nil)
		w, err2 := plain.Eval(nil)
		if (err == nil) != (err2 == nil) || err != nil && err.Error() != err2.Error() || !v.Equal(w) || v.Type() != w.Type() {
			t.Errorf("%s: %s, %v; by the table %s, %v", text, v, err, w, err2)
		}
	}
	long := `Replace(Replace(Replace("aaaaaaaaaa", "a", "aaaaaaaaaa"), "a", "aaaaaaaaaa"), "a", "aaaaaaaaaa")`
	p, err := Compile(long, nil, nil, Options{Budget: 5000})
	if err != nil {
		t.Fatal(err)
	}
	var e *EvalError
	if _, err := p.Eval(nil); !errors.As(err, &e) || !e.Budget {
		t.Errorf("ends with %v beyond its budget", err)
	}
}
