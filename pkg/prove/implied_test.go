package prove

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/routing"
)

// Whoever meets a condition meets each one that it implies. Conditions and callers are drawn out of few
// values, so that bounds meet.
func TestWhatIsImpliedHolds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	some := func(of ...string) []string {
		r.Shuffle(len(of), func(i, j int) { of[i], of[j] = of[j], of[i] })
		return of[:r.IntN(3)]
	}
	number := func() *routing.Decimal {
		if d := routing.Int(int64(r.IntN(4))); r.IntN(2) == 0 {
			return &d
		}
		return nil
	}
	days := func() *int {
		if n := r.IntN(5) - 2; r.IntN(3) == 0 {
			return &n
		}
		return nil
	}
	flag := func() *bool {
		if b := r.IntN(2) == 0; r.IntN(4) == 0 {
			return &b
		}
		return nil
	}
	texts := []string{"a", "b", "A", "ab", "a;b", "b;ab"}
	test := func(kind string) routing.FactTest {
		x := routing.FactTest{Set: flag()}
		switch {
		case x.Set != nil:
		case kind == routing.NumberFact:
			x.Min, x.Max, x.Any, x.Not = number(), number(), some("1", "2"), some("1", "3")
		case kind == routing.DateFact:
			x.Within, x.Before, x.After = days(), days(), days()
		default:
			x.Any, x.Not, x.Prefix, x.IgnoreCase = some(slices.Clone(texts)...), some("b", "A"), []string{"", "a", "ab"}[r.IntN(3)], r.IntN(4) == 0
		}
		return x
	}
	kinds := map[string]string{"text": routing.StringFact, "number": routing.NumberFact, "day": routing.DateFact}
	condition := func() routing.Condition {
		c := routing.Condition{Facts: map[string]routing.FactTest{}, MinValue: number(), MaxValue: number(), Won: flag(), Lifecycle: some("a", "b"), Called: some("1", "2"), At: some("open", "closed")}
		for name, kind := range kinds {
			if r.IntN(2) == 0 {
				c.Facts[name] = test(kind)
			}
		}
		for _, part := range r.Perm(7)[:4] { // few parts, so that one implies another
			switch part {
			case 0:
				c.MinValue = nil
			case 1:
				c.MaxValue = nil
			case 2:
				c.Won = nil
			case 3:
				c.Lifecycle = nil
			case 4:
				c.Called = nil
			case 5:
				c.At = nil
			}
		}
		return c
	}
	today := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	implied, held := 0, 0
	for range 150_000 {
		a, b := condition(), condition()
		if !implies(a, b) {
			continue
		}
		implied++
		for range 20 {
			value := routing.Int(int64(r.IntN(4)))
			f := routing.Facts{Today: today, Value: &value, Lifecycle: []string{"a", "b"}[r.IntN(2)], Called: []string{"1", "2"}[r.IntN(2)], At: []string{"open", "closed"}[r.IntN(2)],
				Deal: &routing.Deal{Won: r.IntN(2) == 0}, Values: map[string]routing.Value{}}
			for name, kind := range kinds {
				text := texts[r.IntN(len(texts))]
				switch kind {
				case routing.NumberFact:
					text = []string{"0", "1", "2", "3"}[r.IntN(4)]
				case routing.DateFact:
					text = today.AddDate(0, 0, r.IntN(7)-3).Format(time.DateOnly)
				}
				if v, ok := routing.Read(kind, text); ok && r.IntN(5) > 0 {
					f.Values[name] = v
				}
			}
			if !(routing.Policy{}).Holds(a, f) {
				continue
			}
			if held++; !(routing.Policy{}).Holds(b, f) {
				t.Fatalf("%+v implies %+v, and of %+v it does not hold", a, b, f)
			}
		}
	}
	if implied < 500 || held < 1000 {
		t.Errorf("%d pairs, %d callers: nothing is shown", implied, held)
	}
}

// No part of a condition is forgotten: who is asked for nothing is not said to meet it.
func TestNothingImpliesAPart(t *testing.T) {
	parts := func(kind reflect.Type, each func(name string, with reflect.Value)) {
		for i := range kind.NumField() {
			v := reflect.New(kind).Elem()
			switch f := v.Field(i); f.Kind() {
			case reflect.Pointer:
				f.Set(reflect.New(f.Type().Elem()))
			case reflect.Slice:
				f.Set(reflect.MakeSlice(f.Type(), 1, 1))
			case reflect.Map:
				f.Set(reflect.MakeMap(f.Type()))
				f.SetMapIndex(reflect.ValueOf("a"), reflect.Zero(f.Type().Elem()))
			case reflect.String:
				f.SetString("a")
			case reflect.Bool:
				f.SetBool(true)
			default:
				t.Fatalf("%s is of a kind that this test does not fill", kind.Field(i).Name)
			}
			each(kind.Field(i).Name, v)
		}
	}
	parts(reflect.TypeFor[routing.Condition](), func(name string, with reflect.Value) {
		c := with.Interface().(routing.Condition)
		if implies(routing.Condition{}, c) {
			t.Errorf("who is asked for nothing meets a condition with %s", name)
		}
		if !implies(c, c) {
			t.Errorf("a condition with %s does not imply itself", name)
		}
	})
	parts(reflect.TypeFor[routing.FactTest](), func(name string, with reflect.Value) {
		switch test := with.Interface().(routing.FactTest); name {
		case "Set": // a pointer to false: the fact is not there
			if testImplies(routing.FactTest{Any: []string{"a"}}, test) {
				t.Error("who has a fact is said not to have it")
			}
		case "IgnoreCase": // says how texts are compared, and asks for none
			test.Any = []string{"a"}
			if testImplies(routing.FactTest{Any: []string{"a"}}, test) != testImplies(test, routing.FactTest{Any: []string{"a"}}) {
				t.Error("tests that compare texts otherwise imply each other in one direction")
			}
		default:
			if testImplies(routing.FactTest{}, test) {
				t.Errorf("any value meets a test with %s", name)
			}
		}
	})
}
