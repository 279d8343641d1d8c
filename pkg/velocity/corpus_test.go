package velocity_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/internal/corpus"
	"github.com/dealroute/dealroute/pkg/velocity"
)

// question is one line of what the real engine was asked.
type question struct {
	Template string          `json:"template"`
	Context  json.RawMessage `json:"context"`
	Strict   answer          `json:"strict"`
	Lax      answer          `json:"lax"`
}

type answer struct {
	OK    *string `json:"ok"`
	Error *string `json:"error"`
}

func (a answer) String() string {
	if a.OK != nil {
		return "ok " + *a.OK
	}
	if a.Error != nil {
		return "error " + *a.Error
	}
	return "nothing"
}

// agrees reports whether two answers say the same; only that there is an error matters.
func (a answer) agrees(b answer) bool {
	if a.OK == nil || b.OK == nil {
		return a.OK == nil && b.OK == nil
	}
	return *a.OK == *b.OK
}

func ask(q question, lax bool) answer {
	vars, err := velocity.FromJSON(q.Context)
	if err == nil {
		var t *velocity.Template
		if t, err = velocity.Parse("t", q.Template); err == nil {
			var s string
			if s, err = t.Render(vars, velocity.Options{Lax: lax}); err == nil {
				return answer{OK: &s}
			}
		}
	}
	s := err.Error()
	return answer{Error: &s}
}

// TestAnswersOfVelocity compares with what Apache Velocity 1.7 said.
func TestAnswersOfVelocity(t *testing.T) {
	for _, line := range corpus.Lines(t, "velocity.jsonl") {
		var q question
		if err := json.Unmarshal(line, &q); err != nil {
			t.Fatal(err)
		}
		for _, m := range []struct {
			name string
			lax  bool
			want answer
		}{{"strict", false, q.Strict}, {"lax", true, q.Lax}} {
			if got := ask(q, m.lax); !got.agrees(m.want) {
				t.Errorf("%s %q\n got %v\nwant %v", m.name, q.Template, got, m.want)
			}
		}
	}
}

// TestQuestions runs the cases of testdata: questions that once differed (answers.jsonl), of
// $math (math.jsonl) and of regular expressions (regexp.jsonl), with the answers of the real
// engine under Java 17.
func TestQuestions(t *testing.T) {
	known := differences(t)
	for _, name := range []string{"answers.jsonl", "math.jsonl", "regexp.jsonl"} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for s := bufio.NewScanner(bytes.NewReader(data)); s.Scan(); n++ {
			var q question
			if err := json.Unmarshal(s.Bytes(), &q); err != nil {
				t.Fatal(err)
			}
			if why := known(q.Template); why != "" {
				continue
			}
			if got := ask(q, false); !got.agrees(q.Strict) {
				t.Errorf("strict %q\n got %v\nwant %v", q.Template, got, q.Strict)
			}
			if got := ask(q, true); !got.agrees(q.Lax) {
				t.Errorf("lax %q\n got %v\nwant %v", q.Template, got, q.Lax)
			}
		}
		if n == 0 {
			t.Fatal("no question")
		}
	}
}

// differences reads what is known to differ: a fragment of a template and the reason.
func differences(t *testing.T) func(template string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/differences.txt")
	if err != nil {
		t.Fatal(err)
	}
	var known [][2]string
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\n")
		if line == "" || strings.HasPrefix(line, "//") {
			continue
		}
		fragment, why, ok := strings.Cut(line, "\t")
		if !ok || strings.TrimSpace(why) == "" {
			t.Fatalf("differences: %q has no reason", line)
		}
		known = append(known, [2]string{fragment, strings.TrimSpace(why)})
	}
	return func(template string) string {
		for _, k := range known {
			if strings.Contains(template, k[0]) {
				return k[1]
			}
		}
		return ""
	}
}

// TestActions renders every template of the published data actions with made-up values for
// what it refers to.
func TestActions(t *testing.T) {
	n := 0
	for _, file := range corpus.Files(t, "actions") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var d struct {
			Config struct {
				Request struct {
					URL     string            `json:"requestUrlTemplate"`
					Body    string            `json:"requestTemplate"`
					Headers map[string]string `json:"headers"`
				} `json:"request"`
				Response struct {
					Success string `json:"successTemplate"`
				} `json:"response"`
			} `json:"config"`
		}
		if err := json.Unmarshal(data, &d); err != nil {
			continue // no data action
		}
		c := d.Config
		templates := []string{c.Request.URL, c.Request.Body, c.Response.Success}
		for _, h := range c.Request.Headers {
			templates = append(templates, h)
		}
		for _, text := range templates {
			tmpl, err := velocity.Parse(file, text)
			if err != nil {
				t.Errorf("%v", err)
				continue
			}
			if s, err := tmpl.Render(madeUp(tmpl), velocity.Options{}); err != nil {
				t.Errorf("%q: %v", text, err)
			} else if strings.Contains(s, "${") {
				t.Errorf("%q renders %q", text, s)
			}
			n++
		}
	}
	if n < 100 {
		t.Errorf("only %d templates", n)
	}
}

// madeUp gives a JSON array for every variable, which is good as a text too.
func madeUp(tmpl *velocity.Template) map[string]any {
	tools, vars := velocity.Tools(), map[string]any{}
	for _, r := range tmpl.References() {
		if tools[r.Root] != nil {
			continue
		}
		if len(r.Path) == 0 {
			vars[r.Root] = `["a"]`
			continue
		}
		fields, ok := vars[r.Root].(map[string]any)
		if !ok {
			fields = map[string]any{}
			vars[r.Root] = fields
		}
		fields[r.Path[0]] = `["a"]`
	}
	return vars
}
