package expr

import "testing"

// TestFastCode compares the code of fast.go and fast_text.go with the table where made-up
// expressions seldom lead: texts that are found twice or not at all, NOT_SET and bounds.
func TestFastCode(t *testing.T) {
	scope := NewTable(Symbol{Name: "Flow.S", Type: String}, Symbol{Name: "Flow.N", Type: Integer}, Symbol{Name: "Flow.L", Type: String.List()},
		Symbol{Name: "Flow.M", Type: Integer.List()}, Symbol{Name: "Flow.B", Type: Boolean})
	worlds := []*Static{
		{Values: scope.Blank()},
		{Values: []Value{OfString("äbäb"), OfInt(1), OfList(String, OfString("b"), NotSet(String), OfString("äbäb")), OfList(Integer, OfInt(5), OfInt(1)), OfBool(true)}},
		{Values: []Value{OfString(""), OfInt(-1), OfList(String), OfList(Integer, NotSet(Integer)), OfBool(false)}},
		{Values: []Value{OfString("x"), OfInt(9), OfList(String, OfString("x")), OfList(Integer), NotSet(Boolean)}},
	}
	for _, text := range []string{
		`FindFirst(Flow.L, Flow.S)`, `FindFirst(Flow.L, "zz")`, `FindFirst(Flow.L, ToString(NOT_SET))`, `FindFirst(Flow.M, Flow.N)`, `FindFirst(Flow.M, 5)`,
		`Replace(Flow.S, "b", "cd")`, `Replace(Flow.S, "", "c")`, `Replace(Flow.S, "b", NOT_SET)`, `Replace(Flow.S, Flow.S, "c")`,
		`Left(Flow.S, Flow.N)`, `Left(Flow.S, 2)`, `Substring(Flow.S, Flow.N, 2)`, `Substring(Flow.S, 1, Flow.N)`, `Substring(Flow.S, 3, 9)`,
		`Append(Flow.S, Flow.S)`, `Append(NOT_SET, Flow.S)`, `Append(Flow.S, "a", Flow.S)`, `Flow.S + "a"`, `Lower(Flow.S)`, `Trim(Append(" ", Flow.S))`,
		`Length(Flow.S)`, `Count(Flow.L)`, `Count(Split(Flow.S, "b"))`, `IsNotSetOrEmpty(Flow.S)`, `IsNotSetOrEmpty(Flow.L)`, `GetAt(Flow.L, Flow.N)`,
		`GetAt(Flow.M, 1)`, `Flow.L[Flow.N]`, `Flow.M[0]`, `Flow.S == "x"`, `Flow.S != "x"`, `"x" == Flow.S`, `Flow.N == 1`, `Flow.N != -1`, `Flow.B == true`,
		`Flow.N > -1`, `Flow.N + -1`, `If(Flow.B, Flow.S, "no")`, `If(Flow.B, Left(Flow.S, 1), Append(Flow.S, "y"))`, `Flow.S == ToString(NOT_SET)`,
		`Split(Flow.S, "b")`, `Split(Flow.S, "")`, `Split("", "b")`, `Count(Split(Flow.S, ""))`, `Count(Split(Flow.S, Flow.S))`, `Count(Split(ToString(NOT_SET), "b"))`,
		`GetAt(Split(Flow.S, "b"), Flow.N)`, `GetAt(Split(Flow.S, "b"), 0)`, `GetAt(Split(Flow.S, "b"), 2)`, `GetAt(Split(Flow.S, "b"), 9)`, `Split(Flow.S, "")[3]`,
		`GetAt(Split(Flow.S, Flow.S), Flow.N)`, `GetAt(Split(Flow.S, ToString(NOT_SET)), 0)`, `Length(GetAt(Split(Flow.S, "b"), Count(Split(Flow.S, "b")) - 1))`,
	} {
		n, err := Parse(text)
		if err != nil {
			t.Fatal(text, err)
		}
		p, err := CompileNode(n, scope, nil)
		if err != nil {
			t.Fatal(text, err)
		}
		plain, err := CompilePlain(n, scope)
		if err != nil {
			t.Fatal(text, err)
		}
		for i, env := range worlds {
			v, err := p.Eval(env)
			w, err2 := plain.Eval(env)
			room := &Room{}
			x, err3 := p.EvalIn(room, env)
			if (err == nil) != (err2 == nil) || err != nil && err.Error() != err2.Error() || !v.Equal(w) || v.Type() != w.Type() {
				t.Errorf("%s in world %d: %s, %v; by the table %s, %v", text, i, v, err, w, err2)
			}
			if (err == nil) != (err3 == nil) || !v.Equal(x) || v.Type() != x.Type() {
				t.Errorf("%s in world %d: %s, %v; in a room %s, %v", text, i, v, err, x, err3)
			}
			if v.Type() != p.Type() && err == nil {
				t.Errorf("%s in world %d: a %s where the checker told %s", text, i, v.Type(), p.Type())
			}
		}
	}
}
