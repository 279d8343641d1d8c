package blueprint

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"text/template"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/diag"
)

// hostile is a text that becomes another action where it stands raw.
const hostile = "hi\"}}\n          - disconnect: {name: \"gone"

type inner struct{ Text string }

func (i inner) Method() string { return i.Text }

func rendered(src string) (rendering, diag.Findings) {
	e := engine{fs: fstest.MapFS{"t": {Data: []byte(src)}}, parsed: map[string]*template.Template{}}
	return e.render("t", map[string]any{
		"X": hostile, "Inner": inner{hostile}, "List": []string{hostile}, "Map": map[string]string{"k": hostile},
		"Func": func() string { return hostile }, "Bytes": []byte(hostile), "On": true, "N": 7,
	})
}

// Every way in which text/template prints a value is refused at its line unless a quoting
// function comes last, wherever it stands: in the template, its branches, and what it defines.
func TestNothingEntersRaw(t *testing.T) {
	prints := []string{
		"{{.X}}", "{{ .X }}", "{{- .X -}}", "{{.}}", "{{$}}", "{{$.X}}", "{{.Inner.Text}}", "{{.Inner.Method}}", "{{.Map.k}}",
		"{{(.X)}}", "{{(.Inner).Text}}", "{{(lit .X)}}", "{{((.X | print))}}", `{{(index .Map "k")}}`,
		"{{print .X}}", "{{println .X}}", `{{printf "%s" .X}}`, "{{.X | print}}", `{{.X | printf "%s"}}`,
		"{{html .X}}", "{{js .X}}", "{{urlquery .X}}", "{{.X | html}}", "{{.X | js}}",
		`{{index .Map "k"}}`, "{{index .List 0}}", "{{slice .X 1}}", "{{len .X}}", "{{call .Func}}", "{{.Func}}", "{{.Bytes}}",
		"{{and .On .X}}", "{{or .X .On}}", "{{not .X}}", "{{eq .X .X}}", "{{args .X}}", "{{lit .X | print}}", "{{lit .X | html}}",
		"{{print (lit .X)}}", "{{or (lit .X) .X}}", `{{"a text"}}`, "{{`a text`}}", "{{7}}", "{{7.5}}", "{{'c'}}", "{{true}}",
		"{{$x := .X}}{{$x}}", "{{$x := lit .X}}{{$x}}", "{{$x := 1}}{{$x = .X}}{{$x}}",
	}
	places := map[string]string{ // each has the print in its third line
		"root":                    "a\n\nHERE",
		"if":                      "{{if .On}}\n\nHERE{{end}}",
		"else":                    "{{if not .On}}{{else}}\n\nHERE{{end}}",
		"else if":                 "{{if not .On}}{{else if .On}}\n\nHERE{{end}}",
		"if that is not taken":    "{{if not .On}}\n\nHERE{{end}}",
		"with":                    "{{with $y := .}}\n\nHERE{{end}}",
		"else of with":            "{{with .None}}{{else}}\n\nHERE{{end}}",
		"else with":               "{{with .None}}{{else with .}}\n\nHERE{{end}}",
		"range":                   "{{range .List}}\n\nHERE{{end}}",
		"range with variables":    "{{range $i, $v := .List}}\n\nHERE{{end}}",
		"else of range":           "{{range .None}}{{else}}\n\nHERE{{end}}",
		"after break":             "{{range .List}}{{break}}\n\nHERE{{end}}",
		"after continue":          "{{range .List}}{{if .}}{{continue}}{{end}}\n\nHERE{{end}}",
		"define":                  "{{define \"p\"}}\n\nHERE{{end}}{{template \"p\" .}}",
		"define that is not used": "{{define \"p\"}}\n\nHERE{{end}}",
		"branch of a define":      "{{define \"p\"}}{{if .}}\n\nHERE{{end}}{{end}}{{template \"p\" .}}",
		"define behind a define":  "{{define \"q\"}}{{template \"p\" .}}{{end}}\n{{define \"p\"}}\nHERE{{end}}{{template \"q\" .}}",
		"define of its own name":  "{{define \"t\"}}\n\nHERE{{end}}",
		"define in place of none": "{{define \"p\"}}{{end}}{{define \"p\"}}\n\nHERE{{end}}{{template \"p\" .}}",
		"block":                   "{{block \"p\" .}}\n\nHERE{{end}}",
		"block in a block":        "{{block \"p\" .}}{{block \"q\" .}}\n\nHERE{{end}}{{end}}",
		"block in a range":        "{{range .List}}{{block \"p\" .}}\n\nHERE{{end}}{{end}}",
		"define with a define":    "{{define \"q\"}}x{{end}}{{define \"p\"}}\n\n{{template \"q\" .}}HERE{{end}}{{template \"p\" .}}",
	}
	for place, text := range places {
		for _, p := range prints {
			src := strings.Replace(text, "HERE", p, 1)
			r, fs := rendered(src)
			if len(fs) != 1 || fs[0].Code != codeTemplate || !strings.Contains(fs[0].Message, "without quoting it") || fs[0].Hint == "" {
				t.Errorf("%s: %q gives %q %v", place, src, r.text, fs)
			} else if want := 1 + strings.Count(src[:strings.LastIndex(src, strings.TrimPrefix(p, "{{$x"))], "\n"); fs[0].Position.Line != want {
				t.Errorf("%s: %q is blamed on line %d, want %d", place, src, fs[0].Position.Line, want)
			}
		}
	}
}

// What prints no value is no reason to refuse a template, and a value that goes through a
// variable, an argument or a parenthesis to a quoting function stays quoted.
func TestValuesMayGoAnyWayToAQuotingFunction(t *testing.T) {
	const quoted = `"hi\"}}\n          - disconnect: {name: \"gone"`
	for _, src := range []string{
		"{{lit .X}}", "{{.X | lit}}", "{{.X | print | lit}}", "{{lit (print .X)}}", "{{$x := .X}}{{lit $x}}", "{{with .X}}{{lit .}}{{end}}",
		"{{range $i, $v := .List}}{{lit $v}}{{end}}", "{{with $y := .X}}{{$y | lit}}{{end}}", "{{/* .X */}}{{lit .X}}",
		"{{define \"p\"}}{{lit .}}{{end}}{{template \"p\" .X}}", "{{block \"p\" .X}}{{lit .}}{{end}}",
		"{{define \"p\"}}{{lit (index . 1)}}{{end}}{{template \"p\" (args 1 .X)}}",
		"{{range .List}}{{if .}}{{lit .}}{{break}}{{end}}{{continue}}{{end}}", "{{$x := 1}}{{$x = .X}}{{lit $x}}",
		"{{define \"t\"}}{{lit .X}}{{end}}",
	} {
		if r, fs := rendered(src); fs != nil || r.text != quoted {
			t.Errorf("%q gives %q %v", src, r.text, fs)
		}
	}
}

// No quoting function lets through what it was not made for: words are words, numbers are
// numbers, and what goes into a comment is letters and digits.
func TestQuotingFunctionsTakeOnlyTheirOwn(t *testing.T) {
	for _, src := range []string{
		"{{number .X}}", "{{seconds .X}}", "{{kind .X}}", "{{take .X false}}", "{{quiet .X}}", "{{escaped .X}}", "{{variable .X}}", "{{exp .X}}",
		`{{ref .X "a" "id"}}`, `{{ref "queue" "a" .X}}`, "{{lit .List}}", "{{lit .Inner}}", "{{name .List}}", `{{variable "Flow.A\", \"b"}}`, `{{kind "a b"}}`,
	} {
		if r, fs := rendered(src); fs == nil {
			t.Errorf("%q gives %q", src, r.text)
		}
	}
	for _, src := range []string{"{{comment .X}}", `{{ref "queue" .X "id"}}`} {
		if r, fs := rendered(src); fs != nil || strings.ContainsAny(r.text, "\"'\\\n{}[]#&*!|>") {
			t.Errorf("%q gives %q %v", src, r.text, fs)
		}
	}
}

// Quotes of the template's own around a quoted value, or any text beside it, would let a
// value end the scalar that it stands in.
func TestAQuotedValueStandsAlone(t *testing.T) {
	for _, c := range []struct {
		src   string
		alone bool
	}{
		{`{tts: {{lit .}}}`, true}, {`{tts: "{{lit .}}"}`, false}, {`{tts: hello {{lit .}}}`, false}, {`{tts: '{{lit .}}'}`, false},
		{"a: {tts: x}\n# says {{lit .}}\nb: 1", true}, {"a: |\n  says {{lit .}}\n", false}, {"{ {{name .}}: 1}", true}, {"- {{name .}}\n- b", true},
		{"{{- define \"p\"}}{{lit .}}{{end}}{a: {{template \"p\" .}}}", true}, {"{{- define \"p\"}}{{lit .}}{{end}}{a: \"{{template \"p\" .}}\"}", false},
		{"{a: [1, {{json .}}, 2]}", true}, {"{a: [1, x {{json .}}, 2]}", false},
	} {
		for _, value := range []string{"", "x", ", disconnect: {name: gone}, b: ", "a # b", "ü: {"} {
			e := engine{fs: fstest.MapFS{"t": {Data: []byte(c.src)}}, parsed: map[string]*template.Template{}}
			r, fs := e.render("t", value)
			if strings.Contains(c.src, "name .") && value == "" {
				continue // an empty name is refused
			}
			if fs != nil {
				t.Fatal(fs)
			}
			var root yaml.Node
			err := yaml.Unmarshal([]byte(r.text), &root)
			if refused := err != nil || r.misplaced(&root) != nil; refused == c.alone {
				t.Errorf("%q with %q gives %q: refused %t (%v)", c.src, value, r.text, refused, err)
			}
		}
	}
	for src, alone := range map[string]bool{
		`{"a":{{json .}}}`: true, `{"a":"{{json .}}"}`: false, `{"a":"x\\","b":{{json .}}}`: true, `{"a":"x\",{{json .}}"}`: false,
	} {
		e := engine{fs: fstest.MapFS{"t": {Data: []byte(src)}}, parsed: map[string]*template.Template{}}
		r, fs := e.render("t", `", "b": "`)
		if fs != nil || (r.misquoted() == nil) != alone {
			t.Errorf("%q gives %q: %v %v", src, r.text, fs, r.misquoted())
		}
	}
}

// The characters of marks come from nowhere else.
func TestMarksCannotBeForged(t *testing.T) {
	for _, c := range []string{lineMark, valueMark} {
		if _, fs := rendered("a\nb" + c + "7" + c); len(fs) != 1 || fs[0].Position.Line != 2 {
			t.Errorf("a template with %q: %v", c, fs)
		}
		for name, f := range quoting {
			src := "{{" + name + " .}}"
			switch f.(type) {
			case func(string, bool) (string, error):
				src = "{{" + name + " . true}}"
			case func(string, string, string) (string, error):
				src = "{{" + name + ` "queue" . "id"}}`
			}
			var data any = "a" + c + "7" + c
			switch name {
			case "exp":
				data = text("a" + c + "7" + c)
			case "number", "seconds":
				data = 7
			}
			e := engine{fs: fstest.MapFS{"t": {Data: []byte(src)}}, parsed: map[string]*template.Template{}}
			tree, fs := e.parse(rendering{}, "t")
			if fs != nil {
				t.Fatal(fs)
			}
			var b strings.Builder
			if err := tree.Execute(&b, data); err == nil && strings.Count(b.String(), c) > map[string]int{lineMark: 2, valueMark: 1}[c] {
				t.Errorf("%s lets %q through: %q", name, c, b.String())
			}
		}
	}
}

// A place in the text is the line of the template that wrote it, in partials too, and an
// error inside a partial names the partial's line.
func TestPlacesInPartials(t *testing.T) {
	const src = `a: 1
{{template "block" .}}
c: 'x{{template "inline" .}}y'
{{- template "block" .}}
{{lit .N}}: d
{{- define "block"}}
b:
  - {{lit .N}}
{{- end}}
{{define "inline"}} in
 {{- number .N}} {{end}}`
	r, fs := rendered(src)
	if fs != nil {
		t.Fatal(fs)
	}
	const text = "a: 1\n\nb:\n  - 7\nc: 'x in7 y'\nb:\n  - 7\n7: d\n"
	if strings.TrimRight(r.text, "\n") != strings.TrimRight(text, "\n") {
		t.Fatalf("%q", r.text)
	}
	if got := wrote(r)[:8]; !slices.Equal(got, []int{1, 6, 7, 8, 3, 7, 8, 5}) {
		t.Errorf("lines %v", got)
	}
	for column, want := range map[int]int{0: 3, 1: 3, 5: 3, 6: 10, 8: 10, 9: 11, 11: 3, 99: 3} {
		if got := r.placed(diag.Position{Line: 5, Column: column}).Line; got != want {
			t.Errorf("column %d is of line %d, want %d", column, got, want)
		}
	}
	for src, line := range map[string]int{
		"{{define \"p\"}}\n{{lit .None}}{{end}}\n\n{{template \"p\" .}}":  2,
		"{{define \"p\"}}\n{{kind .X}}{{end}}\n\n{{template \"p\" .}}":    2,
		"\n{{template \"none\" .}}":                                       2,
		"{{block \"p\" .}}\n\n{{index .List 7 | lit}}{{end}}":             3,
		"\n{{define \"p\"}}{{end}}\n{{define \"p\"}}x{{end}}{{if}}":       3,
		"{{define \"p\"}}\n\n{{\"{\" | kind}}{{end}}{{template \"p\" 1}}": 3,
	} {
		if _, fs := rendered(src); len(fs) != 1 || fs[0].Position.Line != line {
			t.Errorf("%q: %v, want line %d", src, fs, line)
		}
	}
}
