package source_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/source"
)

type base struct {
	Portal string `yaml:"portal"`
}

type item struct {
	ID     string   `yaml:"id"`
	Closed bool     `yaml:"closed"`
	Tags   []string `yaml:"tags"`
}

type example struct {
	base   `yaml:",inline"`
	Number int             `yaml:"number"`
	Now    *time.Time      `yaml:"now"`
	Items  []item          `yaml:"items"`
	Rows   map[string]any  `yaml:"rows"`
	Named  map[string]item `yaml:"named"`
	Raw    yaml.Node       `yaml:"raw"`
}

func TestDecode(t *testing.T) {
	text := `
portal: 123
number: 0x10
now: 2026-11-23T09:00:00Z
items:
  - &a {id: x, tags: [one, true]}
  - {<<: *a, id: y}
  - {closed: true, <<: [{id: z}, *a]}
  - ~
rows: {a: [1, 2.5, x, ~], b: {c: false}}
named: {k: *a}
raw: {z: 1, a: 2}
`
	var got example
	if _, faults := source.New("f", []byte(text)).Decode(limits, &got); faults != nil {
		t.Fatal(faults)
	}
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	a := item{ID: "x", Tags: []string{"one", "true"}}
	want := example{
		base: base{"123"}, Number: 16, Now: &now,
		Items: []item{a, {ID: "y", Tags: a.Tags}, {ID: "z", Tags: a.Tags, Closed: true}, {}},
		Rows:  map[string]any{"a": []any{1, 2.5, "x", nil}, "b": map[string]any{"c": false}},
		Named: map[string]item{"k": a},
	}
	if got.Raw.Kind != yaml.MappingNode || got.Raw.Line != 12 || got.Raw.Content[0].Value != "z" {
		t.Errorf("%+v", got.Raw)
	}
	got.Raw = yaml.Node{}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(example{})); d != "" {
		t.Error(d)
	}
}

func TestDecodeNamesEveryFault(t *testing.T) {
	text := `é: {}
items: {id: x}
now: noon
number: é
named: {é: {ids: y, closed: 1}, n: [1], n: {}}
rows: {r: {a: 1, a: 2}}
portal: [x]
`
	want := []string{
		`f:5:41: key "n" is given twice, first on line 5 `,
		`f:6:18: key "a" is given twice, first on line 6 `,
		`f:1:1: unknown key "é" known here: portal, number, now, items, rows, named, raw`,
		`f:2:8: a mapping does not belong here a list does`,
		`f:3:6: a text does not belong here a time such as 2026-11-23T09:00:00Z does`,
		`f:4:9: a text does not belong here a number does`,
		`f:5:13: unknown key "ids" did you mean "id"`,
		`f:5:29: a number does not belong here true or false does`,
		`f:5:36: a list does not belong here a mapping does`,
		`f:7:9: a list does not belong here a text does`,
	}
	var got []string
	_, faults := source.New("f", []byte(text)).Decode(limits, &example{})
	for _, f := range faults {
		got = append(got, f.Finding("").Error()+" "+f.Hint)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if _, faults := source.New("f", []byte("a: [")).Decode(limits, &example{}); !slices.ContainsFunc(faults, func(f source.Fault) bool { return f.Kind == source.Syntax }) {
		t.Error(faults)
	}
}

// What a struct keeps for itself is no key of the text.
func TestDecodeLeavesUnexportedFields(t *testing.T) {
	var got struct {
		A   string `yaml:"a"`
		own string
	}
	got.own = "kept"
	doc, faults := source.New("f", []byte("a: x\n\"\": y\n")).Decode(limits, &got)
	if doc == nil || got.A != "x" || got.own != "kept" || len(faults) != 1 || faults[0].Kind != source.Unknown {
		t.Errorf("%+v %+v", got, faults)
	}
}

// The library takes yes, no, on and off for truth values, in quotes too; the formats do not.
func TestOnlyTrueAndFalseAreTruthValues(t *testing.T) {
	for value, ok := range map[string]bool{"true": true, "false": true, "no": false, `"no"`: false, "on": false, "y": false, `"true"`: false, "1": false} {
		var into struct {
			A bool `yaml:"a"`
		}
		if _, faults := source.New("f", []byte("a: "+value)).Decode(limits, &into); (len(faults) == 0) != ok {
			t.Errorf("%s: %v", value, faults)
		}
	}
}

// What is no such file at all is refused with few of its faults and the number of all.
func TestManyFaultsAreCounted(t *testing.T) {
	for name, text := range map[string]string{
		"unknown": many("k%d: 1\n"), "misfit": "list: [\n" + many("{a%d: 1},\n") + "]\n",
		"twice": "map:\n  a: x\n" + strings.Repeat("  a: x\n", 5000), "keys": "map:\n" + strings.Repeat("  ? [a]\n  : x\n", 5000),
	} {
		var into struct {
			List []string          `yaml:"list"`
			Map  map[string]string `yaml:"map"`
		}
		_, faults := source.New("f", []byte(text)).Decode(source.Limits{Nodes: 100_000, Depth: 10}, &into)
		all := 0
		for _, f := range faults {
			all += max(f.More, 1)
		}
		if len(faults) > 1001 || all != 5000 {
			t.Errorf("%s: %d are kept, %d counted", name, len(faults), all)
		}
	}
}

func many(line string) string {
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, line, i)
	}
	return b.String()
}
