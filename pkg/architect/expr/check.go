package expr

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
)

// Typed is what the checker found out about an expression.
type Typed struct {
	Type       Type     // the type of the result, after conversion
	Conversion string   // the function that was put round the whole for the target's sake, such as ToString
	Symbols    []Symbol // the variables it names, each once
}

// Check finds the static type of a parsed expression. With a target, the type of the field
// the expression stands in, the whole is converted when a function does that, and a bare
// NOT_SET takes the target's type. The error is an *Error.
func Check(n Node, scope Scope, target *Type) (Typed, error) {
	_, t, err := check(n, scope, target)
	if err != nil {
		return Typed{}, err
	}
	return t, nil
}

// CheckText parses and checks.
func CheckText(text string, scope Scope, target *Type) (Typed, error) {
	n, err := Parse(text)
	if err != nil {
		return Typed{}, err
	}
	return Check(n, scope, target)
}

// An item is a node with what the checker knows of it; the compiler works on items.
type item struct {
	kind itemKind
	at   int
	text string // the operator's, function's or variable's name
	typ  Type
	args []*item

	value    Value     // of a literal or constant
	literal  bool      // counts as written down: bounds hold for it at once
	overload *overload // of a call
	slot     int       // of a variable
	property string    // lower case, of JSON as written
	group    string    // of a language context: the namespace it is from
	key      string    // of a constant: the name that led to it
}

type itemKind uint8

const (
	itemLiteral itemKind = iota
	itemConstant
	itemVariable
	itemCall
	itemProperty
)

// notSet reports a bare NOT_SET, which has no type of its own until its place gives it one.
func (it *item) notSet() bool { return it.typ == NotSetType }

// take gives a bare NOT_SET the type of its place.
func (it *item) take(t Type) {
	switch t {
	case audioOrPrompt:
		t = Audio
	case textOrCommunication:
		t = String
	}
	if it.notSet() {
		it.typ, it.value = t, NotSet(t)
	}
}

type checker struct {
	scope   Scope
	symbols []Symbol
}

func check(n Node, scope Scope, target *Type) (*item, Typed, *Error) {
	if scope == nil {
		scope = NewTable()
	}
	c := &checker{scope: scope}
	it, err := c.node(n, 0)
	if err != nil {
		return nil, Typed{}, err
	}
	conversion := ""
	if target != nil && *target != Invalid && *target != Any {
		if it, conversion, err = convert(it, *target); err != nil {
			return nil, Typed{}, err
		}
	}
	if it.notSet() {
		return nil, Typed{}, &Error{Offset: it.at, Length: len("NOT_SET"), Message: "a bare NOT_SET has no type", Hint: "write ToString(NOT_SET) or the conversion to the type you want"}
	}
	return it, Typed{Type: it.typ, Conversion: conversion, Symbols: c.symbols}, nil
}

// convert puts a conversion round the whole when its type is not the target's. Only the
// root of an expression is converted; arguments never are.
func convert(it *item, target Type) (*item, string, *Error) {
	if it.typ == target {
		return it, "", nil
	}
	if it.notSet() && !target.IsList() {
		it.take(target)
		return it, "", nil
	}
	if o := castTo(target, it.typ); o != nil {
		return &item{kind: itemCall, at: it.at, text: o.name, typ: target, args: []*item{it}, overload: o}, o.name, nil
	}
	e := &Error{Offset: it.at, Message: fmt.Sprintf("cannot convert from type %s to the required type %s", it.typ.label(), target.label())}
	if target.IsList() && target.Elem() == it.typ {
		e.Hint = "MakeList makes a collection"
	}
	return nil, "", e
}

// casts are the functions that convert a whole expression, by the type they make.
var casts = map[Type][]string{
	Boolean: {"ToBool"}, Integer: {"ToInt"}, Decimal: {"ToDecimal"}, String: {"ToString"}, DateTime: {"ToDateTime"},
	Duration: {"ToDuration"}, Currency: {"ToCurrency"}, PhoneNumber: {"ToPhoneNumber"}, JSON: {"ToJson"},
	Audio: {"ToAudioTTS", "ToAudioBool", "ToAudioDuration", "ToAudioCurrency", "ToAudioDateTime", "ToAudio", "ToAudioNumber"},
}

// castTo is the overload that converts from a type to another, or nil.
func castTo(to, from Type) *overload {
	for _, name := range casts[to] {
		for _, o := range functions().byName[strings.ToLower(name)].overloads {
			if len(o.params) != 1 || o.result != to || o.rule != ruleNone {
				continue
			}
			if p := o.params[0].typ; p == from || p.Elem() == Any && from.isAny() && p.IsList() == from.IsList() {
				return o
			}
		}
	}
	return nil
}

// node checks a part. The engine checks arguments before the function they are given to.
func (c *checker) node(n Node, depth int) (*item, *Error) {
	if depth > 2*maxDepth {
		return nil, &Error{Message: "the expression is nested too deeply"}
	}
	depth++
	switch n := n.(type) {
	case *Literal:
		return &item{at: n.At, typ: n.Value.literalType(), value: n.Value, literal: true, text: Print(n)}, nil
	case *Variable:
		return c.variable(n)
	case *Property:
		return c.property(n, depth)
	case *Index:
		return c.call(n.At, "[", depth, n.X, n.I)
	case *Call:
		if f := functions().byName[strings.ToLower(n.Name)]; f == nil || f.operator {
			e := &Error{Offset: n.At, Length: len(n.Name), Message: fmt.Sprintf("there is no function %q", n.Name)}
			if near := diag.Nearest(n.Name, functions().names); near != "" {
				e.Hint = fmt.Sprintf("did you mean %q", near)
			}
			return nil, e
		}
		return c.call(n.At, n.Name, depth, n.Args...)
	case *Unary:
		return c.call(n.At, n.Op, depth, n.X)
	case *Binary:
		return c.call(n.At, n.Op, depth, n.X, n.Y)
	case *Conditional:
		return c.call(n.At, "?", depth, n.Cond, n.Then, n.Else)
	}
	return nil, &Error{Message: fmt.Sprintf("unknown node %T", n)}
}

// literalType is the type of a literal in a tree: NOT_SET of no type is a bare one.
func (v Value) literalType() Type {
	if t := v.Type(); t != Invalid {
		return t
	}
	return NotSetType
}

func (c *checker) variable(n *Variable) (*item, *Error) {
	if s, ok := c.scope.Lookup(n.Name); ok {
		if !slices.ContainsFunc(c.symbols, func(o Symbol) bool { return o.Slot == s.Slot && strings.EqualFold(o.Name, s.Name) }) {
			c.symbols = append(c.symbols, s)
		}
		return &item{kind: itemVariable, at: n.At, text: s.Name, typ: s.Type, slot: s.Slot}, nil
	}
	low := strings.ToLower(n.Name)
	if v, ok := constants[low]; ok {
		return &item{kind: itemConstant, at: n.At, text: n.Name, typ: v.Type(), value: v}, nil
	}
	if t, ok := namespaces[low]; ok {
		return &item{kind: itemConstant, at: n.At, text: n.Name, typ: t, value: Value{h: head(t), s: n.Name}, key: low}, nil
	}
	e := &Error{Offset: n.At, Length: len(n.Name), Message: fmt.Sprintf("there is no variable %q", n.Name)}
	if f := functions().byName[low]; f != nil && !f.operator {
		e.Message = fmt.Sprintf("%q is a function and wants parentheses", n.Name)
		return nil, e
	}
	switch low {
	case "true", "false", "not_set":
		e.Hint = fmt.Sprintf("the constant is written %s", map[string]string{"true": "true", "false": "false", "not_set": "NOT_SET"}[low])
	default:
		if near := diag.Nearest(n.Name, slices.Concat(c.scope.Names(), constantNames)); near != "" {
			e.Hint = fmt.Sprintf("did you mean %q", near)
		}
	}
	return nil, e
}

func (c *checker) property(n *Property, depth int) (*item, *Error) {
	x, err := c.node(n.X, depth)
	if err != nil {
		return nil, err
	}
	it := &item{kind: itemProperty, at: n.At, text: ".", args: []*item{x}, property: strings.ToLower(n.Name), typ: JSON}
	if x.typ == JSON {
		it.property = n.Name
		return it, nil
	}
	m, ok := x.typ.property(n.Name)
	if !ok || n.Bracket && !x.typ.isAny() {
		e := &Error{Offset: n.At, Length: 1 + len(n.Name), Message: fmt.Sprintf("the type %s has no property %q", x.typ.label(), n.Name)}
		var names []string
		for _, m := range members()[x.typ] {
			names = append(names, m.name)
		}
		if near := diag.Nearest(n.Name, names); near != "" {
			e.Hint = fmt.Sprintf("did you mean %q", near)
		}
		return nil, e
	}
	it.typ = m.typ
	if x.kind == itemConstant {
		it.kind, it.literal, it.args = itemConstant, !n.Bracket, nil
		it.value, it.key, it.text = constant(x.typ, x.key, m), n.Name, m.name
		if m.typ == LanguageNumber {
			it.group = x.key
		}
	}
	return it, nil
}

// call checks the arguments and finds the overload they fit.
func (c *checker) call(at int, name string, depth int, nodes ...Node) (*item, *Error) {
	f := functions().byName[strings.ToLower(name)]
	if f == nil {
		return nil, &Error{Offset: at, Message: fmt.Sprintf("there is no operator %q", name)}
	}
	it := &item{kind: itemCall, at: at, text: f.name, args: make([]*item, len(nodes))}
	for i, n := range nodes {
		a, err := c.node(n, depth)
		if err != nil {
			return nil, err
		}
		if a.overload != nil && a.overload.rule == ruleLast {
			return nil, &Error{Offset: a.at, Length: len(a.text), Message: fmt.Sprintf("%s must be the last operation of an expression", a.text)}
		}
		it.args[i] = a
	}
	for _, o := range f.overloads {
		if !o.fits(it.args) {
			continue
		}
		it.overload = o
		if err := o.restrict(it); err != nil {
			return nil, err
		}
		return it, o.resolve(it)
	}
	return nil, noOverload(it)
}

// noOverload says what was given where nothing fits it, in the words of Genesys' engine.
func noOverload(it *item) *Error {
	e := &Error{Offset: it.at, Length: len(it.text)}
	labels := make([]string, len(it.args))
	for i, a := range it.args {
		labels[i] = a.typ.label()
	}
	switch n := len(labels); n {
	case 0:
		e.Message = fmt.Sprintf("%q: there is no implementation that takes zero parameters", it.text)
	case 1:
		e.Message = fmt.Sprintf("%q: there is no implementation that accepts a parameter of type %s", it.text, labels[0])
	default:
		e.Message = fmt.Sprintf("%q: there is no implementation that accepts parameters of %s and %s", it.text, strings.Join(labels[:n-1], ", "), labels[n-1])
	}
	switch {
	case it.text == "+" && len(it.args) == 2 && (it.args[0].typ == String || it.args[1].typ == String):
		e.Hint = "ToString makes a text of other values"
	case it.text == "-" && len(it.args) == 2 && it.args[0].typ == DateTime && it.args[1].typ == DateTime:
		e.Hint = "DateTimeDiff gives the time between two dates"
	}
	return e
}
