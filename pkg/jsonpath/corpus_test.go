package jsonpath_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/internal/corpus"
	"github.com/dealroute/dealroute/pkg/jsonpath"
)

// disagreements lists the published lines whose answer differs here, with the reason. A line
// that agrees again must leave the list.
//
// The documents were published with their members sorted by name, but had another order when
// the answers were made; lines that show an order cannot agree. Each is still compared
// without regard to order.
var disagreements = map[string]string{
	"0 $.*":                       "order of members",
	"0 $..*":                      "order of members",
	"0 $.keys()":                  "order of members",
	"0 $.results[0].properties.*": "order of members",
	"5 $..id":                     "order of members",
	"6 $.entities..id":            "order of members",
}

// sorted is v with its items ordered by their text.
func sorted(v jsonpath.Value) jsonpath.Value {
	if v.Kind() != jsonpath.Array {
		return v
	}
	items := make([]jsonpath.Value, v.Len())
	for i := range items {
		items[i] = v.Index(i)
	}
	slices.SortFunc(items, func(a, b jsonpath.Value) int { return strings.Compare(key(a), key(b)) })
	return jsonpath.List(items...)
}

// key is the text of v with all members sorted.
func key(v jsonpath.Value) string {
	b, _ := json.Marshal(v.ToAny())
	return string(b)
}

func TestPublishedCases(t *testing.T) {
	var docs []jsonpath.Value
	if err := json.Unmarshal(corpus.Lines(t, "jsonpath/docs.json")[0], &docs); err != nil {
		t.Fatal(err)
	}
	for _, line := range corpus.Lines(t, "jsonpath/cases.jsonl") {
		var c struct {
			Doc      int
			Path     string
			Definite *bool
			Result   *string
			Error    string
		}
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		want := answer{err: c.Error != ""}
		if c.Result != nil {
			v, err := jsonpath.Decode([]byte(*c.Result))
			if err != nil {
				t.Fatal(err)
			}
			want = answer{definite: *c.Definite, value: v}
		}
		got := ask(c.Path, docs[c.Doc])
		_, listed := disagreements[fmt.Sprintf("%d %s", c.Doc, c.Path)]
		same := want.same(got)
		if listed && !same {
			want.value, got.value = sorted(want.value), sorted(got.value)
			if !want.same(got) {
				t.Errorf("%q on %d differs by more than order: got %v, want %v", c.Path, c.Doc, got, want)
			}
		}
		if same == listed {
			t.Errorf("%q on %d: got %v, want %v (listed %v)", c.Path, c.Doc, got, want, listed)
		}
	}
}

// An answer is what a path gives for a document: only that there is an error is compared.
type answer struct {
	err      bool
	definite bool
	value    jsonpath.Value
	why      error
}

func ask(path string, doc jsonpath.Value) answer {
	p, err := jsonpath.Parse(path)
	if err != nil {
		return answer{err: true, why: err}
	}
	v, err := p.Find(doc)
	if err != nil {
		return answer{err: true, why: err}
	}
	return answer{definite: p.Definite(), value: v}
}

func (a answer) same(b answer) bool {
	return a.err == b.err && (a.err || a.definite == b.definite && jsonpath.Equal(a.value, b.value))
}

func (a answer) String() string {
	if a.err {
		if a.why != nil {
			return "error: " + a.why.Error()
		}
		return "error"
	}
	if a.definite {
		return "one " + a.value.String()
	}
	return "list " + a.value.String()
}
