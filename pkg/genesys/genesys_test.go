package genesys_test

import (
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
