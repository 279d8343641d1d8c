package genesys

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

// A Ref stands for a value that only an org knows, such as the id of a table. In texts it
// is written ref(kind,name,field), with the name escaped as in a URL path, so that bytes of
// rendered artifacts never depend on an org. Only applying and running resolve it.
type Ref struct {
	Key   Key
	Field string // id, unless the kind has more to offer
}

// String is the unresolved form.
func (r Ref) String() string {
	return fmt.Sprintf("ref(%s,%s,%s)", r.Key.Kind, url.PathEscape(r.Key.Name), r.Field)
}

// refBegin is what every reference begins with: a text without it is not searched for them.
const refBegin = "ref("

// referring tells whether a tree may hold a reference.
func referring(v any) bool {
	switch x := v.(type) {
	case string:
		return strings.Contains(x, refBegin)
	case map[string]any:
		for _, e := range x {
			if referring(e) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(x, referring)
	}
	return false
}

var refForm = pattern.Of(`ref\(([A-Za-z]+),([^,()]*),([A-Za-z]+)\)`)

// IDs gives the value of a reference; false while it is not known. A nil one knows none.
type IDs func(Ref) (string, bool)

// Refs lists the references in texts and in trees as encoding/json makes them, in the order
// they occur, members of an object by name.
func Refs(values ...any) []Ref {
	var out []Ref
	for _, v := range values {
		if !referring(v) {
			continue
		}
		walk(v, func(text string) string {
			for _, m := range refForm().FindAllStringSubmatch(text, -1) {
				out = append(out, refOf(m))
			}
			return text
		})
	}
	return out
}

func refOf(m []string) Ref {
	name, err := url.PathUnescape(m[2])
	if err != nil {
		name = m[2]
	}
	return Ref{Key{Kind(m[1]), name}, m[3]}
}

// Resolve gives a text or a tree with every reference replaced. One without a value is an
// error; it is never left empty. Then the result holds what is known: a text with a
// reference that is not stays as it is.
func Resolve[T any](value T, ids IDs) (T, error) {
	var missing []string
	out, _ := walk(value, func(text string) string {
		if !strings.Contains(text, refBegin) {
			return text
		}
		before := len(missing)
		done := refForm().ReplaceAllStringFunc(text, func(s string) string {
			r := refOf(refForm().FindStringSubmatch(s))
			if ids != nil {
				if v, ok := ids(r); ok && v != "" {
					return v
				}
			}
			missing = append(missing, r.String())
			return s
		})
		if len(missing) > before {
			return text
		}
		return done
	}).(T)
	if missing != nil {
		return out, fmt.Errorf("no value for %s", strings.Join(missing, ", "))
	}
	return out, nil
}

// Replace copies a tree with its texts changed.
func Replace(v any, change func(string) string) any { return walk(v, change) }

// walk copies a tree with its texts changed.
func walk(v any, change func(string) string) any {
	switch x := v.(type) {
	case string:
		return change(x)
	case map[string]any:
		out := maps.Clone(x)
		for _, k := range slices.Sorted(maps.Keys(x)) {
			out[k] = walk(x[k], change)
		}
		return out
	case []any:
		out := slices.Clone(x)
		for i, e := range x {
			out[i] = walk(e, change)
		}
		return out
	}
	return v
}
