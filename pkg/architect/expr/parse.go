package expr

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/internal/recall"
)

// parsed are the expressions that were read: a tree does not change.
var parsed recall.Store[Node]

// Parse reads an expression. The error is an *Error.
func Parse(text string) (Node, error) {
	return parsed.Of(text, func(text string) (Node, error) {
		n, err := parse(text)
		if err != nil {
			return nil, err
		}
		return n, nil
	})
}

func parse(text string) (Node, *Error) {
	if n := utf8.RuneCountInString(text); n > maxChars {
		return nil, &Error{Message: fmt.Sprintf("the expression has %d characters, the most are %d", n, maxChars)}
	}
	p := &parser{scan: scanner{text: text}}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.tok.kind == tokEnd {
		return nil, &Error{Message: "there is no expression"}
	}
	n, _, err := p.expression()
	if err != nil {
		return nil, err
	}
	if p.tok.kind != tokEnd {
		err := p.unexpected("an operator or the end")
		if v, ok := n.(*Variable); ok && strings.EqualFold(v.Name, "not") {
			err.Hint = "the negation is !"
		}
		return nil, err
	}
	return n, nil
}

// A parser reads one token ahead. Every method gives a node and its depth, which counts
// operators and calls as the engine does: parentheses, names and literals do not.
type parser struct {
	scan  scanner
	tok   token
	last  int // where the token before tok ended
	paren int
}

// maxParens bounds the parentheses, brackets and prefix operators open at one time. The
// engine has no such limit but that of the length; a stack has.
const maxParens = 2000

func (p *parser) advance() *Error {
	p.last = p.tok.end
	t, err := p.scan.next()
	p.tok = t
	return err
}

func (p *parser) is(op string) bool { return p.tok.kind == tokOp && p.tok.text == op }

func (p *parser) unexpected(want string) *Error {
	e := &Error{Offset: p.tok.at, Length: p.tok.end - p.tok.at}
	if p.tok.kind == tokEnd {
		e.Message = "the expression ends where " + want + " is expected"
		return e
	}
	e.Message = fmt.Sprintf("unexpected %s where %s is expected", p.scan.text[p.tok.at:p.tok.end], want)
	return e
}

func (p *parser) enter() *Error {
	if p.paren++; p.paren > maxParens {
		return &Error{Offset: p.tok.at, Message: "parentheses are nested too deeply"}
	}
	return nil
}

// deep checks the depth of an operator or call round parts of the depth given.
func deep(at, parts int, what string) (int, *Error) {
	if parts+1 > maxDepth {
		return 0, &Error{Offset: at, Length: len(what), Message: fmt.Sprintf("%q is nested %d deep, the most are %d", what, parts+1, maxDepth)}
	}
	return parts + 1, nil
}

// expression reads a conditional, which is left-associative: a ? b : c ? d : e asks for
// (a ? b : c) ? d : e.
func (p *parser) expression() (Node, int, *Error) {
	n, d, err := p.binary(bindOr)
	for err == nil && p.is("?") {
		c := &Conditional{At: p.tok.at, Cond: n}
		if err = p.advance(); err != nil {
			break
		}
		var d2, d3 int
		if c.Then, d2, err = p.binary(bindOr); err != nil {
			break
		}
		if !p.is(":") {
			return nil, 0, p.unexpected(`":" of the conditional`)
		}
		if err = p.advance(); err != nil {
			break
		}
		if c.Else, d3, err = p.binary(bindOr); err != nil {
			break
		}
		n = c
		d, err = deep(c.At, max(d, d2, d3), "?")
	}
	return n, d, err
}

// operator is the binary operator the token is, with its binding.
func (p *parser) operator() (string, int) {
	op := p.tok.text
	switch p.tok.kind {
	case tokName:
		if op = strings.ToLower(op); op != "and" && op != "or" {
			return "", 0
		}
	case tokOp:
	default:
		return "", 0
	}
	return op, binding[op]
}

// binary reads operators that bind at least as tightly as least.
func (p *parser) binary(least int) (Node, int, *Error) {
	x, d, err := p.unary()
	for err == nil {
		op, b := p.operator()
		if b < least || b == 0 {
			break
		}
		at, length := p.tok.at, len(op)
		if err = p.advance(); err != nil {
			break
		}
		next := b + 1
		if op == "^" {
			next = b
		}
		if err = p.enter(); err != nil {
			break
		}
		y, e, err2 := p.binary(next)
		p.paren--
		if err2 != nil {
			return nil, 0, err2
		}
		x = &Binary{At: at, Op: op, X: x, Y: y}
		d, err = deep(at, max(d, e), p.scan.text[at:at+length])
	}
	return x, d, err
}

func (p *parser) unary() (Node, int, *Error) {
	if p.is("!") || p.is("~") {
		at, op := p.tok.at, p.tok.text
		if err := p.advance(); err != nil {
			return nil, 0, err
		}
		if err := p.enter(); err != nil {
			return nil, 0, err
		}
		x, d, err := p.unary()
		p.paren--
		if err != nil {
			return nil, 0, err
		}
		d, err = deep(at, d, op)
		return &Unary{At: at, Op: op, X: x}, d, err
	}
	if !p.is("-") {
		return p.primary()
	}
	at := p.tok.at
	if err := p.advance(); err != nil {
		return nil, 0, err
	}
	if p.tok.kind == tokNumber {
		n, err := p.number(at, "-")
		return n, 0, err
	}
	if p.is("-") || p.is("!") || p.is("~") {
		return nil, 0, p.unexpected("a value")
	}
	x, d, err := p.primary()
	if err != nil {
		return nil, 0, err
	}
	d, err = deep(at, d, "-")
	return &Unary{At: at, Op: "-", X: x}, d, err
}

func (p *parser) primary() (Node, int, *Error) {
	t := p.tok
	switch t.kind {
	case tokNumber:
		n, err := p.number(t.at, "")
		return n, 0, err
	case tokString:
		return &Literal{At: t.at, Value: OfString(t.text)}, 0, p.advance()
	case tokName:
		return p.named()
	case tokOp:
		if t.text != "(" {
			break
		}
		if err := p.advance(); err != nil {
			return nil, 0, err
		}
		if err := p.enter(); err != nil {
			return nil, 0, err
		}
		n, d, err := p.expression()
		p.paren--
		if err != nil {
			return nil, 0, err
		}
		return n, d, p.closing(")", t.at)
	}
	return nil, 0, p.unexpected("a value")
}

func (p *parser) closing(op string, opened int) *Error {
	if p.is(op) {
		return p.advance()
	}
	if p.tok.kind == tokEnd {
		return &Error{Offset: opened, Length: 1, Message: fmt.Sprintf("missing %s for this %s", op, p.scan.text[opened:opened+1])}
	}
	return p.unexpected(fmt.Sprintf("%q", op))
}

// number makes a literal; a minus directly before digits is part of it.
func (p *parser) number(at int, sign string) (Node, *Error) {
	t := p.tok
	if err := p.advance(); err != nil {
		return nil, err
	}
	e := &Error{Offset: t.at, Length: t.end - t.at}
	if !strings.Contains(t.text, ".") {
		n, err := strconv.ParseInt(sign+t.text, 10, 64)
		if err != nil || len(t.text) > maxIntChars {
			e.Message = fmt.Sprintf("the integer %s%s is out of range: at most %d digits", sign, t.text, maxIntChars)
			return nil, e
		}
		return &Literal{At: at, Value: OfInt(n)}, nil
	}
	if digits := strings.Trim(strings.Replace(trimZeros(t.text, true), ".", "", 1), "0"); len(digits) > decDigits {
		e.Message = fmt.Sprintf("the decimal has %d digits, the most are %d", len(digits), decDigits)
		return nil, e
	}
	v, ok := OfDecimal(sign + t.text)
	if !ok {
		e.Message = fmt.Sprintf("the decimal %s%s is out of range", sign, t.text)
		return nil, e
	}
	return &Literal{At: at, Value: v}, nil
}

// named reads what begins with a name: a constant, a call or a variable, and the
// properties and items after the latter two.
func (p *parser) named() (Node, int, *Error) {
	t := p.tok
	if err := p.advance(); err != nil {
		return nil, 0, err
	}
	switch t.text {
	case "true", "false":
		return &Literal{At: t.at, Value: OfBool(t.text == "true")}, 0, nil
	case "NOT_SET":
		return &Literal{At: t.at, Value: NotSet(NotSetType)}, 0, nil
	}
	if low := strings.ToLower(t.text); low == "and" || low == "or" {
		return nil, 0, &Error{Offset: t.at, Length: len(t.text), Message: fmt.Sprintf("unexpected %s where a value is expected", t.text)}
	}
	if p.is("(") {
		return p.call(t)
	}
	v := &Variable{At: t.at, Name: t.text}
	// The first name after the dot belongs to the variable; all others are properties.
	if p.is(".") {
		dot := p.tok
		name, err := p.propertyName()
		if err != nil {
			return nil, 0, err
		}
		if nameLength(name) != len(name) || name == "" {
			return nil, 0, &Error{Offset: dot.at, Message: fmt.Sprintf("there is no variable %s.%q", t.text, name)}
		}
		v.Name += "." + name
	}
	return p.suffixes(v, 0)
}

// propertyName reads .name or ."name"; nothing may stand between the dot and the name.
func (p *parser) propertyName() (string, *Error) {
	dot := p.tok
	if err := p.advance(); err != nil {
		return "", err
	}
	if p.tok.at != dot.end || p.tok.kind != tokName && p.tok.kind != tokString {
		return "", &Error{Offset: dot.at, Length: 1, Message: "no property follows the dot"}
	}
	name := p.tok.text
	return name, p.advance()
}

func (p *parser) call(name token) (Node, int, *Error) {
	open := p.tok.at
	c := &Call{At: name.at, Name: name.text}
	depth := 0
	if err := p.enter(); err != nil {
		return nil, 0, err
	}
	if err := p.advance(); err != nil {
		return nil, 0, err
	}
	for !p.is(")") || len(c.Args) > 0 {
		a, d, err := p.expression()
		if err != nil {
			return nil, 0, err
		}
		c.Args, depth = append(c.Args, a), max(depth, d)
		if !p.is(",") {
			break
		}
		if err := p.advance(); err != nil {
			return nil, 0, err
		}
	}
	p.paren--
	if err := p.closing(")", open); err != nil {
		return nil, 0, err
	}
	depth, err := deep(name.at, depth, name.text)
	if err != nil {
		return nil, 0, err
	}
	return p.suffixes(c, depth)
}

// suffixes reads the properties and items after a variable or a call.
func (p *parser) suffixes(x Node, depth int) (Node, int, *Error) {
	for p.is(".") || p.is("[") {
		at := p.tok.at
		if p.is(".") {
			name, err := p.propertyName()
			if err != nil {
				return nil, 0, err
			}
			x = &Property{At: at, X: x, Name: name}
			if depth, err = deep(at, depth, "."); err != nil {
				return nil, 0, err
			}
			continue
		}
		if err := p.enter(); err != nil {
			return nil, 0, err
		}
		if err := p.advance(); err != nil {
			return nil, 0, err
		}
		i, d, err := p.expression()
		p.paren--
		if err != nil {
			return nil, 0, err
		}
		if l, ok := i.(*Literal); ok && l.Value.IsSet() && l.Value.Type() == String {
			x = &Property{At: at, X: x, Name: l.Value.s, Bracket: true}
		} else {
			x = &Index{At: at, X: x, I: i}
		}
		if err := p.closing("]", at); err != nil {
			return nil, 0, err
		}
		if depth, err = deep(at, max(depth, d), "["); err != nil {
			return nil, 0, err
		}
	}
	return x, depth, nil
}
