package jsonpath_test

import (
	"encoding/json"
	"testing"

	"github.com/dealroute/dealroute/pkg/internal/corpus"
	"github.com/dealroute/dealroute/pkg/jsonpath"
)

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
		if got := ask(c.Path, docs[c.Doc]); !want.same(got) {
			t.Errorf("%q on %d: got %v, want %v", c.Path, c.Doc, got, want)
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
