package jsonpath

import (
	"strconv"
	"strings"

	"github.com/dealroute/dealroute/pkg/internal/recall"
)

// parsed are the paths that were read.
var parsed recall.Store[*Path]

// Parse reads a path. One that begins with neither $ nor @ gets "$." in front, so that
// ".total" is the deep scan "$..total".
func Parse(text string) (*Path, error) { return parsed.Of(text, parse) }

func parse(text string) (p *Path, err error) {
	defer func() {
		if r := recover(); r != nil {
			fault, ok := r.(parseFault)
			if !ok {
				panic(r)
			}
			p, err = nil, fault.err
		}
	}()
	if text == "" {
		return nil, &Error{Path: text, Message: "the path is empty"}
	}
	return parsePath(newCursor(text, 0, text)), nil
}

// maxNesting bounds filters and functions inside filters and functions.
const maxNesting = 60

func parsePath(c *cursor) *Path {
	c.trim()
	if b := c.at(0); b != '$' && b != '@' { // a blank before the $ counts
		c = newCursor("$."+c.text, c.base-2, c.path)
		c.trim()
	}
	if c.at(c.end) == '.' {
		c.fail(c.end, "a path must not end with '.'")
	}
	return (&pathParser{c: c, path: &Path{text: c.text}}).parse()
}

type pathParser struct {
	c     *cursor
	path  *Path
	depth int
}

func (p *pathParser) parse() *Path {
	c := p.c
	for c.more() && strings.IndexByte(" \t\r\n", c.current()) >= 0 {
		c.pos++
	}
	switch c.current() {
	case '$', '@':
		p.path.fromRoot = c.is('$')
	default:
		c.fail(c.pos, "a path starts with '$' or '@'")
	}
	if !c.atTail() {
		c.pos++
		if !c.is('.') && !c.is('[') {
			c.fail(c.pos, "expected '.' or '['")
		}
		for p.next() {
		}
	}
	p.path.finish()
	return p.path
}

func (p *pathParser) add(s step) {
	p.path.steps = append(p.path.steps, s)
}

// next reads one step and reports whether another follows.
func (p *pathParser) next() bool {
	c := p.c
	switch c.current() {
	case '[':
		if !p.bracketNames() && !p.array() && !p.wildcard() && !p.filter() {
			c.fail(c.pos, "expected a quoted name, an index, '*' or '?(' after '['")
		}
	case '.':
		if c.nextIsDot() {
			p.add(step{kind: stepScan})
			c.pos += 2
		} else {
			if c.atTail() {
				c.fail(c.pos, "a path must not end with '.'")
			}
			c.pos++
		}
		if c.is('.') {
			c.fail(c.pos, "unexpected '.'")
		}
		return true
	case '*':
		p.wildcard()
	default:
		p.name()
	}
	return !c.atTail()
}

func (c *cursor) nextIsDot() bool { return c.inside(c.pos+1) && c.at(c.pos+1) == '.' }

// name reads a plain name or a function call.
func (p *pathParser) name() {
	c := p.c
	if c.is(' ') {
		c.fail(c.pos, "unexpected blank")
	}
	start, end, call := c.pos, len(c.text[:c.end+1]), false
scan:
	for i := start; c.inside(i); i++ {
		switch c.at(i) {
		case ' ':
			c.fail(i, "a name with blanks is written ['my name']")
		case '.', '[':
			end = i
			break scan
		case '(':
			end, call = i, true
			break scan
		}
	}
	name := c.slice(start, end)
	if !call {
		c.pos = end
		p.add(step{kind: stepNames, names: []string{name}})
		return
	}
	depth := 1
	for i := end + 1; i <= c.end && depth > 0; i++ {
		switch c.at(i) {
		case '(':
			depth++
		case ')':
			depth--
		}
	}
	if depth != 0 {
		c.fail(end, "the call of "+name+" is not closed")
	}
	s := step{kind: stepCall, function: name}
	if c.inside(end+1) && c.at(end+1) != ')' {
		c.pos = end + 1
		s.args = p.arguments(name)
	} else {
		// The position stays on the closing parenthesis: in this dialect the name of a step
		// behind a call without arguments begins with it, and so is never found.
		c.pos = end + 1
	}
	if f, known := functionNamed(name); known {
		s.apply = f.f
	} else {
		off := max(start+c.base, 0)
		p.path.unknown = append(p.path.unknown, &Error{Path: c.path, Offset: off, Message: "there is no function " + strconv.Quote(name)})
	}
	p.add(s)
}

// arguments reads what stands between the parentheses of a call, and goes behind them.
func (p *pathParser) arguments(name string) []argument {
	c := p.c
	const (
		ignored = iota
		asJSON
		asPath
	)
	kind := ignored
	parens, brackets, braces, quotes := 1, 0, 0, 0
	var prior byte
	var args []argument
	var text []byte
	start := c.pos
	for c.more() && parens > 0 {
		b := c.current()
		at := c.pos
		c.pos++
		if kind == ignored {
			if strings.IndexByte(" \t\r\n", b) >= 0 {
				continue
			}
			switch {
			case b == '{' || b >= '0' && b <= '9' || b == '"' || b == '-':
				kind, start = asJSON, at
			case b == '$' || b == '@':
				kind, start = asPath, at
			}
		}
		shut := false
		switch b {
		case '"':
			if prior != '\\' && quotes > 0 {
				quotes--
			} else {
				quotes++
			}
		case '(':
			parens++
		case '{':
			braces++
		case '[':
			brackets++
		case '}':
			if braces--; braces < 0 {
				c.fail(at, "unexpected '}'")
			}
		case ']':
			if brackets--; brackets < 0 {
				c.fail(at, "unexpected ']'")
			}
		case ')', ',':
			if b == ')' {
				parens--
				if parens < 0 || prior == '(' {
					text = append(text, b)
				}
			}
			shut = quotes == 0 && braces == 0 && brackets == 0 && (parens == 0 && b == ')' || parens == 1)
		case '\\':
			if next := c.current(); quotes == 1 && (next == ',' || next == '"') {
				text = append(text, next)
				c.pos++
				prior = 0
				continue
			}
		}
		if shut {
			switch kind {
			case asJSON:
				v, _, err := DecodePrefix(text)
				args = append(args, argument{json: v, err: err})
			case asPath:
				args = append(args, argument{path: p.inner(string(text), start)})
			}
			kind, text = ignored, nil
		}
		if kind != ignored && !(b == ',' && braces == 0 && brackets == 0 && parens == 1) {
			text = append(text, b)
		}
		prior = b
	}
	if braces != 0 || parens != 0 || brackets != 0 {
		c.fail(start, "the call of "+name+" is not closed")
	}
	return args
}

// inner parses a path inside an argument or a filter.
func (p *pathParser) inner(text string, at int) *Path {
	if p.depth >= maxNesting {
		p.c.fail(at, "nested too deeply")
	}
	sub := &pathParser{c: newCursor(text, p.c.base+at, p.c.path), path: &Path{text: text}, depth: p.depth + 1}
	got := sub.parse()
	p.path.unknown = append(p.path.unknown, got.unknown...)
	return got
}

// bracketNames reads ['a'], ["a"] and ['a','b'].
func (p *pathParser) bracketNames() bool {
	c := p.c
	i := c.significant(c.pos + 1)
	if !c.inside(i) {
		return false
	}
	quote := c.at(i)
	if quote != '\'' && quote != '"' {
		return false
	}
	var names []string
	start, last, inName, comma := 0, 0, false, false
scan:
	for i := c.pos + 1; c.inside(i); i++ {
		switch b := c.at(i); {
		case b == '\\':
			i++
		case b == ']' && !inName:
			if comma {
				c.fail(i, "a name is missing")
			}
			break scan
		case b == quote && inName:
			if n := c.significant(i + 1); !c.inside(n) || c.at(n) != ']' && c.at(n) != ',' {
				c.fail(i, "expected ',' or ']' after a name")
			}
			names, last, inName = append(names, unescape(c.slice(start, i))), i, false
		case b == quote:
			start, inName, comma = i+1, true, false
		case b == ',' && !inName:
			if comma {
				c.fail(i, "a name is missing")
			}
			comma = true
		}
	}
	if inName {
		c.fail(c.pos, "a name is not closed")
	}
	end := c.significant(last + 1)
	if c.at(end) != ']' || len(names) == 0 {
		c.fail(c.pos, "']' is missing")
	}
	c.pos = end + 1
	p.add(step{kind: stepNames, names: names})
	return true
}

// array reads [1], [1,2], [1:], [:2] and [1:2].
func (p *pathParser) array() bool {
	c := p.c
	i := c.significant(c.pos + 1)
	if !c.inside(i) || strings.IndexByte("0123456789-:", c.at(i)) < 0 {
		return false
	}
	end := c.pos + 1
	for c.inside(end) && c.at(end) != ']' {
		end++
	}
	if !c.inside(end) {
		return false
	}
	text := strings.TrimSpace(c.slice(c.pos+1, end))
	if strings.Trim(text, "0123456789,-: ") != "" {
		return false
	}
	if strings.Contains(text, ":") {
		p.add(step{kind: stepSlice, slice: p.parseSlice(text)})
	} else {
		var indexes []int
		for _, t := range strings.Split(text, ",") {
			indexes = append(indexes, p.integer(strings.TrimSpace(t)))
		}
		p.add(step{kind: stepIndexes, indexes: indexes})
	}
	c.pos = end + 1
	return true
}

func (p *pathParser) parseSlice(text string) slice {
	var s slice
	if strings.ContainsAny(text, " ,") {
		p.c.fail(p.c.pos, "a slice is written [from:to]")
	}
	parts := strings.Split(strings.TrimRight(text, ":"), ":")
	if parts[0] != "" {
		s.from, s.hasFrom = p.integer(parts[0]), true
	}
	if len(parts) > 1 && parts[1] != "" {
		s.to, s.hasTo = p.integer(parts[1]), true
	}
	if !s.hasFrom && !s.hasTo {
		p.c.fail(p.c.pos, "a slice needs a beginning or an end, and has no step")
	}
	return s
}

func (p *pathParser) integer(text string) int {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		p.c.fail(p.c.pos, strconv.Quote(text)+" is no index")
	}
	return int(n)
}

// wildcard reads * and [*].
func (p *pathParser) wildcard() bool {
	c := p.c
	if c.is('[') {
		if !c.nextIs(c.pos, '*') {
			return false
		}
		star := c.significant(c.pos + 1)
		if !c.nextIs(star, ']') {
			c.fail(star+1, "expected ']' after '*'")
		}
		c.pos = c.significant(star+1) + 1
	} else {
		c.pos++
	}
	p.add(step{kind: stepWildcard})
	return true
}

// filter reads [?(…)].
func (p *pathParser) filter() bool {
	c := p.c
	mark := c.significant(c.pos + 1)
	if c.at(mark) != '?' {
		return false
	}
	open := c.significant(mark + 1)
	if c.at(open) != '(' {
		return false
	}
	shut := c.matching(open, '(', ')', true)
	if shut < 0 || !c.nextIs(shut, ']') {
		return false
	}
	end := c.significant(shut + 1)
	inner := &cursor{text: c.text, pos: open, end: shut, base: c.base, path: c.path}
	f := &filterParser{c: inner, p: p}
	p.add(step{kind: stepFilter, filter: f.parse()})
	c.pos = end + 1
	return true
}
