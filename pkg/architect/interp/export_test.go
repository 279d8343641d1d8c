package interp

import (
	"fmt"
	"iter"
	"reflect"
	"slices"
)

// NextDescribed is Next, and tells of the first instruction that led to one that its op
// does not name in flows.
func (p *Program) NextDescribed(s *State) (*Effect, error) {
	fs := p.flows((p.number() + 63) / 64)
	for s.refused == nil && !s.ended && !s.pending {
		from := s.pc
		p.advance(s)
		if err := p.described(fs, s, from); err != nil {
			return nil, err
		}
	}
	return p.Next(s)
}

// ResumeDescribed is the same of Resume.
func (p *Program) ResumeDescribed(s *State, o Outcome) error {
	from := s.pc
	if err := p.Resume(s, o); err != nil {
		return err
	}
	return p.described(p.flows((p.number()+63)/64), s, from)
}

func (p *Program) described(fs []flow, s *State, from int32) error {
	if s.pc == from || s.ended || s.pc == p.handler || slices.Contains(fs[from].to, s.pc) {
		return nil
	}
	return fmt.Errorf("%T %q led to instruction %d, and its flows names %v", p.code[from].op, p.code[from].name, s.pc, fs[from].to)
}

// Unread names the values that an op holds and flows does not tell of, and counts the ops by
// their types.
func (p *Program) Unread() (unread []string, ops map[string]int) {
	ops = map[string]int{}
	for _, f := range p.flows((p.number() + 63) / 64) {
		name := fmt.Sprintf("%T", f.in.op)
		ops[name]++
		for path, v := range valuesIn(reflect.ValueOf(f.in.op), "") {
			if !slices.Contains(f.told, v) {
				unread = append(unread, fmt.Sprintf("%s%s, action %q", name, path, f.in.name))
			}
		}
	}
	return unread, ops
}

// valuesIn finds the values within an op with their paths. roundOp only knows its loop, which
// counts before its first round.
func valuesIn(v reflect.Value, path string) iter.Seq2[string, *value] {
	return func(yield func(string, *value) bool) {
		all := func(v reflect.Value, path string) {
			for path, x := range valuesIn(v, path) {
				yield(path, x)
			}
		}
		switch {
		case v.Type() == reflect.TypeFor[roundOp]():
		case v.Type() == reflect.TypeFor[value]():
			yield(path, (*value)(v.Addr().UnsafePointer()))
		case v.Kind() == reflect.Pointer:
			if elem := v.Type().Elem(); !v.IsNil() && elem.PkgPath() == reflect.TypeFor[value]().PkgPath() {
				all(v.Elem(), path)
			}
		case v.Kind() == reflect.Struct:
			for i := range v.NumField() {
				all(v.Field(i), path+"."+v.Type().Field(i).Name)
			}
		case v.Kind() == reflect.Slice:
			for i := range v.Len() {
				all(v.Index(i), path)
			}
		}
	}
}
