package genesystest

import (
	"encoding/json"
	"reflect"
	"testing"
)

// TestACloneIsWhatJSONReadsBack holds for what has come from JSON and for what the emulator wrote
// itself, and a change of the clone is none of the original.
func TestACloneIsWhatJSONReadsBack(t *testing.T) {
	type named struct {
		Name string `json:"name"`
	}
	for _, v := range []any{
		nil, true, 1.5, 3, int64(7), "text", "\xff", []string{"a"}, []any{}, []any(nil), []any{1.0, "x", nil, []any{map[string]any{"a": 1}}},
		map[string]any{}, map[string]any(nil), map[string]any{"a": map[string]any{"b": []any{2.0}}}, map[string]string{"a": "b"}, named{"n"}, []named{{"n"}},
		map[string]any{"\xff": 1.0}, json.Number("5"),
	} {
		m := map[string]any{"v": v}
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var want map[string]any
		if err := json.Unmarshal(data, &want); err != nil {
			t.Fatal(err)
		}
		if got := clone(m); !reflect.DeepEqual(got, want) {
			t.Errorf("%#v is cloned as %#v, JSON reads back %#v", v, got["v"], want["v"])
		}
	}
	if clone(nil) != nil {
		t.Error("nothing is cloned as something")
	}
	inner := map[string]any{"list": []any{"a"}}
	c := clone(map[string]any{"inner": inner})
	c["inner"].(map[string]any)["list"].([]any)[0] = "b"
	if inner["list"].([]any)[0] != "a" {
		t.Error("the clone is the original")
	}
}
