package expr_test

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// sameTree compares trees without places.
var sameTree = cmp.Options{
	cmpopts.IgnoreFields(expr.Literal{}, "At"), cmpopts.IgnoreFields(expr.Variable{}, "At"), cmpopts.IgnoreFields(expr.Call{}, "At"),
	cmpopts.IgnoreFields(expr.Unary{}, "At"), cmpopts.IgnoreFields(expr.Binary{}, "At"), cmpopts.IgnoreFields(expr.Conditional{}, "At"),
	cmpopts.IgnoreFields(expr.Property{}, "At"), cmpopts.IgnoreFields(expr.Index{}, "At"), cmpopts.EquateEmpty(),
	cmp.Comparer(func(a, b expr.Value) bool { return a.Type() == b.Type() && a.Equal(b) }),
}

var seeds = []string{
	`1 + 2 * -3 ^ 2 ^ -1`, `-2^2`, `-(2)`, `!~-Flow.I`, `(a ? b : c) ? d : e`, `a ? (b ? c : d) : e`, `Left ( "a\"\\\n", 1 )[0].x."odd name"["y"]`,
	`Flow.Q.name == NOT_SET and true or false`, `1 | 2 & 3 == 4`, `5. - .5`, `Flow.L[Flow.L[0]]`, `If(IsSet(Flow.I), Flow.I, 0) + 1`, `1 - (2 - 3)`, `(1 - 2) - 3`,
	`2 ^ 999999`, `Split(Replace("aaaa", "a", "aaaa"), "")`, `System.Languages.enUS.tag`, `MakeList(1, 2)[5]`, `"` + "\xff" + `"`, `((((1))))`, `9999999999999999999999999999999999999999.0 * 10`,
	`JsonParse("{\"a\":[1,{\"b\":null}]}").a[1].b`, `ToDuration("P1DT2H3.5S")`, `AddMonths(MakeDateTime(1800,1,31), -1)`, `Compare("ß", "ss", true)`, `Round(0.5555555555, 3)`,
}

// FuzzParse: what parses prints to a text that parses to the same tree, and to the same
// text again; what does not is refused with an *Error that lies in the text.
func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := expr.Parse(text)
		if err != nil {
			var bad *expr.Error
			if !errors.As(err, &bad) || bad.Offset < 0 || bad.Offset > len(text) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		printed := expr.Print(n)
		if len(printed) > 30000 {
			return // blanks and quoting may make it longer than an expression can be
		}
		again, err := expr.Parse(printed)
		if err != nil {
			t.Fatalf("%q prints %q: %v", text, printed, err)
		}
		if d := cmp.Diff(n, again, sameTree); d != "" {
			t.Fatalf("%q prints %q:\n%s", text, printed, d)
		}
		if second := expr.Print(again); second != printed {
			t.Fatalf("%q, then %q", printed, second)
		}
	})
}

// FuzzEval: any text gives a value of the type the checker told, an *Error or an
// *EvalError, and does so soon.
func FuzzEval(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) { evalLaw(t, text) })
}

func evalLaw(t testing.TB, text string) {
	t.Helper()
	scope, env := world(t)
	start := time.Now()
	p, err := expr.Compile(text, scope, nil)
	if err != nil {
		var bad *expr.Error
		if !errors.As(err, &bad) {
			t.Fatalf("%q: %T", text, err)
		}
		return
	}
	v, err := p.Eval(env)
	if d := time.Since(start); d > 3*time.Second {
		t.Fatalf("%q took %v", text, d)
	}
	if err != nil {
		var broke *expr.EvalError
		if !errors.As(err, &broke) || broke.Message == "" || broke.Offset < 0 || broke.Offset > len(text) {
			t.Fatalf("%q: %v", text, err)
		}
		return
	}
	if v.Type() != p.Type() {
		t.Fatalf("%q: a value of type %s where the checker told %s", text, v.Type(), p.Type())
	}
	if _, err := p.Eval(env); err != nil {
		t.Fatalf("%q: the second evaluation fails: %v", text, err)
	}
	if k := string(v.AppendKey(nil)); v.Equal(v) && k != string(v.AppendKey(nil)) {
		t.Fatalf("%q: the key changes", text)
	}
	_ = v.String()
}

// TestMadeUpExpressions holds the law of FuzzEval for expressions that mostly compile, and
// that the code of fast.go agrees with the table.
func TestMadeUpExpressions(t *testing.T) {
	g := &generator{r: rand.New(rand.NewPCG(7, 7))}
	scope := expr.NewTable(expr.CallVariables()...)
	for name, typ := range generatorVariables {
		v, _ := expr.ParseType(typ)
		scope.Declare(name, v)
	}
	samples := map[expr.Type]string{
		expr.Integer: "5", expr.Decimal: "2.5", expr.String: `"Ada"`, expr.Boolean: "true", expr.DateTime: "ToDateTime(86400)", expr.Duration: "ToDuration(90000)",
		expr.Currency: `MakeCurrency(5, "USD")`, expr.PhoneNumber: `ToPhoneNumber("+4312345")`, expr.Queue: `ToQueue("q")`, expr.User: `ToUser("u")`, expr.Audio: `ToAudioTTS("a")`,
		expr.Prompt: `FindUserPrompt("p")`, expr.LanguageSkill: `ToLanguageSkill("l")`,
	}
	set, unset := &expr.Static{Values: scope.Blank(), Lang: "en-us", Objects: madeUp}, &expr.Static{Values: scope.Blank(), Lang: "en-us"}
	for _, name := range scope.Names() {
		s, _ := scope.Lookup(name)
		p, err := expr.Compile(samples[s.Type.Elem()], scope, nil)
		if err != nil {
			continue // a type whose variable stays NOT_SET
		}
		v, err := p.Eval(set)
		if err != nil {
			t.Fatal(err)
		}
		if s.Type.IsList() {
			v = expr.OfList(s.Type.Elem(), v, expr.NotSet(s.Type.Elem()), v)
		}
		set.Values[s.Slot] = v
	}
	compiled, failed := 0, 0
	for range 20000 {
		text := g.expression(1 + g.r.IntN(4))
		p, err := expr.Compile(text, scope, nil)
		if err != nil {
			continue
		}
		compiled++
		n, err := expr.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := expr.CompilePlain(n, scope)
		if err != nil {
			t.Fatal(err)
		}
		for _, env := range []expr.Env{set, unset} {
			v, err := p.Eval(env)
			w, err2 := plain.Eval(env)
			if (err == nil) != (err2 == nil) || err == nil && (v.String() != w.String() || v.Type() != w.Type()) {
				t.Fatalf("%s: %s, %v; by the table %s, %v", text, v, err, w, err2)
			}
			if err != nil {
				failed++
				continue
			}
			if v.Type() != p.Type() {
				t.Fatalf("%s: a value of type %s where the checker told %s", text, v.Type(), p.Type())
			}
			checkItems(t, text, v)
		}
	}
	if compiled < 3000 || failed < 100 {
		t.Errorf("only %d of 20000 compiled, %d evaluations failed", compiled, failed)
	}
}

func checkItems(t *testing.T, text string, v expr.Value) {
	t.Helper()
	if !v.Type().IsList() {
		return
	}
	for i := range v.Len() {
		if v.At(i).Type() != v.Type().Elem() {
			t.Fatalf("%s: an item of type %s in %s", text, v.At(i).Type(), v.Type())
		}
	}
}

// TestValues: equal values have equal keys, and equality is symmetric.
func TestValues(t *testing.T) {
	value := rapid.Custom(func(t *rapid.T) expr.Value {
		return [...]func() expr.Value{
			func() expr.Value { return expr.OfInt(rapid.Int64Range(-3, 3).Draw(t, "n")) },
			func() expr.Value { return expr.OfBool(rapid.Bool().Draw(t, "b")) },
			func() expr.Value { return expr.OfString(rapid.SampledFrom([]string{"", "a", "A", "b"}).Draw(t, "s")) },
			func() expr.Value {
				v, _ := expr.OfDecimal(rapid.SampledFrom([]string{"1", "1.0", "1.50", "1.5", "10000000000000000000000000000000000000000", "-0.0", "0"}).Draw(t, "d"))
				return v
			},
			func() expr.Value { return expr.NotSet(expr.Integer) },
			func() expr.Value {
				v, err := expr.OfJSON([]byte(rapid.SampledFrom([]string{`{"a":1,"b":2}`, `{"b":2,"a":1}`, `[1,2.0]`, `[1,2]`, `null`}).Draw(t, "j")))
				if err != nil {
					t.Fatal(err)
				}
				return v
			},
		}[rapid.IntRange(0, 5).Draw(t, "kind")]()
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := value.Draw(t, "a"), value.Draw(t, "b")
		if a.Equal(b) != b.Equal(a) {
			t.Fatalf("%s and %s: equality is one-sided", a, b)
		}
		if a.Type() == b.Type() && a.Equal(b) != (string(a.AppendKey(nil)) == string(b.AppendKey(nil))) {
			t.Fatalf("%s and %s: keys and equality disagree", a, b)
		}
	})
}

// TestPrintBuilt prints trees that were built and not parsed.
func TestPrintBuilt(t *testing.T) {
	five := expr.Lit(expr.OfInt(5))
	for want, n := range map[string]expr.Node{
		`(1 + 5) * 5`:                        expr.Op(expr.Op(expr.Lit(expr.OfInt(1)), "+", five), "*", five),
		`-(5) - -5`:                          expr.Op(&expr.Unary{Op: "-", X: five}, "-", expr.Lit(expr.OfInt(-5))),
		`-(-(5))`:                            &expr.Unary{Op: "-", X: &expr.Unary{Op: "-", X: five}},
		`!(Flow.A and Flow.B)`:               expr.Not(expr.Op(expr.Var("Flow.A"), "and", expr.Var("Flow.B"))),
		`(Flow.A or Flow.B) and Flow.C`:      expr.Op(expr.Op(expr.Var("Flow.A"), "or", expr.Var("Flow.B")), "and", expr.Var("Flow.C")),
		`Flow.Q.name == "a\"b\n"`:            expr.Op(&expr.Property{X: expr.Var("Flow.Q"), Name: "name"}, "==", expr.Text("a\"b\n")),
		`ToDateTime("1970-01-01T00:00:00Z")`: expr.Lit(expr.OfDateTime(time.Unix(0, 0))),
		`MakeList("a", ToString(NOT_SET))`:   expr.Lit(expr.OfList(expr.String, expr.OfString("a"), expr.NotSet(expr.String))),
		`true`:                               expr.Lit(expr.OfBool(true)),
		`(2 ^ 5) ^ 5`:                        expr.Op(expr.Op(expr.Lit(expr.OfInt(2)), "^", five), "^", five),
		`2 ^ 5 ^ 5`:                          expr.Op(expr.Lit(expr.OfInt(2)), "^", expr.Op(five, "^", five)),
	} {
		if got := expr.Print(n); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if _, err := expr.Parse(want); err != nil {
			t.Errorf("%s: %v", want, err)
		}
	}
}
