package expr

import (
	"fmt"
	"sync"
)

// A Program is a compiled expression. It may be evaluated by many goroutines at once.
type Program struct {
	typed  Typed
	code   code
	budget int
	known  bool // value is the result
	slot   int  // the expression is a variable, of which value is NOT_SET; or −1
	value  Value
	whole  *item // for Part
	opts   Options
	part   sync.Once
	parts  *Part
}

// Typed is what the checker found.
func (p *Program) Typed() Typed { return p.typed }

// Type is the type of the result.
func (p *Program) Type() Type { return p.typed.Type }

// Compile parses, checks and compiles an expression; target is as for Check. At most one
// Options is looked at. The error is an *Error.
func Compile(text string, scope Scope, target *Type, o ...Options) (*Program, error) {
	n, err := Parse(text)
	if err != nil {
		return nil, err
	}
	return CompileNode(n, scope, target, o...)
}

// CompileNode is Compile for a parsed expression.
func CompileNode(n Node, scope Scope, target *Type, o ...Options) (*Program, error) {
	c := &compiler{}
	if len(o) > 0 {
		c.Options = o[0]
	}
	return c.program(n, scope, target)
}

func (c *compiler) program(n Node, scope Scope, target *Type) (*Program, error) {
	it, t, err := check(n, scope, target)
	if err != nil {
		return nil, err
	}
	if err := it.uncomputed(); err != nil {
		return nil, err
	}
	p := &Program{typed: t, budget: c.Budget, slot: -1}
	if p.budget <= 0 {
		p.budget = DefaultBudget
	}
	if !c.plain {
		c.left = min(foldBudget, p.budget)
		p.budget -= c.left
		c.fold(it)
		p.budget += c.left
	}
	p.code, p.whole, p.opts = c.item(it), it, c.Options
	switch {
	case it.known():
		p.known, p.value = true, it.value
	case it.kind == itemVariable:
		p.slot, p.value = it.slot, NotSet(it.typ)
	}
	return p, nil
}

// uncomputed is the error of a call that is known and cannot be computed here.
func (it *item) uncomputed() error {
	if it.overload != nil && it.overload.do == nil {
		return &Error{
			Offset: it.at, Length: len(it.text),
			Message: it.text + " cannot be computed here: how Genesys does it is not published",
			Hint:    "the expression is well typed and works in an org; try the call there",
		}
	}
	for _, a := range it.args {
		if err := a.uncomputed(); err != nil {
			return err
		}
	}
	return nil
}

// code computes a part of an expression.
type code func(m *machine) (Value, *EvalError)

type compiler struct {
	Options
	plain bool // without the code of fast.go and its like
	left  int  // of the budget for folding
}

func constantCode(v Value) code { return func(*machine) (Value, *EvalError) { return v, nil } }

func (c *compiler) item(it *item) code {
	switch it.kind {
	case itemLiteral, itemConstant:
		return constantCode(it.value)
	case itemVariable:
		slot, none := it.slot, NotSet(it.typ)
		return func(m *machine) (Value, *EvalError) {
			v := m.env.Var(slot)
			if v.h == 0 {
				return none, nil
			}
			return v, nil
		}
	case itemProperty:
		return c.property(it)
	}
	if isScalar(it.typ) && !c.plain {
		if f := c.fastScalar(it); f != nil {
			return f.code(it.typ)
		}
	}
	if it.typ == Decimal && !c.plain {
		if f := c.fastDecimal(it); f != nil {
			return f.code()
		}
	}
	if !c.plain {
		if f := c.fastText(it); f != nil {
			return f.code()
		}
		if it.overload.rule == ruleItem && it.args[1].typ == Integer {
			return c.itemOf(it)
		}
	}
	if it.overload.rule == ruleIf {
		return c.conditional(it)
	}
	args := make([]code, len(it.args))
	for i, a := range it.args {
		args[i] = c.item(a)
	}
	return generalCall(it, args)
}

// fail adds to an error of a part where it came from, once.
func (it *item) fail(err *EvalError) *EvalError {
	if err.Func == "" {
		err.Offset, err.Func = it.at, it.text
	}
	return err
}

// forbidden is the error of NOT_SET where it is not allowed.
func (it *item) forbidden(i int) *EvalError {
	name := it.overload.param(i).name
	return &EvalError{Offset: it.at, Func: it.text, Message: fmt.Sprintf("NOT_SET is given for %s, which forbids it", name)}
}

// beyond is the error of an argument outside its bounds.
func (it *item) beyond(p *param, v Value) *EvalError {
	return &EvalError{Offset: it.at, Func: it.text, Message: fmt.Sprintf("the value %s of %s is %s", v, p.name, p.outside(v))}
}

// generalCall computes all arguments, checks NOT_SET and bounds, and calls the overload.
func generalCall(it *item, args []code) code {
	o, do := it.overload, it.overload.do
	forbids := make([]bool, len(args))
	for i := range args {
		forbids[i] = !o.param(i).notSet
	}
	return func(m *machine) (Value, *EvalError) {
		if err := m.spend(1); err != nil {
			return Value{}, it.fail(err)
		}
		base := len(m.stack)
		for i, a := range args {
			v, err := a(m)
			if err != nil {
				return Value{}, err
			}
			if forbids[i] && v.h&flagSet == 0 {
				return Value{}, it.forbidden(i)
			}
			// Functions read texts to their end; long ones cost.
			if m.budget -= len(v.s) >> 5; m.budget < 0 {
				return Value{}, it.fail(m.spend(0))
			}
			m.stack = append(m.stack, v)
		}
		given := m.stack[base:]
		if o.strict {
			for i, v := range given {
				p := o.param(i)
				if p.outside(v) != "" {
					return Value{}, it.beyond(p, v)
				}
			}
		}
		v, err := do(m, given)
		m.stack = m.stack[:base]
		if err != nil {
			return Value{}, it.fail(err)
		}
		return v, nil
	}
}

// conditional computes the condition and one branch; NOT_SET counts as false.
func (c *compiler) conditional(it *item) code {
	cond, then, other := c.scalar(it.args[0]), c.item(it.args[1]), c.item(it.args[2])
	return func(m *machine) (Value, *EvalError) {
		n, set, err := cond(m)
		if err != nil {
			return Value{}, err
		}
		if n != 0 && set {
			return then(m)
		}
		return other(m)
	}
}

// property reads a property; of NOT_SET there is none to read.
func (c *compiler) property(it *item) code {
	x, name, none := c.item(it.args[0]), it.property, NotSet(it.typ)
	of := it.args[0].typ
	return func(m *machine) (Value, *EvalError) {
		v, err := x(m)
		if err != nil {
			return Value{}, err
		}
		if v.h&flagSet == 0 {
			return Value{}, &EvalError{Offset: it.at, Func: ".", Message: fmt.Sprintf("the property %s of NOT_SET (%s) is asked for", name, of)}
		}
		var p Value
		var ok bool
		switch of {
		case JSON:
			if err := m.spend(1 + len(v.p.json.keys)); err != nil {
				return Value{}, it.fail(err)
			}
			return jsonMember(v, name), nil
		case Currency:
			p, ok = currencyProp(v, name)
		default:
			p, ok = v.prop(name)
		}
		if !ok || p.h == 0 {
			return none, nil
		}
		return p, nil
	}
}
