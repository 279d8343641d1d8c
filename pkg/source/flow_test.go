package source_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/internal/corpus"
	"github.com/dealroute/dealroute/pkg/source"
)

// JSON is read into the nodes that the YAML library makes of it, and faults are those of YAML.
func TestJSONIsReadAsYAML(t *testing.T) {
	texts := []string{
		`{}`, `[]`, ` {"a": [1, -2.5, 1e3, 1E-2, 0, -0, 12345678901234567890, 1234567890123456789012345678901234567890, -9223372036854775809, 0.0, -0.0, 1e400, 1.5E+3, true, false, null, "x", ""]}`, "{\n\t\"é\": {\"b\": [ ] },\r\n \"c\\n\\\"\\u00e9\\/\": \"\\t\" }\n",
		`{"a": {"b": {"c": [[["d"]]]}}}`, `{"a": 1, "a": 2}`, `{"a": {"b": 1, "b": 1}}`, `{"a": 1`, `{"a": 01}`, `{a: 1}`, `{"a": 1} x`, `[1, 2,]`, `{"<<": {"a": 1}}`,
		`{"true": "true", "1": "1", "null": "null", "2026-11-23": "2026-11-23"}`, "[\"a\nb\"]", `["\x41"]`, strings.Repeat("[", 40) + strings.Repeat("]", 40), strings.Repeat("[", 200) + strings.Repeat("]", 200),
	}
	if dir := os.Getenv(corpus.Variable); dir != "" {
		files, err := filepath.Glob(filepath.Join(dir, "*", "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if data, err := os.ReadFile(f); err == nil && len(data) < 1<<20 {
				texts = append(texts, string(data))
			}
		}
	}
	for _, text := range texts {
		sameAsLibrary(t, text)
	}
}

// said is a tree as lines, without comments.
func said(n *yaml.Node) []string {
	if n == nil {
		return nil
	}
	out := []string{fmt.Sprintf("%d:%d %d %s %d %q %q", n.Line, n.Column, n.Kind, n.Tag, n.Style, n.Value, n.Anchor)}
	for _, c := range n.Content {
		out = append(out, said(c)...)
	}
	return out
}

// sameAsLibrary compares with the same text behind which a comment stands: that is no JSON.
func sameAsLibrary(t *testing.T, text string) {
	t.Helper()
	l := source.Limits{Bytes: 1 << 20, Nodes: 100_000, Depth: 60}
	got, faults := source.New("f", []byte(text)).YAML(l)
	want, wanted := source.New("f", []byte(text+"\n# end")).YAML(l)
	if d := cmp.Diff(said(want), said(got)); d != "" {
		t.Errorf("%.200q: %.2000s", text, d)
	}
	if len(faults) != len(wanted) {
		t.Errorf("%.200q: %v, want %v", text, faults, wanted)
	}
	for i := range min(len(faults), len(wanted)) {
		if faults[i].Kind != wanted[i].Kind {
			t.Errorf("%.200q: %v, want %v", text, faults[i], wanted[i])
		}
	}
}

// A large text takes about as much memory in JSON as in YAML, and one of commas not more.
func TestMemoryOfLargeTexts(t *testing.T) {
	var block, object strings.Builder
	block.WriteString("contacts:\n")
	object.WriteString(`{"contacts": [`)
	for i := range 20_000 {
		if i > 0 {
			object.WriteString(",\n")
		}
		block.WriteString("  - {id: \"1\", properties: {phone: \"+15135550100\", firstname: Ada}}\n")
		object.WriteString(`{"id": "1", "properties": {"phone": "+15135550100", "firstname": "Ada"}}`)
	}
	object.WriteString("]}")
	taken := func(text string) uint64 {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		source.New("f", []byte(text)).YAML(source.Limits{Bytes: 16 << 20, Nodes: 1_000_000, Depth: 50})
		runtime.ReadMemStats(&after)
		return (after.TotalAlloc - before.TotalAlloc) >> 10
	}
	yaml, json, commas := taken(block.String()), taken(object.String()), taken("- ["+strings.Repeat("a,", 7<<20)+"]")
	t.Logf("%d kB of YAML take %d kB, %d kB of JSON %d kB, 14 MB of commas %d kB", block.Len()>>10, yaml, object.Len()>>10, json, commas)
	if json > 2*yaml || commas > 100<<10 {
		t.Error("that is too much")
	}
}
