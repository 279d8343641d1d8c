package velocity

import (
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
)

// An Escape is what makes a value safe where it is inserted.
type Escape uint8

// The escapes that tools apply.
const (
	NotEscaped Escape = iota
	EscapedJSON
	EscapedURL
	EscapedBase64 // safe in both
	EscapedOther  // by a tool for something else
)

// A Reference is one use of a variable, as the checker sees it.
type Reference struct {
	Root     string   // the variable: input
	Path     []string // its properties, up to a call or an index: phone
	Text     string   // as written
	Position diag.Position

	Quiet     bool // $!
	Optional  bool // a null here is no failure: quiet, or asked for in a condition
	Guarded   bool // an #if around it asks for the same path
	Condition bool // part of a condition, not of the output

	InString bool   // inside a JSON string of the template's text
	Quoted   bool   // inside a string literal of the template
	Query    bool   // behind a ? of the template's text
	Start    bool   // nothing is printed before it
	Escape   Escape // by the tool whose argument it is
	Tool     string // that tool's method, as esc.url; of a tool, the method called

	args int // arguments of the first call
}

// Dotted is the path with its root: input.phone.
func (r Reference) Dotted() string { return strings.Join(append([]string{r.Root}, r.Path...), ".") }

// References lists what a template refers to, in the order of reading. A variable that the
// template sets itself is left out.
func (t *Template) References() []Reference {
	w := &walker{t: t, start: true, own: map[string]bool{}}
	w.block(t.nodes)
	return w.out
}

// walker goes through a template and remembers what is around.
type walker struct {
	t      *Template
	out    []Reference
	guards []string
	own    map[string]bool // variables the template sets

	inString, query, start bool
	quoted, condition      bool
	escape                 Escape
	tool                   string
	null                   bool // the surrounding reference tolerates a null
}

func (w *walker) block(nodes []node) {
	for _, n := range nodes {
		w.node(n)
	}
}

func (w *walker) node(n node) {
	switch n := n.(type) {
	case *textNode:
		w.text(n.text)
	case *refNode:
		w.reference(n, n.kind == refQuiet)
		w.start = false
	case *ifNode:
		w.ifNode(n)
	case *setNode:
		w.aside(func() { w.expr(n.right) })
		if len(n.left.steps) == 0 {
			w.own[n.key] = true
		}
	case *foreachNode:
		w.aside(func() {
			for _, a := range n.args[1:] {
				w.expr(a)
			}
		})
		for _, name := range [...]string{n.key, "foreach", "velocityCount", "velocityHasNext"} {
			w.own[name] = true
		}
		w.block(n.body)
	case *stopNode:
		if n.message != nil {
			w.aside(func() { w.expr(n.message) })
		}
	}
}

// text follows quotes and the question mark through the printed text.
func (w *walker) text(s string) {
	if strings.TrimSpace(s) == "" {
		return
	}
	if w.quoted {
		return
	}
	w.start = false
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			if w.inString {
				i++
			}
		case '"':
			w.inString = !w.inString
		case '?':
			w.query = true
		}
	}
}

// ifNode walks all branches from the same place and goes on behind the first.
func (w *walker) ifNode(n *ifNode) {
	type place struct{ inString, query, start bool }
	before := place{w.inString, w.query, w.start}
	after := before
	for i, b := range n.branches {
		w.inString, w.query, w.start = before.inString, before.query, before.start
		guards := w.guards
		if b.cond != nil {
			from := len(w.out)
			w.aside(func() { w.expr(b.cond) })
			for _, r := range w.out[from:] {
				w.guards = append(w.guards, r.Dotted())
			}
		}
		w.block(b.body)
		w.guards = guards
		if i == 0 {
			after = place{w.inString, w.query, w.start}
		}
	}
	w.inString, w.query, w.start = after.inString, after.query, after.start
}

// aside walks what is not printed where it stands.
func (w *walker) aside(f func()) {
	saved := *w
	w.condition, w.null, w.quoted = true, true, false
	f()
	out, own := w.out, w.own
	*w = saved
	w.out, w.own = out, own
}

func (w *walker) expr(e expr) {
	switch e := e.(type) {
	case *refNode:
		w.reference(e, w.null)
	case *textExpr:
		saved := *w
		w.quoted, w.null = true, false
		w.block(e.nodes)
		out := w.out
		*w = saved
		w.out = out
	case *listExpr:
		for _, it := range e.items {
			w.expr(it)
		}
	case *mapExpr:
		for i := range e.keys {
			w.expr(e.keys[i])
			w.expr(e.values[i])
		}
	case *rangeExpr:
		w.expr(e.from)
		w.expr(e.to)
	case *groupExpr:
		w.expr(e.inner)
	case *notExpr:
		w.expr(e.inner)
	case *binaryExpr:
		w.expr(e.left)
		w.expr(e.right)
	}
}

func (w *walker) reference(n *refNode, optional bool) {
	if n.kind >= refRunt {
		return
	}
	line, column := w.t.at(n.pos)
	r := Reference{
		Root: n.root, Text: n.literal, Position: diag.Position{File: w.t.name, Line: line, Column: column},
		Quiet: n.kind == refQuiet, Optional: optional || n.kind == refQuiet || n.loose || n.escaped, Condition: w.condition,
		InString: w.inString, Quoted: w.quoted, Query: w.query, Start: w.start, Escape: w.escape, Tool: w.tool,
		args: -1,
	}
	for i, s := range n.steps {
		if s.kind == stepProperty {
			r.Path = append(r.Path, s.name)
			continue
		}
		r.args = len(s.args)
		if b, ok := builtins[n.root]; ok && i == 0 && s.kind == stepMethod {
			r.Tool = s.name
			w.arguments(b, n, s, optional)
		} else {
			w.others(n.steps[i:])
		}
		break
	}
	r.Guarded = slices.Contains(w.guards, r.Dotted())
	if !w.own[n.root] {
		w.out = append(w.out, r)
	}
}

// arguments walks those of a tool, which escapes them.
func (w *walker) arguments(t *tool, n *refNode, s step, optional bool) {
	escape, tool, null := w.escape, w.tool, w.null
	w.tool = t.name + "." + s.name
	w.null = (optional || n.kind == refQuiet) && t.name == "esc"
	w.escape = EscapedOther
	if m := t.method(s.name); m != nil {
		w.escape = [...]Escape{other: EscapedOther, forJSON: EscapedJSON, forURL: EscapedURL, forBase64: EscapedBase64}[m.use]
	}
	for _, a := range s.args {
		w.expr(a)
	}
	w.escape, w.tool, w.null = escape, tool, null
}

func (w *walker) others(steps []step) {
	saved := w.null
	w.null = false
	for _, s := range steps {
		for _, a := range s.args {
			w.expr(a)
		}
	}
	w.null = saved
}
