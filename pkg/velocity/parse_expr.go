package velocity

import (
	"math/big"
	"strconv"
	"strings"
)

// An operand is an expression and the tokens it was made of.
type operand struct {
	expr        expr
	first, last int
}

func startsOperand(k kind) bool {
	switch k {
	case kListOpen, kMapOpen, kSpace, kString, kTrue, kFalse, kInteger, kFloat, kIdentifier, kBraceOpen:
		return true
	}
	return false
}

// reference parses what follows a $, braces included.
func (p *parser) reference() (*refNode, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	first := p.i
	braces := p.skip(kBraceOpen)
	if err := p.take(kIdentifier); err != nil {
		return nil, err
	}
	steps, err := p.indexes(nil)
	if err != nil {
		return nil, err
	}
	for p.peek(0).kind == kDot && p.peek(1).kind == kIdentifier {
		p.i++
		s, err := p.property()
		if err != nil {
			return nil, err
		}
		if steps, err = p.indexes(append(steps, s)); err != nil {
			return nil, err
		}
	}
	if braces {
		if err := p.take(kBraceClose); err != nil {
			return nil, err
		}
	}
	n := &refNode{steps: steps, braces: braces, pos: p.base + p.toks[first].pos}
	p.describe(n, first, p.i-1)
	if t := builtins[n.root]; t != nil && len(steps) > 0 && steps[0].kind == stepMethod {
		steps[0].tool, steps[0].method = t, t.method(steps[0].name)
	}
	p.t.refs = append(p.t.refs, n)
	return n, nil
}

func (p *parser) property() (step, error) {
	t := p.peek(0)
	s := step{name: t.image, pos: p.base + t.pos}
	if p.peek(1).kind != kParenOpen || p.peek(2).kind != kArgsClose && !startsOperand(p.peek(2).kind) {
		p.i++
		return s, nil
	}
	s.kind = stepMethod
	if why, ok := refusedMethods[s.name]; ok {
		s.refused = s.name + "()" + why
	}
	if changes[s.name] {
		p.t.mutates = true
	}
	p.i += 2
	if startsOperand(p.peek(0).kind) {
		for {
			a, err := p.operand(true)
			if err != nil {
				return s, err
			}
			s.args = append(s.args, a.expr)
			if !p.skip(kComma) {
				break
			}
		}
	}
	return s, p.take(kArgsClose)
}

func (p *parser) indexes(steps []step) ([]step, error) {
	for p.peek(0).kind == kIndexOpen {
		s := step{kind: stepIndex, name: "get", pos: p.base + p.peek(0).pos}
		p.i++
		p.skip(kSpace)
		switch p.peek(0).kind {
		case kString, kInteger, kTrue, kFalse, kIdentifier, kBraceOpen:
		default:
			return nil, p.unexpected()
		}
		a, err := p.operand(false)
		if err != nil {
			return nil, err
		}
		p.skip(kSpace)
		s.args = []expr{a.expr}
		if err := p.take(kIndexClose); err != nil {
			return nil, err
		}
		steps = append(steps, s)
	}
	return steps, nil
}

// describe finds out from the first token what form a reference has, and strips from it the
// backslashes and stray signs that precede the reference.
func (p *parser) describe(n *refNode, first, last int) {
	t := &p.toks[first]
	if i := strings.Index(t.image, `\!`); i >= 0 {
		n.kind = refSlash
		start := strings.IndexByte(t.image, '$')
		for start < len(t.image) && t.image[start] != '\\' {
			start++
		}
		n.root = t.image[:start] + t.image[min(start+1, len(t.image)):]
		n.null = n.root
		n.literal = p.literal(first, last)
		return
	}
	if i := len(t.image) - len(strings.TrimLeft(t.image, `\`)); i > 0 {
		n.escaped = i%2 == 1
		n.slashes = t.image[:i/2]
		t.image = t.image[i:]
	}
	if i := strings.LastIndexByte(t.image, '$'); i > 0 {
		n.signs = t.image[:i]
		t.image = t.image[i:]
	}
	n.literal = p.literal(first, last)
	n.null = n.literal
	switch {
	case strings.HasPrefix(t.image, "$!"):
		n.kind = refQuiet
		if !n.escaped {
			n.null = ""
		}
		n.root = t.image[2:]
		if strings.HasPrefix(t.image, "$!{") {
			n.root = p.toks[first+1].image
		}
	case t.image == "${":
		n.kind = refFormal
		n.root = p.toks[first+1].image
	case strings.HasPrefix(t.image, "$"):
		n.kind = refShort
		n.root = t.image[1:]
	default:
		n.kind = refRunt
		n.root = t.image
	}
}

// operand parses what may be an argument; blanks around it belong to it when asked for.
func (p *parser) operand(blanks bool) (operand, error) {
	if err := p.enter(); err != nil {
		return operand{}, err
	}
	defer p.leave()
	if blanks {
		p.skip(kSpace)
	}
	first := p.i
	e, err := p.primary()
	if err != nil {
		return operand{}, err
	}
	last := p.i - 1
	if blanks {
		p.skip(kSpace)
	}
	return operand{e, first, last}, nil
}

func (p *parser) primary() (expr, error) {
	switch t := p.peek(0); t.kind {
	case kString:
		p.i++
		return p.stringLiteral(t)
	case kInteger:
		if t.image[0] == '#' { // a stray sign is part of the token
			return nil, p.unexpected()
		}
		p.i++
		return constant{v: integer(t.image)}, nil
	case kFloat:
		if t.image[0] == '#' {
			return nil, p.unexpected()
		}
		p.i++
		f, _ := strconv.ParseFloat(t.image, 64) // out of range is infinite, as in Java
		return constant{v: f}, nil
	case kTrue, kFalse:
		p.i++
		return constant{v: t.kind == kTrue, boolean: t.kind == kTrue}, nil
	case kIdentifier, kBraceOpen:
		return p.reference()
	case kMapOpen:
		return p.mapLiteral()
	case kListOpen:
		if p.scanRange() {
			return p.rangeLiteral()
		}
		return p.listLiteral()
	}
	return nil, p.unexpected()
}

// integer is the smallest of Java's types that holds the number.
func integer(text string) any {
	if i, err := strconv.ParseInt(text, 10, 32); err == nil {
		return int32(i)
	}
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return i
	}
	b, _ := new(big.Int).SetString(text, 10)
	return b
}

func (p *parser) rangeLiteral() (expr, error) {
	n := &rangeExpr{pos: p.base + p.peek(0).pos}
	p.i++
	for i, to := range []*expr{&n.from, &n.to} {
		p.skip(kSpace)
		switch p.peek(0).kind {
		case kIdentifier, kBraceOpen, kInteger:
		default:
			return nil, p.unexpected()
		}
		e, err := p.primary()
		if err != nil {
			return nil, err
		}
		*to = e
		p.skip(kSpace)
		if i == 0 {
			if err := p.take(kDotDot); err != nil {
				return nil, err
			}
		}
	}
	return n, p.take(kListClose)
}

func (p *parser) listLiteral() (expr, error) {
	p.i++
	n := &listExpr{}
	if startsOperand(p.peek(0).kind) {
		for {
			a, err := p.operand(true)
			if err != nil {
				return nil, err
			}
			n.items = append(n.items, a.expr)
			if !p.skip(kComma) {
				break
			}
		}
	}
	return n, p.take(kListClose)
}

func (p *parser) mapLiteral() (expr, error) {
	p.i++
	n := &mapExpr{}
	// Two tokens decide whether there is an entry.
	k, next := p.peek(0).kind, p.peek(1).kind
	if startsOperand(k) && (k != kSpace || next != kSpace && startsOperand(next)) {
		for {
			key, err := p.operand(true)
			if err != nil {
				return nil, err
			}
			if err := p.take(kColon); err != nil {
				return nil, err
			}
			val, err := p.operand(true)
			if err != nil {
				return nil, err
			}
			n.keys, n.values = append(n.keys, key.expr), append(n.values, val.expr)
			if !p.skip(kComma) {
				break
			}
		}
	} else {
		p.skip(kSpace)
	}
	if p.skip(kBraceClose) {
		return n, nil
	}
	return n, p.take(kMapClose)
}

// precedence lists the binary operators from the loosest level to the tightest.
var precedence = [][]kind{
	{kOr},
	{kAnd},
	{kEqual, kNotEqual},
	{kLess, kGreater, kLessEqual, kGreaterEqual},
	{kPlus, kMinus},
	{kTimes, kOver, kModulo},
}

func (p *parser) expression() (operand, error) {
	o, err := p.binary(0)
	p.loosen(o.expr)
	return o, err
}

// loosen lets a bare variable of a condition be unset. The engine asks whether any #if is
// around, so an assignment in the body of an #if is loose as well.
func (p *parser) loosen(e expr) {
	if r, ok := e.(*refNode); ok && p.ifs > 0 && len(r.steps) == 0 {
		r.loose = true
	}
}

func (p *parser) binary(level int) (operand, error) {
	if level == len(precedence) {
		return p.unary()
	}
	left, err := p.binary(level + 1)
	if err != nil {
		return left, err
	}
	for {
		op := p.peek(0)
		found := false
		for _, k := range precedence[level] {
			found = found || k == op.kind
		}
		if !found {
			return left, nil
		}
		p.i++
		p.peek(0) // a node begins with the token after its operator
		first := p.i
		right, err := p.binary(level + 1)
		if err != nil {
			return right, err
		}
		n := &binaryExpr{op: op.kind, left: left.expr, right: right.expr, pos: p.base + op.pos}
		switch op.kind {
		case kAnd, kOr:
			p.loosen(n.left)
			p.loosen(n.right)
		case kPlus:
			n.leftText = p.literal(left.first, left.last)
			n.rightText = p.literal(right.first, right.last)
		}
		left = operand{n, first, p.i - 1}
	}
}

func (p *parser) unary() (operand, error) {
	if err := p.enter(); err != nil {
		return operand{}, err
	}
	defer p.leave()
	if p.peek(0).kind == kNot || p.peek(0).kind == kSpace && p.peek(1).kind == kNot {
		p.skip(kSpace)
		p.i++
		p.peek(0)
		first := p.i
		inner, err := p.unary()
		if err != nil {
			return inner, err
		}
		p.loosen(inner.expr)
		return operand{&notExpr{inner.expr}, first, p.i - 1}, nil
	}
	p.skip(kSpace)
	first := p.i
	if p.peek(0).kind != kParenOpen {
		e, err := p.primary()
		if err != nil {
			return operand{}, err
		}
		last := p.i - 1
		p.skip(kSpace)
		return operand{e, first, last}, nil
	}
	p.i++
	p.peek(0)
	first = p.i
	inner, err := p.expression()
	if err != nil {
		return inner, err
	}
	last := p.i - 1
	if err := p.take(kParenClose); err != nil {
		return operand{}, err
	}
	p.skip(kSpace)
	return operand{&groupExpr{inner.expr}, first, last}, nil
}
