package expr

import (
	"fmt"
	"slices"
	"strings"
)

// A Part is a piece of a compiled expression that can be computed by itself, for those who
// know of a variable only what it may be: they compute the pieces of one variable for each
// of its values and put the rest together from the results.
type Part struct {
	Args  []*Part // empty for literals, constants and variables
	Slots []int   // variables it reads, ascending
	Lazy  bool    // If and ?: the first argument decides which of the others is computed
	Pure  bool    // nothing but these variables counts: no clock, no object of the org
	Skips []bool  // of "and" and "or" in a reading that skips: the left side that decides
	Text  string  // the same for parts that compute the same from the same slots

	typ    Type
	code   code
	apply  code // reads its arguments as variables 0, 1 …
	budget int
}

// Part gives the expression in pieces.
func (p *Program) Part() *Part {
	p.part.Do(func() {
		c := &compiler{Options: p.opts}
		p.parts = c.part(p.whole, p.budget)
	})
	return p.parts
}

func (c *compiler) part(it *item, budget int) *Part {
	p := &Part{code: c.item(it), Pure: true, budget: budget, typ: it.typ}
	var text strings.Builder
	switch it.kind {
	case itemLiteral, itemConstant:
		text.Write(it.value.AppendKey([]byte{'='}))
	case itemVariable:
		p.Slots = []int{it.slot}
		fmt.Fprintf(&text, "$%d", it.slot)
	case itemProperty:
		fmt.Fprintf(&text, ".%s:%d", it.property, it.typ)
	default:
		fmt.Fprintf(&text, "%s:%d", it.text, it.typ)
		p.Lazy = it.overload.rule == ruleIf
		p.Pure = it.overload.pure() && it.overload.name != "GetCurrentDateTimeUtc" && !strings.EqualFold(it.text, "Random")
	}
	text.WriteByte('(')
	for _, a := range it.args {
		x := c.part(a, budget)
		p.Args = append(p.Args, x)
		p.Pure = p.Pure && x.Pure
		p.Slots = append(p.Slots, x.Slots...)
		text.WriteString(x.Text)
		text.WriteByte(',')
	}
	text.WriteByte(')')
	p.Text = text.String()
	slices.Sort(p.Slots)
	p.Slots = slices.Compact(p.Slots)
	if len(it.args) > 0 {
		given := *it
		given.args = make([]*item, len(it.args))
		for i, a := range it.args {
			if given.args[i] = a; !a.known() {
				given.args[i] = &item{kind: itemVariable, at: a.at, text: a.text, typ: a.typ, slot: i}
			}
		}
		p.apply = c.item(&given)
	}
	if c.ShortCircuit && it.kind == itemCall && (it.text == "and" || it.text == "or") {
		p.Skips = []bool{it.text == "or"}
	}
	return p
}

// Type is the type of the result.
func (p *Part) Type() Type { return p.typ }

// Eval computes the part. The error is an *EvalError.
func (p *Part) Eval(env Env) (Value, error) { return run(p.code, p.budget, env) }

// Apply computes the part from what its arguments gave. The error is an *EvalError.
func (p *Part) Apply(env Env, args []Value) (Value, error) {
	return run(p.apply, p.budget, &arguments{env, args})
}

// arguments is an Env whose variables are the arguments of a part.
type arguments struct {
	Env
	given []Value
}

func (a *arguments) Var(slot int) Value { return a.given[slot] }

func (a *arguments) Random() float64 {
	if r, ok := a.Env.(interface{ Random() float64 }); ok {
		return r.Random()
	}
	return 0.5
}

func (a *arguments) Languages() []string {
	if l, ok := a.Env.(interface{ Languages() []string }); ok {
		return l.Languages()
	}
	return []string{a.Language()}
}

func run(c code, budget int, env Env) (Value, error) {
	m := machines.Get().(*machine)
	m.env, m.budget = env, budget
	v, err := c(m)
	if cap(m.stack) > maxKept {
		m.stack = nil
	}
	m.env, m.stack = nil, m.stack[:0]
	machines.Put(m)
	if err != nil {
		return Value{}, err
	}
	return v, nil
}
