package expr

// This file gives operators on plain values code of their own, without the stack and
// without making a Value of every step. The table stays the law: a test
// evaluates made-up expressions both ways.

// A scalar computes what a Value holds in n alone: Boolean, Integer, DateTime, Duration.
type scalar func(m *machine) (n int64, set bool, err *EvalError)

func isScalar(t Type) bool {
	return t == Boolean || t == Integer || t == DateTime || t == Duration
}

// code makes Values of what a scalar computes.
func (f scalar) code(t Type) code {
	h := header(t)
	return func(m *machine) (Value, *EvalError) {
		n, set, err := f(m)
		if err != nil {
			return Value{}, err
		}
		if !set {
			return Value{h: h}, nil
		}
		return Value{h: h | flagSet, n: n}, nil
	}
}

// scalar compiles an item of a scalar type.
func (c *compiler) scalar(it *item) scalar {
	switch it.kind {
	case itemLiteral, itemConstant:
		n, set := it.value.n, it.value.IsSet()
		return func(*machine) (int64, bool, *EvalError) { return n, set, nil }
	case itemVariable:
		slot := it.slot
		return func(m *machine) (int64, bool, *EvalError) {
			v := m.env.Var(slot)
			return v.n, v.h&flagSet != 0, nil
		}
	case itemCall:
		if c.plain {
			break
		}
		if f := c.fastScalar(it); f != nil {
			return f
		}
	}
	f := c.item(it)
	return func(m *machine) (int64, bool, *EvalError) {
		v, err := f(m)
		return v.n, v.h&flagSet != 0, err
	}
}

// fastScalar compiles a call with a scalar result, or gives nil.
func (c *compiler) fastScalar(it *item) scalar {
	if it.overload.rule == ruleIf {
		return c.scalarIf(it)
	}
	if f := c.fastSize(it); f != nil {
		return f
	}
	switch len(it.args) {
	case 0:
		if it.overload.name == "GetCurrentDateTimeUtc" {
			return func(m *machine) (int64, bool, *EvalError) { return m.env.Now().UnixMilli(), true, nil }
		}
	case 1:
		return c.fastTest(it)
	case 2:
		return c.fastBinary(it, it.args[0].typ, it.args[1].typ)
	}
	return nil
}

func (c *compiler) scalarIf(it *item) scalar {
	cond, then, other := c.scalar(it.args[0]), c.scalar(it.args[1]), c.scalar(it.args[2])
	return func(m *machine) (int64, bool, *EvalError) {
		n, set, err := cond(m)
		if err != nil {
			return 0, false, err
		}
		if n != 0 && set {
			return then(m)
		}
		return other(m)
	}
}

// fastTest has the functions of one argument that conditions are made of.
func (c *compiler) fastTest(it *item) scalar {
	switch {
	case it.text == "!":
		x := c.scalar(it.args[0])
		return func(m *machine) (int64, bool, *EvalError) {
			n, set, err := x(m)
			if err == nil && !set {
				err = it.forbidden(0)
			}
			return n ^ 1, true, err
		}
	case it.text == "IsSet":
		x := c.item(it.args[0])
		return func(m *machine) (int64, bool, *EvalError) {
			v, err := x(m)
			return int64(v.h & flagSet >> 16), true, err
		}
	}
	return nil
}

func (c *compiler) fastBinary(it *item, t, u Type) scalar {
	switch it.text {
	case "and", "or":
		return c.logic(it)
	case "==", "!=":
		if t == u && (isScalar(t) || t == String) {
			return c.equality(it, t)
		}
		return nil
	}
	less, same, more := orders(it.text)
	switch ordered := less+same+more > 0; {
	case ordered && t == u && isScalar(t):
		return c.order(it, less, same, more)
	case ordered && isPlainNumber(t) && isPlainNumber(u):
		return c.decimalOrder(it, [3]int64{less, same, more})
	case t == Integer && u == Integer:
		return c.integer(it)
	}
	return nil
}

func isPlainNumber(t Type) bool { return t == Integer || t == Decimal }

// missing is the error of two operands one of which is NOT_SET.
func (it *item) missing(first bool) *EvalError {
	if first {
		return it.forbidden(1)
	}
	return it.forbidden(0)
}

func (c *compiler) logic(it *item) scalar {
	x, y := c.scalar(it.args[0]), c.scalar(it.args[1])
	decides := int64(0)
	if it.text == "or" {
		decides = 1
	}
	short := c.ShortCircuit
	return func(m *machine) (int64, bool, *EvalError) {
		a, set, err := x(m)
		if err != nil {
			return 0, false, err
		}
		if short {
			if !set {
				return 0, false, it.forbidden(0)
			}
			if a == decides {
				return a, true, nil
			}
		}
		b, set2, err := y(m)
		if err != nil {
			return 0, false, err
		}
		if !set || !set2 {
			return 0, false, it.missing(set)
		}
		if a == decides {
			return a, true, nil
		}
		return b, true, nil
	}
}

func (c *compiler) equality(it *item, t Type) scalar {
	flip := int64(0)
	if it.text == "!=" {
		flip = 1
	}
	if k := it.args[1]; k.known() && k.value.IsSet() {
		return c.equalsKnown(it.args[0], k.value, flip)
	}
	if t == String {
		x, y := c.text(it.args[0]), c.text(it.args[1])
		return func(m *machine) (int64, bool, *EvalError) {
			a, set, err := x(m)
			if err != nil {
				return 0, false, err
			}
			b, set2, err := y(m)
			if err != nil {
				return 0, false, err
			}
			if set == set2 && (!set || a == b) {
				return 1 ^ flip, true, nil
			}
			return flip, true, nil
		}
	}
	x, y := c.scalar(it.args[0]), c.scalar(it.args[1])
	return func(m *machine) (int64, bool, *EvalError) {
		a, set, err := x(m)
		if err != nil {
			return 0, false, err
		}
		b, set2, err := y(m)
		if err != nil {
			return 0, false, err
		}
		if set == set2 && (!set || a == b) {
			return 1 ^ flip, true, nil
		}
		return flip, true, nil
	}
}

// equalsKnown has the comparisons with a value that is written down, the most frequent ones.
func (c *compiler) equalsKnown(it *item, k Value, flip int64) scalar {
	if it.typ == String {
		x, b := c.text(it), k.s
		return func(m *machine) (int64, bool, *EvalError) {
			a, set, err := x(m)
			if err == nil && set && a == b {
				return 1 ^ flip, true, nil
			}
			return flip, true, err
		}
	}
	x, b := c.scalar(it), k.n
	return func(m *machine) (int64, bool, *EvalError) {
		a, set, err := x(m)
		if err == nil && set && a == b {
			return 1 ^ flip, true, nil
		}
		return flip, true, err
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

func (c *compiler) order(it *item, less, same, more int64) scalar {
	x, y := c.scalar(it.args[0]), c.scalar(it.args[1])
	if k := it.args[1]; k.known() && k.value.IsSet() {
		b := k.value.n
		return func(m *machine) (int64, bool, *EvalError) {
			a, set, err := x(m)
			switch {
			case err != nil:
				return 0, false, err
			case !set:
				return 0, false, it.forbidden(0)
			case a < b:
				return less, true, nil
			case a > b:
				return more, true, nil
			}
			return same, true, nil
		}
	}
	return func(m *machine) (int64, bool, *EvalError) {
		a, set, err := x(m)
		if err != nil {
			return 0, false, err
		}
		b, set2, err := y(m)
		switch {
		case err != nil:
			return 0, false, err
		case !set || !set2:
			return 0, false, it.missing(set)
		case a < b:
			return less, true, nil
		case a > b:
			return more, true, nil
		}
		return same, true, nil
	}
}

// integer has + - and * of Integers.
func (c *compiler) integer(it *item) scalar {
	sign := int64(1)
	switch it.text {
	case "-":
		sign = -1
	case "*":
		sign = 0
	case "+":
	default:
		return nil
	}
	x, y := c.scalar(it.args[0]), c.scalar(it.args[1])
	var constant *int64
	if k := it.args[1]; k.known() && k.value.IsSet() {
		constant = &k.value.n
	}
	return func(m *machine) (int64, bool, *EvalError) {
		a, set, err := x(m)
		if err != nil {
			return 0, false, err
		}
		var b int64
		set2 := true
		if constant != nil {
			b = *constant
		} else if b, set2, err = y(m); err != nil {
			return 0, false, err
		}
		if !set || !set2 {
			return 0, false, it.missing(set)
		}
		fits := true
		if sign == 0 {
			a, fits = mul64(a, b)
		} else {
			a += sign * b
		}
		if !fits || a > maxInt || a < -maxInt {
			return 0, false, it.fail(outOfRange(Integer))
		}
		return a, true, nil
	}
}

// A decimal computes an Integer or a Decimal as a dec.
type decimal func(m *machine) (d dec, set bool, err *EvalError)

func (f decimal) code() code {
	return func(m *machine) (Value, *EvalError) {
		d, set, err := f(m)
		if err != nil {
			return Value{}, err
		}
		if !set {
			return NotSet(Decimal), nil
		}
		return d.value(Decimal), nil
	}
}

func (c *compiler) decimal(it *item) decimal {
	switch {
	case it.kind == itemLiteral || it.kind == itemConstant:
		d, set := it.value.dec(), it.value.IsSet()
		return func(*machine) (dec, bool, *EvalError) { return d, set, nil }
	case it.kind == itemVariable:
		slot := it.slot
		return func(m *machine) (dec, bool, *EvalError) {
			v := m.env.Var(slot)
			return v.dec(), v.h&flagSet != 0, nil
		}
	case it.typ == Integer:
		f := c.scalar(it)
		return func(m *machine) (dec, bool, *EvalError) {
			n, set, err := f(m)
			return dec{n: n}, set, err
		}
	case it.kind == itemCall:
		if f := c.fastDecimal(it); f != nil {
			return f
		}
	}
	f := c.item(it)
	return func(m *machine) (dec, bool, *EvalError) {
		v, err := f(m)
		return v.dec(), v.h&flagSet != 0, err
	}
}

// fastDecimal has + - * of numbers of which one at least is a Decimal.
func (c *compiler) fastDecimal(it *item) decimal {
	if len(it.args) != 2 || !isPlainNumber(it.args[0].typ) || !isPlainNumber(it.args[1].typ) {
		return nil
	}
	if it.text != "+" && it.text != "-" && it.text != "*" {
		return nil
	}
	sign := it.text[0]
	x, y := c.decimal(it.args[0]), c.decimal(it.args[1])
	return func(m *machine) (d dec, set bool, err *EvalError) {
		a, set, err := x(m)
		if err != nil {
			return d, false, err
		}
		b, set2, err := y(m)
		if err != nil {
			return d, false, err
		}
		if !set || !set2 {
			return d, false, it.missing(set)
		}
		var fits bool
		switch sign {
		case '+':
			d, fits = a.add(b)
		case '-':
			d, fits = a.sub(b)
		default:
			d, fits = a.mul(b)
		}
		if !fits {
			return d, false, it.fail(outOfRange(Decimal))
		}
		return d, true, nil
	}
}

func (c *compiler) decimalOrder(it *item, when [3]int64) scalar {
	x, y := c.decimal(it.args[0]), c.decimal(it.args[1])
	return func(m *machine) (int64, bool, *EvalError) {
		a, set, err := x(m)
		if err != nil {
			return 0, false, err
		}
		b, set2, err := y(m)
		if err != nil {
			return 0, false, err
		}
		if !set || !set2 {
			return 0, false, it.missing(set)
		}
		return when[a.cmp(b)+1], true, nil
	}
}
