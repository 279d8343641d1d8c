package expr

var logicRows = []row{
	{"AreEqual(ignoreCase bln, valueToCompare str?, valueToCompareTo str?...) bln", areEqual, 0},
	{"AreEqual(ignoreCase bln, valueToCompare str[], valueToCompareTo str[]) bln", areEqual, 0},
	{"AreEqual(valueToCompare any?, valueToCompareTo any?...) bln", allEqual, ruleSameText},
	{"AreEqual(valueToCompare any[], valueToCompareTo any[]) bln", allEqual, ruleSame},
	{"If(condition bln?, trueValue aud, falseValue aud) aud", lazy, ruleIf},
	{"If(condition bln?, trueValue any?, falseValue any?) any", lazy, ruleIf},
	{"If(condition bln?, trueValue any[], falseValue any[]) any[]", lazy, ruleIf},
	{"IsNotSetOrEmpty(item nts?) bln", isEmpty, ruleNotSet},
	{"IsNotSetOrEmpty(item any?) bln", isEmpty, 0},
	{"IsNotSetOrEmpty(collection any[]?) bln", isEmpty, 0},
	{"IsSet(item nts?) bln", isSet, ruleNotSet},
	{"IsSet(item any?) bln", isSet, 0},
}

var listRows = []row{
	{"Count(value any[]) int", count, 0},
	{"Find(list any[], item any?) int[]", find, ruleFind},
	{"FindFirst(list any[], item any?) int", findFirst, ruleFind},
	{"GetAt(collection any[], index int 0..) any", itemAt, ruleItem},
	{"MakeEmptyList(item any?) any[]", emptyList, ruleEmpty},
	{"MakeList(item any?...) any[]", makeList, ruleList},
}

// valueSize is what an item of a collection costs of the budget.
const valueSize = 48

// weight is what items cost: texts are counted although they are shared, since whoever
// reads a collection reads them all.
func weight(items []Value) int {
	n := len(items) * valueSize
	for _, v := range items {
		n += len(v.s)
		if v.p != nil && v.p.json != nil {
			n += v.p.json.size
		}
	}
	return n
}

func areEqual(m *machine, a []Value) (Value, *EvalError) {
	ignore := a[0].n != 0
	for _, v := range a[2:] {
		if err := m.spend(1 + v.Len()); err != nil {
			return Value{}, err
		}
		if !sameText(a[1], v, ignore) {
			return OfBool(false), nil
		}
	}
	return OfBool(true), nil
}

func sameText(a, b Value, ignoreCase bool) bool {
	if !ignoreCase || !a.IsSet() || !b.IsSet() {
		return a.Equal(b)
	}
	if !a.Type().IsList() {
		return equalFold(a.s, b.s)
	}
	if a.Len() != b.Len() {
		return false
	}
	for i := range a.Len() {
		if !sameText(a.At(i), b.At(i), true) {
			return false
		}
	}
	return true
}

func allEqual(m *machine, a []Value) (Value, *EvalError) {
	for _, v := range a[1:] {
		if err := m.spend(1 + v.Len()); err != nil {
			return Value{}, err
		}
		if !a[0].Equal(v) {
			return OfBool(false), nil
		}
	}
	return OfBool(true), nil
}

func isSet(_ *machine, a []Value) (Value, *EvalError) { return OfBool(a[0].IsSet()), nil }

// isEmpty: "  " is not empty; a currency without an amount is.
func isEmpty(_ *machine, a []Value) (Value, *EvalError) {
	v := a[0]
	switch t := v.Type(); {
	case !v.IsSet():
		return OfBool(true), nil
	case t.IsList():
		return OfBool(v.Len() == 0), nil
	case t == String:
		return OfBool(v.s == ""), nil
	case t == Currency:
		return OfBool(v.h&flagNoAmount != 0), nil
	case t == JSON:
		n := v.p.json
		return OfBool(n.kind == 'n' || n.kind == 's' && n.text == ""), nil
	}
	return OfBool(false), nil
}

func count(_ *machine, a []Value) (Value, *EvalError) { return OfInt(int64(a[0].Len())), nil }

func find(m *machine, a []Value) (Value, *EvalError) {
	if err := m.spend(a[0].Len() * valueSize); err != nil {
		return Value{}, err
	}
	var at []Value
	for i, v := range a[0].items() {
		if v.Equal(a[1]) {
			at = append(at, OfInt(int64(i)))
		}
	}
	return listOf(Integer, at), nil
}

func findFirst(m *machine, a []Value) (Value, *EvalError) {
	if err := m.spend(a[0].Len()); err != nil {
		return Value{}, err
	}
	for i, v := range a[0].items() {
		if v.Equal(a[1]) {
			return OfInt(int64(i)), nil
		}
	}
	return OfInt(-1), nil
}

func emptyList(_ *machine, a []Value) (Value, *EvalError) { return listOf(a[0].Type(), nil), nil }

func makeList(m *machine, a []Value) (Value, *EvalError) {
	if err := m.spend(weight(a)); err != nil {
		return Value{}, err
	}
	return OfList(a[0].Type(), a...), nil
}
