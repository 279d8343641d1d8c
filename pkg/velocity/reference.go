package velocity

import (
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
)

// lookup finds a variable: the template's own, then the caller's, then the tools.
func (r *run) lookup(name string) (any, bool) {
	for _, n := range r.nulls {
		if n.active && n.name == name {
			return nil, true
		}
	}
	if r.local != nil {
		if v, ok := r.local[name]; ok {
			if _, gone := v.(removed); gone {
				return nil, false
			}
			return v, true
		}
	}
	if v, ok := r.vars[name]; ok {
		return v, true
	}
	if t, ok := builtins[name]; ok {
		return t, true
	}
	return nil, false
}

// get is lookup without telling null from absent.
func (r *run) get(name string) any {
	v, _ := r.lookup(name)
	return v
}

// render prints a reference, or what stands for it. The cases of the engine:
//
//	value     escaped   strict             lax
//	there     no        value              value
//	there     yes       as written         as written
//	null      no        error; quiet: ""   as written; quiet: ""
//	null      yes       \ and as written   \ and as written
//
// Half of the backslashes before a reference are printed with it, all of them (twice the
// half) when it is null in lax mode, and none when it is null and quiet in strict mode.
func (n *refNode) render(r *run) error {
	if n.kind == refRunt {
		return r.print(n.pos, n.root)
	}
	v, err := n.execute(r)
	if err != nil {
		return err
	}
	switch {
	case n.escaped:
		if v == nil {
			return r.print(n.pos, n.slashes+`\`+n.null)
		}
		return r.print(n.pos, n.slashes+n.null)
	case v != nil:
		if n.slashes != "" || n.signs != "" {
			if err := r.print(n.pos, n.slashes+n.signs); err != nil {
				return err
			}
		}
		if s, ok := v.(string); ok {
			return r.print(n.pos, s)
		}
		return r.printValue(n.pos, norm(v))
	case r.opts.Lax:
		return r.print(n.pos, n.slashes+n.slashes+n.signs+n.null)
	case n.kind == refQuiet:
		return nil
	}
	e := r.t.errorAt(n.pos, "Reference %s evaluated to null when attempting to render", n.literal)
	e.Hint = "write $!" + strings.TrimPrefix(n.literal, "$") + " if it may be missing"
	return e
}

func (n *refNode) value(r *run) (any, error) {
	if n.kind >= refRunt {
		return nil, nil
	}
	return n.execute(r)
}

// truth of a reference: a boolean is itself, anything but null is true.
func (n *refNode) truth(r *run) (bool, error) {
	if n.kind == refRunt {
		return false, nil
	}
	v, err := n.execute(r)
	if b, ok := v.(bool); ok {
		return b, err
	}
	return v != nil, err
}

// execute finds the value.
func (n *refNode) execute(r *run) (any, error) {
	if err := r.spend(n.pos, 1); err != nil {
		return nil, err
	}
	v, ok := r.lookup(n.root)
	if !ok {
		if r.opts.FoldCase {
			v, ok = r.fold(n.pos, n.root, r.vars)
		}
		if !ok && !r.opts.Lax && !n.loose {
			return nil, n.unset(r)
		}
	}
	for i := range n.steps {
		s := &n.steps[i]
		if v == nil {
			if r.opts.Lax {
				return nil, nil
			}
			return nil, r.t.errorAt(s.pos, "Attempted to access '%s' on a null value", s.name)
		}
		var err error
		if v, err = s.follow(r, v); err != nil {
			return nil, err
		}
	}
	return norm(v), nil
}

func (n *refNode) unset(r *run) error {
	e := r.t.errorAt(n.pos, "Variable $%s has not been set", n.root)
	known := make([]string, 0, len(r.vars)+len(builtins))
	for k := range r.vars {
		known = append(known, k)
	}
	for k := range builtins {
		known = append(known, k)
	}
	e.Hint = diag.DidYouMean(n.root, known)
	return e
}

// follow goes one step from a value that is not null. Null without an error means that
// there is nothing, in lax mode also that there could be nothing.
func (s *step) follow(r *run, v any) (any, error) {
	switch s.kind {
	case stepProperty:
		return s.property(r, v)
	case stepIndex:
		return s.index(r, v)
	}
	from := len(r.args)
	args, err := s.arguments(r)
	if err == nil {
		v, err = s.call(r, v, args)
	}
	clear(r.args[from:])
	r.args = r.args[:from]
	return v, err
}

// arguments evaluates on the stack of arguments, which the caller takes down again.
func (s *step) arguments(r *run) ([]any, error) {
	from := len(r.args)
	for _, a := range s.args {
		v, err := a.value(r)
		if err != nil {
			return nil, err
		}
		r.args = append(r.args, norm(v))
	}
	return r.args[from:], nil
}

func (s *step) property(r *run, v any) (any, error) {
	if s.name == "class" {
		return nil, s.refuse(r, "class")
	}
	switch x := v.(type) {
	case map[string]any:
		p, ok := x[s.name]
		if !ok && r.opts.FoldCase {
			p, _ = r.fold(s.pos, s.name, x)
		}
		return p, nil
	case *Map:
		p, ok := x.vals[s.name]
		if !ok && r.opts.FoldCase {
			for _, k := range x.keys {
				if name, isText := k.(string); isText && strings.EqualFold(name, s.name) {
					r.folded(s.pos, s.name, name)
					return x.vals[k], nil
				}
			}
		}
		return p, nil
	}
	v = norm(v)
	if m, ok := v.(*Map); ok { // of another Go type
		return m.vals[s.name], nil
	}
	p, ok, err := propertyOf(v, s.name)
	if err != nil {
		return nil, r.t.errorAt(s.pos, "%v", err)
	}
	if ok || r.opts.Lax {
		return p, nil
	}
	e := r.t.errorAt(s.pos, "Object '%s' does not contain property '%s'", className(v), s.name)
	if t, ok := v.(*tool); ok {
		e.Message = fmt.Sprintf("$%s has no property '%s'", t.name, s.name)
		e.Hint = diag.DidYouMean(s.name, t.names())
	}
	return nil, e
}

func (s *step) refuse(r *run, what string) error {
	return r.t.errorAt(s.pos, "%s is refused: templates have no access to Java's own objects", what)
}

func (s *step) index(r *run, v any) (any, error) {
	args, err := s.arguments(r)
	if err != nil {
		return nil, err
	}
	defer func() { r.args = r.args[:len(r.args)-len(args)] }()
	v = norm(v)
	if args[0], err = s.fromEnd(r, v, args[0]); err != nil {
		return nil, err
	}
	return s.call(r, v, args)
}

// fromEnd adds the size to a negative index.
func (s *step) fromEnd(r *run, v, i any) (any, error) {
	n, ok := i.(int32)
	if !ok || n >= 0 {
		return i, nil
	}
	switch x := v.(type) {
	case *List:
		return n + int32(len(x.items)), nil
	case *Map:
		return n + int32(x.Len()), nil
	}
	return nil, r.t.errorAt(s.pos, "a %s has no size for the negative index %d", className(v), n)
}

// call calls a method.
func (s *step) call(r *run, v any, args []any) (any, error) {
	if s.refused != "" {
		return nil, s.refuse(r, s.refused)
	}
	v = norm(v)
	if t, ok := v.(Tool); ok {
		out, err := callTool(t, r, s, args)
		if !errors.Is(err, ErrNoMethod) {
			return s.result(r, out, err)
		}
	} else if m := methodOf(v, s.name); m != nil {
		out, err := m.call(&call{r: r, step: s, recv: v}, args)
		if !errors.Is(err, ErrNoMethod) {
			return s.result(r, out, err)
		}
	}
	if r.opts.Lax {
		return nil, nil
	}
	return nil, s.noMethod(r, v, args)
}

// result makes a failed call an error at its place, and charges for a text.
func (s *step) result(r *run, out any, err error) (any, error) {
	if err != nil {
		var e *Error
		if errors.As(err, &e) {
			return nil, e
		}
		return nil, r.t.errorAt(s.pos, "%s: %v", s.name, err)
	}
	out = norm(out)
	switch x := out.(type) {
	case string:
		err = r.spend(s.pos, len(x))
	case *List:
		err = r.spend(s.pos, len(x.items))
	case *big.Int:
		err = r.spend(s.pos, x.BitLen()/8)
	}
	return out, err
}

func (s *step) noMethod(r *run, v any, args []any) error {
	var b strings.Builder
	for i, a := range args {
		if i > 0 {
			b.WriteString(", ")
		}
		if a == nil {
			b.WriteString("null")
		} else {
			b.WriteString(className(a))
		}
	}
	e := r.t.errorAt(s.pos, "Object '%s' does not contain method %s(%s)", className(v), s.name, b.String())
	if t, ok := v.(*tool); ok {
		e.Message = fmt.Sprintf("$%s has no method %s(%s)", t.name, s.name, b.String())
		e.Hint = diag.DidYouMean(s.name, t.names())
	} else if methodOf(v, s.name) == nil {
		e.Hint = diag.DidYouMean(s.name, methodNames(v))
	}
	return e
}

// store assigns to a property or an element.
func (n *refNode) store(r *run, v any) error {
	target, ok := r.lookup(n.root)
	if !ok && !r.opts.Lax {
		return n.unset(r)
	}
	last := len(n.steps) - 1
	for i := range n.steps[:last] {
		if target == nil {
			break
		}
		var err error
		if target, err = n.steps[i].follow(r, target); err != nil {
			return err
		}
		if target == nil && !r.opts.Lax {
			return r.t.errorAt(n.steps[i+1].pos, "Attempted to access '%s' on a null value", n.steps[i+1].name)
		}
	}
	if target == nil {
		return nil
	}
	s := &n.steps[last]
	target = norm(target)
	done, err := s.put(r, target, v)
	if err != nil || done || r.opts.Lax {
		return err
	}
	return r.t.errorAt(s.pos, "Object '%s' does not contain property '%s'", className(target), s.name)
}

// put stores into a map or list; done is false where there is nothing to store into.
func (s *step) put(r *run, target, v any) (done bool, err error) {
	var key any = s.name
	if s.kind == stepIndex {
		args, err := s.arguments(r)
		if err != nil {
			return false, err
		}
		r.args = r.args[:len(r.args)-len(args)]
		if key, err = s.fromEnd(r, target, args[0]); err != nil {
			return false, err
		}
	}
	switch x := target.(type) {
	case *Map:
		if !isKey(key) {
			return false, r.t.errorAt(s.pos, "a %s cannot be a key", className(key))
		}
		x.put(key, v)
		return true, nil
	case *loop:
		if s.kind != stepIndex {
			x.put(s.name, v)
			return true, nil
		}
	case *List:
		i, ok := key.(int32)
		if !ok || x.class == setView || x.class == collection {
			return false, nil
		}
		if i < 0 || int(i) >= len(x.items) {
			return false, r.t.errorAt(s.pos, "index %d is out of bounds for length %d", i, len(x.items))
		}
		x.items[i] = v
		return true, nil
	}
	return false, nil
}
