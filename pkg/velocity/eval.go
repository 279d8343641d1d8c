package velocity

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"sync"

	"github.com/dealroute/dealroute/pkg/diag"
)

// DefaultBudget is what a rendering may use when Options.Budget is 0.
const DefaultBudget = 8 << 20

// Options change how a template is rendered. The zero value is how Genesys does it.
type Options struct {
	// Lax is Velocity's default mode: what is not there prints as it is written.
	Lax bool
	// Budget bounds one rendering: each step costs one, and so does each byte printed or
	// built on the way. 0 means DefaultBudget.
	Budget int
	// FoldCase finds a variable or property also in other letter case. Whether Genesys does
	// is undocumented: some published actions rely on it, Velocity itself does not.
	FoldCase bool
	// Warn hears of names that FoldCase had to fold.
	Warn func(diag.Finding)
}

// run is one rendering.
type run struct {
	t     *Template
	vars  map[string]any
	local map[string]any // variables set by the template; they hide vars
	opts  Options
	out   []byte
	args  []any // stack of arguments
	nulls []*nullItem
	left  int
}

var buffers = sync.Pool{New: func() any { return new(run) }}

// Render renders a template. The variables hold what the package comment lists under values,
// and tools; those of Tools need not be given. The error is an *Error.
func (t *Template) Render(vars map[string]any, o Options) (string, error) {
	r := buffers.Get().(*run)
	r.t, r.vars, r.opts, r.left = t, vars, o, o.Budget
	if r.left <= 0 {
		r.left = DefaultBudget
	}
	err := r.template()
	s := string(r.out)
	clear(r.args)
	*r = run{out: r.out[:0], args: r.args[:0]}
	if cap(r.out) <= 64<<10 {
		buffers.Put(r)
	}
	if err != nil {
		return "", err
	}
	return s, nil
}

func (r *run) template() error {
	if !r.opts.Lax && r.t.strict != nil {
		return r.t.strict
	}
	if r.t.mutates {
		r.local = make(map[string]any, len(r.vars))
		for k, v := range r.vars {
			r.local[k] = deepCopy(v)
		}
	}
	err := r.block(r.t.nodes)
	var out *breakOut
	if errors.Is(err, errBreak) || errors.Is(err, errStop) || errors.As(err, &out) {
		return nil
	}
	var e *Error
	if err != nil && !errors.As(err, &e) {
		return r.t.errorAt(0, "%v", err)
	}
	return err
}

// spend takes n from the budget.
func (r *run) spend(pos, n int) error {
	if r.left -= n; r.left < 0 || n < 0 {
		r.left = 0
		return r.t.errorAt(pos, "%v", errBudget)
	}
	return nil
}

func (r *run) block(nodes []node) error {
	for _, n := range nodes {
		if err := n.render(r); err != nil {
			return err
		}
	}
	return nil
}

func (n *textNode) render(r *run) error {
	r.out = append(r.out, n.text...)
	if r.left -= len(n.text) + 1; r.left < 0 {
		return r.spend(0, 0)
	}
	return nil
}

func (n *ifNode) render(r *run) error {
	for _, b := range n.branches {
		ok := b.cond == nil
		if !ok {
			var err error
			if ok, err = b.cond.truth(r); err != nil {
				return err
			}
		}
		if ok {
			return r.block(b.body)
		}
	}
	return r.spend(0, 1)
}

// nullItem hides a loop's variable while its element is null. In the engine that hides all
// later assignments to it as well, until it is removed.
type nullItem struct {
	name   string
	active bool
}

// assign stores a variable of the template.
func (r *run) assign(name string, v any) {
	_, gone := v.(removed)
	for _, n := range r.nulls {
		if n.name == name && (v == nil || gone) {
			n.active = v == nil
		}
	}
	if r.local == nil {
		r.local = map[string]any{}
	}
	r.local[name] = v
}

func (n *setNode) render(r *run) error {
	v, err := n.right.value(r)
	if err != nil {
		return err
	}
	if err := r.spend(n.pos, 1); err != nil {
		return err
	}
	// A null is stored in strict mode only; in lax mode the variable stays as it is.
	if v == nil && r.opts.Lax {
		return nil
	}
	if len(n.left.steps) == 0 {
		r.assign(n.key, v)
		return nil
	}
	return n.left.store(r, v)
}

func (n *foreachNode) render(r *run) error {
	if len(n.args) == 2 {
		return nil // the engine takes the body for the list, and a body is null
	}
	v, err := n.args[2].value(r)
	if err != nil || v == nil {
		return err
	}
	items, ok := iterate(norm(v))
	if !ok {
		if r.opts.Lax {
			return nil
		}
		return r.t.errorAt(n.pos, "#foreach cannot go through %s, which is a %s", n.list, className(norm(v)))
	}
	body := n.body
	if len(n.args) > 3 { // likewise, the fourth argument is taken for the body
		body = nil
		if ref, ok := n.args[3].(*refNode); ok {
			body = []node{ref}
		}
	}
	saved := [...]struct {
		name string
		val  any
	}{{n.key, r.get(n.key)}, {"velocityCount", r.get("velocityCount")}, {"velocityHasNext", r.get("velocityHasNext")}}
	before, hadScope := r.lookup("foreach")
	outer, _ := before.(*loop)
	scope := &loop{index: -1, outer: outer}
	r.assign("foreach", scope)
	err = r.iterate(n, items, scope, body)
	for _, s := range saved {
		r.restore(s.name, s.val, s.val != nil)
	}
	r.restore("foreach", before, hadScope && before != nil)
	var out *breakOut
	if errors.Is(err, errBreak) || errors.As(err, &out) && out.loop == scope {
		return nil
	}
	return err
}

func (r *run) restore(name string, v any, had bool) {
	if !had {
		v = removed{}
	}
	r.assign(name, v)
}

func (r *run) iterate(n *foreachNode, items []any, scope *loop, body []node) error {
	var hidden *nullItem
	for i, v := range items {
		r.assign("velocityCount", int32(i+1))
		scope.hasNext = i+1 < len(items)
		scope.index = i
		r.assign("velocityHasNext", scope.hasNext)
		r.assign(n.key, norm(v))
		if err := r.spend(n.pos, 1); err != nil {
			return err
		}
		if v != nil {
			if err := r.block(body); err != nil {
				return err
			}
			continue
		}
		if hidden == nil {
			hidden = &nullItem{n.key, true}
		}
		r.nulls = append(r.nulls, hidden)
		err := r.block(body)
		r.nulls = r.nulls[:len(r.nulls)-1]
		if err != nil {
			return err
		}
	}
	return nil
}

// iterate gives the elements of what #foreach goes through; of a map, the values.
func iterate(v any) ([]any, bool) {
	switch x := v.(type) {
	case *List:
		return slices.Clone(x.items), true
	case *Map:
		return x.values(), true
	case *iterator:
		rest := x.items[min(x.next, len(x.items)):]
		x.next = len(x.items)
		return rest, true
	}
	return nil, false
}

func (m *Map) values() []any {
	out := make([]any, len(m.keys))
	for i, k := range m.keys {
		out[i] = m.vals[k]
	}
	return out
}

func (n *breakNode) render(r *run) error {
	if n.scope == nil {
		return errBreak
	}
	v, err := n.scope.value(r)
	if err != nil {
		return err
	}
	if l, ok := v.(*loop); ok {
		return &breakOut{l}
	}
	return r.t.errorAt(n.pos, "%s is not a scope to break out of", n.text)
}

func (n *stopNode) render(r *run) error {
	if n.message != nil {
		if _, err := n.message.value(r); err != nil {
			return err
		}
	}
	return errStop
}

func (n *unknownNode) render(r *run) error {
	if r.opts.Lax {
		return r.print(n.pos, n.text)
	}
	e := r.t.errorAt(n.pos, "#%s is neither a directive nor a macro", n.name)
	e.Hint = diag.DidYouMean(n.name, []string{"if", "elseif", "else", "end", "set", "foreach", "break", "stop"})
	return e
}

func (c constant) value(*run) (any, error)  { return c.v, nil }
func (c constant) truth(*run) (bool, error) { return c.boolean, nil }

func (e *textExpr) value(r *run) (any, error) {
	// The common case, one reference: its own text, without a copy.
	if ref, ok := e.only(); ok {
		v, err := ref.value(r)
		if err != nil {
			return nil, err
		}
		if s, ok := v.(string); ok {
			return s, r.spend(e.pos, 1)
		}
	}
	from := len(r.out)
	err := r.block(e.nodes)
	s := r.out[from:]
	r.out = r.out[:from]
	if err != nil {
		return nil, err
	}
	if e.trim && len(s) > 0 {
		s = s[:len(s)-1]
	}
	return string(s), nil
}

// only gives the reference that the text consists of, if it does.
func (e *textExpr) only() (*refNode, bool) {
	if !e.trim || len(e.nodes) != 2 {
		return nil, false
	}
	ref, ok := e.nodes[0].(*refNode)
	if !ok || ref.escaped || ref.kind >= refRunt || ref.slashes != "" || ref.signs != "" || ref.calls() {
		return nil, false
	}
	t, ok := e.nodes[1].(*textNode)
	return ref, ok && t.text == " "
}

// calls reports whether a reference calls a method, which must not happen twice.
func (n *refNode) calls() bool {
	return slices.ContainsFunc(n.steps, func(s step) bool { return s.kind != stepProperty })
}

func (e *textExpr) truth(*run) (bool, error) { return false, nil }

func (e *listExpr) value(r *run) (any, error) {
	l := &List{items: make([]any, len(e.items))}
	for i, it := range e.items {
		v, err := it.value(r)
		if err != nil {
			return nil, err
		}
		l.items[i] = v
	}
	return l, r.spend(0, 1+len(e.items))
}

func (e *listExpr) truth(*run) (bool, error) { return false, nil }

func (e *mapExpr) value(r *run) (any, error) {
	m := NewMap()
	for i := range e.keys {
		k, err := e.keys[i].value(r)
		if err != nil {
			return nil, err
		}
		v, err := e.values[i].value(r)
		if err != nil {
			return nil, err
		}
		if !isKey(k) {
			return nil, r.t.errorAt(0, "a %s cannot be a key", className(k))
		}
		m.put(k, v)
	}
	return m, r.spend(0, 1+len(e.keys))
}

func (e *mapExpr) truth(*run) (bool, error) { return false, nil }

func (e *rangeExpr) value(r *run) (any, error) {
	from, err := e.from.value(r)
	if err != nil {
		return nil, err
	}
	to, err := e.to.value(r)
	if err != nil {
		return nil, err
	}
	if !isNumber(from) || !isNumber(to) {
		return nil, nil
	}
	a, b := int64(toInt32(from)), int64(toInt32(to))
	n, step := b-a, int64(1)
	if a >= b {
		n, step = a-b, -1
	}
	if err := r.spend(e.pos, int(16*(n+1))); err != nil {
		return nil, err
	}
	l := &List{items: make([]any, 0, n+1)}
	for i := a; int64(len(l.items)) <= n; i += step {
		l.items = append(l.items, int32(i))
	}
	return l, nil
}

func (e *rangeExpr) truth(*run) (bool, error) { return false, nil }

func (e *groupExpr) value(r *run) (any, error)  { return e.inner.value(r) }
func (e *groupExpr) truth(r *run) (bool, error) { return e.inner.truth(r) }

func (e *notExpr) value(r *run) (any, error) { return e.truth(r) }
func (e *notExpr) truth(r *run) (bool, error) {
	ok, err := e.inner.truth(r)
	return !ok, err
}

func (e *binaryExpr) value(r *run) (any, error) {
	switch e.op {
	case kPlus, kMinus, kTimes, kOver, kModulo:
		return e.compute(r)
	}
	return e.truth(r)
}

func (e *binaryExpr) truth(r *run) (bool, error) {
	switch e.op {
	case kPlus, kMinus, kTimes, kOver, kModulo:
		// A sum has no truth of its own, and the engine does not even compute it.
		return false, nil
	case kAnd, kOr:
		ok, err := e.left.truth(r)
		if err != nil || ok == (e.op == kOr) {
			return ok, err
		}
		return e.right.truth(r)
	}
	a, b, err := e.both(r)
	if err != nil {
		return false, err
	}
	if e.op == kEqual || e.op == kNotEqual {
		same, err := r.same(e.pos, a, b)
		return same == (e.op == kEqual), err
	}
	return e.order(r, a, b)
}

func (e *binaryExpr) both(r *run) (a, b any, err error) {
	if a, err = e.left.value(r); err != nil {
		return nil, nil, err
	}
	if b, err = e.right.value(r); err != nil {
		return nil, nil, err
	}
	return norm(a), norm(b), r.spend(e.pos, 1)
}

// order is <, <=, > and >=, for numbers only: strict mode refuses the rest.
func (e *binaryExpr) order(r *run, a, b any) (bool, error) {
	if !isNumber(a) || !isNumber(b) {
		if r.opts.Lax {
			return false, nil
		}
		side, v := "left", a
		if isNumber(a) {
			side, v = "right", b
		}
		what := "null"
		if v != nil {
			what = "a " + className(v)
		}
		return false, r.t.errorAt(e.pos, "the %s side of a comparison is %s, not a number", side, what)
	}
	c := compare(a, b)
	switch e.op {
	case kLess:
		return c < 0, nil
	case kLessEqual:
		return c <= 0, nil
	case kGreater:
		return c > 0, nil
	}
	return c >= 0, nil
}

// same is ==: numbers by value, values of one class by equals, the rest by their text.
func (r *run) same(pos int, a, b any) (bool, error) {
	switch {
	case isNumber(a) && isNumber(b):
		return compare(a, b) == 0, nil
	case a == nil || b == nil:
		return a == nil && b == nil, nil
	case className(a) == className(b):
		return equal(a, b, 0), nil
	case !printable(a) || !printable(b):
		return false, nil // one of them prints an address, which equals nothing
	}
	x, err := r.text(pos, a)
	if err != nil {
		return false, err
	}
	y, err := r.text(pos, b)
	return x == y, err
}

func (e *binaryExpr) compute(r *run) (any, error) {
	a, b, err := e.both(r)
	if err != nil {
		return nil, err
	}
	_, left := a.(string)
	_, right := b.(string)
	if e.op == kPlus && (left || right) {
		x, y := e.leftText, e.rightText
		if a != nil {
			if x, err = r.text(e.pos, a); err != nil {
				return nil, err
			}
		}
		if b != nil {
			if y, err = r.text(e.pos, b); err != nil {
				return nil, err
			}
		}
		return x + y, r.spend(e.pos, len(x)+len(y))
	}
	if !isNumber(a) || !isNumber(b) {
		return nil, nil
	}
	if x, ok := a.(*big.Int); ok {
		err = r.spend(e.pos, x.BitLen()/8)
	}
	if x, ok := b.(*big.Int); ok && err == nil {
		err = r.spend(e.pos, x.BitLen()/8)
	}
	if err != nil {
		return nil, err
	}
	v, err := arith(e.op, a, b)
	if err != nil {
		return nil, r.t.errorAt(e.pos, "%v", err)
	}
	return v, nil
}

// fold finds a name in other letter case and tells of it.
func (r *run) fold(pos int, name string, m map[string]any) (any, bool) {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		if strings.EqualFold(k, name) {
			r.folded(pos, name, k)
			return m[k], true
		}
	}
	return nil, false
}

func (r *run) folded(pos int, name, found string) {
	if r.opts.Warn == nil {
		return
	}
	line, column := r.t.at(pos)
	r.opts.Warn(diag.Finding{
		Severity: diag.Warning,
		Message:  fmt.Sprintf("%q is written %q where it is defined; whether Genesys ignores letter case is undocumented", name, found),
		Position: diag.Position{File: r.t.name, Line: line, Column: column},
		Length:   len(name),
	})
}
