package genesys

import (
	"fmt"
	"net/url"
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

var refForm = pattern.Of(`ref\(([A-Za-z]+),([^,()]*),([A-Za-z]+)\)`)

// Refs lists the references in a text in the order they occur.
func Refs(text string) []Ref {
	var out []Ref
	for _, m := range refForm().FindAllStringSubmatch(text, -1) {
		name, err := url.PathUnescape(m[2])
		if err != nil {
			name = m[2]
		}
		out = append(out, Ref{Key{Kind(m[1]), name}, m[3]})
	}
	return out
}

// Resolve replaces every reference in a text. A reference that resolve does not know is an
// error; it is never left empty.
func Resolve(text string, resolve func(Ref) (string, bool)) (string, error) {
	var missing []string
	out := refForm().ReplaceAllStringFunc(text, func(s string) string {
		r := Refs(s)[0]
		v, ok := resolve(r)
		if !ok || v == "" {
			missing = append(missing, r.String())
			return s
		}
		return v
	})
	if missing != nil {
		return "", fmt.Errorf("no value for %s", strings.Join(missing, ", "))
	}
	return out, nil
}
