package expr

// operatorRows are the operators. [ and . are checked by the tree's own nodes; their rows
// say which types have items and properties.
var operatorRows = []row{
	{"+(augend int, addend int) int", opAdd, 0},
	{"+(augend dec, addend int) dec", opAdd, 0},
	{"+(augend int, addend dec) dec", opAdd, 0},
	{"+(augend cur, addend cur) cur", opAdd, 0},
	{"+(augend aud, addend aud) aud", opJoinAudio, 0},
	{"+(augend pmt, addend pmt) aud", opJoinAudio, 0},
	{"+(augend aud, addend pmt) aud", opJoinAudio, 0},
	{"+(augend pmt, addend aud) aud", opJoinAudio, 0},
	{"+(augend dec, addend dec) dec", opAdd, 0},
	{"+(augend dur, addend dtm) dtm", opAddTime, 0},
	{"+(augend dtm, addend dur) dtm", opAddTime, 0},
	{"+(augend dur, addend dur) dur", opAddTime, 0},
	{"+(augend str, addend str) str", opConcat, 0},
	{"-(minuend int, subtrahend int) int", opSub, 0},
	{"-(minuend cur, subtrahend cur) cur", opSub, 0},
	{"-(minuend dec, subtrahend dec) dec", opSub, 0},
	{"-(minuend dec, subtrahend int) dec", opSub, 0},
	{"-(minuend int, subtrahend dec) dec", opSub, 0},
	{"-(minuend dur, subtrahend dur) dur", opSubTime, 0},
	{"-(minuend dtm, subtrahend dur) dtm", opSubTime, 0},
	{"-(value cur) cur", opNeg, 0},
	{"-(value int) int", opNeg, 0},
	{"-(value dec) dec", opNeg, 0},
	{"-(value dur) dur", opNeg, 0},
	{"*(multiplicand int, multiplier int) int", opMul, 0},
	{"*(multiplicand dec, multiplier dec) dec", opMul, 0},
	{"*(multiplicand int, multiplier dec) dec", opMul, 0},
	{"*(multiplicand dec, multiplier int) dec", opMul, 0},
	{"*(multiplicand dec, multiplier cur) cur", opMul, 0},
	{"*(multiplicand cur, multiplier dec) cur", opMul, 0},
	{"*(multiplicand int, multiplier cur) cur", opMul, 0},
	{"*(multiplicand cur, multiplier int) cur", opMul, 0},
	{"/(dividend int, divisor dec nonzero) dec", opDiv, 0},
	{"/(dividend dec, divisor int nonzero) dec", opDiv, 0},
	{"/(dividend int, divisor int nonzero) dec", opDiv, 0},
	{"/(dividend dec, divisor dec nonzero) dec", opDiv, 0},
	{"/(dividend cur, divisor dec nonzero) cur", opDiv, 0},
	{"/(dividend cur, divisor int nonzero) cur", opDiv, 0},
	{"%(dividend int, divisor int nonzero) int", opMod, 0},
	{"%(dividend dec, divisor dec nonzero) dec", opMod, 0},
	{"%(dividend int, divisor dec nonzero) dec", opMod, 0},
	{"%(dividend dec, divisor int nonzero) dec", opMod, 0},
	{"%(dividend cur, divisor dec nonzero) cur", opMod, 0},
	{"%(dividend cur, divisor int nonzero) cur", opMod, 0},
	{"^(base int, exponent int) dec", opPow, 0},
	{"^(base int, exponent dec) dec", opPow, 0},
	{"^(base dec, exponent int) dec", opPow, 0},
	{"^(base dec, exponent dec) dec", opPow, 0},
	{"&(value1 int, value2 int) int", opBitAnd, 0},
	{"|(value1 int, value2 int) int", opBitOr, 0},
	{"~(value int) int", opBitNot, 0},
	{"!(value bln) bln", opNot, 0},
	{"and(value1 bln, value2 bln) bln", opAnd, 0},
	{"or(value1 bln, value2 bln) bln", opOr, 0},
	{">(value1 int, value2 dec) bln", opGreater, 0},
	{">(value1 dec, value2 int) bln", opGreater, 0},
	{">(value1 cur, value2 cur) bln", opGreater, 0},
	{">(value1 dtm, value2 dtm) bln", opGreater, 0},
	{">(value1 dec, value2 dec) bln", opGreater, 0},
	{">(value1 dur, value2 dur) bln", opGreater, 0},
	{">(value1 int, value2 int) bln", opGreater, 0},
	{">(value1 str, value2 str) bln", opGreater, 0},
	{">=(value1 int, value2 dec) bln", opNotLess, 0},
	{">=(value1 dec, value2 int) bln", opNotLess, 0},
	{">=(value1 cur, value2 cur) bln", opNotLess, 0},
	{">=(value1 dtm, value2 dtm) bln", opNotLess, 0},
	{">=(value1 dec, value2 dec) bln", opNotLess, 0},
	{">=(value1 dur, value2 dur) bln", opNotLess, 0},
	{">=(value1 int, value2 int) bln", opNotLess, 0},
	{">=(value1 str, value2 str) bln", opNotLess, 0},
	{"<(value1 int, value2 dec) bln", opLess, 0},
	{"<(value1 dec, value2 int) bln", opLess, 0},
	{"<(value1 cur, value2 cur) bln", opLess, 0},
	{"<(value1 dtm, value2 dtm) bln", opLess, 0},
	{"<(value1 dec, value2 dec) bln", opLess, 0},
	{"<(value1 dur, value2 dur) bln", opLess, 0},
	{"<(value1 int, value2 int) bln", opLess, 0},
	{"<(value1 str, value2 str) bln", opLess, 0},
	{"<=(value1 int, value2 dec) bln", opNotGreater, 0},
	{"<=(value1 dec, value2 int) bln", opNotGreater, 0},
	{"<=(value1 cur, value2 cur) bln", opNotGreater, 0},
	{"<=(value1 dtm, value2 dtm) bln", opNotGreater, 0},
	{"<=(value1 dec, value2 dec) bln", opNotGreater, 0},
	{"<=(value1 dur, value2 dur) bln", opNotGreater, 0},
	{"<=(value1 int, value2 int) bln", opNotGreater, 0},
	{"<=(value1 str, value2 str) bln", opNotGreater, 0},
	{"==(value1 dec?, value2 int?) bln", opEqual, 0},
	{"==(value1 int?, value2 dec?) bln", opEqual, 0},
	{"==(value1 int[]?, value2 dec[]?) bln", opEqual, 0},
	{"==(value1 dec[]?, value2 int[]?) bln", opEqual, 0},
	{"==(value1 phn?, value2 phn?) bln", opEqual, 0},
	{"==(value1 any?, value2 any?) bln", opEqual, ruleEqual},
	{"==(value1 any[]?, value2 any[]?) bln", opEqual, ruleEqual},
	{"!=(value1 dec?, value2 int?) bln", opNotEqual, 0},
	{"!=(value1 int?, value2 dec?) bln", opNotEqual, 0},
	{"!=(value1 phn?, value2 phn?) bln", opNotEqual, 0},
	{"!=(value1 int[]?, value2 dec[]?) bln", opNotEqual, 0},
	{"!=(value1 dec[]?, value2 int[]?) bln", opNotEqual, 0},
	{"!=(value1 any?, value2 any?) bln", opNotEqual, ruleEqual},
	{"!=(value1 any[]?, value2 any[]?) bln", opNotEqual, ruleEqual},
	{"?(condition bln?, trueValue aud, falseValue aud) aud", lazy, ruleIf},
	{"?(condition bln?, trueValue any?, falseValue any?) any", lazy, ruleIf},
	{"?(condition bln?, trueValue any[], falseValue any[]) any[]", lazy, ruleIf},
	{"[(collection any[], index int) any", itemAt, ruleItem},
	{"[(json jsn, index int) jsn", jsonAt, 0},
}

// lazy stands for what the compiler makes itself: If and ?: compute one branch only.
func lazy(*machine, []Value) (Value, *EvalError) {
	return Value{}, failf("is computed by the compiler")
}

// money checks that two amounts can be put together.
func money(a, b Value) *EvalError {
	if (a.h|b.h)&flagNoAmount != 0 {
		return failf("a currency's amount is NOT_SET")
	}
	if (a.h^b.h)&flagNoCode != 0 || !equalFold(a.s, b.s) {
		return failf("the currencies have different codes, %q and %q", a.s, b.s)
	}
	return nil
}

// number makes a result of arithmetic; like gives a currency its code.
func number(t Type, d dec, ok bool, like Value) (Value, *EvalError) {
	if !ok {
		return Value{}, outOfRange(t)
	}
	switch t {
	case Integer:
		if d.b != nil || d.e != 0 || abs64(d.n) > maxInt {
			return Value{}, outOfRange(Integer)
		}
		return Value{h: head(Integer), n: d.n}, nil
	case Currency:
		v := d.value(Currency)
		v.s, v.h = like.s, v.h|like.h&flagNoCode
		return v, nil
	}
	return d.value(t), nil
}

// resultType is that of arithmetic on two numbers or currencies.
func resultType(a, b Value) Type {
	t, u := a.Type(), b.Type()
	switch {
	case t == u:
		return t
	case t == Currency || u == Currency:
		return Currency
	}
	return Decimal
}

func arithmetic(a, b Value, op func(dec, dec) (dec, bool)) (Value, *EvalError) {
	t := resultType(a, b)
	like := a
	if a.Type() != Currency {
		like = b
	}
	if t == Currency && like.h&flagNoAmount != 0 {
		return Value{}, failf("the currency's amount is NOT_SET")
	}
	d, ok := op(a.dec(), b.dec())
	return number(t, d, ok, like)
}

func opAdd(_ *machine, a []Value) (Value, *EvalError) {
	if a[0].Type() == Currency {
		if err := money(a[0], a[1]); err != nil {
			return Value{}, err
		}
	}
	return arithmetic(a[0], a[1], dec.add)
}

func opSub(_ *machine, a []Value) (Value, *EvalError) {
	if a[0].Type() == Currency {
		if err := money(a[0], a[1]); err != nil {
			return Value{}, err
		}
	}
	return arithmetic(a[0], a[1], dec.sub)
}

func opMul(_ *machine, a []Value) (Value, *EvalError) { return arithmetic(a[0], a[1], dec.mul) }

// opDiv gives a Decimal for two Integers: 42 / 8 is 5.25.
func opDiv(_ *machine, a []Value) (Value, *EvalError) {
	t := resultType(a[0], a[1])
	if t == Integer {
		t = Decimal
	}
	if a[0].h&flagNoAmount != 0 {
		return Value{}, failf("the currency's amount is NOT_SET")
	}
	d, ok := a[0].dec().div(a[1].dec())
	return number(t, d, ok, a[0])
}

func opMod(_ *machine, a []Value) (Value, *EvalError) { return arithmetic(a[0], a[1], dec.mod) }

// powCost is what a power takes of the budget: some take a millisecond.
const powCost = 2000

func opPow(m *machine, a []Value) (Value, *EvalError) {
	if err := m.spend(powCost); err != nil {
		return Value{}, err
	}
	d, ok := a[0].dec().pow(a[1].dec())
	return number(Decimal, d, ok, a[0])
}

func opNeg(_ *machine, a []Value) (Value, *EvalError) {
	switch v := a[0]; v.Type() {
	case Integer, Duration:
		v.n = -v.n
		return v, nil
	case Currency:
		if v.h&flagNoAmount != 0 {
			return Value{}, failf("the currency's amount is NOT_SET")
		}
	}
	return number(a[0].Type(), a[0].dec().neg(), true, a[0])
}

// Dates reach from 1800 to 2200, durations to ±999,999,999,999,999 ms.
const (
	minDateTime = -5364662400000 // 1800-01-01T00:00:00Z
	maxDateTime = 7289654399999  // 2200-12-31T23:59:59.999Z
)

func dateTime(ms int64) (Value, *EvalError) {
	if ms < minDateTime || ms > maxDateTime {
		return Value{}, outOfRange(DateTime)
	}
	return Value{h: head(DateTime), n: ms}, nil
}

func duration(ms int64) (Value, *EvalError) {
	if ms > maxInt || ms < -maxInt {
		return Value{}, outOfRange(Duration)
	}
	return ofMillis(ms), nil
}

func opAddTime(_ *machine, a []Value) (Value, *EvalError) {
	if a[0].Type() == Duration && a[1].Type() == Duration {
		return duration(a[0].n + a[1].n)
	}
	return dateTime(a[0].n + a[1].n)
}

func opSubTime(_ *machine, a []Value) (Value, *EvalError) {
	if a[0].Type() == Duration {
		return duration(a[0].n - a[1].n)
	}
	return dateTime(a[0].n - a[1].n)
}

func opConcat(m *machine, a []Value) (Value, *EvalError) {
	if err := m.spend(len(a[0].s) + len(a[1].s)); err != nil {
		return Value{}, err
	}
	return OfString(a[0].s + a[1].s), nil
}

func opBitAnd(_ *machine, a []Value) (Value, *EvalError) { return integer(a[0].n & a[1].n) }
func opBitOr(_ *machine, a []Value) (Value, *EvalError)  { return integer(a[0].n | a[1].n) }
func opBitNot(_ *machine, a []Value) (Value, *EvalError) { return integer(^a[0].n) }
func opNot(_ *machine, a []Value) (Value, *EvalError)    { return OfBool(a[0].n == 0), nil }
func opAnd(_ *machine, a []Value) (Value, *EvalError)    { return OfBool(a[0].n&a[1].n != 0), nil }
func opOr(_ *machine, a []Value) (Value, *EvalError)     { return OfBool(a[0].n|a[1].n != 0), nil }

func integer(n int64) (Value, *EvalError) {
	if n > maxInt || n < -maxInt {
		return Value{}, outOfRange(Integer)
	}
	return Value{h: head(Integer), n: n}, nil
}

// compare orders two values of the types that have an order.
func compare(a, b Value) (int, *EvalError) {
	switch a.Type() {
	case String:
		return compareText(a.s, b.s, false), nil
	case Currency:
		if err := money(a, b); err != nil {
			return 0, err
		}
		return a.dec().cmp(b.dec()), nil
	case Integer, Decimal:
		return a.dec().cmp(b.dec()), nil
	}
	switch {
	case a.n < b.n:
		return -1, nil
	case a.n > b.n:
		return 1, nil
	}
	return 0, nil
}

func opGreater(_ *machine, a []Value) (Value, *EvalError) {
	c, err := compare(a[0], a[1])
	return OfBool(c > 0), err
}

func opNotLess(_ *machine, a []Value) (Value, *EvalError) {
	c, err := compare(a[0], a[1])
	return OfBool(c >= 0), err
}

func opLess(_ *machine, a []Value) (Value, *EvalError) {
	c, err := compare(a[0], a[1])
	return OfBool(c < 0), err
}

func opNotGreater(_ *machine, a []Value) (Value, *EvalError) {
	c, err := compare(a[0], a[1])
	return OfBool(c <= 0), err
}

func opEqual(m *machine, a []Value) (Value, *EvalError) {
	err := m.spend(a[0].Len())
	return OfBool(a[0].Equal(a[1])), err
}

func opNotEqual(m *machine, a []Value) (Value, *EvalError) {
	err := m.spend(a[0].Len())
	return OfBool(!a[0].Equal(a[1])), err
}

// itemAt gives an item; the index is outside of the bounds of a collection when it is
// negative or beyond the last.
func itemAt(_ *machine, a []Value) (Value, *EvalError) {
	if i := a[1].n; i >= 0 && i < int64(a[0].Len()) {
		return a[0].At(int(i)), nil
	}
	return Value{}, noItem(a[1].n, a[0].Len())
}

func noItem(i int64, n int) *EvalError {
	return failf("there is no item %d in a collection of %d", i, n)
}
