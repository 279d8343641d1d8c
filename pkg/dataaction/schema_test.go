package dataaction

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"github.com/dealroute/dealroute/pkg/jsonpath"
)

// The short way through a contract must say what the library says.
func TestShapesAgreeWithTheLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := drawSchema(t, 0)
		text, err := json.Marshal(raw)
		if err != nil {
			t.Fatal(err)
		}
		s, err := compileSchema(text)
		if err != nil {
			t.Fatal(err)
		}
		if s.root.partial {
			t.Fatalf("%s should need no library", text)
		}
		v, err := jsonpath.Decode(text)
		if err != nil {
			t.Fatal(err)
		}
		full, err := compileFull(v)
		if err != nil {
			t.Fatal(err)
		}
		doc := drawValue(t, 0)
		short, long := s.check(doc, false), full.Validate(doc.ToAny())
		if (short == nil) != (long == nil) {
			t.Fatalf("%s\n%s\nshort %v\nlong %v", text, doc, short, long)
		}
	})
}

func drawSchema(t *rapid.T, depth int) map[string]any {
	s := map[string]any{"title": "t", "default": nil}
	names := []string{"string", "integer", "number", "boolean", "null", "array", "object"}
	switch rapid.IntRange(0, 3).Draw(t, "types") {
	case 0:
	case 1:
		s["type"] = []string{rapid.SampledFrom(names).Draw(t, "type"), "null"}
		if s["type"].([]string)[0] == "null" {
			s["type"] = "null"
		}
	default:
		s["type"] = rapid.SampledFrom(names).Draw(t, "type")
	}
	if depth < 3 {
		if rapid.Bool().Draw(t, "members") {
			p := map[string]any{}
			for _, n := range []string{"a", "b"} {
				p[n] = drawSchema(t, depth+1)
			}
			s["properties"] = p
		}
		if rapid.IntRange(0, 3).Draw(t, "required") == 0 {
			s["required"] = []string{"a"}
		}
		if rapid.IntRange(0, 2).Draw(t, "closed") == 0 {
			s["additionalProperties"] = rapid.Bool().Draw(t, "additional")
		}
		if rapid.Bool().Draw(t, "items") {
			s["items"] = drawSchema(t, depth+1)
		}
	}
	if rapid.IntRange(0, 9).Draw(t, "enum") == 0 {
		s["enum"] = []any{"x", 1, nil}
	}
	return s
}

func drawValue(t *rapid.T, depth int) jsonpath.Value {
	n := rapid.IntRange(0, 9).Draw(t, "value")
	if depth > 2 {
		n %= 6
	}
	switch n {
	case 0:
		return jsonpath.Value{}
	case 1:
		return jsonpath.Bool(true)
	case 2, 3:
		return jsonpath.Digits(rapid.SampledFrom([]string{"1", "2.0", "1.5", "1e2", "15e-1", "10e-1", "0e-5", "-3", "1.50e1"}).Draw(t, "number"))
	case 4, 5:
		return jsonpath.Text(rapid.SampledFrom([]string{"x", "", "1"}).Draw(t, "text"))
	case 6, 7:
		var items []jsonpath.Value
		for range rapid.IntRange(0, 2).Draw(t, "len") {
			items = append(items, drawValue(t, depth+1))
		}
		return jsonpath.List(items...)
	}
	var members []jsonpath.Member
	for _, name := range []string{"a", "b", "c"} {
		if rapid.Bool().Draw(t, name) {
			members = append(members, jsonpath.Member{Name: name, Value: drawValue(t, depth+1)})
		}
	}
	return jsonpath.Map(members...)
}

// Other keywords go to the library.
func TestOtherKeywords(t *testing.T) {
	for schema, docs := range map[string][2]string{ // one that fits, one that does not
		`{"properties":{"a":{"type":"string","maxLength":2}}}`:                                                  {`{"a":"xy"}`, `{"a":"xyz"}`},
		`{"properties":{"n":{"type":"integer","minimum":1,"exclusiveMinimum":true}}}`:                           {`{"n":2}`, `{"n":1}`},
		`{"additionalProperties":{"type":"string"}}`:                                                            {`{"x":""}`, `{"x":1}`},
		`{"$schema":"http://json-schema.org/draft-04/schema#","anyOf":[{"required":["a"]},{"required":["b"]}]}`: {`{"b":1}`, `{}`},
	} {
		s, err := compileSchema(json.RawMessage(schema))
		if err != nil {
			t.Fatal(err)
		}
		for i, text := range docs {
			doc, err := jsonpath.Decode([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if bad := s.check(doc, false); (bad == nil) != (i == 0) {
				t.Errorf("%s on %s: %v", schema, text, bad)
			} else if bad != nil && bad.message == "" {
				t.Errorf("%s on %s: no message", schema, text)
			}
		}
	}
	for _, schema := range []string{`{"$ref":"file:///etc/passwd"}`, `{"type":"strng"}`, `{"type":1}`, `[]`, `{`, `{"required":"a"}`} {
		if _, err := compileSchema(json.RawMessage(schema)); err == nil {
			t.Errorf("%s was taken", schema)
		}
	}
}
