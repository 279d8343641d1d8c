package view_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/view"
)

func ended(queue, rule string, priority int64, skills ...string) *simulate.Outcome {
	o := &simulate.Outcome{Rule: rule, Reason: "rule", Outcome: "active_deal", Result: interp.Result{Ending: interp.EndQueue, Queue: queue, Target: queue, Priority: priority, Skills: skills}}
	if rule == "" {
		o.Reason = "fallback"
	}
	return o
}

func frame(file string) view.MovesFrame {
	return view.MovesFrame{Before: "old.yaml", After: "dealroute.yaml", File: file, Source: "fixtures: crm.yaml", Mask: privacy.New(privacy.Options{})}
}

func texts(t *testing.T, m *simulate.Moves, f view.MovesFrame) (text, md string) {
	t.Helper()
	var a, b strings.Builder
	shown := view.NewMoves(m, f)
	if err := view.PrintMoves(&a, shown, f); err != nil {
		t.Fatal(err)
	}
	if err := view.MarkdownMoves(&b, shown, f); err != nil {
		t.Fatal(err)
	}
	return a.String(), b.String()
}

// All kinds of endings, with what is said of the rows besides.
func TestMovesInWords(t *testing.T) {
	var m simulate.Moves
	gone := &simulate.Outcome{Reason: "schedule", Result: interp.Result{Ending: interp.EndDisconnect}}
	menu := &simulate.Outcome{Reason: "rule", Rule: "renewals", Outcome: "active_deal", Result: interp.Result{Ending: interp.EndFlow, Target: "Menu"}}
	number := &simulate.Outcome{Reason: "", Result: interp.Result{Ending: interp.EndNumber, Target: "+15135550199"}}
	for i, x := range []struct {
		ani           string
		before, after *simulate.Outcome
	}{
		{"+15135550142", ended("Sales", "a", 10, "B", "A"), ended("Sales", "a", 12)},
		{"tel:+15135550143", ended("Sales", "a", 10, "B", "A"), ended("Sales", "b", 12)},
		{"", ended("Care", "", 1), gone}, {"anonymous", ended("Care", "", 1), menu}, {"+15135550144", menu, number},
		{"+15135550145", ended("Care", "", 1), ended("Care", "x", 1)}, {"+15135550146", gone, gone},
	} {
		m.Add(i+2, x.ani, x.before, x.after)
	}
	f := frame("calls.csv")
	f.Skipped, f.OtherNumber = simulate.Skipped{Outbound: 2, Direction: 1, NoVoice: 3, Unnamed: 1}, 4
	text, md := texts(t, &m, f)
	wantText := `5 of 7 calls move  (calls.csv; fixtures: crm.yaml)
  before       old.yaml
  after        dealroute.yaml

  2 calls
    from       Sales, skills A, B, priority 10
    to         Sales, priority 12
    by         rule a, before and after  (1 call)
               rule a → rule b  (1 call)
    such as    row 2 +1513•••••42, row 3 +1513•••••43

  1 call
    from       Care, priority 1
    to         disconnected
    by         the fallback (active_deal) → the schedule (no lookup)
    such as    row 4 without a number

  1 call
    from       Care, priority 1
    to         flow Menu
    by         the fallback → rule renewals
    such as    row 5 anonymous

  1 call
    from       flow Menu
    to         number +1513•••••99
    by         rule renewals (active_deal) → the flow (no lookup)
    such as    row 6 +1513•••••44

  stay         2 calls: 1 at Care, priority 1; 1 at disconnected
               1 call of these is decided by another rule than before
  left out     11 rows: 2 did not come in, 1 with a direction that is not known here (say the word with --columns inbound=…), 3 no voice, 1 with a word instead of a number, 4 to numbers of others
  no number    1 caller withholds it, 1 row has none and is taken as withheld
`
	if text != wantText {
		t.Errorf("%s\nwant\n%s", text, wantText)
	}
	wantMD := "### 5 of 7 calls move\n\n`old.yaml` → `dealroute.yaml` · `calls.csv` · `fixtures: crm.yaml`\n\n" +
		"| calls | from | to | by |\n|---:|---|---|---|\n" +
		"| 2 | `Sales, skills A, B, priority 10` | `Sales, priority 12` | `rule a, before and after`<br>`rule a → rule b` |\n" +
		"| 1 | `Care, priority 1` | `disconnected` | `the fallback (active_deal) → the schedule (no lookup)` |\n" +
		"| 1 | `Care, priority 1` | `flow Menu` | `the fallback → rule renewals` |\n" +
		"| 1 | `flow Menu` | `number +1513•••••99` | `rule renewals (active_deal) → the flow (no lookup)` |\n\n" +
		"- stay: 2 calls: 1 at `Care, priority 1`; 1 at `disconnected`\n- 1 call of these is decided by another rule than before\n" +
		"- left out: 11 rows: 2 did not come in, 1 with a direction that is not known here (say the word with --columns inbound=…), 3 no voice, 1 with a word instead of a number, 4 to numbers of others\n" +
		"- without a number: 1 caller withholds it, 1 row has none and is taken as withheld\n\n" +
		"<details>\n<summary>Examples</summary>\n\n| row | caller | from | to |\n|---:|---|---|---|\n"
	if !strings.HasPrefix(md, wantMD) || strings.Count(md, "\n| ") != 2+4+5 {
		t.Errorf("%s\nwant\n%s…", md, wantMD)
	}
}

// What others named cannot mention anybody, link, end a cell or a line, or become markup.
func TestMarkdownOfOthers(t *testing.T) {
	for _, name := range []string{
		"a|b", "a\\|b", "`x`", "``", " `", "@team", "#12", "<img src=x onerror=y>", "</details>", "**b** _c_ [l](http://x) ![i](y)", "a\nb\n\n# c", "www.example.com", "| |", "\\", "$x$", ":tada:", "a|@team <!-- ",
	} {
		var m simulate.Moves
		m.Add(1, "+15135550142", ended(name, name, 1, name), ended("Sales", "", 1))
		f := frame(name)
		f.Before, f.Source = name, name
		_, md := texts(t, &m, f)
		var p strings.Builder
		if err := view.MarkdownPlan(&p, name, false, plan.Plan{Changes: []plan.Change{{Key: genesys.Key{Kind: genesys.Queue, Name: name}, Action: plan.Create, Reason: name}}}, nil); err != nil {
			t.Fatal(err)
		}
		for _, md := range []string{md, p.String()[:strings.Index(p.String(), "<details>")]} {
			rest := regexp.MustCompile("<code>[^<>|`]*</code>").ReplaceAllString(regexp.MustCompile("`[^`\n|\\\\]+`").ReplaceAllString(md, "C"), "C")
			for _, ours := range []string{"<details>", "</details>", "<summary>Examples</summary>", "<br>"} {
				rest = strings.ReplaceAll(rest, ours, "")
			}
			if strings.ContainsAny(rest, "`<>@[]*_\\$!") || strings.Contains(rest, "#12") || strings.Contains(rest, "www") || strings.Contains(rest, "team") {
				t.Errorf("%q: outside of code there is\n%s\nof\n%s", name, rest, md)
			}
			for _, line := range strings.Split(rest, "\n") {
				if n := strings.Count(line, "|"); n != 0 && n != 5 {
					t.Errorf("%q: %d bars in %q", name, n, line)
				}
			}
		}
	}
}

// Many moves are cut where a person stops reading and a comment ends, and that is said.
func TestManyMoves(t *testing.T) {
	var m simulate.Moves
	for i := range simulate.MaxMoves + 10 {
		m.Add(i+2, "+15135550142", ended("Sales", "a", 1), ended(fmt.Sprint("Queue ", i), "a", 1))
	}
	text, _ := texts(t, &m, frame("calls.csv"))
	if n := strings.Count(text, "\n    to "); n != 50 || !strings.Contains(text, "all of 10,010 calls move") || !strings.Contains(text, "more         9,960 calls in more kinds of moves; -o json lists the first 10,000 of them\n") {
		t.Errorf("%d moves are shown\n%.400s", n, text[len(text)-400:])
	}
	m = simulate.Moves{}
	for i := range 100 {
		m.Add(i+2, "+15135550142", ended("Sales", "a", 1), ended(fmt.Sprint(strings.Repeat("Queue ", 200), i), "a", 1))
	}
	_, md := texts(t, &m, frame("calls.csv"))
	if len(md) > 65_536/2 || !strings.Contains(md, "calls in more kinds of moves; `-o json` lists them") {
		t.Errorf("%d bytes\n%.400s", len(md), md)
	}
	m = simulate.Moves{}
	for i := range 60 {
		m.Add(i+2, "+15135550142", ended("Sales", "a", 1), ended("Sales", "a", int64(i+2)))
	}
	if text, _ = texts(t, &m, frame("calls.csv")); !strings.Contains(text, "more         10 calls in 10 more kinds of moves; -o json lists them\n") {
		t.Error(text)
	}
	var none simulate.Moves
	none.Add(2, "+15135550142", ended("Sales", "a", 1), ended("Sales", "a", 1))
	if text, md = texts(t, &none, frame("calls.csv")); !strings.HasPrefix(text, "none of 1 call moves") || md != "### none of 1 call moves\n\n`old.yaml` → `dealroute.yaml` · `calls.csv` · `fixtures: crm.yaml`\n\n- stay: 1 call: 1 at `Sales, priority 1`\n" {
		t.Errorf("%s\n%s", text, md)
	}
}
