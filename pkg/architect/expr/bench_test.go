package expr_test

import (
	"testing"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	other "github.com/expr-lang/expr"
)

// comparisons are equal expressions in this language and that of github.com/expr-lang/expr,
// the fastest general one we know for Go.
var comparisons = []struct{ name, ours, theirs string }{
	{"integers", `(Flow.Tries + 2) * 3 - 4`, `(Tries + 2) * 3 - 4`},
	{"condition", `Flow.Tries > 2 and Flow.Open and Flow.Name == "Ada"`, `Tries > 2 and Open and Name == "Ada"`},
	{"conditional", `If(Flow.Tries >= 3, "many", "few")`, `Tries >= 3 ? "many" : "few"`},
	{"text", `Upper(Trim(Flow.Name)) + "!"`, `upper(trim(Name)) + "!"`},
	{"decimals", `Flow.Rate * 1.5 + 0.25 > 2.0`, `Rate * 1.5 + 0.25 > 2.0`},
	{"list", `Flow.Names[1] == "b" and Count(Flow.Names) == 2`, `Names[1] == "b" and len(Names) == 2`},
	{"contains", `Contains(Lower(Flow.Name), "da")`, `lower(Name) contains "da"`},
}

func BenchmarkEval(b *testing.B) {
	scope, env := world(b)
	rate, _ := expr.OfDecimal("1.25")
	scope.Declare("Flow.Rate", expr.Decimal)
	env.Values = append(env.Values, rate)
	vars := map[string]any{"Tries": 3, "Open": true, "Name": "Ada", "Rate": 1.25, "Names": []string{"a", "b"}}
	for _, c := range comparisons {
		b.Run(c.name+"/ours", func(b *testing.B) {
			p, err := expr.Compile(c.ours, scope, nil)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.Eval(env); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(c.name+"/expr-lang", func(b *testing.B) {
			p, err := other.Compile(c.theirs, other.Env(vars))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := other.Run(p, vars); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestSameAsOther makes sure that the benchmark compares equal work.
func TestSameAsOther(t *testing.T) {
	scope, env := world(t)
	rate, _ := expr.OfDecimal("1.25")
	scope.Declare("Flow.Rate", expr.Decimal)
	env.Values = append(env.Values, rate)
	vars := map[string]any{"Tries": 3, "Open": true, "Name": "Ada", "Rate": 1.25, "Names": []string{"a", "b"}}
	for _, c := range comparisons {
		p, err := expr.Compile(c.ours, scope, nil)
		if err != nil {
			t.Fatal(err)
		}
		v, err := p.Eval(env)
		if err != nil {
			t.Fatal(err)
		}
		q, err := other.Compile(c.theirs, other.Env(vars))
		if err != nil {
			t.Fatal(err)
		}
		w, err := other.Run(q, vars)
		if err != nil {
			t.Fatal(err)
		}
		same := false
		switch w := w.(type) {
		case bool:
			same = v.Equal(expr.OfBool(w))
		case string:
			same = v.Equal(expr.OfString(w))
		case int:
			same = v.Equal(expr.OfInt(int64(w)))
		}
		if !same {
			t.Errorf("%s = %s, the other says %v", c.ours, v, w)
		}
	}
}
