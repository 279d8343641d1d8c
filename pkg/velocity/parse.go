package velocity

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/recall"
)

// Limits that keep a hostile template from exhausting the stack or the parser.
const (
	maxDepth = 150
	maxScans = 1 << 12
)

// parsed are the templates that were read, by name and text.
var parsed recall.Store[*Template]

// Parse reads a template. The name appears in messages. The error is an *Error.
func Parse(name, text string) (*Template, error) {
	return parsed.Of(name+"\x00"+text, func(string) (*Template, error) { return parse(name, text) })
}

func parse(name, text string) (*Template, error) {
	t := &Template{name: name, text: text, lines: []int{0}}
	for i := range len(text) {
		if text[i] == '\n' {
			t.lines = append(t.lines, i+1)
		}
	}
	p := &parser{t: t, s: scanner{src: text}}
	nodes, err := p.template()
	if err != nil {
		return nil, err
	}
	t.nodes = nodes
	return t, nil
}

// parser is a descent with one to three tokens in sight, as the engine's is; where it looks
// further matters, because looking moves the scanner.
type parser struct {
	t     *Template
	s     scanner
	base  int // offset of s.src in the template, for strings inside it
	toks  []token
	i     int // next token to take
	depth int
	ifs   int // #if around this place
	scans int
	err   error
}

func (p *parser) template() ([]node, error) {
	nodes, err := p.block()
	if err != nil {
		return nil, err
	}
	if p.peek(0).kind != kEOF {
		return nil, p.unexpected()
	}
	return nodes, nil
}

// at gives the line and column of an offset.
func (t *Template) at(offset int) (line, column int) {
	offset = min(offset, len(t.text))
	lo, hi := 0, len(t.lines)
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; t.lines[mid] <= offset {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo + 1, utf8.RuneCountInString(t.text[t.lines[lo]:offset]) + 1
}

func (t *Template) errorAt(offset int, format string, args ...any) *Error {
	line, column := t.at(offset)
	return &Error{Name: t.name, Line: line, Column: column, Message: fmt.Sprintf(format, args...)}
}

func (p *parser) errorAt(pos int, format string, args ...any) error {
	return p.t.errorAt(p.base+pos, format, args...)
}

// peek returns the token k places ahead. After a lexical error it is one that fits nowhere.
func (p *parser) peek(k int) token {
	for p.i+k >= len(p.toks) {
		if p.err != nil {
			return token{kind: kNone, pos: p.s.pos}
		}
		if n := len(p.toks); n > 0 && p.toks[n-1].kind == kEOF {
			return p.toks[n-1]
		}
		t, ok := p.s.next()
		if !ok {
			p.err = p.lexical()
			continue
		}
		p.toks = append(p.toks, t)
	}
	return p.toks[p.i+k]
}

func (p *parser) lexical() error {
	if p.s.pos >= len(p.s.src) {
		e := p.t.errorAt(p.base+p.s.pos, "the template ends in the middle of %q", tail(p.s.src))
		e.Hint = "a $ or # as last character is an error in Velocity; use ${esc.dollar} or ${esc.hash}"
		return e
	}
	r, _ := utf8.DecodeRuneInString(p.s.src[p.s.pos:])
	return p.errorAt(p.s.pos, "unexpected character %q", r)
}

func tail(s string) string {
	i := strings.LastIndexAny(s, "$#")
	return s[max(i, 0):]
}

func (p *parser) unexpected() error {
	t := p.peek(0)
	if p.err != nil {
		return p.err
	}
	image := t.image
	if t.kind == kEOF {
		image = "<EOF>"
	}
	return p.errorAt(t.pos, "Encountered %q", image)
}

func (p *parser) take(k kind) error {
	if p.peek(0).kind != k {
		return p.unexpected()
	}
	p.i++
	return nil
}

// skip takes a token when it is there.
func (p *parser) skip(k kind) bool {
	if p.peek(0).kind == k {
		p.i++
		return true
	}
	return false
}

func (p *parser) enter() error {
	if p.depth++; p.depth > maxDepth {
		return p.errorAt(p.peek(0).pos, "nested too deeply")
	}
	return nil
}

func (p *parser) leave() { p.depth-- }

// image is what a token prints where it is text.
func (t token) text() string {
	if t.kind == kMultiCommentEnd {
		return ""
	}
	return t.stray + t.image
}

// literal is the source of the tokens from..to, without what comments hold.
func (p *parser) literal(from, to int) string {
	if from == to {
		return p.toks[from].text()
	}
	var b strings.Builder
	for i := from; i <= to && i < len(p.toks); i++ {
		b.WriteString(p.toks[i].text())
	}
	return b.String()
}

func startsStatement(k kind) bool {
	switch k {
	case kParenOpen, kParenClose, kEscapedDirective, kSet, kLineComment, kDoubleEscape, kEscape,
		kText, kDocCommentEnd, kMultiCommentEnd, kBlockTextEnd, kString, kIf, kInteger, kFloat,
		kWord, kBracedWord, kIdentifier, kDot, kBraceOpen, kBraceClose, kEmptyIndex:
		return true
	}
	return false
}

func (p *parser) block() ([]node, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	var nodes []node
	for startsStatement(p.peek(0).kind) {
		n, err := p.statement()
		if err != nil {
			return nil, err
		}
		t, ok := n.(*textNode)
		if !ok {
			nodes = append(nodes, n)
			continue
		}
		if t.text == "" {
			continue
		}
		if len(nodes) > 0 {
			if last, ok := nodes[len(nodes)-1].(*textNode); ok {
				last.text += t.text
				continue
			}
		}
		nodes = append(nodes, t)
	}
	if p.err != nil {
		return nil, p.err
	}
	return nodes, nil
}

func (p *parser) statement() (node, error) {
	t := p.peek(0)
	if t.kind == kIf {
		return p.ifStatement()
	}
	if t.kind == kIdentifier || t.kind == kBraceOpen && p.peek(1).kind == kIdentifier {
		return p.reference()
	}
	switch t.kind {
	case kLineComment, kMultiCommentEnd, kDocCommentEnd:
		p.i++
		if t.kind == kLineComment {
			p.skip(kLineEnd)
		}
		// What stood before the comment is part of its token.
		i := strings.Index(t.image, "##")
		if i < 0 {
			i = max(strings.Index(t.image, "#*"), 0)
		}
		return &textNode{t.image[:i]}, nil
	case kBlockTextEnd:
		p.i++
		return &textNode{t.image[len("#[[") : len(t.image)-len("]]#")]}, nil
	case kSet:
		return p.set()
	case kEscapedDirective:
		p.i++
		return &textNode{escapedDirective(t.image)}, nil
	case kDoubleEscape:
		return p.escapes(), nil
	case kWord, kBracedWord:
		return p.directive()
	}
	p.i++
	return &textNode{t.text()}, nil
}

// isDirective reports whether a name is a directive that is not part of the grammar.
func isDirective(name string) bool {
	switch name {
	case "foreach", "include", "parse", "macro", "literal", "evaluate", "break", "define", "stop":
		return true
	}
	return false
}

// escapedDirective halves the backslashes before a directive, and only before one.
func escapedDirective(image string) string {
	i := strings.LastIndexByte(image, '\\')
	name := strings.Trim(image[i+2:], "{}")
	switch name {
	case "if", "end", "set", "else", "elseif":
	default:
		if !isDirective(name) {
			return image
		}
	}
	return image[:i/2] + image[i+1:]
}

func (p *parser) escapes() node {
	n := 0
	for p.skip(kDoubleEscape) {
		n++
	}
	one := `\\`
	switch t := p.peek(0); t.kind {
	case kEnd, kIf, kElseIf, kElse:
		one = `\`
	case kEOF, kNone:
	default:
		if t.image != "" && isDirective(t.image[1:]) {
			one = `\`
		}
	}
	return &textNode{strings.Repeat(one, n)}
}

func (p *parser) ifStatement() (node, error) {
	p.note("if")
	p.ifs++
	defer func() { p.ifs-- }()
	n := &ifNode{}
	for {
		p.i++ // #if or #elseif
		p.skip(kSpace)
		if err := p.take(kParenOpen); err != nil {
			return nil, err
		}
		cond, err := p.expression()
		if err != nil {
			return nil, err
		}
		if err := p.take(kParenClose); err != nil {
			return nil, err
		}
		body, err := p.block()
		if err != nil {
			return nil, err
		}
		n.branches = append(n.branches, branch{cond.expr, body})
		if p.peek(0).kind != kElseIf {
			break
		}
	}
	if p.skip(kElse) {
		body, err := p.block()
		if err != nil {
			return nil, err
		}
		n.branches = append(n.branches, branch{nil, body})
	}
	return n, p.take(kEnd)
}

func (p *parser) set() (node, error) {
	n := &setNode{pos: p.base + p.peek(0).pos}
	p.note("set")
	p.i++
	p.skip(kSpace)
	first := p.i
	left, err := p.reference()
	if err != nil {
		return nil, err
	}
	n.left = left
	// The engine takes the name from the first token, whatever it is: ${a} stores under "{".
	if image := p.toks[first].image; image != "" {
		n.key = image[1:]
	}
	if len(left.steps) > 0 {
		p.t.mutates = true
	}
	p.skip(kSpace)
	if err := p.take(kAssign); err != nil {
		return nil, err
	}
	right, err := p.expression()
	if err != nil {
		return nil, err
	}
	n.right = right.expr
	if err := p.take(kParenClose); err != nil {
		return nil, err
	}
	p.s.inSet = false
	return n, nil
}

// note records a directive for the checker.
func (p *parser) note(name string) {
	line, column := p.t.at(p.base + p.peek(0).pos)
	p.t.directives = append(p.t.directives, directive{name, diag.Position{File: p.t.name, Line: line, Column: column}})
}

// stringLiteral makes the value of a quoted string; double quotes interpolate.
func (p *parser) stringLiteral(t token) (expr, error) {
	q := t.image[0]
	body := t.image[1 : len(t.image)-1]
	if q == '"' {
		var ok bool
		if body, ok = unescapeUnicode(body); !ok {
			return nil, p.errorAt(t.pos, `a \u in a string needs four hexadecimal digits`)
		}
	}
	double := string([]byte{q, q})
	body = strings.ReplaceAll(body, double, double[:1])
	if q == '\'' || !strings.ContainsAny(t.image, "$#") {
		return constant{v: body}, nil
	}
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	trim := !strings.Contains(body, "##")
	if trim {
		body += " "
	}
	sub := &parser{t: p.t, s: scanner{src: body}, base: p.base + t.pos + 1, depth: p.depth}
	nodes, err := sub.template()
	if err != nil {
		return nil, err
	}
	return &textExpr{nodes: nodes, trim: trim, pos: p.base + t.pos}, nil
}

// unescapeUnicode replaces \uXXXX, the one escape that strings know.
func unescapeUnicode(s string) (string, bool) {
	if !strings.Contains(s, `\u`) {
		return s, true
	}
	var units []uint16
	for {
		i := strings.Index(s, `\u`)
		if i < 0 {
			return fromUnits(append(units, toUnits(s)...)), true
		}
		if len(s) < i+6 {
			return "", false
		}
		n, ok := hex4(s[i+2 : i+6])
		if !ok {
			return "", false
		}
		units = append(append(units, toUnits(s[:i])...), n)
		s = s[i+6:]
	}
}
