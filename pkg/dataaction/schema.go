package dataaction

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/dealroute/dealroute/pkg/internal/recall"
	"github.com/dealroute/dealroute/pkg/jsonpath"
)

// A schema is a contract, compiled. Those made of the usual keywords are checked by this
// package, which costs a small part of a general validation; the others by the library.
type schema struct {
	root *shape
	full *jsonschema.Schema // nil when the shape says everything
}

// A shape is what a JSON schema says about types, members and items.
type shape struct {
	types    typeSet // empty: any
	members  []member
	index    map[string]int
	required []string
	closed   bool // additionalProperties: false
	items    *shape
	enum     []jsonpath.Value
	partial  bool // has keywords that a shape does not hold, here or below
	name     string
	repeated bool // below an array
}

type member struct {
	name  string
	shape *shape
}

type typeSet uint8

const (
	typeNull typeSet = 1 << iota
	typeBoolean
	typeInteger
	typeNumber
	typeString
	typeArray
	typeObject
)

var typeNames = []string{"null", "boolean", "integer", "number", "string", "array", "object"}

func (t typeSet) String() string {
	var names []string
	for i, n := range typeNames {
		if t&(1<<i) != 0 {
			names = append(names, n)
		}
	}
	return strings.Join(names, " or ")
}

// annotations say nothing about validity. format is one: draft-04 leaves asserting it open,
// and what Genesys does is undocumented.
var annotations = []string{"$schema", "id", "title", "description", "default", "format", "name", "example", "examples"}

// compiled are the contracts that were read.
var compiled recall.Store[*schema]

func compileSchema(raw json.RawMessage) (*schema, error) {
	return compiled.Of(string(raw), func(string) (*schema, error) { return readSchema(raw) })
}

func readSchema(raw json.RawMessage) (*schema, error) {
	if len(raw) == 0 {
		return &schema{root: &shape{}}, nil
	}
	v, err := jsonpath.Decode(raw)
	if err != nil {
		return nil, err
	}
	if v.Kind() != jsonpath.Object {
		return nil, fmt.Errorf("a contract must be an object, found %s", v.Kind())
	}
	s := &schema{root: readShape(v, "", false)}
	if s.root.partial {
		if s.full, err = compileFull(v); err != nil {
			return nil, err
		}
	}
	return s, nil
}

type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("a contract must not refer to %s", url)
}

func compileFull(v jsonpath.Value) (*jsonschema.Schema, error) {
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft4)
	c.UseLoader(noLoader{})
	c.UseRegexpEngine(expression)
	const url = "contract.json"
	if err := c.AddResource(url, v.ToAny()); err != nil {
		return nil, err
	}
	s, err := c.Compile(url)
	return s, plainly(err)
}

// expression compiles a pattern. Those of JSON schemas are JavaScript's, which look around and
// back; what Go's expressions cannot do is taken to match.
func expression(text string) (jsonschema.Regexp, error) {
	re, err := regexp.Compile(text)
	var e *syntax.Error
	if errors.As(err, &e) && (e.Code == syntax.ErrInvalidPerlOp || e.Code == syntax.ErrInvalidNamedCapture || e.Code == syntax.ErrInvalidEscape || e.Code == syntax.ErrInvalidRepeatSize) {
		return anything{text}, nil
	}
	if err != nil {
		return nil, err
	}
	return re, nil
}

type anything struct{ text string }

func (a anything) MatchString(string) bool { return true }
func (a anything) String() string          { return a.text }

// plainly is an error of the library with what is wrong and where, and without the name that
// it gives the contract.
func plainly(err error) error {
	if err == nil {
		return nil
	}
	bad := reasonOf(err)
	return errors.New(bad.where() + bad.message)
}

func readShape(v jsonpath.Value, name string, repeated bool) *shape {
	s := &shape{name: name, repeated: repeated}
	if v.Kind() != jsonpath.Object {
		s.partial = true
		return s
	}
	for _, m := range v.Members() {
		switch m.Name {
		case "type":
			s.readTypes(m.Value)
		case "properties":
			s.readMembers(m.Value)
		case "required":
			for i := range m.Value.Len() {
				s.required = append(s.required, m.Value.Index(i).Str())
			}
			s.partial = s.partial || m.Value.Kind() != jsonpath.Array || m.Value.Len() == 0
		case "additionalProperties":
			switch m.Value.Kind() {
			case jsonpath.False:
				s.closed = true
			case jsonpath.True:
			default:
				s.partial = s.partial || m.Value.Len() > 0
			}
		case "items":
			s.items = readShape(m.Value, name, true)
			s.partial = s.partial || s.items.partial
		case "enum":
			for i := range m.Value.Len() {
				s.enum = append(s.enum, m.Value.Index(i))
			}
			s.partial = s.partial || m.Value.Kind() != jsonpath.Array || m.Value.Len() == 0
		default:
			s.partial = s.partial || !slices.Contains(annotations, m.Name)
		}
	}
	return s
}

func (s *shape) readTypes(v jsonpath.Value) {
	add := func(name string) {
		i := slices.Index(typeNames, name)
		if i < 0 {
			s.partial = true
			return
		}
		s.types |= 1 << i
	}
	if v.Kind() == jsonpath.Array {
		for i := range v.Len() {
			add(v.Index(i).Str())
		}
		return
	}
	add(v.Str())
}

func (s *shape) readMembers(v jsonpath.Value) {
	if v.Kind() != jsonpath.Object {
		s.partial = true
		return
	}
	s.index = make(map[string]int, v.Len())
	for i, m := range v.Members() {
		name := m.Name
		if s.name != "" {
			name = s.name + "." + name
		}
		sub := readShape(m.Value, name, s.repeated)
		s.members = append(s.members, member{m.Name, sub})
		s.index[m.Name] = i
		s.partial = s.partial || sub.partial
	}
}

// A violation is a value that a contract does not allow.
type violation struct {
	field   string // as flattened; "" for the whole
	message string
}

// check validates v. wholeOnly makes 2.0 no integer.
func (s *schema) check(v jsonpath.Value, wholeOnly bool) *violation {
	if s.full == nil || wholeOnly {
		if bad := s.root.check(v, "", wholeOnly); bad != nil {
			return bad
		}
	}
	if s.full == nil {
		return nil
	}
	if err := s.full.Validate(v.ToAny()); err != nil {
		return reasonOf(err)
	}
	return nil
}

// reasonOf is the first of the reasons that the library gives.
func reasonOf(err error) *violation {
	// The library's text names a file that there is not, then one reason a line.
	reasons := strings.Split(err.Error(), "\n")[1:]
	slices.Sort(reasons) // they come in the order of a map; indented ones, which say more, stand first
	if len(reasons) == 0 {
		return &violation{message: err.Error()}
	}
	bad := &violation{message: strings.TrimPrefix(strings.TrimSpace(reasons[0]), "- ")}
	if at, why, ok := strings.Cut(bad.message, "': "); ok && strings.HasPrefix(at, "at '") {
		bad.field, bad.message = strings.ReplaceAll(strings.Trim(at[len("at '"):], "/"), "/", "."), why
	}
	return bad
}

func typeOf(v jsonpath.Value, wholeOnly bool) typeSet {
	switch v.Kind() {
	case jsonpath.Null:
		return typeNull
	case jsonpath.True, jsonpath.False:
		return typeBoolean
	case jsonpath.String:
		return typeString
	case jsonpath.Array:
		return typeArray
	case jsonpath.Object:
		return typeObject
	}
	if isWhole(v.Number(), wholeOnly) {
		return typeInteger | typeNumber
	}
	return typeNumber
}

// isWhole reports whether the text of a number has no fraction: 2.0 and 1e3 have none.
func isWhole(text string, digitsOnly bool) bool {
	if !strings.ContainsAny(text, ".eE") {
		return true
	}
	if digitsOnly {
		return false
	}
	if mantissa, exponent, ok := strings.Cut(strings.ToLower(text), "e"); ok {
		return isWholeScaled(mantissa, exponent)
	}
	_, fraction, _ := strings.Cut(text, ".")
	return strings.Trim(fraction, "0") == ""
}

func isWholeScaled(mantissa, exponent string) bool {
	var n int
	if _, err := fmt.Sscanf(exponent, "%d", &n); err != nil {
		return false
	}
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(mantissa, "-"), ".")
	fraction = strings.TrimRight(fraction, "0")
	if strings.Trim(whole+fraction, "0") == "" {
		return true
	}
	if n >= 0 {
		return len(fraction) <= n
	}
	trailing := len(whole) - len(strings.TrimRight(whole, "0"))
	return fraction == "" && trailing >= -n
}

func (s *shape) check(v jsonpath.Value, at string, wholeOnly bool) *violation {
	if got := typeOf(v, wholeOnly); s.types != 0 && s.types&got == 0 {
		return &violation{at, fmt.Sprintf("got %s, want %s", lastType(got), s.types)}
	}
	if s.enum != nil && !slices.ContainsFunc(s.enum, func(e jsonpath.Value) bool { return jsonpath.Equal(e, v) }) {
		return &violation{at, "value is none of those the contract lists"}
	}
	switch v.Kind() {
	case jsonpath.Object:
		for _, r := range s.required {
			if _, ok := v.Get(r); !ok {
				return &violation{join(at, r), "missing, but required"}
			}
		}
		for i := range v.Len() {
			name := v.Name(i)
			j, ok := s.index[name]
			if !ok {
				if s.closed {
					return &violation{join(at, name), "not part of the contract"}
				}
				continue
			}
			if bad := s.members[j].shape.check(v.Index(i), join(at, name), wholeOnly); bad != nil {
				return bad
			}
		}
	case jsonpath.Array:
		if s.items == nil {
			return nil
		}
		for i := range v.Len() {
			if bad := s.items.check(v.Index(i), at, wholeOnly); bad != nil {
				return bad
			}
		}
	}
	return nil
}

func lastType(t typeSet) string {
	if t&typeInteger != 0 {
		return "integer"
	}
	return t.String()
}

func join(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}

// dropNulls removes members that are null although their type is not; see Options.
func (s *shape) dropNulls(v jsonpath.Value) jsonpath.Value {
	switch v.Kind() {
	case jsonpath.Object:
		out, changed := make([]jsonpath.Member, 0, v.Len()), false
		for _, m := range v.Members() {
			if j, ok := s.index[m.Name]; ok {
				sub := s.members[j].shape
				if m.Value.IsNull() && sub.types != 0 && sub.types&typeNull == 0 {
					changed = true
					continue
				}
				if k := m.Value.Kind(); k == jsonpath.Object || k == jsonpath.Array {
					m.Value, changed = sub.dropNulls(m.Value), true
				}
			}
			out = append(out, m)
		}
		if changed {
			return jsonpath.Map(out...)
		}
	case jsonpath.Array:
		if s.items == nil {
			return v
		}
		items := make([]jsonpath.Value, 0, v.Len())
		for i := range v.Len() {
			if e := v.Index(i); !e.IsNull() || s.items.types == 0 || s.items.types&typeNull != 0 {
				items = append(items, s.items.dropNulls(e))
			}
		}
		return jsonpath.List(items...)
	}
	return v
}
