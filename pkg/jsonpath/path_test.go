package jsonpath_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/jsonpath"
)

const document = `{
  "id":"c1", "total":7, "nul":null, "list":[], "big":12345678901234567890, "f":1.50,
  "results":[{"id":"51","total":9,"properties":{"tier":"gold","email":null}},{"id":"52","n":2}],
  "sp ace":1, "people":[{"purpose":"customer","calls":[{"id":"k"}]},{"purpose":"agent"}]
}`

// Each rule of the dialect that a translation map depends on, once.
func TestFind(t *testing.T) {
	doc := decode(t, document)
	for path, want := range map[string]string{
		"$.results[0].id":                        `"51"`,
		"total":                                  `7`,
		".total":                                 `[7,9]`,
		"$.nul":                                  `null`,
		"$.big":                                  `12345678901234567890`,
		"$.f":                                    `1.5`,
		"$.results[5]":                           `null`,
		"$.results[5].id":                        `not found`,
		"$.nope":                                 `not found`,
		"$.nope[*].id":                           `not found`,
		"$.results[*].nope":                      `[]`,
		"$.results[*].n":                         `[2]`,
		"$.people[?(@.purpose=='nobody')].calls": `[]`,
		"$.people[?(@.purpose != 'agent')].calls[0].id": `["k"]`,
		"$.people[?(@.calls)].purpose":                  `["customer"]`,
		"$.results[?(@.properties.email == null)].id":   `["51"]`,
		"$.results[?(@.properties.email != null)].id":   `["52"]`,
		"$.results[?(@.n == '2')].id":                   `["52"]`,
		"$.results.length()":                            `2`,
		"$.id.length()":                                 `null`,
		"$.results[-1].id":                              `"52"`,
		"$.results[:1].id":                              `["51"]`,
		"$['id','total']":                               `{"id":"c1","total":7}`,
		"$['sp ace']":                                   `1`,
		"$.sp ace":                                      `error at 5`,
		"$.results[::2]":                                `error at 10`,
		"$.":                                            `error at 2`,
		"":                                              `error at 1`,
		"$.results[?(@.id = '51')]":                     `error at 18`,
		"$.results[?(@.id == '51')":                     `error at 10`,
		"$.results[?(@.id =~ /(?=a)b/)]":                `error at 21`,
		"$.list.first()":                                `error`,
		"$.nope()":                                      `error`,
		"$.results[?(@.total > 3 || @.n < 1 && !@.id)].id": `["51"]`,
	} {
		got := render(path, doc)
		if got != want && !(strings.HasPrefix(got, want+" ") && want != "error at") && !(want == "error" && got == "error") {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

func render(path string, doc jsonpath.Value) string {
	p, err := jsonpath.Parse(path)
	if err != nil {
		var e *jsonpath.Error
		if !errors.As(err, &e) {
			return "untyped " + err.Error()
		}
		return "error at " + jsonpath.Int(int64(e.Offset+1)).String()
	}
	v, err := p.Find(doc)
	switch {
	case errors.Is(err, jsonpath.ErrNotFound):
		return "not found"
	case err != nil:
		return "error"
	}
	return v.String()
}

func decode(t testing.TB, s string) jsonpath.Value {
	t.Helper()
	v, err := jsonpath.Decode([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestUnknownFunctionIsReported(t *testing.T) {
	p, err := jsonpath.Parse("$.a[?(@.lenght() > 1)].size()")
	if err != nil {
		t.Fatal(err)
	}
	if u := p.Unknown(); len(u) != 1 || u[0].Offset != 8 || !strings.Contains(u[0].Message, "lenght") {
		t.Errorf("got %v", u)
	}
}

func TestBudget(t *testing.T) {
	p, err := jsonpath.Parse("$..*")
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.FindWithin(decode(t, document), 10)
	if err == nil || errors.Is(err, jsonpath.ErrNotFound) || !strings.Contains(err.Error(), "too many") {
		t.Errorf("got %v", err)
	}
}

// A path that finds what lies in what it has found ends before the answer takes the memory.
func TestAnswersAreBounded(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 900) + "1" + strings.Repeat(`,"b":[1,2,3]}`, 900)
	wide := `{"l":[` + strings.TrimSuffix(strings.Repeat(`"`+strings.Repeat("x", 100)+`",`, 1000), ",") + `]}`
	for _, c := range []struct{ path, doc, want string }{
		{"$..*..*", deep, "finds more than"},
		{"$..*", deep, ""},
		{"$..a..a", deep, "finds more than"},
		{"$..*..*..*", deep, "the path "},
		{"$..[?(@..*)]", deep, "the path "},
		{"$['l','l','l']", wide, ""},
		{"$.l[" + strings.TrimSuffix(strings.Repeat("0,", 300_000), ",") + "]", wide, "finds more than"},
		{"$.l[*]", wide, ""},
		{"$..*..*..*..*", strings.Repeat("[[1],", 400) + "1" + strings.Repeat("]", 400), "the path "},
	} {
		doc := decode(t, c.doc)
		p, err := jsonpath.Parse(c.path)
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err = p.Find(doc)
		runtime.ReadMemStats(&after)
		if (c.want == "") != (err == nil) || err != nil && (errors.Is(err, jsonpath.ErrNotFound) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%.40s: %.200v, want %q", c.path, err, c.want)
		}
		if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 512 {
			t.Errorf("%.40s takes %d MB", c.path, mb)
		}
	}
}

// FuzzPath: any path gives an answer or an error of this package, for any document, and an
// indefinite path answers with an array.
func FuzzPath(f *testing.F) {
	for _, p := range []string{
		"$.a[0]['b'].length()", "$..a[?(@.x == 'y' && !(@.n > 1))]", ".total", "['a','b'][*]", "$[1:2][-1]",
		"$.a[?(@.s =~ /a|b/i)]", "$.sum($.a, 2)", "$..[0].id", "@", "$.a[?(@.l in ['x', y])].concat(\"z\")",
	} {
		f.Add(p, document)
	}
	f.Fuzz(func(t *testing.T, path, text string) {
		p, err := jsonpath.Parse(path)
		var e *jsonpath.Error
		if err != nil {
			if !errors.As(err, &e) || e.Offset < 0 || e.Offset > len(path) {
				t.Fatalf("%q: error %#v", path, err)
			}
			return
		}
		doc, err := jsonpath.Decode([]byte(text))
		if err != nil {
			return
		}
		v, err := p.FindWithin(doc, 100_000)
		switch {
		case err != nil && !errors.As(err, &e):
			t.Fatalf("%q: error %#v", path, err)
		case err == nil && !p.Definite() && v.Kind() != jsonpath.Array:
			t.Fatalf("%q is not definite and gave %v", path, v)
		}
	})
}
