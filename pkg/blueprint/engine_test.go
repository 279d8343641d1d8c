package blueprint

import (
	"testing"
	"testing/fstest"
	"text/template"

	"github.com/google/go-cmp/cmp"
)

// A line of the result is blamed on the line of the template that wrote its first visible
// character, also where trimming joins lines.
func TestLinesOfTheTemplate(t *testing.T) {
	const src = `first
{{- if .On}}
second {{name .Name}}
{{- end}}
{{- range .List}}
item {{name .}},
  and more
{{- end}}
{{name .Name}} at the start
last`
	e := engine{fs: fstest.MapFS{"t": {Data: []byte(src)}}, parsed: map[string]*template.Template{}}
	r, fs := e.render("t", map[string]any{"On": true, "Name": "x", "List": []string{"a", "b"}})
	if len(fs) > 0 {
		t.Fatal(fs)
	}
	const text = "first\nsecond \"x\"\nitem \"a\",\n  and more\nitem \"b\",\n  and more\n\"x\" at the start\nlast"
	if diff := cmp.Diff(text, r.text); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{1, 3, 6, 7, 6, 7, 9, 10}, wrote(r)); diff != "" {
		t.Error(diff)
	}
	if got := r.at(99).Line; got != 10 {
		t.Errorf("after the end: line %d, want the last", got)
	}
}

// wrote gives for each line of a text the line of the template that wrote it.
func wrote(r rendering) (lines []int) {
	for i := range r.lines {
		lines = append(lines, r.at(i+1).Line)
	}
	return lines
}

// Errors of the YAML decoder and of text/template come without their own idea of the place
// and without names of Go types.
func TestMessagesOfTemplates(t *testing.T) {
	for text, want := range map[string]string{
		"name: a\nnope: 1\n":  "unknown key nope",
		"name: a\nname: [1\n": "did not find expected ',' or ']'",
	} {
		_, fs := decodeStrict(rendering{file: "f", text: text, lines: [][]piece{{{1, 1}}, {{1, 2}}}}, &controlTable{})
		if len(fs) != 1 || fs[0].Message != want || fs[0].Position.Line != 2 {
			t.Errorf("%q gives %v, want %q in line 2", text, fs, want)
		}
	}
	e := engine{fs: fstest.MapFS{"t": {Data: []byte("a\n{{ if }")}}, parsed: map[string]*template.Template{}}
	_, fs := e.render("t", nil)
	if len(fs) != 1 || fs[0].Message != `unexpected "}" in if` || fs[0].Position.Line != 2 {
		t.Errorf("got %v", fs)
	}
}
