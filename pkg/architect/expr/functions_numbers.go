package expr

var numberRows = []row{
	{"Ceiling(currencyValue cur) cur", ceiling, 0},
	{"Ceiling(decimalValue dec) dec", ceiling, 0},
	{"Ceiling(integerValue int) int", ceiling, 0},
	{"Floor(value cur) cur", floor, 0},
	{"Floor(decimalValue dec) dec", floor, 0},
	{"Floor(integerValue int) int", floor, 0},
	{"Round(currencyValue cur) cur", round, 0},
	{"Round(value dec) dec", round, 0},
	{"Round(value dec, digits int 0..28) dec", round, 0},
	{"Round(value cur, digits int 0..28) cur", round, 0},
	{"Sum(integerValue int?, nextIntegerValue int?...) int", sum, ruleSame},
	{"Sum(currencyValue cur?, nextCurrencyValue cur?...) cur", sum, ruleSame},
	{"Sum(decimalValue dec?, nextDecimalValue dec?...) dec", sum, ruleSame},
	{"Sum(value dur?, nextValue dur?...) dur", sum, ruleSame},
	{"Sum(integerCollection int[]) int", sum, 0},
	{"Sum(currencyCollection cur[]) cur", sum, 0},
	{"Sum(decimalCollection dec[]) dec", sum, 0},
	{"Sum(value dur[]) dur", sum, 0},
	{"Average(value cur?...) cur", average, 0},
	{"Average(decimalValue dec?...) dec", average, 0},
	{"Average(durationValue dur?...) dur", average, 0},
	{"Average(integerValue int?...) dec", average, 0},
	{"Average(currencyCollection cur[]) cur", average, 0},
	{"Average(decimalCollection dec[]) dec", average, 0},
	{"Average(integerCollection int[]) dec", average, 0},
	{"Average(durationCollection dur[]) dur", average, 0},
}

// amount gives a number's or a currency's amount.
func amount(v Value) (dec, *EvalError) {
	if v.h&flagNoAmount != 0 {
		return dec{}, failf("the currency's amount is NOT_SET")
	}
	return v.dec(), nil
}

func rounded(v Value, f func(dec) (dec, bool)) (Value, *EvalError) {
	if v.Type() == Integer {
		return v, nil
	}
	d, err := amount(v)
	if err != nil {
		return Value{}, err
	}
	d, ok := f(d)
	return number(v.Type(), d, ok, v)
}

func ceiling(_ *machine, a []Value) (Value, *EvalError) { return rounded(a[0], dec.ceiling) }
func floor(_ *machine, a []Value) (Value, *EvalError)   { return rounded(a[0], dec.floor) }

func round(_ *machine, a []Value) (Value, *EvalError) {
	digits := int32(0)
	if len(a) > 1 {
		digits = int32(a[1].n)
	}
	return rounded(a[0], func(d dec) (dec, bool) { return d.round(digits) })
}

// operands are the items of a sole collection, or the arguments themselves.
func operands(a []Value) ([]Value, Type) {
	if t := a[0].Type(); t.IsList() {
		return a[0].items(), t.Elem()
	}
	return a, a[0].Type()
}

// total adds what is set and counts it.
func total(m *machine, a []Value) (sum Value, n int64, err *EvalError) {
	items, t := operands(a)
	if err := m.spend(len(items)); err != nil {
		return Value{}, 0, err
	}
	sum = Value{h: head(t)}
	if t == Currency {
		sum.h |= flagNoCode
	}
	for _, v := range items {
		if !v.IsSet() || v.h&flagNoAmount != 0 {
			continue
		}
		if n++; n == 1 {
			sum = v
			continue
		}
		if t == Currency {
			if err := money(sum, v); err != nil {
				return Value{}, 0, err
			}
		}
		if t == Duration {
			sum, err = duration(sum.n + v.n)
		} else {
			d, ok := sum.dec().add(v.dec())
			sum, err = number(t, d, ok, sum)
		}
		if err != nil {
			return Value{}, 0, err
		}
	}
	return sum, n, nil
}

// sum counts NOT_SET as nothing; no set item at all is 0, of a currency without a code.
func sum(m *machine, a []Value) (Value, *EvalError) {
	v, _, err := total(m, a)
	return v, err
}

// average leaves NOT_SET out; that of Integers is a Decimal.
func average(m *machine, a []Value) (Value, *EvalError) {
	v, n, err := total(m, a)
	if err != nil {
		return Value{}, err
	}
	t := v.Type()
	switch {
	case t == Duration && n > 0:
		return duration(v.n / n)
	case t == Duration:
		return v, nil
	case t == Integer:
		t = Decimal
	}
	if n == 0 {
		return number(t, dec{}, true, v)
	}
	d, ok := v.dec().div(intDec(n))
	return number(t, d, ok, v)
}
