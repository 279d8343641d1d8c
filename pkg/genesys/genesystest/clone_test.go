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

// TestACloneOfAState says the same, every field of it, and shares nothing with the original.
func TestACloneOfAState(t *testing.T) {
	s, err := New(nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Apply(Seed{Org: "Acme", Numbers: []string{"+15135550100"}})
	st := s.state
	e := st.put(actions, "an action", nil)
	*e = entity{ID: e.ID, Seq: e.Seq, Body: map[string]any{"tags": []any{"a"}}, Hidden: map[string]string{"published": "true"}, Draft: map[string]any{"in": map[string]any{"b": 1.0}}, Deleted: true, Lag: 1, Ready: 2, Unlisted: 3, Starting: 4}
	st.Tokens["t"], st.HubSpot = "c", json.RawMessage(`{"a":1}`)
	st.Grants = append(st.Grants, grant{"s", "r", "d"})
	for _, v := range []reflect.Value{reflect.ValueOf(*st), reflect.ValueOf(*e)} {
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				t.Errorf("%s of %s is not filled: nothing is held of it", v.Type().Field(i).Name, v.Type())
			}
		}
	}
	text := func(s *State) string {
		data, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	c, want := st.Clone(), text(st)
	if got := text(c); got != want {
		t.Fatalf("the clone is\n%s\nand the state\n%s", got, want)
	}
	copied := c.Entities[actions]["an action"]
	copied.Body["tags"].([]any)[0], copied.Hidden["published"], copied.Draft["in"].(map[string]any)["b"], copied.Lag = "b", "", 2.0, 9
	delete(c.Entities[divisions], st.home().ID)
	c.Tokens["t"], c.Grants[0].Role, c.HubSpot[2] = "", "another", 'b'
	if got := text(st); got != want {
		t.Errorf("with its clone the state became\n%s\nfrom\n%s", got, want)
	}
}
