package source_test

import (
	"testing"

	"github.com/dealroute/dealroute/pkg/source"
)

func TestPlacesOfJSON(t *testing.T) {
	x := source.New("f", []byte("{\"é\": 1, \"a/b\": [true,\n  {\"~\": \"q\\\"\\ud83d\\ude00☞\"}], \"é\":\r\n 2.50}"))
	doc, fault := x.JSON(limits)
	if fault != nil {
		t.Fatal(fault)
	}
	for _, c := range []struct {
		pointer, value, want string
		ok                   bool
	}{
		{"", "", "f:1:1", true},
		{"/é", "2.50", "f:3:2", true},
		{"/a~1b", "", "f:1:17", true},
		{"/a~1b/0", "true", "f:1:18", true},
		{"/a~1b/1/~0", "q\"😀☞", "f:2:9", true},
		{"/a~1b/2", "", "f:1:17", false},
		{"/é/x", "2.50", "f:3:2", false},
		{"/", "", "f:1:1", false},
	} {
		n, ok := source.Find(doc, c.pointer)
		if got := x.At(n).String(); got != c.want || ok != c.ok || n.Value != c.value {
			t.Errorf("%s: %q at %s, %v", c.pointer, n.Value, got, ok)
		}
	}
	n, _ := source.Find(doc, "/a~1b/1/~0")
	if p, ok := x.Inside(n, len("q\"😀")); !ok || p.String() != "f:2:25" {
		t.Error(p, ok)
	}
	for text, want := range map[string]string{
		"[\n é]":    "f:2:2: not JSON: unexpected 'é'",
		"[1,]":      "f:1:4: not JSON: unexpected ']'",
		"{} x":      "f:1:4: not JSON: text after the value",
		"[\"é\",\n": "f:2:1: not JSON: the text ends too early",
	} {
		_, fault := source.New("f", []byte(text)).JSON(limits)
		if fault == nil || fault.Finding("").Error() != want {
			t.Errorf("%q: %v, want %s", text, fault, want)
		}
	}
}
