package genesys_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys"
)

func TestRefsGoThroughText(t *testing.T) {
	r := genesys.Ref{Key: genesys.Key{Kind: genesys.DataTable, Name: "acme (EU), control"}, Field: "id"}
	text := "/api/v2/flows/datatables/" + r.String() + "/rows/breaker"
	if got := genesys.Refs(text); len(got) != 1 || got[0] != r {
		t.Fatalf("Refs = %v", got)
	}
	out, err := genesys.Resolve(text, func(q genesys.Ref) (string, bool) { return "guid", q == r })
	if err != nil || out != "/api/v2/flows/datatables/guid/rows/breaker" {
		t.Errorf("Resolve = %q, %v", out, err)
	}
	if out, err := genesys.Resolve(text, func(genesys.Ref) (string, bool) { return "", true }); err == nil {
		t.Errorf("an empty id passed: %q", out)
	}
}

func TestRefsGoThroughTrees(t *testing.T) {
	ref := func(name string) string {
		return genesys.Ref{Key: genesys.Key{Kind: genesys.Queue, Name: name}, Field: "id"}.String()
	}
	tree := map[string]any{
		"b": []any{"x", map[string]any{"k": "in " + ref("two") + " and " + ref("three")}},
		"a": ref("one"), "n": 1.0, "none": nil,
	}
	var names []string
	for _, r := range genesys.Refs(tree, ref("four")) {
		names = append(names, r.Key.Name)
	}
	if got := strings.Join(names, " "); got != "one two three four" {
		t.Errorf("Refs = %s", got)
	}
	known := func(r genesys.Ref) (string, bool) { return "<" + r.Key.Name + ">", r.Key.Name != "three" }
	got, err := genesys.Resolve(tree, known)
	want := map[string]any{
		"b": []any{"x", map[string]any{"k": "in " + ref("two") + " and " + ref("three")}},
		"a": "<one>", "n": 1.0, "none": nil,
	}
	if !reflect.DeepEqual(got, want) || err == nil || err.Error() != "no value for ref(queue,three,id)" {
		t.Errorf("Resolve = %v, %v", got, err)
	}
	if tree["a"] != ref("one") {
		t.Error("Resolve changed its input")
	}
	got, err = genesys.Resolve(map[string]any{"b": tree["b"]}, func(r genesys.Ref) (string, bool) { return r.Key.Name, true })
	if want := map[string]any{"b": []any{"x", map[string]any{"k": "in two and three"}}}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Resolve = %v, %v", got, err)
	}
	if got, err := genesys.Resolve(map[string]any(nil), known); got != nil || err != nil {
		t.Errorf("Resolve of nothing = %v, %v", got, err)
	}
}

func TestPermissions(t *testing.T) {
	held := []genesys.Permission{{"routing", "*", "view"}, {"architect", "flow", "*"}}
	for needed, want := range map[string]bool{
		"routing:queue:view": true, "Routing:Queue:VIEW": true, "routing:queue:add": false, "architect:flow:publish": true,
		"architect:datatable:view": false, "routing:queue": false, "": false, "routing:queue:view:x": false,
	} {
		if got := (genesys.Identity{Permissions: held}).May(needed); got != want {
			t.Errorf("%q: %v", needed, got)
		}
		if p, ok := genesys.ParsePermission(needed); ok && p.String() != needed {
			t.Errorf("%q is written %q", needed, p)
		}
	}
}

func TestMarkIsFoundInADescription(t *testing.T) {
	m := genesys.Mark{Deployment: "acme-inbound", Schema: 1, Hash: "00ff"}
	got, ok := genesys.FindMark("made for Acme. " + m.String() + " do not edit")
	if !ok || got != m {
		t.Errorf("FindMark = %v %v", got, ok)
	}
	if _, ok := genesys.FindMark("managed-by=terraform"); ok {
		t.Error("a foreign mark passed as ours")
	}
}

func TestSetIsSortedByLevel(t *testing.T) {
	k := func(kind genesys.Kind, n string) genesys.Entity {
		return genesys.Entity{Key: genesys.Key{Kind: kind, Name: n}}
	}
	s := genesys.NewSet(k(genesys.CallRoute, "r"), k(genesys.Flow, "f"), k(genesys.Role, "b"), k(genesys.Role, "a"), k(genesys.Role, "a"))
	var got string
	for _, e := range s {
		got += e.Key.Name
	}
	if got != "abfr" {
		t.Errorf("order %q", got)
	}
	if _, ok := s.Get(genesys.Key{Kind: genesys.Flow, Name: "f"}); !ok {
		t.Error("Get does not find the flow")
	}
}
