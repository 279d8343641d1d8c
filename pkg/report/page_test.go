package report_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/internal/reports"
	"github.com/dealroute/dealroute/pkg/report"
)

type answer struct {
	Calls  int64            `json:"calls"`
	Name   string           `json:"name"`
	Ways   map[string]int64 `json:"ways"`
	Failed []fault          `json:"failed"`
}

type fault struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Ms   int64  `json:"ms"`
}

// sample has every block.
func sample() report.Page {
	a := answer{28972, "</script><b>&", map[string]int64{"a/b c": 12}, []fault{{"x/dealroute.yaml", 41, 1986}, {"x/dealroute.yaml", 7, 3}}}
	var rows []report.Row
	for i, f := range a.Failed {
		at := report.Pointer("failed", i)
		rows = append(rows, report.Row{Cells: []report.Text{report.T(report.Place(f.File, f.Line, at)), report.T(report.Ms(f.Ms, at+"/ms")), report.T("words that explain it")}, More: []report.Block{
			report.Excerpt{File: "dealroute.yaml", Lines: []report.Line{{N: 40, Text: "rules:"}, {N: f.Line, Text: "  - stage: Negotation <x>", Mark: true, From: 12, To: 22}}},
		}})
	}
	return report.Page{
		Title: "A page <of> everything", Command: "dealroute simulate --suite calls.yaml", Run: report.Run{File: "dealroute.yaml", Hash: "0123456789abcdef", Version: "1.2.3", At: time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)},
		Verdict: report.Verdict{Tone: report.Bad, Word: "not as expected", Text: report.T(report.Len(2, "/failed"), " of ", report.Count(a.Calls, "/calls"), " calls")},
		Figures: []report.Figure{{Label: "calls", Value: report.T(report.Count(a.Calls, "/calls")), Note: report.T("in all")}, {Label: "of one way", Value: report.T(report.Share(12, a.Calls, report.Pointer("ways", "a/b c"), "/calls")), Tone: report.Bad}},
		Sections: []report.Section{
			{ID: "failed", Title: "Failed", About: report.T("What is not so."), Blocks: []report.Block{&report.Table{Caption: "failed calls", Filter: true, Columns: []report.Column{{Title: "place"}, {Title: "time", Number: true}, {Title: "words", Wide: true}}, Rows: rows}}},
			{ID: "rest", Title: "The rest", Blocks: []report.Block{
				report.Para(report.T("A ", report.Word(report.Good, "fine"), " paragraph of ", report.Str(a.Name, "/name"))),
				report.List{Items: []report.Text{report.T("one"), report.T("two")}},
				report.Facts{{Name: "name", Value: report.T(report.Code(a.Name, "/name"))}},
				report.Details{Summary: report.T("More"), Blocks: []report.Block{report.Pre{Label: "a text", Text: "line\n  line 2"}}},
				report.Group{Title: report.T("Empty"), Blocks: []report.Block{&report.Table{Caption: "nothing", Empty: "nothing is here"}}},
			}},
		},
		Data: a,
	}
}

func render(t *testing.T, p report.Page) []byte {
	t.Helper()
	out, err := p.Render()
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("DEALROUTE_REPORTS"); dir != "" { // for whoever wants to look at it
		if err := os.WriteFile(dir+"/"+strings.NewReplacer("/", "-").Replace(t.Name())+".html", out, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestPageIsTheSameTwice(t *testing.T) {
	if a, b := render(t, sample()), render(t, sample()); !bytes.Equal(a, b) {
		t.Error("two pages of one value differ")
	}
}

// checked holds a page against the answer in it.
func checked(t *testing.T, page []byte) {
	t.Helper()
	problems, figures := reports.Check(page)
	for _, p := range problems {
		t.Error(p)
	}
	t.Logf("%d figures compared, %d bytes", figures, len(page))
}

func TestPageSaysWhatItsAnswerSays(t *testing.T) {
	checked(t, render(t, sample()))
}

// TestWrongPageIsToldOf changes one thing each time.
func TestWrongPageIsToldOf(t *testing.T) {
	page := string(render(t, sample()))
	for _, c := range []struct{ from, to, want string }{
		{"28,972</span>", "28,973</span>", "the page says"},
		{"0.041 %", "0.042 %", "the page says"},
		{"1,986 ms</span>", "1,986 ms</span> and 7", "says no place"},
		{"dealroute.yaml:41", "dealroute.yaml:42", "the page says"},
		{`"calls":28972`, `"calls":28971`, "the page says"},
		{`data-json="/calls"`, `data-json="/call"`, `has no "call"`},
		{"text-wrap: balance", "text-wrap: pretty", "is not allowed by the policy"},
		{`"use strict"`, `"use  strict"`, "is not allowed by the policy"},
		{"default-src &#39;none&#39;", "default-src *", "too wide"},
		{"<h2 ", `<h2 style="color:red" `, "fetch or refuse"},
		{"<h2 ", `<img src="https://example.com/x.png"><h2 `, "fetch or refuse"},
		{`id="failed-h"`, `id="failed"`, "two elements"},
	} {
		wrong := strings.Replace(page, c.from, c.to, 1)
		if wrong == page {
			t.Fatalf("the page has no %q", c.from)
		}
		problems, _ := reports.Check([]byte(wrong))
		if all := strings.Join(problems, "\n"); !strings.Contains(all, c.want) {
			t.Errorf("%q for %q: want %q among the problems:\n%s", c.to, c.from, c.want, all)
		}
	}
}
