package velocity

// refusedDirectives are known to Velocity and have no place in a data action.
var refusedDirectives = map[string]string{
	"macro":    "macros are not part of the data action dialect",
	"define":   "it is not part of the data action dialect",
	"evaluate": "text is never evaluated as a template",
	"include":  "a data action has no files",
	"parse":    "a data action has no files",
}

// directive parses `#name`, with arguments when a parenthesis follows.
func (p *parser) directive() (node, error) {
	first := p.i
	t := p.peek(0)
	name := t.image[1:]
	if t.kind == kBracedWord {
		name = t.image[2 : len(t.image)-1]
	}
	if why, ok := refusedDirectives[name]; ok {
		return nil, p.errorAt(t.pos, "#%s is refused: %s", name, why)
	}
	if name != "" && name[0] == '@' {
		return nil, p.errorAt(t.pos, "#%s is refused: macros are not part of the data action dialect", name)
	}
	known := isDirective(name)
	if known {
		p.note(name)
	}
	p.i++
	p.s.mode = inDirective // the scanner has not gone beyond the name
	if !p.s.parenFollows() {
		p.s.pop()
		return p.directiveNode(name, t, nil, first, false, false)
	}
	args, words, err := p.directiveArgs(name, known, t)
	if err != nil {
		return nil, err
	}
	if name != "foreach" && name != "literal" {
		return p.directiveNode(name, t, args, first, true, words)
	}
	from := p.i
	body, err := p.block()
	if err != nil {
		return nil, err
	}
	to := p.i - 1
	if err := p.take(kEnd); err != nil {
		return nil, err
	}
	if name == "literal" {
		if len(args) > 0 || to < from {
			return nil, p.errorAt(t.pos, "#literal takes no argument, and needs a text before #end")
		}
		return &textNode{p.literal(from, to)}, nil
	}
	n := &foreachNode{body: body, pos: p.base + t.pos}
	if len(args) < 2 {
		return nil, p.errorAt(t.pos, "#foreach needs ($item in $list)")
	}
	for i, a := range args {
		n.args = append(n.args, a.expr)
		if i == 2 {
			n.list = p.literal(a.first, a.last)
		}
	}
	if ref, ok := args[0].expr.(*refNode); ok {
		n.key = ref.root
	} else {
		n.key = p.toks[args[0].first].image[1:]
	}
	return n, nil
}

// directiveArgs parses what stands in parentheses after #name.
func (p *parser) directiveArgs(name string, known bool, at token) (args []operand, words bool, err error) {
	p.skip(kSpace)
	if err := p.take(kParenOpen); err != nil {
		return nil, false, err
	}
	for p.argFollows() {
		p.skip(kSpace)
		if p.skip(kComma) {
			p.skip(kSpace)
		}
		if p.peek(0).kind == kWord {
			if known && (name != "foreach" || len(args) != 1) {
				return nil, false, p.errorAt(at.pos, "invalid argument %d in directive #%s", len(args), name)
			}
			words = true
			args = append(args, operand{constant{}, p.i, p.i})
			p.i++
			continue
		}
		a, err := p.operand(false)
		if err != nil {
			return nil, false, err
		}
		args = append(args, a)
	}
	p.skip(kSpace)
	return args, words, p.take(kParenClose)
}

// argFollows looks two tokens ahead for an argument.
func (p *parser) argFollows() bool {
	k := p.peek(0).kind
	if k == kSpace || k == kComma {
		next := p.peek(1).kind
		return k == kSpace && next == kComma || k == kComma && next == kSpace ||
			next == kWord || next != kSpace && startsOperand(next)
	}
	switch k {
	case kWord, kString, kInteger, kFloat, kTrue, kFalse, kIdentifier:
		return true
	case kBraceOpen:
		return p.peek(1).kind == kIdentifier
	case kListOpen:
		next := p.peek(1).kind
		return next == kListClose || startsOperand(next)
	case kMapOpen:
		next := p.peek(1).kind
		return next == kMapClose || next == kBraceClose || startsOperand(next)
	}
	return false
}

// directiveNode makes the node of a directive without a body.
func (p *parser) directiveNode(name string, t token, args []operand, first int, call, words bool) (node, error) {
	switch name {
	case "break":
		n := &breakNode{pos: p.base + t.pos}
		if len(args) > 1 {
			return nil, p.errorAt(t.pos, "#break takes one scope")
		}
		if len(args) == 1 {
			n.scope = args[0].expr
			n.text = p.literal(args[0].first, args[0].last)
		}
		return n, nil
	case "stop":
		if len(args) > 1 {
			return nil, p.errorAt(t.pos, "#stop takes one message")
		}
		n := &stopNode{}
		if len(args) == 1 {
			n.message = args[0].expr
		}
		return n, nil
	case "foreach", "literal":
		return nil, p.errorAt(t.pos, "#%s needs parentheses", name)
	}
	n := &unknownNode{name: name, call: call, words: words, pos: p.base + t.pos}
	for _, tok := range p.toks[first:p.i] {
		n.text += tok.image
	}
	// Strict mode knows a call by how its last token begins.
	last := p.toks[p.i-1].image
	n.call = last != "" && last[0] == ')' || len(last) >= 4 && last[:4] == "#end"
	if !n.call {
		return &textNode{n.text}, nil
	}
	if n.words && p.t.strict == nil {
		p.t.strict = p.t.errorAt(n.pos, "invalid argument in a call of #%s, which is no directive", name)
	}
	return n, nil
}
