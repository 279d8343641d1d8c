package check_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/check"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/corpus"
)

var questions = flag.String("questions", "", "a file of questions with Genesys' answers, one JSON object a line, to compare with")

// A question is a flow with the answer of Genesys' own validation.
type question struct {
	ID       string          `json:"id"`
	Asks     string          `json:"asks,omitempty"`
	Org      json.RawMessage `json:"org"`
	Flow     json.RawMessage `json:"flow"`
	Errors   []said          `json:"errors"`
	Warnings []said          `json:"warnings"`
	Suspect  string          `json:"suspect,omitempty"`
	Notes    []string        `json:"notes,omitempty"`
}

type said struct {
	Path   string `json:"path"`
	Code   string `json:"code"`
	Text   string `json:"text"`
	Detail string `json:"detail,omitempty"`
}

// ask checks the question's flow.
func ask(t testing.TB, q question) diag.Findings {
	t.Helper()
	var org architect.Org
	if err := json.Unmarshal(q.Org, &org); err != nil {
		t.Fatalf("%s: %v", q.ID, err)
	}
	f, fs := architect.FromJSON(q.ID, q.Flow)
	return append(fs, check.Flow(f, org)...)
}

// A difference between our answer and Genesys'.
type difference struct {
	q    question
	kind string // "we accept", "we refuse", "paths", "warnings"
	ours []said
}

// compare asks about the question and gives the differences: whether there are errors,
// the set of their places, and warnings of Genesys' that we do not have.
func compare(t testing.TB, q question) []difference {
	var ours, warned []said
	for _, f := range ask(t, q) {
		s := said{Path: f.Path, Code: f.Code, Text: f.Message}
		if f.Severity == diag.Error {
			ours = append(ours, s)
		} else {
			warned = append(warned, s)
		}
	}
	var out []difference
	switch {
	case len(q.Errors) > 0 && len(ours) == 0:
		out = append(out, difference{q, "we accept", warned})
	case len(q.Errors) == 0 && len(ours) > 0:
		out = append(out, difference{q, "we refuse", ours})
	case !slices.Equal(places(q.Errors), places(ours)):
		out = append(out, difference{q, "paths", ours})
	}
	for _, w := range q.Warnings {
		if strings.HasPrefix(w.Path, "/") && strings.Contains(w.Path, " (") {
			continue // the script had no place for it
		}
		if !slices.ContainsFunc(slices.Concat(ours, warned), func(s said) bool { return s.Path == w.Path }) {
			out = append(out, difference{q, "warnings", warned})
			break
		}
	}
	return out
}

func places(list []said) []string {
	var out []string
	for _, s := range list {
		out = append(out, s.Path)
	}
	sort.Strings(out)
	return slices.Compact(out)
}

func (d difference) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s (%s)\n", d.kind, d.q.ID, d.q.Asks)
	list := d.q.Errors
	if d.kind == "warnings" {
		list = d.q.Warnings
	}
	for _, s := range list {
		fmt.Fprintf(&b, "    genesys %s %s: %.120s %s\n", s.Path, s.Code, s.Text, s.Detail)
	}
	for _, s := range d.ours {
		fmt.Fprintf(&b, "    ours    %s %s: %.120s\n", s.Path, s.Code, s.Text)
	}
	return b.String()
}

func readQuestions(t testing.TB, lines [][]byte) []question {
	var out []question
	for _, l := range lines {
		var q question
		if err := json.Unmarshal(l, &q); err != nil {
			t.Fatal(err)
		}
		out = append(out, q)
	}
	return out
}

// TestAgreesWithGenesys compares with the published answers: errors at the same places,
// and every warning seen. Suspect answers are those of which it is known that today's
// product gives others.
func TestAgreesWithGenesys(t *testing.T) {
	n := 0
	for _, q := range readQuestions(t, corpus.Lines(t, "flowcheck.jsonl")) {
		if q.Suspect != "" {
			continue
		}
		n++
		for _, d := range compare(t, q) {
			t.Error(d)
		}
	}
	t.Logf("%d questions", n)
}

// TestAgreesWithAnswers compares with answers of the engine to flows of ours: every action
// with nothing but a name in every call flow type, names, menus, digits, scopes, references.
func TestAgreesWithAnswers(t *testing.T) {
	data, err := os.ReadFile("testdata/answers.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, q := range readQuestions(t, bytes.Split(bytes.TrimSpace(data), []byte("\n"))) {
		if q.Suspect != "" {
			continue
		}
		n++
		for _, d := range compare(t, q) {
			t.Error(d)
		}
	}
	if n < 300 {
		t.Errorf("only %d answers", n)
	}
}

// TestQuestions compares with the answers in a file.
func TestQuestions(t *testing.T) {
	if *questions == "" {
		t.Skip("no -questions file")
	}
	data, err := os.ReadFile(*questions)
	if err != nil {
		t.Fatal(err)
	}
	var lines [][]byte
	for _, l := range strings.Split(string(data), "\n") {
		if json.Valid([]byte(l)) {
			lines = append(lines, []byte(l))
		}
	}
	count := map[string]int{}
	for _, q := range readQuestions(t, lines) {
		for _, d := range compare(t, q) {
			count[d.kind]++
			t.Log(d)
		}
	}
	t.Logf("%d questions, differences: %v", len(lines), count)
}
