package expr

// fastCall gives an operator on plain values code of its own, without the stack; nil leaves
// the call to generalCall. It must agree with the table: a test runs both on the same.
func fastCall(it *item, args []code) code {
	switch len(args) {
	case 1:
		return fastUnary(it, args[0])
	case 2:
		return fastBinary(it, args[0], args[1])
	}
	return nil
}

func fastUnary(it *item, x code) code {
	switch {
	case it.text == "!":
		return func(m *machine) (Value, *EvalError) {
			v, err := x(m)
			if err != nil {
				return Value{}, err
			}
			if v.h&flagSet == 0 {
				return Value{}, it.forbidden(0)
			}
			v.n ^= 1
			return v, nil
		}
	case it.text == "IsSet":
		return func(m *machine) (Value, *EvalError) {
			v, err := x(m)
			if err != nil {
				return Value{}, err
			}
			return Value{h: head(Boolean), n: int64(v.h & flagSet >> 16)}, nil
		}
	case it.text == "IsNotSetOrEmpty" && it.args[0].typ == String:
		return func(m *machine) (Value, *EvalError) {
			v, err := x(m)
			if err != nil {
				return Value{}, err
			}
			return OfBool(v.s == ""), nil
		}
	}
	return nil
}

// both computes two operands that forbid NOT_SET.
func (it *item) both(m *machine, x, y code) (a, b Value, err *EvalError) {
	if a, err = x(m); err != nil {
		return a, b, err
	}
	if b, err = y(m); err != nil {
		return a, b, err
	}
	if a.h&b.h&flagSet == 0 {
		if a.h&flagSet == 0 {
			return a, b, it.forbidden(0)
		}
		return a, b, it.forbidden(1)
	}
	return a, b, nil
}

func fastBinary(it *item, x, y code) code {
	t, u := it.args[0].typ, it.args[1].typ
	switch it.text {
	case "and":
		return func(m *machine) (Value, *EvalError) {
			a, b, err := it.both(m, x, y)
			if err != nil {
				return Value{}, err
			}
			a.n &= b.n
			return a, nil
		}
	case "or":
		return func(m *machine) (Value, *EvalError) {
			a, b, err := it.both(m, x, y)
			if err != nil {
				return Value{}, err
			}
			a.n |= b.n
			return a, nil
		}
	case "==", "!=":
		return fastEqual(it, x, y, t, u)
	}
	switch {
	case t == Integer && u == Integer:
		if f := fastInteger(it, x, y); f != nil {
			return f
		}
		return fastOrder(it, x, y)
	case t == u && (t == DateTime || t == Duration):
		return fastOrder(it, x, y)
	case (t == Integer || t == Decimal) && (u == Integer || u == Decimal):
		return fastDecimal(it, x, y)
	case t == String && u == String && it.text == "+":
		return func(m *machine) (Value, *EvalError) {
			a, b, err := it.both(m, x, y)
			if err != nil {
				return Value{}, err
			}
			if err := m.spend(1 + len(a.s) + len(b.s)); err != nil {
				return Value{}, it.fail(err)
			}
			a.s += b.s
			return a, nil
		}
	}
	return nil
}

func fastEqual(it *item, x, y code, t, u Type) code {
	if t != u || t.IsList() || t != String && t != Integer && t != Boolean {
		return nil
	}
	flip := int64(0)
	if it.text == "!=" {
		flip = 1
	}
	return func(m *machine) (Value, *EvalError) {
		a, err := x(m)
		if err != nil {
			return Value{}, err
		}
		b, err := y(m)
		if err != nil {
			return Value{}, err
		}
		r := Value{h: head(Boolean), n: flip}
		if a.h&flagSet == b.h&flagSet && (a.h&flagSet == 0 || a.n == b.n && a.s == b.s) {
			r.n ^= 1
		}
		return r, nil
	}
}

func fastInteger(it *item, x, y code) code {
	var op func(a, b int64) (int64, bool)
	switch it.text {
	case "+":
		return func(m *machine) (Value, *EvalError) {
			a, b, err := it.both(m, x, y)
			if err != nil {
				return Value{}, err
			}
			if a.n += b.n; abs64(a.n) > maxInt {
				return Value{}, it.fail(outOfRange(Integer))
			}
			return a, nil
		}
	case "-":
		op = func(a, b int64) (int64, bool) { return a - b, true }
	case "*":
		op = mul64
	default:
		return nil
	}
	return func(m *machine) (Value, *EvalError) {
		a, b, err := it.both(m, x, y)
		if err != nil {
			return Value{}, err
		}
		n, ok := op(a.n, b.n)
		if !ok || abs64(n) > maxInt {
			return Value{}, it.fail(outOfRange(Integer))
		}
		a.n = n
		return a, nil
	}
}

// fastOrder compares what is ordered by n.
func fastOrder(it *item, x, y code) code {
	less, same, more := orders(it.text)
	if less+same+more == 0 {
		return nil
	}
	return func(m *machine) (Value, *EvalError) {
		a, b, err := it.both(m, x, y)
		if err != nil {
			return Value{}, err
		}
		r := Value{h: head(Boolean), n: same}
		switch {
		case a.n < b.n:
			r.n = less
		case a.n > b.n:
			r.n = more
		}
		return r, nil
	}
}

// orders says for which outcomes of a comparison an operator is true.
func orders(op string) (less, same, more int64) {
	switch op {
	case "<":
		return 1, 0, 0
	case "<=":
		return 1, 1, 0
	case ">":
		return 0, 0, 1
	case ">=":
		return 0, 1, 1
	}
	return 0, 0, 0
}

func fastDecimal(it *item, x, y code) code {
	less, same, more := orders(it.text)
	if less+same+more > 0 {
		return func(m *machine) (Value, *EvalError) {
			a, b, err := it.both(m, x, y)
			if err != nil {
				return Value{}, err
			}
			return Value{h: head(Boolean), n: [3]int64{less, same, more}[a.dec().cmp(b.dec())+1]}, nil
		}
	}
	var op func(a, b dec) (dec, bool)
	switch it.text {
	case "+":
		op = dec.add
	case "-":
		op = dec.sub
	case "*":
		op = dec.mul
	default:
		return nil
	}
	return func(m *machine) (Value, *EvalError) {
		a, b, err := it.both(m, x, y)
		if err != nil {
			return Value{}, err
		}
		if err := m.spend(1); err != nil {
			return Value{}, it.fail(err)
		}
		d, ok := op(a.dec(), b.dec())
		if !ok {
			return Value{}, it.fail(outOfRange(Decimal))
		}
		return d.value(Decimal), nil
	}
}
