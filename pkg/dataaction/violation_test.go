package dataaction

import (
	"encoding/json"
	"testing"

	"github.com/dealroute/dealroute/pkg/jsonpath"
)

// A violation names the field and the reason, and no file.
func TestViolation(t *testing.T) {
	const contract = `{"type":"object","required":["a"],"additionalProperties":false,"properties":{"a":{"type":"string","pattern":"^[0-9]+$"},"b":{"type":"object","properties":{"c":{"type":"integer","minimum":3}}}}}`
	s, err := compileSchema(json.RawMessage(contract))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]violation{
		`{}`:                    {"", "missing property 'a'"},
		`{"a":5}`:               {"a", "got number, want string"},
		`{"a":"x"}`:             {"a", "'x' does not match pattern '^[0-9]+$'"},
		`{"a":"5","b":{"c":2}}`: {"b.c", "minimum: got 2, want 3"},
		`{"a":"5","nope":1}`:    {"", "additional properties 'nope' not allowed"},
	} {
		v, err := jsonpath.Decode([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := s.check(v, false); got == nil || *got != want {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
}
