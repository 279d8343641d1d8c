package jsonpath

import (
	"regexp"
	"strings"
	"unicode/utf16"
)

type nodeKind uint8

const (
	nodeUndefined nodeKind = iota // a path that leads nowhere
	nodeNull
	nodeBool
	nodeNumber
	nodeString
	nodeJSON // array or object
	nodePattern
	nodeOther // a text in a list that looks like a path or like JSON: equal to nothing
)

// A node is what a comparison compares.
type node struct {
	kind    nodeKind
	truth   bool
	text    string
	json    Value
	literal bool // of nodeJSON: written in the filter
	err     error
	pattern *regexp.Regexp
}

func (l logical) holds(e *evaluation, item Value) (bool, error) {
	for _, p := range l.parts {
		ok, err := p.holds(e, item)
		if err != nil {
			return false, err
		}
		switch {
		case l.op == '!':
			return !ok, nil
		case ok == (l.op == '|'):
			return ok, nil
		}
	}
	return l.op == '&', nil
}

// holds asks whether the path leads somewhere. A path that begins with $ is looked up from
// the item as well: so does the dialect where nothing is compared.
func (x exists) holds(e *evaluation, item Value) (bool, error) {
	_, err := e.run(x.path, item, true)
	if err != nil && !isFault(err, notFound) {
		return false, err
	}
	return (err == nil) == x.want, nil
}

func (c comparison) holds(e *evaluation, item Value) (bool, error) {
	left, err := c.left.node(e, item)
	if err != nil {
		return false, err
	}
	right, err := c.right.node(e, item)
	if err != nil {
		return false, err
	}
	return c.test(left, right)
}

func (o operand) node(e *evaluation, item Value) (node, error) {
	if o.path == nil {
		return o.literal, nil
	}
	doc := item
	if o.path.fromRoot {
		doc = e.root
	}
	v, err := e.path(o.path, doc)
	if isFault(err, notFound) {
		return node{kind: nodeUndefined}, nil
	}
	if err != nil {
		return node{}, err
	}
	switch v.kind {
	case Null:
		return node{kind: nodeNull}, nil
	case True, False:
		return node{kind: nodeBool, truth: v.kind == True}, nil
	case Number:
		return node{kind: nodeNumber, text: canonical(v.text)}, nil
	case String:
		return node{kind: nodeString, text: v.text}, nil
	}
	return node{kind: nodeJSON, json: v}, nil
}

// same is the dialect's ==, which is not symmetric: a number on the left takes a text on the
// right for a number, a text on the left takes a number on the right for its digits.
func same(a, b node) bool {
	switch {
	case a.kind == nodeNumber && b.kind == nodeNumber:
		return compareNumbers(a.text, b.text) == 0
	case a.kind == nodeNumber && b.kind == nodeString:
		return isDecimal(b.text) && compareNumbers(a.text, b.text) == 0
	case a.kind == nodeString && (b.kind == nodeString || b.kind == nodeNumber):
		return a.text == b.text
	case a.kind != b.kind:
		return false
	case a.kind == nodeNull:
		return true
	case a.kind == nodeBool:
		return a.truth == b.truth
	}
	return false
}

func equals(a, b node) (bool, error) {
	if a.kind == nodeJSON && b.kind == nodeJSON {
		if a.literal { // the dialect compares its text, which equals no value
			return false, nil
		}
		if b.err != nil {
			return false, faultf(hard, "%v", b.err)
		}
		return sameJSON(a.json, b.json), nil
	}
	return same(a, b), nil
}

// sameJSON compares as Java compares collections: 1 and 1.0 differ.
func sameJSON(a, b Value) bool {
	if a.kind != b.kind || a.Len() != b.Len() {
		return false
	}
	switch a.kind {
	case Number:
		return strings.ContainsAny(a.text, ".eE") == strings.ContainsAny(b.text, ".eE") && compareNumbers(a.text, b.text) == 0
	case String:
		return a.text == b.text
	case Array:
		for i, v := range a.list.items {
			if !sameJSON(v, b.list.items[i]) {
				return false
			}
		}
	case Object:
		for i, v := range a.list.items {
			if w, ok := b.Get(a.list.names[i]); !ok || !sameJSON(v, w) {
				return false
			}
		}
	}
	return true
}

// items gives an array's items as nodes; ok is false for an object. An item that is itself an
// array or object ends the evaluation, as in the dialect.
func (n node) items() (_ []node, ok bool, err error) {
	if n.kind != nodeJSON {
		return nil, false, faultf(invalid, "expected a list")
	}
	if n.err != nil {
		return nil, false, faultf(hard, "%v", n.err)
	}
	if n.json.kind != Array {
		return nil, false, nil
	}
	out := make([]node, n.json.Len())
	for i, v := range n.json.list.items {
		switch v.kind {
		case Null:
			out[i] = node{kind: nodeNull}
		case True, False:
			out[i] = node{kind: nodeBool, truth: v.kind == True}
		case Number:
			out[i] = node{kind: nodeNumber, text: canonical(v.text)}
		case String:
			out[i] = listText(v.text)
		default:
			return nil, false, faultf(hard, "a list of lists or objects cannot be searched")
		}
	}
	return out, true, nil
}

// listText is a text inside a list: one that is a path or JSON by itself is no text.
func listText(s string) node {
	t := strings.TrimSpace(s)
	if t != "" && (t[0] == '$' || t[0] == '@') {
		if _, err := Parse(t); err == nil {
			return node{kind: nodeOther}
		}
	}
	if len(t) > 1 && (t[0] == '[' && t[len(t)-1] == ']' || t[0] == '{' && t[len(t)-1] == '}') {
		if _, err := decodeLoosely(t); err == nil {
			return node{kind: nodeOther}
		}
	}
	if n := len(s); n > 1 && s[0] == s[n-1] && (s[0] == '\'' || s[0] == '"') {
		s = s[1 : n-1]
	}
	return node{kind: nodeString, text: unescape(s)}
}

func holds(list []node, n node) bool {
	for _, m := range list {
		if same(n, m) {
			return true
		}
	}
	return false
}

// length is the length of a Java string: UTF-16 units.
func length(s string) int {
	n := 0
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

// input is what a regular expression is matched with; "" for what has no text.
func (n node) input() string {
	switch n.kind {
	case nodeString, nodeNumber:
		return n.text
	case nodeBool:
		if n.truth {
			return "true"
		}
		return "false"
	}
	return ""
}
