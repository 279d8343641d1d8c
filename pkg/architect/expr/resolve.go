package expr

import (
	"fmt"
	"strings"
)

// fits reports whether an overload takes the arguments by their types alone.
func (o *overload) fits(args []*item) bool {
	n := len(o.params)
	if len(args) < n || len(args) > n && (n == 0 || !o.params[n-1].repeat) {
		return false
	}
	for i, a := range args {
		if !o.param(i).accepts(a.typ) {
			return false
		}
	}
	return true
}

// accepts reports whether an argument of a type fits. A bare NOT_SET fits no collection.
func (p *param) accepts(t Type) bool {
	switch {
	case t == NotSetType:
		return p.notSet && !p.typ.IsList()
	case p.typ.IsList() != t.IsList():
		return false
	case p.typ.Elem() == Any:
		return t.isAny()
	case p.typ == audioOrPrompt:
		return t == Audio || t == Prompt
	case p.typ == textOrCommunication:
		return t == String || t == Communication
	}
	return p.typ == t
}

// restrict checks what the overload asks of literals.
func (o *overload) restrict(it *item) *Error {
	for i, a := range it.args {
		p := o.param(i)
		at := &Error{Offset: a.at, Length: len(a.text)}
		if !a.literal {
			if p.literal {
				at.Message = fmt.Sprintf("%s: the parameter %s must be a literal of type %s", it.text, p.name, p.typ.label())
				return at
			}
			continue
		}
		if a.notSet() {
			continue
		}
		if why := p.listed(a.value); why != "" {
			at.Message = fmt.Sprintf("%s: the literal %s is not %s", it.text, a.value, why)
			return at
		}
		if why := p.outside(a.value); why != "" {
			at.Message = fmt.Sprintf("%s: the value %s of the parameter %s is %s", it.text, a.value, p.name, why)
			return at
		}
	}
	return nil
}

// listed says what a literal had to be that is not in its list.
func (p *param) listed(v Value) string {
	switch {
	case p.list == "iso4217" && !isCurrencyCode(v.s):
		return "a supported ISO 4217 currency code"
	case p.list == "languages" && !knownLanguages()[strings.ToLower(v.s)]:
		return "a supported IETF language tag for text to speech"
	case p.list == "dialing" && !isDialingCode(v.s):
		return "a dialing code"
	}
	return ""
}

// outside says how a number is beyond what the parameter allows.
func (p *param) outside(v Value) string {
	switch {
	case !p.bounded && !p.nonzero || !isNumber(v):
		return ""
	case p.nonzero && v.dec().isZero():
		return "not allowed because it is zero"
	case p.bounded && v.n < p.min:
		return fmt.Sprintf("less than the minimum %d", p.min)
	case p.bounded && v.n > p.max:
		return fmt.Sprintf("greater than the maximum %d", p.max)
	}
	return ""
}

// resolve applies the overload's rule: it gives bare NOT_SETs their types and the call the
// type of its result.
func (o *overload) resolve(it *item) *Error {
	it.typ = o.result
	a := it.args
	var t Type
	var err *Error
	switch o.rule {
	case ruleSame, ruleSameText, ruleList:
		t, err = same(it, o.rule == ruleSameText)
		if o.rule == ruleList {
			t = t.List()
		}
	case ruleNotSet:
		a[0].take(o.result)
	case ruleIf:
		t, err = branches(it)
	case ruleEqual:
		err = equal(it)
	case ruleFind:
		if item := a[0].typ.Elem(); a[1].typ != item {
			err = &Error{Offset: a[1].at, Length: len(a[1].text), Message: fmt.Sprintf("%s: the second parameter must be of type %s, not %s", it.text, item.label(), a[1].typ.label())}
		}
	case ruleItem:
		t = a[0].typ.Elem()
	case ruleEmpty:
		if a[0].notSet() {
			err = &Error{Offset: a[0].at, Length: len("NOT_SET"), Message: it.text + ": a bare NOT_SET has no type", Hint: "write ToString(NOT_SET) or the like"}
		}
		t = a[0].typ.List()
	case ruleContext:
		err = contexts(it)
	case ruleFirst:
		t = a[0].typ
		if len(a) > 1 && o.params[1].typ == Any {
			a[1].take(t.Elem())
			if a[1].typ != t.Elem() {
				err = &Error{Offset: a[1].at, Length: len(a[1].text), Message: fmt.Sprintf("%s: the second parameter must be of type %s, not %s", it.text, t.Elem().label(), a[1].typ.label())}
			}
		}
	}
	if err != nil {
		return err
	}
	for i, x := range a {
		if !x.notSet() {
			continue
		}
		// What no rule gave a type takes its parameter's.
		p := o.param(i)
		if p.typ == Any && o.rule == ruleNone && !o.since {
			return &Error{Offset: x.at, Length: len("NOT_SET"), Message: fmt.Sprintf("%s: the type of NOT_SET for the parameter %s cannot be told", it.text, p.name)}
		}
		x.take(p.typ)
	}
	if o.result.Elem() == Any {
		it.typ = t
	}
	return nil
}

// same asks for one type of all arguments and gives it to those that are a bare NOT_SET.
func same(it *item, textByDefault bool) (Type, *Error) {
	var first *item
	for i, a := range it.args {
		switch {
		case a.notSet():
		case first == nil:
			first = a
		case a.typ != first.typ:
			return Invalid, &Error{Offset: a.at, Length: len(a.text), Message: fmt.Sprintf("%s: the arguments must be of one type; argument %d is of type %s and not %s", it.text, i+1, a.typ.label(), first.typ.label())}
		}
	}
	t := String
	if first != nil {
		t = first.typ
	} else if !textByDefault {
		return Invalid, &Error{Offset: it.at, Length: len(it.text), Message: it.text + ": at least one parameter must not be a bare NOT_SET"}
	}
	for _, a := range it.args {
		a.take(t)
	}
	return t, nil
}

// branches is the rule of If and ?:. A bare NOT_SET takes the type of the other branch;
// the engine of 2018 mistypes it, which we take for a fault of its.
func branches(it *item) (Type, *Error) {
	a := it.args
	if a[0].notSet() {
		return Invalid, &Error{Offset: a[0].at, Length: len("NOT_SET"), Message: "the condition must not be a bare NOT_SET"}
	}
	x, y := a[1], a[2]
	switch {
	case x.notSet() && y.notSet():
		return Invalid, &Error{Offset: it.at, Length: len(it.text), Message: "the second and third argument must not both be a bare NOT_SET"}
	case x.notSet():
		x.take(y.typ)
	case y.notSet():
		y.take(x.typ)
	case x.typ != y.typ:
		return Invalid, &Error{Offset: y.at, Length: len(y.text), Message: fmt.Sprintf("the second and third argument must be of one type, not %s and %s", x.typ.label(), y.typ.label())}
	}
	return x.typ, nil
}

func equal(it *item) *Error {
	x, y := it.args[0], it.args[1]
	switch {
	case x.notSet() && y.notSet():
		x.take(String)
		y.take(String)
	case x.notSet():
		x.take(y.typ)
	case y.notSet():
		y.take(x.typ)
	case x.typ != y.typ:
		return &Error{Offset: it.at, Length: len(it.text), Message: fmt.Sprintf("%q: the arguments must be of one type, not %s and %s", it.text, x.typ.label(), y.typ.label())}
	}
	return nil
}

// contexts refuses two language contexts of one group, such as two cases.
func contexts(it *item) *Error {
	seen := map[string]bool{}
	for _, a := range it.args {
		if a.group == "" {
			continue
		}
		if seen[a.group] {
			return &Error{Offset: a.at, Length: len(a.text), Message: fmt.Sprintf("%s: two contexts of %s are given", it.text, a.group)}
		}
		seen[a.group] = true
	}
	return nil
}
