package source

import (
	"cmp"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/diag"
)

// Decode reads a text into a Go value: structs whose fields have yaml tags, maps with texts
// for keys, lists, pointers, plain values, yaml.Node and any. A key that a struct does not
// have and a value of the wrong kind are faults at their place; all faults come at once. The
// document is for those who ask more of it; nil when the text is none.
func (t Text) Decode(l Limits, into any) (*yaml.Node, []Fault) {
	doc, faults := t.YAML(l)
	if doc == nil {
		return nil, faults
	}
	d := decoder{t: t, faults: faults}
	d.value(doc.Content[0], reflect.ValueOf(into).Elem())
	return doc, d.faults
}

// Fill reads a node of the text into a Go value, as Decode reads the whole. The node is one that
// YAML gave.
func (t Text) Fill(n *yaml.Node, into any) []Fault {
	d := decoder{t: t}
	d.value(n, reflect.ValueOf(into).Elem())
	return d.faults
}

type decoder struct {
	t      Text
	faults []Fault
}

var (
	nodeType = reflect.TypeFor[yaml.Node]()
	timeType = reflect.TypeFor[time.Time]()
)

func (d *decoder) value(n *yaml.Node, v reflect.Value) {
	n = Follow(n)
	switch {
	case v.Type() == nodeType:
		v.Set(reflect.ValueOf(n).Elem())
		return
	case Null(n):
		return
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, v.Elem())
		return
	}
	switch kind := v.Kind(); {
	case kind == reflect.Interface && n.Kind == yaml.MappingNode:
		d.into(n, v, reflect.TypeFor[map[string]any]())
	case kind == reflect.Interface && n.Kind == yaml.SequenceNode:
		d.into(n, v, reflect.TypeFor[[]any]())
	case kind == reflect.Struct && v.Type() != timeType && n.Kind == yaml.MappingNode:
		d.structure(n, v)
	case kind == reflect.Map && n.Kind == yaml.MappingNode:
		d.mapping(n, v)
	case kind == reflect.Slice && n.Kind == yaml.SequenceNode:
		v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
		for i, c := range n.Content {
			d.value(c, v.Index(i))
		}
	case kind == reflect.String && n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str":
		v.SetString(n.Value)
	// The library reads yes, no, on and off as truth values, in quotes too.
	case n.Kind != yaml.ScalarNode || kind == reflect.Bool && n.ShortTag() != "!!bool" || n.Load(v.Addr().Interface()) != nil:
		d.faults = note(d.faults, func() Fault {
			return Fault{
				Kind: Misfit, Position: d.t.At(n), Length: Width(n), Node: n,
				Message: What(n) + " does not belong here", Hint: wanted(v.Type()) + " does",
			}
		})
	}
}

// into fills a place of any type.
func (d *decoder) into(n *yaml.Node, v reflect.Value, t reflect.Type) {
	x := reflect.New(t).Elem()
	d.value(n, x)
	v.Set(x)
}

// wanted says in a sentence what a type takes.
func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Struct, reflect.Map:
		if t == timeType {
			return "a time such as 2026-11-23T09:00:00Z"
		}
		return "a mapping"
	case reflect.Slice:
		return "a list"
	case reflect.Bool:
		return "true or false"
	case reflect.String, reflect.Interface:
		return "a text"
	}
	return "a number"
}

// members walks the keys of a mapping, those of mappings that are merged into it first, so
// that its own stand.
func (d *decoder) members(n *yaml.Node, v reflect.Value, each func(Pair)) {
	for p := range Pairs(n) {
		if !p.Merge {
			continue
		}
		list := []*yaml.Node{p.Value}
		if m := Follow(p.Value); m.Kind == yaml.SequenceNode {
			list = m.Content
		}
		for i := len(list) - 1; i >= 0; i-- { // of several the first counts
			d.value(list[i], v)
		}
	}
	for p := range Pairs(n) { // what is no name and what stands twice is reported already
		if p.Key = Follow(p.Key); p.Key.Kind == yaml.ScalarNode && !p.Merge && p.First == nil {
			each(p)
		}
	}
}

func (d *decoder) mapping(n *yaml.Node, v reflect.Value) {
	if v.IsNil() {
		v.Set(reflect.MakeMapWithSize(v.Type(), len(n.Content)/2))
	}
	d.members(n, v, func(p Pair) {
		x := reflect.New(v.Type().Elem()).Elem()
		d.value(p.Value, x)
		v.SetMapIndex(reflect.ValueOf(p.Key.Value), x)
	})
}

func (d *decoder) structure(n *yaml.Node, v reflect.Value) {
	d.members(n, v, func(p Pair) {
		var known []string
		if f := field(v, p.Key.Value, &known); f.IsValid() {
			d.value(p.Value, f)
			return
		}
		d.faults = note(d.faults, func() Fault {
			return Fault{
				Kind: Unknown, Position: d.t.At(p.Key), Length: Width(p.Key), Node: p.Key,
				Message: fmt.Sprintf("unknown key %s", strconv.Quote(p.Key.Value)),
				Hint:    cmp.Or(diag.DidYouMean(p.Key.Value, known), "known here: "+strings.Join(known, ", ")),
			}
		})
	})
}

// field finds the field of a struct by its yaml tag, and collects the names it passes.
func field(v reflect.Value, name string, known *[]string) reflect.Value {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() && !f.Anonymous { // the struct's own, not the text's
			continue
		}
		tag, option, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case option == "inline":
			if f := field(v.Field(i), name, known); f.IsValid() {
				return f
			}
		case tag == name:
			return v.Field(i)
		default:
			*known = append(*known, tag)
		}
	}
	return reflect.Value{}
}
