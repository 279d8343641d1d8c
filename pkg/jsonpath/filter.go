package jsonpath

import (
	"regexp"
	"strings"
)

// An expression of a filter: one of logical, comparison.
type expression interface {
	holds(e *evaluation, item Value) (bool, error)
}

type logical struct {
	op    byte // & | !
	parts []expression
}

type comparison struct {
	left, right operand
	op          string
	test        test
}

// An exists is a path that stands alone: it holds when the path leads somewhere.
type exists struct {
	path *Path
	want bool
}

// An operand is a path or a literal.
type operand struct {
	path    *Path
	literal node
	negated bool // ! stands before a path
}

type filterParser struct {
	c     *cursor
	p     *pathParser
	depth int
}

func (f *filterParser) parse() expression {
	e := f.or()
	f.c.blanks()
	if f.c.more() {
		f.c.fail(f.c.pos, "expected the end of the filter")
	}
	return e
}

func (f *filterParser) or() expression {
	return f.chain('|', func() expression { return f.chain('&', f.operand) })
}

func (f *filterParser) chain(op byte, part func() expression) expression {
	parts := []expression{part()}
	for f.symbol(op) {
		parts = append(parts, part())
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return logical{op: op, parts: parts}
}

// symbol reads && or ||.
func (f *filterParser) symbol(op byte) bool {
	c := f.c
	save := c.pos
	c.blanks()
	if c.inside(c.pos+1) && c.at(c.pos) == op && c.at(c.pos+1) == op {
		c.pos += 2
		return true
	}
	c.pos = save
	return false
}

func (f *filterParser) operand() expression {
	c := f.c
	if f.depth++; f.depth > maxNesting {
		c.fail(c.pos, "nested too deeply")
	}
	defer func() { f.depth-- }()
	save := c.blanks().pos
	if c.is('!') {
		c.pos++
		if b := c.blanks().current(); b != '$' && b != '@' {
			return logical{op: '!', parts: []expression{f.operand()}}
		}
		c.pos = save
	}
	if c.is('(') {
		c.pos++
		e := f.or()
		if !c.blanks().is(')') {
			c.fail(c.pos, "')' is missing")
		}
		c.pos++
		return e
	}
	return f.comparison()
}

func (f *filterParser) comparison() expression {
	c := f.c
	left := f.value()
	save := c.pos
	op, ok := f.operator()
	if !ok {
		if left.path == nil {
			c.fail(save, "expected an operator; known are "+operatorNames())
		}
		c.pos = save
		return exists{path: left.path, want: !left.negated}
	}
	return comparison{left: left, op: op.name, test: op.test, right: f.value()}
}

const operatorChars = "<>=~!"

// operator reads a symbol, or a word that ends at a space.
func (f *filterParser) operator() (operator, bool) {
	c := f.c
	start := c.blanks().pos
	symbol := strings.IndexByte(operatorChars, c.current()) >= 0
	for c.more() && (symbol && strings.IndexByte(operatorChars, c.current()) >= 0 || !symbol && c.current() != ' ') {
		c.pos++
	}
	return operatorNamed(c.slice(start, c.pos))
}

func (f *filterParser) value() operand {
	c := f.c
	switch c.blanks().current() {
	case '!':
		c.pos++
		if b := c.blanks().current(); b != '$' && b != '@' {
			c.fail(c.pos, "'!' stands before a path or a parenthesis")
		}
		return f.pathOperand()
	case '$', '@':
		return f.pathOperand()
	}
	return operand{literal: f.literal()}
}

func (f *filterParser) literal() node {
	c := f.c
	switch b := c.current(); b {
	case '\'', '"':
		end := c.closing(c.pos, b)
		if end < 0 {
			c.fail(c.pos, "a text is not closed")
		}
		s := c.slice(c.pos+1, end)
		c.pos = end + 1
		return node{kind: nodeString, text: unescape(s)}
	case 't':
		return f.word("true", node{kind: nodeBool, truth: true})
	case 'f':
		return f.word("false", node{kind: nodeBool})
	case 'n':
		return f.word("null", node{kind: nodeNull})
	case '/':
		return f.pattern()
	case '[', '{':
		return f.json(b)
	}
	start := c.pos
	for c.more() && strings.IndexByte("0123456789-.eE", c.current()) >= 0 {
		c.pos++
	}
	text := c.slice(start, c.pos)
	if !isDecimal(text) {
		c.fail(start, "expected a path, a number, a text, true, false, null, a list or a regular expression")
	}
	return node{kind: nodeNumber, text: text}
}

func (f *filterParser) word(w string, n node) node {
	c := f.c
	if !c.inside(c.pos+len(w)-1) || c.slice(c.pos, c.pos+len(w)) != w {
		c.fail(c.pos, "expected "+w)
	}
	c.pos += len(w)
	return n
}

// flags are the letters that may follow a regular expression, and what RE2 calls them; the
// dialect has x, u, U and d too, of which only u, U and d go without saying here.
const patternFlags = "dixmsuU"

func (f *filterParser) pattern() node {
	c := f.c
	start := c.pos
	end := c.closing(start, '/')
	if end < 0 {
		c.fail(start, "a regular expression is not closed")
	}
	c.pos = end + 1
	flags := ""
	for c.more() && strings.IndexByte(patternFlags, c.current()) >= 0 {
		switch b := c.current(); b {
		case 'i', 'm', 's':
			flags += string(b)
		case 'x':
			c.fail(c.pos, "the flag x of a regular expression is not supported")
		}
		c.pos++
	}
	if flags != "" {
		flags = "(?" + flags + ")"
	}
	re, err := regexp.Compile(flags + `\A(?:` + c.slice(start+1, end) + `)\z`)
	if err != nil {
		c.fail(start, "regular expression: "+strings.TrimPrefix(err.Error(), "error parsing regexp: ")+" (lookaround and back references are not supported)")
	}
	return node{kind: nodePattern, pattern: re}
}

func (f *filterParser) json(open byte) node {
	c := f.c
	shut := byte(']')
	if open == '{' {
		shut = '}'
	}
	end := c.matching(c.pos, open, shut, false)
	if end < 0 {
		c.fail(c.pos, "a list or object is not closed")
	}
	text := c.slice(c.pos, end+1)
	c.pos = end + 1
	v, err := decodeLoosely(text)
	return node{kind: nodeJSON, json: v, literal: true, err: err}
}

// pathOperand reads a path up to an operator, a space or the bracket that ends the filter.
func (f *filterParser) pathOperand() operand {
	c := f.c
	before, _ := c.previous(c.pos)
	start := c.pos
	c.pos++
	for c.more() {
		if c.is('[') {
			end := c.matching(c.pos, '[', ']', false)
			if end < 0 {
				c.fail(c.pos, "']' is missing")
			}
			c.pos = end + 1
		}
		b := c.current()
		if !c.more() || strings.IndexByte(operatorChars, b) >= 0 || b == ' ' || b == ')' && !f.closesCall(start) {
			break
		}
		c.pos++
	}
	path := f.p.operandPath(c.slice(start, c.pos), start)
	return operand{path: path, negated: before == '!'}
}

// closesCall reports whether the ')' at the position ends a call such as @.a.length().
func (f *filterParser) closesCall(start int) bool {
	c := f.c
	b, i := c.previous(c.pos)
	if i < 0 || b != '(' {
		return false
	}
	for i--; i > start; i-- {
		if c.text[i] == '.' {
			return true
		}
	}
	return false
}

// operandPath parses a whole path of a filter: as Parse, but a part of this one.
func (p *pathParser) operandPath(text string, at int) *Path {
	if strings.HasSuffix(strings.TrimRight(text, " "), ".") {
		p.c.fail(at+len(text), "a path must not end with '.'")
	}
	return p.inner(text, at)
}
