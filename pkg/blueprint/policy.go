package blueprint

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/deployment"
)

// policyHash tells the legs of a conversation whether they decide by the same policy. It
// covers what a kept decision depends on: the routing section, and what its words mean.
func policyHash(d *deployment.Deployment) string {
	var b strings.Builder
	canonical(&b, reflect.ValueOf(d.Policy()))
	return hashOf(b.String())[:16]
}

// canonical writes a value so that equal values, and only those, write the same: pointers
// by what they point at, maps in the order of their keys, numbers by their text.
func canonical(b *strings.Builder, x reflect.Value) {
	if x.Kind() == reflect.Pointer {
		if x.IsNil() {
			b.WriteString("~")
			return
		}
		x = x.Elem()
	}
	if s, ok := x.Interface().(fmt.Stringer); ok {
		fmt.Fprintf(b, "%q", s.String())
		return
	}
	switch x.Kind() {
	case reflect.Struct:
		b.WriteString("{")
		for i := range x.NumField() {
			b.WriteString(x.Type().Field(i).Name + ":")
			canonical(b, x.Field(i))
			b.WriteString(";")
		}
		b.WriteString("}")
	case reflect.Slice:
		b.WriteString("[")
		for i := range x.Len() {
			canonical(b, x.Index(i))
			b.WriteString(";")
		}
		b.WriteString("]")
	case reflect.Map:
		keys := x.MapKeys()
		slices.SortFunc(keys, func(p, q reflect.Value) int { return cmp.Compare(p.String(), q.String()) })
		b.WriteString("<")
		for _, k := range keys {
			fmt.Fprintf(b, "%q:", k.String())
			canonical(b, x.MapIndex(k))
			b.WriteString(";")
		}
		b.WriteString(">")
	default:
		fmt.Fprintf(b, "%q", fmt.Sprint(x.Interface()))
	}
}
