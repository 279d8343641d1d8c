package dataaction

import (
	"encoding/json"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/jsonpath"
)

// Flatten lists the fields of a contract in its order, as Architect flattens them: a member of
// an object is "object.member", a member of an array's objects a collection of that name.
// Objects and arrays without typed content are not offered by Architect and not listed; only
// fields at the top are ever required.
func Flatten(contract json.RawMessage) []expr.Field {
	s, err := compileSchema(contract)
	if err != nil {
		return nil
	}
	var out []expr.Field
	s.root.fields(&out)
	return out
}

func (s *shape) fields(out *[]expr.Field) {
	if t, ok := expr.TypeOfJSON(s.scalar()); ok {
		if s.name != "" {
			if s.repeated {
				t = t.List()
			}
			*out = append(*out, expr.Field{Name: s.name, Type: t})
		}
		return
	}
	if s.items != nil {
		s.items.fields(out)
		return
	}
	for _, m := range s.members {
		from := len(*out)
		m.shape.fields(out)
		if s.name == "" && len(*out) == from+1 {
			(*out)[from].Required = s.requires(m.name)
		}
	}
}

func (s *shape) requires(name string) bool {
	for _, r := range s.required {
		if r == name {
			return true
		}
	}
	return false
}

// scalar is the type of a field, "" for an object, an array or the unknown. Where a contract
// allows several types besides null, the widest counts.
func (s *shape) scalar() string {
	switch t := s.types; {
	case t&(typeArray|typeObject) != 0:
		return ""
	case t&typeString != 0:
		return "string"
	case t&typeNumber != 0:
		return "number"
	case t&typeInteger != 0:
		return "integer"
	case t&typeBoolean != 0:
		return "boolean"
	}
	return ""
}

// text reports whether a field may hold any text.
func (s *shape) text() bool {
	kind := s.scalar()
	return kind == "string" || kind == ""
}

// flatten puts the fields of v into out. What v lacks is left out, except in an element of an
// array, where it becomes null unless gaps shift.
func (s *shape) flatten(v jsonpath.Value, shiftGaps bool, out map[string]jsonpath.Value) {
	switch {
	case s.scalar() != "":
		if s.name != "" {
			out[s.name] = v
		}
	case s.items != nil:
		if v.Kind() != jsonpath.Array {
			return
		}
		if s.items.scalar() != "" {
			if s.name != "" {
				out[s.name] = v
			}
			return
		}
		for _, m := range s.items.members {
			m.shape.collect(v, []string{m.name}, shiftGaps, out)
		}
	case v.Kind() == jsonpath.Object:
		for _, m := range s.members {
			if sub, ok := v.Get(m.name); ok {
				m.shape.flatten(sub, shiftGaps, out)
			}
		}
	}
}

// collect makes a collection of what a path of names gives in every element of an array. An
// array inside is left out: Genesys allows none in a contract.
func (s *shape) collect(array jsonpath.Value, path []string, shiftGaps bool, out map[string]jsonpath.Value) {
	if s.scalar() == "" {
		for _, m := range s.members {
			m.shape.collect(array, append(path[:len(path):len(path)], m.name), shiftGaps, out)
		}
		return
	}
	items := make([]jsonpath.Value, 0, array.Len())
	for i := range array.Len() {
		v, ok := array.Index(i), true
		for _, name := range path {
			if v, ok = v.Get(name); !ok {
				break
			}
		}
		if ok || !shiftGaps {
			items = append(items, v)
		}
	}
	out[s.name] = jsonpath.List(items...)
}
