package expr

import (
	"strings"
	"unicode/utf8"
)

// This file does for texts and collections what fast.go does for plain values. Only what
// flows use all the time is here; everything else goes through the table.

// A text computes what a String holds.
type text func(m *machine) (s string, set bool, err *EvalError)

func (f text) code() code {
	return func(m *machine) (Value, *EvalError) {
		s, set, err := f(m)
		if err != nil {
			return Value{}, err
		}
		if !set {
			return Value{h: header(String)}, nil
		}
		return Value{h: header(String) | flagSet, s: s}, nil
	}
}

// reads takes from the budget what a function costs that reads n bytes, as generalCall does.
func (m *machine) reads(n int) bool {
	m.budget -= 1 + n>>5
	return m.budget >= 0
}

// exhausted is the error after reads said no.
func (m *machine) exhausted(it *item) *EvalError { return it.fail(m.spend(0)) }

// text compiles an item of the type String.
func (c *compiler) text(it *item) text {
	switch it.kind {
	case itemLiteral, itemConstant:
		s, set := it.value.s, it.value.IsSet()
		return func(*machine) (string, bool, *EvalError) { return s, set, nil }
	case itemVariable:
		slot := it.slot
		return func(m *machine) (string, bool, *EvalError) {
			v := m.env.Var(slot)
			return v.s, v.h&flagSet != 0, nil
		}
	case itemCall:
		if c.plain {
			break
		}
		if f := c.fastText(it); f != nil {
			return f
		}
	}
	f := c.item(it)
	return func(m *machine) (string, bool, *EvalError) {
		v, err := f(m)
		return v.s, v.h&flagSet != 0, err
	}
}

// fastText compiles a call with a text as its result, or gives nil.
func (c *compiler) fastText(it *item) text {
	if it.typ != String {
		return nil
	}
	switch it.overload.rule {
	case ruleIf:
		return c.textIf(it)
	case ruleItem:
		return c.partOf(it)
	}
	switch it.overload.name {
	case "Left":
		return c.leftOf(it)
	case "Substring":
		return c.substring(it)
	case "Replace":
		return c.replace(it)
	case "Lower":
		return c.mapText(it, strings.ToLower)
	case "Trim":
		return c.mapText(it, func(s string) string { return strings.Trim(s, blanks) })
	case "Append", "+":
		if len(it.args) == 2 && it.args[0].typ == String && it.args[1].typ == String {
			return c.join(it)
		}
	}
	return nil
}

func (c *compiler) textIf(it *item) text {
	cond, then, other := c.scalar(it.args[0]), c.text(it.args[1]), c.text(it.args[2])
	return func(m *machine) (string, bool, *EvalError) {
		n, set, err := cond(m)
		if err != nil {
			return "", false, err
		}
		if n != 0 && set {
			return then(m)
		}
		return other(m)
	}
}

// set computes an argument that forbids NOT_SET, and pays for reading it.
func (x text) set(m *machine, it *item, i int) (string, *EvalError) {
	s, set, err := x(m)
	switch {
	case err != nil:
		return "", err
	case !set:
		return "", it.forbidden(i)
	case !m.reads(len(s)):
		return "", m.exhausted(it)
	}
	return s, nil
}

// set is the same for a number, whose bounds are checked later.
func (x scalar) set(m *machine, it *item, i int) (int64, *EvalError) {
	n, set, err := x(m)
	if err == nil && !set {
		err = it.forbidden(i)
	}
	return n, err
}

// within checks the bounds of an Integer.
func (it *item) within(i int, n int64) *EvalError {
	p := it.overload.param(i)
	if !p.bounded || n >= p.min && n <= p.max {
		return nil
	}
	return it.beyond(p, Value{h: head(Integer), n: n})
}

func (c *compiler) mapText(it *item, f func(string) string) text {
	x := c.text(it.args[0])
	return func(m *machine) (string, bool, *EvalError) {
		s, err := x.set(m, it, 0)
		if err != nil {
			return "", false, err
		}
		return f(s), true, nil
	}
}

func (c *compiler) leftOf(it *item) text {
	x, y := c.text(it.args[0]), c.scalar(it.args[1])
	return func(m *machine) (string, bool, *EvalError) {
		s, err := x.set(m, it, 0)
		if err != nil {
			return "", false, err
		}
		n, err := y.set(m, it, 1)
		if err == nil {
			err = it.within(1, n)
		}
		if err != nil {
			return "", false, err
		}
		return s[:offset(s, n)], true, nil
	}
}

func (c *compiler) substring(it *item) text {
	x, y, z := c.text(it.args[0]), c.scalar(it.args[1]), c.scalar(it.args[2])
	return func(m *machine) (string, bool, *EvalError) {
		s, err := x.set(m, it, 0)
		if err != nil {
			return "", false, err
		}
		from, err := y.set(m, it, 1)
		if err != nil {
			return "", false, err
		}
		n, err := z.set(m, it, 2)
		if err == nil {
			err = it.within(1, from)
		}
		if err == nil {
			err = it.within(2, n)
		}
		if err != nil {
			return "", false, err
		}
		s = s[offset(s, from):]
		return s[:offset(s, n)], true, nil
	}
}

// replace has the form whose second and third argument are written down.
func (c *compiler) replace(it *item) text {
	find, with := it.args[1], it.args[2]
	if !find.known() || !with.known() {
		return nil
	}
	if !find.value.IsSet() {
		return nil
	}
	from, to := find.value.s, with.value.s
	x := c.text(it.args[0])
	return func(m *machine) (string, bool, *EvalError) {
		s, err := x.set(m, it, 0)
		if err != nil {
			return "", false, err
		}
		if from == "" || !strings.Contains(s, from) {
			return s, true, nil
		}
		if err := m.spend(len(s) + strings.Count(s, from)*(len(to)-len(from))); err != nil {
			return "", false, it.fail(err)
		}
		return strings.ReplaceAll(s, from, to), true, nil
	}
}

// known reports a value that is there when the expression is compiled.
func (it *item) known() bool { return it.kind == itemLiteral || it.kind == itemConstant }

// join has Append, for which NOT_SET is an empty text, and + of two texts.
func (c *compiler) join(it *item) text {
	x, y := c.text(it.args[0]), c.text(it.args[1])
	forbids := [2]bool{!it.overload.param(0).notSet, !it.overload.param(1).notSet}
	return func(m *machine) (string, bool, *EvalError) {
		a, set, err := x(m)
		if err == nil && !set && forbids[0] {
			err = it.forbidden(0)
		}
		if err != nil {
			return "", false, err
		}
		b, set, err := y(m)
		if err == nil && !set && forbids[1] {
			err = it.forbidden(1)
		}
		if err != nil {
			return "", false, err
		}
		if n := len(a) + len(b); !m.reads(n + n<<5) { // made as well as read
			return "", false, m.exhausted(it)
		}
		return a + b, true, nil
	}
}

// fastSize has the functions that give an Integer or Boolean of a text or collection.
func (c *compiler) fastSize(it *item) scalar {
	switch name := it.overload.name; {
	case name == "Length" && it.args[0].typ == String:
		x := c.text(it.args[0])
		return func(m *machine) (int64, bool, *EvalError) {
			s, err := x.set(m, it, 0)
			if err != nil {
				return 0, false, err
			}
			return int64(utf8.RuneCountInString(s)), true, nil
		}
	case name == "Count" && it.args[0].typ.IsList() && it.args[0].kind == itemVariable:
		slot := it.args[0].slot
		return func(m *machine) (int64, bool, *EvalError) {
			v := m.env.Var(slot)
			if v.h&flagSet == 0 {
				return 0, false, it.forbidden(0)
			}
			return int64(v.Len()), true, nil
		}
	case name == "Count" && it.args[0].typ.IsList():
		if x := c.split(it.args[0]); x != nil {
			return func(m *machine) (int64, bool, *EvalError) {
				_, n, err := x(m)
				return int64(n), true, err
			}
		}
		x := c.item(it.args[0])
		return func(m *machine) (int64, bool, *EvalError) {
			v, err := x(m)
			if err == nil && v.h&flagSet == 0 {
				err = it.forbidden(0)
			}
			if err != nil {
				return 0, false, err
			}
			return int64(v.Len()), true, nil
		}
	case name == "IsNotSetOrEmpty" && it.args[0].typ == String:
		x := c.text(it.args[0])
		return func(m *machine) (int64, bool, *EvalError) {
			s, set, err := x(m)
			if !set || s == "" {
				return 1, true, err
			}
			return 0, true, err
		}
	case name == "FindFirst" && it.args[0].typ.IsList():
		return c.findFirst(it)
	}
	return nil
}

func (c *compiler) findFirst(it *item) scalar {
	x, y := c.item(it.args[0]), c.item(it.args[1])
	texts := it.args[1].typ == String
	return func(m *machine) (int64, bool, *EvalError) {
		list, err := x(m)
		if err == nil && list.h&flagSet == 0 {
			err = it.forbidden(0)
		}
		if err != nil {
			return 0, false, err
		}
		v, err := y(m)
		if err != nil {
			return 0, false, err
		}
		items := list.items()
		if err := m.spend(1 + len(items) + len(v.s)>>5); err != nil {
			return 0, false, it.fail(err)
		}
		if texts && v.h&flagSet != 0 {
			for i := range items {
				if items[i].h&flagSet != 0 && items[i].s == v.s {
					return int64(i), true, nil
				}
			}
			return -1, true, nil
		}
		for i := range items {
			if items[i].Equal(v) {
				return int64(i), true, nil
			}
		}
		return -1, true, nil
	}
}

// split has a Split of which no collection is made: what asks for it needs one part, or only
// how many there are.
func (c *compiler) split(it *item) func(m *machine) (parts, int, *EvalError) {
	if it.kind != itemCall || it.overload.name != "Split" || it.args[0].typ != String || it.args[1].typ != String {
		return nil
	}
	x, y := c.text(it.args[0]), c.text(it.args[1])
	return func(m *machine) (p parts, n int, err *EvalError) {
		if p.s, err = x.set(m, it, 0); err != nil {
			return p, 0, err
		}
		if p.by, err = y.set(m, it, 1); err != nil {
			return p, 0, err
		}
		n = p.count()
		if err := m.spend(n * valueSize); err != nil {
			return p, 0, it.fail(err)
		}
		return p, n, nil
	}
}

// partOf has GetAt of a Split.
func (c *compiler) partOf(it *item) text {
	x := c.split(it.args[0])
	if x == nil || it.args[1].typ != Integer {
		return nil
	}
	y := c.scalar(it.args[1])
	return func(m *machine) (string, bool, *EvalError) {
		p, n, err := x(m)
		if err != nil {
			return "", false, err
		}
		i, err := y.set(m, it, 1)
		if err == nil {
			err = it.within(1, i)
		}
		if err == nil && (i < 0 || i >= int64(n)) {
			err = it.fail(noItem(i, n))
		}
		if err != nil {
			return "", false, err
		}
		for range i {
			p.next()
		}
		return p.next(), true, nil
	}
}

// itemOf has GetAt and [ ] of collections.
func (c *compiler) itemOf(it *item) code {
	x, y := c.item(it.args[0]), c.scalar(it.args[1])
	return func(m *machine) (Value, *EvalError) {
		list, err := x(m)
		if err == nil && list.h&flagSet == 0 {
			err = it.forbidden(0)
		}
		if err != nil {
			return Value{}, err
		}
		i, err := y.set(m, it, 1)
		if err == nil {
			err = it.within(1, i)
		}
		if err != nil {
			return Value{}, err
		}
		if items := list.items(); i >= 0 && i < int64(len(items)) {
			return items[i], nil
		}
		return Value{}, it.fail(noItem(i, list.Len()))
	}
}
